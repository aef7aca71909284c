"""Single sounds of a room, dry: syllables, steps, doors, coughs, chairs, a bell; and the room that colours them.

Each function draws one sound from a random generator; shapes ``(N,)``, float32, peak about 1.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.float32]
TAIL_S: Final = 1.2
"""How long the room answers at most; longer reverberation is cut off 40 dB or more below the sound."""


def room_response(rng: np.random.Generator, rate_hz: int, *, t60_s: float, direct_db: float) -> Samples:
    """Impulse response: the direct sound and exponentially decaying noise (Moorer 1979; Polack 1988).

    Args:
        rng: draws the reflections.
        rate_hz: samples per second.
        t60_s: seconds in which the reverberation falls by 60 dB.
        direct_db: energy of the direct sound against the reverberation's, dB.
    """
    count = int(TAIL_S * rate_hz)
    t = np.arange(count) / rate_hz
    # High tones die sooner than low ones: two decays, the second one smoothed.
    high = rng.normal(0, 1, count) * 10 ** (-3 * t / (0.7 * t60_s))
    low = np.convolve(rng.normal(0, 1, count), np.ones(9) / 3, mode="same") * 10 ** (-3 * t / t60_s)
    late = high + low
    late[: int(0.004 * rate_hz)] *= 0.3
    late *= 10 ** (-direct_db / 20) / np.sqrt(np.square(late).sum())
    late[0] += 1.0
    return np.asarray(late, np.float32)


def in_room(sound: Samples, response: Samples) -> Samples:
    """A dry sound as the room gives it back; longer than the sound by the response."""
    size = len(sound) + len(response) - 1
    points = 1 << (size - 1).bit_length()
    heard = np.fft.irfft(np.fft.rfft(sound, points) * np.fft.rfft(response, points), points)[:size]
    return np.asarray(heard, np.float32)


def syllable(rng: np.random.Generator, rate_hz: int, pitch_hz: float) -> Samples:
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
    return np.asarray(sound, np.float32)


def step(rng: np.random.Generator, rate_hz: int) -> Samples:
    """One footstep: a dull thump and the sole's click."""
    t = np.arange(int(0.12 * rate_hz)) / rate_hz
    thump = np.sin(2 * np.pi * rng.uniform(70, 140) * t) * np.exp(-t / 0.03)
    click = np.diff(rng.normal(0, 1, len(t) + 1)) * np.exp(-t / 0.006)
    return np.asarray(thump + 0.2 * click, np.float32)


def bang(rng: np.random.Generator, rate_hz: int) -> Samples:
    """A door that falls shut, a book that falls down, a clap: a hard beginning, noise, some of it tuned."""
    t = np.arange(int(rng.uniform(0.1, 0.4) * rate_hz)) / rate_hz
    noise = _coloured(rng, len(t), rate_hz, low_hz=60, high_hz=float(rng.uniform(700, 5000)))
    tuned = np.sin(2 * np.pi * rng.uniform(90, 400) * t)
    return np.asarray((noise + 0.5 * tuned) * np.exp(-t / rng.uniform(0.02, 0.08)), np.float32)


def cough(rng: np.random.Generator, rate_hz: int) -> Samples:
    """Two bursts of breath."""
    parts = []
    for _ in range(2):
        t = np.arange(int(rng.uniform(0.1, 0.2) * rate_hz)) / rate_hz
        parts += [_coloured(rng, len(t), rate_hz, low_hz=300, high_hz=2500) * np.exp(-t / 0.05)]
        parts += [np.zeros(int(0.06 * rate_hz))]
    return np.asarray(np.concatenate(parts), np.float32)


def chair(rng: np.random.Generator, rate_hz: int) -> Samples:
    """A chair drawn over the floor: noise that judders."""
    t = np.arange(int(rng.uniform(0.3, 1.0) * rate_hz)) / rate_hz
    judder = 0.6 + 0.4 * np.sign(np.sin(2 * np.pi * rng.uniform(25, 70) * t))
    low_hz = float(rng.uniform(150, 500))
    noise = _coloured(rng, len(t), rate_hz, low_hz=low_hz, high_hz=6 * low_hz)
    return np.asarray(noise * judder * np.sin(np.pi * t / t[-1]), np.float32)


def bell(rng: np.random.Generator, rate_hz: int) -> Samples:
    """An electronic school bell, some 8 s: the same waveform whenever it rings."""
    notes = rng.choice([523.0, 587.0, 659.0, 784.0, 880.0], size=12)
    t = np.arange(int(0.65 * rate_hz)) / rate_hz
    tones = [np.sin(2 * np.pi * hertz * t) + 0.4 * np.sin(4 * np.pi * hertz * t) for hertz in notes]
    return np.asarray(np.concatenate([tone * np.exp(-t / 0.35) for tone in tones]), np.float32)


def steady_noise(rng: np.random.Generator, count: int, rate_hz: int, *, tilt: float, low_hz: float) -> Samples:
    """Noise whose power falls with frequency to the power ``tilt``; standard deviation 1 on average."""
    spectrum = np.fft.rfft(rng.standard_normal(count, np.float32))
    hertz = np.fft.rfftfreq(count, 1 / rate_hz)
    gain = np.maximum(hertz, low_hz) ** (-tilt / 2)
    # Scaled by what is expected, not by what came: stretches of one noise must be equally loud.
    gain /= np.sqrt(np.square(gain).mean())
    return np.asarray(np.fft.irfft(spectrum * gain.astype(np.float32), count), np.float32)


def _coloured(
    rng: np.random.Generator, count: int, rate_hz: int, *, low_hz: float, high_hz: float
) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(rng.normal(0, 1, count))
    hertz = np.fft.rfftfreq(count, 1 / rate_hz)
    gain = 1 / (1 + (low_hz / np.maximum(hertz, 1.0)) ** 4) / (1 + (hertz / high_hz) ** 4)
    shaped = np.fft.irfft(spectrum * gain, count)
    return np.asarray(shaped / np.abs(shaped).max(), np.float64)
