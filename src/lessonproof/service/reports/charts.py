"""Geometry of the two charts: head count over time, and the time line of findings. Pure; lengths in drawing units.

Both share one time axis, so that a reader can look from one to the other straight down.
"""

import itertools
import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.service.reports.formats import clock, wall_clock

WIDTH: Final = 1000
LEFT: Final = 132
RIGHT: Final = 24
PLOT: Final = WIDTH - LEFT - RIGHT
COUNT_TOP: Final = 14
COUNT_HEIGHT: Final = 200
LANE_HEIGHT: Final = 30
LANE_TOP: Final = 8
AXIS_HEIGHT: Final = 44
MIN_MARK: Final = 5.0
"""Narrowest mark: a cut of one frame in three hours must still be seen and hit with a finger."""
POINT_WIDTH: Final = 4
"""Samples that fall into so narrow a column are drawn as one point: a thousand points make a blot, not a line."""
_LABEL_WIDTH: Final = 30.0
_MAX_TICKS: Final = 9
_TICK_STEPS_S: Final = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 14400, 28800, 86400)
_GAP_PERIODS: Final = 2.5
"""Two samples further apart than this many sampling periods are not joined: nobody looked in between."""


@dataclass(frozen=True, slots=True)
class Tick:
    """One mark of an axis. ``wall``: time of day, ``None`` where nobody declared when the recording began."""

    position: float
    label: str
    wall: str | None = None


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Time from the start of a recording to drawing units."""

    duration_ns: int
    started_at: datetime | None

    def x(self, time_ns: int) -> float:
        """Horizontal place, clamped to the plot."""
        share = min(1.0, max(0.0, time_ns / max(1, self.duration_ns)))
        return round(LEFT + PLOT * share, 2)

    def ticks(self) -> tuple[Tick, ...]:
        """At most nine marks at round times."""
        seconds = self.duration_ns / NS_PER_S
        step_s = next((step for step in _TICK_STEPS_S if seconds / step <= _MAX_TICKS), _TICK_STEPS_S[-1])
        times = range(0, self.duration_ns + 1, step_s * NS_PER_S)
        return tuple(Tick(self.x(t), clock(t), self.wall(t)) for t in times)

    def wall(self, time_ns: int) -> str | None:
        """Time of day, where it is known."""
        return None if self.started_at is None else wall_clock(self.started_at, time_ns)


@dataclass(frozen=True, slots=True)
class CountChart:
    """Head count over time.

    Attributes:
        lines: ``points`` of polylines; apart where nothing is known in between.
        dots: single samples with nothing known on either side.
        bands: ``points`` of polygons of the 95 % interval.
        roster_y: height of the line of enrolled persons.
        signed_y: height of the line of signatures; ``None`` where there is no sheet.
        ticks_y: vertical axis.
        point_ns: time that one point stands for where samples lie too close to be drawn one by one (their median, and
            the outermost ends of their intervals); ``None`` where each sample has its own point.
        bottom: lower end of the plot.
        height: of the drawing.
    """

    lines: tuple[str, ...]
    dots: tuple[tuple[float, float], ...]
    bands: tuple[str, ...]
    roster_y: float
    signed_y: float | None
    ticks_y: tuple[Tick, ...]
    point_ns: int | None
    bottom: int = COUNT_TOP + COUNT_HEIGHT
    height: int = COUNT_TOP + COUNT_HEIGHT + AXIS_HEIGHT


def count_chart(series: HeadcountSeries, axis: TimeAxis, *, roster: int, signed: int | None) -> CountChart:
    """Lay out a series of counts against the roster and the signatures."""
    highest = max([roster, signed or 0, *(s.high or s.count or 0 for s in series.samples)])
    step = _count_step(highest)
    top = max(1, math.ceil(highest / step)) * step

    def y(people: int) -> float:
        return round(COUNT_TOP + COUNT_HEIGHT * (1 - people / top), 2)

    lines: list[str] = []
    dots: list[tuple[float, float]] = []
    bands: list[str] = []
    for run in known_runs(series):
        columns = [list(column) for _, column in itertools.groupby(run, lambda s: axis.x(s.time_ns) // POINT_WIDTH)]
        points = [(_middle(column, axis), y(_median(column))) for column in columns]
        if len(points) == 1:
            dots.append(points[0])
        else:
            lines.append(_points(points))
        if len(points) > 1 and run[0].low is not None:
            upper = [(_middle(c, axis), y(max(s.high or 0 for s in c))) for c in columns]
            lower = [(_middle(c, axis), y(min(s.low or 0 for s in c))) for c in columns]
            bands.append(_points([*upper, *reversed(lower)]))
    return CountChart(
        lines=tuple(lines),
        dots=tuple(dots),
        bands=tuple(bands),
        roster_y=y(roster),
        signed_y=None if signed is None else y(signed),
        ticks_y=tuple(Tick(y(people), str(people)) for people in range(0, top + 1, step)),
        point_ns=POINT_WIDTH * axis.duration_ns // PLOT if len(series.samples) * POINT_WIDTH > PLOT else None,
    )


def _middle(column: Sequence[FrameCount], axis: TimeAxis) -> float:
    return axis.x((column[0].time_ns + column[-1].time_ns) // 2)


def _median(column: Sequence[FrameCount]) -> int:
    return statistics.median_low(sample.count for sample in column if sample.count is not None)


def known_runs(series: HeadcountSeries) -> tuple[tuple[FrameCount, ...], ...]:
    """Stretches of samples that may be joined by a line: known, and no further apart than sampling explains."""
    runs: list[list[FrameCount]] = []
    before: FrameCount | None = None
    for sample in series.samples:
        if sample.count is not None:
            is_joined = (
                before is not None
                and before.count is not None
                and (before.low is None) == (sample.low is None)
                and sample.time_ns - before.time_ns <= _GAP_PERIODS * series.sample_period_ns
            )
            if is_joined:
                runs[-1].append(sample)
            else:
                runs.append([sample])
        before = sample
    return tuple(tuple(run) for run in runs)


def _count_step(highest: int) -> int:
    """Distance of horizontal lines: 1, 2, 5, 10, ... so that there are at most six."""
    power = 1
    while highest > 6 * 5 * power:
        power *= 10
    return next(digit * power for digit in (1, 2, 5) if highest <= 6 * digit * power)


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


@dataclass(frozen=True, slots=True)
class Mark:
    """One finding on the time line. ``label_x``: where its number is written; ``None`` where there is no room."""

    number: int
    x: float
    width: float
    lane: int
    label_x: float | None

    @property
    def y(self) -> int:
        """Upper edge."""
        return LANE_TOP + self.lane * LANE_HEIGHT + 10


@dataclass(frozen=True, slots=True)
class Strip:
    """The time line of one recording.

    Attributes:
        marks: findings.
        schedule: where the scheduled lesson lies, left and width; ``None`` where that is unknown or outside.
        bottom: lower end of the lanes.
        height: of the drawing.
    """

    marks: tuple[Mark, ...]
    schedule: tuple[float, float] | None
    bottom: int
    height: int


def strip(items: Sequence[tuple[int, int, Interval]], lanes: int, axis: TimeAxis, scheduled: Interval | None) -> Strip:
    """Lay out findings.

    Args:
        items: number, lane and interval of each finding, in time order.
        lanes: number of lanes.
        axis: time to place.
        scheduled: the scheduled lesson on the recording's time line.
    """
    label_ends: dict[int, float] = {}
    marks: list[Mark] = []
    for number, lane, interval in items:
        x, right = axis.x(interval.start_ns), axis.x(interval.end_ns)
        width = max(MIN_MARK, right - x)
        x = min(x, LEFT + PLOT - width)
        middle = round(x + width / 2, 2)
        has_room = middle - _LABEL_WIDTH / 2 >= label_ends.get(lane, 0.0)
        if has_room:
            label_ends[lane] = middle + _LABEL_WIDTH / 2
        marks.append(Mark(number, round(x, 2), round(width, 2), lane, middle if has_room else None))
    bottom = LANE_TOP + lanes * LANE_HEIGHT
    inside = None if scheduled is None else scheduled.intersect(Interval(0, axis.duration_ns))
    window = None if inside is None else (axis.x(inside.start_ns), axis.x(inside.end_ns) - axis.x(inside.start_ns))
    return Strip(tuple(marks), window, bottom, bottom + AXIS_HEIGHT)
