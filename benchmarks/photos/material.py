"""Honest photographs: pictures of fixed cameras, seconds to days apart, by scene."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from lessonproof.media.photos import read_photo

MAX_PICTURES: Final = 24
CLIPS: Final = {
    "classroom.gif": 0.5,
    "worker-zone-detection.gif": 0.5,
    "people-detection.gif": 0.5,
    "store-aisle-detection.gif": 0.5,
    "face-demographics-walking.gif": 0.5,
    "head-pose-female-and-male.gif": 0.5,
    "one-by-one-person-detection.mp4": 3.0,
    "dancer.avi": 2.0,
}
"""Seconds between two pictures; of clips of some seconds half of one, which is harder than any honest pair."""
SETS: Final = ("clabehavior", "clinic-cctv", "corridor", "css", "factory", "office")
BLIND_SETS: Final = frozenset({"corridor", "css"})
"""Nobody looked at any figure of theirs before limits were set."""


def part_of(scene: str) -> str:
    """``seen``: among the pictures that limits were set on; ``blind``: not."""
    return "blind" if scene.partition("/")[0] in BLIND_SETS else "seen"


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Pictures of one place, each of shape ``(H, W, 3)``, red green blue."""

    name: str
    pictures: tuple[NDArray[np.uint8], ...]


def scenes(footage: Path, labelled: Path) -> Iterator[Scene]:
    """All scenes with two pictures or more, one after the other."""
    for name, every_s in CLIPS.items():
        yield Scene(name, tuple(_frames(footage / name, every_s)))
    by_scene: dict[str, list[Path]] = {}
    with (labelled / "split.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["set"] in SETS:
                path = labelled / row["set"] / "images" / row["image"]
                by_scene.setdefault(f"{row['set']}/{row['scene']}", []).append(path)
    for name, paths in by_scene.items():
        Random(name).shuffle(paths)
        if len(paths) > 1:
            yield Scene(name, tuple(read_photo(path, path.name) for path in paths[:MAX_PICTURES]))


def _frames(path: Path, every_s: float) -> Iterator[NDArray[np.uint8]]:
    with av.open(str(path)) as container:
        due_s, taken = 0.0, 0
        for frame in container.decode(video=0):
            if frame.time is not None and frame.time >= due_s and taken < MAX_PICTURES:
                yield np.asarray(frame.to_ndarray(format="rgb24"), np.uint8)
                due_s, taken = frame.time + every_s, taken + 1
