"""Punch exports, online-course logs and site-check forms: columns found by Chinese or English headers.

Every wrong cell is named by file, sheet, row and column. Other columns (identity numbers, pictures of faces, telephone
numbers) are passed over and never kept. Messages do not quote names.
"""

import hashlib
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, NamedTuple, Protocol, TypeVar

from lessonproof.documents.scalars import MAX_NUMBER, parse_day, parse_moment, parse_time_of_day
from lessonproof.documents.tables import Table, read_table
from lessonproof.evidence.attendance import AttendanceFile, NamedPerson, OnlineRow, Punch, SiteCheck, SourceKind
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import SHANGHAI

MAX_PROBLEMS: Final = 50
"""Wrong cells that one message lists; a file of the wrong kind has one in each row."""
MAX_MINUTES: Final = 100_000
_EXAMPLE: Final = "2026-03-05 08:30"

_NUMBER: Final = frozenset({"number", "no", "no.", "序号", "编号", "学号", "花名册序号"})
_NAME: Final = frozenset({"name", "姓名", "学员姓名", "学员"})
_DATE: Final = frozenset({"date", "日期", "打卡日期", "考勤日期", "检查日期", "学习日期"})
_DEVICE: Final = frozenset({"device", "设备", "设备名称", "设备编号", "考勤机", "终端", "ip", "ip地址", "登录ip"})
_HEADERS: Final[Mapping[SourceKind, Mapping[str, frozenset[str]]]] = {
    SourceKind.PUNCHES: {
        "number": _NUMBER,
        "name": _NAME,
        "date": _DATE,
        "time": frozenset({"time", "punched_at", "时间", "打卡时间", "考勤时间", "签到时间", "刷卡时间"}),
        "place": frozenset({"place", "location", "地点", "打卡地点", "考勤地点", "签到地点"}),
        "device": _DEVICE,
        "method": frozenset({"method", "方式", "打卡方式", "验证方式", "识别方式", "签到方式"}),
    },
    SourceKind.ONLINE_LOG: {
        "number": _NUMBER,
        "name": _NAME,
        "date": _DATE,
        "start": frozenset(
            {"start", "login", "time", "登录时间", "开始时间", "开始学习时间", "进入时间", "时间", "记录时间"}
        ),
        "end": frozenset({"end", "logout", "退出时间", "结束时间", "结束学习时间", "离开时间"}),
        "learned": frozenset(
            {"learned_minutes", "minutes", "学习时长(分钟)", "学习时长", "观看时长(分钟)", "观看时长", "有效时长(分钟)"}
        ),
        "progress": frozenset({"progress", "progress_percent", "进度", "学习进度", "完成率", "进度(%)", "学习进度(%)"}),
        "course": frozenset({"course", "lesson", "课程", "课程名称", "课件", "课件名称", "章节"}),
        "course_length": frozenset({"course_minutes", "课程时长(分钟)", "课程时长", "课件时长(分钟)", "课件时长"}),
        "device": _DEVICE,
    },
    SourceKind.SITE_CHECK: {
        "date": _DATE,
        "time": frozenset({"time", "checked_at", "时间", "检查时间", "清点时间", "点名时间"}),
        "trainees": frozenset({"trainees", "count", "人数", "学员人数", "实到人数", "到课人数", "现场人数"}),
    },
}
_NEEDED: Final[Mapping[SourceKind, tuple[str, str, frozenset[str]]]] = {
    SourceKind.PUNCHES: ("time, and number or name", "时间，以及序号或姓名", frozenset({"time"})),
    SourceKind.ONLINE_LOG: ("start, and number or name", "登录时间，以及序号或姓名", frozenset({"start"})),
    SourceKind.SITE_CHECK: ("time and count", "时间和人数", frozenset({"time", "trainees"})),
}

_FORMULA_ERRORS: Final = frozenset(
    {"#N/A", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA", "#SPILL!", "#CALC!"}
)
"""What a cell shows whose formula has no value (ECMA-376 part 1, section 18.17.3, and later Excel)."""


class _Problem(NamedTuple):
    en: str
    zh: str


T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Row:
    """One row with its columns by field, and where its problems go."""

    place: str
    number: int
    header: tuple[str, ...]
    cells: tuple[str, ...]
    columns: Mapping[str, int]
    problems: list[_Problem]
    is_workbook: bool

    def text(self, field: str) -> str | None:
        """The cell; ``None`` where there is no such column or the cell is empty."""
        index = self.columns.get(field)
        return None if index is None or index >= len(self.cells) else self.cells[index] or None

    def refuse(self, field: str, en: str, zh: str, *, quote: bool = True) -> None:
        column = self.header[self.columns[field]]
        found = (self.text(field) or "")[:40] if quote else "…"
        self.problems.append(
            _Problem(
                f"{self.place}:{self.number}: column {column}: got {found!r}, expected {en}",
                f"{self.place}:{self.number}：列 {column}：实际为 {found!r}，应为：{zh}",
            )
        )

    def parsed(self, field: str, parse: Callable[[str], T], en: str, zh: str) -> T | None:
        text = self.text(field)
        if text is None:
            return None
        try:
            return parse(text)
        except (ValueError, OverflowError):
            self.refuse(field, en, zh)
            return None


class _RowReader(Protocol):
    def __call__(self, row: _Row) -> Punch | OnlineRow | SiteCheck | None: ...


def read_attendance(content: bytes, kind: SourceKind, file: str, name: str) -> AttendanceFile:
    """Read one file of attendance.

    Args:
        content: its bytes.
        kind: what it holds.
        file: its path as written in the class file.
        name: what the user calls it, in front of every error; its ending chooses the reader.

    Raises:
        DocumentError: lists the wrong cells by file, sheet, row and column, in both languages.
    """
    problems: list[_Problem] = []
    rows = [
        found
        for table in read_table(content, name)
        for found in _table_rows(table, kind, problems)
        if found is not None
    ]
    if not problems and not rows:
        problems.append(_Problem(f"{name}: no rows, expected at least one", f"{name}：没有数据行，应至少一行"))
    if problems:
        more = len(problems) - MAX_PROBLEMS
        tail = [] if more <= 0 else [_Problem(f"{name}: {more} more", f"{name}：另有 {more} 处")]
        listed = [*problems[:MAX_PROBLEMS], *tail]
        raise DocumentError("\n".join(p.en for p in listed), "\n".join(p.zh for p in listed))
    return AttendanceFile(
        kind,
        file,
        hashlib.sha256(content).hexdigest(),
        punches=tuple(row for row in rows if isinstance(row, Punch)),
        online=tuple(row for row in rows if isinstance(row, OnlineRow)),
        checks=tuple(row for row in rows if isinstance(row, SiteCheck)),
    )


def _table_rows(table: Table, kind: SourceKind, problems: list[_Problem]) -> list[Punch | OnlineRow | SiteCheck | None]:
    header_row, header = table.rows[0] if table.rows else (1, ())
    columns = _columns(header, header_row, kind, table.place)
    read = _ROW_READERS[kind]
    rows = [
        _Row(table.place, number, header, cells, columns, problems, table.is_workbook)
        for number, cells in table.rows[1:]
    ]
    return [None if _shows_error(row) else read(row) for row in rows]


def _shows_error(row: _Row) -> bool:
    """Whether a formula failed in a cell that is needed; it is noted then."""
    failed = [field for field in row.columns if row.text(field) in _FORMULA_ERRORS]
    for field in failed:
        row.refuse(field, "a value (a formula failed)", "有效的值（公式出错）")
    return bool(failed)


def _columns(header: Sequence[str], row: int, kind: SourceKind, place: str) -> Mapping[str, int]:
    columns: dict[str, int] = {}
    for index, title in enumerate(header):
        plain = "".join(unicodedata.normalize("NFKC", title).lower().split())
        for field, titles in _HEADERS[kind].items():
            if plain in titles and field not in columns:
                columns[field] = index
            elif plain in titles:
                raise DocumentError(
                    f"{place}:{row}: column {title}: a second column for {field}; expected one",
                    f"{place}:{row}：列 {title}：{field} 列重复，应只有一列",
                )
    en, zh, needed = _NEEDED[kind]
    has_person = kind is SourceKind.SITE_CHECK or bool({"number", "name"} & columns.keys())
    if not needed <= columns.keys() or not has_person:
        shown = ", ".join(header)[:80]
        raise DocumentError(
            f"{place}:{row}: got the headers {shown!r}, expected the columns {en}",
            f"{place}:{row}：表头为 {shown!r}，应包含以下列：{zh}",
        )
    return columns


def _person(row: _Row) -> NamedPerson | None:
    number_text, name = row.text("number"), row.text("name")
    number: int | None = None
    if number_text is not None:
        if not (number_text.isascii() and number_text.isdigit() and 1 <= int(number_text) <= MAX_NUMBER):
            row.refuse("number", f"a whole number from 1 to {MAX_NUMBER}", f"1 至 {MAX_NUMBER} 的整数")
            return None
        number = int(number_text)
    if number is None and name is None:
        field = "number" if "number" in row.columns else "name"
        row.refuse(field, "a roster number or a name", "花名册序号或姓名")
        return None
    return NamedPerson(number, name)


def _moment(row: _Row, field: str) -> datetime | None:
    """A moment of one cell, or of a time of day beside the row's date."""
    text = row.text(field)
    if text is None:
        return None
    day_text = row.text("date")
    try:
        try:
            return parse_moment(text)
        except ValueError:
            if day_text is None:
                raise
            return datetime.combine(parse_day(day_text), time(), SHANGHAI) + parse_time_of_day(text)
    except (ValueError, OverflowError):
        row.refuse(field, f"a date and time such as {_EXAMPLE}", f"日期和时间，例如 {_EXAMPLE}")
        return None


def _needed_moment(row: _Row, field: str) -> datetime | None:
    if row.text(field) is None:
        row.refuse(field, f"a date and time such as {_EXAMPLE}", f"日期和时间，例如 {_EXAMPLE}")
        return None
    return _moment(row, field)


def _minutes(text: str) -> timedelta:
    """Minutes (``45``, ``45.5``, ``45分钟``) or a length (``0:45:00``)."""
    plain = text.removesuffix("分钟").removesuffix("min").strip()
    if ":" in plain:
        hours, minutes, seconds = (int(part) for part in [*plain.split(":"), "0"][:3])
        value = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    else:
        value = timedelta(minutes=_decimal(plain))
    if not timedelta(0) <= value <= timedelta(minutes=MAX_MINUTES):
        raise ValueError("out of range")
    return value


def _progress(row: _Row) -> float | None:
    """The share of a course that was seen, in per cent.

    A workbook stores 85 % as 0.85 and 100 % as 1; where its format did not tell, such a number could be either.
    """
    value = row.parsed("progress", _percent, "a share from 0 to 100 %", "0 至 100 的百分数")
    has_sign = (row.text("progress") or "").endswith(("%", "％"))
    if value is not None and 0 < value <= 1 and row.is_workbook and not has_sign:
        row.refuse("progress", "85 or the text 85% (0.85 could mean either)", "85 或文本 85%（0.85 含义不明）")
        return None
    return value


def _percent(text: str) -> float:
    value = _decimal(text.removesuffix("%").removesuffix("％").strip())
    if not 0 <= value <= 100:
        raise ValueError("out of range")
    return value


def _decimal(text: str) -> float:
    whole, _, rest = text.partition(".")
    if not (whole + rest).isascii() or not (whole + rest).isdigit() or len(text) > 20:
        raise ValueError("no decimal number")
    return float(text)


def _punch(row: _Row) -> Punch | None:
    person, at = _person(row), _needed_moment(row, "time")
    if person is None or at is None:
        return None
    return Punch(row.number, person, at, row.text("place"), row.text("device"), row.text("method"))


def _online(row: _Row) -> OnlineRow | None:
    before = len(row.problems)
    person, start, end = _person(row), _needed_moment(row, "start"), _moment(row, "end")
    length = (f"minutes from 0 to {MAX_MINUTES}", f"分钟数，0 至 {MAX_MINUTES}")
    learned = row.parsed("learned", _minutes, *length)
    course_length = row.parsed("course_length", _minutes, *length)
    progress = _progress(row)
    if start is not None and end is not None and end < start:
        row.refuse("end", "a time that is not before the start", "不早于开始的时间")
    if person is None or start is None or len(row.problems) > before:
        return None
    return OnlineRow(
        row.number, person, start, end, learned, progress, row.text("course"), course_length, row.text("device")
    )


def _check(row: _Row) -> SiteCheck | None:
    at, text = _needed_moment(row, "time"), row.text("trainees") or ""
    if not (text.isascii() and text.isdigit() and int(text) <= MAX_NUMBER):
        row.refuse("trainees", f"a whole number from 0 to {MAX_NUMBER}", f"0 至 {MAX_NUMBER} 的整数")
        return None
    return None if at is None else SiteCheck(row.number, at, int(text))


_ROW_READERS: Final[Mapping[SourceKind, _RowReader]] = {
    SourceKind.PUNCHES: _punch,
    SourceKind.ONLINE_LOG: _online,
    SourceKind.SITE_CHECK: _check,
}
