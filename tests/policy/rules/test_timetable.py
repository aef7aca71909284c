from dataclasses import replace
from datetime import timedelta

import pytest

from lessonproof.evidence.training import TeachingUnit
from tests.policy.cases import FAIL, MISSING, PASS, UNCERTAIN, case, change, class_file, clause, status, unit

CLAUSE = "SX-3.1.5"


def beside(other: TeachingUnit) -> object:
    base = case()
    return status(replace(base, class_file=class_file("SX", (base.unit, other))), CLAUSE)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        pytest.param("08:30", "12:30", PASS, id="up to the bound"),
        pytest.param("08:30", "12:30:00.000001", UNCERTAIN, id="one microsecond over"),
        pytest.param("12:30", "18:00", PASS, id="afternoon"),
        pytest.param("17:59", "18:01", UNCERTAIN, id="over the evening bound"),
        pytest.param("18:00", "23:59", PASS, id="evening"),
    ],
)
def test_one_half_day(start: str, end: str, expected: object) -> None:
    result = clause(case("SX", unit(start=start, end=end)), CLAUSE)
    assert result.status is expected
    assert result.defaults_used == ("Q13",)


def test_up_to_midnight_is_still_the_evening() -> None:
    base = case("SX", unit(start="20:00", end="22:00"))
    assert status(change(base, end=base.unit.start + timedelta(hours=4)), CLAUSE) is PASS
    assert status(change(base, end=base.unit.start + timedelta(hours=4, microseconds=1)), CLAUSE) is UNCERTAIN


def test_two_units_of_one_teacher_in_one_half_day_are_one() -> None:
    second = unit(unit_id="T2", start="10:15", end="11:45")
    assert beside(second) is FAIL
    assert beside(replace(second, teacher="Teacher B")) is PASS
    assert beside(unit(unit_id="T2", start="12:30", end="14:00")) is PASS
    tomorrow = replace(second, start=second.start + timedelta(days=1), end=second.end + timedelta(days=1))
    assert beside(tomorrow) is PASS


def test_safety_education() -> None:
    assert status(case("NK"), "NK-5.2b") is PASS
    assert status(change(case("NK"), safety_education=False), "NK-5.2b") is MISSING
