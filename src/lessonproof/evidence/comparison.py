"""A comparison (比对): what a recording has in common with others, apart from its dossier.

A dossier depends on the recording's bytes alone, so that it can be made again years later. What the other recordings
say depends on which ones were there: it stands here, with what it was compared with.
"""

from dataclasses import dataclass

from lessonproof.evidence.findings import Finding


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings on one recording that rest on others.

    Attributes:
        sha256: digest of the recording.
        compared_with: digests of the recordings it was compared with, sorted.
        index_digest: digest over what the index held where it is too large to list; ``None`` where all are listed.
        hours_compared: presented length of those recordings together, hours.
        findings: ``reuse`` and ``container_mismatch``, in time order.
        checked: kinds whose absence means something, as in a dossier.
        unchecked: kind -> reason code, for those that could not be examined.
    """

    sha256: str
    compared_with: tuple[str, ...]
    index_digest: str | None
    hours_compared: float
    findings: tuple[Finding, ...]
    checked: frozenset[str]
    unchecked: dict[str, str]
