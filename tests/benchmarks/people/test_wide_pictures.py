import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.people.wide_pictures import VIEW_PX, WIDE_PX, darkened, put_before, seen_by


def _wide(seed: int = 1) -> NDArray[np.uint8]:
    rng = np.random.default_rng(seed)
    return rng.integers(16, 235, (WIDE_PX[1] * 3 // 2, WIDE_PX[0]), np.uint8)


def test_a_camera_that_looks_straight_sees_its_part_of_the_room_in_all_planes() -> None:
    wide = _wide()
    seen = seen_by(wide, np.array([[1, 0, -100], [0, 1, -60], [0, 0, 1]], np.float64))
    assert seen.shape == (VIEW_PX[1] * 3 // 2, VIEW_PX[0])
    np.testing.assert_array_equal(seen[: VIEW_PX[1]], wide[60 : 60 + VIEW_PX[1], 100 : 100 + VIEW_PX[0]])
    area = WIDE_PX[0] * WIDE_PX[1]
    chroma = wide.reshape(-1)[area : area + area // 4].reshape(WIDE_PX[1] // 2, WIDE_PX[0] // 2)
    own = seen.reshape(-1)[VIEW_PX[0] * VIEW_PX[1] :][: VIEW_PX[0] * VIEW_PX[1] // 4]
    wanted = chroma[30 : 30 + VIEW_PX[1] // 2, 50 : 50 + VIEW_PX[0] // 2]
    np.testing.assert_array_equal(own.reshape(VIEW_PX[1] // 2, -1), wanted)


@pytest.mark.parametrize("look", ["plain", "stripes", "clutter"])
def test_a_board_hides_its_box_and_nothing_else(look: str) -> None:
    wide = _wide()
    before = wide.copy()
    put_before(wide, (200, 100, 320, 260), look)
    changed = wide[: WIDE_PX[1]] != before[: WIDE_PX[1]]
    assert changed[100:260, 200:320].mean() > 0.9
    changed[100:260, 200:320] = False
    assert not changed.any()


def test_at_night_hardly_any_light_is_left() -> None:
    dark = darkened(seen_by(_wide(), np.eye(3)), np.random.default_rng(1))
    assert dark[: VIEW_PX[1]].max() < 40
    assert (dark[VIEW_PX[1] :] == 128).all()
