"""Workbooks of Excel, WPS and LibreOffice as tables of text, read in a process of its own with bounded memory.

Cells come as what the sheet stores, written as a person would type it. Of formulas the stored result is read; nothing
is ever evaluated. Hidden sheets are left out: what nobody who opens the file sees is no record.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

from lessonproof.evidence.errors import DocumentError

WORKBOOK_ENDINGS: Final = (".xlsx", ".xls", ".ods")
CHILD_MEMORY_BYTES: Final = 1 << 30
"""Address space of the reading process: a sheet of 100,000 rows and 20 columns takes about a fifth of it."""
CHILD_CPU_S: Final = 60
MAX_OUTPUT_CHARS: Final = 64 << 20
_SIGNATURES: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
"""A ZIP archive (``.xlsx``, ``.ods``) and an OLE compound file (``.xls``, and encrypted ``.xlsx``)."""
_REFUSALS: Final = {
    "password": (
        "protected by a password; remove the protection and save again",
        "有密码保护，请取消密码后重新保存",
    ),
    "broken": (
        "damaged, or no workbook of Excel, WPS or LibreOffice; open it there and save it as .xlsx",
        "文件已损坏或不是 Excel、WPS、LibreOffice 工作簿，请在其中打开后另存为 .xlsx",
    ),
    "large": (
        "too large to be read (a sheet with cells far apart counts as a full one); copy the records to a new one",
        "内容过大，无法读取（相距很远的单元格也会占满整张表），请把记录复制到新工作簿",
    ),
}


def read_workbook(content: bytes, name: str, *, max_rows: int, max_cell_chars: int) -> list[dict[str, Any]]:
    """Read the visible sheets that hold anything.

    Args:
        content: the file's bytes.
        name: what the user calls it.
        max_rows: rows of a sheet; one more than this is given where there are more.
        max_cell_chars: characters of a cell; one more than this is given where there are more.

    Returns:
        For each sheet ``name`` and ``rows``: the number that a person sees beside the row, and its cells.

    Raises:
        DocumentError: no workbook, protected by a password, too large, or without cells.
    """
    if not content.startswith(_SIGNATURES):
        raise _refused(name, "broken")
    found = _found_by_child(content, name, max_rows, max_cell_chars)
    sheets: list[dict[str, Any]] = found["sheets"]
    if not sheets:
        raise DocumentError(
            f"{name}: no visible sheet holds any cells, expected at least one",
            f"{name}：可见的工作表中没有内容，应至少有一张",
        )
    return sheets


def _found_by_child(content: bytes, name: str, max_rows: int, max_cell_chars: int) -> dict[str, Any]:
    limits = [CHILD_MEMORY_BYTES, CHILD_CPU_S, max_rows, MAX_OUTPUT_CHARS, max_cell_chars]
    child = str(Path(__file__).with_name("excel_child.py"))
    done = subprocess.run(  # noqa: S603 - our own program; the file goes through its standard input only
        [sys.executable, "-I", child, *map(str, limits)], input=content, capture_output=True, check=False
    )
    if done.returncode != 0:  # ended by a signal: a limit was reached; else calamine itself failed
        raise _refused(name, "large" if done.returncode < 0 else "broken")
    found: dict[str, Any] = json.loads(done.stdout)
    if "refused" in found:
        raise _refused(name, found["refused"])
    return found


def _refused(name: str, why: str) -> DocumentError:
    en, zh = _REFUSALS[why]
    return DocumentError(f"{name}: {en}", f"{name}：{zh}")
