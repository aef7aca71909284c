"""Rules on the timetable: the teaching unit as half-day by teacher, and what the plan must hold."""

from datetime import datetime, time

from lessonproof.evidence.training import SHANGHAI, TeachingUnit
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    NoParameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    passed,
    record,
    uncertain,
)


def one_half_day_one_teacher(case: UnitCase, context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The unit lies in one half-day, and its teacher has no second unit there (SX-3.1.5, open point Q13).

    Two units of one teacher in one half-day are one unit by the clause's own words: that fails. Where one half-day
    ends is our default, so a unit that only crosses that bound cannot be called wrong: it is uncertain.
    """
    unit, bounds = case.unit, context.terms.half_day_bounds
    path = f"units[{unit.unit_id}]"
    first, last = _half_day(unit.start, bounds), _last_half_day(unit.end, bounds)
    others = [
        other.unit_id
        for other in case.class_file.training_class.units
        if other.unit_id != unit.unit_id
        and other.teacher == unit.teacher
        and first <= _half_day(other.start, bounds) <= last
    ]
    bounds_text = ", ".join(f"{bound:%H:%M}" for bound in bounds)
    if others:
        return failed(
            f"同一教师在同一半天还有授课单元 {', '.join(others)}，应合并为一个授课单元（分界：{bounds_text}）",
            f"The teacher has more units in this half-day ({', '.join(others)}): they are one (bounds: {bounds_text})",
            (*record(f"{path}.start"), *(item for other in others for item in record(f"units[{other}].start"))),
            ("Q13",),
        )
    if first != last:
        return uncertain(
            f"授课单元跨越半天分界（{bounds_text}）",
            f"The unit crosses a bound between half-days ({bounds_text})",
            needs.declaration(f"按半天拆分授课单元 {unit.unit_id}", f"unit {unit.unit_id} split at the half-day"),
            record(f"{path}.end"),
            ("Q13",),
        )
    return passed(
        f"授课单元在一个半天之内，且该教师当半天没有其他单元（分界：{bounds_text}）",
        f"The unit lies in one half-day in which its teacher has no other unit (bounds: {bounds_text})",
        record(path),
        ("Q13",),
    )


def _half_day(moment: datetime, bounds: tuple[time, ...]) -> tuple[int, int]:
    """Day and number of the half-day that ``moment`` opens; a moment on a bound belongs to the later one."""
    local = moment.astimezone(SHANGHAI)
    return (local.date().toordinal(), sum(local.time() >= bound for bound in bounds))


def _last_half_day(end: datetime, bounds: tuple[time, ...]) -> tuple[int, int]:
    """Half-day that a lesson ending at ``end`` still touches; an end on a bound or midnight belongs to the earlier."""
    local = end.astimezone(SHANGHAI)
    if local.time() == time(0):
        return (local.date().toordinal() - 1, len(bounds))
    return (local.date().toordinal(), sum(local.time() > bound for bound in bounds))


def safety_education_planned(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The plan holds safety education (NK-5.2b): at least one unit is marked as such.

    No mark is no proof of absence (the topic may stand in another paper), hence ``missing`` and not ``fail``.
    """
    marked: list[TeachingUnit] = [u for u in case.class_file.training_class.units if u.safety_education]
    if not marked:
        return missing(
            "课程表中没有标明安全教育的授课单元",
            "No unit of the timetable is marked as safety education",
            needs.declaration(
                "安全教育授课单元（safety_education）", "which unit is safety education (safety_education)"
            ),
        )
    names = ", ".join(unit.unit_id for unit in marked)
    return passed(
        f"课程表含安全教育授课单元：{names}",
        f"The timetable holds safety education: {names}",
        tuple(item for unit in marked for item in record(f"units[{unit.unit_id}].safety_education")),
    )
