"""Tables that offices and devices export, as bounded rows of text: one reader for each kind of file, by its ending.

A reader gives text only. What looks like a formula stays text, and nothing is ever evaluated.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Protocol

from lessonproof.documents.excel_tables import WORKBOOK_ENDINGS, read_workbook
from lessonproof.evidence.errors import DocumentError

MAX_TABLE_BYTES: Final = 16 << 20
MAX_ROWS: Final = 100_000
MAX_COLUMNS: Final = 200
MAX_CELL_CHARS: Final = 500


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet.

    Attributes:
        place: file, and sheet where the file has several; stands in front of each error.
        rows: rows that are not blank, with the number that a person sees beside each (from 1); cells are stripped.
        is_workbook: the file stores numbers, not text: 85 % may stand in it as 0.85.
    """

    place: str
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    is_workbook: bool = False


class TableReader(Protocol):
    """Reads one kind of table file."""

    def __call__(self, content: bytes, name: str) -> tuple[Table, ...]:
        """The sheets of a file, in their order.

        Args:
            content: the file's bytes.
            name: what the user calls it.

        Raises:
            DocumentError: no such file, or beyond ``MAX_ROWS``, ``MAX_COLUMNS`` or ``MAX_CELL_CHARS``; names the row.
        """
        ...


def read_table(content: bytes, name: str) -> tuple[Table, ...]:
    """Read a table by the ending of its name.

    Raises:
        DocumentError: as :class:`TableReader`; or no reader for this ending.
    """
    ending = PurePosixPath(name.replace("\\", "/")).suffix.lower()
    if ending not in TABLE_READERS:
        known = ", ".join(TABLE_READERS)
        raise DocumentError(
            f"{name}: a table of the kind {ending or '(no ending)'} is not read; expected one of {known} "
            f"(in Excel or WPS: save as .xlsx)",
            f"{name}：不支持 {ending or '（无扩展名）'} 表格，应为 {known}（可在 Excel 或 WPS 中另存为 .xlsx）",
        )
    return TABLE_READERS[ending](content, name)


def read_csv_table(content: bytes, name: str) -> tuple[Table, ...]:
    """A CSV file in UTF-8 or GB18030, which is what Excel and WPS save, as its one sheet."""
    return (Table(name, tuple(_csv_rows(_decode(content, name), name))),)


def read_workbook_tables(content: bytes, name: str) -> tuple[Table, ...]:
    """The visible sheets of a workbook of Excel, WPS or LibreOffice that hold anything."""
    sheets = read_workbook(content, name, max_rows=MAX_ROWS, max_cell_chars=MAX_CELL_CHARS)
    return tuple(_sheet_table(f"{name}:{sheet['name']}", sheet["rows"]) for sheet in sheets)


def _sheet_table(place: str, rows: list[tuple[int, list[str]]]) -> Table:
    if len(rows) > MAX_ROWS:
        raise _too_many_rows(place, rows[MAX_ROWS][0])
    return Table(place, tuple((number, checked_cells(cells, place, number)) for number, cells in rows), True)


def _too_many_rows(place: str, row: int) -> DocumentError:
    return DocumentError(
        f"{place}:{row}: more than {MAX_ROWS:,} rows; split the table",
        f"{place}:{row}：超过 {MAX_ROWS:,} 行，请拆分表格",
    )


def _decode(content: bytes, name: str) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DocumentError(
        f"{name}:1: neither UTF-8 nor GB18030 text; save the table as CSV (UTF-8)",
        f"{name}:1：既不是 UTF-8 也不是 GB18030 文本，请另存为 CSV（UTF-8）",
    )


def _csv_rows(text: str, name: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    count = 0
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            count += 1
            if count > MAX_ROWS:
                raise _too_many_rows(name, reader.line_num)
            yield reader.line_num, checked_cells(cells, name, reader.line_num)
    except csv.Error as error:
        line = reader.line_num
        raise DocumentError(
            f"{name}:{line}: not valid CSV: {error}", f"{name}:{line}：CSV 格式错误：{error}"
        ) from error


def checked_cells(cells: list[str], place: str, row: int) -> tuple[str, ...]:
    """The cells of a row, stripped.

    Devices write numbers as ``="0012"``, ``'0012`` or with a tab behind, so that a spreadsheet leaves them alone; that
    wrapping is taken off.

    Raises:
        DocumentError: too many cells, a cell too long, or one that holds control characters.
    """
    if len(cells) > MAX_COLUMNS:
        raise DocumentError(
            f"{place}:{row}: {len(cells)} columns; at most {MAX_COLUMNS} are read",
            f"{place}:{row}：共 {len(cells)} 列，最多读取 {MAX_COLUMNS} 列",
        )
    return tuple(_cell(cell, place, row, column) for column, cell in enumerate(cells, start=1))


def _cell(text: str, place: str, row: int, column: int) -> str:
    text = text.strip()
    if text.startswith('="') and text.endswith('"') and len(text) > 2:
        text = text[2:-1].strip()
    text = text.removeprefix("'")
    if len(text) > MAX_CELL_CHARS or any(character < " " or character == "\x7f" for character in text):
        raise DocumentError(
            f"{place}:{row}: column {column}: expected one line of at most {MAX_CELL_CHARS} characters",
            f"{place}:{row}：第 {column} 列：应为单行文字，不超过 {MAX_CELL_CHARS} 个字符",
        )
    return text


TABLE_READERS: Final[Mapping[str, TableReader]] = {
    ".csv": read_csv_table,
    **dict.fromkeys(WORKBOOK_ENDINGS, read_workbook_tables),
}
"""Readers by the ending of a file's name, lower case."""
