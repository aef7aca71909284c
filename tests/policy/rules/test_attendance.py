from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.training import Roster, SignInSheet, TeachingUnit, Trainee
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules.attendance import Hours, hours_by_person
from tests.policy.cases import (
    FAIL,
    MISSING,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_class,
    class_file,
    clause,
    sheet,
    status,
    unit,
)

CLAUSE = "NK-6.2.4b"


def of_class(trainees: int, *attended: tuple[int, frozenset[int] | None]) -> UnitCase:
    """A class of units given as class hours and who signed (``None``: no sheet)."""
    units: tuple[TeachingUnit, ...] = tuple(
        replace(
            unit(unit_id=f"T{index}", start=f"{index:02}:00", end=f"{index:02}:45"),
            class_hours=hours,
            sheets=() if signed is None else (SignInSheet(signed),),
        )
        for index, (hours, signed) in enumerate(attended, start=1)
    )
    return UnitCase(class_file("NK", units, trainees=trainees), units[0], {})


EVERYBODY = frozenset({1, 2, 3, 4, 5})


@pytest.mark.parametrize(
    ("attended", "planned", "expected"),
    [
        pytest.param(8000, 10_000, PASS, id="80 %"),
        pytest.param(7999, 10_000, FAIL, id="79.99 %"),
        pytest.param(4, 5, PASS, id="4 of 5"),
        pytest.param(2, 3, FAIL, id="2 of 3"),
    ],
)
def test_the_limit_is_included(attended: int, planned: int, expected: object) -> None:
    result = clause(of_class(1, (attended, frozenset({1})), (planned - attended, frozenset())), CLAUSE)
    assert result.status is expected
    assert result.defaults_used == ("Q10",)


def test_one_person_below_fails_though_the_class_is_above() -> None:
    result = clause(of_class(5, (3, EVERYBODY), (1, EVERYBODY - {3})), CLAUSE)
    assert result.status is FAIL
    assert "numbers below 80 %: [3]" in result.reason.en
    assert "Trainee" not in result.reason.en


def test_a_missing_sheet_is_missing_only_where_it_matters() -> None:
    assert status(of_class(5, (3, EVERYBODY), (1, None)), CLAUSE) is MISSING
    assert status(of_class(5, (4, EVERYBODY), (1, None)), CLAUSE) is PASS
    assert status(of_class(5, (3, EVERYBODY - {1}), (1, None)), CLAUSE) is FAIL
    assert status(of_class(5, (3, None)), CLAUSE) is MISSING


def test_no_hours_at_all_is_uncertain() -> None:
    assert status(of_class(5, (0, EVERYBODY)), CLAUSE) is UNCERTAIN


def test_who_was_withdrawn_leaves_the_base_from_then_on() -> None:
    base = of_class(5, (1, EVERYBODY), (3, EVERYBODY - {1}))
    gone = Trainee(1, "x", withdrawn_at=at("01:30"))
    roster = Roster((gone, *base.class_file.training_class.roster.trainees[1:]))
    training_class = replace(base.class_file.training_class, roster=roster)
    left = replace(base, class_file=replace(base.class_file, training_class=training_class))
    assert status(base, CLAUSE) is FAIL
    assert status(left, CLAUSE) is PASS
    assert hours_by_person(left)[1] == Hours(1, 1, 1)
    assert hours_by_person(left)[2] == Hours(4, 4, 4)


def test_sheets_that_differ_bound_the_hours() -> None:
    both = change(case("NK"), sheets=(sheet(frozenset({1, 2})), sheet(frozenset({2, 3}))))
    hours = hours_by_person(both)
    assert hours[2] == Hours(2, 2, 2)
    assert hours[1] == Hours(2, 0, 2)
    assert hours[4] == Hours(2, 0, 0)


@given(st.lists(st.tuples(st.integers(1, 8), st.frozensets(st.integers(1, 6))), min_size=1, max_size=6), st.data())
def test_withholding_a_sheet_never_helps(attended: list[tuple[int, frozenset[int]]], data: st.DataObject) -> None:
    dropped = data.draw(st.integers(0, len(attended) - 1))
    fewer = [(hours, None if index == dropped else signed) for index, (hours, signed) in enumerate(attended)]
    if status(of_class(6, *fewer), CLAUSE) is PASS:
        assert status(of_class(6, *attended), CLAUSE) is PASS


def test_an_unclear_row_neither_attended_nor_stayed_away() -> None:
    """Number 1 signed three hours of four for sure, and the fourth is unclear."""

    def of_sheet(unclear: frozenset[int]) -> UnitCase:
        made = of_class(5, (3, EVERYBODY), (1, EVERYBODY - {1}))
        first, second = made.class_file.training_class.units
        (last,) = second.sheets
        open_row = replace(second, sheets=(replace(last, unclear_numbers=unclear, photos=("a.jpg",)),))
        return change_class(made, units=(first, open_row))

    assert status(of_sheet(frozenset()), CLAUSE) is FAIL
    result = clause(of_sheet(frozenset({1})), CLAUSE)
    assert result.status is MISSING
    assert "signatures unclear" in result.reason.en
