"""Samples in, compact features out, whatever the blocks they come in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.sound_features import (
    BAND_DB_LOWEST,
    BAND_DB_STEP,
    DROP_LATE_NS,
    RATE_HZ,
    FeatureBuilder,
    SoundFeatures,
)
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S
from tests.analysis.sounds import features_of, hum, noise, talk

ROOM = noise(70) + talk(70) + hum(70)


def build(cuts: list[int]) -> SoundFeatures:
    builder = FeatureBuilder(70 * NS_PER_S)
    for start, end in zip([0, *cuts], [*cuts, len(ROOM)], strict=True):
        builder.add(start, ROOM[start:end])
    features = builder.build()
    assert features is not None
    return features


@settings(max_examples=5, deadline=None)
@given(st.lists(st.integers(0, len(ROOM)), max_size=6))
def test_features_do_not_depend_on_the_blocks(cuts: list[int]) -> None:
    whole, parts = build([]), build(sorted(cuts))
    for name in SoundFeatures.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_an_hour_takes_two_megabytes() -> None:
    features = build([])
    size_bytes = sum(getattr(features, name).nbytes for name in SoundFeatures.__dataclass_fields__)
    assert size_bytes * 3600 / 70 < 2.0e6


def test_levels_and_bands_are_in_dbfs() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(20 * RATE_HZ) / RATE_HZ).astype(np.float32)
    features = features_of(tone)
    assert float(features.rms_dbfs[100]) == pytest.approx(-3.0, abs=0.1)
    bands_db = features.bands[50] * BAND_DB_STEP + BAND_DB_LOWEST
    assert int(bands_db.argmax()) == 5
    assert bands_db.max() == pytest.approx(-3.0, abs=1.5)


def test_time_without_samples_is_not_silence() -> None:
    features = features_of(noise(10), start=5 * RATE_HZ, duration_s=20)
    level = features.rms_dbfs.astype(np.float32)
    assert np.isnan(level[:100]).all()
    assert np.isfinite(level[100:300]).all()
    assert np.isnan(level[300:]).all()
    assert len(level) == 400


def test_sound_before_the_picture_and_behind_it_is_left_out() -> None:
    features = features_of(noise(30), start=-10 * RATE_HZ, duration_s=12)
    assert len(features.rms_dbfs) == 240
    assert np.isfinite(features.rms_dbfs.astype(np.float32)).all()


def test_without_a_sample_there_are_no_features() -> None:
    assert FeatureBuilder(10 * NS_PER_S).build() is None


def test_the_hum_is_measured_in_amplitude_and_phase() -> None:
    features = features_of(hum(20, base_hz=50.0, lines=((1, 0.01, 0.0), (2, 0.02, 0.0))))
    lines = features.hum[..., 0].astype(np.float32) + 1j * features.hum[..., 1].astype(np.float32)
    np.testing.assert_allclose(np.abs(lines[10, :3]), [10.0, 20.0, 0.0], atol=0.05)
    assert np.angle(lines[10, 0]) == pytest.approx(np.angle(lines[150, 0]), abs=0.01)


def test_a_sudden_end_falls_steeper_than_a_fading_one() -> None:
    loud = noise(4, size=0.1)
    sudden = np.concatenate([loud, noise(4, size=0.001, seed=2)])
    fading = loud * np.exp(-np.arange(len(loud)) / RATE_HZ / 0.05).astype(np.float32)
    faded = np.concatenate([loud, fading + noise(4, size=0.001, seed=2)])
    steep, gentle = features_of(sudden), features_of(faded)
    assert int(steep.drop[78:84].max()) > 2 * int(gentle.drop[78:84].max())
    at = 78 + int(steep.drop[78:84].argmax())
    late_ms = DROP_LATE_NS // NS_PER_MS
    assert at * 50 + int(steep.drop_at[at]) * 10 - late_ms == pytest.approx(4000, abs=20)
