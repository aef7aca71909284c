"""Following people through the frames of a short stretch, by the ByteTrack that Ultralytics ships.

Source: Zhang et al. 2022, "ByteTrack: multi-object tracking by associating every detection box"
(https://arxiv.org/abs/2110.06864). Boxes alone are followed; nobody is recognised.
"""

import importlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.detector import Detections
from lessonproof.models.errors import DetectorUnavailableError
from lessonproof.models.ultralytics_runtime import load_ultralytics

FIRST_MATCH_SCORE: Final = 0.25
FAINT_SCORE: Final = 0.1
"""The values of Ultralytics' ``bytetrack.yaml``: certain detections are linked first, faint ones keep tracks alive."""
MATCH_DISTANCE: Final = 0.8
LOST_FRAMES: Final = 8
"""A track may miss so many frames, which at four a second is two seconds behind somebody's back."""


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """One person through a stretch.

    Attributes:
        frames: shape ``(N,)``, int64, rising: numbers of the frames that show the person.
        boxes_xyxy_px: shape ``(N, 4)``, float32: where, as detected.
    """

    frames: NDArray[np.int64]
    boxes_xyxy_px: NDArray[np.float32]


def track_people(detections: Sequence[Detections]) -> tuple[Track, ...]:
    """Link the detections of successive frames.

    Args:
        detections: one for each frame, in time order.

    Returns:
        Tracks in the order in which they begin.

    Raises:
        DetectorUnavailableError: the packages that track are not installed.
    """
    load_ultralytics()
    try:
        byte_tracker = importlib.import_module("ultralytics.trackers.byte_tracker")
        boxes_of = importlib.import_module("ultralytics.engine.results").Boxes
    except ImportError as error:
        raise DetectorUnavailableError(
            f"following people needs the package {error.name or error}, which is not installed",
            f"跟踪人员需要软件包 {error.name or error}，但未安装",
        ) from error
    tracker: Any = byte_tracker.BYTETracker(
        SimpleNamespace(
            track_high_thresh=FIRST_MATCH_SCORE,
            track_low_thresh=FAINT_SCORE,
            new_track_thresh=FIRST_MATCH_SCORE,
            track_buffer=LOST_FRAMES,
            match_thresh=MATCH_DISTANCE,
            fuse_score=True,
        )
    )
    seen: dict[int, list[tuple[int, NDArray[np.float32]]]] = defaultdict(list)
    for number, found in enumerate(detections):
        rows = np.zeros((found.scores.size, 6), np.float32)  # xyxy, score, class
        rows[:, :4], rows[:, 4] = found.boxes_xyxy_px, found.scores
        for row in tracker.update(boxes_of(rows, (1, 1))):
            seen[int(row[4])].append((number, found.boxes_xyxy_px[int(row[7])]))
    return tuple(
        Track(np.array([n for n, _ in hits], np.int64), np.stack([box for _, box in hits])) for hits in seen.values()
    )
