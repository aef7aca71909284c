import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.sheet_cells import CellInk, Column, cell_inks, decide, ink_mask
from lessonproof.evidence.sheet_layout import Box
from lessonproof.evidence.sheet_reading import Mark, UnclearReason

SCALE = 6.0
BOXES = [Box(0, index * 7.0, 50, 7.0) for index in range(6)]
COLUMN = Column(BOXES, Box(0, 0, 50, 42), 0.8, SCALE)


def _name(mask: NDArray[np.uint8], x_mm: float, y_mm: float, size_mm: float = 4.0) -> None:
    """Two crossed squares, four millimetres each."""
    for index in range(3):
        left, top = round((x_mm + index * size_mm) * SCALE), round(y_mm * SCALE)
        right, bottom = left + round(size_mm * 0.8 * SCALE), top + round(size_mm * SCALE)
        cv2.line(mask, (left, top), (right, bottom), 1, 3)
        cv2.line(mask, (left, bottom), (right, top), 1, 3)


def _read(mask: NDArray[np.uint8], red: NDArray[np.uint8] | None = None) -> list[tuple[Mark, UnclearReason | None]]:
    rng = np.random.default_rng(3)
    darkness = (rng.normal(0, 0.01, mask.shape) + 0.6 * mask).astype(np.float32)
    none = np.zeros(mask.shape, bool)
    reds = none if red is None else red.astype(bool)
    found, uneven = ink_mask(darkness, reds, COLUMN)
    inks = cell_inks(found & ~reds, reds, COLUMN, uneven)
    readings = [decide(ink, 1.0, SCALE) for ink in inks]
    return [(reading.mark, reading.reason) for reading in readings]


def _blank() -> NDArray[np.uint8]:
    return np.zeros((252, 300), np.uint8)


def test_names_are_signed_and_paper_is_empty() -> None:
    mask = _blank()
    _name(mask, 5, 8.5)
    assert [mark for mark, _ in _read(mask)] == [Mark.EMPTY, Mark.SIGNED, *[Mark.EMPTY] * 4]


def test_a_stroke_that_reaches_over_does_not_sign_the_neighbours_row() -> None:
    mask = _blank()
    _name(mask, 5, 8.5)
    cv2.line(mask, (40, 70), (60, 108), 1, 3)  # a descender of 18 mm height
    marks = [mark for mark, _ in _read(mask)]
    assert marks[1] is Mark.SIGNED
    assert marks[2] is Mark.EMPTY


def test_two_names_that_touch_are_both_signed() -> None:
    mask = _blank()
    _name(mask, 5, 8.5)
    _name(mask, 5, 15.5)
    cv2.line(mask, (40, 70), (42, 110), 1, 3)
    assert [mark for mark, _ in _read(mask)][1:3] == [Mark.SIGNED, Mark.SIGNED]


def test_one_straight_stroke_is_unclear() -> None:
    mask = _blank()
    cv2.line(mask, (20, 60), (260, 66), 1, 3)
    assert _read(mask)[1] == (Mark.UNCLEAR, UnclearReason.LINE)


def test_a_small_mark_is_unclear() -> None:
    mask = _blank()
    cv2.circle(mask, (100, 63), 4, 1, -1)
    assert _read(mask)[1] == (Mark.UNCLEAR, UnclearReason.LITTLE_INK)


def test_dust_is_nothing() -> None:
    mask = _blank()
    mask[60:62, 100:102] = 1
    assert _read(mask)[1] == (Mark.EMPTY, None)


def test_red_ink_without_a_seal_is_unclear() -> None:
    red = _blank()
    _name(red, 5, 8.5)
    assert _read(_blank(), red)[1] == (Mark.UNCLEAR, UnclearReason.RED_INK)


def test_ink_over_many_rows_is_unclear() -> None:
    mask = _blank()
    cv2.line(mask, (50, 6), (120, 246), 1, 5)
    assert {reason for _, reason in _read(mask)} == {UnclearReason.LARGE_MARK}


def test_a_cell_whose_lines_are_not_seen_is_unclear() -> None:
    own = np.zeros((40, 300), bool)
    own[10:30, 50:200] = True
    reading = decide(CellInk(own, 0.0, 0.0, has_large_mark=False), 0.2, SCALE)
    assert (reading.mark, reading.reason) == (Mark.UNCLEAR, UnclearReason.COVERED)


@pytest.mark.parametrize("noise", [0.005, 0.03])
def test_noise_alone_is_no_ink(noise: float) -> None:
    darkness = np.random.default_rng(4).normal(0, noise, (252, 300)).astype(np.float32)
    none = np.zeros(darkness.shape, bool)
    found, uneven = ink_mask(darkness, none, COLUMN)
    inks = cell_inks(found, none, COLUMN, uneven)
    assert {decide(ink, 1.0, SCALE).mark for ink in inks} == {Mark.EMPTY}


def test_a_shadows_edge_through_a_cell_leaves_it_undecided() -> None:
    """Its slope is taken for the paper's noise, under which a pencil's stroke would not be seen."""
    darkness = np.random.default_rng(3).normal(0, 0.01, _blank().shape).astype(np.float32)
    top, bottom = 42, 84
    darkness[top:bottom] += np.linspace(-0.4, 0.4, darkness.shape[1], dtype=np.float32)
    none = np.zeros(darkness.shape, bool)
    found, uneven = ink_mask(darkness, none, COLUMN)
    readings = [decide(ink, 1.0, SCALE) for ink in cell_inks(found, none, COLUMN, uneven)]
    assert (readings[1].mark, readings[1].reason) == (Mark.UNCLEAR, UnclearReason.UNEVEN_PAPER)
    assert [reading.mark for reading in readings[2:]] == [Mark.EMPTY] * 4
