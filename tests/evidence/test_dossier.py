"""What a dossier must say, and what it answers."""

from dataclasses import replace

import pytest
from hypothesis import given

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval
from tests.evidence.values import dossiers


@given(dossiers())
def test_no_head_count_without_a_reason_and_no_reason_beside_one(dossier: Dossier) -> None:
    other = "failed" if dossier.headcount is not None else None
    with pytest.raises(ValueError, match="either a head count or the reason"):
        replace(dossier, headcount_reason=other)


@given(dossiers())
def test_findings_by_kind(dossier: Dossier) -> None:
    kinds = {finding.kind for finding in dossier.findings}
    assert dossier.of_kind(*FindingKind) == dossier.findings
    assert all(finding.kind is kind for kind in kinds for finding in dossier.of_kind(kind))
    assert dossier.span() == Interval(0, dossier.duration_ns)
