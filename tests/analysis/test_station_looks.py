import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.station_looks import StationLook, StationWatcher, people_at
from lessonproof.evidence.station_coverage import Coverage, Why
from tests.analysis.station_rooms import STATIONS, room, taken, turned, with_box

NOBODY = np.empty((0, 4), np.float32)
LEFT_BENCH = (48, 108, 168, 230)


def _see(
    picture: NDArray[np.uint8], boxes: NDArray[np.float32] | None = NOBODY, before: NDArray[np.uint8] | None = None
) -> tuple[StationLook, ...]:
    watcher = StationWatcher(room(), STATIONS)
    if before is not None:
        watcher.see(taken(before), boxes)
    return watcher.see(taken(picture, seed=1), boxes)


def _states(looks: tuple[StationLook, ...]) -> list[tuple[Coverage, Why | None]]:
    return [(look.state, look.reason) for look in looks]


COVERED = (Coverage.COVERED, None)


def test_an_open_view_covers_every_station() -> None:
    assert _states(_see(room())) == [COVERED, COVERED]


def test_a_station_that_a_moved_camera_no_longer_shows() -> None:
    assert _states(_see(turned(room(), -110))) == [(Coverage.UNCOVERED, Why.OUT_OF_VIEW), COVERED]


def test_something_before_a_station() -> None:
    hidden = with_box(room(), LEFT_BENCH)
    assert _states(_see(hidden)) == [(Coverage.UNCOVERED, Why.OCCLUDED), COVERED]
    assert _states(_see(hidden, None))[0] == (Coverage.UNKNOWN, Why.PARTLY_HIDDEN), "it may be a person"


def test_a_person_at_work_is_no_occlusion() -> None:
    person = (70, 108, 130, 230)
    boxes = np.array([person], np.float32)
    looks = _see(with_box(room(), person), boxes)
    assert _states(looks) == [COVERED, COVERED]
    assert [look.person for look in looks] == [True, False]
    crowded = _see(with_box(room(), LEFT_BENCH), np.array([[40, 100, 176, 240]], np.float32))
    assert _states(crowded)[0] == (Coverage.UNKNOWN, Why.HIDDEN_BY_PERSON), "unknown is not covered"


def test_a_station_in_the_dark() -> None:
    dark = room()
    dark[:, :230] = (dark[:, :230] * 0.1).astype(np.uint8)
    assert _states(_see(dark)) == [(Coverage.UNCOVERED, Why.TOO_DARK), COVERED]
    assert _states(_see(np.full((270, 480), 4, np.uint8))) == [(Coverage.UNCOVERED, Why.TOO_DARK)] * 2


def test_a_recording_too_small_to_see_hands() -> None:
    tiny = room()[::5, ::5]
    watcher = StationWatcher(room(), STATIONS)
    assert {state for state, _ in _states(watcher.see(tiny, NOBODY))} <= {Coverage.UNCOVERED, Coverage.UNKNOWN}


def test_another_place_is_unknown() -> None:
    assert _states(_see(room(seed=50))) == [(Coverage.UNKNOWN, Why.NOT_REGISTERED)] * 2


def test_movement_inside_a_station() -> None:
    looks = _see(with_box(room(), (90, 140, 130, 190)), before=room())
    assert [look.moving for look in looks] == [True, False]
    assert [look.moving for look in _see(room())] == [None, None], "nothing to compare with"


def test_each_person_stands_at_one_station() -> None:
    near = np.array([[0, 100], [200, 100], [200, 400], [0, 400]], np.float64)
    far = np.array([[50, 40], [150, 40], [150, 200], [50, 200]], np.float64)
    assert people_at(np.array([[80, 45, 110, 140]], np.float32), [near, far]) == [False, True]
    assert people_at(np.array([[80, 105, 120, 260]], np.float32), [near, far]) == [True, False]
    assert people_at(np.array([[300, 105, 340, 260]], np.float32), [near, far]) == [False, False]
