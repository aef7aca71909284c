"""Still pictures that people hand in: JPEG and PNG, size told from the header before a byte is decoded."""

import os
import stat
import struct
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.sheet_errors import PhotoUnreadableError

MAX_BYTES: Final = 64 << 20
MAX_PIXELS: Final = 120_000_000
"""Phones make up to 108 megapixels."""
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_FRAME_MARKERS: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def read_photo(path: Path, name: str) -> NDArray[np.uint8]:
    """Decode a picture file.

    Args:
        path: a regular file; links are not followed.
        name: what the user calls it.

    Returns:
        Shape ``(H, W, 3)``, red green blue, turned as its EXIF orientation says.

    Raises:
        PhotoUnreadableError: it cannot be opened, is no JPEG or PNG, is damaged, or is too large.
    """
    return decode_photo(photo_bytes(path, name), name)


def decode_photo(content: bytes, name: str) -> NDArray[np.uint8]:
    """Decode a picture.

    Args:
        content: JPEG or PNG.
        name: what the user calls it.

    Raises:
        PhotoUnreadableError: as :func:`read_photo`.
    """
    size = _png_size(content) if content.startswith(_PNG) else _jpeg_size(content)
    if size is None:
        raise PhotoUnreadableError(f"{name}: no JPEG or PNG picture", f"{name}：不是 JPEG 或 PNG 图片")
    width, height = size
    if not 0 < width * height <= MAX_PIXELS:
        raise PhotoUnreadableError(
            f"{name}: {width} x {height} pixels; at most {MAX_PIXELS:,} in all",
            f"{name}：{width} x {height} 像素，总数最多 {MAX_PIXELS:,}",
        )
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    except cv2.error:
        picture = None
    if picture is None:
        raise PhotoUnreadableError(f"{name}: the picture is damaged", f"{name}：图片已损坏")
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)


def photo_bytes(path: Path, name: str) -> bytes:
    """The bytes of a picture file, not decoded; arguments and errors as for :func:`read_photo`."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    except OSError as error:
        raise PhotoUnreadableError(
            f"{name}: cannot be opened: {error.strerror}", f"{name}：无法打开（{error.strerror}）"
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise PhotoUnreadableError(f"{name}: not a regular file", f"{name}：不是普通文件")
    with os.fdopen(descriptor, "rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise PhotoUnreadableError(
            f"{name}: larger than {MAX_BYTES >> 20} MiB", f"{name}：文件超过 {MAX_BYTES >> 20} MiB"
        )
    return content


def _png_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of the IHDR chunk, which comes first (ISO/IEC 15948, 11.2.2)."""
    if len(content) < 24 or content[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def _jpeg_size(content: bytes) -> tuple[int, int] | None:
    """Width and height of the frame header (ISO/IEC 10918-1, B.2.2)."""
    at = 2 if content.startswith(_JPEG) else len(content)
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
        elif marker in _FRAME_MARKERS:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return width, height
        else:
            (length,) = struct.unpack(">H", content[at + 2 : at + 4])
            at += 2 + max(length, 2)
    return None
