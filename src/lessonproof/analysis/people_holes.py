"""Samples in which a place was not found although it was found before and afterwards."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_places import Place
from lessonproof.models.detector import overlaps

UPON_SHARE: Final = 0.4
"""So much of the smaller of two boxes lies inside the other one: they may be one person."""
NEIGHBOUR_SAMPLES: Final = 3
"""Two places seen together so often are two people."""


@dataclass(frozen=True, slots=True, eq=False)
class Holes:
    """Holes of places that show no trace of the person a little aside.

    Attributes:
        place: shape ``(N,)``, int64: number of the place.
        sample: shape ``(N,)``, int64: number of the sample.
    """

    place: NDArray[np.int64]
    sample: NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class _Hole:
    """A place that one sample lacks: its number, and where it was last."""

    place: int
    box: NDArray[np.float32]


def find_holes(seen: Sequence[SeenPeople], places: Sequence[Place]) -> Holes:
    """Holes of all places, sample by sample.

    Args:
        seen: sampled pictures in time order.
        places: as :func:`lessonproof.analysis.people_places.find_places` gives them.
    """
    neighbours = _Neighbours(places)
    owners = _owners(seen, places)
    kept: list[tuple[int, int]] = []
    for sample, holes in _gaps(seen, places).items():
        is_upon = _is_upon(holes, seen[sample])
        for hole, upon in zip(holes, is_upon, strict=True):
            if not any(neighbours.may_be_one(hole.place, int(owner)) for owner in owners[sample][upon]):
                kept.append((hole.place, sample))
    rows = np.array(kept, np.int64).reshape(-1, 2)
    return Holes(rows[:, 0], rows[:, 1])


def _gaps(seen: Sequence[SeenPeople], places: Sequence[Place]) -> dict[int, list[_Hole]]:
    """For each sample the places it lacks."""
    gaps: dict[int, list[_Hole]] = defaultdict(list)
    for number, place in enumerate(places):
        for step in np.flatnonzero(np.diff(place.samples) > 1).tolist():
            before, after = int(place.samples[step]), int(place.samples[step + 1])
            hole = _Hole(number, seen[before].boxes_xyxy[place.detections[step]])
            for sample in range(before + 1, after):
                gaps[sample].append(hole)
    return gaps


def _owners(seen: Sequence[SeenPeople], places: Sequence[Place]) -> list[NDArray[np.int64]]:
    """For each sample the place of each detection, -1 for one that began none; each of shape ``(K,)``."""
    owners = [np.full(picture.scores.size, -1, np.int64) for picture in seen]
    for number, place in enumerate(places):
        for sample, detection in place.pairs():
            owners[sample][detection] = number
    return owners


def _is_upon(holes: Sequence[_Hole], picture: SeenPeople) -> NDArray[np.bool_]:
    """Which detections of a sample lie upon the places that it lacks, shape ``(holes, K)``."""
    _, inside = overlaps(np.stack([hole.box for hole in holes]), picture.boxes_xyxy)
    return np.asarray(inside >= UPON_SHARE, np.bool_)


class _Neighbours:
    """Who sits beside whom: a detection upon an empty place is the same person who leans over, or a neighbour.

    Looked up for pairs only that meet, since a recording of hours has thousands of places.
    """

    def __init__(self, places: Sequence[Place]) -> None:
        self._places = places
        self._samples: dict[int, frozenset[int]] = {}
        self._is_one: dict[tuple[int, int], bool] = {}

    def may_be_one(self, place: int, other: int) -> bool:
        """Whether two places may be of one person; ``other``: -1 for a detection that belongs to no place."""
        if other < 0:
            return True
        pair = (min(place, other), max(place, other))
        if pair not in self._is_one:
            self._is_one[pair] = len(self._of(place) & self._of(other)) < NEIGHBOUR_SAMPLES
        return self._is_one[pair]

    def _of(self, place: int) -> frozenset[int]:
        if place not in self._samples:
            self._samples[place] = frozenset(self._places[place].samples.tolist())
        return self._samples[place]
