"""Predicted pictures that carry as much as a random-access picture: the whole view comes back at once.

Black pictures, and those of a covered lens, cost next to nothing; where they end, a coder has nothing to predict the
view from and codes all of it anew. What lies between two random-access pictures and ends so is seen in the packet
table without decoding anything.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.rhythm import off_rhythm_keys
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S

_FRESH_SHARE: Final = 0.35
"""Share of a random-access picture's usual bytes. A person who passes near the lens may cost as much."""
_LEAD_NS: Final = 700 * NS_PER_MS
_LEAST_LEAD: Final = 4
_SKIPPED: Final = 3
"""Bidirectional pictures right in front of it already look ahead to it."""
_QUIET_RATIO: Final = 0.5
_MOST: Final = 4
_MOST_AN_HOUR: Final = 12


def fresh_pictures(table: PacketTable, *, after_quiet: bool) -> NDArray[np.int64]:
    """Times of pictures that show the whole view anew, the largest first, some a dozen an hour at most.

    Args:
        table: the packets.
        after_quiet: only those in front of which pictures cost less than half of what is usual. A screen recording's
            pictures hardly ever cost anything.

    Returns:
        Shape ``(M,)``, nanoseconds.
    """
    order = np.argsort(table.pts_ns, kind="stable")
    times, sizes = table.pts_ns[order], table.size_bytes[order].astype(np.float64)
    is_key = table.is_key[order]
    if not is_key.any() or is_key.all():
        return np.empty(0, np.int64)
    early = np.zeros(times.size, np.bool_)
    early[np.searchsorted(times, table.pts_ns[off_rhythm_keys(table)])] = True
    least = _FRESH_SHARE * float(np.median(sizes[is_key]))
    rows = np.flatnonzero((sizes >= least) & (~is_key | early))
    if after_quiet:
        rows = rows[_lead(times, sizes, is_key, rows) <= _QUIET_RATIO * _usual_lead(times, sizes, is_key)]
    most = _MOST + _MOST_AN_HOUR * table.duration_ns // (3600 * NS_PER_S)
    return times[rows[np.argsort(-sizes[rows], kind="stable")][:most]]


def _usual_lead(times: NDArray[np.int64], sizes: NDArray[np.float64], is_key: NDArray[np.bool_]) -> float:
    """What the predicted pictures of such a stretch cost in the recording, bytes each."""
    every = np.arange(_LEAST_LEAD + _SKIPPED, times.size, _LEAST_LEAD)
    return float(np.median(_lead(times, sizes, is_key, every))) if every.size else 0.0


def _lead(
    times: NDArray[np.int64], sizes: NDArray[np.float64], is_key: NDArray[np.bool_], rows: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Mean bytes of the predicted pictures in front of each row; infinite where there are too few."""
    sums = np.concatenate(([0.0], np.cumsum(np.where(is_key, 0.0, sizes))))
    counts = np.concatenate(([0], np.cumsum(~is_key)))
    first = np.searchsorted(times, times[rows] - _LEAD_NS)
    end = np.maximum(rows - _SKIPPED, first)
    number = counts[end] - counts[first]
    return np.where(number >= _LEAST_LEAD, (sums[end] - sums[first]) / np.maximum(number, 1), np.inf)
