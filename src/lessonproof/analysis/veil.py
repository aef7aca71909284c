"""The veil over pictures that are kept: people are found and their heads blurred, or the whole picture is coarsened.

A picture leaves only with the word which of the two was done. Detectors are asked more often than for a count, and the
faintest detection is taken: blurring a coat stand costs nothing, leaving a face costs somebody.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.head_blur import blur_areas, coarsen, head_areas, mark_boxes
from lessonproof.evidence.picture_note import Privacy
from lessonproof.models.detector import Detections, PersonDetector, overlaps

TILES_ACROSS: Final = (2, 3)
"""Beside the whole picture it is looked at in 2 by 2 and in 3 by 3 parts: in a picture of a class that is scaled into
320 pixels a child at the back is 5 pixels wide. ``benchmarks/people/heads.py`` says what each costs and finds."""
TILE_OVERLAP: Final = 0.2
"""Share of a part that its neighbour shows too, so that nobody is only seen in two halves."""
LEAST_TILE_PX: Final = 64
CUT_OFF_PX: Final = 2
"""A box that begins no further below the upper edge of a part is taken for cut off by it."""

SAME_FIGURE_IOU: Final = 0.4
"""Overlap from which a detection is a figure that is known to stand still, as in ``people_places``."""


@dataclass(frozen=True, slots=True, eq=False)
class VeiledPicture:
    """A picture that may be kept and shown.

    Attributes:
        rgb: shape ``(H, W, 3)``.
        privacy: what was done to it.
        marked: boxes drawn around people; ``None`` where none were to be drawn, or none could be.
    """

    rgb: NDArray[np.uint8]
    privacy: Privacy
    marked: int | None = None


class Veil(Protocol):
    """Makes the people in a picture unrecognisable."""

    def __call__(
        self,
        shown: NDArray[np.uint8],
        fine: NDArray[np.uint8],
        *,
        marks_people: bool,
        not_counted: Sequence[tuple[float, float, float, float]] = (),
    ) -> VeiledPicture:
        """Veil a picture.

        Args:
            shown: the picture as it is to be kept, shape ``(H, W, 3)``, RGB.
            fine: the same picture with as much detail as there is, to find people in.
            marks_people: whether to draw a thin box around everybody who is counted.
            not_counted: what is detected there and not counted (posters, dummies), so not marked: left, top, right,
                bottom as shares of the picture.
        """
        ...


@dataclass(frozen=True, slots=True)
class PeopleVeil:
    """The ``Veil`` over pictures of people.

    Attributes:
        detector: finds them; ``None`` where there is none: every picture is coarsened as a whole then.
        counting_score: score from which a detection is counted, and marked where that is asked for.
        are_heads: whether the detector's boxes are around heads, else around people.
    """

    detector: PersonDetector | None
    counting_score: float
    are_heads: bool = False

    def __call__(
        self,
        shown: NDArray[np.uint8],
        fine: NDArray[np.uint8],
        *,
        marks_people: bool,
        not_counted: Sequence[tuple[float, float, float, float]] = (),
    ) -> VeiledPicture:
        """See the protocol."""
        found = None if self.detector is None else find_heads(self.detector, shown, fine, are_heads=self.are_heads)
        if found is None:
            return VeiledPicture(coarsen(shown), Privacy.WHOLE)
        veiled = blur_areas(shown, found.areas_xyxy_px)
        if not marks_people:
            return VeiledPicture(veiled, Privacy.HEADS)
        counted = found.whole.boxes_xyxy_px[found.whole.scores >= np.float32(self.counting_score)]
        size_px = np.array(shown.shape[1::-1] * 2, np.float32)
        still = np.array(not_counted, np.float32).reshape(-1, 4) * size_px
        counted = counted[~(overlaps(counted, still)[0] >= SAME_FIGURE_IOU).any(axis=1)]
        return VeiledPicture(mark_boxes(veiled, counted), Privacy.HEADS, len(counted))


@dataclass(frozen=True, slots=True, eq=False)
class FoundHeads:
    """Where heads may be in a picture.

    Attributes:
        areas_xyxy_px: shape ``(K, 4)``, in pixels of the picture as it is shown; several may cover one head.
        whole: what was detected in the picture as a whole, which is what a count rests on.
    """

    areas_xyxy_px: NDArray[np.float32]
    whole: Detections


def find_heads(
    detector: PersonDetector, shown: NDArray[np.uint8], fine: NDArray[np.uint8], *, are_heads: bool
) -> FoundHeads | None:
    """Look for people in the picture and in its parts, down to the faintest.

    Args:
        detector: finds people, or heads.
        shown: the picture as it is to be shown.
        fine: the same with more detail.
        are_heads: whether the detector's boxes are around heads.

    Returns:
        ``None`` where the detector gave as many boxes as it can: people may be missing, and their heads with them.
    """
    (whole,) = detector.detect([shown])
    if whole.is_capped:
        return None
    boxes = np.concatenate([whole.boxes_xyxy_px, *_boxes_in_tiles(detector, fine, shown.shape[1] / fine.shape[1])])
    return FoundHeads(head_areas(boxes, are_heads=are_heads), whole)


def _boxes_in_tiles(detector: PersonDetector, rgb: NDArray[np.uint8], scale: float) -> Iterator[NDArray[np.float32]]:
    """Boxes found in parts of a picture, ``(K, 4)`` each, in pixels of the picture times ``scale``."""
    for across in TILES_ACROSS:
        places = tile_places(rgb.shape[0], rgb.shape[1], across)
        tiles = [np.ascontiguousarray(rgb[top:bottom, left:right]) for top, left, bottom, right in places]
        found: list[Detections] = detector.detect(tiles) if tiles else []
        for (top, left, _, _), one in zip(places, found, strict=True):
            # Who is cut off by the part's upper edge has no head in it; the part above shows it.
            boxes = one.boxes_xyxy_px if top == 0 else one.boxes_xyxy_px[one.boxes_xyxy_px[:, 1] > CUT_OFF_PX]
            yield (boxes + np.array([left, top, left, top], np.float32)) * np.float32(scale)


def tile_places(rows: int, columns: int, across: int) -> list[tuple[int, int, int, int]]:
    """Top, left, bottom, right of ``across`` by ``across`` parts of one size that cover a picture and overlap.

    Nothing where the parts would be too small to show anybody.
    """
    height, width = (math.ceil(side / (across - (across - 1) * TILE_OVERLAP)) for side in (rows, columns))
    if min(height, width) < LEAST_TILE_PX:
        return []
    tops = np.linspace(0, rows - height, across).round().astype(int).tolist()
    lefts = np.linspace(0, columns - width, across).round().astype(int).tolist()
    return [(top, left, top + height, left + width) for top in tops for left in lefts]
