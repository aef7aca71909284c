import struct
from pathlib import Path

import cv2
import numpy as np
import pytest

from lessonproof.evidence.sheet_errors import PhotoUnreadableError
from lessonproof.media.photos import MAX_PIXELS, decode_photo, read_photo

RGB = np.zeros((40, 60, 3), np.uint8)
RGB[:, :30] = (200, 20, 10)


def _encoded(extension: str) -> bytes:
    done, data = cv2.imencode(extension, cv2.cvtColor(RGB, cv2.COLOR_RGB2BGR))
    assert done
    return bytes(data)


@pytest.mark.parametrize("extension", [".png", ".jpg"])
def test_pictures_come_back_red_first(extension: str) -> None:
    rgb = decode_photo(_encoded(extension), "a")
    assert rgb.shape == RGB.shape
    assert np.abs(rgb[:, :25].astype(int) - RGB[:, :25]).max() < 12


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GIF89a",
        b"\xff\xd8\xff",
        b"\xff\xd8\xff\xe0\x00\x00\x00",
        b"\x89PNG\r\n\x1a\n" + bytes(30),
        _encoded(".png")[:60],
        b"<svg/>",
    ],
)
def test_what_is_no_picture_is_refused(content: bytes) -> None:
    with pytest.raises(PhotoUnreadableError, match=r"^photo\.jpg: "):
        decode_photo(content, "photo.jpg")


def test_a_bomb_is_refused_by_its_header() -> None:
    side = int(MAX_PIXELS**0.5) + 1
    png = bytearray(_encoded(".png"))
    png[16:24] = struct.pack(">II", side, side)
    with pytest.raises(PhotoUnreadableError, match="pixels"):
        decode_photo(bytes(png), "a")


def test_only_regular_files_are_opened(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(_encoded(".png"))
    (tmp_path / "link.png").symlink_to(tmp_path / "a.png")
    assert read_photo(tmp_path / "a.png", "a.png").shape == RGB.shape
    for name in ("link.png", "missing.png", "."):
        with pytest.raises(PhotoUnreadableError):
            read_photo(tmp_path / name, name)
