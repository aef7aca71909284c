"""Head counts: what a detector saw at one instant, and the series of a whole recording.

An unknown count is ``None`` with a reason, never 0 and never -1: an unreadable frame is not an empty room.
"""

import itertools
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lessonproof.evidence.intervals import NS_PER_S, Interval

MINUTE_NS: Final = 60 * NS_PER_S


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
class StillFigure:
    """Something that a detector takes for a person and that never moves: a poster, a dummy, a reflection.

    Attributes:
        box_xyxy: left, top, right, bottom as shares of the picture's width and height.
        seen: from the first to the last sample that shows it.
        samples: in how many samples it was found.
    """

    box_xyxy: tuple[float, float, float, float]
    seen: Interval
    samples: int


class PassageKind(StrEnum):
    """What became of somebody who had stayed at a place and was not found there in the next sample."""

    LEFT = "left"
    """Walked away from the place."""
    HIDDEN = "hidden"
    """Covered by somebody or something, or bent down; still there."""


@dataclass(frozen=True, slots=True)
class Passage:
    """Somebody who went or was hidden, followed through the frames between two samples.

    Attributes:
        kind: which.
        between: from the sample before to the sample after.
        box_xyxy: the place, shares of the picture.
    """

    kind: PassageKind
    between: Interval
    box_xyxy: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class HeadcountSeries:
    """Counts over a recording, in time order.

    Attributes:
        samples: one per sampled frame, strictly rising in time.
        model_id: name and weights digest of the detector that counted.
        sample_period_ns: the greatest distance between two samples that was aimed at.
        still_figures: what was taken for a person, never moved, and is not counted.
        passages: who came and went where the count changed, in time order.
        refound_share: how often the detector found again who stayed in view, 0..1; ``None`` where nobody stayed long
            enough, and in dossiers of versions that did not ask.
    """

    samples: tuple[FrameCount, ...]
    model_id: str
    sample_period_ns: int
    still_figures: tuple[StillFigure, ...] = ()
    passages: tuple[Passage, ...] = ()
    refound_share: float | None = None

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


@dataclass(frozen=True, slots=True)
class MinuteCount:
    """People in view during one minute of a recording.

    Attributes:
        start_ns: when the minute begins, a whole number of minutes from the first presented frame.
        count: median of its samples' counts; ``None`` where no sample of the minute could be read.
        low: lower end of the interval; ``None`` where it is unknown in any of the samples.
        high: upper end; ``None`` likewise.
        samples: pictures that were counted.
    """

    start_ns: int
    count: int | None
    low: int | None
    high: int | None
    samples: int


def per_minute(series: HeadcountSeries) -> tuple[MinuteCount, ...]:
    """The count minute by minute, from the minute of the first sample to that of the last.

    The samples of a minute look at the same room from the same place and err alike, so their interval does not become
    narrower with their number: its ends are the medians of theirs, rounded outwards.
    """
    by_minute: dict[int, list[FrameCount]] = {}
    for sample in series.samples:
        by_minute.setdefault(sample.time_ns // MINUTE_NS, []).append(sample)
    return tuple(
        minute_count(minute * MINUTE_NS, by_minute.get(minute, []))
        for minute in range(min(by_minute, default=0), max(by_minute, default=-1) + 1)
    )


def minute_count(start_ns: int, samples: Sequence[FrameCount]) -> MinuteCount:
    """The count of one minute; see :func:`per_minute`.

    Args:
        start_ns: when the minute begins.
        samples: of that minute and of one camera.
    """
    counts = [s.count for s in samples if s.count is not None]
    lows = [s.low for s in samples if s.low is not None]
    highs = [s.high for s in samples if s.high is not None]
    if not counts:
        return MinuteCount(start_ns, None, None, None, 0)
    if len(lows) < len(counts):
        return MinuteCount(start_ns, statistics.median_low(counts), None, None, len(counts))
    low, high = statistics.median_low(lows), statistics.median_high(highs)
    return MinuteCount(start_ns, statistics.median_low(counts), low, high, len(counts))
