"""Uploads: what is received is safe, and what goes wrong leaves nothing behind."""

import resource
import signal
import socket
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Event
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from lessonproof.service.composition import Services
from lessonproof.storage.custody import verify_chain
from lessonproof.storage.objects import ObjectWriter, StoredObject
from tests.service.api.support import (
    PATIENCE_S,
    TWO_RECORDINGS,
    app_of,
    content_digest,
    listening,
    services_in,
    sha256,
    stored_files,
)

CONTENT = b"moving pictures" * 1000


class Desk:
    """A class that waits for two recordings, and what can be done with it."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.client = TestClient(app_of(services), base_url="http://127.0.0.1", raise_server_exceptions=False)
        self.class_id: str = self.client.post("/api/v1/classes", content=TWO_RECORDINGS.encode()).json()["id"]
        self.files_before = len(stored_files(services))

    def address(self, name: str = "T1.mp4") -> str:
        return f"/api/v1/classes/{self.class_id}/recordings/{quote(name, safe='')}"

    def assert_nothing_was_kept(self) -> None:
        assert len(stored_files(self.services)) == self.files_before
        unit = self.client.get("/api/v1/units").json()[0]
        assert unit["recordings"][0]["state"] == "missing"
        with self.services.database.read() as session:
            assert verify_chain(session).entries == 1


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(services_in(tmp_path))


def test_a_recording_is_received(desk: Desk) -> None:
    answer = desk.client.put(desk.address(), content=CONTENT)
    assert answer.status_code == 201
    told = answer.json()
    assert (told["sha256"], told["size_bytes"], told["is_new"]) == (sha256(CONTENT), len(CONTENT), True)
    assert desk.services.store.verify(sha256(CONTENT)) == StoredObject(sha256(CONTENT), len(CONTENT))
    unit = desk.client.get("/api/v1/units").json()[0]
    assert (unit["state"], unit["waiting_for"]) == ("waiting", 1)
    assert [recording["state"] for recording in unit["recordings"]] == ["queued", "missing"]
    (job,) = desk.client.get("/api/v1/jobs").json()
    assert (job["kind"], job["subject"], job["state"]) == ("analyse", sha256(CONTENT), "queued")
    detail = desk.client.get(f"/api/v1/recordings/{sha256(CONTENT)}").json()
    assert (detail["received_as"], detail["analyses"]) == (["T1.mp4"], [])


def test_repeating_an_upload_is_harmless(desk: Desk) -> None:
    first = desk.client.put(desk.address(), content=CONTENT)
    files = len(stored_files(desk.services))
    second = desk.client.put(desk.address(), content=CONTENT)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == {**first.json(), "is_new": False}
    assert len(stored_files(desk.services)) == files
    assert len(desk.client.get("/api/v1/jobs").json()) == 1


def test_a_chinese_name_in_either_unicode_form(desk: Desk) -> None:
    decomposed = unicodedata.normalize("NFD", "第二机位.mp4")
    assert desk.client.put(desk.address(decomposed), content=CONTENT).status_code == 201


def test_another_file_of_the_same_name_has_to_be_meant(desk: Desk) -> None:
    desk.client.put(desk.address(), content=CONTENT)
    refused = desk.client.put(desk.address(), content=b"other")
    assert (refused.status_code, refused.json()["code"]) == (409, "already_received")
    accepted = desk.client.put(desk.address(), params={"replace": True, "original_name": "原名.mp4"}, content=b"other")
    assert accepted.status_code == 201
    recording = desk.client.get("/api/v1/units").json()[0]["recordings"][0]
    assert (recording["sha256"], recording["original_name"]) == (sha256(b"other"), "原名.mp4")


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"x-content-sha256": sha256(CONTENT)}, id="hexadecimal"),
        pytest.param({"x-content-sha256": sha256(CONTENT).upper()}, id="capitals"),
        pytest.param({"content-digest": content_digest(CONTENT)}, id="rfc-9530"),
        pytest.param({"content-digest": f"md5=:AAAA:, {content_digest(CONTENT)}"}, id="one-of-several"),
        pytest.param({"content-digest": "md5=:AAAA:"}, id="only-others"),
    ],
)
def test_announced_digests_that_hold(desk: Desk, headers: dict[str, str]) -> None:
    assert desk.client.put(desk.address(), content=CONTENT, headers=headers).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        pytest.param({"x-content-sha256": "0" * 64}, 422, "wrong_digest", id="another-digest"),
        pytest.param({"content-digest": content_digest(b"x")}, 422, "wrong_digest", id="another-rfc-9530"),
        pytest.param({"x-content-sha256": "zz"}, 400, "bad_header", id="no-digest"),
        pytest.param({"content-digest": "sha-256=:AAAA:"}, 400, "bad_header", id="too-short"),
        pytest.param({"content-digest": "sha-256=:=A=:"}, 400, "bad_header", id="no-base64"),
        pytest.param(
            {"x-content-sha256": sha256(CONTENT), "content-digest": content_digest(b"x")}, 400, "bad_header", id="two"
        ),
    ],
)
def test_announced_digests_that_do_not(desk: Desk, headers: dict[str, str], status: int, code: str) -> None:
    answer = desk.client.put(desk.address(), content=CONTENT, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    desk.assert_nothing_was_kept()


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        pytest.param("other.mp4", 422, "unexpected_recording", id="not-expected"),
        pytest.param("../T1.mp4", 404, "http_404", id="path"),
        pytest.param("/etc/T1.mp4", 404, "http_404", id="absolute-path"),
        pytest.param("a\\T1.mp4", 422, "bad_file_name", id="backslash"),
        pytest.param("T1.mp4\x00", 422, "bad_file_name", id="control"),
        pytest.param("T" * 300 + ".mp4", 422, "bad_file_name", id="long"),
    ],
)
def test_names_that_lead_nowhere(desk: Desk, name: str, status: int, code: str) -> None:
    answer = desk.client.put(desk.address(name), content=CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    desk.assert_nothing_was_kept()


def test_a_class_that_is_not_there(desk: Desk) -> None:
    answer = desk.client.put("/api/v1/classes/none/recordings/T1.mp4", content=CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_larger_than_allowed(tmp_path: Path) -> None:
    desk = Desk(services_in(tmp_path, max_upload_bytes=str(1 << 20)))
    announced = desk.client.put(desk.address(), content=b"x" * ((1 << 20) + 1))
    assert (announced.status_code, announced.json()["code"]) == (413, "too_large")

    def endless() -> Iterator[bytes]:
        for _ in range(3):
            yield b"x" * (1 << 19)

    streamed = desk.client.put(desk.address(), content=endless())
    assert (streamed.status_code, streamed.json()["code"]) == (413, "too_large")
    desk.assert_nothing_was_kept()


def test_no_room_is_said_before_anything_is_sent(tmp_path: Path) -> None:
    desk = Desk(services_in(tmp_path, min_free_bytes=str(1 << 40)))
    answer = desk.client.put(desk.address(), content=CONTENT)
    assert (answer.status_code, answer.json()["code"]) == (507, "store_full")
    assert desk.client.get("/api/v1/limits").json()["free_bytes"] == 0
    desk.assert_nothing_was_kept()


@contextmanager
def disk_of(limit_bytes: int) -> Iterator[None]:
    """No file may grow beyond ``limit_bytes``: the kernel refuses the write as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_disk_that_fills_up_on_the_way(desk: Desk) -> None:
    with disk_of(3 << 20):
        answer = desk.client.put(desk.address(), content=b"x" * (5 << 20))
    assert (answer.status_code, answer.json()["code"]) == (507, "store_full")
    desk.assert_nothing_was_kept()
    assert desk.client.put(desk.address(), content=b"x" * (5 << 20)).status_code == 201


def test_an_error_after_the_bytes_are_stored_is_not_a_receipt(desk: Desk) -> None:
    """The database is away at the last moment: the sender is told, sends again, and all is well."""
    path = desk.services.settings.data_dir / "lessonproof.db"
    aside = path.with_suffix(".aside")

    def endless() -> Iterator[bytes]:
        yield CONTENT
        desk.services.database.close()
        path.rename(aside)
        path.mkdir()

    answer = desk.client.put(desk.address(), content=endless())
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unreachable")
    path.rmdir()
    aside.rename(path)
    assert desk.client.put(desk.address(), content=CONTENT).status_code == 201


class WatchedStore:
    """Tells when a writer has been given up."""

    def __init__(self, services: Services, gone: Event) -> None:
        self._store = services.store
        self._gone = gone

    def __getattr__(self, name: str) -> object:
        return getattr(self._store, name)

    def writer(self) -> ObjectWriter:
        writer = self._store.writer()
        leave = writer.__exit__
        gone = self._gone

        class Watched:
            size_bytes = property(lambda _: writer.size_bytes)

            def __enter__(self) -> "Watched":
                return self

            def __exit__(self, *details: object) -> None:
                leave(*details)
                gone.set()

            def write(self, block: bytes) -> None:
                writer.write(block)

            def commit(self, expected_sha256: str | None = None) -> StoredObject:
                return writer.commit(expected_sha256)

        return Watched()


def test_a_cut_connection_leaves_nothing_and_a_retry_works(tmp_path: Path) -> None:
    gone = Event()
    services = services_in(tmp_path)
    desk = Desk(replace(services, store=WatchedStore(services, gone)))  # type: ignore[arg-type]
    with listening(app_of(desk.services)) as (host, port):
        with socket.create_connection((host, port)) as line:
            head = f"PUT {desk.address()} HTTP/1.1\r\nHost: {host}:{port}\r\nContent-Length: {5 << 20}\r\n\r\n"
            line.sendall(head.encode() + b"x" * (3 << 20))
        assert gone.wait(PATIENCE_S)
        desk.assert_nothing_was_kept()
    assert desk.client.put(desk.address(), content=b"x" * (5 << 20)).status_code == 201
