"""Find the burned-in clock without being told where, and learn to read it by its own signs.

A dozen pictures spread over the recording are looked at by a reader of text; camera names and logos stand still, a
screen shows other text, and only a clock shows a moment that goes on. What was read there labels the digits that are
learned, so that the thousands of further pictures need no reader.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_learning import LabelledCrop, learn_line
from lessonproof.analysis.clock_overlay import ClockAbsent, ClockLine, ClockOverlay, read_crops
from lessonproof.analysis.clock_text import ClockText, DateOrder, Part, parse_clock_text, possible_orders
from lessonproof.models.clock_reader import ClockReader, ReadLine, TextBox

NO_READER: Final = "no_reader"
NO_CLOCK: Final = "no_clock"
CLOCK_UNREADABLE: Final = "clock_unreadable"
NO_PICTURES: Final = "no_pictures"

_LOOKS: Final = 3
"""Pictures on which text is looked for before giving up: lights may be off, a card may be faded in later."""
_MOST_LINES: Final = 24
_WIDER: Final = 0.6
_HIGHER: Final = 0.08
"""By what share of its height a line's box is widened: detectors clip the outermost signs."""
_CARD_DISTANCE: Final = 3.0
"""A date belongs to a time that stands within this many heights of it."""
_MIN_PARSED_SHARE: Final = 0.6
_MIN_RIGHT_SHARE: Final = 0.8
_MIN_SAMPLES: Final = 3

Picture = tuple[int, NDArray[np.uint8]]


@dataclass(frozen=True, slots=True)
class ClockPlace:
    """Where a clock stands.

    Attributes:
        time_box: box of the line with the time, widened.
        date_box: box of the line with the date; ``None`` where it is the same line, or none is shown.
        picture_shape: height and width of the picture.
    """

    time_box: TextBox
    date_box: TextBox | None
    picture_shape: tuple[int, int]

    @property
    def boxes(self) -> tuple[TextBox, ...]:
        """All boxes to cut out."""
        return (self.time_box,) if self.date_box is None else (self.time_box, self.date_box)


@dataclass(frozen=True, slots=True, eq=False)
class CropSample:
    """The boxes of a place, cut out of one picture."""

    time_ns: int
    crops: tuple[NDArray[np.uint8], ...]


def survey_clock(pictures: Sequence[Picture], reader: ClockReader | None) -> ClockOverlay | ClockAbsent:
    """Find a clock and learn to read it.

    Args:
        pictures: presentation time and luma ``(H, W)`` of a dozen random-access pictures spread over the recording and
            of one picture a second over some ten seconds, so that every digit is seen; in any order.
        reader: ``None`` where none is installed.

    Returns:
        The overlay, or why there is none.
    """
    ordered = sorted(pictures, key=lambda p: p[0])
    place = locate_clock(ordered, reader)
    if isinstance(place, ClockAbsent) or reader is None:
        return place if isinstance(place, ClockAbsent) else ClockAbsent(NO_READER)
    samples = [
        CropSample(time_ns, tuple(box.cut_from(luma) for box in place.boxes))
        for time_ns, luma in ordered
        if luma.shape == place.picture_shape
    ]
    return learn_clock(place, samples, reader)


def locate_clock(pictures: Sequence[Picture], reader: ClockReader | None) -> ClockPlace | ClockAbsent:
    """Find where a clock stands, on at most three of the pictures.

    Args:
        pictures: time and luma, in time order.
        reader: ``None`` where none is installed.
    """
    if reader is None:
        return ClockAbsent(NO_READER)
    if not pictures:
        return ClockAbsent(NO_PICTURES)
    at = sorted({round((len(pictures) - 1) * share) for share in (0.15, 0.5, 0.85)})
    halves = 0
    for k in [at[len(at) // 2], *at[: len(at) // 2], *at[len(at) // 2 + 1 :]][:_LOOKS]:
        found = _look(pictures[k][1], reader)
        if isinstance(found, ClockPlace):
            return found
        halves += found
    return ClockAbsent(CLOCK_UNREADABLE if halves else NO_CLOCK)


def _look(luma: NDArray[np.uint8], reader: ClockReader) -> ClockPlace | bool:
    """The place of a clock on one picture; else whether something on it half looks like one."""
    shape = (luma.shape[0], luma.shape[1])
    boxes = sorted(reader.find_lines(luma), key=lambda box: _distance_to_edge(box, shape))[:_MOST_LINES]
    widened = [_widened(box, shape) for box in boxes]
    lines = reader.read_lines([box.cut_from(luma) for box in widened])
    parsed = [(box, text) for box, line in zip(widened, lines, strict=True) if (text := parse_clock_text(line.text))]
    times = sorted((p for p in parsed if p[1].has_time), key=lambda p: -len(p[1].shape))
    if not times:
        return any(_half_looks_like_a_clock(line) for line in lines)
    box, text = times[0]
    if text.has_date:
        return ClockPlace(box, None, shape)
    dates = [other for other, said in parsed if said.has_date and not said.has_time and _is_near(other, box)]
    return ClockPlace(box, min(dates, key=lambda other: abs(other.y0_px - box.y0_px)) if dates else None, shape)


def _distance_to_edge(box: TextBox, shape: tuple[int, int]) -> int:
    height, width = shape
    return min(box.y0_px, height - box.y1_px) + min(box.x0_px, width - box.x1_px)


def _widened(box: TextBox, shape: tuple[int, int]) -> TextBox:
    height, width = shape
    wide, high = round(_WIDER * box.height_px), round(_HIGHER * box.height_px)
    return TextBox(
        max(0, box.x0_px - wide),
        max(0, box.y0_px - high),
        min(width, box.x1_px + wide),
        min(height, box.y1_px + high),
    )


def _half_looks_like_a_clock(line: ReadLine) -> bool:
    """Many digits and the signs of a clock between them, but no moment."""
    digits = sum(sign.isdigit() for sign in line.text)
    return digits >= 6 and digits >= 0.6 * len(line.text) and sum(line.text.count(sign) for sign in ":：年月") >= 1


def _is_near(other: TextBox, box: TextBox) -> bool:
    reach = _CARD_DISTANCE * max(box.height_px, other.height_px)
    across = max(other.x0_px - box.x1_px, box.x0_px - other.x1_px)
    down = max(other.y0_px - box.y1_px, box.y0_px - other.y1_px)
    return across <= reach and down <= reach


def learn_clock(place: ClockPlace, samples: Sequence[CropSample], reader: ClockReader) -> ClockOverlay | ClockAbsent:
    """Learn to read the clock at a place.

    Args:
        place: where it stands.
        samples: the place on pictures of different moments, in time order.
        reader: reads every sample once.
    """
    per_box = list(zip(*(sample.crops for sample in samples), strict=True))
    texts = [[_parsed(line) for line in reader.read_lines(list(crops))] for crops in per_box]
    times = texts[0] if texts else []
    good = sum(read is not None and read[0].has_time for read in times)
    if good < max(_MIN_SAMPLES, _MIN_PARSED_SHARE * len(samples)):
        return ClockAbsent(CLOCK_UNREADABLE)
    if not _runs([read[0] for read in times if read is not None]):
        return ClockAbsent(NO_CLOCK if _usual_shape(times) in {"HHMM", "HMM"} else CLOCK_UNREADABLE)
    lines = [_learn(box, crops, read) for box, crops, read in zip(place.boxes, per_box, texts, strict=True)]
    if lines[0] is None:
        return ClockAbsent(CLOCK_UNREADABLE)
    kept = tuple(line for line in lines if line is not None)
    dated = [read[0] for column in texts for read in column if read is not None]
    overlay = _overlay(place, kept, dated)
    return overlay if _agrees(overlay, samples, times, len(kept)) else ClockAbsent(CLOCK_UNREADABLE)


def _parsed(line: ReadLine) -> tuple[ClockText, ReadLine] | None:
    text = parse_clock_text(line.text)
    return None if text is None else (text, line)


def _usual_shape(times: Sequence[tuple[ClockText, ReadLine] | None]) -> str:
    return Counter(read[0].shape for read in times if read is not None).most_common(1)[0][0]


def _runs(texts: Sequence[ClockText]) -> bool:
    """Whether the text goes on: a date on a poster does not."""
    return len({tuple(text.values().items()) for text in texts if text.has_time}) > 1


def _learn(
    box: TextBox, crops: Sequence[NDArray[np.uint8]], read: Sequence[tuple[ClockText, ReadLine] | None]
) -> ClockLine | None:
    labelled = [LabelledCrop(crop, *r) for crop, r in zip(crops, read, strict=True) if r is not None]
    return learn_line(box, labelled)


def _overlay(place: ClockPlace, lines: tuple[ClockLine, ...], texts: Sequence[ClockText]) -> ClockOverlay:
    parts = "".join(layout.parts for line in lines for layout in line.layouts)
    has_date = Part.YEAR.value in parts
    orders: tuple[DateOrder, ...] = possible_orders(texts) if Part.FIRST.value in parts else ()
    seconds = max(layout.parts.count(Part.SECOND.value) for layout in lines[0].layouts)
    unit_s = {0: 60, 1: 10}.get(seconds, 1)
    return ClockOverlay(place.picture_shape, lines, orders, has_date, unit_s)


def _agrees(
    overlay: ClockOverlay,
    samples: Sequence[CropSample],
    times: Sequence[tuple[ClockText, ReadLine] | None],
    lines: int,
) -> bool:
    """Whether the learned signs read what the reader read."""
    right = total = 0
    for sample, read in zip(samples, times, strict=True):
        if read is None or not read[0].has_time:
            continue
        reading = read_crops(overlay, sample.time_ns, list(sample.crops[:lines]))
        of_day = [g.digits for g in read[0].groups if g.part in {Part.HOUR, Part.MINUTE, Part.SECOND}]
        total += 1
        right += ":".join(of_day) in reading.text.replace("上午", "").replace("下午", "")
    return total > 0 and right >= _MIN_RIGHT_SHARE * total
