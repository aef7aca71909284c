"""Small files that people write, read whole: regular files only, with a size limit, decoded without guessing twice."""

import errno
import os
import stat
from pathlib import Path
from typing import Final

from lessonproof.evidence.errors import DocumentError

_UNOPENABLE: Final = frozenset(
    {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EISDIR, errno.ENXIO, errno.ENAMETOOLONG, errno.ELOOP}
)


def read_small_file(path: Path, name: str, max_bytes: int, *, follow_links: bool = True) -> bytes:
    """Read a file of at most ``max_bytes``.

    Args:
        path: where it lies.
        name: what the user calls it.
        max_bytes: more than this is refused.
        follow_links: whether the path may be a symbolic link; not for a path that stands inside another file.

    Raises:
        DocumentError: it cannot be opened, is no regular file, or is too large.
    """
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | (0 if follow_links else os.O_NOFOLLOW)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno not in _UNOPENABLE:
            raise
        raise DocumentError(
            f"{name}: cannot be opened: {error.strerror}", f"{name}：无法打开（{error.strerror}）"
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise DocumentError(f"{name}: not a regular file", f"{name}：不是普通文件")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(max_bytes + 1)
    if len(content) > max_bytes:
        raise DocumentError(
            f"{name}: larger than the {max_bytes:,} bytes that are expected at most",
            f"{name}：文件过大，最多 {max_bytes:,} 字节",
        )
    return content


def decode_utf8(content: bytes, name: str) -> str:
    """Text of a UTF-8 file, with or without a byte-order mark.

    Raises:
        DocumentError: not UTF-8; the message names the line.
    """
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(
            f"{name}:{line}: not UTF-8 text; save the file as UTF-8", f"{name}:{line}：不是 UTF-8 文本，请另存为 UTF-8"
        ) from error
