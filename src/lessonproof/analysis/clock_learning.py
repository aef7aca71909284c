"""Learn one line of an overlay from crops that a reader of text has read: where its digits lie and what they look like.

A reader tells the place of a character to some tenths of its width. Digits of one overlay are spaced evenly inside a
group (tabular figures, as cameras and the usual fonts have them), so the places are found to a fraction of a pixel by
moving the groups until equal digits look as equal as they can.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_glyphs import ROWS, GlyphSet, cut_cells, learn_glyphs, likeness, scale_line
from lessonproof.analysis.clock_overlay import ClockLayout, ClockLine
from lessonproof.analysis.clock_text import ClockText
from lessonproof.models.clock_reader import ReadLine, TextBox

_MIN_SHAPE_SHARE: Final = 0.08
"""A shape of the text that is seen more rarely than this is a misreading."""
_MOST_CROPS_TO_ALIGN: Final = 16
_ROUNDS: Final = (
    (2.5, np.arange(0.86, 1.145, 0.02), np.arange(-4.0, 4.25, 0.5)),
    (1.2, np.arange(0.95, 1.055, 0.01), np.arange(-2.5, 2.75, 0.5)),
    (0.6, np.arange(0.98, 1.0225, 0.005), np.arange(-1.0, 1.25, 0.25)),
    (0.0, np.arange(0.99, 1.0125, 0.005), np.arange(-0.75, 1.0, 0.25)),
)
"""From coarse to fine: blur of the lines, factors of the distance between digits, and shifts of a group (columns).
Strokes are two or three columns wide, so without the blur a group that lies further off finds nothing to move to."""
_HALF_WIDTH: Final = ROWS * 5 // 8


@dataclass(frozen=True, slots=True, eq=False)
class LabelledCrop:
    """One crop of a line with what a reader made of it.

    Attributes:
        crop: shape ``(h, w)``, luma.
        text: what it says.
        line: how it was read, with the place of each character.
    """

    crop: NDArray[np.uint8]
    text: ClockText
    line: ReadLine


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """All crops that show the same groups of digits."""

    parts: str
    group_of: NDArray[np.intp]
    place_in: NDArray[np.float64]
    offsets: NDArray[np.float64]
    lines: tuple[NDArray[np.float32], ...]
    digits: tuple[str, ...]
    halves: tuple[str, ...]
    half_centre: float | None

    def at(self, offsets: NDArray[np.float64]) -> "_Shape":
        """The same with the groups elsewhere."""
        return replace(self, offsets=offsets)

    def blurred(self, columns: float) -> "_Shape":
        """The same seen less sharply."""
        if columns == 0.0:
            return self
        soft = tuple(np.asarray(cv2.GaussianBlur(x, (0, 0), columns, sigmaY=0.5), np.float32) for x in self.lines)
        return replace(self, lines=soft)

    def centres(self, pitch: float) -> NDArray[np.float64]:
        return self.offsets[self.group_of] + self.place_in * pitch


def learn_line(box: TextBox, crops: Sequence[LabelledCrop]) -> ClockLine | None:
    """Learn a line.

    Args:
        box: where the crops were cut from.
        crops: of different moments.

    Returns:
        ``None`` where too little was read to learn from.
    """
    counts = Counter(crop.text.shape for crop in crops)
    usual = [shape for shape, n in counts.items() if n >= max(2, _MIN_SHAPE_SHARE * len(crops))]
    if not usual:
        return None
    pitch = float(np.mean([step for shape in usual for step in _steps(crops, shape)] or [ROWS / 2]))
    shapes = [_gather([crop for crop in crops if crop.text.shape == shape], pitch) for shape in usual]
    width = max(6, round(pitch))
    for blur, factors, shifts in _ROUNDS:
        blurred = [shape.blurred(blur) for shape in shapes]
        pitch, blurred = _best_pitch(blurred, pitch, width, factors.tolist())
        for k in range(len(blurred)):
            blurred[k] = _aligned(blurred, k, pitch, width, shifts.tolist())
        shapes = [shape.at(found.offsets) for shape, found in zip(shapes, blurred, strict=True)]
    digits = learn_glyphs(*_patches(shapes, pitch, width), width)
    layouts = tuple(ClockLayout(shape.parts, shape.centres(pitch), shape.half_centre) for shape in shapes)
    return ClockLine(box, layouts, digits, _learn_halves(shapes))


def _gather(crops: Sequence[LabelledCrop], pitch: float) -> _Shape:
    groups = crops[0].text.groups
    lines = tuple(scale_line(crop.crop) for crop in crops)
    wide = lines[0].shape[1]
    places = np.mean([_digit_places(crop) for crop in crops], axis=0) * wide
    group_of = np.concatenate([np.full(len(g.digits), k) for k, g in enumerate(groups)])
    inside = np.concatenate([np.arange(len(g.digits)) for g in groups]).astype(np.float64)
    half_at = [crop.line.centres[crop.text.half_at] for crop in crops if crop.text.half_at is not None]
    shape = _Shape(
        parts="".join(g.part.value * len(g.digits) for g in groups),
        group_of=group_of,
        place_in=inside,
        offsets=np.zeros(len(groups)),
        lines=lines,
        digits=tuple("".join(g.digits for g in crop.text.groups) for crop in crops),
        halves=tuple(crop.text.half.value for crop in crops if crop.text.half is not None),
        half_centre=float(np.median(half_at)) * wide if half_at else None,
    )
    return shape.at(np.array([np.mean((places - inside * pitch)[group_of == k]) for k in range(len(groups))]))


def _digit_places(crop: LabelledCrop) -> list[float]:
    return [crop.line.centres[k] for g in crop.text.groups for k in range(g.start, g.end)]


def _steps(crops: Sequence[LabelledCrop], shape: str) -> list[float]:
    """Mean distances of neighbouring digits, one for each crop."""
    found = []
    for crop in (c for c in crops if c.text.shape == shape):
        wide = crop.crop.shape[1] * ROWS / crop.crop.shape[0]
        ends = [(crop.line.centres[g.start], crop.line.centres[g.end - 1], len(g.digits) - 1) for g in crop.text.groups]
        total = sum(n for _, _, n in ends)
        if total:
            found.append(sum(b - a for a, b, n in ends if n) * wide / total)
    return found


def _best_pitch(
    shapes: Sequence[_Shape], pitch: float, width: int, factors: Sequence[float]
) -> tuple[float, list[_Shape]]:
    def stretched(factor: float) -> list[_Shape]:
        return [_around_middle(shape, pitch, pitch * factor) for shape in shapes]

    best = max(factors, key=lambda factor: _quality(stretched(factor), pitch * factor, width))
    return pitch * best, stretched(best)


def _around_middle(shape: _Shape, old: float, new: float) -> _Shape:
    """The same groups with another pitch; each keeps its middle."""
    last = np.array([shape.place_in[shape.group_of == k].max() for k in range(shape.offsets.size)])
    return shape.at(shape.offsets + last / 2 * (old - new))


def _aligned(shapes: Sequence[_Shape], which: int, pitch: float, width: int, shifts: Sequence[float]) -> _Shape:
    current = shapes[which]
    for group in range(current.offsets.size):

        def quality(shift: float, group: int = group, current: _Shape = current) -> float:
            moved = _shifted(current, group, shift)
            return _quality([*shapes[:which], moved, *shapes[which + 1 :]], pitch, width)

        current = _shifted(current, group, max(shifts, key=quality))
    return current


def _shifted(shape: _Shape, group: int, shift: float) -> _Shape:
    offsets = shape.offsets.copy()
    offsets[group] += shift
    return shape.at(offsets)


def _quality(shapes: Sequence[_Shape], pitch: float, width: int) -> float:
    return likeness(*_patches(shapes, pitch, width, _MOST_CROPS_TO_ALIGN), width)


def _patches(
    shapes: Sequence[_Shape], pitch: float, width: int, most: int | None = None
) -> tuple[NDArray[np.float32], NDArray[np.str_], NDArray[np.intp]]:
    """Patches of all digits with their labels and the number of their cell."""
    patches: list[NDArray[np.float32]] = []
    labels: list[str] = []
    cells: list[NDArray[np.intp]] = []
    first_cell = 0
    for shape in shapes:
        centres = shape.centres(pitch)
        step = 1 if most is None else max(1, len(shape.lines) // most)
        for line, digits in list(zip(shape.lines, shape.digits, strict=True))[::step]:
            patches.append(cut_cells(line, centres, width))
            labels.extend(digits)
            cells.append(np.arange(first_cell, first_cell + centres.size))
        first_cell += centres.size
    return np.concatenate(patches), np.array(labels), np.concatenate(cells)


def _learn_halves(shapes: Sequence[_Shape]) -> GlyphSet | None:
    patches: list[NDArray[np.float32]] = []
    labels: list[str] = []
    for shape in shapes:
        if shape.half_centre is not None:
            at = np.array([shape.half_centre])
            patches += [cut_cells(line, at, _HALF_WIDTH) for line in shape.lines]
            labels += shape.halves
    if not patches:
        return None
    return learn_glyphs(np.concatenate(patches), np.array(labels), np.zeros(len(labels), np.intp), _HALF_WIDTH)
