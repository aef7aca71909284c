"""From frames to arrays and JPEG."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.decoding import Decoded, decode_all
from lessonproof.media.index import index_recording
from lessonproof.media.pictures import jpeg_of, luma_of, rgb_of, upright_luma_of
from tests.media.clips import HEIGHT_PX, WIDTH_PX, Clip, write_clip
from tests.media.files import turned_clockwise


def half_bright(pixel_format: str) -> av.VideoFrame:
    """Left half bright."""
    grey = np.full((90, 160), 40, np.uint8)
    grey[:, :80] = 210
    return av.VideoFrame.from_ndarray(grey, format="gray").reformat(format=pixel_format)


@pytest.mark.parametrize("pixel_format", ["yuv420p", "yuvj420p", "yuv422p", "nv12", "gray", "rgb24", "yuv420p10le"])
def test_luma_of_any_layout(pixel_format: str) -> None:
    luma = luma_of(half_bright(pixel_format))
    assert luma.shape == (90, 160)
    assert luma.dtype == np.uint8
    assert int(luma[:, :70].min()) > 150
    assert int(luma[:, 90:].max()) < 80


@pytest.mark.parametrize(("long_side", "shape"), [(640, (90, 160, 3)), (80, (45, 80, 3)), (1, (2, 2, 3))])
def test_pictures_are_scaled_down_and_never_up(long_side: int, shape: tuple[int, int, int]) -> None:
    assert rgb_of(half_bright("yuv420p"), long_side).shape == shape


def test_a_phone_held_upright_is_shown_upright(tmp_path: Path) -> None:
    path = turned_clockwise(write_clip(tmp_path / "a.mp4", Clip(times_ms=[0, 100])))
    index = index_recording(path)
    (item, *_) = decode_all(path, index, Interval(0, NS_PER_S))
    assert isinstance(item, Decoded)
    rgb = rgb_of(item.frame, 640)
    assert rgb.shape == (WIDTH_PX, HEIGHT_PX, 3)
    assert np.array_equal(upright_luma_of(item.frame), np.rot90(luma_of(item.frame), k=-1))
    expected = np.rot90(luma_of(item.frame), k=-1).astype(np.int16)
    assert np.abs(rgb.mean(axis=2) - expected).mean() < 25
    assert np.corrcoef(rgb.mean(axis=2).ravel(), expected.ravel())[0, 1] > 0.99


def test_a_jpeg_can_be_read_again() -> None:
    rgb = rgb_of(half_bright("yuv420p"), 640)
    back = cv2.imdecode(np.frombuffer(jpeg_of(rgb), np.uint8), cv2.IMREAD_COLOR)
    assert back is not None
    assert np.abs(cv2.cvtColor(back, cv2.COLOR_BGR2RGB).astype(np.int16) - rgb).mean() < 4
