"""Count people in real clips and compare with what a person saw in them. Evaluation only: nothing is fitted here.

    python -m benchmarks.people clips --data DIR --models DIR

``--data`` holds clips and ``MANIFEST.csv`` with the columns ``file`` and ``people_at_second`` (``10:1;20:0-1``: one
person at 10 s, none or one at 20 s). ``--models`` is a folder of models; ``--name`` picks one (default: the first).
"""

import argparse
import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from lessonproof.models.calibration import CountCalibration, PeopleCount, count_people
from lessonproof.models.detector import PersonDetector
from lessonproof.models.registry import open_detector
from lessonproof.models.weights import WeightsPlaces, resolve_weights

_POINT = re.compile(r"(\d+(?:\.\d+)?):(\d+)(?:-(\d+))?")


@dataclass(frozen=True, slots=True)
class Point:
    """What a person saw at one second of a clip.

    Attributes:
        second: from the first presented frame, exact.
        fewest: least number of people that a careful viewer would say.
        most: greatest such number.
    """

    second: Fraction
    fewest: int
    most: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the detector saw at a point."""

    clip: str
    point: Point
    people: PeopleCount

    @property
    def error(self) -> int:
        """People between the count and the nearest of what the viewer would say."""
        return max(self.point.fewest - self.people.count, self.people.count - self.point.most, 0)

    @property
    def is_covered(self) -> bool | None:
        """Whether the interval holds all that the viewer would say; ``None`` where there is no interval."""
        if self.people.low is None or self.people.high is None:
            return None
        return self.people.low <= self.point.fewest and self.point.most <= self.people.high


def parse_points(text: str) -> list[Point]:
    """Read the column ``people_at_second``.

    Raises:
        ValueError: something in it is no point.
    """
    points = []
    for part in text.split(";"):
        match = _POINT.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"second:people expected, got {part!r}")
        second, fewest, most = match.groups()
        points.append(Point(Fraction(second), int(fewest), int(fewest if most is None else most)))
    return points


def frames_at(clip: Path, seconds: Sequence[Fraction]) -> Iterator[NDArray[np.uint8]]:
    """The frames on show at ``seconds`` (rising, from the first frame), each ``(H, W, 3)`` RGB.

    Raises:
        av.FFmpegError: the clip cannot be decoded.
    """
    wanted = list(seconds)
    with av.open(str(clip)) as container:
        start: Fraction | None = None
        shown: av.VideoFrame | None = None
        for frame in container.decode(video=0):
            if frame.pts is None or frame.time_base is None:
                continue
            time = frame.pts * frame.time_base
            start = time if start is None else start
            while wanted and shown is not None and time - start > wanted[0]:
                wanted.pop(0)
                yield np.asarray(shown.to_ndarray(format="rgb24"), dtype=np.uint8)
            shown = frame
        if shown is not None:
            for _ in wanted:  # the last frame stays on show until the end
                yield np.asarray(shown.to_ndarray(format="rgb24"), dtype=np.uint8)


def evaluate(root: Path, detector: PersonDetector, calibration: CountCalibration | None) -> Iterator[Outcome]:
    """Count people at every point of every clip in the manifest."""
    with (root / "MANIFEST.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for row in rows:
        points = parse_points(row["people_at_second"])
        for point, frame in zip(points, frames_at(root / row["file"], [p.second for p in points]), strict=True):
            (found,) = detector.detect([frame])
            yield Outcome(row["file"], point, count_people(found, calibration))


def main(arguments: Sequence[str] | None = None) -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of clips with MANIFEST.csv")
    parser.add_argument("--models", type=Path, required=True, help="folder of models")
    parser.add_argument("--name", help="weights to use (default: the first that are there)")
    args = parser.parse_args(arguments)
    weights = resolve_weights(args.name, WeightsPlaces(folder=args.models))
    detector = open_detector(weights.detector_spec())
    print(f"# {detector.model_id}")
    print(f"{'clip':34} {'second':>7} {'truth':>6} {'count':>6} {'low':>5} {'high':>5}  covered")
    outcomes = []
    for outcome in evaluate(args.data, detector, weights.entry.calibration):
        outcomes.append(outcome)
        point, people = outcome.point, outcome.people
        truth = str(point.fewest) if point.fewest == point.most else f"{point.fewest}-{point.most}"
        ends = [("-" if end is None else str(end)) for end in (people.low, people.high)]
        print(
            f"{outcome.clip:34} {float(point.second):7.1f} {truth:>6} {people.count:6} {ends[0]:>5} {ends[1]:>5}"
            f"  {outcome.is_covered}"
        )
    covered = [o.is_covered for o in outcomes if o.is_covered is not None]
    print(f"{len(outcomes)} points, mean absolute error {np.mean([o.error for o in outcomes]):.2f}")
    print(f"covered {sum(covered)} of {len(covered)}")


if __name__ == "__main__":
    main()
