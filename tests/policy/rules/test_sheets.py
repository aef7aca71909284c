from dataclasses import replace
from datetime import timedelta

import pytest

from lessonproof.evidence.training import AlikeSignatures, PhotoProblem, Roster, SignInSheet, Trainee
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAIL,
    MISSING,
    NOT_CHECKED,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_class,
    change_file,
    clause,
    said,
    sheet,
    status,
)

SHEET_CLAUSES = ["SX-3.1.6a", "SX-5.1.2", "SX-A3a", "SX-A3b", "SX-A3c", "SX-A5.6"]


def with_sheets(*sheets: SignInSheet) -> UnitCase:
    return change(case(), sheets=sheets)


@pytest.mark.parametrize("clause_id", SHEET_CLAUSES)
def test_no_sheet_is_missing(clause_id: str) -> None:
    assert status(with_sheets(), clause_id) is MISSING


@pytest.mark.parametrize("clause_id", ["SX-3.1.6a", "SX-A3a", "SX-A3b", "SX-A3c", "SX-A5.6"])
def test_a_sheet_in_good_order_passes(clause_id: str) -> None:
    assert status(case(), clause_id) is PASS


class TestSignedBefore:
    @pytest.mark.parametrize(
        ("clock", "expected"),
        [("08:29:59.999999", PASS), ("08:30", PASS), ("08:30:00.000001", FAIL)],
    )
    def test_at_the_very_start_is_still_before(self, clock: str, expected: object) -> None:
        assert status(with_sheets(replace(sheet(), signed_at=at(clock))), "SX-3.1.6a") is expected

    def test_the_lesson_begins_when_it_was_really_begun(self) -> None:
        late = change(with_sheets(replace(sheet(), signed_at=at("08:30:30"))), held_start=at("08:31"))
        assert status(late, "SX-3.1.6a") is PASS

    def test_unknown_time_is_missing(self) -> None:
        assert status(with_sheets(replace(sheet(), signed_at=None)), "SX-3.1.6a") is MISSING

    def test_a_table_without_rows_is_told_as_such(self) -> None:
        unread = SignInSheet(frozenset(), unclear_numbers=frozenset({1, 2}), table_sha256="0" * 64)
        result = clause(with_sheets(unread), "SX-3.1.6a")
        assert result.status is UNCERTAIN
        assert "table has no row for 2 numbers" in result.reason.en
        assert "photograph" not in result.reason.en

    def test_a_blank_sheet_fails(self) -> None:
        blank = with_sheets(sheet(frozenset()))
        assert status(blank, "SX-3.1.6a") is FAIL
        assert status(blank, "SX-5.1.2") is FAIL

    def test_a_second_sheet_does_not_hide_the_firsts_defect(self) -> None:
        late = replace(sheet(), signed_at=at("09:00"))
        assert status(with_sheets(late, sheet()), "SX-3.1.6a") is FAIL
        assert status(with_sheets(sheet(), late), "SX-3.1.6a") is FAIL


class TestHeader:
    @pytest.mark.parametrize("field", ["stamped", "class_number", "declared_start", "declared_end"])
    def test_an_unrecorded_field_is_missing(self, field: str) -> None:
        spoiled = replace(sheet(), **{field: None})  # type: ignore[arg-type]
        result = clause(with_sheets(spoiled), "SX-A3a")
        assert result.status is MISSING
        assert field in result.reason.en

    def test_no_stamp_and_another_class_fail(self) -> None:
        assert status(with_sheets(replace(sheet(), stamped=False)), "SX-A3a") is FAIL
        assert status(with_sheets(replace(sheet(), class_number="C2")), "SX-A3a") is FAIL

    def test_times_may_be_the_timetables_or_the_unit_records(self) -> None:
        held = replace(sheet(), declared_start=at("08:31"), declared_end=at("10:05"))
        assert status(with_sheets(held), "SX-A3a") is UNCERTAIN
        assert status(change(with_sheets(held), held_start=at("08:31"), held_end=at("10:05")), "SX-A3a") is PASS


def test_the_teacher_signs_with_the_date() -> None:
    assert status(with_sheets(replace(sheet(), teacher_signed=False)), "SX-A3b") is FAIL
    assert status(with_sheets(replace(sheet(), teacher_signed=None)), "SX-A3b") is MISSING
    assert status(with_sheets(replace(sheet(), signed_at=None)), "SX-A3b") is MISSING


@pytest.mark.parametrize(
    ("persons", "pages", "expected"),
    [(60, 1, PASS), (61, 1, FAIL), (61, 2, PASS), (120, 2, PASS), (121, 2, FAIL)],
)
def test_sixty_rows_to_a_page(persons: int, pages: int, expected: object) -> None:
    roster = replace(
        case().class_file.training_class.roster, trainees=tuple(Trainee(n, "x") for n in range(1, persons + 1))
    )
    assert status(change_class(with_sheets(replace(sheet(), pages=pages)), roster=roster), "SX-A3c") is expected


def test_signatures_stand_in_rows_of_the_roster() -> None:
    assert status(with_sheets(sheet(frozenset({1, 11}))), "SX-A3c") is FAIL


def test_two_sheets_are_not_one() -> None:
    result = clause(with_sheets(sheet(), sheet()), "SX-A5.6")
    assert result.status is FAIL
    assert result.consequences == ("RETURN", "HOUR_VOID", "WARN", "SUSPEND")


class TestAttendanceTaken:
    def test_the_machine_never_says_that_signatures_are_genuine(self) -> None:
        result = clause(case(), "SX-5.1.2")
        assert result.status is NOT_CHECKED
        assert "10 signed" in result.reason.en
        assert status(change_file(case(), records=(said("SX-5.1.2"),)), "SX-5.1.2") is PASS
        assert status(change_file(case(), records=(said("SX-5.1.2", holds=False),)), "SX-5.1.2") is FAIL

    def test_a_signature_of_somebody_who_had_left_is_uncertain(self) -> None:
        trainees = case().class_file.training_class.roster.trainees
        gone = replace(trainees[0], withdrawn_at=at("08:30") - timedelta(days=1))
        left = change_class(
            case(), roster=replace(case().class_file.training_class.roster, trainees=(gone, *trainees[1:]))
        )
        assert status(left, "SX-5.1.2") is UNCERTAIN


class TestReadFromPhotographs:
    """Unknown is neither signed nor absent: it fails nobody and passes nothing."""

    PROBLEM = PhotoProblem(
        "a.jpg", "sheet_marker_missing", "a.jpg: left lower marker not found", "a.jpg：未找到左下角标记"
    )

    def unread(self) -> UnitCase:
        everybody = frozenset(range(1, 11))
        blank = replace(sheet(frozenset()), unclear_numbers=everybody, photos=("a.jpg",), problems=(self.PROBLEM,))
        return with_sheets(blank)

    @pytest.mark.parametrize("clause_id", ["SX-3.1.6a", "SX-5.1.2"])
    def test_a_refused_photograph_leaves_it_open_and_is_named(self, clause_id: str) -> None:
        result = clause(self.unread(), clause_id)
        assert result.status is UNCERTAIN
        assert "left lower marker not found" in result.reason.en
        assert "未找到左下角标记" in result.reason.zh

    def test_a_page_that_nobody_photographed_is_no_missing_paper(self) -> None:
        big = change_class(self.unread(), roster=Roster(tuple(Trainee(n, f"T{n}") for n in range(1, 62))))
        assert status(big, "SX-A3c") is UNCERTAIN

    def test_unclear_rows_are_counted_as_a_range_and_alike_signatures_are_a_hint(self) -> None:
        some = replace(
            sheet(frozenset(range(1, 9))),
            unclear_numbers=frozenset({9, 10}),
            photos=("a.jpg",),
            alike=(AlikeSignatures(3, 7, 0.84),),
        )
        result = clause(with_sheets(some), "SX-5.1.2")
        assert result.status is NOT_CHECKED
        assert "8-10 signed" in result.reason.en
        assert "3/7 (0.84)" in result.reason.en
        assert "no finding" in result.reason.en
        assert "不能据此认定代签" in result.reason.zh
