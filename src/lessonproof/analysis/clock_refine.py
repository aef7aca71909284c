"""Where between two readings the clock jumps: the overlay is read on every frame of the stretch, and nowhere else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_fit import Floats
from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.evidence.intervals import NS_PER_S, Interval

_MIN_EXPLAINED_SHARE: Final = 0.8
_TOLERANCE_UNITS: Final = 0.8
"""Frames show the clock anywhere inside its unit."""


_FEW_READINGS: Final = 3
_MIN_STEP_UNITS: Final = 1.5
_NEIGHBOURS_NS: Final = NS_PER_S // 2
"""Between frames further apart others could not be read."""
_STEADY_FRAMES: Final = 5
"""So many frames on each side must show a step: one that was misread does not."""
_TICK_NS: Final = NS_PER_S * 3 // 2
"""A clock shown at two thirds of its speed changes its text at least as often."""
_MOST_BLUR_S: Final = 0.25
"""A change of the text that is not seen better than this tells too little."""


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
    seen = [(r.time_ns, r.wall_s) for r in frames if r.wall_s is not None]
    # What the random-access pictures showed counts where other readings bear it out: the clock may jump right beside.
    if jump.readings_before >= _FEW_READINGS and seen[0][0] > jump.within.start_ns:
        seen.insert(0, (jump.within.start_ns, jump.wall_before_s))
    if jump.readings_after >= _FEW_READINGS and seen[-1][0] < jump.within.end_ns:
        seen.append((jump.within.end_ns, jump.wall_after_s))
    times = np.array([time_ns for time_ns, _ in seen], np.int64)
    walls = np.array([wall_s for _, wall_s in seen], np.float64)
    offset = walls + unit_s / 2 - times / NS_PER_S
    before = np.abs(_shortest(offset - jump.offset_before_s, modulus_s))
    after = np.abs(_shortest(offset - jump.offset_after_s, modulus_s))
    if float(np.mean(np.minimum(before, after) <= _TOLERANCE_UNITS * unit_s)) < _MIN_EXPLAINED_SHARE:
        denied = _goes_back(before, unit_s) or not _steps(times, _unwrapped(offset, modulus_s), unit_s)
        return None if denied else jump
    split = split_of(before, after, 3 * unit_s)
    if split < _frames_needed(jump.readings_before) or len(seen) - split < _frames_needed(jump.readings_after):
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


def split_of(before: Floats, after: Floats, most: float) -> int:
    """Where a row of frames that follow one line at first and another one in the end is best broken in two.

    Args:
        before: shape ``(N,)``, how far each frame is off the first line, never negative.
        after: the same for the other line.
        most: more than this counts as this, so that no misread frame decides.

    Returns:
        Index of the first frame behind the break, 0..N.
    """
    left = np.concatenate(([0.0], np.cumsum(np.minimum(before, most))))
    right = np.concatenate((np.cumsum(np.minimum(after, most)[::-1])[::-1], [0.0]))
    return int(np.argmin(left + right))


@dataclass(frozen=True, slots=True)
class Tick:
    """A change of the text from one unit to the next.

    Attributes:
        time_s: presentation time, halfway between the two frames, seconds.
        wall_s: the moment that the clock shows from there on, seconds.
    """

    time_s: float
    wall_s: int

    @property
    def offset_s(self) -> float:
        """Wall minus presentation time, to half a frame's length."""
        return self.wall_s - self.time_s


def tick_after(source: ClockSource, from_ns: int) -> Tick | None:
    """The first change of the text behind an instant.

    Args:
        source: reads frames; the clock shows seconds.
        from_ns: best the time of a random-access picture, so that little has to be decoded.

    Returns:
        ``None`` where no even change was seen.
    """
    return next(iter(ticks_in(source, Interval(from_ns, from_ns + _TICK_NS))), None)


def ticks_in(source: ClockSource, stretch: Interval) -> Iterator[Tick]:
    """All even changes of the text in a stretch, by one unit between two frames, in time order."""
    frames = [(r.time_ns, r.wall_s) for r in source.read(stretch) if r.wall_s is not None]
    for (before_ns, before_s), (after_ns, after_s) in pairwise(frames):
        if after_s - before_s == 1 and after_ns - before_ns <= _MOST_BLUR_S * NS_PER_S:
            yield Tick((before_ns + after_ns) / 2 / NS_PER_S, after_s)


def _goes_back(before: Floats, unit_s: float) -> bool:
    """Whether the clock runs on as before right up to the last frames."""
    return bool(np.mean(before[-3:] <= _TOLERANCE_UNITS * unit_s) > 0.5)


def _steps(times: NDArray[np.int64], offset: Floats, unit_s: float) -> bool:
    """Whether the offset steps anywhere and stays there, or some of its frames could not be read.

    It may also be gained or lost little by little, at another speed.
    """
    if np.diff(times).max() > _NEIGHBOURS_NS:
        return True
    around = np.lib.stride_tricks.sliding_window_view(offset, min(_STEADY_FRAMES, offset.size // 2))
    middles = np.median(around, axis=1)
    beside = np.abs(middles[around.shape[1] :] - middles[: -around.shape[1]])
    return bool(np.any(beside >= _MIN_STEP_UNITS * unit_s))


def _unwrapped(offset: Floats, modulus_s: int | None) -> Floats:
    return (
        offset if modulus_s is None else offset[0] + np.cumsum(_shortest(np.diff(offset, prepend=offset[0]), modulus_s))
    )


def _shortest(difference_s: Floats, modulus_s: int | None) -> Floats:
    if modulus_s is None:
        return difference_s
    return difference_s - modulus_s * np.round(difference_s / modulus_s)
