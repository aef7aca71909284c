import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.models.errors import SpeechDetectorUnavailableError
from lessonproof.models.speech_detector import SPEECH_FRAME_SAMPLES, SPEECH_RATE_HZ, SpeechDetector, check_samples
from lessonproof.models.speech_detector_registry import (
    SPEECH_DETECTORS,
    find_speech_detector,
    open_speech_detector,
)
from tests.analysis.vowels import babble


@pytest.fixture(scope="module", params=sorted(SPEECH_DETECTORS))
def detector(request: pytest.FixtureRequest) -> SpeechDetector:
    """Every detector that is installed."""
    try:
        return open_speech_detector(str(request.param))
    except SpeechDetectorUnavailableError as error:
        pytest.skip(error.en)


def noise(seconds: float, size: float = 0.01) -> NDArray[np.float32]:
    return np.random.default_rng(3).normal(0, size, round(seconds * SPEECH_RATE_HZ)).astype(np.float32)


def test_a_voice_is_speech_and_noise_is_none(detector: SpeechDetector) -> None:
    heard = detector.probabilities(np.concatenate([noise(2), babble(2) + noise(2, 0.001), noise(2)]))
    second = SPEECH_RATE_HZ // SPEECH_FRAME_SAMPLES
    assert float(np.median(heard[2 * second + 8 : 4 * second])) > 0.7
    assert float(np.median(heard[: 2 * second])) < 0.1
    assert float(np.median(heard[-second:])) < 0.1


@pytest.mark.parametrize("samples", [0, 1, 511, 512, 513, 512 * 512, 512 * 513 + 7])
def test_each_frame_has_a_probability(detector: SpeechDetector, samples: int) -> None:
    heard = detector.probabilities(np.zeros(samples, np.float32))
    assert heard.shape == (-(-samples // SPEECH_FRAME_SAMPLES),)
    assert heard.dtype == np.float32
    assert bool(((heard >= 0) & (heard <= 1)).all())


def test_what_was_heard_before_changes_nothing(detector: SpeechDetector) -> None:
    alone = detector.probabilities(babble(1.5))
    detector.probabilities(noise(1))
    assert np.array_equal(detector.probabilities(babble(1.5)), alone)


def test_a_long_recording_is_heard_as_one(detector: SpeechDetector) -> None:
    """Where one block ends and the next begins, what was heard before still counts."""
    border = 512
    whole = np.concatenate([noise(15.5), babble(3)])
    at_border = float(detector.probabilities(whole)[border])
    anew = float(detector.probabilities(whole[border * SPEECH_FRAME_SAMPLES :])[0])
    assert at_border > 0.7
    assert at_border > anew + 0.2


def test_other_sound_is_refused(detector: SpeechDetector) -> None:
    for wrong in (np.zeros((2, 512), np.float32), np.full(512, np.nan, np.float32)):
        with pytest.raises(ValueError, match="sound"):
            detector.probabilities(wrong)
    with pytest.raises(ValueError, match="float32"):
        check_samples(np.zeros(512, np.int16))


def test_its_models_are_named_with_their_digests(detector: SpeechDetector) -> None:
    assert detector.stamps
    assert all(len(stamp.sha256) == 64 for stamp in detector.stamps)


def test_the_default_one_is_found_without_being_loaded(detector: SpeechDetector) -> None:
    spec = find_speech_detector()
    assert spec is not None
    assert spec.stamps == detector.stamps
    assert "silero_vad" not in sys.modules  # the package would bring torch


def test_an_unknown_detector_is_told() -> None:
    with pytest.raises(SpeechDetectorUnavailableError, match="silero_vad"):
        open_speech_detector("nobody")


def test_its_package_is_declared() -> None:
    project = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text("utf-8"))
    worker = project["project"]["optional-dependencies"]["worker"]
    assert any(entry.startswith("silero-vad") for entry in worker)
