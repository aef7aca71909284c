"""The veil follows from who counts people."""

from datetime import date

import numpy as np
import pytest

from lessonproof.analysis.veil import PeopleVeil
from lessonproof.evidence.picture_note import Privacy
from lessonproof.models.calibration import UNCALIBRATED_THRESHOLD, CountCalibration
from lessonproof.models.scripted import ScriptedDetector
from lessonproof.workers.veiling import NOBODY_FOUND, veil_with

FRAME = np.random.default_rng(1).integers(0, 256, (180, 320, 3), dtype=np.uint8)
CALIBRATION = CountCalibration(0.4, 0.5, 1.0, 0.0, 0.3, 1.5, 1.0, 0.95, "made up", date(2026, 1, 1).isoformat())


@pytest.mark.parametrize(
    ("calibration", "score", "marked"),
    [
        pytest.param(CALIBRATION, 0.41, 5, id="counted"),
        pytest.param(CALIBRATION, 0.39, 0, id="not-counted"),
        pytest.param(None, UNCALIBRATED_THRESHOLD, 5, id="nobody-measured-it"),
    ],
)
def test_who_is_counted_is_marked(calibration: CountCalibration | None, score: float, marked: int) -> None:
    veil = veil_with(ScriptedDetector(lambda _frame: 5, score=score), calibration)
    veiled = veil(FRAME, FRAME, marks_people=True)
    assert (veiled.privacy, veiled.marked) == (Privacy.HEADS, marked)
    assert not np.array_equal(veiled.rgb[:30], FRAME[:30]), "the faintest is blurred"


def test_without_a_detector_all_is_coarse() -> None:
    assert PeopleVeil(None, UNCALIBRATED_THRESHOLD) == NOBODY_FOUND
    assert NOBODY_FOUND(FRAME, FRAME, marks_people=True).privacy is Privacy.WHOLE
