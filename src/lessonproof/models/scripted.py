"""A detector that is told what to find: for tests of code that uses detectors. It stands in no registry."""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.detector import Detections, check_frames


class ScriptedDetector:
    """A ``PersonDetector`` that asks a function how many people a frame shows.

    Args:
        people_in: number of people in a frame ``(H, W, 3)``, RGB; a pure function of its pixels.
        score: score of each of them.
        model_id: what to call itself.
    """

    def __init__(
        self, people_in: Callable[[NDArray[np.uint8]], int], *, score: float = 0.9, model_id: str = "scripted"
    ) -> None:
        self._people_in = people_in
        self._score = score
        self._model_id = model_id

    @property
    def model_id(self) -> str:
        """The name given to it."""
        return self._model_id

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Boxes side by side, full height; see ``PersonDetector.detect``."""
        check_frames(frames)
        return [self._found(frame) for frame in frames]

    def _found(self, frame: NDArray[np.uint8]) -> Detections:
        people = self._people_in(frame)
        height_px, width_px = frame.shape[:2]
        edges = np.linspace(0, width_px, people + 1, dtype=np.float32)
        boxes = np.zeros((people, 4), np.float32)
        boxes[:, 0], boxes[:, 2], boxes[:, 3] = edges[:-1], edges[1:], height_px
        return Detections(boxes, np.full(people, self._score, np.float32))
