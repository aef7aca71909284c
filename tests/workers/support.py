"""What the tests of jobs share: a tiny real lesson, a class file about it, and an analyser without Ray."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

from benchmarks.lessons import LessonSpec, parse_edit, render_lesson
from lessonproof.documents.class_file import parse_class_file
from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.errors import RecordingError
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.verdict import Bilingual, UnitCase, UnitVerdict
from lessonproof.policy.packs import load_packs
from lessonproof.storage.classes import register_class
from lessonproof.storage.database import Database, upgrade_database
from lessonproof.storage.objects import ObjectStore, StoredObject, StoreSpec, put_bytes
from lessonproof.storage.planning import plan_work
from lessonproof.storage.recordings import receive
from lessonproof.storage.registry import open_store
from lessonproof.workers.analysis import Analysis, InterruptedWorkError
from lessonproof.workers.comparing import comparison_pictures
from lessonproof.workers.configuration import AnalysisConfig
from lessonproof.workers.execution import StoredWork
from lessonproof.workers.judging import Rules
from lessonproof.workers.pipeline import analyse_recording
from lessonproof.workers.registers import Registers
from lessonproof.workers.stamping import AnalysisSettings
from lessonproof.workers.veiling import NOBODY_FOUND

CLASS_FILE = """
rule_pack: NK
institution: {name: 示例学校, kind: private}
class: {number: NK-1, occupation: 焊工, level: 五级, opened_on: 2026-04-07}
roster:
  - {number: 1, name: 学员甲}
  - {number: 2, name: 学员乙}
units:
  - id: T1
    kind: theory
    date: 2026-04-08
    start: "08:30"
    end: "11:30"
    teacher: 教师丙
    venue: 101
    topic: 安全操作
    class_hours: 4
    recordings:
      - {file: T1.mp4, camera: front}
"""


class ToldClock:
    """A clock that stands until it is told."""

    def __init__(self) -> None:
        self.now = datetime(2026, 4, 8, 1, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_time(self, seconds: float) -> None:
        """Let time go by."""
        self.now += timedelta(seconds=seconds)


class InProcessAnalyser:
    """An ``Analyser`` that runs the real stages in this process."""

    def __init__(self, store: ObjectStore, config: AnalysisConfig) -> None:
        self._store = store
        self.config = config
        self.calls = 0

    def analyse(self, recording: StoredObject, progress: Callable[[float], None], stop: Event) -> Analysis:
        """Run every stage."""
        self.calls += 1

        def checked(share: float) -> None:
            if stop.is_set():
                raise InterruptedWorkError("stopped")
            progress(share)

        pictures: dict[str, bytes] = {}
        with self._store.local_file(recording.sha256) as path:
            try:
                found = analyse_recording(path, self.config.settings, None, checked, pictures=pictures)
                return Analysis(found.dossier, pictures, found.fingerprint)
            except RecordingError as error:
                failed = FailedAnalysis(recording.sha256, recording.size_bytes, error.code, error.en, error.zh)
                return Analysis(failed, {})

    def picture(self, recording: StoredObject, findings: tuple[Finding, ...], stop: Event) -> Mapping[str, bytes]:
        """Take the pictures of a comparison."""
        if stop.is_set():
            raise InterruptedWorkError("stopped")
        with self._store.local_file(recording.sha256) as path:
            return comparison_pictures(path, findings, NOBODY_FOUND)


def plain_report(
    verdict: UnitVerdict, case: UnitCase, pictures: Mapping[str, bytes], by: str, _defaults: Mapping[str, Bilingual]
) -> str:
    """A report with nothing but its inputs; the real one is tested where it lives."""
    return f"<p>{case.unit.unit_id} {verdict.outcome} {sorted(pictures)} {by}</p>"


def tiny_lesson(folder: Path, name: str = "lesson.mp4", *, seconds: float = 6.0, edits: tuple[str, ...] = ()) -> Path:
    """Render a real lesson of some seconds."""
    path = folder / name
    chosen = tuple(parse_edit(edit) for edit in edits)
    render_lesson(LessonSpec(seed=5, duration_s=seconds, size=(320, 180), people=4, absences=(), edits=chosen), path)
    return path


class Site:
    """A service without HTTP and Ray, in a folder."""

    def __init__(self, folder: Path) -> None:
        self.clock = ToldClock()
        self.database = Database(f"sqlite:///{folder / 'rows.db'}")
        upgrade_database(self.database)
        self.store = open_store(StoreSpec("local", folder / "store"))
        self.analyser = InProcessAnalyser(self.store, AnalysisConfig(AnalysisSettings(), None))
        self.work = StoredWork(
            database=self.database,
            store=self.store,
            analyser=self.analyser,
            registers=Registers(self.database, self.store, "faiss", folder / "fingerprints"),
            rules=Rules(load_packs()),
            render_report=plain_report,
            clock=self.clock,
        )

    def hand_in(self, text: str = CLASS_FILE) -> str:
        """Register a class; its identifier."""
        stored = put_bytes(self.store, text.encode())
        with self.database.write() as session:
            done = register_class(session, parse_class_file(text, "class"), stored.sha256, self.clock())
            plan_work(session, self.work.work, self.clock())
        return done.class_id

    def upload(self, class_id: str, slot: str, content: bytes) -> str:
        """Receive a recording; its digest."""
        stored = put_bytes(self.store, content)
        with self.database.write() as session:
            receive(session, class_id, slot, stored, self.clock(), original_name=slot)
            plan_work(session, self.work.work, self.clock())
        return stored.sha256
