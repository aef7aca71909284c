"""The dispatcher's process, started by ``serve``: owns Ray, takes jobs, ends with the process that started it."""

import contextlib
import fcntl
import logging
import os
import secrets
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread, Timer
from typing import Final

from lessonproof.evidence.errors import LessonProofError
from lessonproof.service.composition import Services, open_services, store_spec
from lessonproof.service.reports.render import render_report
from lessonproof.service.settings import Settings, load_settings
from lessonproof.service.supervision import READY_LINE, STOP_S
from lessonproof.workers.dispatcher import Dispatcher
from lessonproof.workers.execution import StoredWork
from lessonproof.workers.ray_session import RaySettings, ray_session
from lessonproof.workers.registers import Registers

_LOG: Final = logging.getLogger(__name__)
_STDIN: Final = 0
_BLOCK_BYTES: Final = 4096
LOG_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"


def main() -> int:
    """Run until standard input ends or SIGTERM comes."""
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    Thread(target=_end_with_parent, args=(stop,), name="parent", daemon=True).start()
    try:
        settings = load_settings()
        with _alone(settings.data_dir.absolute() / "dispatcher.lock"):
            _dispatch(settings, stop)
    except LessonProofError as error:
        _LOG.error("%s", error)
        return 1
    return 0


def _dispatch(settings: Settings, stop: Event) -> None:
    services = open_services(settings)
    ray_settings = RaySettings(settings.data_dir.absolute() / "ray", settings.ray_address, settings.cpus)
    with ray_session(ray_settings):
        dispatcher = build_dispatcher(services)
        # One lock file for one data folder: whoever held jobs of the embedded database before is dead.
        dispatcher.recover(is_alone=settings.database_url is None)
        with contextlib.suppress(BrokenPipeError):  # the supervisor is dead: ``stop`` is about to be set
            print(READY_LINE, flush=True)  # noqa: T201 - to the supervisor
        dispatcher.run(stop)


def build_dispatcher(services: Services) -> Dispatcher:
    """The dispatcher of a connected Ray."""
    # Imports Ray, which reads its environment when it is imported.
    from lessonproof.workers.stages_ray import RayAnalyser  # noqa: PLC0415

    executor = StoredWork(
        database=services.database,
        store=services.store,
        analyser=RayAnalyser(store_spec(services.settings), services.analysis),
        registers=Registers(
            services.database,
            services.store,
            services.settings.fingerprint_index,
            services.settings.data_dir.absolute() / "fingerprints",
        ),
        rules=services.rules,
        render_report=render_report,
        clock=services.clock,
    )
    return Dispatcher(
        database=services.database,
        executor=executor,
        work=services.work,
        clock=services.clock,
        owner=f"{socket.gethostname()}/{os.getpid()}/{secrets.token_hex(4)}",
        parallel_jobs=services.settings.parallel_jobs,
    )


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock file; waits for a predecessor that is still giving its jobs back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _end_with_parent(stop: Event) -> None:
    """Wait for the end of standard input; then there is a limited time to stop in good order."""
    # Not by way of sys.stdin: its lock, held by this thread, would be in the way when the interpreter ends.
    while os.read(_STDIN, _BLOCK_BYTES):
        pass
    stop.set()
    last = Timer(STOP_S, lambda: os._exit(1))
    last.daemon = True
    last.start()


if __name__ == "__main__":
    sys.exit(main())
