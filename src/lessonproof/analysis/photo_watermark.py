"""Time and place that a watermark camera wrote into a photograph, out of the lines that a text reader found."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_text import S_PER_DAY, ClockText, parse_clock_text, possible_orders, wall_seconds
from lessonproof.evidence.photo import Watermark
from lessonproof.models.clock_reader import ClockReader, TextBox

READ_LONG_SIDE_PX: Final = 1280
"""A watermark is some 3 % of a photograph's height: 20 pixels here."""
_MIN_SCORE: Final = 0.7
_MAX_LINES: Final = 60
_ADDRESS: Final = re.compile(r"[省市区县镇乡街道路弄号楼村园校厂室]")
_CHINESE: Final = re.compile(r"[\u4e00-\u9fff]")
_MIN_PLACE_CHARS: Final = 4
_MAX_PLACE_CHARS: Final = 100


@dataclass(frozen=True, slots=True)
class WrittenLines:
    """Lines of writing in a photograph.

    Attributes:
        boxes: in pixels of the photograph made smaller.
        scale: what the photograph was multiplied by for that, at most 1.
    """

    boxes: tuple[TextBox, ...]
    scale: float

    def xyxy_px(self) -> NDArray[np.float32]:
        """The boxes in the photograph's own pixels, shape ``(T, 4)``."""
        corners = [(box.x0_px, box.y0_px, box.x1_px, box.y1_px) for box in self.boxes]
        return np.asarray(np.array(corners, np.float32).reshape(-1, 4) / np.float32(self.scale), np.float32)


def find_lines(luma: NDArray[np.uint8], reader: ClockReader | None) -> WrittenLines:
    """Where a photograph ``(H, W)`` is written on; nowhere that is known where no reader is installed."""
    scale = min(1.0, READ_LONG_SIDE_PX / max(luma.shape))
    boxes = () if reader is None else sorted(reader.find_lines(_scaled(luma, scale)))[:_MAX_LINES]
    return WrittenLines(tuple(boxes), scale)


def read_watermark(luma: NDArray[np.uint8], found: WrittenLines, reader: ClockReader | None) -> Watermark:
    """Read the lines that were found in a photograph ``(H, W)``."""
    if reader is None:
        return Watermark(reason="no_text_reader")
    small = _scaled(luma, found.scale)
    lines = reader.read_lines([box.cut_from(small) for box in found.boxes])
    return watermark_of([line.text for line in lines if line.score >= _MIN_SCORE])


def watermark_of(lines: Sequence[str]) -> Watermark:
    """Time and place of the written lines; date and time may stand on two of them.

    Where several different times are written nobody knows which is the photograph's.
    """
    place = tuple(line[:_MAX_PLACE_CHARS] for line in lines if _is_place(line))
    parsed = [text for line in lines if (text := parse_clock_text(line)) is not None]
    whole = [text for text in parsed if text.has_date and text.has_time]
    found = {moments for text in whole if (moments := _moments(text, text))}
    if not whole:
        dates = [text for text in parsed if text.has_date]
        times = [text for text in parsed if text.has_time]
        if len(dates) == 1 and len(times) == 1:
            found = {moments for moments in [_moments(dates[0], times[0])] if moments}
    if len(found) != 1:
        return Watermark((), place, "photo_no_date")
    return Watermark(next(iter(found)), place, None)


def _is_place(line: str) -> bool:
    is_time = parse_clock_text(line) is not None
    return not is_time and len(_CHINESE.findall(line)) >= _MIN_PLACE_CHARS and len(_ADDRESS.findall(line)) >= 2


def _moments(dated: ClockText, timed: ClockText) -> tuple[int, ...]:
    """Every moment that may be meant; seconds since 1970-01-01."""
    values = dated.values() | timed.values()
    orders = possible_orders([dated]) or (None,)
    found = {wall_seconds(values, timed.half, order) for order in orders}
    return tuple(sorted(moment for moment in found if moment is not None and moment >= S_PER_DAY))


def _scaled(luma: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    if scale == 1.0:
        return luma
    size = (max(1, round(luma.shape[1] * scale)), max(1, round(luma.shape[0] * scale)))
    return np.asarray(cv2.resize(luma, size, interpolation=cv2.INTER_AREA), np.uint8)
