import cv2
import numpy as np
import pytest

from lessonproof.analysis.sheet_page import read_page
from lessonproof.evidence.sheet_errors import (
    SheetBlurredError,
    SheetCodeUnreadableError,
    SheetGridMissingError,
    SheetMarkerMissingError,
    SheetTooSmallError,
)
from lessonproof.evidence.sheet_layout import LAYOUT_1
from lessonproof.evidence.sheet_reading import Mark, PageReading, UnclearReason
from tests.analysis.sheets import PX_PER_MM, SIGNED, STRUCK_OUT, TWICE, signed_page, without


def _signed(reading: PageReading) -> set[int]:
    return {row for row, cell in enumerate(reading.rows, 1) if cell.mark is Mark.SIGNED}


def test_a_scan_is_read_whole() -> None:
    reading = read_page(signed_page())
    assert _signed(reading) == SIGNED
    unclear = {row: cell.reason for row, cell in enumerate(reading.rows, 1) if cell.mark is Mark.UNCLEAR}
    assert unclear == {STRUCK_OUT: UnclearReason.LINE}
    assert (reading.teacher.mark, reading.date.mark, reading.stamped) == (Mark.SIGNED, Mark.EMPTY, True)
    assert (reading.code.unit_id, reading.code.page, reading.code.pages) == ("T1", 1, 1)
    assert [(pair.first_row, pair.second_row) for pair in reading.similar] == [TWICE]
    assert reading.cell_height_px == pytest.approx(6.8 * PX_PER_MM, rel=0.02)


@pytest.mark.parametrize("turns", [1, 2, 3])
def test_a_page_may_lie_any_way(turns: int) -> None:
    assert _signed(read_page(np.ascontiguousarray(np.rot90(signed_page(), turns)))) == SIGNED


def test_a_slanted_photograph_in_half_shadow_is_read() -> None:
    page = signed_page()
    height, width = page.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = np.array([[150, 60], [width - 40, 160], [width - 170, height - 40], [30, height - 120]], np.float32)
    warped = cv2.warpPerspective(page, cv2.getPerspectiveTransform(corners, seen), (width, height))
    photo = np.asarray(warped, np.uint8)
    photo[:, : width // 2] //= 2
    assert _signed(read_page(photo)) == SIGNED


def test_a_black_and_white_copy_shows_no_seal_and_its_grey_ring_is_no_signature() -> None:
    grey = cv2.cvtColor(signed_page(), cv2.COLOR_RGB2GRAY)
    reading = read_page(np.asarray(np.stack([grey] * 3, axis=2), np.uint8))
    assert reading.stamped is None
    assert _signed(reading) == SIGNED
    assert {reading.rows[row - 1].reason for row in (34, 35, 36, 37)} == {UnclearReason.LARGE_MARK}


@pytest.mark.parametrize(
    ("index", "en", "zh"),
    [
        (0, "left upper", "左上角"),
        (1, "right upper", "右上角"),
        (2, "right lower", "右下角"),
        (3, "left lower", "左下角"),
    ],
)
def test_a_covered_corner_is_named(index: int, en: str, zh: str) -> None:
    box = LAYOUT_1.markers[index]
    with pytest.raises(SheetMarkerMissingError, match=f"^{en} marker not found") as caught:
        read_page(without(signed_page(), box.x_mm + 3, box.y_mm + 3, 8, 8))
    assert f"未找到{zh}标记" in caught.value.zh


def test_a_picture_of_something_else_is_refused() -> None:
    with pytest.raises(SheetMarkerMissingError, match="no corner marker"):
        read_page(np.full((600, 400, 3), 200, np.uint8))


def test_a_mirrored_sheet_is_refused() -> None:
    with pytest.raises(SheetMarkerMissingError):
        read_page(np.ascontiguousarray(signed_page()[:, ::-1]))


def test_a_thumbnail_is_refused_with_its_size() -> None:
    small = cv2.resize(signed_page(), None, fx=0.35, fy=0.35, interpolation=cv2.INTER_AREA)
    with pytest.raises(SheetTooSmallError, match="too small: 17 px per cell, 20 needed"):
        read_page(np.asarray(small, np.uint8))


def test_a_blurred_picture_is_refused() -> None:
    with pytest.raises(SheetBlurredError, match="too blurred"):
        read_page(np.asarray(cv2.GaussianBlur(signed_page(), (0, 0), 0.8 * PX_PER_MM), np.uint8))


def test_a_covered_code_is_refused() -> None:
    code = LAYOUT_1.code
    with pytest.raises(SheetCodeUnreadableError, match="QR code unreadable"):
        read_page(without(signed_page(), code.x_mm, code.y_mm, code.width_mm, code.height_mm))


def test_covered_rows_are_unclear_never_empty() -> None:
    cell = LAYOUT_1.rows[20].signature_cell
    reading = read_page(without(signed_page(), cell.x_mm - 2, cell.y_mm - 10, 62, 27))
    assert reading.rows[20].reason is UnclearReason.COVERED
    assert _signed(reading) == SIGNED


def test_a_covered_table_is_refused() -> None:
    with pytest.raises(SheetGridMissingError, match="printed lines"):
        read_page(without(signed_page(), 5, 90, 200, 150))
