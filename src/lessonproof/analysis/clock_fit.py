"""The clock against presentation time: straight pieces, where it jumps, stands, runs backward or at another speed.

A clock that shows full units is ahead of its text by anything up to one unit, so offsets lie in a tube one unit wide
around the truth however slowly their phase wanders: the offsets of a clock that runs 1 % fast are a staircase. The
fewest pieces are looked for in whose tubes all readings lie; squares would take each stair for a jump.

Sources: feasible lines through data ranges, J. O'Rourke (1981), "An on-line algorithm for fitting straight lines
between data ranges", Communications of the ACM 24(9); here the narrowest tube is found by search over the slope, in
which its width is convex, and the partition by dynamic programming over the farthest ends that a tube reaches.
"""

import heapq
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SLACK_UNITS: Final = 0.3
"""By how much more than one unit offsets may spread: a camera updates its text some frames late."""
JUMP_UNITS: Final = 1.5
"""Smaller steps are none: a clock set by the network moves by up to a second."""
HONEST_DRIFT: Final = 5e-4
"""Five times what a camera's quartz is off by at most (100 ppm)."""
_LEVEL_COST: Final = 1.0
_SLOPE_COST: Final = 1.6
_SOFT_COST: Final = 1.0
"""What a piece costs; and in addition what it costs to break a level where no two readings differ by a jump."""
_SLACKS: Final = ((0.02, 0.0), (0.12, 0.6), (SLACK_UNITS, 1.5))
"""By how much a tube may be wider than one unit, and what that costs: an even clock needs next to nothing."""
HARD_UNITS: Final = 1.1
"""Between two readings the offset of an even clock changes by one unit at most, and so it does at a change of slope."""
_MIN_SLOPE_READINGS: Final = 4
_MIN_SLOPE_S: Final = 20.0
_MOST_HARD_BREAKS: Final = 120
_STEEPEST: Final = 3.0
_SEARCH_STEPS: Final = 40
_KNOTS: Final = 40


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of readings on one line; offsets are wall time minus presentation time.

    Attributes:
        first: index of its first reading.
        end: index behind its last reading.
        slope: seconds that the clock gains in a second; 0 where it runs as time does.
        slope_low: least slope that its readings allow.
        slope_high: greatest one.
        at_s: presentation time at which ``offset_s`` holds, seconds.
        offset_s: middle of the tube there, seconds.
    """

    first: int
    end: int
    slope: float
    slope_low: float
    slope_high: float
    at_s: float
    offset_s: float

    @property
    def readings(self) -> int:
        """How many it has."""
        return self.end - self.first

    def offset_at(self, time_s: float) -> float:
        """The line's offset at a presentation time, seconds."""
        return self.offset_s + self.slope * (time_s - self.at_s)

    @property
    def is_honest(self) -> bool:
        """Whether a camera's quartz explains the slope."""
        return self.slope_low <= HONEST_DRIFT and self.slope_high >= -HONEST_DRIFT


def unwrapped(time_s: Floats, wall_s: Floats, modulus_s: int | None) -> Floats:
    """Offsets wall minus presentation time, made continuous where the text starts over at midnight.

    Args:
        time_s: shape ``(N,)``, rising.
        wall_s: shape ``(N,)``, middle of the unit that the text stands for.
        modulus_s: after how many seconds the text starts over; ``None`` where it never does.
    """
    offset = wall_s - time_s
    if modulus_s is None or offset.size == 0:
        return offset
    steps = np.diff(offset)
    steps -= modulus_s * np.round(steps / modulus_s)
    return np.asarray(offset[0] + np.concatenate(([0.0], np.cumsum(steps))), np.float64)


def pieces_of(time_s: Floats, offset_s: Floats, unit_s: float) -> list[Piece]:
    """The fewest straight pieces that explain the offsets.

    Args:
        time_s: shape ``(N,)``, rising.
        offset_s: shape ``(N,)``.
        unit_s: seconds from one change of the text to the next.
    """
    if time_s.size == 0:
        return []
    parts = _Partition(time_s - time_s[0], offset_s / unit_s).best()
    parts = _with_knots(time_s, offset_s, parts, unit_s)
    return [_fitted(time_s, offset_s, part, unit_s) for part in parts]


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece before it is measured: its readings, and whether it is slanted."""

    first: int
    end: int
    is_slanted: bool


class _Partition:
    """Finds the cheapest partition; offsets in units of the clock."""

    def __init__(self, time_s: Floats, offset: Floats) -> None:
        self._t = time_s
        self._offset = offset
        change = np.abs(np.diff(offset))
        hard = np.flatnonzero(change > HARD_UNITS) + 1
        if hard.size > _MOST_HARD_BREAKS:
            hard = np.sort(hard[np.argsort(change[hard - 1])[::-1][:_MOST_HARD_BREAKS]])
        self._hard = hard
        self._is_hard = frozenset(hard.tolist())
        self._ends: dict[tuple[int, bool], list[tuple[int, float]]] = {}

    def best(self) -> list[_Part]:
        """Cheapest first search over the borders."""
        n = self._offset.size
        queue: list[tuple[float, int, int, bool, tuple[_Part, ...]]] = [(0.0, 0, 0, True, ())]
        done: set[tuple[int, bool]] = set()
        number = 0
        while queue:
            cost, _, at, was_slanted, parts = heapq.heappop(queue)
            if at == n:
                return list(parts)
            if (at, was_slanted) in done:
                continue
            done.add((at, was_slanted))
            for is_slanted in (False, True):
                step = _SLOPE_COST if is_slanted else _LEVEL_COST
                if at and not is_slanted and not was_slanted and at not in self._is_hard:
                    step += _SOFT_COST
                for end, extra in self._ends_from(at, is_slanted):
                    number += 1
                    longer = (*parts, _Part(at, end, is_slanted))
                    heapq.heappush(queue, (cost + step + extra, number, end, is_slanted, longer))
                if not is_slanted and self._ends_from(at, False)[-1] == (n, 0.0):
                    break  # no slope can be cheaper
        raise AssertionError("every reading is a piece of its own at worst")

    def _ends_from(self, first: int, is_slanted: bool) -> list[tuple[int, float]]:
        """The farthest ends that tubes reach, and the hard breaks before them, each with what the tube costs."""
        key = (first, is_slanted)
        if key not in self._ends:
            ends: dict[int, float] = {}
            for slack, cost in _SLACKS:
                reach = self._farthest_slanted if is_slanted else self._farthest_level
                farthest = reach(first, 1 + slack)
                if farthest > first:
                    between = self._hard[(self._hard > first) & (self._hard < farthest)].tolist()
                    for end in (*between, farthest):
                        ends.setdefault(end, cost)
                if farthest == self._offset.size:
                    break
            self._ends[key] = list(ends.items())
        return self._ends[key]

    def _farthest_level(self, first: int, width: float) -> int:
        rest = self._offset[first:]
        spread = np.maximum.accumulate(rest) - np.minimum.accumulate(rest)
        return first + int(np.searchsorted(spread, width, side="right"))

    def _farthest_slanted(self, first: int, width: float) -> int:
        """By doubling, then halving; 0 where not even the shortest stretch fits."""
        least = max(first + _MIN_SLOPE_READINGS, int(np.searchsorted(self._t, self._t[first] + _MIN_SLOPE_S)) + 1)
        n = self._offset.size
        if least > n or not self._fits(first, least, width):
            return 0
        good, bad = least, n + 1
        while bad - good > 1:
            trial = min(n, first + 2 * (good - first)) if bad > n else (good + bad) // 2
            if self._fits(first, trial, width):
                good = trial
                if good == n:
                    break
            else:
                bad = trial
        return good

    def _fits(self, first: int, end: int, width: float) -> bool:
        t, offset = self._t[first:end], self._offset[first:end]
        return _width(t, offset, _narrowest(t, offset)) <= width


def _with_knots(time_s: Floats, offset_s: Floats, parts: list[_Part], unit_s: float) -> list[_Part]:
    """Put the borders between levels and slopes where the line bends: a level's tube swallows the first of a slope."""
    parts = list(parts)
    for k in range(1, len(parts)):
        before, after = parts[k - 1], parts[k]
        if before.is_slanted == after.is_slanted:
            continue
        if abs(float(offset_s[after.first] - offset_s[before.end - 1])) > HARD_UNITS * unit_s:
            continue  # a jump, or a misread one between them: nothing bends here
        border = _bend(time_s[before.first : after.end], offset_s[before.first : after.end], before.is_slanted)
        least, most = before.first + 1, after.end - 1
        at = min(max(least, before.first + border), most)
        parts[k - 1] = _Part(before.first, at, before.is_slanted)
        parts[k] = _Part(at, after.end, after.is_slanted)
    return parts


def _bend(t: Floats, offset: Floats, is_slanted_first: bool) -> int:
    """Index of the knot of the continuous line, level on one side, that fits best by least squares."""
    places = np.unique(np.linspace(1, t.size - 2, min(_KNOTS, max(1, t.size - 2))).astype(np.intp))
    errors = []
    for place in places.tolist():
        bent = np.minimum(t - t[place], 0.0) if is_slanted_first else np.maximum(t - t[place], 0.0)
        centred = bent - bent.mean()
        rest = offset - offset.mean()
        power = float((centred * centred).sum())
        slope = float((centred * rest).sum()) / power if power else 0.0
        errors.append(float(((rest - slope * centred) ** 2).sum()))
    return int(places[int(np.argmin(errors))])


def _level(time_s: Floats, offset_s: Floats, first: int, end: int) -> Piece:
    part = offset_s[first:end]
    low, high = _tube(time_s[first:end], part, float(np.ptp(part)))
    return Piece(first, end, 0.0, low, high, float(time_s[first]), float(part.max() + part.min()) / 2)


def _fitted(time_s: Floats, offset_s: Floats, part: _Part, unit_s: float) -> Piece:
    """Measure a piece: its level, or the line of the narrowest tube."""
    if not part.is_slanted or part.end - part.first < _MIN_SLOPE_READINGS:
        return _level(time_s, offset_s, part.first, part.end)
    t, offset = time_s[part.first : part.end], offset_s[part.first : part.end]
    slope = _narrowest(t, offset)
    rest = offset - slope * (t - t[0])
    low, high = _tube(t, offset, max(unit_s, float(np.ptp(rest)) * 1.02))
    return Piece(part.first, part.end, slope, low, high, float(t[0]), float(rest.max() + rest.min()) / 2)


def _width(t: Floats, offset: Floats, slope: float) -> float:
    return float(np.ptp(offset - slope * (t - t[0])))


def _narrowest(t: Floats, offset: Floats) -> float:
    """Slope of the narrowest tube, by golden-section search."""
    golden = (np.sqrt(5.0) - 1) / 2
    low, high = -_STEEPEST, _STEEPEST
    for _ in range(_SEARCH_STEPS):
        a, b = high - golden * (high - low), low + golden * (high - low)
        if _width(t, offset, a) <= _width(t, offset, b):
            high = b
        else:
            low = a
    return float(low + high) / 2


def _tube(t: Floats, offset: Floats, width: float) -> tuple[float, float]:
    """Least and greatest slope of a line in whose tube of a width all offsets lie."""
    if t.size < 2:
        return -_STEEPEST, _STEEPEST
    middle = _narrowest(t, offset)
    limits = []
    for outer in (-_STEEPEST - 1, _STEEPEST + 1):
        inside, outside = middle, outer
        for _ in range(_SEARCH_STEPS):
            half = (inside + outside) / 2
            if _width(t, offset, half) <= width + 1e-9:
                inside = half
            else:
                outside = half
        limits.append(inside)
    return limits[0], limits[1]
