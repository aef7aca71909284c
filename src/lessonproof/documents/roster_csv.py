"""A roster as a CSV file or workbook: Chinese or English headers, mistakes named by row and column.

Other columns (identity numbers, telephone numbers) are passed over and never kept.
"""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from typing import Final

from lessonproof.documents.excel_tables import WORKBOOK_ENDINGS
from lessonproof.documents.scalars import MAX_NUMBER, parse_moment
from lessonproof.documents.tables import read_table
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import Trainee

_HEADERS: Final[Mapping[str, frozenset[str]]] = {
    "number": frozenset({"number", "no", "no.", "序号", "编号", "学号"}),
    "name": frozenset({"name", "姓名", "学员姓名"}),
    "withdrawn_at": frozenset({"withdrawn_at", "中断时间", "退班时间"}),
}


@dataclass(frozen=True, slots=True)
class _Cell:
    row: int
    column: str
    text: str

    def refused(self, en: str, zh: str) -> tuple[str, str]:
        return (
            f"{self.row}: column {self.column}: got {self.text!r}, expected {en}",
            f"{self.row}: 列 {self.column}：实际为 {self.text!r}，应为：{zh}",
        )


def read_roster(content: bytes, name: str) -> tuple[Trainee, ...]:
    """Read a roster.

    Args:
        content: the file's bytes.
        name: what the user calls the file.

    Returns:
        At least one person, in the order of the file; numbers unique.

    Raises:
        DocumentError: lists every wrong cell by row and column.
    """
    rows = _workbook_rows(content, name) if _is_workbook(name) else _rows(_decode(content, name), name)
    header_row, header = next(rows, (1, []))
    columns = _columns(header, header_row, name)
    problems: list[tuple[str, str]] = []
    trainees: dict[int, Trainee] = {}
    first_rows: dict[int, int] = {}
    for row, cells in rows:
        found = _trainee(row, header, cells, columns, problems)
        if found is None:
            continue
        if found.number in trainees:
            cell = _Cell(row, header[columns["number"]], str(found.number))
            seen = first_rows[found.number]
            problems.append(cell.refused(f"a number that is not on row {seen} already", f"与第 {seen} 行不重复的序号"))
            continue
        trainees[found.number], first_rows[found.number] = found, row
    if not problems and not trainees:
        problems.append(
            (f"{header_row}: got no rows, expected at least one person", f"{header_row}: 没有学员，应至少一人")
        )
    if problems:
        raise DocumentError(
            "\n".join(f"{name}:{en}" for en, _ in problems), "\n".join(f"{name}:{zh}" for _, zh in problems)
        )
    return tuple(trainees.values())


def _is_workbook(name: str) -> bool:
    return PurePosixPath(name.replace("\\", "/")).suffix.lower() in WORKBOOK_ENDINGS


def _workbook_rows(content: bytes, name: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of the one sheet; which of several is the roster is not guessed."""
    tables = read_table(content, name)
    if len(tables) > 1:
        sheets = ", ".join(table.place.removeprefix(f"{name}:") for table in tables)
        raise DocumentError(
            f"{name}: got the sheets {sheets}, expected the roster as the only visible one",
            f"{name}：有多个工作表（{sheets}），应只保留花名册一张可见",
        )
    yield from ((number, list(cells)) for number, cells in tables[0].rows)


def _decode(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError(
        f"{name}:1: neither UTF-8 nor GB18030 text; save the roster as CSV (UTF-8)",
        f"{name}:1：既不是 UTF-8 也不是 GB18030 文本，请另存为 CSV（UTF-8）",
    )


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, with the number of the line on which each ends, counted from 1."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, [cell.strip() for cell in cells]
    except csv.Error as error:
        line = reader.line_num
        raise DocumentError(
            f"{name}:{line}: not valid CSV: {error}", f"{name}:{line}：CSV 格式错误：{error}"
        ) from error


def _columns(header: Sequence[str], row: int, name: str) -> Mapping[str, int]:
    columns: dict[str, int] = {}
    for index, title in enumerate(header):
        for field, titles in _HEADERS.items():
            if title.lower() in titles:
                if field in columns:
                    raise DocumentError(
                        f"{name}:{row}: column {title}: a second column for {field}; expected one",
                        f"{name}:{row}：列 {title}：{field} 列重复，应只有一列",
                    )
                columns[field] = index
    if not {"number", "name"} <= columns.keys():
        shown = ", ".join(header)[:80]
        raise DocumentError(
            f"{name}:{row}: got the headers {shown!r}, expected the columns number and name (序号, 姓名)",
            f"{name}:{row}：表头为 {shown!r}，应包含“序号”和“姓名”两列（number, name）",
        )
    return columns


def _trainee(
    row: int, header: Sequence[str], cells: Sequence[str], columns: Mapping[str, int], problems: list[tuple[str, str]]
) -> Trainee | None:
    """One person, or ``None`` after noting in ``problems`` what is wrong with the row."""
    found = {
        field: _Cell(row, header[index], cells[index] if index < len(cells) else "") for field, index in columns.items()
    }
    before = len(problems)
    if not _is_number(found["number"].text):
        problems.append(found["number"].refused(f"a whole number from 1 to {MAX_NUMBER}", f"1 至 {MAX_NUMBER} 的整数"))
    if not found["name"].text:
        problems.append(found["name"].refused("a name", "姓名"))
    withdrawn_at: datetime | None = None
    if "withdrawn_at" in found and found["withdrawn_at"].text:
        try:
            withdrawn_at = parse_moment(found["withdrawn_at"].text)
        except (ValueError, OverflowError):
            example = "2026-03-05 12:00"
            problems.append(
                found["withdrawn_at"].refused(f"a date and time such as {example}", f"日期和时间，例如 {example}")
            )
    if len(problems) > before:
        return None
    return Trainee(int(found["number"].text), found["name"].text, withdrawn_at)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER)) and int(text) > 0
