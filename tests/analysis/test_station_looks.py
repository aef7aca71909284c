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


def test_the_margin_grows_with_what_is_missing() -> None:
    little, much = (_see(turned(room(), dx_px))[0].margin for dx_px in (-70, -150))
    assert little is not None
    assert much is not None
    assert 0 < little < much <= 1
    assert _see(room())[0].margin is None


def test_a_picture_full_of_night_noise_is_dark_and_not_merely_unplaced() -> None:
    night = taken((room() * 0.08).astype(np.uint8), noise=3.0)
    assert _states(_see(night)) == [(Coverage.UNCOVERED, Why.TOO_DARK)] * 2


def test_too_little_beside_people_is_no_sign_of_a_thing_before_the_station() -> None:
    hidden = with_box(room(), LEFT_BENCH)
    boxes = np.array([[48, 100, 150, 240]], np.float32)
    assert _states(_see(hidden, boxes))[0] == (Coverage.UNKNOWN, Why.HIDDEN_BY_PERSON)


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


AREA = ((0.4, 0.5), (0.55, 0.5), (0.55, 0.9), (0.4, 0.9))
"""The teaching area, shares of a picture of 480x270: 192..264 by 135..243."""


def _taught(picture: NDArray[np.uint8], boxes: NDArray[np.float32] | None, before: bool = True) -> bool | None:
    watcher = StationWatcher(room(), STATIONS, AREA)
    if before:
        watcher.see(taken(room()), NOBODY)
    watcher.see(taken(picture, seed=1), boxes)
    return watcher.is_taught


def test_who_stands_in_the_teaching_area() -> None:
    assert _taught(room(), NOBODY) is False
    assert _taught(room(), np.array([[210, 20, 240, 200]], np.float32)) is True, "the feet are in it"
    assert _taught(room(), np.array([[195, 140, 260, 260]], np.float32)) is True, "most of the body is in it"
    assert _taught(room(), np.array([[60, 110, 120, 230]], np.float32)) is False, "somebody sits at a station"


def test_what_moves_in_the_teaching_area_is_somebody() -> None:
    moved = with_box(room(), (200, 140, 250, 230))
    assert _taught(moved, NOBODY) is True
    assert _taught(moved, NOBODY, before=False) is False, "without a picture before nothing is known to move"


def test_without_a_look_for_people_or_a_place_nobody_is_called_absent() -> None:
    assert _taught(room(), None) is None
    assert _taught(room(seed=50), NOBODY) is None
    assert _taught(turned(room(), -230), NOBODY) is None, "the area is out of view"
    watcher = StationWatcher(room(), STATIONS)
    watcher.see(taken(room()), NOBODY)
    assert watcher.is_taught is None
