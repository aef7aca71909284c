"""Sound that runs backwards."""

import numpy as np
import pytest

from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_hum import track_hum
from lessonproof.analysis.sound_reversal import decay_skew, reversed_stretches
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.sounds import Samples, features_of, hum, noise


def fading_taps(seconds: float) -> Samples:
    """Taps that begin at once and fade slowly, at odd times."""
    rng = np.random.default_rng(5)
    sound = np.zeros(round(seconds * RATE_HZ), np.float32)
    tail = np.exp(-np.arange(RATE_HZ) / RATE_HZ / 0.08)
    for at in np.cumsum(rng.integers(2000, 6000, int(seconds * 2))):
        end = min(len(sound), int(at) + RATE_HZ)
        if at < end:
            sound[at:end] += (rng.normal(0, 0.1, RATE_HZ) * tail)[: end - at].astype(np.float32)
    return sound


def turned(sound: Samples) -> Samples:
    sound = sound.copy()
    sound[25 * RATE_HZ : 40 * RATE_HZ] = sound[25 * RATE_HZ : 40 * RATE_HZ][::-1].copy()
    return sound


def test_a_reversed_stretch_is_found_by_the_hums_waveform() -> None:
    features = features_of(turned(hum(60) + noise(60)))
    (stretch,) = reversed_stretches(features, track_hum(features), 60 * NS_PER_S)
    assert stretch.within.start_ns == pytest.approx(25 * NS_PER_S, abs=NS_PER_S // 5)
    assert stretch.within.end_ns == pytest.approx(40 * NS_PER_S, abs=NS_PER_S // 5)
    assert stretch.hum is not None
    assert stretch.hum > 30


def test_a_forward_recording_has_none() -> None:
    features = features_of(hum(60) + noise(60) + fading_taps(60))
    assert reversed_stretches(features, track_hum(features), 60 * NS_PER_S) == ()


def test_reversed_fading_leans_the_other_way() -> None:
    features = features_of(turned(noise(60, size=0.0005) + fading_taps(60)))
    backward = decay_skew(features, Interval(25 * NS_PER_S, 40 * NS_PER_S))
    forward = decay_skew(features, Interval(5 * NS_PER_S, 20 * NS_PER_S))
    assert backward < -0.02 < 0 <= forward


def test_sudden_ends_one_after_the_other_show_it_without_hum() -> None:
    features = features_of(turned(noise(300, size=0.0005) + fading_taps(300)))
    (stretch,) = reversed_stretches(features, track_hum(features), 300 * NS_PER_S)
    assert stretch.hum is None
    assert stretch.falls >= 4
    assert 24 * NS_PER_S < stretch.within.start_ns < stretch.within.end_ns < 41 * NS_PER_S
