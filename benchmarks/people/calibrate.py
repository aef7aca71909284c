"""Measure how well weights count people, and fit their counting interval.

    python -m benchmarks.people calibrate --data DIR --weights PATH

``DIR`` holds the labelled pictures (see ``labelled.py``), ``PATH`` the weights (file or folder; unknown ones too).
Fitted on the part ``train`` alone; the part ``test`` (rooms and cameras that never occur in it) is only reported.
With ``--held``, for weights that were trained here: fitted on the cameras of ``train`` that they never learned from.
Prints the entry ``calibration`` for ``models/weights.yaml`` and a table. The same inputs give the same output.
"""

import argparse
import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import yaml

from benchmarks.people.fit import (
    Bound,
    Observation,
    bound_values,
    detected,
    fit_high,
    fit_low,
    fit_threshold,
    mean_absolute_error,
    set_weights,
    truths,
)
from benchmarks.people.labelled import FITTED_SETS, REPORTED_SETS, LabelledPicture, observe, read_split
from lessonproof.models.calibration import CountCalibration
from lessonproof.models.detector import SCORE_FLOOR
from lessonproof.models.registry import open_detector
from lessonproof.models.training.pictures import Part, part_of
from lessonproof.models.weights import WeightsPlaces, resolve_weights

COVERAGE = 0.95
STEP = 0.01
HIGHEST_THRESHOLD = 0.7
"""Above it a detector is silent about most people; no use in searching there."""


def grid(first: float, last: float) -> list[float]:
    """Thresholds from ``first`` to ``last``, both included, in steps of ``STEP``."""
    return [round(first + STEP * step, 2) for step in range(round((last - first) / STEP) + 1)]


def calibrate(train: Sequence[Observation], measured_on: str, measured_at: str) -> CountCalibration:
    """Fit threshold and bounds to the training pictures."""
    threshold = fit_threshold(train, grid(SCORE_FLOOR, 0.5))
    low = fit_low(train, grid(threshold, HIGHEST_THRESHOLD), COVERAGE)
    high = fit_high(train, grid(SCORE_FLOOR, threshold), COVERAGE)
    return CountCalibration(
        score_threshold=threshold,
        low_threshold=low.threshold,
        low_factor=low.factor,
        low_offset=low.offset,
        high_threshold=high.threshold,
        high_factor=high.factor,
        high_offset=high.offset,
        coverage=COVERAGE,
        measured_on=measured_on,
        measured_at=measured_at,
    )


def report_line(label: str, observations: Sequence[Observation], calibration: CountCalibration) -> str:
    """One row of the table: pictures, people, error and coverage; means over pictures."""
    truth, count = truths(observations), detected(observations, calibration.score_threshold)
    low, high = interval(observations, calibration)
    covered = (low <= truth) & (truth <= high)
    return (
        f"{label:22} {len(observations):5} {truth.mean():7.2f} {count.mean():7.2f} {np.abs(count - truth).mean():6.2f}"
        f" {low.mean():6.2f} {high.mean():6.2f} {covered.mean():9.3f}"
    )


def interval(
    observations: Sequence[Observation], calibration: CountCalibration
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int64]], np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Lower and upper bounds, each of shape ``(N,)``."""
    low = Bound(calibration.low_threshold, calibration.low_factor, calibration.low_offset)
    high = Bound(calibration.high_threshold, calibration.high_factor, calibration.high_offset)
    return bound_values(observations, low, is_high=False), bound_values(observations, high, is_high=True)


def summary(label: str, observations: Sequence[Observation], calibration: CountCalibration) -> str:
    """Error and coverage over all sets, every set with the same weight."""
    low, high = interval(observations, calibration)
    truth = truths(observations)
    covered = float(set_weights(observations) @ ((low <= truth) & (truth <= high)))
    error = mean_absolute_error(observations, calibration.score_threshold)
    return f"{label}: mean absolute error {error:.2f}, coverage {covered:.3f} (sets weighted equally)"


def fitting_pictures(pictures: Sequence[LabelledPicture], *, held: bool) -> list[LabelledPicture]:
    """Those of the part ``train`` to fit on.

    Args:
        pictures: all.
        held: only those that our own training never learns from; see ``lessonproof.models.training.pictures``.
    """
    train = [picture for picture in pictures if picture.split == "train"]
    return [p for p in train if not held or part_of(p.set_name, p.scene, p.split) is Part.HELD]


def in_fitted_sets(observations: Sequence[Observation]) -> list[Observation]:
    """Those of the sets that are fitted."""
    return [o for o in observations if o.set_name in FITTED_SETS]


def print_table(parts: Mapping[str, Sequence[Observation]], calibration: CountCalibration) -> None:
    """Show every set of every part, then the parts as a whole."""
    print(f"{'set':22} {'n':>5} {'truth':>7} {'count':>7} {'MAE':>6} {'low':>6} {'high':>6} {'coverage':>9}")
    for split, part in parts.items():
        for name in (*FITTED_SETS, *REPORTED_SETS):
            chosen = [o for o in part if o.set_name == name]
            if chosen:
                print(report_line(f"{split} {name}", chosen, calibration))
    for split, part in parts.items():
        print(summary(split, in_fitted_sets(part), calibration))


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of labelled pictures")
    parser.add_argument("--weights", type=Path, required=True, help="weights to be measured, file or folder")
    parser.add_argument("--held", action="store_true", help="weights trained here: fit on cameras not learned from")
    parser.add_argument("--device", default="cpu", help="device of the detector (default: cpu)")
    parser.add_argument("--date", default=dt.datetime.now(dt.UTC).date().isoformat(), help="day to record")
    args = parser.parse_args(arguments)
    weights = resolve_weights(None, WeightsPlaces(explicit=args.weights), allow_unknown=True)
    detector = open_detector(weights.detector_spec(device=args.device))
    pictures = read_split(args.data)
    fit_part = "held" if args.held else "train"
    shown = {fit_part: fitting_pictures(pictures, held=args.held), "test": [p for p in pictures if p.split == "test"]}
    parts = {name: list(observe(chosen, detector)) for name, chosen in shown.items()}
    fitted = in_fitted_sets(parts[fit_part])
    measured_on = (
        f"{'held-back cameras in the ' if args.held else ''}train part of {', '.join(FITTED_SETS)}: "
        f"{len(fitted)} pictures, {len({(o.set_name, o.scene) for o in fitted})} scenes"
    )
    calibration = calibrate(fitted, measured_on, args.date)
    print(f"# {detector.model_id}")
    print(yaml.safe_dump({"calibration": asdict(calibration)}, sort_keys=False, allow_unicode=True, width=110))
    print_table(parts, calibration)


if __name__ == "__main__":
    main()
