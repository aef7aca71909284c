"""Reads one workbook in a process of its own: run by path as ``python -I excel_child.py LIMITS``, never imported.

calamine lays a sheet out as a full rectangle, so that a file of 5 kB with two cells far apart asks for gigabytes, and
the process ends by abort. Here that process is this one, which has limits on memory and processor time and holds
nothing else; entities that blow up in XML meet the same limits.

Standard input: the file. Standard output: JSON, ``{"sheets": [{"name", "rows": [[number, [text, ...]], ...]}]}`` or
``{"refused": word}``. Dates, times and numbers come as a person would type them, errors as the sheet shows them
(``#N/A``).
"""

import datetime as dt
import io
import json
import posixpath
import re
import resource
import sys
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_PACKAGE_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_PERCENT_IDS = frozenset({9, 10})
"""Built-in number formats 0% and 0.00% (ECMA-376 part 1, section 18.8.30)."""
_QUOTED = re.compile(r'"[^"]*"|\\.')
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
PERCENT = "%"

_UNREADABLE = (
    CalamineError,
    ET.ParseError,
    zipfile.BadZipFile,
    zlib.error,
    KeyError,
    ValueError,
    RuntimeError,
    EOFError,
)
"""What damaged files raise; ``RuntimeError`` also where a member is encrypted or packed in an unknown way."""
_PACKAGE_STREAM = "EncryptedPackage".encode("utf-16-le")
_FILE_PASS = re.compile(rb"\x09\x08\x10\x00\x00\x06\x05\x00.{12}\x2f\x00", re.DOTALL)
"""The record FilePass behind the first one of a workbook (MS-XLS 2.4.117)."""

Place = tuple[int, int]


def main() -> None:
    """Read standard input, write standard output; the arguments are bytes of memory, seconds, rows, characters."""
    memory_bytes, cpu_s, max_rows, max_chars, max_cell_chars = (int(text) for text in sys.argv[1:])
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    content = sys.stdin.buffer.read()
    try:
        found = read(content, max_rows, max_chars, max_cell_chars)
    except _UNREADABLE:
        found = {"refused": "password" if _is_protected(content) else "broken"}
    except MemoryError:
        found = {"refused": "large"}
    sys.stdout.write(json.dumps(found))


def _is_protected(content: bytes) -> bool:
    """Whether a password keeps the file from being read: calamine tells such files like damaged ones."""
    if content[:2] != b"PK":
        return _PACKAGE_STREAM in content or _FILE_PASS.search(content) is not None
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return b"encryption-data" in archive.read("META-INF/manifest.xml")  # ODF 1.2 part 3, section 4.4
    except _UNREADABLE:
        return False


def read(content: bytes, max_rows: int, max_chars: int, max_cell_chars: int) -> dict[str, Any]:
    """Every visible sheet that holds cells; hidden ones and charts are left out."""
    is_xlsx = content[:2] == b"PK" and _has_member(content, "xl/workbook.xml")
    marks = dict(_marks(content)) if is_xlsx else {}
    sheets = []
    left_chars = max_chars
    with CalamineWorkbook.from_filelike(io.BytesIO(content)) as book:
        for index, about in enumerate(book.sheets_metadata):
            if about.visible is not SheetVisibleEnum.Visible or about.typ is not SheetTypeEnum.WorkSheet:
                continue
            marked = marks.get(about.name, {})
            rows = []
            for number, cells in _rows(book.get_sheet_by_index(index), marked, max_rows, max_cell_chars):
                rows.append([number, cells])
                left_chars -= sum(map(len, cells)) + len(cells)
                if left_chars < 0:
                    return {"refused": "large"}
            if rows:
                sheets.append({"name": about.name, "rows": rows})
    return {"sheets": sheets}


def _rows(
    sheet: Any, marked: Mapping[Place, str], max_rows: int, max_cell_chars: int
) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, numbered from 1, without the empty cells at their ends; at most one beyond ``max_rows``.

    Of cells merged downwards each row gets the text that stands in the first: one name beside several punches.
    """
    if sheet.start is None:
        return
    starts = {
        (row, left): (top, left)
        for (top, left), (bottom, _) in sheet.merged_cell_ranges or ()
        for row in range(top + 1, min(bottom, top + max_rows) + 1)
    }
    merged_tops = set(starts.values())
    texts: dict[Place, str] = {}
    given = 0
    for row, values in enumerate(sheet.to_python(skip_empty_area=False)):
        cells = []
        for column, value in enumerate(values):
            place = (row, column)
            text = _text(value, marked.get(place))[: max_cell_chars + 1]
            if place in merged_tops:
                texts[place] = text
            cells.append(texts.get(starts[place], "") if place in starts else text)
        while cells and not cells[-1].strip():
            cells.pop()
        if cells:
            yield row + 1, cells
            given += 1
        if given > max_rows:
            return


def _text(value: Any, mark: str | None) -> str:
    """What a person would type for a value: no ``.0`` behind whole numbers, no date where there is only a time."""
    if mark not in {None, PERCENT}:
        return str(mark)
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case float():
            return _number(round(value * 100, 9)) + "%" if mark == PERCENT else _number(value)
        case dt.datetime():
            return str(_whole_second(value))
        case dt.timedelta():
            seconds = round(value.total_seconds())
            sign, seconds = ("-", -seconds) if seconds < 0 else ("", seconds)
            return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        case dt.time():
            return str(_whole_second(dt.datetime.combine(dt.date(2000, 1, 1), value)).time())
        case _:
            return str(value)


def _whole_second(moment: dt.datetime) -> dt.datetime:
    """Excel stores moments as fractions of days, which miss whole seconds by less than a millisecond."""
    tolerance = dt.timedelta(milliseconds=1)
    nearest = (moment + dt.timedelta(milliseconds=500)).replace(microsecond=0)
    return nearest if abs(nearest - moment) <= tolerance else moment


def _number(value: float) -> str:
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _has_member(content: bytes, name: str) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return name in archive.namelist()


def _marks(content: bytes) -> Iterator[tuple[str, dict[Place, str]]]:
    """For each sheet of an ``.xlsx``, by (row, column) from 0: ``PERCENT``, or the error that the cell shows.

    calamine gives 0.85 for what the sheet shows as 85 %, and an empty cell for ``#N/A``.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        targets = {
            relation.get("Id"): relation.get("Target", "")
            for relation in _tree(archive, "xl/_rels/workbook.xml.rels").iter(_PACKAGE_RELATION)
        }
        percent_styles = frozenset(_percent_styles(archive))
        for sheet in _tree(archive, "xl/workbook.xml").iter(f"{_MAIN}sheet"):
            member = posixpath.normpath(posixpath.join("/xl", targets.get(sheet.get(_RELATION), ""))).lstrip("/")
            with archive.open(member) as stream:
                yield sheet.get("name", ""), dict(_marked_cells(stream, percent_styles))


def _tree(archive: zipfile.ZipFile, member: str) -> ET.Element:
    return ET.fromstring(archive.read(member))  # noqa: S314 - this process is the fence


def _percent_styles(archive: zipfile.ZipFile) -> Iterator[str]:
    if "xl/styles.xml" not in archive.namelist():
        return
    styles = _tree(archive, "xl/styles.xml")
    own = {
        int(form.get("numFmtId", "0")): _QUOTED.sub("", form.get("formatCode", ""))
        for form in styles.iter(f"{_MAIN}numFmt")
    }
    ids = _PERCENT_IDS | {number for number, code in own.items() if "%" in code}
    for formats in styles.iter(f"{_MAIN}cellXfs"):
        for index, form in enumerate(formats.iter(f"{_MAIN}xf")):
            if int(form.get("numFmtId", "0")) in ids:
                yield str(index)


def _marked_cells(stream: Any, percent_styles: frozenset[str]) -> Iterator[tuple[Place, str]]:
    """The cells of a sheet that calamine would tell wrongly; the tree is emptied while it is read."""
    for _, element in ET.iterparse(stream):  # noqa: S314 - this process is the fence
        if element.tag == f"{_MAIN}c":
            if element.get("t") == "e":
                yield _place(element.get("r", "")), element.findtext(f"{_MAIN}v") or "#VALUE!"
            elif element.get("s") in percent_styles:
                yield _place(element.get("r", "")), PERCENT
        elif element.tag == f"{_MAIN}row":
            element.clear()


def _place(reference: str) -> Place:
    """``B7`` as (6, 1)."""
    match = _REFERENCE.fullmatch(reference)
    if match is None:
        raise ValueError(f"no cell: {reference!r}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return int(match[2]) - 1, column - 1


if __name__ == "__main__":
    main()
