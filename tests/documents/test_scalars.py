from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from lessonproof.documents.checking import Written
from lessonproof.documents.scalars import (
    Text,
    at,
    parse_day,
    parse_moment,
    parse_numbers,
    parse_time_of_day,
)
from lessonproof.evidence.training import SHANGHAI


class _Named(Written):
    name: Text


@pytest.mark.parametrize("text", ["2026-03-02", "2026-3-2", "2026/3/2", "2026年3月2日", " 2026-03-02 "])
def test_days_as_people_write_them(text: str) -> None:
    assert parse_day(text) == date(2026, 3, 2)


@pytest.mark.parametrize("text", ["20260302", "2026-02-30", "02-03-2026", "2026-03/02", "2026年3月", "today", ""])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_day(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        pytest.param("08:30", 30_600.0, id="minutes"),
        pytest.param("8:30", 30_600.0, id="one-digit"),
        pytest.param("8：30", 30_600.0, id="full-width-colon"),
        pytest.param("08:30:15", 30_615.0, id="seconds"),
        pytest.param("08:30:15.5", 30_615.5, id="tenths"),
        pytest.param("24:00", 86_400.0, id="the-end-of-the-day"),
        pytest.param("00:00", 0.0, id="midnight"),
    ],
)
def test_times_of_day(text: str, seconds: float) -> None:
    assert parse_time_of_day(text) == timedelta(seconds=seconds)


@pytest.mark.parametrize("text", ["0830", "24:01", "08:60", "8", "08:30 pm", "-1:00", "08:30:15.1234567"])
def test_what_is_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_time_of_day(text)


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-02 08:30",
        "2026-03-02T08:30:00",
        "2026-03-02T08:30:00+08:00",
        "2026-03-02T00:30:00Z",
        "2026-03-02 00:30 +0000",
        "2026年3月2日 8:30",
    ],
)
def test_moments_are_in_shanghai_unless_they_say_otherwise(text: str) -> None:
    assert parse_moment(text) == datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert parse_moment(text).tzinfo is SHANGHAI


@pytest.mark.parametrize("text", ["2026-03-02", "08:30", "2026-03-02 08:30+08:00x", "2026-03-02 08:30 +25:00", "now"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_moment(text)


@given(st.datetimes(datetime(1992, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - bounds
def test_a_written_moment_comes_back(moment: datetime) -> None:
    assert parse_moment(moment.isoformat()) == moment
    assert parse_moment(moment.astimezone(SHANGHAI).replace(tzinfo=None).isoformat()) == moment


def test_a_time_of_day_belongs_to_its_unit_and_a_moment_to_itself() -> None:
    day = date(2026, 3, 2)
    assert at(day, timedelta(hours=24)) == datetime(2026, 3, 3, tzinfo=SHANGHAI)
    moment = datetime(2026, 3, 1, 20, tzinfo=SHANGHAI)
    assert at(day, moment) == moment


@pytest.mark.parametrize(
    ("written", "numbers"),
    [
        pytest.param([1, 3], {1, 3}, id="numbers"),
        pytest.param(["1-4", 14], {1, 2, 3, 4, 14}, id="range-and-number"),
        pytest.param(["1 – 2", "4～5", "7至8"], {1, 2, 4, 5, 7, 8}, id="dashes-as-people-type-them"),
        pytest.param("1-3, 5，7、9", {1, 2, 3, 5, 7, 9}, id="one-line-of-text"),
        pytest.param(["007"], {7}, id="leading-zeros"),
        pytest.param([], set(), id="nobody"),
    ],
)
def test_numbers(written: object, numbers: set[int]) -> None:
    assert parse_numbers(written) == numbers


@pytest.mark.parametrize(
    "written", [["3-1"], [0], [-1], ["a"], [True], [1.5], ["1-99999"], [10_000], {"a": 1}, None, [None], ["²"], ""]
)
def test_what_is_no_list_of_numbers(written: object) -> None:
    with pytest.raises(ValueError, match=r".+"):
        parse_numbers(written)


@given(st.sets(st.integers(1, 200)))
def test_numbers_come_back_from_ranges(numbers: set[int]) -> None:
    starts = sorted(n for n in numbers if n - 1 not in numbers)
    ends = sorted(n for n in numbers if n + 1 not in numbers)
    assert parse_numbers([f"{first}-{last}" for first, last in zip(starts, ends, strict=True)]) == numbers


def test_text_takes_numbers_without_losing_digits_and_trims() -> None:
    assert _Named(name=20260001).name == "20260001"  # type: ignore[arg-type]
    assert _Named(name="  电工 ").name == "电工"


@pytest.mark.parametrize("value", ["", "   ", None, True, 1.5, [], "a\nb", "x" * 501])
def test_what_is_no_text(value: object) -> None:
    with pytest.raises(ValidationError):
        _Named(name=value)  # type: ignore[arg-type]
