"""Time and place out of the lines of a watermark."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.clock_text import seconds_of
from lessonproof.analysis.photo_watermark import READ_LONG_SIDE_PX, find_lines, read_watermark, watermark_of
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.clock_reader import ReadLine, TextBox


def shown(*clock: int) -> int:
    return seconds_of(datetime(*clock))  # type: ignore[arg-type]  # noqa: DTZ001  local, as shown


@pytest.mark.parametrize(
    "lines",
    [
        ["2026-04-08 09:10:15"],
        ["2026年04月08日 星期三", "09:10:15"],
        ["09:10:15", "施工记录", "2026.04.08"],
        ["今日水印", "2026-04-08 09:10:15", "2026-04-08 09:10:15"],
    ],
)
def test_the_time_of_one_line_or_two(lines: list[str]) -> None:
    assert watermark_of(lines).shown_s == (shown(2026, 4, 8, 9, 10, 15),)


def test_day_and_month_that_may_be_meant_either_way() -> None:
    assert watermark_of(["05/04/2026 09:10:15"]).shown_s == (
        shown(2026, 4, 5, 9, 10, 15),
        shown(2026, 5, 4, 9, 10, 15),
    )


@pytest.mark.parametrize(
    "lines",
    [[], ["安全生产"], ["09:10:15"], ["2026-04-08"], ["2026-04-08 09:10:15", "2026-04-07 09:10:15"]],
    ids=["nothing", "no-time", "no-date", "no-clock", "two-different-ones"],
)
def test_what_is_not_known_has_a_reason(lines: list[str]) -> None:
    found = watermark_of(lines)
    assert (found.shown_s, found.reason) == ((), "photo_no_date")


def test_addresses_are_places_and_slogans_are_none() -> None:
    found = watermark_of(["益阳市赫山区桃花仑路12号", "安全第一", "2026-04-08 09:10"])
    assert found.place == ("益阳市赫山区桃花仑路12号",)
    assert found.shown_s == (shown(2026, 4, 8, 9, 10, 0),)


@given(st.lists(st.text(max_size=40), max_size=6))
def test_no_text_breaks_it(lines: list[str]) -> None:
    found = watermark_of(lines)
    assert bool(found.shown_s) == (found.reason is None)


class _Reader:
    """A reader that finds one line at a fixed place of the picture that it is given."""

    stamps: tuple[ModelStamp, ...] = ()

    def find_lines(self, luma: NDArray[np.uint8]) -> list[TextBox]:
        assert max(luma.shape) <= READ_LONG_SIDE_PX
        return [TextBox(10, 20, 110, 40)]

    def read_lines(self, crops: Sequence[NDArray[np.uint8]]) -> list[ReadLine]:
        assert [crop.shape for crop in crops] == [(20, 100)]
        text = "2026-04-08 09:10:15"
        return [ReadLine(text, 0.9, tuple(0.5 for _ in text))]


def test_large_photographs_are_read_smaller_and_boxes_are_in_their_pixels() -> None:
    luma = np.zeros((1920, 2560), np.uint8)
    found = find_lines(luma, _Reader())
    assert found.xyxy_px().tolist() == [[20, 40, 220, 80]]
    assert read_watermark(luma, found, _Reader()).shown_s == (shown(2026, 4, 8, 9, 10, 15),)


def test_without_a_reader_nothing_is_known() -> None:
    luma = np.zeros((100, 100), np.uint8)
    found = find_lines(luma, None)
    assert found.xyxy_px().shape == (0, 4)
    assert read_watermark(luma, found, None).reason == "no_text_reader"
