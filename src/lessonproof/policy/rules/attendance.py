"""The rule on attendance rates of class and person (NK-6.2.4b, open point Q10), in integers throughout."""

from dataclasses import dataclass

from pydantic import Field

from lessonproof.evidence.training import TeachingUnit
from lessonproof.evidence.verdict import Bilingual, UnitCase
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


class RateParameters(Parameters):
    """Settings of :func:`attendance_rates`.

    Attributes:
        class_percent: least rate of the class, per cent, included.
        person_percent: least rate of each person, likewise.
    """

    class_percent: int = Field(ge=0, le=100)
    person_percent: int = Field(ge=0, le=100)


@dataclass(frozen=True, slots=True)
class Hours:
    """Class hours of one person, or of the class.

    Attributes:
        planned: hours of units at which the person was enrolled.
        attended_least: hours surely signed for.
        attended_most: the same, counting every unit without a sheet, and every unclear row of one, as attended.
    """

    planned: int = 0
    attended_least: int = 0
    attended_most: int = 0

    def plus(self, other: "Hours") -> "Hours":
        """Both together."""
        return Hours(
            self.planned + other.planned,
            self.attended_least + other.attended_least,
            self.attended_most + other.attended_most,
        )

    def surely_at_least(self, percent: int) -> bool:
        """Whether the rate is reached whatever the absent sheets say."""
        return self.attended_least * 100 >= percent * self.planned

    def surely_below(self, percent: int) -> bool:
        """Whether it is missed whatever the absent sheets say."""
        return self.attended_most * 100 < percent * self.planned


def hours_by_person(case: UnitCase) -> dict[int, Hours]:
    """Hours of every person on the roster, by number; who was withdrawn leaves the base from then on (Q10)."""
    training_class = case.class_file.training_class
    hours = {trainee.number: Hours() for trainee in training_class.roster.trainees}
    for unit in training_class.units:
        least, most = _signed(unit)
        for trainee in training_class.roster.expected_at(unit.start):
            number, value = trainee.number, unit.class_hours
            attended_most = value if most is None or number in most else 0
            hours[number] = hours[number].plus(Hours(value, value if number in least else 0, attended_most))
    return hours


def _signed(unit: TeachingUnit) -> tuple[frozenset[int], frozenset[int] | None]:
    """Numbers surely signed in, and possibly signed in (``None``: no sheet, anybody). Sheets that differ bound it."""
    if not unit.sheets:
        return frozenset(), None
    surely = [sheet.signed_numbers for sheet in unit.sheets]
    possibly = [sheet.signed_numbers | sheet.unclear_numbers for sheet in unit.sheets]
    return frozenset.intersection(*surely), frozenset.union(*possibly)


def attendance_rates(case: UnitCase, _context: RuleContext, parameters: RateParameters) -> RuleOutcome:
    """Class and every person reach their rate: hours attended of hours planned, over all units of the class file."""
    training_class = case.class_file.training_class
    hours = hours_by_person(case)
    of_class = Hours()
    for item in hours.values():
        of_class = of_class.plus(item)
    # A person who was withdrawn is claimed for nothing: only who is still enrolled at the last lesson has a rate.
    last = max((unit.start for unit in training_class.units), default=None)
    staying = () if last is None else training_class.roster.expected_at(last)
    low = [t.number for t in staying if hours[t.number].surely_below(parameters.person_percent)]
    unknown = [t.number for t in staying if not hours[t.number].surely_at_least(parameters.person_percent)]
    text = f"{of_class.attended_least}/{of_class.planned}"
    sheets = tuple(
        item for unit in training_class.units if unit.sheets for item in record(f"units[{unit.unit_id}].sheets")
    )
    if of_class.planned == 0:
        return uncertain(
            "课程表没有课时", "The timetable holds no hours", _need_sheets(case), record("units"), ("Q10",)
        )
    if low or of_class.surely_below(parameters.class_percent):
        return failed(
            f"班级出勤课时 {text}（要求 {parameters.class_percent}%）；"
            f"个人低于 {parameters.person_percent}% 的序号：{low or '无'}",
            f"Class hours attended {text} ({parameters.class_percent} % demanded); "
            f"numbers below {parameters.person_percent} %: {low or 'none'}",
            (*sheets, *record("roster")),
            ("Q10",),
        )
    if unknown or not of_class.surely_at_least(parameters.class_percent):
        return missing(
            f"缺少签到表或有签名无法辨认，已知班级出勤课时 {text}，尚不能确定是否达到要求",
            f"Sheets are missing or signatures unclear: class hours known as attended {text}, not enough to tell",
            _need_sheets(case),
            sheets,
        )
    return passed(
        f"班级出勤课时 {text}，班级和每名学员均达到要求",
        f"Class hours attended {text}; the class and every person reach the rate",
        (*sheets, *record("roster")),
        ("Q10",),
    )


def _need_sheets(case: UnitCase) -> Bilingual:
    units = case.class_file.training_class.units
    absent = [unit.unit_id for unit in units if not unit.sheets]
    unclear = [unit.unit_id for unit in units if any(sheet.unclear_numbers for sheet in unit.sheets)]
    if unclear and not absent:
        return needs.sheet_numbers(", ".join(unclear))
    return needs.sheet(", ".join(absent or [case.unit.unit_id]))
