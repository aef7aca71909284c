"""Structure of a picture block by block, and how much of it is new from one picture to the next.

What a change of light does (a gain of the block's contrast) and what the camera's own motion does (a shift of the whole
picture) is taken out, so that what is left is people and things that moved.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SMALL_WIDTH_PX: Final = 160
SMALL_HEIGHT_PX: Final = 96
BLOCK_PX: Final = 8
BLOCK_JUMP: Final = 0.28
"""Change of local contrast (in standard deviations of the block's surroundings) that counts as a jumped block."""
_CONTRAST_FLOOR_LEVELS: Final = 6.0
_SURROUNDINGS_SIGMA_PX: Final = 5.0
_MIN_GAIN, _MAX_GAIN = 0.2, 5.0
_MIN_SHIFT_RESPONSE: Final = 0.3
_MIN_SHIFT_PX: Final = 0.15


def small_picture(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale a picture to the size on which structure is measured.

    Args:
        luma: shape ``(H, W)``.

    Returns:
        Shape ``(96, 160)``.
    """
    # Halving first has a fast path in OpenCV: a third of the time of one step of area averaging.
    while luma.shape[0] >= 4 * SMALL_HEIGHT_PX and luma.shape[1] >= 2 * SMALL_WIDTH_PX:
        half = (luma.shape[1] // 2, luma.shape[0] // 2)
        luma = np.asarray(cv2.resize(luma, half, interpolation=cv2.INTER_AREA), np.uint8)
    small = cv2.resize(luma, (SMALL_WIDTH_PX, SMALL_HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(small, np.uint8)


def deviation(picture: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Luma against its surroundings, levels; slow gradients of the light cancel.

    Args:
        picture: shape ``(96, 160)``.

    Returns:
        Same shape, float32.
    """
    luma = picture.astype(np.float32)
    return np.asarray(luma - cv2.GaussianBlur(luma, (0, 0), _SURROUNDINGS_SIGMA_PX), np.float32)


def block_jump(before: NDArray[np.float32], after: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much of each block's structure is new, in units of the block's own contrast.

    What the camera's own shift explains and what a change of light explains (a gain of the block's structure) is
    taken out first.

    Args:
        before: deviations, shape ``(96, 160)``.
        after: likewise.

    Returns:
        Shape ``(12, 20)``, float32, >= 0; 1 where the block's whole structure is new.
    """
    return _block_jump(before, _energy(before), after, _energy(after))


def block_jumps(small: NDArray[np.uint8]) -> NDArray[np.float32]:
    """:func:`block_jump` of each picture against the one before it.

    Args:
        small: shape ``(T, 96, 160)``.

    Returns:
        Shape ``(T - 1, 12, 20)``, float32.
    """
    count, rows, columns = small.shape[0], SMALL_HEIGHT_PX // BLOCK_PX, SMALL_WIDTH_PX // BLOCK_PX
    jumps = np.empty((max(0, count - 1), rows, columns), np.float32)
    before = deviation(small[0])
    energy_before = _energy(before)
    for number in range(1, count):
        after = deviation(small[number])
        energy_after = _energy(after)
        jumps[number - 1] = _block_jump(before, energy_before, after, energy_after)
        before, energy_before = after, energy_after
    return jumps


def _block_jump(
    before: NDArray[np.float32],
    energy_before: NDArray[np.float32],
    after: NDArray[np.float32],
    energy_after: NDArray[np.float32],
) -> NDArray[np.float32]:
    plain = _residual(before, energy_before, after, energy_after)
    if not (plain > BLOCK_JUMP).any():
        return plain  # nothing to explain: most frames end here
    (dx, dy), response = cv2.phaseCorrelate(before, after)
    if response < _MIN_SHIFT_RESPONSE or not _MIN_SHIFT_PX <= max(abs(dx), abs(dy)) <= BLOCK_PX:
        return plain
    shift = np.array([[1, 0, dx], [0, 1, dy]], np.float32)
    height, width = before.shape
    moved = np.asarray(cv2.warpAffine(before, shift, (width, height), borderMode=cv2.BORDER_REPLICATE), np.float32)
    return np.minimum(plain, _residual(moved, _energy(moved), after, energy_after))


def _residual(
    before: NDArray[np.float32],
    energy_before: NDArray[np.float32],
    after: NDArray[np.float32],
    energy_after: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Structure of ``after`` that no gain of ``before`` explains, block by block."""
    common = _block_means(before * after)
    gain = np.clip(common / (energy_before + 1.0), _MIN_GAIN, _MAX_GAIN)
    fitted = energy_after - 2 * gain * common + gain * gain * energy_before
    plain = energy_after - 2 * common + energy_before
    rest = np.sqrt(np.maximum(np.minimum(fitted, plain), 0.0))
    contrast = np.sqrt(np.maximum(energy_before, energy_after))
    return np.asarray(rest / (contrast + _CONTRAST_FLOOR_LEVELS), np.float32)


def _energy(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return _block_means(values * values)


def _block_means(values: NDArray[np.float32]) -> NDArray[np.float32]:
    height, width = values.shape
    means = cv2.resize(values, (width // BLOCK_PX, height // BLOCK_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(means, np.float32)


def moved_blocks(before: NDArray[np.float32], after: NDArray[np.float32]) -> int:
    """Blocks (of 240) whose structure is new; arguments as for :func:`block_jump`."""
    return int(np.count_nonzero(block_jump(before, after) > BLOCK_JUMP))
