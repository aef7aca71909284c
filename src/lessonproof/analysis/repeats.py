"""Loops: stretches of a recording that were shown before in it, judged frame by frame.

The free witnesses of :mod:`lessonproof.analysis.repeat_candidates` only order what is looked at. A loop is told where
two decoded stretches agree in motion and posture at one exact shift, far better than beside it and far better than any
two honest moments of the recording do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from lessonproof.analysis.borders import Border
from lessonproof.analysis.frames import FrameSource
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.repeat_candidates import repeat_candidates
from lessonproof.analysis.repeat_ends import Match, ends_of
from lessonproof.analysis.repeat_overlay import is_reframed
from lessonproof.analysis.repeat_pairs import Candidate, Replay, Witness
from lessonproof.analysis.repeat_pictures import Pictures
from lessonproof.analysis.repeat_probe import MARGIN_NS, PROBE_NS, Judge, Probe, asks_for_a_look
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

MIN_REPEAT_NS: Final = 3 * NS_PER_S
"""Shorter agreements are not told: a loop that hides anything is longer."""
_AT_BORDER_NS: Final = 80_000_000
_NEIGHBOURS_NS: Final = 12 * NS_PER_S
_DEFER: Final = 0.4
_MIN_SCORE: Final = 0.25
ALONE_MOTION: Final = 0.95
"""Correlation of motion that is asked where nothing but likeness speaks for a loop: no border at either end, no sound,
no stream copy. People who walk by the lens twice, or write the same way, reach 0.96 once in ten hours."""
ALONE_REST: Final = 0.3
"""What may then be left between the two stretches, over what is usually left between two moments of the recording:
in a copy whoever sits still sits the same (0.16 in the one that had to be found so; 0.5 to 0.9 between lookalikes)."""


@dataclass(frozen=True, slots=True)
class RepeatSearch:
    """What the search for loops says.

    Attributes:
        findings: ``loop``, in time order.
        complete: whether silence means that there is none.
        reason: reason code where it does not.
        borders_ns: last frame before and first frame behind of each end of a loop; these are borders of the picture.
    """

    findings: tuple[Finding, ...]
    complete: bool
    reason: str | None
    borders_ns: tuple[tuple[int, int], ...]


def find_repeats(
    thumbs: Thumbnails,
    table: PacketTable,
    borders: Sequence[Border],
    replays: Sequence[Replay],
    source: FrameSource,
) -> RepeatSearch:
    """Loops within a recording.

    Silence rests on what a copy leaves behind: a jump of the picture at each end, its sound, and with stream copy the
    sizes of its packets. Each stretch between two clear borders is compared with the whole recording, and so is each
    replay; where the likeliest place of one could not be looked at, the search is not complete. Thumbnails and activity
    that agree with no border near are looked at as far as the allowance goes and prove nothing by themselves.

    Args:
        thumbs: of the random-access pictures, at least some two seconds apart.
        table: the packets.
        borders: borders that the search for cuts found, weak ones included.
        replays: sound heard twice.
        source: decodes stretches; some 1.5 % of the recording where nothing points at a copy and nothing is confirmed.
    """
    pictures = Pictures.of(thumbs)
    judge = Judge(pictures, table, source)
    pointed = repeat_candidates(pictures, table, borders, replays)
    span = Interval(0, table.duration_ns)
    found: list[tuple[Interval, Probe, Candidate]] = []
    left_out: list[Candidate] = []
    for candidate in _varied(pointed.candidates):
        if candidate.score < _MIN_SCORE:
            break
        if judge.was_asked(candidate) or any(_explains(stretch, probe.match, candidate) for stretch, probe, _ in found):
            continue
        probe = judge.probe(candidate)
        if probe is None:
            left_out += [candidate] if judge.is_spent and asks_for_a_look(candidate) else []
            continue
        stretch = ends_of(probe.match, borders, source, span, judge.follow_ns, likely=candidate.within)
        if stretch.length_ns >= MIN_REPEAT_NS and _is_supported(stretch, probe, candidate, borders):
            found.append((stretch, probe, candidate))
    found = [_told_where_cut(*item, borders) for item in found]
    findings = tuple(sorted((_finding(*item) for item in _without_echoes(found)), key=Finding.sort_key))
    unexplained = [c for c in left_out if not any(_touches(c, stretch, probe.match) for stretch, probe, _ in found)]
    reason = "too_many_candidates" if unexplained or pointed.left_out else None
    if pictures is None:
        reason = "too_few_pictures"
    return RepeatSearch(findings, reason is None, reason, _borders(findings, table))


def _is_supported(stretch: Interval, probe: Probe, candidate: Candidate, borders: Sequence[Border]) -> bool:
    """Whether more than likeness speaks for a loop, or the likeness is such that nothing more is needed."""
    if candidate.witness not in {Witness.POSTURE, Witness.ACTIVITY}:
        return True
    edges_ns = (stretch.start_ns, stretch.end_ns)
    has_border = any(abs(border.time_after_ns - edge_ns) <= _AT_BORDER_NS for border in borders for edge_ns in edges_ns)
    return has_border or (probe.alignment.motion >= ALONE_MOTION and probe.posture_ratio <= ALONE_REST)


def _varied(candidates: Sequence[Candidate]) -> tuple[Candidate, ...]:
    """The same candidates, each neighbourhood's second and third best later: two that sit still match all the time."""
    kept: list[Candidate] = []
    for candidate in candidates:
        near = sum(
            abs(candidate.copy_ns - other.copy_ns) < _NEIGHBOURS_NS
            and abs(candidate.source_ns - other.source_ns) < _NEIGHBOURS_NS
            for other in kept
        )
        kept.append(replace(candidate, score=candidate.score - _DEFER * near) if near else candidate)
    return tuple(sorted(kept, key=lambda c: -c.score))


def _explains(stretch: Interval, match: Match, candidate: Candidate) -> bool:
    """Whether a loop that was found accounts for a candidate: the same lag, inside the stretch."""
    inside = stretch.start_ns - PROBE_NS <= candidate.copy_ns <= stretch.end_ns + PROBE_NS
    return inside and abs(match.lag_ns - candidate.lag_ns) <= candidate.reach_ns + MARGIN_NS


def _touches(candidate: Candidate, stretch: Interval, match: Match) -> bool:
    """Whether a loop that was found, or its source, holds what a candidate asks about."""
    asked = candidate.within or Interval(candidate.copy_ns, candidate.copy_ns + PROBE_NS)
    told = (stretch, stretch.shift(-match.lag_ns))
    return any(asked.intersect(part) is not None for part in told)


def _told_where_cut(
    stretch: Interval, probe: Probe, candidate: Candidate, borders: Sequence[Border]
) -> tuple[Interval, Probe, Candidate]:
    """The later of two equal stretches is the copy, unless only the earlier one stands between borders."""
    earlier = stretch.shift(-probe.match.lag_ns)
    if _cut_out(stretch, borders) or not _cut_out(earlier, borders):
        return stretch, probe, candidate
    return earlier, replace(probe, match=replace(probe.match, lag_ns=-probe.match.lag_ns)), candidate


def _cut_out(stretch: Interval, borders: Sequence[Border]) -> bool:
    """Whether borders stand at both ends of a stretch."""
    return all(
        any(abs(border.time_after_ns - edge_ns) <= _AT_BORDER_NS for border in borders)
        for edge_ns in (stretch.start_ns, stretch.end_ns)
    )


def _without_echoes(found: Sequence[tuple[Interval, Probe, Candidate]]) -> list[tuple[Interval, Probe, Candidate]]:
    """One loop for each stretch: what was copied from a copy is told with its nearest agreement only."""
    kept: list[tuple[Interval, Probe, Candidate]] = []
    for item in sorted(found, key=lambda f: (-f[0].length_ns, f[1].alignment.rest_levels)):
        stretch = item[0]
        covered = [other.intersect(stretch) for other, _, _ in kept]
        if sum(part.length_ns for part in covered if part is not None) < stretch.length_ns // 2:
            kept.append(item)
    return kept


def _finding(stretch: Interval, probe: Probe, candidate: Candidate) -> Finding:
    found, match = probe.alignment, probe.match
    strength = min(1.0, found.motion) + (1.0 - min(1.0, found.rest_levels / max(found.rest_beside_levels, 1e-6)))
    confidence = min(0.99, 0.6 + 0.15 * strength + 0.02 * min(stretch.length_ns / NS_PER_S, 10.0))
    return Finding(
        FindingKind.LOOP,
        stretch,
        confidence=round(confidence, 3),
        severity=Severity.CRITICAL,
        measured_from="full_decode",
        detail={
            "source_start_s": ns_to_s(stretch.start_ns - match.lag_ns),
            "length_s": ns_to_s(stretch.length_ns),
            "mirrored": match.overlay.view.mirrored,
            "reframed": is_reframed(match.overlay.view),
            "contrast_gain": round(match.overlay.gain, 3),
            "motion_agreement": round(found.motion, 3),
            "motion_agreement_beside": round(found.motion_beside, 3),
            "rest_levels": round(found.rest_levels, 3),
            "rest_beside_levels": round(found.rest_beside_levels, 3),
            "rest_over_usual": round(probe.posture_ratio, 3),
            "pointed_to_by": candidate.witness.value,
        },
    )


def _borders(findings: Sequence[Finding], table: PacketTable) -> tuple[tuple[int, int], ...]:
    """The frames on both sides of each loop's ends."""
    shown = table.presented_ns()
    borders: list[tuple[int, int]] = []
    for finding in findings:
        for edge_ns in (finding.interval.start_ns, finding.interval.end_ns):
            behind = int(np.searchsorted(shown, edge_ns))
            if 0 < behind < shown.size:
                borders.append((int(shown[behind - 1]), int(shown[behind])))
    return tuple(borders)
