"""What is measured on each random-access picture: exposure, structure, and how much changed since the one before.

Only numbers are kept, some hundred bytes a picture, so that memory does not grow with what a picture weighs.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.structure import deviation, moved_blocks, small_picture

GRID_COLUMNS: Final = 32
GRID_ROWS: Final = 18
STILL_BLOCK_LEVELS: Final = 0.35
"""A block whose luma moved by less than this many levels (of 255, mean over its pixels) counts as unchanged.

Chosen by eye on rendered lessons and the real clips. It separates a frozen stretch only where the coder repeats the
picture as it was: an encoder that codes each random-access picture anew moved frozen blocks by 1.0 to 1.7 levels."""
_THIN_ABOVE_ROWS: Final = 720
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
    change_levels: float | None
    still_share: float | None
    equal_share: float | None
    moved_blocks: int | None


class KeyframeMeasurer:
    """Measures random-access pictures one after the other; keeps one of them to compare with."""

    def __init__(self) -> None:
        self._previous: NDArray[np.uint8] | None = None
        self._previous_deviation: NDArray[np.float32] | None = None

    def see(self, time_ns: int, luma: NDArray[np.uint8]) -> KeyframeFacts:
        """Measure the next picture.

        Args:
            time_ns: presentation time.
            luma: shape ``(H, W)``; copied where it is kept.
        """
        thinned = thin(luma)
        structure = deviation(small_picture(thinned))
        blocks: NDArray[np.float32] | None = None
        moved: int | None = None
        if self._previous is not None and self._previous.shape == thinned.shape:
            blocks = block_change(self._previous, thinned)
        if self._previous_deviation is not None:
            moved = moved_blocks(self._previous_deviation, structure)
        self._previous, self._previous_deviation = thinned.copy(), structure
        thumb = cv2.resize(thinned, (GRID_COLUMNS * 4, GRID_ROWS * 4), interpolation=cv2.INTER_AREA)
        return KeyframeFacts(
            time_ns=time_ns,
            mean_luma=float(thumb.mean()),
            spread_luma=float(thumb.std()),
            bright_luma=float(np.quantile(thumb, 0.99)),
            change_levels=None if blocks is None else float(np.median(blocks)),
            still_share=None if blocks is None else float(np.mean(blocks < STILL_BLOCK_LEVELS)),
            equal_share=None if blocks is None else float(np.mean(blocks < EQUAL_BLOCK_LEVELS)),
            moved_blocks=moved,
        )


def thin(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Every second pixel of every second row of a large picture: noise is the same on them, at a quarter of the cost.

    Args:
        luma: shape ``(H, W)``.
    """
    return luma[::2, ::2] if luma.shape[0] > _THIN_ABOVE_ROWS else luma


def block_change(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean absolute change of luma in each block of the grid, levels.

    Args:
        before: shape ``(H, W)``.
        after: same shape.

    Returns:
        Shape ``(GRID_ROWS, GRID_COLUMNS)``, float32.
    """
    difference = cv2.absdiff(before, after)
    # Sixteen bits and a power of two more range: area averaging in 8 bits would round small changes away.
    blocks = cv2.resize(difference.astype(np.uint16) << 6, (GRID_COLUMNS, GRID_ROWS), interpolation=cv2.INTER_AREA)
    return np.asarray(blocks, np.float32) / np.float32(64)
