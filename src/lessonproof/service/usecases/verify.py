"""Verify a class: find each recording, analyse it once, judge the units, write their results.

Recordings are looked for inside one folder only. A recording that is not there, or that leads out of the folder by a
symbolic link, is named in the verdict and costs its own unit, never the run.
"""

import hashlib
import json
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from lessonproof.analysis.compared import with_comparison
from lessonproof.documents.paths import first_link, is_stored
from lessonproof.evidence.codec import canonical_json, findings_document, verdict_document
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.comparison_codec import comparison_to_json
from lessonproof.evidence.count_pictures import CountMoment, count_pictures
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import InputError
from lessonproof.evidence.photo import photos_document
from lessonproof.evidence.picture_note import note_of
from lessonproof.evidence.station_coverage import stations_document
from lessonproof.evidence.training import ClassFile, TeachingUnit
from lessonproof.evidence.verdict import UnitCase, UnitVerdict
from lessonproof.media.evidence_pictures import Moment
from lessonproof.policy.judge import judge
from lessonproof.policy.pack import RulePack
from lessonproof.policy.rules.presented import lesson_window
from lessonproof.service.reports.attended import attendance_document
from lessonproof.service.reports.photos import picture_name
from lessonproof.service.reports.render import render_report, render_stations
from lessonproof.workers.comparing_here import ClassShelf
from lessonproof.workers.photo_frames import recording_files
from lessonproof.workers.photos import ClassPhotos, PhotoTools
from lessonproof.workers.pipeline import Analysis
from lessonproof.workers.planned import with_plan
from lessonproof.workers.presence import with_presence
from lessonproof.workers.roll_call import with_roll_calls
from lessonproof.workers.station_findings import with_stations
from lessonproof.workers.stations import StationTools, measure_stations

RECORDING_NOT_FOUND: Final = "recording_not_found"
RECORDING_NOT_HERE: Final = "recording_not_here"
RECORDING_IS_LINK: Final = "recording_is_link"
_PICTURE: Final = re.compile(rf"frames/[0-9a-f]{{12}}-[a-z_]+-[0-9]+-(?:{'|'.join([*Moment, *CountMoment])})\.jpg")
_PICTURES_FOLDER: Final = "frames"


class UnknownUnitError(InputError):
    """A unit was asked for that the class file does not have (exit code 2)."""

    code = "unknown_unit"


@dataclass(frozen=True, slots=True)
class JudgedUnit:
    """One unit with what it was judged on; ``comparisons`` by the recordings' names in the class file.

    ``photo_pictures`` are the veiled pictures of photographs, by the names that the report asks for.
    """

    unit_id: str
    verdict: UnitVerdict
    case: UnitCase
    comparisons: Mapping[str, Comparison]
    photo_pictures: Mapping[str, bytes] = field(default_factory=dict)


def chosen_units(class_file: ClassFile, unit_ids: Sequence[str]) -> tuple[TeachingUnit, ...]:
    """The units of those names in the order of the class file; all of them where no name is given.

    Raises:
        UnknownUnitError: there is no unit of a given name.
    """
    units = class_file.training_class.units
    known = [unit.unit_id for unit in units]
    unknown = [unit_id for unit_id in unit_ids if unit_id not in known]
    if unknown:
        raise UnknownUnitError(
            f"no unit {', '.join(unknown)} in the class file; it has {', '.join(known)}",
            f"班级文件中没有授课单元 {', '.join(unknown)}；现有：{', '.join(known)}",
        )
    return tuple(unit for unit in units if not unit_ids or unit.unit_id in unit_ids)


def verify_class(
    class_file: ClassFile,
    pack: RulePack,
    recordings_dir: Path,
    analyse: Callable[[Path], Analysis | FailedAnalysis],
    unit_ids: Sequence[str] = (),
    *,
    stations: StationTools | None = None,
    photos: PhotoTools | None = None,
) -> Iterator[JudgedUnit]:
    """Judge units one after the other; each is handed out as soon as it is judged.

    Recordings are compared with those of the units before, so that footage that is used again is told on the unit that
    stands later in the class file. Recordings of one unit are not: a recorder's files overlap. Photographs are compared
    with frames of the recordings of their own unit and of those before.

    Args:
        class_file: what was declared.
        pack: the rules.
        recordings_dir: folder that the class file's recordings lie in.
        analyse: measures one recording; called once a file, however many units list it.
        unit_ids: which units; all where empty.
        stations: measures the training stations of units with a venue layout; ``None`` leaves them unmeasured.
        photos: measures the units' photographs; ``None`` leaves them unmeasured.

    Raises:
        UnknownUnitError: there is no unit of a given name.
        DocumentError: class file and pack do not fit each other; raised before anything is analysed.
    """
    units = chosen_units(class_file, unit_ids)
    check_fit(class_file, pack)
    analysed: dict[str, Analysis | FailedAnalysis] = {}
    earlier = ClassShelf()
    class_photos = None if photos is None else ClassPhotos(photos)
    for unit in units:
        for ref in unit.recordings:
            if ref.file not in analysed:
                found = locate_recording(recordings_dir, ref.file)
                analysed[ref.file] = found if isinstance(found, FailedAnalysis) else analyse(found)
        results = {ref.file: analysed[ref.file] for ref in unit.recordings}
        comparisons = earlier.compare_unit(unit, results)
        case = with_presence(_case(class_file, unit, results, comparisons))
        if class_photos is not None:
            class_photos.add_recordings(recording_files(unit, results, recordings_dir))
        case = case if stations is None else _with_stations(case, stations)
        case = case if class_photos is None else replace(case, photos=class_photos.measure_unit(unit))
        shown = {} if class_photos is None else {picture_name(s): one for s, one in class_photos.pictures.items()}
        yield JudgedUnit(unit.unit_id, judge(pack, case), case, comparisons, shown)


def _case(
    class_file: ClassFile,
    unit: TeachingUnit,
    results: Mapping[str, Analysis | FailedAnalysis],
    comparisons: Mapping[str, Comparison],
) -> UnitCase:
    dossiers = {
        file: one
        if isinstance(one, FailedAnalysis)
        else with_plan(with_comparison(one.dossier, comparisons.get(file)), unit)
        for file, one in results.items()
    }
    documents = {file: canonical_json(comparison_to_json(one)) for file, one in comparisons.items()}
    digests = tuple(hashlib.sha256(documents[file]).hexdigest() for file in dossiers if file in documents)
    return with_roll_calls(UnitCase(class_file, unit, dossiers, digests))


def _with_stations(case: UnitCase, tools: StationTools) -> UnitCase:
    """Measured over the lesson that was to be held, once that is known."""
    coverage = measure_stations(case.unit, lesson_window(case), case.dossiers, tools)
    return replace(case, dossiers=with_stations(case.dossiers, case.unit, coverage), stations=coverage)


def check_fit(class_file: ClassFile, pack: RulePack) -> None:
    """Find out in a moment what would else end a run of hours.

    Raises:
        DocumentError: the class is filed under another regulation, or a record names a clause that the pack lacks.
    """
    judge(pack, UnitCase(class_file, class_file.training_class.units[0], {}))


def locate_recording(recordings_dir: Path, file: str) -> Path | FailedAnalysis:
    """Where a recording of the class file lies, or why there is none.

    Args:
        recordings_dir: folder that it must lie in.
        file: as the class file's model accepted it: a relative path without ``..``, or ``sha256:<digest>``.
    """
    if is_stored(file):
        return FailedAnalysis(
            None,
            None,
            RECORDING_NOT_HERE,
            f"{file}: an uploaded recording; it can be verified on the service that holds it only",
            f"{file}：这是已上传的录像，只能在保存它的服务上检验",
        )
    if first_link(recordings_dir, file) is not None:
        return FailedAnalysis(
            None,
            None,
            RECORDING_IS_LINK,
            f"{file}: a symbolic link is on the way; give the file itself",
            f"{file}：路径中有符号链接，请提供文件本身",
        )
    path = recordings_dir / file
    if not path.exists():
        return FailedAnalysis(
            None,
            None,
            RECORDING_NOT_FOUND,
            f"{file}: there is no such file; the recording is missing",
            f"{file}：找不到该文件，缺少录像",
        )
    return path


def write_unit(
    out_dir: Path,
    judged: JudgedUnit,
    pictures: Mapping[str, bytes],
    generated_by: str,
    pack: RulePack,
) -> Path:
    """Write one unit's results into a folder of its name; each file appears whole or not at all.

    ``verdict.json`` comes last: where it stands, the rest belongs to it.

    Args:
        out_dir: made where it is missing.
        judged: the unit.
        pictures: veiled JPEG by the names of findings' and head counts' pictures; others than this unit's are
            passed over.
        generated_by: program and version.
        pack: the rules that judged, for the words of their defaults.

    Returns:
        The path of the report.

    Raises:
        ValueError: a picture's name leads elsewhere than into ``frames/``, or a picture does not say how the people
            in it were made unrecognisable.
    """
    folder = out_dir / judged.unit_id
    results = [(r.file, judged.case.dossiers[r.file]) for r in judged.case.unit.recordings]
    own = _own_pictures([result for _, result in results], pictures)
    (folder / _PICTURES_FOLDER).mkdir(parents=True, exist_ok=True)
    for name, content in own.items():
        _write(folder / name, content)
    for stale in (folder / _PICTURES_FOLDER).iterdir():
        name = f"{_PICTURES_FOLDER}/{stale.name}"
        if _PICTURE.fullmatch(name) and name not in own:
            stale.unlink()
    defaults = {point.number: point.default for point in pack.open_points}
    report = render_report(judged.verdict, judged.case, own | {**judged.photo_pictures}, generated_by, defaults)
    _write(folder / "findings.json", _json(findings_document(results, judged.comparisons)))
    _write_attendance(folder / "attendance.json", judged.case)
    if judged.case.stations is not None:
        _write(folder / "stations.json", _json(stations_document(judged.case.stations)))
        if judged.case.stations.rows:
            _write(folder / "stations.svg", render_stations(judged.case.stations).encode())
    _write_photos(folder / "photos.json", judged.case)
    _write(folder / "report.html", report.encode())
    _write(folder / "verdict.json", _json(verdict_document(judged.verdict)))
    return folder / "report.html"


def _write_attendance(path: Path, case: UnitCase) -> None:
    """What the sources of attendance say beside each other; one of an earlier run does not stay behind."""
    document = attendance_document(case)
    if document is None:
        path.unlink(missing_ok=True)
    else:
        _write(path, _json(document))


def _write_photos(path: Path, case: UnitCase) -> None:
    """What was measured of photographs; one of an earlier run does not stay behind."""
    if case.photos is None:
        path.unlink(missing_ok=True)
    else:
        _write(path, _json(photos_document(case.unit.unit_id, case.photos)))


def _own_pictures(results: Sequence[Dossier | FailedAnalysis], pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    dossiers = [result for result in results if isinstance(result, Dossier)]
    names = [n for dossier in dossiers for finding in dossier.findings for n in finding.evidence]
    names += [picture.name for dossier in dossiers for picture in count_pictures(dossier)]
    for name in names:
        if not _PICTURE.fullmatch(name):
            raise ValueError(f"a picture's name must be frames/<digest>-<kind>-<ms>-<moment>.jpg, got {name!r}")
    own = {name: pictures[name] for name in names if name in pictures}
    for name, content in own.items():
        if note_of(content) is None:
            raise ValueError(f"picture {name!r} is not veiled")
    return own


def _json(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _write(path: Path, content: bytes) -> None:
    """Write beside, then rename: a reader sees the old file or the new one, also after a power failure."""
    descriptor, temporary = tempfile.mkstemp(prefix=".writing-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            os.fchmod(file.fileno(), 0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
