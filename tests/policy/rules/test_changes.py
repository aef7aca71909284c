from datetime import datetime, timedelta

import pytest

from lessonproof.evidence.training import ApprovedChange
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    DAY,
    FAIL,
    MISSING,
    NOT_APPLICABLE,
    NOT_CHECKED,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_file,
    clause,
    said,
    status,
)


def asked(what: str, *, days: int = 3, approved: bool | None = True, clock: str = "09:00") -> ApprovedChange:
    return ApprovedChange("T1", what, at(clock, DAY - timedelta(days=days)), approved)


def other_teacher(pack_id: str = "SX", *changes: ApprovedChange) -> UnitCase:
    return change_file(change(case(pack_id), held_teacher="Teacher B"), changes=changes)


@pytest.mark.parametrize("clause_id", ["SX-3.1.1", "SX-3.1.4"])
class TestGivenAsDeclared:
    def test_as_declared_passes(self, clause_id: str) -> None:
        result = clause(case(), clause_id)
        assert (result.status, result.defaults_used) == (PASS, ())

    @pytest.mark.parametrize(
        ("fields", "aspect"),
        [
            ({"held_teacher": "Teacher B"}, "teacher"),
            ({"held_venue": "Elsewhere"}, "venue"),
            ({"held_start": at("08:32:00.000001")}, "time"),
            ({"held_start": at("07:30"), "held_end": at("09:00")}, "time"),
        ],
    )
    def test_an_uncovered_deviation_fails(self, clause_id: str, fields: dict[str, object], aspect: str) -> None:
        result = clause(change(case(), **fields), clause_id)
        assert result.status is FAIL
        assert result.consequences == ("HOUR_VOID",)
        assert aspect in result.reason.en

    def test_two_minutes_in_all_are_reported(self, clause_id: str) -> None:
        result = clause(change(case(), held_start=at("08:31"), held_end=at("09:59")), clause_id)
        assert (result.status, result.defaults_used) == (PASS, ("Q6",))

    def test_longer_than_declared_is_no_deviation(self, clause_id: str) -> None:
        assert status(change(case(), held_start=at("08:20"), held_end=at("10:30")), clause_id) is PASS

    @pytest.mark.parametrize("field", ["held_start", "held_end", "held_teacher", "held_venue"])
    def test_an_unrecorded_aspect_is_missing(self, clause_id: str, field: str) -> None:
        assert status(change(case(), **{field: None}), clause_id) is MISSING

    def test_an_approved_change_covers(self, clause_id: str) -> None:
        assert status(other_teacher("SX", asked("teacher")), clause_id) is PASS
        assert status(other_teacher("SX", asked("venue")), clause_id) is FAIL
        assert status(other_teacher("SX", asked("teacher", approved=False)), clause_id) is FAIL

    def test_an_unanswered_request_is_uncertain(self, clause_id: str) -> None:
        assert status(other_teacher("SX", asked("teacher", approved=None)), clause_id) is UNCERTAIN


CHANGES = [
    pytest.param("SX", "SX-3.1.3", id="SX by open point Q7"),
    pytest.param("NK", "NK-6.2.3a", id="NK by its own words"),
]


@pytest.mark.parametrize(("pack_id", "clause_id"), CHANGES)
class TestAskedAhead:
    def test_nothing_changed(self, pack_id: str, clause_id: str) -> None:
        assert status(case(pack_id), clause_id) is NOT_APPLICABLE

    def test_never_asked_fails(self, pack_id: str, clause_id: str) -> None:
        assert status(other_teacher(pack_id), clause_id) is FAIL

    @pytest.mark.parametrize(
        ("days", "expected"),
        [
            pytest.param(0, FAIL, id="the same day"),
            pytest.param(1, PASS, id="one day"),
            pytest.param(2, PASS, id="two days"),
        ],
    )
    def test_calendar_days(self, pack_id: str, clause_id: str, days: int, expected: object) -> None:
        assert status(other_teacher(pack_id, asked("teacher", days=days, clock="00:01")), clause_id) is expected

    def test_days_are_those_of_shanghai(self, pack_id: str, clause_id: str) -> None:
        # 23:59 of the day before in Shanghai is 15:59 UTC of that day; 00:00 of the lesson's day is 16:00 UTC.
        eve = ApprovedChange("T1", "teacher", datetime.fromisoformat("2024-09-01T15:59:59+00:00"), approved=True)
        same = ApprovedChange("T1", "teacher", datetime.fromisoformat("2024-09-01T16:00:00+00:00"), approved=True)
        assert status(other_teacher(pack_id, eve), clause_id) is PASS
        assert status(other_teacher(pack_id, same), clause_id) is FAIL

    def test_answers(self, pack_id: str, clause_id: str) -> None:
        assert status(other_teacher(pack_id, asked("teacher", approved=None)), clause_id) is UNCERTAIN
        assert status(other_teacher(pack_id, asked("teacher", approved=False)), clause_id) is FAIL

    def test_of_several_requests_the_best_answered_speaks(self, pack_id: str, clause_id: str) -> None:
        twice = other_teacher(pack_id, asked("teacher", days=5, approved=False), asked("teacher"))
        assert status(twice, clause_id) is PASS

    def test_content_has_no_unit_record_and_is_judged_by_its_request(self, pack_id: str, clause_id: str) -> None:
        assert status(change_file(case(pack_id), changes=(asked("content"),)), clause_id) is PASS
        assert status(change_file(case(pack_id), changes=(asked("content", days=0),)), clause_id) is FAIL
        assert (
            status(change_file(case(pack_id), changes=(asked("content", approved=False),)), clause_id) is NOT_APPLICABLE
        )

    def test_a_request_that_was_not_used_is_nothing(self, pack_id: str, clause_id: str) -> None:
        assert status(change_file(case(pack_id), changes=(asked("venue", days=0),)), clause_id) is NOT_APPLICABLE

    def test_without_a_unit_record_nobody_knows(self, pack_id: str, clause_id: str) -> None:
        assert status(change(case(pack_id), held_venue=None), clause_id) is MISSING


def test_open_point_q7_is_named_between_one_and_two_days() -> None:
    assert clause(other_teacher("SX", asked("teacher", days=1)), "SX-3.1.3").defaults_used == ("Q7",)
    assert clause(other_teacher("SX", asked("teacher", days=2)), "SX-3.1.3").defaults_used == ()
    assert clause(other_teacher("SX", asked("teacher", days=0)), "SX-3.1.3").defaults_used == ("Q7",)


def test_a_recorded_sudden_event_takes_the_requests_place() -> None:
    sudden = change_file(other_teacher("NK"), records=(said("NK-6.2.3b"),))
    assert status(sudden, "NK-6.2.3a") is NOT_APPLICABLE
    assert status(sudden, "NK-6.2.3b") is PASS
    refused = change_file(other_teacher("NK"), records=(said("NK-6.2.3b", holds=False),))
    assert status(refused, "NK-6.2.3a") is FAIL


def test_the_clause_on_sudden_events_has_an_object_only_where_something_differs() -> None:
    assert status(case("NK"), "NK-6.2.3b") is NOT_APPLICABLE
    assert status(other_teacher("NK"), "NK-6.2.3b") is NOT_CHECKED
    assert status(change(case("NK"), held_teacher=None), "NK-6.2.3b") is MISSING
