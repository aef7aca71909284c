"""What one witness knows coarsely, moved onto what decoded pictures show there to the frame."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from lessonproof.evidence.findings import Finding, FindingKind, JsonValue
from lessonproof.evidence.intervals import NS_PER_MS, Interval, ns_to_s, s_to_ns

SNAPPED_KINDS: Final = frozenset({FindingKind.REVERSED})
"""Kinds whose borders are cuts in the picture; a clock that stops leaves the picture as it is."""
VIEW_KINDS: Final = frozenset({FindingKind.CAMERA_MOVED, FindingKind.SCENE_CHANGE})
"""Known between two random-access pictures; a view that changes at once changes from one picture to the next."""
_SLACK_NS: Final = 100 * NS_PER_MS
"""What the witness knows is good to a frame or two itself."""


def snap_to_borders(findings: Sequence[Finding], borders_ns: Sequence[int]) -> list[Finding]:
    """Move uncertain borders of stretches onto cuts.

    A border is moved where ``detail`` says by how much it may be off (``start_uncertain_s``, ``end_uncertain_s``, above
    0) and exactly one cut lies that near: of two nobody knows which.

    Args:
        findings: of all measurements; those that are known to the frame, and other kinds, come back as they are.
        borders_ns: the first frame behind each cut, ns.
    """
    return [_snapped(finding, borders_ns) if finding.kind in SNAPPED_KINDS else finding for finding in findings]


def snap_views(findings: Sequence[Finding], cuts: Sequence[Interval], jolts: Sequence[Interval]) -> list[Finding]:
    """Give a change of view its instant, where exactly one step of the picture lies between the two views.

    Args:
        findings: of all measurements; other kinds come back as they are.
        cuts: last frame before and first frame behind each cut.
        jolts: the same of steps at which the camera moved and nothing else did: whatever small pictures far apart made
            of it, that is a moved camera.
    """
    return [_at_step(finding, cuts, jolts) if finding.kind in VIEW_KINDS else finding for finding in findings]


def _at_step(finding: Finding, cuts: Sequence[Interval], jolts: Sequence[Interval]) -> Finding:
    span = finding.interval
    inside = {step for step in (*cuts, *jolts) if span.start_ns <= step.start_ns and step.end_ns <= span.end_ns}
    if len(inside) != 1:
        return finding
    step = inside.pop()
    kind = FindingKind.CAMERA_MOVED if step in jolts else finding.kind
    detail: dict[str, JsonValue] = {
        **finding.detail,
        "between_keyframes_start_s": ns_to_s(span.start_ns),
        "between_keyframes_end_s": ns_to_s(span.end_ns),
        "borders_from": "full_decode",
    }
    return replace(finding, kind=kind, interval=step, detail=detail)


def _snapped(finding: Finding, borders_ns: Sequence[int]) -> Finding:
    start_ns = _only_one(finding, "start_uncertain_s", finding.interval.start_ns, borders_ns)
    end_ns = _only_one(finding, "end_uncertain_s", finding.interval.end_ns, borders_ns)
    moved: dict[str, JsonValue] = {}
    if start_ns is not None:
        moved["start_uncertain_s"] = 0.0
    if end_ns is not None:
        moved["end_uncertain_s"] = 0.0
    start_ns = finding.interval.start_ns if start_ns is None else start_ns
    end_ns = finding.interval.end_ns if end_ns is None else end_ns
    if not moved or end_ns <= start_ns:
        return finding
    detail = {**finding.detail, **moved, "borders_from": "cuts"}
    return replace(finding, interval=Interval(start_ns, end_ns), detail=detail)


def _only_one(finding: Finding, name: str, at_ns: int, borders_ns: Sequence[int]) -> int | None:
    uncertain_s = finding.detail.get(name)
    if not isinstance(uncertain_s, int | float) or uncertain_s <= 0:
        return None
    near = {border for border in borders_ns if abs(border - at_ns) <= s_to_ns(uncertain_s) + _SLACK_NS}
    return near.pop() if len(near) == 1 else None
