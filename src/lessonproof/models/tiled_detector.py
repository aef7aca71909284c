"""Looking twice where people are small: at the whole picture, and at overlapping tiles of it at the network's own size.

A network that takes 320x320 sees a person of 40 pixels in a picture of 640 as one of 20. Where the whole picture shows
that people are small, or none, tiles are looked at too and both answers become one list.

Source: Akyon, Altinuc & Temizel 2022, "Slicing aided hyper inference" (https://arxiv.org/abs/2202.06934), here with a
choice by measured size and whole boxes before those that a tile's edge clips.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.detector import Detections, PersonDetector, check_frames, overlaps

SIZED_SCORE: Final = 0.2
"""Detections that say how large people are."""
LARGE_SHARE: Final = 0.4
"""People taller than this share of the picture's longer side are seen well enough as they are. On the training pictures
of ``benchmarks/people`` the mean absolute error fell from 2.07 people without tiles to 1.71; tiles for all pictures,
at twice the cost, did no better."""
OVERLAP_SHARE: Final = 0.15
"""Least share of a tile that its neighbour shows too, so that somebody on the border is whole in one of them."""
STRETCH: Final = 1.125
"""Tiles are so much larger than the network's input: a picture of 640x360 takes two of them, not four."""
SAME_IOU: Final = 0.5
CLIPPED_INSIDE: Final = 0.6
"""A box that a tile's edge clips is a part of another one if so much of the smaller of the two lies inside it."""
EDGE_PX: Final = 2.0


@dataclass(frozen=True, slots=True)
class Tile:
    """A part of a picture: ``[left, right)`` times ``[top, bottom)``, pixels."""

    left: int
    top: int
    right: int
    bottom: int


def plan_tiles(width_px: int, height_px: int, side_px: int) -> tuple[Tile, ...]:
    """Overlapping tiles that cover a picture; one where it is hardly larger than a tile.

    Args:
        width_px: of the picture.
        height_px: of the picture.
        side_px: side of the network's input, pixels, >= 1.
    """
    columns, rows = _parts(width_px, side_px), _parts(height_px, side_px)
    return tuple(Tile(left, top, right, bottom) for (top, bottom), (left, right) in itertools.product(rows, columns))


def _parts(length_px: int, side_px: int) -> list[tuple[int, int]]:
    size = round(STRETCH * side_px)
    if length_px <= size:
        return [(0, length_px)]
    number = int(np.ceil((length_px - size) / (size * (1 - OVERLAP_SHARE)))) + 1
    starts = np.linspace(0, length_px - size, number).round().astype(int).tolist()
    return [(start, start + size) for start in starts]


def are_small(whole: Detections, longer_side_px: int) -> bool:
    """Whether the people of a picture are so small, or so few, that tiles may show more."""
    boxes = whole.boxes_xyxy_px[whole.scores >= np.float32(SIZED_SCORE)]
    return not len(boxes) or float(np.median(boxes[:, 3] - boxes[:, 1])) < LARGE_SHARE * longer_side_px


class TiledDetector:
    """A ``PersonDetector`` that has another one look at tiles where people are small.

    Args:
        detector: looks at pictures.
        side_px: side of its network's input, pixels.
    """

    def __init__(self, detector: PersonDetector, side_px: int) -> None:
        if side_px < 1:
            raise ValueError(f"side_px must be >= 1, got {side_px}")
        self._detector = detector
        self._side_px = side_px

    @property
    def model_id(self) -> str:
        """Name and digest of the weights."""
        return self._detector.model_id

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the persons of each frame; see ``PersonDetector.detect``."""
        check_frames(frames)
        if not frames:
            return []
        height_px, width_px = frames[0].shape[:2]
        tiles = plan_tiles(width_px, height_px, self._side_px)
        wholes = self._detector.detect(frames)
        if len(tiles) == 1:
            return wholes
        small = [i for i, whole in enumerate(wholes) if are_small(whole, max(width_px, height_px))]
        cut = [frames[i][t.top : t.bottom, t.left : t.right] for i in small for t in tiles]
        parts = self._detector.detect([np.ascontiguousarray(part) for part in cut])
        merged = dict(enumerate(wholes))
        for number, i in enumerate(small):
            own = parts[number * len(tiles) : (number + 1) * len(tiles)]
            merged[i] = merge_tiles(wholes[i], list(zip(tiles, own, strict=True)), width_px, height_px)
        return [merged[i] for i in range(len(frames))]


def merge_tiles(
    whole: Detections, parts: Sequence[tuple[Tile, Detections]], width_px: int, height_px: int
) -> Detections:
    """One list from the whole picture's detections and those of its tiles.

    Boxes that no tile's edge clips come first, the more certain before the others; what overlaps one that was taken is
    the same person, and a clipped box that lies mostly inside one is a part of that person.

    Args:
        whole: of the whole picture.
        parts: tiles, and what was found in each, in the tile's own pixels.
        width_px: of the picture.
        height_px: of the picture.
    """
    shifts = [np.array([t.left, t.top, t.left, t.top], np.float32) for t, _ in parts]
    boxes = np.concatenate(
        [whole.boxes_xyxy_px, *(d.boxes_xyxy_px + s for (_, d), s in zip(parts, shifts, strict=True))]
    )
    scores = np.concatenate([whole.scores, *(d.scores for _, d in parts)])
    clipped = np.concatenate(
        [np.zeros(whole.scores.size, bool), *(_is_clipped(t, d, width_px, height_px) for t, d in parts)]
    )
    order = np.lexsort((-scores, clipped))
    taken = _distinct(boxes[order], clipped[order])
    kept = order[taken]
    kept = kept[np.argsort(-scores[kept], kind="stable")]
    return Detections(
        np.ascontiguousarray(boxes[kept]),
        np.ascontiguousarray(scores[kept]),
        whole.is_capped or any(d.is_capped for _, d in parts),
    )


def _is_clipped(tile: Tile, found: Detections, width_px: int, height_px: int) -> NDArray[np.bool_]:
    """Which boxes touch an edge of the tile that is none of the picture, shape ``(K,)``."""
    left, top, right, bottom = found.boxes_xyxy_px.T
    return np.asarray(
        ((left <= EDGE_PX) & (tile.left > 0))
        | ((top <= EDGE_PX) & (tile.top > 0))
        | ((right >= tile.right - tile.left - EDGE_PX) & (tile.right < width_px))
        | ((bottom >= tile.bottom - tile.top - EDGE_PX) & (tile.bottom < height_px)),
        np.bool_,
    )


def _distinct(boxes: NDArray[np.float32], clipped: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Indices of the boxes that are people of their own, in the order given."""
    iou, inside = overlaps(boxes, boxes)
    is_same = (iou >= SAME_IOU) | ((inside >= CLIPPED_INSIDE) & clipped[:, None])
    taken: list[int] = []
    for i in range(len(boxes)):
        if not is_same[i, taken].any():
            taken.append(i)
    return np.array(taken, np.intp)
