"""Time inside the code: integer nanoseconds in half-open windows, and the arithmetic of sets of windows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

NS_PER_S: Final = 1_000_000_000
NS_PER_MS: Final = 1_000_000
NS_PER_MINUTE: Final = 60 * NS_PER_S


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """A half-open window ``[start_ns, end_ns)`` of one time line.

    Attributes:
        start_ns: first nanosecond inside.
        end_ns: first nanosecond behind; equal to ``start_ns`` marks an instant.
    """

    start_ns: int
    end_ns: int

    def __post_init__(self) -> None:
        if self.end_ns < self.start_ns:
            raise ValueError(f"an interval cannot end before it starts: {self.start_ns=} {self.end_ns=}")

    @property
    def length_ns(self) -> int:
        """Length in nanoseconds, >= 0."""
        return self.end_ns - self.start_ns

    @property
    def start_s(self) -> float:
        """Start in seconds, for people."""
        return ns_to_s(self.start_ns)

    @property
    def end_s(self) -> float:
        """End in seconds, for people."""
        return ns_to_s(self.end_ns)

    def shift(self, by_ns: int) -> "Interval":
        """The same window on a time line whose zero lies ``by_ns`` earlier."""
        return Interval(self.start_ns + by_ns, self.end_ns + by_ns)

    def intersect(self, other: "Interval") -> "Interval | None":
        """The common window, or ``None`` where the two share not a nanosecond."""
        start, end = max(self.start_ns, other.start_ns), min(self.end_ns, other.end_ns)
        return Interval(start, end) if start < end else None


def ns_to_s(time_ns: int) -> float:
    """Seconds for JSON and screens, rounded to a microsecond so that equal inputs print equally."""
    return round(time_ns / NS_PER_S, 6)


def s_to_ns(time_s: float) -> int:
    """Nanoseconds from seconds that a person or a JSON file gave."""
    return round(time_s * NS_PER_S)


def rescale_ns(pts: int, numerator: int, denominator: int) -> int:
    """Nanoseconds of ``pts`` ticks of ``numerator / denominator`` seconds, rounded half away from zero.

    Integer arithmetic throughout: a float has 53 bits and loses nanoseconds after 104 days.
    """
    scaled = abs(pts) * numerator * NS_PER_S * 2 + denominator
    value = scaled // (2 * denominator)
    return value if pts >= 0 else -value


def union(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Sorted windows without overlap that cover what ``intervals`` cover; touching windows become one."""
    merged: list[Interval] = []
    for current in sorted(i for i in intervals if i.length_ns > 0):
        if merged and current.start_ns <= merged[-1].end_ns:
            merged[-1] = Interval(merged[-1].start_ns, max(merged[-1].end_ns, current.end_ns))
        else:
            merged.append(current)
    return tuple(merged)


def subtract(minuend: Iterable[Interval], subtrahend: Iterable[Interval]) -> tuple[Interval, ...]:
    """What ``minuend`` covers and ``subtrahend`` does not, sorted, without overlap."""
    holes = union(subtrahend)
    rest: list[Interval] = []
    for window in union(minuend):
        start = window.start_ns
        for hole in holes:
            if hole.end_ns <= start or hole.start_ns >= window.end_ns:
                continue
            if hole.start_ns > start:
                rest.append(Interval(start, hole.start_ns))
            start = max(start, hole.end_ns)
        if start < window.end_ns:
            rest.append(Interval(start, window.end_ns))
    return tuple(rest)


def intersection(left: Iterable[Interval], right: Sequence[Interval]) -> tuple[Interval, ...]:
    """What both cover, sorted, without overlap."""
    common = (a.intersect(b) for a in union(left) for b in union(right))
    return tuple(window for window in common if window is not None)


def total_ns(intervals: Iterable[Interval]) -> int:
    """Covered time in nanoseconds; overlaps count once."""
    return sum(window.length_ns for window in union(intervals))
