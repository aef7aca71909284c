import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval
from lessonproof.service.reports.measured import (
    Measured,
    joined,
    percent_words,
    rounded,
    seconds_words,
    supports_of,
)


@pytest.mark.parametrize("value", [None, True, "3", [3], float("nan"), float("inf"), -1, 2.5])
def test_what_is_no_number_within_bounds_is_unknown(value: JsonValue) -> None:
    assert Measured({"x": value}).number("x", low=0.0, high=2.0) is None
    assert Measured({}).number("x") is None


def test_bounds_are_included() -> None:
    assert Measured({"x": 0, "y": 2.0}).number("x", low=0.0, high=2.0) == 0.0
    assert Measured({"x": 0, "y": 2.0}).number("y", low=0.0, high=2.0) == 2.0


def test_long_texts_are_shortened_and_lines_joined() -> None:
    measured = Measured({"x": "a\n b", "y": "z" * 500, "z": " ", "list": ["a", 3, None, "b"]})
    assert measured.text("x") == "a b"
    assert len(measured.text("y") or "") == 101
    assert measured.text("z") is None
    assert measured.texts("list") == ("a", "b")
    assert measured.texts("x") == ()


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("2024-09-01 08:31:13", "2024-09-01 08:31:13"),
        ("1970-01-01 08:31:13", "08:31:13"),
        ("half past eight", None),
        (83113, None),
    ],
)
def test_a_clock_without_a_date_shows_its_time_alone(shown: JsonValue, expected: str | None) -> None:
    assert Measured({"x": shown}).shown_time("x") == expected


@pytest.mark.parametrize(
    ("length_s", "zh", "en"),
    [
        (0.0, "不到 0.01 秒", "less than 0.01 s"),
        (0.04, "0.04 秒", "0.04 s"),
        (6.44, "6.4 秒", "6.4 s"),
        (4.0, "4 秒", "4 s"),
        (9.96, "10 秒", "10 s"),
        (79.7, "1 分 20 秒", "1 min 20 s"),
        (300.0, "5 分钟", "5 min"),
    ],
)
def test_lengths_have_few_digits(length_s: float, zh: str, en: str) -> None:
    words = seconds_words(length_s)
    assert (words.zh, words.en) == (zh, en)


@pytest.mark.parametrize(
    ("share", "zh", "en"),
    [
        (0.124, "12%", "12 %"),
        (0.999, "超过 99%", "more than 99 %"),
        (0.001, "不到 1%", "less than 1 %"),
        (0.0, "0%", "0 %"),
    ],
)
def test_shares(share: float, zh: str, en: str) -> None:
    words = percent_words(share)
    assert (words.zh, words.en) == (zh, en)


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(95.54, 1, "96"), (5.8, 1, "5.8"), (3.0, 1, "3"), (1.052, 2, "1.05"), (-0.001, 1, "0")],
)
def test_numbers_have_few_digits(value: float, digits: int, text: str) -> None:
    assert rounded(value, digits) == text


def test_nothing_to_say_is_no_sentence() -> None:
    assert joined([]) is None


@given(st.floats(0, 1e9))
def test_every_length_can_be_written(length_s: float) -> None:
    words = seconds_words(length_s)
    assert words.zh
    assert words.en


def test_supports_are_read_and_odd_entries_left_out() -> None:
    also: list[JsonValue] = [
        {"kind": "audio_break", "detail": {"x": 1}},
        {"kind": "radar"},
        "cut",
        None,
        {"detail": {}},
    ]
    finding = Finding(FindingKind.CUT, Interval(0, 1), 0.9, Severity.INFO, "full_decode", {"also": also})
    (support,) = supports_of(finding)
    assert support.kind is FindingKind.AUDIO_BREAK
    assert support.detail.number("x") == 1.0
