"""What the text of a burned-in clock says: which characters are year, month, ... second, and which moment they name.

Formats of Chinese cameras and watermark apps: ``2024年09月01日 星期日 08:30:00``, ``2024-09-01 08:30:00``,
``09-01-2024`` and ``01-09-2024`` (which of the two only a weekday, a day above 12 or a change of the day tells),
24 hours and 上午/下午 or AM/PM, minutes only, and a second whose last digit lies outside the picture.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

S_PER_DAY: Final = 86_400
SHOWN_YEARS: Final = range(1970, 2100)
"""What a camera may show, one without a battery among them; another year is no date but a pattern that looks like
digits (1111-11-11 11:11:11 on stripes, where another room without a clock was joined in)."""
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  a camera's local time has no zone


class Part(StrEnum):
    """What a group of digits means."""

    YEAR = "Y"
    MONTH = "m"
    DAY = "d"
    FIRST = "a"
    """Month or day, whichever the camera writes first."""
    SECOND_OF_TWO = "b"
    """The other one."""
    HOUR = "H"
    MINUTE = "M"
    SECOND = "S"


class Half(StrEnum):
    """Which half of the day a 12-hour clock is in."""

    MORNING = "A"
    AFTERNOON = "P"


class DateOrder(StrEnum):
    """How the two groups before the year are meant."""

    MONTH_FIRST = "md"
    DAY_FIRST = "dm"


@dataclass(frozen=True, slots=True)
class Group:
    """A run of digits of one meaning.

    Attributes:
        part: the meaning.
        start: index of its first character.
        digits: as read.
    """

    part: Part
    start: int
    digits: str

    @property
    def end(self) -> int:
        """Index behind its last character."""
        return self.start + len(self.digits)


@dataclass(frozen=True, slots=True)
class ClockText:
    """A line of text that holds a date, a time of the day, or both.

    Attributes:
        groups: the groups of digits, in the order of the text.
        half: of a 12-hour clock; ``None`` on a 24-hour clock.
        half_at: index of the first character that tells it; ``None`` likewise.
        weekday: Monday is 0; ``None`` where the text tells none.
    """

    groups: tuple[Group, ...]
    half: Half | None = None
    half_at: int | None = None
    weekday: int | None = None

    @property
    def shape(self) -> str:
        """The meaning of each digit, e.g. ``YYYYmmddHHMMSS``; with ``P`` at the end on a 12-hour clock."""
        return "".join(g.part.value * len(g.digits) for g in self.groups) + ("P" if self.half is not None else "")

    @property
    def has_time(self) -> bool:
        """Whether it tells hour and minute."""
        return any(g.part is Part.HOUR for g in self.groups)

    @property
    def has_date(self) -> bool:
        """Whether it tells a date."""
        return any(g.part is Part.YEAR for g in self.groups)

    def values(self) -> dict[Part, int]:
        """The numbers; a second without its last digit counts full tens."""
        return {g.part: int(g.digits) * (10 if is_cut_second(g.part, len(g.digits)) else 1) for g in self.groups}


def is_cut_second(part: Part, digits: int) -> bool:
    """Whether a second has lost its last digit: no clock writes seconds with one digit."""
    return part is Part.SECOND and digits == 1


_FULL_WIDTH: Final = str.maketrans("：；／．－—–０１２３４５６７８９　", ":;/.---0123456789 ")
_YEAR_FIRST: Final = re.compile(r"(?<!\d)(?P<Y>20\d\d) ?[-/.年] ?(?P<m>\d{1,2}) ?[-/.月] ?(?P<d>\d\d|\d)")
_YEAR_LAST: Final = re.compile(r"(?<!\d)(?P<a>\d\d) ?[-/.] ?(?P<b>\d\d) ?[-/.] ?(?P<Y>20\d\d)")
_TIME: Final = re.compile(
    r"(?P<before>上午|下午|AM|PM)? ?(?<!\d)(?P<H>\d{1,2}) ?[:;] ?(?P<M>\d\d)(?: ?[:;.] ?(?P<S>\d\d?)(?!\d))?"
    r"(?! ?[:;])(?!\d) ?(?P<after>AM|PM)?",
    re.IGNORECASE,
)
_WEEKDAY: Final = re.compile(
    r"(?:星期|周|礼拜)(?P<zh>[一二三四五六日天])|(?P<en>\b(?:MON|TUE|WED|THU|FRI|SAT|SUN))", re.IGNORECASE
)
_WEEKDAYS_EN: Final = ("MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN")
_AFTERNOON: Final = frozenset({"下午", "PM"})
_LIMITS: Final = {
    Part.MONTH: (1, 12),
    Part.DAY: (1, 31),
    Part.FIRST: (1, 31),
    Part.SECOND_OF_TWO: (1, 31),
    Part.HOUR: (0, 23),
    Part.MINUTE: (0, 59),
    Part.SECOND: (0, 59),
}


def parse_clock_text(text: str) -> ClockText | None:
    """Find date and time in a line of text.

    Args:
        text: as a reader gives it; blanks may be missing, signs may be full width.

    Returns:
        ``None`` where it holds neither a date nor a time, or numbers that no clock shows.
    """
    plain = text.translate(_FULL_WIDTH)
    found_date = _YEAR_FIRST.search(plain) or _YEAR_LAST.search(plain)
    found_time, offset = _search_time(plain, found_date)
    groups = [*_groups(found_date, 0), *_groups(found_time, offset)]
    if not groups or any(not _is_possible(group) for group in groups):
        return None
    half, half_at = _half(found_time, offset)
    if half is not None and not 1 <= next(int(g.digits) for g in groups if g.part is Part.HOUR) <= 12:
        return None
    return ClockText(tuple(sorted(groups, key=lambda g: g.start)), half, half_at, _weekday(plain))


def _search_time(plain: str, found_date: re.Match[str] | None) -> tuple[re.Match[str] | None, int]:
    """The time behind the date, or before it; the blank between the two is often lost."""
    if found_date is None:
        return _TIME.search(plain), 0
    behind = _TIME.search(plain[found_date.end() :])
    return (behind, found_date.end()) if behind else (_TIME.search(plain[: found_date.start()]), 0)


def _groups(found: re.Match[str] | None, offset: int) -> list[Group]:
    if found is None:
        return []
    parts = {part.value for part in Part}
    return [
        Group(Part(name), offset + found.start(name), digits)
        for name, digits in found.groupdict().items()
        if name in parts and digits is not None
    ]


def _is_possible(group: Group) -> bool:
    low, high = _LIMITS.get(group.part, (2000, 2099))
    value = int(group.digits) * (10 if is_cut_second(group.part, len(group.digits)) else 1)
    return low <= value <= high


def _half(found: re.Match[str] | None, offset: int) -> tuple[Half | None, int | None]:
    if found is None:
        return None, None
    name = "before" if found["before"] else "after"
    word = found[name]
    if word is None:
        return None, None
    return (Half.AFTERNOON if word.upper() in _AFTERNOON else Half.MORNING), offset + found.start(name)


def _weekday(plain: str) -> int | None:
    found = _WEEKDAY.search(plain)
    if found is None:
        return None
    if found["zh"] is not None:
        return "一二三四五六日".index(found["zh"].replace("天", "日"))
    return _WEEKDAYS_EN.index(found["en"].upper())


def wall_seconds(values: Mapping[Part, int], half: Half | None, order: DateOrder | None) -> int | None:
    """Seconds of the moment that a clock shows.

    Args:
        values: by part.
        half: of a 12-hour clock.
        order: how ``FIRST`` and ``SECOND_OF_TWO`` are meant; ``None`` where that is unknown: the date is left out then.

    Returns:
        Seconds of local time since 1970-01-01 where the date is told, else since midnight; ``None`` where no such
        moment exists.
    """
    hour = values[Part.HOUR]
    if half is not None:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half is Half.AFTERNOON else 0)
    minute, second = values[Part.MINUTE], values.get(Part.SECOND, 0)
    if hour > 23 or minute > 59 or second > 59:
        return None
    of_day = hour * 3600 + minute * 60 + second
    if Part.YEAR not in values or (Part.FIRST in values and order is None):
        return of_day
    day = calendar_day(values, order)
    return None if day is None else (day - _EPOCH.date()).days * S_PER_DAY + of_day


def calendar_day(values: Mapping[Part, int], order: DateOrder | None) -> date | None:
    """The date, ``None`` where there is no such day or no camera shows it; arguments as for :func:`wall_seconds`."""
    if values[Part.YEAR] not in SHOWN_YEARS:
        return None
    if Part.FIRST in values:
        first, other = values[Part.FIRST], values[Part.SECOND_OF_TWO]
        month, day = (first, other) if order is DateOrder.MONTH_FIRST else (other, first)
    else:
        month, day = values[Part.MONTH], values[Part.DAY]
    try:
        return date(values[Part.YEAR], month, day)
    except ValueError:
        return None


def possible_orders(texts: Iterable[ClockText]) -> tuple[DateOrder, ...]:
    """Which orders of month and day agree with all that was read: real days, weekdays, days that follow each other.

    Args:
        texts: in the order of their times.

    Returns:
        One where it is decided, both where it is ambiguous; none where the dates contradict each other.
    """
    dated = [t for t in texts if any(g.part is Part.FIRST for g in t.groups)]
    left = []
    for order in DateOrder:
        days = [calendar_day(t.values(), order) for t in dated]
        agrees = sum(
            day is not None and (t.weekday is None or t.weekday == day.weekday())
            for t, day in zip(dated, days, strict=True)
        )
        left.append((agrees - len(dated) * _wrong_midnights(dated, days), order))
    most = max(agrees for agrees, _ in left)
    return tuple(order for agrees, order in left if agrees == most) if dated and most > 0 else ()


def _wrong_midnights(texts: Sequence[ClockText], days: Sequence[date | None]) -> int:
    """How often the date does not go on by one day at midnight; a date that jumps by day tells nothing."""
    wrong = 0
    for (t, day), (later, next_day) in pairwise(zip(texts, days, strict=True)):
        of_day, of_next = wall_seconds(_time_of(t), t.half, None), wall_seconds(_time_of(later), later.half, None)
        if day is None or next_day is None or of_day is None or of_next is None:
            continue
        is_midnight = of_day >= 23 * 3600 and of_next < 3600 and day != next_day
        wrong += is_midnight and next_day - day != timedelta(days=1)
    return wrong


def _time_of(text: ClockText) -> dict[Part, int]:
    values = {Part.HOUR: 0, Part.MINUTE: 0} | text.values()
    return {part: value for part, value in values.items() if part in {Part.HOUR, Part.MINUTE, Part.SECOND}}


def moment_of(wall_s: int) -> datetime:
    """The naive local moment of seconds since 1970-01-01."""
    return _EPOCH + timedelta(seconds=wall_s)


def seconds_of(moment: datetime) -> int:
    """Seconds since 1970-01-01 of a naive local moment."""
    return int((moment.replace(tzinfo=None) - _EPOCH).total_seconds())
