"""From a moment that was shown before to the whole stretch: both ends to the frame.

Borders that the search for cuts found are tried first, because a copy ends at a border; where none fits, the ends are
searched by doubling and halving, and the last bracket is decoded frame by frame.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.alignment import rest_of_pairs
from lessonproof.analysis.borders import Border
from lessonproof.analysis.frames import FrameSource, runs
from lessonproof.analysis.repeat_overlay import Overlay
from lessonproof.evidence.intervals import NS_PER_S, Interval

_LOOK_NS: Final = 400_000_000
_BRACKET_NS: Final = 2 * NS_PER_S
_FIRST_STEP_NS: Final = 2 * NS_PER_S
_BORDERS_TRIED: Final = 4
_BORDER_SLACK_NS: Final = 400_000_000
_PAIR_NS: Final = 60_000_000
_SNAP_NS: Final = 2 * NS_PER_S
"""One group of pictures: an encoder that saves bits draws what follows a jump coarsely until the next one begins."""
_LOOSE: Final = 2.2
_LOOSE_LEVELS: Final = 0.3
_LOOSE_BESIDE: Final = 0.6
_EQUAL_LEVELS: Final = 0.2
_BLIP_FRAMES: Final = 3


@dataclass(frozen=True, slots=True)
class Match:
    """A moment that agrees with an earlier one.

    Attributes:
        within: the moment, on the copy's side.
        lag_ns: how much earlier the source is; negative for a source that is shown later.
        overlay: how the copy lies over the source.
        rest_levels: difference in structure that is left.
        beside_levels: what is left at other shifts.
    """

    within: Interval
    lag_ns: int
    overlay: Overlay
    rest_levels: float
    beside_levels: float


def ends_of(
    match: Match,
    borders: Sequence[Border],
    source: FrameSource,
    span: Interval,
    allowance_ns: int,
    *,
    likely: Interval | None = None,
) -> Interval:
    """The whole stretch that agrees.

    Args:
        match: a moment inside it.
        borders: borders.
        source: decodes stretches.
        span: the recording.
        allowance_ns: how much may be decoded; where it does not suffice, the stretch is as long as was seen to agree.
        likely: borders at its ends are tried first.
    """
    edges_ns = [border.time_after_ns for border in borders]
    follower = _Follower(match, source, span, allowance_ns)
    start_ns = follower.start(sorted(borders, key=lambda s: (not _is_at(s, likely), -s.time_after_ns)))
    end_ns = follower.end(sorted(borders, key=lambda s: (not _is_at(s, likely), s.time_after_ns)))
    # The first pictures behind a jump are coded coarsely; a border that near is where the copy begins or ends.
    start_ns = max((at for at in edges_ns if start_ns - _SNAP_NS <= at <= start_ns), default=start_ns)
    end_ns = min((at for at in edges_ns if end_ns <= at <= end_ns + _SNAP_NS), default=end_ns)
    return Interval(start_ns, max(start_ns, end_ns))


def _is_at(border: Border, likely: Interval | None) -> bool:
    return likely is not None and border.time_after_ns in (likely.start_ns, likely.end_ns)


class _Follower:
    """Follows one agreement outwards."""

    def __init__(self, match: Match, source: FrameSource, span: Interval, allowance_ns: int) -> None:
        self._match = match
        self._source = source
        self._left_ns = allowance_ns
        # Where a coder found both moments equal to the last bit, the next group of pictures may be coded afresh.
        is_equal = match.rest_levels < _EQUAL_LEVELS
        self._most = _LOOSE * match.rest_levels + _LOOSE_LEVELS
        self._most = max(self._most, _LOOSE_BESIDE * match.beside_levels) if is_equal else self._most
        # Where the source would lie outside of the recording nothing can agree.
        self._first_ns = max(span.start_ns, span.start_ns + match.lag_ns)
        self._last_ns = min(span.end_ns, span.end_ns + match.lag_ns)

    def start(self, borders: Sequence[Border]) -> int:
        """The first frame that agrees; likely borders first, then latest first."""
        known_ns, limit_ns = self._match.within.start_ns, self._first_ns
        tried = [s for s in borders if limit_ns <= s.time_after_ns <= known_ns + _BORDER_SLACK_NS][:_BORDERS_TRIED]
        for border in tried:
            if not limit_ns <= border.time_after_ns <= known_ns + _BORDER_SLACK_NS:
                continue
            before = self._holds(Interval(max(limit_ns, border.time_before_ns - _LOOK_NS), border.time_after_ns))
            behind = self._holds(Interval(border.time_after_ns, border.time_after_ns + _LOOK_NS))
            if behind and not before:
                return border.time_after_ns
            if not behind:
                limit_ns = max(limit_ns, border.time_after_ns)
                continue
            known_ns = min(known_ns, border.time_before_ns)
        return self._search(known_ns, limit_ns)

    def end(self, borders: Sequence[Border]) -> int:
        """The first frame that does not agree any more; likely borders first, then earliest first."""
        known_ns, limit_ns = self._match.within.end_ns, self._last_ns
        tried = [s for s in borders if known_ns - _BORDER_SLACK_NS <= s.time_after_ns <= limit_ns][:_BORDERS_TRIED]
        for border in tried:
            if not known_ns - _BORDER_SLACK_NS <= border.time_after_ns <= limit_ns:
                continue
            before = self._holds(Interval(max(0, border.time_after_ns - _LOOK_NS), border.time_after_ns))
            behind = self._holds(Interval(border.time_after_ns, min(limit_ns, border.time_after_ns + _LOOK_NS)))
            if before and not behind:
                return border.time_after_ns
            if not before:
                limit_ns = min(limit_ns, border.time_after_ns)
                continue
            known_ns = max(known_ns, border.time_after_ns)
        return self._search(known_ns, limit_ns)

    def _search(self, known_ns: int, limit_ns: int) -> int:
        """Double the step until nothing agrees, halve the bracket, and look at its frames."""
        way = 1 if limit_ns > known_ns else -1
        beyond_ns = known_ns
        step_ns = _FIRST_STEP_NS
        while beyond_ns != limit_ns:
            beyond_ns = known_ns + way * min(step_ns, abs(limit_ns - known_ns))
            holds = self._holds_at(beyond_ns, -way)
            if holds is None:
                return known_ns
            if not holds:
                break
            known_ns, step_ns = beyond_ns, 2 * step_ns
        while abs(beyond_ns - known_ns) > _BRACKET_NS:
            middle_ns = (known_ns + beyond_ns) // 2
            holds = self._holds_at(middle_ns, -way)
            if holds is None:
                return known_ns
            known_ns, beyond_ns = (middle_ns, beyond_ns) if holds else (known_ns, middle_ns)
        return self._exact(known_ns, beyond_ns)

    def _exact(self, known_ns: int, beyond_ns: int) -> int:
        """The frame at which agreement ends between an instant that agrees and one that does not."""
        way = 1 if beyond_ns > known_ns else -1
        inner_ns = known_ns - way * _LOOK_NS
        compared = self._compare(Interval(min(inner_ns, beyond_ns), max(inner_ns, beyond_ns)))
        if compared is None:
            return known_ns
        times, agrees = compared
        held = [run for run in runs(_without_blips(agrees)) if run[1] - run[0] > _BLIP_FRAMES]
        if not held:
            return known_ns
        if way < 0:
            return int(times[held[-1][0]])
        end = held[0][1]
        return int(times[end]) if end < times.size else max(known_ns, beyond_ns)

    def _holds_at(self, time_ns: int, inward: int) -> bool | None:
        """Whether the frames on the inner side of an instant agree; ``None`` where they may not be decoded."""
        other_ns = time_ns + inward * _LOOK_NS
        return self._holds(Interval(max(0, min(time_ns, other_ns)), max(time_ns, other_ns)))

    def _holds(self, stretch: Interval) -> bool | None:
        compared = self._compare(stretch)
        return None if compared is None else bool(np.mean(compared[1]) > 0.5)

    def _compare(self, stretch: Interval) -> tuple[NDArray[np.int64], NDArray[np.bool_]] | None:
        """Times of the frames of a stretch, and whether each agrees with the frame it would be a copy of."""
        if stretch.length_ns <= 0 or stretch.start_ns < self._match.lag_ns:
            return None
        earlier = stretch.shift(-self._match.lag_ns)
        earlier = Interval(max(0, earlier.start_ns - _PAIR_NS), earlier.end_ns + _PAIR_NS)
        cost_ns = self._source.cost_ns(stretch) + self._source.cost_ns(earlier)
        if cost_ns > self._left_ns:
            return None
        self._left_ns -= cost_ns
        copy, there = self._source.window(stretch), self._source.window(earlier)
        if copy is None or there is None:
            return None
        wanted = copy.time_ns - self._match.lag_ns
        right = np.clip(np.searchsorted(there.time_ns, wanted), 1, max(1, there.time_ns.size - 1))
        right = np.minimum(right, there.time_ns.size - 1)
        left = np.maximum(right - 1, 0)
        partner = np.where(wanted - there.time_ns[left] <= there.time_ns[right] - wanted, left, right)
        overlay = self._match.overlay
        near = np.abs(there.time_ns[partner] - wanted) <= _PAIR_NS
        rest = rest_of_pairs(overlay.copy_rows(copy), overlay.source_rows(there)[partner])
        return copy.time_ns, near & (rest <= self._most)


def _without_blips(agrees: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A frame or two that differ from all around them are a coder's doing."""
    padded = np.pad(agrees.astype(np.int8), 1, mode="edge")
    return np.asarray(padded[:-2] + padded[1:-1] + padded[2:] >= 2, np.bool_)
