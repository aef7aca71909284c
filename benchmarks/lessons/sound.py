"""The sound of a room: speech-like voices over hum and room tone, a pure function of source time.

The hum is 50 Hz with harmonics and the slow frequency drift of a mains grid; its phase is one continuous
function of the take's time, so that a cut breaks it. Speech is a rhythm of voiced syllables (a pulse train
through formants, about four a second), unvoiced bursts and pauses; no words.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
_BLOCK_S: Final = 8
_N_SYLLABLES: Final = 48
_HUM: Final = ((1, 0.010), (2, 0.006), (3, 0.004), (5, 0.002), (7, 0.001))


class RoomSound:
    """Sound of one take.

    Attributes:
        rate_hz: samples per second.
    """

    def __init__(self, seed: int, rate_hz: int) -> None:
        self.rate_hz = rate_hz
        self._seed = seed
        rng = np.random.default_rng([seed, 41])
        self._bank = _syllables(rng, rate_hz)
        self._drift = [
            (float(rng.uniform(0.004, 0.02)), float(rng.uniform(0.002, 0.02)), float(rng.uniform(0, 6.3)))
            for _ in range(4)
        ]
        self._tone = _room_tone(rng, rate_hz)
        self._blocks: dict[int, Samples] = {}

    def samples(self, start: int, count: int) -> Samples:
        """Return ``count`` samples from sample ``start`` of the take, float32, about -0.6 to 0.6.

        Samples before the take's beginning (``start`` below 0) are as defined as any other.
        """
        size = _BLOCK_S * self.rate_hz
        speech = np.empty(count, np.float32)
        at = 0
        while at < count:
            block, inside = divmod(start + at, size)
            n = min(count - at, size - inside)
            speech[at : at + n] = self._block(block)[inside : inside + n]
            at += n
        return speech + self._hum(start, count)

    def _hum(self, start: int, count: int) -> Samples:
        t = np.arange(start, start + count, dtype=np.float64) / self.rate_hz
        # The drift is far slower than a sample: evaluate it sparsely and interpolate.
        knots = np.linspace(t[0], t[-1] + 1e-9, max(2, count // 2000))
        drift = np.zeros_like(knots)
        for hertz, size, phase in self._drift:
            drift += size / hertz * np.sin(2 * np.pi * hertz * knots + phase)
        cycles = 50.0 * t + np.interp(t, knots, drift)
        base = (2 * np.pi * np.mod(cycles, 1.0)).astype(np.float32)
        hum = np.zeros(count, np.float32)
        for harmonic, size in _HUM:
            hum += np.float32(size) * np.sin(np.float32(harmonic) * base)
        return hum

    def _block(self, number: int) -> Samples:
        if number not in self._blocks:
            if len(self._blocks) > 8:
                self._blocks.clear()
            self._blocks[number] = self._make_block(number)
        return self._blocks[number]

    def _make_block(self, number: int) -> Samples:
        """Phrases of 3 to 12 syllables with pauses between them, all inside the block."""
        rng = np.random.default_rng([self._seed, 42, number % (1 << 31), int(number < 0)])
        size = _BLOCK_S * self.rate_hz
        # A fresh stretch of room tone for each block: no noise comes back in the same place.
        offset = int(rng.integers(len(self._tone) - size))
        block = self._tone[offset : offset + size] * np.float32(rng.choice([-1.0, 1.0]))
        time_s = float(rng.uniform(0, 0.8))
        voice = int(rng.random() < 0.2)  # now and then somebody else answers
        while time_s < _BLOCK_S - 0.5:
            loud = float(rng.uniform(0.16, 0.34)) * (0.5 if voice else 1.0)
            for _ in range(int(rng.integers(3, 13))):
                sound = self._bank[voice][int(rng.integers(len(self._bank[voice])))]
                at = int(time_s * self.rate_hz)
                if at + len(sound) >= size:
                    break
                block[at : at + len(sound)] += sound * np.float32(loud * rng.uniform(0.6, 1.2))
                time_s += len(sound) / self.rate_hz * float(rng.uniform(0.75, 1.1))
                loud *= 0.97
            time_s += float(rng.gamma(1.6, 0.4)) + 0.12
            voice = int(rng.random() < 0.2)
        return block


def _syllables(rng: np.random.Generator, rate_hz: int) -> tuple[list[Samples], list[Samples]]:
    """Two voices, each a bank of syllables with an own pitch."""
    low, high = float(rng.uniform(105, 235)), float(rng.uniform(110, 260))
    first = [_syllable(rng, rate_hz, low) for _ in range(_N_SYLLABLES)]
    return first, [_syllable(rng, rate_hz, high) for _ in range(_N_SYLLABLES)]


def _syllable(rng: np.random.Generator, rate_hz: int, pitch_hz: float) -> Samples:
    """A burst of consonant noise and a vowel: harmonics of the pitch, weighted by three formants."""
    length = int(rng.uniform(0.11, 0.27) * rate_hz)
    t = np.arange(length) / rate_hz
    glide = pitch_hz * (1 + rng.uniform(-0.18, 0.18) * (t / t[-1] - 0.5)) * rng.uniform(0.9, 1.12)
    phase = 2 * np.pi * np.cumsum(glide) / rate_hz
    formants = (
        (rng.uniform(280, 850), 1.0, 90),
        (rng.uniform(900, 2300), 0.5, 140),
        (rng.uniform(2400, 3300), 0.25, 220),
    )
    voiced = np.zeros(length)
    for harmonic in range(1, int(min(4200, 0.45 * rate_hz) / pitch_hz)):
        hertz = harmonic * pitch_hz
        weight = sum(a / (1 + ((hertz - f) / w) ** 2) for f, a, w in formants) + 0.02
        voiced += weight * np.sin(harmonic * phase + harmonic * harmonic * 0.7)
    voiced *= np.sin(np.pi * np.linspace(0, 1, length)) ** 0.6
    hiss = np.diff(rng.normal(0, 1, length + 1)) * np.exp(-t / 0.025) * rng.uniform(0, 0.8)
    sound = voiced / np.abs(voiced).max() + 0.25 * hiss
    fade = min(length // 8, int(0.008 * rate_hz))
    sound[:fade] *= np.linspace(0, 1, fade)
    sound[-fade:] *= np.linspace(1, 0, fade)
    return np.asarray(sound, dtype=np.float32)


def _room_tone(rng: np.random.Generator, rate_hz: int) -> Samples:
    """Pink-like noise, long enough to take stretches at random offsets from it."""
    count = 5 * _BLOCK_S * rate_hz
    spectrum = np.fft.rfft(rng.normal(0, 1, count))
    hertz = np.fft.rfftfreq(count, 1 / rate_hz)
    shaped = np.fft.irfft(spectrum / np.sqrt(np.maximum(hertz, 40.0)), count)
    return np.asarray(shaped / shaped.std() * 0.003, dtype=np.float32)
