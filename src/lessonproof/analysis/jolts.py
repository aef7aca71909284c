"""Jolts: the camera's view jumps from one frame to the next, and nothing in the room does.

Somebody knocked against the camera, or turned it. One shift and turn of the whole picture explains such a step;
a cut leaves people in other places whatever the camera did.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.structure import BLOCK_JUMP, BLOCK_PX, block_jump, deviation

MIN_AGREEMENT: Final = 0.8
"""Correlation of the two pictures' structure once the camera's move is taken out; another scene stays below a half."""
MIN_GAIN: Final = 0.15
"""How much taking it out must add."""
MIN_OVERLAP: Final = 0.5
"""Share of the picture that both views must show, else most of the room stays unknown."""
MAX_REST_SHARE: Final = 0.04
"""Share of the blocks in both views that may still jump: a person who moves, and edges that sampling anew softens. A
roomful of people that jumps leaves more."""
MAX_SCALE: Final = 1.03
"""No lens zooms further from one frame to the next; who crops a stretch that is played again zooms at its borders."""
_MAX_TURN_DEGREES: Final = 15.0
_ECC_STEPS: Final = 60
_ECC_EPSILON: Final = 1e-4
_BLUR_PX: Final = 5


def is_jolt(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> bool:
    """Whether one similarity transform of the picture explains a step, so that nothing but the camera moved.

    Args:
        before: the last frame before the step, shape ``(96, 160)``.
        after: the first frame behind it, likewise.
    """
    old, new = deviation(before), deviation(after)
    transform = _register(old, new)
    if transform is None or not _is_possible(transform):
        return False
    height, width = old.shape
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    warped = np.asarray(cv2.warpAffine(old, transform, (width, height), flags=flags), np.float32)
    whole = cv2.warpAffine(
        np.ones_like(old), transform, (width, height), flags=cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    )
    shown = whole.reshape(height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX).min(axis=(1, 3)) > 0
    if np.mean(shown) < MIN_OVERLAP:
        return False
    is_shown = np.repeat(np.repeat(shown, BLOCK_PX, axis=0), BLOCK_PX, axis=1)
    plain, fitted = _agreement(old, new, is_shown), _agreement(warped, new, is_shown)
    if fitted < MIN_AGREEMENT or fitted < plain + MIN_GAIN:
        return False
    # Sampling anew softens one picture; the same softness on both sides keeps it from looking like motion.
    soft = [np.asarray(cv2.GaussianBlur(one, (0, 0), 0.7), np.float32) for one in (warped, new)]
    rest = block_jump(*soft)
    return bool(np.mean(rest[shown] > BLOCK_JUMP) <= MAX_REST_SHARE)


def _register(old: NDArray[np.float32], new: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """The affine transform, shape ``(2, 3)``, from places in ``new`` to those in ``old``; ``None`` where none is found.

    Phase correlation finds the shift however far it is, the enhanced correlation coefficient (Evangelidis and Psarakis,
    2008) turn and zoom around it.
    """
    window = cv2.createHanningWindow((old.shape[1], old.shape[0]), cv2.CV_32F)
    (dx, dy), _ = cv2.phaseCorrelate(old, new, window)
    steps = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_STEPS, _ECC_EPSILON)
    everywhere = np.full(old.shape, 255, np.uint8)
    best: NDArray[np.float32] | None = None
    highest = 0.0
    for start_x, start_y in ((-dx, -dy), (0.0, 0.0)):
        transform = np.array([[1, 0, start_x], [0, 1, start_y]], np.float32)
        try:
            value, found = cv2.findTransformECC(new, old, transform, cv2.MOTION_AFFINE, steps, everywhere, _BLUR_PX)
        except cv2.error:
            continue  # OpenCV says so where the iteration diverges: nothing to register
        if value > highest:
            best, highest = np.asarray(found, np.float32), float(value)
    return best


def _is_possible(transform: NDArray[np.float32]) -> bool:
    """Whether a transform is (nearly) a similarity, as a camera that is turned makes it."""
    across, down = transform[:, 0], transform[:, 1]
    scales = float(np.hypot(*across)), float(np.hypot(*down))
    turn = abs(float(np.degrees(np.arctan2(across[1], across[0]))))
    skew = abs(float(across @ down)) / max(scales[0] * scales[1], 1e-6)
    is_alike = max(scales) <= 1.05 * min(scales) and skew <= 0.05
    return is_alike and min(scales) >= 1 / MAX_SCALE and max(scales) <= MAX_SCALE and turn <= _MAX_TURN_DEGREES


def _agreement(one: NDArray[np.float32], other: NDArray[np.float32], where: NDArray[np.bool_]) -> float:
    """Normalised correlation of two pictures' structure where both show the room."""
    first, second = one[where].astype(np.float64), other[where].astype(np.float64)
    return float(first @ second / max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-9))
