"""A frozen stretch against a room in which nobody moves, as arrays."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.still_witnesses import StillWitnesses, measure_witnesses
from lessonproof.analysis.structure import small_picture
from tests.analysis.scenes import PEOPLE, Picture, room, swaying

FRAMES = 160
FIRST, END = 60, 120
SHIFT_PX = 30

Places = Callable[[int], list[tuple[int, int]]]


def measured(picture_at: Callable[[int], Picture], *, noise: Callable[[int], float]) -> StillWitnesses:
    rng = np.random.default_rng(3)
    pictures: list[NDArray[np.uint8]] = []
    for number in range(FRAMES):
        picture = picture_at(number)
        noisy = picture + rng.normal(0, noise(number), picture.shape)
        pictures.append(small_picture(np.clip(np.round(noisy), 0, 255).astype(np.uint8)))
    small = np.stack(pictures)
    keys = np.arange(FRAMES) % 40 == 0
    return measure_witnesses(small, keys, (FIRST, END), np.ones(small.shape[1:], np.bool_))


def moved_by(pixels: int) -> Picture:
    return room([(left + pixels, top) for left, top in PEOPLE])


def everywhere(level: float) -> Callable[[int], float]:
    return lambda _: level


def gone_inside(number: int) -> float:
    return 0.0 if FIRST <= number < END else 2.0


def test_people_who_stand_elsewhere_in_the_next_frame_moved_while_the_picture_stood() -> None:
    found = measured(lambda number: moved_by(0 if number < END else SHIFT_PX), noise=everywhere(0.0))
    assert found.world_went_on
    assert found.end_step_share is not None
    assert found.next_step_share == 0
    assert found.end_step_share > 0.02


def test_people_who_walk_on_prove_nothing() -> None:
    """They start from standing, and every step is as large as the first."""
    found = measured(lambda number: moved_by(max(0, number - END + 1) * 4), noise=everywhere(0.0))
    assert found.end_step_share is not None
    assert found.end_step_share > 0.004
    assert not found.world_went_on


def test_a_lamp_that_is_switched_on_proves_nothing() -> None:
    found = measured(lambda number: moved_by(0) + (0 if number < END else 30), noise=everywhere(0.0))
    assert found.end_step_share is not None
    assert found.end_step_share > 0.9
    assert not found.world_went_on


def test_something_near_that_fills_the_picture_elsewhere_is_no_lamp() -> None:
    """As close to a running belt: brighter here, darker there."""
    near = np.asarray(np.random.default_rng(8).uniform(30, 220, (24, 40)), np.float32)
    shown = np.kron(near, np.ones((8, 8), np.float32))
    found = measured(lambda number: shown if number < END else np.roll(shown, 80, axis=1), noise=everywhere(0.0))
    assert found.end_step_share is not None
    assert found.end_step_share > 0.5
    assert found.brighter_share == pytest.approx(0.5, abs=0.15)
    assert found.world_went_on


def test_noise_that_is_there_beside_and_gone_inside_proves_a_freeze() -> None:
    found = measured(lambda _: moved_by(0), noise=gone_inside)
    assert found.noise_beside is not None
    assert found.noise_beside > 0.05
    assert found.noise_inside == 0
    assert found.noise_is_gone
    assert not found.world_went_on


@pytest.mark.parametrize("level", [0.0, 2.0], ids=["no-noise-at-all", "noise-throughout"])
def test_a_quiet_room_is_the_same_beside(level: float) -> None:
    found = measured(lambda _: moved_by(0), noise=everywhere(level))
    assert not found.noise_is_gone
    assert not found.world_went_on


def test_a_stretch_that_reaches_the_windows_end_has_no_end_to_look_at() -> None:
    small = np.stack([small_picture(np.clip(swaying(n), 0, 255).astype(np.uint8)) for n in range(40)])
    found = measure_witnesses(small, np.zeros(40, np.bool_), (20, 40), np.ones(small.shape[1:], np.bool_))
    assert found.end_step_share is None
    assert not found.world_went_on


def test_places_that_are_left_out_say_nothing() -> None:
    small = np.full((80, 96, 160), 90, np.uint8)
    small[40:, :20, :40] = 200  # a clock's line changes
    seen = np.ones((96, 160), np.bool_)
    keys = np.zeros(80, np.bool_)
    assert measure_witnesses(small, keys, (10, 40), seen).world_went_on
    seen[:20, :40] = False
    assert not measure_witnesses(small, keys, (10, 40), seen).world_went_on
