"""Starting Ray on this machine, or connecting to a cluster. Only the dispatcher's process does this."""

import logging
import os
import re
import secrets
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lessonproof.evidence.errors import ServiceUnreachableError
from lessonproof.storage.staging import make_folder

OBJECT_STORE_BYTES: Final = 512 << 20
"""Room for what travels between tasks: packet tables and sampled pictures of the segments in flight."""
_TOKEN_BYTES: Final = 32
_FOLDER_PREFIX: Final = "lessonproof-ray-"


@dataclass(frozen=True, slots=True)
class RaySettings:
    """Where work runs.

    Attributes:
        state_dir: folder for the token and for the trace that finds leftovers of a crash.
        address: a cluster to connect to; ``None`` starts Ray on this machine.
        cpus: processors to use on this machine; ``None`` takes all.
    """

    state_dir: Path
    address: str | None = None
    cpus: int | None = None


@contextmanager
def ray_session(settings: RaySettings) -> Iterator[None]:
    """Hold a connection to Ray while the block runs. To be entered in the main thread, before Ray is imported.

    A local Ray dies with this process, however it dies: the kernel kills its processes when their parent is gone.

    Raises:
        ServiceUnreachableError: Ray does not start, or the cluster does not answer.
    """
    make_folder(settings.state_dir)
    _set_environment(settings)
    import ray  # noqa: PLC0415 - reads the environment that was set above when it is imported

    temporary = None if settings.address is not None else _fresh_folder(settings.state_dir)
    try:
        if temporary is None:
            ray.init(address=settings.address, log_to_driver=False, logging_level=logging.WARNING)
        else:
            ray.init(
                num_cpus=settings.cpus,
                include_dashboard=False,
                log_to_driver=False,
                logging_level=logging.WARNING,
                object_store_memory=OBJECT_STORE_BYTES,
                _node_ip_address="127.0.0.1",
                _temp_dir=str(temporary),
            )
    except (OSError, RuntimeError, ValueError, ConnectionError) as error:
        raise ServiceUnreachableError(
            f"Ray does not start or does not answer: {error}", f"Ray 无法启动或无响应：{error}"
        ) from error
    try:
        yield
    finally:
        ray.shutdown()
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)


def _set_environment(settings: RaySettings) -> None:
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    # Results that nobody asks for after a failure are no news: the failure itself is recorded with the job.
    os.environ["RAY_IGNORE_UNHANDLED_ERRORS"] = "1"
    if settings.address is not None:
        return
    os.environ["RAY_AUTH_MODE"] = "token"
    os.environ["RAY_AUTH_TOKEN_PATH"] = str(_token_file(settings.state_dir))
    # Despite its name this is what lets a local Ray listen on loopback alone: with clusters enabled it takes the
    # address of the network card, whatever _node_ip_address says (ray/_private/services.py, resolve_ip_for_localhost).
    os.environ["RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER"] = "0"


def _token_file(folder: Path) -> Path:
    """A secret that only this user can read; written once."""
    path = folder / "ray-token"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, stat.S_IRUSR)
    except FileExistsError:
        return path
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(_TOKEN_BYTES))
    return path


def _fresh_folder(state_dir: Path) -> Path:
    """A new folder for Ray's sockets and logs, short because socket paths are; a crashed predecessor's is removed.

    Only a folder that this very data folder's record names is touched, so that other clusters are left alone.
    """
    record = state_dir / "ray-folder"
    if record.exists():
        name = record.read_text().strip()
        if re.fullmatch(rf"{_FOLDER_PREFIX}\w+", name):
            shutil.rmtree(Path(tempfile.gettempdir()) / name, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=_FOLDER_PREFIX))
    record.write_text(folder.name)
    return folder
