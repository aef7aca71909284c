"""NK-6.2.4a: face check-in at the fixed place on each day, by the exports of the punch clocks."""

from dataclasses import replace

import pytest

from lessonproof.evidence.attendance import NamedPerson, Punch
from lessonproof.evidence.training import UnitKind
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAIL,
    MISSING,
    NOT_APPLICABLE,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_class,
    change_institution,
    clause,
    sheet,
    status,
    unit,
)
from tests.policy.test_attended import punches

CLAUSE = "NK-6.2.4a"


def face(number: int, clock: str = "08:20", place: str | None = "Room 1", method: str | None = "人脸") -> Punch:
    return Punch(2, NamedPerson(number, None), at(clock), place, "K1", method)


def with_punches(*rows: Punch, **fields: object) -> UnitCase:
    return change(case("NK"), attendance=(punches(*rows),), **fields)


EVERYBODY = tuple(face(number) for number in range(1, 11))


def test_everybody_by_face_at_the_venue() -> None:
    result = clause(with_punches(*EVERYBODY), CLAUSE)
    assert result.status is PASS
    assert result.defaults_used == ("Q23",)
    assert [item.record for item in result.evidence] == ["units[T1].attendance"]


def test_signed_and_surely_not_punched_fails_by_number() -> None:
    result = clause(with_punches(*EVERYBODY[:-2]), CLAUSE)
    assert result.status is FAIL
    assert "2024-09-02: 9, 10" in result.reason.en


def test_the_day_ends_at_midnight() -> None:
    assert status(with_punches(*EVERYBODY[:-1], face(10, "00:00")), CLAUSE) is PASS
    assert status(with_punches(*EVERYBODY[:-1], face(10, "23:59:59")), CLAUSE) is PASS
    eve = replace(face(10), at=at("23:59:59").replace(day=1))
    assert status(with_punches(*EVERYBODY[:-1], eve), CLAUSE) is FAIL


def test_who_did_not_sign_was_absent_and_need_not_punch() -> None:
    assert status(with_punches(*EVERYBODY[:-1], sheets=(sheet(frozenset(range(1, 10))),)), CLAUSE) is PASS


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(face(10, method=None), id="no-method"),
        pytest.param(face(10, method="刷卡"), id="card"),
        pytest.param(face(10, place=None), id="no-place"),
        pytest.param(face(10, place="Somewhere"), id="unknown-place"),
    ],
)
def test_a_punch_that_shows_no_face_or_place_is_uncertain(last: Punch) -> None:
    result = clause(with_punches(*EVERYBODY[:-1], last), CLAUSE)
    assert result.status is UNCERTAIN
    assert "not shown: 2024-09-02: 10" in result.reason.en
    assert status(with_punches(*EVERYBODY[:-1], last, face(10, "09:50", "Workshop 1")), CLAUSE) is PASS


def test_a_place_must_be_the_days_venue_or_licensed() -> None:
    elsewhere = tuple(replace(row, place="Hall 9") for row in EVERYBODY)
    assert status(with_punches(*elsewhere), CLAUSE) is UNCERTAIN
    assert status(change_institution(with_punches(*elsewhere), licensed_venues=("Hall 9",)), CLAUSE) is PASS
    assert status(with_punches(*elsewhere, venue="Hall 9"), CLAUSE) is PASS


def test_unclear_signatures_and_rows_of_nobody_leave_it_open() -> None:
    unclear = replace(sheet(frozenset(range(1, 10))), unclear_numbers=frozenset({10}))
    assert status(with_punches(*EVERYBODY[:-1], sheets=(unclear,)), CLAUSE) is UNCERTAIN
    assert status(with_punches(*EVERYBODY[:-1], sheets=()), CLAUSE) is UNCERTAIN
    stranger = replace(face(99), person=NamedPerson(None, "somebody"))
    result = clause(with_punches(*EVERYBODY[:-1], stranger), CLAUSE)
    assert result.status is UNCERTAIN
    assert "cannot be told: 2024-09-02: 10" in result.reason.en
    assert "somebody" not in result.reason.en


def test_a_day_without_an_export_is_missing_and_hides_no_failure() -> None:
    assert status(case("NK"), CLAUSE) is MISSING
    base = with_punches(*EVERYBODY)
    next_day = replace(
        unit(unit_id="T2"), start=at("08:30").replace(day=3), end=at("10:00").replace(day=3), recordings=()
    )
    result = clause(change_class(base, units=(base.unit, next_day)), CLAUSE)
    assert result.status is MISSING
    assert "2024-09-03" in result.reason.en
    short = with_punches(*EVERYBODY[:-1])
    assert status(change_class(short, units=(short.unit, next_day)), CLAUSE) is FAIL


def test_online_days_are_not_meant() -> None:
    assert status(case("NK", unit(UnitKind.ONLINE)), CLAUSE) is NOT_APPLICABLE
