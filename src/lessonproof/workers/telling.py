"""On which recording a common stretch is told, and what an institution may read of it.

A comparison finds what two recordings have in common; it cannot see which of them was there first. What was received
later is the one that repeats: there it is told, and there only. Not told at all: what stands in two files of one unit
(a recorder's files overlap), and the seam between two units of one class where the camera ran on. What belongs to
another institution is told as filed elsewhere before, without its name, class, digest or time.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final

from lessonproof.evidence.comparison import Comparison, set_digest
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, s_to_ns
from lessonproof.storage.filings import Filing

SEAM_NS: Final = 300 * NS_PER_S
"""Longest overlap of two files at the seam between them; recorders overlap by seconds, cautious people by minutes."""
SEAM_SLACK_NS: Final = 15 * NS_PER_S
"""How far from the file's end an overlap may seem to end: the steps of a fingerprint."""
_FOREIGN: Final = frozenset({"other", "other_start_s", "other_duration_s"})
"""What a finding's detail says of the other recording."""


def told_comparison(
    found: Comparison, source_digest: str, own: Filing, filings: Mapping[str, tuple[Filing, ...]], duration_ns: int
) -> Comparison:
    """A comparison as the unit of ``own`` is judged on it.

    Args:
        found: what was compared.
        source_digest: under which it is stored.
        own: the recording's filing in the unit.
        filings: filings in force of the recording itself and of every other one in the findings.
        duration_ns: presented length of the recording.
    """
    told = [finding for item in found.findings for finding in _told(item, own, filings, duration_ns)]
    return replace(
        found,
        findings=tuple(sorted((*told, *_same_bytes(own, filings, duration_ns)), key=Finding.sort_key)),
        # The list of everything that was ever filed is nobody's business; its digest says what it was.
        compared_with=(),
        index_digest=found.index_digest or set_digest(found.compared_with),
        source_digest=source_digest,
    )


def others_of(found: Comparison) -> frozenset[str]:
    """Digests of the recordings that findings name."""
    return frozenset(str(item.detail["other"]) for item in found.findings if "other" in item.detail)


def is_seam(interval: Interval, duration_ns: int, other: Interval, other_duration_ns: int) -> bool:
    """Whether a common stretch is the end of one recording and the beginning of the other.

    Args:
        interval: the stretch in this recording.
        duration_ns: this recording's length.
        other: the stretch in the other.
        other_duration_ns: its length.
    """
    if interval.length_ns > SEAM_NS:
        return False
    follows = interval.start_ns <= SEAM_SLACK_NS and other.end_ns >= other_duration_ns - SEAM_SLACK_NS
    leads = other.start_ns <= SEAM_SLACK_NS and interval.end_ns >= duration_ns - SEAM_SLACK_NS
    return follows or leads


def is_seam_finding(item: Finding, duration_ns: int) -> bool:
    """The same of a finding, by what its detail says of the other recording."""
    start_s, other_s = item.detail.get("other_start_s"), item.detail.get("other_duration_s")
    if not isinstance(start_s, int | float) or not isinstance(other_s, int | float):
        return False
    start_ns = s_to_ns(start_s)
    other = Interval(start_ns, start_ns + item.interval.length_ns)
    return is_seam(item.interval, duration_ns, other, s_to_ns(other_s))


def same_bytes_finding(duration_ns: int, detail: Mapping[str, JsonValue]) -> Finding:
    """The whole recording was filed before, to the last bit; known by its digest."""
    return Finding(
        FindingKind.REUSE,
        Interval(0, duration_ns),
        confidence=1.0,
        severity=Severity.CRITICAL,
        measured_from="digest",
        detail={"same_bytes": True, "length_s": duration_ns / NS_PER_S, **detail},
    )


def _told(item: Finding, own: Filing, filings: Mapping[str, tuple[Filing, ...]], duration_ns: int) -> Iterable[Finding]:
    if item.kind is not FindingKind.REUSE:
        return [item]
    others = filings.get(str(item.detail.get("other")), ())
    if any(filing.unit_id == own.unit_id for filing in others):
        return []
    earlier = [filing for filing in others if filing.is_before(own)]
    if any(filing.class_id == own.class_id for filing in earlier) and is_seam_finding(item, duration_ns):
        return []
    if not earlier:
        return []
    return [replace(item, detail=_readable(item.detail, own, earlier))]


def _same_bytes(own: Filing, filings: Mapping[str, tuple[Filing, ...]], duration_ns: int) -> list[Finding]:
    """The same file, filed before under another name or for another class.

    One name in one class is one file for two units, which the class file says openly: the rules look at it.
    """
    known = filings.get(own.sha256, ())
    earlier = [
        filing
        for filing in known
        if filing.unit_id != own.unit_id
        and (filing.class_id, filing.slot) != (own.class_id, own.slot)
        and filing.is_before(own)
    ]
    if not earlier:
        return []
    return [same_bytes_finding(duration_ns, _readable({"other": own.sha256, "other_start_s": 0.0}, own, earlier))]


def _readable(detail: Mapping[str, JsonValue], own: Filing, earlier: list[Filing]) -> dict[str, JsonValue]:
    """Where it was filed before, where that is the reader's own; the institution's own filings come first."""
    at_home = [filing for filing in earlier if filing.institution == own.institution]
    if not at_home:
        return {name: value for name, value in detail.items() if name not in _FOREIGN} | {"filed_elsewhere": True}
    first = at_home[0]
    return {**detail, "other_class": first.class_number, "other_unit": first.unit_name, "other_file": first.slot}
