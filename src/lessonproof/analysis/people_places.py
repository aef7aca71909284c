"""Who stays where: detections of sampled pictures linked to places that somebody sits or stands at.

Between two samples some ten seconds apart people who walk cannot be followed, but those who sit are found again at the
same place. A place that is seen, missed, and seen again was hidden or overlooked in between, not empty.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.models.detector import overlaps

SAME_PLACE_IOU: Final = 0.4
"""Overlap from which two detections some seconds apart are of one place."""
HOLD_NS: Final = 60 * NS_PER_S
"""How long a place waits to be seen again; who is away for longer has left."""


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place in the picture at which somebody was seen once or more often.

    Attributes:
        samples: shape ``(N,)``, int64, rising: numbers of the samples in which it was seen.
        detections: shape ``(N,)``, int64: which detection of each of these samples.
    """

    samples: NDArray[np.int64]
    detections: NDArray[np.int64]

    @property
    def first(self) -> int:
        """Number of the first sample that shows it."""
        return int(self.samples[0])

    @property
    def last(self) -> int:
        """Number of the last sample that shows it."""
        return int(self.samples[-1])

    def scores(self, seen: Sequence[SeenPeople]) -> NDArray[np.float32]:
        """How sure the detector was each time, shape ``(N,)``."""
        return np.array([seen[s].scores[d] for s, d in self.pairs()], np.float32)

    def boxes_xyxy(self, seen: Sequence[SeenPeople]) -> NDArray[np.float32]:
        """Where it was each time, shape ``(N, 4)``, shares of the picture."""
        return np.array([seen[s].boxes_xyxy[d] for s, d in self.pairs()], np.float32).reshape(-1, 4)

    def looks(self, seen: Sequence[SeenPeople]) -> NDArray[np.uint8]:
        """What each of these pictures shows at the place, luma, shape ``(N, rows, columns)``.

        The same part of all of them: the boxes themselves tremble by a pixel or two, and that is no movement.
        """
        box = np.median(self.boxes_xyxy(seen), axis=0)
        parts = [_part(seen[sample].luma, box) for sample in self.samples.tolist()]
        rows, columns = parts[0].shape  # a recording may change its size
        return np.stack([np.asarray(cv2.resize(part, (columns, rows)), np.uint8) for part in parts])

    def pairs(self) -> list[tuple[int, int]]:
        """Sample and detection, in time order."""
        return list(zip(self.samples.tolist(), self.detections.tolist(), strict=True))


def _part(luma: NDArray[np.uint8], box_xyxy: NDArray[np.float32]) -> NDArray[np.uint8]:
    """What lies in a box, given in shares of the picture: one pixel at least."""
    rows, columns = luma.shape
    left, top, right, bottom = (box_xyxy * np.array([columns, rows, columns, rows])).round().astype(int).tolist()
    left, top = min(left, columns - 1), min(top, rows - 1)
    return luma[top : max(bottom, top + 1), left : max(right, left + 1)]


class _Open:
    """A place that may be seen again."""

    __slots__ = ("box", "hits", "last_ns")

    def __init__(self, sample: int, detection: int, box: NDArray[np.float32], time_ns: int) -> None:
        self.hits = [(sample, detection)]
        self.box = box
        self.last_ns = time_ns

    def see(self, sample: int, detection: int, box: NDArray[np.float32], time_ns: int) -> None:
        self.hits.append((sample, detection))
        self.box = box
        self.last_ns = time_ns

    def closed(self) -> Place:
        hits = np.array(self.hits, np.int64)
        return Place(hits[:, 0], hits[:, 1])


def find_places(seen: Sequence[SeenPeople], threshold: float) -> tuple[Place, ...]:
    """Link the detections of rising samples.

    Every detection belongs to one place at most. A place begins with a detection of at least ``threshold``; it is then
    found again by fainter ones too, since somebody half hidden is still there.

    Args:
        seen: in time order.
        threshold: score from which a detection is counted.

    Returns:
        Places in the order in which they were first seen.
    """
    done: list[_Open] = []
    waiting: list[_Open] = []
    for number, picture in enumerate(seen):
        done += [place for place in waiting if picture.time_ns - place.last_ns > HOLD_NS]
        waiting = [place for place in waiting if picture.time_ns - place.last_ns <= HOLD_NS]
        taken = _match(waiting, picture)
        for place, detection in taken:
            waiting[place].see(number, detection, picture.boxes_xyxy[detection], picture.time_ns)
        matched = {detection for _, detection in taken}
        waiting += [
            _Open(number, detection, picture.boxes_xyxy[detection], picture.time_ns)
            for detection in np.flatnonzero(picture.scores >= np.float32(threshold)).tolist()
            if detection not in matched
        ]
    return tuple(sorted((p.closed() for p in (*done, *waiting)), key=lambda p: (p.first, int(p.detections[0]))))


def _match(waiting: Sequence[_Open], picture: SeenPeople) -> list[tuple[int, int]]:
    """Pairs of place and detection, the greatest overlap first."""
    if not waiting or not picture.scores.size:
        return []
    overlap, _ = overlaps(np.stack([place.box for place in waiting]), picture.boxes_xyxy)
    places, detections = np.nonzero(overlap >= SAME_PLACE_IOU)
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for number in np.argsort(-overlap[places, detections], kind="stable").tolist():
        place, detection = int(places[number]), int(detections[number])
        if place not in pairs and detection not in taken:
            pairs[place] = detection
            taken.add(detection)
    return list(pairs.items())
