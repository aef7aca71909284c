"""What is blurred is gone, what is not is untouched, and nothing adds up to a face again."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.head_blur import (
    CELLS_ACROSS_AREA,
    CELLS_ALONG_PICTURE,
    CELLS_WITHOUT_HEADS,
    blur_areas,
    coarsen,
    head_areas,
    mark_boxes,
)

HEAD = np.array([[200, 100, 260, 170]], np.float32)


def noise(rows: int = 360, columns: int = 640, seed: int = 1) -> NDArray[np.uint8]:
    """A picture that is all detail."""
    return np.random.default_rng(seed).integers(0, 256, (rows, columns, 3), dtype=np.uint8)


def detail(rgb: NDArray[np.uint8]) -> float:
    """Energy of what changes from one picture element to the next."""
    return float(np.square(cv2.Laplacian(rgb.astype(np.float32), cv2.CV_32F)).mean())


def boxes(count: int) -> st.SearchStrategy[NDArray[np.float32]]:
    """Areas anywhere, also beyond the picture, also empty."""
    number = st.floats(-80, 240, width=32)
    size = st.floats(0, 120, width=32)
    return st.lists(st.tuples(number, number, size, size), max_size=count).map(
        lambda found: np.array([(x, y, x + w, y + h) for x, y, w, h in found], np.float32).reshape(-1, 4)
    )


def inside(shape: tuple[int, ...], areas: NDArray[np.float32]) -> NDArray[np.bool_]:
    mask = np.zeros(shape[:2], bool)
    for left, top, right, bottom in areas:
        mask[
            max(0, int(np.floor(top))) : max(0, int(np.ceil(bottom))),
            max(0, int(np.floor(left))) : max(0, int(np.ceil(right))),
        ] = True
    return mask


@settings(max_examples=60, deadline=None)
@given(boxes(6))
def test_everything_outside_the_areas_stays_as_it_was(areas: NDArray[np.float32]) -> None:
    rgb = noise(120, 160)
    blurred = blur_areas(rgb, areas)
    outside = ~inside(rgb.shape, areas)
    assert np.array_equal(blurred[outside], rgb[outside])
    assert blurred.shape == rgb.shape


def test_the_picture_that_was_handed_in_is_not_changed() -> None:
    rgb = noise()
    kept = rgb.copy()
    blur_areas(rgb, HEAD)
    coarsen(rgb)
    mark_boxes(rgb, HEAD)
    assert np.array_equal(rgb, kept)


@settings(max_examples=60, deadline=None)
@given(boxes(6).filter(len))
def test_inside_no_fine_detail_is_left(areas: NDArray[np.float32]) -> None:
    rgb = noise(120, 160)
    mask = cv2.erode(inside(rgb.shape, areas).astype(np.uint8), np.ones((3, 3), np.uint8), borderValue=0) > 0
    changed = np.abs(np.diff(blur_areas(rgb, areas).astype(int), axis=1)).max(axis=2)
    both = mask[:, 1:] & mask[:, :-1]
    # Noise changes by some 85 from one element to the next, and by up to 255.
    assert changed[both].size == 0 or np.median(changed[both]) < 15


def test_a_head_keeps_a_few_means_and_neither_sharpening_nor_scaling_brings_it_back() -> None:
    rgb = noise()
    blurred = blur_areas(rgb, HEAD)
    head = np.s_[105:165, 205:255]
    assert detail(blurred[head]) < detail(rgb[head]) / 1000
    sharpened = cv2.addWeighted(blurred, 5.0, cv2.GaussianBlur(blurred, (0, 0), 5), -4.0, 0)
    larger = cv2.resize(cv2.resize(blurred, None, fx=4, fy=4, interpolation=cv2.INTER_LANCZOS4), (640, 360))
    for tried in (blurred, sharpened, larger):
        alike = np.corrcoef(tried[head].ravel().astype(float), rgb[head].ravel().astype(float))[0, 1]
        assert abs(alike) < 0.2


def test_two_faces_with_the_same_means_become_the_same_picture() -> None:
    """The detail is not hidden, it is not there: nothing could tell the two apart."""
    rgb = np.full((360, 640, 3), 120, np.uint8)
    other = rgb.copy()
    rgb[::2, ::2], rgb[1::2, ::2] = 180, 60
    other[:, ::2], other[:, 1::2] = 90, 150
    one, two = blur_areas(rgb, HEAD)[100:170, 200:260].astype(int), blur_areas(other, HEAD)[100:170, 200:260]
    assert np.abs(one - two).max() <= 4


def test_many_detections_of_one_head_do_not_add_up_to_a_finer_picture() -> None:
    """Each detection has its own place; were each to have its own grid, their borders would cut the face to pieces."""
    rgb = noise()
    rng = np.random.default_rng(3)
    many = HEAD + rng.uniform(-4, 4, (40, 4)).astype(np.float32)
    head = np.s_[106:164, 206:254]
    assert detail(blur_areas(rgb, many)[head]) < 3 * detail(blur_areas(rgb, HEAD)[head]) + 1


@pytest.mark.parametrize("side_px", [4, 12, 30, 60, 150, 400])
def test_cells_are_few_for_every_size_of_head(side_px: int) -> None:
    """Counted as the signal that survives: a wave of one cell's length is gone, whatever the head's size."""
    rgb = np.zeros((640, 640, 3), np.uint8)
    cell = min(max(6, side_px / CELLS_ACROSS_AREA), 640 / CELLS_ALONG_PICTURE)
    rgb[:] = (127 + 127 * np.sin(np.arange(640) * 2 * np.pi / (cell * 0.4)))[None, :, None]
    area = np.array([[100, 100, 100 + side_px, 100 + side_px]], np.float32)
    left = blur_areas(rgb, area)[100 : 100 + side_px, 100 : 100 + side_px].astype(int)
    assert left.max() - left.min() < 120
    assert np.abs(np.diff(left, axis=1)).max() < 45


@pytest.mark.parametrize(
    ("box", "share"),
    [
        pytest.param((100, 100, 140, 220), 0.3, id="standing"),
        pytest.param((100, 100, 180, 180), 0.6, id="behind-a-desk"),
        pytest.param((100, 100, 150, 190), 0.45, id="between"),
    ],
)
def test_the_upper_part_of_a_person_is_taken_for_head(box: tuple[int, int, int, int], share: float) -> None:
    ((left, top, right, bottom),) = head_areas(np.array([box], np.float32), are_heads=False).tolist()
    assert left < box[0] < box[2] < right
    assert top < box[1]
    assert bottom == pytest.approx(box[1] + share * (box[3] - box[1]), abs=0.5)


def test_the_box_of_a_head_is_covered_to_the_chin() -> None:
    box = np.array([[100, 100, 130, 140]], np.float32)
    ((left, top, right, bottom),) = head_areas(box, are_heads=True).tolist()
    assert (left < 100, top < 100, right > 130, bottom > 140) == (True, True, True, True)
    assert head_areas(np.zeros((0, 4), np.float32), are_heads=True).shape == (0, 4)
    assert head_areas(np.zeros((0, 4), np.float32), are_heads=False).shape == (0, 4)


@pytest.mark.parametrize(("rows", "columns"), [(360, 640), (640, 360), (48, 64), (1, 1)])
def test_without_heads_the_whole_picture_is_coarse(rows: int, columns: int) -> None:
    rgb = noise(rows, columns)
    coarse = coarsen(rgb)
    assert coarse.shape == rgb.shape
    if rows > CELLS_WITHOUT_HEADS * 2:
        assert detail(coarse) < detail(rgb) / 1000
        # A face that fills a sixth of the picture keeps fewer than the 16 elements that recognition takes.
        cells = cv2.resize(coarse, (columns // 20, rows // 20), interpolation=cv2.INTER_AREA)
        again = cv2.resize(cells, (columns, rows), interpolation=cv2.INTER_LINEAR)
        assert np.abs(again.astype(int) - coarse).mean() < 4


def test_boxes_are_thin_and_leave_the_inside_alone() -> None:
    rgb = noise()
    marked = mark_boxes(rgb, HEAD)
    assert (marked != rgb).any(axis=2).sum() < 3 * 2 * (60 + 70 + 6)
    assert np.array_equal(marked[103:167, 203:257], rgb[103:167, 203:257])
