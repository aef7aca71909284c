"""All readings of a clock that gave a time, beside presentation time, and stretches between them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_fit import Floats, unwrapped
from lessonproof.analysis.clock_overlay import ClockOverlay, ClockReading
from lessonproof.evidence.intervals import NS_PER_S, Interval

MEASURED_FROM: Final = "clock"
"""What findings of the clock say that they rest on."""


@dataclass(frozen=True, slots=True, eq=False)
class ClockSeries:
    """All readings that gave a time, unwrapped, in time order.

    Attributes:
        time_ns: presentation times.
        time_s: shape ``(N,)``, the same in seconds.
        wall_s: shape ``(N,)``, middle of the unit that each text stands for, without the jump back at midnight.
        offset_s: shape ``(N,)``, wall minus presentation time.
        unit_s: seconds from one change of the text to the next.
        modulus_s: after how many seconds the text starts over; ``None`` where it never does.
    """

    time_ns: tuple[int, ...]
    time_s: Floats
    wall_s: Floats
    offset_s: Floats
    unit_s: float
    modulus_s: int | None

    @property
    def size(self) -> int:
        """How many readings there are."""
        return len(self.time_ns)

    def without(self, runs: Sequence[tuple[int, int]]) -> "ClockSeries":
        """What is left when half-open ranges of rows are taken out."""
        kept = np.ones(self.time_s.size, np.bool_)
        for a, b in runs:
            kept[a:b] = False
        at = np.flatnonzero(kept)
        times = tuple(self.time_ns[k] for k in at.tolist())
        return ClockSeries(times, self.time_s[at], self.wall_s[at], self.offset_s[at], self.unit_s, self.modulus_s)

    def within(self, first: int, end: int) -> Interval:
        """From the first to the last reading of a half-open range of rows."""
        return Interval(self.time_ns[first], self.time_ns[end - 1])

    def around(self, first: int, end: int) -> Interval:
        """From the reading before a half-open range of rows to the one behind it."""
        return Interval(self.time_ns[max(0, first - 1)], self.time_ns[min(end, self.size - 1)])

    def shown(self, row: int) -> int:
        """What the text says on a reading, seconds since 1970-01-01, or since midnight where it tells no date."""
        return int(self.wall_s[row] - self.unit_s / 2)

    def on_clock(self, read_wall_s: int, near_s: float) -> float:
        """The middle of the unit that a text read elsewhere stands for, on the day on which it lies next to a moment.

        Args:
            read_wall_s: as read.
            near_s: wall time that is expected there, seconds.
        """
        wall_s = read_wall_s + self.unit_s / 2
        if self.modulus_s is None:
            return wall_s
        return wall_s + self.modulus_s * round((near_s - wall_s) / self.modulus_s)


@dataclass(frozen=True, slots=True)
class ClockStretch:
    """A stretch in which the clock does something odd, and how exactly its borders are known.

    Attributes:
        within: first instant, and the first one behind it, as well as they are known.
        start_uncertain_ns: by how much the start may be off to either side; 0 where two neighbouring frames tell it.
        end_uncertain_ns: the same for the end.
    """

    within: Interval
    start_uncertain_ns: int
    end_uncertain_ns: int


def series_of(ordered: Sequence[ClockReading], overlay: ClockOverlay) -> ClockSeries:
    """The series of readings in time order; those that gave no time are left out."""
    read = [(r.time_ns, r.wall_s) for r in ordered if r.wall_s is not None]
    time_s = np.array([t for t, _ in read], np.float64) / NS_PER_S
    middle = np.array([w for _, w in read], np.float64) + overlay.unit_s / 2
    offset = unwrapped(time_s, middle, overlay.modulus_s)
    return ClockSeries(
        tuple(t for t, _ in read),
        time_s,
        np.round(offset + time_s, 3),
        offset,
        float(overlay.unit_s),
        overlay.modulus_s,
    )


def runs_of(joined: NDArray[np.bool_] | Sequence[bool]) -> list[tuple[int, int]]:
    """Ranges of items whose neighbours are joined: ``joined[k]`` says whether item k and k + 1 belong together."""
    flags = np.concatenate(([False], np.asarray(joined, np.bool_), [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(flags)).reshape(-1, 2)
    return [(int(a), int(b) + 1) for a, b in edges]
