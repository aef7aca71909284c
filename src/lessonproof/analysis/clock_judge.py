"""What the burned-in clock says of a recording: jumps, drift, standing still, running backward, and speed.

One misread digit is no jump: a new offset must hold over readings on both sides, or be seen on every frame between two
of them. What rests on fewer readings is only a hint for those who look at the pictures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

import numpy as np

from lessonproof.analysis.clock_fit import (
    HARD_UNITS,
    JUMP_UNITS,
    Floats,
    Piece,
    backward_runs,
    pieces_of,
    standing_runs,
    unwrapped,
)
from lessonproof.analysis.clock_overlay import ClockOverlay, ClockReading
from lessonproof.analysis.clock_refine import ClockJump, ClockSource, fine_offset, refine_jump
from lessonproof.analysis.clock_text import moment_of
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, s_to_ns, total_ns

CLOCK_KINDS: Final = (FindingKind.CLOCK_JUMP, FindingKind.CLOCK_FROZEN, FindingKind.CLOCK_DRIFT)
MEASURED_FROM: Final = "clock"
CLOCK_UNREADABLE: Final = "clock_unreadable"
CLOCK_SHOWS_MINUTES: Final = "clock_shows_minutes"
TOO_SHORT: Final = "too_short"
_MIN_READ_SHARE: Final = 0.7
_MIN_READINGS: Final = 4
_SETTLED_READINGS: Final = 3
"""So many readings on each side make a jump that stands without looking at the frames between."""
_MIN_DRIFT_NS: Final = 60 * NS_PER_S
_MIN_DRIFT_S: Final = 0.6
_MIN_GAINED_UNITS: Final = 2.35
"""What a slope of mere readings must gain where no frames can be read; a clock set by a second may look like it."""
_TICK_BLUR_S: Final = 0.15
"""How exactly changes of the text tell the time between them: a frame or two each."""
_FINE_PLACES: Final = 24
_AROUND_NS: Final = 50 * NS_PER_S
_STEEPEST_DRIFT: Final = 0.12
"""A clock that is further off than this is no clock; the recording's speed was changed."""
_WHOLE_SHARE: Final = 0.9
_MOST_REFINED: Final = 12
_STILL_SHARE: Final = 0.6


@dataclass(frozen=True, slots=True)
class ClockVerdict:
    """What was concluded from all readings of a recording.

    Attributes:
        findings: clock kinds, and ``reversed`` where the clock runs backward, in time order.
        hints: stretches between two readings where something happens that the pictures should tell.
        speed: what the clock says of the speed of stretches.
        checked: kinds whose silence means that nothing is there.
        unchecked: kind -> reason code, for the others.
        first_wall_s: local time at the first frame, seconds since 1970-01-01; one value, or two where month and day may
            be meant either way; empty where the date could not be read.
        read: readings that gave a time.
        unread: readings that gave none.
    """

    findings: tuple[Finding, ...]
    hints: tuple[Hint, ...]
    speed: tuple[SpeedEvidence, ...]
    checked: frozenset[FindingKind]
    unchecked: Mapping[str, str] = field(default_factory=dict)
    first_wall_s: tuple[int, ...] = ()
    read: int = 0
    unread: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class _Series:
    """All readings that gave a time, unwrapped."""

    time_ns: tuple[int, ...]
    time_s: Floats
    wall_s: Floats
    offset_s: Floats
    unit_s: float
    modulus_s: int | None

    def without(self, runs: Sequence[tuple[int, int]]) -> "_Series":
        kept = np.ones(self.time_s.size, np.bool_)
        for a, b in runs:
            kept[a:b] = False
        return self.only(np.flatnonzero(kept).tolist())

    def only(self, rows: Sequence[int]) -> "_Series":
        at = np.array(rows, np.intp)
        times = tuple(self.time_ns[k] for k in rows)
        return _Series(times, self.time_s[at], self.wall_s[at], self.offset_s[at], self.unit_s, self.modulus_s)


def judge_clock(
    readings: Sequence[ClockReading],
    overlay: ClockOverlay,
    duration_ns: int,
    *,
    still: Sequence[Interval] = (),
    source: ClockSource | None = None,
) -> ClockVerdict:
    """Judge the clock of a recording.

    Args:
        readings: of all random-access pictures, in any order.
        overlay: what was read.
        duration_ns: of the recording.
        still: stretches in which the picture itself stands still: a clock that stands there too is no finding.
        source: reads the clock on every frame of a stretch; ``None`` leaves jumps between two readings.
    """
    ordered = sorted(readings, key=lambda r: r.time_ns)
    series = _series_of(ordered, overlay)
    unread = len(ordered) - len(series.time_ns)
    if len(series.time_ns) < _MIN_READINGS or len(series.time_ns) < _MIN_READ_SHARE * len(ordered):
        reasons = {kind.value: CLOCK_UNREADABLE for kind in CLOCK_KINDS}
        return ClockVerdict((), (), (), frozenset(), reasons, (), len(series.time_ns), unread)
    findings, hints, speed = _judged(series, duration_ns, still, source)
    unchecked = _unchecked(overlay, duration_ns)
    return ClockVerdict(
        findings=tuple(sorted(findings, key=Finding.sort_key)),
        hints=tuple(hints),
        speed=tuple(speed),
        checked=frozenset(kind for kind in CLOCK_KINDS if kind.value not in unchecked),
        unchecked=unchecked,
        first_wall_s=_first_wall(ordered, overlay),
        read=len(series.time_ns),
        unread=unread,
    )


def _series_of(ordered: Sequence[ClockReading], overlay: ClockOverlay) -> _Series:
    read = [(r.time_ns, r.wall_s) for r in ordered if r.wall_s is not None]
    time_s = np.array([t for t, _ in read], np.float64) / NS_PER_S
    middle = np.array([w for _, w in read], np.float64) + overlay.unit_s / 2
    offset = unwrapped(time_s, middle, overlay.modulus_s)
    return _Series(
        tuple(t for t, _ in read),
        time_s,
        np.round(offset + time_s, 3),
        offset,
        float(overlay.unit_s),
        overlay.modulus_s,
    )


def _unchecked(overlay: ClockOverlay, duration_ns: int) -> dict[str, str]:
    reasons: dict[str, str] = {}
    if overlay.unit_s > 1:
        reasons |= {kind.value: CLOCK_SHOWS_MINUTES for kind in (FindingKind.CLOCK_JUMP, FindingKind.CLOCK_FROZEN)}
    if duration_ns < _MIN_DRIFT_NS * overlay.unit_s:
        reasons[FindingKind.CLOCK_DRIFT.value] = TOO_SHORT
    return reasons


def _first_wall(ordered: Sequence[ClockReading], overlay: ClockOverlay) -> tuple[int, ...]:
    """What the clock showed when the first frame was taken; of three readings the middle one, so that none decides."""
    if not overlay.has_date:
        return ()
    dated = [r for r in ordered if r.wall_s is not None][:3]
    starts = sorted(((r.dates or (r.wall_s or 0,)), r.time_ns) for r in dated)
    if not starts:
        return ()
    walls, time_ns = starts[len(starts) // 2]
    return tuple(sorted({wall - time_ns // NS_PER_S for wall in walls}))


def _judged(
    series: _Series, duration_ns: int, still: Sequence[Interval], source: ClockSource | None
) -> tuple[list[Finding], list[Hint], list[SpeedEvidence]]:
    standing = [
        run for run in standing_runs(series.time_s, series.wall_s, series.unit_s) if _stands(series, run, source)
    ]
    backward = backward_runs(series.time_s, series.wall_s, series.unit_s)
    running = series.without([*standing, *backward])
    pieces, running, hints = _settled(running)
    findings: list[Finding] = []
    speed: list[SpeedEvidence] = []
    for run in standing:
        stretch = _standing_stretch(series, run, pieces, source)
        hints.append(Hint(stretch, HintSource.CLOCK, 0.7))
        if _covered(stretch, still) < _STILL_SHARE:
            findings.append(_frozen(series, run, stretch))
    for run in backward:
        stretch = _around(series, *run)
        hints.append(Hint(stretch, HintSource.CLOCK, 0.95))
        findings.append(_reversed(series, run))
        speed.append(SpeedEvidence(_within(series, *run), -1.0, -1.3, -0.7, SpeedSource.CLOCK))
    explained = [_around(series, *run) for run in (*standing, *backward)]
    jumps, more = _jumps(running, pieces, explained, source)
    findings += [_jump_finding(jump) for jump in jumps]
    hints += more
    for told in _speeds(running, pieces, duration_ns, None if running.unit_s > 1 else source):
        speed.append(told)
        if _is_drift(told, duration_ns, running.unit_s):
            findings.append(_drift(told))
    return findings, hints, speed


def _settled(series: _Series) -> tuple[list[Piece], _Series, list[Hint]]:
    """Pieces without single stray readings, the readings they stand on, and hints where the stray ones were."""
    pieces = pieces_of(series.time_s, series.offset_s, series.unit_s)
    stray = [piece for piece in pieces if piece.readings == 1 and len(pieces) > 1]
    if not stray:
        return pieces, series, []
    hints = [Hint(_around(series, p.first, p.end), HintSource.CLOCK, 0.3) for p in stray]
    rest = series.without([(p.first, p.end) for p in stray])
    return pieces_of(rest.time_s, rest.offset_s, rest.unit_s), rest, hints


def _speeds(
    series: _Series, pieces: Sequence[Piece], duration_ns: int, source: ClockSource | None
) -> list[SpeedEvidence]:
    """What the slopes say of the speed; where frames can be read they are measured on changes of the text."""
    slanted = [p for p in pieces if not p.is_honest and p.readings >= _MIN_READINGS]
    if source is None:
        told = [_coarse_speed(series, piece, duration_ns) for piece in slanted]
        return [t for t in told if t is not None]
    lines = [(series.time_ns[p.first], series.time_ns[p.end - 1]) for p in slanted]
    steps = [abs(_step(series, a, b).jump_s) for a, b in pairwise(pieces)]
    if not lines and max(steps, default=0.0) < JUMP_UNITS and _may_drift(series, source):
        lines = [(series.time_ns[0], series.time_ns[-1])]
    found: list[SpeedEvidence] = []
    for start_ns, end_ns in lines:
        told_here = _fine_speeds(series, start_ns, end_ns, duration_ns, source)
        found += [t for t in told_here if all(t.within.intersect(f.within) is None for f in found)]
    return found


def _may_drift(series: _Series, source: ClockSource) -> bool:
    """Whether the first and the last change of the text lie further apart than a quartz explains.

    Pictures a full number of seconds apart show a staircase, from which a slow drift is told only after many minutes.
    """
    if series.time_s[-1] - series.time_s[0] < _MIN_DRIFT_NS / NS_PER_S:
        return False
    first, last = (fine_offset(source, series.time_ns[row]) for row in (0, len(series.time_ns) - 2))
    if first is None or last is None:
        return False
    gained_s = last - first
    if series.modulus_s is not None:
        gained_s -= series.modulus_s * round(gained_s / series.modulus_s)
    return _MIN_DRIFT_S <= abs(gained_s) < _STEEPEST_DRIFT * float(series.time_s[-1])


def _fine_speeds(
    series: _Series, start_ns: int, end_ns: int, duration_ns: int, source: ClockSource
) -> list[SpeedEvidence]:
    """Slopes of the offsets read to a frame at some two dozen places in and around a stretch."""
    wanted = np.linspace(start_ns - _AROUND_NS, end_ns + _AROUND_NS, _FINE_PLACES)
    times_ns = np.array(series.time_ns, np.int64)
    rows = np.unique(np.clip(np.searchsorted(times_ns, wanted), 0, times_ns.size - 2))
    fine = [(series.time_s[row], fine_offset(source, int(times_ns[row]))) for row in rows.tolist()]
    time_s = np.array([t for t, o in fine if o is not None], np.float64)
    offset_s = np.array([o for _, o in fine if o is not None], np.float64)
    offset_s = unwrapped(time_s, offset_s + time_s, series.modulus_s)
    pieces = pieces_of(time_s, offset_s, _TICK_BLUR_S)
    found = []
    for k, piece in enumerate(pieces):
        gained_s = abs(piece.slope) * float(time_s[piece.end - 1] - time_s[piece.first])
        if piece.is_honest or gained_s < _MIN_DRIFT_S:
            continue
        from_ns = 0 if k == 0 and rows[0] == 0 else _meets(pieces[k - 1] if k else None, piece, time_s, piece.first)
        is_last = k == len(pieces) - 1
        after = None if is_last else pieces[k + 1]
        reaches_end = is_last and rows[-1] == times_ns.size - 2
        to_ns = duration_ns if reaches_end else _meets(after, piece, time_s, piece.end - 1)
        within = Interval(max(0, from_ns), max(0, from_ns, min(duration_ns, to_ns)))
        low, high = 1 + piece.slope_low, 1 + piece.slope_high
        found.append(SpeedEvidence(within, 1 + piece.slope, low, high, SpeedSource.CLOCK))
    return found


def _meets(beside: Piece | None, piece: Piece, time_s: Floats, row: int) -> int:
    """Where a slope meets the line beside it, ns; at its own last place where there is none, or where a jump lies."""
    own_s = float(time_s[row])
    if beside is None or beside.slope == piece.slope:
        return s_to_ns(own_s)
    rise_s = beside.offset_at(own_s) - piece.offset_at(own_s)
    meets_s = own_s + rise_s / (piece.slope - beside.slope)
    nearest_s = float(time_s[beside.end - 1] if beside.end <= row else time_s[beside.first])
    low_s, high_s = min(own_s, nearest_s), max(own_s, nearest_s)
    return s_to_ns(min(max(meets_s, low_s), high_s))


def _jumps(
    series: _Series, pieces: Sequence[Piece], explained: Sequence[Interval], source: ClockSource | None
) -> tuple[list[ClockJump], list[Hint]]:
    """Steps between neighbouring pieces that nothing else explains."""
    jumps: list[ClockJump] = []
    hints: list[Hint] = []
    for before, after in pairwise(pieces):
        jump = _step(series, before, after)
        between_s = abs(float(series.offset_s[after.first] - series.offset_s[before.end - 1]))
        is_small = abs(jump.jump_s) < JUMP_UNITS * series.unit_s or between_s <= HARD_UNITS * series.unit_s
        if is_small or any(jump.within.intersect(e) for e in explained):
            continue
        hints.append(Hint(jump.within, HintSource.CLOCK, 0.9))
        is_settled = min(jump.readings_before, jump.readings_after) >= _SETTLED_READINGS
        if source is not None and len(jumps) < _MOST_REFINED:
            refined = refine_jump(source, jump, series.unit_s, series.modulus_s)
            if refined is not None:
                jumps.append(refined)
        elif is_settled:
            jumps.append(jump)
    return jumps, hints


def _step(series: _Series, before: Piece, after: Piece) -> ClockJump:
    last, first = before.end - 1, after.first
    middle_s = float(series.time_s[last] + series.time_s[first]) / 2
    return ClockJump(
        within=Interval(series.time_ns[last], series.time_ns[first]),
        offset_before_s=before.offset_at(middle_s),
        offset_after_s=after.offset_at(middle_s),
        wall_before_s=int(series.wall_s[last] - series.unit_s / 2),
        wall_after_s=int(series.wall_s[first] - series.unit_s / 2),
        readings_before=before.readings,
        readings_after=after.readings,
    )


def _jump_finding(jump: ClockJump) -> Finding:
    size = abs(jump.jump_s)
    readings = min(jump.readings_before, jump.readings_after)
    sure = 0.5 + 0.49 * (1 - np.exp(-(size - 1.0) * 1.5)) * (1 - np.exp(-readings))
    detail: dict[str, JsonValue] = {
        "jump_s": round(jump.jump_s, 2),
        "direction": "forward" if jump.jump_s > 0 else "backward",
        "shown_before": moment_of(jump.wall_before_s).isoformat(sep=" "),
        "shown_after": moment_of(jump.wall_after_s).isoformat(sep=" "),
        "readings_before": jump.readings_before,
        "readings_after": jump.readings_after,
        "located_on": "frames" if jump.is_refined else "keyframes",
    }
    return Finding(FindingKind.CLOCK_JUMP, jump.within, round(float(sure), 4), Severity.CRITICAL, MEASURED_FROM, detail)


def _frozen(series: _Series, run: tuple[int, int], stretch: Interval) -> Finding:
    stood_s = float(series.time_s[run[1] - 1] - series.time_s[run[0]])
    detail: dict[str, JsonValue] = {
        "shown": moment_of(int(series.wall_s[run[0]] - series.unit_s / 2)).isoformat(sep=" "),
        "stood_at_least_s": round(stood_s, 3),
        "readings": run[1] - run[0],
    }
    sure = 0.5 + 0.48 * (1 - np.exp(-(stood_s - series.unit_s) / (3 * series.unit_s)))
    return Finding(FindingKind.CLOCK_FROZEN, stretch, round(float(sure), 4), Severity.WARNING, MEASURED_FROM, detail)


def _reversed(series: _Series, run: tuple[int, int]) -> Finding:
    first, last = run[0], run[1] - 1
    detail: dict[str, JsonValue] = {
        "shown_first": moment_of(int(series.wall_s[first])).isoformat(sep=" "),
        "shown_last": moment_of(int(series.wall_s[last])).isoformat(sep=" "),
        "readings": run[1] - run[0],
    }
    sure = 1 - np.exp(-(run[1] - run[0]) / 1.5)
    return Finding(
        FindingKind.REVERSED, _within(series, *run), round(float(sure), 4), Severity.CRITICAL, MEASURED_FROM, detail
    )


def _coarse_speed(series: _Series, piece: Piece, duration_ns: int) -> SpeedEvidence | None:
    """What a piece of readings says of the speed; ``None`` where a clock that was set by a second explains it too."""
    span_s = float(series.time_s[piece.end - 1] - series.time_s[piece.first])
    if abs(piece.slope) * span_s < _MIN_GAINED_UNITS * series.unit_s:
        return None
    within = _within(series, piece.first, piece.end)
    if within.length_ns > _WHOLE_SHARE * duration_ns:
        within = Interval(0, duration_ns)
    return SpeedEvidence(within, 1 + piece.slope, 1 + piece.slope_low, 1 + piece.slope_high, SpeedSource.CLOCK)


def _is_drift(told: SpeedEvidence, duration_ns: int, unit_s: float) -> bool:
    """Whether the clock itself is off: until the end, and by no more than a bad clock may be."""
    reaches_end = told.within.end_ns >= duration_ns * _WHOLE_SHARE
    is_long = told.within.length_ns > min(_MIN_DRIFT_NS, duration_ns // 2)
    gained_s = abs(told.factor - 1) * told.within.length_ns / NS_PER_S
    return reaches_end and is_long and gained_s >= _MIN_DRIFT_S * unit_s and abs(told.factor - 1) <= _STEEPEST_DRIFT


def _drift(told: SpeedEvidence) -> Finding:
    gained_s = (told.factor - 1) * told.within.length_ns / NS_PER_S
    detail: dict[str, JsonValue] = {
        "drift_ppm": round((told.factor - 1) * 1e6),
        "drift_ppm_low": round((told.low - 1) * 1e6),
        "drift_ppm_high": round((told.high - 1) * 1e6),
        "gained_s": round(gained_s, 2),
    }
    sure = 0.5 + 0.48 * (1 - np.exp(-abs(gained_s)))
    return Finding(FindingKind.CLOCK_DRIFT, told.within, round(float(sure), 4), Severity.WARNING, MEASURED_FROM, detail)


def _within(series: _Series, first: int, end: int) -> Interval:
    return Interval(series.time_ns[first], series.time_ns[end - 1])


def _around(series: _Series, first: int, end: int) -> Interval:
    """From the reading before a run to the one behind it."""
    return Interval(series.time_ns[max(0, first - 1)], series.time_ns[min(end, len(series.time_ns) - 1)])


def _standing_stretch(
    series: _Series, run: tuple[int, int], pieces: Sequence[Piece], source: ClockSource | None
) -> Interval:
    """From where the running clock would have reached the text that stands, to where it goes on."""
    first, last = run[0], run[1] - 1
    start_ns = series.time_ns[first]
    wall_s = float(series.wall_s[first])
    before = [p for p in pieces if p.at_s < series.time_s[first]]
    if before:
        reached_ns = s_to_ns(wall_s - before[-1].offset_at(float(series.time_s[first])))
        floor_ns = series.time_ns[first - 1] if first else 0
        start_ns = min(start_ns, max(floor_ns, reached_ns))
    end_ns = series.time_ns[last]
    if source is not None and run[1] < len(series.time_ns):
        frames = source.read(Interval(end_ns, series.time_ns[run[1]] + 1))
        same = [r.time_ns for r in frames if r.wall_s is not None and abs(r.wall_s + series.unit_s / 2 - wall_s) < 0.1]
        end_ns = max([end_ns, *same])
    elif run[1] < len(series.time_ns):
        end_ns = (end_ns + series.time_ns[run[1]]) // 2
    return Interval(start_ns, max(start_ns, end_ns))


def _stands(series: _Series, run: tuple[int, int], source: ClockSource | None) -> bool:
    """Whether the clock stands: two equal readings may also be a jump back by as much as lies between them."""
    if run[1] - run[0] > 2:
        return True
    if source is None:
        return False
    frames = source.read(Interval(series.time_ns[run[0]], series.time_ns[run[1] - 1] + 1))
    shown = [r.wall_s for r in frames if r.wall_s is not None]
    return bool(shown) and shown.count(shown[0]) >= _STILL_SHARE * len(shown)


def _covered(stretch: Interval, still: Sequence[Interval]) -> float:
    if stretch.length_ns == 0:
        return 0.0
    common = (stretch.intersect(s) for s in still)
    return total_ns(c for c in common if c is not None) / stretch.length_ns
