"""The rule that people in the picture at the start agree with the signatures (SX-3.1.6b, open point Q11)."""

from typing import Final

from pydantic import Field

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.headcount import MINUTE_NS
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.verdict import EvidenceRef, UnitCase
from lessonproof.policy.presence import Presence, PresentMinute, presence_of
from lessonproof.policy.presence_findings import signed_numbers
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import no_recording, no_sheet, not_read
from lessonproof.policy.rules.base import Parameters, RuleContext, RuleOutcome, passed, record, uncertain
from lessonproof.policy.rules.presented import lesson_window
from lessonproof.policy.rules.suspicions import unread_files
from lessonproof.policy.rules.wall_clock import epoch_ns
from lessonproof.policy.rules.words import NOT_COUNTED

_WHOLE_PERCENT: Final = 100


class CountParameters(Parameters):
    """Settings of :func:`count_agrees_at_start`.

    Attributes:
        window_s: seconds from the lesson's start that are looked at.
        least_percent: share of the signatures that must surely be in view; what may be there proves nobody's signature.
    """

    window_s: int = Field(gt=0)
    least_percent: int = Field(ge=0, le=100)


def count_agrees_at_start(case: UnitCase, _context: RuleContext, parameters: CountParameters) -> RuleOutcome:
    """Signatures lie inside the interval of a minute near the start, less the declared staff, and most of them surely.

    An interval that is so wide that invented signatures fit into it as well says nothing: it is uncertain, not a pass.
    Trainees in view lie between ``low - staff`` (all staff in the picture) and ``high`` (none of them). A count alone
    never fails anybody (Q11): the camera misses who sits outside the frame and sees visitors. As it never fails, no
    recording can be withheld to advantage, and whoever counted on the spot may record it in each case.
    """
    if not case.unit.sheets:
        return no_sheet(case)
    if not case.unit.recordings:
        return no_recording(case, open_to_record=True)
    signed = len(signed_numbers(case))
    possibly = len(
        frozenset[int]().union(*(sheet.signed_numbers | sheet.unclear_numbers for sheet in case.unit.sheets))
    )
    if possibly > signed:
        return uncertain(
            f"签到表照片中有签名无法辨认：{signed} 至 {possibly} 人签名，不能与画面人数比较",
            f"Signatures on the sheet's photographs are unclear: {signed} to {possibly} signed, not to be compared",
            needs.sheet_numbers(case.unit.unit_id),
            record(f"units[{case.unit.unit_id}].sheets"),
            ("Q11",),
        )
    start_ns = lesson_window(case).start_ns
    window = Interval(start_ns, start_ns + parameters.window_s * NS_PER_S)
    presence = presence_of(case, window)
    if not presence.known() or _has_uncounted(case, window):
        return _not_counted(case, parameters.window_s)
    return _compared(case, presence, signed, parameters)


def _has_uncounted(case: UnitCase, window: Interval) -> bool:
    """Whether a recording that may show the start was not counted there: what it shows might disagree."""
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if not isinstance(dossier, Dossier) or reference.started_at is None:
            return True
        here = window.shift(-epoch_ns(reference.started_at)).intersect(dossier.span())
        if here is not None and here.length_ns > 0:
            samples = () if dossier.headcount is None else dossier.headcount.within(here)
            if not any(sample.low is not None for sample in samples):
                return True
    return False


def _compared(case: UnitCase, presence: Presence, signed: int, parameters: CountParameters) -> RuleOutcome:
    """Signatures against the minute that agrees with them, or the one that shows most people."""
    bounded = [(m, bounds) for m in presence.minutes if (bounds := presence.trainees(m)) is not None]
    agreeing = [one for one in bounded if one[1][0] <= signed <= one[1][1]]
    proven = [one for one in agreeing if one[1][0] * _WHOLE_PERCENT >= parameters.least_percent * signed]
    minute, (low, high) = max(proven or agreeing or bounded, key=lambda one: (one[1][1], -one[0].start_ns))
    window_s = parameters.window_s
    evidence = (*_shown_then(case, minute), *record(f"units[{case.unit.unit_id}].sheets"))
    scales = sum(scale.corrections for scale in presence.scales.values())
    facts_zh = (
        f"开课 {window_s} 秒内画面中 {minute.count} 人，推算学员 {low}-{high} 人"
        f"（工作人员 {presence.staff} 人{f'，按 {scales} 次人工清点校正' if scales else ''}），签名 {signed} 人"
    )
    facts_en = (
        f"Within {window_s} s of the start {minute.count} people are in view, hence {low} to {high} trainees "
        f"({presence.staff} staff{f'; corrected by {scales} counts by eye' if scales else ''}); {signed} signed"
    )
    if proven:
        return passed(f"{facts_zh}，相符", f"{facts_en}; they agree", evidence, ("Q11",))
    if agreeing:
        least = parameters.least_percent
        return uncertain(
            f"{facts_zh}；误差区间太宽，确定在画面中的不足签名的 {least}%，不能证明相符",
            f"{facts_en}; the interval is too wide: fewer than {least} % of the signatures are surely in view",
            needs.reviewer_records(),
            evidence,
            ("Q11",),
        )
    return uncertain(
        f"{facts_zh}，不符；仅凭人数不作认定",
        f"{facts_en}; they disagree, and a count alone decides nothing",
        needs.reviewer_records(),
        evidence,
        ("Q11",),
    )


def _shown_then(case: UnitCase, minute: PresentMinute) -> tuple[EvidenceRef, ...]:
    """The minute on the recordings that were running."""
    shown = []
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if isinstance(dossier, Dossier) and reference.started_at is not None:
            here = Interval(minute.start_ns, minute.start_ns + MINUTE_NS).shift(-epoch_ns(reference.started_at))
            inside = here.intersect(dossier.span())
            shown += [] if inside is None else [EvidenceRef(dossier.sha256, inside)]
    return tuple(shown)


def _not_counted(case: UnitCase, window_s: int) -> RuleOutcome:
    path = record(f"units[{case.unit.unit_id}].recordings")
    if unread := unread_files(case):
        return not_read(case, unread, open_to_record=True)
    if unplaced := [ref.file for ref in case.unit.recordings if ref.started_at is None]:
        return uncertain(
            "未申报录像首帧的实际时间，不知开课时刻在录像何处",
            "The wall-clock time of the first frame is not declared, so the lesson's start cannot be found in it",
            needs.started_at(unplaced),
            path,
        )
    dossiers = [d for ref in case.unit.recordings if isinstance(d := case.dossiers.get(ref.file), Dossier)]
    reasons = sorted({d.headcount_reason for d in dossiers if d.headcount_reason is not None})
    if reasons:
        named = "、".join(NOT_COUNTED.get(reason, reason) for reason in reasons)
        return uncertain(
            f"没有清点人数：{named}",
            f"People were not counted ({', '.join(reasons)})",
            needs.weights(),
            path,
            ("Q11",),
        )
    return uncertain(
        f"开课 {window_s} 秒内没有带误差区间的人数",
        f"There is no count with an interval within {window_s} s of the lesson's start",
        needs.reviewer_records(),
        path,
        ("Q11",),
    )
