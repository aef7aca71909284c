"""Comparing the files of one run of the command line with each other; nothing is kept."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from lessonproof.analysis.file_marks import learn_profile
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.file_marks import FileMarks
from lessonproof.evidence.findings import Finding, JsonValue
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.recorder_profile import RecorderProfile
from lessonproof.evidence.training import TeachingUnit
from lessonproof.storage.fingerprint_index import IndexSpec
from lessonproof.storage.index_registry import open_index
from lessonproof.workers.comparing import Register, Usual, compare_recording
from lessonproof.workers.pipeline import Analysis
from lessonproof.workers.telling import is_seam_finding, same_bytes_finding

_INDEX: Final = "numpy"


@dataclass(slots=True)
class Shelf:
    """The recordings of a run that others are compared with.

    Attributes:
        fingerprints: by digest.
        durations_ns: by digest, presented length.
        files: by digest, the first name that it was given under.
    """

    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    durations_ns: dict[str, int] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def add(self, file: str, dossier: Dossier, fingerprint: Fingerprint | None) -> None:
        """Put a recording there; the same bytes again under another name stay under the first."""
        self.durations_ns.setdefault(dossier.sha256, dossier.duration_ns)
        self.files.setdefault(dossier.sha256, file)
        if fingerprint is not None:
            self.fingerprints.setdefault(dossier.sha256, fingerprint)

    def compare(
        self,
        file: str,
        dossier: Dossier,
        fingerprint: Fingerprint | None,
        usual: Usual,
        exclude: frozenset[str] = frozenset(),
    ) -> Comparison:
        """Compare a recording with those that are there, but for ``exclude``; it may be among them itself."""
        found = compare_recording(dossier, fingerprint, self._register(fingerprint), usual, exclude)
        findings = [self._named(item) for item in found.findings]
        first = self.files.get(dossier.sha256, file)
        if first != file:
            detail: dict[str, JsonValue] = {"other": dossier.sha256, "other_start_s": 0.0, "other_file": first}
            findings.append(same_bytes_finding(dossier.duration_ns, detail))
        return replace(found, findings=tuple(sorted(findings, key=Finding.sort_key)))

    def _register(self, fingerprint: Fingerprint | None) -> Register | None:
        if fingerprint is None:
            return None
        method = fingerprint.method
        index = open_index(IndexSpec(_INDEX, Path(), method))
        held = {name: one for name, one in self.fingerprints.items() if one.method == method}
        for one in held.values():
            index.add(one)
        return Register(index, held.__getitem__, self.durations_ns, is_whole=False)

    def _named(self, item: Finding) -> Finding:
        other = item.detail.get("other")
        file = self.files.get(other) if isinstance(other, str) else None
        return item if file is None else replace(item, detail={**item.detail, "other_file": file})


def compare_all(
    recordings: Iterable[tuple[str, Dossier, Fingerprint | None]],
) -> Mapping[str, Comparison]:
    """Compare recordings with each other; a common stretch is told on both, as nobody said which was first.

    Args:
        recordings: name as given, dossier and fingerprint.

    Returns:
        Comparisons by name.
    """
    given = list(recordings)
    shelf = Shelf()
    for file, dossier, fingerprint in given:
        shelf.add(file, dossier, fingerprint)
    return {file: shelf.compare(file, dossier, fingerprint, Usual()) for file, dossier, fingerprint in given}


class ClassShelf:
    """The recordings of a class's units that were judged already."""

    def __init__(self) -> None:
        self._shelf = Shelf()
        self._marks: dict[tuple[str, str], list[FileMarks]] = {}

    def compare_unit(
        self, unit: TeachingUnit, results: Mapping[str, Analysis | FailedAnalysis]
    ) -> dict[str, Comparison]:
        """Compare a unit's recordings with those of the units before, then put them there.

        Args:
            unit: the unit.
            results: what came of its recordings, by their names in the class file.

        Returns:
            Comparisons by name; none for what could not be read.
        """
        readable = {file: one for file, one in results.items() if isinstance(one, Analysis)}
        own = frozenset(one.dossier.sha256 for one in readable.values())
        recorders = {ref.file: (unit.held_venue or unit.venue, ref.device or ref.camera) for ref in unit.recordings}
        compared = {
            file: self._compare(file, one, learn_profile(self._marks.get(recorders[file], [])), own)
            for file, one in readable.items()
        }
        for file, one in readable.items():
            self._shelf.add(file, one.dossier, one.fingerprint)
            if one.dossier.marks is not None:
                self._marks.setdefault(recorders[file], []).append(one.dossier.marks)
        return compared

    def _compare(self, file: str, one: Analysis, profile: RecorderProfile, own: frozenset[str]) -> Comparison:
        found = self._shelf.compare(file, one.dossier, one.fingerprint, Usual(profile), own)
        length_ns = one.dossier.duration_ns
        return replace(found, findings=tuple(f for f in found.findings if not is_seam_finding(f, length_ns)))
