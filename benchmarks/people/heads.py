"""How many heads the veil over stored pictures covers, and how much of the pictures it takes. Nothing is fitted here.

    python -m benchmarks.people heads --data DIR --models DIR

``--data`` holds labelled pictures (see ``labelled.py``; the set ``hardhat`` has heads, of the others the upper part of
a labelled person is taken, narrowed to its middle). A head counts as covered where at least 80 % of its label is.
Sizes are those in the stored picture; a face narrower than some 16 pixels is not recognisable unblurred either.
"""

import argparse
import csv
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.people.labelled import read_boxes
from lessonproof.analysis.veil import find_heads
from lessonproof.models.detector import PersonDetector
from lessonproof.models.registry import open_detector
from lessonproof.models.weights import WeightsPlaces, resolve_weights

HEAD_SETS = ("hardhat",)
PEOPLE_SETS = ("clabehavior", "clinic-cctv", "office")
COVERED_SHARE = 0.8
RECOGNISABLE_PX = 16


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """What came of one picture.

    Attributes:
        set_name: collection it belongs to.
        split: ``train`` or ``test``.
        covered: shape ``(N,)``: share of each head that is covered.
        size_px: shape ``(N,)``: height of each head.
        area: share of the picture that is covered.
    """

    set_name: str
    split: str
    covered: NDArray[np.float64]
    size_px: NDArray[np.float64]
    area: float


def upper_parts(people_xyxy_px: NDArray[np.float64]) -> NDArray[np.float64]:
    """Where labelled people's heads are about, ``(N, 4)``: from 45 % of a seated one's box to 20 % of a tall one's."""
    left, top, right, bottom = people_xyxy_px.T
    width, height = right - left, bottom - top
    share = np.interp(height / np.maximum(width, 1), [1.2, 2.5], [0.45, 0.2])
    return np.stack([left + 0.2 * width, top, right - 0.2 * width, top + share * height], axis=1)


def covered_shares(heads_xyxy_px: NDArray[np.float64], mask: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Share of each head inside ``mask``, ``(H, W)``; a head has at least one pixel."""
    rows, columns = mask.shape
    shares = []
    for left, top, right, bottom in heads_xyxy_px.round().astype(int).tolist():
        x, y = min(max(left, 0), columns - 1), min(max(top, 0), rows - 1)
        shares.append(mask[y : max(bottom, y + 1), x : max(right, x + 1)].mean())
    return np.array(shares, dtype=np.float64)


def mask_of(areas_xyxy_px: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.bool_]:
    """What the areas cover, ``(rows, columns)``."""
    mask = np.zeros((rows, columns), dtype=np.bool_)
    for left, top, right, bottom in areas_xyxy_px.round().astype(int).clip(0).tolist():
        mask[top:bottom, left:right] = True
    return mask


def measure(root: Path, detector: PersonDetector, at_most: int) -> Iterator[Row]:
    """Veil up to ``at_most`` pictures of each set and split."""
    with (root / "split.csv").open(encoding="utf-8", newline="") as stream:
        listed = [row for row in csv.DictReader(stream) if row["set"] in HEAD_SETS + PEOPLE_SETS]
    taken: Counter[tuple[str, str]] = Counter()
    for row in listed:
        key = (row["set"], row["split"])
        taken[key] += 1
        if taken[key] > at_most:
            continue
        path = root / row["set"] / "images" / row["image"]
        bgr = cv2.imread(str(path))
        if bgr is None:
            raise OSError(f"{path} cannot be read")
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
        rows, columns = rgb.shape[:2]
        labelled = read_boxes(root / row["set"] / "labels" / f"{path.stem}.txt", columns, rows)
        heads = labelled if row["set"] in HEAD_SETS else upper_parts(labelled)
        found = find_heads(detector, rgb, rgb, are_heads=False)
        mask = np.ones((rows, columns), np.bool_) if found is None else mask_of(found.areas_xyxy_px, rows, columns)
        yield Row(*key, covered_shares(heads, mask), heads[:, 3] - heads[:, 1], float(mask.mean()))


def told(rows: Sequence[Row]) -> str:
    """One line of the table."""
    covered, size_px = (np.concatenate(values) for values in zip(*((r.covered, r.size_px) for r in rows), strict=True))
    large = size_px >= RECOGNISABLE_PX
    return (
        f"{len(rows):4d} pictures, {covered.size:5d} heads: covered {(covered >= COVERED_SHARE).mean():.3f}, "
        f"not at all {(covered == 0).mean():.3f}; {RECOGNISABLE_PX} px or more ({large.sum()}): covered "
        f"{(covered[large] >= COVERED_SHARE).mean():.3f}, not at all {(covered[large] == 0).mean():.3f}; "
        f"of the picture {np.mean([r.area for r in rows]):.2f}"
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--models", type=Path, required=True)
    parser.add_argument("--name", default=None, help="weights by name; default: the first that are there")
    parser.add_argument("--at-most", type=int, default=100, help="pictures of each set and part")
    chosen = parser.parse_args(arguments)
    found = resolve_weights(chosen.name, WeightsPlaces(folder=chosen.models))
    detector = open_detector(found.detector_spec())
    before_s = time.process_time()
    rows = list(measure(chosen.data, detector, chosen.at_most))
    used_s = time.process_time() - before_s
    print(f"{found.model_id}; {used_s / len(rows):.2f} s of processor time a picture")
    for key in sorted({(row.set_name, row.split) for row in rows}):
        print(f"{key[0]:12} {key[1]:5} {told([r for r in rows if (r.set_name, r.split) == key])}")


if __name__ == "__main__":
    main()
