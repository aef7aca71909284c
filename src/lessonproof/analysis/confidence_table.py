"""What a measured strength is worth: the share of such findings that were right on the benchmark's dev split.

Written by ``python -m benchmarks.tamper calibrate``; not by hand.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

POOLED: Final = "*"
"""Stands for every kind that the dev split showed too seldom to speak for itself."""

# Kind -> (raw confidence, share of findings that were right), rising in both; straight lines in between.
TABLE: Final[Mapping[str, Sequence[tuple[float, float]]]] = {
    "*": (
        (0.8446, 0.9421),
        (0.9777, 0.9809),
        (0.9957, 0.9994),
    ),
    "cut": (
        (0.9063, 0.7916),
        (0.991, 0.9994),
    ),
    "loop": (
        (0.9697, 0.8958),
        (0.995, 0.993),
    ),
}


def calibrated(kind: str, raw: float) -> float:
    """The confidence to print for a finding.

    Args:
        kind: kind of finding.
        raw: what the measurement gives, 0..1, rising with its strength.

    Returns:
        0..1, never falling where ``raw`` rises; ``raw`` itself while nothing was measured.
    """
    knots = TABLE.get(kind) or TABLE.get(POOLED)
    if not knots:
        return raw
    place = bisect_right([knot[0] for knot in knots], raw)
    if place == len(knots):
        return knots[-1][1]
    if place == 0:
        # Weaker than nearly all that was ever told: nobody knows how often that is right, less often than those.
        return knots[0][1] * raw / knots[0][0]
    (x0, y0), (x1, y1) = knots[place - 1], knots[place]
    return y0 + (y1 - y0) * (raw - x0) / (x1 - x0)
