"""Where the mains hum changes its frequency, to a tenth of a second or two.

A comb of hum lines needs windows of 8 s to be told from others; where two of them meet is known to 4 s. Between two
known frequencies the instant of change is a question of phase: before it all harmonics turn with the one, behind it
with the other, and the split that leaves most of both in step is the border (a generalised likelihood ratio for one
change; Basseville and Nikiforov 1993, chapter 2).
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import HARMONICS, HUM_STEP_NS, MAINS_HZ
from lessonproof.evidence.intervals import NS_PER_S

BORDER_BLUR_NS: Final = 5 * HUM_STEP_NS
"""How far a border that was found may lie beside the true one."""
_ORDER: Final = np.array(HARMONICS, np.float64)
_REACH_STEPS: Final = 80
_SURE_STEPS: Final = 30
"""So much at both ends of what is looked at holds one frequency only."""
_TUNING_HZ: Final = np.linspace(-0.1, 0.1, 21)
_LOUD: Final = 2.0
"""Beyond so many times its usual size a line is speech: it keeps its phase and loses its weight."""
_LEAST_GAIN: Final = 20.0
"""What one change must explain beyond none. For noise alone it is about one for each harmonic."""
_TINY: Final = 1e-9


def border_of_hum(hum: NDArray[np.float16], about_ns: int, before_hz: float, after_hz: float) -> int | None:
    """The instant at which the hum goes from one frequency to another.

    Args:
        hum: complex amplitudes at the mains' harmonics, shape ``(B, 5, 2)``, as in ``SoundFeatures``.
        about_ns: where, to some 5 s.
        before_hz: base frequency before, Hz.
        after_hz: base frequency behind, Hz.

    Returns:
        From the first presented frame, or ``None`` where the lines do not tell.
    """
    found_ns = _border_near(hum, about_ns, before_hz, after_hz)
    # From there both ends of what is looked at surely hold one frequency each.
    return None if found_ns is None else _border_near(hum, found_ns, before_hz, after_hz)


def _border_near(hum: NDArray[np.float16], about_ns: int, before_hz: float, after_hz: float) -> int | None:
    middle = about_ns // HUM_STEP_NS
    first, last = max(0, middle - _REACH_STEPS), min(len(hum), middle + _REACH_STEPS)
    if last - first < 3 * _SURE_STEPS:
        return None
    lines = _limited(hum[first:last])
    before = _turned(lines, _tuned(lines, slice(0, _SURE_STEPS), before_hz))
    after = _turned(lines, _tuned(lines, slice(len(lines) - _SURE_STEPS, None), after_hz))
    left = np.square(np.abs(np.cumsum(before, axis=0)))[:-1]
    right = np.square(np.abs(np.cumsum(after[::-1], axis=0)))[::-1][1:]
    count = np.arange(1, len(lines))[:, None]
    power = np.square(np.abs(lines)).mean(axis=0) + _TINY
    gain = ((left / count + right / (len(lines) - count)) / power).sum(axis=1)
    best = int(np.argmax(gain))
    if float(gain[best] - max(gain[0], gain[-1])) < _LEAST_GAIN:
        return None
    return (first + best + 1) * HUM_STEP_NS


def _limited(hum: NDArray[np.float16]) -> NDArray[np.complex128]:
    lines = hum[..., 0].astype(np.float64) + 1j * hum[..., 1].astype(np.float64)
    usual = np.median(np.abs(lines), axis=0) + _TINY
    return np.asarray(lines / np.maximum(1.0, np.abs(lines) / (_LOUD * usual)))


def _tuned(lines: NDArray[np.complex128], sure: slice, base_hz: float) -> float:
    """The frequency around ``base_hz`` that keeps the lines in step where only one can be."""
    part = np.zeros_like(lines)
    part[sure] = lines[sure]
    power = np.square(np.abs(lines)).mean(axis=0) + _TINY
    kept = [
        float((np.square(np.abs(_turned(part, base_hz + by).sum(axis=0))) / power).sum()) for by in _TUNING_HZ.tolist()
    ]
    return base_hz + float(_TUNING_HZ[int(np.argmax(kept))])


def _turned(lines: NDArray[np.complex128], base_hz: float) -> NDArray[np.complex128]:
    """Lines of that frequency, standing still."""
    time_s = np.arange(len(lines)) * (HUM_STEP_NS / NS_PER_S)
    return np.asarray(lines * np.exp(-2j * np.pi * (base_hz - MAINS_HZ) * np.outer(time_s, _ORDER)))
