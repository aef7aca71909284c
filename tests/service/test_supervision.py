"""The supervisor with real child processes: tiny programs instead of the dispatcher."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lessonproof.service.supervision import Supervisor, WorkerState
from tests.e2e.processes import session_of, wait_for

UNTIL_STDIN_ENDS = "import sys; print('ready', flush=True); sys.stdin.read(); print('bye')"


@pytest.fixture
def made() -> Iterator[list[Supervisor]]:
    supervisors: list[Supervisor] = []
    yield supervisors
    for supervisor in supervisors:
        supervisor.stop()


def supervise(made: list[Supervisor], program: str, *arguments: str) -> Supervisor:
    supervisor = Supervisor([sys.executable, "-c", program, *arguments], os.environ)
    made.append(supervisor)
    supervisor.start()
    return supervisor


def reached(supervisor: Supervisor, state: WorkerState) -> None:
    wait_for(lambda: True if supervisor.state is state else None, f"{state}", deadline_s=30)


def test_ready_is_what_the_child_says(made: list[Supervisor]) -> None:
    supervisor = supervise(made, UNTIL_STDIN_ENDS)
    reached(supervisor, WorkerState.READY)
    supervisor.stop()
    assert supervisor.state is WorkerState.STOPPED


def test_a_child_that_says_nothing_is_still_starting(made: list[Supervisor]) -> None:
    supervisor = supervise(made, "import sys; sys.stdin.read()")
    reached(supervisor, WorkerState.STARTING)
    supervisor.stop()
    reached(supervisor, WorkerState.STOPPED)


def test_a_child_that_dies_is_started_again(made: list[Supervisor], tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys; mark = pathlib.Path(sys.argv[1])\n"
        "if not mark.exists(): mark.touch(); os.abort()\n" + UNTIL_STDIN_ENDS
    )
    supervisor = supervise(made, program, str(tmp_path / "died-once"))
    reached(supervisor, WorkerState.RESTARTING)
    reached(supervisor, WorkerState.READY)


def test_what_a_dead_child_left_behind_is_ended(made: list[Supervisor], tmp_path: Path) -> None:
    told = tmp_path / "session"
    program = (
        "import os, pathlib, subprocess, sys; told = pathlib.Path(sys.argv[1])\n"
        "if not told.exists():\n"
        "    subprocess.Popen(['sleep', '600'])\n"
        "    told.write_text(str(os.getpid())); os.abort()\n" + UNTIL_STDIN_ENDS
    )
    supervisor = supervise(made, program, str(told))
    reached(supervisor, WorkerState.READY)
    assert session_of(int(told.read_text())) == []


def test_stopping_before_anything_started(made: list[Supervisor]) -> None:
    supervisor = supervise(made, UNTIL_STDIN_ENDS)
    supervisor.stop()
    assert supervisor.state is WorkerState.STOPPED
