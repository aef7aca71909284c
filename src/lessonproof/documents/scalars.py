"""Single values as people write them: text, days, times of day, lists of numbers such as ``1-12, 14``."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import BeforeValidator, Field, PlainValidator, StrictBool, StrictInt, WithJsonSchema

from lessonproof.documents.checking import expected
from lessonproof.evidence.training import SHANGHAI

MAX_TEXT_CHARS: Final = 500
MAX_NUMBER: Final = 9999
"""Largest roster number; a class has a few dozen trainees, and a range of millions would be a way to fill memory."""

_DAY: Final = re.compile(r"(\d{4})(?:-(\d{1,2})-(\d{1,2})|/(\d{1,2})/(\d{1,2})|年(\d{1,2})月(\d{1,2})日)")
_CLOCK: Final = re.compile(r"(\d{1,2})[:：](\d{2})(?:[:：](\d{2})(?:\.(\d{1,6}))?)?")
_OFFSET: Final = re.compile(r"Z|[+-]\d{2}:?\d{2}")
_RANGE: Final = re.compile(r"(\d{1,4})\s*[-–—~～至]\s*(\d{1,4})")

When = datetime | timedelta
"""A moment with its time zone, or a time of day as the time since midnight in Asia/Shanghai."""


def _text(value: object) -> str:
    """Text; a whole number counts, since its digits come back as they were written (class numbers)."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value.strip():
        raise expected("text that is not empty", "非空文字")
    if len(value) > MAX_TEXT_CHARS or any(ord(character) < ord(" ") for character in value.strip()):
        raise expected(f"one line of at most {MAX_TEXT_CHARS} characters", f"单行文字，不超过 {MAX_TEXT_CHARS} 个字符")
    return value.strip()


def parse_day(text: str) -> date:
    """``2026-03-02``, ``2026/3/2`` or ``2026年3月2日``.

    Raises:
        ValueError: none of these, or no such day.
    """
    match = _DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a day: {text!r}")
    year, month, day = (int(part) for part in match.groups() if part is not None)
    return date(year, month, day)


def parse_time_of_day(text: str) -> timedelta:
    """``08:30``, ``8:30``, ``08:30:15``, ``08:30:15.5``; ``24:00`` is the end of the day.

    Raises:
        ValueError: none of these.
    """
    match = _CLOCK.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"not a time of day: {text!r}")
    hours, minutes, seconds, fraction = match.groups()
    microseconds = int((fraction or "").ljust(6, "0"))
    if (hours, minutes) == ("24", "00") and int(seconds or 0) == 0 and microseconds == 0:
        return timedelta(days=1)
    clock = time(int(hours), int(minutes), int(seconds or 0), microseconds)
    return datetime.combine(date.min, clock) - datetime.combine(date.min, time())


def parse_moment(text: str) -> datetime:
    """``2026-03-02 08:30`` (Asia/Shanghai), ``2026-03-02T08:30:00+08:00``, ``2026-03-02T00:30Z``.

    Raises:
        ValueError: none of these.
    """
    day_text, separator, rest = text.strip().replace("T", " ").partition(" ")
    if not separator:
        raise ValueError(f"not a moment: {text!r}")
    offset = _OFFSET.search(rest)
    midnight = datetime.combine(parse_day(day_text), time(), SHANGHAI)
    if offset is None:
        return midnight + parse_time_of_day(rest)
    if offset.end() != len(rest):
        raise ValueError(f"not a moment: {text!r}")
    zone = datetime.fromisoformat(f"2000-01-01T00:00:00{offset.group()}").tzinfo
    return (midnight.replace(tzinfo=zone) + parse_time_of_day(rest[: offset.start()].strip())).astimezone(SHANGHAI)


def at(day: date, when: When) -> datetime:
    """The moment that ``when`` means on ``day``."""
    return when if isinstance(when, datetime) else datetime.combine(day, time(), SHANGHAI) + when


def parse_numbers(value: object) -> frozenset[int]:
    """Roster numbers from ``[1-12, 14]`` or the text ``1-12, 14``.

    Raises:
        ValueError: an entry is neither a number nor a rising range.
    """
    parts = re.split(r"[,，、]", value) if isinstance(value, str) else value
    if not isinstance(parts, list):
        raise ValueError(f"not a list of numbers: {value!r}")  # noqa: TRY004 - one kind of error for a field validator
    numbers: set[int] = set()
    for part in parts:
        first, last = _range(part)
        if not 1 <= first <= last <= MAX_NUMBER:
            raise ValueError(f"not a rising range of numbers from 1: {part!r}")
        numbers.update(range(first, last + 1))
    return frozenset(numbers)


def _range(part: object) -> tuple[int, int]:
    if isinstance(part, int) and not isinstance(part, bool):
        return part, part
    text = part.strip() if isinstance(part, str) else ""
    match = _RANGE.fullmatch(text)
    if match is not None:
        return int(match.group(1)), int(match.group(2))
    if text.isascii() and text.isdigit() and len(text) <= len(str(MAX_NUMBER)):
        return int(text), int(text)
    raise ValueError(f"neither a number nor a range: {part!r}")


def _parsed(parse: Callable[[str], Any], en: str, zh: str) -> Callable[[object], Any]:
    def validator(value: object) -> Any:
        if isinstance(value, str):
            try:
                return parse(value)
            except (ValueError, OverflowError):
                pass
        raise expected(en, zh)

    return validator


def _when(text: str) -> When:
    try:
        return parse_time_of_day(text)
    except ValueError:
        return parse_moment(text)


def _signed(value: object) -> frozenset[int] | Literal["all"]:
    """Who ``all`` is depends on the roster, so the word stays."""
    return "all" if value == "all" else _numbers(value)


def _numbers(value: object) -> frozenset[int]:
    try:
        return parse_numbers(value)
    except ValueError as error:
        raise expected(
            f"numbers such as [1-12, 14], each 1 to {MAX_NUMBER}",
            f"序号列表，例如 [1-12, 14]，每个为 1 至 {MAX_NUMBER}",
        ) from error


_NUMBERS_SCHEMA: Final[dict[str, Any]] = {
    "oneOf": [
        {"type": "array", "items": {"oneOf": [{"type": "integer", "minimum": 1}, {"type": "string"}]}},
        {"type": "string", "pattern": r"^[0-9]"},
    ],
    "examples": [["1-12", 14]],
}

Text = Annotated[
    str,
    BeforeValidator(_text),
    WithJsonSchema({"type": ["string", "integer"], "minLength": 1, "maxLength": MAX_TEXT_CHARS}),
]
Day = Annotated[
    date,
    PlainValidator(_parsed(parse_day, "a date such as 2026-03-02", "日期，例如 2026-03-02")),
    WithJsonSchema({"type": "string", "examples": ["2026-03-02", "2026年3月2日"]}),
]
Moment = Annotated[
    datetime,
    PlainValidator(
        _parsed(
            parse_moment,
            'a date and time such as "2026-03-02 08:30" or 2026-03-02T08:30:00+08:00',
            "日期和时间，例如 “2026-03-02 08:30” 或 2026-03-02T08:30:00+08:00",
        )
    ),
    WithJsonSchema({"type": "string", "examples": ["2026-03-02 08:30", "2026-03-02T08:30:00+08:00"]}),
]
TimeOrMoment = Annotated[
    When,
    PlainValidator(
        _parsed(
            _when,
            'a time such as "08:30", or date and time such as "2026-03-02 08:30"',
            "时间，例如 “08:30”，或日期和时间，例如 “2026-03-02 08:30”",
        )
    ),
    WithJsonSchema({"type": "string", "examples": ["08:30", "08:28:30", "2026-03-02T08:28:30+08:00"]}),
]
Numbers = Annotated[frozenset[int], PlainValidator(_numbers), WithJsonSchema(_NUMBERS_SCHEMA)]
Signed = Annotated[
    frozenset[int] | Literal["all"],
    PlainValidator(_signed),
    WithJsonSchema({"oneOf": [{"const": "all"}, *_NUMBERS_SCHEMA["oneOf"]], "examples": ["all", ["1-12", 14]]}),
]
Flag = StrictBool
PositiveInt = Annotated[StrictInt, Field(ge=1, le=MAX_NUMBER)]
CountInt = Annotated[StrictInt, Field(ge=0, le=MAX_NUMBER)]
