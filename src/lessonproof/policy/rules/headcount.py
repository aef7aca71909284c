"""The rule that people in the picture at the start agree with the signatures (SX-3.1.6b, open point Q11)."""

from dataclasses import dataclass

from pydantic import Field

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.headcount import FrameCount
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.verdict import EvidenceRef, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import no_recording, no_sheet, not_read
from lessonproof.policy.rules.base import Parameters, RuleContext, RuleOutcome, passed, record, uncertain
from lessonproof.policy.rules.presented import lesson_window
from lessonproof.policy.rules.suspicions import unread_files
from lessonproof.policy.rules.wall_clock import epoch_ns
from lessonproof.policy.rules.words import NOT_COUNTED


class CountParameters(Parameters):
    """Settings of :func:`count_agrees_at_start`. ``window_s``: seconds from the lesson's start that are looked at."""

    window_s: int = Field(gt=0)


@dataclass(frozen=True, slots=True)
class _Seen:
    """A count with its interval, and where it was seen."""

    sha256: str
    sample: FrameCount
    count: int
    low: int
    high: int


def count_agrees_at_start(case: UnitCase, _context: RuleContext, parameters: CountParameters) -> RuleOutcome:
    """Signatures lie inside the interval of a count near the start, less the declared staff.

    Trainees in view lie between ``low - staff`` (all staff in the picture) and ``high`` (none of them). A count alone
    never fails anybody (Q11): the camera misses who sits outside the frame and sees visitors. As it never fails, no
    recording can be withheld to advantage, and whoever counted on the spot may record it in each case.
    """
    if not case.unit.sheets:
        return no_sheet(case)
    if not case.unit.recordings:
        return no_recording(case, open_to_record=True)
    signed = len(frozenset[int]().union(*(sheet.signed_numbers for sheet in case.unit.sheets)))
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
    seen = _seen_at_start(case, parameters.window_s)
    if not seen:
        return _not_counted(case, parameters.window_s)
    staff = case.unit.declared_staff
    agreeing = [s for s in seen if max(0, s.low - staff) <= signed <= s.high]
    best = max(agreeing or seen, key=lambda s: (s.high, -s.sample.time_ns))
    low, high = max(0, best.low - staff), best.high
    evidence = (
        EvidenceRef(best.sha256, Interval(best.sample.time_ns, best.sample.time_ns)),
        *record(f"units[{case.unit.unit_id}].sheets"),
    )
    facts_zh = (
        f"开课 {parameters.window_s} 秒内画面中 {best.count} 人，推算学员 {low}-{high} 人"
        f"（工作人员 {staff} 人），签名 {signed} 人"
    )
    facts_en = (
        f"Within {parameters.window_s} s of the start {best.count} people are in view, hence {low} to {high} trainees "
        f"({staff} staff); {signed} signed"
    )
    if agreeing:
        return passed(f"{facts_zh}，相符", f"{facts_en}; they agree", evidence, ("Q11",))
    return uncertain(
        f"{facts_zh}，不符；仅凭人数不作认定",
        f"{facts_en}; they disagree, and a count alone decides nothing",
        needs.reviewer_records(),
        evidence,
        ("Q11",),
    )


def _seen_at_start(case: UnitCase, window_s: int) -> list[_Seen]:
    start_ns = lesson_window(case).start_ns
    seen: list[_Seen] = []
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if not isinstance(dossier, Dossier) or dossier.headcount is None or reference.started_at is None:
            continue
        first_ns = start_ns - epoch_ns(reference.started_at)
        seen.extend(
            _Seen(dossier.sha256, sample, sample.count, sample.low, sample.high)
            for sample in dossier.headcount.within(Interval(first_ns, first_ns + window_s * NS_PER_S))
            if sample.count is not None and sample.low is not None and sample.high is not None
        )
    return seen


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
