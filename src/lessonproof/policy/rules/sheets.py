"""Rules on sign-in sheets: that there is one, when it was signed, what it carries."""

from typing import Final

from lessonproof.evidence.training import SignInSheet
from lessonproof.evidence.verdict import Bilingual, ClauseStatus, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import no_sheet
from lessonproof.policy.rules.base import (
    NoParameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    not_checked,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.wall_clock import clock_text, epoch_ns

ROWS_PER_SHEET: Final = 60
"""Numbered signature rows of SX annex 3."""


def _path(case: UnitCase, index: int) -> str:
    return f"units[{case.unit.unit_id}].sheets[{index}]"


def one_sheet(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """Exactly one sign-in sheet per unit (SX-A5.6).

    The one clause where something superfluous counts: with two sheets nobody can say which of them is the unit's.
    """
    sheets = case.unit.sheets
    if not sheets:
        return no_sheet(case)
    if len(sheets) > 1:
        return failed(
            f"本授课单元有 {len(sheets)} 张签到表，应为 1 张",
            f"The unit has {len(sheets)} sign-in sheets; there must be exactly one",
            tuple(item for index in range(len(sheets)) for item in record(_path(case, index))),
        )
    return passed("本授课单元有 1 张签到表", "The unit has exactly one sign-in sheet", record(_path(case, 0)))


def _worst(outcomes: list[RuleOutcome]) -> RuleOutcome:
    """With several sheets, the worst speaks: a second sheet must not hide the first one's defect."""
    order = (ClauseStatus.FAIL, ClauseStatus.MISSING, ClauseStatus.UNCERTAIN, ClauseStatus.PASS)
    return min(outcomes, key=lambda outcome: order.index(outcome.status))


def signed_before_lesson(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The sheet was signed before the lesson began (SX-3.1.6a); at the very start still counts as before."""
    if not case.unit.sheets:
        return no_sheet(case)
    return _worst([_signed_before(case, sheet, _path(case, index)) for index, sheet in enumerate(case.unit.sheets)])


def _signed_before(case: UnitCase, sheet: SignInSheet, path: str) -> RuleOutcome:
    start = case.unit.start if case.unit.held_start is None else case.unit.held_start
    if not sheet.signed_numbers and sheet.unclear_numbers:
        return _unclear(case, sheet, path)
    if not sheet.signed_numbers:
        return failed("签到表上没有任何签名", "The sheet carries no signature", record(f"{path}.signed"))
    if sheet.signed_at is None:
        return missing(
            "没有记录签到完成的时间",
            "When the sheet was signed is not recorded",
            needs.sheet_detail(case.unit.unit_id),
            record(path),
        )
    if epoch_ns(sheet.signed_at) > epoch_ns(start):
        return failed(
            f"签到完成于 {clock_text(sheet.signed_at)}，晚于授课开始 {clock_text(start)}",
            f"Signed at {clock_text(sheet.signed_at)}, after the lesson began at {clock_text(start)}",
            record(f"{path}.signed_at"),
        )
    return passed(
        f"签到完成于 {clock_text(sheet.signed_at)}，不晚于授课开始 {clock_text(start)}",
        f"Signed at {clock_text(sheet.signed_at)}, not after the lesson's start at {clock_text(start)}",
        record(f"{path}.signed_at"),
    )


def _unclear(case: UnitCase, sheet: SignInSheet, path: str) -> RuleOutcome:
    """What leaves open who signed: photographs, each that could not be read with its reason, or a table with gaps."""
    zh = "".join(f"；{problem.zh}" for problem in sheet.problems)
    en = "".join(f"; {problem.en}" for problem in sheet.problems)
    numbers = sorted(sheet.unclear_numbers)
    if sheet.table_sha256 is not None:
        return uncertain(
            f"签到表格中没有 {len(numbers)} 个序号的记录",
            f"The sign-in table has no row for {len(numbers)} numbers",
            needs.sheet_numbers(case.unit.unit_id),
            record(f"{path}.table"),
        )
    return uncertain(
        f"签到表照片中 {len(numbers)} 个序号的签名无法辨认{zh}",
        f"The sheet's photographs leave open whether {len(numbers)} numbers are signed{en}",
        needs.sheet_numbers(case.unit.unit_id),
        record(f"{path}.photos"),
    )


def sheet_header(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The sheet carries stamp, class number, lesson start and end (SX-A3a)."""
    if not case.unit.sheets:
        return no_sheet(case)
    return _worst([_header(case, sheet, _path(case, index)) for index, sheet in enumerate(case.unit.sheets)])


def _header(case: UnitCase, sheet: SignInSheet, path: str) -> RuleOutcome:
    if sheet.stamped is False:
        return failed("签到表未盖章", "The sheet carries no stamp", record(f"{path}.stamped"))
    declared = case.class_file.training_class.class_id
    if sheet.class_number is not None and sheet.class_number != declared:
        return failed(
            "签到表上的班级编号不是本班的", "The sheet carries another class's number", record(f"{path}.class_number")
        )
    fields = {
        "stamped": sheet.stamped,
        "class_number": sheet.class_number,
        "declared_start": sheet.declared_start,
        "declared_end": sheet.declared_end,
    }
    absent = ", ".join(name for name, value in fields.items() if value is None)
    if absent:
        return missing(
            f"签到表的以下内容没有记录：{absent}",
            f"Not recorded of the sheet: {absent}",
            needs.sheet_detail(case.unit.unit_id),
            record(path),
        )
    times = (sheet.declared_start, sheet.declared_end)
    if times not in {(case.unit.start, case.unit.end), (case.unit.held_start, case.unit.held_end)}:
        return uncertain(
            "签到表上的授课时间与课程表和授课记录都不同",
            "The lesson time on the sheet is neither the timetable's nor the unit record's",
            needs.sheet_detail(case.unit.unit_id),
            (*record(f"{path}.declared_start"), *record(f"{path}.declared_end")),
        )
    return passed(
        "签到表有印章、班级编号和授课起止时间",
        "The sheet carries stamp, class number, lesson start and end",
        record(path),
    )


def sheet_signed_by_teacher(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The teacher signed the sheet, with the date (SX-A3b)."""
    if not case.unit.sheets:
        return no_sheet(case)
    return _worst([_teacher(case, sheet, _path(case, index)) for index, sheet in enumerate(case.unit.sheets)])


def _teacher(case: UnitCase, sheet: SignInSheet, path: str) -> RuleOutcome:
    if sheet.teacher_signed is False:
        return failed("授课老师没有签名", "The teacher did not sign", record(f"{path}.teacher_signed"))
    if sheet.teacher_signed is None or sheet.signed_at is None:
        return missing(
            "授课老师签名或签名日期没有记录",
            "The teacher's signature or its date is not recorded",
            needs.sheet_detail(case.unit.unit_id),
            record(path),
        )
    return passed("授课老师已签名", "The teacher signed", record(f"{path}.teacher_signed"))


def enough_rows(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """Sixty rows to a sheet: a class above sixty needs a second one, and signatures stand in rows of the roster."""
    if not case.unit.sheets:
        return no_sheet(case)
    roster = case.class_file.training_class.roster
    expected = len(roster.expected_at(case.unit.start))
    pages = sum(sheet.pages for sheet in case.unit.sheets)
    evidence = tuple(item for index in range(len(case.unit.sheets)) for item in record(_path(case, index)))
    strangers = sorted(_signed(case) - {trainee.number for trainee in roster.trainees})
    if strangers:
        return failed(
            f"签名序号不在花名册中：{strangers[:10]}",
            f"Signatures with numbers that are not on the roster: {strangers[:10]}",
            (*evidence, *record("roster")),
        )
    unread = [sheet for sheet in case.unit.sheets if sheet.photos and sheet.unclear_numbers]
    if unread and pages * ROWS_PER_SHEET < expected:
        return _unclear(case, unread[0], _path(case, case.unit.sheets.index(unread[0])))
    if pages * ROWS_PER_SHEET < expected:
        return failed(
            f"在册 {expected} 人，签到表 {pages} 页只有 {pages * ROWS_PER_SHEET} 行",
            f"{expected} persons are enrolled, and {pages} pages hold {pages * ROWS_PER_SHEET} rows",
            (*evidence, *record("roster")),
        )
    return passed(
        f"在册 {expected} 人，签到表 {pages} 页，行数足够",
        f"{expected} persons are enrolled, and {pages} pages hold enough rows",
        evidence,
    )


def _signed(case: UnitCase) -> frozenset[int]:
    return frozenset[int]().union(*(sheet.signed_numbers for sheet in case.unit.sheets))


def attendance_taken(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """Attendance was taken, and nobody signed for others (SX-5.1.2).

    The machine sees whether attendance was taken. Whether signatures are genuine is for a person: where photographs
    show signatures that look alike they are named as a hint, and the best that is said is ``not_checked``.
    """
    if not case.unit.sheets:
        return no_sheet(case)
    for index, sheet in enumerate(case.unit.sheets):
        path = _path(case, index)
        if not sheet.signed_numbers and sheet.unclear_numbers:
            return _unclear(case, sheet, path)
        if not sheet.signed_numbers:
            return failed(
                "签到表上没有任何签名，没有组织考勤",
                "The sheet carries no signature: attendance was not taken",
                record(f"{path}.signed"),
            )
    gone = _signed_after_leaving(case)
    if gone:
        return uncertain(
            f"以下学员在授课前已退出，仍有签名：{gone[:10]}",
            f"These trainees had left before the lesson and are signed in: {gone[:10]}",
            needs.reviewer_records(),
            tuple(item for index in range(len(case.unit.sheets)) for item in record(_path(case, index))),
        )
    return not_checked(
        f"已组织考勤，{_counted(case)} 人签名；是否代签、造假须由人核对笔迹后记录{_alike(case).zh}",
        f"Attendance was taken, {_counted(case)} signed; whether any signature is another's, a person records"
        f"{_alike(case).en}",
    )


def _counted(case: UnitCase) -> str:
    """How many signed: ``12``, or ``12-14`` where two rows are unclear."""
    signed = _signed(case)
    unclear = frozenset[int]().union(*(sheet.unclear_numbers for sheet in case.unit.sheets)) - signed
    return f"{len(signed)}-{len(signed) + len(unclear)}" if unclear else str(len(signed))


def _alike(case: UnitCase) -> Bilingual:
    pairs = [pair for sheet in case.unit.sheets for pair in sheet.alike]
    if not pairs:
        return Bilingual("", "")
    listed = ", ".join(f"{pair.first}/{pair.second} ({pair.similarity:.2f})" for pair in pairs[:10])
    return Bilingual(
        f"；以下序号的签名形状相近（相似度），仅供核对，不能据此认定代签：{listed}",
        f"; signatures of these numbers look alike (similarity), a hint to look at and no finding: {listed}",
    )


def _signed_after_leaving(case: UnitCase) -> list[int]:
    roster = case.class_file.training_class.roster
    left = {t.number for t in roster.trainees} - {t.number for t in roster.expected_at(case.unit.start)}
    return sorted(_signed(case) & left)
