"""Whether a cell of a sign-in sheet is signed: its own ink against what blank paper of this photograph shows.

Strokes are followed as connected components over the whole column of signature cells, so that ink which reaches over
from a neighbour is counted for the neighbour. What is neither plainly a name nor plainly nothing is ``unclear``.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.sheet_layout import Box
from lessonproof.evidence.sheet_reading import CellReading, Mark, UnclearReason

_LEAST_CONTRAST: Final = 0.075
_NOISE_FACTOR: Final = 4.5
_MOST_CONTRAST: Final = 0.3
"""Where ink must be darker than this to be seen, an empty cell is not known to be empty: a light pencil leaves less. A
shadow's edge or a crease that runs through a cell does it."""
NAME_INK_MM2: Final = 3.0
"""Two characters of a thin pen leave some 8 mm2."""
NO_INK_MM2: Final = 0.7
"""Less is dust and noise."""
_NAME_WIDTH_MM: Final = 4.5
_LINE_SPREAD_MM: Final = 0.45
"""Standard deviation of ink across its main direction; a name of two characters has 1 mm and more."""
_SPECK_MM2: Final = 0.06
_LARGE_MM: Final = (26.0, 8.0)
"""Ink that is joined over so much height and width is no name."""
_LEAST_LINES_SEEN: Final = 0.5
_SHARED: Final = 0.3


@dataclass(frozen=True, slots=True)
class Column:
    """Cells below each other, as a picture shows them.

    Attributes:
        boxes: the cells from top to bottom.
        origin: the box that the picture shows.
        rim_mm: what is left out along each cell's lines.
        px_per_mm: scale of the picture.
    """

    boxes: Sequence[Box]
    origin: Box
    rim_mm: float
    px_per_mm: float


@dataclass(frozen=True, slots=True)
class CellInk:
    """What lies in a cell.

    Attributes:
        own: the cell's own ink, shape of the cell in pixels.
        foreign_mm2: ink of strokes whose larger part lies in another cell.
        red_mm2: red ink outside every seal.
        has_large_mark: whether ink that reaches over many rows crosses it.
        is_uneven: whether its paper is so uneven that a pencil's stroke could hide in it.
    """

    own: NDArray[np.bool_]
    foreign_mm2: float
    red_mm2: float
    has_large_mark: bool
    is_uneven: bool = False


def paper_noise(darkness: NDArray[np.float32]) -> float:
    """Standard deviation of bare paper, from the brighter half of the values: ink darkens, and never counts.

    Args:
        darkness: values of one place, any shape.
    """
    middle = float(np.median(darkness))
    brighter = middle - darkness[darkness < middle]
    return 1.4826 * float(np.median(brighter)) if brighter.size else 0.0


def rim_mm(blur_mm: float) -> float:
    """Beside a printed line nothing is counted: half the line, what is left of its bend, and its blur."""
    return 0.35 + 1.8 * blur_mm


def ink_mask(
    darkness: NDArray[np.float32], red: NDArray[np.bool_], column: Column
) -> tuple[NDArray[np.bool_], list[bool]]:
    """Where there is ink: darker than the cell's paper by more than its noise explains; printed lines left out.

    Args:
        darkness: the column, 0 paper to 1 black, shape ``(H, W)``.
        red: red ink, a seal's too, likewise; it makes no paper uneven.
        column: its cells.

    Returns:
        Ink, of the same shape, and of each cell whether its paper is so uneven that a pencil could hide in it.
    """
    uneven: list[bool] = []
    around_red = cv2.dilate(red.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    calm = np.asarray(cv2.GaussianBlur(darkness, (0, 0), 0.11 * column.px_per_mm), np.float32)
    mask = np.zeros(calm.shape, bool)
    for box in column.boxes:
        part = _slices(box.inset(column.rim_mm), column)
        values = calm[part]
        paper = float(np.percentile(values, 40))
        threshold = max(_LEAST_CONTRAST, _NOISE_FACTOR * paper_noise(values))
        mask[part] = values > paper + threshold
        uneven.append(_NOISE_FACTOR * paper_noise(values[~around_red[part]]) > _MOST_CONTRAST)
    return mask, uneven


def cell_inks(mask: NDArray[np.bool_], red: NDArray[np.bool_], column: Column, uneven: Sequence[bool]) -> list[CellInk]:
    """Each cell's own ink.

    Args:
        mask: ink of a column of cells, shape ``(H, W)``.
        red: red ink outside every seal, likewise.
        column: its cells.
        uneven: of each cell, as :func:`ink_mask` tells it.
    """
    px_per_mm = column.px_per_mm
    labels, stats = _joined(mask, column)
    px_per_mm2 = px_per_mm * px_per_mm
    parts = [_slices(box, column) for box in column.boxes]
    areas = np.array([np.bincount(labels[part][mask[part]], minlength=len(stats)) for part in parts])
    areas[:, 0] = 0
    large = _large(stats, px_per_mm)
    most = areas.max(axis=0)
    inks = []
    for part, area, is_uneven in zip(parts, areas, uneven, strict=True):
        # Two names that touch are one component: a cell that holds a good part of it, a name's ink, owns that part.
        shared = (area >= _SHARED * most) & (area >= NAME_INK_MM2 * px_per_mm2)
        is_own = (area > 0) & ((area == most) | shared) & ~large & (area >= _SPECK_MM2 * px_per_mm2)
        is_own |= (area > 0) & (area == most) & ~large & (most >= _SPECK_MM2 * px_per_mm2)
        own = is_own[labels[part]] & mask[part]
        inks.append(
            CellInk(
                own,
                float(area[~is_own & ~large].sum()) / px_per_mm2,
                float(np.count_nonzero(red[part])) / px_per_mm2,
                bool(area[large].sum() > NO_INK_MM2 * px_per_mm2),
                is_uneven,
            )
        )
    return inks


def _large(stats: NDArray[np.int32], px_per_mm: float) -> NDArray[np.bool_]:
    """Which components reach over many rows, and which lie inside such a one: a ring's star, its signs."""
    left, top, width, height = (stats[:, column] for column in range(4))
    large = (height > _LARGE_MM[0] * px_per_mm) & (width > _LARGE_MM[1] * px_per_mm)
    large[0] = False  # the background
    x, y = left + width / 2, top + height / 2
    inside = np.zeros(len(stats), bool)
    for index in np.flatnonzero(large):
        in_width = (x >= left[index]) & (x <= left[index] + width[index])
        inside |= in_width & (y >= top[index]) & (y <= top[index] + height[index])
    inside[0] = False
    return np.asarray(large | inside)


def _joined(mask: NDArray[np.bool_], column: Column) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Components of ink, strokes joined over the printed lines that were left out between cells."""
    across = 2 * round(column.rim_mm * column.px_per_mm) + 3 if len(column.boxes) > 1 else 1
    bridged = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((across, 1), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bridged, connectivity=8)
    return np.asarray(labels, np.int32), np.asarray(stats, np.int32)


def _slices(box: Box, column: Column) -> tuple[slice, slice]:
    scale = column.px_per_mm
    x0, y0 = (box.x_mm - column.origin.x_mm) * scale, (box.y_mm - column.origin.y_mm) * scale
    return (
        slice(max(0, math.ceil(y0)), math.floor(y0 + box.height_mm * scale)),
        slice(max(0, math.ceil(x0)), math.floor(x0 + box.width_mm * scale)),
    )


def decide(ink: CellInk, lines_seen: float, px_per_mm: float) -> CellReading:
    """Signed, empty or unclear.

    Args:
        ink: what lies in the cell.
        lines_seen: share of the printed lines above and below it that is seen, 0..1.
        px_per_mm: scale of the ink.
    """
    own_mm2 = np.count_nonzero(ink.own) / px_per_mm**2
    share = float(ink.own.mean()) if ink.own.size else 0.0
    reason = _doubt(ink, own_mm2, lines_seen, px_per_mm)
    if reason is not None:
        return CellReading(Mark.UNCLEAR, share, reason)
    return CellReading(Mark.SIGNED if own_mm2 >= NAME_INK_MM2 else Mark.EMPTY, share)


def _doubt(ink: CellInk, own_mm2: float, lines_seen: float, px_per_mm: float) -> UnclearReason | None:
    if lines_seen < _LEAST_LINES_SEEN:
        return UnclearReason.COVERED
    if own_mm2 >= NAME_INK_MM2:
        width_mm, spread_mm = _extent(ink.own, px_per_mm)
        if spread_mm < _LINE_SPREAD_MM:
            return UnclearReason.LINE
        return UnclearReason.LITTLE_INK if width_mm < _NAME_WIDTH_MM else None
    if ink.has_large_mark:
        return UnclearReason.LARGE_MARK
    if ink.red_mm2 >= NAME_INK_MM2:
        return UnclearReason.RED_INK
    if own_mm2 >= NO_INK_MM2:
        return UnclearReason.LITTLE_INK
    if ink.is_uneven:
        return UnclearReason.UNEVEN_PAPER
    return UnclearReason.NEIGHBOUR if ink.foreign_mm2 >= 2 * NAME_INK_MM2 else None


def _extent(own: NDArray[np.bool_], px_per_mm: float) -> tuple[float, float]:
    """Width of the ink in mm, and its standard deviation across its main direction."""
    y, x = np.nonzero(own)
    spread = np.sqrt(max(float(np.linalg.eigvalsh(np.cov(np.stack([x, y])))[0]), 0.0))
    left, right = np.percentile(x, (2, 98))
    return float(right - left) / px_per_mm, spread / px_per_mm
