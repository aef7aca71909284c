from __future__ import annotations

import numpy as np
import pytest

from benchmarks.lessons.cutouts import OUTLINES, cut_out


@pytest.mark.parametrize("name", sorted(OUTLINES))
def test_a_cut_out_is_one_solid_person(name: str) -> None:
    person = cut_out(name)
    height, width = person.alpha.shape
    assert person.bgr.shape == (height, width, 3)
    assert 0.35 < float((person.alpha > 0.5).mean()) < 0.95
    x0, y0, x1, y1 = person.head_xyxy
    middle = person.alpha[int((y0 + y1) / 2 * height), int((x0 + x1) / 2 * width)]
    assert middle == 1.0
    assert person.alpha[int(person.hand_xy[1] * height), int(person.hand_xy[0] * width)] > 0.9
    assert 1.6 < person.height_m < 1.9 if person.whole else 0.9 < person.height_m < 1.6


@pytest.mark.parametrize("name", sorted(OUTLINES))
def test_mattes_are_the_same_each_time(name: str) -> None:
    again = cut_out.__wrapped__(name)
    np.testing.assert_array_equal(cut_out(name).alpha, again.alpha)
    assert cut_out(name) is cut_out(name)


def test_two_whole_persons_can_walk() -> None:
    assert sum(outline.whole for outline in OUTLINES.values()) >= 2
