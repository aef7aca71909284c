"""Asked at a picture cut: does the sound go on."""

import numpy as np
import pytest

from lessonproof.analysis.sound_continuity import Continuity, SoundContinuity, sound_at
from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_floor import floor_steps
from lessonproof.analysis.sound_hum import track_hum
from lessonproof.evidence.intervals import NS_PER_S
from tests.analysis.sounds import Samples, features_of, hum, noise, talk


def asked(sound: Samples, at_s: float) -> SoundContinuity:
    features = features_of(sound)
    return sound_at(track_hum(features), floor_steps(features), round(at_s * NS_PER_S))


def cut_take(base_hz: float = 50.011) -> Samples:
    room = noise(70) + talk(70) + hum(70, base_hz=base_hz)
    return np.concatenate([room[: 30 * RATE_HZ], room[round(37.0133 * RATE_HZ) :]])


def test_sound_breaks_at_its_cut_and_goes_on_elsewhere() -> None:
    sound = cut_take()
    broken = asked(sound, 30.04)
    assert broken.state is Continuity.BROKEN
    assert broken.mains_hz == pytest.approx(50.011, abs=0.005)
    assert asked(sound, 15.0).state is Continuity.UNBROKEN


def test_without_hum_there_is_no_answer() -> None:
    answer = asked(noise(60) + talk(60), 30.0)
    assert answer.state is Continuity.UNKNOWN
    assert answer.reason == "no_hum"
    assert answer.log_likelihood is None


def test_at_exactly_fifty_hertz_an_unbroken_phase_proves_nothing() -> None:
    answer = asked(noise(60) + hum(60, base_hz=50.0), 30.0)
    assert (answer.state, answer.reason) == (Continuity.UNKNOWN, "mains_at_50_hz")


def test_behind_the_end_there_is_no_answer() -> None:
    assert asked(noise(20) + hum(20), 40.0).reason == "near_the_end"
