"""Hold findings against what was done to a recording: what was found, missed, and told without cause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

TOLERANCE_S: Final = 0.5
"""Borders may lie this far from the truth: the field's usual measure for edits (architecture page, issue of edits)."""
_SEAM: Final = ("cut", "audio_break", "clock_jump")
"""What shows wherever foreign or other footage of the same clock and sound is joined."""

SAME_EVENT: Final[Mapping[str, frozenset[str]]] = {
    "cut": frozenset({*_SEAM, "av_desync"}),
    "splice": frozenset({"splice", "scene_change", "reuse", *_SEAM}),
    "loop": frozenset({"loop", *_SEAM}),
    "freeze": frozenset({"freeze", "audio_gap", "clock_frozen", "av_desync", *_SEAM}),
    "black": frozenset({"black"}),
    "covered": frozenset({"covered"}),
    # A clock that runs backwards drifts too.
    "reversed": frozenset({"reversed", "clock_drift", *_SEAM}),
    "speed": frozenset({"speed", "clock_drift", "audio_break", "dropped_frames"}),
    # A hole in the file has no sound either.
    "gap": frozenset({"gap", "audio_gap"}),
    "dropped_frames": frozenset({"dropped_frames"}),
    "truncated": frozenset({"truncated", "unreadable"}),
    "concatenated": frozenset({"concatenated", "splice", "scene_change", *_SEAM}),
    "edit_list": frozenset({"edit_list", *_SEAM}),
    "reencoded": frozenset({"reencoded"}),
    "container_mismatch": frozenset({"container_mismatch", "reencoded"}),
    "clock_jump": frozenset({"clock_jump"}),
    "clock_drift": frozenset({"clock_drift", "speed"}),
    "clock_frozen": frozenset({"clock_frozen"}),
    "wrong_date": frozenset({"wrong_date"}),
    "audio_gap": frozenset({"audio_gap"}),
    "no_audio": frozenset({"no_audio"}),
    "audio_break": frozenset({"audio_break", "av_desync"}),
    "av_desync": frozenset({"av_desync", "audio_break"}),
    "reuse": frozenset({"reuse", "splice", "scene_change", *_SEAM}),
    # Nothing turns a mounted camera from one picture to the next.
    "camera_moved": frozenset({"camera_moved", "cut"}),
    "scene_change": frozenset({"scene_change", "splice", "reuse", *_SEAM}),
}
"""For each kind of edit, the kinds of finding that the same event truly shows, its own kind among them."""
BORDERS: Final = 2
"""A stretch has two borders: so many findings of a further kind may tell of one event. Of its own kind only one may."""


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit that was made, or a finding that was told: kind and stretch in seconds of the file.

    Attributes:
        kind: finding kind.
        start_s, end_s: where.
        whole: an edit of the file as a whole: borders do not count.
        confidence: of a finding, 0..1; ``None`` for edits and for those who give none.
        measured_from: of a finding; ``None`` likewise.
    """

    kind: str
    start_s: float
    end_s: float
    whole: bool = False
    confidence: float | None = None
    measured_from: str | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one recording.

    Attributes:
        found: edits with the finding that tells of each.
        missed: edits without one.
        false_alarms: findings that no edit explains, and doubles.
        explained: findings of another kind that an edit explains.
    """

    found: tuple[tuple[Edit, Edit], ...]
    missed: tuple[Edit, ...]
    false_alarms: tuple[Edit, ...]
    explained: tuple[Edit, ...] = ()

    def noticed(self, edit: Edit, tolerance_s: float = TOLERANCE_S) -> bool:
        """Whether anything true was told of an edit, whatever its name and borders."""
        if any(edit == known for known, _ in self.found):
            return True
        return any(f.kind in SAME_EVENT[edit.kind] and touches(edit, f, tolerance_s) for f in self.explained)


def score(
    edits: Sequence[Edit],
    findings: Sequence[Edit],
    tolerance_s: float = TOLERANCE_S,
    facts: frozenset[str] = frozenset(),
) -> Score:
    """Match findings to edits.

    An edit is found where a finding of its kind has both borders within the tolerance; the nearest one counts, each
    finding once. Findings of a kind that the same event shows (``SAME_EVENT``) and that touch it are explained, two of
    a kind at most. All others are false alarms, a second finding of the edit's own kind too.

    Args:
        edits: what was done.
        findings: what was told.
        tolerance_s: greatest distance of a border.
        facts: kinds that are true of the whole file: told or not, they count as nothing.
    """
    left = [finding for finding in findings if finding.kind not in facts]
    found: list[tuple[Edit, Edit]] = []
    missed: list[Edit] = []
    for edit in edits:
        near = [f for f in left if f.kind == edit.kind and _is_near(edit, f, tolerance_s)]
        if near:
            errors_s = [border_error_s(edit, f) for f in near]
            best = near[errors_s.index(min(errors_s))]
            left.remove(best)
            found.append((edit, best))
        else:
            missed.append(edit)
    explained: list[Edit] = []
    for edit in edits:
        own_left = 0 if any(edit is known for known, _ in found) else 1
        for kind in sorted(SAME_EVENT[edit.kind]):
            allowed = own_left if kind == edit.kind else BORDERS
            told = [f for f in left if f.kind == kind and touches(edit, f, tolerance_s)][:allowed]
            for finding in told:
                left.remove(finding)
            explained += told
    return Score(tuple(found), tuple(missed), tuple(left), tuple(explained))


def border_error_s(edit: Edit, finding: Edit) -> float:
    """The larger distance of the two borders, seconds; 0 for an edit of the whole file."""
    if edit.whole:
        return 0.0
    return max(abs(edit.start_s - finding.start_s), abs(edit.end_s - finding.end_s))


def touches(edit: Edit, finding: Edit, tolerance_s: float) -> bool:
    """Whether a finding lies where the edit is, or next to it."""
    return edit.whole or (finding.start_s <= edit.end_s + tolerance_s and finding.end_s >= edit.start_s - tolerance_s)


def edits_of_truth(truth: Mapping[str, Any], kinds: frozenset[str]) -> list[Edit]:
    """Edits of the given kinds in a ``lessonproof.lesson-truth/1`` document."""
    return [Edit(e["kind"], e["start_s"], e["end_s"]) for e in truth["edits"] if e["kind"] in kinds]


def edits_of_findings(recording: Mapping[str, Any]) -> list[Edit]:
    """Findings of one recording of a ``findings.json`` document."""
    return [
        Edit(f["kind"], f["start_s"], f["end_s"], False, f.get("confidence"), f.get("measured_from"))
        for f in recording["findings"]
    ]


def _is_near(edit: Edit, finding: Edit, tolerance_s: float) -> bool:
    return border_error_s(edit, finding) <= tolerance_s
