from datetime import date

import pytest

from lessonproof.evidence.training import Document, InstitutionKind
from tests.policy.cases import (
    FAIL,
    MISSING,
    PASS,
    case,
    change,
    change_class,
    change_file,
    change_institution,
    clause,
    status,
    verdict,
)


@pytest.mark.parametrize(
    ("pack_id", "opened_on", "expected"),
    [
        ("SX", date(2022, 12, 31), FAIL),
        ("SX", date(2023, 1, 1), PASS),
        ("SX", date(2099, 1, 1), PASS),
        ("NK", date(2024, 8, 31), FAIL),
        ("NK", date(2024, 9, 1), PASS),
        ("NK", date(2029, 8, 31), PASS),
        ("NK", date(2029, 9, 1), FAIL),
    ],
)
def test_time_of_force(pack_id: str, opened_on: date, expected: object) -> None:
    clause_id = {"SX": "SX-6", "NK": "NK-16"}[pack_id]
    opened = change_class(case(pack_id), opened_on=opened_on)
    assert status(opened, clause_id) is expected
    assert (verdict(opened).outcome.value == "fail") is (expected is FAIL)


def test_class_type_and_contract() -> None:
    assert status(case(), "SX-1") is PASS
    assert status(change_class(case(), class_type=None), "SX-1") is MISSING
    assert status(change_file(case(), documents=(Document("pledge"),)), "SX-1") is MISSING
    assert status(change_file(case(), documents=None), "SX-1") is MISSING


@pytest.mark.parametrize("kind", list(InstitutionKind))
def test_institution_kind(kind: InstitutionKind) -> None:
    assert status(change_institution(case("NK"), kind=kind), "NK-2") is PASS
    assert status(change_institution(case("NK"), kind=None), "NK-2") is MISSING


@pytest.mark.parametrize(("pack_id", "clause_id"), [("SX", "SX-3.1.2"), ("NK", "NK-6.2.1a")])
def test_attendant(pack_id: str, clause_id: str) -> None:
    result = clause(case(pack_id), clause_id)
    assert result.status is PASS
    assert "An attendant" not in result.reason.en
    assert status(change_class(case(pack_id), attendant=None), clause_id) is MISSING


def test_filed_teacher() -> None:
    assert status(case("NK"), "NK-5.2d") is PASS
    assert status(change_class(case("NK"), filed_teachers=None), "NK-5.2d") is MISSING
    assert status(change_class(case("NK"), filed_teachers=()), "NK-5.2d") is FAIL
    assert status(change(case("NK"), held_teacher=None), "NK-5.2d") is MISSING
    assert status(change(case("NK"), held_teacher="Teacher B"), "NK-5.2d") is FAIL
    assert status(change(case("NK"), teacher="Teacher B"), "NK-5.2d") is FAIL
