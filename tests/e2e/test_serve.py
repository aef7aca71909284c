"""The whole service as its users meet it: real processes, real uploads, real Ray, and a real kill -9."""

import os
import signal
import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import select

from benchmarks.lessons import Encoding, LessonSpec, LessonTruth, parse_edit, render_lesson
from lessonproof.evidence.codec import canonical_json, dossier_to_json
from lessonproof.models.clock_reader_registry import open_clock_reader
from lessonproof.models.errors import WeightsMissingError
from lessonproof.models.speech_detector_registry import open_speech_detector
from lessonproof.models.weights import WeightsPlaces, resolve_weights
from lessonproof.service.counting import open_counter
from lessonproof.storage.custody import Action, entry_detail, verify_chain
from lessonproof.storage.database import Database
from lessonproof.storage.objects import StoreSpec, read_bytes
from lessonproof.storage.registry import open_store
from lessonproof.storage.tables import CustodyRow, DossierRow, JobKind, JobRow, JobState, ReceiptRow, VerdictRow
from lessonproof.workers.pipeline import analyse_recording
from lessonproof.workers.stamping import AnalysisSettings
from tests.e2e.processes import ROOT, Server, listening_elsewhere, program_of, session_of, wait_for

pytestmark = pytest.mark.e2e

TEMPLATE = """
rule_pack: NK
institution: {name: 示例学校, kind: private}
class: {number: NUMBER, occupation: 焊工, level: 五级, opened_on: 2026-04-07}
roster:
  - {number: 1, name: 学员甲}
  - {number: 2, name: 学员乙}
units:
"""
UNIT = """
  - id: NAME
    kind: theory
    date: 2026-04-08
    start: "08:30"
    end: "11:30"
    teacher: 教师丙
    venue: 101
    topic: 安全操作
    class_hours: 4
    recordings:
      - {file: NAME.mp4, camera: front}
"""


def class_file(number: str, *units: str) -> str:
    return TEMPLATE.replace("NUMBER", number) + "".join(UNIT.replace("NAME", unit) for unit in units)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("serve")


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Server]:
    server = Server(folder / "data", people="false", min_free_bytes="0")
    server.start()
    yield server
    server.close()


@pytest.fixture
def server(service: Server) -> Server:
    """The shared service, started again where a test ended it."""
    if not service.is_running:
        service.start()
    service.ready()
    return service


@pytest.fixture(scope="module")
def lesson(folder: Path) -> tuple[Path, LessonTruth]:
    path = folder / "lesson.mp4"
    spec = LessonSpec(seed=11, duration_s=20, size=(320, 180), people=4, absences=(), edits=(parse_edit("black@8:4"),))
    return path, render_lesson(spec, path)


@pytest.fixture(scope="module")
def long_lesson(folder: Path) -> Path:
    """Long to analyse beside the moment that killing takes: every other frame is a random-access picture."""
    path = folder / "long.mp4"
    spec = LessonSpec(seed=12, duration_s=600, fps=10, size=(320, 180), people=4, absences=(), encoding=Encoding(gop=2))
    render_lesson(spec, path)
    return path


def test_a_lesson_from_the_upload_to_the_report(server: Server, lesson: tuple[Path, LessonTruth]) -> None:
    path, _ = lesson
    class_id = server.hand_in(class_file("flow", "T1"))
    receipt = server.upload(class_id, "T1.mp4", path)
    unit = server.judged(class_id, "T1")
    assert unit["recordings"][0]["state"] == "analysed"
    address = f"/units/{unit['id']}"
    verdict = server.get(f"{address}/verdict.json")
    assert (verdict["unit"], verdict["outcome"]) == ("T1", unit["outcome"])
    assert verdict["inputs"]["recordings"] == [receipt["sha256"]]
    (recording,) = server.get(f"{address}/findings.json")["recordings"]
    assert recording["headcount_reason"] == "switched_off"
    (black,) = [finding for finding in recording["findings"] if finding["kind"] == "black"]
    assert abs(black["start_s"] - 8) < 0.5
    assert abs(black["end_s"] - 12) < 0.5
    for name in black["evidence"]:
        picture = server.client.get(f"/api/v1{address}/{name}")
        assert picture.headers["content-type"] == "image/jpeg"
        assert picture.content.startswith(b"\xff\xd8")
    report = server.client.get(f"/api/v1{address}/report.html")
    assert "default-src 'none'" in report.headers["content-security-policy"]
    assert "script-src" not in report.headers["content-security-policy"]
    assert "T1" in report.text


def test_ray_measures_what_one_process_measures(server: Server, lesson: tuple[Path, LessonTruth]) -> None:
    class_id = server.hand_in(class_file("same", "S1"))
    receipt = server.upload(class_id, "S1.mp4", lesson[0])
    server.judged(class_id, "S1")
    settings, reader = AnalysisSettings(with_people=False), open_clock_reader()
    listener = open_speech_detector()
    alone = analyse_recording(lesson[0], settings, None, lambda _: None, reader=reader, listener=listener).dossier
    assert receipt["sha256"] == alone.sha256
    (analysis,) = server.get(f"/recordings/{receipt['sha256']}")["analyses"]
    store = open_store(StoreSpec("local", server.data_dir / "store"))
    assert read_bytes(store, analysis["dossier_sha256"]) == canonical_json(dossier_to_json(alone))


def test_nothing_of_it_listens_beyond_this_machine(server: Server) -> None:
    pids = session_of(server.dispatcher())
    assert len(pids) > 3
    assert listening_elsewhere(pids) == []


def test_a_bad_file_is_told_and_the_service_stays_up(
    server: Server, lesson: tuple[Path, LessonTruth], folder: Path
) -> None:
    text = folder / "text.mp4"
    text.write_text("this is no recording")
    class_id = server.hand_in(class_file("bad", "B1", "B2"))
    server.upload(class_id, "B1.mp4", text)
    server.upload(class_id, "B2.mp4", lesson[0])
    (recording,) = server.judged(class_id, "B1")["recordings"]
    assert (recording["state"], recording["error"]["code"]) == ("unreadable", "unknown_container")
    assert "B1.mp4" in recording["error"]["zh"]
    assert server.unit(class_id, "B1")["outcome"] != "pass"
    server.judged(class_id, "B2")
    assert server.client.get("/readyz").status_code == 200


def test_a_connection_that_is_lost_leaves_nothing_and_a_retry_works(
    server: Server, lesson: tuple[Path, LessonTruth]
) -> None:
    content = lesson[0].read_bytes()
    class_id = server.hand_in(class_file("lost", "L1"))
    incoming = server.data_dir / "store" / "incoming"
    with socket.create_connection(("127.0.0.1", server.port)) as line:
        head = (
            f"PUT /api/v1/classes/{class_id}/recordings/L1.mp4 HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Content-Length: {len(content)}\r\n\r\n"
        )
        line.sendall(head.encode() + content[: len(content) // 2])
        wait_for(lambda: list(incoming.iterdir()) or None, "the transfer has begun")
    wait_for(lambda: None if list(incoming.iterdir()) else True, "the half transfer is gone")
    assert server.unit(class_id, "L1")["waiting_for"] == 1
    server.upload(class_id, "L1.mp4", lesson[0])
    server.judged(class_id, "L1")


def test_the_log_names_no_person_and_no_file(server: Server, lesson: tuple[Path, LessonTruth]) -> None:
    """File names hold names of people; they belong into the database, not into logs."""
    class_id = server.hand_in(class_file("quiet", "N1"))
    server.upload(class_id, "N1.mp4", lesson[0])
    server.judged(class_id, "N1")
    text = server.log.read_text()
    assert "学员甲" not in text
    assert "N1.mp4" not in text


def test_kill_9_in_the_middle_of_an_analysis(server: Server, long_lesson: Path) -> None:
    class_id = server.hand_in(class_file("killed", "K1"))
    receipt = server.upload(class_id, "K1.mp4", long_lesson)

    def is_in_the_middle() -> bool | None:
        recording = server.unit(class_id, "K1")["recordings"][0]
        assert recording["state"] in {"queued", "analysing"}, "the analysis was over before it could be killed"
        return True if (recording["progress"] or 0) >= 0.05 else None

    wait_for(is_in_the_middle, "the analysis is in its middle")
    victims = server.kill()
    assert len(victims) > 5
    server.start()
    assert server.unit(class_id, "K1")["recordings"][0]["sha256"] == receipt["sha256"]
    unit = server.judged(class_id, "K1")
    assert unit["recordings"][0]["state"] == "analysed"
    assert_nothing_was_lost_or_done_twice(server.data_dir, receipt["sha256"], unit["id"])


def assert_nothing_was_lost_or_done_twice(data_dir: Path, sha256: str, unit_id: str) -> None:
    """Look behind the API: rows, objects and the custody ledger."""
    database = Database(f"sqlite:///{data_dir / 'lessonproof.db'}")
    store = open_store(StoreSpec("local", data_dir / "store"))
    with database.read() as session:
        jobs = {job.kind: job for job in session.scalars(select(JobRow).where(JobRow.subject.in_([sha256, unit_id])))}
        assert {kind: job.state for kind, job in jobs.items()} == dict.fromkeys(JobKind, JobState.DONE)
        assert jobs["analyse"].tries == 2
        (dossier,) = session.scalars(select(DossierRow).where(DossierRow.recording_sha256 == sha256))
        (verdict,) = session.scalars(select(VerdictRow).where(VerdictRow.unit_id == unit_id))
        assert len(session.scalars(select(ReceiptRow).where(ReceiptRow.recording_sha256 == sha256)).all()) == 1
        verify_chain(session)
        entries = session.scalars(select(CustodyRow)).all()
        told = [(row.action, entry_detail(row)) for row in entries if row.subject in {sha256, unit_id}]
    assert [action for action, _ in told] == [
        Action.RECORDING_RECEIVED,
        Action.DOSSIER_WRITTEN,
        Action.COMPARISON_WRITTEN,
        Action.VERDICT_WRITTEN,
    ]
    for name in (sha256, dossier.object_sha256, verdict.verdict_sha256, verdict.report_sha256):
        store.verify(name)
    assert list((data_dir / "store" / "incoming").iterdir()) == []
    database.close()


def test_when_ray_dies_it_is_started_again_and_work_goes_on(server: Server, folder: Path) -> None:
    path = folder / "other.mp4"
    render_lesson(LessonSpec(seed=13, duration_s=6, size=(320, 180), people=4, absences=()), path)
    before = server.dispatcher()
    raylets = [pid for pid in session_of(before) if program_of(pid).endswith("/raylet")]
    assert len(raylets) == 1
    os.kill(raylets[0], signal.SIGKILL)
    class_id = server.hand_in(class_file("ray", "R1"))
    server.upload(class_id, "R1.mp4", path)
    server.judged(class_id, "R1")
    assert server.client.get("/healthz").status_code == 200


def test_a_second_service_is_refused_with_a_clear_error(server: Server, folder: Path) -> None:
    same_folder = server.run("--port", str(server.port + 1))
    assert same_folder.wait(60) == 5
    other = Server(folder / "other", people="false")
    assert other.run("--port", str(server.port)).wait(60) == 5
    other.close()
    assert "data_folder_in_use" in server.log.read_text()
    assert "port_taken" in other.log.read_text()
    assert server.client.get("/healthz").status_code == 200


def test_unknown_settings_are_refused(folder: Path) -> None:
    server = Server(folder / "unknown", colour="red")
    assert server.run().wait(60) == 2
    server.close()
    assert "LESSONPROOF_COLOUR" in server.log.read_text()


def test_when_the_server_alone_is_killed_its_workers_end_too(server: Server) -> None:
    session = server.kill_alone()
    wait_for(lambda: True if not session_of(session) else None, "Ray is gone", deadline_s=60)


def test_a_fresh_service_counts_people_and_ends_in_good_order(folder: Path, lesson: tuple[Path, LessonTruth]) -> None:
    models = Path(os.environ.get("LESSONPROOF_MODELS") or ROOT.parent / "shared" / "models")
    try:
        weights = resolve_weights(None, WeightsPlaces(folder=models))
    except WeightsMissingError:
        weights = None
    with closing(Server(folder / "counting", models=str(models), min_free_bytes="0")) as server:
        server.start()
        class_id = server.hand_in(class_file("count", "T1"))
        receipt = server.upload(class_id, "T1.mp4", lesson[0])
        unit = server.judged(class_id, "T1")
        (recording,) = server.get(f"/units/{unit['id']}/findings.json")["recordings"]
        (analysis,) = server.get(f"/recordings/{receipt['sha256']}")["analyses"]
        session = server.dispatcher()
        assert server.stop() == 0
        assert session_of(session) == []
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", server.port), timeout=5)
    if weights is not None:
        counts = [count for count in recording["headcount"]["count"] if count is not None]
        assert recording["headcount_reason"] is None
        assert len(counts) >= 2
        assert max(counts) >= 1
        assert recording["pipeline"]["models"]
        stored = read_bytes(open_store(StoreSpec("local", folder / "counting" / "store")), analysis["dossier_sha256"])
        alone = analyse_recording(
            lesson[0],
            AnalysisSettings(),
            open_counter(weights),
            lambda _: None,
            reader=open_clock_reader(),
            listener=open_speech_detector(),
        ).dossier
        assert stored == canonical_json(dossier_to_json(alone)), "Ray counts what one process counts"
    else:
        assert (recording["headcount"], recording["headcount_reason"]) == (None, "no_weights")
