"""One event, one finding: what several measurements say of the same event is told once, with all that speaks for it.

A cut shows in the picture, breaks the sound and makes the burned-in clock jump; the border of a black stretch is no cut
of its own; a stretch that is shown again has two borders and one middle. The table below says which kind speaks for
which, the strongest first; what is folded in stands in ``detail["also"]`` of the finding that is kept.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Final

from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval, ns_to_s

BORDER_NS: Final = 300 * NS_PER_MS
"""An event this close to the border of a stretch that explains it is the same event."""
COARSE_NS: Final = 1500 * NS_PER_MS
"""The same where the event is only known between two random-access pictures or two seconds of a clock."""
SAME_CUT_NS: Final = NS_PER_S // 2
SHARE_OF_SUPPORT: Final = 0.7
"""How much of a supporting measurement's confidence counts: two measurements are never quite independent."""
MIN_PROMOTED_JUMP_S: Final = 2.0

K = FindingKind


class Where(Enum):
    """How a weaker finding must lie to be part of a stronger one."""

    BORDER = "border"
    """It touches the start or the end."""
    TOUCHING = "touching"
    """It has any instant in common."""
    INSIDE = "inside"
    """It lies within."""


@dataclass(frozen=True, slots=True)
class Fold:
    """``kept`` speaks for ``folded`` where the two lie as ``where`` says, give or take ``slack_ns``."""

    kept: FindingKind
    folded: frozenset[FindingKind]
    where: Where
    slack_ns: int = BORDER_NS


_VIEW: Final = frozenset({K.SCENE_CHANGE, K.CAMERA_MOVED})
_CLOCK: Final = frozenset({K.CLOCK_JUMP, K.CLOCK_FROZEN, K.CLOCK_DRIFT})

FOLDS: Final = (
    *(Fold(k, frozenset({K.CUT, K.AUDIO_BREAK}), Where.TOUCHING) for k in (K.TRUNCATED, K.UNREADABLE, K.GAP)),
    Fold(K.UNREADABLE, frozenset({K.FREEZE, K.BLACK, K.DROPPED_FRAMES, K.AUDIO_GAP}), Where.INSIDE),
    Fold(K.GAP, frozenset({K.AUDIO_GAP, K.DROPPED_FRAMES}), Where.INSIDE, NS_PER_S),
    Fold(K.GAP, _VIEW | {K.CLOCK_JUMP}, Where.TOUCHING, COARSE_NS),
    Fold(K.NO_AUDIO, frozenset({K.AUDIO_GAP, K.AUDIO_BREAK}), Where.INSIDE),
    Fold(K.AUDIO_GAP, frozenset({K.AUDIO_BREAK}), Where.TOUCHING),
    Fold(K.BLACK, frozenset({K.CUT}), Where.TOUCHING),
    Fold(K.BLACK, frozenset({K.FREEZE, K.COVERED}), Where.INSIDE, NS_PER_S),
    Fold(K.BLACK, _VIEW | {K.CLOCK_JUMP}, Where.TOUCHING, COARSE_NS),
    Fold(K.COVERED, frozenset({K.CUT}), Where.TOUCHING),
    Fold(K.COVERED, _VIEW, Where.TOUCHING, 5 * NS_PER_S),
    Fold(K.COVERED, frozenset({K.FREEZE}), Where.INSIDE, NS_PER_S),
    Fold(K.FREEZE, frozenset({K.CUT}), Where.TOUCHING),
    Fold(K.FREEZE, frozenset({K.LOOP, K.DROPPED_FRAMES}), Where.INSIDE, NS_PER_S),
    Fold(K.FREEZE, frozenset({K.CLOCK_FROZEN, K.CLOCK_JUMP}), Where.TOUCHING, COARSE_NS),
    *(Fold(k, frozenset({K.AUDIO_BREAK}), Where.BORDER) for k in (K.BLACK, K.FREEZE)),
    # What a joined-in stretch is decides over how its borders look; cuts there stay findings (see _mark_borders).
    Fold(K.LOOP, frozenset({K.SPLICE, K.REVERSED}), Where.INSIDE, NS_PER_S),
    Fold(K.REVERSED, frozenset({K.SPLICE}), Where.INSIDE, NS_PER_S),
    *(Fold(k, frozenset({K.AUDIO_BREAK}), Where.BORDER, COARSE_NS) for k in (K.LOOP, K.REVERSED, K.SPLICE)),
    *(Fold(k, _VIEW, Where.TOUCHING, COARSE_NS) for k in (K.LOOP, K.REVERSED, K.SPLICE)),
    *(Fold(k, _CLOCK, Where.TOUCHING, COARSE_NS) for k in (K.LOOP, K.REVERSED, K.SPLICE)),
    Fold(K.CUT, frozenset({K.CLOCK_JUMP}), Where.TOUCHING, COARSE_NS),
    Fold(K.CUT, frozenset({K.AUDIO_BREAK}), Where.TOUCHING, COARSE_NS),
    Fold(K.SPEED, _CLOCK | {K.DROPPED_FRAMES}, Where.TOUCHING, COARSE_NS),
    Fold(K.CLOCK_JUMP, frozenset({K.AUDIO_BREAK}), Where.TOUCHING),
)
"""In the order in which they are applied; a finding that was folded speaks for nothing any more."""

_HAS_BORDERS: Final = frozenset({K.LOOP, K.REVERSED, K.SPLICE})
_UNION_KINDS: Final = frozenset({K.BLACK, K.FREEZE, K.COVERED, K.UNREADABLE, K.DROPPED_FRAMES})
_SEVERAL_WITNESSES: Final = frozenset({K.LOOP, K.REVERSED, K.SPLICE, K.SPEED, K.CLOCK_DRIFT, K.CLOCK_FROZEN})
"""Kinds that clock, sound and picture may each tell of one stretch; where two mostly overlap they are one."""
_MOST: Final = 0.6
_EXACT: Final = "full_decode"

SoundAt = Callable[[int], Mapping[str, JsonValue]]
"""What the sound does at an instant: ``{"sound": "breaks" | "goes_on" | "unknown", ...}``, for ``detail``."""


def merge_findings(findings: Iterable[Finding], sound_at: SoundAt | None = None) -> tuple[Finding, ...]:
    """Leave one finding for each event, in time order.

    Args:
        findings: of all measurements, with raw confidences.
        sound_at: what the sound does at the instant of a cut; ``None`` where there is no sound.
    """
    left = _one_of_each(findings)
    left = _promote(left)
    for rule in FOLDS:
        left = _apply(rule, left)
    left = _mark_borders(left)
    if sound_at is not None:
        left = [_with_sound(finding, sound_at) if finding.kind is K.CUT else finding for finding in left]
    return tuple(sorted(left, key=Finding.sort_key))


def _one_of_each(findings: Iterable[Finding]) -> list[Finding]:
    """One of findings that tell the same: several windows may see one cut, or each a part of one stretch."""
    kept: list[Finding] = []
    for finding in sorted(findings, key=Finding.sort_key):
        same = next((k for k in reversed(kept) if k.kind is finding.kind and _is_same(k, finding)), None)
        if same is None:
            kept.append(finding)
            continue
        # Decoded pictures tell the borders to the frame; a clock that is read each few seconds cannot.
        stronger = max(same, finding, key=lambda f: (f.measured_from == _EXACT, f.confidence))
        if finding.kind in _SEVERAL_WITNESSES and same.measured_from != finding.measured_from:
            stronger = with_support(stronger, finding if stronger is same else same)
        if finding.kind in _UNION_KINDS:
            both = (same.interval, finding.interval)
            whole = Interval(min(i.start_ns for i in both), max(i.end_ns for i in both))
            stronger = replace(stronger, interval=whole)
        kept[kept.index(same)] = stronger
    return kept


def _is_same(before: Finding, after: Finding) -> bool:
    distance_ns = after.interval.start_ns - before.interval.end_ns
    if before.kind is K.CUT:
        return distance_ns < SAME_CUT_NS
    if before.kind in _UNION_KINDS:
        return distance_ns <= BORDER_NS
    if before.kind in _SEVERAL_WITNESSES:
        common = before.interval.intersect(after.interval)
        lengths_ns = (before.interval.length_ns, after.interval.length_ns)
        # Another witness may see only a part of the stretch; the same one tells two stretches because there are two.
        whole_ns = max(lengths_ns) if before.measured_from == after.measured_from else min(lengths_ns)
        return common is not None and common.length_ns >= _MOST * whole_ns
    return before.interval == after.interval


def _promote(findings: Sequence[Finding]) -> list[Finding]:
    """Where the clock jumps ahead and the sound breaks at the same place, frames were removed: that is a cut.

    The picture alone may not show it (a quiet room, a cut exactly on a random-access picture).
    """
    promoted: list[Finding] = []
    for finding in findings:
        jump_s = finding.detail.get("jump_s") if finding.kind is K.CLOCK_JUMP else None
        breaks = [
            b
            for b in findings
            if b.kind is K.AUDIO_BREAK and _lies(b.interval, finding.interval, Where.INSIDE, BORDER_NS)
        ]
        if isinstance(jump_s, int | float) and jump_s >= MIN_PROMOTED_JUMP_S and breaks:
            loudest = max(breaks, key=lambda b: b.confidence)
            detail = {"clock_jump_s": jump_s, "picture": "shows_no_jump"}
            sure = _supported(finding.confidence, loudest.confidence)
            promoted.append(Finding(K.CUT, loudest.interval, sure, Severity.CRITICAL, "clock_and_sound", detail))
    return _one_of_each([*findings, *promoted])


def _apply(rule: Fold, findings: Sequence[Finding]) -> list[Finding]:
    """Fold what the rule's kept kind speaks for, each into the nearest one."""
    left = list(findings)
    for weak in [f for f in findings if f.kind in rule.folded]:
        owners = [
            k for k in left if k.kind is rule.kept and _lies(weak.interval, k.interval, rule.where, rule.slack_ns)
        ]
        if owners:
            owner = min(owners, key=lambda k: abs(k.interval.start_ns - weak.interval.start_ns))
            left[left.index(owner)] = with_support(owner, weak)
            left.remove(weak)
    return left


def _lies(inner: Interval, outer: Interval, where: Where, slack_ns: int) -> bool:
    start, end = outer.start_ns - slack_ns, outer.end_ns + slack_ns
    if where is Where.INSIDE:
        return start <= inner.start_ns and inner.end_ns <= end
    if where is Where.TOUCHING:
        return inner.start_ns <= end and start <= inner.end_ns
    return any(inner.start_ns <= b + slack_ns and b - slack_ns <= inner.end_ns for b in (outer.start_ns, outer.end_ns))


def with_support(kept: Finding, folded: Finding) -> Finding:
    """The same finding with another measurement that speaks for it."""
    also = kept.detail.get("also", [])
    entry: dict[str, JsonValue] = {
        "kind": folded.kind.value,
        "start_s": ns_to_s(folded.interval.start_ns),
        "end_s": ns_to_s(folded.interval.end_ns),
        "measured_from": folded.measured_from,
        "detail": dict(folded.detail),
    }
    listed = [*also, entry] if isinstance(also, list | tuple) else [entry]
    confidence = _supported(kept.confidence, folded.confidence)
    return replace(kept, confidence=confidence, detail={**kept.detail, "also": listed})


def _supported(confidence: float, support: float) -> float:
    """Noisy or: both would have to be wrong."""
    return round(min(0.995, 1.0 - (1.0 - confidence) * (1.0 - SHARE_OF_SUPPORT * support)), 4)


def _mark_borders(findings: Sequence[Finding]) -> list[Finding]:
    """Say of a cut that it is the border of a stretch; the stretch itself is told too."""
    stretches = [f for f in findings if f.kind in _HAS_BORDERS]
    marked: list[Finding] = []
    for finding in findings:
        owner = next(
            (
                s
                for s in stretches
                if finding.kind is K.CUT and _lies(finding.interval, s.interval, Where.BORDER, BORDER_NS)
            ),
            None,
        )
        if owner is None or "border_of" in finding.detail:
            marked.append(finding)
            continue
        detail: dict[str, JsonValue] = {
            **finding.detail,
            "border_of": owner.kind.value,
            "stretch_start_s": ns_to_s(owner.interval.start_ns),
            "stretch_end_s": ns_to_s(owner.interval.end_ns),
        }
        marked.append(replace(finding, confidence=_supported(finding.confidence, owner.confidence), detail=detail))
    return marked


def _with_sound(cut: Finding, sound_at: SoundAt) -> Finding:
    middle_ns = (cut.interval.start_ns + cut.interval.end_ns) // 2
    return replace(cut, detail={**cut.detail, **sound_at(middle_ns)})
