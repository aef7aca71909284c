"""Speed: what clock, sound and frame cadence each say about how fast a stretch runs, and the findings drawn from it.

No single measurement is believed against the others. A burned-in clock may be wrong and a camera's cheap oscillator is
off by parts in ten thousand; the mains hum is the same for everybody (50 Hz within 0.4 %, GB/T 15945-2008), so that a
hum that stands at its place says that the lesson runs as it was, whatever the clock shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Final

import numpy as np

from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

MIN_CHANGE: Final = 0.03
"""Least change of speed that is told, where the measurement's whole interval lies beyond :data:`CLEAR_CHANGE`."""
CLEAR_CHANGE: Final = 0.015
MIN_STRETCH_NS: Final = 15 * NS_PER_S
AS_RECORDED: Final = 0.015
"""A measurement whose whole interval lies within this of 1 says that the stretch runs as recorded."""
_SAME_FACTOR: Final = 0.02
_JOIN_NS: Final = 12 * NS_PER_S
_WHOLE_SHARE: Final = 0.9
_STEEPEST_DRIFT: Final = 0.12
"""A clock that is off by no more than this throughout may be a bad clock (as in :mod:`clock_speed`)."""
_COVERING_SHARE: Final = 0.8


class SpeedSource(StrEnum):
    """Which measurement speaks."""

    CLOCK = "clock"
    HUM = "hum"
    CADENCE = "cadence"


TRUST: Final = {
    SpeedSource.HUM: 3.0,
    SpeedSource.CLOCK: 2.0,
    SpeedSource.CADENCE: 1.2,
}
"""How much one measurement alone says; together they need :data:`NEEDED_TRUST`.

The cadence accuses nobody alone: footage brought from one rate of frames to another repeats and drops pictures in the
same rhythm, and a camera slows its frames down to any length in the dark.
"""
NEEDED_TRUST: Final = 1.4
_BLUR_NS: Final = {
    SpeedSource.CLOCK: NS_PER_S,
    SpeedSource.CADENCE: 2 * NS_PER_S,
    SpeedSource.HUM: 4 * NS_PER_S,
}
"""How far a border may lie beside the true one, where a measurement says nothing else of it."""


@dataclass(frozen=True, slots=True)
class SpeedEvidence:
    """One measurement's opinion on one stretch.

    Attributes:
        within: the stretch.
        factor: how many seconds of the lesson go by in one second of the recording; 1 is as recorded.
        low: lower end of its 95 % interval.
        high: upper end.
        source: what was measured.
        blur_ns: how far the borders may lie beside the true ones; ``None`` for what is usual with this source.
    """

    within: Interval
    factor: float
    low: float
    high: float
    source: SpeedSource
    blur_ns: int | None = None


@dataclass(frozen=True, slots=True)
class _Opinion:
    """What all measurements together say of one stretch between two borders."""

    within: Interval
    factor: float
    agree: frozenset[SpeedSource]
    differ: frozenset[SpeedSource]


def fuse_speed(evidence: Sequence[SpeedEvidence], duration_ns: int) -> tuple[Finding, ...]:
    """Stretches that run faster or slower than they were recorded, from every measurement that has an opinion.

    Where the clock says so and the hum denies it, the clock is wrong: that is told as ``clock_drift``.

    Args:
        evidence: of all sources, in any order; also stretches that run as recorded (a factor of 1).
        duration_ns: the recording's presented duration.

    Returns:
        ``speed`` and ``clock_drift``, in time order.
    """
    usable = [e for e in evidence if e.within.length_ns > 0 and e.low <= e.factor <= e.high and e.low > 0]
    opinions = [o for span in _spans(usable, duration_ns) if (o := _opinion(span, usable)) is not None]
    findings = [_finding(group, usable, duration_ns) for group in _groups(opinions)]
    return tuple(sorted((f for f in findings if f is not None), key=Finding.sort_key))


def _spans(evidence: Sequence[SpeedEvidence], duration_ns: int) -> list[Interval]:
    """Stretches between the borders of all evidence."""
    borders = sorted({0, duration_ns, *(b for e in evidence for b in (e.within.start_ns, e.within.end_ns))})
    inside = [border for border in borders if 0 <= border <= duration_ns]
    return [Interval(a, b) for a, b in pairwise(inside)]


def _says_changed(one: SpeedEvidence) -> bool:
    clear = one.low >= 1 + CLEAR_CHANGE or one.high <= 1 - CLEAR_CHANGE
    return clear and abs(one.factor - 1) >= MIN_CHANGE


def _denies(one: SpeedEvidence) -> bool:
    return one.low >= 1 - AS_RECORDED and one.high <= 1 + AS_RECORDED


def _opinion(span: Interval, evidence: Sequence[SpeedEvidence]) -> _Opinion | None:
    """What is said of a stretch; ``None`` where nobody says that it runs at another speed."""
    here = [e for e in evidence if e.within.start_ns <= span.start_ns and e.within.end_ns >= span.end_ns]
    changed = [e for e in here if _says_changed(e)]
    if not changed:
        return None
    leader = max(changed, key=lambda e: (TRUST[e.source], -(e.high - e.low)))
    agree = {e.source for e in changed if abs(e.factor / leader.factor - 1) <= _slack(e, leader)}
    # Frames that come evenly deny nothing: an editor may make new ones.
    differ = {
        e.source
        for e in here
        if e.source not in agree and e.source is not SpeedSource.CADENCE and (_denies(e) or _says_changed(e))
    }
    weights = np.array([1.0 / max(e.high - e.low, 0.002) ** 2 for e in changed if e.source in agree])
    factors = np.array([e.factor for e in changed if e.source in agree])
    return _Opinion(span, float((weights * factors).sum() / weights.sum()), frozenset(agree), frozenset(differ))


def _slack(one: SpeedEvidence, other: SpeedEvidence) -> float:
    return _SAME_FACTOR + 0.5 * ((one.high - one.low) + (other.high - other.low))


def _groups(opinions: Sequence[_Opinion]) -> list[list[_Opinion]]:
    """Neighbouring stretches of about the same speed."""
    groups: list[list[_Opinion]] = []
    for opinion in opinions:
        last = groups[-1][-1] if groups else None
        if (
            last is not None
            and opinion.within.start_ns - last.within.end_ns <= _JOIN_NS
            and abs(opinion.factor / last.factor - 1) <= 2 * _SAME_FACTOR
        ):
            groups[-1].append(opinion)
        else:
            groups.append([opinion])
    return groups


def _finding(group: Sequence[_Opinion], evidence: Sequence[SpeedEvidence], duration_ns: int) -> Finding | None:
    lengths = np.array([o.within.length_ns for o in group], np.float64)
    factor = float((lengths * np.array([o.factor for o in group])).sum() / lengths.sum())
    agree, differ = _weighed(group, duration_ns)
    stretch = _borders(group, evidence, agree, factor)
    if stretch.length_ns < MIN_STRETCH_NS:
        return None
    for_it, against = sum(TRUST[s] for s in agree), sum(TRUST[s] for s in differ)
    detail: dict[str, JsonValue] = {
        "factor": round(factor, 4),
        "length_s": ns_to_s(stretch.length_ns),
        "lesson_s": round(ns_to_s(stretch.length_ns) * factor, 3),
        "agree": sorted(s.value for s in agree),
        "differ": sorted(s.value for s in differ),
    }
    if SpeedSource.CLOCK in agree and SpeedSource.HUM in differ and SpeedSource.CADENCE not in agree:
        return Finding(
            FindingKind.CLOCK_DRIFT,
            stretch,
            confidence=0.8,
            severity=Severity.WARNING,
            measured_from="clock+hum",
            detail={**detail, "reason": "hum_denies_other_speed"},
        )
    is_clock_itself = (
        agree == {SpeedSource.CLOCK}
        and stretch.length_ns >= _WHOLE_SHARE * duration_ns
        and abs(factor - 1) <= _STEEPEST_DRIFT
    )
    if for_it < NEEDED_TRUST or against >= for_it or is_clock_itself:
        return None
    strength = (for_it - against) * (abs(factor - 1) / MIN_CHANGE) ** 0.5
    return Finding(
        FindingKind.SPEED,
        stretch,
        confidence=round(1.0 - 0.5 * float(np.exp(-strength / 2.0)), 3),
        severity=Severity.CRITICAL,
        measured_from="+".join(sorted(s.value for s in agree)),
        detail=detail,
    )


def _weighed(group: Sequence[_Opinion], duration_ns: int) -> tuple[set[SpeedSource], set[SpeedSource]]:
    """Sources that agree, or differ, over a third of a stretch at least."""
    whole = sum(o.within.length_ns for o in group)
    held: dict[SpeedSource, tuple[int, int]] = {}
    for opinion in group:
        for source in SpeedSource:
            yes, no = held.get(source, (0, 0))
            yes += opinion.within.length_ns * (source in opinion.agree)
            no += opinion.within.length_ns * (source in opinion.differ)
            held[source] = yes, no
    agree = {source for source, (yes, no) in held.items() if yes > no and 3 * yes >= min(whole, duration_ns)}
    differ = {source for source, (yes, no) in held.items() if no >= yes and 3 * no >= min(whole, duration_ns)}
    return agree, differ


def _borders(
    group: Sequence[_Opinion], evidence: Sequence[SpeedEvidence], agree: set[SpeedSource], factor: float
) -> Interval:
    """Borders by whoever knows them best and sees nearly all of the stretch; else as far as anybody sees the change."""
    whole = Interval(group[0].within.start_ns, group[-1].within.end_ns)
    told: dict[tuple[SpeedSource, int], list[Interval]] = {}
    for e in evidence:
        is_same = e.source in agree and _says_changed(e) and abs(e.factor / factor - 1) <= 2 * _SAME_FACTOR
        if is_same and e.within.intersect(whole) is not None:
            blur_ns = _BLUR_NS[e.source] if e.blur_ns is None else e.blur_ns
            told.setdefault((e.source, blur_ns), []).append(e.within)
    known = [
        (blur_ns, Interval(min(w.start_ns for w in seen), max(w.end_ns for w in seen)))
        for (_, blur_ns), seen in told.items()
    ]
    covering = [one for one in known if one[1].length_ns >= _COVERING_SHARE * whole.length_ns]
    return min(covering)[1] if covering else whole
