from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.lessons import HonestEvent, HonestKind, LessonSpec
from benchmarks.lessons.lens import Lens
from benchmarks.lessons.sprites import Image
from benchmarks.lessons.timeline import Effect


@pytest.fixture
def quiet(tiny: LessonSpec) -> LessonSpec:
    """No clock and no drift: what differs is what the test is about."""
    return replace(tiny, clock=None, exposure_drift=0.0, teacher=False)


def luma(picture: Image) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return picture[: picture.shape[0] * 2 // 3].astype(np.int64)


def test_a_picture_depends_on_its_number_alone(tiny: LessonSpec) -> None:
    lens = Lens(tiny)
    first = lens.shoot(7, Effect.NONE, 0)
    lens.shoot(120, Effect.NONE, 0)
    np.testing.assert_array_equal(first, lens.shoot(7, Effect.NONE, 0))


def test_noise_is_fresh_in_each_frame_and_as_strong_as_asked(quiet: LessonSpec) -> None:
    lens = Lens(replace(quiet, noise=2.0))
    a, b = luma(lens.shoot(10, Effect.NONE, 0)), luma(lens.shoot(11, Effect.NONE, 0))
    wall = np.s_[2:30, 100:220]
    assert (a[wall] - b[wall]).std() / np.sqrt(2) == pytest.approx(2.0, rel=0.15)


def test_black_is_black_and_covered_is_dark_and_flat(quiet: LessonSpec) -> None:
    lens = Lens(quiet)
    black = lens.shoot(10, Effect.BLACK, 0)
    assert set(np.unique(black[:180])) == {16}
    assert set(np.unique(black[180:])) == {128}
    open_, covered = luma(lens.shoot(10, Effect.NONE, 0)), luma(lens.shoot(10, Effect.COVERED, 0))
    assert covered.mean() < 60 < open_.mean()
    assert covered.std() < 0.25 * open_.std()
    assert covered.std() > 0.5


def test_lights_go_off_and_on_again(quiet: LessonSpec) -> None:
    lens = Lens(replace(quiet, honest=(HonestEvent(HonestKind.LIGHTS_OFF, 2.0, 2.0),)))
    on, off, again = (luma(lens.shoot(k, Effect.NONE, 0)).mean() for k in (40, 60, 140))
    assert off < 0.75 * on
    assert again == pytest.approx(on, rel=0.02)


def test_a_knock_swings_the_view_and_lets_it_settle(quiet: LessonSpec) -> None:
    spec = replace(quiet, size=(1280, 720), honest=(HonestEvent(HonestKind.KNOCK, 2.0, 1.0),))
    lens = Lens(spec)
    offsets = []
    for index in range(45, 90):
        lens.shoot(index, Effect.NONE, 0)
        offsets.append(lens.offset_px)
    assert offsets[0] == (0, 0)
    assert max(abs(x) + abs(y) for x, y in offsets) >= 6
    assert len(set(offsets[-10:])) == 1
    assert all(x % 2 == 0 and y % 2 == 0 for x, y in offsets)


def test_the_clock_is_burned_in_where_the_truth_says(tiny: LessonSpec) -> None:
    lens = Lens(tiny)
    box = lens.clock_box()
    assert box is not None
    x0, y0, x1, y1 = box
    change = np.abs(luma(lens.shoot(5, Effect.NONE, 0)) - luma(lens.shoot(5, Effect.NONE, 3600 * 1_000_000_000)))
    assert change[y0:y1, x0:x1].max() > 100
    change[y0:y1, x0:x1] = 0
    assert not change.any()
