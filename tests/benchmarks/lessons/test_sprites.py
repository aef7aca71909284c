from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lessons.sprites import Look, Pose, make_body, pose_body, random_look

PLAIN = Look(
    "coat", mirror=False, width_factor=1.0, stature=1.0, gain=1.0, clothes_lab=(0.0, 0.0, 0.0), tone=(1.0, 1.0, 1.0)
)


def posed(
    look: Look, pose: Pose, shift: tuple[float, float] = (0.0, 0.0)
) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    body = make_body(look, 60.0)
    size = (body.yuva.shape[1], body.yuva.shape[0])
    return pose_body(body, size, shift, pose, (0, 0, *size))


def test_without_a_pose_the_body_is_shown_as_it_is() -> None:
    np.testing.assert_array_equal(posed(PLAIN, Pose()), make_body(PLAIN, 60.0).yuva)


@pytest.mark.parametrize("pose", [Pose(sway=3), Pose(nod=2), Pose(turn=0.2), Pose(hand=3), Pose(step=0.3)])
def test_each_gesture_moves_something_but_keeps_the_person(pose: Pose) -> None:
    still, moved = posed(PLAIN, Pose()), posed(PLAIN, pose)
    assert (still != moved).mean() > 0.005
    areas = [float((s[..., 3] > 127).sum()) for s in (still, moved)]
    assert areas[1] == pytest.approx(areas[0], rel=0.12)


def test_a_nod_leaves_the_feet_alone() -> None:
    still, nodded = posed(PLAIN, Pose()), posed(PLAIN, Pose(nod=2))
    half = still.shape[0] // 2
    np.testing.assert_array_equal(still[half:], nodded[half:])
    assert (still[:half] != nodded[:half]).any()


def test_a_window_is_a_part_of_the_whole() -> None:
    body = make_body(PLAIN, 60.0)
    size = (body.yuva.shape[1], body.yuva.shape[0])
    whole = pose_body(body, size, (0.5, 0.25), Pose(sway=2), (0, 0, *size))
    part = pose_body(body, size, (0.5, 0.25), Pose(sway=2), (6, 10, 26, 60))
    np.testing.assert_array_equal(part, whole[10:60, 6:26])


def test_sprites_are_premultiplied() -> None:
    yuva = make_body(PLAIN, 60.0).yuva.astype(int)
    assert (yuva[..., 0] <= yuva[..., 3]).all()
    assert not yuva[yuva[..., 3] == 0].any()


def test_forty_people_of_one_cut_out_all_look_different() -> None:
    rng = np.random.default_rng(1)
    pictures = [make_body(random_look(rng, "coat"), 40.0).yuva for _ in range(40)]
    for number, picture in enumerate(pictures):
        for other in pictures[:number]:
            assert picture.shape != other.shape or np.abs(picture.astype(int) - other).mean() > 0.3
