"""A burned-in clock that stands still while the recording goes on: ``clock_frozen``.

A clock that shows full units may have stopped at any instant of the unit that it shows. The first instant at which it
is surely wrong comes one unit after its last change, the last at which it is surely right is that change itself; told
is the middle of the two, which is off by half a unit at most.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np

from lessonproof.analysis.clock_fit import SLACK_UNITS, Floats, Piece
from lessonproof.analysis.clock_refine import ClockSource
from lessonproof.analysis.clock_series import MEASURED_FROM, ClockSeries, ClockStretch, runs_of
from lessonproof.analysis.clock_text import moment_of
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval, ns_to_s, s_to_ns

_SAME_SHARE: Final = 0.6
"""So many of the frames between two equal readings must show the same where the clock stood there."""
_SAME_S: Final = 0.1


def standing_runs(time_s: Floats, wall_s: Floats, unit_s: float) -> list[tuple[int, int]]:
    """Half-open index ranges of readings that show the very same text for longer than a clock may.

    Args:
        time_s: shape ``(N,)``.
        wall_s: shape ``(N,)``.
        unit_s: seconds from one change of the text to the next.
    """
    limit_s = unit_s * (1 + SLACK_UNITS) + 0.5
    return [(a, b) for a, b in runs_of(np.diff(wall_s) == 0) if time_s[b - 1] - time_s[a] > limit_s]


def stands(series: ClockSeries, run: tuple[int, int], source: ClockSource | None) -> bool:
    """Whether the clock stands: two equal readings may also be a jump back by as much as lies between them."""
    if run[1] - run[0] > 2:
        return True
    if source is None:
        return False
    frames = source.read(Interval(series.time_ns[run[0]], series.time_ns[run[1] - 1] + 1))
    shown = [r.wall_s for r in frames if r.wall_s is not None]
    return bool(shown) and shown.count(shown[0]) >= _SAME_SHARE * len(shown)


def standing_stretch(
    series: ClockSeries, run: tuple[int, int], pieces: Sequence[Piece], source: ClockSource | None, duration_ns: int
) -> ClockStretch:
    """From when to when the clock stands.

    Args:
        series: all readings.
        run: rows that show the same.
        pieces: how the clock runs elsewhere.
        source: reads the frames beside the run; without it the borders rest on the readings alone.
        duration_ns: of the recording.
    """
    if source is None:
        return _read_coarsely(series, run, pieces)
    start_ns, start_uncertain_ns = _start_on_frames(series, run, source)
    end_ns, end_uncertain_ns = _end_on_frames(series, run, source, duration_ns)
    return ClockStretch(Interval(start_ns, max(start_ns, end_ns)), start_uncertain_ns, end_uncertain_ns)


def frozen_finding(series: ClockSeries, run: tuple[int, int], stretch: ClockStretch) -> Finding:
    """What is told of a clock that stands."""
    stood_s = float(series.time_s[run[1] - 1] - series.time_s[run[0]])
    detail: dict[str, JsonValue] = {
        "shown": moment_of(series.shown(run[0])).isoformat(sep=" "),
        "stood_at_least_s": round(stood_s, 3),
        "readings": run[1] - run[0],
        "start_uncertain_s": ns_to_s(stretch.start_uncertain_ns),
        "end_uncertain_s": ns_to_s(stretch.end_uncertain_ns),
    }
    sure = 0.5 + 0.48 * (1 - np.exp(-(stood_s - series.unit_s) / (3 * series.unit_s)))
    return Finding(
        FindingKind.CLOCK_FROZEN, stretch.within, round(float(sure), 4), Severity.WARNING, MEASURED_FROM, detail
    )


def _start_on_frames(series: ClockSeries, run: tuple[int, int], source: ClockSource) -> tuple[int, int]:
    """When the clock stopped, and how far that may be off, ns."""
    first = run[0]
    if first == 0:
        return 0, 0
    half_ns = s_to_ns(series.unit_s) // 2
    same_since_ns = series.time_ns[first]
    shown_s = float(series.wall_s[first])
    for time_ns, wall_s in reversed(_frames(series, source, series.time_ns[first - 1], same_since_ns, shown_s)):
        if abs(wall_s - shown_s) > _SAME_S:
            if abs(shown_s - wall_s - series.unit_s) > _SAME_S:
                return same_since_ns, 0  # it was set to what it shows and stood from there
            break
        same_since_ns = time_ns
    return same_since_ns + half_ns, half_ns


def _end_on_frames(series: ClockSeries, run: tuple[int, int], source: ClockSource, duration_ns: int) -> tuple[int, int]:
    """When the clock went on, and how far that may be off, ns."""
    last_ns, shown_s = series.time_ns[run[1] - 1], float(series.wall_s[run[1] - 1])
    is_last = run[1] == series.size
    until_ns = duration_ns if is_last else series.time_ns[run[1]]
    for time_ns, wall_s in _frames(series, source, last_ns, until_ns, shown_s):
        if abs(wall_s - shown_s) <= _SAME_S:
            last_ns = time_ns
        elif abs(wall_s - shown_s - series.unit_s) <= _SAME_S:
            # It goes on from where it stood, so that a part of its unit had gone by when it stopped.
            half_ns = s_to_ns(series.unit_s) // 2
            return time_ns - half_ns, half_ns
        else:
            return time_ns, 0
    return (duration_ns, 0) if is_last else (last_ns, until_ns - last_ns)


def _frames(
    series: ClockSeries, source: ClockSource, from_ns: int, to_ns: int, near_s: float
) -> list[tuple[int, float]]:
    """Time and wall time, seconds, of the frames that could be read between two readings, both included."""
    if to_ns < from_ns:
        return []
    read = source.read(Interval(from_ns, to_ns + 1))
    return [(r.time_ns, series.on_clock(r.wall_s, near_s)) for r in read if r.wall_s is not None]


def _read_coarsely(series: ClockSeries, run: tuple[int, int], pieces: Sequence[Piece]) -> ClockStretch:
    """From where the running clock would have reached the text that stands, to halfway to the next reading."""
    first, last = run[0], run[1] - 1
    start_ns, floor_ns = series.time_ns[first], series.time_ns[first - 1] if first else 0
    before = [p for p in pieces if p.at_s < series.time_s[first]]
    if before:
        reached_ns = s_to_ns(float(series.wall_s[first]) - before[-1].offset_at(float(series.time_s[first])))
        start_ns = min(start_ns, max(floor_ns, reached_ns))
    end_ns, next_ns = series.time_ns[last], series.time_ns[min(run[1], series.size - 1)]
    half_ns = (next_ns - end_ns) // 2
    unit_ns = s_to_ns(series.unit_s)
    return ClockStretch(Interval(start_ns, end_ns + half_ns), unit_ns, half_ns)
