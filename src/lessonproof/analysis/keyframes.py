"""What is measured on each random-access picture: exposure, structure, and how much changed since the one before.

Only numbers are kept, some hundred bytes a picture, so that memory does not grow with what a picture weighs.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.structure import deviation, moved_blocks, small_picture
from lessonproof.analysis.thumbnails import thumbnail

GRID_COLUMNS: Final = 32
GRID_ROWS: Final = 18
STILL_BLOCK_LEVELS: Final = 0.35
"""A block whose luma moved by less than this many levels (of 255, mean over its pixels) counts as unchanged.

Chosen by eye on rendered lessons and the real clips. It separates a frozen stretch only where the coder repeats the
picture as it was: an encoder that codes each random-access picture anew moved frozen blocks by 1.0 to 1.7 levels."""
_THIN_COLUMNS: Final = 640
_SCREEN_EQUAL_SHARE: Final = 0.1
_FROZEN_EQUAL_SHARE: Final = 0.9
EQUAL_BLOCK_LEVELS: Final = 0.02
"""Below this a block is the very same: no sensor was at work. Camera pictures have up to 0.16 of such blocks."""


@dataclass(frozen=True, slots=True)
class KeyframeFacts:
    """Numbers of one random-access picture.

    Attributes:
        time_ns: presentation time.
        mean_luma: 0..255.
        spread_luma: standard deviation over the picture's thumbnail, levels.
        bright_luma: 99th percentile of the thumbnail, levels.
        sharpness: mean absolute Laplacian of the thinned picture, levels.
        change_levels: median over the grid's blocks of the mean absolute change since the picture before, levels;
            ``None`` for the recording's first picture.
        still_share: share of blocks that show the same picture as before, 0..1; ``None`` likewise.
        equal_share: share of blocks that are the same to the last bit or nearly so, 0..1; ``None`` likewise.
        moved_blocks: blocks (of 240) in which people or things moved since the picture before; ``None`` likewise.
    """

    time_ns: int
    mean_luma: float
    spread_luma: float
    bright_luma: float
    sharpness: float
    change_levels: float | None
    still_share: float | None
    equal_share: float | None
    moved_blocks: int | None


class KeyframeMeasurer:
    """Measures random-access pictures one after the other; keeps one of them to compare with."""

    def __init__(self) -> None:
        self._previous: NDArray[np.uint8] | None = None
        self._previous_deviation: NDArray[np.float32] | None = None

    def see(self, time_ns: int, luma: NDArray[np.uint8]) -> tuple[KeyframeFacts, NDArray[np.uint8]]:
        """Measure the next picture.

        Args:
            time_ns: presentation time.
            luma: shape ``(H, W)``; copied where it is kept.

        Returns:
            Its facts and its thumbnail, shape ``(36, 64)``.
        """
        thinned = np.ascontiguousarray(thin(luma))
        small = small_picture(thinned)
        structure = deviation(small)
        blocks: NDArray[np.float32] | None = None
        moved: int | None = None
        if self._previous is not None and self._previous.shape == thinned.shape:
            blocks = block_change(self._previous, thinned)
        if self._previous_deviation is not None:
            moved = moved_blocks(self._previous_deviation, structure)
        # A picture that was not thinned is still the decoder's own memory.
        self._previous = thinned.copy() if np.shares_memory(thinned, luma) else thinned
        self._previous_deviation = structure
        facts = KeyframeFacts(
            time_ns=time_ns,
            mean_luma=float(small.mean()),
            spread_luma=float(small.std()),
            bright_luma=float(np.quantile(small, 0.99)),
            sharpness=sharpness(thinned),
            change_levels=None if blocks is None else float(np.median(blocks)),
            still_share=None if blocks is None else float(np.mean(blocks < STILL_BLOCK_LEVELS)),
            equal_share=None if blocks is None else float(np.mean(blocks < EQUAL_BLOCK_LEVELS)),
            moved_blocks=moved,
        )
        return facts, thumbnail(small)


def is_camera_recording(facts: Sequence[KeyframeFacts]) -> bool:
    """Whether a sensor's noise shows, so that standing still or jumping says something; false where none can be seen.

    Pictures of a screen, an animation, or a coder that leaves no noise share many blocks to the last bit even while
    others change. Pairs that are the same nearly everywhere say nothing: the recording may be frozen there, which is
    another question. Real camera clips have 0.00 to 0.04 of such blocks, a real screen recording 0.2.
    """
    equal = np.array([f.equal_share for f in facts if f.equal_share is not None])
    is_alive = np.concatenate(([False], equal < _FROZEN_EQUAL_SHARE, [False]))
    # A page that is turned between two that stand still is one lone change; a camera that is frozen for long is not.
    is_lively = is_alive[1:-1] & (is_alive[:-2] | is_alive[2:])
    looked_at = equal[is_lively] if is_lively.any() else equal
    return bool(looked_at.size) and float(np.quantile(looked_at, 0.6)) < _SCREEN_EQUAL_SHARE


def thin(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every n-th pixel of every n-th row, so that some 640 columns are left: the noise is the same on them.

    A 1920x1080 picture is measured in a tenth of the time of its decode that way.

    Args:
        luma: shape ``(H, W)``.
    """
    step = max(1, round(luma.shape[1] / _THIN_COLUMNS))
    return luma[::step, ::step]


def block_change(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean absolute change of luma in each block of the grid, levels.

    Args:
        before: shape ``(H, W)``, at least as large as the grid.
        after: same shape.

    Returns:
        Shape ``(GRID_ROWS, GRID_COLUMNS)``, float32.
    """
    difference = cv2.absdiff(before, after)
    height, width = difference.shape
    rows = np.arange(GRID_ROWS + 1) * height // GRID_ROWS
    columns = np.arange(GRID_COLUMNS + 1) * width // GRID_COLUMNS
    slabs = [cv2.reduce(difference[a:b], 0, cv2.REDUCE_SUM, dtype=cv2.CV_32S) for a, b in pairwise(rows.tolist())]
    sums = np.add.reduceat(np.concatenate(slabs), columns[:-1], axis=1)
    return np.asarray(sums / np.outer(np.diff(rows), np.diff(columns)), np.float32)


def sharpness(thinned: NDArray[np.uint8]) -> float:
    """Mean absolute Laplacian, levels: falls when the lens is out of focus or covered, rises with noise.

    Args:
        thinned: shape ``(H, W)``.
    """
    return float(cv2.mean(cv2.convertScaleAbs(cv2.Laplacian(thinned, cv2.CV_16S)))[0])
