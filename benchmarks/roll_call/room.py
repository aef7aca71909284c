"""A room around the voices: distance, reverberation, noise and a recorder's level."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.roll_call.voices import RATE_HZ

Samples = NDArray[np.float32]
_DIRECT_LENGTH: Final = 0.008


@dataclass(frozen=True, slots=True)
class Room:
    """A classroom with a recorder.

    Attributes:
        seed: makes its walls.
        decay_s: time in which sound falls by 60 dB.
        noise_db: level of fans and street, dB below full scale.
        gain_db: what the recorder adds to everything.
    """

    seed: int
    decay_s: float
    noise_db: float
    gain_db: float


def some_room(rng: np.random.Generator) -> Room:
    """A room at random: 0.3 to 0.8 s of reverberation, a teacher 15 to 35 dB above the noise."""
    return Room(
        seed=int(rng.integers(1 << 31)),
        decay_s=float(rng.uniform(0.3, 0.8)),
        noise_db=float(rng.uniform(-55, -38)),
        gain_db=float(rng.uniform(-15, 3)),
    )


def placed(room: Room, sounds: list[tuple[float, float, float, Samples]], length_s: float) -> Samples:
    """All sounds of a scene as the recorder hears them.

    Args:
        room: where.
        sounds: for each its time in seconds, level in dB, distance as the ratio of direct to reflected sound in dB,
            and samples.
        length_s: of the whole.

    Returns:
        Shape ``(N,)``, float32, within -1..1.
    """
    count = round(length_s * RATE_HZ)
    rng = np.random.default_rng(room.seed)
    heard = np.zeros(count, np.float64)
    tails = [_reflections(rng, room.decay_s) for _ in range(4)]
    for number, (time_s, level_db, direct_db, samples) in enumerate(sounds):
        tail = tails[number % len(tails)] * 10 ** (-direct_db / 20)
        wet = _convolved(samples, tail)
        wet[: samples.size] += samples
        start = round(time_s * RATE_HZ)
        end = min(count, start + wet.size)
        if start < end:
            heard[start:end] += wet[: end - start] * 10 ** (level_db / 20)
    heard += coloured_noise(rng, count) * 10 ** (room.noise_db / 20)
    return np.clip(heard * 10 ** (room.gain_db / 20), -1.0, 1.0).astype(np.float32)


def coloured_noise(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
    """Noise of a fan and a street, RMS 1: strong below, weak above."""
    block = min(count, 1 << 19)
    spectrum = np.fft.rfft(rng.normal(size=block))
    hz = np.fft.rfftfreq(block, 1 / RATE_HZ)
    noise = np.fft.irfft(spectrum / np.sqrt(1 + (hz / 200) ** 2), block)
    noise /= np.sqrt(np.mean(noise**2))
    return np.asarray(np.resize(noise, count))


def _reflections(rng: np.random.Generator, decay_s: float) -> NDArray[np.float64]:
    """Decaying noise, energy 1, behind the direct sound."""
    count = round(decay_s * RATE_HZ)
    tail = rng.normal(size=count) * 10 ** (-3 * np.arange(count) / count)
    tail[: round(_DIRECT_LENGTH * RATE_HZ)] = 0
    return np.asarray(tail / np.sqrt(np.sum(tail**2)))


def _convolved(samples: Samples, tail: NDArray[np.float64]) -> NDArray[np.float64]:
    size = samples.size + tail.size - 1
    fast = 1 << (size - 1).bit_length()
    return np.asarray(np.fft.irfft(np.fft.rfft(samples, fast) * np.fft.rfft(tail, fast), fast)[:size])
