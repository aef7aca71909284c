"""Pairs of instants that may show the same, and what points to them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from lessonproof.evidence.intervals import Interval

SLACK_NS: Final = 120_000_000
"""Three frames: as near as a distance between two instants is known at best."""


class Witness(StrEnum):
    """What points to a pair."""

    SIZES = "packet_sizes"
    ACTIVITY = "activity"
    SOUND = "sound"
    POSTURE = "thumbnails"
    ENCLOSED = "between_borders"
    BORDER = "border"


class Replay(Protocol):
    """Sound that is heard twice."""

    @property
    def source_start_ns(self) -> int:
        """Where it is heard first."""

    @property
    def start_ns(self) -> int:
        """Where it is heard again."""

    @property
    def length_ns(self) -> int:
        """For how long."""

    @property
    def strength(self) -> float:
        """How well the two agree, 0..1."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A pair of instants that may show the same.

    Attributes:
        copy_ns: the later one.
        source_ns: the earlier one.
        reach_ns: how far the distance between the two may be off, to either side.
        score: for ordering; the larger the likelier.
        witness: what points to it.
        mirrored: the copy would be seen in a mirror.
        forward: what follows the instants is expected to agree; if not, what comes before them.
        within: the whole stretch that would be the copy, where borders tell it.
        is_clear: both ends of that stretch are clear borders.
        is_likeliest: no other place is likelier for that stretch.
    """

    copy_ns: int
    source_ns: int
    reach_ns: int
    score: float
    witness: Witness
    mirrored: bool = False
    forward: bool = True
    within: Interval | None = None
    is_clear: bool = False
    is_likeliest: bool = False

    @property
    def lag_ns(self) -> int:
        """Distance between the two."""
        return self.copy_ns - self.source_ns
