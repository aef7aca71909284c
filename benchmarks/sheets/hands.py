"""Handwriting that nobody wrote: each person has a hand (size, slant, wobble, pen), each name its own strokes."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

_FINE_PX_PER_MM: Final = 24
_SHIFT: Final = 4


@dataclass(frozen=True, slots=True)
class Pen:
    """What a pen leaves: colour (RGB, 0..1), how much of the paper it hides (0..1), width."""

    rgb: tuple[float, float, float]
    cover: float
    width_mm: float


PENS: Final = (
    Pen((0.08, 0.08, 0.10), 0.95, 0.50),
    Pen((0.10, 0.10, 0.12), 0.90, 0.70),
    Pen((0.08, 0.10, 0.30), 0.90, 0.42),
    Pen((0.12, 0.18, 0.62), 0.90, 0.40),
    Pen((0.15, 0.22, 0.70), 0.80, 0.32),
    Pen((0.35, 0.42, 0.78), 0.70, 0.38),
    Pen((0.40, 0.40, 0.42), 0.65, 0.42),
)
"""Gel pens, ballpoints, a light blue pencil, a lead pencil."""


@dataclass(frozen=True, slots=True)
class Hand:
    """How somebody writes a name.

    Attributes:
        strokes: curves of the name: arrays ``(N, 2)`` in mm from the middle of the name's left edge.
        pen: what it is written with.
    """

    strokes: tuple[NDArray[np.float64], ...]
    pen: Pen

    @property
    def width_mm(self) -> float:
        """From the left edge of the name to its right."""
        return float(max(stroke[:, 0].max() for stroke in self.strokes))


@dataclass(frozen=True, slots=True)
class _Style:
    size_mm: float
    slant: float
    wobble_mm: float
    turns: int


def random_hand(rng: np.random.Generator, characters: int) -> Hand:
    """A name of so many characters, in a hand of its own."""
    size = rng.uniform(3.2, 6.0)
    slant, wobble = rng.normal(0.05, 0.15), rng.uniform(0.03, 0.10)
    is_cursive = rng.random() < 0.4
    strokes = []
    for index in range(characters):
        left = index * size * rng.uniform(0.95, 1.15)
        count = int(rng.integers(3, 6) if is_cursive else rng.integers(4, 10))
        style = _Style(size, slant, wobble, 3 if is_cursive else 1)
        strokes += [_stroke(rng, left, style) for _ in range(count)]
    return Hand(tuple(strokes), PENS[int(rng.integers(len(PENS)))])


def copied(rng: np.random.Generator, hand: Hand) -> Hand:
    """The same name written once more by the same hand: every point a little elsewhere, the whole a little larger."""
    scale = rng.uniform(0.94, 1.06)
    strokes = tuple(
        stroke * scale + rng.normal(0, 0.12, 2) + rng.normal(0, 0.05, stroke.shape) for stroke in hand.strokes
    )
    return replace(hand, strokes=strokes)


def _stroke(rng: np.random.Generator, left: float, style: _Style) -> NDArray[np.float64]:
    """A curve through a few points of a character's square, mostly across, down or aslant as strokes run."""
    turns, size = style.turns, style.size_mm
    points = [rng.uniform(0.05, 0.95, 2)]
    for _ in range(turns):
        angle = rng.choice([0.0, np.pi / 2, np.pi / 4, 3 * np.pi / 4]) + rng.normal(0, 0.2)
        points.append(np.clip(points[-1] + rng.uniform(0.25, 0.8) * np.array([np.cos(angle), np.sin(angle)]), 0, 1))
    way = np.linspace(0, len(points) - 1, 12 * turns + 2)
    nodes = np.array(points)
    curve = np.stack([np.interp(way, np.arange(len(points)), nodes[:, axis]) for axis in (0, 1)], axis=1)
    for _ in range(2):  # corners become bends
        curve[1:-1] = (curve[:-2] + 2 * curve[1:-1] + curve[2:]) / 4
    curve += np.cumsum(rng.normal(0, style.wobble_mm / 8, curve.shape), axis=0)
    curve = (curve - 0.5) * size
    curve[:, 0] += left + size / 2 - style.slant * curve[:, 1]
    return np.asarray(curve, np.float64)


def write(
    page: NDArray[np.float32],
    hand: Hand,
    place_mm: tuple[float, float],
    px_per_mm: float,
    rng: np.random.Generator,
) -> None:
    """Write a name onto a page.

    Args:
        page: shape ``(H, W, 3)``, reflectance 0..1, RGB; changed in place.
        hand: the name and its pen.
        place_mm: left edge of the name on the page, and height of its middle.
        px_per_mm: scale of the page.
        rng: grain of the ink.
    """
    rim = 2.0
    left_mm, middle_mm = place_mm
    points = np.concatenate(hand.strokes)
    low, high = points.min(axis=0) - rim, points.max(axis=0) + rim
    x0, y0 = (int(np.floor(v * px_per_mm)) for v in (left_mm + low[0], middle_mm + low[1]))
    x1, y1 = (int(np.ceil(v * px_per_mm)) for v in (left_mm + high[0], middle_mm + high[1]))
    x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, page.shape[1]), min(y1, page.shape[0])
    fine = np.zeros(
        (int((y1 - y0) / px_per_mm * _FINE_PX_PER_MM), int((x1 - x0) / px_per_mm * _FINE_PX_PER_MM)), np.uint8
    )
    origin = np.array([x0, y0]) / px_per_mm
    for stroke in hand.strokes:
        placed = (stroke + np.array([left_mm, middle_mm]) - origin) * _FINE_PX_PER_MM * 2**_SHIFT
        width = max(1, round(hand.pen.width_mm * rng.uniform(0.8, 1.2) * _FINE_PX_PER_MM))
        cv2.polylines(fine, [placed.round().astype(np.int32)], False, 255, width, cv2.LINE_AA, _SHIFT)
    drawn = cv2.resize(fine, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
    cover = drawn.astype(np.float32) / 255
    cover *= hand.pen.cover * (1 - 0.25 * rng.random(cover.shape, np.float32))
    part = page[y0:y1, x0:x1]
    part *= 1 - cover[..., None] * (1 - np.array(hand.pen.rgb, np.float32))
