"""A flat page without its shadows: each colour as a share of the paper's own brightness there; and how sharp it is."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.sheet_layout import Box, SheetLayout

_CLOSING_MM: Final = 5.0
"""Wider than any pen's stroke and any printed line, narrower than a shadow."""
_SMOOTH_MM: Final = 0.4
_EDGE_REACH_MM: Final = (2.6, 1.7)
"""Profiles over a marker's rim: paper outside, and inside the rim that is 2.2 mm wide."""

_FINER: Final = 8
_FOLD_RIM_MM: Final = 0.8
_FOLD_REACH_MM: Final = 1.0
"""A fold is not quite level, and the margins are not straightened."""
_FOLD_DARKNESS: Final = 0.03
_FOLD_FACTOR: Final = 1.5
_LUMA: Final = (0.299, 0.587, 0.114)
"""ITU-R BT.601, as JPEG takes it."""
_RED_REACH_MM: Final = 0.5
_RED_TAKEN_OFF: Final = 0.5


def without_shadows(page: NDArray[np.uint8], px_per_mm: float) -> NDArray[np.float32]:
    """Each value as a share of the bare paper's around it: 1 is paper, 0 is black.

    The paper is what a morphological closing leaves: it fills dark features narrower than its kernel and keeps wide
    ones, shadows, with their edges.

    Args:
        page: shape ``(H, W)`` or ``(H, W, C)``.
        px_per_mm: its scale.

    Returns:
        Shape of ``page``, about 0..1.1.
    """
    half = cv2.resize(page, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
    side = max(3, round(_CLOSING_MM * px_per_mm / 2))
    calm = cv2.GaussianBlur(half, (0, 0), 0.15 * px_per_mm)
    paper = cv2.morphologyEx(calm, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (side, side)))
    paper = cv2.GaussianBlur(paper, (0, 0), _SMOOTH_MM * px_per_mm / 2)
    whole = cv2.resize(paper, (page.shape[1], page.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    return np.asarray(page.astype(np.float32) / np.maximum(whole, 8.0), np.float32)


def blur_mm(page: NDArray[np.uint8], layout: SheetLayout, px_per_mm: float) -> float:
    """Width of the blur on the paper, as the standard deviation of a Gaussian, at the worst marker and direction.

    The rise of a step blurred by a Gaussian from 20 to 80 % is 1.683 standard deviations wide.

    Args:
        page: the whole page from above, grey, shape ``(H, W)``.
        layout: says where the markers are.
        px_per_mm: its scale.
    """
    outside, inside = (round(reach * px_per_mm) for reach in _EDGE_REACH_MM)
    worst = 0.0
    for box in layout.markers:
        x0, x1 = round(box.x_mm * px_per_mm), round(box.right_mm * px_per_mm)
        y0, y1 = round(box.y_mm * px_per_mm), round(box.bottom_mm * px_per_mm)
        rim = round(1.5 * px_per_mm)
        down, across = slice(y0 + rim, y1 - rim), slice(x0 + rim, x1 - rim)
        left = page[down, x0 - outside : x0 + inside]
        right = page[down, x1 - inside : x1 + outside][:, ::-1]
        upper = page[y0 - outside : y0 + inside, across].T
        lower = page[y1 - inside : y1 + outside, across].T[:, ::-1]
        for pair in ((left, right), (upper, lower)):
            worst = max(worst, float(np.mean([_rise_px(side) for side in pair])) / px_per_mm / 1.683)
    return worst


def _rise_px(profiles: NDArray[np.uint8]) -> float:
    """Median over the lines of how many pixels the fall from 80 to 20 % takes; lines run from paper into black."""
    lines = cv2.GaussianBlur(profiles.astype(np.float32), (1, 5), 0)
    lines = cv2.resize(lines, None, fx=_FINER, fy=1, interpolation=cv2.INTER_LINEAR)
    white = np.percentile(lines, 75, axis=1)[:, None]
    black = lines.min(axis=1)[:, None]
    share = (lines - black) / np.maximum(white - black, 1.0)
    deepest = lines.argmin(axis=1)
    before = np.arange(lines.shape[1])[None, :] <= deepest[:, None]
    return float(np.median(((share > 0.2) & (share < 0.8) & before).sum(axis=1)) / _FINER)


def folds(dark: NDArray[np.float32], strips: Sequence[Box], px_per_mm: float) -> NDArray[np.float32]:
    """How dark a fold across the sheet makes each line of the page, shape ``(H,)``; 0 where there is none.

    A fold is seen in every strip that is blank by layout, at one height; handwriting and shadows' ends are not.

    Args:
        dark: :func:`ink` of the page, shape ``(H, W)``.
        strips: blank strips from top to bottom, beside and between the blocks of rows.
        px_per_mm: scale of the page.
    """
    profiles = []
    for strip in strips:
        x0, x1 = round((strip.x_mm + _FOLD_RIM_MM) * px_per_mm), round((strip.right_mm - _FOLD_RIM_MM) * px_per_mm)
        profile = dark[:, x0:x1].mean(axis=1)[:, None]
        reach = 2 * round(_FOLD_REACH_MM * px_per_mm) + 1
        profiles.append(cv2.dilate(profile, np.ones((reach, 1), np.uint8))[:, 0])
    least = np.min(profiles, axis=0)
    rows = np.arange(dark.shape[0])
    in_table = (rows >= strips[0].y_mm * px_per_mm) & (rows < strips[0].bottom_mm * px_per_mm)
    return np.where(in_table & (least > _FOLD_DARKNESS), _FOLD_FACTOR * least, 0.0).astype(np.float32)


def redness(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """How red each point is: the red share above the larger of the two others; paper and black ink have none.

    Args:
        shares: :func:`without_shadows` of RGB, shape ``(H, W, 3)``.
    """
    return np.asarray(np.clip(shares[..., 0] - np.maximum(shares[..., 1], shares[..., 2]), 0, 1), np.float32)


def ink(shares: NDArray[np.float32], seals: NDArray[np.bool_], px_per_mm: float) -> NDArray[np.float32]:
    """How dark pens left each point, red seals as far as possible left out: 0 paper, 1 black; noise goes below 0.

    Brightness is what JPEG keeps best. Under a seal the red channel is taken, which shows blue and black ink at their
    darkest and the seal at its faintest; colour is stored coarsely, so around red a part of its redness is taken off.

    Args:
        shares: :func:`without_shadows` of RGB, shape ``(H, W, 3)``.
        seals: where seals are, shape ``(H, W)``.
        px_per_mm: scale of the page.
    """
    bright = shares @ np.array(_LUMA, np.float32)
    side = 2 * round(_RED_REACH_MM * px_per_mm) + 1
    near_red = cv2.dilate(redness(shares), np.ones((side, side), np.uint8))
    under_seal = 1.0 - shares[..., 0] - _RED_TAKEN_OFF * near_red
    return np.asarray(np.where(seals, under_seal, 1.0 - bright), np.float32)
