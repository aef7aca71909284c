"""How long the steps from frame to frame are: stretches whose steps are of another length than the recording's.

Retiming scales every step alike and to the tick, so its borders stand in the packet table to the frame. What it cannot
tell is who made it: a camera slows its frames down to any length in the dark. It speaks for other witnesses only.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.intervals import NS_PER_S, Interval

_STEADY_SPREAD: Final = 0.01
"""Spread of single steps against their length below which a recorder keeps a constant rate (rounding is less)."""
_ROUNDING_NS: Final = 500_000
"""Matroska rounds times to milliseconds."""
_LEVEL_STEPS: Final = 25
"""Over so many steps their mean is good to a hundredth of the rounding's share."""
_NOMINAL_RATES: Final = (10, 12, 12.5, 15, 16, 18, 20, 24_000 / 1001, 24, 25, 30_000 / 1001, 30, 48, 50,
                         60_000 / 1001, 60)  # fmt: skip
_NOMINAL_SHARE: Final = 0.003
_RETIMED_SHARE: Final = 0.006
"""How exactly a rate divided by a measured factor must be a recorder's."""
_REFERENCE_SHARE: Final = 0.2
_STEP_CHANGE: Final = 0.02
_STEP_BOUNDS: Final = (0.7, 1.4)
_MIN_STRETCH_NS: Final = 15 * NS_PER_S
_BLUR_STEPS: Final = 2
_SLACK: Final = 0.005


def usual_step(steps: NDArray[np.int64]) -> float:
    """Length of a recording's step, ns."""
    return float(np.median(steps))


def step_levels(steps: NDArray[np.int64]) -> NDArray[np.float64]:
    """Mean length of the steps around each one, ns; where frames are missing the others count."""
    usual = usual_step(steps)
    single = (steps > 0.5 * usual) & (steps < 1.5 * usual)
    width = min(_LEVEL_STEPS, steps.size)
    kernel = np.ones(width)
    count = np.convolve(single, kernel, mode="same")
    total = np.convolve(np.where(single, steps, 0).astype(np.float64), kernel, mode="same")
    return np.where(count > 0, total / np.maximum(count, 1), usual)


def is_steady(steps: NDArray[np.int64], levels: NDArray[np.float64]) -> bool:
    """Whether the recorder keeps a constant rate wherever one looks, though perhaps not the same one everywhere."""
    usual = usual_step(steps)
    single = (steps > 0.5 * usual) & (steps < 1.5 * usual)
    spread = float(np.median(np.abs(steps - levels)[single])) if single.any() else usual
    return spread <= max(_STEADY_SPREAD * usual, _ROUNDING_NS)


def other_steps(presented: NDArray[np.int64], levels: NDArray[np.float64]) -> list[SpeedEvidence]:
    """Stretches of another rate than the recording's, and than any recorder's.

    Args:
        presented: times of a recording with a steady rate, ns.
        levels: of its steps.
    """
    steps = np.diff(presented)
    usual = _reference(levels)
    ratio = usual / levels
    other = (np.abs(ratio - 1) >= _STEP_CHANGE) & (ratio >= _STEP_BOUNDS[0]) & (ratio <= _STEP_BOUNDS[1])
    found: list[SpeedEvidence] = []
    for a, b in runs(other):
        level = float(np.median(levels[a:b]))
        if int(presented[b] - presented[a]) < _MIN_STRETCH_NS or _is_nominal(NS_PER_S / level, _NOMINAL_SHARE):
            continue
        first = _split(steps, a, usual, level)
        end = _split(steps, b, level, usual)
        within = Interval(int(presented[first]), int(presented[end]))
        factor, blur_ns = usual / level, round(_BLUR_STEPS * level)
        found.append(SpeedEvidence(within, factor, factor - _SLACK, factor + _SLACK, SpeedSource.CADENCE, blur_ns))
    return found


def is_retimed(steps: NDArray[np.int64], factor: float) -> bool:
    """Whether a stretch has the rate of a recorder times ``factor``, which is no recorder's rate itself."""
    if steps.size < _LEVEL_STEPS or not is_steady(steps, levels := step_levels(steps)):
        return False
    rate_hz = NS_PER_S / float(np.median(levels))
    return not _is_nominal(rate_hz, _RETIMED_SHARE) and _is_nominal(rate_hz / factor, _RETIMED_SHARE)


def _reference(levels: NDArray[np.float64]) -> float:
    """The recording's own length of a step: the commonest that recorders have, else the middle one."""
    nominal = NS_PER_S / np.array(_NOMINAL_RATES)
    share = [float(np.mean(np.abs(levels / step - 1) <= _NOMINAL_SHARE)) for step in nominal.tolist()]
    best = int(np.argmax(share))
    return float(nominal[best]) if share[best] >= _REFERENCE_SHARE else float(np.median(levels))


def _split(steps: NDArray[np.int64], about: int, before: float, after: float) -> int:
    """The row around ``about`` at which steps of one length give way to steps of another, by least squares."""
    if about in (0, steps.size):
        return about
    low, high = max(0, about - _LEVEL_STEPS), min(steps.size, about + _LEVEL_STEPS)
    here = np.clip(steps[low:high].astype(np.float64), 0.5 * min(before, after), 1.5 * max(before, after))
    gained = np.square(here - after) - np.square(here - before)
    return low + int(np.argmax(np.concatenate([[0.0], np.cumsum(gained)])))


def _is_nominal(rate_hz: float, share: float) -> bool:
    return any(abs(rate_hz / nominal - 1) <= share for nominal in _NOMINAL_RATES)
