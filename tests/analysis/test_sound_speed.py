"""Speed told by the hum."""

import numpy as np
import pytest

from lessonproof.analysis.hum_borders import BORDER_BLUR_NS
from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_speed import hum_speed
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.intervals import NS_PER_S
from tests.analysis.sounds import LINES, Samples, features_of, hum, noise, talk

MANY = (*LINES, (5, 0.002, 1.0), (6, 0.002, 2.0), (7, 0.002, 3.0))


def heard(sound: Samples) -> tuple[SpeedEvidence, ...]:
    return hum_speed(features_of(sound), len(sound) * NS_PER_S // RATE_HZ)


@pytest.mark.parametrize("factor", [0.9, 0.97, 1.03, 1.25])
def test_a_fast_or_slow_stretch_among_others(factor: float) -> None:
    parts = [hum(60, lines=MANY), hum(60, base_hz=50.011 * factor, lines=MANY), hum(60, lines=MANY)]
    evidence = heard(np.concatenate(parts) + noise(180) + talk(180))
    (off,) = (item for item in evidence if abs(item.factor - 1) > 0.01)
    assert off.source is SpeedSource.HUM
    assert off.low <= factor <= off.high
    assert off.high - off.low < 0.01
    assert off.within.start_ns == pytest.approx(60 * NS_PER_S, abs=0.3 * NS_PER_S)
    assert off.within.end_ns == pytest.approx(120 * NS_PER_S, abs=0.3 * NS_PER_S)
    assert off.blur_ns == BORDER_BLUR_NS
    assert sum(item.within.length_ns for item in evidence if abs(item.factor - 1) < 0.005) > 90 * NS_PER_S


def test_a_whole_recording_may_be_off() -> None:
    (evidence,) = heard(hum(120, base_hz=52.5, lines=MANY) + noise(120))
    assert evidence.low < 1.05 < evidence.high


def test_a_slow_recording_of_which_some_windows_hear_every_second_line_only() -> None:
    """A lamp hums at 100 Hz and its multiples."""
    lamp = tuple((k, 0.004, 0.5 * k) for k in (2, 4, 6, 8, 10, 12, 14))
    parts = [hum(48, base_hz=37.5, lines=MANY), hum(40, base_hz=37.5, lines=lamp), hum(72, base_hz=37.5, lines=MANY)]
    (evidence,) = heard(np.concatenate(parts) + noise(160))
    assert evidence.low < 0.75 < evidence.high
    assert evidence.within.length_ns == 160 * NS_PER_S


@pytest.mark.parametrize("base_hz", [48_000 / 1024, 60.0])
def test_coders_and_screens_hum_as_well(base_hz: float) -> None:
    assert heard(hum(120, base_hz=base_hz, lines=MANY) + noise(120)) == ()


def test_a_machine_beside_the_mains_changes_no_speed() -> None:
    both = np.concatenate([hum(60, lines=MANY), hum(60, lines=MANY) + 3 * hum(60, base_hz=47.3, lines=MANY)])
    evidence = heard(np.concatenate([both, hum(60, lines=MANY)]) + noise(180))
    assert all(abs(item.factor - 1) < 0.01 for item in evidence)


def test_a_machine_that_runs_for_a_while_in_a_room_without_hum_says_nothing() -> None:
    sound = noise(180)
    sound[60 * RATE_HZ : 120 * RATE_HZ] += hum(60, base_hz=47.3, lines=MANY)
    assert heard(sound) == ()


def test_without_hum_nothing_is_said() -> None:
    assert heard(noise(120) + talk(120)) == ()
