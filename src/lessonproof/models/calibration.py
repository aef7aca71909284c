"""From what a detector saw to a count of people with an honest interval.

A detector misses people behind others and counts some things twice. How much was measured on labelled pictures of
rooms and cameras that the detector had never seen (``benchmarks/people/calibrate.py``); the fitted numbers travel with
the weights. Weights without such numbers still count, but their interval is unknown and no clause can rest on them.
"""

import math
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from pydantic import ConfigDict

from lessonproof.models.detector import SCORE_FLOOR, Detections

NO_UNKNOWN_KEYS: ConfigDict = {"extra": "forbid"}
"""A key that nobody reads is a mistake of whoever wrote it."""

UnknownInterval = Literal["not_calibrated", "detector_limit"]


@dataclass(frozen=True, slots=True)
class CountCalibration:
    """How detections bound the number of people, for one set of weights at one input size.

    With ``d(t)`` detections scoring at least ``t``, the count is ``d(score_threshold)`` and the truth lies, in about
    ``coverage`` of pictures, between ``floor(low_factor * d(low_threshold) - low_offset)`` (what was seen clearly) and
    ``ceil(high_factor * d(high_threshold) + high_offset)`` (what may have been seen, and what was missed).

    Attributes:
        score_threshold: detections below it are not counted, ``[SCORE_FLOOR, 1]``.
        low_threshold: score of a clear detection, ``[score_threshold, 1]``.
        low_factor: share of the clear detections that are people at worst, ``[0, 1]``.
        low_offset: false detections beside that share, people, >= 0.
        high_threshold: score of a faint detection, ``[SCORE_FLOOR, score_threshold]``.
        high_factor: people for each faint detection at worst, >= 1.
        high_offset: people that may be there when nothing is detected, > 0.
        coverage: share of pictures that the interval was fitted to cover, ``(0, 1)``.
        measured_on: the pictures, by set and part.
        measured_at: day of the measurement, ISO 8601.
    """

    __pydantic_config__: ClassVar[ConfigDict] = NO_UNKNOWN_KEYS

    score_threshold: float
    low_threshold: float
    low_factor: float
    low_offset: float
    high_threshold: float
    high_factor: float
    high_offset: float
    coverage: float
    measured_on: str
    measured_at: str

    def __post_init__(self) -> None:
        if not SCORE_FLOOR <= self.high_threshold <= self.score_threshold <= self.low_threshold <= 1:
            raise ValueError(f"{SCORE_FLOOR} <= high <= score <= low threshold <= 1 must hold: {self}")
        if not 0 <= self.low_factor <= 1 or not 0 <= self.low_offset < math.inf:
            raise ValueError(f"low bound must not exceed the count, got {self.low_factor=} {self.low_offset=}")
        if not 1 <= self.high_factor < math.inf or not 0 < self.high_offset < math.inf:
            raise ValueError(f"high bound must exceed the count, got {self.high_factor=} {self.high_offset=}")
        if not 0 < self.coverage < 1:
            raise ValueError(f"coverage must lie in (0, 1), got {self.coverage}")


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """People in one picture.

    Attributes:
        count: detections taken for people, >= 0.
        low: lower end of the interval; ``None`` where ``unknown_interval`` says why there is none.
        high: upper end; ``None`` likewise.
        unknown_interval: ``not_calibrated`` (nobody measured how much these weights miss) or ``detector_limit`` (the
            detector gave as many boxes as it can, so there may be more); ``None`` where the interval is known.
    """

    count: int
    low: int | None
    high: int | None
    unknown_interval: UnknownInterval | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None) or (self.low is None) != (self.unknown_interval is not None):
            raise ValueError(f"an interval has two ends, or none and a reason: {self}")
        if self.low is None or self.high is None:
            if self.count < 0:
                raise ValueError(f"count must be >= 0, got {self.count}")
        elif not 0 <= self.low <= self.count <= self.high:
            raise ValueError(f"0 <= low <= count <= high must hold: {self}")


UNCALIBRATED_THRESHOLD = 0.25
"""Score from which uncalibrated detections are counted: Ultralytics' own default of ``conf`` for prediction."""


ROUNDING_SLACK = 1e-9
"""Products of decimal factors such as 1.1 * 10 miss whole numbers by less than this."""


def low_bound(clear: int, factor: float, offset: float) -> int:
    """Fewest people where ``clear`` clear detections were made; never more than ``clear``, never below 0."""
    return max(0, math.floor(factor * clear - offset + ROUNDING_SLACK))


def high_bound(faint: int, factor: float, offset: float) -> int:
    """Most people where ``faint`` detections, down to the faint ones, were made; more than 0 even for none."""
    return math.ceil(factor * faint + offset - ROUNDING_SLACK)


def detections_from(detections: Detections, threshold: float) -> int:
    """Number of detections scoring at least ``threshold``."""
    return int(np.count_nonzero(detections.scores >= np.float32(threshold)))


def count_people(detections: Detections, calibration: CountCalibration | None) -> PeopleCount:
    """Count the people of one picture.

    Args:
        detections: persons found in it, down to ``SCORE_FLOOR``.
        calibration: what was measured about the detector; ``None`` for weights that nobody measured.

    Returns:
        The count with its interval, or with the reason why there is none.
    """
    if calibration is None:
        return PeopleCount(detections_from(detections, UNCALIBRATED_THRESHOLD), None, None, "not_calibrated")
    count = detections_from(detections, calibration.score_threshold)
    if detections.is_capped:
        return PeopleCount(count, None, None, "detector_limit")
    clear = detections_from(detections, calibration.low_threshold)
    faint = detections_from(detections, calibration.high_threshold)
    return PeopleCount(
        count,
        low_bound(clear, calibration.low_factor, calibration.low_offset),
        high_bound(faint, calibration.high_factor, calibration.high_offset),
    )
