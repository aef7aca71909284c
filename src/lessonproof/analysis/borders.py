"""What lies on both sides of a border between two shots, so that others can tell how the two sides are related.

A replayed, reversed, inserted or foreign stretch begins and ends with a jump. The pictures beside each jump are kept
here, small, so that nobody needs to decode them again.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.structure import SMALL_HEIGHT_PX, SMALL_WIDTH_PX

BORDER_FRAMES: Final = 8
"""Frames kept on each side; some 250 kB a border."""


@dataclass(frozen=True, slots=True, eq=False)
class Border:
    """A jump of the picture from one frame to the next.

    Attributes:
        time_before_ns: presentation time of the last frame before it.
        time_after_ns: presentation time of the first frame behind it.
        strength: how many times stronger it is than the strongest of its neighbours, > 0.
        blocks: blocks (of 240) that jumped.
        is_weak: too weak to be told for itself; two of them that belong together may still mean something.
        before: shape ``(B, 96, 160)``, uint8, 1 to 8 frames in time order, the last one at ``time_before_ns``.
        after: shape ``(A, 96, 160)``, uint8, 1 to 8 frames in time order, the first one at ``time_after_ns``.
        step_ns: usual time between two frames here.
    """

    time_before_ns: int
    time_after_ns: int
    strength: float
    blocks: int
    is_weak: bool
    before: NDArray[np.uint8]
    after: NDArray[np.uint8]
    step_ns: int

    def __post_init__(self) -> None:
        for side in (self.before, self.after):
            if side.shape[0] < 1 or side.shape[1:] != (SMALL_HEIGHT_PX, SMALL_WIDTH_PX):
                raise ValueError(f"each side of a border holds small pictures, got {side.shape=}")
        if self.time_before_ns >= self.time_after_ns:
            raise ValueError(f"a border lies between two frames, got {self.time_before_ns=} {self.time_after_ns=}")

    @property
    def small_before(self) -> NDArray[np.uint8]:
        """The last frame before it, shape ``(96, 160)``."""
        return np.asarray(self.before[-1], np.uint8)

    @property
    def small_after(self) -> NDArray[np.uint8]:
        """The first frame behind it, shape ``(96, 160)``."""
        return np.asarray(self.after[0], np.uint8)


def border_at(window: FrameWindow, index: int, *, strength: float, blocks: int, is_weak: bool) -> Border:
    """The border in front of frame ``index`` (1 or later) of a window; its pictures are copied out of the window."""
    return Border(
        time_before_ns=int(window.time_ns[index - 1]),
        time_after_ns=int(window.time_ns[index]),
        strength=strength,
        blocks=blocks,
        is_weak=is_weak,
        before=window.small[max(0, index - BORDER_FRAMES) : index].copy(),
        after=window.small[index : index + BORDER_FRAMES].copy(),
        step_ns=int(np.median(np.diff(window.time_ns))),
    )
