"""The plug-in point of fingerprint indexes: which recordings may share a stretch with a given one.

An index is a cache. What it is made of, the fingerprints themselves, lies in the object store and is listed in the
database; an index that is lost, damaged or behind is filled again from there. It proposes, it decides nothing: whether
two recordings share a stretch is measured on their whole fingerprints afterwards.
"""

from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from lessonproof.evidence.fingerprint import Fingerprint


@dataclass(frozen=True, slots=True)
class IndexSpec:
    """All that is needed to open an index; plain values.

    Attributes:
        kind: key in ``index_registry.INDEXES``.
        folder: where it may keep files; made where it is missing.
        method: which fingerprints it holds; only equal methods can be compared.
    """

    kind: str
    folder: Path
    method: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A recording that may share a stretch with the one that was asked about.

    Attributes:
        sha256: which recording.
        score: weight of the near codes that agree on one offset; only to be compared within one answer, and among an
            index's answers to the views of one recording.
        offset_ns: its time less the query's time where they agree best.
        is_mirrored: whether it is the query's mirrored codes that agree.
    """

    sha256: str
    score: float
    offset_ns: int
    is_mirrored: bool


class FingerprintIndex(Protocol):
    """Finds near codes in consistent time order. Safe to use from several threads at once."""

    @property
    def method(self) -> str:
        """Which fingerprints it holds."""
        ...

    def held(self) -> frozenset[str]:
        """Digests of the recordings that answers may name."""
        ...

    def add(self, fingerprint: Fingerprint) -> None:
        """Put a recording in; one that is held stays as it is.

        Raises:
            ValueError: it was made by another method.
        """
        ...

    def retire(self, sha256: str) -> None:
        """Take a recording out; none of that name is no error. It may be added again."""
        ...

    def candidates(self, query: Fingerprint, exclude: Collection[str] = ()) -> tuple[Candidate, ...]:
        """Recordings worth comparing code by code, best first, at most ``voting.CANDIDATES_AT_MOST``.

        Args:
            query: never compared with itself, whether it is held or not.
            exclude: digests that are of no interest.

        Raises:
            ValueError: it was made by another method.
        """
        ...

    def save(self) -> None:
        """Make what was added outlast the process; an index that keeps no files does nothing.

        Raises:
            InfrastructureError: the disk complains; what was saved before is still whole.
        """
        ...


def refuse_other_method(index: FingerprintIndex, fingerprint: Fingerprint) -> None:
    """Codes of different methods are near or far by accident.

    Raises:
        ValueError: the fingerprint is not of the index's method.
    """
    if fingerprint.method != index.method:
        raise ValueError(f"an index of {index.method} cannot hold or be asked about {fingerprint.method}")
