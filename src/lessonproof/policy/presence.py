"""Who was there, minute by minute of the lesson: the head counts of all cameras of a unit on the wall clock.

Cameras that the venue's layout calls disjoint add up. Of cameras that see the same part of a room, or of which nobody
knows what they see, each gives a number of people that are surely there; together they show at most the sum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.headcount import MINUTE_NS, FrameCount, MinuteCount, minute_count
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.training import CountReview, RecordingRef, TeachingUnit
from lessonproof.evidence.venue import VenueLayout
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.count_scale import CountScale, fit_scale, scaled
from lessonproof.policy.rules.presented import lesson_window
from lessonproof.policy.rules.wall_clock import epoch_ns

NEAR_NS: Final = 15 * NS_PER_S
"""A reviewer's number speaks of the nearest sample within this time."""
_WHOLE_PERCENT: Final = 100


@dataclass(frozen=True, slots=True)
class PresentMinute:
    """People in view of all cameras during one minute of the lesson.

    Attributes:
        start_ns: when it begins, nanoseconds since the epoch.
        count: people in view; ``None`` where a camera that has to be added was not counted then.
        low: lower end of the interval; ``None`` likewise, and where an interval is unknown.
        high: upper end; ``None`` likewise.
    """

    start_ns: int
    count: int | None
    low: int | None
    high: int | None


@dataclass(frozen=True, slots=True)
class Presence:
    """People over a lesson.

    Attributes:
        window: the lesson, nanoseconds since the epoch.
        minutes: one for each minute that begins inside it.
        staff: declared people who are no trainees.
        scales: how cameras are read by reviewers' corrections, by name; only those that have enough of them.
    """

    window: Interval
    minutes: tuple[PresentMinute, ...]
    staff: int
    scales: Mapping[str, CountScale]

    def trainees(self, minute: PresentMinute) -> tuple[int, int] | None:
        """Fewest and most trainees in a minute: all of the declared staff in view, or none; ``None`` where unknown."""
        if minute.low is None or minute.high is None:
            return None
        return max(0, minute.low - self.staff), minute.high

    def known(self) -> tuple[PresentMinute, ...]:
        """The minutes with an interval."""
        return tuple(minute for minute in self.minutes if minute.low is not None)


def presence_of(case: UnitCase, window: Interval | None = None) -> Presence:
    """The people of a unit, minute by minute.

    Args:
        case: the unit.
        window: the time to look at, nanoseconds since the epoch; ``None``: the lesson.
    """
    window = lesson_window(case) if window is None else window
    scales = _scales(case)
    by_camera: dict[str, dict[int, list[FrameCount]]] = {}
    for reference in case.unit.recordings:
        own = by_camera.setdefault(reference.camera, {})
        for sample in _on_the_wall(case, reference):
            if window.start_ns <= sample.time_ns < window.end_ns:
                minute = (sample.time_ns - window.start_ns) // MINUTE_NS
                own.setdefault(minute, []).append(scaled(sample, scales.get(reference.camera)))
    groups = camera_groups(case.unit)
    minutes = tuple(
        _joined(start_ns, [[minute_count(start_ns, by_camera[c].get(number, [])) for c in group] for group in groups])
        for number, start_ns in enumerate(range(window.start_ns, window.end_ns, MINUTE_NS))
    )
    return Presence(window, minutes, case.unit.declared_staff, scales)


def _on_the_wall(case: UnitCase, reference: RecordingRef) -> tuple[FrameCount, ...]:
    """A recording's samples on the wall clock; none where it is not counted or nobody knows when it began."""
    dossier = case.dossiers.get(reference.file)
    if not isinstance(dossier, Dossier) or dossier.headcount is None or reference.started_at is None:
        return ()
    start_ns = epoch_ns(reference.started_at)
    return tuple(replace(sample, time_ns=sample.time_ns + start_ns) for sample in dossier.headcount.samples)


def camera_groups(unit: TeachingUnit) -> tuple[tuple[str, ...], ...]:
    """Cameras that see a part of the room together; those in different groups see disjoint parts.

    Without a layout, and of cameras that it does not name, nothing is known: they are all taken together.
    """
    cameras = list(dict.fromkeys(reference.camera for reference in unit.recordings))
    layout = unit.layout
    if layout is None or any(layout.view_of(camera) is None for camera in cameras):
        return (tuple(cameras),) if cameras else ()
    groups: list[list[str]] = []
    for camera in cameras:
        near = [group for group in groups if any(_overlap(layout, camera, other) for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(other for group in near for other in group), camera])
    return tuple(tuple(group) for group in groups)


def _overlap(layout: VenueLayout, camera: str, other: str) -> bool:
    return (camera, other) in layout.overlapping or (other, camera) in layout.overlapping


def _joined(start_ns: int, groups: Sequence[Sequence[MinuteCount]]) -> PresentMinute:
    """All cameras in one minute: the most of each group, and the sum over groups."""
    parts = [_most(group) for group in groups]
    if not parts or any(part is None for part in parts):
        return PresentMinute(start_ns, None, None, None)
    known = [part for part in parts if part is not None]
    count = sum(part[0] for part in known)
    lows = [part[1] for part in known if part[1] is not None]
    highs = [part[2] for part in known if part[2] is not None]
    if len(lows) < len(known) or len(highs) < len(known):
        return PresentMinute(start_ns, count, None, None)
    return PresentMinute(start_ns, count, sum(lows), sum(highs))


def _most(group: Sequence[MinuteCount]) -> tuple[int, int | None, int | None] | None:
    """Count and interval of cameras that may see the same people; ``None`` where none of them was counted."""
    counted = [minute for minute in group if minute.count is not None]
    if not counted:
        return None
    count = max(minute.count or 0 for minute in counted)
    lows = [minute.low for minute in counted if minute.low is not None]
    highs = [minute.high for minute in counted if minute.high is not None]
    if len(lows) < len(counted):
        return count, None, None
    return count, max(lows), sum(highs)


def _scales(case: UnitCase) -> dict[str, CountScale]:
    """How each camera is to be read, from the reviewers' numbers of all its recordings in this unit."""
    pairs: dict[str, list[tuple[int, int]]] = {}
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if isinstance(dossier, Dossier) and dossier.headcount is not None:
            for review in case.class_file.counts:
                count = _counted_then(review, dossier)
                if count is not None:
                    pairs.setdefault(reference.camera, []).append((review.people, count))
    fitted = {camera: fit_scale(own) for camera, own in pairs.items()}
    return {camera: scale for camera, scale in fitted.items() if scale is not None}


def _counted_then(review: CountReview, dossier: Dossier) -> int | None:
    """The machine's count at the moment that a reviewer looked at; ``None`` where there is none near it."""
    if review.recording_sha256 != dossier.sha256 or dossier.headcount is None:
        return None
    at_ns = round(review.at_s * NS_PER_S)
    near = [s for s in dossier.headcount.samples if s.count is not None and abs(s.time_ns - at_ns) <= NEAR_NS]
    return min(near, key=lambda sample: abs(sample.time_ns - at_ns)).count if near else None


@dataclass(frozen=True, slots=True)
class PresenceRate:
    """Person-minutes in view against those that the signatures promise, over the minutes that were counted.

    Attributes:
        low_percent: least rate, rounded down.
        high_percent: greatest, rounded up; above 100 where more people were in view than signed.
        minutes: counted minutes.
        of_minutes: minutes of the lesson.
    """

    low_percent: int
    high_percent: int
    minutes: int
    of_minutes: int


def presence_rate(presence: Presence, signed: int) -> PresenceRate | None:
    """How much of the signed attendance is in view; ``None`` where nobody signed or no minute was counted."""
    bounds = [presence.trainees(minute) for minute in presence.known()]
    known = [bound for bound in bounds if bound is not None]
    if not known or signed <= 0:
        return None
    promised = signed * len(known)
    low = sum(low for low, _ in known) * _WHOLE_PERCENT // promised
    high = -(-sum(high for _, high in known) * _WHOLE_PERCENT // promised)
    return PresenceRate(low, high, len(known), len(presence.minutes))


@dataclass(frozen=True, slots=True)
class Turnover:
    """People who surely came or went: two minutes whose intervals do not touch.

    Attributes:
        between: from the start of the earlier minute to the end of the later one, nanoseconds since the epoch.
        change: so many more (positive) or fewer people at least.
    """

    between: Interval
    change: int


def turnovers(presence: Presence) -> tuple[Turnover, ...]:
    """Sure arrivals and departures over a lesson, in time order: each is measured from where the one before ended."""
    found: list[Turnover] = []
    anchor: PresentMinute | None = None
    for minute in presence.known():
        if anchor is None:
            anchor = minute
            continue
        change = _sure_change(anchor, minute)
        if change:
            found.append(Turnover(Interval(anchor.start_ns, minute.start_ns + MINUTE_NS), change))
        if change or _width(minute) <= _width(anchor):
            anchor = minute
    return tuple(found)


def _sure_change(before: PresentMinute, after: PresentMinute) -> int:
    if before.low is None or before.high is None or after.low is None or after.high is None:
        return 0
    return max(0, after.low - before.high) + min(0, after.high - before.low)


def _width(minute: PresentMinute) -> int:
    return 0 if minute.low is None or minute.high is None else minute.high - minute.low
