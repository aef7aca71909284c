"""The grid of a track's times, and the places where it is broken.

Sound is coded in packets of one length (AAC: 1024 samples), a steady camera gives a picture each so many ticks: their
times lie on a grid, up to the rounding of the container and the jitter of the recorder. Where one stretch was appended
to another without coding it again, the times behind lie on another grid. Nothing here depends on a declared rate.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Times = NDArray[np.int64]
Offsets = NDArray[np.float64]

GRID_MIN_TIMES: Final = 100
"""Fewer times do not tell a grid from chance."""
GRID_WINDOW: Final = 32
"""Times on either side of a place that have to lie on one grid each."""
_MAX_WIDTH_SHARE: Final = 0.25
_ROUNDED_WIDTH_TICKS: Final = 1.05
_EXACT_WIDTH_TICKS: Final = 0.05
_EXACT_REACH_TICKS: Final = 1.5
_FINE_TICK_NS: Final = 100_000.0
_JITTER_REACH: Final = 1.6
_SLACK_NS: Final = 2000.0
_LEAD_IN: Final = 3
_STEP_REACH: Final = 256
_SNAP_SHARE: Final = 2e-4
_MAX_RUNS: Final = 2000

TOO_FEW_TIMES: Final = "too_few_packets"
UNEVEN_TIMES: Final = "uneven_times"


@dataclass(frozen=True, slots=True)
class GridBreak:
    """A place where a track's times leave their grid for another one.

    Attributes:
        row: first time on the new grid.
        start_ns: last time on the old one.
        end_ns: first time on the new one.
        shift_ns: how far the new grid lies behind the old one, of either sign.
        is_whole: whether that is a whole number of steps: packets are missing, or there are more, and the grid stands.
    """

    row: int
    start_ns: int
    end_ns: int
    shift_ns: float
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Grid:
    """The grid of a track's times.

    Attributes:
        step_ns: usual distance; ``None`` where there is no grid.
        spread_ns: usual width within which times lie around it; ``None`` likewise.
        breaks: places where it is broken, rising.
        reason: why there is no grid (``too_few_packets``, ``uneven_times``), else ``None``.
    """

    step_ns: float | None
    spread_ns: float | None
    breaks: tuple[GridBreak, ...]
    reason: str | None

    @property
    def sliding_breaks(self) -> tuple[GridBreak, ...]:
        """Breaks behind which the grid itself lies elsewhere."""
        return tuple(found for found in self.breaks if not found.is_whole)


def find_grid(times_ns: Times, tick_ns: float, *, known_steps_ns: Sequence[float] = ()) -> Grid:
    """The grid of a track.

    Args:
        times_ns: shape ``(N,)``, presentation times in the order in which they are shown.
        tick_ns: one tick of the container's time base: times are rounded to it.
        known_steps_ns: exact steps that are usual; one that lies within 0.02 % of the measured step replaces it.
    """
    count = times_ns.size
    if count < GRID_MIN_TIMES:
        return Grid(None, None, (), TOO_FEW_TIMES)
    reach = min(_STEP_REACH, count // 4)
    step = float(np.median(times_ns[reach:] - times_ns[:-reach])) / reach
    step = next((known for known in known_steps_ns if abs(known - step) <= _SNAP_SHARE * step), step)
    if step <= 0:
        return Grid(None, None, (), UNEVEN_TIMES)
    offsets = (times_ns - times_ns[0]).astype(np.float64) - step * np.arange(count)
    width = _width_across(offsets)
    usual = float(np.median(width))
    limit = _limit_ns(usual, tick_ns)
    if limit > _MAX_WIDTH_SHARE * step:
        return Grid(None, None, (), UNEVEN_TIMES)
    runs = _runs(np.flatnonzero(width > limit))
    if len(runs) > _MAX_RUNS:
        return Grid(None, None, (), UNEVEN_TIMES)
    found = [_break_in(times_ns, offsets, run, step=step, limit=limit) for run in runs]
    return Grid(step, usual, tuple(item for item in found if item is not None), None)


def _limit_ns(usual_ns: float, tick_ns: float) -> float:
    """How far apart times on one grid may lie: rounding gives one tick at most, jitter has tails."""
    if usual_ns > _ROUNDED_WIDTH_TICKS * tick_ns:
        return usual_ns * _JITTER_REACH + _SLACK_NS
    if usual_ns <= _EXACT_WIDTH_TICKS * tick_ns and tick_ns > _FINE_TICK_NS:
        return tick_ns / 2
    # A rate that is no whole number of fine ticks slips by one now and then.
    return (_EXACT_REACH_TICKS if tick_ns <= _FINE_TICK_NS else _ROUNDED_WIDTH_TICKS) * tick_ns + _SLACK_NS


def _width_across(offsets: Offsets) -> Offsets:
    """For each place ``i``: how far apart the offsets of the 32 times before and the 32 from ``i`` on lie."""
    # A track's first packets (encoder delay) and its last one may be short; they stand for themselves.
    inner = offsets.copy()
    inner[:_LEAD_IN] = inner[_LEAD_IN]
    inner[-1] = inner[-2]
    padded = np.pad(inner, GRID_WINDOW, mode="edge")
    low, high = padded.copy(), padded
    reach = 1
    while reach < 2 * GRID_WINDOW:  # doubling: six steps instead of 64
        low = np.minimum(low[:-reach], low[reach:])
        high = np.maximum(high[:-reach], high[reach:])
        reach *= 2
    return np.asarray((high - low)[: offsets.size], np.float64)


def _runs(rows: NDArray[np.intp]) -> list[tuple[int, int]]:
    """First and last of each run of neighbouring rows."""
    if rows.size == 0:
        return []
    ends = np.flatnonzero(np.diff(rows) > 1)
    starts = np.concatenate([[0], ends + 1])
    stops = np.concatenate([ends, [rows.size - 1]])
    return list(zip(rows[starts].tolist(), rows[stops].tolist(), strict=True))


def _break_in(
    times_ns: Times, offsets: Offsets, run: tuple[int, int], *, step: float, limit: float
) -> GridBreak | None:
    """The break that a run of wide places tells of; ``None`` for a few times that are off and come back."""
    low, high = max(1, run[0]), min(offsets.size - 1, run[1])
    moves = np.abs(np.diff(offsets[low - 1 : high + 1]))
    off = np.flatnonzero(moves > limit)
    # A shift of about one tick may hide in the rounding of a single step: it shows between the means on both sides.
    begin, end = (int(off[0]), int(off[-1])) if off.size else (_best_split(offsets, low, high) - low,) * 2
    before, behind = low + begin, low + end
    old, new = offsets[max(0, before - GRID_WINDOW) : before], offsets[behind : behind + GRID_WINDOW]
    shift = float(np.median(new) - np.median(old))
    if abs(shift) <= limit / 2:
        return None
    whole = round(shift / step) * step
    return GridBreak(
        row=behind,
        start_ns=int(times_ns[before - 1]),
        end_ns=int(times_ns[behind]),
        shift_ns=shift,
        is_whole=bool(whole) and abs(shift - whole) <= limit,
    )


def _best_split(offsets: Offsets, low: int, high: int) -> int:
    """The row in ``[low, high]`` in front of which and from which on the mean offsets differ most."""
    start, stop = max(0, low - GRID_WINDOW), min(offsets.size, high + GRID_WINDOW)
    sums = np.concatenate([[0.0], np.cumsum(offsets[start:stop] - offsets[start])])
    rows = np.arange(low, high + 1)
    first, last = np.maximum(start, rows - GRID_WINDOW), np.minimum(stop, rows + GRID_WINDOW)
    before = (sums[rows - start] - sums[first - start]) / (rows - first)
    after = (sums[last - start] - sums[rows - start]) / (last - rows)
    return int(rows[np.argmax(np.abs(after - before))])
