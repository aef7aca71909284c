"""Which pictures to count people on beside the regular ones: where the count changes, at the ends, beside findings.

And which stretches to follow frame by frame: those in which somebody who had been sitting was not found again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, zip_longest
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.people_counts import SETTLED_SAMPLES
from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_places import Place, find_places
from lessonproof.evidence.intervals import NS_PER_S, Interval

MORE_SHARE: Final = 0.25
"""So many pictures are added at most, as a share of the regular ones, ..."""
MORE_LEAST: Final = 12
"""... but at least so many may be."""
END_NS: Final = 60 * NS_PER_S
"""The first and the last minute are looked at twice as densely: people come and go there."""
CHANGE_SHARE: Final = 0.2
CHANGE_LEAST: Final = 2
"""A change of at least so many people, and of that share of them, asks for a picture in between."""
BESIDE_NS: Final = NS_PER_S
"""Distance of a picture from the border of a finding."""
BURSTS_PER_HOUR: Final = 3
BURSTS_LEAST: Final = 2
BURST_NS: Final = 12 * NS_PER_S
"""A longer stretch is not followed: a sample is missing in it."""


def plan_more(
    seen: Sequence[SeenPeople],
    threshold: float,
    *,
    period_ns: int,
    duration_ns: int,
    borders_ns: Sequence[int],
    keys_ns: NDArray[np.int64],
) -> tuple[int, ...]:
    """Instants at which to count as well, rising.

    Args:
        seen: the regular samples, in time order.
        threshold: score from which a detection is counted.
        period_ns: aimed-at distance of the regular samples.
        duration_ns: of the recording.
        borders_ns: where findings begin and end, the weightiest first.
        keys_ns: times of the random-access pictures, rising: one that is near is taken, as it costs least.
    """
    if not seen:
        return ()
    beside = [moment for border in borders_ns for moment in (border - BESIDE_NS, border + BESIDE_NS)]
    reasons = _at_ends(period_ns, duration_ns), beside, _at_changes(seen, threshold)
    # In turns, so that no reason spends what there is for all.
    wanted = [moment for turn in zip_longest(*reasons) for moment in turn if moment is not None]
    most = max(MORE_LEAST, int(MORE_SHARE * len(seen)))
    taken: list[int] = []
    have = np.array([picture.time_ns for picture in seen], np.int64)
    for moment_ns in wanted:
        at_ns = _near_key(keys_ns, moment_ns, period_ns // 4)
        near = np.abs(np.append(have, taken) - at_ns).min() < min(BESIDE_NS, period_ns // 4)
        if 0 <= at_ns < duration_ns and not near and len(taken) < most:
            taken.append(at_ns)
    return tuple(sorted(taken))


def _at_ends(period_ns: int, duration_ns: int) -> list[int]:
    first = [BESIDE_NS // 2, *range(period_ns, min(END_NS, duration_ns // 2), period_ns)]
    return [moment for inside in first for moment in (inside, duration_ns - inside)]


def _at_changes(seen: Sequence[SeenPeople], threshold: float) -> list[int]:
    """The middle between two samples whose counts differ, the greatest difference first."""
    counts = [int(np.count_nonzero(picture.scores >= np.float32(threshold))) for picture in seen]
    steps = [
        (abs(after - before), (one.time_ns + other.time_ns) // 2)
        for (before, after), (one, other) in zip(pairwise(counts), pairwise(seen), strict=True)
        if abs(after - before) >= max(CHANGE_LEAST, CHANGE_SHARE * max(before, after))
    ]
    return [moment for _, moment in sorted(steps, key=lambda step: (-step[0], step[1]))]


def _near_key(keys_ns: NDArray[np.int64], moment_ns: int, within_ns: int) -> int:
    if keys_ns.size:
        nearest = int(keys_ns[np.argmin(np.abs(keys_ns - moment_ns))])
        if abs(nearest - moment_ns) <= within_ns:
            return nearest
    return moment_ns


@dataclass(frozen=True, slots=True)
class Burst:
    """A stretch to follow frame by frame.

    Attributes:
        between: from the last sample that shows the places to the first that does not.
        boxes_xyxy: where the people sat or stood who were not found again, shares of the picture.
    """

    between: Interval
    boxes_xyxy: tuple[tuple[float, float, float, float], ...]


def plan_bursts(seen: Sequence[SeenPeople], threshold: float, duration_ns: int) -> tuple[Burst, ...]:
    """Stretches in which people who had stayed were lost, those with most people first chosen; in time order.

    Args:
        seen: in time order.
        threshold: score from which a detection is counted.
        duration_ns: of the recording.
    """
    lost: dict[int, list[tuple[float, float, float, float]]] = {}
    for place in find_places(seen, threshold):
        for sample, box in _lost_after(place, seen, threshold):
            lost.setdefault(sample, []).append(box)
    bursts = [
        Burst(Interval(seen[sample].time_ns, seen[sample + 1].time_ns), tuple(boxes))
        for sample, boxes in lost.items()
        if seen[sample + 1].time_ns - seen[sample].time_ns <= BURST_NS
    ]
    most = max(BURSTS_LEAST, BURSTS_PER_HOUR * duration_ns // (3600 * NS_PER_S))
    chosen = sorted(bursts, key=lambda burst: (-len(burst.boxes_xyxy), burst.between.start_ns))[:most]
    return tuple(sorted(chosen, key=lambda burst: burst.between.start_ns))


def _lost_after(
    place: Place, seen: Sequence[SeenPeople], threshold: float
) -> list[tuple[int, tuple[float, float, float, float]]]:
    """Samples after which a settled place was not found in the next one, with where it was then."""
    is_sure = place.scores(seen) >= np.float32(threshold)
    is_settled = np.cumsum(is_sure) >= SETTLED_SAMPLES
    boxes = place.boxes_xyxy(seen)
    lost = []
    following = [*place.samples[1:].tolist(), len(seen)]
    for step, (sample, after) in enumerate(zip(place.samples.tolist(), following, strict=True)):
        if is_settled[step] and is_sure[step] and after > sample + 1:
            left, top, right, bottom = boxes[step].tolist()
            lost.append((sample, (left, top, right, bottom)))
    return lost
