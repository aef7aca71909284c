import numpy as np
import pytest

from lessonproof.analysis.repeat_pictures import MIN_THUMBS, Pictures
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.intervals import NS_PER_S


def thumbs(count: int) -> Thumbnails:
    luma = np.random.default_rng(1).integers(0, 256, (count, 36, 64)).astype(np.uint8)
    return Thumbnails(np.arange(count) * 2 * NS_PER_S, luma)


def test_too_few_pictures_say_nothing() -> None:
    assert Pictures.of(thumbs(MIN_THUMBS - 1)) is None


@pytest.mark.parametrize("mirrored", [False, True])
def test_the_picture_shown_again_is_the_nearest_by_far(mirrored: bool) -> None:
    plain = thumbs(40)
    luma = plain.luma.copy()
    luma[30] = luma[5][:, ::-1] if mirrored else luma[5]
    pictures = Pictures.of(Thumbnails(plain.time_ns, luma))
    assert pictures is not None
    best = max(pictures.nearest(mirrored=mirrored), key=lambda pair: pair[2])
    assert {best[0], best[1]} == {60 * NS_PER_S, 10 * NS_PER_S}
    assert best[2] > 2.0


def test_neighbours_in_time_are_not_compared() -> None:
    plain = thumbs(40)
    luma = plain.luma.copy()
    luma[8] = luma[5]
    pictures = Pictures.of(Thumbnails(plain.time_ns, luma))
    assert pictures is not None
    assert all(abs(one - other) >= 10 * NS_PER_S for one, other, _ in pictures.nearest(mirrored=False))
