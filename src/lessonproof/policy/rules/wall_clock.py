"""Wall-clock time as integer nanoseconds since 1970-01-01 UTC, and how times are written for people."""

from datetime import UTC, datetime, timedelta
from typing import Final

from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.training import SHANGHAI, TeachingUnit

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)


def epoch_ns(moment: datetime) -> int:
    """Nanoseconds of a timezone-aware moment, exact (a ``datetime`` ends at microseconds)."""
    return ((moment - _EPOCH) // _MICROSECOND) * 1_000


def clock_text(moment: datetime) -> str:
    """``2024-09-02 08:30:00`` in Asia/Shanghai."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"


def clock_text_ns(moment_ns: int) -> str:
    """The same for nanoseconds since the epoch."""
    return clock_text(_EPOCH + timedelta(microseconds=moment_ns // 1_000))


def seconds_text(length_ns: int) -> str:
    """Seconds with as many digits as they need: ``120``, ``120.000000001``; exact, as a limit may hang on it."""
    whole, rest = divmod(length_ns, NS_PER_S)
    return str(whole) if rest == 0 else f"{whole}.{rest:09d}".rstrip("0")


def scheduled_window(unit: TeachingUnit) -> Interval:
    """The scheduled lesson, nanoseconds since the epoch."""
    return Interval(epoch_ns(unit.start), epoch_ns(unit.end))
