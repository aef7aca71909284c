"""What holds for every answer: headers, HEAD, problems, the page, and the documented interface."""

import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from lessonproof.service.app import create_app
from lessonproof.service.pages.texts import TEXTS
from lessonproof.service.supervision import WorkerState
from tests.service.api.support import app_of, services_in
from tests.workers.support import CLASS_FILE

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "src/lessonproof/service/pages/static"


@pytest.fixture
def app(tmp_path: Path) -> FastAPI:
    return app_of(services_in(tmp_path))


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)


def test_the_committed_interface_is_the_real_one(app: FastAPI) -> None:
    committed = json.loads((ROOT / "docs/openapi.json").read_text(encoding="utf-8"))
    assert committed == app.openapi(), "run: python -m lessonproof.service.openapi docs/openapi.json"
    assert committed["openapi"].startswith("3.1")


def test_every_operation_and_parameter_of_the_interface_is_described(app: FastAPI) -> None:
    for address, operations in app.openapi()["paths"].items():
        for operation in operations.values():
            assert operation.get("description"), address


@pytest.mark.parametrize("address", ["/", "/api/v1/units", "/healthz", "/static/page.js", "/api/v1/units/none"])
def test_head_is_get_without_the_body(client: TestClient, address: str) -> None:
    got, head = client.get(address), client.head(address)
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert head.headers["content-length"] == got.headers["content-length"]


@pytest.mark.parametrize("address", ["/", "/api/v1/units", "/api/v1/none", "/static/style.css"])
def test_headers_that_every_answer_carries(client: TestClient, address: str) -> None:
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]


def test_unknown_addresses_and_methods_are_problems(client: TestClient) -> None:
    for answer, status in ((client.get("/api/v1/none"), 404), (client.delete("/api/v1/units"), 405)):
        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.headers["content-type"] == "application/problem+json"


def test_parameters_out_of_bounds_are_problems(client: TestClient) -> None:
    answer = client.get("/api/v1/jobs", params={"limit": 0})
    assert (answer.status_code, answer.json()["code"]) == (422, "request_invalid")


def test_a_defect_tells_nothing_of_itself(app: FastAPI, client: TestClient) -> None:
    def broken() -> None:
        raise RuntimeError("password")

    app.add_api_route("/broken", broken)
    answer = client.get("/broken")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
    assert "password" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param({}, 201, id="a-program"),
        pytest.param({"origin": "http://127.0.0.1"}, 201, id="our-own-page"),
        pytest.param({"origin": "http://evil.example"}, 403, id="another-site"),
        pytest.param({"origin": "null"}, 403, id="a-sandboxed-page"),
        pytest.param({"origin": "http://127.0.0.1:9999"}, 403, id="another-port"),
        pytest.param({"host": "evil.example"}, 403, id="a-foreign-name"),
        pytest.param({"host": "localhost:8765"}, 201, id="localhost"),
        pytest.param({"host": "[::1]:8765"}, 201, id="ipv6"),
    ],
)
def test_who_may_change_things(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/api/v1/classes", content=CLASS_FILE, headers=headers).status_code == status


def test_a_foreign_name_may_not_even_read(client: TestClient) -> None:
    assert client.get("/api/v1/classes", headers={"host": "rebound.example"}).status_code == 403


def test_a_service_on_the_network_answers_to_any_name(tmp_path: Path) -> None:
    client = TestClient(app_of(services_in(tmp_path, host="0.0.0.0")), base_url="http://lessons.example")  # noqa: S104
    assert client.get("/api/v1/classes").status_code == 200


@pytest.mark.parametrize(
    ("state", "status"), [(WorkerState.READY, 200), (WorkerState.STARTING, 503), (WorkerState.RESTARTING, 503)]
)
def test_readiness_names_what_is_missing(tmp_path: Path, state: WorkerState, status: int) -> None:
    client = TestClient(create_app(services_in(tmp_path), lambda: state), base_url="http://127.0.0.1")
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["workers"]) == (status, state.value)
    assert answer.json()["database"] is answer.json()["store"] is True
    assert client.get("/healthz").json()["status"] == "ok"


def test_readiness_without_a_database(tmp_path: Path) -> None:
    services = services_in(tmp_path)
    services.database.close()
    path = services.settings.data_dir / "lessonproof.db"
    path.rename(path.with_suffix(".aside"))
    path.mkdir()
    answer = TestClient(app_of(services), base_url="http://127.0.0.1").get("/readyz")
    assert (answer.status_code, answer.json()["database"]) == (503, False)


class Links(HTMLParser):
    """What a page asks the browser to fetch, and scripts that stand in it."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str | None] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.addresses += [value for name, value in attrs if name in {"src", "href"} and value]
        if tag == "script" and "src" not in given:
            self.inline.append(given.get("type"))
        assert not [name for name, _ in attrs if name.startswith("on") or name == "style"]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_page_fetches_nothing_from_elsewhere(tmp_path: Path, language: str) -> None:
    client = TestClient(app_of(services_in(tmp_path, language=language)), base_url="http://127.0.0.1")
    page = client.get("/")
    links = Links()
    links.feed(page.text)
    assert links.addresses
    for address in links.addresses:
        assert address.startswith("/static/")
        assert client.get(address).status_code == 200
    assert links.inline == ["application/json"]
    assert TEXTS["title"][("zh", "en").index(language)] in page.text


def test_every_text_is_used_and_every_used_text_is_there() -> None:
    page = (STATIC.parent / "index.html").read_text(encoding="utf-8")
    code = "".join(script.read_text(encoding="utf-8") for script in sorted(STATIC.glob("*.js")))
    named = set(re.findall(r'data-text="(\w+)"', page)) | set(re.findall(r'(?:text|button)\("(\w+)"', code))
    prefixes = tuple(re.findall(r"`(\w+_)\$\{", code))
    assert named <= set(TEXTS)
    unused = {key for key in TEXTS if key not in named and f'"{key}"' not in code and not key.startswith(prefixes)}
    assert unused == set()


def test_both_languages_have_the_same_blanks() -> None:
    for key, (chinese, english) in TEXTS.items():
        assert set(re.findall(r"\{\w+\}", chinese)) == set(re.findall(r"\{\w+\}", english)), key


def test_the_service_starts_without_torch_and_without_ray() -> None:
    program = (
        "import sys; import lessonproof.service.serving, lessonproof.service.dispatch; "
        "print(sorted({'torch', 'ray', 'ultralytics', 'openvino'} & set(sys.modules)))"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    told = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"
