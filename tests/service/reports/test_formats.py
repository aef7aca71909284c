from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.intervals import NS_PER_S, Interval, s_to_ns
from lessonproof.service.reports import formats


@pytest.mark.parametrize(
    ("time_s", "plain", "fine"),
    [
        pytest.param(0, "0:00:00", "0:00:00.00", id="start"),
        pytest.param(1201.24, "0:20:01", "0:20:01.24", id="minutes"),
        pytest.param(3599.999, "0:59:59", "0:59:59.99", id="cut-off-and-not-rounded-into-the-next-hour"),
        pytest.param(90_061, "25:01:01", "25:01:01.00", id="more-than-a-day"),
    ],
)
def test_clock(time_s: float, plain: str, fine: str) -> None:
    assert formats.clock(s_to_ns(time_s)) == plain
    assert formats.clock(s_to_ns(time_s), with_fraction=True) == fine


@given(st.integers(0, 10**15))
def test_a_clock_is_never_ahead_and_never_a_second_behind(time_ns: int) -> None:
    hours, minutes, seconds = formats.clock(time_ns).split(":")
    shown_ns = (int(hours) * 3600 + int(minutes) * 60 + int(seconds)) * NS_PER_S
    assert 0 <= time_ns - shown_ns < NS_PER_S


@pytest.mark.parametrize(
    ("length_s", "zh", "en"),
    [
        pytest.param(0, "一个时刻", "an instant", id="instant"),
        pytest.param(0.04, "0.04 秒", "0.04 s", id="one-frame"),
        pytest.param(45.5, "45 秒", "45 s", id="seconds"),
        pytest.param(300, "5 分钟", "5 min", id="whole-minutes"),
        pytest.param(3 * 3600 + 5, "3 小时 5 秒", "3 h 5 s", id="hours"),
    ],
)
def test_length(length_s: float, zh: str, en: str) -> None:
    found = formats.length(s_to_ns(length_s))
    assert (found.zh, found.en) == (zh, en)


def test_times_of_day_are_those_of_shanghai() -> None:
    began = datetime(2026, 3, 2, 0, 28, 30, tzinfo=UTC)
    assert formats.wall_clock(began, s_to_ns(90)) == "08:30:00"
    assert formats.wall_span(began, Interval(s_to_ns(1), s_to_ns(1.5))) == "08:28:31"
    assert formats.wall_span(began, Interval(s_to_ns(1), s_to_ns(2.5))) == "08:28:31 – 08:28:32"


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (0.004, "< 1 %"), (0.97, "97 %"), (0.996, "> 99 %"), (1.0, "100 %")]
)
def test_percent_never_claims_certainty_that_is_not_there(share: float, text: str) -> None:
    assert formats.percent(share) == text
