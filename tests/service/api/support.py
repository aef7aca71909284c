"""The application over a real database and store in a folder, without workers."""

import base64
import hashlib
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Thread

import uvicorn
from fastapi import FastAPI

from lessonproof.service.app import create_app
from lessonproof.service.composition import Services, open_services
from lessonproof.service.settings import load_settings
from lessonproof.service.supervision import WorkerState
from lessonproof.storage.database import upgrade_database
from tests.workers.support import CLASS_FILE, ToldClock

PATIENCE_S = 20.0
TWO_RECORDINGS = CLASS_FILE + "      - {file: recordings/第二机位.mp4, camera: back}\n"


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def content_digest(content: bytes) -> str:
    return f"sha-256=:{base64.b64encode(hashlib.sha256(content).digest()).decode()}:"


def services_in(folder: Path, **settings: str) -> Services:
    """Services in a folder; people are not counted, so that no weights are looked for."""
    values = {"data_dir": str(folder / "data"), "people": "false", "min_free_bytes": "0", **settings}
    services = open_services(load_settings({f"LESSONPROOF_{name.upper()}": value for name, value in values.items()}))
    upgrade_database(services.database)
    return replace(services, clock=ToldClock())


def app_of(services: Services) -> FastAPI:
    return create_app(services, lambda: WorkerState.READY)


def stored_files(services: Services) -> list[Path]:
    """Every file in the store, finished or not."""
    return [path for path in services.transfer_folder.rglob("*") if path.is_file()]


@contextmanager
def listening(app: FastAPI) -> Iterator[tuple[str, int]]:
    """A real server on a real socket, in a thread."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=5))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield listener.getsockname()
        finally:
            server.should_exit = True
            thread.join(PATIENCE_S)
