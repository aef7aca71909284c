from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.comparison import Comparison, set_digest
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.storage.filings import Filing
from lessonproof.workers.telling import is_seam, others_of, told_comparison

NOW = datetime(2026, 4, 8, 1, 0, tzinfo=UTC)
LENGTH_NS = 3600 * NS_PER_S
OWN_SHA, OTHER_SHA, SOURCE = "a" * 64, "b" * 64, "c" * 64
OWN = Filing(OWN_SHA, "T2.mp4", NOW, 2, "class-1", "C-1", "our school", "unit-2", "T2", "V", "front")
BEFORE = Filing(
    OTHER_SHA, "T1.mp4", NOW - timedelta(days=7), 1, "class-1", "C-1", "our school", "unit-1", "T1", "V", "front"
)
ELSEWHERE = replace(BEFORE, class_id="class-9", class_number="C-9", institution="their school", unit_id="unit-9")


def shared(start_s: float = 600, length_s: float = 90, other_start_s: float = 1200) -> Finding:
    detail: dict[str, JsonValue] = {
        "other": OTHER_SHA,
        "other_start_s": other_start_s,
        "other_duration_s": 3600.0,
        "length_s": length_s,
        "mirrored": False,
    }
    interval = Interval(round(start_s * NS_PER_S), round((start_s + length_s) * NS_PER_S))
    return Finding(FindingKind.REUSE, interval, 0.9, Severity.CRITICAL, "fingerprint", detail)


def told(*found: Finding, own: Filing = OWN, others: tuple[Filing, ...] = (BEFORE,)) -> Comparison:
    comparison = Comparison(OWN_SHA, ("b" * 64, "d" * 64), None, 1.5, found, frozenset({"reuse"}), {})
    filings: dict[str, list[Filing]] = {}
    for filing in (own, *others):
        filings.setdefault(filing.sha256, []).append(filing)
    known = {sha256: tuple(ones) for sha256, ones in filings.items()}
    return told_comparison(comparison, SOURCE, own, known, LENGTH_NS)


def test_what_our_own_school_filed_before_is_told_with_its_place() -> None:
    (finding,) = told(shared()).findings
    assert finding.interval == shared().interval
    assert finding.detail["other"] == OTHER_SHA
    assert finding.detail["other_start_s"] == 1200
    assert [finding.detail[name] for name in ("other_class", "other_unit", "other_file")] == ["C-1", "T1", "T1.mp4"]


def test_of_another_institution_nothing_is_told_but_that_it_was_filed_elsewhere() -> None:
    comparison = told(shared(), others=(ELSEWHERE,))
    (finding,) = comparison.findings
    assert dict(finding.detail) == {"length_s": 90, "mirrored": False, "filed_elsewhere": True}
    text = repr(comparison)
    for secret in (OTHER_SHA, "their school", "C-9", "unit-9", "1200"):
        assert secret not in text


def test_our_own_filing_is_named_where_there_are_both() -> None:
    (finding,) = told(shared(), others=(ELSEWHERE, BEFORE)).findings
    assert finding.detail["other_class"] == "C-1"
    assert "their school" not in repr(finding)


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(replace(BEFORE, received_at=NOW + timedelta(days=1), receipt_id=3), id="later"),
        pytest.param(replace(BEFORE, received_at=NOW, receipt_id=3), id="same-moment-later-row"),
        pytest.param(replace(BEFORE, unit_id=OWN.unit_id), id="same-unit"),
        pytest.param(replace(BEFORE, sha256="e" * 64), id="no-longer-filed"),
    ],
)
def test_what_is_not_told(other: Filing) -> None:
    assert told(shared(), others=(other,)).findings == ()


def test_what_is_no_reuse_is_told_as_it_is() -> None:
    mismatch = Finding(FindingKind.CONTAINER_MISMATCH, Interval(0, LENGTH_NS), 0.8, Severity.INFO, "container")
    assert told(mismatch).findings == (mismatch,)


def test_the_list_of_all_recordings_stays_here() -> None:
    comparison = told()
    assert (comparison.compared_with, comparison.source_digest) == ((), SOURCE)
    assert comparison.index_digest == set_digest(["b" * 64, "d" * 64])
    assert (comparison.hours_compared, comparison.checked) == (1.5, frozenset({"reuse"}))


class TestSeam:
    """One camera, two files, two units: the end of the first is the beginning of the second."""

    def test_the_overlap_of_two_files_of_a_class_is_honest(self) -> None:
        assert told(shared(0, 60, 3540)).findings == ()
        assert told(shared(3540, 60, 0)).findings == ()

    def test_the_same_in_another_class_is_not(self) -> None:
        assert told(shared(0, 60, 3540), others=(ELSEWHERE,)).findings

    def test_ten_minutes_are_no_overlap(self) -> None:
        assert told(shared(0, 600, 3000)).findings

    @given(st.integers(0, 3600), st.integers(30, 300), st.integers(0, 3600))
    def test_only_at_the_ends_of_both(self, start_s: int, length_s: int, other_start_s: int) -> None:
        here = Interval(start_s * NS_PER_S, (start_s + length_s) * NS_PER_S)
        there = Interval(other_start_s * NS_PER_S, (other_start_s + length_s) * NS_PER_S)
        ends_ns = 4000 * NS_PER_S
        seam = is_seam(here, ends_ns, there, ends_ns)
        assert seam == is_seam(there, ends_ns, here, ends_ns)
        if seam:
            assert min(start_s, other_start_s) <= 15
            assert max(start_s, other_start_s) + length_s >= 3985


class TestSameBytes:
    """The whole file again."""

    def test_under_another_name_it_is_told_on_the_later(self) -> None:
        (finding,) = told(others=(replace(BEFORE, sha256=OWN_SHA),)).findings
        assert (finding.kind, finding.interval, finding.confidence) == (FindingKind.REUSE, Interval(0, LENGTH_NS), 1.0)
        assert (finding.detail["same_bytes"], finding.detail["other_unit"]) == (True, "T1")
        later = replace(BEFORE, sha256=OWN_SHA, received_at=NOW + timedelta(days=1))
        assert told(others=(later,)).findings == ()

    def test_in_another_institution_only_that_it_was_there(self) -> None:
        (finding,) = told(others=(replace(ELSEWHERE, sha256=OWN_SHA),)).findings
        assert dict(finding.detail) == {"same_bytes": True, "length_s": 3600.0, "filed_elsewhere": True}

    def test_one_file_that_a_class_names_for_two_units_is_the_rules_affair(self) -> None:
        assert told(others=(replace(BEFORE, sha256=OWN_SHA, slot=OWN.slot),)).findings == ()

    def test_two_names_in_one_unit_are_the_rules_affair(self) -> None:
        assert told(others=(replace(BEFORE, sha256=OWN_SHA, unit_id=OWN.unit_id),)).findings == ()


def test_whom_findings_name() -> None:
    comparison = told(shared())
    assert others_of(comparison) == {OTHER_SHA}
    assert others_of(told()) == frozenset()
