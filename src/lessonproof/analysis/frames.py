"""What is measured on each frame of a window that is decoded in full.

A window is short (some ten seconds), so small pictures of all its frames are kept while it is judged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.keyframes import EQUAL_BLOCK_LEVELS, STILL_BLOCK_LEVELS, block_change, thin
from lessonproof.analysis.structure import small_picture
from lessonproof.evidence.intervals import Interval

_LEVELS: Final = 256


@dataclass(frozen=True, slots=True, eq=False)
class FrameWindow:
    """Every frame of one stretch, in time order.

    Attributes:
        time_ns: shape ``(T,)``, int64, rising.
        is_key: shape ``(T,)``, bool, random-access pictures.
        small: shape ``(T, 96, 160)``, uint8 luma.
        bright_luma: shape ``(T,)``, float64, 99th percentile of the small picture (a level that occurs in it).
        spread_luma: shape ``(T,)``, float64, standard deviation of the small picture, levels.
        equal_share: shape ``(T,)``, float64, share of blocks that are the same as in the frame before, to the last bit
            or nearly so; ``equal_share[0]`` is 1 by convention and says nothing.
        still_share: shape ``(T,)``, float64, share of blocks that changed by less than noise does; likewise.
    """

    time_ns: NDArray[np.int64]
    is_key: NDArray[np.bool_]
    small: NDArray[np.uint8]
    bright_luma: NDArray[np.float64]
    spread_luma: NDArray[np.float64]
    equal_share: NDArray[np.float64]
    still_share: NDArray[np.float64]


class FrameSource(Protocol):
    """Decodes stretches in full on demand; analysis asks, and never opens a file itself."""

    def window(self, stretch: Interval) -> FrameWindow | None:
        """Every frame shown in a stretch, ``None`` where none could be decoded. The same stretch is decoded once."""

    def cost_ns(self, stretch: Interval) -> int:
        """How much of the recording has to be decoded for it, from the random-access picture before; 0 if it was."""


class WindowBuilder:
    """Collects the frames of one window as they come from the decoder; keeps one full picture at a time."""

    def __init__(self) -> None:
        self._time_ns: list[int] = []
        self._is_key: list[bool] = []
        self._small: list[NDArray[np.uint8]] = []
        self._equal: list[float] = []
        self._still: list[float] = []
        self._previous: NDArray[np.uint8] | None = None

    def add(self, time_ns: int, luma: NDArray[np.uint8], *, is_key: bool) -> None:
        """Take one frame.

        Args:
            time_ns: presentation time, later than the one before.
            luma: shape ``(H, W)``; copied where it is kept.
            is_key: whether it is a random-access picture.
        """
        if self._time_ns and time_ns <= self._time_ns[-1]:
            return  # a broken stream may show one instant twice; the first picture stands
        equal, still = 1.0, 1.0
        thinned = thin(luma)
        if self._previous is not None and self._previous.shape == thinned.shape:
            change = block_change(self._previous, thinned)
            equal = float(np.mean(change < EQUAL_BLOCK_LEVELS))
            still = float(np.mean(change < STILL_BLOCK_LEVELS))
        self._time_ns.append(time_ns)
        self._is_key.append(is_key)
        self._small.append(small_picture(thinned))
        self._equal.append(equal)
        self._still.append(still)
        self._previous = thinned.copy()

    def build(self) -> FrameWindow | None:
        """The window, or ``None`` where no frame came."""
        if not self._time_ns:
            return None
        small = np.stack(self._small)
        counts = np.stack([np.bincount(picture.reshape(-1), minlength=_LEVELS) for picture in small])
        return FrameWindow(
            time_ns=np.array(self._time_ns, np.int64),
            is_key=np.array(self._is_key, np.bool_),
            small=small,
            bright_luma=_percentile_99(counts),
            spread_luma=_spread(counts),
            equal_share=np.array(self._equal, np.float64),
            still_share=np.array(self._still, np.float64),
        )


def _percentile_99(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Level below or at which 99 % of the pixels lie; ``counts`` of the 256 levels, shape ``(T, 256)``."""
    below = np.cumsum(counts, axis=1)
    return np.asarray((below < 0.99 * below[:, -1:]).sum(axis=1), np.float64)


def _spread(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Standard deviation of the levels; arguments as for :func:`_percentile_99`."""
    levels = np.arange(_LEVELS, dtype=np.float64)
    share = counts / counts.sum(axis=1, keepdims=True)
    mean = share @ levels
    return np.asarray(np.sqrt(np.maximum(share @ (levels * levels) - mean * mean, 0.0)), np.float64)


def runs(flags: Sequence[bool] | NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Half-open index ranges of consecutive true values.

    Args:
        flags: shape ``(N,)``.
    """
    padded = np.concatenate(([False], np.asarray(flags, np.bool_), [False])).astype(np.int8)
    edges = np.flatnonzero(np.diff(padded))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
