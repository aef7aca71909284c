"""What head counts say of a unit, told on its recordings before it is judged."""

from dataclasses import replace

from lessonproof.evidence.findings import Severity
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.presence import presence_of
from lessonproof.policy.presence_findings import decided_kinds, presence_findings
from lessonproof.workers.unit_findings import UnitFinding, with_unit_findings


def with_presence(case: UnitCase) -> UnitCase:
    """The case with ``low_count`` and ``high_count`` in its dossiers."""
    presence = presence_of(case)
    cameras = tuple(dict.fromkeys(reference.camera for reference in case.unit.recordings))
    found = [
        UnitFinding(one.kind, one.interval, cameras, one.confidence, Severity.WARNING, "people", one.detail)
        for one in presence_findings(case, presence)
    ]
    decided = decided_kinds(case, presence)
    return replace(case, dossiers=with_unit_findings(case.dossiers, case.unit, found, decided))
