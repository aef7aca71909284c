"""Speed told by the hum."""

import numpy as np
import pytest

from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_speed import hum_speed
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.intervals import NS_PER_S
from tests.analysis.sounds import LINES, Samples, features_of, hum, noise, talk

MANY = (*LINES, (5, 0.002, 1.0), (6, 0.002, 2.0), (7, 0.002, 3.0))


def heard(sound: Samples) -> tuple[SpeedEvidence, ...]:
    return hum_speed(features_of(sound).comb, len(sound) * NS_PER_S // RATE_HZ)


@pytest.mark.parametrize("factor", [0.9, 0.97, 1.03, 1.25])
def test_a_fast_or_slow_stretch_among_others(factor: float) -> None:
    parts = [hum(60, lines=MANY), hum(60, base_hz=50.011 * factor, lines=MANY), hum(60, lines=MANY)]
    evidence = heard(np.concatenate(parts) + noise(180) + talk(180))
    (off,) = (item for item in evidence if abs(item.factor - 1) > 0.01)
    assert off.source is SpeedSource.HUM
    assert off.low <= factor <= off.high
    assert off.high - off.low < 0.01
    assert off.within.start_ns == pytest.approx(60 * NS_PER_S, abs=8 * NS_PER_S)
    assert off.within.end_ns == pytest.approx(120 * NS_PER_S, abs=8 * NS_PER_S)
    assert sum(item.within.length_ns for item in evidence if abs(item.factor - 1) < 0.005) > 90 * NS_PER_S


def test_a_whole_recording_may_be_off() -> None:
    (evidence,) = heard(hum(120, base_hz=52.5, lines=MANY) + noise(120))
    assert evidence.low < 1.05 < evidence.high


def test_a_machine_that_runs_for_a_while_in_a_room_without_hum_says_nothing() -> None:
    sound = noise(180)
    sound[60 * RATE_HZ : 120 * RATE_HZ] += hum(60, base_hz=47.3, lines=MANY)
    assert heard(sound) == ()


def test_without_hum_nothing_is_said() -> None:
    assert heard(noise(120) + talk(120)) == ()
