"""A reviewer's unblurred view: on record before it is seen, kept nowhere, and the kept pictures are veiled."""

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from threading import Event
from typing import NoReturn

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import select
from starlette.testclient import TestClient

from lessonproof.evidence.picture_note import Privacy, note_of
from lessonproof.service.composition import Services
from lessonproof.storage.custody import entry_detail, verify_chain
from lessonproof.storage.database import Database
from lessonproof.storage.errors import DatabaseUnreachableError
from lessonproof.storage.jobs import claim
from lessonproof.storage.objects import put_bytes, read_bytes
from lessonproof.storage.results import find_picture
from lessonproof.storage.tables import CustodyRow, JobKind, PictureRow
from lessonproof.workers.execution import StoredWork
from lessonproof.workers.registers import Registers
from tests.service.api.support import app_of, services_in, sha256, stored_files
from tests.workers.support import CLASS_FILE, InProcessAnalyser, plain_report, tiny_lesson

WHO = {"viewer": "审核员甲", "reason": "核对疑似剪切"}


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return tiny_lesson(tmp_path_factory.mktemp("lesson"), edits=("black@2:2",)).read_bytes()


@dataclass(frozen=True, slots=True)
class Desk:
    """A service with one judged unit, and how to ask it."""

    services: Services
    client: TestClient
    unit_id: str
    name: str

    @property
    def address(self) -> str:
        return f"/api/v1/units/{self.unit_id}/{self.name}"

    def views(self) -> list[CustodyRow]:
        """Entries of the ledger that tell of views; the whole ledger is sound."""
        with self.services.database.read() as session:
            verify_chain(session)
            chosen = select(CustodyRow).where(CustodyRow.action == "picture_seen_unblurred")
            return list(session.scalars(chosen))

    def under(self, services: Services) -> TestClient:
        """The same data, asked through other services."""
        return TestClient(app_of(services), base_url="http://127.0.0.1", raise_server_exceptions=False)


def work_off(services: Services, folder: Path) -> None:
    """Do every job in this process, by the real stages."""
    work = StoredWork(
        database=services.database,
        store=services.store,
        analyser=InProcessAnalyser(services.store, services.analysis),
        registers=Registers(services.database, services.store, "numpy", folder / "fingerprints"),
        rules=services.rules,
        render_report=plain_report,
        clock=services.clock,
    )
    while True:
        with services.database.write() as session:
            held = claim(session, list(JobKind), "me", services.clock(), timedelta(seconds=60))
        if held is None:
            return
        work.execute(held, lambda _share: None, Event())


@pytest.fixture
def desk(tmp_path: Path, lesson: bytes) -> Desk:
    services = services_in(tmp_path)
    client = TestClient(app_of(services), base_url="http://127.0.0.1", raise_server_exceptions=False)
    told = client.post("/api/v1/classes", content=CLASS_FILE.encode()).json()
    assert client.put(f"/api/v1/classes/{told['id']}/recordings/T1.mp4", content=lesson).status_code == 201
    work_off(services, tmp_path)
    unit_id = told["units"][0]["id"]
    findings = client.get(f"/api/v1/units/{unit_id}/findings.json").json()["recordings"][0]["findings"]
    (name,) = [n for f in findings if f["kind"] == "black" for n in f["evidence"] if n.endswith("after.jpg")]
    return Desk(services, client, unit_id, name)


def decoded(jpeg: bytes) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert picture is not None
    return picture.astype(np.uint8, copy=False)


def detail(picture: NDArray[np.uint8]) -> float:
    return float(np.square(cv2.Laplacian(picture.astype(np.float32), cv2.CV_32F)).mean())


def test_what_is_kept_and_shown_is_veiled(desk: Desk) -> None:
    shown = desk.client.get(desk.address)
    assert shown.status_code == 200
    note = note_of(shown.content)
    assert note is not None
    assert note.privacy is Privacy.WHOLE, "nobody counts people here, so nobody knows where heads are"
    with desk.services.database.read() as session:
        kept = session.scalars(select(PictureRow.object_sha256)).all()
    assert kept
    assert all(note_of(read_bytes(desk.services.store, one)) is not None for one in kept)


def test_a_view_is_given_and_stands_in_the_ledger(desk: Desk, lesson: bytes) -> None:
    files = sorted(stored_files(desk.services))
    answer = desk.client.post(f"{desk.address}/unblurred", json=WHO)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/jpeg")
    assert answer.headers["cache-control"] == "no-store"
    veiled = decoded(desk.client.get(desk.address).content)
    bare = decoded(answer.content)
    assert bare.shape == veiled.shape == (180, 320)
    assert detail(bare) > 20 * detail(veiled), "the detail is there"
    assert np.abs(cv2.blur(bare, (41, 41)).astype(int) - cv2.blur(veiled, (41, 41))).mean() < 12, "the same moment"
    (entry,) = desk.views()
    assert (entry.subject, entry.at) == (sha256(lesson), desk.services.clock())
    note = note_of(desk.client.get(desk.address).content)
    assert note is not None
    assert entry_detail(entry) == {
        "unit": desk.unit_id,
        "picture": desk.name,
        "time_ns": note.time_ns,
        "viewer_declared": "审核员甲",
        "reason": "核对疑似剪切",
        "address": "testclient",
    }
    assert sorted(stored_files(desk.services)) == files, "it is kept nowhere"


def test_each_view_is_one_entry(desk: Desk) -> None:
    for _ in range(2):
        desk.client.post(f"{desk.address}/unblurred", json=WHO)
    assert len(desk.views()) == 2


class FullLedger(Database):
    """A database that can be read and not be written."""

    def write(self) -> NoReturn:
        """Refuse."""
        raise DatabaseUnreachableError("the disk is full", "磁盘已满")


def test_what_cannot_be_put_on_record_is_not_shown(desk: Desk) -> None:
    broken = FullLedger(str(desk.services.database.engine.url))
    answer = desk.under(replace(desk.services, database=broken)).post(f"{desk.address}/unblurred", json=WHO)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unreachable")
    assert b"\xff\xd8" not in answer.content
    assert desk.views() == []


def test_beyond_the_machine_itself_somebody_has_to_sign_in(desk: Desk) -> None:
    settings = desk.services.settings.model_copy(update={"host": "0.0.0.0"})  # noqa: S104 - that is the point
    answer = desk.under(replace(desk.services, settings=settings)).post(f"{desk.address}/unblurred", json=WHO)
    assert (answer.status_code, answer.json()["code"]) == (403, "sign_in_needed")
    assert desk.views() == []


@pytest.mark.parametrize(
    "body",
    [
        pytest.param({}, id="nobody"),
        pytest.param({"viewer": "甲"}, id="no-reason"),
        pytest.param({"viewer": "  ", "reason": "x"}, id="blank-name"),
        pytest.param({"viewer": "甲", "reason": ""}, id="empty-reason"),
        pytest.param({"viewer": "甲" * 101, "reason": "x"}, id="endless-name"),
        pytest.param({**WHO, "role": "admin"}, id="unknown-field"),
    ],
)
def test_who_and_what_for_have_to_be_said(desk: Desk, body: dict[str, str]) -> None:
    answer = desk.client.post(f"{desk.address}/unblurred", json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")
    assert desk.views() == []


def test_a_page_of_another_site_cannot_ask_and_a_link_cannot_either(desk: Desk) -> None:
    foreign = desk.client.post(f"{desk.address}/unblurred", json=WHO, headers={"origin": "https://elsewhere.example"})
    assert (foreign.status_code, foreign.json()["code"]) == (403, "foreign_origin")
    assert desk.client.get(f"{desk.address}/unblurred").status_code == 405
    assert desk.views() == []


def test_a_picture_that_is_not_there(desk: Desk) -> None:
    address = f"/api/v1/units/{desk.unit_id}/frames/0-cut-0-after.jpg/unblurred"
    assert desk.client.post(address, json=WHO).status_code == 404
    assert desk.views() == []


def test_a_picture_of_an_earlier_version_is_shown_to_nobody(desk: Desk) -> None:
    jpeg = cv2.imencode(".jpg", np.zeros((16, 16, 3), np.uint8))[1].tobytes()
    bare = put_bytes(desk.services.store, jpeg).sha256
    with desk.services.database.write() as session:
        kept = find_picture(session, desk.unit_id, desk.name)
        row = session.scalars(select(PictureRow).where(PictureRow.object_sha256 == kept)).first()
        assert row is not None
        session.add(
            PictureRow(dossier_id=row.dossier_id, name="frames/old.jpg", object_sha256=bare),
        )
    for answer in (
        desk.client.get(f"/api/v1/units/{desk.unit_id}/frames/old.jpg"),
        desk.client.get(f"/api/v1/units/{desk.unit_id}/frames/old.jpg", headers={"if-none-match": f'"{bare}"'}),
        desk.client.post(f"/api/v1/units/{desk.unit_id}/frames/old.jpg/unblurred", json=WHO),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "picture_not_blurred")
    assert desk.views() == []


def test_a_recording_that_was_altered_in_the_store_is_not_shown(desk: Desk, lesson: bytes) -> None:
    (stored,) = [path for path in stored_files(desk.services) if path.name == sha256(lesson)]
    stored.chmod(0o600)
    data = bytearray(lesson)
    data[-1] ^= 1
    stored.write_bytes(data)
    answer = desk.client.post(f"{desk.address}/unblurred", json=WHO)
    assert (answer.status_code, answer.json()["code"]) == (503, "picture_unavailable")
    assert desk.views() == []
