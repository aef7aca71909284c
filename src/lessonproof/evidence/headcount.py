"""Head counts: what a detector saw at one instant, and the series of a whole recording.

An unknown count is ``None`` with a reason, never 0 and never -1: an unreadable frame is not an empty room.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from lessonproof.evidence.intervals import Interval


@dataclass(frozen=True, slots=True)
class FrameCount:
    """People seen in one sampled frame.

    Attributes:
        time_ns: presentation time, nanoseconds from the first presented frame.
        count: people found; ``None`` where the frame could not be read.
        low: lower end of the 95 % interval; ``None`` where the detector's miss rate is unknown.
        high: upper end of the 95 % interval; ``None`` likewise.
    """

    time_ns: int
    count: int | None
    low: int | None
    high: int | None

    def __post_init__(self) -> None:
        if self.count is None and (self.low is not None or self.high is not None):
            raise ValueError("an unknown count has no interval")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends or none")
        if self.count is not None and self.low is not None and self.high is not None:
            if not 0 <= self.low <= self.count <= self.high:
                raise ValueError(f"0 <= low <= count <= high must hold, got {self=}")
        elif self.count is not None and self.count < 0:
            raise ValueError(f"count must be >= 0, got {self.count=}")


@dataclass(frozen=True, slots=True)
class HeadcountSeries:
    """Counts over a recording, in time order.

    Attributes:
        samples: one per sampled frame, strictly rising in time.
        model_id: name and weights digest of the detector that counted.
        sample_period_ns: the greatest distance between two samples that was aimed at.
    """

    samples: tuple[FrameCount, ...]
    model_id: str
    sample_period_ns: int

    def __post_init__(self) -> None:
        times = [sample.time_ns for sample in self.samples]
        if any(later <= earlier for earlier, later in itertools.pairwise(times)):
            raise ValueError("samples must rise strictly in time")

    def within(self, window: Interval) -> tuple[FrameCount, ...]:
        """Samples inside ``[start, end)``."""
        return tuple(s for s in self.samples if window.start_ns <= s.time_ns < window.end_ns)


def merge_samples(parts: Sequence[Sequence[FrameCount]]) -> tuple[FrameCount, ...]:
    """One series from the series of segments; where two segments share an instant the first one's sample stands."""
    by_time: dict[int, FrameCount] = {}
    for part in parts:
        for sample in part:
            by_time.setdefault(sample.time_ns, sample)
    return tuple(by_time[time_ns] for time_ns in sorted(by_time))


def without(samples: Sequence[FrameCount], unseen: Sequence[Interval]) -> tuple[FrameCount, ...]:
    """The same series with the counts inside ``unseen`` made unknown: a black picture is not an empty room."""
    return tuple(
        FrameCount(s.time_ns, None, None, None)
        if any(window.start_ns <= s.time_ns < window.end_ns for window in unseen)
        else s
        for s in samples
    )
