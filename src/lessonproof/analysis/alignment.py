"""Whether two decoded stretches show the same events, found by sliding one along the other frame by frame.

Two honest stretches of one room agree about equally well, or badly, at every shift. A stretch shown again agrees at one
shift and at no other, in how things move and in where they are.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.structure import SMALL_HEIGHT_PX, SMALL_WIDTH_PX, deviation

MOTION_NS: Final = 200_000_000
"""Motion is measured over a fifth of a second, in which people at their desks move at all."""
BESIDE_NS: Final = 320_000_000
"""Shifts at least this far from the best one tell what is usual."""
MIN_FRAMES: Final = 20
"""Fewest motions that are compared: a recorder that writes ten pictures a second needs longer stretches."""
_MIN_MOTION_FRAMES: Final = 2
_WIDTH_PX: Final = 80
_HEIGHT_PX: Final = 48
_CLIP_LEVELS: Final = 12.0
_MIN_REGISTRATION: Final = 0.6
_RIM_PX: Final = 4
"""Beside the rim of a cropped picture its surroundings, against which structure is measured, are other ones."""
_ECC_STEPS: Final = 40
_WHOLLY_SEEN: Final = 0.99


@dataclass(frozen=True, slots=True)
class View:
    """How the copy's picture has to be changed to lie over the source's.

    Attributes:
        mirrored: left and right are exchanged.
        affine: two rows of three numbers (pixels of the 96x160 picture) after mirroring; ``None`` where nothing else
            was changed.
    """

    mirrored: bool = False
    affine: tuple[tuple[float, float, float], tuple[float, float, float]] | None = None


PLAIN: Final = View()
MIRRORED: Final = View(mirrored=True)


@dataclass(frozen=True, slots=True)
class Alignment:
    """The best shift of a copy along a source.

    Attributes:
        shift: row of the source that the copy's first row shows.
        motion: correlation of the motion at that shift, -1..1.
        motion_beside: strongest correlation at shifts that are clearly others.
        rest_levels: median over the frames of the difference in structure that is left, levels.
        rest_beside_levels: the same at shifts beside, median over them.
    """

    shift: int
    motion: float
    motion_beside: float
    rest_levels: float
    rest_beside_levels: float


def shapes(window: FrameWindow, view: View = PLAIN) -> NDArray[np.float32]:
    """Structure of each frame as one row.

    Args:
        window: decoded frames.
        view: how to lay them over another window's.

    Returns:
        Shape ``(T, 3840)``, levels.
    """
    return picture_shapes(window.small, view)


def picture_shapes(pictures: NDArray[np.uint8], view: View = PLAIN) -> NDArray[np.float32]:
    """Structure of each picture as one row.

    Args:
        pictures: shape ``(T, 96, 160)``.
        view: how to lay them over others.

    Returns:
        Shape ``(T, 3840)``, levels.
    """
    rows = np.empty((pictures.shape[0], _WIDTH_PX * _HEIGHT_PX), np.float32)
    for number, picture in enumerate(pictures):
        seen = cv2.resize(_seen_as(deviation(picture), view), (_WIDTH_PX, _HEIGHT_PX), interpolation=cv2.INTER_AREA)
        rows[number] = seen.ravel()
    return rows


def visible(view: View) -> NDArray[np.bool_]:
    """What of a source's picture a copy laid over it shows too.

    Args:
        view: how the copy lies over the source.

    Returns:
        Shape ``(3840,)``, as the rows of :func:`shapes`.
    """
    if view.affine is None:
        return np.ones(_WIDTH_PX * _HEIGHT_PX, np.bool_)
    shown = np.zeros((SMALL_HEIGHT_PX, SMALL_WIDTH_PX), np.float32)
    shown[_RIM_PX:-_RIM_PX, _RIM_PX:-_RIM_PX] = 1.0
    seen = cv2.resize(_seen_as(shown, view), (_WIDTH_PX, _HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(seen.ravel() > _WHOLLY_SEEN, np.bool_)


def motion_frames(step_ns: int) -> int:
    """Over how many frames motion is measured where frames follow each other this closely."""
    return max(_MIN_MOTION_FRAMES, round(MOTION_NS / step_ns))


def align(copy: NDArray[np.float32], source: NDArray[np.float32], step_ns: int) -> Alignment | None:
    """Slide a copy along a longer source.

    Args:
        copy: shape ``(T, K)``, from :func:`shapes`.
        source: shape ``(M, K)``, ``M >= T``.
        step_ns: usual time from one frame to the next.

    Returns:
        The shift at which the motion agrees best; ``None`` where there are too few frames or shifts to compare.
    """
    reach = motion_frames(step_ns)
    apart = max(1, round(BESIDE_NS / step_ns))
    length = copy.shape[0] - reach
    shifts = source.shape[0] - copy.shape[0] + 1
    if length < MIN_FRAMES or shifts < 2 * apart:
        return None
    moved, was_moved = _motion(copy, reach), _motion(source, reach)
    energy, was_energy = _energy(moved), _energy(was_moved)
    rows = np.arange(length)
    along = rows[None] + np.arange(shifts)[:, None]
    common = (moved @ was_moved.T)[rows[None], along].sum(axis=1)
    agreement = common / np.sqrt(energy.sum() * was_energy[along].sum(axis=1) + 1e-6)
    best = int(agreement.argmax())
    square = _energy(copy[:length])[:, None] + _energy(source)[None] - 2.0 * (copy[:length] @ source.T)
    rest = np.sqrt(np.maximum(np.median(square[rows[None], along], axis=1), 0.0) / copy.shape[1])
    beside = np.abs(np.arange(shifts) - best) >= apart
    return Alignment(
        shift=best,
        motion=float(agreement[best]),
        motion_beside=float(agreement[beside].max()),
        rest_levels=float(rest[best]),
        rest_beside_levels=float(np.median(rest[beside])),
    )


def rest_of_pairs(copy: NDArray[np.float32], source: NDArray[np.float32]) -> NDArray[np.float64]:
    """Difference in structure of each frame from its partner, levels.

    Args:
        copy: shape ``(T, K)``.
        source: same shape.

    Returns:
        Shape ``(T,)``.
    """
    return np.asarray(np.sqrt(np.mean((copy - source) ** 2, axis=1)), np.float64)


def register(copy: FrameWindow, source: FrameWindow, *, mirrored: bool) -> View | None:
    """How a copy that was cropped, enlarged or shifted lies over its source; ``None`` where it does not.

    Source: Evangelidis and Psarakis (2008), enhanced correlation coefficient, as in OpenCV.
    """
    target = deviation(np.asarray(np.median(source.small, axis=0), np.uint8))
    moving = deviation(np.asarray(np.median(copy.small, axis=0), np.uint8))
    moving = _seen_as(moving, View(mirrored))
    stop = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_STEPS, 1e-4)
    start = np.eye(2, 3, dtype=np.float32)
    everywhere = np.full(target.shape, 255, np.uint8)
    try:
        likeness, warp = cv2.findTransformECC(target, moving, start, cv2.MOTION_AFFINE, stop, everywhere, 5)
    except cv2.error:
        return None  # it did not converge: these are not one view
    if likeness < _MIN_REGISTRATION:
        return None
    first, second = warp.tolist()
    return View(mirrored, ((first[0], first[1], first[2]), (second[0], second[1], second[2])))


def _seen_as(picture: NDArray[np.float32], view: View) -> NDArray[np.float32]:
    seen = picture[:, ::-1] if view.mirrored else picture
    if view.affine is None:
        return np.ascontiguousarray(seen)
    height, width = picture.shape
    warp = np.array(view.affine, np.float32)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(np.ascontiguousarray(seen), warp, (width, height), flags=flags), np.float32)


def _motion(rows: NDArray[np.float32], reach: int) -> NDArray[np.float32]:
    """Change over some frames; clipped, so that no edge and no light outweighs the rest."""
    change = rows[reach:] - rows[:-reach]
    return np.asarray(np.clip(change, -_CLIP_LEVELS, _CLIP_LEVELS), np.float32)


def _energy(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(np.einsum("ij,ij->i", rows, rows), np.float32)
