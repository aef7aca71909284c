import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.station_registration import (
    Known,
    Placement,
    prepare,
    projected,
    register,
    seen,
    shows_nothing,
)
from tests.analysis.station_rooms import matrix_of, room, taken, turned, with_box

START = Known([np.eye(3)])
POINTS = np.array([[60.0, 60.0], [240.0, 135.0], [380.0, 200.0]])


def _error_px(found: Placement, wanted: NDArray[np.float64]) -> float:
    return float(np.abs(projected(found.matrix, POINTS) - projected(wanted, POINTS)).max())


def test_a_camera_that_stands_is_where_it_was() -> None:
    found = register(prepare(room()), taken(room(), gain=0.6), Known([np.eye(3)], best_share=0.9))
    assert found is not None
    assert found.share > 0.8
    assert np.array_equal(found.matrix, np.eye(3)), "no search where the old place agrees"


@pytest.mark.parametrize(("dx_px", "dy_px", "degrees"), [(40, 10, 0), (-120, 0, 2), (0, 30, -6)])
def test_a_moved_camera_is_registered_again(dx_px: float, dy_px: float, degrees: float) -> None:
    found = register(prepare(room()), taken(turned(room(), dx_px, dy_px, degrees)), START)
    assert found is not None
    assert _error_px(found, matrix_of(dx_px, dy_px, degrees)) < 3


@pytest.mark.parametrize("dx_px", [6, 12])
def test_a_camera_that_moved_by_little_is_not_left_at_its_old_place(dx_px: int) -> None:
    """The old place still agrees in part, so that nothing but a better one tells."""
    picture = taken(turned(room(), dx_px))
    reference = prepare(room())
    still = register(reference, taken(room()), START)
    assert still is not None
    found = register(reference, picture, Known([still.matrix], best_share=still.share))
    assert found is not None
    assert found.share > 0.8
    assert _error_px(found, matrix_of(dx_px)) < 1


def test_a_picture_is_found_by_a_later_one_of_the_same_lamps() -> None:
    """Where hardly anything of the reference's features is left, today's pictures lead to each other."""
    today = with_box(room(), (0, 0, 480, 120), seed=40)
    moved = turned(today, 60, 20)
    reference = prepare(room())
    first = register(reference, taken(today), START)
    assert first is not None
    last = seen(taken(today), first.matrix)
    found = register(reference, taken(moved, seed=1), Known([first.matrix], first.share, last))
    assert found is not None
    assert _error_px(found, matrix_of(60, 20)) < 2


def test_another_room_is_refused() -> None:
    reference = prepare(room())
    assert register(reference, taken(room(seed=77)), START) is None
    assert register(reference, np.full((270, 480), 90, np.uint8), START) is None


def test_what_people_hide_is_no_sign_against_a_place() -> None:
    hidden = with_box(room(), (0, 0, 370, 270))
    boxes = np.array([[0, 0, 370, 270]], np.float32)
    reference = prepare(room())
    assert register(reference, taken(hidden), START) is None
    assert register(reference, taken(hidden), START, boxes) is not None


def test_darkness_shows_nothing() -> None:
    assert shows_nothing(np.full((270, 480), 8, np.uint8))
    assert not shows_nothing(room())
