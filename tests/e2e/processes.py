"""Real processes for the end-to-end tests: the server, what it started, and how they are watched and killed."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from threading import Event
from typing import Any, Final, TypeVar

import httpx2

ROOT: Final = Path(__file__).parents[2]
DEADLINE_S: Final = 150.0
_PAUSE_S: Final = 0.1
_LOOPBACK: Final = frozenset({"0100007F", "0000000000000000FFFF00000100007F", "00000000000000000000000001000000"})
_LISTEN: Final = "0A"

T = TypeVar("T")


def wait_for(question: Callable[[], T | None], what: str, deadline_s: float = DEADLINE_S) -> T:
    """Ask until there is an answer: another process cannot be waited for in any other way."""
    until = time.monotonic() + deadline_s
    pause = Event()
    while (answer := question()) is None:
        assert time.monotonic() < until, f"not within {deadline_s} s: {what}"
        pause.wait(_PAUSE_S)
    return answer


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """``lessonproof serve`` on a data folder, as a process of its own."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self.port = free_port()
        self.log = data_dir.with_suffix(".log")
        self.cache = data_dir.with_suffix(".cache")
        self._settings = {f"LESSONPROOF_{name.upper()}": value for name, value in settings.items()}
        self._process: subprocess.Popen[bytes] | None = None
        self.client = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=30.0)

    def run(self, *options: str) -> "subprocess.Popen[bytes]":
        """Start the program with the settings, and nothing else of this process's environment that it would read."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("LESSONPROOF_", "RAY_"))}
        program = "from lessonproof.service.cli.main import run; run()"
        with self.log.open("ab") as log:
            return subprocess.Popen(
                [sys.executable, "-c", program, "serve", "--data-dir", str(self.data_dir), *options],
                env={**kept, "PYTHONPATH": str(ROOT / "src"), "XDG_CACHE_HOME": str(self.cache), **self._settings},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def start(self) -> None:
        """Start it and wait until it takes requests; jobs may start later."""
        self._process = self.run("--port", str(self.port))
        wait_for(self._answers, f"the server answers; see {self.log}")

    def ready(self) -> None:
        """Wait until jobs are done too."""
        wait_for(lambda: True if self.client.get("/readyz").status_code == 200 else None, "the workers are ready")

    def _answers(self) -> bool | None:
        assert self._process is not None
        assert self._process.poll() is None, self.log.read_text()
        try:
            return True if self.client.get("/healthz").status_code == 200 else None
        except httpx2.TransportError:
            return None

    def kill(self) -> list[int]:
        """SIGKILL to the server, its dispatcher and everything of theirs at once, as when the machine stops.

        Returns:
            The process ids that were killed.
        """
        assert self._process is not None
        dispatcher = self.dispatcher()
        victims = sorted({self._process.pid, *session_of(self._process.pid), *session_of(dispatcher)})
        for pid in victims:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(DEADLINE_S)
        return victims

    def kill_alone(self) -> int:
        """SIGKILL to the server's own process and nothing else; the session of its dispatcher."""
        assert self._process is not None
        dispatcher = self.dispatcher()
        self._process.kill()
        self._process.wait(DEADLINE_S)
        return dispatcher

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(DEADLINE_S)

    def close(self) -> None:
        """End the process, where it is there, and the connections to it."""
        if self.is_running:
            self.stop()
        self.client.close()

    @property
    def is_running(self) -> bool:
        """Whether the process is there."""
        return self._process is not None and self._process.poll() is None

    def dispatcher(self) -> int:
        """Process id, and session, of the dispatcher."""
        assert self._process is not None
        pid = self._process.pid
        return wait_for(lambda: next(iter(children_of(pid)), None), "the dispatcher is started")

    def get(self, address: str) -> Any:
        """A JSON answer."""
        answer = self.client.get(f"/api/v1{address}")
        assert answer.status_code == 200, answer.text
        return answer.json()

    def hand_in(self, class_file: str) -> str:
        """Hand in a class file; the class's identifier."""
        answer = self.client.post("/api/v1/classes", content=class_file.encode())
        assert answer.status_code == 201, answer.text
        identifier: str = answer.json()["id"]
        return identifier

    def upload(self, class_id: str, name: str, path: Path) -> Any:
        """Upload a recording from a file, block by block."""
        with path.open("rb") as source:
            answer = self.client.put(f"/api/v1/classes/{class_id}/recordings/{name}", content=source)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def unit(self, class_id: str, name: str) -> Any:
        """A unit of a class."""
        return next(unit for unit in self.get(f"/units?class_id={class_id}") if unit["name"] == name)

    def judged(self, class_id: str, name: str) -> Any:
        """Wait for a unit's verdict."""

        def question() -> Any | None:
            unit = self.unit(class_id, name)
            assert unit["state"] != "failed", json.dumps(unit, ensure_ascii=False)
            return unit if unit["state"] == "judged" else None

        return wait_for(question, f"unit {name} is judged; see {self.log}")


def _stat(pid: int) -> list[str]:
    """Fields of ``/proc/PID/stat`` from the state on: state, parent, group, session, ..."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return []
    fields = text.rpartition(")")[2].split()
    return [] if fields[0] in {"Z", "X"} else fields


def _processes() -> Iterator[tuple[int, list[str]]]:
    for folder in Path("/proc").iterdir():
        if folder.name.isdecimal() and (fields := _stat(int(folder.name))):
            yield int(folder.name), fields


def children_of(pid: int) -> list[int]:
    """Living children of a process."""
    return [child for child, fields in _processes() if int(fields[1]) == pid]


def session_of(leader: int) -> list[int]:
    """Living processes of a session."""
    return [pid for pid, fields in _processes() if int(fields[3]) == leader]


def program_of(pid: int) -> str:
    """The program that a process runs; empty where the process is gone."""
    with suppress(FileNotFoundError, ProcessLookupError):
        return os.fsdecode(Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0])
    return ""


def listening_elsewhere(pids: list[int]) -> list[str]:
    """TCP addresses other than loopback that these processes listen on."""
    sockets: dict[str, str] = {}
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and fields[1].partition(":")[0] not in _LOOPBACK:
                sockets[f"socket:[{fields[9]}]"] = fields[1]
    found: list[str] = []
    for pid in pids:
        with suppress(FileNotFoundError, PermissionError):
            for handle in Path(f"/proc/{pid}/fd").iterdir():
                with suppress(FileNotFoundError):
                    found += [sockets[name] for name in [str(handle.readlink())] if name in sockets]
    return found
