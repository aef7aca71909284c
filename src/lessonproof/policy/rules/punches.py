"""The rule on daily face check-in at the fixed place (NK-6.2.4a), by the exports of the punch clocks.

Open point Q23: only what the device's record says of its method is read; no face picture, no template.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from lessonproof.evidence.attendance import Punch, SourceKind
from lessonproof.evidence.training import SHANGHAI, TeachingUnit, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.attended import RosterIndex, files_of, plain_name
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    NoParameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    not_applicable,
    passed,
    record,
    uncertain,
)

_FACE: Final = ("人脸", "face", "刷脸")
_LISTED: Final = 20


@dataclass(frozen=True, slots=True)
class _Day:
    """What the exports say of one day.

    Attributes:
        day: the day.
        absent: numbers that surely signed and surely did not punch.
        unsure: numbers of which that cannot be said.
        unproven: numbers whose punches name no face check, or no place that the class file knows.
    """

    day: date
    absent: tuple[int, ...]
    unsure: tuple[int, ...]
    unproven: tuple[int, ...]


def punched_daily(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """On each day with a lesson on the spot, everyone who signed in punched by face at a known place.

    Who surely signed nowhere that day was absent, which NK-6.2.4b counts. A day without any export is missing.
    """
    days: dict[date, list[TeachingUnit]] = {}
    for unit in case.class_file.training_class.units:
        if unit.kind is not UnitKind.ONLINE:
            days.setdefault(unit.start.astimezone(SHANGHAI).date(), []).append(unit)
    if not days:
        return not_applicable("本班没有线下授课单元", "The class has no unit that is given on the spot")
    with_files = {day: units for day, units in days.items() if any(files_of(u, SourceKind.PUNCHES) for u in units)}
    evidence = tuple(
        item
        for units in with_files.values()
        for unit in units
        if files_of(unit, SourceKind.PUNCHES)
        for item in record(f"units[{unit.unit_id}].attendance")
    )
    read = [_read(day, units, case) for day, units in sorted(with_files.items())]
    if lacking := [(r.day, r.absent) for r in read if r.absent]:
        return failed(
            f"已签到但当日没有打卡记录（日期：序号）：{_numbers(lacking)}",
            f"Signed in and not punched on that day (day: numbers): {_numbers(lacking)}",
            evidence,
            ("Q23",),
        )
    if without := [f"{day}" for day in sorted(days.keys() - with_files.keys())]:
        return missing(
            f"以下日期没有打卡记录：{', '.join(without)}",
            f"No punch export was handed in for these days: {', '.join(without)}",
            needs.attendance(", ".join(without), "打卡导出", "punch export"),
            evidence,
        )
    unsure, unproven = [(r.day, r.unsure) for r in read if r.unsure], [(r.day, r.unproven) for r in read if r.unproven]
    if unsure or unproven:
        return uncertain(
            f"不能确定当日是否打卡：{_numbers(unsure) or '无'}；"
            f"打卡方式或地点不能确认为定点人脸识别：{_numbers(unproven) or '无'}",
            f"Whether they punched cannot be told: {_numbers(unsure) or 'none'}; face check or known place not shown: "
            f"{_numbers(unproven) or 'none'}",
            needs.punch_columns(),
            evidence,
            ("Q23",),
        )
    return passed(
        f"{len(read)} 个授课日，已签到学员当日均有定点人脸识别打卡记录（以设备记录为准）",
        f"On {len(read)} days everyone who signed in punched by face at a known place, as the devices' records say",
        evidence,
        ("Q23",),
    )


def _read(day: date, units: Sequence[TeachingUnit], case: UnitCase) -> _Day:
    training_class = case.class_file.training_class
    index = RosterIndex.of(training_class.roster)
    places = {plain_name(name) for name in case.class_file.institution.licensed_venues}
    places |= {plain_name(unit.venue) for unit in units}
    own: dict[int, list[Punch]] = {}
    has_unplaced = False
    files = {file.sha256: file for unit in units for file in files_of(unit, SourceKind.PUNCHES)}
    for punch in (punch for file in files.values() for punch in file.punches):
        if punch.at.astimezone(SHANGHAI).date() != day:
            continue
        who = index.find(punch.person)
        if isinstance(who, tuple):
            has_unplaced = True
        else:
            own.setdefault(who, []).append(punch)
    expected = {trainee.number for unit in units for trainee in training_class.roster.expected_at(unit.start)}
    surely = {n for unit in units if unit.sheets for n in _surely_signed(unit)} & expected
    possibly = {n for n in expected if any(_may_have_signed(n, unit) for unit in units)}
    silent = {number for number in possibly if number not in own}
    absent = set() if has_unplaced else silent & surely
    return _Day(
        day,
        tuple(sorted(absent)),
        tuple(sorted(silent - absent)),
        tuple(sorted(n for n in possibly & own.keys() if not any(_proven(punch, places) for punch in own[n]))),
    )


def _surely_signed(unit: TeachingUnit) -> frozenset[int]:
    return frozenset.intersection(*(sheet.signed_numbers for sheet in unit.sheets))


def _may_have_signed(number: int, unit: TeachingUnit) -> bool:
    return not unit.sheets or any(number in sheet.signed_numbers | sheet.unclear_numbers for sheet in unit.sheets)


def _proven(punch: Punch, places: set[str]) -> bool:
    by_face = punch.method is not None and any(word in punch.method.casefold() for word in _FACE)
    return by_face and punch.place is not None and plain_name(punch.place) in places


def _numbers(days: Sequence[tuple[date, tuple[int, ...]]]) -> str:
    return "; ".join(
        f"{day}: {', '.join(map(str, numbers[:_LISTED]))}{' …' if len(numbers) > _LISTED else ''}"
        for day, numbers in days
    )
