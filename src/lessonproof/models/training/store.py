"""The training store: labelled pictures decoded once, at the size that training uses, in one file that is mapped.

``pictures.bin`` holds the pixels one picture after the other (RGB, 8 bits), ``index.json`` the rest. Decoding and
shrinking anew in every epoch would cost a CPU more than the network's forward pass.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.models.errors import TrainingDataError
from lessonproof.models.training.pictures import CLASSES, LabelledPicture, Part, read_boxes

SCHEMA = "lessonproof.training-store/1"


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A decoded picture with what is known of it.

    Attributes:
        set_name: collection it belongs to.
        scene: camera or room.
        pixels: shape ``(H, W, 3)``, uint8, RGB.
        boxes: shape ``(K, 5)``, float32: class index, left, top, right, bottom in pixels.
        unlabelled: shape ``(R, 5)``, float32, same form: where labels of that class are missing, so that a detection
            there is neither right nor wrong. A class that the set does not label has the whole picture here.
    """

    set_name: str
    scene: str
    pixels: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    unlabelled: NDArray[np.float32]


def read_sample(picture: LabelledPicture, longest_side_px: int) -> Sample:
    """Decode a picture, shrink it so that no side is longer than ``longest_side_px``, and read its labels.

    Raises:
        TrainingDataError: the picture or its labels cannot be read.
    """
    decoded = cv2.imread(str(picture.image), cv2.IMREAD_COLOR)
    if decoded is None:
        raise TrainingDataError(f"cannot decode {picture.image}", f"无法解码图片 {picture.image}")
    scale = min(1.0, longest_side_px / max(decoded.shape[:2]))
    width_px, height_px = (max(1, round(side * scale)) for side in (decoded.shape[1], decoded.shape[0]))
    shrunk = cv2.resize(decoded, (width_px, height_px), interpolation=cv2.INTER_AREA)
    whole = [[c, 0, 0, width_px, height_px] for c in range(len(CLASSES)) if c not in picture.classes]
    unlabelled = [read_boxes(picture.ignore, width_px, height_px), np.array(whole, np.float32).reshape(-1, 5)]
    return Sample(
        set_name=picture.set_name,
        scene=picture.scene,
        pixels=np.ascontiguousarray(shrunk[..., ::-1], dtype=np.uint8),
        boxes=read_boxes(picture.labels, width_px, height_px),
        unlabelled=np.concatenate(unlabelled),
    )


def write_store(pictures: Sequence[LabelledPicture], folder: Path, longest_side_px: int) -> int:
    """Decode the pictures that are not for testing into a store.

    Returns:
        Number of pictures stored.
    """
    folder.mkdir(parents=True, exist_ok=True)
    index: list[dict[str, Any]] = []
    offset_bytes = 0
    with (folder / "pictures.bin").open("wb") as stream:
        for picture in pictures:
            if picture.part is Part.TEST:
                continue
            sample = read_sample(picture, longest_side_px)
            stream.write(sample.pixels.tobytes())
            index.append(
                {
                    "set": sample.set_name,
                    "scene": sample.scene,
                    "part": picture.part.value,
                    "offset_bytes": offset_bytes,
                    "shape": list(sample.pixels.shape),
                    "boxes": sample.boxes.tolist(),
                    "unlabelled": sample.unlabelled.tolist(),
                }
            )
            offset_bytes += sample.pixels.size
    record = {"schema": SCHEMA, "classes": list(CLASSES), "longest_side_px": longest_side_px, "pictures": index}
    (folder / "index.json").write_text(json.dumps(record), "utf-8")
    return len(index)


def read_store(folder: Path, part: Part) -> list[Sample]:
    """The samples of one part; their pixels stay in the file until they are looked at.

    Raises:
        TrainingDataError: there is no store, or it was made for other classes, or by another version.
    """
    try:
        record = json.loads((folder / "index.json").read_text("utf-8"))
        pixels = np.memmap(folder / "pictures.bin", dtype=np.uint8, mode="r")
    except (OSError, ValueError) as error:
        raise TrainingDataError(
            f"no training store at {folder} ({error}); run 'prepare' first",
            f"{folder} 处没有训练数据（{error}）；请先运行 prepare",
        ) from error
    if record.get("schema") != SCHEMA or record.get("classes") != list(CLASSES):
        raise TrainingDataError(
            f"the training store at {folder} is of another form; run 'prepare' again",
            f"{folder} 处的训练数据格式不同；请重新运行 prepare",
        )
    return [_sample(entry, pixels) for entry in record["pictures"] if entry["part"] == part.value]


def _sample(entry: dict[str, Any], pixels: NDArray[np.uint8]) -> Sample:
    start, shape = entry["offset_bytes"], tuple(entry["shape"])
    return Sample(
        set_name=entry["set"],
        scene=entry["scene"],
        pixels=pixels[start : start + int(np.prod(shape))].reshape(shape),
        boxes=np.array(entry["boxes"], np.float32).reshape(-1, 5),
        unlabelled=np.array(entry["unlabelled"], np.float32).reshape(-1, 5),
    )
