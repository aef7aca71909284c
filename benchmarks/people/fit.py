"""Fitting of the counting interval: from labelled pictures and what a detector saw in them. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.calibration import high_bound, low_bound

MIN_SCENE_PICTURES = 8
"""Scenes with fewer pictures are taken together with the other small ones of their set."""

MIN_HIGH_OFFSET = 0.5
"""A detector can miss a lone person: the upper bound of an empty picture is never 0."""


@dataclass(frozen=True, slots=True, eq=False)
class Observation:
    """One labelled picture and the detections in it.

    Attributes:
        set_name: collection the picture comes from.
        scene: camera or room, within the set.
        truth: labelled people.
        scores: shape ``(K,)``, float32, falling: scores of the detections that are not in an ignored region.
    """

    set_name: str
    scene: str
    truth: int
    scores: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bound:
    """A linear bound of the truth by detections at one threshold; see ``CountCalibration``."""

    threshold: float
    factor: float
    offset: float


def detected(observations: Sequence[Observation], threshold: float) -> NDArray[np.int64]:
    """Detections at or above ``threshold``, shape ``(N,)``."""
    return np.array([np.count_nonzero(o.scores >= np.float32(threshold)) for o in observations], dtype=np.int64)


def truths(observations: Sequence[Observation]) -> NDArray[np.int64]:
    """Labelled people, shape ``(N,)``."""
    return np.array([o.truth for o in observations], dtype=np.int64)


def set_weights(observations: Sequence[Observation]) -> NDArray[np.float64]:
    """Weights, shape ``(N,)``, sum 1: every set has the same say, however many near-equal frames it holds."""
    sizes = Counter(o.set_name for o in observations)
    return np.array([1 / (sizes[o.set_name] * len(sizes)) for o in observations], dtype=np.float64)


def scene_members(observations: Sequence[Observation]) -> dict[tuple[str, str], list[int]]:
    """Indices by scene; small scenes of a set are taken together."""
    sizes = Counter((o.set_name, o.scene) for o in observations)
    members: dict[tuple[str, str], list[int]] = defaultdict(list)
    for index, o in enumerate(observations):
        is_large = sizes[o.set_name, o.scene] >= MIN_SCENE_PICTURES
        members[o.set_name, o.scene if is_large else ""].append(index)
    return dict(members)


def mean_absolute_error(observations: Sequence[Observation], threshold: float) -> float:
    """Mean of ``|count - truth|``, every set with the same weight, people."""
    errors = np.abs(detected(observations, threshold) - truths(observations))
    return float(set_weights(observations) @ errors)


def fit_threshold(observations: Sequence[Observation], thresholds: Iterable[float]) -> float:
    """The threshold with the smallest mean absolute error; the higher one where two are equal."""
    return min(thresholds, key=lambda t: (mean_absolute_error(observations, t), -t))


def fit_high(observations: Sequence[Observation], thresholds: Iterable[float], coverage: float) -> Bound:
    """The tightest upper bound that holds in ``coverage`` of the pictures of *every* scene.

    A camera is what differs: a bound that holds on average over pictures fails on whole cameras.
    "Tightest": smallest mean of ``(bound - truth) / max(truth, 1)``, every set with the same weight.
    """
    factors = np.arange(10, 41) / 10
    return min(
        (_bound(observations, t, float(f), coverage, is_high=True) for t in thresholds for f in factors),
        key=lambda bound: _slack(observations, bound, is_high=True),
    )


def fit_low(observations: Sequence[Observation], thresholds: Iterable[float], coverage: float) -> Bound:
    """The tightest lower bound that holds in ``coverage`` of the pictures of every scene; see ``fit_high``."""
    factors = np.arange(21) / 20
    return min(
        (_bound(observations, t, float(f), coverage, is_high=False) for t in thresholds for f in factors),
        key=lambda bound: _slack(observations, bound, is_high=False),
    )


def bound_values(observations: Sequence[Observation], bound: Bound, *, is_high: bool) -> NDArray[np.int64]:
    """The bound in every picture, people, shape ``(N,)``."""
    apply = high_bound if is_high else low_bound
    found = detected(observations, bound.threshold)
    return np.array([apply(int(d), bound.factor, bound.offset) for d in found], dtype=np.int64)


def _bound(
    observations: Sequence[Observation], threshold: float, factor: float, coverage: float, *, is_high: bool
) -> Bound:
    excess = truths(observations) - factor * detected(observations, threshold)
    if not is_high:
        excess = -excess
    needed = max(
        float(np.quantile(excess[members], coverage, method="inverted_cdf"))
        for members in scene_members(observations).values()
    )
    return Bound(threshold, factor, round(max(needed, MIN_HIGH_OFFSET if is_high else 0.0), 2) + 0.0)


def _slack(observations: Sequence[Observation], bound: Bound, *, is_high: bool) -> float:
    truth = truths(observations)
    distance = np.abs(bound_values(observations, bound, is_high=is_high) - truth)
    return float(set_weights(observations) @ (distance / np.maximum(truth, 1)))
