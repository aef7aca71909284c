"""One event, one finding: the border of a black stretch is no cut of its own."""

from collections.abc import Iterable, Sequence
from typing import Final

from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S

BORDER_NS: Final = 300 * NS_PER_MS
"""A cut this close to the border of a stretch that explains it is the same event."""
SAME_CUT_NS: Final = NS_PER_S // 2
_EXPLAINS_BORDER: Final = frozenset(
    {FindingKind.BLACK, FindingKind.FREEZE, FindingKind.GAP, FindingKind.UNREADABLE, FindingKind.TRUNCATED}
)


def merge_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Leave one finding for each event, in time order."""
    ordered = sorted(set_of(findings), key=Finding.sort_key)
    explaining = [finding for finding in ordered if finding.kind in _EXPLAINS_BORDER]
    kept: list[Finding] = []
    for finding in ordered:
        if finding.kind is not FindingKind.CUT:
            kept.append(finding)
            continue
        if _is_explained(finding, explaining):
            continue
        last = next((k for k in reversed(kept) if k.kind is FindingKind.CUT), None)
        if last is not None and finding.interval.start_ns - last.interval.end_ns < SAME_CUT_NS:
            if finding.confidence > last.confidence:
                kept[kept.index(last)] = finding
            continue
        kept.append(finding)
    return tuple(sorted(kept, key=Finding.sort_key))


def set_of(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without exact repetitions (two windows may share an instant)."""
    unique: dict[tuple[int, int, str], Finding] = {}
    for finding in findings:
        unique.setdefault(finding.sort_key(), finding)
    return list(unique.values())


def _is_explained(cut: Finding, explaining: Sequence[Finding]) -> bool:
    """Whether a cut lies inside a stretch that shows no lesson, or on its border."""
    return any(
        other.interval.start_ns - BORDER_NS <= cut.interval.start_ns <= other.interval.end_ns + BORDER_NS
        for other in explaining
    )
