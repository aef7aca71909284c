"""Where a line bends: the offsets of a clock are level, slanted while the recording runs at another speed, and level.

Each change of the text tells the offset to half a frame (some 20 ms), a slope of 5 % gains that much in 0.4 s: the bend
is told to a few tenths of a second only by all changes on both sides together. Least squares of a continuous broken
line with unknown bends (D. J. Hudson (1966), "Fitting segmented curves whose join points have to be estimated",
Journal of the American Statistical Association 61); given the bends the fit is linear, and they are found on a grid
that is made finer three times.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.clock_fit import Floats

_STEPS: Final = 17
_ROUNDS: Final = 5
_FINER: Final = 5.0
_MIN_LEVEL: Final = 2
"""So many changes of the text must lie on a level for its bend to be told."""


@dataclass(frozen=True, slots=True)
class BentLine:
    """A slope between two levels.

    Attributes:
        start_s: where the slope begins; ``None`` where it does so before the first offset.
        end_s: where it ends; ``None`` where it lasts beyond the last offset.
        slope: seconds gained in a second.
        spread_s: root of the mean square of what is left, seconds.
    """

    start_s: float | None
    end_s: float | None
    slope: float
    spread_s: float


def bent_line(
    time_s: Floats, offset_s: Floats, start_s: float | None, end_s: float | None, reach_s: float
) -> BentLine | None:
    """Fit a slope between two levels.

    Args:
        time_s: shape ``(N,)``, rising.
        offset_s: shape ``(N,)``.
        start_s: about where the slope begins; ``None`` where it has no beginning.
        end_s: about where it ends; ``None`` where it has no end.
        reach_s: the bends are looked for so far to both sides.

    Returns:
        ``None`` where too few offsets lie on the levels or on the slope.
    """
    lows = np.array([-np.inf if start_s is None else start_s, np.inf if end_s is None else end_s])
    best, reach = lows, reach_s
    for _ in range(_ROUNDS):
        starts = _tried(float(best[0]), reach)
        ends = _tried(float(best[1]), reach)
        pairs = np.array([(a, b) for a in starts for b in ends if a < b])
        if pairs.size == 0:
            return None
        best = pairs[int(np.argmin(_left_over(time_s, offset_s, pairs)))]
        reach /= _FINER
    levels = [time_s[time_s <= best[0]].size] * (start_s is not None) + [time_s[time_s >= best[1]].size] * (
        end_s is not None
    )
    inside = time_s.size - sum(levels)
    if inside < _MIN_LEVEL or any(count < _MIN_LEVEL for count in levels):
        return None
    spread_s = float(np.sqrt(_left_over(time_s, offset_s, best[None])[0] / time_s.size))
    return BentLine(
        start_s=None if start_s is None else float(best[0]),
        end_s=None if end_s is None else float(best[1]),
        slope=float(_slopes(time_s, offset_s, best[None])[0]),
        spread_s=spread_s,
    )


def _tried(middle_s: float, reach_s: float) -> list[float]:
    """Places around one; the one alone where it is at infinity."""
    if not np.isfinite(middle_s):
        return [middle_s]
    return [middle_s + float(step) for step in np.linspace(-reach_s, reach_s, _STEPS)]


def _gone(time_s: Floats, bends: Floats) -> Floats:
    """How much of each slope has gone by at each time, less its mean; shape ``(K, N)`` for K pairs of bends."""
    gone = np.clip(time_s[None], bends[:, :1], bends[:, 1:])
    return np.asarray(gone - gone.mean(axis=1, keepdims=True), np.float64)


def _slopes(time_s: Floats, offset_s: Floats, bends: Floats) -> Floats:
    gone = _gone(time_s, bends)
    power = np.maximum((gone * gone).sum(axis=1), 1e-12)
    return np.asarray((gone * (offset_s - offset_s.mean())).sum(axis=1) / power, np.float64)


def _left_over(time_s: Floats, offset_s: Floats, bends: Floats) -> Floats:
    """Sum of squares that the best slope leaves, for each pair of bends; shape ``(K,)``."""
    left = (offset_s - offset_s.mean())[None] - _slopes(time_s, offset_s, bends)[:, None] * _gone(time_s, bends)
    return np.asarray((left * left).sum(axis=1), np.float64)
