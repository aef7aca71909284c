"""Is it the very same sound, or only the same words: two stretches sample by sample.

A bell, a film shown twice and a teacher's standing phrase sound alike; the room's noise under them does not come back.
So phases are compared where the sound is faint: there only a copy of the recording agrees.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import RATE_HZ

MOST_SHIFT: Final = RATE_HZ * 80 // 1000
"""The prints place a pair to within two of their steps."""
_WINDOW: Final = 512
_HOP: Final = 256
_FAINT_SHARE: Final = 0.3
_LOW_HZ: Final = 200.0
_HIGH_HZ: Final = 3000.0
_EDGE_WINDOW: Final = RATE_HZ // 10
_EDGE_HOP: Final = RATE_HZ // 100


@dataclass(frozen=True, slots=True, eq=False)
class Coherence:
    """Two stretches against each other.

    Attributes:
        shift: samples by which the second has to be moved back to lie on the first one's grid.
        overall: correlation of the waveforms at that shift, treble raised, -1..1.
        faint: mean cosine of the phases' difference where the sound is faint, -1..1; independent noise gives 0.
        course: correlation of the waveforms in windows of 100 ms, each 10 ms; shape ``(N,)``.
    """

    shift: int
    overall: float
    faint: float
    course: NDArray[np.float32]


def compare(first: NDArray[np.float32], second: NDArray[np.float32], inside: slice) -> Coherence:
    """Compare two stretches.

    Args:
        first: samples, shape ``(N,)``.
        second: shape ``(N + 2 * MOST_SHIFT,)``: the other stretch with so much on both sides.
        inside: samples of ``first`` that are thought to be equal; the rest is margin, for the course alone.
    """
    edged, other = np.diff(first, prepend=first[:1]), np.diff(second, prepend=second[:1])
    shift = _shift(edged[inside], other[inside.start : inside.stop + 2 * MOST_SHIFT])
    moved = other[shift : shift + len(edged)]
    course = _course(edged, moved)
    overall = _correlation(edged[inside], moved[inside])
    return Coherence(shift - MOST_SHIFT, overall, _faint(edged[inside], moved[inside]), course)


def edges(course: NDArray[np.float32], inside: slice) -> tuple[int, int]:
    """Samples between which a course of correlations is high; ``inside`` is known to be mostly so."""
    first, last = inside.start // _EDGE_HOP, max(inside.start // _EDGE_HOP + 1, inside.stop // _EDGE_HOP)
    high = float(np.median(course[first:last]))
    gain = course - high / 2
    middle = (first + last) // 2
    after = np.cumsum(gain[middle:])
    before = np.cumsum(gain[:middle][::-1])
    end = middle + 1 + int(after.argmax()) if after.size else middle
    start = middle - 1 - int(before.argmax()) if before.size else middle
    half = _EDGE_WINDOW // 2
    return start * _EDGE_HOP + half, end * _EDGE_HOP + half


def _shift(first: NDArray[np.float32], second: NDArray[np.float32]) -> int:
    """Where in ``second`` the first stretch lies best."""
    points = 1 << (len(first) + len(second)).bit_length()
    cross = np.fft.irfft(np.fft.rfft(second, points) * np.conj(np.fft.rfft(first, points)), points)
    return int(cross[: 2 * MOST_SHIFT + 1].argmax())


def _correlation(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    size = float(np.sqrt(np.square(first).sum(dtype=np.float64) * np.square(second).sum(dtype=np.float64)))
    return float((first * second).sum(dtype=np.float64) / size) if size > 0 else 0.0


def _course(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    columns = [np.cumsum(np.pad(row, (1, 0)), dtype=np.float64) for row in (first * second, first**2, second**2)]
    at = np.arange(0, max(1, len(first) - _EDGE_WINDOW), _EDGE_HOP)
    cross, one, two = (column[at + _EDGE_WINDOW] - column[at] for column in columns)
    return np.asarray(cross / np.sqrt(np.maximum(one * two, 1e-20)), np.float32)


def _faint(first: NDArray[np.float32], second: NDArray[np.float32]) -> float:
    """Agreement of the phases in the faintest cells of every frequency; a rest of a sample's shift is taken out."""
    window = np.hanning(_WINDOW).astype(np.float32)
    spectra = [
        np.fft.rfft(np.lib.stride_tricks.sliding_window_view(row, _WINDOW)[::_HOP] * window) for row in (first, second)
    ]
    low, high = (int(hertz * _WINDOW / RATE_HZ) for hertz in (_LOW_HZ, _HIGH_HZ))
    one, two = (spectrum[:, low:high] for spectrum in spectra)
    cross = two * np.conj(one)
    bins = np.arange(low, high)
    rest = _rest_of_shift(cross, bins)
    cross = cross * np.exp(-2j * np.pi * rest * bins / _WINDOW)
    power = np.log(np.abs(one) + 1e-9) + np.log(np.abs(two) + 1e-9)
    faint = power <= np.quantile(power, _FAINT_SHARE, axis=0)
    return float(np.mean(cross[faint].real / (np.abs(cross[faint]) + 1e-20)))


def _rest_of_shift(cross: NDArray[np.complexfloating], bins: NDArray[np.int64]) -> float:
    """Part of a sample, positive or negative, that explains the phases of the loud cells best."""
    total = cross.sum(axis=0)
    shifts = np.linspace(-0.75, 0.75, 61)
    fit = (np.exp(-2j * np.pi * np.outer(shifts, bins) / _WINDOW) @ total).real
    return float(shifts[fit.argmax()])
