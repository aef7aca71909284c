"""A signed sign-in sheet as a flat scan, drawn once, with what was signed."""

from dataclasses import replace
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.sheets.cases import printed_page
from benchmarks.sheets.hands import PENS, Hand, copied, random_hand, write
from benchmarks.sheets.stamps import stamp
from lessonproof.evidence.sheet_layout import LAYOUT_1

PX_PER_MM: Final = 180 / 25.4
SIGNED: Final = frozenset({1, 2, 4, 7, 12})
TWICE: Final = (2, 12)
STRUCK_OUT: Final = 9


@cache
def signed_page() -> NDArray[np.uint8]:
    """RGB, ``(H, W, 3)``: twelve people, :data:`SIGNED` signed, two rows by one hand, row 9 struck out, a seal."""
    page = printed_page(5, 0)[0].copy()
    rng = np.random.default_rng(8)
    hands: dict[int, Hand] = {}
    for number in sorted(SIGNED):
        hand = replace(random_hand(rng, 3), pen=PENS[number % len(PENS)])
        hands[number] = copied(rng, hands[TWICE[0]]) if number == TWICE[1] else hand
        cell = LAYOUT_1.rows[number - 1].signature_cell
        write(page, hands[number], (cell.x_mm + 8, cell.y_mm + cell.height_mm / 2), PX_PER_MM, rng)
    line = Hand((np.array([[0.0, 0.0], [40.0, 0.4]]),), PENS[0])
    cell = LAYOUT_1.rows[STRUCK_OUT - 1].signature_cell
    write(page, line, (cell.x_mm + 5, cell.y_mm + cell.height_mm / 2), PX_PER_MM, rng)
    teacher = LAYOUT_1.teacher_cell
    write(page, random_hand(rng, 2), (teacher.x_mm + 5, teacher.y_mm + 6), PX_PER_MM, rng)
    stamp(page, (140.0, 100.0), PX_PER_MM, rng)
    return np.asarray(np.round(page * 255), np.uint8)


def without(rgb: NDArray[np.uint8], x_mm: float, y_mm: float, width_mm: float, height_mm: float) -> NDArray[np.uint8]:
    """The page with a part covered by something grey."""
    page = rgb.copy()
    corners = [
        (round(x * PX_PER_MM), round(y * PX_PER_MM)) for x, y in ((x_mm, y_mm), (x_mm + width_mm, y_mm + height_mm))
    ]
    cv2.rectangle(page, corners[0], corners[1], (150, 120, 100), -1)
    return page
