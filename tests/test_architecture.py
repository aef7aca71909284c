"""The arrows of the house: which room may import which, and which library belongs to which room."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

PACKAGE: Final = "lessonproof"
SOURCE: Final = Path(__file__).resolve().parents[1] / "src" / PACKAGE

ARROWS: Final[Mapping[str, frozenset[str]]] = {
    "evidence": frozenset(),
    "analysis": frozenset(
        {
            "evidence",
            "models.detector",
            "models.calibration",
            "models.clock_reader",
            "models.speech_detector",
            "models.tracker",
        }
    ),
    "media": frozenset({"evidence", "analysis", "models.clock_reader", "models.speech_detector"}),
    "models": frozenset({"evidence"}),
    "documents": frozenset({"evidence"}),
    "policy": frozenset({"evidence", "documents"}),
    "storage": frozenset({"evidence"}),
    "workers": frozenset({"analysis", "media", "models", "storage", "policy", "documents", "evidence"}),
    "service": frozenset(
        {"workers", "analysis", "media", "models", "storage", "policy", "documents", "evidence"},
    ),
}
"""What each room may import beside itself; ``room.module`` allows that one module only."""

FENCES: Final[Mapping[str, frozenset[str]]] = {
    "av": frozenset({"media", "workers.stamping"}),
    "ray": frozenset({"workers"}),
    "fastapi": frozenset({"service"}),
    "starlette": frozenset({"service"}),
    "uvicorn": frozenset({"service"}),
    "typer": frozenset({"service"}),
    "sqlalchemy": frozenset({"storage"}),
    "alembic": frozenset({"storage"}),
    "minio": frozenset({"storage"}),
    "faiss": frozenset({"storage"}),
    "torch": frozenset({"models"}),
    "ultralytics": frozenset({"models"}),
    "openvino": frozenset({"models"}),
    "rapidocr": frozenset({"models"}),
    "onnxruntime": frozenset({"models"}),
    "silero_vad": frozenset({"models"}),
    "python_calamine": frozenset({"documents"}),
    "PIL": frozenset({"media"}),
}
"""Which rooms (or single modules) may touch a library."""

PURE_ROOMS: Final = frozenset({"evidence", "analysis", "policy"})
FORBIDDEN_IN_PURE_ROOMS: Final = frozenset(
    {"time", "os", "pathlib", "io", "shutil", "socket", "subprocess", "tempfile", "threading", "random", "urllib"}
)
CLOCK_CALLS: Final = frozenset({"now", "today", "utcnow"})
"""Of ``datetime`` and ``date``: the clock of the machine."""


@dataclass(frozen=True, slots=True)
class Source:
    """One module: its dotted name below the package, and its tree."""

    module: str
    tree: ast.Module

    @property
    def room(self) -> str:
        return self.module.split(".")[0]


def sources(root: Path) -> Iterator[Source]:
    """All modules below a package folder."""
    for path in sorted(root.rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        yield Source(name, ast.parse(path.read_text("utf-8"), str(path)))


def imported(tree: ast.Module) -> Iterator[str]:
    """Dotted names that a module imports, wherever the statement stands; ``from a import b`` gives ``a.b``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            prefix = "." * node.level + (node.module or "")
            yield from (f"{prefix}.{alias.name}" for alias in node.names)


def violations(root: Path) -> list[str]:
    """Every forbidden arrow, library and clock below a package folder."""
    return [line for source in sources(root) if source.module for line in _violations_of(source)]


def _violations_of(source: Source) -> Iterator[str]:
    if source.room not in ARROWS:
        yield f"{source.module}: {source.room} is no room"
        return
    for name in sorted(set(imported(source.tree))):
        if name.startswith("."):
            yield f"{source.module}: relative import {name}"
        elif name.startswith(f"{PACKAGE}."):
            yield from _arrow(source, name.removeprefix(f"{PACKAGE}."))
        else:
            yield from _library(source, name)
    if source.room in PURE_ROOMS:
        yield from _impure_calls(source)


def _arrow(source: Source, target: str) -> Iterator[str]:
    if target == "__version__" or _is_within(target, ARROWS[source.room] | {source.room}):
        return
    yield f"{source.module}: must not import {PACKAGE}.{target}"


def _library(source: Source, name: str) -> Iterator[str]:
    top = name.split(".", maxsplit=1)[0]
    if top in FENCES and not _is_within(source.module, FENCES[top]):
        yield f"{source.module}: must not import {top}"
    if source.room in PURE_ROOMS and top in FORBIDDEN_IN_PURE_ROOMS:
        yield f"{source.module}: a pure room must not import {top}"
    if source.room == "evidence" and top not in sys.stdlib_module_names | {"numpy"}:
        yield f"{source.module}: evidence must not import {top}"


def _impure_calls(source: Source) -> Iterator[str]:
    for node in ast.walk(source.tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func
        if isinstance(called, ast.Name) and called.id == "open":
            yield f"{source.module}: a pure room must not open files"
        if isinstance(called, ast.Attribute) and called.attr in CLOCK_CALLS and _names_a_date_class(called.value):
            yield f"{source.module}: a pure room must not read the clock"


def _names_a_date_class(node: ast.expr) -> bool:
    return (isinstance(node, ast.Name) and node.id in {"datetime", "date"}) or (
        isinstance(node, ast.Attribute) and node.attr in {"datetime", "date"}
    )


def _is_within(name: str, places: frozenset[str]) -> bool:
    return any(name == place or name.startswith(f"{place}.") for place in places)


def test_no_arrow_points_back() -> None:
    assert violations(SOURCE) == []


def test_every_room_is_there() -> None:
    """A renamed room would pass the walk unseen."""
    rooms = {source.room for source in sources(SOURCE) if source.module}
    assert rooms == set(ARROWS)


@pytest.mark.parametrize(
    ("module", "text", "expected"),
    [
        pytest.param("storage/bad.py", "from lessonproof.service import x", "lessonproof.service.x", id="arrow-back"),
        pytest.param("evidence/bad.py", "import lessonproof.analysis.cuts", "analysis.cuts", id="evidence-imports"),
        pytest.param("evidence/bad.py", "import cv2", "evidence must not import cv2", id="evidence-library"),
        pytest.param(
            "analysis/bad.py", "from lessonproof.models.weights import x", "models.weights", id="not-a-protocol"
        ),
        pytest.param("analysis/bad.py", "def f():\n    import av", "must not import av", id="import-in-a-function"),
        pytest.param("analysis/bad.py", "import time", "pure room must not import time", id="clock-module"),
        pytest.param(
            "policy/bad.py", "from datetime import datetime\ndatetime.now()", "must not read the clock", id="now"
        ),
        pytest.param("policy/bad.py", "import datetime\ndatetime.date.today()", "must not read the clock", id="today"),
        pytest.param("policy/bad.py", "open('x')", "must not open files", id="open"),
        pytest.param("policy/bad.py", "from pathlib import Path", "pure room must not import pathlib", id="pathlib"),
        pytest.param("service/bad.py", "import ray", "must not import ray", id="ray-outside-workers"),
        pytest.param("workers/bad.py", "from sqlalchemy import select", "must not import sqlalchemy", id="sqlalchemy"),
        pytest.param("workers/bad.py", "import torch", "must not import torch", id="torch"),
        pytest.param("workers/bad.py", "from fastapi import FastAPI", "must not import fastapi", id="fastapi"),
        pytest.param("workers/edits.py", "import av", "must not import av", id="av-in-another-module-of-workers"),
        pytest.param("media/bad.py", "from . import index", "relative import", id="relative"),
        pytest.param("attic/bad.py", "", "attic is no room", id="unknown-room"),
    ],
)
def test_the_walk_sees_what_is_forbidden(tmp_path: Path, module: str, text: str, expected: str) -> None:
    path = tmp_path / module
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    found = violations(tmp_path)
    assert len(found) == 1
    assert expected in found[0]


def test_the_walk_lets_pass_what_is_allowed(tmp_path: Path) -> None:
    (tmp_path / "workers").mkdir()
    (tmp_path / "workers" / "stamping.py").write_text("import av\nfrom lessonproof import __version__\n", "utf-8")
    (tmp_path / "analysis").mkdir()
    (tmp_path / "analysis" / "good.py").write_text(
        "import numpy\nfrom lessonproof.models.detector import PersonDetector\nfrom datetime import time\n", "utf-8"
    )
    assert violations(tmp_path) == []


@pytest.mark.parametrize("module", ["lessonproof.service.cli.main", "lessonproof.workers.pipeline"])
def test_the_command_line_starts_without_the_heavy_libraries(module: str) -> None:
    heavy = {"torch", "ray", "ultralytics", "openvino", "faiss", "rapidocr", "onnxruntime"}
    program = f"import sys, {module}; print(*sorted({heavy} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == ""
    assert done.stdout.split() == []
    assert done.returncode == 0
