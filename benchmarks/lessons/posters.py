"""Posters that show a person: printed on paper, on a wall, seen by every detector, and never moving."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np

from benchmarks.lessons.camera import MARGIN_PX, Floats
from benchmarks.lessons.cutouts import OUTLINES, cut_out
from benchmarks.lessons.scene import FAR_MM, Backdrop, Room
from benchmarks.lessons.spec import SpecError
from benchmarks.lessons.surfaces import Image

_PX_PER_M: Final = 160
_PAPER_M: Final = 0.06
"""Paper around the person."""
_TRIES: Final = 400
_FURNITURE_SHARE: Final = 0.15
"""So much of a poster may hang behind furniture."""
_TOP_SHARE: Final = 0.1
"""The burned-in clock lies in this part of the picture."""


@dataclass(frozen=True, slots=True)
class Poster:
    """A poster in the picture.

    Attributes:
        box_xyxy_px: the person shown on it, pixels of the picture where nothing sways, half-open.
    """

    box_xyxy_px: tuple[int, int, int, int]


def hang_posters(room: Room, backdrop: Backdrop, seed: int, count: int) -> tuple[Backdrop, tuple[Poster, ...]]:
    """Hang posters onto the rear wall and the side walls.

    Args:
        room: where.
        backdrop: the empty room.
        seed: of places, persons and paper.
        count: how many.

    Returns:
        The room with its posters, and where they are.

    Raises:
        SpecError: no wall has room for so many.
    """
    rng = np.random.default_rng([seed, 71])
    bgr = backdrop.bgr.copy()
    hung: list[Poster] = []
    for _ in range(_TRIES):
        if len(hung) == count:
            break
        paper, person = _printed(rng, str(rng.choice(sorted(OUTLINES))))
        matrix = _placed(rng, room, paper, backdrop)
        if matrix is None:
            continue
        box = _box(matrix, person)
        if any(_meet(box, other.box_xyxy_px) for other in hung):
            continue
        size = (bgr.shape[1], bgr.shape[0])
        # Printed a little finer than the picture resolves: the mask softens the paper's edge likewise.
        layer = cv2.warpPerspective(paper, matrix, size, flags=cv2.INTER_AREA)
        mask = cv2.warpPerspective(np.full(paper.shape[:2], 255, np.uint8), matrix, size, flags=cv2.INTER_AREA)
        mask[backdrop.depth_mm < FAR_MM] = 0
        share = (mask.astype(np.float32) / 255)[..., None]
        mixed = bgr * (1 - share) + cv2.GaussianBlur(layer, (0, 0), 0.7) * share
        bgr = np.clip(mixed, 0, 255).astype(np.uint8)
        hung.append(Poster(box))
    if len(hung) < count:
        raise SpecError(f"posters: found room for {len(hung)} of {count} on the walls of this room")
    return replace(backdrop, bgr=bgr), tuple(hung)


def _printed(rng: np.random.Generator, name: str) -> tuple[Image, tuple[int, int, int, int]]:
    """A poster, ``_PX_PER_M`` pixels a metre, and where on it the person is."""
    source = cut_out(name)
    # Below the waist a cut-out without legs repeats its last row; a portrait ends above.
    rows = source.alpha.shape[0] if source.whole else round(source.alpha.shape[0] / 1.95)
    high_m = float(rng.uniform(1.35, 1.65)) if source.whole else float(rng.uniform(0.8, 1.1))
    wide_m = high_m * source.alpha.shape[1] / rows
    size = (round(wide_m * _PX_PER_M), round(high_m * _PX_PER_M))
    alpha = cv2.resize(source.alpha[:rows], size, interpolation=cv2.INTER_AREA)[..., None]
    person = cv2.resize(source.bgr[:rows], size, interpolation=cv2.INTER_AREA).astype(np.float32)
    edge = round(_PAPER_M * _PX_PER_M)
    colour = rng.uniform(110, 240, 3).astype(np.float32)
    paper = np.full((size[1] + 2 * edge, size[0] + 2 * edge, 3), colour, np.float32)
    paper *= np.linspace(1.05, 0.9, paper.shape[0], dtype=np.float32)[:, None, None]
    inside = paper[edge : edge + size[1], edge : edge + size[0]]
    inside[:] = inside * (1 - alpha) + person * alpha * np.float32(rng.uniform(0.85, 1.05))
    cv2.rectangle(paper, (0, 0), (paper.shape[1] - 1, paper.shape[0] - 1), (60, 60, 60), 2)
    printed = np.clip(paper * 0.95, 0, 255).astype(np.uint8)
    return printed, (edge, edge, edge + size[0], edge + size[1])


def _placed(rng: np.random.Generator, room: Room, paper: Image, backdrop: Backdrop) -> Floats | None:
    """From the paper's pixels to the canvas, ``(3, 3)``; ``None`` where this spot is not free or not in view."""
    high_m, wide_m = paper.shape[0] / _PX_PER_M, paper.shape[1] / _PX_PER_M
    top = float(rng.uniform(min(high_m + 0.9, room.height_m - 0.1), room.height_m - 0.05))
    if rng.random() < 0.6:
        left = float(rng.uniform(-room.width_m / 2 + 0.1, room.width_m / 2 - 0.1 - wide_m))
        upper = [(left, top, room.depth_m), (left + wide_m, top, room.depth_m)]
    else:
        side, near = float(rng.choice([-1, 1])), float(rng.uniform(4.5, room.depth_m - 0.4 - wide_m))
        upper = [(side * room.width_m / 2, top, near), (side * room.width_m / 2, top, near + wide_m)]
        upper = upper[::-1] if side > 0 else upper
    corners = np.asarray([*upper, *((x, y - high_m, z) for x, y, z in upper[::-1])])
    px, _ = room.camera.project(corners)
    width, height = room.camera.size
    low = np.array([0.0, _TOP_SHARE * height]) + MARGIN_PX
    if (px < low).any() or (px > np.array([width, height]) + MARGIN_PX).any():
        return None
    hidden = np.zeros(backdrop.depth_mm.shape, np.uint8)
    cv2.fillConvexPoly(hidden, np.round(px).astype(np.int32), (1,))
    behind = (backdrop.depth_mm < FAR_MM)[hidden > 0]
    if behind.size == 0 or behind.mean() > _FURNITURE_SHARE:
        return None
    paper_px = np.array([(0, 0), (paper.shape[1], 0), (paper.shape[1], paper.shape[0]), (0, paper.shape[0])])
    return np.asarray(
        cv2.getPerspectiveTransform(paper_px.astype(np.float32), (px - 0.5).astype(np.float32)), np.float64
    )


def _box(matrix: Floats, person: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    left, top, right, bottom = person
    corners = np.array([(x, y, 1) for x in (left, right) for y in (top, bottom)], np.float64) @ matrix.T
    px = corners[:, :2] / corners[:, 2:] - MARGIN_PX
    (x0, y0), (x1, y1) = px.min(axis=0).tolist(), px.max(axis=0).tolist()
    return math.floor(x0), math.floor(y0), math.ceil(x1), math.ceil(y1)


def _meet(box: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> bool:
    return box[0] < other[2] + 4 and other[0] < box[2] + 4 and box[1] < other[3] + 4 and other[1] < box[3] + 4
