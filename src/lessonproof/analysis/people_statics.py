"""Figures that never move: posters, pictures on a wall, dummies, the reflection of something that stands.

Whoever lives moves: over minutes a head turns, an arm reaches out. A place that a detector takes for a person in nearly
every sample of a long stretch, and that looks the same each time to what noise and coding change, shows no person.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_places import Place
from lessonproof.evidence.intervals import NS_PER_S

LEAST_SPAN_NS: Final = 300 * NS_PER_S
"""Nobody sits for five minutes without a move that shows; shorter stretches prove nothing."""
LEAST_SAMPLES: Final = 12
STILL_PAIRS: Final = 0.9
"""So many of the steps from sample to sample must show no change."""
STILL_CELL_SHARE: Final = 0.95
STILL_LEVELS: Final = 8.0
"""A step shows no change where so many of the pixels change by at most this many levels of 255. On rendered lessons
posters stayed below in every step, people in fewer than half of theirs (``benchmarks/people``, see
``docs/accuracy.md``)."""
LEAST_CONTRAST: Final = 4 * STILL_LEVELS
"""In a place whose cells differ by less (5th to 95th percentile) no move could show: a dark room is no row of posters.
The people of 8 public clips show 42 to 180 levels."""
STEADY_SHARE: Final = 0.04
"""The box of a picture on a wall may tremble by this share of its own size."""


def static_places(seen: Sequence[SeenPeople], places: Sequence[Place]) -> tuple[Place, ...]:
    """The places that show a picture of a person, or a dummy, and no person.

    Args:
        seen: sampled pictures in time order.
        places: as :func:`lessonproof.analysis.people_places.find_places` gives them.
    """
    return tuple(place for place in places if _is_static(seen, place))


def _is_static(seen: Sequence[SeenPeople], place: Place) -> bool:
    span_ns = seen[place.last].time_ns - seen[place.first].time_ns
    if place.samples.size < LEAST_SAMPLES or span_ns < LEAST_SPAN_NS:
        return False
    looks = place.looks(seen)
    is_still = has_contrast(looks) and float(np.mean(step_is_still(looks))) >= STILL_PAIRS
    return is_still and is_steady(place.boxes_xyxy(seen))


def has_contrast(looks: NDArray[np.uint8]) -> bool:
    """Whether a move would show in looks ``(N, rows, columns)``."""
    darkest, brightest = np.quantile(looks.reshape(len(looks), -1), [0.05, 0.95], axis=1)
    return bool(np.median(brightest - darkest) >= LEAST_CONTRAST)


def is_steady(boxes_xyxy: NDArray[np.float32]) -> bool:
    """Whether boxes ``(N, 4)`` lie at one place with one size but for a tremble; one slip does not count."""
    middle = np.median(boxes_xyxy, axis=0)
    size = np.tile(np.maximum(middle[2:] - middle[:2], np.float32(1e-6)), 2)
    return bool(np.all(np.median(np.abs(boxes_xyxy - middle), axis=0) <= STEADY_SHARE * size))


def step_is_still(looks: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which steps from one look to the next show no change beside that of the light.

    Args:
        looks: shape ``(N, rows, columns)``, luma.

    Returns:
        Shape ``(N - 1,)``.
    """
    cells = looks.reshape(len(looks), -1).astype(np.float32)
    cells -= cells.mean(axis=1, keepdims=True)
    change = np.quantile(np.abs(np.diff(cells, axis=0)), STILL_CELL_SHARE, axis=1)
    return np.asarray(change <= STILL_LEVELS, np.bool_)
