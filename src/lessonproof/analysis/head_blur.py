"""Making heads in a picture unrecognisable, for good: what is blurred here cannot be computed back. Pure.

A face needs some 16 picture elements across to be recognised; below, recognition falls off steeply (Bachmann, 1991,
"Identification of spatially quantised tachistoscopic images of faces", European Journal of Cognitive Psychology 3).
Here a head keeps two or three, each the mean of its surroundings. A Gaussian blur of the same looks would keep the
detail and only weaken it, so that sharpening brings it back; means of cells do not contain it any more.
"""

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

CELLS_ACROSS_AREA: Final = 3
"""Cells across the shorter side of an area; a head fills about half of it."""
LEAST_CELL_PX: Final = 6
"""However small a head is, detail below this size goes."""
CELLS_ALONG_PICTURE: Final = 16
"""Cells are not larger than the picture's longer side by this: a head that fills a quarter of it keeps four, and a
false detection of half a room does not turn that half into one colour."""
CELLS_WITHOUT_HEADS: Final = 32
"""Cells along the longer side where nobody knows where heads are: a face would have to fill half of the picture to keep
the 16 that recognition takes."""
_CELL_RATIO: Final = 1.25
"""Sizes of cells are rounded up to a power of this, so that heads of about one size share a grid."""

TALL: Final = 2.2
"""Height by width from which a box shows a standing person."""
WIDE: Final = 1.4
"""Height by width up to which a box shows head and upper body only, as of people behind desks."""
HEAD_SHARE_TALL: Final = 0.3
"""Share of a standing person's box, from the top, that is taken for head: twice the anatomical 1/7 to 1/8, since people
bend, sit down and raise their arms above it."""
HEAD_SHARE_WIDE: Final = 0.6
"""The same share for head and upper body. Both shares, and the margins, are measured by ``benchmarks/people/heads.py``:
smaller ones leave more heads in sight, larger ones blur bodies and tools without hiding more heads."""
MARGIN: Final = 0.12
"""Of a box's width (above: of its shorter side), added around: detected boxes end inside hair and helmets."""
HEAD_BOX_MARGIN: Final = 0.2
"""The same where the boxes are heads themselves."""

BOX_RGB: Final = (90, 255, 120)
BOX_EDGE_RGB: Final = (10, 40, 20)


def head_areas(boxes_xyxy_px: NDArray[np.float32], *, are_heads: bool) -> NDArray[np.float32]:
    """Where heads may be, generously.

    Args:
        boxes_xyxy_px: shape ``(K, 4)``: left, top, right, bottom.
        are_heads: whether the boxes are around heads; else they are around people.

    Returns:
        Shape ``(K, 4)``, in the same order; may reach out of the picture.
    """
    left, top, right, bottom = boxes_xyxy_px.astype(np.float32).T
    width, height = np.maximum(right - left, 1), np.maximum(bottom - top, 1)
    if are_heads:
        x, y = HEAD_BOX_MARGIN * width, HEAD_BOX_MARGIN * height
        return np.stack([left - x, top - y, right + x, bottom + y], axis=1)
    share = np.interp(height / width, [WIDE, TALL], [HEAD_SHARE_WIDE, HEAD_SHARE_TALL])
    side, above = MARGIN * width, MARGIN * np.minimum(width, height)
    return np.stack([left - side, top - above, right + side, top + share * height], axis=1).astype(np.float32)


def blur_areas(rgb: NDArray[np.uint8], areas_xyxy_px: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture with the areas reduced to a few smoothed cells each; everything else as it was.

    Areas that overlap do not add up to a finer picture: each size of cell has one grid for the whole picture, and where
    areas overlap the larger cell holds.

    Args:
        rgb: shape ``(H, W, 3)``.
        areas_xyxy_px: shape ``(K, 4)``.
    """
    rows, columns = rgb.shape[:2]
    cell_px = np.zeros((rows, columns), np.int32)
    most_px = max(LEAST_CELL_PX, math.ceil(max(rows, columns) / CELLS_ALONG_PICTURE))
    sizes = [_cell_px(area, most_px) for area in areas_xyxy_px]
    for index in np.argsort(sizes, kind="stable"):
        left, top, right, bottom = areas_xyxy_px[index]
        inside = np.s_[
            max(0, math.floor(top)) : max(0, math.ceil(bottom)), max(0, math.floor(left)) : max(0, math.ceil(right))
        ]
        cell_px[inside] = sizes[index]
    blurred = rgb.copy()
    for size in np.unique(cell_px[cell_px > 0]):
        mask = cell_px == size
        blurred[mask] = _coarse(rgb, int(size))[mask]
    return blurred


def coarsen(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The whole picture in cells so coarse that no face is recognisable, wherever it is; shape ``(H, W, 3)``."""
    return _coarse(rgb, math.ceil(max(rgb.shape[:2]) / CELLS_WITHOUT_HEADS))


def mark_boxes(rgb: NDArray[np.uint8], boxes_xyxy_px: NDArray[np.float32]) -> NDArray[np.uint8]:
    """The picture with a thin box around each person: no number, no name.

    Args:
        rgb: shape ``(H, W, 3)``.
        boxes_xyxy_px: shape ``(K, 4)``.
    """
    marked = np.ascontiguousarray(rgb.copy())
    for outwards, colour in (
        (1, BOX_EDGE_RGB),
        (0, BOX_RGB),
    ):  # the edge shows on bright walls, the box on dark clothes
        for left, top, right, bottom in boxes_xyxy_px.round().astype(int).tolist():
            cv2.rectangle(marked, (left - outwards, top - outwards), (right + outwards, bottom + outwards), colour)
    return marked


def _cell_px(area_xyxy_px: NDArray[np.float32], most_px: int) -> int:
    left, top, right, bottom = area_xyxy_px.tolist()
    wanted = max(min(right - left, bottom - top) / CELLS_ACROSS_AREA, LEAST_CELL_PX)
    return min(math.ceil(_CELL_RATIO ** math.ceil(math.log(wanted, _CELL_RATIO) - 1e-9)), most_px)


def _coarse(rgb: NDArray[np.uint8], cell_px: int) -> NDArray[np.uint8]:
    """Means of cells, drawn smoothly: sharp edges of cells would be mistaken for something in the room."""
    rows, columns = rgb.shape[:2]
    cells = (math.ceil(columns / cell_px), math.ceil(rows / cell_px))
    means = cv2.resize(rgb, cells, interpolation=cv2.INTER_AREA)
    return cv2.resize(means, (columns, rows), interpolation=cv2.INTER_LINEAR).astype(np.uint8, copy=False)
