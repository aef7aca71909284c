"""How the learning rate rises and falls over the time given. Pure."""

import math
from dataclasses import dataclass

STRIDE_PX = 32
"""Pixels of a cell of the network's coarsest grid: inputs are multiples of it."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """Linear warm-up, then half a cosine down to a remainder (Loshchilov and Hutter 2017, "SGDR", without restarts).

    Runs over the share of the *time* that has passed, not over steps: on a machine that others use too, nobody knows
    beforehand how many steps will fit, and a schedule that is cut off has not settled.

    Attributes:
        peak_rate: highest learning rate.
        warm_up_share: share of the time in which it is reached, ``[0, 1)``.
        final_share: what is left of it at the end, as a share of ``peak_rate``.
        mosaic_until: share of the time after which mosaics are no longer made: the last steps see whole pictures.
        small_until: share of the time in which the network sees smaller squares (Tan and Le 2021, "EfficientNetV2",
            section 4): on a CPU a step costs half, and coarse things are learned first.
        small_scale: their side as a share of the full one.
    """

    peak_rate: float = 2e-3
    warm_up_share: float = 0.03
    final_share: float = 0.02
    mosaic_until: float = 0.88
    small_until: float = 0.65
    small_scale: float = 0.8

    def size_px(self, progress: float, full_size_px: int) -> int:
        """Side of the network's input after the share ``progress`` of the time: a multiple of its largest stride."""
        if progress >= self.small_until:
            return full_size_px
        return max(STRIDE_PX, round(full_size_px * self.small_scale / STRIDE_PX) * STRIDE_PX)

    def rate(self, progress: float) -> float:
        """The learning rate after the share ``progress`` of the time, ``[0, 1]``; beyond 1 the final one."""
        if progress < self.warm_up_share:
            return self.peak_rate * (0.01 + 0.99 * progress / self.warm_up_share)
        passed = min(1.0, (progress - self.warm_up_share) / (1 - self.warm_up_share))
        falling = (1 + math.cos(math.pi * passed)) / 2
        return self.peak_rate * (self.final_share + (1 - self.final_share) * falling)


def ema_decay(step: int, *, limit: float = 0.998, ramp_steps: int = 300) -> float:
    """How much of the averaged weights is kept in a step: little at first, ``limit`` in the end, ``[0, limit]``."""
    return limit * (1 - math.exp(-step / ramp_steps))
