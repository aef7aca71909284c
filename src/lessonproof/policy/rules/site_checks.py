"""The rule on the head count that inspectors make on the spot (SX-3.2.2), beside the recording at that minute."""

from lessonproof.evidence.attendance import SourceKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.attended import files_of
from lessonproof.policy.contradictions import CheckRow, side_by_side
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    NoParameters,
    RuleContext,
    RuleOutcome,
    not_checked,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.wall_clock import clock_text


def site_check_counted(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """A check form of this unit names a count, and the recording's interval at that minute holds it.

    Checks are drawn at random: a unit without one breaks nothing, and a person records what was done. A count alone
    decides nothing against anybody (Q11).
    """
    if not files_of(case.unit, SourceKind.SITE_CHECK):
        return not_checked(
            "本授课单元没有现场检查表；是否检查、清点由人记录",
            "No site-check form was handed in for this unit; whether there was a check, a person records",
        )
    evidence = record(f"units[{case.unit.unit_id}].attendance")
    checks = side_by_side(case).checks
    if not checks:
        return uncertain(
            "现场检查表中没有本单元授课时间内的清点",
            "The site-check form holds no count at the time of this unit",
            needs.reviewer_records(),
            evidence,
        )
    zh, en = "；".join(_zh(row) for row in checks), "; ".join(_en(row) for row in checks)
    if any(row.contradictions for row in checks):
        return uncertain(
            f"{zh}；互相不符，仅凭人数不作认定",
            f"{en}; they contradict each other, and a count alone decides nothing",
            needs.reviewer_records(),
            evidence,
            ("Q11",),
        )
    if any(row.in_view is None for row in checks):
        return uncertain(
            f"{zh}；该时刻没有带误差区间的录像人数可供核对",
            f"{en}; no recording has a count with an interval at that minute to compare",
            needs.reviewer_records(),
            evidence,
            ("Q11",),
        )
    return passed(f"{zh}；相符", f"{en}; they agree", evidence, ("Q11",))


def _range(held: tuple[int, int] | None) -> str:
    return "-" if held is None else str(held[0]) if held[0] == held[1] else f"{held[0]}-{held[1]}"


def _zh(row: CheckRow) -> str:
    return (
        f"{clock_text(row.check.at)} 现场清点 {row.check.trainees} 人，"
        f"录像推算学员 {_range(row.in_view)} 人，签名 {_range(row.signed)} 人"
    )


def _en(row: CheckRow) -> str:
    return (
        f"at {clock_text(row.check.at)} {row.check.trainees} trainees counted on the spot, "
        f"{_range(row.in_view)} by the recording, {_range(row.signed)} signed"
    )
