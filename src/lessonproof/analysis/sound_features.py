"""Sound boiled down: from samples at 8 kHz, block by block, to what the measurements of sound need, 2 MB an hour.

Everything lies on one grid that begins at the first presented frame. Where the track holds no samples the features
read as silence and the level says so.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S

RATE_HZ: Final = 8000
LEVEL_STEP_NS: Final = 50 * NS_PER_MS
BAND_STEP_NS: Final = 100 * NS_PER_MS
HUM_STEP_NS: Final = 100 * NS_PER_MS
"""Five periods of 50 Hz: what one harmonic gives is blind for the others."""
PRINT_STEP_NS: Final = 32 * NS_PER_MS
SHAPE_STEP_NS: Final = NS_PER_S
COMB_STEP_NS: Final = 4 * NS_PER_S
HARMONICS: Final = (1, 2, 3, 4, 6)
"""Of 50 Hz. Lamps and transformers hum at 100 Hz and its multiples; loops of cable pick up 50 and 150 Hz."""
BAND_DB_STEP: Final = 0.5
BAND_DB_LOWEST: Final = -125.0
DROP_DB_STEP: Final = 0.25
DROP_LATE_NS: Final = 45 * NS_PER_MS
CHUNK_SAMPLES: Final = 512_000
"""64 s: every step above goes into it without a rest."""

_LEVEL_SAMPLES: Final = RATE_HZ * LEVEL_STEP_NS // NS_PER_S
_FINE_SAMPLES: Final = 80
_FINE_WINDOW: Final = 160
_FINE_PER_LEVEL: Final = _LEVEL_SAMPLES // _FINE_SAMPLES
_FINE_PER_BAND: Final = RATE_HZ * BAND_STEP_NS // NS_PER_S // _FINE_SAMPLES
_FINE_PER_SHAPE: Final = RATE_HZ // _FINE_SAMPLES
_SIDE_FRAMES: Final = 3
PRINT_SAMPLES: Final = RATE_HZ * PRINT_STEP_NS // NS_PER_S
_PRINT_WINDOW: Final = 2048
_HUM_SAMPLES: Final = RATE_HZ * HUM_STEP_NS // NS_PER_S
_COMB_SAMPLES: Final = RATE_HZ * COMB_STEP_NS // NS_PER_S
_COMB_WINDOW: Final = 2 * _COMB_SAMPLES
_BAND_EDGES_HZ: Final = (75, 150, 250, 400, 600, 850, 1150, 1500, 1900, 2350, 2800, 3300, 3800)
_CONTEXT: Final = _COMB_WINDOW
_EMPTY: Final = 1e-13
_FLOOR_PERCENTILE: Final = 15
_FLOOR_DBFS: Final = -75.0
_LOUD_WITHIN_DB: Final = 30.0
_BASE_GRID_HZ: Final = np.arange(30.0, 80.0, 0.02)
_COMB_HARMONICS: Final = (1, 2, 3, 4, 5, 6, 7)
COMB_TEETH: Final = len(_COMB_HARMONICS)
_TOOTH_CAP_DB: Final = 15.0
_WHITEN_HZ: Final = 3.0
MAINS_HZ: Final = 50.0
MAINS_TOLERANCE_HZ: Final = 0.25
"""Real grids stay within 0.2 Hz (GB/T 15945); the rest is a recorder's crystal."""


@dataclass(frozen=True, slots=True, eq=False)
class SoundFeatures:
    """What is kept of the sound, on the recording's time line from the first presented frame.

    Attributes:
        rms_dbfs: level in steps of 50 ms, shape ``(L,)``, float16; ``-inf`` exact silence, NaN no samples at all.
        drop: steepest fall of the sound over some 40 ms within each 50 ms, mean over bands, steps of 0.25 dB; shape
            ``(L,)``, uint8.
        drop_at: where in its 50 ms that fall lies, in steps of 10 ms; shape ``(L,)``, uint8. Falls are noted when both
            their sides have been heard, ``DROP_LATE_NS`` behind their middle.
        bands: power in twelve bands from 75 Hz to 3.8 kHz in steps of 100 ms, half decibels above -125 dBFS; shape
            ``(B, 12)``, uint8.
        hum: complex amplitude times 1000 at 50 Hz and harmonics (``HARMONICS``) against the recording's clock, steps of
            100 ms, real and imaginary part; shape ``(B, 5, 2)``, float16.
        prints: sub-fingerprints in steps of 32 ms (Haitsma and Kalker 2002); shape ``(P,)``, uint32.
        shape: sums of the second and third power of the level's steps, dB over 20 ms, for each second; shape
            ``(S, 2)``, float32.
        comb: for windows of 8 s each 4 s: base frequency of the strongest comb of hum lines, Hz, its mean height in dB,
            and the same near 50 Hz; shape ``(C, 4)``, float32.
    """

    rms_dbfs: NDArray[np.float16]
    drop: NDArray[np.uint8]
    drop_at: NDArray[np.uint8]
    bands: NDArray[np.uint8]
    hum: NDArray[np.float16]
    prints: NDArray[np.uint32]
    shape: NDArray[np.float32]
    comb: NDArray[np.float32]


class FeatureBuilder:
    """Collects samples in the order of time and turns every 64 s into features; memory does not grow with the sound."""

    def __init__(self, duration_ns: int) -> None:
        self._end = duration_ns * RATE_HZ // NS_PER_S
        self._duration_ns = duration_ns
        self._samples = np.zeros(_CONTEXT + CHUNK_SAMPLES, np.float32)
        self._present = np.zeros(CHUNK_SAMPLES, np.bool_)
        self._first = 0
        self._filled = 0
        self._has_sound = False
        self._parts: list[SoundFeatures] = []

    def add(self, start: int, samples: NDArray[np.float32]) -> None:
        """Take samples.

        Args:
            start: number of the first one on the grid; what lies before samples already taken, or outside of the
                recording, is left out.
            samples: shape ``(N,)``.
        """
        at = max(start, self._first + self._filled, 0)
        samples = samples[at - start : max(0, self._end - start)]
        while samples.size:
            while at >= self._first + CHUNK_SAMPLES:
                self._close()
            inside = at - self._first
            taken = min(samples.size, CHUNK_SAMPLES - inside)
            self._samples[_CONTEXT + inside : _CONTEXT + inside + taken] = samples[:taken]
            self._present[inside : inside + taken] = True
            self._has_sound = True
            self._filled = inside + taken
            at, samples = at + taken, samples[taken:]

    def build(self) -> SoundFeatures | None:
        """Everything so far; ``None`` where there was not one sample."""
        if not self._has_sound:
            return None
        while self._first < self._end:
            self._close()
        joined = {
            name: np.concatenate([getattr(part, name) for part in self._parts])
            for name in SoundFeatures.__dataclass_fields__
        }
        steps = {
            "rms_dbfs": LEVEL_STEP_NS,
            "drop": LEVEL_STEP_NS,
            "drop_at": LEVEL_STEP_NS,
            "bands": BAND_STEP_NS,
            "hum": HUM_STEP_NS,
            "prints": PRINT_STEP_NS,
            "shape": SHAPE_STEP_NS,
            "comb": COMB_STEP_NS,
        }
        cut = {name: values[: -(-self._duration_ns // steps[name])] for name, values in joined.items()}
        return SoundFeatures(**cut)

    def _close(self) -> None:
        self._parts.append(_features(self._samples, self._present))
        self._samples[:_CONTEXT] = self._samples[CHUNK_SAMPLES:]
        self._samples[_CONTEXT:] = 0.0
        self._present[:] = False
        self._first += CHUNK_SAMPLES
        self._filled = 0


def _features(samples: NDArray[np.float32], present: NDArray[np.bool_]) -> SoundFeatures:
    """Features of one chunk; ``samples`` has the context before it in front."""
    now = samples[_CONTEXT:]
    power = np.square(now).reshape(-1, _LEVEL_SAMPLES).mean(axis=1, dtype=np.float64)
    with np.errstate(divide="ignore"):
        level = 10.0 * np.log10(power)
    level[~present.reshape(-1, _LEVEL_SAMPLES).any(axis=1)] = np.nan
    fine, bands = _fine_bands(samples)
    drop, drop_at = _drops(fine)
    return SoundFeatures(
        rms_dbfs=level.astype(np.float16),
        drop=drop,
        drop_at=drop_at,
        bands=bands,
        hum=_hum(now),
        prints=_prints(samples),
        shape=_shape(fine),
        comb=_comb(samples),
    )


def _frames(samples: NDArray[np.float32], first: int, window: int, hop: int, count: int) -> NDArray[np.float32]:
    """Overlapping windows as a view, shape ``(count, window)``."""
    view = np.lib.stride_tricks.sliding_window_view(samples, window)
    return np.asarray(view[first : first + hop * count : hop])


def _band_sums(windows: NDArray[np.float32], edges: NDArray[np.int64]) -> NDArray[np.float32]:
    spectra = np.fft.rfft(windows)
    power = np.square(spectra.real) + np.square(spectra.imag)
    sums = np.add.reduceat(power, edges, axis=1)[:, :-1]
    return np.asarray(sums, np.float32)


def _fine_bands(samples: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
    """Band levels in dB every 10 ms, with eight frames of what was before in front, and their mean over 100 ms."""
    ahead = 2 * _SIDE_FRAMES + 2
    count = CHUNK_SAMPLES // _FINE_SAMPLES + ahead
    first = _CONTEXT - (ahead + 1) * _FINE_SAMPLES
    window = np.hanning(_FINE_WINDOW + 1)[:-1].astype(np.float32)
    windows = _frames(samples, first, _FINE_WINDOW, _FINE_SAMPLES, count) * window
    edges = np.round(np.array(_BAND_EDGES_HZ) * _FINE_WINDOW / RATE_HZ).astype(np.int64)
    scale = np.float32(2.0 / (RATE_HZ * np.square(window).sum() * _FINE_WINDOW / RATE_HZ))
    power = _band_sums(windows, edges) * scale + np.float32(_EMPTY)
    mean = power[ahead:].reshape(-1, _FINE_PER_BAND, power.shape[1]).mean(axis=1)
    coarse = np.round((10.0 * np.log10(mean) - BAND_DB_LOWEST) / BAND_DB_STEP)
    return np.asarray(10.0 * np.log10(power), np.float32), np.clip(coarse, 0, 255).astype(np.uint8)


def _drops(fine: NDArray[np.float32]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Mean over bands of how far the sound falls from 30 ms before an instant to 30 ms behind it, 20 ms left out."""
    side = _SIDE_FRAMES
    # A coder leaves faint bands out altogether: what falls below the room's noise has not fallen further.
    floor = np.maximum(np.percentile(fine[::7], _FLOOR_PERCENTILE, axis=0), _FLOOR_DBFS).astype(np.float32)
    smooth = np.lib.stride_tricks.sliding_window_view(np.maximum(fine, floor), side, axis=0).mean(axis=2)
    fall = np.clip(smooth[: -side - 2] - smooth[side + 2 :], 0.0, None).mean(axis=1)
    # The context in front is as long as both sides: one fall for each 10 ms, late by half of that.
    fall = fall[: CHUNK_SAMPLES // _FINE_SAMPLES].reshape(-1, _FINE_PER_LEVEL)
    quantised = np.clip(np.round(fall.max(axis=1) / DROP_DB_STEP), 0, 255)
    return quantised.astype(np.uint8), fall.argmax(axis=1).astype(np.uint8)


def _shape(fine: NDArray[np.float32]) -> NDArray[np.float32]:
    """Powers of the level's steps where it is loud: rooms let sound begin at once and fade slowly."""
    steps = fine[2:] - fine[:-2]
    steps = steps[-CHUNK_SAMPLES // _FINE_SAMPLES :]
    now = fine[-len(steps) :]
    loud = now > np.percentile(now[::7], 95, axis=0) - _LOUD_WITHIN_DB
    steps = np.where(loud, np.clip(steps, -30.0, 30.0), 0.0).reshape(-1, _FINE_PER_SHAPE * fine.shape[1])
    return np.stack([np.square(steps).sum(axis=1), (steps**3).sum(axis=1)], axis=1).astype(np.float32)


def _prints(samples: NDArray[np.float32]) -> NDArray[np.uint32]:
    """32 bits: whether the difference of neighbouring bands grows (Haitsma and Kalker 2002, section 4.2)."""
    count = CHUNK_SAMPLES // PRINT_SAMPLES + 1
    window = np.hanning(_PRINT_WINDOW).astype(np.float32)
    first = _CONTEXT - _PRINT_WINDOW
    edges = np.round(np.geomspace(300, 2000, 34) * _PRINT_WINDOW / RATE_HZ).astype(np.int64)
    energies = [
        _band_sums(frames * window, edges)
        for frames in np.array_split(_frames(samples, first, _PRINT_WINDOW, PRINT_SAMPLES, count), 4)
    ]
    bands = np.diff(np.concatenate(energies), axis=1)
    bits = np.diff(bands, axis=0) < 0
    return np.packbits(bits, axis=1, bitorder="little").view(np.uint32).reshape(-1)


def _hum(now: NDArray[np.float32]) -> NDArray[np.float16]:
    """Amplitude at each harmonic over 100 ms; the grid's steps are whole periods, so phases go on from step to step."""
    t = np.arange(_HUM_SAMPLES) / RATE_HZ
    waves = np.exp(-2j * np.pi * MAINS_HZ * np.outer(t, HARMONICS)) * (2000.0 / _HUM_SAMPLES)
    basis = np.stack([waves.real, waves.imag], axis=2).reshape(_HUM_SAMPLES, -1).astype(np.float32)
    return (now.reshape(-1, _HUM_SAMPLES) @ basis).reshape(-1, len(HARMONICS), 2).astype(np.float16)


def _comb(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """The strongest row of equally spaced lines in each 8 s: mains hum, or mains hum played faster or slower."""
    count = CHUNK_SAMPLES // _COMB_SAMPLES
    window = np.hanning(_COMB_WINDOW).astype(np.float32)
    bin_hz = RATE_HZ / _COMB_WINDOW
    bins = int((_BASE_GRID_HZ[-1] * COMB_TEETH + 2 * _WHITEN_HZ) / bin_hz)
    place = np.round(np.outer(_BASE_GRID_HZ, _COMB_HARMONICS) / bin_hz).astype(np.int64)
    is_mains = np.abs(_BASE_GRID_HZ - MAINS_HZ) <= MAINS_TOLERANCE_HZ
    rows = np.empty((count, 4), np.float32)
    for number in range(count):
        start = _CONTEXT - _COMB_WINDOW + (number + 1) * _COMB_SAMPLES
        spectrum = np.fft.rfft(samples[start : start + _COMB_WINDOW] * window)[:bins]
        log = 10.0 * np.log10(np.square(np.abs(spectrum)) + _EMPTY)
        reach = int(_WHITEN_HZ / bin_hz)
        around = np.convolve(np.pad(log, reach, mode="edge"), np.ones(2 * reach + 1) / (2 * reach + 1), mode="valid")
        teeth = np.clip(log - around, 0.0, _TOOTH_CAP_DB)
        height = teeth[place].mean(axis=1)
        best, mains = int(height.argmax()), int(np.where(is_mains, height, -1.0).argmax())
        rows[number] = _BASE_GRID_HZ[best], height[best], _BASE_GRID_HZ[mains], height[mains]
    return rows
