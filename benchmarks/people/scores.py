"""Arithmetic of the counting benchmark: error, coverage and width of the interval, minutes, passages, still figures."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from benchmarks.people.rooms import RoomTruth, SeenPerson
from lessonproof.evidence.headcount import HeadcountSeries, MinuteCount, Passage, PassageKind, StillFigure
from lessonproof.models.detector import overlaps

MINUTE_NS: Final = 60_000_000_000
SAME_IOU: Final = 0.3
"""Boxes that share so much are of one thing."""
AWAY_WIDTHS: Final = 0.5
"""Whoever is so many widths of his own box aside is no longer at his place."""
LIVING_SHARE: Final = 0.5
"""A still figure upon a living person in so many of the moments takes that person out of the count."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One count beside the truth.

    Attributes:
        fewest: least number of people that is true.
        most: greatest such number.
        count: of the product.
        bounds: its interval; ``None`` where it is unknown.
        plain: of the peer; ``None`` where it was not asked.
    """

    fewest: int
    most: int
    count: int
    bounds: tuple[int, int] | None
    plain: int | None

    def error(self, count: int) -> int:
        """People between a count and the nearest true number."""
        return max(self.fewest - count, count - self.most, 0)

    @property
    def is_covered(self) -> bool:
        """Whether the interval holds every true number; an unknown one holds none."""
        return self.bounds is not None and self.bounds[0] <= self.fewest and self.most <= self.bounds[1]


@dataclass(frozen=True, slots=True)
class Errors:
    """A line of the table; people, means over readings.

    Attributes:
        readings: how many.
        people: true number.
        error: mean absolute error of the product.
        plain_error: that of the peer; ``None`` where it was not asked.
        covered: share of intervals that hold the truth.
        width: of the known intervals; ``None`` where none is known.
    """

    readings: int
    people: float
    error: float
    plain_error: float | None
    covered: float
    width: float | None


def errors_of(readings: Sequence[Reading]) -> Errors | None:
    """Errors of readings; ``None`` where there are none."""
    if not readings:
        return None
    plain = [r.error(r.plain) for r in readings if r.plain is not None]
    widths = [r.bounds[1] - r.bounds[0] for r in readings if r.bounds is not None]
    return Errors(
        readings=len(readings),
        people=statistics.fmean((r.fewest + r.most) / 2 for r in readings),
        error=statistics.fmean(r.error(r.count) for r in readings),
        plain_error=statistics.fmean(plain) if plain else None,
        covered=statistics.fmean(r.is_covered for r in readings),
        width=statistics.fmean(widths) if widths else None,
    )


def minute_readings(
    minutes: Sequence[MinuteCount],
    truths: Sequence[tuple[int, int, int]],
    plain: Sequence[tuple[int, int]],
) -> list[Reading]:
    """Hold minutes against the medians of what is true in them; a minute without truth or count is left out.

    Args:
        minutes: of the product.
        truths: instant in nanoseconds, fewest and most people.
        plain: instant in nanoseconds, and count of the peer.
    """
    readings = []
    for minute in minutes:
        inside = [t for t in truths if minute.start_ns <= t[0] < minute.start_ns + MINUTE_NS]
        if not inside or minute.count is None:
            continue
        peer = [count for at_ns, count in plain if minute.start_ns <= at_ns < minute.start_ns + MINUTE_NS]
        readings.append(
            Reading(
                fewest=statistics.median_low([t[1] for t in inside]),
                most=statistics.median_high([t[2] for t in inside]),
                count=minute.count,
                bounds=None if minute.low is None or minute.high is None else (minute.low, minute.high),
                plain=statistics.median_low(peer) if peer else None,
            )
        )
    return readings


@dataclass(frozen=True, slots=True)
class StillScore:
    """Posters and who was taken for one.

    Attributes:
        posters: on the walls.
        found: those that the detector takes for people in most samples.
        excluded: those taken out of the count.
        living: living people that were taken out.
        things: still figures that are neither.
    """

    posters: int = 0
    found: int = 0
    excluded: int = 0
    living: int = 0
    things: int = 0

    def __add__(self, other: "StillScore") -> "StillScore":
        """Sum over rooms."""
        return StillScore(
            self.posters + other.posters,
            self.found + other.found,
            self.excluded + other.excluded,
            self.living + other.living,
            self.things + other.things,
        )


def still_score(truth: RoomTruth, figures: Sequence[StillFigure], seen: Sequence[NDArray[np.float32]]) -> StillScore:
    """Hold still figures against the posters and the people of a room.

    Args:
        truth: of the room.
        figures: of the product.
        seen: for each sampled picture the boxes that count, ``(K, 4)``, shares of the picture.
    """
    posters = [tuple(box) for box in truth.posters_xyxy.tolist()]
    excluded, living, things = set[int](), 0, 0
    for figure in figures:
        own = [number for number, box in enumerate(posters) if _iou(figure.box_xyxy, box) >= SAME_IOU]
        if own:
            excluded.add(own[0])
        elif _is_living(truth, figure):
            living += 1
        else:
            things += 1
    found = sum(
        statistics.fmean(any(_iou(box, one) >= SAME_IOU for one in boxes.tolist()) for boxes in seen) > 0.5
        for box in posters
        if seen
    )
    return StillScore(len(posters), found, len(excluded), living, things)


def _is_living(truth: RoomTruth, figure: StillFigure) -> bool:
    inside = [m for m in truth.moments if figure.seen.start_ns <= m.at_ns <= figure.seen.end_ns]
    upon = [any(_iou(figure.box_xyxy, one.box_xyxy) >= SAME_IOU for one in moment.people) for moment in inside]
    return bool(upon) and statistics.fmean(upon) >= LIVING_SHARE


@dataclass(frozen=True, slots=True)
class PassageScore:
    """What was told of people who were lost between two samples, and what was true.

    Attributes:
        told: passages of the product.
        right: those whose kind is true.
        nobody: those at whose place nobody was.
        left_truly: times that a trainee went out of view.
    """

    told: int = 0
    right: int = 0
    nobody: int = 0
    left_truly: int = 0

    def __add__(self, other: "PassageScore") -> "PassageScore":
        """Sum over rooms."""
        return PassageScore(
            self.told + other.told,
            self.right + other.right,
            self.nobody + other.nobody,
            self.left_truly + other.left_truly,
        )


def passage_score(truth: RoomTruth, passages: Sequence[Passage]) -> PassageScore:
    """Hold each passage against what became of the person who was at its place."""
    true_kinds = [_true_kind(truth, passage) for passage in passages]
    return PassageScore(
        told=len(passages),
        right=sum(kind is passage.kind for kind, passage in zip(true_kinds, passages, strict=True)),
        nobody=sum(kind is None for kind in true_kinds),
        left_truly=len(truth.left),
    )


def _true_kind(truth: RoomTruth, passage: Passage) -> PassageKind | None:
    """What became of whoever was at the place of a passage; ``None`` where nobody was."""
    before, after = truth.at(passage.between.start_ns), truth.at(passage.between.end_ns)
    at_place = max(before.people, key=lambda one: _iou(one.box_xyxy, passage.box_xyxy), default=None)
    if at_place is None or _iou(at_place.box_xyxy, passage.box_xyxy) < SAME_IOU:
        return None
    later = next((one for one in after.people if one.person == at_place.person), None)
    if later is None:
        has_gone = any(
            person == at_place.person and passage.between.start_ns <= at_ns <= passage.between.end_ns
            for person, at_ns in truth.left
        )
        return PassageKind.LEFT if has_gone else PassageKind.HIDDEN
    return PassageKind.LEFT if _is_aside(at_place, later) else PassageKind.HIDDEN


def _is_aside(before: SeenPerson, after: SeenPerson) -> bool:
    """Whether a person is away from where he was; heads do not move with what hides a body."""
    left, top, right, _ = before.box_xyxy
    later_left, later_top, later_right, _ = after.box_xyxy
    aside = abs((later_left + later_right) - (left + right)) / 2
    return max(aside, abs(later_top - top)) >= AWAY_WIDTHS * (right - left)


def _iou(box: Sequence[float], other: Sequence[float]) -> float:
    shared, _ = overlaps(np.array([box], np.float32), np.array([other], np.float32))
    return float(shared[0, 0])


def frame_readings(series: HeadcountSeries, truth: RoomTruth, plain: Sequence[tuple[int, int]]) -> list[Reading]:
    """The samples of a series beside who was visible; those that could not be read are left out."""
    by_time = dict(plain)
    readings = []
    for sample in series.samples:
        if sample.count is not None:
            visible = truth.at(sample.time_ns).visible
            bounds = None if sample.low is None or sample.high is None else (sample.low, sample.high)
            readings.append(Reading(visible, visible, sample.count, bounds, by_time.get(sample.time_ns)))
    return readings
