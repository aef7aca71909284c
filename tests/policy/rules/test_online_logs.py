"""SX-3.1.9 (this unit) and SX-A5.9b (every online unit of the class) by the logs that units name."""

from dataclasses import replace

import pytest

from lessonproof.evidence.attendance import AttendanceFile, NamedPerson, OnlineRow
from lessonproof.evidence.training import Roster, TeachingUnit, Trainee, UnitKind
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
    change_file,
    clause,
    said,
    status,
    unit,
)
from tests.policy.test_attended import online
from tests.policy.test_contradictions import stretch

BOTH = pytest.mark.parametrize("clause_id", ["SX-3.1.9", "SX-A5.9b"])
EVERYBODY = range(1, 11)


def online_unit(*files: AttendanceFile, unit_id: str = "T1") -> TeachingUnit:
    return replace(unit(UnitKind.ONLINE, unit_id), attendance=files)


def log(*rows: OnlineRow, sha256: str = "2" * 64) -> AttendanceFile:
    return online(*rows, sha256=sha256)


def with_log(*rows: OnlineRow) -> UnitCase:
    return case(taught=online_unit(log(*rows)))


def whole(numbers: range = EVERYBODY) -> tuple[OnlineRow, ...]:
    return tuple(stretch(number, "08:30", "10:00") for number in numbers)


@BOTH
def test_a_record_of_everyone_passes_and_says_the_least_time(clause_id: str) -> None:
    result = clause(with_log(*whole(range(1, 10)), stretch(10, "08:40", "09:25")), clause_id)
    assert result.status is PASS
    assert "T1 45/90" in result.reason.en
    assert [item.record for item in result.evidence] == ["units[T1].attendance"]


@BOTH
def test_a_trainee_without_a_row_fails_by_number(clause_id: str) -> None:
    result = clause(with_log(*whole(range(1, 9))), clause_id)
    assert result.status is FAIL
    assert "T1: 9, 10" in result.reason.en
    assert "Trainee" not in result.reason.en


@BOTH
def test_the_units_edges(clause_id: str) -> None:
    """A stretch that ends as the unit starts is another lesson's; one that ends a second later is this one's."""
    others = whole(range(1, 10))
    assert status(with_log(*others, stretch(10, "08:00", "08:30:00")), clause_id) is FAIL
    assert status(with_log(*others, stretch(10, "08:00", "08:30:01")), clause_id) is PASS


@BOTH
def test_who_was_withdrawn_needs_no_record(clause_id: str) -> None:
    base = with_log(*whole(range(1, 10)))
    trainees = base.class_file.training_class.roster.trainees
    for left_at, expected in (("08:30", PASS), ("08:31", FAIL)):
        roster = Roster((*trainees[:-1], Trainee(10, "x", withdrawn_at=at(left_at))))
        assert status(change_class(base, roster=roster), clause_id) is expected


@BOTH
@pytest.mark.parametrize(
    "odd",
    [
        pytest.param((stretch(10, "08:30", "09:30", "A"), stretch(10, "09:00", "10:00", "B")), id="overlap"),
        pytest.param((stretch(10, "08:30", "09:00", learned=90),), id="too-fast"),
    ],
)
def test_what_cannot_be_true_is_suspected_and_no_failure(clause_id: str, odd: tuple[OnlineRow, ...]) -> None:
    result = clause(with_log(*whole(range(1, 10)), *odd), clause_id)
    assert result.status is UNCERTAIN
    assert "T1: 10" in result.reason.en
    assert "疑似" in result.reason.zh


@BOTH
def test_rows_of_nobody_for_sure_leave_it_open(clause_id: str) -> None:
    stranger = replace(stretch(1, "08:30", "10:00"), person=NamedPerson(None, "somebody"))
    result = clause(with_log(*whole(range(1, 10)), stranger), clause_id)
    assert result.status is UNCERTAIN
    assert "without a row so far: T1: 10" in result.reason.en
    assert "somebody" not in result.reason.en
    recorded = change_file(with_log(*whole(range(1, 10)), stranger), records=(said(clause_id),))
    assert status(recorded, clause_id) is PASS


@BOTH
def test_a_log_of_another_day_leaves_it_open(clause_id: str) -> None:
    assert status(with_log(stretch(1, "20:00", "21:00")), clause_id) is UNCERTAIN


@BOTH
def test_without_a_log_the_list_of_papers_decides_as_before(clause_id: str) -> None:
    paper = {"SX-3.1.9": "online_learning_log", "SX-A5.9b": "online_watch_log"}[clause_id]
    listed = case(taught=online_unit())
    documents = listed.class_file.documents or ()
    without = change_file(listed, documents=tuple(d for d in documents if d.kind != paper))
    assert status(without, clause_id) is MISSING
    with_paper = change_file(listed, documents=(*documents, replace(documents[0], kind=paper, unit_id="T1")))
    assert status(with_paper, clause_id) is UNCERTAIN
    assert status(case(), clause_id) is NOT_APPLICABLE


def test_the_class_needs_the_log_of_each_online_unit() -> None:
    first = online_unit(log(*whole()))
    second = replace(online_unit(unit_id="T2"), start=at("19:00"), end=at("20:30"))
    base = case(taught=first)
    both = change_class(base, units=(first, second))
    result = clause(both, "SX-A5.9b")
    assert result.status is MISSING
    assert "T2" in result.reason.en
    assert status(both, "SX-3.1.9") is PASS
    late = tuple(stretch(number, "19:00", "20:30") for number in EVERYBODY)
    told = change_class(base, units=(first, replace(second, attendance=(log(*late, sha256="4" * 64),))))
    assert status(told, "SX-A5.9b") is PASS
    short = change_class(base, units=(first, replace(second, attendance=(log(*late[1:], sha256="4" * 64),))))
    assert status(short, "SX-A5.9b") is FAIL
    assert status(change(short, attendance=()), "SX-A5.9b") is FAIL, "a withheld log does not hide another's gap"
