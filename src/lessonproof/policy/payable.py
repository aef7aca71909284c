"""Class hours that may be paid as things stand: whole ones, and only where the outcome is decided."""

from dataclasses import dataclass

from lessonproof.evidence.intervals import NS_PER_MINUTE
from lessonproof.evidence.verdict import Bilingual, Outcome, UnitCase
from lessonproof.policy.pack import RulePack
from lessonproof.policy.rules.presented import lesson_window


@dataclass(frozen=True, slots=True)
class Payable:
    """Hours, and why they are fewer than claimed.

    Attributes:
        class_hours: whole class hours; ``None`` while the outcome is open.
        note: the reason where a passed unit is paid fewer than it claims; else ``None``.
    """

    class_hours: int | None
    note: Bilingual | None = None


def payable_class_hours(pack: RulePack, case: UnitCase, outcome: Outcome) -> Payable:
    """Hours to pay.

    Failed: nothing, be it that a clause voids the hours (``HOUR_VOID``) or that no failed unit is let through.
    Passed: what the timetable claims, as far as the lesson is long enough for it. A lesson that passes has no hole,
    and by open point Q6 its late start and early end of at most two minutes are reported, not deducted.
    """
    if outcome is Outcome.REVIEW:
        return Payable(None)
    if outcome is Outcome.FAIL:
        return Payable(0)
    declared = case.class_file.training_class.minutes_per_class_hour
    minutes = pack.terms.minutes_per_class_hour if declared is None else declared
    lesson_ns = lesson_window(case).length_ns
    fitting = lesson_ns // (minutes * NS_PER_MINUTE)
    claimed = case.unit.class_hours
    if fitting >= claimed:
        return Payable(claimed)
    by_default = declared is None and not pack.terms.class_hour_stated
    zh, en = ("（条文未规定，按默认）", " (not stated by the regulation: our default)") if by_default else ("", "")
    lesson_minutes = lesson_ns // NS_PER_MINUTE
    return Payable(
        fitting,
        Bilingual(
            f"课程表申报 {claimed} 课时，{lesson_minutes} 分钟按每课时 {minutes} 分钟{zh}只够 {fitting} 课时",
            f"The timetable claims {claimed} hours; {lesson_minutes} minutes at {minutes} each{en} hold {fitting}",
        ),
    )
