from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.lessons import Absence, LessonSpec, SceneKind
from benchmarks.lessons.actors import passages
from benchmarks.lessons.motion import (
    WALK_M_PER_S,
    Doing,
    choose_absences,
    make_gestures,
    path_length,
    teacher_script,
    trainee_script,
    way_out,
)
from benchmarks.lessons.scene import Room, build_room

ROOM = build_room(SceneKind.CLASSROOM, 1, (320, 180))


@pytest.fixture
def room() -> Room:
    return ROOM


def test_somebody_leaves_and_comes_back(room: Room) -> None:
    place = room.places[0]
    script = trainee_script(room, place, [Absence(0, 20.0, 60.0)], 120.0)
    lasts = path_length(way_out(room, place)) / WALK_M_PER_S
    assert script.at(19.9).doing is Doing.AT_PLACE
    assert script.at(20.1).doing is Doing.WALKING
    assert script.at(20 + lasts + 0.1).doing is Doing.AWAY
    assert script.at(60.1).doing is Doing.WALKING
    assert script.at(60 + lasts + 0.1).doing is Doing.AT_PLACE
    assert passages(script) == [(20 + lasts, "left"), (60.0, "entered")]


def test_who_is_late_is_away_from_the_first_frame(room: Room) -> None:
    script = trainee_script(room, room.places[0], [Absence(0, 0.0, 10.0)], 60.0)
    assert script.at(0.0).doing is Doing.AWAY
    assert passages(script) == [(10.0, "entered")]
    never = trainee_script(room, room.places[0], [Absence(0, 0.0)], 60.0)
    assert never.at(59.0).doing is Doing.AWAY
    assert passages(never) == []


@given(st.floats(20.0, 40.0))
def test_walkers_do_not_jump(time_s: float) -> None:
    script = trainee_script(ROOM, ROOM.places[3], [Absence(3, 20.0)], 120.0)
    a, b = script.at(time_s), script.at(time_s + 0.04)
    if a.doing is Doing.WALKING and b.doing is Doing.WALKING:
        assert math.dist((a.x_m, a.z_m), (b.x_m, b.z_m)) <= WALK_M_PER_S * 0.04 + 1e-9


def test_the_teacher_walks_and_stands_the_whole_lesson(room: Room) -> None:
    script = teacher_script(room, 5, 600.0)
    seen = [script.at(float(t)) for t in range(600)]
    assert {w.doing for w in seen} == {Doing.WALKING, Doing.STANDING}
    steps = [math.dist((a.x_m, a.z_m), (b.x_m, b.z_m)) for a, b in itertools.pairwise(seen)]
    assert max(steps) <= WALK_M_PER_S + 1e-6
    assert sum(steps) > 30


def test_gestures_never_repeat_and_stay_small() -> None:
    gestures = make_gestures(1, 2, 600.0)
    shown = [gestures.at(t * 0.04) for t in range(15_000)]
    assert max(abs(s[0]) for s in shown) < 0.1
    assert max(abs(s[1]) for s in shown) < 0.06
    minute = [tuple(round(v, 4) for v in s) for s in shown[::25]]
    assert minute[:60] != minute[60:120]
    assert make_gestures(1, 3, 600.0).at(10.0) != gestures.at(10.0)


def test_short_clips_have_no_comings_and_goings_unless_asked() -> None:
    assert choose_absences(LessonSpec(seed=1, duration_s=10), [0, 1, 2]) == []
    given_ones = (Absence(0, 3.0),)
    assert choose_absences(LessonSpec(seed=1, duration_s=10, absences=given_ones), [0]) == list(given_ones)
    long = choose_absences(LessonSpec(seed=1, duration_s=3600, people=20), list(range(20)))
    assert len(long) >= 5
    assert len({a.person for a in long}) == len(long)
