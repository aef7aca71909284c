"""What other sources say of who was there: punch clocks, online-course platforms, inspectors on the spot.

Values only, as the files say them. Persons are those who a row names, not yet those of a roster; names stay out of
logs, reports and keys. Wall-clock times are timezone-aware; unknown is ``None``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class SourceKind(StrEnum):
    """What a file of attendance holds."""

    PUNCHES = "punches"
    ONLINE_LOG = "online_log"
    SITE_CHECK = "site_check"


@dataclass(frozen=True, slots=True)
class NamedPerson:
    """A person as a row names them: by roster number, by name, or both.

    Attributes:
        number: roster number; ``None`` where the row has none.
        name: name as written; ``None`` likewise.
    """

    number: int | None
    name: str | None

    def __post_init__(self) -> None:
        if self.number is None and not self.name:
            raise ValueError("a person is named by a number, a name, or both")


@dataclass(frozen=True, slots=True)
class Punch:
    """One punch at a device (打卡).

    Attributes:
        row: line of the file.
        person: who punched.
        at: when.
        place: where, as the device says it.
        device: which device.
        method: how the person was told (人脸, 指纹, 卡); a word of the device's record, never a face (Q23).
    """

    row: int
    person: NamedPerson
    at: datetime
    place: str | None = None
    device: str | None = None
    method: str | None = None


@dataclass(frozen=True, slots=True)
class OnlineRow:
    """One row of an online-course log: a stretch from login to logout, or a progress mark.

    Attributes:
        row: line of the file.
        person: who learned.
        start: login, or the moment of a progress mark.
        end: logout; ``None`` of a progress mark.
        learned: learning time that the platform credits for the stretch.
        progress_percent: share of the course that is done, 0 to 100.
        course: name of the course.
        course_length: length of the course.
        device: device or address that it was learned from.
    """

    row: int
    person: NamedPerson
    start: datetime
    end: datetime | None = None
    learned: timedelta | None = None
    progress_percent: float | None = None
    course: str | None = None
    course_length: timedelta | None = None
    device: str | None = None

    def __post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError("a stretch cannot end before it starts")


@dataclass(frozen=True, slots=True)
class SiteCheck:
    """Trainees counted by an inspector on the spot (现场检查).

    Attributes:
        row: line of the file.
        at: when they were counted.
        trainees: how many, without staff.
    """

    row: int
    at: datetime
    trainees: int


@dataclass(frozen=True, slots=True)
class AttendanceFile:
    """One file of attendance that a unit names.

    Attributes:
        kind: what it holds; the rows of the other kinds are empty.
        file: path as written in the class file.
        sha256: digest of its bytes.
        punches: its rows, in the order of the file.
        online: likewise.
        checks: likewise.
    """

    kind: SourceKind
    file: str
    sha256: str
    punches: tuple[Punch, ...] = ()
    online: tuple[OnlineRow, ...] = ()
    checks: tuple[SiteCheck, ...] = ()
