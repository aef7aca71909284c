"""The rule that a lesson was given as declared, or as a change that was approved (SX-3.1.1, SX-3.1.4)."""

from enum import Enum, auto

from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import not_read
from lessonproof.policy.rules.applies import AppliesTo, applies
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
from lessonproof.policy.rules.deviations import TIME, Deviations, deviations, held_path, listed_zh
from lessonproof.policy.rules.suspicions import Standing, spans_en, spans_zh, touching, unread_files
from lessonproof.policy.rules.wall_clock import seconds_text


class AsDeclaredParameters(Parameters):
    """Settings of :func:`given_as_declared`.

    Attributes:
        recording_for: cases whose recording must be there and unsuspected for a pass; none: by the records alone.
    """

    recording_for: tuple[AppliesTo, ...] = ()

    def uses(self) -> frozenset[str]:
        """Edge tolerance, and reviewers where findings count."""
        return frozenset({"Q6.edge_tolerance_s"} | ({"Q12.reviewers"} if self.recording_for else set()))


class _Cover(Enum):
    APPROVED = auto()
    PENDING = auto()
    NONE = auto()


def given_as_declared(case: UnitCase, context: RuleContext, parameters: AsDeclaredParameters) -> RuleOutcome:
    """The lesson was given as declared, or an approved change covers what differs (SX-3.1.1, SX-3.1.4)."""
    found = deviations(case.unit, context.default("Q6", "edge_tolerance_s") * NS_PER_S)
    covers = {aspect: _cover(case, aspect) for aspect in found.aspects}
    bare = [aspect for aspect, cover in covers.items() if cover is _Cover.NONE]
    path = f"units[{case.unit.unit_id}]"
    if bare:
        return failed(
            f"{listed_zh(bare)}与申报不符，且没有经同意的变更",
            f"The {', '.join(bare)} differs from the declaration, and no approved change covers it",
            tuple(item for aspect in bare for item in record(held_path(path, aspect))),
            ("Q6",) if TIME in bare else (),
        )
    if found.unknown:
        return missing(
            f"没有记录实际的{listed_zh(found.unknown)}",
            f"The really held {', '.join(found.unknown)} is not recorded",
            needs.unit_record(case.unit.unit_id),
        )
    if _Cover.PENDING in covers.values():
        return uncertain(
            "与申报不符，变更申请尚无答复",
            "The lesson differs from the declaration, and the change request has no answer yet",
            needs.bureau_opinion(case.unit.unit_id),
            record("changes"),
        )
    return _against_recording(case, context, parameters) or _as_declared(path, found)


def _as_declared(path: str, found: Deviations) -> RuleOutcome:
    text_zh, text_en = "授课记录与申报一致", "The unit record agrees with the declaration"
    evidence = record(path)
    if found.aspects:
        text_zh = f"{listed_zh(found.aspects)}的变更已经同意，其余与申报一致"
        text_en = f"The change of {', '.join(found.aspects)} was approved; the rest agrees with the declaration"
        evidence = (*evidence, *record("changes"))
    if found.lost_ns and TIME not in found.aspects:
        lost = seconds_text(found.lost_ns)
        return passed(
            f"{text_zh}；迟开和早结合计 {lost} 秒，按默认规则仅作提示",
            f"{text_en}; late start and early end come to {lost} s, reported by default, not failed",
            evidence,
            ("Q6",),
        )
    return passed(f"{text_zh}（依据授课记录）", f"{text_en} (by the unit record)", evidence)


def _against_recording(case: UnitCase, context: RuleContext, parameters: AsDeclaredParameters) -> RuleOutcome | None:
    """What the recording says against the record; ``None`` where it says nothing, or is not asked.

    Where the regulation demands no recording, its findings are shown beside the clause and change nothing: a verdict
    that a voluntary recording could only worsen would reward whoever withholds it.
    """
    demanded = applies(parameters.recording_for, case)
    if demanded is False:
        return None
    if not case.unit.recordings:
        return uncertain(
            "授课记录与申报一致，但没有录像可供核对",
            "The unit record agrees with the declaration, and there is no recording to hold against it",
            needs.recording(case.unit.unit_id),
            record(f"units[{case.unit.unit_id}]"),
            open_to_record=False,
        )
    items = touching(case, context.touched_by, context.default("Q12", "reviewers"))
    confirmed = tuple(item for item in items if item.standing is Standing.CONFIRMED)
    if confirmed:
        return failed(
            f"经两名审核人员认定，录像与申报的时间或地点不符：{spans_zh(confirmed)}",
            f"Two reviewers confirmed that the recording shows another time or place: {spans_en(confirmed)}",
            tuple(item.reference() for item in confirmed),
            ("Q12",),
        )
    suspected = tuple(item for item in items if item.standing is Standing.OPEN)
    if suspected:
        return uncertain(
            f"疑似与申报不符，待认定：{spans_zh(suspected)}",
            f"Suspected to differ from the declaration, to be decided: {spans_en(suspected)}",
            needs.review_findings(),
            tuple(item.reference() for item in suspected),
            ("Q12",),
            open_to_record=False,
        )
    if unread := unread_files(case):
        return not_read(case, unread)
    return None


def _cover(case: UnitCase, aspect: str) -> _Cover:
    answers = [
        change.approved
        for change in case.class_file.changes
        if change.unit_id == case.unit.unit_id and change.what == aspect
    ]
    if True in answers:
        return _Cover.APPROVED
    return _Cover.PENDING if None in answers else _Cover.NONE
