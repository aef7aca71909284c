from datetime import datetime, timedelta, timezone

import pytest

from lessonproof.analysis.clock_dates import wrong_date
from lessonproof.analysis.clock_text import seconds_of
from lessonproof.evidence.findings import FindingKind

CHINA = timezone(timedelta(hours=8))
PLANNED = datetime(2024, 9, 1, 8, 30, tzinfo=CHINA)
END = PLANNED + timedelta(hours=3)


def shows(*moments: datetime) -> tuple[int, ...]:
    return tuple(seconds_of(m) for m in moments)


@pytest.mark.parametrize("minutes", [-60, 0, 45, 240])
def test_the_planned_day_is_right(minutes: int) -> None:
    assert wrong_date(shows(PLANNED + timedelta(minutes=minutes)), PLANNED, END) is None


@pytest.mark.parametrize("days", [-365, -1, 1, 30])
def test_another_day_is_wrong(days: int) -> None:
    found = wrong_date(shows(PLANNED + timedelta(days=days)), PLANNED, END)
    assert found is not None
    assert found.kind is FindingKind.WRONG_DATE
    assert found.detail["off_by_s"] == days * 86_400


def test_another_hour_of_the_same_day_is_less_sure() -> None:
    other_hour = wrong_date(shows(PLANNED + timedelta(hours=9)), PLANNED, END)
    other_day = wrong_date(shows(PLANNED + timedelta(days=9)), PLANNED, END)
    assert other_hour is not None
    assert other_day is not None
    assert other_hour.confidence < other_day.confidence


def test_one_of_two_meanings_is_enough() -> None:
    assert wrong_date(shows(datetime(2024, 1, 9, 8, 30, tzinfo=CHINA), PLANNED), PLANNED, END) is None


def test_no_date_says_nothing() -> None:
    assert wrong_date((), PLANNED, END) is None
