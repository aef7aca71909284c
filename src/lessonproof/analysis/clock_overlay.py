"""A burned-in clock that was found: where its signs lie, what they look like, and reading it on any further picture.

Small and plain, so that it can be sent to the workers of all segments; one reading takes a fraction of a millisecond.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_glyphs import GlyphSet, cut_cells, match, scale_line
from lessonproof.analysis.clock_text import (
    S_PER_DAY,
    DateOrder,
    Half,
    Part,
    is_cut_second,
    wall_seconds,
)
from lessonproof.models.clock_reader import TextBox

MIN_MARGIN: Final = 0.25
"""A digit stands only where the next best one explains the picture worse by this much (see ``clock_glyphs.match``)."""
_MOST_MISFIT: Final = 4.5
"""Half of what a sign can be off at most. People walking behind the text lift all signs' misfit alike."""
_MIN_LIMIT: Final = 0.9
_LIMIT_OVER_WORST: Final = 1.3
_UNREAD: Final = "?"
DIGITS: Final = "0123456789"


@dataclass(frozen=True, slots=True, eq=False)
class ClockLayout:
    """Where the signs of a line lie when it shows so many digits.

    Attributes:
        parts: meaning of each digit, left to right, as :class:`lessonproof.analysis.clock_text.Part` values.
        centres: shape ``(N,)``, float64, columns of the line scaled to ``clock_glyphs.ROWS``.
        half_centre: where 上午/下午 or AM/PM begins; ``None`` on a 24-hour clock.
    """

    parts: str
    centres: NDArray[np.float64]
    half_centre: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ClockLine:
    """One line of the overlay.

    Attributes:
        box: where it lies, pixels of the picture.
        layouts: the ways it was seen; most clocks have one.
        digits: its digits.
        halves: its 上午/下午 or AM/PM signs, labels ``A`` and ``P``; ``None`` on a 24-hour clock.
    """

    box: TextBox
    layouts: tuple[ClockLayout, ...]
    digits: GlyphSet
    halves: GlyphSet | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ClockOverlay:
    """A clock that can be read.

    Attributes:
        picture_shape: height and width of the pictures it was learned on.
        lines: its lines; time and date of a watermark card stand in two.
        orders: what month and day may be where the text leaves it open; one where that is decided, empty where the
            question does not arise.
        has_date: whether it shows a date.
        unit_s: seconds from one change of the text to the next: 1, 10 (last digit outside the picture) or 60.
    """

    picture_shape: tuple[int, int]
    lines: tuple[ClockLine, ...]
    orders: tuple[DateOrder, ...]
    has_date: bool
    unit_s: int

    @property
    def order(self) -> DateOrder | None:
        """The order of month and day where it is decided."""
        return self.orders[0] if len(self.orders) == 1 else None

    @property
    def modulus_s(self) -> int | None:
        """After how many seconds the readings start over; ``None`` where they never do.

        A day where the date is not told or ambiguous; half a day where only one of 上午 and 下午 was seen, so that the
        other one cannot be told from it.
        """
        if any(line.halves is not None and len(line.halves.labels) < 2 for line in self.lines):
            return S_PER_DAY // 2
        return None if self.has_date and len(self.orders) < 2 else S_PER_DAY


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the clock shows on one picture.

    Attributes:
        time_ns: presentation time of the picture.
        text: the digits with the usual signs between them; ``?`` for one that could not be told.
        wall_s: seconds of local time since 1970-01-01, or since midnight where the clock shows no (or an ambiguous)
            date; ``None`` where it could not be read.
        margin: by how much the least certain digit was told from the next best one; ``None`` where nothing was matched.
        dates: where the order of month and day is ambiguous, the moments that the text may mean, seconds since
            1970-01-01; empty otherwise.
    """

    time_ns: int
    text: str
    wall_s: int | None
    margin: float | None
    dates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ClockAbsent:
    """Why there is no clock to read.

    Attributes:
        reason: ``no_reader``, ``no_clock`` (no overlay was found), ``clock_unreadable`` (there is one that cannot be
            read) or ``no_pictures``.
    """

    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class _LineReading:
    parts: str
    digits: str
    half: Half | None
    misfit: float
    margin: float


def read_clock(overlay: ClockOverlay, time_ns: int, luma: NDArray[np.uint8]) -> ClockReading:
    """Read the clock on one picture.

    Args:
        overlay: from the survey.
        time_ns: presentation time.
        luma: shape ``(H, W)``, the full picture; only the overlay's boxes are looked at.
    """
    if luma.shape != overlay.picture_shape:
        return ClockReading(time_ns, "", None, None)
    return read_crops(overlay, time_ns, [line.box.cut_from(luma) for line in overlay.lines])


def read_crops(overlay: ClockOverlay, time_ns: int, crops: list[NDArray[np.uint8]]) -> ClockReading:
    """As :func:`read_clock`, on the cut-out boxes of the overlay's lines, in their order."""
    read = [_read_line(line, crop) for line, crop in zip(overlay.lines, crops, strict=True)]
    parts = "".join(r.parts for r in read)
    digits = "".join(r.digits for r in read)
    half = next((r.half for r in read if r.half is not None), None)
    text, margin = _text(parts, digits, half), min(r.margin for r in read)
    is_12_hours = any(line.halves is not None for line in overlay.lines)
    if _UNREAD in digits or (is_12_hours and half is None):
        return ClockReading(time_ns, text, None, margin)
    values = _values(parts, digits)
    dates = tuple(
        wall for order in overlay.orders if (wall := wall_seconds(values, half, order)) is not None
    )  # with both orders open, each real one stands
    wall_s = wall_seconds(values, half, overlay.order)
    return ClockReading(time_ns, text, wall_s, margin, dates if len(overlay.orders) > 1 else ())


def _read_line(line: ClockLine, crop: NDArray[np.uint8]) -> _LineReading:
    scaled = scale_line(crop)
    return min((_read_layout(line, layout, scaled) for layout in line.layouts), key=lambda r: r.misfit)


def _read_layout(line: ClockLine, layout: ClockLayout, scaled: NDArray[np.float32]) -> _LineReading:
    scores = match(line.digits, cut_cells(scaled, layout.centres, line.digits.width))
    best = scores.argmin(axis=1)
    misfit = scores[np.arange(best.size), best]
    margins = second_best(scores) - misfit
    stands = (misfit <= misfit_limit(line.digits)) & (margins >= MIN_MARGIN)
    digits = "".join(
        line.digits.labels[b] if ok else _UNREAD for b, ok in zip(best.tolist(), stands.tolist(), strict=True)
    )
    half = None
    if line.halves is not None and layout.half_centre is not None:
        half = _read_half(line.halves, scaled, layout.half_centre)
    return _LineReading(layout.parts, digits, half, float(misfit.mean()), float(margins.min()))


def second_best(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """The second smallest of each row; where only one sign is known, what a wrong sign usually scores.

    Args:
        scores: shape ``(N, K)``.
    """
    if scores.shape[1] < 2:
        return np.full(scores.shape[0], 4.0, np.float32)
    return np.asarray(np.partition(scores, 1, axis=1)[:, 1], np.float32)


def misfit_limit(glyphs: GlyphSet) -> float:
    """Above this nothing is read.

    A digit that was never seen looks much like another one, so where not all ten were seen only what fits as well as
    what was learned from is accepted.
    """
    if len(glyphs.labels) == len(DIGITS):
        return _MOST_MISFIT
    return max(_MIN_LIMIT, _LIMIT_OVER_WORST * glyphs.worst_score)


def _read_half(halves: GlyphSet, scaled: NDArray[np.float32], centre: float) -> Half:
    """Which half of the day; where only one was seen it is always that one (see ``ClockOverlay.modulus_s``)."""
    scores = match(halves, cut_cells(scaled, np.array([centre]), halves.width))[0]
    return Half(halves.labels[int(scores.argmin())])


def _values(parts: str, digits: str) -> Mapping[Part, int]:
    groups: dict[Part, str] = {}
    for part, digit in zip(parts, digits, strict=True):
        groups[Part(part)] = groups.get(Part(part), "") + digit
    return {part: int(run) * (10 if is_cut_second(part, len(run)) else 1) for part, run in groups.items()}


def _text(parts: str, digits: str, half: Half | None) -> str:
    """Digits as people write them: ``2024-09-01 08:30:00``, with 上午 or 下午 in front of a 12-hour clock's hour."""
    signs: list[str] = []
    for k, (part, digit) in enumerate(zip(parts, digits, strict=True)):
        is_new = k > 0 and parts[k - 1] != part
        of_day = part in {Part.HOUR, Part.MINUTE, Part.SECOND}
        if is_new:
            signs.append(
                " " if part == Part.HOUR or (not of_day and parts[k - 1] in "HMS") else (":" if of_day else "-")
            )
        if half is not None and part == Part.HOUR and (k == 0 or is_new):
            signs.append("上午" if half is Half.MORNING else "下午")
        signs.append(digit)
    return "".join(signs)
