"""Running the service on this machine: lock, port, tables, dispatcher, HTTP, and a clean end."""

import contextlib
import fcntl
import logging
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Final

import uvicorn

from lessonproof.evidence.errors import InfrastructureError
from lessonproof.service.app import create_app
from lessonproof.service.composition import open_services
from lessonproof.service.dispatch import LOG_FORMAT
from lessonproof.service.settings import load_settings
from lessonproof.service.supervision import Supervisor
from lessonproof.storage.database import upgrade_database
from lessonproof.storage.staging import make_folder

GRACE_S: Final = 10
"""How long requests may take to end when the service stops; a cut upload can be sent again."""


class PortTakenError(InfrastructureError):
    """Another program listens on the port, or the address is not this machine's."""

    code: ClassVar[str] = "port_taken"


class DataFolderInUseError(InfrastructureError):
    """Another service works on the same data folder."""

    code: ClassVar[str] = "data_folder_in_use"


def run_service(environment: Mapping[str, str], tell: Callable[[str, str], None]) -> None:
    """Serve until SIGTERM or SIGINT.

    Args:
        environment: variables with the settings in them; the dispatcher's process gets the same.
        tell: shows a sentence, English and Chinese, to who started the service.

    Raises:
        SettingsError: a setting is unknown or out of bounds.
        PortTakenError: the address cannot be listened on.
        DataFolderInUseError: another service works on the data folder.
        InfrastructureError: the database or the store cannot be used.
    """
    settings = load_settings(environment)
    logging.basicConfig(level=logging.INFO, format=LOG_FORMAT)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    folder = settings.data_dir.absolute()
    make_folder(folder)
    with _locked(folder), contextlib.closing(_listen(settings.host, settings.port)) as listener:
        services = open_services(settings)
        upgrade_database(services.database)
        removed = services.store.sweep()
        if removed:
            tell(f"removed {removed} unfinished transfers of an earlier run", f"已清理 {removed} 个上次未完成的传输")
        tell("starting the analysis (Ray), this takes some 10 seconds", "正在启动检验引擎（Ray），约需 10 秒")
        supervisor = Supervisor([sys.executable, "-m", "lessonproof.service.dispatch"], environment)
        app = create_app(services, lambda: supervisor.state)
        server = uvicorn.Server(
            # No access log: addresses hold file names, and these hold names of people.
            uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=GRACE_S)
        )
        address = f"http://{_shown(settings.host)}:{settings.port}/"
        tell(f"LessonProof is at {address} (stop: Ctrl+C)", f"课证已启动：{address}（按 Ctrl+C 停止）")
        with _ending_here():
            supervisor.start()
            try:
                server.run(sockets=[listener])
            finally:
                tell("stopping; unfinished work goes on at the next start", "正在停止，未完成的检验将在下次启动后继续")
                supervisor.stop()
                services.database.close()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the data folder; the kernel lets go of it when this process ends, however it ends."""
    with (folder / "serve.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise DataFolderInUseError(
                f"another LessonProof service works on {folder}; stop it or name another folder (--data-dir)",
                f"已有另一个课证服务在使用 {folder}，请先停止它，或用 --data-dir 指定其他文件夹",
            ) from None
        yield


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise PortTakenError(
            f"cannot listen on {host}:{port} ({os.strerror(error.errno or 0)}); choose another one (--port)",
            f"无法监听 {host}:{port}（{os.strerror(error.errno or 0)}），请用 --port 指定其他端口",
        ) from error
    return listener


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextmanager
def _ending_here() -> Iterator[None]:
    """Let signals end the server and nothing else.

    uvicorn raises the signal that stopped it once more when it is done; by default that would end this process before
    the dispatcher has given its jobs back.
    """
    before = {number: signal.signal(number, lambda *_: None) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
