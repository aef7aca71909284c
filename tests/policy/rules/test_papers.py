from dataclasses import replace

import pytest

from lessonproof.evidence.training import Document, UnitKind
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    MISSING,
    NOT_APPLICABLE,
    PASS,
    UNCERTAIN,
    case,
    change,
    change_file,
    clause,
    said,
    status,
    unit,
)


def without(base: UnitCase, kind: str) -> UnitCase:
    documents = base.class_file.documents or ()
    return change_file(base, documents=tuple(d for d in documents if d.kind != kind))


@pytest.mark.parametrize(
    ("pack_id", "clause_id", "kind"),
    [
        ("SX", "SX-3.3.3", "receipts"),
        ("SX", "SX-A1.6", "pledge"),
        ("SX", "SX-A5.3", "textbook_list"),
        ("SX", "SX-A5.7", "feedback_form"),
        ("NK", "NK-6.2.5", "exam_results"),
        ("NK", "NK-6.2.6a", "training_confirmations"),
    ],
)
def test_presence(pack_id: str, clause_id: str, kind: str) -> None:
    assert status(case(pack_id), clause_id) is PASS
    result = clause(without(case(pack_id), kind), clause_id)
    assert result.status is MISSING
    assert kind in result.reason.en
    assert status(change_file(case(pack_id), documents=None), clause_id) is MISSING


@pytest.mark.parametrize(
    ("pack_id", "clause_id"),
    [("SX", "SX-A1.1"), ("SX", "SX-A1.7"), ("SX", "SX-A1.4"), ("SX", "SX-A5.8"), ("NK", "NK-4.0")],
)
def test_what_a_list_cannot_show_is_uncertain_until_recorded(pack_id: str, clause_id: str) -> None:
    assert status(case(pack_id), clause_id) is UNCERTAIN
    assert status(change_file(case(pack_id), records=(said(clause_id, unit_id=None),)), clause_id) is PASS


def test_recordings_and_sheets_may_be_part_of_the_ledger() -> None:
    result = clause(change(case("NK"), recordings=()), "NK-6.2.6a")
    assert result.status is MISSING
    assert "recording[T1]" in result.reason.en


@pytest.mark.parametrize("clause_id", ["SX-3.1.8a", "SX-A5.5"])
def test_papers_of_practical_units_belong_to_the_unit(clause_id: str) -> None:
    practical = case("SX", unit(UnitKind.PRACTICAL))
    assert status(practical, clause_id) is PASS
    assert status(case(), clause_id) is NOT_APPLICABLE
    elsewhere = tuple(replace(d, unit_id=None) for d in practical.class_file.documents or ())
    assert status(change_file(practical, documents=elsewhere), clause_id) is MISSING


def test_a_record_sheet_is_genuine_only_by_a_persons_word() -> None:
    practical = case("SX", unit(UnitKind.PRACTICAL))
    assert status(practical, "SX-5.1.6") is UNCERTAIN
    assert status(without(practical, "practical_record_sheet"), "SX-5.1.6") is MISSING
    assert status(change_file(practical, records=(said("SX-5.1.6"),)), "SX-5.1.6") is PASS


def test_online_papers_have_an_object_only_in_online_classes() -> None:
    assert status(case(), "SX-A5.9a") is NOT_APPLICABLE
    online = case("SX", unit(UnitKind.ONLINE))
    assert status(online, "SX-A5.9a") is MISSING
    listed = (*(online.class_file.documents or ()), Document("online_class_report"))
    assert status(change_file(online, documents=listed), "SX-A5.9a") is UNCERTAIN
    assert status(online, "SX-3.1.9") is UNCERTAIN
