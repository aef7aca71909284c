"""What a finding may say."""

import pytest

from lessonproof.evidence.findings import EDIT_KINDS, Finding, FindingKind, Severity
from lessonproof.evidence.intervals import Interval


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_confidence_is_a_share(confidence: float) -> None:
    with pytest.raises(ValueError, match="confidence"):
        Finding(FindingKind.CUT, Interval(0, 1), confidence, Severity.INFO, "packets")


def test_nothing_is_found_before_the_first_frame() -> None:
    with pytest.raises(ValueError, match="before the first frame"):
        Finding(FindingKind.CUT, Interval(-1, 1), 0.5, Severity.INFO, "packets")


def test_findings_sort_by_time_then_kind() -> None:
    found = [
        Finding(kind, Interval(start, start + 1), 0.5, Severity.INFO, "packets")
        for kind, start in ((FindingKind.GAP, 5), (FindingKind.CUT, 5), (FindingKind.BLACK, 2))
    ]
    assert [f.kind for f in sorted(found, key=Finding.sort_key)] == ["black", "cut", "gap"]


def test_file_and_coverage_kinds_suspect_nobody() -> None:
    assert not EDIT_KINDS & {FindingKind.GAP, FindingKind.TRUNCATED, FindingKind.UNREADABLE, FindingKind.NO_AUDIO}
