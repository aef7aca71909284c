"""At which speed a burned-in clock runs against presentation time: evidence for ``speed``, and ``clock_drift``."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from lessonproof.analysis.clock_bends import bent_line
from lessonproof.analysis.clock_fit import Floats, Piece, pieces_of, unwrapped
from lessonproof.analysis.clock_refine import ClockSource, Tick, tick_after, ticks_in
from lessonproof.analysis.clock_series import MEASURED_FROM, ClockSeries
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, s_to_ns

MIN_DRIFT_NS: Final = 60 * NS_PER_S
_MIN_READINGS: Final = 4
_MIN_DRIFT_S: Final = 0.6
_MIN_GAINED_UNITS: Final = 2.35
"""What a slope of mere readings must gain where no frames can be read; a clock set by a second may look like it."""
_TICK_BLUR_S: Final = 0.15
"""How exactly changes of the text tell the time between them: a frame or two each."""
_FINE_PLACES: Final = 24
_AROUND_NS: Final = 50 * NS_PER_S
_ZOOMS: Final = 2
_ZOOMED_GAPS: Final = 2
_ZOOMED_PLACES: Final = 10
_CLOSE_S: Final = 9.0
"""Places closer together than this are close enough."""
_READ_WHOLE_NS: Final = 25 * NS_PER_S
"""Between places no further apart than this all changes of the text are read."""
_BESIDE_S: Final = 8.0
"""All changes of the text are read so far to both sides of a border."""
_BEND_REACH_S: Final = 12.0
_MOST_SPREAD_S: Final = 0.06
"""Beyond this a slope between two levels does not explain what was read."""
_STEEPEST_DRIFT: Final = 0.12
"""A clock that is further off than this is no clock; the recording's speed was changed."""
_WHOLE_SHARE: Final = 0.9


def find_speeds(
    series: ClockSeries, pieces: Sequence[Piece], duration_ns: int, source: ClockSource | None, *, jumps: bool
) -> list[SpeedEvidence]:
    """What the slopes say of the speed; where frames can be read they are measured on changes of the text.

    Args:
        series: the readings that the pieces stand on.
        pieces: how the clock runs, in time order.
        duration_ns: of the recording.
        source: reads frames; ``None`` leaves what the readings tell.
        jumps: whether the clock jumps somewhere, so that its first and last reading tell nothing of its speed.
    """
    slanted = [p for p in pieces if not p.is_honest and p.readings >= _MIN_READINGS]
    if source is None or series.unit_s > 1:
        told = [_coarse_speed(series, piece, duration_ns) for piece in slanted]
        return [t for t in told if t is not None]
    lines = [(series.time_ns[p.first], series.time_ns[p.end - 1]) for p in slanted]
    if not lines and not jumps and _may_drift(series, source):
        lines = [(series.time_ns[0], series.time_ns[-1])]
    found: list[SpeedEvidence] = []
    for start_ns, end_ns in lines:
        told_here = _Ticks(series, source, start_ns, end_ns).speeds(duration_ns)
        found += [t for t in told_here if all(t.within.intersect(f.within) is None for f in found)]
    return found


def is_drift(told: SpeedEvidence, duration_ns: int, unit_s: float) -> bool:
    """Whether the clock itself is off: until the end, and by no more than a bad clock may be."""
    reaches_end = told.within.end_ns >= duration_ns * _WHOLE_SHARE
    is_long = told.within.length_ns > min(MIN_DRIFT_NS, duration_ns // 2)
    gained_s = abs(told.factor - 1) * told.within.length_ns / NS_PER_S
    return reaches_end and is_long and gained_s >= _MIN_DRIFT_S * unit_s and abs(told.factor - 1) <= _STEEPEST_DRIFT


def drift_finding(told: SpeedEvidence) -> Finding:
    """What is told of a clock that gains or loses."""
    gained_s = (told.factor - 1) * told.within.length_ns / NS_PER_S
    detail: dict[str, JsonValue] = {
        "drift_ppm": round((told.factor - 1) * 1e6),
        "drift_ppm_low": round((told.low - 1) * 1e6),
        "drift_ppm_high": round((told.high - 1) * 1e6),
        "gained_s": round(gained_s, 2),
    }
    sure = 0.5 + 0.48 * (1 - np.exp(-abs(gained_s)))
    return Finding(FindingKind.CLOCK_DRIFT, told.within, round(float(sure), 4), Severity.WARNING, MEASURED_FROM, detail)


def _may_drift(series: ClockSeries, source: ClockSource) -> bool:
    """Whether the first and the last change of the text lie further apart than a quartz explains.

    Pictures a full number of seconds apart show a staircase, from which a slow drift is told only after many minutes.
    """
    if series.time_s[-1] - series.time_s[0] < MIN_DRIFT_NS / NS_PER_S:
        return False
    first, last = (tick_after(source, series.time_ns[row]) for row in (0, series.size - 2))
    if first is None or last is None:
        return False
    gained_s = last.offset_s - first.offset_s
    if series.modulus_s is not None:
        gained_s -= series.modulus_s * round(gained_s / series.modulus_s)
    return _MIN_DRIFT_S <= abs(gained_s) < _STEEPEST_DRIFT * float(series.time_s[-1])


def _coarse_speed(series: ClockSeries, piece: Piece, duration_ns: int) -> SpeedEvidence | None:
    """What a piece of readings says of the speed; ``None`` where a clock that was set by a second explains it too."""
    span_s = float(series.time_s[piece.end - 1] - series.time_s[piece.first])
    if abs(piece.slope) * span_s < _MIN_GAINED_UNITS * series.unit_s:
        return None
    within = series.within(piece.first, piece.end)
    if within.length_ns > _WHOLE_SHARE * duration_ns:
        within = Interval(0, duration_ns)
    return SpeedEvidence(within, 1 + piece.slope, 1 + piece.slope_low, 1 + piece.slope_high, SpeedSource.CLOCK)


class _Ticks:
    """Changes of the text at some two dozen places in and around a stretch, and all of them beside its borders."""

    def __init__(self, series: ClockSeries, source: ClockSource, start_ns: int, end_ns: int) -> None:
        self._series = series
        self._source = source
        self._times_ns = np.array(series.time_ns, np.int64)
        self._rows: set[int] = set()
        self._ticks: dict[float, Tick] = {}
        self._read(np.linspace(start_ns - _AROUND_NS, end_ns + _AROUND_NS, _FINE_PLACES))
        for _ in range(_ZOOMS):
            self._read_between()

    def speeds(self, duration_ns: int) -> list[SpeedEvidence]:
        """Slopes of the offsets, with the borders of the stretches in which they hold."""
        found: list[SpeedEvidence] = []
        time_s, offset_s = self._offsets()
        pieces = pieces_of(time_s, offset_s, _TICK_BLUR_S)
        for k, piece in enumerate(pieces):
            gained_s = abs(piece.slope) * float(time_s[piece.end - 1] - time_s[piece.first])
            if piece.is_honest or gained_s < _MIN_DRIFT_S:
                continue
            before, after = (pieces[k - 1] if k else None), (pieces[k + 1] if k + 1 < len(pieces) else None)
            start_ns = 0 if before is None and self._has_first else _meets(before, piece, time_s, piece.first)
            end_ns = duration_ns if after is None and self._has_last else _meets(after, piece, time_s, piece.end - 1)
            within = Interval(max(0, start_ns), max(0, start_ns, min(duration_ns, end_ns)))
            low, high = 1 + piece.slope_low, 1 + piece.slope_high
            rough = SpeedEvidence(within, 1 + piece.slope, low, high, SpeedSource.CLOCK)
            is_bent = (before is not None or after is not None) and all(
                p is None or p.slope == 0 for p in (before, after)
            )
            found.append(self._refined(rough, before, after, time_s) if is_bent else rough)
        return found

    @property
    def _has_first(self) -> bool:
        return 0 in self._rows

    @property
    def _has_last(self) -> bool:
        return self._times_ns.size - 1 in self._rows

    def _read(self, wanted_ns: Floats) -> None:
        rows = np.clip(np.searchsorted(self._times_ns, wanted_ns), 0, self._times_ns.size - 1)
        for row in sorted(set(rows.tolist()) - self._rows):
            self._rows.add(row)
            tick = tick_after(self._source, int(self._times_ns[row]))
            if tick is not None:
                self._ticks[tick.time_s] = tick

    def _read_between(self) -> None:
        """Look closer where most is gained from one place to the next: a faster minute hides in an hour's two dozen."""
        time_s, offset_s = self._offsets()
        gained_s = np.abs(np.diff(offset_s)) * (np.diff(time_s) > _CLOSE_S)
        for k in np.argsort(gained_s)[::-1][:_ZOOMED_GAPS].tolist():
            gap = Interval(s_to_ns(time_s[k]), s_to_ns(time_s[k + 1]))
            if gained_s[k] < _MIN_DRIFT_S / 2:
                break
            if gap.length_ns <= _READ_WHOLE_NS:
                self._read_all(gap)
            else:
                self._read(np.linspace(gap.start_ns, gap.end_ns, _ZOOMED_PLACES))

    def _read_all(self, stretch: Interval) -> None:
        self._ticks |= {tick.time_s: tick for tick in ticks_in(self._source, stretch)}

    def _offsets(self) -> tuple[Floats, Floats]:
        """Times and offsets of all ticks seen, in time order."""
        time_s = np.array(sorted(self._ticks), np.float64)
        wall_s = np.array([self._ticks[t].wall_s for t in time_s.tolist()], np.float64)
        return time_s, unwrapped(time_s, wall_s, self._series.modulus_s)

    def _refined(
        self, rough: SpeedEvidence, before: Piece | None, after: Piece | None, coarse_s: Floats
    ) -> SpeedEvidence:
        """The same stretch with the borders at which level, slope and level meet best."""
        start_s = None if before is None else rough.within.start_ns / NS_PER_S
        end_s = None if after is None else rough.within.end_ns / NS_PER_S
        from_s = -np.inf if before is None else float(coarse_s[before.first])
        to_s = np.inf if after is None else float(coarse_s[after.end - 1])
        for border_s in (start_s, end_s):
            if border_s is not None:
                self._read_all(Interval(s_to_ns(max(0.0, border_s - _BESIDE_S)), s_to_ns(border_s + _BESIDE_S)))
        time_s, offset_s = self._offsets()
        inside = (time_s >= from_s) & (time_s <= to_s)
        bent = bent_line(time_s[inside], offset_s[inside], start_s, end_s, _BEND_REACH_S)
        if bent is None or bent.spread_s > _MOST_SPREAD_S:
            return rough
        start_ns = rough.within.start_ns if bent.start_s is None else max(0, s_to_ns(bent.start_s))
        end_ns = rough.within.end_ns if bent.end_s is None else s_to_ns(bent.end_s)
        factor = 1 + bent.slope
        low, high = min(rough.low, factor), max(rough.high, factor)
        return SpeedEvidence(Interval(start_ns, end_ns), factor, low, high, SpeedSource.CLOCK)


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
