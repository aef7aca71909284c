"""One time line out of a file's own times: ticks to nanoseconds, stray times, restarts of the clock."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.intervals import NS_PER_S

Times = NDArray[np.int64]
Mask = NDArray[np.bool_]

MAX_FROM_MEDIAN_S: Final = 48 * 3600
"""A packet farther than this from the median one has a damaged time: nobody records a teaching unit for days."""
_MAX_TIME_S: Final = 9e9
"""Where nanoseconds stop fitting into 64 bits."""
BACKWARD_JUMP_NS: Final = NS_PER_S
"""Decoding times that run back by more than this begin a new time line (joined transport streams)."""
HALF_WRAP_NS: Final = (1 << 32) * NS_PER_S // 90_000
"""Half of what a transport stream's clock of 33 bits can count, 13 hours. The demuxer takes a clock that restarts below
the file's first time for one that wrapped around, and adds the whole: such a step forward is a restart too."""
_MAX_STRAY_RUN: Final = 400
_MAX_STRAY_JUMPS: Final = 10_000


@dataclass(frozen=True, slots=True)
class TimeLineJoin:
    """A place where the time line of a file starts over.

    Attributes:
        row: first packet behind it, in file order.
        time_ns: where it lies on the one time line of the table.
        offset_ns: what was added to the file's own times from there on.
    """

    row: int
    time_ns: int
    offset_ns: int


def near_median(ticks: Times, numerator: int, denominator: int) -> Mask:
    """Which times lie within two days of the median one, and are small enough for nanoseconds in 64 bits.

    Args:
        ticks: shape ``(N,)``.
        numerator: of the time base.
        denominator: likewise.
    """
    seconds = ticks.astype(np.float64) * numerator / denominator
    return np.asarray(
        (np.abs(seconds - np.median(seconds)) <= MAX_FROM_MEDIAN_S) & (np.abs(seconds) < _MAX_TIME_S), np.bool_
    )


def ticks_to_ns(ticks: Times, numerator: int, denominator: int) -> Times:
    """What :func:`rescale_ns` gives, for many; splits whole seconds off first so that 64 bits suffice for centuries.

    Args:
        ticks: shape ``(N,)``, each less than some 9e9 seconds.
        numerator: of the time base.
        denominator: likewise, less than 4e9.
    """
    whole, rest = np.divmod(np.abs(ticks) * np.int64(numerator), np.int64(denominator))
    size_ns = whole * NS_PER_S + (rest * NS_PER_S * 2 + denominator) // (2 * denominator)
    return np.asarray(np.sign(ticks) * size_ns, np.int64)


def stray_runs(times_ns: Times) -> Mask:
    """Short runs of packets whose times leave the time line and come back to it: bits of a time were flipped.

    A restart of the clock does not come back; a hole lies between the times around it. The picture behind a hole may
    be stored before bidirectional ones in front of it: then the hole lies in front of it, and others
    follow it.

    Args:
        times_ns: shape ``(N,)``, decoding or presentation times in file order.

    Returns:
        Shape ``(N,)``, true for packets whose time says nothing.
    """
    stray = np.zeros(times_ns.size, np.bool_)
    steps = np.diff(times_ns)
    jumps = np.flatnonzero(np.abs(steps) > BACKWARD_JUMP_NS) + 1
    if jumps.size == 0 or jumps.size > _MAX_STRAY_JUMPS:
        return stray
    usual_ns = max(1, int(np.median(np.abs(steps))))
    ordered, latest_from = np.sort(times_ns), np.maximum.accumulate(times_ns[::-1])[::-1]
    ends = [*jumps[1:].tolist(), times_ns.size]
    passed = 0
    for start, end in zip(jumps.tolist(), ends, strict=True):
        if start < passed or end - start > _MAX_STRAY_RUN:
            continue
        before = int(times_ns[start - 1])
        # A run at the very end has nothing to come back to.
        after = int(times_ns[end]) if end < times_ns.size else None
        if after is None or not 0 < after - before <= 3 * usual_ns * (end - start + 1) + BACKWARD_JUMP_NS:
            continue
        run = times_ns[start:end]
        if int(run.min()) >= before and int(run.max()) <= after:
            continue
        first_ns = int(run.min())
        last_in_front = int(ordered[np.searchsorted(ordered, first_ns) - 1])
        is_hole = 2 * (first_ns - last_in_front) >= first_ns - before
        if first_ns > before and is_hole and int(latest_from[end]) >= int(run.max()):
            passed = end + 1  # what comes next are the pictures in front of the hole
            continue
        stray[start:end] = True
        passed = end + 1
    return stray


def one_time_line(pts_ns: Times, dts_ns: Times, *, may_wrap: bool) -> tuple[Times, tuple[TimeLineJoin, ...]]:
    """Let each restart of the clock continue where the last one ended, and say where that happened.

    Args:
        pts_ns: shape ``(N,)``, presentation times in file order.
        dts_ns: decoding times.
        may_wrap: whether the container's clock wraps around (a transport stream).
    """
    steps = np.diff(dts_ns)
    is_restart = steps < -BACKWARD_JUMP_NS
    if may_wrap:
        is_restart |= steps > HALF_WRAP_NS
    restarts = (np.flatnonzero(is_restart) + 1).tolist()
    if not restarts:
        return pts_ns, ()
    usual_ns = int(np.median(steps[steps > 0])) if np.any(steps > 0) else 0
    result = pts_ns.copy()
    joins: list[TimeLineJoin] = []
    for start, stop in zip(restarts, [*restarts[1:], pts_ns.size], strict=True):
        offset_ns = int(result[:start].max()) + usual_ns - int(pts_ns[start:stop].min())
        result[start:stop] += offset_ns
        joins.append(TimeLineJoin(row=start, time_ns=int(result[start:stop].min()), offset_ns=offset_ns))
    return result, tuple(joins)


def follow(times_ns: Times, joins: tuple[TimeLineJoin, ...], *, may_wrap: bool) -> Times:
    """Put another track's times on the one time line: where the file's clock starts over, it does so there too.

    Args:
        times_ns: shape ``(N,)``, times in file order.
        joins: where the picture's clock starts over.
        may_wrap: as for :func:`one_time_line`.
    """
    if not joins:
        return times_ns
    steps = np.diff(times_ns)
    is_restart = np.append(False, (steps < -BACKWARD_JUMP_NS) | (may_wrap & (steps > HALF_WRAP_NS)))
    offsets = np.array([0, *(join.offset_ns for join in joins)], np.int64)
    return np.asarray(times_ns + offsets[np.minimum(np.cumsum(is_restart), len(joins))], np.int64)
