"""How a unit was held against how it was declared, by the records of the class file.

A unit's ``start``, ``end``, ``teacher`` and ``venue`` are what was declared; its ``held_*`` fields what was done.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.training import TeachingUnit
from lessonproof.policy.rules.wall_clock import epoch_ns

TIME: Final = "time"
TEACHER: Final = "teacher"
VENUE: Final = "venue"
CONTENT: Final = "content"
_ZH: Final = {TIME: "时间", TEACHER: "教师", VENUE: "地点", CONTENT: "内容"}


@dataclass(frozen=True, slots=True)
class Deviations:
    """How a unit was held against how it was declared.

    Attributes:
        aspects: what differs: ``time``, ``teacher``, ``venue``.
        unknown: aspects of which the unit record says nothing.
        lost_ns: late start plus early end by the unit record; ``None`` where it says nothing.
    """

    aspects: tuple[str, ...]
    unknown: tuple[str, ...]
    lost_ns: int | None


def deviations(unit: TeachingUnit, edge_tolerance_ns: int) -> Deviations:
    """Compare the unit record with the declaration.

    Beginning earlier and ending later takes nothing from the lesson and is no deviation; late start plus early end
    up to ``edge_tolerance_ns`` are reported, not a deviation (open point Q6).
    """
    aspects, unknown, lost_ns = [], [], None
    if unit.held_start is None or unit.held_end is None:
        unknown.append(TIME)
    else:
        late_ns = max(0, epoch_ns(unit.held_start) - epoch_ns(unit.start))
        early_ns = max(0, epoch_ns(unit.end) - epoch_ns(unit.held_end))
        lost_ns = late_ns + early_ns
        if lost_ns > edge_tolerance_ns:
            aspects.append(TIME)
    for aspect, declared, held in ((TEACHER, unit.teacher, unit.held_teacher), (VENUE, unit.venue, unit.held_venue)):
        if held is None:
            unknown.append(aspect)
        elif held != declared:
            aspects.append(aspect)
    return Deviations(tuple(aspects), tuple(unknown), lost_ns)


def held_path(path: str, aspect: str) -> str:
    """Where the class file says how the unit was held."""
    return f"{path}.held.start" if aspect == TIME else f"{path}.held.{aspect}"


def listed_zh(aspects: Sequence[str]) -> str:
    """The aspects in Chinese."""
    return "、".join(_ZH[aspect] for aspect in aspects)
