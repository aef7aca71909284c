"""SX-3.2.2: an inspector's head count beside the recording at that minute."""

import pytest

from lessonproof.evidence.attendance import SiteCheck
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    NOT_CHECKED,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_file,
    clause,
    dossier,
    headcount,
    measured,
    said,
    status,
    without_people,
)
from tests.policy.test_attended import checks

CLAUSE = "SX-3.2.2"


def checked(trainees: int, clock: str = "09:00", base: UnitCase | None = None) -> UnitCase:
    """Ten signed; the recording shows 11 people give or take 2, one of them the teacher."""
    seen = measured(case(), dossier(people=headcount(11, spread=2))) if base is None else base
    return change(seen, attendance=(checks(SiteCheck(2, at(clock), trainees)),))


def test_a_count_inside_the_interval_passes() -> None:
    result = clause(checked(10), CLAUSE)
    assert result.status is PASS
    assert "10 trainees counted on the spot, 8-13 by the recording, 10 signed" in result.reason.en


@pytest.mark.parametrize(
    ("trainees", "expected"),
    [(7, UNCERTAIN), (8, PASS), (13, PASS), (14, UNCERTAIN)],
)
def test_the_intervals_ends_count(trainees: int, expected: object) -> None:
    assert status(change(checked(trainees), sheets=()), CLAUSE) is expected


def test_a_contradiction_is_never_a_failure() -> None:
    result = clause(checked(3), CLAUSE)
    assert result.status is UNCERTAIN
    assert result.defaults_used == ("Q11",)
    assert status(change_file(checked(3), records=(said(CLAUSE),)), CLAUSE) is PASS


def test_without_a_form_a_person_records() -> None:
    assert status(case(), CLAUSE) is NOT_CHECKED


def test_a_form_of_another_time_or_without_a_count_to_compare_is_uncertain() -> None:
    assert status(checked(10, "20:00"), CLAUSE) is UNCERTAIN
    assert status(checked(10, base=measured(case(), without_people(dossier()))), CLAUSE) is UNCERTAIN
