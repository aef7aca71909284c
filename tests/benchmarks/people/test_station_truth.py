"""Truth of a made-up lesson: nothing is rendered here."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.people.station_truth import boxes_at, is_covered, look_times_s, minutes_of, moves_of
from benchmarks.people.wide_pictures import VIEW_PX
from benchmarks.people.workshops import LENGTH_S, Board, Camera, Practical, RoomKind
from lessonproof.evidence.intervals import NS_PER_S

OUTLINE = np.array([[300, 200], [500, 200], [500, 400], [300, 400]], np.float64)


def _shifted(dx_px: float) -> NDArray[np.float64]:
    return np.array([[1, 0, dx_px], [0, 1, 0], [0, 0, 1]], np.float64)


def _lesson(camera: Camera, board: Board | None = None) -> Practical:
    here = {"boxes": [[320, 210, 380, 390, 350, 230, 1.0], [420, 210, 480, 390, 450, 230, 0.1]], "at_place": [0]}
    gone: dict[str, list[int]] = {"boxes": [], "at_place": []}
    return Practical(
        seed=1,
        kind=RoomKind.WORKSHOP,
        cameras=(camera,),
        board=board,
        names=("W1",),
        outlines=(OUTLINE,),
        people_of=(frozenset({0}),),
        seconds=[here if second < 100 else gone for second in range(LENGTH_S)],
        folder=Path("unused"),
    )


STILL = Camera("A", _shifted(0), ((0.0, _shifted(0)),), None)


def test_minutes_say_what_was_so_for_most_of_them() -> None:
    found = [(one.covered, one.occupied) for one in minutes_of(_lesson(STILL))]
    assert found == [(True, True), (True, True), (True, False)]


def test_a_camera_that_was_turned_away_or_darkened_shows_nothing() -> None:
    turned = Camera("A", _shifted(0), ((0.0, _shifted(0)), (60.0, _shifted(-400))), (130.0, 180.0))
    assert [one.covered for one in minutes_of(_lesson(turned))] == [True, False, False]
    (move,) = moves_of(_lesson(turned))
    assert move.at_s == 60.0
    assert move.share == pytest.approx(400 / VIEW_PX[0])


def test_a_turn_takes_a_second() -> None:
    turned = Camera("A", _shifted(0), ((0.0, _shifted(0)), (60.0, _shifted(-400))), None)
    assert turned.view(60.5)[0, 2] == pytest.approx(-200)
    assert turned.view(61.0)[0, 2] == turned.view(170.0)[0, 2] == -400


def test_a_board_hides_the_station_and_whoever_is_behind_it() -> None:
    lesson = _lesson(STILL, Board(30.0, 90.0, 0, "plain"))
    assert [is_covered(lesson, STILL, OUTLINE, 0, second) for second in (10, 40, 95)] == [True, False, True]
    assert [len(boxes_at(lesson, STILL, second)) for second in (10, 40)] == [1, 0]


def test_boxes_are_those_of_unhidden_heads_in_the_cameras_picture() -> None:
    moved = Camera("A", _shifted(0), ((0.0, _shifted(-100)),), (50.0, 60.0))
    np.testing.assert_allclose(boxes_at(_lesson(moved), moved, 0), [[220, 210, 280, 390]])
    assert boxes_at(_lesson(moved), moved, 55).shape == (0, 4), "nobody is seen in the dark"


def test_pictures_are_looked_at_some_seconds_apart() -> None:
    keys = [second * NS_PER_S for second in (0, 2, 4, 6, 8, 13)]
    assert look_times_s(keys, 4 * NS_PER_S) == [0, 4, 8, 13]
