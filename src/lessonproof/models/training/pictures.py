"""Labelled pictures: what is marked in them, what is not, and which part each belongs to.

The folder holds ``<set>/images/*.jpg``, ``<set>/labels/*.txt`` in YOLO form (class, centre x, centre y, width, height,
as shares of the picture), where needed ``<set>/ignore/*.txt`` of the same form (people who are visible but were not
labelled), ``SOURCES.csv`` (columns ``set`` and ``classes_labelled`` among others) and ``split.csv`` (set, image, scene,
split). A set labels some classes only; of the others its pictures say nothing, not that nobody is there.
"""

import csv
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.errors import TrainingDataError

CLASSES = ("person", "head")
"""Class names by class index: a person's visible body, and a head with its hair or helmet."""

HELD_SCENES: Mapping[str, frozenset[str]] = {
    "clabehavior": frozenset({"roomA"}),
    "clinic-cctv": frozenset({"desk"}),
    "corridor": frozenset({"view11", "view34", "view35", "view66", "view86"}),
    "factory": frozenset({"video5"}),
    "office": frozenset({"green-office"}),
}
"""Whole cameras of the part ``train`` of ``split.csv`` that are never trained on: the counting interval is fitted
to them. A detector misses less in pictures that it learned than on a new camera; an interval fitted there would lie."""

HELD_SHARE = 0.1
"""Share of the scenes held back in sets of single photographs, which have no cameras to choose from."""


class Part(StrEnum):
    """What a picture is for."""

    TRAIN = "train"
    """Learned from."""
    HELD = "held"
    """Never learned from; choices are made and the interval is fitted on it."""
    TEST = "test"
    """Never learned from and never chosen on; reported."""


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """One picture and where its labels lie.

    Attributes:
        set_name: collection it belongs to.
        scene: camera or room.
        part: what it is for.
        classes: indices of the classes that its set labels.
        image: picture file.
        labels: YOLO labels.
        ignore: people who are visible but not labelled; the file may be missing.
    """

    set_name: str
    scene: str
    part: Part
    classes: frozenset[int]
    image: Path
    labels: Path
    ignore: Path


def part_of(set_name: str, scene: str, split: str) -> Part:
    """The part of a scene: ``test`` stays ``test``; of the others some whole scenes are held back.

    Sets without named cameras give up ``HELD_SHARE`` of their scenes, drawn by the digest of the scene's name, so that
    the choice depends on nothing else.
    """
    if split == "test":
        return Part.TEST
    if set_name in HELD_SCENES:
        return Part.HELD if scene in HELD_SCENES[set_name] else Part.TRAIN
    drawn = int.from_bytes(hashlib.sha256(f"{set_name}/{scene}".encode()).digest()[:4], "big") / 2**32
    return Part.HELD if drawn < HELD_SHARE else Part.TRAIN


def read_pictures(root: Path) -> list[LabelledPicture]:
    """List the labelled pictures in the order of ``split.csv``.

    Raises:
        TrainingDataError: a list is missing, or names a set or class that nobody described.
    """
    classes = _classes_by_set(root)
    pictures = []
    for row in _rows(root / "split.csv", ("set", "image", "scene", "split")):
        if row["set"] not in classes:
            raise TrainingDataError(
                f"split.csv names the set {row['set']!r}, SOURCES.csv does not",
                f"split.csv 中的数据集 {row['set']!r} 未在 SOURCES.csv 中说明",
            )
        folder, name = root / row["set"], Path(row["image"]).name
        label = f"{Path(name).stem}.txt"
        pictures.append(
            LabelledPicture(
                set_name=row["set"],
                scene=row["scene"],
                part=part_of(row["set"], row["scene"], row["split"]),
                classes=classes[row["set"]],
                image=folder / "images" / name,
                labels=folder / "labels" / label,
                ignore=folder / "ignore" / label,
            )
        )
    return pictures


def _classes_by_set(root: Path) -> dict[str, frozenset[int]]:
    found = {}
    for row in _rows(root / "SOURCES.csv", ("set", "classes_labelled")):
        names = row["classes_labelled"].replace(",", " ").split()
        if not names or not set(names) <= set(CLASSES):
            raise TrainingDataError(
                f"SOURCES.csv: set {row['set']!r} labels {names}; known classes: {', '.join(CLASSES)}",
                f"SOURCES.csv：数据集 {row['set']!r} 标注的类别为 {names}；已知类别：{'、'.join(CLASSES)}",
            )
        found[row["set"]] = frozenset(CLASSES.index(name) for name in names)
    return found


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TrainingDataError(f"{path} cannot be read: {error}", f"无法读取 {path}：{error}") from error
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise TrainingDataError(
            f"{path.name} lacks the columns {', '.join(missing)}", f"{path.name} 缺少列：{'、'.join(missing)}"
        )
    return rows


def read_boxes(path: Path, width_px: int, height_px: int) -> NDArray[np.float32]:
    """Boxes of a YOLO label file.

    Returns:
        Shape ``(K, 5)``, float32: class index, left, top, right, bottom in pixels; none where there is no file.

    Raises:
        TrainingDataError: a line is not of that form.
    """
    if not path.exists():
        return np.zeros((0, 5), np.float32)
    try:
        rows = [
            [float(value) for value in line.split()] for line in path.read_text("utf-8").splitlines() if line.strip()
        ]
        boxes = np.array(rows, dtype=np.float64).reshape(-1, 5)
    except ValueError as error:
        raise TrainingDataError(
            f"{path}: lines of class, centre x, centre y, width, height are expected ({error})",
            f"{path}：每行应为“类别 中心x 中心y 宽 高”（{error}）",
        ) from error
    if not np.isin(boxes[:, 0], np.arange(len(CLASSES))).all() or not np.isfinite(boxes).all():
        raise TrainingDataError(f"{path}: unknown class or number", f"{path}：类别或数值无效")
    half = boxes[:, 3:5] / 2
    corners = np.concatenate([boxes[:, 1:3] - half, boxes[:, 1:3] + half], axis=1)
    corners = np.clip(corners, 0, 1) * np.array([width_px, height_px, width_px, height_px])
    return np.concatenate([boxes[:, :1], corners], axis=1).astype(np.float32)
