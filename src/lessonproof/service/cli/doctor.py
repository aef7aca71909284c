"""``lessonproof doctor``: what is installed, what is missing, and how to mend it."""

import importlib.metadata
import platform
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rich.table import Table

from lessonproof import __version__
from lessonproof.evidence.errors import LessonProofError
from lessonproof.service.cli.console import stdout_console
from lessonproof.service.counting import find_weights
from lessonproof.service.settings import Settings, describe_settings, load_settings

_CORE: Final = ("av", "opencv-python-headless", "numpy", "fastapi", "sqlalchemy", "minio")
_WORKER: Final = ("ray", "ultralytics", "torch", "openvino", "silero-vad")
_LOW_DISK_BYTES: Final = 20_000_000_000


@dataclass(frozen=True, slots=True)
class Check:
    """One line: what, whether it is well, what was seen, and how to mend it."""

    what: str
    is_well: bool
    seen: str
    mend: str = ""


def doctor() -> None:
    """Say what is installed, what is missing and how to mend it / 检查安装情况."""
    settings = load_settings()
    table = Table(box=None)
    for title in ("", "what / 项目", "seen / 现状", "how to mend / 处理办法"):
        table.add_column(title, overflow="fold")
    for check in checks(settings):
        table.add_row("ok" if check.is_well else "!!", check.what, check.seen, check.mend)
    console = stdout_console()
    console.print(table)
    console.print("\nSettings / 设置")
    for line in describe_settings(settings):
        console.print("  " + line, markup=False)


def checks(settings: Settings) -> Iterator[Check]:
    """All checks, in order."""
    yield Check("lessonproof", True, f"{__version__}, Python {platform.python_version()}, {platform.machine()}")
    for name in _CORE:
        yield _package(name, "pip install lessonproof")
    for name in _WORKER:
        yield _package(name, "pip install 'lessonproof[worker]'")
    yield _one_opencv()
    yield _weights(settings.models)
    yield _disk(settings.data_dir)


def _package(name: str, mend: str) -> Check:
    try:
        return Check(name, True, importlib.metadata.version(name))
    except importlib.metadata.PackageNotFoundError:
        return Check(name, False, "missing / 未安装", mend)


def _one_opencv() -> Check:
    found = [n for n in ("opencv-python", "opencv-python-headless", "opencv-contrib-python") if _is_installed(n)]
    mend = "pip uninstall opencv-python opencv-contrib-python; pip install --force-reinstall opencv-python-headless"
    return Check(
        "one OpenCV", found == ["opencv-python-headless"], ", ".join(found) or "none", "" if len(found) == 1 else mend
    )


def _is_installed(name: str) -> bool:
    try:
        importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def _weights(models_folder: Path | None) -> Check:
    try:
        found = find_weights(None, models_folder)
    except LessonProofError as error:
        return Check("weights / 权重", False, error.code, f"{error.en} / {error.zh}")
    return Check("weights / 权重", True, f"{found.model_id} ({found.origin.value})")


def _disk(data_dir: Path) -> Check:
    existing = next(folder for folder in (data_dir, *data_dir.absolute().parents) if folder.exists())
    free_bytes = shutil.disk_usage(existing).free
    mend = "an hour of 1080p video takes about 1 GB; free some space or set LESSONPROOF_DATA_DIR / 请清理磁盘空间"
    is_well = free_bytes >= _LOW_DISK_BYTES
    return Check("disk / 磁盘", is_well, f"{free_bytes / 1e9:.0f} GB free in {existing}", "" if is_well else mend)
