"""The first picture of a frozen stretch as the packet table tells it, where the room was quiet before.

Where nobody moved for a moment before the picture was frozen, that moment looks frozen too. The packets know better: a
living picture, however quiet, costs a coder bytes each time, and the same picture given again costs next to nothing.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.stillness import is_leading
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval

_MIN_MOVE_NS: Final = 300 * NS_PER_MS
_BESIDE_NS: Final = 2 * NS_PER_S
_MIN_PICTURES: Final = 5
_SETTLES_WITHIN: Final = 6
"""A coder that goes on refining for longer blurs what the sizes say."""
_SLACK_SHARE: Final = 0.1
_SLACK_BYTES: Final = 3.0
_LIVING_RATIO: Final = 2.5
"""How many times the repeated picture's bytes a quiet, living one costs at least."""
_QUIET_RATIOS: Final = (0.25, 0.8)
"""A quiet moment costs less than the seconds before it; a picture that stands soon costs next to nothing, or as much as
before while a coder refines it."""


def repeated_since_ns(table: PacketTable, stretch: Interval) -> int | None:
    """Time of the picture that is repeated up to a stretch's end.

    Args:
        table: the packets.
        stretch: in which the decoded picture stands still; its start may lie too early.

    Returns:
        A later start, or ``None`` where the packets know none.
    """
    rows = np.flatnonzero(~table.is_key & is_leading(table))
    times, sizes = table.pts_ns[rows], table.size_bytes[rows].astype(np.float64)
    first, end = np.searchsorted(times, [stretch.start_ns, stretch.end_ns]).tolist()
    if end - first < 4 * _MIN_PICTURES:
        return None
    settled = _settled(sizes[(first + end) // 2 : end])
    if settled is None:
        return None
    slack = max(_SLACK_BYTES, _SLACK_SHARE * settled)
    above = np.flatnonzero(sizes[first : (first + end) // 2] > settled + slack)
    if above.size == 0:
        return None
    peak = start = first + int(above[-1])
    while peak > first and sizes[peak - 1] >= sizes[peak]:
        peak -= 1
    beside = sizes[int(np.searchsorted(times, stretch.start_ns - _BESIDE_NS)) : first]
    if start - peak >= _SETTLES_WITHIN or peak - first < _MIN_PICTURES or beside.size < _MIN_PICTURES:
        return None
    quiet = float(np.median(sizes[first:peak]))
    low, high = _QUIET_RATIOS
    is_living = quiet >= _LIVING_RATIO * settled and low <= quiet / float(np.median(beside)) <= high
    at_ns = int(times[peak])
    return at_ns if is_living and at_ns - stretch.start_ns >= _MIN_MOVE_NS else None


def _settled(sizes: NDArray[np.float64]) -> float | None:
    """What a repeated picture costs; ``None`` where sizes go on changing."""
    low, middle, high = np.quantile(sizes, [0.1, 0.5, 0.9]).tolist()
    return float(middle) if high - low <= 2 * max(_SLACK_BYTES, _SLACK_SHARE * middle) else None
