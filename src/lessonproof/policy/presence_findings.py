"""``low_count`` and ``high_count``: fewer people in view than signed, or more than are on the roster, for long.

Told only where the whole interval lies beyond the limit, minute after minute for longer than a break (open point Q11).
Both are suspected: cameras miss who sits outside the picture, and see visitors.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.findings import FindingKind, JsonValue
from lessonproof.evidence.headcount import MINUTE_NS
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.presence import Presence, PresentMinute

LOW_MINUTES: Final = 20
"""Breaks between class hours last ten to twenty minutes: what is shorter may be one."""
HIGH_MINUTES: Final = 5
"""Visitors who look in for a moment are no finding."""
_LEAST_CONFIDENCE: Final = 0.5
_FULL_MARGIN: Final = 0.5
"""A margin of half of the limit is as sure as it gets. Not calibrated."""


@dataclass(frozen=True, slots=True)
class PresenceFinding:
    """Something noticed about a unit's people, on the wall clock.

    Attributes:
        kind: ``low_count`` or ``high_count``.
        interval: nanoseconds since the epoch.
        confidence: a monotone function of the margin; not calibrated.
        detail: the numbers behind it.
    """

    kind: FindingKind
    interval: Interval
    confidence: float
    detail: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class _Bounded:
    """A minute with the fewest and the most trainees in it."""

    minute: PresentMinute
    low: int
    high: int


def signed_numbers(case: UnitCase) -> frozenset[int]:
    """Who surely signed, on any of the unit's sheets."""
    return frozenset[int]().union(*(sheet.signed_numbers for sheet in case.unit.sheets))


def presence_findings(case: UnitCase, presence: Presence) -> tuple[PresenceFinding, ...]:
    """What a unit's people over time say against its signatures and its roster, in time order."""
    signed = len(signed_numbers(case))
    enrolled = len(case.class_file.training_class.roster.expected_at(case.unit.start))
    bounded = [(m, bounds) for m in presence.minutes if (bounds := presence.trainees(m)) is not None]
    too_few = [_Bounded(m, low, high) for m, (low, high) in bounded if high < signed]
    too_many = [_Bounded(m, low, high) for m, (low, high) in bounded if low > enrolled]
    found = [_low(run, presence, signed) for run in _runs(too_few, LOW_MINUTES)]
    found += [_high(run, presence, enrolled) for run in _runs(too_many, HIGH_MINUTES)]
    return tuple(sorted(found, key=lambda one: (one.interval.start_ns, one.kind.value)))


def decided_kinds(case: UnitCase, presence: Presence) -> frozenset[FindingKind]:
    """Kinds whose silence means something: every minute was counted, and for ``low_count`` somebody signed."""
    if not presence.minutes or len(presence.known()) < len(presence.minutes):
        return frozenset()
    low = {FindingKind.LOW_COUNT} if signed_numbers(case) else set()
    return frozenset({FindingKind.HIGH_COUNT, *low})


def _runs(minutes: Sequence[_Bounded], least: int) -> list[list[_Bounded]]:
    """Runs of at least so many successive minutes."""
    runs: list[list[_Bounded]] = []
    for one in minutes:
        if runs and one.minute.start_ns - runs[-1][-1].minute.start_ns == MINUTE_NS:
            runs[-1].append(one)
        else:
            runs.append([one])
    return [run for run in runs if len(run) >= least]


def _low(run: list[_Bounded], presence: Presence, signed: int) -> PresenceFinding:
    most = max(one.high for one in run)
    return PresenceFinding(
        FindingKind.LOW_COUNT,
        _span(run, presence),
        _confidence((signed - most) / signed),
        {"signed": signed, "people_at_most": most, "declared_staff": presence.staff, "minutes": len(run)},
    )


def _high(run: list[_Bounded], presence: Presence, enrolled: int) -> PresenceFinding:
    least = min(one.low for one in run)
    return PresenceFinding(
        FindingKind.HIGH_COUNT,
        _span(run, presence),
        _confidence((least - enrolled) / max(1, enrolled)),
        {"enrolled": enrolled, "trainees_at_least": least, "declared_staff": presence.staff, "minutes": len(run)},
    )


def _span(run: list[_Bounded], presence: Presence) -> Interval:
    return Interval(run[0].minute.start_ns, min(run[-1].minute.start_ns + MINUTE_NS, presence.window.end_ns))


def _confidence(margin: float) -> float:
    return _LEAST_CONFIDENCE + (1 - _LEAST_CONFIDENCE) * min(1.0, margin / _FULL_MARGIN)
