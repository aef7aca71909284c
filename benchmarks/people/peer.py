"""The peer: people counted by a plain ``ultralytics predict`` with the same weights and Ultralytics' own defaults.

Whole pictures, one at a time, ``conf`` 0.25 and ``iou`` 0.7 (``cfg/default.yaml``), every box of the class ``person``:
what somebody gets who installs the package and counts boxes. It has no interval.
"""

from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.detector import Detections
from lessonproof.models.ultralytics_runtime import load_ultralytics


class Peer(Protocol):
    """Somebody else who counts people in pictures ``(H, W, 3)``, red green blue."""

    def detect(self, rgb: NDArray[np.uint8]) -> Detections:
        """The persons of a picture, pixels."""
        ...


class PlainPredict:
    """Ultralytics as it comes.

    Args:
        weights: file or folder.
    """

    def __init__(self, weights: Path) -> None:
        self._model: Any = load_ultralytics().YOLO(str(weights), task="detect")

    def detect(self, rgb: NDArray[np.uint8]) -> Detections:
        """The persons of a picture ``(H, W, 3)``, pixels."""
        (result,) = self._model.predict(np.ascontiguousarray(rgb[..., ::-1]), verbose=False)
        boxes = np.asarray(result.boxes.data.cpu().numpy(), np.float32)  # (K, 6): xyxy, score, class
        persons = boxes[[result.names[int(number)] == "person" for number in boxes[:, 5]]]
        return Detections(np.ascontiguousarray(persons[:, :4]), np.ascontiguousarray(persons[:, 4]))
