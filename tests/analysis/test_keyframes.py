"""Numbers of random-access pictures."""

from dataclasses import replace

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.keyframes import (
    GRID_COLUMNS,
    GRID_ROWS,
    KeyframeFacts,
    KeyframeMeasurer,
    block_change,
    is_camera_recording,
    thin,
)
from tests.analysis.scenes import PEOPLE, room

GREY = np.full((180, 320), 90, np.uint8)


def measured(*pictures: NDArray[np.uint8]) -> KeyframeFacts:
    """Facts of the last of several pictures."""
    measurer = KeyframeMeasurer()
    return [measurer.see(number, picture)[0] for number, picture in enumerate(pictures)][-1]


def test_the_first_picture_has_nothing_to_compare_with() -> None:
    facts = measured(GREY)
    assert (facts.change_levels, facts.still_share, facts.equal_share, facts.moved_blocks) == (None, None, None, None)
    assert facts.time_ns == 0
    assert facts.mean_luma == pytest.approx(90)
    assert facts.spread_luma == pytest.approx(0)


def test_nor_has_a_picture_of_another_size() -> None:
    assert measured(GREY[:90], GREY).still_share is None


def test_the_same_picture_is_still_and_equal() -> None:
    facts = measured(GREY, GREY)
    assert (facts.change_levels, facts.still_share, facts.equal_share, facts.moved_blocks) == (0.0, 1.0, 1.0, 0)


@pytest.mark.parametrize("scale", [1, 5], ids=["small", "thinned"])
def test_sensor_noise_is_neither(scale: int) -> None:
    rng = np.random.default_rng(1)
    shape = (192 * scale, 320 * scale)
    wall = np.asarray(cv2.resize(room(), shape[::-1]), np.float32)
    first, second = (np.clip(wall + rng.normal(0, 2, shape), 0, 255).astype(np.uint8) for _ in range(2))
    facts = measured(first, second)
    assert facts.change_levels is not None
    assert facts.change_levels > 1
    assert (facts.still_share, facts.equal_share, facts.moved_blocks) == (0, 0, 0)


def test_people_who_moved_are_counted_in_blocks() -> None:
    elsewhere = [(left + 30, top) for left, top in PEOPLE[:2]] + list(PEOPLE[2:])
    before, after = (np.clip(room(places), 0, 255).astype(np.uint8) for places in (PEOPLE, elsewhere))
    facts = measured(before, after)
    assert facts.moved_blocks is not None
    assert 8 <= facts.moved_blocks <= 60


@given(st.integers(0, 40), st.sampled_from([(180, 320), (720, 1280), (96, 160), (181, 323)]))
def test_a_uniform_change_is_measured_in_levels(levels: int, shape: tuple[int, int]) -> None:
    before = np.full(shape, 100, np.uint8)
    change = block_change(before, before + np.uint8(levels))
    assert change.shape == (GRID_ROWS, GRID_COLUMNS)
    assert np.allclose(change, levels, atol=0.02)


def test_one_block_that_changes_is_one_block() -> None:
    after = GREY.copy()
    after[:10, :10] += 50  # the first of 18 x 32 blocks of 10 x 10 pixels
    change = block_change(GREY, after)
    assert change[0, 0] == pytest.approx(50)
    assert np.count_nonzero(change) == 1


def test_a_blurred_picture_is_less_sharp_and_a_thumbnail_comes_along() -> None:
    picture = np.clip(room(), 0, 255).astype(np.uint8)
    sharp, thumb = KeyframeMeasurer().see(0, picture)
    soft, _ = KeyframeMeasurer().see(0, np.asarray(cv2.GaussianBlur(picture, (0, 0), 3), np.uint8))
    assert soft.sharpness < 0.5 * sharp.sharpness
    assert thumb.shape == (36, 64)
    assert abs(float(thumb.mean()) - float(picture.mean())) < 1


@pytest.mark.parametrize("width", [640, 768, 1280, 1920, 3840])
def test_large_pictures_are_thinned_to_about_the_same_size(width: int) -> None:
    thinned = thin(np.zeros((width * 9 // 16, width), np.uint8))
    assert 427 <= thinned.shape[1] <= 960


def test_a_camera_shows_noise_and_a_screen_does_not() -> None:
    rng = np.random.default_rng(0)
    camera = [np.clip(room() + rng.normal(0, 2, (192, 320)), 0, 255).astype(np.uint8) for _ in range(4)]
    screen = [np.clip(room(), 0, 255).astype(np.uint8)] * 4
    for pictures, is_camera in ((camera, True), (screen, False)):
        measurer = KeyframeMeasurer()
        assert is_camera_recording([measurer.see(i, p)[0] for i, p in enumerate(pictures)]) is is_camera


def test_one_picture_alone_shows_nothing() -> None:
    assert not is_camera_recording([measured(GREY)])
    assert not is_camera_recording([])


def test_a_camera_that_is_frozen_for_long_is_still_a_camera_and_a_screen_that_turns_pages_a_screen() -> None:
    alive, frozen, page = (replace(measured(GREY, GREY), equal_share=share) for share in (0.01, 0.99, 0.2))
    assert is_camera_recording([*[alive] * 5, *[frozen] * 20])
    assert not is_camera_recording([*[alive] * 5, *[page] * 6, *[frozen] * 5])
    assert not is_camera_recording([*[frozen] * 5, alive, *[frozen] * 5, alive, *[frozen] * 3])
