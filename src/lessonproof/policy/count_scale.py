"""A camera's own correction of head counts, from what reviewers counted by eye in its pictures.

A detector misses more people in some rooms than in others. Where reviewers counted in several pictures of one camera,
the ratio of their numbers to the machine's says how this camera is to be read: its logarithm is taken as normally
distributed, and the interval of one further ratio is the prediction interval of that distribution (Student's t).

Source: Montgomery & Runger, "Applied statistics and probability for engineers", prediction interval for a future
observation.
"""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.headcount import FrameCount

LEAST_CORRECTIONS: Final = 3
"""Two numbers say nothing of how far a third may lie."""
LEAST_SPREAD: Final = 0.05
"""Standard deviation of the logarithm below which no room is trusted to be: people are miscounted by eye too."""
HALF: Final = 0.5
"""Added to both numbers, so that a picture with nobody has a ratio."""
_T_975: Final = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145)
"""Student's t, 97.5 %, for 1, 2, ... degrees of freedom; beyond the table its last value, which is wider."""


@dataclass(frozen=True, slots=True)
class CountScale:
    """How one camera's counts are to be read.

    Attributes:
        low_factor: people for each counted one at least.
        factor: people for each counted one.
        high_factor: people for each counted one at most.
        corrections: reviewers' numbers that it rests on.
    """

    low_factor: float
    factor: float
    high_factor: float
    corrections: int


def fit_scale(pairs: Sequence[tuple[int, int]]) -> CountScale | None:
    """Learn from reviewers' numbers.

    Args:
        pairs: people that a reviewer counted, and the machine's count of the same picture; all of one camera.

    Returns:
        ``None`` where there are fewer than :data:`LEAST_CORRECTIONS`.
    """
    if len(pairs) < LEAST_CORRECTIONS:
        return None
    logs = [math.log((truth + HALF) / (count + HALF)) for truth, count in pairs]
    mean, spread = statistics.fmean(logs), max(LEAST_SPREAD, statistics.stdev(logs))
    t = _T_975[min(len(logs) - 1, len(_T_975)) - 1]
    reach = t * spread * math.sqrt(1 + 1 / len(logs))
    return CountScale(math.exp(mean - reach), math.exp(mean), math.exp(mean + reach), len(logs))


def scaled(sample: FrameCount, scale: CountScale | None) -> FrameCount:
    """A count as the camera's corrections read it; unknown counts stay unknown."""
    if scale is None or sample.count is None:
        return sample
    base = sample.count + HALF
    low = max(0, math.floor(base * scale.low_factor - HALF))
    high = math.ceil(base * scale.high_factor - HALF)
    count = min(high, max(low, round(base * scale.factor - HALF)))
    return FrameCount(sample.time_ns, count, low, high)
