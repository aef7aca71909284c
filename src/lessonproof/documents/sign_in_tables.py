"""Sign-in sheets entered as a table (CSV, Excel): one row a person, with what stands in the column of signatures.

Only clear words and marks are read. Whoever has no row is unclear: an omission is no absence.
"""

import hashlib
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from lessonproof.documents.class_models import WrittenClassFile
from lessonproof.documents.files import read_small_file
from lessonproof.documents.paths import first_link
from lessonproof.documents.tables import MAX_TABLE_BYTES, Table, read_table
from lessonproof.documents.yaml_source import YamlDocument
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import Roster, SignInSheet, TeachingUnit, TrainingClass

_HEADERS: Final[Mapping[str, frozenset[str]]] = {
    "number": frozenset({"number", "no", "no.", "序号", "编号", "学号", "花名册序号"}),
    "name": frozenset({"name", "姓名", "学员姓名", "学员"}),
    "signed": frozenset({"signed", "signature", "签名", "签到", "是否签名", "是否签到", "学员签名"}),
}
_SIGNED: Final = frozenset({"是", "已签", "已签到", "已签名", "有", "√", "✓", "✔", "yes", "y", "true", "1", "signed"})
_ABSENT: Final = frozenset(
    {"", "否", "未签", "未签到", "未签名", "无", "缺勤", "请假", "×", "✗", "✘", "no", "n", "false", "0", "absent"}
)


@dataclass(frozen=True, slots=True)
class SignInTable:
    """What a table says.

    Attributes:
        signed: roster numbers with a signature.
        absent: roster numbers without one.
        sha256: digest of the file.
    """

    signed: frozenset[int]
    absent: frozenset[int]
    sha256: str


def read_sign_ins(content: bytes, name: str, roster: Roster) -> SignInTable:
    """Read a table of sign-ins.

    Args:
        content: the file's bytes.
        name: what the user calls it; its ending chooses the reader.
        roster: whose numbers may occur; where a name stands beside a number it must be that person's.

    Raises:
        DocumentError: several sheets, missing columns, or wrong cells, by file, row and column.
    """
    tables = read_table(content, name)
    if len(tables) > 1:
        raise DocumentError(
            f"{name}: got {len(tables)} sheets, expected one visible sheet with the sign-ins",
            f"{name}：有 {len(tables)} 个工作表，应只保留签到表一张可见",
        )
    columns = _columns(tables[0])
    names = {trainee.number: trainee.name for trainee in roster.trainees}
    problems: list[tuple[str, str]] = []
    signed: dict[int, bool] = {}
    for number, is_signed in _rows(tables[0], columns, names, problems):
        if number in signed:
            problems.append((f"number {number} has two rows, expected one", f"序号 {number} 有两行，应只有一行"))
        signed[number] = is_signed
    if problems:
        raise DocumentError(
            "\n".join(f"{name}:{en}" for en, _ in problems), "\n".join(f"{name}:{zh}" for _, zh in problems)
        )
    return SignInTable(
        signed=frozenset(number for number, is_signed in signed.items() if is_signed),
        absent=frozenset(number for number, is_signed in signed.items() if not is_signed),
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _columns(table: Table) -> Mapping[str, int]:
    row, header = table.rows[0] if table.rows else (1, ())
    found: dict[str, int] = {}
    for index, title in enumerate(header):
        for field, titles in _HEADERS.items():
            if _plain(title) in titles:
                if field in found:
                    raise DocumentError(
                        f"{table.place}:{row}: column {title}: a second column for {field}; expected one",
                        f"{table.place}:{row}：列 {title}：{field} 列重复，应只有一列",
                    )
                found[field] = index
    if not {"number", "signed"} <= found.keys():
        shown = ", ".join(header)[:80]
        raise DocumentError(
            f"{table.place}:{row}: got the headers {shown!r}, expected the columns number and signed (序号, 签名)",
            f"{table.place}:{row}：表头为 {shown!r}，应包含“序号”和“签名”两列（number, signed）",
        )
    return found


def _rows(
    table: Table, columns: Mapping[str, int], names: Mapping[int, str], problems: list[tuple[str, str]]
) -> Iterator[tuple[int, bool]]:
    header = table.rows[0][1]
    for row, cells in table.rows[1:]:
        text = {field: cells[index] if index < len(cells) else "" for field, index in columns.items()}
        known = {str(number): number for number in names}.get(text["number"].lstrip("0"))
        mark = _plain(text["signed"])
        wrong: list[tuple[str, str, str]] = []
        if known is None:
            wrong.append(("number", "a number that is on the roster", "花名册上的序号"))
        elif text.get("name") and _plain(text["name"]) != _plain(names[known]):
            wrong.append(("name", f"the name of number {known} on the roster", f"花名册中序号 {known} 的姓名"))
        if mark not in _SIGNED | _ABSENT:
            wrong.append(("signed", "yes or no (是, 否, √, ×, empty)", "是、否、√、×，或留空"))
        for field, en, zh in wrong:
            shown = "…" if field == "name" else text[field][:40]
            title = header[columns[field]]
            problems.append(
                (
                    f"{row}: column {title}: got {shown!r}, expected {en}",
                    f"{row}：列 {title}：实际为 {shown!r}，应为：{zh}",
                )
            )
        if known is not None and not wrong:
            yield known, mark in _SIGNED


def _plain(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).lower().split())


def with_sign_in_tables(
    training_class: TrainingClass, written: WrittenClassFile, document: YamlDocument, folder: Path | None
) -> TrainingClass:
    """The class with the sign-ins of the tables that its sheets name.

    Args:
        training_class: as declared, units and sheets in the order of ``written``.
        written: the class file.
        document: the same with its lines.
        folder: the class file's own; ``None`` of an uploaded class file, which has nothing beside it.

    Raises:
        DocumentError: a file is not there, is a link, or holds wrong cells.
    """
    units: list[TeachingUnit] = []
    for unit_index, (unit, declared) in enumerate(zip(written.units, training_class.units, strict=True)):
        sheets = list(declared.sheets)
        for index, sheet in enumerate(unit.sheets):
            if sheet.table is not None:
                line = document.line_of(("units", unit_index, "sheets", index, "table"))
                found = _read(sheet.table, folder, f"{document.name}:{line}", training_class.roster)
                sheets[index] = _entered(sheets[index], found, declared, training_class.roster)
        units.append(replace(declared, sheets=tuple(sheets)))
    return replace(training_class, units=tuple(units))


def _entered(sheet: SignInSheet, found: SignInTable, unit: TeachingUnit, roster: Roster) -> SignInSheet:
    expected = frozenset(trainee.number for trainee in roster.expected_at(unit.start))
    return replace(
        sheet,
        signed_numbers=found.signed,
        unclear_numbers=expected - found.signed - found.absent,
        table_sha256=found.sha256,
    )


def _read(file: str, folder: Path | None, place: str, roster: Roster) -> SignInTable:
    if folder is None:
        raise DocumentError(
            f"{place}: table: an uploaded class file has nothing beside it; write the numbers into it",
            f"{place}：table：上传的班级文件旁没有其他文件，请将序号直接写入 signed",
        )
    if first_link(folder, file) is not None:
        raise DocumentError(
            f"{place}: table: got a symbolic link, expected the file itself",
            f"{place}：table：这是符号链接，应为文件本身",
        )
    name = str(folder / file)
    return read_sign_ins(read_small_file(folder / file, name, MAX_TABLE_BYTES, follow_links=False), name, roster)
