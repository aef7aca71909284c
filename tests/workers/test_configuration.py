"""What names a configuration: everything that shapes a dossier beside the recording."""

from dataclasses import replace
from pathlib import Path

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.calibration import CountCalibration
from lessonproof.models.detector import DetectorSpec
from lessonproof.workers.configuration import AnalysisConfig, CounterSpec
from lessonproof.workers.stamping import AnalysisSettings

CALIBRATION = CountCalibration(0.2, 0.5, 0.9, 0.0, 0.1, 1.2, 1.0, 0.95, "rooms", "2026-11-21")
COUNTER = CounterSpec(DetectorSpec("ultralytics", "m@sha256:0", Path("m.pt")), CALIBRATION, ModelStamp("m", "0" * 64))


def test_other_errors_of_the_same_weights_are_another_configuration() -> None:
    config = AnalysisConfig(AnalysisSettings(), COUNTER)
    measured_again = replace(COUNTER, calibration=replace(CALIBRATION, high_factor=1.3))
    unmeasured = replace(COUNTER, calibration=None)
    hashes = {replace(config, counter=counter).config_hash for counter in (COUNTER, measured_again, unmeasured)}
    assert len(hashes) == 3
    assert AnalysisConfig(AnalysisSettings(), replace(COUNTER)).config_hash == config.config_hash


def test_where_nobody_counts_the_weights_errors_do_not_matter() -> None:
    settings = AnalysisSettings(with_people=False)
    other = replace(COUNTER, calibration=None)
    assert AnalysisConfig(settings, COUNTER).config_hash == AnalysisConfig(settings, other).config_hash
