"""Keeping the dispatcher's process alive: it owns Ray and may die with it; the API must not."""

import contextlib
import logging
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from enum import StrEnum
from threading import Event, Lock, Thread
from typing import Final

_LOG: Final = logging.getLogger(__name__)
READY_LINE: Final = "ready"
"""What the child prints when it takes jobs."""
STOP_S: Final = 30.0
"""How long the child may take to give its jobs back and stop Ray."""
_FIRST_WAIT_S: Final = 1.0
_LONGEST_WAIT_S: Final = 60.0


class WorkerState(StrEnum):
    """Whether jobs are being done."""

    STARTING = "starting"
    READY = "ready"
    RESTARTING = "restarting"
    STOPPED = "stopped"


class Supervisor:
    """Runs a child process, and runs it again whenever it ends.

    The child watches its standard input: it ends when this process does, however that happens.

    Args:
        command: the child.
        environment: its environment.
    """

    def __init__(self, command: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = list(command)
        self._environment = dict(environment)
        self._state = WorkerState.STARTING
        self._stopping = Event()
        self._lock = Lock()
        self._child: subprocess.Popen[str] | None = None
        self._thread = Thread(target=self._watch, name="supervisor", daemon=True)

    @property
    def state(self) -> WorkerState:
        """Whether jobs are being done."""
        return self._state

    def start(self) -> None:
        """Start the child; returns at once."""
        self._thread.start()

    def stop(self) -> None:
        """End the child in good order, and by force where that takes too long."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None and child.stdin is not None:
            with contextlib.suppress(OSError):
                child.stdin.close()
        self._thread.join(STOP_S)
        if child is not None and self._thread.is_alive():
            _kill_group(child)
            self._thread.join()

    def _watch(self) -> None:
        wait_s = _FIRST_WAIT_S
        while not self._stopping.is_set():
            was_ready = self._run_once()
            if self._stopping.is_set():
                break
            wait_s = _FIRST_WAIT_S if was_ready else min(2 * wait_s, _LONGEST_WAIT_S)
            _LOG.error("the dispatcher ended; starting it again in %.0f s", wait_s)
            self._stopping.wait(wait_s)
        self._state = WorkerState.STOPPED

    def _run_once(self) -> bool:
        """Run the child to its end; whether it had come as far as taking jobs."""
        with self._lock:
            if self._stopping.is_set():
                return False
            child = self._child = subprocess.Popen(  # noqa: S603 - our own program
                self._command,
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        with child:
            # In a thread: what the child started may hold the other end of this pipe beyond the child's own end.
            reader = Thread(target=self._read, args=(child,), name="supervisor-reader", daemon=True)
            reader.start()
            # The child stays unreaped until its group is killed: until then nobody else can get the group's number.
            os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
            _kill_group(child)
            reader.join()
        was_ready = self._state is WorkerState.READY
        self._state = WorkerState.RESTARTING
        return was_ready

    def _read(self, child: "subprocess.Popen[str]") -> None:
        for line in child.stdout or ():
            if line.strip() == READY_LINE:
                self._state = WorkerState.READY


def _kill_group(child: "subprocess.Popen[str]") -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)
