"""Whether two photographs are one exposure: aligned to a fraction of a pixel, do people agree as well as walls do?

Two honest photographs of one room agree wherever nothing moves, so that likeness proves nothing. People never hold
still to the pixel. In a copy, however it was re-compressed, scaled, cropped or stamped, they agree as walls do.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.thumbnails import thumbnail

LONG_SIDE_PX: Final = 640
"""Photographs are compared at this size; finer detail does not outlive re-compression."""
_FEATURES: Final = 800
_MIN_INLIERS: Final = 25
_MAX_REPROJECTION_PX: Final = 2.0
_FINE_SIGMA_PX: Final = 1.0
"""Re-compression and scaling change what is finer."""
_COARSE_SIGMA_PX: Final = 5.0
_WINDOW_SIGMA_PX: Final = 4.0
_MIN_CONTRAST: Final = 3.0
"""Levels; where both pictures are flatter than this there is nothing to compare."""
_STRONG_CONTRAST: Final = 6.0
_OTHER_THING: Final = 0.7
"""Correlation below which two places of strong contrast show different things, however they were compressed."""
_GRID_PX: Final = 4
_TEXT_MARGIN_PX: Final = 10
_MIN_PLACES: Final = 12
_WORST_PERCENT: Final = 10
_SAME_PERSON: Final = 0.6
_NO_BOXES: Final = np.empty((0, 4), np.float32)
MIN_PERSONS: Final = 2
"""One may be a coat stand that a detector takes for a person, or sit as still as one."""
MIN_LIKENESS: Final = 0.97
"""Honest pairs half a second apart reach 0.89 (``docs/accuracy.md``), nine copies of ten 0.98."""
MAX_CHANGED_SHARE: Final = 0.002
"""Somebody who walks by covers more; nine copies of ten change less."""
MIN_OVERLAP: Final = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class PhotoLook:
    """What is kept of a photograph to compare it with others.

    Attributes:
        luma: shape ``(H, W)``, uint8, long side at most ``LONG_SIDE_PX``.
        thumb: shape ``(36, 64)``, uint8.
        points_px: shape ``(K, 2)``, float32, where something can be recognised.
        descriptors: shape ``(K, 32)``, uint8, of these places.
        people_xyxy_px: shape ``(P, 4)``, float32, clearly seen persons in pixels of ``luma``; ``None`` where nobody
            looked.
        text_xyxy_px: shape ``(T, 4)``, float32, lines of writing: a changed watermark is no changed picture.
    """

    luma: NDArray[np.uint8]
    thumb: NDArray[np.uint8]
    points_px: NDArray[np.float32]
    descriptors: NDArray[np.uint8]
    people_xyxy_px: NDArray[np.float32] | None
    text_xyxy_px: NDArray[np.float32]


def look_at(
    luma: NDArray[np.uint8], people_xyxy_px: NDArray[np.float32] | None, text_xyxy_px: NDArray[np.float32]
) -> PhotoLook:
    """Keep of a photograph what comparisons need.

    Args:
        luma: shape ``(H, W)``.
        people_xyxy_px: clearly seen persons in its pixels; ``None`` where nobody looked.
        text_xyxy_px: lines of writing in its pixels.
    """
    scale = min(1.0, LONG_SIDE_PX / max(luma.shape))
    size = (max(1, round(luma.shape[1] * scale)), max(1, round(luma.shape[0] * scale)))
    small = np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
    keypoints, found = cv2.ORB.create(nfeatures=_FEATURES, fastThreshold=10).detectAndCompute(small, None)
    points = np.array([point.pt for point in keypoints], np.float32).reshape(-1, 2)
    descriptors = np.empty((0, 32), np.uint8) if found is None else np.asarray(found, np.uint8)
    people = None if people_xyxy_px is None else np.asarray(people_xyxy_px * np.float32(scale), np.float32)
    text = np.asarray(text_xyxy_px * np.float32(scale), np.float32)
    return PhotoLook(small, thumbnail(small), points, descriptors, people, text)


@dataclass(frozen=True, slots=True)
class Agreement:
    """How two aligned photographs agree.

    Attributes:
        persons: of each person that was seen clearly and has enough to compare: the correlation that nine tenths of
            his places exceed; rising.
        changed: places outside of written lines where the pictures show different things.
        compared: places outside of written lines that could be compared.
        overlap: share of the second picture that the first one covers.
    """

    persons: tuple[float, ...]
    changed: int
    compared: int
    overlap: float


def is_same_exposure(found: Agreement) -> bool:
    """Whether two photographs can only be one: two people at least, all still to the pixel, and nothing else moved."""
    return (
        len(found.persons) >= MIN_PERSONS
        and found.persons[0] >= MIN_LIKENESS
        and found.changed <= MAX_CHANGED_SHARE * found.compared
        and found.overlap >= MIN_OVERLAP
    )


def agreement(first: PhotoLook, second: PhotoLook) -> Agreement | None:
    """Align two photographs and compare them; ``None`` where they cannot be laid over each other."""
    warp = alignment(first, second)
    if warp is None:
        return None
    height, width = second.luma.shape
    moved = cv2.warpAffine(first.luma, warp, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    inside = cv2.warpAffine(np.full(first.luma.shape, 255, np.uint8), warp, (width, height), flags=cv2.INTER_NEAREST)
    is_inside = cv2.erode(inside, np.ones((9, 9), np.uint8)) > 0
    likeness, contrast = _likeness(np.asarray(moved, np.uint8), second.luma)
    usable = is_inside & (contrast >= _MIN_CONTRAST)
    usable &= ~_covered(_mapped(first.text_xyxy_px, warp), usable.shape, _TEXT_MARGIN_PX)
    usable &= ~_covered(second.text_xyxy_px, usable.shape, _TEXT_MARGIN_PX)
    grid = (slice(None, None, _GRID_PX), slice(None, None, _GRID_PX))
    likeness, usable, contrast = likeness[grid], usable[grid], contrast[grid]
    people = np.concatenate([_people(second), _mapped(_people(first), warp)])
    return Agreement(
        _persons(people, likeness, usable),
        int(np.count_nonzero(usable & (contrast >= _STRONG_CONTRAST) & (likeness < _OTHER_THING))),
        int(np.count_nonzero(usable)),
        float(np.mean(is_inside)),
    )


def _persons(boxes: NDArray[np.float32], likeness: NDArray[np.float32], usable: NDArray[np.bool_]) -> tuple[float, ...]:
    """The correlation that nine tenths of each person's places exceed; a person found in both pictures is one."""
    kept: list[tuple[NDArray[np.float32], float]] = []
    for box in boxes:
        x0, y0, x1, y1 = (max(0, round(float(edge) / _GRID_PX)) for edge in box)
        places = likeness[y0:y1, x0:x1][usable[y0:y1, x0:x1]]
        if places.size < _MIN_PLACES:
            continue
        score = float(np.percentile(places, _WORST_PERCENT))
        same = next((n for n, (other, _) in enumerate(kept) if _shared(box, other) >= _SAME_PERSON), None)
        if same is None:
            kept.append((box, score))
        else:
            kept[same] = (kept[same][0], min(score, kept[same][1]))
    return tuple(sorted(score for _, score in kept))


def _shared(box: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """Share of the smaller box that lies in the other one."""
    width, height = np.minimum(box[2:], other[2:]) - np.maximum(box[:2], other[:2])
    smaller = min(float(np.prod(one[2:] - one[:2])) for one in (box, other))
    return 0.0 if min(width, height) <= 0 or smaller <= 0 else float(width * height) / smaller


def _people(look: PhotoLook) -> NDArray[np.float32]:
    return _NO_BOXES if look.people_xyxy_px is None else look.people_xyxy_px


def _mapped(boxes: NDArray[np.float32], warp: NDArray[np.float64]) -> NDArray[np.float32]:
    """Boxes under a map that hardly turns."""
    corners = boxes.reshape(-1, 2) @ warp[:, :2].T + warp[:, 2]
    return np.asarray(corners.reshape(-1, 4), np.float32)


def _covered(boxes: NDArray[np.float32], shape: tuple[int, ...], margin_px: int) -> NDArray[np.bool_]:
    mask = np.zeros(shape, bool)
    for x0, y0, x1, y1 in boxes:
        rows = slice(max(0, int(y0) - margin_px), max(0, int(y1) + margin_px))
        mask[rows, max(0, int(x0) - margin_px) : max(0, int(x1) + margin_px)] = True
    return mask


def _likeness(first: NDArray[np.uint8], second: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Correlation of the surroundings of each pixel, and the contrast (levels) of whichever picture has more of it."""
    one, other = (_band(picture) for picture in (first, second))

    def mean(values: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), _WINDOW_SIGMA_PX), np.float32)

    power_one, power_other = (np.maximum(mean(band * band), 1e-6) for band in (one, other))
    likeness = mean(one * other) / np.sqrt(power_one * power_other)
    return np.asarray(likeness, np.float32), np.sqrt(np.maximum(power_one, power_other))


def _band(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    fine = cv2.GaussianBlur(luma.astype(np.float32), (0, 0), _FINE_SIGMA_PX)
    return np.asarray(fine - cv2.GaussianBlur(fine, (0, 0), _COARSE_SIGMA_PX), np.float32)


def alignment(first: PhotoLook, second: PhotoLook) -> NDArray[np.float64] | None:
    """Affine map from the first picture's pixels to the second's, shape ``(2, 3)``; ``None`` where there is none."""
    if min(len(first.points_px), len(second.points_px)) < _MIN_INLIERS:
        return None
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING, crossCheck=True).match(first.descriptors, second.descriptors)
    if len(pairs) < _MIN_INLIERS:
        return None
    source = np.array([first.points_px[pair.queryIdx] for pair in pairs])
    target = np.array([second.points_px[pair.trainIdx] for pair in pairs])
    warp, inliers = cv2.estimateAffine2D(source, target, ransacReprojThreshold=_MAX_REPROJECTION_PX)
    if warp is None or int(np.count_nonzero(inliers)) < _MIN_INLIERS:
        return None
    return _refined(first.luma, second.luma, np.asarray(warp, np.float64))


def _refined(first: NDArray[np.uint8], second: NDArray[np.uint8], warp: NDArray[np.float64]) -> NDArray[np.float64]:
    """Evangelidis and Psarakis (2008), ECC, from the second picture's pixels to the first's; the start where lost."""
    backward = np.asarray(cv2.invertAffineTransform(warp), np.float32)
    rule = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-5)
    try:
        _, found = cv2.findTransformECC(second, first, backward, cv2.MOTION_AFFINE, rule, np.empty(0), 5)
    except cv2.error:
        return warp
    return np.asarray(cv2.invertAffineTransform(found), np.float64)
