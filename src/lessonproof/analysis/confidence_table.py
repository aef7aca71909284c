"""What a measured strength is worth: the share of such findings that were right on the benchmark's dev split.

Written by ``python -m benchmarks.tamper calibrate``; not by hand.
"""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

POOLED: Final = "*"
"""Stands for every kind that the dev split showed too seldom to speak for itself."""

# Kind -> (raw confidence, share of findings that were right), rising in both; straight lines in between.
TABLE: Final[Mapping[str, Sequence[tuple[float, float]]]] = {}


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
    if place in {0, len(knots)}:
        return knots[min(place, len(knots) - 1)][1]
    (x0, y0), (x1, y1) = knots[place - 1], knots[place]
    return y0 + (y1 - y0) * (raw - x0) / (x1 - x0)
