"""Figures that never move are told from people who do."""

from dataclasses import replace

import numpy as np
import pytest

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_places import find_places
from lessonproof.analysis.people_statics import (
    LEAST_SAMPLES,
    LEAST_SPAN_NS,
    STILL_LEVELS,
    is_steady,
    static_places,
    step_is_still,
)
from tests.analysis.people_scenes import PERIOD_NS, THRESHOLD, Figure, picture, sitting, together

ENOUGH = LEAST_SPAN_NS // PERIOD_NS + 1


def number_of_statics(seen: tuple[SeenPeople, ...]) -> int:
    return len(static_places(seen, find_places(seen, THRESHOLD)))


def test_who_lives_moves_and_a_poster_does_not() -> None:
    assert number_of_statics(together(sitting(ENOUGH, 0.1, alive=False), sitting(ENOUGH, 0.5))) == 1


def test_less_than_five_minutes_prove_nothing() -> None:
    assert number_of_statics(together(sitting(ENOUGH - 1, 0.1, alive=False))) == 0


def test_few_pictures_prove_nothing() -> None:
    def at_intervals(samples: int) -> tuple[SeenPeople, ...]:
        return tuple(picture(k * (LEAST_SPAN_NS // (LEAST_SAMPLES - 2)), [Figure(0.1)]) for k in range(samples))

    assert number_of_statics(at_intervals(LEAST_SAMPLES - 1)) == 0
    assert number_of_statics(at_intervals(LEAST_SAMPLES)) == 1


def test_somebody_who_moves_now_and_then_is_no_poster() -> None:
    """One move in five samples is enough to tell that somebody lives."""
    seen = together([[Figure(0.1, look=k // 5)] for k in range(ENOUGH)])
    assert number_of_statics(seen) == 0


def test_somebody_who_stands_in_front_of_a_poster_once_does_not_make_it_live() -> None:
    seen = together([[Figure(0.1, look=int(k == 10))] for k in range(2 * ENOUGH)])
    assert number_of_statics(seen) == 1


def test_a_box_that_wanders_is_no_poster() -> None:
    seen = together([[Figure(0.1 + 0.0005 * k)] for k in range(2 * ENOUGH)])
    assert number_of_statics(seen) == 0


def test_a_box_that_trembles_is_a_poster_all_the_same() -> None:
    """The same part of every picture is compared, wherever the detector draws the box this time."""
    rng = np.random.default_rng(5)
    still = together([[Figure(0.1)] for _ in range(2 * ENOUGH)])
    trembling = tuple(
        replace(shown, boxes_xyxy=(shown.boxes_xyxy + rng.uniform(-0.003, 0.003, (1, 4))).astype(np.float32))
        for shown in still
    )
    assert number_of_statics(trembling) == 1


def boxes(jitter: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    rng = np.random.default_rng(1)
    return (np.array([0.2, 0.2, 0.4, 0.6]) + rng.uniform(-jitter, jitter, (30, 4))).astype(np.float32)


def test_a_tremble_is_steady_and_a_slip_does_not_count() -> None:
    assert is_steady(boxes(0.005))
    assert not is_steady(boxes(0.05))
    slipped = boxes(0.005)
    slipped[3] += 0.3
    assert is_steady(slipped)


def test_boxes_without_size_are_no_error() -> None:
    assert is_steady(np.zeros((5, 4), np.float32))


def test_in_a_dark_room_nobody_is_a_poster() -> None:
    """Where all cells are alike, a move could not show."""

    def dim(shown: SeenPeople) -> SeenPeople:
        return replace(shown, luma=(20 + shown.luma // 12).astype(np.uint8))

    bright = together(sitting(ENOUGH, 0.1), sitting(ENOUGH, 0.5, alive=False))
    assert number_of_statics(bright) == 1
    assert number_of_statics(tuple(dim(shown) for shown in bright)) == 0


@pytest.mark.parametrize("change", [30, -30], ids=["brighter", "darker"])
def test_light_that_changes_is_no_movement(change: int) -> None:
    look = np.random.default_rng(2).integers(60, 180, (16, 12))
    assert step_is_still(np.stack([look, look + change]).astype(np.uint8)).tolist() == [True]


def test_noise_is_no_movement_and_a_raised_arm_is() -> None:
    rng = np.random.default_rng(3)
    look = rng.integers(60, 180, (16, 12))
    noisy = look + rng.normal(0, STILL_LEVELS / 4, look.shape)
    raised = noisy.copy()
    raised[:4, :4] += 60
    steps = step_is_still(np.stack([look, noisy, raised, raised]).astype(np.uint8))
    assert steps.tolist() == [True, False, True]
