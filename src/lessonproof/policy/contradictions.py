"""Signatures, punches, online logs, inspectors' and cameras' counts side by side, and where they contradict each other.

Everything here is suspected (疑似) and decides nothing. A contradiction needs two sources that both speak for sure: an
unclear signature, a row of an ambiguous name, a source without a row at the unit's time contradict nobody.
"""

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, TypeVar

from lessonproof.evidence.attendance import OnlineRow, Punch, SiteCheck, SourceKind
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.intervals import NS_PER_S, Interval, total_ns
from lessonproof.evidence.training import TeachingUnit, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.attended import Joined, Unplaced, joined
from lessonproof.policy.rules.wall_clock import epoch_ns, scheduled_window

ROUNDING: Final = timedelta(minutes=1)
"""Platforms and devices round to minutes: less than this is neither an overlap nor too fast."""
R = TypeVar("R", Punch, OnlineRow)
CHECK_WINDOW_NS: Final = 60 * NS_PER_S
"""A count of an inspector is compared with the recordings' from a minute before to a minute behind it."""


class Contradiction(StrEnum):
    """What two sources say of one trainee and cannot both be true, or what one source says and cannot be."""

    SIGNED_NOT_PUNCHED = "signed_not_punched"
    PUNCHED_NOT_SIGNED = "punched_not_signed"
    SIGNED_NOT_ONLINE = "signed_not_online"
    ONLINE_NOT_SIGNED = "online_not_signed"
    TWO_PLACES = "two_places"
    SESSIONS_OVERLAP = "sessions_overlap"
    LEARNED_TOO_FAST = "learned_too_fast"
    ONLINE_DURING_LESSON = "online_during_lesson"


class CountContradiction(StrEnum):
    """What an inspector's count contradicts."""

    SIGNATURES = "signatures"
    RECORDING = "recording"


@dataclass(frozen=True, slots=True)
class TraineeRow:
    """What each source says of one trainee.

    Attributes:
        number: roster number.
        signed: whether signed; ``None`` without a sheet, or where sheets differ or are unclear.
        punches: times of the punches near the unit; ``None`` where no punch clock speaks of this person for sure.
        online_s: seconds of the unit that logins cover; ``None`` where no log speaks of this person for sure.
        progress_percent: highest progress that a log of the unit shows; ``None`` where it shows none.
        contradictions: suspected ones, in the order of their definition.
    """

    number: int
    signed: bool | None
    punches: tuple[datetime, ...] | None
    online_s: int | None
    progress_percent: float | None
    contradictions: tuple[Contradiction, ...]


@dataclass(frozen=True, slots=True)
class CheckRow:
    """An inspector's count beside the others.

    Attributes:
        check: the count.
        signed: least and most signatures; ``None`` without a sheet.
        in_view: least and most trainees that the recordings show at that minute, see :func:`in_view_at`; ``None`` where
            no recording has a count with an interval there.
        contradictions: suspected ones.
    """

    check: SiteCheck
    signed: tuple[int, int] | None
    in_view: tuple[int, int] | None
    contradictions: tuple[CountContradiction, ...]


@dataclass(frozen=True, slots=True)
class SideBySide:
    """All sources of one unit.

    Attributes:
        trainees: one row for each person that is enrolled at the unit's start or named by a source, by number.
        checks: inspectors' counts in time order.
        signed: least and most signatures; ``None`` without a sheet.
        most_in_view: the most trainees that the recordings show at any time of the lesson; ``None`` where no recording
            has a count with an interval in it.
        more_signed_than_seen: whether the signatures exceed that. A camera misses who sits outside its view (Q11).
        unplaced: rows of punches and logs that are nobody's for sure.
        silent: kinds of files that were handed in for the unit and hold no row at its time.
    """

    trainees: tuple[TraineeRow, ...]
    checks: tuple[CheckRow, ...]
    signed: tuple[int, int] | None
    most_in_view: int | None
    more_signed_than_seen: bool
    unplaced: tuple[Unplaced, ...]
    silent: tuple[SourceKind, ...]


def side_by_side(case: UnitCase) -> SideBySide:
    """Put the sources of the case's unit beside each other."""
    unit, roster = case.unit, case.class_file.training_class.roster
    found = joined(unit, roster)
    numbers = {trainee.number for trainee in roster.expected_at(unit.start)}
    numbers |= (found.punches or {}).keys() | (found.online or {}).keys()
    elsewhere = _online_elsewhere(case)
    rows = tuple(_trainee(number, unit, found, elsewhere.get(number, ())) for number in sorted(numbers))
    checks = tuple(_check(check, case) for check in found.checks)
    speaks = {
        SourceKind.PUNCHES: found.punches is not None,
        SourceKind.ONLINE_LOG: found.online is not None,
        SourceKind.SITE_CHECK: bool(found.checks),
    }
    handed_in = {file.kind for file in unit.attendance}
    signed, seen = signed_range(unit), _in_view(case, unit.start, unit.end, 0)
    return SideBySide(
        trainees=rows,
        checks=checks,
        signed=signed,
        most_in_view=None if seen is None else seen[1],
        more_signed_than_seen=signed is not None and seen is not None and signed[0] > seen[1],
        unplaced=found.unplaced,
        silent=tuple(kind for kind in SourceKind if kind in handed_in and not speaks[kind]),
    )


def signed_range(unit: TeachingUnit) -> tuple[int, int] | None:
    """Least and most signatures of a unit; ``None`` without a sheet."""
    if not unit.sheets:
        return None
    surely = frozenset.intersection(*(sheet.signed_numbers for sheet in unit.sheets))
    possibly = frozenset[int]().union(*(sheet.signed_numbers | sheet.unclear_numbers for sheet in unit.sheets))
    return len(surely), len(possibly)


def overlapping(rows: Iterable[OnlineRow]) -> tuple[tuple[OnlineRow, OnlineRow], ...]:
    """Pairs of stretches of one person that share more than ``ROUNDING`` in two courses or from two devices.

    Where a platform tells neither course nor device, rows may lie in each other (chapters in a login): no overlap.
    """
    spans = sorted((row for row in rows if row.end is not None), key=lambda row: (row.start, row.row))
    return tuple(
        (first, second)
        for first, second in itertools.combinations(spans, 2)
        if _shared(first, second) > ROUNDING
        and (_differ(first.course, second.course) or _differ(first.device, second.device))
    )


def too_fast(rows: Iterable[OnlineRow]) -> tuple[OnlineRow, ...]:
    """Rows that credit more learning than time passed, by more than ``ROUNDING``.

    A stretch must not credit more than its own length; from one progress mark of a course to the next no more of the
    course may be done than time passed.
    """
    ordered = sorted(rows, key=lambda row: (row.start, row.row))
    odd = [r for r in ordered if r.end is not None and r.learned is not None and r.learned > r.end - r.start + ROUNDING]
    marks = [row for row in ordered if row.end is None and row.progress_percent is not None]
    for course in {row.course for row in marks}:
        own = [row for row in marks if row.course == course]
        odd.extend(later for earlier, later in itertools.pairwise(own) if _jumped(earlier, later))
    return tuple(sorted(odd, key=lambda row: (row.start, row.row)))


def in_two_places(punches: Sequence[Punch]) -> bool:
    """Whether one person punched at two named places within ``ROUNDING``."""
    ordered = sorted(punches, key=lambda punch: punch.at)
    return any(
        later.at - earlier.at < ROUNDING and _differ(earlier.place, later.place)
        for earlier, later in itertools.combinations(ordered, 2)
    )


def online_in_unit_s(rows: Iterable[OnlineRow], unit: TeachingUnit) -> int:
    """Whole seconds of the unit that stretches from login to logout cover; overlaps count once."""
    window = scheduled_window(unit)
    inside = (Interval(epoch_ns(row.start), epoch_ns(row.end)).intersect(window) for row in rows if row.end is not None)
    return total_ns(part for part in inside if part is not None) // NS_PER_S


def _shared(first: OnlineRow, second: OnlineRow) -> timedelta:
    ends = [row.end for row in (first, second) if row.end is not None]
    return min(ends) - max(first.start, second.start)


def _differ(first: str | None, second: str | None) -> bool:
    return first is not None and second is not None and first.casefold() != second.casefold()


def _jumped(earlier: OnlineRow, later: OnlineRow) -> bool:
    length = later.course_length or earlier.course_length
    if length is None or earlier.progress_percent is None or later.progress_percent is None:
        return False
    return length * ((later.progress_percent - earlier.progress_percent) / 100) > later.start - earlier.start + ROUNDING


def _online_elsewhere(case: UnitCase) -> dict[int, tuple[OnlineRow, ...]]:
    """Online rows of the class's other units that touch this one, for a lesson that is given on the spot."""
    if case.unit.kind is UnitKind.ONLINE:
        return {}
    roster, own = case.class_file.training_class.roster, {file.sha256 for file in case.unit.attendance}
    found: dict[int, tuple[OnlineRow, ...]] = {}
    for other in case.class_file.training_class.units:
        foreign = tuple(f for f in other.attendance if f.kind is SourceKind.ONLINE_LOG and f.sha256 not in own)
        if not foreign:
            continue
        own |= {file.sha256 for file in foreign}
        placed = joined(replace(case.unit, attendance=foreign), roster).online or {}
        found = {number: (*found.get(number, ()), *placed.get(number, ())) for number in found.keys() | placed.keys()}
    return found


def _signed(number: int, unit: TeachingUnit) -> bool | None:
    if not unit.sheets:
        return None
    surely = all(number in sheet.signed_numbers for sheet in unit.sheets)
    possibly = any(number in sheet.signed_numbers | sheet.unclear_numbers for sheet in unit.sheets)
    return surely if surely == possibly else None


def _trainee(number: int, unit: TeachingUnit, found: Joined, elsewhere: tuple[OnlineRow, ...]) -> TraineeRow:
    punches = _rows_of(number, found.punches, found.open_numbers(SourceKind.PUNCHES))
    online = _rows_of(number, found.online, found.open_numbers(SourceKind.ONLINE_LOG))
    signed = _signed(number, unit)
    told = {
        Contradiction.SIGNED_NOT_PUNCHED: signed is True and punches == (),
        Contradiction.PUNCHED_NOT_SIGNED: signed is False and bool(punches),
        Contradiction.SIGNED_NOT_ONLINE: signed is True and online == () and unit.kind is UnitKind.ONLINE,
        Contradiction.ONLINE_NOT_SIGNED: signed is False and bool(online) and unit.kind is UnitKind.ONLINE,
        Contradiction.TWO_PLACES: in_two_places(punches or ()),
        Contradiction.SESSIONS_OVERLAP: bool(overlapping(online or ())),
        Contradiction.LEARNED_TOO_FAST: bool(too_fast(online or ())),
        Contradiction.ONLINE_DURING_LESSON: signed is True
        and unit.kind is not UnitKind.ONLINE
        and online_in_unit_s((*(online or ()), *elsewhere), unit) > ROUNDING.total_seconds(),
    }
    progress = [row.progress_percent for row in online or () if row.progress_percent is not None]
    return TraineeRow(
        number,
        signed,
        None if punches is None else tuple(sorted(punch.at for punch in punches)),
        None if online is None else online_in_unit_s(online, unit),
        max(progress, default=None),
        tuple(kind for kind in Contradiction if told[kind]),
    )


def _rows_of(number: int, placed: Mapping[int, tuple[R, ...]] | None, unsure: frozenset[int]) -> tuple[R, ...] | None:
    """Rows of a person; ``None`` where there are none and that proves nothing."""
    if placed is None:
        return None
    rows = placed.get(number, ())
    return None if not rows and number in unsure else rows


def _check(check: SiteCheck, case: UnitCase) -> CheckRow:
    signed, in_view = signed_range(case.unit), in_view_at(check.at, case)
    pairs = ((CountContradiction.SIGNATURES, signed), (CountContradiction.RECORDING, in_view))
    told = tuple(kind for kind, held in pairs if held is not None and not held[0] <= check.trainees <= held[1])
    return CheckRow(check, signed, in_view, told)


def in_view_at(moment: datetime, case: UnitCase) -> tuple[int, int] | None:
    """Least and most trainees that the unit's recordings show around a moment, over all their samples there.

    Cameras may show different parts of a room, or the same people: the upper ends of all are added, and the lower end
    is the highest of any, less the declared staff.
    """
    return _in_view(case, moment, moment, CHECK_WINDOW_NS)


def _in_view(case: UnitCase, first: datetime, last: datetime, margin_ns: int) -> tuple[int, int] | None:
    ranges: list[tuple[int, int]] = []
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if not isinstance(dossier, Dossier) or dossier.headcount is None or reference.started_at is None:
            continue
        zero_ns = epoch_ns(reference.started_at)
        window = Interval(epoch_ns(first) - zero_ns - margin_ns, epoch_ns(last) - zero_ns + margin_ns)
        samples = dossier.headcount.within(window)
        known = [(s.low, s.high) for s in samples if s.low is not None and s.high is not None]
        if known:
            ranges.append((min(low for low, _ in known), max(high for _, high in known)))
    if not ranges:
        return None
    return max(0, max(low for low, _ in ranges) - case.unit.declared_staff), sum(high for _, high in ranges)
