"""A burned-in clock that runs backward: the stretch is shown in reverse.

At both ends of such a stretch the clock jumps by the stretch's length, so that each frame beside them belongs to the
one line or to the other; only where a stretch is turned round in its place (first shown forward, then backward) does
the clock turn without a jump, and the end is known to a unit of the clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import numpy as np

from lessonproof.analysis.clock_fit import HARD_UNITS, JUMP_UNITS, SLACK_UNITS, Floats
from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_refine import ClockSource, split_of
from lessonproof.analysis.clock_series import MEASURED_FROM, ClockSeries, ClockStretch, runs_of
from lessonproof.analysis.clock_text import moment_of
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s, s_to_ns

_SURE_READINGS: Final = 3
_FEW_TICKS_NS: Final = NS_PER_S * 13 // 5
_NEIGHBOURS_NS: Final = NS_PER_S // 2
_MOST_ASKED: Final = 8
"""Single readings that are looked at on frames; on honest recordings these are misread digits."""


def backward_runs(time_s: Floats, wall_s: Floats, unit_s: float) -> list[tuple[int, int]]:
    """Half-open index ranges of at least three readings in which the clock runs backward as fast as time forward.

    Args:
        time_s: shape ``(N,)``.
        wall_s: shape ``(N,)``.
        unit_s: seconds from one change of the text to the next.
    """
    steps, gaps = np.diff(wall_s), np.diff(time_s)
    is_backward = (np.abs(steps + gaps) <= unit_s * (1 + SLACK_UNITS)) & (steps < -unit_s / 2)
    return [(a, b) for a, b in runs_of(is_backward) if b - a >= _SURE_READINGS]


def find_backward(series: ClockSeries, source: ClockSource | None) -> list[tuple[int, int]]:
    """Ranges of readings in which the clock runs backward, also of one or two where frames beside them say so."""
    runs = backward_runs(series.time_s, series.wall_s, series.unit_s)
    if source is None or series.unit_s > 1:
        return runs
    asked = [run for run in _suspects(series) if not any(run[0] < b and a < run[1] for a, b in runs)]
    found = [run for run in asked[:_MOST_ASKED] if _ticks_backward(source, series.time_ns[run[0]])]
    return sorted([*runs, *found])


def backward_stretch(
    series: ClockSeries, run: tuple[int, int], source: ClockSource | None, duration_ns: int
) -> ClockStretch:
    """From when to when the clock runs backward.

    Args:
        series: all readings.
        run: rows on the backward line.
        source: reads the frames beside the run; without it the borders lie halfway to the next readings.
        duration_ns: of the recording.
    """
    first, last = run[0], run[1] - 1
    start = _Turn(0, 0) if first == 0 else _turn(series, first - 1, first, source, is_start=True)
    is_last = last == series.size - 1
    end = _Turn(duration_ns, 0) if is_last else _turn(series, last, last + 1, source, is_start=False)
    within = Interval(start.at_ns, max(start.at_ns, end.at_ns))
    return ClockStretch(within, start.uncertain_ns, end.uncertain_ns)


def reversed_finding(series: ClockSeries, run: tuple[int, int], stretch: ClockStretch) -> Finding:
    """What is told of a clock that runs backward."""
    first, last = run[0], run[1] - 1
    uncertain_ns = max(stretch.start_uncertain_ns, stretch.end_uncertain_ns)
    detail: dict[str, JsonValue] = {
        "shown_first": moment_of(series.shown(first)).isoformat(sep=" "),
        "shown_last": moment_of(series.shown(last)).isoformat(sep=" "),
        "readings": run[1] - run[0],
        "located_on": "keyframes" if uncertain_ns else "frames",
        "start_uncertain_s": ns_to_s(stretch.start_uncertain_ns),
        "end_uncertain_s": ns_to_s(stretch.end_uncertain_ns),
    }
    # Where fewer readings lie inside, all frames beside one of them tick backward.
    sure = 1 - np.exp(-max(_SURE_READINGS, run[1] - run[0]) / 1.5)
    return Finding(
        FindingKind.REVERSED, stretch.within, round(float(sure), 4), Severity.CRITICAL, MEASURED_FROM, detail
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """When the clock turns round, ns, and how far that may be off."""

    at_ns: int
    uncertain_ns: int


def _turn(series: ClockSeries, left: int, right: int, source: ClockSource | None, *, is_start: bool) -> _Turn:
    """The border between two readings, of which the one before (``is_start``) or the one behind runs forward."""
    left_ns, right_ns = series.time_ns[left], series.time_ns[right]
    coarse = _Turn((left_ns + right_ns) // 2, (right_ns - left_ns) // 2)
    read = () if source is None else source.read(Interval(left_ns, right_ns + 1))
    frames = [r for r in read if r.wall_s is not None]
    if len(frames) < 4:
        return coarse
    time_s = np.array([r.time_ns for r in frames], np.float64) / NS_PER_S
    wall_s = _on_line(series, frames, left if is_start else right)
    forward, backward = (left, right) if is_start else (right, left)
    off_forward = np.abs(wall_s - time_s - series.offset_s[forward])
    off_backward = np.abs(wall_s + time_s - (series.wall_s[backward] + series.time_s[backward]))
    before, after = (off_forward, off_backward) if is_start else (off_backward, off_forward)
    split = split_of(before, after, 3 * series.unit_s)
    if not 0 < split < len(frames):
        return coarse
    at_ns = frames[split].time_ns
    apart_ns = at_ns - frames[split - 1].time_ns
    jumps = abs(float(wall_s[split] - wall_s[split - 1])) >= JUMP_UNITS * series.unit_s
    if apart_ns > _NEIGHBOURS_NS:
        return _Turn(at_ns, apart_ns)
    return _Turn(at_ns, 0 if jumps else s_to_ns(series.unit_s))


def _on_line(series: ClockSeries, frames: Sequence[ClockReading], row: int) -> Floats:
    """Middles of the units that frames show, on the day of a reading near by; shape ``(N,)``."""
    near_s = float(series.wall_s[row])
    return np.array([series.on_clock(r.wall_s, near_s) for r in frames if r.wall_s is not None], np.float64)


def _suspects(series: ClockSeries) -> list[tuple[int, int]]:
    """One or two readings off the line on which those before and behind them lie."""
    unit_s, offset = series.unit_s, series.offset_s
    found: list[tuple[int, int]] = []
    for count in range(1, _SURE_READINGS):
        if series.size < count + 2:
            break
        first = np.arange(1, series.size - count)
        before, after = offset[first - 1], offset[first + count]
        is_one = np.abs(after - before) <= HARD_UNITS * unit_s
        turned = series.wall_s + series.time_s
        for row in range(count):
            is_one &= np.abs(offset[first + row] - before) > HARD_UNITS * unit_s
            is_one &= np.abs(turned[first + row] - turned[first]) <= (1 + SLACK_UNITS) * unit_s
        found += [(k, k + count) for k in first[is_one].tolist()]
    return sorted(found)


def _ticks_backward(source: ClockSource, at_ns: int) -> bool:
    """Whether the text counts down twice on the frames around a reading, with nothing else between.

    Those behind it are looked at first: they are cheap, and where a digit was misread they say so.
    """
    behind = _steps(source, Interval(at_ns, at_ns + _FEW_TICKS_NS))
    if not behind or behind[0] != -1:
        return False
    if behind[1:2] == [-1]:
        return True
    before = _steps(source, Interval(max(0, at_ns - _FEW_TICKS_NS), at_ns + 1))
    return before[-1:] == [-1]


def _steps(source: ClockSource, stretch: Interval) -> list[int]:
    """By how much the text changes where it does, seconds."""
    shown = [r.wall_s for r in source.read(stretch) if r.wall_s is not None]
    return [after - before for before, after in pairwise(shown) if after != before]
