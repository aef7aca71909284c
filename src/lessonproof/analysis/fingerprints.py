"""The motion fingerprint of a recording, from its thumbnails: who is where against the last and next moments.

Each picture is compared with the median of its neighbours in time, so that room, light and whoever sits still cancel
and a copied stretch gives the same codes wherever it was put. What is left is turned into 256 signs of fixed random
projections, whose Hamming distance measures the angle between two such differences (Charikar 2002).

Beside each code stands a sketch: projections of the picture itself, from which the difference of any two instants can
be formed later. Neighbours 2 s and 10 s apart make other codes of the same moment; sketches depend on none.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.background import sign_matrix, structure
from lessonproof.analysis.thumbnails import THUMB_COLUMNS, THUMB_ROWS, Thumbnails
from lessonproof.evidence.fingerprint import CODE_BYTES, SKETCH_NUMBERS, Fingerprint
from lessonproof.evidence.intervals import NS_PER_S

METHOD: Final = "local-median-signs/1"
_NEIGHBOURHOOD_NS: Final = 16 * NS_PER_S
_MIN_NEIGHBOURS, _MAX_NEIGHBOURS = 3, 8
_VIEW_SCALES: Final = (0.95, 0.9, 0.85)
"""Footage of which 85 to 100 % of each side is shown lies within 2.5 % of one of these or of the picture as it is."""
_CLIP_LEVELS: Final = 15.0
_SKETCH_CLIP_LEVELS: Final = 40.0
_SKETCH_FULL_PERCENT: Final = 99.9
"""Percentile of a recording's numbers that its 127 steps reach to."""
_TOLERANCE_SIGMA_PX: Final = 0.6
"""Blurs by about as much as a crop of some five per cent displaces things."""
_WEIGHT_PER_LEVEL: Final = 64.0
_PIXELS: Final = THUMB_ROWS * THUMB_COLUMNS
_CHUNK: Final = 256


def fingerprint(thumbs: Thumbnails, sha256: str) -> Fingerprint:
    """Code every thumbnail of a recording, as it is and made smaller.

    Footage that was cropped is shown enlarged: made smaller by as much, what moves in it is where it was in the other
    recording. What lies beyond its borders is lost, and counts as standing still.

    Args:
        thumbs: of the random-access pictures, some two seconds apart or more.
        sha256: digest of the recording's bytes.
    """
    scales = (1.0, *_VIEW_SCALES)
    count = thumbs.time_ns.size
    codes = np.zeros((len(scales), count, CODE_BYTES), np.uint8)
    mirrored = np.zeros((len(scales), count, CODE_BYTES), np.uint8)
    weight = np.zeros((len(scales), count), np.uint8)
    if count >= 2:
        noise = _usual_difference(thumbs)
        signs = sign_matrix(_PIXELS, 8 * CODE_BYTES)
        for start in range(0, count, _CHUNK):
            rows = slice(start, min(start + _CHUNK, count))
            beyond = _beyond_noise(thumbs, rows.start, rows.stop, noise)
            for number, scale in enumerate(scales):
                moved = _scaled(beyond, scale)
                codes[number, rows] = _signs_of(moved, signs)
                mirrored[number, rows] = _signs_of(moved[:, :, ::-1], signs)
                level = np.sqrt(np.mean(moved**2, axis=(1, 2)))
                weight[number, rows] = np.minimum(np.round(_WEIGHT_PER_LEVEL * level), 255).astype(np.uint8)
    whole, *views = (
        Fingerprint(sha256, METHOD, thumbs.time_ns, codes[number], mirrored[number], weight[number], scale)
        for number, scale in enumerate(scales)
    )
    mirrored_sketch, own, *others = _sketches(thumbs.luma, scales)
    seen = tuple(replace(view, sketch=sketch) for view, sketch in zip(views, others, strict=True))
    return replace(whole, views=seen, sketch=own, mirrored_sketch=mirrored_sketch)


def _sketches(luma: NDArray[np.uint8], scales: tuple[float, ...]) -> list[NDArray[np.int8]]:
    """Of the mirrored picture, then of the picture at each scale; each of shape ``(N, 128)``."""
    signs = sign_matrix(_PIXELS, SKETCH_NUMBERS)
    numbers = np.empty((len(scales) + 1, luma.shape[0], SKETCH_NUMBERS), np.float32)
    for start in range(0, luma.shape[0], _CHUNK):
        rows = slice(start, start + _CHUNK)
        shapes = np.clip(structure(luma[rows]), -_SKETCH_CLIP_LEVELS, _SKETCH_CLIP_LEVELS)
        for number, scale in enumerate(scales, start=1):
            placed = _scaled(shapes, scale)
            numbers[number, rows] = placed.reshape(-1, _PIXELS) @ signs
            if scale == 1.0:
                numbers[0, rows] = np.ascontiguousarray(placed[:, :, ::-1]).reshape(-1, _PIXELS) @ signs
    return [_in_steps(one) for one in numbers]


def _in_steps(numbers: NDArray[np.float32]) -> NDArray[np.int8]:
    """Against the recording's usual ones, in 127 steps either way."""
    if numbers.size == 0:
        return np.empty(numbers.shape, np.int8)
    rest = numbers - np.median(numbers, axis=0)
    step = max(float(np.percentile(np.abs(rest), _SKETCH_FULL_PERCENT)) / 127.0, 1e-6)
    return np.clip(np.round(rest / step), -127, 127).astype(np.int8)


def _scaled(beyond: NDArray[np.float32], scale: float) -> NDArray[np.float32]:
    """Each picture scaled about its middle and blurred; shape as given."""
    centre = ((THUMB_COLUMNS - 1) / 2.0, (THUMB_ROWS - 1) / 2.0)
    warp = cv2.getRotationMatrix2D(centre, 0.0, scale)
    out = np.empty_like(beyond)
    for number, picture in enumerate(beyond):
        placed = picture if scale == 1.0 else cv2.warpAffine(picture, warp, (THUMB_COLUMNS, THUMB_ROWS))
        out[number] = cv2.GaussianBlur(placed, (0, 0), _TOLERANCE_SIGMA_PX)
    return out


def _signs_of(moved: NDArray[np.float32], signs: NDArray[np.float32]) -> NDArray[np.uint8]:
    flat = np.ascontiguousarray(moved).reshape(-1, _PIXELS)
    return np.packbits(flat @ signs > 0, axis=1)


def _beyond_noise(thumbs: Thumbnails, start: int, stop: int, noise: float) -> NDArray[np.float32]:
    """What differs from the median of the neighbours in time, beyond noise; shape ``(stop - start, 36, 64)``."""
    count = thumbs.time_ns.size
    gap_ns = max(1, int(np.median(np.diff(thumbs.time_ns))))
    reach = int(np.clip(round(_NEIGHBOURHOOD_NS / gap_ns), _MIN_NEIGHBOURS, _MAX_NEIGHBOURS))
    first, end = max(0, start - reach), min(count, stop + reach)
    shapes = structure(thumbs.luma[first:end])
    beyond = np.empty((stop - start, THUMB_ROWS, THUMB_COLUMNS), np.float32)
    for row in range(start, stop):
        around = shapes[max(0, row - reach - first) : row + reach + 1 - first]
        rest = shapes[row - first] - np.median(around, axis=0)
        beyond[row - start] = np.sign(rest) * np.clip(np.abs(rest) - noise, 0.0, _CLIP_LEVELS)
    return beyond


def _usual_difference(thumbs: Thumbnails) -> float:
    """Noise of one pixel: median change from one thumbnail to the next, as a standard deviation, levels."""
    rows = np.unique(np.linspace(0, thumbs.time_ns.size - 2, min(200, thumbs.time_ns.size - 1)).astype(np.int64))
    change = np.abs(structure(thumbs.luma[rows + 1]) - structure(thumbs.luma[rows]))
    return float(1.4826 / np.sqrt(2.0) * np.median(change))
