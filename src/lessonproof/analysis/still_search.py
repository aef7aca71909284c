"""The search for black and frozen stretches over a whole recording: suspected cheaply, judged in decoded windows.

A stretch is told as frozen where its packets or random-access pictures repeat as nothing else in the recording does,
where the decoded frames stand still beside others that live, and where something says that it is no empty room: the
sensor's noise is gone, or the world went on behind it. Over a longer stretch a proof is at hand: a coder that is given
the same picture again writes the same random-access picture again, to the last bit, and no sensor's noise does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.black import BLACK_MIN_NS, black_between_keyframes, black_in_window
from lessonproof.analysis.frames import FrameSource, FrameWindow
from lessonproof.analysis.freeze_start import repeated_since_ns
from lessonproof.analysis.fresh_pictures import fresh_pictures
from lessonproof.analysis.keyframes import KeyframeFacts, is_camera_recording
from lessonproof.analysis.packets import PacketTable, find_holes
from lessonproof.analysis.still_findings import SAME_PICTURE_SHARE, black_finding, freeze_finding
from lessonproof.analysis.stillness import StillCandidate, changed_shares, sizes_repeat_by_nature, still_candidates
from lessonproof.analysis.stills import FREEZE_MIN_NS, StillStretch, judge_still
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval, subtract, union

BUDGET_SHARE: Final = 0.015
"""Share of a recording that may be decoded for the sake of stretches that only may stand still."""
BUDGET_MIN_NS: Final = 30 * NS_PER_S
STRONG_BUDGET_SHARE: Final = 0.08
STRONG_NATS: Final = 12.0
MIN_NATS: Final = 4.5
"""Least surprise behind a finding; a class that sits still in a noise-free coding reached 1 to 5."""
SURE_NATS: Final = 30.0
_UNSURE_BORDERS_NS: Final = NS_PER_S // 4
"""Beside a quiet room the borders of a frozen stretch are found to some tenths of a second."""
_NATURAL_RATIO: Final = 4
_END_REACH_NS: Final = NS_PER_S // 5
_SURE_AT_END_NS: Final = 4 * NS_PER_S
_REFUTING_SHARE: Final = 0.02
"""Share of a thumbnail; within frozen stretches at most 0.007 changed."""
_LEAD_NS: Final = 4 * NS_PER_S
_TAIL_NS: Final = 3 * NS_PER_S
_EXTENSIONS: Final = 3
_WHOLE_NS: Final = 12 * NS_PER_S
"""A candidate up to this long is decoded as a whole; of a longer one only its ends."""
_END_NS: Final = 3 * NS_PER_S
_SLACK_NS: Final = 50_000_000
_PROVABLE_PAIRS: Final = 4
_TOO_MANY: Final = "too_many_still_places"


@dataclass(frozen=True, slots=True)
class StillSearch:
    """What was found.

    Attributes:
        findings: ``black`` and ``freeze``, in time order.
        checked: kinds whose absence from the findings means that there is none.
        unchecked: kind -> reason code (``screen_recording``, ``no_sensor_noise``, ``too_few_keyframes``,
            ``too_many_still_places``), for kinds that could not be decided throughout.
        decoded_ns: how much of the recording was decoded for it.
    """

    findings: tuple[Finding, ...]
    checked: frozenset[FindingKind]
    unchecked: dict[FindingKind, str]
    decoded_ns: int


def find_stills(
    source: FrameSource,
    packets: PacketTable,
    facts: Sequence[KeyframeFacts],
    thumbs: Thumbnails,
    duration_ns: int,
) -> StillSearch:
    """Black and frozen stretches.

    Args:
        source: decodes windows on demand.
        packets: the whole recording's packets.
        facts: of every random-access picture that could be decoded, in time order.
        thumbs: of the same pictures.
        duration_ns: the recording's presented duration.
    """
    return _Search(source, packets, facts, thumbs, duration_ns).run()


class _Search:
    """One search; used once."""

    def __init__(
        self,
        source: FrameSource,
        packets: PacketTable,
        facts: Sequence[KeyframeFacts],
        thumbs: Thumbnails,
        duration_ns: int,
    ) -> None:
        self._source = source
        self._packets = packets
        self._facts = facts
        self._thumbs = thumbs
        self._duration_ns = duration_ns
        self._candidates = [c for c in still_candidates(packets, thumbs) if c.nats >= MIN_NATS]
        self._holes = find_holes(packets)[0]
        self._blacks: list[Interval] = []
        self._freezes: list[Finding] = []
        self._decoded_ns = 0
        self._left_out = 0
        self._natural = 0
        self._unseen = 0

    def run(self) -> StillSearch:
        rough = black_between_keyframes(self._facts)
        for stretch in rough:
            self._blacks += self._borders_of_black(stretch)
        for at_ns in fresh_pictures(self._packets, after_quiet=is_camera_recording(self._facts)).tolist():
            self._blacks += self._black_before(at_ns)
        reason = self._undecidable()
        for candidate in self._candidates:
            if not self._affordable(candidate):
                self._left_out += 1
                continue
            self._look_at(candidate, with_freeze=reason is None)
        black = [stretch for stretch in union([*rough, *self._blacks]) if stretch.length_ns >= BLACK_MIN_NS]
        if reason is None and self._left_out:
            reason = _TOO_MANY
        elif reason is None and (self._natural or sizes_repeat_by_nature(self._packets)):
            reason = "no_sensor_noise"
        unchecked = {} if reason is None else {FindingKind.FREEZE: reason}
        if self._unseen:
            unchecked[FindingKind.BLACK] = _TOO_MANY
        findings = [*(black_finding(stretch) for stretch in black), *self._frozen(black)]
        return StillSearch(
            findings=tuple(sorted(findings, key=Finding.sort_key)),
            checked=frozenset({FindingKind.BLACK, FindingKind.FREEZE} - set(unchecked)),
            unchecked=unchecked,
            decoded_ns=self._decoded_ns,
        )

    def _undecidable(self) -> str | None:
        if not any(f.equal_share is not None for f in self._facts):
            return "too_few_keyframes"
        return None if is_camera_recording(self._facts) else "screen_recording"

    def _affordable(self, candidate: StillCandidate) -> bool:
        share = STRONG_BUDGET_SHARE if candidate.nats >= STRONG_NATS else BUDGET_SHARE
        cost_ns = sum(self._source.cost_ns(window) for window, _ in self._windows(candidate.within))
        return self._decoded_ns + cost_ns <= self._budget_ns(share)

    def _windows(self, stretch: Interval) -> list[tuple[Interval, Interval]]:
        """What to decode for a stretch, each with the part of the stretch that lies well inside it."""
        if stretch.length_ns <= _WHOLE_NS:
            return [(self._clip(stretch.start_ns - _LEAD_NS, stretch.end_ns + _TAIL_NS), stretch)]
        head = Interval(stretch.start_ns, stretch.start_ns + _END_NS)
        tail = Interval(stretch.end_ns - _END_NS, stretch.end_ns)
        return [
            (self._clip(head.start_ns - _LEAD_NS, head.end_ns), head),
            (self._clip(tail.start_ns, tail.end_ns + _TAIL_NS), tail),
        ]

    def _clip(self, start_ns: int, end_ns: int) -> Interval:
        return Interval(max(0, start_ns), min(self._duration_ns, end_ns))

    def _decode(self, stretch: Interval) -> FrameWindow | None:
        self._decoded_ns += self._source.cost_ns(stretch)
        return self._source.window(stretch)

    def _borders_of_black(self, stretch: Interval) -> list[Interval]:
        """Black frames in the groups of pictures in which a black stretch begins and ends."""
        keys = self._packets.key_times_ns()
        before = int(np.searchsorted(keys, stretch.start_ns)) - 1
        after = int(np.searchsorted(keys, stretch.end_ns, side="right"))
        begin = int(keys[before]) if before >= 0 else 0
        end = int(keys[after]) if after < keys.size else self._duration_ns
        found: list[Interval] = []
        for part in (self._clip(begin, stretch.start_ns + _SLACK_NS), self._clip(stretch.end_ns, end + _SLACK_NS)):
            window = self._decode(part)
            found += () if window is None else black_in_window(window)
        return found

    def _black_before(self, at_ns: int) -> list[Interval]:
        """Black frames between the random-access picture before an instant and that instant, where that is payable."""
        keys = self._packets.key_times_ns()
        before = int(np.searchsorted(keys, at_ns)) - 1
        part = self._clip(int(keys[before]) if before >= 0 else 0, at_ns + _SLACK_NS)
        if self._decoded_ns + self._source.cost_ns(part) > self._budget_ns(STRONG_BUDGET_SHARE):
            self._unseen += 1
            return []
        window = self._decode(part)
        return [] if window is None else list(black_in_window(window))

    def _budget_ns(self, share: float) -> int:
        return max(BUDGET_MIN_NS, int(share * self._duration_ns))

    def _look_at(self, candidate: StillCandidate, *, with_freeze: bool) -> None:
        found: list[StillStretch] = []
        for window_span, core in self._windows(candidate.within):
            window = self._decode(window_span)
            if window is None:
                continue
            blacks = black_in_window(window)
            self._blacks += blacks
            if not with_freeze or any(black.intersect(core) for black in blacks):
                continue
            stretch = judge_still(window, core)
            if stretch is not None and stretch.open_start and window_span.start_ns > 0:
                stretch = self._further_back(window_span, core) or stretch
            if stretch is not None:
                found.append(stretch)
        if with_freeze:
            self._conclude(candidate, found)

    def _further_back(self, span: Interval, core: Interval) -> StillStretch | None:
        stretch: StillStretch | None = None
        for _ in range(_EXTENSIONS):
            span = self._clip(span.start_ns - _LEAD_NS, span.end_ns)
            window = self._decode(span)
            stretch = None if window is None else judge_still(window, core)
            if stretch is None or not stretch.open_start or span.start_ns == 0:
                break
        return stretch

    def _conclude(self, candidate: StillCandidate, found: Sequence[StillStretch]) -> None:
        whole = union([candidate.within, *(stretch.interval for stretch in found)])
        same = self._same_pictures(Interval(whole[0].start_ns, whole[-1].end_ns))
        proven = len(same) >= 2 and float(np.median(same)) >= SAME_PICTURE_SHARE
        refuted = len(same) >= _PROVABLE_PAIRS and float(np.median(same[len(same) // 2 :])) < SAME_PICTURE_SHARE
        if refuted or not (found or proven):
            return
        witnessed = proven or any(s.witnesses.world_went_on or s.witnesses.noise_is_gone for s in found)
        if not witnessed or (not proven and self._repeats_by_nature(candidate)):
            self._natural += 1
            return
        start_ns = min([s.interval.start_ns for s in found], default=candidate.within.start_ns)
        end_ns = max([s.interval.end_ns for s in found], default=candidate.within.end_ns)
        if candidate.within.length_ns > _WHOLE_NS:
            start_ns, end_ns = min(start_ns, candidate.within.start_ns), max(end_ns, candidate.within.end_ns)
        start_ns = repeated_since_ns(self._packets, Interval(start_ns, end_ns)) or start_ns
        parts = subtract([Interval(start_ns, end_ns)], self._holes)
        for part in parts:
            sure = proven or candidate.nats >= SURE_NATS
            # At either end of a recording only one side shows that it lives.
            at_end = part.start_ns < _END_REACH_NS or part.end_ns > self._duration_ns - _END_REACH_NS
            if at_end and not proven and (not sure or part.length_ns < _SURE_AT_END_NS):
                continue
            # A coder that says nothing of a quiet room still shows at the next random-access picture what went on.
            if self._changed_inside(part) > _REFUTING_SHARE:
                continue
            if part.length_ns >= FREEZE_MIN_NS - (_UNSURE_BORDERS_NS if sure else _SLACK_NS):
                self._freezes.append(freeze_finding(part, candidate, found, same))

    def _changed_inside(self, stretch: Interval) -> float:
        """Share of the thumbnail in which the two likest random-access pictures well inside a stretch differ."""
        times = self._thumbs.time_ns
        inside = (times[:-1] >= stretch.start_ns + _SLACK_NS) & (times[1:] < stretch.end_ns - _SLACK_NS)
        return float(changed_shares(self._thumbs)[inside].min(initial=1.0)) if inside.any() else 0.0

    def _repeats_by_nature(self, candidate: StillCandidate) -> bool:
        """Whether only repeating sizes speak for a stretch, and the recording has other, short stretches of them.

        A coder that takes all noise away says nothing whenever nobody moves. Such moments come in all lengths.
        """
        if max(candidate.empty_nats, candidate.equal_nats) >= MIN_NATS:
            return False
        others = [
            other.within.length_ns
            for other in self._candidates
            if other.repeat_nats >= MIN_NATS
            and other.within.length_ns <= FREEZE_MIN_NS
            and (
                other.within.start_ns > candidate.within.end_ns + _LEAD_NS
                or other.within.end_ns < candidate.within.start_ns - _LEAD_NS
            )
        ]
        return candidate.within.length_ns < _NATURAL_RATIO * max(others, default=0)

    def _same_pictures(self, stretch: Interval) -> list[float]:
        """Share of blocks that neighbouring random-access pictures inside a stretch have in common to the last bit."""
        inside = [f for f in self._facts if stretch.start_ns <= f.time_ns <= stretch.end_ns]
        return [f.equal_share for f in inside[1:] if f.equal_share is not None]

    def _frozen(self, black: Sequence[Interval]) -> list[Finding]:
        """Each frozen stretch once; a black picture stands still as well and is told as black."""
        kept: list[Finding] = []
        for finding in sorted(self._freezes, key=lambda f: -f.confidence):
            taken = [*black, *(other.interval for other in kept)]
            if not any(finding.interval.intersect(other) for other in taken):
                kept.append(finding)
        return kept
