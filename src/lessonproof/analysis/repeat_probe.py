"""Pairs of stretches decoded within an allowance, and whether the two show the same events.

A pair is looked at where it costs least: a second and a half of what may be the copy, and as much of what may be its
source with some room at both sides, so that the best shift has shifts beside it to be compared with.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.alignment import (
    MIN_FRAMES,
    MIRRORED,
    PLAIN,
    Alignment,
    View,
    motion_frames,
    register,
)
from lessonproof.analysis.frames import FrameSource
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.repeat_ends import Match
from lessonproof.analysis.repeat_overlay import is_reframed, lay_over
from lessonproof.analysis.repeat_pairs import Candidate, Witness
from lessonproof.analysis.repeat_pictures import Pictures
from lessonproof.evidence.intervals import NS_PER_S, Interval

ALLOWANCE_SHARE: Final = 0.015
"""Share of a recording that may be decoded to look at candidates; what is confirmed may be followed to its ends."""
ALLOWANCE_MIN_NS: Final = 60 * NS_PER_S
TRACE_SHARE: Final = 0.025
"""The same beyond that, for pairs that clear borders, sound or stream copy point at: honest recordings have few."""
TRACE_MIN_NS: Final = 120 * NS_PER_S
MIN_MOTION: Final = 0.25
"""Correlation of motion; rendered honest pairs of moments reached 0.30, copies lay between 0.29 and 0.99."""
MIN_MOTION_AHEAD: Final = 0.14
MAX_REST_RATIO: Final = 0.85
"""Rest at the best shift over rest beside it: a copy is nearer at one shift than beside."""
ENCLOSED_MOTION: Final = 0.33
ENCLOSED_MOTION_AHEAD: Final = 0.2
ENCLOSED_REST_RATIO: Final = 0.94
"""What is asked of a stretch between two clear borders: those are evidence of their own, and under noise whoever sits
still lies as near at other shifts (0.85 to 0.92 on copies coded twice)."""
REFRAMED_MOTION: Final = 0.45
REFRAMED_MOTION_AHEAD: Final = 0.25
REFRAMED_REST_RATIO: Final = 0.7
"""What is asked of another framing, beside what stays different all the time (copies 0.35 to 0.55)."""
MAX_POSTURE_RATIO: Final = 0.9
"""Rest over the difference of the nearest half per cent of the recording's pictures that are apart in time. Lamps that
go out twice agree in motion; whoever sits in the room does not sit the same (0.94 and more on rendered lessons; copies
0.2 to 0.85)."""
_LEAST_LEVELS: Final = 0.4
PROBE_NS: Final = 1_600_000_000
"""Shortest stretch that is compared; longer where frames are few (:func:`probe_ns_at`)."""
MARGIN_NS: Final = 480_000_000
_PLACES_TRIED: Final = 8
_CLEAR_SCORE: Final = 1.2
_SPARE_FRAMES: Final = 2
_FOLLOW_SHARE: Final = 0.03
_FOLLOW_MIN_NS: Final = 180 * NS_PER_S


def probe_ns_at(step_ns: int) -> int:
    """How long a stretch is compared where frames follow each other this closely: enough motions must be in it."""
    return max(PROBE_NS, (MIN_FRAMES + motion_frames(step_ns) + _SPARE_FRAMES) * step_ns)


def asks_for_a_look(candidate: Candidate) -> bool:
    """Whether a pair may not be left out in silence: borders, sound or stream copy point at it."""
    if candidate.witness is Witness.ENCLOSED:
        return candidate.is_clear and (candidate.is_likeliest or candidate.score >= _CLEAR_SCORE)
    return candidate.witness in {Witness.SIZES, Witness.SOUND}


@dataclass(frozen=True, slots=True)
class Probe:
    """A probe that passed: how it matched and what was measured."""

    match: Match
    alignment: Alignment
    posture_ratio: float


class Judge:
    """Decodes pairs of stretches within an allowance and says whether they agree.

    Args:
        pictures: of the random-access pictures; ``None`` with too few of them.
        table: the packets.
        source: decodes stretches.
    """

    def __init__(self, pictures: Pictures | None, table: PacketTable, source: FrameSource) -> None:
        self._source = source
        self._duration_ns = table.duration_ns
        self._left_ns = max(ALLOWANCE_MIN_NS, int(ALLOWANCE_SHARE * table.duration_ns))
        self._trace_left_ns = max(TRACE_MIN_NS, int(TRACE_SHARE * table.duration_ns))
        self.follow_ns = max(_FOLLOW_MIN_NS, int(_FOLLOW_SHARE * table.duration_ns))
        self._asked: list[Candidate] = []
        self.is_spent = False  # whether the last probe would have cost more than is left
        self._usual = None if pictures is None else pictures.usual_levels
        self._keys_ns = table.key_times_ns()
        self._step_ns = _usual_step_ns(table)
        self._probe_ns = probe_ns_at(self._step_ns)

    def was_asked(self, candidate: Candidate) -> bool:
        """Whether as good as the same pair was looked at."""
        return any(
            _overlap(candidate, asked)
            and abs(candidate.lag_ns - asked.lag_ns) <= max(asked.reach_ns - candidate.reach_ns, 80_000_000)
            and candidate.mirrored == asked.mirrored
            for asked in self._asked
        )

    def probe(self, candidate: Candidate) -> Probe | None:
        """Look at one pair; ``None`` where it does not agree or may not be decoded any more."""
        shown, before = self._stretches(candidate)
        cost_ns = self._cost_ns((shown, before))
        self.is_spent = not self._pays(cost_ns, candidate)
        if self.is_spent:
            return None
        self._asked.append(candidate)
        copy, earlier = self._source.window(shown), self._source.window(before)
        if copy is None or earlier is None:
            return None
        views = [MIRRORED if candidate.mirrored else PLAIN]
        if candidate.witness in {Witness.ACTIVITY, Witness.SIZES, Witness.SOUND, Witness.ENCLOSED}:
            views = [MIRRORED, PLAIN] if candidate.mirrored else [PLAIN, MIRRORED]
            views += [v for m in (False, True) if (v := register(copy, earlier, mirrored=m)) is not None]
        for view in views:
            laid = lay_over(copy, earlier, view, self._step_ns)
            if laid is None:
                continue
            overlay, found = laid
            ratio = None if self._usual is None else found.rest_levels / max(self._usual, _LEAST_LEVELS)
            if not self._is_copy(found, view, candidate, ratio):
                continue
            lag_ns = int(copy.time_ns[0] - earlier.time_ns[found.shift])
            within = Interval(int(copy.time_ns[0]), int(copy.time_ns[-1]))
            match = Match(within, lag_ns, overlay, found.rest_levels, found.rest_beside_levels)
            return Probe(match, found, ratio or 0.0)
        return None

    def _is_copy(self, found: Alignment, view: View, candidate: Candidate, ratio: float | None) -> bool:
        """Whether what was measured is a copy's, given what points at it."""
        if is_reframed(view):
            # Posture cannot be compared over another framing; a person would have to have chosen that framing.
            is_heard = candidate.witness is Witness.SOUND
            return (candidate.is_clear or is_heard) and _moves_as_one(found, is_heard=is_heard)
        is_stream_copy = candidate.witness is Witness.SIZES  # lamps do not repeat thirty sizes to the byte
        sits_the_same = ratio is None or ratio <= MAX_POSTURE_RATIO or is_stream_copy
        return sits_the_same and _agrees(found, between_clear_borders=candidate.is_clear)

    def _pays(self, cost_ns: int, candidate: Candidate) -> bool:
        """Take the cost of a look from what is left, where it suffices."""
        if cost_ns <= self._left_ns:
            self._left_ns -= cost_ns
            return True
        if cost_ns <= self._trace_left_ns and asks_for_a_look(candidate):
            self._trace_left_ns -= cost_ns
            return True
        return False

    def _stretches(self, candidate: Candidate) -> tuple[Interval, Interval]:
        """What of the copy and of its source is decoded: right at the instant, or where it is cheapest."""
        within = candidate.within
        if within is None or within.length_ns <= self._probe_ns:
            return self._stretches_at(candidate, candidate.copy_ns - (0 if candidate.forward else self._probe_ns))
        keys_ns = self._keys_ns
        behind = (keys_ns, keys_ns + candidate.lag_ns + candidate.reach_ns + MARGIN_NS)
        inside = [k[(k >= within.start_ns) & (k < within.end_ns - self._probe_ns)][:_PLACES_TRIED] for k in behind]
        starts_ns = [within.start_ns, *np.concatenate(inside).tolist()]
        return min((self._stretches_at(candidate, start_ns) for start_ns in starts_ns), key=self._cost_ns)

    def _stretches_at(self, candidate: Candidate, start_ns: int) -> tuple[Interval, Interval]:
        start_ns = max(0, min(start_ns, self._duration_ns - self._probe_ns))
        shown = Interval(start_ns, start_ns + self._probe_ns)
        reach_ns = candidate.reach_ns + MARGIN_NS
        first_ns = max(0, shown.start_ns - candidate.lag_ns - reach_ns)
        end_ns = min(shown.end_ns - candidate.lag_ns + reach_ns, self._duration_ns)
        return shown, Interval(first_ns, max(end_ns, first_ns + 1))

    def _cost_ns(self, pair: tuple[Interval, Interval]) -> int:
        return self._source.cost_ns(pair[0]) + self._source.cost_ns(pair[1])


def _usual_step_ns(table: PacketTable) -> int:
    """Usual time from one frame to the next."""
    shown_ns = table.presented_ns()
    return max(1, int(np.median(np.diff(shown_ns)))) if shown_ns.size > 1 else 1


def _overlap(one: Candidate, other: Candidate) -> bool:
    """Whether two candidates speak of the same moments of the copy."""
    if one.within is not None and other.within is not None:
        return one.within.intersect(other.within) is not None
    return abs(one.copy_ns - other.copy_ns) < PROBE_NS // 2


def _agrees(found: Alignment, *, between_clear_borders: bool) -> bool:
    """Whether two stretches agree at one shift only; between borders where nobody moves far, motion has to say it."""
    ahead = found.motion - found.motion_beside
    if found.motion < MIN_MOTION or ahead < MIN_MOTION_AHEAD:
        return False
    ratio = found.rest_levels / max(found.rest_beside_levels, 1e-6)
    moves_alike = found.motion >= ENCLOSED_MOTION and ahead >= ENCLOSED_MOTION_AHEAD
    return ratio <= (ENCLOSED_REST_RATIO if between_clear_borders and moves_alike else MAX_REST_RATIO)


def _moves_as_one(found: Alignment, *, is_heard: bool) -> bool:
    """Whether two stretches in different framings move alike at one shift, and are far nearer there than beside it.

    Sound that is heard twice at that distance is evidence of its own: where few people move far, motion says less.
    """
    least, least_ahead = (
        (ENCLOSED_MOTION, ENCLOSED_MOTION_AHEAD) if is_heard else (REFRAMED_MOTION, REFRAMED_MOTION_AHEAD)
    )
    ahead = found.motion - found.motion_beside
    ratio = found.rest_levels / max(found.rest_beside_levels, 1e-6)
    return found.motion >= least and ahead >= least_ahead and ratio <= REFRAMED_REST_RATIO
