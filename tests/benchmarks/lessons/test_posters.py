from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lessons import SceneKind, SpecError
from benchmarks.lessons.camera import MARGIN_PX
from benchmarks.lessons.posters import hang_posters
from benchmarks.lessons.scene import FAR_MM, Backdrop, Room, build_room, draw_backdrop

SIZE = (320, 180)


def room_of(kind: SceneKind, seed: int) -> tuple[Room, Backdrop]:
    room = build_room(kind, seed, SIZE)
    return room, draw_backdrop(room)


@pytest.mark.parametrize("kind", list(SceneKind))
@pytest.mark.parametrize("seed", range(4))
def test_posters_hang_in_view_apart_and_where_the_truth_says(kind: SceneKind, seed: int) -> None:
    room, empty = room_of(kind, seed)
    decked, posters = hang_posters(room, empty, seed, 3)
    assert len(posters) == 3
    changed = np.abs(decked.bgr.astype(int) - empty.bgr).max(axis=2) > 12
    near = np.zeros_like(changed)
    for poster in posters:
        left, top, right, bottom = poster.box_xyxy_px
        assert 0 <= left < right <= SIZE[0]
        assert SIZE[1] * 0.1 <= top < bottom <= SIZE[1]
        inside = np.s_[top + MARGIN_PX : bottom + MARGIN_PX, left + MARGIN_PX : right + MARGIN_PX]
        assert changed[inside].mean() > 0.3
        near[top + MARGIN_PX - 8 : bottom + MARGIN_PX + 8, left + MARGIN_PX - 8 : right + MARGIN_PX + 8] = True
    assert not changed[~near].any()
    assert not changed[empty.depth_mm < FAR_MM].any()


def test_a_seed_hangs_the_same_posters_again_and_none_change_nothing() -> None:
    room, empty = room_of(SceneKind.CLASSROOM, 2)
    first, again, other = (hang_posters(room, empty, seed, 2) for seed in (5, 5, 6))
    assert first[1] == again[1] != other[1]
    np.testing.assert_array_equal(first[0].bgr, again[0].bgr)
    none, posters = hang_posters(room, empty, 5, 0)
    assert posters == ()
    np.testing.assert_array_equal(none.bgr, empty.bgr)


def test_more_posters_than_walls_are_refused() -> None:
    room, empty = room_of(SceneKind.CLASSROOM, 2)
    with pytest.raises(SpecError, match="found room for"):
        hang_posters(room, empty, 1, 200)
