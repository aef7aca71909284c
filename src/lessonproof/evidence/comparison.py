"""A comparison (比对): what a recording has in common with others, apart from its dossier.

A dossier depends on the recording's bytes alone, so that it can be made again years later. What the other recordings
say depends on which ones were there: it stands here, with what it was compared with.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.findings import Finding

LISTED_AT_MOST: Final = 1000
"""More recordings than these are named by one digest, not one by one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Findings on one recording that rest on others.

    Attributes:
        sha256: digest of the recording.
        compared_with: digests of the recordings it was compared with, sorted.
        index_digest: digest over what the index held where it is too large to list, or where the reader may not see
            the list; ``None`` where all are listed.
        hours_compared: presented length of those recordings together, hours.
        findings: ``reuse`` and ``container_mismatch``, in time order.
        checked: kinds whose absence means something, as in a dossier.
        unchecked: kind -> reason code, for those that could not be examined.
        profile_digest: digest of the recorder profile that it was held against; ``None`` where there was none.
        source_digest: digest of the stored comparison that this one was made from (findings left out that are told on
            the other recording, names left out that are another institution's); ``None`` for what was compared itself.
    """

    sha256: str
    compared_with: tuple[str, ...]
    index_digest: str | None
    hours_compared: float
    findings: tuple[Finding, ...]
    checked: frozenset[str]
    unchecked: dict[str, str]
    profile_digest: str | None = None
    source_digest: str | None = None


def set_digest(digests: Iterable[str]) -> str:
    """One digest for a set of digests, whatever their order."""
    return hashlib.sha256("\n".join(sorted(set(digests))).encode()).hexdigest()


def listing(digests: Iterable[str]) -> tuple[tuple[str, ...], str | None]:
    """What a comparison says of the recordings it looked at: the list, or nothing and its digest where it is long."""
    known = tuple(sorted(set(digests)))
    return (known, None) if len(known) <= LISTED_AT_MOST else ((), set_digest(known))
