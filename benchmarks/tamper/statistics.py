"""Shares and rates with their 95 % intervals."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_Z: Final = 1.959964
_TAIL: Final = 0.025


@dataclass(frozen=True, slots=True)
class Share:
    """``hits`` of ``total``."""

    hits: int
    total: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.total:
            raise ValueError(f"hits must lie in 0..total, got {self.hits} of {self.total}")

    @property
    def value(self) -> float | None:
        """The share; ``None`` of nothing."""
        return self.hits / self.total if self.total else None

    def interval(self) -> tuple[float, float]:
        """95 % interval (Wilson, 1927, "Probable Inference, the Law of Succession, and Statistical Inference")."""
        if not self.total:
            return 0.0, 1.0
        n, share = self.total, self.hits / self.total
        middle = share + _Z * _Z / (2 * n)
        spread = _Z * math.sqrt(share * (1 - share) / n + _Z * _Z / (4 * n * n))
        scale = 1 + _Z * _Z / n
        low, high = max(0.0, (middle - spread) / scale), min(1.0, (middle + spread) / scale)
        # Rounding must not put the share itself outside.
        return min(low, share), max(high, share)


def poisson_interval(count: int) -> tuple[float, float]:
    """95 % interval of a Poisson mean (Garwood, 1936, "Fiducial Limits for the Poisson Distribution")."""
    low = 0.0 if count == 0 else _solve(lambda mean: 1 - _poisson_cdf(count - 1, mean) - _TAIL, count + 1.0)
    return low, _solve(lambda mean: _TAIL - _poisson_cdf(count, mean), count + 1.0)


def f1(precision: float | None, recall: float | None) -> float | None:
    """Harmonic mean; ``None`` where one of them is unknown."""
    if precision is None or recall is None:
        return None
    return 0.0 if precision + recall == 0 else 2 * precision * recall / (precision + recall)


def _poisson_cdf(count: int, mean: float) -> float:
    if mean <= 0:
        return 1.0
    logs = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(count + 1)]
    return min(1.0, math.fsum(math.exp(value) for value in logs))


def _solve(rising: Callable[[float], float], start: float) -> float:
    low, high = 0.0, start
    while rising(high) < 0:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if rising(middle) < 0 else (low, middle)
    return high
