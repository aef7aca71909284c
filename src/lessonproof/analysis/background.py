"""What of a small picture is neither light nor room: its structure against the recording's usual look.

Slow gradients of the light cancel where a picture is compared with its own surroundings; walls and furniture cancel
where two pictures of one room are compared. What is left is who is where.
"""

import functools
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.thumbnails import THUMB_COLUMNS, THUMB_ROWS

FEATURES: Final = 512
"""Numbers kept of each picture for comparisons all against all; distances keep within some 6 %
(Johnson and Lindenstrauss 1984)."""
_SURROUNDINGS_SIGMA_PX: Final = 4.0
_CLIP_LEVELS: Final = 40.0
"""Somebody close to the lens must not outweigh everybody else."""
_LOOK_SAMPLES: Final = 301
_PIXELS: Final = THUMB_ROWS * THUMB_COLUMNS
_CHUNK: Final = 512


def structure(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Luma against its surroundings, picture by picture.

    Args:
        luma: shape ``(N, H, W)``.

    Returns:
        Same shape, levels.
    """
    out = np.empty(luma.shape, np.float32)
    for number, picture in enumerate(luma):
        plain = picture.astype(np.float32)
        out[number] = plain - cv2.GaussianBlur(plain, (0, 0), _SURROUNDINGS_SIGMA_PX)
    return out


def usual_look(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Median structure of a recording's thumbnails: the room, and whoever sits there most of the time.

    Args:
        luma: shape ``(N, 36, 64)``, ``N >= 1``.

    Returns:
        Shape ``(36, 64)``.
    """
    rows = np.unique(np.linspace(0, luma.shape[0] - 1, min(_LOOK_SAMPLES, luma.shape[0])).astype(np.int64))
    return np.asarray(np.median(structure(luma[rows]), axis=0), np.float32)


def features(luma: NDArray[np.uint8], look: NDArray[np.float32]) -> NDArray[np.float32]:
    """Numbers whose distance is that of the pictures, in levels (root of the mean square over the picture).

    Args:
        luma: shape ``(N, 36, 64)``.
        look: shape ``(36, 64)``, what to take away first.

    Returns:
        Shape ``(N, 512)``.
    """
    signs = sign_matrix(_PIXELS, FEATURES)
    scale = np.float32(1.0 / np.sqrt(FEATURES * _PIXELS))
    out = np.empty((luma.shape[0], FEATURES), np.float32)
    for start in range(0, luma.shape[0], _CHUNK):
        rest = structure(luma[start : start + _CHUNK]) - look
        flat = np.clip(rest, -_CLIP_LEVELS, _CLIP_LEVELS).reshape(-1, _PIXELS)
        out[start : start + _CHUNK] = (flat @ signs) * scale
    return out


def distances(left: NDArray[np.float32], right: NDArray[np.floating]) -> NDArray[np.float32]:
    """Distance of each picture from each other one, levels.

    Args:
        left: shape ``(N, K)``, from :func:`features`.
        right: shape ``(M, K)``, float32 or, to take half the room, float16.

    Returns:
        Shape ``(N, M)``, float32.
    """
    own = np.einsum("ij,ij->i", left, left)[:, None]
    out = np.empty((left.shape[0], right.shape[0]), np.float32)
    for start in range(0, right.shape[0], _CHUNK):
        known = right[start : start + _CHUNK].astype(np.float32)
        square = own + np.einsum("ij,ij->i", known, known)[None] - 2.0 * (left @ known.T)
        out[:, start : start + _CHUNK] = np.sqrt(np.maximum(square, 0.0))
    return out


@functools.cache
def sign_matrix(rows: int, columns: int) -> NDArray[np.float32]:
    """Fixed random signs, the same on every machine and with every version of every library; not to be written to.

    Source: SplitMix64 (Steele, Lea and Flood 2014), top bit of each output.

    Returns:
        Shape ``(rows, columns)``, each -1 or 1.
    """
    with np.errstate(over="ignore"):
        state = np.arange(1, rows * columns + 1, dtype=np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
    top = (state >> np.uint64(63)).astype(np.float32)
    signs = np.asarray(top.reshape(rows, columns) * 2.0 - 1.0, np.float32)
    signs.flags.writeable = False  # shared by all callers
    return signs
