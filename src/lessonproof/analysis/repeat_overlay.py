"""A copy laid over its source: the same part of the picture, the same contrast.

Brightness and contrast scale the structure of a picture, cropping takes its rim away and makes it softer. What a
change of the look leaves everywhere and all the time would drown what tells one shift from the next; it is taken out
before the two stretches are compared.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.alignment import Alignment, View, align, shapes, visible
from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.structure import SMALL_HEIGHT_PX, SMALL_WIDTH_PX

REFRAMED_PX: Final = 2.0
"""A corner that moves further (of 160x96 pixels) means another framing; a fixed camera keeps within half a pixel."""
_MIN_LIKENESS: Final = 0.8
_SAME_GAIN: Final = 0.03
"""What people who moved change of a picture's contrast by themselves; nearer to 1 nothing is changed."""
_LEAST_GAIN: Final = 0.6
_MOST_GAIN: Final = 1.6
_MIN_SHARE_SEEN: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """How the pictures of a copy have to be changed to be compared with those of its source.

    Attributes:
        view: how they lie over them.
        seen: shape ``(3840,)``, bool, what both show.
        gain: by how much the copy's structure is multiplied.
        offset: shape ``(S,)`` with ``S`` the pixels seen, levels that are added to the copy's; ``None`` for none.
    """

    view: View
    seen: NDArray[np.bool_]
    gain: float
    offset: NDArray[np.float32] | None

    def copy_rows(self, window: FrameWindow) -> NDArray[np.float32]:
        """Structure of each frame of a copy, shape ``(T, S)``, levels of the source."""
        rows = shapes(window, self.view)[:, self.seen] * np.float32(self.gain)
        return np.asarray(rows if self.offset is None else rows + self.offset, np.float32)

    def source_rows(self, window: FrameWindow) -> NDArray[np.float32]:
        """Structure of each frame of a source, shape ``(T, S)``, levels."""
        return np.asarray(shapes(window)[:, self.seen], np.float32)


def is_reframed(view: View) -> bool:
    """Whether a view shows another part of the scene, beyond what a camera that stands still does."""
    if view.affine is None:
        return False
    right, bottom = SMALL_WIDTH_PX - 1.0, SMALL_HEIGHT_PX - 1.0
    corners = np.array([[0.0, 0.0, 1.0], [right, 0.0, 1.0], [0.0, bottom, 1.0], [right, bottom, 1.0]])
    moved = corners @ np.array(view.affine).T - corners[:, :2]
    return bool(np.abs(moved).max() > REFRAMED_PX)


def lay_over(copy: FrameWindow, source: FrameWindow, view: View, step_ns: int) -> tuple[Overlay, Alignment] | None:
    """Slide a copy along a longer source in one view.

    Args:
        copy: frames of what may be the copy.
        source: frames around what may be its source, more of them.
        view: how the copy may lie over the source.
        step_ns: usual time from one frame to the next.

    Returns:
        How the copy was laid over, and the best shift; ``None`` where there is too little to compare. In another
        framing the rest is what is left beside a difference that stays all the time: enlarging softens every edge.
    """
    seen = visible(view)
    if seen.mean() < _MIN_SHARE_SEEN:
        return None
    plain = Overlay(view, seen, 1.0, None)
    here, there = plain.copy_rows(copy), plain.source_rows(source)
    gain = _gain(here.mean(axis=0), there.mean(axis=0))
    here *= np.float32(gain)
    found = align(here, there, step_ns)
    if found is None or not is_reframed(view):
        return None if found is None else (Overlay(view, seen, gain, None), found)
    beneath = there[found.shift : found.shift + here.shape[0]]
    offset = np.asarray(beneath.mean(axis=0) - here.mean(axis=0), np.float32)
    found = align(here + offset, there, step_ns)
    return None if found is None else (Overlay(view, seen, gain, offset), found)


def _gain(copy: NDArray[np.float32], source: NDArray[np.float32]) -> float:
    """Contrast of a source over that of its copy, from their mean structure; 1 where the two are not alike at all."""
    common = float(copy @ source)
    energy, was_energy = float(copy @ copy), float(source @ source)
    if common < _MIN_LIKENESS * np.sqrt(energy * was_energy) or energy <= 0.0:
        return 1.0
    # The ratio of the two, not a fit: what moved between them would make a fit too small.
    gain = float(np.sqrt(was_energy / energy))
    return 1.0 if abs(gain - 1.0) < _SAME_GAIN else float(np.clip(gain, _LEAST_GAIN, _MOST_GAIN))
