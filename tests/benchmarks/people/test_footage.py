import os
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from benchmarks.people.footage import Outcome, Point, evaluate, frames_at, parse_points
from lessonproof.models.calibration import PeopleCount
from lessonproof.models.errors import WeightsMissingError
from lessonproof.models.registry import open_detector
from lessonproof.models.weights import WeightsPlaces, resolve_weights

SHARED = Path(__file__).resolve().parents[4] / "shared"


def test_points() -> None:
    assert parse_points("0.2:4;20:0-1") == [Point(Fraction(1, 5), 4, 4), Point(Fraction(20), 0, 1)]


@pytest.mark.parametrize("text", ["", "10", "10:", "10:1-", "x:1"])
def test_what_is_no_point(text: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        parse_points(text)


@pytest.mark.parametrize(
    ("count", "low", "high", "error", "is_covered"),
    [(1, 0, 3, 0, True), (3, 1, 5, 1, True), (2, 2, 5, 0, False), (0, 0, 1, 1, False), (2, None, None, 0, None)],
)
def test_a_range_of_truths(count: int, low: int | None, high: int | None, error: int, is_covered: bool | None) -> None:
    people = PeopleCount(count, low, high, None if low is not None else "not_calibrated")
    outcome = Outcome("a.mp4", Point(Fraction(1), 1, 2), people)
    assert outcome.error == error
    assert outcome.is_covered is is_covered


def test_the_frame_on_show_at_a_second(tmp_path: Path) -> None:
    path = tmp_path / "steps.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=2)
        stream.width, stream.height, stream.pix_fmt = 16, 16, "bgr0"
        for step in range(4):  # one grey every half second
            frame = av.VideoFrame.from_ndarray(np.full((16, 16, 3), 50 * step, np.uint8), format="rgb24")
            container.mux(stream.encode(frame.reformat(format="bgr0")))
        container.mux(stream.encode())
    seconds = [Fraction(0), Fraction(2, 5), Fraction(1), Fraction(7, 5), Fraction(99)]
    assert [int(frame[0, 0, 0]) for frame in frames_at(path, seconds)] == [0, 0, 100, 100, 150]


@pytest.mark.weights
@pytest.mark.footage
def test_counts_are_within_reason_on_real_clips() -> None:
    data = Path(os.environ.get("LESSONPROOF_DATA") or SHARED / "data") / "footage"
    if not (data / "MANIFEST.csv").exists():
        pytest.skip(f"NO CLIPS, nothing was compared with what a person saw: {data} is missing")
    models = Path(os.environ.get("LESSONPROOF_MODELS") or SHARED / "models")
    try:
        weights = resolve_weights(None, WeightsPlaces(folder=models))
    except WeightsMissingError as error:
        pytest.skip(f"NO WEIGHTS, nothing is detected in this run: {error.en}")
    outcomes = list(evaluate(data, open_detector(weights.detector_spec()), weights.entry.calibration))
    assert len(outcomes) >= 30
    assert np.mean([outcome.error for outcome in outcomes]) <= 0.5
    assert np.mean([outcome.is_covered is True for outcome in outcomes]) >= 0.95
