"""The files of attendance that a class file's units name, read from beside it; each file is read once."""

from dataclasses import replace
from pathlib import Path

from lessonproof.documents.attendance_tables import read_attendance
from lessonproof.documents.class_models import WrittenClassFile
from lessonproof.documents.files import read_small_file
from lessonproof.documents.paths import first_link
from lessonproof.documents.tables import MAX_TABLE_BYTES
from lessonproof.documents.yaml_source import YamlDocument
from lessonproof.evidence.attendance import AttendanceFile, SourceKind
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import TrainingClass


def with_attendance(
    training_class: TrainingClass, written: WrittenClassFile, document: YamlDocument, folder: Path | None
) -> TrainingClass:
    """The class with the files that its units name.

    Args:
        training_class: as declared, units in the order of ``written``.
        written: the class file.
        document: the same with its lines.
        folder: the class file's own; ``None`` of an uploaded class file, which has nothing beside it.

    Raises:
        DocumentError: a file is not there, is a link, or holds wrong cells; names file, sheet, row and column.
    """
    read: dict[tuple[SourceKind, str], AttendanceFile] = {}
    for unit_index, unit in enumerate(written.units):
        for index, source in enumerate(unit.attendance):
            if (source.kind, source.file) not in read:
                place = f"{document.name}:{document.line_of(('units', unit_index, 'attendance', index, 'file'))}"
                read[source.kind, source.file] = _read(source.kind, source.file, folder, place)
    units = tuple(
        replace(declared, attendance=tuple(read[source.kind, source.file] for source in unit.attendance))
        for declared, unit in zip(training_class.units, written.units, strict=True)
    )
    return replace(training_class, units=units)


def _read(kind: SourceKind, file: str, folder: Path | None, place: str) -> AttendanceFile:
    if folder is None:
        raise DocumentError(
            f"{place}: attendance: an uploaded class file has nothing beside it; sources of attendance are read by "
            f"lessonproof verify on the command line",
            f"{place}：attendance：上传的班级文件旁没有其他文件，考勤来源请用命令行 lessonproof verify 读取",
        )
    if first_link(folder, file) is not None:
        raise DocumentError(
            f"{place}: attendance: got a symbolic link, expected the file itself",
            f"{place}：attendance：这是符号链接，应为文件本身",
        )
    name = str(folder / file)
    return read_attendance(read_small_file(folder / file, name, MAX_TABLE_BYTES, follow_links=False), kind, file, name)
