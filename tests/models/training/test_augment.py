import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.models.training.augment import (
    MIN_VISIBLE_SHARE,
    PADDING_VALUE,
    Recipe,
    Square,
    compose,
    cropped,
    letterboxed,
    mirrored,
    recoloured,
)
from lessonproof.models.training.store import Sample

WINDOW = (0, 0, 100, 100)


def _sample(width_px: int = 64, height_px: int = 48) -> Sample:
    """A dark picture with one bright person; its set does not label heads."""
    pixels = np.full((height_px, width_px, 3), 20, np.uint8)
    pixels[12:36, 16:40] = 250
    boxes = np.array([[0, 16, 12, 40, 36]], np.float32)
    return Sample("rooms", "a", pixels, boxes, np.array([[1, 0, 0, width_px, height_px]], np.float32))


@given(st.integers(0, 10_000), st.sampled_from([1, 4]))
def test_boxes_stay_on_what_they_marked(seed: int, count: int) -> None:
    recipe = Recipe(size_px=96, grey_share=0, blur_share=0, hue=0, saturation=0, value=0)
    square = compose([_sample()] * count, recipe, np.random.default_rng(seed))
    assert square.pixels.shape == (96, 96, 3)
    assert square.pixels.dtype == np.uint8
    assert len(square.boxes) <= count
    for _, left, top, right, bottom in square.boxes.tolist():
        assert 0 <= left < right <= 96
        assert 0 <= top < bottom <= 96
        middle = square.pixels[round((top + bottom) / 2) - 1, round((left + right) / 2) - 1]
        assert middle.min() > 200


@given(st.integers(0, 10_000))
def test_every_bright_pixel_is_labelled_or_told_as_unlabelled(seed: int) -> None:
    """A person whom a crop leaves as a sliver must not be learned as background."""
    recipe = Recipe(size_px=96, grey_share=0, blur_share=0, hue=0, saturation=0, value=0)
    square = compose([_sample()] * 4, recipe, np.random.default_rng(seed))
    rows, columns = np.nonzero(square.pixels.min(axis=2) > 200)
    regions = np.concatenate([square.boxes, square.unlabelled[square.unlabelled[:, 0] == 0]])
    inside = (
        (columns[:, None] >= regions[:, 1] - 1.5)
        & (columns[:, None] <= regions[:, 3] + 0.5)
        & (rows[:, None] >= regions[:, 2] - 1.5)
        & (rows[:, None] <= regions[:, 4] + 0.5)
    )
    assert inside.any(axis=1).all()


@given(st.integers(0, 10_000))
def test_the_unlabelled_class_covers_the_picture_and_not_the_padding(seed: int) -> None:
    recipe = Recipe(size_px=96, grey_share=0, blur_share=0, hue=0, saturation=0, value=0)
    square = compose([_sample()], recipe, np.random.default_rng(seed))
    heads = square.unlabelled[square.unlabelled[:, 0] == 1]
    assert len(heads) == 1
    _, left, top, right, bottom = (round(value) for value in heads[0].tolist())
    outside = np.ones((96, 96), bool)
    outside[max(0, top - 1) : bottom + 1, max(0, left - 1) : right + 1] = False
    assert (np.abs(square.pixels[outside].astype(int) - PADDING_VALUE) <= 2).all()


def test_a_letterboxed_picture_is_centred_and_unaltered() -> None:
    square = letterboxed(_sample(), 128)
    assert square.boxes.tolist() == [[0, 32, 40, 80, 88]]
    assert (square.pixels[:16] == PADDING_VALUE).all()
    assert (square.pixels[44:84, 36:76] == 250).all()


def test_mirroring_twice_changes_nothing() -> None:
    square = letterboxed(_sample(), 64)
    once = mirrored(square)
    assert once.boxes.tolist() == [[0, 24, 20, 48, 44]]
    twice = mirrored(once)
    assert np.array_equal(twice.pixels, square.pixels)
    assert np.array_equal(twice.boxes, square.boxes)
    assert np.array_equal(twice.unlabelled, square.unlabelled)


@pytest.mark.parametrize(
    ("box", "is_learned"),
    [
        pytest.param([0, 10, 10, 50, 50], True, id="whole"),
        pytest.param([0, -20, 10, 20, 50], True, id="half"),
        pytest.param([0, -40, 10, 10, 50], False, id="a-fifth"),
        pytest.param([0, 10, 10, 13, 50], False, id="thin"),
        pytest.param([0, 200, 200, 250, 250], False, id="outside"),
    ],
)
def test_what_a_crop_leaves_is_learned_or_unlabelled(box: list[float], is_learned: bool) -> None:
    whole, slivers = cropped(np.array([box], np.float32), WINDOW)
    assert (len(whole), len(slivers)) == ((1, 0) if is_learned else (0, 1))
    assert MIN_VISIBLE_SHARE == 0.3


def test_colours_change_but_not_by_chance_alone() -> None:
    pixels = np.random.default_rng(0).integers(0, 255, (16, 16, 3), dtype=np.uint8)
    recipe = Recipe(size_px=16, grey_share=0, blur_share=0)
    first = recoloured(pixels, recipe, np.random.default_rng(3))
    assert not np.array_equal(first, pixels)
    assert np.array_equal(first, recoloured(pixels, recipe, np.random.default_rng(3)))
    grey = recoloured(pixels, Recipe(size_px=16, grey_share=1, blur_share=0), np.random.default_rng(3))
    assert np.ptp(grey.astype(int), axis=2).max() == 0


def test_a_mosaic_takes_four_pictures() -> None:
    with pytest.raises(ValueError, match="one picture or four"):
        compose([_sample()] * 2, Recipe(size_px=64), np.random.default_rng(0))


def test_a_square_without_people_has_no_boxes() -> None:
    sample = Sample(
        "rooms", "a", np.zeros((8, 8, 3), np.uint8), np.zeros((0, 5), np.float32), np.zeros((0, 5), np.float32)
    )
    square = compose([sample], Recipe(size_px=32), np.random.default_rng(0))
    assert isinstance(square, Square)
    assert square.boxes.shape == (0, 5)
