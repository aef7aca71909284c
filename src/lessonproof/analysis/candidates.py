"""Where a full decode is worth its cost: instants and borders that packets or random-access pictures cannot explain.

What is ranked is how much more likely a jump is there than elsewhere in this recording, against what has to be
decoded to look: everything from the random-access picture before up to a little behind the instant.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.former_keys import former_keys
from lessonproof.analysis.hints import Hint
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.rhythm import SizeExcess, off_rhythm_keys, size_excess
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.analysis.window_sides import AFTER_MIN_NS, BEFORE_MIN_NS
from lessonproof.evidence.intervals import NS_PER_S, Interval

AFTER_NS: Final = AFTER_MIN_NS + 100_000_000
"""Decoded behind a suspicious instant: what the judge needs and two frames more."""
SHARES: Final = (0.063, 0.108)
"""Share of a recording that may be decoded in full for the sake of cuts, lead-ins counted, where random-access pictures
come every two seconds or faster, and where they come every ten seconds: each of them costs some five to six predicted
ones, so that a recording with few of them leaves more of the same sum to spend."""
SHARE_GOPS_NS: Final = (2 * NS_PER_S, 10 * NS_PER_S)
BUDGET_MIN_NS: Final = 60 * NS_PER_S
"""A short recording costs little however much of it is decoded."""
HINTS_SHARE: Final = 0.4
BORDERS_SHARE: Final = 0.15
"""Parts of the budget kept for hints of other measurements and for borders that look odd; what one part leaves over the
next one may spend. Borders get little: all odd ones of three honest lessons would take 40 to 50 % of them, all clear
instants 3 to 10 %."""
MIN_SCORE: Final = 3.0
"""Natural logarithm of how suspicious an instant must be to be looked at. All but three in a hundred of the rendered
cuts of 9 s and more that did not fall on a random-access picture reached it."""
CLEAR_SCORE: Final = 4.0
"""An instant this suspicious must be looked at; where the budget does not reach it, silence proves nothing. Six in
seven of the re-encoded cuts of 9 s and more in rendered lessons lay above it; to look at all honest instants above it
took 2 % of a lesson in the median and 9 % in one lesson of ten."""
LARGE_SCORE: Final = 2.0
"""From here on a picture is asked whether it recurs: an earlier coding's weaker ones bear witness for the others."""
MIN_BORDER_RATIO: Final = 1.4
"""A border is odd where this many times more blocks moved than is usual between two random-access pictures here."""
NOISE_BITS_PER_PIXEL: Final = 0.25
"""Above this, rendered jumps of a roomful of people left no trace in the sizes (some 0.01 to 0.1 is usual)."""
MIN_HINT_CHANCE: Final = 0.02
STRONG_HINT: Final = 0.5
"""From this chance on a hint may spend the whole budget, and must be looked at for silence to prove anything."""
LONGEST_WINDOW_NS: Final = 30 * NS_PER_S
"""Windows that touch become one up to this length; some 12 MB of small pictures."""
LONGEST_LEAD_NS: Final = 12 * NS_PER_S
"""Of what has to be decoded before an instant anyway, this much is looked at too."""
_WEIGHT_BOUNDS: Final = (0.5, 4.0)
_MIN_MOVED: Final = 4.0
_FEWEST_THUMBS: Final = 4
_SAMPLED_THUMBS: Final = 256
_MOST_CHANGE: Final = 6.0
_THUMB_SIGMA_PX: Final = 3.0


class Reason(StrEnum):
    """Why a place is looked at."""

    HINT = "hint"
    SIZE = "size"
    BORDER = "border"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A place where a cut may hide.

    Attributes:
        within: the jump lies in here; empty for an instant.
        score: how much more likely a jump is here than elsewhere, natural logarithm; comparable within one reason.
        reason: what makes it suspicious.
    """

    within: Interval
    score: float
    reason: Reason


@dataclass(frozen=True, slots=True)
class Plan:
    """What to decode in full.

    Attributes:
        windows: stretches, in time order, without overlap.
        sizes: what the sizes of packets suspect, whether it is decoded or not, most suspicious first.
        left_out: candidates that must be looked at for silence to prove anything, beyond the budget.
        budget_ns: how much of the recording may be decoded.
    """

    windows: tuple[Interval, ...]
    sizes: tuple[Candidate, ...]
    left_out: int
    budget_ns: int


def budget_of(table: PacketTable) -> int:
    """How much of a recording may be decoded in full for the sake of cuts, nanoseconds."""
    keys = table.key_times_ns()
    gop_ns = float(np.mean(np.diff(keys))) if keys.size > 1 else float(table.duration_ns)
    share = float(np.interp(gop_ns, SHARE_GOPS_NS, SHARES))
    return min(table.duration_ns, max(BUDGET_MIN_NS, int(share * table.duration_ns)))


def plan_windows(
    table: PacketTable,
    facts: Sequence[KeyframeFacts],
    thumbs: Thumbnails,
    hints: Sequence[Hint],
    cost_ns: Callable[[Interval], int],
) -> Plan:
    """Choose the stretches to decode.

    Args:
        table: the packets.
        facts: of the random-access pictures, in time order.
        thumbs: small pictures of them.
        hints: what other measurements suspect.
        cost_ns: what decoding a stretch costs, 0 where that was done.
    """
    budget_ns = budget_of(table)
    spending = _Spending(table, cost_ns)
    strong, weak = (
        hint_candidates([hint for hint in hints if (hint.chance >= STRONG_HINT) is wanted], table.duration_ns)
        for wanted in (True, False)
    )
    unseen = spending.spend(strong, budget_ns)
    spending.spend(weak, int(HINTS_SHARE * budget_ns))
    sizes = size_candidates(table, facts)
    left_out = spending.spend(sizes, int((1.0 - BORDERS_SHARE) * budget_ns))
    spending.spend(border_candidates(facts, thumbs), budget_ns)
    # What the borders left over goes to the instants after all.
    left_out = spending.spend(left_out, budget_ns)
    clear = sum(1 for candidate in left_out if candidate.score >= CLEAR_SCORE)
    return Plan(spending.windows(), tuple(sizes), clear + len(unseen), budget_ns)


def hint_candidates(hints: Sequence[Hint], duration_ns: int) -> list[Candidate]:
    """Candidates from what other measurements suspect."""
    return [
        Candidate(
            Interval(min(hint.within.start_ns, duration_ns), min(hint.within.end_ns, duration_ns)),
            float(np.log(hint.chance)),
            Reason.HINT,
        )
        for hint in hints
        if hint.chance >= MIN_HINT_CHANCE
    ]


def size_candidates(table: PacketTable, facts: Sequence[KeyframeFacts]) -> list[Candidate]:
    """Instants whose picture took more bits than its like, most suspicious first.

    The more places moved between the two random-access pictures around it, against what is usual in this recording,
    the more suspicious it is; one that an earlier coding's random-access picture explains only by what it has beyond
    its like. A random-access picture off the rhythm was put there by an encoder that saw a jump.
    """
    sizes = size_excess(table)
    score = _without_former_keys(table, sizes, np.log1p(sizes.excess) + np.log1p(sizes.spike) + sizes.odd)
    times_ns, ratio = border_ratios(facts)
    pts_ns = table.pts_ns[sizes.rows]
    if times_ns.size:
        following = np.minimum(np.searchsorted(times_ns, pts_ns), times_ns.size - 1)
        score += np.where(score > 0, np.log(np.clip(ratio[following], *_WEIGHT_BOUNDS)), 0.0)
    at = np.flatnonzero(score >= MIN_SCORE)
    found = [
        Candidate(Interval(min(onset, pts), pts), value, Reason.SIZE)
        for onset, pts, value in zip(sizes.onset_ns[at].tolist(), pts_ns[at].tolist(), score[at].tolist(), strict=True)
    ]
    highest = 1.0 + max((candidate.score for candidate in found), default=CLEAR_SCORE)
    for row in off_rhythm_keys(table).tolist():
        instant = int(table.pts_ns[row])
        found.append(Candidate(Interval(instant, instant), highest, Reason.SIZE))
    return sorted(found, key=lambda c: (-c.score, c.within.start_ns))


def _without_former_keys(table: PacketTable, sizes: SizeExcess, score: NDArray[np.float64]) -> NDArray[np.float64]:
    """Scores, those of an earlier coding's random-access pictures less what is usual among these."""
    large = np.flatnonzero(score >= LARGE_SCORE)
    shown_ns = np.sort(table.pts_ns)
    last = np.searchsorted(shown_ns, table.pts_ns[sizes.rows[large]])
    first = np.minimum(np.searchsorted(shown_ns, sizes.onset_ns[large], side="right"), last)
    former = large[former_keys(first, last, shown_ns.size).is_former]
    if not former.size:
        return score
    explained = score.copy()
    explained[former] -= float(np.median(score[former]))
    return explained


def border_candidates(facts: Sequence[KeyframeFacts], thumbs: Thumbnails) -> list[Candidate]:
    """Groups of pictures between whose random-access pictures more moved than is usual, most suspicious first.

    This is the only trace of a cut exactly on a random-access picture, as stream copy makes it.
    """
    times_ns, ratio = border_ratios(facts)
    thumb_times_ns, thumb_ratio = thumb_ratios(thumbs)
    if thumb_times_ns.size and times_ns.size:
        at = np.minimum(np.searchsorted(thumb_times_ns, times_ns), thumb_times_ns.size - 1)
        # Thumbnails see small motion everywhere, blocks see large motion somewhere; neither ranks as well alone.
        ratio *= np.where(thumb_times_ns[at] == times_ns, thumb_ratio[at] ** 2, 1.0)
    starts_ns = {fact.time_ns: before.time_ns for before, fact in itertools.pairwise(facts)}
    found = [
        Candidate(Interval(starts_ns[at_ns], at_ns), float(np.log(value)), Reason.BORDER)
        for at_ns, value in zip(times_ns.tolist(), ratio.tolist(), strict=True)
        if value >= MIN_BORDER_RATIO and at_ns in starts_ns
    ]
    return sorted(found, key=lambda c: (-c.score, c.within.start_ns))


def ordinary_borders(facts: Sequence[KeyframeFacts], count: int) -> list[Interval]:
    """Groups of pictures, spread over the recording, between whose random-access pictures as much moved as usual."""
    times_ns, ratio = border_ratios(facts)
    order = np.sort(np.argsort(np.abs(np.log(ratio)), kind="stable")[: max(count, ratio.size // 2)])
    chosen = order[np.unique(np.linspace(0, order.size - 1, count).round().astype(np.int64))] if order.size else order
    starts_ns = {fact.time_ns: before.time_ns for before, fact in itertools.pairwise(facts)}
    return [Interval(starts_ns[at], at) for at in times_ns[chosen].tolist() if at in starts_ns]


def border_ratios(facts: Sequence[KeyframeFacts]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """How much more moved up to each random-access picture than is usual and than around it, 1 being usual.

    Returns:
        Times of the pictures, shape ``(N,)``, and the ratio, shape ``(N,)``, > 0.
    """
    known = [(fact.time_ns, fact.moved_blocks) for fact in facts if fact.moved_blocks is not None]
    times_ns = np.array([time_ns for time_ns, _ in known], np.int64)
    moved = np.maximum(np.array([blocks for _, blocks in known], np.float64), _MIN_MOVED)
    if times_ns.size == 0:
        return times_ns, moved
    return times_ns, _against_usual(moved)


def thumb_ratios(thumbs: Thumbnails) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """As :func:`border_ratios`, from small pictures: change of local contrast against what is usual in each place.

    Returns:
        Times of all pictures but the first, shape ``(N - 1,)``, and the ratio, shape ``(N - 1,)``, > 0.
    """
    count = thumbs.time_ns.size
    if count < _FEWEST_THUMBS:
        return np.empty(0, np.int64), np.empty(0, np.float64)
    sample = np.unique(np.linspace(1, count - 1, min(count - 1, _SAMPLED_THUMBS)).astype(np.int64))
    usual = np.median(np.stack([_thumb_change(thumbs, int(number)) for number in sample]), axis=0) + 1.0
    change = np.array(
        [float(np.minimum(_thumb_change(thumbs, number) / usual, _MOST_CHANGE).mean()) for number in range(1, count)]
    )
    return thumbs.time_ns[1:], _against_usual(np.maximum(change, 1e-3))


def _thumb_change(thumbs: Thumbnails, number: int) -> NDArray[np.float32]:
    """Change of each pixel's deviation from its surroundings since the picture before, levels."""
    before, after = (
        luma - cv2.GaussianBlur(luma, (0, 0), _THUMB_SIGMA_PX)
        for luma in thumbs.luma[number - 1 : number + 1].astype(np.float32)
    )
    return np.asarray(np.abs(after - before), np.float32)


def _against_usual(change: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each change, > 0, against the median and against the larger of its neighbours: the mean of both ratios."""
    usual = float(np.median(change))
    padded = np.pad(change, 1, mode="reflect") if change.size > 1 else np.full(3, usual)
    beside = np.maximum(np.maximum(padded[:-2], padded[2:]), usual)
    return np.asarray(np.sqrt((change / usual) * (change / beside)), np.float64)


def noise_hides_jumps(table: PacketTable, picture_px: int) -> bool:
    """Whether each predicted picture spends so much on noise that a jump in it would not stand out by its size."""
    sizes = table.size_bytes[~table.is_key]
    if sizes.size == 0:
        return True
    return float(np.quantile(sizes, 0.75)) * 8 > NOISE_BITS_PER_PIXEL * picture_px


class _Spending:
    """Which part of each group of pictures is decoded so far, and what that costs: candidates share their lead-in."""

    def __init__(self, table: PacketTable, cost_ns: Callable[[Interval], int]) -> None:
        self._keys = np.unique(np.concatenate(([0], table.key_times_ns())))
        self._duration_ns = table.duration_ns
        self._cost_ns = cost_ns
        self._until: dict[int, int] = {}
        self._first: dict[int, int] = {}
        self.spent_ns = 0

    def spend(self, candidates: Sequence[Candidate], limit_ns: int) -> list[Candidate]:
        """Take candidates, best chance for the cost first, while the sum spent stays within a limit.

        Returns:
            Those that were not taken.
        """
        worth = [c.score - float(np.log(max(self._cost_of(c)[0], NS_PER_S // 10))) for c in candidates]
        left: list[Candidate] = []
        for number in sorted(range(len(candidates)), key=lambda k: -worth[k]):
            candidate = candidates[number]
            cost, parts = self._cost_of(candidate)
            if cost and self.spent_ns + cost > limit_ns:
                left.append(candidate)
                continue
            self.spent_ns += cost
            for group, first_ns, until_ns in parts:
                self._first[group] = min(first_ns, self._first.get(group, first_ns))
                self._until[group] = max(until_ns, self._until.get(group, until_ns))
        return left

    def windows(self) -> tuple[Interval, ...]:
        """What is to be decoded, in time order; whole lead-ins, unless they are very long."""
        found: list[Interval] = []
        for group in sorted(self._until):
            start_ns = max(int(self._keys[group]), self._first[group] - LONGEST_LEAD_NS)
            part = Interval(start_ns, self._until[group])
            if found and part.start_ns <= found[-1].end_ns and part.end_ns - found[-1].start_ns <= LONGEST_WINDOW_NS:
                found[-1] = Interval(found[-1].start_ns, part.end_ns)
            else:
                found.append(part)
        return tuple(found)

    def _cost_of(self, candidate: Candidate) -> tuple[int, list[tuple[int, int, int]]]:
        """What looking at a candidate costs beyond what is decoded anyway; group, first and last instant to decode."""
        first_ns = max(0, candidate.within.start_ns - BEFORE_MIN_NS)
        end_ns = min(self._duration_ns, candidate.within.end_ns + AFTER_NS)
        begin, last = (int(np.searchsorted(self._keys, at, side="right")) - 1 for at in (first_ns, end_ns - 1))
        parts: list[tuple[int, int, int]] = []
        cost = 0
        for group in range(begin, last + 1):
            key_ns = int(self._keys[group])
            group_end_ns = int(self._keys[group + 1]) if group + 1 < self._keys.size else self._duration_ns
            until_ns = min(end_ns, group_end_ns)
            known_ns = self._until.get(group, key_ns)
            if until_ns > known_ns and self._cost_ns(Interval(max(key_ns, first_ns), until_ns)) > 0:
                cost += until_ns - known_ns
            parts.append((group, max(key_ns, first_ns), until_ns))
        return cost, parts
