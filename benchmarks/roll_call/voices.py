"""Spoken words by eSpeak NG, an external program: synthetic voices, for want of recorded lessons."""

import io
import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

PROGRAM: Final = "espeak-ng"
RATE_HZ: Final = 16_000
DEV_TIMBRES: Final = ("f1", "f2", "m1", "m2", "m3", "Andy", "Annie", "linda", "steph", "Mike")
TEST_TIMBRES: Final = ("f3", "f4", "f5", "m4", "m5", "m6", "m7", "Alicia", "Lee", "belinda", "Michael", "pablo")
"""Held out: no rule was made while listening to these."""


@dataclass(frozen=True, slots=True)
class Voice:
    """One person's voice.

    Attributes:
        timbre: variant of the synthesiser.
        pitch: 0..99.
        words_per_minute: how fast it speaks.
    """

    timbre: str
    pitch: int
    words_per_minute: int


def is_installed() -> bool:
    """Whether the synthesiser is there."""
    return shutil.which(PROGRAM) is not None


def some_voice(rng: np.random.Generator, timbres: Sequence[str]) -> Voice:
    """A voice at random."""
    return Voice(str(rng.choice(list(timbres))), int(rng.integers(20, 85)), int(rng.integers(140, 280)))


@lru_cache(maxsize=4096)
def spoken(voice: Voice, text: str) -> NDArray[np.float32]:
    """A text, mono, 16 kHz, without the silence around it, its loud parts at an RMS of 0.1.

    Raises:
        FileNotFoundError: the synthesiser is not installed.
        ValueError: it gave no sound.
    """
    chosen = ["-v", f"cmn+{voice.timbre}", "-p", str(voice.pitch), "-s", str(voice.words_per_minute)]
    done = subprocess.run([PROGRAM, "--stdout", *chosen, text], capture_output=True, check=True)
    with wave.open(io.BytesIO(done.stdout)) as sound:
        rate = sound.getframerate()
        samples = np.frombuffer(sound.readframes(sound.getnframes()), np.int16).astype(np.float64) / 32768
    loud = np.flatnonzero(np.abs(samples) > 0.005)
    if loud.size == 0:
        raise ValueError(f"no sound for {text!r} by {voice}")
    samples = resampled(samples[loud[0] : loud[-1] + 1], rate)
    power = samples**2
    samples *= 0.1 / np.sqrt(power[power >= np.median(power)].mean())
    return samples.astype(np.float32)


def resampled(samples: NDArray[np.float64], rate_hz: int) -> NDArray[np.float64]:
    """At 16 kHz, by cutting the spectrum."""
    count = max(2, round(samples.size * RATE_HZ / rate_hz))
    spectrum = np.fft.rfft(samples)
    kept = np.zeros(count // 2 + 1, np.complex128)
    shared = min(kept.size, spectrum.size)
    kept[:shared] = spectrum[:shared]
    return np.asarray(np.fft.irfft(kept, count) * (count / samples.size))
