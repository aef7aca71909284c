"""The hum's phase: it runs on in an honest recording, and a cut breaks it."""

import numpy as np
import pytest

from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_hum import HumTrack, local_maxima, track_hum
from tests.analysis.sounds import LINES, features_of, hum, noise, talk


def track(*parts: tuple[float, float]) -> HumTrack:
    """A recording put together from stretches (begin, length in seconds) of one take."""
    take = np.concatenate([hum(length, start_s=start) for start, length in parts])
    seconds = len(take) / RATE_HZ
    return track_hum(features_of(take + noise(seconds) + talk(seconds)))


def test_an_honest_recording_runs_on() -> None:
    honest = track((0.0, 60.0))
    inner = slice(30, -30)
    assert np.median(honest.weight[inner]) > 100
    assert float(honest.jump[inner].max()) < 12
    assert float(np.median(honest.deviation_hz[inner])) == pytest.approx(0.011, abs=0.003)


@pytest.mark.parametrize("removed_s", [3.0133, 7.2071, 10.0])
def test_a_cut_breaks_the_phase_and_is_found_in_time(removed_s: float) -> None:
    cut = track((0.0, 30.37), (30.37 + removed_s, 30.0))
    at = int(cut.jump.argmax())
    assert float(cut.jump[at]) > 50
    assert float(cut.misfit[at]) < 0.15 * float(cut.jump[at])
    assert float(cut.amplitude_db[at]) < 1.5
    assert (at + float(cut.late_steps[at])) * 0.1 == pytest.approx(30.37, abs=0.05)


def test_the_shift_is_the_one_that_was_made() -> None:
    cut = track((0.0, 30.0), (30.005, 30.0))
    at = int(cut.jump.argmax())
    assert np.degrees(cut.shift_rad[at]) == pytest.approx(90, abs=10)


def test_whole_periods_leave_no_trace() -> None:
    cut = track((0.0, 30.0), (30.0 + 400 / 50.011, 30.0))
    assert float(cut.jump.max()) < 12


def test_a_lamp_that_is_switched_is_no_shift_in_time() -> None:
    other = tuple((harmonic, size * 0.8, phase + 2.0 + harmonic**2) for harmonic, size, phase in LINES)
    take = hum(60)
    take[30 * RATE_HZ :] += hum(30, start_s=30, lines=other)
    switched = track_hum(features_of(take + noise(60)))
    at = int((switched.jump + switched.misfit).argmax())
    assert abs(at - 300) < 5
    assert float(switched.misfit[at]) > 20 or float(switched.amplitude_db[at]) > 3


def test_a_room_without_hum_can_be_compared_nowhere() -> None:
    silent = track_hum(features_of(noise(60) + talk(60)))
    assert float(np.mean(silent.weight > 30)) < 0.02


def test_backward_sound_fits_mirrored_time() -> None:
    take = hum(60) + noise(60)
    take[20 * RATE_HZ : 40 * RATE_HZ] = take[20 * RATE_HZ : 40 * RATE_HZ][::-1].copy()
    turned = track_hum(features_of(take))
    for at in (200, 400):
        near = at - 3 + int(turned.misfit[at - 3 : at + 4].argmax())
        assert float(turned.misfit[near]) > 50
        assert float(turned.mirror_misfit[near]) < 0.3 * float(turned.misfit[near])


def test_long_recordings_are_followed_in_blocks_without_a_seam() -> None:
    features = features_of(hum(90) + noise(90))
    whole = track_hum(features)
    blocks = track_hum(features, block_steps=400)
    assert len(blocks.jump) == len(whole.jump)
    inner = slice(30, -30)
    assert float(blocks.jump[inner].max()) < 12
    np.testing.assert_allclose(blocks.weight[inner], whole.weight[inner], rtol=0.2)


def test_maxima_keep_their_distance() -> None:
    values = np.zeros(200, np.float32)
    values[[20, 30, 100]] = [1.0, 2.0, 3.0]
    assert local_maxima(values).tolist() == [30, 100]
