"""The instant at which the hum changes its frequency."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.hum_borders import BORDER_BLUR_NS, border_of_hum
from lessonproof.analysis.sound_features import HARMONICS, HUM_STEP_NS
from lessonproof.evidence.intervals import NS_PER_S

STEPS = 400


def lines(border: int, before_hz: float, after_hz: float, noise: float, seed: int = 1) -> NDArray[np.float16]:
    """Amplitudes of a hum that changes its frequency at a step, with speech now and then."""
    rng = np.random.default_rng(seed)
    off_hz = np.where(np.arange(STEPS) < border, before_hz - 50.0, after_hz - 50.0)
    found = np.exp(2j * np.pi * np.outer(np.cumsum(off_hz) * 0.1, HARMONICS)) * [1.0, 1.5, 0.5, 0.7, 0.3]
    # A step is a mean over 100 ms, in which a line beside its place turns.
    found *= np.sinc(np.outer(off_hz * 0.1, HARMONICS))
    loud = np.where(rng.random(STEPS) < 0.2, 8.0, 1.0)[:, None]
    found += noise * loud * (rng.normal(size=found.shape) + 1j * rng.normal(size=found.shape))
    return np.stack([found.real, found.imag], axis=-1).astype(np.float16)


@settings(max_examples=40, deadline=None)
@given(
    border=st.integers(120, 280),
    factor=st.sampled_from([0.75, 0.9, 0.97, 1.03, 1.05, 1.25]),
    off=st.integers(-40, 40),
    seed=st.integers(0, 99),
)
def test_the_border_is_found_from_a_rough_guess(border: int, factor: float, off: int, seed: int) -> None:
    hum = lines(border, 50.01, 50.01 * factor, 0.3, seed)
    found_ns = border_of_hum(hum, (border + off) * HUM_STEP_NS, 50.0, 50.0 * factor)
    assert found_ns is not None
    assert abs(found_ns - border * HUM_STEP_NS) <= BORDER_BLUR_NS


def test_noise_has_no_border() -> None:
    noise = np.random.default_rng(3).normal(size=(STEPS, len(HARMONICS), 2)).astype(np.float16)
    assert border_of_hum(noise, 20 * NS_PER_S, 50.0, 52.5) is None


@pytest.mark.parametrize("count", [0, 20, 80])
def test_too_little_sound_tells_nothing(count: int) -> None:
    assert border_of_hum(lines(40, 50.0, 52.5, 0.1)[:count], 4 * NS_PER_S, 50.0, 52.5) is None
