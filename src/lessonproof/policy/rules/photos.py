"""Rules on photographs of the lesson: handed in, clear, with people, of their own time, and not shown before.

What the machine suspects of a photograph two reviewers must confirm before it fails. A photograph's own time can be
written by anyone: that it disagrees is a question for a person, that it agrees is all that can be asked of it.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from pydantic import Field

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.photo import Clarity, FailedPhoto, PhotoFacts, PhotoResult, PhotoSide
from lessonproof.evidence.training import SHANGHAI
from lessonproof.evidence.verdict import EvidenceRef, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    Parameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.papers import PaperWord, listed_kinds, named_zh
from lessonproof.policy.rules.suspicions import Standing, Touching, photo_path, photos_touching

TOLERANCE: Final = timedelta(hours=2)
"""Photographs may be taken while a class gathers or leaves, and cameras' clocks are set by hand."""
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  shown times have no zone
_SIDES: Final = {PhotoSide.FRONT: ("教室前部", "front"), PhotoSide.BACK: ("教室后部", "back")}


class PhotoTime(StrEnum):
    """What is asked of the time that a photograph shows."""

    AGREES = "agrees"
    """Where it shows one, it is the unit's; a photograph that shows none is taken."""
    SHOWN = "shown"
    """Each photograph shows one, and it is the unit's."""


class PhotoParameters(Parameters):
    """Settings of :func:`photos_reported`.

    Attributes:
        per_report: photographs that make one report.
        both_sides: whether a report shows the room from front and back (YY-7.2e).
        day_parts: whether each part of the day that the unit touches needs a report of its own (YY-7.2d); else the
            unit needs one.
        time: what is asked of the time that photographs show.
        people: whether people must be seen on each of them.
        clear: whether each must be clear.
        paper: paper under which photographs may be listed instead; a list alone leaves the clause to a person.
    """

    per_report: int = Field(default=1, ge=1)
    both_sides: bool = False
    day_parts: bool = False
    time: PhotoTime = PhotoTime.AGREES
    people: bool = True
    clear: bool = True
    paper: PaperWord | None = None

    def uses(self) -> frozenset[str]:
        """How many reviewers confirm."""
        return frozenset({"Q12.reviewers"})


def photos_reported(case: UnitCase, context: RuleContext, parameters: PhotoParameters) -> RuleOutcome:
    """The unit's photographs are there and usable (SX-3.1.8b, YY-7.2d, YY-7.2e, YY-13.1.8)."""
    unit, path = case.unit, record(f"units[{case.unit.unit_id}].photos")
    if not unit.photos:
        return _no_photos(case, parameters)
    if case.photos is None:
        return uncertain(
            f"{len(unit.photos)} 张照片尚未检验",
            f"{len(unit.photos)} photographs have not been examined",
            needs.photos_examined(),
            path,
        )
    for outcome in (
        _unread(case),
        _suspected(case, context, parameters),
        _incomplete(case, context, parameters),
        _untimely(case, parameters),
        _unknown(case, parameters),
    ):
        if outcome is not None:
            return outcome
    return _good(case)


def _no_photos(case: UnitCase, parameters: PhotoParameters) -> RuleOutcome:
    paper = parameters.paper
    if paper is not None and paper in listed_kinds(case.class_file, case.unit.unit_id):
        return uncertain(
            f"台账已列出{named_zh([paper])}，但没有提供照片文件，未能检验",
            f"The ledger lists {paper}, and no picture files were handed in, so nothing could be examined",
            needs.photos(case.unit.unit_id),
            record("documents"),
        )
    return missing("没有现场照片", "There are no photographs of the lesson", needs.photos(case.unit.unit_id))


def _unread(case: UnitCase) -> RuleOutcome | None:
    unread = [(i, item) for i, item in _results(case) if isinstance(item.result, FailedPhoto)]
    if not unread:
        return None
    failures = [item.result for _, item in unread if isinstance(item.result, FailedPhoto)]
    return uncertain(
        f"照片无法读取：{'；'.join(failure.zh for failure in failures)}",
        f"Photographs cannot be read: {'; '.join(failure.en for failure in failures)}",
        needs.photos(case.unit.unit_id),
        _paths(case, [i for i, _ in unread]),
        open_to_record=False,
    )


def _suspected(case: UnitCase, context: RuleContext, parameters: PhotoParameters) -> RuleOutcome | None:
    kinds = {FindingKind.PHOTO_DUPLICATE} | ({FindingKind.PHOTO_POOR} if parameters.clear else set())
    items = photos_touching(case, frozenset(kinds), context.default("Q12", "reviewers"))
    confirmed = [item for item in items if item.standing is Standing.CONFIRMED]
    if confirmed:
        return failed(
            f"经审核人员认定：{_named(confirmed, zh=True)}",
            f"Reviewers confirmed: {_named(confirmed, zh=False)}",
            tuple(item.reference() for item in confirmed),
            ("Q12",),
        )
    undecided = [item for item in items if item.standing is Standing.OPEN]
    if undecided:
        return uncertain(
            f"疑似：{_named(undecided, zh=True)}",
            f"Suspected: {_named(undecided, zh=False)}",
            needs.review_findings(),
            tuple(item.reference() for item in undecided),
            ("Q12",),
            open_to_record=False,
        )
    return None


def _incomplete(case: UnitCase, context: RuleContext, parameters: PhotoParameters) -> RuleOutcome | None:
    """Reports that are owed and lack photographs, or a side of the room."""
    wanted = _parts(case, context) if parameters.day_parts else [None]
    for part in wanted:
        own = [(i, item) for i, item in _results(case) if part is None or _lies_in(item, part)]
        name_zh, name_en = ("", "") if part is None else (f"（{_part_text(part)}）", f" ({_part_text(part)})")
        untimed = [i for i, item in _results(case) if part is not None and not _shown(item)]
        sides = {item.ref.side for _, item in own}
        absent = [s for s in PhotoSide if parameters.both_sides and s not in sides]
        if len(own) >= parameters.per_report and not absent:
            continue
        if untimed:
            return uncertain(
                f"有 {len(untimed)} 张照片没有可读的时间，无法判断属于哪一时段{name_zh}",
                f"{len(untimed)} photographs show no time, so their part of the day is open{name_en}",
                needs.reviewer_records(),
                _paths(case, untimed),
                ("Q13",),
            )
        zh, en = "、".join(_SIDES[s][0] for s in absent), ", ".join(_SIDES[s][1] for s in absent)
        return missing(
            f"照片不足{name_zh}：需要 {parameters.per_report} 张，已提供 {len(own)} 张" + (f"；缺少{zh}" if zh else ""),
            f"Too few photographs{name_en}: {parameters.per_report} are owed and {len(own)} are there"
            + (f"; not declared: {en}" if en else ""),
            needs.photos(case.unit.unit_id),
            record(f"units[{case.unit.unit_id}].photos"),
        )
    return None


def _untimely(case: UnitCase, parameters: PhotoParameters) -> RuleOutcome | None:
    first, last = (_local(moment) for moment in (case.unit.start - TOLERANCE, case.unit.end + TOLERANCE))
    odd = [
        (i, shown[0])
        for i, item in _results(case)
        if (shown := _shown(item)) and not any(first <= s <= last for s in shown)
    ]
    if odd:
        times = ", ".join(str(moment) for _, moment in odd)
        return uncertain(
            f"照片上的时间与本授课单元不符：{times}",
            f"The time that photographs show is not the unit's: {times}",
            needs.reviewer_records(),
            _paths(case, [i for i, _ in odd]),
        )
    untimed = [i for i, item in _results(case) if not _shown(item)]
    if parameters.time is PhotoTime.SHOWN and untimed:
        return uncertain(
            f"有 {len(untimed)} 张照片没有可读的拍摄时间",
            f"{len(untimed)} photographs show no time that can be read",
            needs.reviewer_records(),
            _paths(case, untimed),
        )
    return None


def _unknown(case: UnitCase, parameters: PhotoParameters) -> RuleOutcome | None:
    """What could not be measured; that nobody is seen is a finding (``photo_poor``) where clearness is asked for."""
    unclear = [i for i, facts in _facts(case) if facts.clarity is Clarity.UNKNOWN] if parameters.clear else []
    if unclear:
        return uncertain(
            f"有 {len(unclear)} 张照片像素太少，无法判断是否清晰",
            f"{len(unclear)} photographs have too few pixels to tell whether they are clear",
            needs.photos(case.unit.unit_id),
            _paths(case, unclear),
        )
    uncounted = [i for i, item in _results(case) if not _shows_somebody(item)] if parameters.people else []
    if uncounted:
        return uncertain(
            f"有 {len(uncounted)} 张照片未能确认画面中有人",
            f"Whether anybody is in view could not be told on {len(uncounted)} photographs",
            needs.reviewer_records(),
            _paths(case, uncounted),
        )
    return None


def _good(case: UnitCase) -> RuleOutcome:
    partly = sum(facts.copies_unsearched is not None for _, facts in _facts(case))
    zh = f"；其中 {partly} 张无法检查是否为另存的副本" if partly else ""
    en = f"; of {partly} it cannot be told whether they are copies that were saved again" if partly else ""
    alone = sum(facts.frames_unsearched is not None for _, facts in _facts(case))
    zh += f"；其中 {alone} 张没有（全部）与录像画面比对" if alone else ""
    en += f"; {alone} were not (all) compared with frames of recordings" if alone else ""
    return passed(
        f"已提供 {len(case.unit.photos)} 张照片，没有发现重复{zh}",
        f"{len(case.unit.photos)} photographs are there, and none was found to be used before{en}",
        _paths(case, range(len(case.unit.photos))),
    )


def _results(case: UnitCase) -> list[tuple[int, PhotoResult]]:
    return [] if case.photos is None else list(enumerate(case.photos.photos))


def _facts(case: UnitCase) -> list[tuple[int, PhotoFacts]]:
    return [(i, item.result) for i, item in _results(case) if isinstance(item.result, PhotoFacts)]


def _paths(case: UnitCase, indices: Sequence[int]) -> tuple[EvidenceRef, ...]:
    return tuple(ref for index in indices for ref in record(photo_path(case.unit.unit_id, index)))


def _shows_somebody(item: PhotoResult) -> bool:
    """Whether the count's lower end says so, or reviewers who rejected that nobody is seen."""
    if not isinstance(item.result, PhotoFacts):
        return False
    people = item.result.people
    return people.count == 0 if item.of_kind(FindingKind.PHOTO_POOR) and people.low == 0 else bool(people.low)


def _shown(item: PhotoResult) -> list[datetime]:
    seconds = item.result.shown_s() if isinstance(item.result, PhotoFacts) else ()
    return [_EPOCH + timedelta(seconds=second) for second in seconds]


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI).replace(tzinfo=None)


Part = tuple[datetime, datetime]
"""A part of a day, local time, half-open."""


def _parts(case: UnitCase, context: RuleContext) -> list[Part | None]:
    """The parts of the day that the unit touches (open point Q13)."""
    start, end = _local(case.unit.start), _local(case.unit.end)
    day = datetime.combine(start.date(), time(0))
    edges = [day, *(datetime.combine(start.date(), bound) for bound in context.terms.half_day_bounds)]
    parts = list(zip(edges, [*edges[1:], day + timedelta(days=1)], strict=True))
    return [part for part in parts if part[0] < end and start < part[1]]


def _lies_in(item: PhotoResult, part: Part) -> bool:
    return any(part[0] <= moment < part[1] for moment in _shown(item))


def _part_text(part: Part) -> str:
    return f"{part[0]:%Y-%m-%d %H:%M}-{part[1]:%H:%M}"


def _named(items: Sequence[Touching], *, zh: bool) -> str:
    names = [item.words() for item in items]
    return "、".join(name.zh for name in names) if zh else ", ".join(name.en for name in names)
