"""The rhythm of coded sizes, and what falls out of it: a jump of the picture costs bits that noise does not.

Pictures are compared with their like only. Which of them are alike shows in the order in which they are stored and
shown: bidirectional pictures stand in the file behind the one they look ahead to (ITU-T H.264 and H.265, output order),
so a picture's place within such a small group, and the group's length, tell its kind without decoding anything. Only
the pictures that lead such groups are looked at: they look back across the jump and pay for it, while bidirectional
ones have the leader behind the jump to look ahead to.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.packets import PacketTable

REACH: Final = 12
"""Pictures of the same kind on each side that form a picture's neighbourhood: one to five seconds of a recording."""
FLOOR_BYTES: Final = 20
"""Least spread that is assumed: among nearly empty pictures any movement would look like a spike."""
FLOOR_SHARE: Final = 0.02
"""Least spread as a share of the usual size: an encoder with a fixed rate keeps sizes closer than scenes do."""
SPIKE_REACH: Final = 3
SPIKE_FLOOR: Final = 0.03
"""Least spread of ratios that is assumed, in natural logarithms."""
RECORDING_SHARE: Final = 0.05
"""Likewise of what is usual in the whole recording: beside it a still stretch's smallest changes are nothing."""
ODD_SHARE: Final = 0.1
ODD_MOST: Final = 4.0
"""One jump in ten ends a group of bidirectional pictures early (x264 and x265 on rendered lessons); where the
recording's own groups hardly ever do, that is a mark, this strong at most."""
_SPREAD_OF_MAD: Final = 1.4826
_FEWEST_OF_A_KIND: Final = 2 * REACH
_LONGEST_GROUP: Final = 7
_PROFILE_PICTURES: Final = 24
"""Pictures behind a random-access picture whose usual sizes are learned from the recording: encoders spend less on the
first ones (up to a half less in x264's, some eight pictures long), and a jump there would hide."""
_PROFILE_GROUPS: Final = 5
_PROFILE_BOUNDS: Final = (0.3, 3.0)
_CHUNK_ROWS: Final = 16_384
"""Rows compared with their neighbours at once; keeps memory flat in a recording's length."""


@dataclass(frozen=True, slots=True, eq=False)
class SizeExcess:
    """How far sizes lie above their like. All arrays have shape ``(M,)``.

    Attributes:
        rows: int64, rows of the packet table of the predicted pictures that are shown later than all stored before
            them, in file order.
        excess: float64, >= 0, size above the like's median in the like's own spread.
        spike: float64, >= 0, logarithm of the size above that of the three nearest of its kind on either side, in the
            usual spread of that: what falls back at once is no motion that begins.
        odd: float64, >= 0, how much likelier a jump makes its group's length than everyday does, natural logarithm: an
            encoder that looks ahead ends a group early where the picture jumps.
        onset_ns: int64, the last picture shown among those stored before; a jump that this picture pays for lies
            behind it, and not behind the picture's own time.
    """

    rows: NDArray[np.int64]
    excess: NDArray[np.float64]
    spike: NDArray[np.float64]
    odd: NDArray[np.float64]
    onset_ns: NDArray[np.int64]


def size_excess(table: PacketTable) -> SizeExcess:
    """Compare each predicted picture's size with its neighbours of the same kind."""
    latest = np.maximum.accumulate(table.pts_ns)
    before = np.concatenate((latest[:1], latest[:-1]))
    rows = np.flatnonzero((table.pts_ns > before) & ~table.is_key)
    if rows.size < _FEWEST_OF_A_KIND:
        nothing = np.empty(0, np.float64)
        return SizeExcess(rows[:0], nothing, nothing, nothing, np.empty(0, np.int64))
    kinds, odd = _kinds(table, rows)
    sizes = table.size_bytes[rows].astype(np.float64)
    sizes = sizes / _profile(table, rows, sizes, kinds)
    floor = max(FLOOR_BYTES, RECORDING_SHARE * float(np.median(sizes)))
    excess, spike = np.zeros(rows.size), np.zeros(rows.size)
    for kind in np.unique(kinds).tolist():
        at = np.flatnonzero(kinds == kind)
        excess[at] = _excess_over_both_sides(sizes[at], floor)
        spike[at] = _spike(sizes[at], floor)
    return SizeExcess(rows, excess, spike, odd, before[rows])


def _kinds(table: PacketTable, rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The kind of each leading picture, and how odd its group is.

    The kind is how many pictures are stored up to the next one that leads or is random access. Rare lengths, and
    groups that a random-access picture cuts short, count as the most usual one.
    """
    latest = np.maximum.accumulate(table.pts_ns)
    leads = np.concatenate(([True], table.pts_ns[1:] > latest[:-1])) | table.is_key
    leaders = np.append(np.flatnonzero(leads), table.pts_ns.size)
    following = leaders[np.searchsorted(leaders, rows) + 1]
    kinds = np.minimum(following - rows, _LONGEST_GROUP)
    is_short = (following >= table.pts_ns.size) | table.is_key[np.minimum(following, table.pts_ns.size - 1)]
    counts = np.bincount(kinds[~is_short], minlength=_LONGEST_GROUP + 1)
    share = np.maximum(counts, 1) / max(1, int(counts.sum()))
    odd = np.where(is_short, 0.0, np.clip(np.log(ODD_SHARE / share[kinds]), 0.0, ODD_MOST))
    kinds[is_short | (counts[kinds] < _FEWEST_OF_A_KIND)] = int(counts.argmax())
    return np.asarray(kinds, np.int64), np.asarray(odd, np.float64)


def _profile(
    table: PacketTable, rows: NDArray[np.int64], sizes: NDArray[np.float64], kinds: NDArray[np.int64]
) -> NDArray[np.float64]:
    """What the usual size is multiplied by this many pictures behind a random-access picture; 1 where it is unknown."""
    keys = np.flatnonzero(table.is_key)
    behind = np.full(rows.size, _PROFILE_PICTURES, np.int64)
    if keys.size:
        last = np.searchsorted(keys, rows) - 1
        behind = np.where(last >= 0, rows - keys[np.maximum(last, 0)], _PROFILE_PICTURES)
    ratio = np.ones(rows.size)
    for kind in np.unique(kinds).tolist():
        at = np.flatnonzero(kinds == kind)
        median, _ = _usual(sizes[at])
        ratio[at] = (sizes[at] + FLOOR_BYTES) / (median + FLOOR_BYTES)
    factor = np.ones(_PROFILE_PICTURES + 1)
    for place in range(1, _PROFILE_PICTURES):
        there = ratio[behind == place]
        if there.size >= _PROFILE_GROUPS:
            factor[place] = float(np.clip(np.median(there), *_PROFILE_BOUNDS))
    return factor[np.minimum(behind, _PROFILE_PICTURES)]


def _usual(values: NDArray[np.float64], about: float | None = None) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Median and spread (scaled median absolute deviation) of each value's neighbourhood, shapes ``(N,)``.

    The spread is that about ``about``, or about the median where that is ``None``.
    """
    reach = min(REACH, values.size - 1)
    if reach < 1:
        return values.copy(), np.zeros(values.size)
    padded = np.pad(values, reach, mode="reflect")
    around = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    median, spread = np.empty(values.size), np.empty(values.size)
    for start in range(0, values.size, _CHUNK_ROWS):
        part = around[start : start + _CHUNK_ROWS]
        middle = np.median(part, axis=1)
        median[start : start + _CHUNK_ROWS] = middle
        centre = middle[:, None] if about is None else about
        spread[start : start + _CHUNK_ROWS] = _SPREAD_OF_MAD * np.median(np.abs(part - centre), axis=1)
    return median, spread


def _excess_over_both_sides(sizes: NDArray[np.float64], floor_bytes: float) -> NDArray[np.float64]:
    """How far each size lies above the usual of those before and of those behind it, whichever is less.

    A jump changes what is usual from there on: taken together, the two sides would hide it in their own difference.
    """
    reach = min(REACH, sizes.size - 1)
    if reach < 1:
        return np.zeros(sizes.size)
    padded = np.pad(sizes, reach, mode="reflect")
    sides = np.lib.stride_tricks.sliding_window_view(padded, reach)
    least = np.full(sizes.size, np.inf)
    for side in (sides[: sizes.size], sides[reach + 1 :]):
        for start in range(0, sizes.size, _CHUNK_ROWS):
            rows = slice(start, start + _CHUNK_ROWS)
            part = side[rows]
            median = np.median(part, axis=1)
            spread = _SPREAD_OF_MAD * np.median(np.abs(part - median[:, None]), axis=1)
            spread = np.maximum(spread, np.maximum(FLOOR_SHARE * median, floor_bytes))
            least[rows] = np.minimum(least[rows], (sizes[rows] - median) / spread)
    return np.asarray(np.maximum(least, 0.0), np.float64)


def _spike(sizes: NDArray[np.float64], floor_bytes: float) -> NDArray[np.float64]:
    """How far each size lies above its nearest neighbours on both sides, by ratio, in the usual spread of ratios."""
    if sizes.size <= 2 * SPIKE_REACH:
        return np.zeros(sizes.size)
    logs = np.log(sizes + floor_bytes)
    sides = np.lib.stride_tricks.sliding_window_view(np.pad(logs, SPIKE_REACH, mode="reflect"), SPIKE_REACH)
    beside = np.maximum(np.median(sides[: sizes.size], axis=1), np.median(sides[SPIKE_REACH + 1 :], axis=1))
    around = np.lib.stride_tricks.sliding_window_view(np.pad(logs, SPIKE_REACH, mode="reflect"), 2 * SPIKE_REACH + 1)
    _, spread = _usual(np.abs(logs - np.median(around, axis=1)), about=0.0)
    return np.asarray(np.maximum(logs - beside, 0.0) / np.maximum(spread, SPIKE_FLOOR), np.float64)


def off_rhythm_keys(table: PacketTable) -> NDArray[np.int64]:
    """Random-access pictures that break the recording's usual distance: encoders insert one where the picture jumps.

    Returns:
        Shape ``(M,)``, rows of ``table``.
    """
    rows = np.flatnonzero(table.is_key)
    if rows.size < 4:
        return np.empty(0, np.int64)
    distances = np.diff(rows)
    usual = int(np.median(distances))
    early = np.flatnonzero(distances < usual - max(2, usual // 10))
    return rows[early + 1]
