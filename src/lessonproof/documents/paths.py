"""Paths that stand inside a document: they lead into the document's own folder and nowhere else."""

import re
import stat
from pathlib import Path, PurePosixPath
from typing import Final

from lessonproof.documents.checking import expected

_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_STORED: Final = re.compile(r"sha256:[0-9a-f]{64}")


def is_stored(file: str) -> bool:
    """Whether ``file`` names an uploaded recording (``sha256:<digest>``) and no path."""
    return _STORED.fullmatch(file) is not None


def check_inner_path(file: str) -> str:
    """Return the path in its one normal form.

    Raises:
        PydanticCustomError: an address, an absolute path, a way out of the folder, or not a path at all.
    """
    parts = PurePosixPath(file).parts
    has_odd_text = "\\" in file or "\0" in file or _URL.match(file) is not None
    if has_odd_text or not parts or file.startswith("/") or ".." in parts:
        raise expected(
            "a path inside this file's folder, with /, such as recordings/T1.mp4 (no address, no .., no absolute path)",
            "本文件所在文件夹内的路径，用 / 分隔，例如 recordings/T1.mp4（不接受网址、..、绝对路径）",
        )
    return str(PurePosixPath(*parts))


def first_link(base_dir: Path, file: str) -> Path | None:
    """The first symbolic link on the way from ``base_dir`` to ``file``, or ``None``; a missing part ends the search."""
    current = base_dir
    for part in PurePosixPath(file).parts:
        current = current / part
        try:
            mode = current.lstat().st_mode
        except OSError:
            return None
        if stat.S_ISLNK(mode):
            return current
    return None
