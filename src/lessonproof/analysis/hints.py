"""Hints: instants that one measurement suspects and another, dearer one should look at."""

from dataclasses import dataclass
from enum import StrEnum

from lessonproof.evidence.intervals import Interval


class HintSource(StrEnum):
    """Which measurement suspects the instant."""

    PACKETS = "packets"
    KEYFRAMES = "keyframes"
    SOUND = "sound"
    CLOCK = "clock"
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Hint:
    """An instant, or a short stretch that holds it, where the picture should be decoded in full.

    Attributes:
        within: the stretch; as short as the measurement can tell (a sound break: some milliseconds; a burned-in clock
            read on two random-access pictures: the time between them).
        source: what suspects it.
        chance: how likely something is there, 0..1, on honest and edited recordings taken together.
    """

    within: Interval
    source: HintSource
    chance: float
