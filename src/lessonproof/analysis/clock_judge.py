"""What the burned-in clock says of a recording: jumps, drift, standing still, running backward, and speed.

One misread digit is no jump: a new offset must hold over readings on both sides, or be seen on every frame between two
of them. What rests on fewer readings is only a hint for those who look at the pictures.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from lessonproof.analysis.clock_backward import backward_stretch, find_backward, reversed_finding
from lessonproof.analysis.clock_fit import Piece, pieces_of
from lessonproof.analysis.clock_jumps import find_jumps, jump_finding
from lessonproof.analysis.clock_overlay import ClockOverlay, ClockReading
from lessonproof.analysis.clock_refine import ClockSource
from lessonproof.analysis.clock_series import ClockSeries, series_of
from lessonproof.analysis.clock_speed import MIN_DRIFT_NS, drift_finding, find_speeds, is_drift
from lessonproof.analysis.clock_standing import frozen_finding, standing_runs, standing_stretch, stands
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval, total_ns

CLOCK_KINDS: Final = (FindingKind.CLOCK_JUMP, FindingKind.CLOCK_FROZEN, FindingKind.CLOCK_DRIFT)
CLOCK_UNREADABLE: Final = "clock_unreadable"
CLOCK_SHOWS_MINUTES: Final = "clock_shows_minutes"
TOO_SHORT: Final = "too_short"
_MIN_READ_SHARE: Final = 0.7
_MIN_READINGS: Final = 4
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


@dataclass(frozen=True, slots=True)
class _Judged:
    """What the readings of a clock that can be read say; ``is_misread``: a digit may have been taken for another."""

    findings: Sequence[Finding]
    hints: Sequence[Hint]
    speed: Sequence[SpeedEvidence]
    is_misread: bool


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
    series = series_of(ordered, overlay)
    unread = len(ordered) - series.size
    if series.size < _MIN_READINGS or series.size < _MIN_READ_SHARE * len(ordered):
        reasons = {kind.value: CLOCK_UNREADABLE for kind in CLOCK_KINDS}
        return ClockVerdict((), (), (), frozenset(), reasons, (), series.size, unread)
    judged = _judged(series, duration_ns, still, source)
    unchecked = _unchecked(overlay, duration_ns)
    if judged.is_misread:
        unchecked[FindingKind.CLOCK_JUMP.value] = CLOCK_UNREADABLE
    return ClockVerdict(
        findings=tuple(sorted(judged.findings, key=Finding.sort_key)),
        hints=tuple(judged.hints),
        speed=tuple(judged.speed),
        checked=frozenset(kind for kind in CLOCK_KINDS if kind.value not in unchecked),
        unchecked=unchecked,
        first_wall_s=_first_wall(ordered, overlay),
        read=series.size,
        unread=unread,
    )


def _unchecked(overlay: ClockOverlay, duration_ns: int) -> dict[str, str]:
    reasons: dict[str, str] = {}
    if overlay.unit_s > 1:
        reasons |= {kind.value: CLOCK_SHOWS_MINUTES for kind in (FindingKind.CLOCK_JUMP, FindingKind.CLOCK_FROZEN)}
    if duration_ns < MIN_DRIFT_NS * overlay.unit_s:
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


def _judged(series: ClockSeries, duration_ns: int, still: Sequence[Interval], source: ClockSource | None) -> _Judged:
    runs = standing_runs(series.time_s, series.wall_s, series.unit_s)
    standing = [run for run in runs if stands(series, run, source)]
    backward = find_backward(series, source)
    pieces, running, hints = _settled(series.without([*standing, *backward]))
    findings: list[Finding] = []
    speed: list[SpeedEvidence] = []
    for run in standing:
        stood = standing_stretch(series, run, pieces, source, duration_ns)
        hints.append(Hint(stood.within, HintSource.CLOCK, 0.7))
        if _covered(stood.within, still) < _STILL_SHARE:
            findings.append(frozen_finding(series, run, stood))
    for run in backward:
        turned = backward_stretch(series, run, source, duration_ns)
        hints.append(Hint(series.around(*run), HintSource.CLOCK, 0.95))
        findings.append(reversed_finding(series, run, turned))
        speed.append(SpeedEvidence(turned.within, -1.0, -1.3, -0.7, SpeedSource.CLOCK))
    explained = [series.around(*run) for run in (*standing, *backward)]
    search = find_jumps(running, pieces, explained, source)
    findings += [jump_finding(jump) for jump in search.jumps]
    for told in find_speeds(running, pieces, duration_ns, source, jumps=bool(search.jumps or search.misread)):
        speed.append(told)
        if is_drift(told, duration_ns, running.unit_s):
            findings.append(drift_finding(told))
    return _Judged(findings, [*hints, *search.hints], speed, bool(search.misread))


def _settled(series: ClockSeries) -> tuple[list[Piece], ClockSeries, list[Hint]]:
    """Pieces without single stray readings, the readings they stand on, and hints where the stray ones were."""
    pieces = pieces_of(series.time_s, series.offset_s, series.unit_s)
    stray = [piece for piece in pieces if piece.readings == 1 and len(pieces) > 1]
    if not stray:
        return pieces, series, []
    hints = [Hint(series.around(p.first, p.end), HintSource.CLOCK, 0.3) for p in stray]
    rest = series.without([(p.first, p.end) for p in stray])
    return pieces_of(rest.time_s, rest.offset_s, rest.unit_s), rest, hints


def _covered(stretch: Interval, still: Sequence[Interval]) -> float:
    if stretch.length_ns == 0:
        return 0.0
    common = (stretch.intersect(s) for s in still)
    return total_ns(c for c in common if c is not None) / stretch.length_ns
