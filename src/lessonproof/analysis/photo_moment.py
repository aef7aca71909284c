"""Whether and when a photograph was a picture of a recording: its camera's view, the moment, and who moves there.

The camera's view proves nothing: of a fixed camera every frame shows it. Small pictures only order the moments, by how
much differs from the photograph. A moment is told where two people at least agree with the photograph to the pixel and
do so at no other moment: a machine, a poster or somebody asleep would agree at all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.photo_copy import (
    MIN_OVERLAP,
    MIN_PERSONS,
    Agreement,
    PhotoLook,
    alignment,
    is_same_exposure,
)
from lessonproof.evidence.intervals import NS_PER_S, Interval

SMALL_ROWS: Final = 90
SMALL_COLUMNS: Final = 160
_SURROUNDINGS_SIGMA_PX: Final = 6.0
_CLIP_LEVELS: Final = 40.0
"""Somebody close to the lens must not outweigh everybody else."""
_PERSON_WEIGHT: Final = 3.0
"""People in the photograph count so much more than the rest of the picture, in which others may come and go."""
_TEXT_MARGIN_PX: Final = 10
OTHER_MOMENT_NS: Final = 5 * NS_PER_S
"""From this distance on a view of the recording shows another moment."""
MIN_OTHER_VIEWS: Final = 4
MOVED_LIKENESS: Final = 0.9
"""Whoever agrees less has moved; two exposures half a second apart stay below (``docs/accuracy.md``)."""
MIN_MOVED_SHARE: Final = 0.75
"""Share of the other moments at which two people must have moved."""


@dataclass(frozen=True, slots=True, eq=False)
class PhotoInView:
    """A photograph as the recording's camera would show it, small.

    Attributes:
        shape: shape ``(90, 160)``, float32, structure in levels.
        weight: shape ``(90, 160)``, float32, sum 1; 0 where the photograph shows nothing or is written on.
    """

    shape: NDArray[np.float32]
    weight: NDArray[np.float32]


def small_shape(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """What of a picture ``(H, W)`` is not light, small: shape ``(90, 160)``, levels."""
    small = cv2.resize(luma, (SMALL_COLUMNS, SMALL_ROWS), interpolation=cv2.INTER_AREA).astype(np.float32)
    return np.asarray(small - cv2.GaussianBlur(small, (0, 0), _SURROUNDINGS_SIGMA_PX), np.float32)


def in_view(photo: PhotoLook, view: PhotoLook) -> PhotoInView | None:
    """Lay a photograph over a view of a recording's camera.

    Returns:
        ``None`` where they show different views, or where the photograph shows more than the camera does.
    """
    warp = alignment(photo, view)
    if warp is None:
        return None
    height, width = view.luma.shape
    photo_height, photo_width = photo.luma.shape
    covered = cv2.warpAffine(
        np.full(view.luma.shape, 255, np.uint8), cv2.invertAffineTransform(warp), (photo_width, photo_height)
    )
    if float(np.mean(covered > 0)) < MIN_OVERLAP:
        return None
    moved = cv2.warpAffine(photo.luma, warp, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE)
    there = cv2.warpAffine(_weights(photo), warp, (width, height))
    small = np.asarray(cv2.resize(there, (SMALL_COLUMNS, SMALL_ROWS), interpolation=cv2.INTER_AREA), np.float32)
    total = float(small.sum())
    return None if total <= 0 else PhotoInView(small_shape(np.asarray(moved, np.uint8)), small / np.float32(total))


def _weights(photo: PhotoLook) -> NDArray[np.float32]:
    """How much each place of a photograph counts, shape as its luma."""
    weight = np.ones(photo.luma.shape, np.float32)
    for box in () if photo.people_xyxy_px is None else photo.people_xyxy_px:
        weight[_within(box, 0)] = _PERSON_WEIGHT
    for box in photo.text_xyxy_px:
        weight[_within(box, _TEXT_MARGIN_PX)] = 0.0
    return weight


def _within(box_xyxy_px: NDArray[np.float32], margin_px: int) -> tuple[slice, slice]:
    x0, y0, x1, y1 = (int(edge) for edge in box_xyxy_px)
    return (
        slice(max(0, y0 - margin_px), max(0, y1 + margin_px)),
        slice(max(0, x0 - margin_px), max(0, x1 + margin_px)),
    )


def difference(photo: PhotoInView, shape: NDArray[np.float32]) -> float:
    """How much a small picture (:func:`small_shape`) differs from the photograph, levels (root of the mean square)."""
    apart = np.minimum(np.abs(photo.shape - shape), np.float32(_CLIP_LEVELS))
    return float(np.sqrt(np.sum(photo.weight * apart * apart)))


def affordable(stretches: Sequence[Interval], presented_ns: NDArray[np.int64], max_frames: int) -> list[Interval]:
    """As many of the first stretches as may be decoded; one too long for what is left is passed over.

    Args:
        stretches: the most promising one first.
        presented_ns: times of all frames, rising.
        max_frames: that may be decoded in all.
    """
    left, chosen = max_frames, []
    for stretch in stretches:
        first, end = np.searchsorted(presented_ns, [stretch.start_ns, stretch.end_ns]).tolist()
        if end - first <= left:
            chosen.append(stretch)
            left -= end - first
    return chosen


@dataclass(frozen=True, slots=True)
class OtherMoment:
    """How the photograph agrees with a view of the recording; ``found`` is ``None`` where it cannot be laid over it."""

    time_ns: int
    found: Agreement | None


def has_other_moments(times_ns: Sequence[int]) -> bool:
    """Whether views at these times can tell one moment of a recording at least from others."""
    return any(
        sum(abs(other - time_ns) >= OTHER_MOMENT_NS for other in times_ns) >= MIN_OTHER_VIEWS for time_ns in times_ns
    )


def is_told_apart(time_ns: int, others: Sequence[OtherMoment]) -> bool:
    """Whether other moments of the recording differ from the photograph by two people who moved."""
    apart = [one.found for one in others if abs(one.time_ns - time_ns) >= OTHER_MOMENT_NS and one.found is not None]
    if len(apart) < MIN_OTHER_VIEWS or any(is_same_exposure(found) for found in apart):
        return False
    moved = sum(_moved(found) >= MIN_PERSONS for found in apart)
    return moved >= MIN_MOVED_SHARE * len(apart)


def _moved(found: Agreement) -> int:
    return sum(likeness < MOVED_LIKENESS for likeness in found.persons)
