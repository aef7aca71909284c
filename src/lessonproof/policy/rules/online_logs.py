"""The rule on logs of online units: a record for each trainee and lesson that can be true (SX-3.1.9, SX-A5.9b)."""

from dataclasses import dataclass

from lessonproof.evidence.attendance import SourceKind
from lessonproof.evidence.training import TeachingUnit, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.attended import files_of, joined
from lessonproof.policy.contradictions import online_in_unit_s, overlapping, too_fast
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import RuleContext, RuleOutcome, failed, missing, passed, record, uncertain
from lessonproof.policy.rules.papers import PaperParameters, papers_listed

_S_PER_MINUTE = 60
_LISTED = 20


@dataclass(frozen=True, slots=True)
class _Read:
    """What the logs of one unit say: roster numbers without a row, with odd rows, and the least time logged in."""

    unit: TeachingUnit
    silent: bool
    unplaced: int
    absent: tuple[int, ...]
    odd: tuple[int, ...]
    least_minutes: int | None


def online_log_complete(case: UnitCase, context: RuleContext, parameters: PaperParameters) -> RuleOutcome:
    """Every enrolled trainee has a row at the time of each online unit, and no row is impossible.

    The logs are those that the units name (``attendance``, ``online_log``); with ``per_unit`` those of this unit only.
    Where none is named the ledger's list decides as far as it can, and a person records the rest. A row that cannot be
    true is suspected and decides nothing; an absent row is broken only where no row of the log is nobody's for sure.
    """
    units = (case.unit,) if parameters.per_unit else case.class_file.training_class.units
    online = [unit for unit in units if unit.kind is UnitKind.ONLINE]
    without = [unit.unit_id for unit in online if not files_of(unit, SourceKind.ONLINE_LOG)]
    if len(without) == len(online):
        return papers_listed(case, context, parameters)
    evidence = tuple(
        item for unit in online if unit.unit_id not in without for item in record(f"units[{unit.unit_id}].attendance")
    )
    read = [_read(unit, case) for unit in online if unit.unit_id not in without]
    lacking = [r for r in read if r.absent and not r.unplaced and not r.silent]
    if lacking:
        return failed(
            f"线上学习记录中没有以下学员的记录（单元：序号）：{_numbers([(r.unit, r.absent) for r in lacking])}",
            f"The online log has no row of these trainees (unit: numbers): "
            f"{_numbers([(r.unit, r.absent) for r in lacking])}",
            evidence,
        )
    if without:
        listed = ", ".join(without)
        return missing(
            f"以下线上单元没有学习记录：{listed}",
            f"No log was handed in for these online units: {listed}",
            needs.attendance(listed, "线上学习记录", "online learning log"),
            evidence,
        )
    doubts_zh, doubts_en = _doubts(read)
    if doubts_zh:
        return uncertain(
            f"线上学习记录：{'；'.join(doubts_zh)}；仅为疑似，不作认定",
            f"The online log: {'; '.join(doubts_en)}; suspected, which decides nothing",
            needs.reviewer_records(),
            evidence,
        )
    times = "，".join(f"{r.unit.unit_id} {_minutes(r)}" for r in read)
    return passed(
        f"每名在册学员每堂线上课程都有记录，没有重叠或超速（各单元登录最少的分钟数/计划分钟数：{times}）",
        f"Every enrolled trainee has a record of every online lesson, none overlapping or too fast (least minutes "
        f"logged in of those scheduled: {times})",
        evidence,
    )


def _read(unit: TeachingUnit, case: UnitCase) -> _Read:
    roster = case.class_file.training_class.roster
    found = joined(unit, roster)
    rows = found.online or {}
    expected = [trainee.number for trainee in roster.expected_at(unit.start)]
    logged = [online_in_unit_s(rows[number], unit) for number in expected if number in rows]
    return _Read(
        unit=unit,
        silent=found.online is None,
        unplaced=sum(item.kind is SourceKind.ONLINE_LOG for item in found.unplaced),
        absent=tuple(number for number in expected if number not in rows),
        odd=tuple(number for number, own in rows.items() if overlapping(own) or too_fast(own)),
        least_minutes=min(logged) // _S_PER_MINUTE if logged else None,
    )


def _doubts(read: list[_Read]) -> tuple[list[str], list[str]]:
    zh: list[str] = []
    en: list[str] = []
    if silent := [r.unit.unit_id for r in read if r.silent]:
        zh.append(f"文件中没有单元 {', '.join(silent)} 时间内的记录")
        en.append(f"no row at the time of the units {', '.join(silent)}")
    if unsure := [r for r in read if r.unplaced]:
        rows = sum(r.unplaced for r in unsure)
        absent = _numbers([(r.unit, r.absent) for r in unsure if r.absent]) or "-"
        zh.append(f"{rows} 行无法对应到唯一的在册学员，尚无记录的学员：{absent}")
        en.append(f"{rows} rows are no enrolled trainee's for sure; without a row so far: {absent}")
    if odd := [(r.unit, r.odd) for r in read if r.odd]:
        zh.append(f"以下学员的记录重叠或学习时长超过经过的时间：{_numbers(odd)}")
        en.append(f"rows of these trainees overlap or credit more than the time that passed: {_numbers(odd)}")
    return zh, en


def _minutes(read: _Read) -> str:
    scheduled = int(read.unit.scheduled.total_seconds()) // _S_PER_MINUTE
    return f"{'-' if read.least_minutes is None else read.least_minutes}/{scheduled}"


def _numbers(units: list[tuple[TeachingUnit, tuple[int, ...]]]) -> str:
    return "; ".join(
        f"{unit.unit_id}: {', '.join(map(str, numbers[:_LISTED]))}{' …' if len(numbers) > _LISTED else ''}"
        for unit, numbers in units
    )
