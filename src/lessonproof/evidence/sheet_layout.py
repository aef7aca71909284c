"""Where everything stands on a printed sign-in sheet, in millimetres: one value for the printer and for the reader.

The sheet follows annex 3 of the Shaoxing rules (SX-A3a to SX-A3c): class number, teaching time to the minute, the
teacher's signature with its date, a place for the stamp, and sixty numbered rows. Beside them stand what a machine
needs: four ArUco markers in the corners and a QR code of fixed version, so that the place of every module is known.
Origin is the page's left upper corner, x to the right, y down.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page.

    Attributes:
        x_mm: left edge.
        y_mm: upper edge.
        width_mm: above 0.
        height_mm: above 0.
    """

    x_mm: float
    y_mm: float
    width_mm: float
    height_mm: float

    def __post_init__(self) -> None:
        if self.width_mm <= 0 or self.height_mm <= 0:
            raise ValueError(f"a box needs an area, got {self!r}")

    @property
    def right_mm(self) -> float:
        """Right edge."""
        return self.x_mm + self.width_mm

    @property
    def bottom_mm(self) -> float:
        """Lower edge."""
        return self.y_mm + self.height_mm

    def inset(self, margin_mm: float) -> "Box":
        """The box without a rim.

        Raises:
            ValueError: nothing is left.
        """
        return Box(
            self.x_mm + margin_mm,
            self.y_mm + margin_mm,
            self.width_mm - 2 * margin_mm,
            self.height_mm - 2 * margin_mm,
        )


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One signature row: ``number`` from 1 on a page, and its three cells."""

    number: int
    number_cell: Box
    name_cell: Box
    signature_cell: Box


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet. The reader refuses a sheet of a version that it does not know.

    Attributes:
        version: changes whenever anything printed moves.
        page: the paper, A4.
        markers: corner markers in the order of their ids: left upper, right upper, right lower, left lower.
        marker_id_base: id of the first marker.
        code: the QR code without its quiet zone.
        code_modules: modules along its side: 33 is QR version 4.
        title: where the title stands.
        heading_lines: lines of text below it.
        teacher_label: caption of the teacher's cell.
        teacher_cell: where the teacher signs.
        date_label: caption of the date's cell.
        date_cell: where the teacher writes the date.
        stamp_place: where the institution stamps; a stamp elsewhere counts as well.
        head_height_mm: height of the captions above the rows.
        rows: signature rows, by rising number.
        blank_strips: where neither print nor handwriting belongs; shows what this paper and camera look like.
        footer: the notice at the bottom, beside it the page number.
        line_mm: width of printed lines.
    """

    version: int
    page: Box
    markers: tuple[Box, Box, Box, Box]
    marker_id_base: int
    code: Box
    code_modules: int
    title: Box
    heading_lines: tuple[Box, ...]
    teacher_label: Box
    teacher_cell: Box
    date_label: Box
    date_cell: Box
    stamp_place: Box
    head_height_mm: float
    rows: tuple[SheetRow, ...]
    blank_strips: tuple[Box, ...]
    footer: Box
    line_mm: float

    @property
    def module_mm(self) -> float:
        """Side of a QR module."""
        return self.code.width_mm / self.code_modules

    @property
    def table_boxes(self) -> tuple[Box, ...]:
        """The blocks of rows, captions left out, from left to right."""
        lefts = sorted({row.number_cell.x_mm for row in self.rows})
        return tuple(_around([row for row in self.rows if row.number_cell.x_mm == left]) for left in lefts)


def _around(rows: list[SheetRow]) -> Box:
    left, top = rows[0].number_cell.x_mm, rows[0].number_cell.y_mm
    right, bottom = rows[-1].signature_cell.right_mm, rows[-1].signature_cell.bottom_mm
    return Box(left, top, right - left, bottom - top)


def _block(first: int, count: int, x_mm: float, y_mm: float, height_mm: float) -> tuple[SheetRow, ...]:
    widths = (9.0, 25.0, 58.0)
    return tuple(
        SheetRow(
            first + index,
            Box(x_mm, y_mm + index * height_mm, widths[0], height_mm),
            Box(x_mm + widths[0], y_mm + index * height_mm, widths[1], height_mm),
            Box(x_mm + widths[0] + widths[1], y_mm + index * height_mm, widths[2], height_mm),
        )
        for index in range(count)
    )


ROWS_PER_PAGE: Final = 60
"""Numbered rows of annex 3 (SX-A3c)."""
_MARKER_MM: Final = 13.0
LAYOUT_1: Final = SheetLayout(
    version=1,
    page=Box(0, 0, 210, 297),
    markers=(
        Box(9, 9, _MARKER_MM, _MARKER_MM),
        Box(188, 9, _MARKER_MM, _MARKER_MM),
        Box(188, 275, _MARKER_MM, _MARKER_MM),
        Box(9, 275, _MARKER_MM, _MARKER_MM),
    ),
    marker_id_base=0,
    code=Box(171.4, 26, 26.4, 26.4),
    code_modules=33,
    title=Box(26, 10, 158, 10),
    heading_lines=(Box(10, 24, 118, 6.5), Box(10, 30.5, 118, 6.5), Box(10, 37, 118, 6.5)),
    teacher_label=Box(10, 45, 24, 13),
    teacher_cell=Box(34, 45, 50, 13),
    date_label=Box(84, 45, 14, 13),
    date_cell=Box(98, 45, 30, 13),
    stamp_place=Box(130, 24, 37, 34),
    head_height_mm=6,
    rows=(*_block(1, 30, 10, 67, 6.8), *_block(31, 30, 108, 67, 6.8)),
    blank_strips=(Box(102.8, 67, 4.4, 204), Box(4.5, 67, 4.5, 204), Box(201, 67, 4.5, 204)),
    footer=Box(26, 277, 158, 9),
    line_mm=0.3,
)
LAYOUTS: Final = {LAYOUT_1.version: LAYOUT_1}
"""Every layout that was ever printed: a sheet is read by its own."""
