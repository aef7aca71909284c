"""Where between two readings the clock jumps: the overlay is read on every frame of the stretch, and nowhere else."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.evidence.intervals import NS_PER_S, Interval

_MIN_EXPLAINED_SHARE: Final = 0.8
_TOLERANCE_UNITS: Final = 0.8
"""Frames show the clock anywhere inside its unit."""


_FEW_READINGS: Final = 3
_MIN_STEP_UNITS: Final = 1.5
_NEIGHBOURS_NS: Final = NS_PER_S // 2
"""Between frames further apart others could not be read."""
_TICK_NS: Final = NS_PER_S * 6 // 5


class ClockSource(Protocol):
    """Reads the clock on frames that are decoded in full, on demand."""

    def read(self, stretch: Interval) -> Sequence[ClockReading]:
        """The clock on every frame shown in a stretch, in time order; empty where none could be decoded."""
        ...


@dataclass(frozen=True, slots=True)
class ClockJump:
    """A step of the clock against presentation time.

    Attributes:
        within: from the last picture before it to the first one behind it.
        offset_before_s: wall time minus presentation time before, seconds.
        offset_after_s: the same behind it.
        wall_before_s: what the clock showed last, seconds since 1970-01-01 (or since midnight).
        wall_after_s: what it showed next.
        readings_before: random-access pictures that agree before it.
        readings_after: the same behind it.
        is_refined: whether ``within`` are two neighbouring frames.
    """

    within: Interval
    offset_before_s: float
    offset_after_s: float
    wall_before_s: int
    wall_after_s: int
    readings_before: int
    readings_after: int
    is_refined: bool = False

    @property
    def jump_s(self) -> float:
        """How far it jumps, seconds; positive is forward."""
        return self.offset_after_s - self.offset_before_s


def refine_jump(source: ClockSource, jump: ClockJump, unit_s: float, modulus_s: int | None) -> ClockJump | None:
    """Find the two frames between which the clock jumps.

    Args:
        source: reads frames.
        jump: a step between two random-access pictures.
        unit_s: seconds from one change of the text to the next.
        modulus_s: after how many seconds the text starts over; ``None`` where it never does.

    Returns:
        The jump between two frames; the jump as it was where its frames cannot be read; ``None`` where they are read
        and show that there is none.
    """
    stretch = Interval(jump.within.start_ns, jump.within.end_ns + 1)
    frames = [r for r in source.read(stretch) if r.wall_s is not None]
    if len(frames) < 4:
        return jump
    times = np.array([r.time_ns for r in frames], np.int64)
    walls = np.array([r.wall_s for r in frames], np.float64)
    offset = walls + unit_s / 2 - times / NS_PER_S
    before = np.abs(_shortest(offset - jump.offset_before_s, modulus_s))
    after = np.abs(_shortest(offset - jump.offset_after_s, modulus_s))
    if float(np.mean(np.minimum(before, after) <= _TOLERANCE_UNITS * unit_s)) < _MIN_EXPLAINED_SHARE:
        return None if _goes_back(before, unit_s) else jump
    left = np.concatenate(([0.0], np.cumsum(np.minimum(before, 3 * unit_s))))
    right = np.concatenate((np.cumsum(np.minimum(after, 3 * unit_s)[::-1])[::-1], [0.0]))
    split = int(np.argmin(left + right))
    if split < _frames_needed(jump.readings_before) or len(frames) - split < _frames_needed(jump.readings_after):
        return None
    step = _shortest(np.array([offset[split] - offset[split - 1]]), modulus_s)
    if abs(float(step[0])) < _MIN_STEP_UNITS * unit_s:
        return None  # what a clock set by a second shows
    return replace(
        jump,
        within=Interval(int(times[split - 1]), int(times[split])),
        wall_before_s=int(walls[split - 1]),
        wall_after_s=int(walls[split]),
        is_refined=bool(times[split] - times[split - 1] <= _NEIGHBOURS_NS),
    )


def _frames_needed(readings: int) -> int:
    """How many frames must show a side: more where only one or two random-access pictures did, read the same way."""
    return 1 if readings >= _FEW_READINGS else 3


def fine_offset(source: ClockSource, from_ns: int) -> float | None:
    """Wall minus presentation time to a frame's length, from the first change of the text behind an instant.

    Args:
        source: reads frames; the clock shows seconds.
        from_ns: best the time of a random-access picture, so that little has to be decoded.

    Returns:
        Seconds; ``None`` where no even change was seen.
    """
    frames = [r for r in source.read(Interval(from_ns, from_ns + _TICK_NS)) if r.wall_s is not None]
    for before, after in pairwise(frames):
        if (after.wall_s or 0) - (before.wall_s or 0) == 1:
            return (after.wall_s or 0) - (before.time_ns + after.time_ns) / 2 / NS_PER_S
    return None


def _goes_back(before: NDArray[np.float64], unit_s: float) -> bool:
    """Whether the clock runs on as before right up to the last frames."""
    return bool(np.mean(before[-3:] <= _TOLERANCE_UNITS * unit_s) > 0.5)


def _shortest(difference_s: NDArray[np.float64], modulus_s: int | None) -> NDArray[np.float64]:
    if modulus_s is None:
        return difference_s
    return difference_s - modulus_s * np.round(difference_s / modulus_s)
