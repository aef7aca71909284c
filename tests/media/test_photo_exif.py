"""Time, place and device of EXIF blocks, and that nothing in one breaks anything."""

import io
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from lessonproof.media.photo_exif import read_exif


def jpeg(exif: Image.Exif | None = None, extension: str = "JPEG") -> bytes:
    buffer = io.BytesIO()
    picture = Image.fromarray(np.zeros((8, 8, 3), np.uint8))
    picture.save(buffer, extension, **({} if exif is None else {"exif": exif}))
    return buffer.getvalue()


def block(
    plain: dict[int, Any], exposure: dict[int, Any] | None = None, gps: dict[int, Any] | None = None
) -> Image.Exif:
    exif = Image.Exif()
    for tag, value in plain.items():
        exif[tag] = value
    if exposure is not None:
        exif.get_ifd(34665).update(exposure)
    if gps is not None:
        exif.get_ifd(34853).update(gps)
    return exif


def degrees(*parts: tuple[int, int]) -> tuple[IFDRational, ...]:
    return tuple(IFDRational(over, under) for over, under in parts)


def test_time_place_and_device() -> None:
    place = {1: "N", 2: degrees((29, 1), (30, 1), (36, 1)), 3: "W", 4: degrees((120, 1), (0, 1), (0, 1))}
    found = read_exif(jpeg(block({271: "Maker", 272: "Phone 3"}, {36867: "2026:04:08 09:10:15"}, place)))
    assert found.taken_s == 1775639415
    assert (found.latitude_deg, found.longitude_deg) == (29.51, -120.0)
    assert found.device == "Maker Phone 3"
    assert found.reason is None


def test_the_exposure_goes_before_the_file() -> None:
    found = read_exif(jpeg(block({306: "2026:04:09 00:00:00"}, {36867: "2026:04:08 09:10:15"})))
    assert found.taken_s == 1775639415
    assert read_exif(jpeg(block({306: "2026:04:08 09:10:15"}))).taken_s == 1775639415


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        pytest.param(jpeg(), "no_exif", id="jpeg-without"),
        pytest.param(jpeg(extension="PNG"), "no_exif", id="png-without"),
        pytest.param(jpeg(block({271: "Maker"})), "exif_no_time", id="no-time"),
        pytest.param(jpeg(block({306: "    :  :     :  :  "})), "exif_no_time", id="blank-time"),
        pytest.param(jpeg(block({306: "2026:13:08 09:10:15"})), "exif_no_time", id="no-such-month"),
        pytest.param(b"no picture", "exif_damaged", id="no-picture"),
    ],
)
def test_an_unknown_time_has_a_reason(content: bytes, reason: str) -> None:
    found = read_exif(content)
    assert (found.taken_s, found.reason) == (None, reason)


@pytest.mark.parametrize(
    "latitude",
    [degrees((91, 1), (0, 1), (0, 1)), degrees((1, 0), (0, 1), (0, 1)), degrees((1, 1))],
    ids=["beyond-the-pole", "divided-by-zero", "too-few"],
)
def test_a_place_that_is_none(latitude: object) -> None:
    place = {1: "N", 2: latitude, 3: "E", 4: degrees((120, 1), (0, 1), (0, 1))}
    found = read_exif(jpeg(block({271: "Maker"}, None, place)))
    assert (found.latitude_deg, found.longitude_deg) == (None, None)


WHOLE = jpeg(
    block(
        {271: "Maker", 306: "2026:04:08 09:10:15"},
        {36867: "2026:04:08 09:10:15"},
        {1: "N", 2: degrees((29, 1), (30, 1), (36, 1)), 3: "E", 4: degrees((120, 1), (0, 1), (0, 1))},
    )
)


@given(st.lists(st.tuples(st.integers(2, 400), st.integers(0, 255)), max_size=12), st.integers(0, len(WHOLE)))
def test_hostile_blocks_break_nothing(changes: list[tuple[int, int]], length: int) -> None:
    content = bytearray(WHOLE)
    for place, value in changes:
        content[min(place, len(content) - 1)] = value
    found = read_exif(bytes(content[:length]))
    assert (found.taken_s is None) == (found.reason is not None)


@given(st.binary(max_size=300))
def test_hostile_tags_break_nothing(tags: bytes) -> None:
    """A JPEG whose whole EXIF block is arbitrary bytes behind a valid head."""
    body = b"Exif\0\0" + b"II*\0\x08\0\0\0" + tags
    content = b"\xff\xd8\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body + jpeg()[2:]
    found = read_exif(content)
    assert found.device is None or found.device.isprintable()
