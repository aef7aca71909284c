"""The mains hum in the sound: its frequency, its phase, and where the phase jumps although the hum itself stays.

A grid's phase never jumps. A cut of so many seconds leaves the hum's amplitudes as they are and shifts every harmonic
by what one shift in time explains; a lamp that is switched changes amplitudes as well, and no single shift in time
explains its phases (Nicolalde and Apolinario 2009; Esquef, Apolinario and Biscainho 2014, on edits in the electric
network's phase). A cut by whole periods of the grid leaves no trace: at 25 pictures a second only the grid's own drift
away from 50 Hz shifts the phase.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import HARMONICS, HUM_STEP_NS, SoundFeatures
from lessonproof.evidence.intervals import NS_PER_S

_ORDER: Final = np.array(HARMONICS, np.float64)
_STEP_S: Final = HUM_STEP_NS / NS_PER_S
_LAGS: Final = (1, 4, 10)
_DEVIATIONS_HZ: Final = np.arange(-0.3, 0.3001, 0.0025)
_TRACK_STEPS: Final = 10
_TRACK_REACH: Final = 60
_SMOOTH: Final = 5
_SIDE: Final = 24
"""Steps on each side of an instant: 2.4 s."""
_REFERENCE_STEPS: Final = 200
_SHIFTS: Final = np.arange(0, 360, 5) * np.pi / 180
_HALF: Final = _SIDE // 2
_DRIFT_RAD: Final = 0.12
"""How far the first harmonic's phase may run off within some seconds because the track of its frequency is smooth."""
_BEND_RAD: Final = 0.02
"""What is left of that where the slopes are known: a grid's frequency is no straight line in time."""
_MIX_REACH: Final = 2
_LEAST_CONCENTRATION: Final = 3.0
_TINY: Final = 1e-9
_MOST_MAXIMA: Final = 400
_BLOCK_STEPS: Final = 36_000
_OVERLAP_STEPS: Final = 300
_CORRELATED: Final = 2.0
"""Neighbouring steps are not independent: what disturbs the hum lasts longer than 100 ms."""


@dataclass(frozen=True, slots=True, eq=False)
class HumTrack:
    """The hum and its steadiness, in steps of 100 ms; all arrays of shape ``(B,)``.

    Attributes:
        deviation_hz: frequency minus 50 Hz.
        weight: how well the phases before and behind an instant can be compared: the sum of the harmonics'
            concentrations (one over the phase's variance); below 10 there is no telling.
        lines: how many harmonics can be compared.
        jump: log-likelihood of a shift in time at the instant against none.
        misfit: how badly one shift in time explains the phases, as log-likelihood, >= 0.
        mirror_misfit: likewise for a shift together with time that runs backwards on one side.
        shift_rad: that shift, phase at 50 Hz, 0 to 2 pi.
        late_steps: how far behind the step's begin the change lies if there is one, in steps, -2 to 3.
        amplitude_db: how far the amplitudes change at the instant, root mean square over the harmonics that count.
    """

    deviation_hz: NDArray[np.float32]
    weight: NDArray[np.float32]
    lines: NDArray[np.int8]
    jump: NDArray[np.float32]
    misfit: NDArray[np.float32]
    mirror_misfit: NDArray[np.float32]
    shift_rad: NDArray[np.float32]
    late_steps: NDArray[np.float32]
    amplitude_db: NDArray[np.float32]


def track_hum(features: SoundFeatures, *, block_steps: int = _BLOCK_STEPS) -> HumTrack:
    """Follow the hum through the recording, block by block, so that memory does not grow with its length.

    Args:
        features: of the whole recording.
        block_steps: length of a block, steps of 100 ms; an hour unless told.
    """
    parts: list[HumTrack] = []
    for first in range(0, max(1, len(features.hum)), block_steps):
        low, high = max(0, first - _OVERLAP_STEPS), first + block_steps + _OVERLAP_STEPS
        part = _track(features.hum[low:high])
        keep = slice(first - low, first - low + block_steps)
        parts.append(HumTrack(**{name: getattr(part, name)[keep] for name in HumTrack.__dataclass_fields__}))
    names = HumTrack.__dataclass_fields__
    return HumTrack(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def _track(hum: NDArray[np.float16]) -> HumTrack:
    raw = hum[..., 0].astype(np.float32) + 1j * hum[..., 1].astype(np.float32)
    reference = _quiet_level(np.abs(raw))
    lines = _limited(raw, reference)
    deviation_hz = _deviation(lines, reference)
    turned = np.cumsum(deviation_hz) * _STEP_S
    steady = lines * np.exp(-2j * np.pi * np.outer(turned, _ORDER))
    return _compare(steady.astype(np.complex64), deviation_hz)


def _quiet_level(size: NDArray[np.float32]) -> NDArray[np.float32]:
    """Lower quartile of the amplitude over 20 s: the hum's own level where somebody is silent now and then."""
    count = len(size)
    starts = np.arange(0, max(1, count), _REFERENCE_STEPS // 2)
    quartiles = np.array(
        [np.percentile(size[max(0, s - _REFERENCE_STEPS // 2) : s + _REFERENCE_STEPS // 2], 25, axis=0) for s in starts]
    )
    at = np.arange(count)
    columns = [np.interp(at, starts, quartiles[:, k]) for k in range(size.shape[1])]
    return np.asarray(np.stack(columns, axis=1) + 1e-6, np.float32)


def _limited(raw: NDArray[np.complex64], reference: NDArray[np.float32]) -> NDArray[np.complex64]:
    """What is far above the quiet level is not hum: it keeps its phase and loses its weight."""
    return np.asarray(raw / np.maximum(1.0, np.abs(raw) / (2.0 * reference)), np.complex64)


def _box(values: NDArray[np.complex64], reach: int) -> NDArray[np.complex128]:
    """Sums over ``2 * reach + 1`` steps around each step; what lies outside counts as nothing."""
    sums = np.cumsum(np.pad(values, ((reach + 1, reach), (0, 0))), axis=0, dtype=np.complex128)
    return np.asarray(sums[2 * reach + 1 :] - sums[: -2 * reach - 1])


def _deviation(lines: NDArray[np.complex64], reference: NDArray[np.float32]) -> NDArray[np.float64]:
    """Frequency minus 50 Hz that fits all harmonics over 12 s best, one value for each step."""
    count = len(lines)
    at = np.arange(0, count, _TRACK_STEPS)
    unit = lines / (2.0 * reference)
    fit = np.zeros((len(at), len(_DEVIATIONS_HZ)))
    for lag in _LAGS:
        if lag >= count:
            continue
        products = np.zeros_like(unit)
        products[lag:] = unit[lag:] * np.conj(unit[:-lag])
        around = _box(products, _TRACK_REACH)[at]
        turns = np.exp(-2j * np.pi * _STEP_S * lag * np.outer(_ORDER, _DEVIATIONS_HZ))
        fit += (around @ turns).real
    best = _DEVIATIONS_HZ[fit.argmax(axis=1)]
    kernel = np.ones(_SMOOTH) / _SMOOTH
    smooth = np.convolve(np.pad(best, _SMOOTH // 2, mode="edge"), kernel, mode="valid")
    return np.asarray(np.interp(np.arange(count), at, smooth))


def _means(values: NDArray[np.complex64], first: int, length: int) -> NDArray[np.complex128]:
    """Mean over ``length`` steps from ``first`` steps behind each one; what lies outside counts as nothing."""
    count = len(values)
    ahead = max(0, -first)
    sums = np.cumsum(np.pad(values, ((ahead + 1, max(0, first + length)), (0, 0))), axis=0, dtype=np.complex128)
    start = ahead + first
    return np.asarray((sums[start + length : start + length + count] - sums[start : start + count]) / length)


def _side(steady: NDArray[np.complex64], first: int) -> "_Side":
    """Phase, its variance and its slope over 2.4 s that begin ``first`` steps behind each step."""
    mean = _means(steady, first, _SIDE)
    power = _means(np.square(np.abs(steady)).astype(np.complex64), first, _SIDE).real
    strength = np.square(np.abs(mean))
    variance = np.maximum(power - strength, _TINY) * _CORRELATED / _SIDE / (2 * strength + _TINY)
    halves = _means(steady, first + _HALF, _HALF) * np.conj(_means(steady, first, _HALF))
    weight = 1.0 / (4 * variance)
    norm = (weight * np.square(_ORDER)).sum(axis=1)
    slope = (weight * _ORDER * np.angle(halves)).sum(axis=1) / norm
    return _Side(mean, variance, slope, 1.0 / norm)


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One side of every instant: means and relative variances by harmonic, and the slope of the first one's phase."""

    mean: NDArray[np.complex128]
    variance: NDArray[np.float64]
    slope: NDArray[np.float64]
    slope_variance: NDArray[np.float64]


def _compare(steady: NDArray[np.complex64], deviation_hz: NDArray[np.float64]) -> HumTrack:
    """Phases before and behind every step against each other, all harmonics together.

    The step itself and both its neighbours are left out. What the frequency drifts is taken from the phases' slopes
    on both sides, as far as they can be measured.
    """
    before, after = _side(steady, -_SIDE - 1), _side(steady, 2)
    ratio = (_SIDE + 3) / _HALF
    drift = ratio * (before.slope + after.slope) / 2
    measured = ratio**2 * (before.slope_variance + after.slope_variance) / 4
    trust = _DRIFT_RAD**2 / (_DRIFT_RAD**2 + measured)
    left = trust * measured + _BEND_RAD**2
    variance = before.variance + after.variance + np.outer(left, np.square(_ORDER))
    concentration = 1.0 / variance
    concentration[concentration < _LEAST_CONCENTRATION] = 0.0
    concentration[: _SIDE + 1] = concentration[-_SIDE - 2 :] = 0.0
    phase = np.angle(after.mean * np.conj(before.mean)) - np.outer(trust * drift, _ORDER)
    none, top, shift = _fit(phase, concentration)
    _, mirrored, _ = _fit(np.angle(after.mean * before.mean), concentration)
    late = _lateness(steady, before, after, concentration)
    counts = concentration > 0
    change_db = 20 * np.log10((np.abs(after.mean) + _TINY) / (np.abs(before.mean) + _TINY))
    lines = counts.sum(axis=1)
    return HumTrack(
        deviation_hz=deviation_hz.astype(np.float32),
        weight=concentration.sum(axis=1).astype(np.float32),
        lines=lines.astype(np.int8),
        jump=(top - none).astype(np.float32),
        misfit=(-top).astype(np.float32),
        mirror_misfit=(-mirrored).astype(np.float32),
        shift_rad=shift.astype(np.float32),
        late_steps=late.astype(np.float32),
        amplitude_db=np.sqrt((np.square(change_db) * counts).sum(axis=1) / np.maximum(lines, 1)).astype(np.float32),
    )


def _lateness(
    steady: NDArray[np.complex64], before: _Side, after: _Side, concentration: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Place of a change: each of the five steps around it is a mixture of what was before and what comes behind."""
    gap = before.mean - after.mean
    size = np.square(np.abs(gap))
    weight = (concentration * size).sum(axis=1) + _TINY
    padded = np.pad(steady, ((_MIX_REACH, _MIX_REACH), (0, 0)), mode="edge")
    share = np.zeros(len(steady))
    for number in range(2 * _MIX_REACH + 1):
        here = padded[number : number + len(steady)]
        part = ((here - after.mean) * np.conj(gap)).real
        share += np.clip((concentration * part).sum(axis=1) / weight, -0.25, 1.25)
    return np.clip(share - _MIX_REACH, -_MIX_REACH, _MIX_REACH + 1)


def _fit(
    phase: NDArray[np.float64], concentration: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Log-likelihood of no shift and of the best one, and that one, for phases of shape ``(B, harmonics)``."""
    none = (concentration * (np.cos(phase) - 1.0)).sum(axis=1)
    best, at = np.full(len(phase), -np.inf), np.zeros(len(phase))
    for shift in _SHIFTS:
        here = (concentration * (np.cos(phase - shift * _ORDER) - 1.0)).sum(axis=1)
        better = here > best
        best[better], at[better] = here[better], shift
    return none, best, at


def local_maxima(values: NDArray[np.float32]) -> NDArray[np.int64]:
    """Instants at which a series above 0 is highest within the length of a side, in time order."""
    found: list[int] = []
    for index in np.argsort(-values, kind="stable").tolist():
        if values[index] <= 0 or len(found) >= _MOST_MAXIMA:
            break
        if all(abs(index - other) > _SIDE for other in found):
            found.append(index)
    return np.array(sorted(found), np.int64)
