"""Speed: what clock, sound and frame cadence each say about how fast a stretch runs, and the findings drawn from it."""

from dataclasses import dataclass
from enum import StrEnum

from lessonproof.evidence.intervals import Interval


class SpeedSource(StrEnum):
    """Which measurement speaks."""

    CLOCK = "clock"
    HUM = "hum"
    SPEECH = "speech"
    CADENCE = "cadence"
    MOTION = "motion"


@dataclass(frozen=True, slots=True)
class SpeedEvidence:
    """One measurement's opinion on one stretch.

    Attributes:
        within: the stretch.
        factor: how many seconds of the lesson go by in one second of the recording; 1 is as recorded.
        low: lower end of its 95 % interval.
        high: upper end.
        source: what was measured.
    """

    within: Interval
    factor: float
    low: float
    high: float
    source: SpeedSource
