"""Loops: stretches of a recording that were shown before in it, judged frame by frame.

The free witnesses of :mod:`lessonproof.analysis.repeat_candidates` only order what is looked at. A loop is told where
two decoded stretches agree in motion and posture at one exact shift, far better than beside it and far better than any
two honest moments of the recording do.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from lessonproof.analysis.alignment import MIRRORED, PLAIN, Alignment, align, register, shapes
from lessonproof.analysis.borders import Border
from lessonproof.analysis.frames import FrameSource
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.repeat_candidates import repeat_candidates
from lessonproof.analysis.repeat_ends import Match, ends_of
from lessonproof.analysis.repeat_pairs import Candidate, Replay, Witness
from lessonproof.analysis.repeat_pictures import Pictures
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

ALLOWANCE_SHARE: Final = 0.015
"""Share of a recording that may be decoded to look at candidates; what is confirmed may be followed to its ends."""
ALLOWANCE_MIN_NS: Final = 60 * NS_PER_S
MIN_REPEAT_NS: Final = 3 * NS_PER_S
"""Shorter agreements are not told: a loop that hides anything is longer."""
MIN_MOTION: Final = 0.25
"""Correlation of motion; rendered honest pairs of moments reached 0.30, copies lay between 0.29 and 0.99."""
MIN_MOTION_AHEAD: Final = 0.14
MAX_REST_RATIO: Final = 0.85
"""Rest at the best shift over rest beside it: a copy is nearer at one shift than beside."""
MAX_POSTURE_RATIO: Final = 0.9
"""Rest over the difference of the nearest half per cent of the recording's pictures that are apart in time. Lamps that
go out twice agree in motion; whoever sits in the room does not sit the same (0.94 and more on rendered lessons; copies
0.2 to 0.85)."""
_LEAST_LEVELS: Final = 0.4
_PROBE_NS: Final = 1_600_000_000
_MARGIN_NS: Final = 480_000_000
_AT_BORDER_NS: Final = 80_000_000
_PLACES_TRIED: Final = 8
_NEIGHBOURS_NS: Final = 12 * NS_PER_S
_DEFER: Final = 0.4
_MIN_SCORE: Final = 0.25
_CLEAR_SCORE: Final = 1.2
_FOLLOW_SHARE: Final = 0.03
_FOLLOW_MIN_NS: Final = 180 * NS_PER_S


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


@dataclass(frozen=True, slots=True)
class _Probe:
    """A probe that passed: how it matched and what was measured."""

    match: Match
    alignment: Alignment
    posture_ratio: float


def find_repeats(
    thumbs: Thumbnails,
    table: PacketTable,
    borders: Sequence[Border],
    replays: Sequence[Replay],
    source: FrameSource,
) -> RepeatSearch:
    """Loops within a recording.

    Args:
        thumbs: of the random-access pictures, at least some two seconds apart.
        table: the packets.
        borders: borders that the search for cuts found, weak ones included.
        replays: sound heard twice.
        source: decodes stretches; some 1.5 % of the recording where nothing is confirmed.
    """
    pictures = Pictures.of(thumbs)
    judge = _Judge(pictures, table, source)
    pointed = repeat_candidates(pictures, table, borders, replays)
    span = Interval(0, table.duration_ns)
    found: list[tuple[Interval, _Probe, Candidate]] = []
    left_out = pointed.left_out
    for candidate in _varied(pointed.candidates):
        if candidate.score < _MIN_SCORE:
            break
        if judge.was_asked(candidate) or any(_explains(stretch, probe.match, candidate) for stretch, probe, _ in found):
            continue
        probe = judge.probe(candidate)
        if probe is None:
            left_out += judge.is_spent and candidate.score >= _CLEAR_SCORE
            continue
        stretch = ends_of(probe.match, borders, source, span, judge.follow_ns)
        if stretch.length_ns >= MIN_REPEAT_NS:
            found.append((stretch, probe, candidate))
    found = [_told_where_cut(*item, borders) for item in found]
    findings = tuple(sorted((_finding(*item) for item in _without_echoes(found)), key=Finding.sort_key))
    reason = "too_many_candidates" if left_out else None
    if pictures is None:
        reason = "too_few_pictures"
    return RepeatSearch(findings, reason is None, reason, _borders(findings, table))


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


class _Judge:
    """Decodes pairs of stretches within an allowance and says whether they agree."""

    def __init__(self, pictures: Pictures | None, table: PacketTable, source: FrameSource) -> None:
        self._source = source
        self._duration_ns = table.duration_ns
        self._left_ns = max(ALLOWANCE_MIN_NS, int(ALLOWANCE_SHARE * table.duration_ns))
        self.follow_ns = max(_FOLLOW_MIN_NS, int(_FOLLOW_SHARE * table.duration_ns))
        self._asked: list[Candidate] = []
        self.is_spent = False  # whether the last probe would have cost more than is left
        self._usual = None if pictures is None else pictures.usual_levels
        self._keys_ns = table.key_times_ns()

    def was_asked(self, candidate: Candidate) -> bool:
        """Whether as good as the same pair was looked at."""
        return any(
            _overlap(candidate, asked)
            and abs(candidate.lag_ns - asked.lag_ns) <= max(asked.reach_ns - candidate.reach_ns, 80_000_000)
            and candidate.mirrored == asked.mirrored
            for asked in self._asked
        )

    def probe(self, candidate: Candidate) -> _Probe | None:
        """Look at one pair; ``None`` where it does not agree or may not be decoded any more."""
        shown, before = self._stretches(candidate)
        cost_ns = self._cost_ns((shown, before))
        self.is_spent = cost_ns > self._left_ns
        if self.is_spent:
            return None
        self._left_ns -= cost_ns
        self._asked.append(candidate)
        copy, earlier = self._source.window(shown), self._source.window(before)
        if copy is None or earlier is None:
            return None
        views = [MIRRORED if candidate.mirrored else PLAIN]
        if candidate.witness in {Witness.ACTIVITY, Witness.SIZES, Witness.SOUND, Witness.ENCLOSED}:
            views = [MIRRORED, PLAIN] if candidate.mirrored else [PLAIN, MIRRORED]
            views += [v for m in (False, True) if (v := register(copy, earlier, mirrored=m)) is not None]
        there = shapes(earlier)
        for view in views:
            here = shapes(copy, view)
            found = align(here, there)
            if found is None or not _agrees(found):
                continue
            ratio = None if self._usual is None else found.rest_levels / max(self._usual, _LEAST_LEVELS)
            is_stream_copy = candidate.witness is Witness.SIZES  # lamps do not repeat thirty sizes to the byte
            if ratio is not None and ratio > MAX_POSTURE_RATIO and not is_stream_copy:
                continue
            lag_ns = int(copy.time_ns[0] - earlier.time_ns[found.shift])
            within = Interval(int(copy.time_ns[0]), int(copy.time_ns[-1]))
            return _Probe(Match(within, lag_ns, view, found.rest_levels), found, ratio or 0.0)
        return None

    def _stretches(self, candidate: Candidate) -> tuple[Interval, Interval]:
        """What of the copy and of its source is decoded: right at the instant, or where it is cheapest."""
        within = candidate.within
        if within is None or within.length_ns <= _PROBE_NS:
            return self._stretches_at(candidate, candidate.copy_ns - (0 if candidate.forward else _PROBE_NS))
        keys_ns = self._keys_ns
        behind = (keys_ns, keys_ns + candidate.lag_ns + candidate.reach_ns + _MARGIN_NS)
        inside = [k[(k >= within.start_ns) & (k < within.end_ns - _PROBE_NS)][:_PLACES_TRIED] for k in behind]
        starts_ns = [within.start_ns, *np.concatenate(inside).tolist()]
        return min((self._stretches_at(candidate, start_ns) for start_ns in starts_ns), key=self._cost_ns)

    def _stretches_at(self, candidate: Candidate, start_ns: int) -> tuple[Interval, Interval]:
        start_ns = max(0, min(start_ns, self._duration_ns - _PROBE_NS))
        shown = Interval(start_ns, start_ns + _PROBE_NS)
        reach_ns = candidate.reach_ns + _MARGIN_NS
        first_ns = max(0, shown.start_ns - candidate.lag_ns - reach_ns)
        end_ns = min(shown.end_ns - candidate.lag_ns + reach_ns, self._duration_ns)
        return shown, Interval(first_ns, max(end_ns, first_ns + 1))

    def _cost_ns(self, pair: tuple[Interval, Interval]) -> int:
        return self._source.cost_ns(pair[0]) + self._source.cost_ns(pair[1])


def _overlap(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates speak of the same moments of the copy."""
    if one.within is not None and other.within is not None:
        return one.within.intersect(other.within) is not None
    return abs(one.copy_ns - other.copy_ns) < _PROBE_NS // 2


def _agrees(found: Alignment) -> bool:
    return (
        found.motion >= MIN_MOTION
        and found.motion - found.motion_beside >= MIN_MOTION_AHEAD
        and found.rest_levels <= MAX_REST_RATIO * found.rest_beside_levels
    )


def _explains(stretch: Interval, match: Match, candidate: Candidate) -> bool:
    """Whether a loop that was found accounts for a candidate: the same lag, inside the stretch."""
    inside = stretch.start_ns - _PROBE_NS <= candidate.copy_ns <= stretch.end_ns + _PROBE_NS
    return inside and abs(match.lag_ns - candidate.lag_ns) <= candidate.reach_ns + _MARGIN_NS


def _told_where_cut(
    stretch: Interval, probe: _Probe, candidate: Candidate, borders: Sequence[Border]
) -> tuple[Interval, _Probe, Candidate]:
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


def _without_echoes(found: Sequence[tuple[Interval, _Probe, Candidate]]) -> list[tuple[Interval, _Probe, Candidate]]:
    """One loop for each stretch: what was copied from a copy is told with its nearest agreement only."""
    kept: list[tuple[Interval, _Probe, Candidate]] = []
    for item in sorted(found, key=lambda f: (-f[0].length_ns, f[1].alignment.rest_levels)):
        stretch = item[0]
        covered = [other.intersect(stretch) for other, _, _ in kept]
        if sum(part.length_ns for part in covered if part is not None) < stretch.length_ns // 2:
            kept.append(item)
    return kept


def _finding(stretch: Interval, probe: _Probe, candidate: Candidate) -> Finding:
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
            "mirrored": match.view.mirrored,
            "reframed": match.view.affine is not None,
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
