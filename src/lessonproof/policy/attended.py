"""Rows of punch clocks and online logs joined to a unit by time and to the roster by number or unique name.

What cannot be joined for sure is kept as unplaced, with the numbers that it could be: never guessed, and never taken
for absence of those persons.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Final, TypeVar

from lessonproof.evidence.attendance import AttendanceFile, NamedPerson, OnlineRow, Punch, SiteCheck, SourceKind
from lessonproof.evidence.training import Roster, TeachingUnit

PUNCH_MARGIN: Final = timedelta(minutes=30)
"""A punch belongs to a unit from so long before its start to so long after its end: our choice, no regulation's."""
R = TypeVar("R", Punch, OnlineRow)
_DOTS: Final = str.maketrans(dict.fromkeys("•‧・∙．.", "·"))


class NotPlaced(StrEnum):
    """Why a row speaks of nobody on the roster for sure."""

    AMBIGUOUS_NAME = "ambiguous_name"
    NUMBER_AND_NAME_DIFFER = "number_and_name_differ"
    NOT_ON_ROSTER = "not_on_roster"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A row that could not be joined to one person.

    Attributes:
        kind: what its file holds.
        file: its file.
        row: its line.
        reason: why.
        could_be: roster numbers that it may speak of; empty for a stranger.
    """

    kind: SourceKind
    file: str
    row: int
    reason: NotPlaced
    could_be: frozenset[int]


@dataclass(frozen=True, slots=True)
class Joined:
    """What files of attendance say of one unit.

    Attributes:
        punches: punches near the unit by roster number; ``None`` where no file of punches was handed in for it or none
            has any row at its time: then nothing can be said of anybody.
        online: rows of online logs that touch the unit, likewise.
        checks: counts of inspectors during the unit.
        unplaced: rows at the unit's time that are nobody's for sure.
    """

    punches: Mapping[int, tuple[Punch, ...]] | None
    online: Mapping[int, tuple[OnlineRow, ...]] | None
    checks: tuple[SiteCheck, ...]
    unplaced: tuple[Unplaced, ...]

    def open_numbers(self, kind: SourceKind) -> frozenset[int]:
        """Numbers of which a source of this kind may speak in a row that could not be joined."""
        return frozenset[int]().union(*(item.could_be for item in self.unplaced if item.kind is kind))


def plain_name(name: str) -> str:
    """A name as it is compared: width, spaces, case and kinds of middle dots set aside (艾力·买买提)."""
    return "".join(unicodedata.normalize("NFKC", name).split()).casefold().translate(_DOTS)


@dataclass(frozen=True, slots=True)
class RosterIndex:
    """A roster, to be asked who a row names."""

    numbers: frozenset[int]
    by_name: Mapping[str, frozenset[int]]

    @classmethod
    def of(cls, roster: Roster) -> "RosterIndex":
        """Index a roster once for all rows."""
        by_name: dict[str, set[int]] = defaultdict(set)
        for trainee in roster.trainees:
            by_name[plain_name(trainee.name)].add(trainee.number)
        return cls(
            frozenset(trainee.number for trainee in roster.trainees),
            {name: frozenset(numbers) for name, numbers in by_name.items()},
        )

    def find(self, person: NamedPerson) -> int | tuple[NotPlaced, frozenset[int]]:
        """The roster number, or why there is none and whose it could be.

        A number decides; a name beside it must be that number's. A name alone must be one person's only.
        """
        named = None if person.name is None else self.by_name.get(plain_name(person.name), frozenset())
        if person.number is not None:
            known = frozenset({person.number}) & self.numbers
            if known and (named is None or person.number in named):
                return person.number
            if not known and not named:
                return NotPlaced.NOT_ON_ROSTER, frozenset()
            return NotPlaced.NUMBER_AND_NAME_DIFFER, known | (named or frozenset())
        if not named:
            return NotPlaced.NOT_ON_ROSTER, frozenset()
        return next(iter(named)) if len(named) == 1 else (NotPlaced.AMBIGUOUS_NAME, named)


def joined(unit: TeachingUnit, roster: Roster) -> Joined:
    """Join the files that a unit names."""
    index = RosterIndex.of(roster)
    unplaced: list[Unplaced] = []
    punch_files, online_files = files_of(unit, SourceKind.PUNCHES), files_of(unit, SourceKind.ONLINE_LOG)
    punches = _by_number(((f, row) for f in punch_files for row in f.punches if near(row, unit)), index, unplaced)
    online = _by_number(((f, row) for f in online_files for row in f.online if during(row, unit)), index, unplaced)
    checks = {
        (check.at, check.trainees): check
        for file in files_of(unit, SourceKind.SITE_CHECK)
        for check in file.checks
        if unit.start <= check.at < unit.end
    }
    return Joined(punches, online, tuple(checks[key] for key in sorted(checks)), tuple(unplaced))


def near(punch: Punch, unit: TeachingUnit) -> bool:
    """Whether a punch is the unit's by its time; both ends of the margin count."""
    return unit.start - PUNCH_MARGIN <= punch.at <= unit.end + PUNCH_MARGIN


def during(row: OnlineRow, unit: TeachingUnit) -> bool:
    """Whether a stretch shares time with the unit, or a progress mark lies in it."""
    if row.end is None or row.end == row.start:
        return unit.start <= row.start <= unit.end
    return row.start < unit.end and row.end > unit.start


def files_of(unit: TeachingUnit, kind: SourceKind) -> tuple[AttendanceFile, ...]:
    """Files of a kind; the same bytes under two names count once."""
    return tuple({file.sha256: file for file in unit.attendance if file.kind is kind}.values())


def _by_number(
    rows: Iterable[tuple[AttendanceFile, R]], index: RosterIndex, unplaced: list[Unplaced]
) -> Mapping[int, tuple[R, ...]] | None:
    found: dict[int, list[R]] = defaultdict(list)
    any_row = False
    for file, row in rows:
        any_row = True
        who = index.find(row.person)
        if isinstance(who, tuple):
            unplaced.append(Unplaced(file.kind, file.file, row.row, *who))
        else:
            found[who].append(row)
    return {number: tuple(found[number]) for number in sorted(found)} if any_row else None
