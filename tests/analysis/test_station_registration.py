import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.station_registration import Placement, prepare, projected, register, shows_nothing
from tests.analysis.station_rooms import matrix_of, room, taken, turned, with_box

POINTS = np.array([[60.0, 60.0], [240.0, 135.0], [380.0, 200.0]])


def _error_px(found: Placement, wanted: NDArray[np.float64]) -> float:
    return float(np.abs(projected(found.matrix, POINTS) - projected(wanted, POINTS)).max())


def test_a_camera_that_stands_is_where_it_was() -> None:
    found = register(prepare(room()), taken(room(), gain=0.6), [np.eye(3)])
    assert found is not None
    assert found.share > 0.8
    assert np.array_equal(found.matrix, np.eye(3)), "no search where the old place agrees"


@pytest.mark.parametrize(("dx_px", "dy_px", "degrees"), [(40, 10, 0), (-120, 0, 2), (0, 30, -6)])
def test_a_moved_camera_is_registered_again(dx_px: float, dy_px: float, degrees: float) -> None:
    found = register(prepare(room()), taken(turned(room(), dx_px, dy_px, degrees)), [np.eye(3)])
    assert found is not None
    assert _error_px(found, matrix_of(dx_px, dy_px, degrees)) < 3


def test_another_room_is_refused() -> None:
    reference = prepare(room())
    assert register(reference, taken(room(seed=77)), [np.eye(3)]) is None
    assert register(reference, np.full((270, 480), 90, np.uint8), [np.eye(3)]) is None


def test_what_people_hide_is_no_sign_against_a_place() -> None:
    hidden = with_box(room(), (0, 0, 370, 270))
    boxes = np.array([[0, 0, 370, 270]], np.float32)
    reference = prepare(room())
    assert register(reference, taken(hidden), [np.eye(3)]) is None
    assert register(reference, taken(hidden), [np.eye(3)], boxes) is not None


def test_darkness_shows_nothing() -> None:
    assert shows_nothing(np.full((270, 480), 8, np.uint8))
    assert not shows_nothing(room())
