"""Head counts of whole recordings against what people saw: ``findings.json`` beside a manifest of clips.

``lessonproof analyse DIR/* --json out.json; python -m benchmarks.people.series --findings out.json --manifest FILE``
takes for each labelled second the nearest sample of the series, as a reader of the curve would.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Point:
    """One labelled second.

    Attributes:
        clip: file name.
        at_s: labelled second.
        truth: fewest and most people a person saw.
        count: count of the nearest sample; ``None`` where it could not be read.
        bounds: its interval; ``None`` where it is unknown.
    """

    clip: str
    at_s: float
    truth: tuple[int, int]
    count: int | None
    bounds: tuple[int, int] | None

    @property
    def error(self) -> int | None:
        """Distance of the count from what was seen; ``None`` without a count."""
        return None if self.count is None else max(self.truth[0] - self.count, 0, self.count - self.truth[1])

    @property
    def is_covered(self) -> bool:
        """Whether the interval holds what was seen."""
        return self.bounds is not None and self.bounds[0] <= self.truth[1] and self.bounds[1] >= self.truth[0]


def labelled_points(document: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[Point]:
    """Hold each labelled second of each clip against its series.

    Args:
        document: ``findings.json``.
        labels: by file name, ``second:people`` or ``second:fewest-most``, separated by semicolons.
    """
    for recording in document["recordings"]:
        clip, series = Path(recording["path"]).name, recording["headcount"]
        if series is None or clip not in labels:
            continue
        for label in labels[clip].split(";"):
            at_s, _, people = label.partition(":")
            fewest, _, most = people.partition("-")
            nearest = min(range(len(series["t_s"])), key=lambda i: abs(series["t_s"][i] - float(at_s)))
            low, high = series["low"][nearest], series["high"][nearest]
            bounds = None if low is None else (low, high)
            truth = (int(fewest), int(most or fewest))
            yield Point(clip, float(at_s), truth, series["count"][nearest], bounds)


def main(arguments: Sequence[str] | None = None) -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--findings", type=Path, required=True)
    parser.add_argument("--manifest", type=Path, required=True, help="CSV with columns file, people_at_second")
    options = parser.parse_args(arguments)
    with options.manifest.open(encoding="utf-8", newline="") as file:
        labels = {row["file"]: row["people_at_second"] for row in csv.DictReader(file)}
    points = list(labelled_points(json.loads(options.findings.read_text(encoding="utf-8")), labels))
    for point in points:
        print(
            f"{point.clip:<36} {point.at_s:6.1f} s  truth {point.truth}  count {point.count}  interval {point.bounds}"
        )
    errors = [point.error for point in points if point.error is not None]
    if not errors:
        print("no counts to compare")
        return 1
    covered = sum(point.is_covered for point in points)
    print(f"mean absolute error {sum(errors) / len(errors):.2f} over {len(errors)} points; {covered} intervals cover")
    return 0


if __name__ == "__main__":
    sys.exit(main())
