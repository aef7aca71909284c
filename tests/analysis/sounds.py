"""Small rooms to listen to: hum, noise and bursts at 8 kHz."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import RATE_HZ, FeatureBuilder, SoundFeatures
from lessonproof.evidence.intervals import NS_PER_S

Samples = NDArray[np.float32]
LINES: Final = ((1, 0.004, 0.3), (2, 0.006, 1.9), (3, 0.002, 4.0), (4, 0.003, 5.5))


def hum(
    seconds: float,
    *,
    start_s: float = 0.0,
    base_hz: float = 50.011,
    lines: tuple[tuple[int, float, float], ...] = LINES,
) -> Samples:
    """Mains hum, one function of the room's time."""
    t = start_s + np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    waves = [size * np.sin(2 * np.pi * base_hz * harmonic * t + phase) for harmonic, size, phase in lines]
    return np.asarray(np.sum(waves, axis=0), np.float32)


def noise(seconds: float, *, seed: int = 1, size: float = 0.002) -> Samples:
    """A room's hiss."""
    return np.random.default_rng(seed).normal(0, size, round(seconds * RATE_HZ)).astype(np.float32)


def talk(seconds: float, *, seed: int = 1) -> Samples:
    """Bursts with pauses between them, each of them another noise."""
    rng = np.random.default_rng(seed)
    sound = np.zeros(round(seconds * RATE_HZ), np.float32)
    at = 0
    while at < len(sound):
        length = int(rng.uniform(0.1, 0.5) * RATE_HZ)
        tone = np.sin(2 * np.pi * rng.uniform(300, 1500) * np.arange(length) / RATE_HZ)
        burst = (rng.normal(0, 0.03, length) + 0.05 * tone) * np.hanning(length)
        end = min(len(sound), at + length)
        sound[at:end] += burst[: end - at].astype(np.float32)
        at += length + int(rng.uniform(0.05, 0.5) * RATE_HZ)
    return sound


def features_of(samples: Samples, *, start: int = 0, duration_s: float | None = None) -> SoundFeatures:
    """Features of samples that begin at ``start``."""
    seconds = (start + len(samples)) / RATE_HZ if duration_s is None else duration_s
    builder = FeatureBuilder(round(seconds * NS_PER_S))
    for at in range(0, len(samples), 50_001):
        builder.add(start + at, samples[at : at + 50_001])
    features = builder.build()
    assert features is not None
    return features
