from dataclasses import replace

import pytest

from lessonproof.evidence.training import InstitutionKind, UnitKind
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAIL,
    MISSING,
    NOT_APPLICABLE,
    PASS,
    UNCERTAIN,
    case,
    change,
    change_class,
    change_file,
    change_institution,
    class_file,
    clause,
    said,
    status,
    unit,
)

LICENSED = [
    ("NK-5.3a", InstitutionKind.ENTERPRISE_CENTRE),
    ("NK-5.3a", InstitutionKind.ENTERPRISE_PUBLIC_BASE),
    ("NK-5.3b", InstitutionKind.PRIVATE),
]


@pytest.mark.parametrize(("clause_id", "kind"), LICENSED)
def test_a_place_outside_fails_and_a_place_inside_is_for_whoever_watched(clause_id: str, kind: InstitutionKind) -> None:
    inside = change_institution(case("NK"), kind=kind)
    assert status(inside, clause_id) is UNCERTAIN
    assert status(change_file(inside, records=(said(clause_id),)), clause_id) is PASS
    assert status(change(inside, venue="Elsewhere"), clause_id) is FAIL
    assert status(change(inside, held_venue="Elsewhere"), clause_id) is FAIL
    assert status(change_institution(inside, licensed_venues=()), clause_id) is MISSING
    assert status(change(inside, held_venue=None), clause_id) is MISSING


def test_each_clause_speaks_of_its_own_kinds_of_institution() -> None:
    school = change_institution(case("NK"), kind=InstitutionKind.VOCATIONAL_SCHOOL)
    assert status(school, "NK-5.3a") is NOT_APPLICABLE
    assert status(school, "NK-5.3b") is NOT_APPLICABLE
    assert status(case("NK"), "NK-5.3a") is NOT_APPLICABLE
    assert status(change_institution(case("NK"), kind=None), "NK-5.3b") is MISSING


def school(hours_inside: int, hours_outside: int) -> UnitCase:
    inside = replace(unit(UnitKind.PRACTICAL), class_hours=hours_inside)
    outside = replace(
        unit(UnitKind.PRACTICAL, "P2", "13:00", "14:30"),
        class_hours=hours_outside,
        venue="A works",
        held_venue="A works",
    )
    units = (inside, outside, unit(unit_id="T9", start="15:00", end="16:30"))
    return UnitCase(class_file("NK", units, kind=InstitutionKind.VOCATIONAL_SCHOOL), inside, {})


@pytest.mark.parametrize(
    ("inside", "outside", "expected"),
    [pytest.param(50, 50, PASS, id="half"), pytest.param(49, 51, FAIL, id="more than half")],
)
def test_half_of_the_practical_hours_may_be_at_the_enterprise(inside: int, outside: int, expected: object) -> None:
    assert status(school(inside, outside), "NK-5.3c") is expected


def test_the_share_is_a_matter_of_schools_that_train_an_enterprises_staff() -> None:
    base = school(1, 99)
    assert status(change_class(base, enterprise_staff=False), "NK-5.3c") is NOT_APPLICABLE
    assert status(change_class(base, enterprise_staff=None), "NK-5.3c") is MISSING
    assert status(change_institution(base, licensed_venues=()), "NK-5.3c") is MISSING
    assert status(change_institution(base, kind=InstitutionKind.PRIVATE), "NK-5.3c") is NOT_APPLICABLE


def test_papers_for_a_place_outside() -> None:
    assert status(case(), "SX-A1.8") is NOT_APPLICABLE
    outside = change(case(), venue="Elsewhere", held_venue="Elsewhere")
    assert status(outside, "SX-A1.8") is UNCERTAIN
    assert "lease" in clause(change_file(outside, documents=()), "SX-A1.8").reason.en
    assert status(change_file(outside, documents=()), "SX-A1.8") is MISSING
    assert status(change_institution(case(), licensed_venues=()), "SX-A1.8") is MISSING
