"""From the photograph of a sign-in sheet's page to what was read: markers, lines, light, code, ink, seal."""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sheet_cells import CellInk, Column, cell_inks, decide, ink_mask, paper_noise, rim_mm
from lessonproof.analysis.sheet_grid import Grid, find_grid
from lessonproof.analysis.sheet_hands import similar_signatures
from lessonproof.analysis.sheet_light import blur_mm, folds, ink, redness, without_shadows
from lessonproof.analysis.sheet_markers import find_page, rectified
from lessonproof.analysis.sheet_qr import read_code
from lessonproof.analysis.sheet_stamp import RED, find_seals
from lessonproof.evidence.sheet_errors import SheetBlurredError, SheetCodeUnreadableError
from lessonproof.evidence.sheet_layout import LAYOUT_1, LAYOUTS, Box, SheetLayout
from lessonproof.evidence.sheet_reading import CellReading, Mark, PageReading

PX_PER_MM: Final = 6.0
"""Scale at which a page is read: a thin pen's stroke is two pixels wide."""
_WORKING_LONG_SIDE_PX: Final = 2600
_HEAD_RIM_MM: Final = 0.8
MOST_BLUR_MM: Final = 0.75
"""A blur as wide as a stroke takes two thirds of its contrast."""


def read_page(rgb: NDArray[np.uint8], layout: SheetLayout = LAYOUT_1) -> PageReading:
    """Read one page.

    Args:
        rgb: a photograph or scan, shape ``(H, W, 3)``, lying any way.
        layout: the layout whose markers are looked for; all layouts so far share them.

    Raises:
        SheetMarkerMissingError: a corner is not to be seen.
        SheetTooSmallError: too few pixels fall on a cell.
        SheetBlurredError: the picture is not sharp enough.
        SheetGridMissingError: the printed lines are not to be seen.
        SheetCodeUnreadableError: the QR code is not, or names a layout that is unknown here.
    """
    scale = min(1.0, _WORKING_LONG_SIDE_PX / max(rgb.shape[:2]))
    photo = rgb
    if scale < 1:
        photo = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    grey = np.asarray(cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY), np.uint8)
    view = find_page(grey, layout)
    flat = rectified(grey, view, layout.page, PX_PER_MM)
    blur = blur_mm(flat, layout, PX_PER_MM)
    if blur > MOST_BLUR_MM:
        raise SheetBlurredError(
            f"too blurred: edges are {blur:.1f} mm wide on the paper, at most {MOST_BLUR_MM} mm can be read; hold "
            f"still and focus",
            f"图像过于模糊：印刷边缘模糊宽度约 {blur:.1f} 毫米，最多 {MOST_BLUR_MM} 毫米；请对焦并持稳后重拍",
        )
    code = read_code(grey, view, layout)
    if code.layout not in LAYOUTS:
        raise SheetCodeUnreadableError(
            f"the sheet has layout {code.layout}, which this version does not know",
            f"签到表版式为第 {code.layout} 版，本程序版本不认识",
        )
    grid = find_grid(1 - without_shadows(flat, PX_PER_MM), layout, PX_PER_MM)
    shares = without_shadows(rectified(photo, view, layout.page, PX_PER_MM, grid.offset_mm), PX_PER_MM)
    red = redness(shares)
    seals = find_seals(shares, red, PX_PER_MM)
    dark = ink(shares, seals.area, PX_PER_MM)
    dark = dark - folds(dark, layout.blank_strips, PX_PER_MM)[:, None]
    any_red = red > RED
    red_ink = cv2.dilate((any_red & ~seals.area).astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool)
    rim = rim_mm(blur)
    rows, signatures = _rows(dark, red_ink, any_red, grid, layout=layout, rim=rim)
    teacher, date = (_single(dark, red_ink, any_red, box, rim) for box in (layout.teacher_cell, layout.date_cell))
    return PageReading(
        code=code,
        rows=rows,
        teacher=teacher,
        date=date,
        stamped=seals.is_stamped,
        similar=similar_signatures(signatures),
        cell_height_px=view.cell_height_px / scale,
        blur_mm=blur,
        paper_noise=max(paper_noise(dark[_part(box)]) for box in layout.blank_strips),
    )


def _rows(
    dark: NDArray[np.float32],
    red_ink: NDArray[np.bool_],
    any_red: NDArray[np.bool_],
    grid: Grid,
    *,
    layout: SheetLayout,
    rim: float,
) -> tuple[tuple[CellReading, ...], Mapping[int, NDArray[np.bool_]]]:
    """Each row's reading, and the ink of those that are signed."""
    readings: dict[int, CellReading] = {}
    signatures: dict[int, NDArray[np.bool_]] = {}
    for table in layout.table_boxes:
        rows = [row for row in layout.rows if row.number_cell.x_mm == table.x_mm]
        cells = [row.signature_cell for row in rows]
        shown = Box(cells[0].x_mm, table.y_mm, cells[0].width_mm, table.height_mm)
        inks = _inks(dark, red_ink, any_red, Column(cells, shown, rim, PX_PER_MM))
        for row, found in zip(rows, inks, strict=True):
            reading = decide(found, float(grid.row_lines_seen[row.number - 1]), PX_PER_MM)
            readings[row.number] = reading
            if reading.mark is Mark.SIGNED:
                signatures[row.number] = found.own
    return tuple(readings[number] for number in sorted(readings)), signatures


def _single(
    dark: NDArray[np.float32], red_ink: NDArray[np.bool_], any_red: NDArray[np.bool_], box: Box, rim: float
) -> CellReading:
    """A cell of the head, where no line is measured: a wider rim is left out."""
    inner = box.inset(_HEAD_RIM_MM)
    return decide(_inks(dark, red_ink, any_red, Column([inner], inner, rim, PX_PER_MM))[0], 1.0, PX_PER_MM)


def _inks(
    dark: NDArray[np.float32], red_ink: NDArray[np.bool_], any_red: NDArray[np.bool_], column: Column
) -> list[CellInk]:
    part = _part(column.origin)
    red = red_ink[part]
    mask, uneven = ink_mask(dark[part], any_red[part], column)
    return cell_inks(mask & ~red, red, column, uneven)


def _part(box: Box) -> tuple[slice, slice]:
    y, x = round(box.y_mm * PX_PER_MM), round(box.x_mm * PX_PER_MM)
    return slice(y, y + round(box.height_mm * PX_PER_MM)), slice(x, x + round(box.width_mm * PX_PER_MM))
