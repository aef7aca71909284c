"""From a class file's YAML to what was declared, with every cross check and the line that each mistake stands on."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from lessonproof.documents.checking import refuse, validate
from lessonproof.documents.class_attendance import with_attendance
from lessonproof.documents.class_checks import problems_of
from lessonproof.documents.class_models import (
    WrittenClassFile,
    WrittenHeld,
    WrittenPhoto,
    WrittenRecording,
    WrittenSheet,
    WrittenTrainee,
    WrittenUnit,
)
from lessonproof.documents.files import decode_utf8, read_small_file
from lessonproof.documents.paths import first_link
from lessonproof.documents.roster_csv import read_roster
from lessonproof.documents.scalars import When, at
from lessonproof.documents.sign_in_tables import with_sign_in_tables
from lessonproof.documents.venue_file import read_venue_file
from lessonproof.documents.yaml_source import MAX_BYTES, YamlDocument, YamlPath, load_yaml
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.photo import PhotoRef
from lessonproof.evidence.training import (
    ApprovedChange,
    ClassFile,
    ClauseRecord,
    CountReview,
    Document,
    FindingReview,
    Institution,
    RecordingRef,
    Roster,
    SignInSheet,
    TeachingUnit,
    Trainee,
    TrainingClass,
)
from lessonproof.evidence.venue import VenueLayout


def read_class_file(path: Path) -> ClassFile:
    """Read a class file, and the roster beside it where it names one.

    Raises:
        DocumentError: names file, line, field and what was expected, for every mistake.
    """
    content = read_small_file(path, str(path), MAX_BYTES)
    return _parse(content, decode_utf8(content, str(path)), str(path), path.parent)


def parse_class_file(text: str, name: str) -> ClassFile:
    """Read a class file that is no file here (an upload); a ``roster_file`` is refused, there is nothing beside it.

    Args:
        text: the YAML.
        name: what the user calls it.

    Raises:
        DocumentError: as :func:`read_class_file`.
    """
    return _parse(text.encode("utf-8", "surrogatepass"), text, name, None)


def at_line(path: Path, field: YamlPath, error: DocumentError) -> DocumentError:
    """The same error with the class file's name and the field's line in front.

    For what is found only after reading: a rule pack or clause that does not exist.
    """
    document = load_yaml(decode_utf8(read_small_file(path, str(path), MAX_BYTES), str(path)), str(path))
    place = f"{path}:{document.line_of(field)}"
    return DocumentError(f"{place}: {error.en}", f"{place}: {error.zh}")


def _parse(content: bytes, text: str, name: str, folder: Path | None) -> ClassFile:
    document = load_yaml(text, name)
    written = validate(WrittenClassFile, document)
    trainees, roster_content = _trainees(written, document, folder)
    problems = list(problems_of(written, trainees))
    if problems:
        raise refuse(document, problems)
    if folder is None:
        _refuse_photos(written, document)
        _refuse_venue_files(written, document)
        _refuse_lesson_photos(written, document)
    layouts = {} if folder is None else _layouts(written, document, folder)
    roster = Roster(tuple(sorted(trainees, key=lambda trainee: trainee.number)))
    return ClassFile(
        rule_pack=written.rule_pack,
        institution=Institution(
            written.institution.name, written.institution.kind, written.institution.licensed_venues
        ),
        training_class=with_attendance(
            with_sign_in_tables(_training_class(written, roster, layouts), written, document, folder),
            written,
            document,
            folder,
        ),
        source_sha256=hashlib.sha256(content).hexdigest(),
        roster_sha256=None if roster_content is None else hashlib.sha256(roster_content).hexdigest(),
        documents=None
        if written.documents is None
        else tuple(Document(paper.kind, paper.file, paper.unit) for paper in written.documents),
        changes=tuple(ApprovedChange(c.unit, c.what, c.applied_at, c.approved) for c in written.changes),
        counts=tuple(CountReview(c.recording, c.at_s, c.people, c.reviewer) for c in written.counts),
        reviews=tuple(
            FindingReview(r.recording, r.kind.value, r.start_s, r.confirmed, r.reviewers) for r in written.reviews
        ),
        records=tuple(ClauseRecord(r.clause, r.unit, r.holds, r.by, r.at, r.note or "") for r in written.records),
    )


def _trainees(
    written: WrittenClassFile, document: YamlDocument, folder: Path | None
) -> tuple[tuple[Trainee, ...], bytes | None]:
    """The enrolled persons, and the roster file's bytes where there is one."""
    if written.roster_file is None:
        return _inline(written.roster or ()), None
    place = f"{document.name}:{document.line_of(('roster_file',))}"
    if folder is None:
        raise DocumentError(
            f"{place}: roster_file: an uploaded class file has nothing beside it; write the roster into it",
            f"{place}：roster_file：上传的班级文件旁没有其他文件，请将花名册直接写入 roster",
        )
    if first_link(folder, written.roster_file) is not None:
        raise DocumentError(
            f"{place}: roster_file: got a symbolic link, expected the file itself",
            f"{place}：roster_file：这是符号链接，应为文件本身",
        )
    name = str(folder / written.roster_file)
    content = read_small_file(folder / written.roster_file, name, MAX_BYTES, follow_links=False)
    return read_roster(content, name), content


def _refuse_photos(written: WrittenClassFile, document: YamlDocument) -> None:
    for unit_index, unit in enumerate(written.units):
        for sheet_index, sheet in enumerate(unit.sheets):
            if sheet.photos:
                line = document.line_of(("units", unit_index, "sheets", sheet_index, "photos"))
                place = f"{document.name}:{line}"
                raise DocumentError(
                    f"{place}: photos: an uploaded class file has nothing beside it; read the photographs by "
                    f"lessonproof sheet read and write the numbers into it",
                    f"{place}：photos：上传的班级文件旁没有其他文件，请先用 lessonproof sheet read 识读照片，"
                    f"再填写序号",
                )


def _refuse_venue_files(written: WrittenClassFile, document: YamlDocument) -> None:
    for index, unit in enumerate(written.units):
        if unit.venue_file is not None:
            place = f"{document.name}:{document.line_of(('units', index, 'venue_file'))}"
            raise DocumentError(
                f"{place}: venue_file: an uploaded class file has nothing beside it; its stations are measured by "
                f"lessonproof verify on the command line",
                f"{place}：venue_file：上传的班级文件旁没有其他文件，工位覆盖请用命令行 lessonproof verify 测量",
            )


def _refuse_lesson_photos(written: WrittenClassFile, document: YamlDocument) -> None:
    for index, unit in enumerate(written.units):
        if unit.photos:
            place = f"{document.name}:{document.line_of(('units', index, 'photos'))}"
            raise DocumentError(
                f"{place}: photos: an uploaded class file has nothing beside it; photographs are examined by "
                f"lessonproof verify on the command line",
                f"{place}：photos：上传的班级文件旁没有其他文件，现场照片请用命令行 lessonproof verify 检验",
            )


def _layouts(written: WrittenClassFile, document: YamlDocument, folder: Path) -> dict[str, VenueLayout]:
    """The layouts that units name, by path; each file is read once."""
    layouts: dict[str, VenueLayout] = {}
    for index, unit in enumerate(written.units):
        file = unit.venue_file
        if file is None or file in layouts:
            continue
        if first_link(folder, file) is not None:
            place = f"{document.name}:{document.line_of(('units', index, 'venue_file'))}"
            raise DocumentError(
                f"{place}: venue_file: got a symbolic link, expected the file itself",
                f"{place}：venue_file：这是符号链接，应为文件本身",
            )
        recorded = {r.camera for other in written.units if other.venue_file == file for r in other.recordings}
        layouts[file] = read_venue_file(folder / file, str(folder / file), folder, frozenset(recorded))
    return layouts


def _inline(roster: Iterable[WrittenTrainee]) -> tuple[Trainee, ...]:
    return tuple(Trainee(person.number, person.name, person.withdrawn_at) for person in roster)


def _training_class(written: WrittenClassFile, roster: Roster, layouts: Mapping[str, VenueLayout]) -> TrainingClass:
    declared = written.training_class
    return TrainingClass(
        class_id=declared.number,
        class_type=declared.type,
        occupation=declared.occupation,
        level=declared.level,
        opened_on=declared.opened_on,
        attendant=declared.attendant,
        roster=roster,
        units=tuple(_unit(unit, roster, layouts) for unit in written.units),
        filed_teachers=declared.filed_teachers,
        minutes_per_class_hour=declared.minutes_per_class_hour,
        enterprise_staff=declared.enterprise_staff,
    )


def _unit(unit: WrittenUnit, roster: Roster, layouts: Mapping[str, VenueLayout]) -> TeachingUnit:
    held = unit.held or WrittenHeld()
    return TeachingUnit(
        unit_id=unit.id,
        kind=unit.kind,
        start=at(unit.date, unit.start),
        end=at(unit.date, unit.end),
        teacher=unit.teacher,
        venue=unit.venue,
        topic=unit.topic,
        class_hours=unit.class_hours,
        recordings=tuple(_recording(unit, recording) for recording in unit.recordings),
        sheets=tuple(_sheet(unit, sheet, roster) for sheet in unit.sheets),
        held_start=None if held.start is None else at(unit.date, held.start),
        held_end=None if held.end is None else at(unit.date, held.end),
        held_teacher=held.teacher,
        held_venue=held.venue,
        declared_staff=unit.declared_staff,
        safety_education=unit.safety_education,
        audio_waiver=unit.audio_waiver,
        workstations=unit.workstations,
        layout=None if unit.venue_file is None else layouts[unit.venue_file],
        photos=tuple(_photo(unit, photo) for photo in unit.photos),
    )


def _photo(unit: WrittenUnit, photo: WrittenPhoto) -> PhotoRef:
    taken_at = None if photo.taken_at is None else at(unit.date, photo.taken_at)
    return PhotoRef(photo.file, taken_at, photo.side, photo.shows)


def _recording(unit: WrittenUnit, recording: WrittenRecording) -> RecordingRef:
    started_at = None if recording.started_at is None else at(unit.date, recording.started_at)
    return RecordingRef(recording.file, recording.camera, started_at, recording.device)


def _sheet(unit: WrittenUnit, sheet: WrittenSheet, roster: Roster) -> SignInSheet:
    def moment(when: When | None) -> datetime | None:
        return None if when is None else at(unit.date, when)

    return SignInSheet(
        signed_numbers=_signed_numbers(unit, sheet, roster),
        teacher_signed=sheet.teacher_signed,
        signed_at=moment(sheet.signed_at),
        declared_start=moment(sheet.declared_start),
        declared_end=moment(sheet.declared_end),
        stamped=sheet.stamped,
        class_number=sheet.class_number,
        pages=sheet.pages,
        unclear_numbers=_unread_numbers(unit, sheet, roster),
        photos=sheet.photos,
    )


def _unread_numbers(unit: WrittenUnit, sheet: WrittenSheet, roster: Roster) -> frozenset[int]:
    """Until its photographs are read, nobody can tell who signed a sheet."""
    expected = roster.expected_at(at(unit.date, unit.start)) if sheet.photos else ()
    return frozenset(trainee.number for trainee in expected)


def _signed_numbers(unit: WrittenUnit, sheet: WrittenSheet, roster: Roster) -> frozenset[int]:
    if sheet.photos or sheet.table is not None:  # read afterwards
        return frozenset()
    if isinstance(sheet.signed, frozenset):
        return sheet.signed
    expected = roster.expected_at(at(unit.date, unit.start))
    return frozenset(trainee.number for trainee in expected) - (sheet.absent or frozenset())
