import pickle
from datetime import timedelta

import numpy as np
import pytest

from benchmarks.lessons.clock_overlay import CARD_PATTERNS
from benchmarks.lessons.spec import CLOCK_PATTERNS
from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay, read_clock
from lessonproof.analysis.clock_survey import CLOCK_UNREADABLE, NO_CLOCK, NO_PICTURES, NO_READER, survey_clock
from lessonproof.analysis.clock_text import DateOrder, moment_of, seconds_of
from lessonproof.models.clock_reader import ReadLine, TextBox
from tests.analysis.clock_scenes import SIZE, START, KnownTextReader, Scene, room

SURVEYED = (*range(11), *range(60, 700, 55))
"""Ten seconds one by one, and pictures over eleven minutes."""
LATER = (23, 47, 98, 333, 519, 641, 2000, 3599)


def surveyed(scene: Scene) -> ClockOverlay:
    overlay = survey_clock(scene.pictures(SURVEYED), scene.reader(SURVEYED))
    assert isinstance(overlay, ClockOverlay)
    return overlay


@pytest.mark.parametrize(
    ("pattern", "corner", "plate"),
    [
        pytest.param(CLOCK_PATTERNS[0], "tl", False, id="dashes-top-left"),
        pytest.param(CLOCK_PATTERNS[1], "br", True, id="slashes-plate"),
        pytest.param(CLOCK_PATTERNS[2], "bl", False, id="chinese-weekday"),
        pytest.param(CLOCK_PATTERNS[3], "tr", False, id="twelve-hours"),
        pytest.param(CLOCK_PATTERNS[5], "tl", True, id="month-first"),
        pytest.param(CARD_PATTERNS[4], "bl", False, id="time-alone"),
    ],
)
def test_a_surveyed_clock_is_read_at_moments_that_nobody_read(pattern: str, corner: str, plate: bool) -> None:
    scene = Scene(pattern, corner, plate=plate)
    overlay = surveyed(scene)
    for s in LATER:
        wall = START + timedelta(seconds=s)
        reading = read_clock(overlay, s, scene.picture(wall, s))
        assert reading.wall_s is not None, reading.text
        shown = seconds_of(wall) if overlay.has_date else seconds_of(wall) % 86_400
        assert reading.wall_s == shown


def test_a_clock_that_is_not_on_the_picture_is_not_read() -> None:
    scene = Scene(CLOCK_PATTERNS[0])
    overlay = surveyed(scene)
    reading = read_clock(overlay, 5, room(5))
    assert reading.wall_s is None
    assert "?" in reading.text


def test_another_picture_size_is_not_read() -> None:
    scene = Scene(CLOCK_PATTERNS[0])
    reading = read_clock(surveyed(scene), 5, np.zeros((100, 100), np.uint8))
    assert (reading.wall_s, reading.margin) == (None, None)


def test_an_overlay_goes_to_other_processes_small() -> None:
    scene = Scene(CLOCK_PATTERNS[2])
    overlay = surveyed(scene)
    sent = pickle.dumps(overlay)
    assert len(sent) < 100_000
    wall = START + timedelta(seconds=47)
    assert read_clock(pickle.loads(sent), 47, scene.picture(wall)) == read_clock(overlay, 47, scene.picture(wall))  # noqa: S301


def test_a_weekday_settles_month_and_day() -> None:
    overlay = surveyed(Scene(CLOCK_PATTERNS[5]))
    assert overlay.order is DateOrder.MONTH_FIRST


def test_ambiguous_month_and_day_are_both_told() -> None:
    scene = Scene(CLOCK_PATTERNS[4])
    overlay = surveyed(scene)
    assert overlay.order is None
    assert overlay.modulus_s == 86_400
    reading = read_clock(overlay, 0, scene.picture(START))
    assert {moment_of(w).date().isoformat() for w in reading.dates} == {"2024-09-01", "2024-01-09"}


def test_a_twelve_hour_clock_seen_in_the_morning_only_starts_over_at_noon() -> None:
    assert surveyed(Scene(CLOCK_PATTERNS[3])).modulus_s == 43_200


def test_no_reader_is_no_answer() -> None:
    absent = survey_clock([(0, room(0))], None)
    assert absent == ClockAbsent(NO_READER)


def test_no_pictures_is_no_answer() -> None:
    scene = Scene(CLOCK_PATTERNS[0])
    assert survey_clock([], scene.reader(SURVEYED)) == ClockAbsent(NO_PICTURES)


class PosterReader:
    """Sees one line that always says the same."""

    def __init__(self, text: str) -> None:
        self._text = text

    @property
    def stamps(self) -> tuple[()]:
        return ()

    def find_lines(self, luma: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> list[TextBox]:  # noqa: ARG002
        return [TextBox(40, 40, 240, 70)] if self._text else []

    def read_lines(self, crops: object) -> list[ReadLine]:
        assert isinstance(crops, list)
        places = tuple((k + 0.5) / len(self._text) for k in range(len(self._text)))
        return [ReadLine(self._text, 0.9, places) for _ in crops]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        pytest.param("", NO_CLOCK, id="no-text"),
        pytest.param("安全生产 人人有责", NO_CLOCK, id="a-slogan"),
        pytest.param("08:30", NO_CLOCK, id="a-timetable"),
        pytest.param("2024-09-01 08:30:00", CLOCK_UNREADABLE, id="a-clock-that-never-goes"),
        pytest.param("20z4-09-01 0B:30:00", CLOCK_UNREADABLE, id="half-a-clock"),
    ],
)
def test_what_is_no_clock_says_why(text: str, reason: str) -> None:
    pictures = [(s, room(s)) for s in range(8)]
    assert survey_clock(pictures, PosterReader(text)) == ClockAbsent(reason)


def test_the_reader_is_asked_little() -> None:
    scene = Scene(CLOCK_PATTERNS[0])
    reader = scene.reader(SURVEYED)
    survey_clock(scene.pictures(SURVEYED), reader)
    assert isinstance(reader, KnownTextReader)
    assert reader.crops_read <= len(SURVEYED) + 3


def test_the_pictures_are_what_the_tests_say() -> None:
    assert room(0).shape == (SIZE[1], SIZE[0])
