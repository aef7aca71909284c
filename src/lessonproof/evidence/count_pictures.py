"""Which moments of a head count are pictured, so that a reader sees what was counted: the first, the fewest, the most.

The choice follows from the dossier alone, so whoever holds the dossier knows the pictures' names.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.headcount import FrameCount

COUNT_PICTURES: Final = "headcount"
"""Stands in a picture's name where others have the kind of their finding."""


class CountMoment(StrEnum):
    """Why a moment is pictured; the last word of the picture's name."""

    START = "start"
    LOWEST = "lowest"
    HIGHEST = "highest"


@dataclass(frozen=True, slots=True)
class CountPicture:
    """A moment of the head count to be shown.

    Attributes:
        name: of its picture, relative to where findings are written.
        moments: why it is shown; the first one is in the name.
        sample: what was counted; ``sample.count`` is known.
        still_xyxy: what looks like a person then, never moves and is not counted: left, top, right, bottom as shares
            of the picture.
    """

    name: str
    moments: tuple[CountMoment, ...]
    sample: FrameCount
    still_xyxy: tuple[tuple[float, float, float, float], ...] = ()


def count_pictures(dossier: Dossier) -> tuple[CountPicture, ...]:
    """The first counted moment, the earliest of the fewest and the earliest of the most people, in time order.

    A moment that is several of them is shown once; nothing is shown where nobody counted or every count is unknown.
    """
    series = dossier.headcount
    known = () if series is None else tuple(s for s in series.samples if s.count is not None)
    if series is None or not known:
        return ()
    choose: Mapping[CountMoment, Callable[[FrameCount], tuple[int, int]]] = {
        CountMoment.START: lambda sample: (0, sample.time_ns),
        CountMoment.LOWEST: lambda sample: (sample.count or 0, sample.time_ns),
        CountMoment.HIGHEST: lambda sample: (-(sample.count or 0), sample.time_ns),
    }
    reasons: dict[int, list[CountMoment]] = {}
    samples: dict[int, FrameCount] = {}
    for moment, rank in choose.items():
        sample = min(known, key=rank)
        samples[sample.time_ns] = sample
        reasons.setdefault(sample.time_ns, []).append(moment)
    return tuple(
        CountPicture(
            _name(dossier.sha256, at_ns, reasons[at_ns][0]),
            tuple(reasons[at_ns]),
            samples[at_ns],
            tuple(f.box_xyxy for f in series.still_figures if f.seen.start_ns <= at_ns <= f.seen.end_ns),
        )
        for at_ns in sorted(samples)
    )


def _name(sha256: str, at_ns: int, moment: CountMoment) -> str:
    return f"frames/{sha256[:12]}-{COUNT_PICTURES}-{at_ns // 1_000_000:09d}-{moment.value}.jpg"
