"""Reading labelled pictures of people and looking at them with a detector.

The folder holds ``<set>/images/*.jpg``, ``<set>/labels/*.txt`` in YOLO form (class, centre x, centre y, width, height,
as shares of the picture), where needed ``<set>/ignore/*.txt`` of the same form (people who are visible but were not
labelled), and ``split.csv`` with the columns set, image, scene, split.
"""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.people.fit import Observation
from lessonproof.models.detector import Detections, PersonDetector

FITTED_SETS = ("clabehavior", "clinic-cctv", "corridor", "css", "factory", "office")
"""Sets whose pictures have whole-person labels and come from fixed cameras or working places."""

REPORTED_SETS = ("coco-c2",)
"""COCO photographs: the networks were trained on such, and small people in the background are not labelled. Shown
beside the others, never fitted. The set ``hardhat`` has heads only and says nothing about people."""

IGNORED_SHARE = 0.5
"""A detection with at least this share of its area inside an ignored region is left out ..."""
LABELLED_IOU = 0.3
"""... unless it overlaps a labelled person at least so much."""


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """One picture and where its labels lie.

    Attributes:
        set_name: collection it belongs to.
        scene: camera or room.
        split: ``train`` or ``test``; the rooms of one never occur in the other.
        image: picture file.
        labels: YOLO labels.
        ignore: regions to be left out; the file may be missing.
    """

    set_name: str
    scene: str
    split: str
    image: Path
    labels: Path
    ignore: Path


def read_split(root: Path) -> list[LabelledPicture]:
    """List the pictures with whole-person labels.

    Raises:
        OSError: ``split.csv`` cannot be read.
    """
    with (root / "split.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    pictures = []
    for row in rows:
        if row["set"] not in (*FITTED_SETS, *REPORTED_SETS):
            continue
        folder, image = root / row["set"], Path(row["image"])
        label = image.with_suffix(".txt").name
        pictures.append(
            LabelledPicture(
                set_name=row["set"],
                scene=row["scene"],
                split=row["split"],
                image=folder / "images" / image.name,
                labels=folder / "labels" / label,
                ignore=folder / "ignore" / label,
            )
        )
    return pictures


def observe(pictures: Sequence[LabelledPicture], detector: PersonDetector) -> Iterator[Observation]:
    """Detect the people of every picture, in order.

    Raises:
        ValueError: a picture cannot be decoded.
    """
    for picture in pictures:
        rgb, people, ignored = picture_of(picture)
        (found,) = detector.detect([rgb])
        kept = outside_ignored(found, people, ignored)
        yield Observation(picture.set_name, picture.scene, len(people), found.scores[kept])


def picture_of(picture: LabelledPicture) -> tuple[NDArray[np.uint8], NDArray[np.float64], NDArray[np.float64]]:
    """Pixels ``(H, W, 3)`` RGB, labelled people and ignored regions, both ``(K, 4)`` in pixels.

    Raises:
        ValueError: the picture cannot be decoded.
    """
    pixels = cv2.imread(str(picture.image))
    if pixels is None:
        raise ValueError(f"cannot decode {picture.image}")
    height_px, width_px = pixels.shape[:2]
    rgb: NDArray[np.uint8] = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2RGB), dtype=np.uint8)
    return rgb, read_boxes(picture.labels, width_px, height_px), read_boxes(picture.ignore, width_px, height_px)


def read_boxes(path: Path, width_px: int, height_px: int) -> NDArray[np.float64]:
    """Boxes of a YOLO label file in pixels, shape ``(K, 4)``: left, top, right, bottom; none where there is no file."""
    lines = path.read_text(encoding="utf-8").split("\n") if path.exists() else []
    rows = [[float(value) for value in line.split()[1:5]] for line in lines if line.strip()]
    boxes = np.array(rows, dtype=np.float64).reshape(-1, 4)
    half = boxes[:, 2:] / 2
    corners = np.concatenate([boxes[:, :2] - half, boxes[:, :2] + half], axis=1)
    return np.asarray(corners * np.array([width_px, height_px, width_px, height_px]), dtype=np.float64)


def outside_ignored(found: Detections, people: NDArray[np.float64], ignored: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which detections count: shape ``(K,)``, false where one lies in an ignored region and on no labelled person."""
    boxes = found.boxes_xyxy_px.astype(np.float64)
    area = _areas(boxes)
    in_ignored = _intersections(boxes, ignored) / np.maximum(area, 1)[:, None]
    shared = _intersections(boxes, people)
    iou = shared / np.maximum(area[:, None] + _areas(people)[None, :] - shared, 1)
    is_ignored = in_ignored.max(axis=1, initial=0) >= IGNORED_SHARE
    is_labelled = iou.max(axis=1, initial=0) >= LABELLED_IOU
    return np.asarray(~is_ignored | is_labelled, dtype=np.bool_)


def _areas(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray((boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1]), dtype=np.float64)


def _intersections(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """Areas shared by each of ``a`` with each of ``b``, shape ``(len(a), len(b))``."""
    top_left = np.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = np.minimum(a[:, None, 2:], b[None, :, 2:])
    return np.asarray(np.clip(bottom_right - top_left, 0, None).prod(axis=2), dtype=np.float64)
