"""Checks of a class file that look at more than one field: each is a small generator of problems."""

from collections.abc import Iterator, Sequence

from lessonproof.documents.checking import Problem, dotted, shown
from lessonproof.documents.class_models import WrittenClassFile, WrittenSheet, WrittenUnit
from lessonproof.documents.scalars import When, at
from lessonproof.documents.yaml_source import YamlPath
from lessonproof.evidence.training import Trainee


def problems_of(written: WrittenClassFile, trainees: Sequence[Trainee]) -> Iterator[Problem]:
    """Everything that is wrong between the fields of a class file.

    Args:
        written: the class file.
        trainees: its roster, from the file itself or from the file that it names.
    """
    yield from _roster(written)
    yield from _units(written)
    numbers = frozenset(trainee.number for trainee in trainees)
    for index, unit in enumerate(written.units):
        path: YamlPath = ("units", index)
        yield from _times(path, unit)
        yield from _recordings(path, unit)
        yield from _attendance(path, unit)
        yield from _photos(path, unit)
        for sheet_index, sheet in enumerate(unit.sheets):
            yield from _sheet((*path, "sheets", sheet_index), unit, sheet, numbers)
    yield from _references(written)


def _roster(written: WrittenClassFile) -> Iterator[Problem]:
    if written.roster is not None and written.roster_file is not None:
        yield Problem(
            ("roster_file",),
            "a second roster",
            "又给出一份花名册",
            "either roster or roster_file",
            "roster 与 roster_file 二选一",
        )
    if written.roster is None and written.roster_file is None:
        yield Problem(
            ("roster",), "no such key", "缺少此项", "a list of trainees, or roster_file", "学员列表，或 roster_file"
        )
    if written.roster == ():
        yield Problem(("roster",), "an empty list", "花名册为空", "at least one trainee", "至少一名学员")
    first_at: dict[int, int] = {}
    for index, trainee in enumerate(written.roster or ()):
        if trainee.number in first_at:
            first = dotted(("roster", first_at[trainee.number]))
            yield Problem(
                ("roster", index, "number"),
                f"{trainee.number}, which is {first} already",
                f"序号 {trainee.number} 与 {first} 重复",
                "a number of its own for each trainee",
                "每名学员的序号不同",
            )
        first_at.setdefault(trainee.number, index)


def _units(written: WrittenClassFile) -> Iterator[Problem]:
    if not written.units:
        yield Problem(("units",), "an empty list", "课程表为空", "at least one teaching unit", "至少一个授课单元")
    first_at: dict[str, int] = {}
    for index, unit in enumerate(written.units):
        folder = unit.id.casefold()  # T1 and t1 are one folder on Windows and macOS
        if folder in first_at:
            first = dotted(("units", first_at[folder]))
            yield Problem(
                ("units", index, "id"),
                f"{shown(unit.id)[0]}, which is {first} already",
                f"编号 {unit.id} 与 {first} 重复",
                "an ID of its own for each unit (upper and lower case are one)",
                "每个单元的编号不同（不区分大小写）",
            )
        first_at.setdefault(folder, index)


def _times(path: YamlPath, unit: WrittenUnit) -> Iterator[Problem]:
    start = at(unit.date, unit.start)
    if start.date() != unit.date:
        yield Problem(
            (*path, "start"),
            f"{start:%Y-%m-%d %H:%M}",
            f"实际为 {start:%Y-%m-%d %H:%M}",
            f"a start on {unit.date}",
            f"{unit.date} 当天的时间",
        )
    yield from _order((*path, "end"), unit, unit.start, unit.end)
    if unit.held is not None:
        yield from _order((*path, "held", "end"), unit, unit.held.start, unit.held.end)


def _order(path: YamlPath, unit: WrittenUnit, start: When | None, end: When | None) -> Iterator[Problem]:
    if start is None or end is None:
        return
    first, last = at(unit.date, start), at(unit.date, end)
    if last <= first:
        yield Problem(
            path,
            f"{last:%Y-%m-%d %H:%M}",
            f"实际为 {last:%Y-%m-%d %H:%M}",
            f"a time after the start, {first:%Y-%m-%d %H:%M}",
            f"晚于开始时间 {first:%Y-%m-%d %H:%M} 的时间",
        )


def _recordings(path: YamlPath, unit: WrittenUnit) -> Iterator[Problem]:
    files = [recording.file for recording in unit.recordings]
    yield from _each_once((*path, "recordings"), files, "each recording once per unit", "每个录像在一个单元中只列一次")


def _attendance(path: YamlPath, unit: WrittenUnit) -> Iterator[Problem]:
    files = [source.file for source in unit.attendance]
    yield from _each_once(
        (*path, "attendance"), files, "each file of attendance once per unit", "每个考勤文件在一个单元中只列一次"
    )


def _photos(path: YamlPath, unit: WrittenUnit) -> Iterator[Problem]:
    files = [photo.file for photo in unit.photos]
    yield from _each_once((*path, "photos"), files, "each photograph once per unit", "每张照片在一个单元中只列一次")


def _each_once(path: YamlPath, files: Sequence[str], expected_en: str, expected_zh: str) -> Iterator[Problem]:
    """A problem for each file that the list at ``path`` names again."""
    first_at: dict[str, int] = {}
    for index, file in enumerate(files):
        if file in first_at:
            first = f"{path[-1]}[{first_at[file]}]"
            yield Problem(
                (*path, index, "file"),
                f"{shown(file)[0]}, which is {first} already",
                f"{file} 与 {first} 重复",
                expected_en,
                expected_zh,
            )
        first_at.setdefault(file, index)


def _sheet(path: YamlPath, unit: WrittenUnit, sheet: WrittenSheet, numbers: frozenset[int]) -> Iterator[Problem]:
    yield from _order((*path, "declared_end"), unit, sheet.declared_start, sheet.declared_end)
    if sheet.photos and (sheet.signed is not None or sheet.absent is not None):
        yield Problem(
            (*path, "photos"),
            "photographs beside numbers entered by hand",
            "照片与手工填写的序号同时给出",
            "either photos, or signed and absent",
            "photos 与 signed、absent 二选一",
        )
    if sheet.table is not None and (sheet.photos or sheet.signed is not None or sheet.absent is not None):
        yield Problem(
            (*path, "table"),
            "a table beside photographs or numbers entered by hand",
            "签到表格与照片或手工填写的序号同时给出",
            "only one of table, photos, and signed or absent",
            "table、photos、signed 或 absent 只给出一种",
        )
    if sheet.signed is None and sheet.absent is None and not sheet.photos and sheet.table is None:
        yield Problem(
            path,
            "neither signed nor absent",
            "未给出 signed 或 absent",
            "one of them, or photos, or table",
            "给出其中一项，或 photos、table",
        )
    if isinstance(sheet.signed, frozenset) and sheet.absent is not None:
        yield Problem(
            (*path, "absent"),
            "both a list of signed and a list of absent numbers",
            "同时给出 signed 列表和 absent 列表",
            "one of them, or signed: all with absent",
            "只给出一项，或 signed: all 加 absent",
        )
    for field, listed in (("signed", sheet.signed), ("absent", sheet.absent)):
        unknown = sorted(listed - numbers) if isinstance(listed, frozenset) else []
        if unknown:
            names = ", ".join(str(number) for number in unknown[:10]) + (" …" if len(unknown) > 10 else "")
            yield Problem((*path, field), names, f"实际含 {names}", "numbers that are on the roster", "花名册上的序号")


def _references(written: WrittenClassFile) -> Iterator[Problem]:
    """Units that are spoken of must exist; whether a clause does is for the rule pack to say."""
    known = [unit.id for unit in written.units]
    named: list[tuple[str, Sequence[str | None]]] = [
        ("documents", [paper.unit for paper in written.documents or ()]),
        ("changes", [change.unit for change in written.changes]),
        ("records", [record.unit for record in written.records]),
    ]
    for section, unit_ids in named:
        for index, unit_id in enumerate(unit_ids):
            if unit_id is not None and unit_id not in known:
                listed = ", ".join(known)
                yield Problem(
                    (section, index, "unit"),
                    *shown(unit_id),
                    f"one of the units {listed}",
                    f"以下授课单元之一：{listed}",
                )
