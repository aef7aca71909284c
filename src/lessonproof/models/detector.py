"""The plug-in point of person detectors: what they take and what they give. ``registry.py`` says which there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

SCORE_FLOOR = 0.05
"""Detections below this score are not reported; far below any counting threshold, so that thresholds can be fitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """Persons found in one frame.

    Attributes:
        boxes_xyxy_px: shape ``(K, 4)``, float32: left, top, right, bottom in pixels of the frame.
        scores: shape ``(K,)``, float32, ``[SCORE_FLOOR, 1]``, falling.
        is_capped: the detector gave as many boxes as it is able to, so people may be missing from the list.
    """

    boxes_xyxy_px: NDArray[np.float32]
    scores: NDArray[np.float32]
    is_capped: bool = False

    def __post_init__(self) -> None:
        if self.scores.ndim != 1 or self.boxes_xyxy_px.shape != (self.scores.size, 4):
            raise ValueError(f"shapes must be (K, 4) and (K,): {self.boxes_xyxy_px.shape} {self.scores.shape}")
        if self.boxes_xyxy_px.dtype != np.float32 or self.scores.dtype != np.float32:
            raise ValueError(f"float32 expected: {self.boxes_xyxy_px.dtype} {self.scores.dtype}")


class PersonDetector(Protocol):
    """Finds persons in RGB frames.

    One result per frame, in order; the same frames give the same result, whatever was detected before; every person
    scoring at least ``SCORE_FLOOR`` is in the result, or ``is_capped`` says that this cannot be promised.
    """

    @property
    def model_id(self) -> str:
        """Name of the weights, ``@sha256:`` and their digest; stands beside every stored count."""
        ...

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the persons of each frame.

        Args:
            frames: each of shape ``(H, W, 3)``, uint8, channels red, green, blue; all of one shape. May be empty.

        Returns:
            As many results as frames, in their order.

        Raises:
            ValueError: a frame is of another type or shape than the others.
        """
        ...


@dataclass(frozen=True, slots=True)
class DetectorSpec:
    """All that is needed to open a detector; plain values, so it can be sent to another process.

    Attributes:
        backend: key in ``registry.DETECTORS``.
        model_id: name and digest of the verified weights.
        weights_path: file or folder of the verified weights.
        person_class: class index of persons; ``None``: the class that the weights themselves call ``person``.
        image_size_px: side of the square that frames are scaled into; ``None``: what the weights say.
        device: ``cpu``, ``cuda:0``, ``intel:gpu``, ...; never replaced by another one.
        batch_size: frames sent through the network at once, >= 1; more than 1 pays off on a GPU only.
        tile_side_px: where people are small, tiles of about this side are looked at beside the whole picture;
            ``None``: the whole picture alone.
    """

    backend: str
    model_id: str
    weights_path: Path
    person_class: int | None = None
    image_size_px: int | None = None
    device: str = "cpu"
    batch_size: int = 1
    tile_side_px: int | None = None

    def __post_init__(self) -> None:
        if self.batch_size < 1:
            raise ValueError(f"batch_size must be >= 1, got {self.batch_size}")


def check_frames(frames: Sequence[NDArray[np.uint8]]) -> None:
    """Refuse frames that a detector cannot take.

    Raises:
        ValueError: not uint8, not ``(H, W, 3)``, without pixels, or of different shapes.
    """
    for frame in frames:
        if frame.dtype != np.uint8 or frame.ndim != 3 or frame.shape[2] != 3 or frame.size == 0:
            raise ValueError(f"frames must be uint8 (H, W, 3), got {frame.dtype} {frame.shape}")
        if frame.shape != frames[0].shape:
            raise ValueError(f"frames of one call share a shape, got {frames[0].shape} and {frame.shape}")


def overlaps(
    boxes: NDArray[np.float32], others: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """How much boxes lie on each other.

    Args:
        boxes: shape ``(N, 4)``: left, top, right, bottom.
        others: shape ``(M, 4)``.

    Returns:
        Intersection over union, and intersection over the smaller of the two, each of shape ``(N, M)``.
    """
    width = np.minimum(boxes[:, None, 2], others[None, :, 2]) - np.maximum(boxes[:, None, 0], others[None, :, 0])
    height = np.minimum(boxes[:, None, 3], others[None, :, 3]) - np.maximum(boxes[:, None, 1], others[None, :, 1])
    shared = np.clip(width, 0, None) * np.clip(height, 0, None)
    area = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    other_area = np.prod(others[:, 2:] - others[:, :2], axis=1)
    tiny = np.float32(1e-9)
    union = area[:, None] + other_area[None, :] - shared
    smaller = np.minimum(area[:, None], other_area[None, :])
    return shared / np.maximum(union, tiny), shared / np.maximum(smaller, tiny)
