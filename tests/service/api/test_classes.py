from pathlib import Path

import pytest
from starlette.testclient import TestClient

from lessonproof.documents.yaml_source import MAX_BYTES
from lessonproof.service.composition import Services
from lessonproof.storage.objects import read_bytes
from tests.service.api.support import TWO_RECORDINGS, app_of, services_in
from tests.workers.support import CLASS_FILE


@pytest.fixture
def services(tmp_path: Path) -> Services:
    return services_in(tmp_path)


@pytest.fixture
def client(services: Services) -> TestClient:
    return TestClient(app_of(services), base_url="http://127.0.0.1", raise_server_exceptions=False)


def test_a_class_file_lists_its_units_and_what_they_wait_for(client: TestClient, services: Services) -> None:
    answer = client.post("/api/v1/classes", params={"name": "班级.yaml"}, content=TWO_RECORDINGS.encode())
    assert answer.status_code == 201
    told = answer.json()
    assert (told["class_number"], told["rule_pack"]) == ("NK-1", "NK")
    (unit,) = told["units"]
    assert (unit["name"], unit["state"], unit["waiting_for"]) == ("T1", "waiting", 2)
    assert [recording["upload_name"] for recording in unit["recordings"]] == ["T1.mp4", "第二机位.mp4"]
    assert client.get("/api/v1/classes").json() == [told]
    assert client.get(f"/api/v1/classes/{told['id']}").json() == told
    assert client.get(f"/api/v1/units/{unit['id']}").json() == unit
    assert client.get("/api/v1/units", params={"class_id": told["id"]}).json() == [unit]
    assert read_bytes(services.store, told["class_file_sha256"]) == TWO_RECORDINGS.encode()


def test_a_byte_order_mark_makes_no_other_file(client: TestClient) -> None:
    plain = client.post("/api/v1/classes", content=CLASS_FILE.encode()).json()
    marked = client.post("/api/v1/classes", content=CLASS_FILE.encode("utf-8-sig")).json()
    assert plain == marked


@pytest.mark.parametrize(
    ("content", "code", "told"),
    [
        pytest.param(b"", "document_error", "", id="empty"),
        pytest.param(b"\xff\xfe\x00", "document_error", "UTF-8", id="not-utf8"),
        pytest.param(b"rule_pack: [", "document_error", "my.yaml", id="not-yaml"),
        pytest.param(CLASS_FILE.replace("venue: 101", "colour: red"), "document_error", "colour", id="unknown-key"),
        pytest.param(CLASS_FILE.replace("NK\n", "XX\n", 1), "document_error", "XX", id="unknown-rule-pack"),
        pytest.param(CLASS_FILE.replace("NK\n", "SX\n", 1), "document_error", "draft", id="draft-that-is-off"),
        pytest.param(CLASS_FILE + "      - {file: other/T1.mp4, camera: back}\n", "ambiguous_name", "other/T1.mp4",
                     id="two-recordings-of-one-name"),
        pytest.param(CLASS_FILE.replace("  - {number: 2", "  - {number: 1"), "document_error", "", id="double-number"),
    ],
)  # fmt: skip
def test_class_files_that_are_refused(client: TestClient, content: bytes | str, code: str, told: str) -> None:
    answer = client.post("/api/v1/classes", params={"name": "my.yaml"}, content=content)
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert told in answer.json()["en"]
    assert answer.json()["zh"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get("/api/v1/classes").json() == []


def test_a_draft_that_is_switched_on(tmp_path: Path) -> None:
    client = TestClient(app_of(services_in(tmp_path, enabled_drafts="SX")), base_url="http://127.0.0.1")
    assert client.post("/api/v1/classes", content=CLASS_FILE.replace("NK\n", "SX\n", 1)).status_code == 201


def test_more_than_a_class_file_may_have(client: TestClient) -> None:
    answer = client.post("/api/v1/classes", content=b"#" * (MAX_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize(
    "address",
    [
        "/api/v1/classes/none",
        "/api/v1/units/none",
        "/api/v1/units/none/verdict.json",
        "/api/v1/units/none/frames/a.jpg",
        f"/api/v1/recordings/{'0' * 64}",
    ],
)
def test_what_is_not_there_is_404(client: TestClient, address: str) -> None:
    answer = client.get(address)
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_a_unit_without_a_verdict_has_no_documents(client: TestClient) -> None:
    unit = client.post("/api/v1/classes", content=CLASS_FILE.encode()).json()["units"][0]
    for name in ("verdict.json", "findings.json", "report.html"):
        assert client.get(f"/api/v1/units/{unit['id']}/{name}").status_code == 404
    assert client.post(f"/api/v1/units/{unit['id']}/again").json() == {"jobs": 0}
