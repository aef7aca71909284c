"""Our own analysis of a file, in this process, with the CPU time it took. The one place that calls the product."""

import hashlib
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

import lessonproof
from benchmarks.lessons.clock_overlay import SHANGHAI
from lessonproof.analysis.clock_dates import wrong_date
from lessonproof.analysis.compared import with_comparison
from lessonproof.analysis.file_marks import learn_profile
from lessonproof.evidence.codec import canonical_json, dossier_from_json, dossier_to_json, findings_document
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import LessonProofError
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.fingerprint_codec import fingerprint_from_bytes, fingerprint_to_bytes
from lessonproof.models.clock_reader import ClockReader
from lessonproof.models.clock_reader_registry import find_clock_reader, open_clock_reader
from lessonproof.workers.comparing import Usual
from lessonproof.workers.comparing_here import Shelf
from lessonproof.workers.pipeline import analyse_recording
from lessonproof.workers.stamping import AnalysisSettings

_SOURCE: Final = Path(lessonproof.__file__).parent
_ROOMS: Final = ("analysis", "evidence", "media", "models", "workers")


@dataclass(frozen=True, slots=True)
class Measured:
    """What came of one file.

    Attributes:
        dossier: everything measured on it, or why it could not be read.
        fingerprint: for comparing it; ``None`` where there is none.
        cpu_s: processor time of the analysis.
    """

    dossier: Dossier | FailedAnalysis
    fingerprint: Fingerprint | None
    cpu_s: float


def code_version() -> str:
    """Digest over the code that takes part: another version is measured anew."""
    digest = hashlib.sha256()
    for path in sorted(p for room in _ROOMS for p in (_SOURCE / room).rglob("*") if p.suffix in {".py", ".yaml"}):
        digest.update(str(path.relative_to(_SOURCE)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def measure(path: Path, cache: Path) -> Measured:
    """Analyse a file, or read back what came of it before.

    Args:
        path: the file.
        cache: folder of this code version.
    """
    record = cache / f"{path.name}.json"
    marks = record.with_suffix(".fingerprint")
    if record.exists():
        held = json.loads(record.read_text(encoding="utf-8"))
        fingerprint = fingerprint_from_bytes(marks.read_bytes()) if marks.exists() else None
        return Measured(dossier_from_json(held["dossier"]), fingerprint, held["cpu_s"])
    reader = _clock_reader()  # loaded once a process, as a worker does: not part of a file's time
    started = time.process_time()
    try:
        analysis = analyse_recording(
            path, AnalysisSettings(with_people=False), None, lambda _share: None, reader=reader
        )
        measured = Measured(analysis.dossier, analysis.fingerprint, time.process_time() - started)
    except LessonProofError as error:
        failed = FailedAnalysis(None, None, error.code, str(error), "")
        measured = Measured(failed, None, time.process_time() - started)
    if measured.fingerprint is not None:
        marks.write_bytes(fingerprint_to_bytes(measured.fingerprint))
    held = {"cpu_s": round(measured.cpu_s, 3), "dossier": dossier_to_json(measured.dossier)}
    record.write_bytes(canonical_json(held))
    return measured


@cache
def _clock_reader() -> ClockReader | None:
    return None if find_clock_reader() is None else open_clock_reader()


def told(
    path: Path,
    measured: Measured,
    accepted: Sequence[tuple[Path, Measured]],
    declared: tuple[datetime, datetime] | None,
) -> dict[str, Any]:
    """What is told of a file: findings as in ``findings.json``, and what was checked.

    Args:
        path: the file.
        measured: what came of it.
        accepted: recordings of the same room or device that were accepted earlier; it is compared with them.
        declared: start and end of the lesson as planned; ``None`` where nothing is said.
    """
    dossier = measured.dossier
    if isinstance(dossier, FailedAnalysis):
        whole = {"kind": "unreadable", "start_s": 0.0, "end_s": 0.0, "confidence": None, "measured_from": dossier.code}
        return {"cpu_s": measured.cpu_s, "error": dossier.code, "findings": [whole], "checked": [], "unchecked": {}}
    if accepted:
        dossier = with_comparison(dossier, _comparison(path, dossier, measured.fingerprint, accepted))
    if declared is not None:
        dossier = replace(dossier, findings=(*dossier.findings, *_date_findings(dossier, declared)))
    recording: Any = findings_document([(path.name, dossier)])["recordings"]
    return {
        "cpu_s": measured.cpu_s,
        "error": None,
        "findings": recording[0]["findings"],
        "checked": sorted(dossier.checked),
        "unchecked": dict(dossier.unchecked),
    }


def _date_findings(dossier: Dossier, declared: tuple[datetime, datetime]) -> list[Finding]:
    """What the clock says against the timetable, in the camera's local time (Shanghai)."""
    start, end = (moment.astimezone(SHANGHAI) for moment in declared)
    finding = wrong_date(dossier.shown_start_s, start, end)
    return [] if finding is None else [finding]


def _comparison(
    path: Path, dossier: Dossier, fingerprint: Fingerprint | None, accepted: Sequence[tuple[Path, Measured]]
) -> Comparison:
    """Compare as the service does with what was accepted: fingerprints for ``reuse``, marks for the recorder."""
    shelf, known = Shelf(), []
    for other, one in accepted:
        if isinstance(one.dossier, Dossier):
            shelf.add(other.name, one.dossier, one.fingerprint)
            known += [] if one.dossier.marks is None else [one.dossier.marks]
    return shelf.compare(path.name, dossier, fingerprint, Usual(learn_profile(known)))
