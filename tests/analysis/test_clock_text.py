from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.lessons.clock_overlay import CARD_PATTERNS, SHANGHAI, clock_text
from benchmarks.lessons.spec import CLOCK_PATTERNS, ClockStyle
from lessonproof.analysis.clock_text import (
    DateOrder,
    Half,
    Part,
    calendar_day,
    moment_of,
    parse_clock_text,
    possible_orders,
    seconds_of,
    wall_seconds,
)

MOMENTS = st.integers(
    seconds_of(datetime(2000, 1, 1, tzinfo=UTC)), seconds_of(datetime(2100, 1, 1, tzinfo=UTC)) - 1
).map(moment_of)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        pytest.param("2024年09月01日 星期日 08:30:03", "YYYYmmddHHMMSS", id="chinese-date"),
        pytest.param("2024年09月01日星期日08:30:03", "YYYYmmddHHMMSS", id="blanks-lost"),
        pytest.param("2024-09-0108:30:03", "YYYYmmddHHMMSS", id="blank-between-date-and-time-lost"),
        pytest.param("2024年9月1日 8:30:03", "YYYYmdHMMSS", id="no-leading-zeros"),
        pytest.param("2024／09／01 08：30：03", "YYYYmmddHHMMSS", id="full-width-signs"),
        pytest.param("09-01-2024 08:30:03", "aabbYYYYHHMMSS", id="year-last"),
        pytest.param("2024年09月01日 上午 08:30:03", "YYYYmmddHHMMSSP", id="twelve-hours"),
        pytest.param("08:30", "HHMM", id="minutes-only"),
        pytest.param("2024-09-01 08:30:0", "YYYYmmddHHMMS", id="last-digit-cut-off"),
        pytest.param("教室A201 2024-09-01 08:30:03", "YYYYmmddHHMMSS", id="a-name-in-front"),
        pytest.param("2024-09-01 星期日", "YYYYmmdd", id="date-alone"),
    ],
)
def test_what_the_digits_mean(text: str, shape: str) -> None:
    parsed = parse_clock_text(text)
    assert parsed is not None
    assert parsed.shape == shape
    assert all(text.translate(str.maketrans("／：", "/:"))[g.start : g.end] == g.digits for g in parsed.groups)


@pytest.mark.parametrize(
    "text", ["", "教室A201", "13:61:00", "25:10:00", "2024-13-01", "电话 13800138000", "下午 13:30:00"]
)
def test_what_no_clock_shows(text: str) -> None:
    assert parse_clock_text(text) is None


@given(moment=MOMENTS, pattern=st.sampled_from(CLOCK_PATTERNS), keeps_blanks=st.booleans())
def test_every_moment_comes_back(moment: datetime, pattern: str, keeps_blanks: bool) -> None:
    text = clock_text(ClockStyle(pattern), moment.replace(tzinfo=SHANGHAI), 0)
    parsed = parse_clock_text(text if keeps_blanks else text.replace(" ", ""))
    assert parsed is not None
    order = DateOrder.DAY_FIRST if pattern.startswith("{d}") else DateOrder.MONTH_FIRST
    wall_s = wall_seconds(parsed.values(), parsed.half, order)
    assert wall_s is not None
    assert moment_of(wall_s) == moment
    assert parsed.weekday in {None, moment.weekday()}


@given(moment=MOMENTS)
def test_a_card_tells_its_minute_and_its_date_on_two_lines(moment: datetime) -> None:
    text = clock_text(ClockStyle(CARD_PATTERNS[0]), moment.replace(tzinfo=SHANGHAI), 0).split("\n")
    time, day = parse_clock_text(text[0]), parse_clock_text(text[1])
    assert time is not None
    assert day is not None
    assert (time.has_time, time.has_date, day.has_time, day.has_date) == (True, False, False, True)
    assert wall_seconds({**day.values(), **time.values()}, None, None) == seconds_of(moment.replace(second=0))


@given(moment=MOMENTS)
def test_noon_and_midnight_of_a_twelve_hour_clock(moment: datetime) -> None:
    values = {Part.HOUR: (moment.hour - 1) % 12 + 1, Part.MINUTE: moment.minute, Part.SECOND: moment.second}
    half = Half.MORNING if moment.hour < 12 else Half.AFTERNOON
    assert wall_seconds(values, half, None) == moment.hour * 3600 + moment.minute * 60 + moment.second


def test_a_second_without_its_last_digit_counts_tens() -> None:
    parsed = parse_clock_text("08:30:4")
    assert parsed is not None
    assert wall_seconds(parsed.values(), None, None) == 8 * 3600 + 30 * 60 + 40


def test_a_day_that_does_not_exist_is_no_moment() -> None:
    parsed = parse_clock_text("2023-02-29 08:30:00")
    assert parsed is not None
    assert wall_seconds(parsed.values(), None, None) is None
    assert calendar_day(parsed.values(), None) is None


@pytest.mark.parametrize(
    ("texts", "orders"),
    [
        pytest.param(["09-01-2024 08:30:00"], ("md", "dm"), id="nothing-tells"),
        pytest.param(["09-21-2024 08:30:00"], ("md",), id="no-month-21"),
        pytest.param(["21-09-2024 08:30:00"], ("dm",), id="no-month-21-either"),
        pytest.param(["09-01-2024 星期日 08:30:00"], ("md",), id="that-weekday"),
        pytest.param(["01-09-2024 星期日 08:30:00"], ("dm",), id="that-weekday-day-first"),
        pytest.param(["01-09-2024 23:59:58", "02-09-2024 00:00:01"], ("dm",), id="the-next-day"),
        pytest.param(["01-09-2024 08:31:00", "01-10-2024 08:30:40"], ("md", "dm"), id="a-jump-by-day-tells-nothing"),
        pytest.param(["2024-09-01 08:30:00"], (), id="the-question-does-not-arise"),
    ],
)
def test_month_first_or_day_first(texts: list[str], orders: tuple[str, ...]) -> None:
    parsed = [p for text in texts if (p := parse_clock_text(text)) is not None]
    assert possible_orders(parsed) == orders


@given(moment=MOMENTS)
def test_one_misread_weekday_does_not_turn_month_and_day(moment: datetime) -> None:
    days = [moment + timedelta(minutes=k) for k in range(5)]
    texts = [clock_text(ClockStyle(CLOCK_PATTERNS[5]), m.replace(tzinfo=SHANGHAI), 0) for m in days]
    wrong = texts[2].replace(
        f"期{texts[2][texts[2].index('期') + 1]}", "期" + "一二三四五六日"[(moment.weekday() + 1) % 7]
    )
    parsed = [p for text in [*texts[:2], wrong, *texts[3:]] if (p := parse_clock_text(text)) is not None]
    assert "md" in possible_orders(parsed)


def test_seconds_and_moments_are_inverse() -> None:
    assert moment_of(0).date() == date(1970, 1, 1)
    assert seconds_of(moment_of(1_725_179_400)) == 1_725_179_400


@pytest.mark.parametrize(("year", "is_date"), [(1111, False), (1969, False), (1970, True), (2026, True), (2100, False)])
def test_years_that_no_camera_shows_are_no_dates(year: int, is_date: bool) -> None:
    values = {Part.YEAR: year, Part.MONTH: 11, Part.DAY: 11}
    assert (calendar_day(values, None) is not None) is is_date
