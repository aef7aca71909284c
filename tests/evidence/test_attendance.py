from datetime import UTC, datetime, timedelta

import pytest

from lessonproof.evidence.attendance import NamedPerson, OnlineRow

NOON = datetime(2026, 5, 11, 12, tzinfo=UTC)


def test_a_row_names_somebody() -> None:
    with pytest.raises(ValueError, match="number, a name"):
        NamedPerson(None, None)
    with pytest.raises(ValueError, match="number, a name"):
        NamedPerson(None, "")


def test_a_stretch_does_not_end_before_it_starts() -> None:
    assert OnlineRow(2, NamedPerson(1, None), NOON, NOON).end == NOON
    with pytest.raises(ValueError, match="before it starts"):
        OnlineRow(2, NamedPerson(1, None), NOON, NOON - timedelta(seconds=1))
