"""A covered lens and one out of focus, among lights, passers-by and autofocus."""

from collections.abc import Callable
from functools import cache

import cv2
import numpy as np
import pytest

from lessonproof.analysis.covered import CoveredSearch, find_covered
from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.keyframes import KeyframeMeasurer
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.findings import FindingKind
from tests.analysis.array_source import ArraySource
from tests.analysis.scenes import FRAME_NS, Picture, swaying, texture, window

FRAMES = 700
GOP = 25
FIRST, LAST = 300, 500
"""A stretch of eight seconds in which something happens."""

Change = Callable[[Picture], Picture]


def cloth(picture: Picture) -> Picture:
    soft = cv2.GaussianBlur(cv2.resize(picture, (16, 10), interpolation=cv2.INTER_AREA), (0, 0), 2.5)
    return np.asarray(cv2.resize(soft, (320, 192), interpolation=cv2.INTER_CUBIC) * 0.14 + 26, np.float32)


def tape(_: Picture) -> Picture:
    return np.full((192, 320), 210, np.float32)


def out_of_focus(picture: Picture) -> Picture:
    return np.asarray(cv2.GaussianBlur(picture, (0, 0), 9.0), np.float32)


def lights_out(picture: Picture) -> Picture:
    return np.asarray(16 + 0.25 * (picture - 16), np.float32)


def somebody_close(picture: Picture) -> Picture:
    near = picture.copy()
    near[10:, 60:260] = texture(77, 182, 200, cell_px=40) * 0.6
    return near


def hand_over_half(picture: Picture) -> Picture:
    half = picture.copy()
    half[:, :160] = 60
    return half


def unchanged(picture: Picture) -> Picture:
    return picture


def recording(change: Change, first: int, last: int) -> Callable[[int], Picture]:
    def picture_at(number: int) -> Picture:
        picture = change(swaying(number)) if first <= number <= last else swaying(number)
        return picture + np.random.default_rng(number).normal(0, 1.0, picture.shape).astype(np.float32)

    return picture_at


@cache
def shown(change: Change, first: int, last: int, gop: int) -> FrameWindow:
    return window(FRAMES, recording(change, first, last), keys=frozenset(range(0, FRAMES, gop)), noise=0)


def search(
    change: Change,
    *,
    first: int = FIRST,
    last: int = LAST,
    gop: int = GOP,
    jumps: tuple[int, ...] = (),
    frames: int = FRAMES,
) -> CoveredSearch:
    picture_at = recording(change, first, last)
    measurer = KeyframeMeasurer()
    seen = [measurer.see(i * FRAME_NS, np.clip(picture_at(i), 0, 255).astype(np.uint8)) for i in range(0, frames, gop)]
    thumbs = Thumbnails(np.array([f.time_ns for f, _ in seen], np.int64), np.stack([t for _, t in seen]))
    source = ArraySource(shown(change, first, last, gop))
    jumps_ns = [jump * FRAME_NS for jump in jumps]
    return find_covered(source, tuple(f for f, _ in seen), thumbs, frames * FRAME_NS, jumps_ns)


@pytest.mark.parametrize("change", [cloth, tape])
def test_a_covered_lens_is_found_to_the_frame(change: Change) -> None:
    found = search(change)
    (finding,) = found.findings
    assert finding.kind is FindingKind.COVERED
    assert finding.detail["how"] == "covered"
    assert finding.interval.start_ns == FIRST * FRAME_NS
    assert finding.interval.end_ns == (LAST + 1) * FRAME_NS
    assert found.reason is None
    assert 0 < found.decoded_ns <= 3 * GOP * FRAME_NS


def test_a_lens_out_of_focus_for_long_is_told_as_such() -> None:
    (finding,) = search(out_of_focus).findings
    assert finding.detail["how"] == "blurred"
    assert abs(finding.interval.start_ns - FIRST * FRAME_NS) <= GOP * FRAME_NS
    assert abs(finding.interval.end_ns - LAST * FRAME_NS) <= GOP * FRAME_NS


@pytest.mark.parametrize("change", [unchanged, lights_out, somebody_close, hand_over_half])
def test_what_happens_in_a_room_is_no_cover(change: Change) -> None:
    found = search(change)
    assert found.findings == ()
    assert found.reason is None


def test_a_lens_that_hunts_for_focus_is_no_cover() -> None:
    assert search(out_of_focus, first=300, last=380).findings == ()


def test_a_hand_that_passes_is_no_cover() -> None:
    assert search(tape, first=300, last=360).findings == ()


@pytest.mark.parametrize("jumps", [(390, 491), (390,), (491,)], ids=["both", "its-begin", "its-end"])
def test_a_cover_between_two_random_access_pictures_needs_a_jump(jumps: tuple[int, ...]) -> None:
    first, last = 390, 490
    unseen = search(tape, first=first, last=last, gop=125)
    assert unseen.findings == ()
    found = search(tape, first=first, last=last, gop=125, jumps=jumps)
    (finding,) = found.findings
    assert finding.interval.start_ns == first * FRAME_NS
    assert finding.interval.end_ns == (last + 1) * FRAME_NS
    assert found.reason is None


def test_a_jump_in_a_living_view_is_no_cover() -> None:
    assert search(unchanged, gop=125, jumps=(390,)).findings == ()


def test_pictures_far_apart_decide_nothing_though_there_are_enough() -> None:
    assert search(unchanged, gop=250, frames=2000).reason is None
    assert search(unchanged, gop=300, frames=2100).reason == "too_few_keyframes"


def test_too_few_pictures_decide_nothing() -> None:
    assert search(unchanged, gop=400).reason == "too_few_keyframes"


def test_a_wall_without_structure_decides_nothing() -> None:
    assert search(tape, first=0, last=FRAMES).reason == "no_usual_view"
