"""From looks at single pictures to a unit's coverage matrix: cameras joined on the wall clock, flicker taken out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.station_looks import StationLook
from lessonproof.evidence.intervals import NS_PER_MINUTE, NS_PER_S, Interval, ns_to_s
from lessonproof.evidence.station_coverage import (
    CameraMove,
    Coverage,
    StationCoverage,
    StationMinute,
    StationRow,
    StationSpan,
    TeachingArea,
    Why,
)
from lessonproof.evidence.venue import MIN_STATION_SIDE_PX, VenueLayout

SLOT_NS: Final = 10 * NS_PER_S
NEAR_NS: Final = 10 * NS_PER_S
"""A picture says something of so much time around it; where none is that near nothing is known."""
MIN_UNCOVERED_NS: Final = NS_PER_MINUTE
"""Shorter stretches count, and are not told: somebody passes by."""
MIN_IDLE_NS: Final = 10 * NS_PER_MINUTE
MIN_UNTAUGHT_NS: Final = 20 * NS_PER_MINUTE
"""Breaks between class hours last ten to twenty minutes: an empty teaching area is told from this length on."""
LONE_SLOTS: Final = 3
ABSENT_SLOTS: Final = 6
"""Whoever is seen once and not again within :data:`LONE_SLOTS` passed by; whoever is not seen for fewer slots than
this was there all the time."""
_CAUTIOUS: Final = (Coverage.UNKNOWN, Coverage.UNCOVERED, Coverage.COVERED)


@dataclass(frozen=True, slots=True, eq=False)
class Watch:
    """What one recording gave.

    Attributes:
        camera: its camera.
        stations: names, in the order of the looks.
        span: its place on the wall clock; ``None`` where that is unknown or it could not be read.
        wall_ns: shape ``(N,)``, int64, rising: wall-clock times of the pictures that were looked at.
        looks: per picture, per station.
        problem: why there are no looks; ``None`` where there are.
        moves: when its camera was turned, wall clock.
        taught: per picture, whether somebody stood or moved in the teaching area; empty where the camera shows none.
    """

    camera: str
    stations: tuple[str, ...]
    span: Interval | None
    wall_ns: NDArray[np.int64]
    looks: tuple[tuple[StationLook, ...], ...]
    problem: Why | None = None
    moves: tuple[CameraMove, ...] = ()
    taught: tuple[bool | None, ...] = ()


def join_watches(
    layout: VenueLayout,
    watches: Sequence[Watch],
    window: Interval,
    recordings: tuple[str, ...],
    people_reason: str | None,
) -> StationCoverage:
    """The coverage matrix of a unit: a station is covered where any camera that has it shows it.

    Args:
        layout: where the cameras see which station.
        watches: one per recording of a camera of the layout.
        window: the practical time, wall clock.
        recordings: digests of the recordings.
        people_reason: why nobody looked for people; ``None`` where somebody did.
    """
    middles = _middles(window)
    rows = []
    for name in layout.station_names():
        cameras = [view.camera for view in layout.cameras if any(area.name == name for area in view.stations)]
        slots = [_slot(name, cameras, watches, int(middle)) for middle in middles]
        rows.append(_row(name, tuple(cameras), slots, window))
    settings = {
        "min_station_side_px": MIN_STATION_SIDE_PX,
        "slot_s": ns_to_s(SLOT_NS),
        "min_uncovered_s": ns_to_s(MIN_UNCOVERED_NS),
        "min_idle_s": ns_to_s(MIN_IDLE_NS),
    }
    moves = sorted((move for watch in watches for move in watch.moves), key=lambda move: move.interval.start_ns)
    return StationCoverage(
        layout.venue,
        layout.source_sha256,
        recordings,
        window,
        tuple(rows),
        settings,
        people_reason,
        tuple(moves),
        _teaching(watches, middles, window),
    )


def _teaching(watches: Sequence[Watch], middles: NDArray[np.int64], window: Interval) -> TeachingArea | None:
    """What the cameras say of the teaching area; ``None`` where none of them shows it."""
    showing = [watch for watch in watches if watch.taught]
    if not showing:
        return None
    seen = steady([_any([_taught(watch, int(middle)) for watch in showing]) for middle in middles])
    cameras = tuple(dict.fromkeys(watch.camera for watch in showing))
    absent = tuple(
        StationSpan(span, "nobody_there", cameras, 1.0 - min(1.0, MIN_UNTAUGHT_NS / span.length_ns))
        for _, _, span in _spans([one is False for one in seen], window, MIN_UNTAUGHT_NS)
    )
    return TeachingArea(absent, is_known=None not in seen)


def _taught(watch: Watch, middle_ns: int) -> bool | None:
    """What the picture nearest to a time says; ``None`` where none is near."""
    if watch.span is None or not watch.span.start_ns <= middle_ns < watch.span.end_ns:
        return None
    row = _nearest_row(watch, middle_ns)
    return None if row is None else watch.taught[row]


def _nearest_row(watch: Watch, middle_ns: int) -> int | None:
    after = int(np.searchsorted(watch.wall_ns, middle_ns))
    rows = [row for row in (after - 1, after) if 0 <= row < watch.wall_ns.size]
    row = min(rows, key=lambda number: abs(int(watch.wall_ns[number]) - middle_ns), default=None)
    return None if row is None or abs(int(watch.wall_ns[row]) - middle_ns) > NEAR_NS else row


def steady(seen: Sequence[bool | None]) -> list[bool | None]:
    """Presence without flicker.

    Args:
        seen: per slot, whether somebody was seen; ``None`` where nobody could tell.
    """
    true = np.array([one is True for one in seen], np.bool_)
    kept = true.copy()
    for first, end in runs(true):
        is_alone = end - first == 1 and true[max(0, first - LONE_SLOTS) : end + LONE_SLOTS].sum() == 1
        kept[first:end] = not is_alone
    for first, end in runs(~kept):
        if first > 0 and end < kept.size and end - first < ABSENT_SLOTS:
            kept[first:end] = True
    return [True if stays else (None if one is None else False) for stays, one in zip(kept, seen, strict=True)]


def _middles(window: Interval) -> NDArray[np.int64]:
    starts = np.arange(window.start_ns, window.end_ns, SLOT_NS, dtype=np.int64)
    return np.asarray((starts + np.minimum(starts + SLOT_NS, window.end_ns)) // 2, np.int64)


def _slot(name: str, cameras: Sequence[str], watches: Sequence[Watch], middle_ns: int) -> StationLook:
    """All cameras together at one time."""
    looks = [_of_camera(name, [w for w in watches if w.camera == camera], middle_ns) for camera in cameras]
    best = next((look for look in looks if look.state is Coverage.COVERED), None)
    if best is None:
        best = next((look for look in looks if look.state is Coverage.UNKNOWN), None)
    if best is None:
        # The camera that comes nearest to showing it; one that was not recording comes last.
        best = min(looks, key=lambda look: (look.reason is Why.NO_RECORDING, look.margin or 0.0))
    return replace(best, person=_any([look.person for look in looks]), moving=_any([look.moving for look in looks]))


def _of_camera(name: str, watches: Sequence[Watch], middle_ns: int) -> StationLook:
    there = [w for w in watches if w.span is not None and w.span.start_ns <= middle_ns < w.span.end_ns]
    looks = [_nearest(name, watch, middle_ns) for watch in there]
    if looks:
        return next((look for look in looks if look.state is Coverage.COVERED), looks[0])
    # A recording without a place in time may have shown it; one that is not there has not.
    problem = next((w.problem for w in watches if w.span is None and w.problem is not None), None)
    if problem is not None:
        return StationLook(Coverage.UNKNOWN, problem)
    return StationLook(Coverage.UNCOVERED, Why.NO_RECORDING, margin=1.0)


def _nearest(name: str, watch: Watch, middle_ns: int) -> StationLook:
    if watch.problem is not None:
        return StationLook(Coverage.UNKNOWN, watch.problem)
    row = _nearest_row(watch, middle_ns)
    if row is None:
        return StationLook(Coverage.UNKNOWN, Why.NO_PICTURE)
    return watch.looks[row][watch.stations.index(name)]


def _any(seen: Sequence[bool | None]) -> bool | None:
    if True in seen:
        return True
    return False if False in seen else None


def _row(name: str, cameras: tuple[str, ...], slots: Sequence[StationLook], window: Interval) -> StationRow:
    lengths = [
        min(window.start_ns + (k + 1) * SLOT_NS, window.end_ns) - (window.start_ns + k * SLOT_NS)
        for k in range(len(slots))
    ]
    occupied, moving = steady([look.person for look in slots]), steady([look.moving for look in slots])
    per_minute = NS_PER_MINUTE // SLOT_NS
    is_uncovered = [look.state is Coverage.UNCOVERED for look in slots]
    is_idle = [
        look.state is Coverage.COVERED and person is False and active is not True
        for look, person, active in zip(slots, occupied, moving, strict=True)
    ]
    return StationRow(
        name=name,
        minutes=tuple(
            _minute(slots[first : first + per_minute], occupied[first : first + per_minute])
            for first in range(0, len(slots), per_minute)
        ),
        time_ns={
            state: sum(length for length, look in zip(lengths, slots, strict=True) if look.state is state)
            for state in Coverage
        },
        uncovered=tuple(
            StationSpan(
                span,
                _usual([look.reason for look in slots[first:end]]),
                cameras,
                _mean([look.margin or 0.0 for look in slots[first:end]]),
            )
            for first, end, span in _spans(is_uncovered, window, MIN_UNCOVERED_NS)
        ),
        idle=tuple(
            StationSpan(
                span,
                "unused",
                cameras,
                _mean([look.person is False and look.moving is False for look in slots[first:end]]),
            )
            for first, end, span in _spans(is_idle, window, MIN_IDLE_NS)
        ),
    )


def _minute(slots: Sequence[StationLook], occupied: Sequence[bool | None]) -> StationMinute:
    counts = Counter(look.state for look in slots)
    state = max(_CAUTIOUS, key=lambda one: counts[one])  # the first of equals, which promises least
    reason = None if state is Coverage.COVERED else _usual([look.reason for look in slots if look.state is state])
    known = [one for one in occupied if one is not None]
    return StationMinute(state, reason, None if not known else sum(known) * 2 >= len(known))


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _usual(reasons: Sequence[Why | None]) -> str:
    given = Counter(reason.value for reason in reasons if reason is not None)
    return given.most_common(1)[0][0]


def _spans(flags: Sequence[bool], window: Interval, least_ns: int) -> list[tuple[int, int, Interval]]:
    found = [
        (
            first,
            end,
            Interval(window.start_ns + first * SLOT_NS, min(window.start_ns + end * SLOT_NS, window.end_ns)),
        )
        for first, end in runs(flags)
    ]
    return [item for item in found if item[2].length_ns >= least_ns]
