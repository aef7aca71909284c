"""What is new in a picture once light and camera are taken out."""

import itertools

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.structure import block_jump, block_jumps, deviation, moved_blocks, small_picture
from tests.analysis.scenes import PEOPLE, Picture, room, texture


def structure_of(picture: Picture) -> Picture:
    return deviation(small_picture(np.clip(picture, 0, 255).astype(np.uint8)))


ROOM = structure_of(room())


def test_the_same_picture_has_nothing_new() -> None:
    assert block_jump(ROOM, ROOM).max() < 0.01
    assert moved_blocks(ROOM, ROOM) == 0


@given(st.floats(0.5, 1.2), st.floats(-20, 20))
def test_light_makes_nothing_new(gain: float, offset: float) -> None:
    assert moved_blocks(ROOM, structure_of(room() * np.float32(gain) + np.float32(offset))) <= 2


@pytest.mark.parametrize(("dx", "dy"), [(2, 0), (0, 2), (4, -2), (-8, 6)])
def test_a_camera_that_shifts_shows_nothing_new(dx: int, dy: int) -> None:
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    moved = cv2.warpAffine(room(), shift, (320, 192), borderMode=cv2.BORDER_REPLICATE)
    assert moved_blocks(ROOM, structure_of(np.asarray(moved, np.float32))) <= 24  # the border is new indeed


def test_another_scene_is_new_everywhere() -> None:
    assert moved_blocks(ROOM, structure_of(texture(55))) > 200


def test_one_person_who_moves_is_a_few_blocks() -> None:
    elsewhere = [(PEOPLE[0][0] + 20, PEOPLE[0][1]), *PEOPLE[1:]]
    assert 3 <= moved_blocks(ROOM, structure_of(room(elsewhere))) <= 30


def test_a_series_is_measured_as_its_pairs_are() -> None:
    small = np.stack([small_picture(np.clip(texture(seed), 0, 255).astype(np.uint8)) for seed in (3, 3, 4)])
    jumps = block_jumps(small)
    pairs = [block_jump(deviation(a), deviation(b)) for a, b in itertools.pairwise(small)]
    np.testing.assert_array_equal(jumps, np.stack(pairs))


@pytest.mark.parametrize("size", [(1080, 1920), (1920, 1080), (360, 640), (96, 160), (50, 90)])
def test_a_large_picture_is_averaged_whatever_its_shape(size: tuple[int, int]) -> None:
    rows = np.repeat(np.linspace(0, 200, size[0]).astype(np.uint8)[:, None], size[1], axis=1)
    small = small_picture(rows)
    assert small.shape == (96, 160)
    assert np.abs(small[:, 0].astype(float) - np.linspace(1, 199, 96)).max() < 4
