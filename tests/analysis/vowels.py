"""A voice without words: pulses through the resonances of a mouth that moves from vowel to vowel."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.speech_detector import SPEECH_RATE_HZ

_VOWELS: Final = ((730, 1090, 2440), (270, 2290, 3010), (300, 870, 2240), (530, 1840, 2480), (570, 840, 2410))
"""Resonances of vowels, Hz (Peterson and Barney 1952, "Control methods used in a study of the vowels")."""
_WIDTHS_HZ: Final = (80.0, 100.0, 140.0)
_SYLLABLE_S: Final = 0.18


def babble(seconds: float, *, pitch_hz: float = 130.0, seed: int = 1, level: float = 0.1) -> NDArray[np.float32]:
    """Vowels one behind the other, RMS ``level``, shape ``(N,)`` at 16 kHz."""
    rng = np.random.default_rng(seed)
    syllables = []
    count = round(_SYLLABLE_S * SPEECH_RATE_HZ)
    for _ in range(max(1, round(seconds / _SYLLABLE_S))):
        t = np.arange(count) / SPEECH_RATE_HZ
        glide = pitch_hz * (1 + 0.12 * rng.uniform(-1, 1) * t / _SYLLABLE_S) * (1 + 0.01 * np.sin(2 * np.pi * 5 * t))
        phase = 2 * np.pi * np.cumsum(glide) / SPEECH_RATE_HZ
        vowel = _VOWELS[int(rng.integers(len(_VOWELS)))]
        wave = np.zeros(count)
        for number in range(1, int(4000 / pitch_hz)):
            hz = number * pitch_hz
            gain = sum(1 / (1 + ((hz - peak) / width) ** 2) for peak, width in zip(vowel, _WIDTHS_HZ, strict=True))
            wave += gain / number**0.5 * np.sin(number * phase)
        wave += 0.05 * rng.normal(size=count)
        syllables.append(wave * np.minimum(1, 8 * np.minimum(t, _SYLLABLE_S - t) / _SYLLABLE_S + 0.2))
    sound = np.concatenate(syllables)[: round(seconds * SPEECH_RATE_HZ)]
    sound = np.pad(sound, (0, round(seconds * SPEECH_RATE_HZ) - sound.size), mode="wrap")
    return np.asarray(level * sound / np.sqrt(np.mean(sound**2)), np.float32)
