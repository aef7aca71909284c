"""Which veil lies over the pictures that an analysis keeps: it follows from who counts people."""

from lessonproof.analysis.veil import PeopleVeil
from lessonproof.models.calibration import UNCALIBRATED_THRESHOLD, CountCalibration
from lessonproof.models.detector import PersonDetector

NOBODY_FOUND = PeopleVeil(None, UNCALIBRATED_THRESHOLD)
"""Without a detector nobody knows where heads are: pictures are coarsened as a whole."""


def veil_with(detector: PersonDetector, calibration: CountCalibration | None) -> PeopleVeil:
    """The veil of a detector.

    Args:
        detector: finds people.
        calibration: says from which score they are counted; ``None`` for weights that nobody measured.
    """
    return PeopleVeil(detector, UNCALIBRATED_THRESHOLD if calibration is None else calibration.score_threshold)
