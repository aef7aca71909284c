from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lessons import SceneKind
from benchmarks.lessons.camera import MARGIN_PX
from benchmarks.lessons.scene import FAR_MM, build_room, draw_backdrop


@pytest.mark.parametrize("kind", list(SceneKind))
@pytest.mark.parametrize("seed", range(6))
def test_forty_people_find_a_place_and_nearly_all_are_in_view(kind: SceneKind, seed: int) -> None:
    room = build_room(kind, seed, (1280, 720))
    assert len(room.places) >= 40
    heads = np.array([[p.x_m, p.head_m - 0.1, p.z_m] for p in room.places[:40]])
    px, depth = room.camera.project(heads)
    inside = (px > MARGIN_PX).all(axis=1) & (px[:, 0] < 1280 + MARGIN_PX) & (px[:, 1] < 720 + MARGIN_PX)
    assert inside.sum() >= 38
    assert (depth > 2).all()


@pytest.mark.parametrize("kind", list(SceneKind))
@pytest.mark.parametrize("seed", range(6))
def test_sixty_people_meet_in_a_larger_room(kind: SceneKind, seed: int) -> None:
    ordinary, large = build_room(kind, seed, (1280, 720)), build_room(kind, seed, (1280, 720), people=60)
    assert len(large.places) >= 60
    assert large.width_m * large.depth_m > 1.5 * ordinary.width_m * ordinary.depth_m
    heads = np.array([[p.x_m, p.head_m - 0.1, p.z_m] for p in large.places[:60]])
    px, depth = large.camera.project(heads)
    inside = (px > MARGIN_PX).all(axis=1) & (px[:, 0] < 1280 + MARGIN_PX) & (px[:, 1] < 720 + MARGIN_PX)
    assert inside.sum() >= 52
    assert (depth > 2).all()
    assert {(p.x_m, p.z_m) for p in large.places} == {(p.x_m, p.z_m) for p in set(large.places)}
    assert all(abs(p.x_m) < large.width_m / 2 and p.z_m < large.depth_m for p in large.places)


def test_an_ordinary_room_does_not_depend_on_how_many_come() -> None:
    assert build_room(SceneKind.CLASSROOM, 4, (640, 360), people=4) == build_room(SceneKind.CLASSROOM, 4, (640, 360))


def test_a_small_room_gives_way_to_a_larger_one() -> None:
    small = next(
        seed for seed in range(200) if len(build_room(SceneKind.CLASSROOM, seed, (640, 360), people=1).places) < 40
    )
    assert len(build_room(SceneKind.CLASSROOM, small, (640, 360), people=40).places) >= 40


def test_a_room_is_the_same_at_each_picture_size() -> None:
    small, large = (build_room(SceneKind.WORKSHOP, 4, size) for size in ((320, 180), (1280, 720)))
    assert small.places == large.places
    assert small.boxes == large.boxes
    scaled = np.array([s.polygon_px for s in small.stations[:1]]) * 4
    assert np.abs(scaled - np.array([s.polygon_px for s in large.stations[:1]])).max() < 24


def test_stations_are_in_workshops_only() -> None:
    workshop = build_room(SceneKind.WORKSHOP, 4, (640, 360))
    assert len(workshop.stations) >= 12
    assert len({s.id for s in workshop.stations}) == len(workshop.stations)
    assert all(p.station is not None for p in workshop.places)
    classroom = build_room(SceneKind.CLASSROOM, 4, (640, 360))
    assert classroom.stations == ()
    assert all(p.station is None for p in classroom.places)


def test_people_leave_out_of_view() -> None:
    for kind in SceneKind:
        for seed in range(8):
            room = build_room(kind, seed, (1280, 720))
            px, _ = room.camera.project(np.array([[room.exit_xz_m[0], 1.0, room.exit_xz_m[1]]]))
            assert px[0, 0] < -250 or px[0, 0] > 1280 + 2 * MARGIN_PX + 250


@pytest.mark.parametrize("kind", list(SceneKind))
def test_the_backdrop_has_furniture_and_two_seeds_differ(kind: SceneKind) -> None:
    first, second = (draw_backdrop(build_room(kind, seed, (320, 180))) for seed in (1, 2))
    assert first.bgr.shape == (180 + 2 * MARGIN_PX, 320 + 2 * MARGIN_PX, 3)
    furniture = (first.depth_mm < FAR_MM).mean()
    assert 0.1 < furniture < 0.8
    assert first.bgr.std() > 25
    assert np.abs(first.bgr.astype(int) - second.bgr).mean() > 10
    assert first.daylight.max() <= 170
    np.testing.assert_array_equal(first.bgr, draw_backdrop(build_room(kind, 1, (320, 180))).bgr)
