"""Copies as the benchmark makes them: repeatable, of the promised sizes, and never the same pixels."""

from random import Random

import cv2
import numpy as np
import pytest

from benchmarks.photos.forging import forge, saved
from benchmarks.photos.material import part_of
from tests.analysis.photo_rooms import photograph

PICTURE = np.asarray(cv2.cvtColor(photograph(1).luma, cv2.COLOR_GRAY2RGB), np.uint8)


@pytest.mark.parametrize("seed", range(6))
def test_copies_are_smaller_by_what_they_say(seed: int) -> None:
    copy, how = forge(PICTURE, Random(seed))  # noqa: S311  repeatable
    again, same = forge(PICTURE, Random(seed))  # noqa: S311  repeatable
    assert how == same
    assert np.array_equal(copy, again)
    assert 0 <= how.cropped <= 0.08
    assert 0.5 <= how.scale <= 1
    assert 50 <= how.quality <= 95
    for side, whole in zip(copy.shape, PICTURE.shape[:2], strict=False):
        assert side == pytest.approx(whole * (1 - how.cropped) * how.scale, abs=2)


def test_saving_changes_pixels_and_not_the_picture() -> None:
    copy = saved(PICTURE, 60)
    assert not np.array_equal(copy, PICTURE)
    assert np.mean(np.abs(copy.astype(int) - PICTURE)) < 8


def test_sets_that_nobody_had_looked_at_are_blind() -> None:
    assert part_of("corridor/view4") == "blind"
    assert part_of("classroom.gif") == "seen"
