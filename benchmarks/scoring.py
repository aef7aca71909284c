"""Hold findings against what a lesson was rendered with: what was found, missed, and told without cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

TOLERANCE_S: Final = 0.5
"""Borders may lie this far from the truth: the field's usual measure for edits (architecture page, issue of edits)."""

SAME_EVENT: Final[Mapping[str, frozenset[str]]] = {
    # A hole in the file has no sound either, and a joint covers what it joins.
    "gap": frozenset({"gap", "audio_gap"}),
    "cut": frozenset({"cut"}),
    "freeze": frozenset({"freeze"}),
    "black": frozenset({"black"}),
    "audio_gap": frozenset({"audio_gap"}),
    "no_audio": frozenset({"no_audio"}),
}
"""For each kind of edit, the kinds of finding that tell of it; the first named kind must be among them."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that was rendered, or a finding that was told: kind and stretch in seconds of the file."""

    kind: str
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one recording.

    Attributes:
        found: edits with the finding that tells of each.
        missed: edits without one.
        false_alarms: findings that no edit explains.
    """

    found: tuple[tuple[Edit, Edit], ...]
    missed: tuple[Edit, ...]
    false_alarms: tuple[Edit, ...]


def score(edits: Sequence[Edit], findings: Sequence[Edit], tolerance_s: float = TOLERANCE_S) -> Score:
    """Match findings to edits.

    An edit is found where a finding of its kind has both borders within the tolerance. Findings of a kind that the
    same event brings with it are explained; all others are false alarms.

    Args:
        edits: what was rendered.
        findings: what was told.
        tolerance_s: greatest distance of a border.
    """
    found: list[tuple[Edit, Edit]] = []
    missed: list[Edit] = []
    explained: set[Edit] = set()
    for edit in edits:
        near = [f for f in findings if _is_near(edit, f, tolerance_s)]
        explained.update(f for f in near if f.kind in SAME_EVENT[edit.kind])
        same_kind = [f for f in near if f.kind == edit.kind]
        if same_kind:
            found.append((edit, same_kind[0]))
        else:
            missed.append(edit)
    return Score(tuple(found), tuple(missed), tuple(f for f in findings if f not in explained))


def edits_of_truth(truth: Mapping[str, Any], kinds: frozenset[str]) -> list[Edit]:
    """Edits of the given kinds in a ``lessonproof.lesson-truth/1`` document."""
    return [Edit(e["kind"], e["start_s"], e["end_s"]) for e in truth["edits"] if e["kind"] in kinds]


def edits_of_findings(recording: Mapping[str, Any]) -> list[Edit]:
    """Findings of one recording of a ``findings.json`` document."""
    return [Edit(f["kind"], f["start_s"], f["end_s"]) for f in recording["findings"]]


def _is_near(edit: Edit, finding: Edit, tolerance_s: float) -> bool:
    return abs(edit.start_s - finding.start_s) <= tolerance_s and abs(edit.end_s - finding.end_s) <= tolerance_s
