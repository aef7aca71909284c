"""The cadence of frames: steps that are missing, frames that come twice in a rhythm, steps of another length.

All of it stands in the packet table. A recorder at a constant rate gives a frame each so many milliseconds; a stretch
in which steps are doubled has lost frames. An editor that slows a stretch down repeats each n-th frame, and a repeated
frame costs the coder next to nothing: near-empty pictures in a rhythm. A phone's own rate wanders, and a camera may
repeat frames all day: what a recording does throughout is its habit and no finding.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.packets import PacketTable, gap_threshold_ns
from lessonproof.analysis.speed import CLEAR_CHANGE, SpeedEvidence, SpeedSource
from lessonproof.analysis.step_lengths import is_retimed, is_steady, other_steps, step_levels, usual_step
from lessonproof.analysis.stillness import is_leading
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval

_WINDOW_NS: Final = 4 * NS_PER_S
_MIN_DROPPED: Final = 8
_MIN_DROPPED_SHARE: Final = 0.08
_HABIT_RATIO: Final = 4.0
_DENSE_RATIO: Final = 3.0
_MISSING_STEP: Final = 1.6
_MIXED_SHARE: Final = 0.45
"""On a phone, from this share of missing frames on the rate has changed, as phones do in the dark."""
_JOIN_NS: Final = 2 * NS_PER_S

_RHYTHM_FRAMES: Final = 500
_RHYTHM_HOP: Final = 125
_SPECTRUM_SIZE: Final = 4096
_TINY_LOG: Final = -1.0
"""A picture that takes less than e^-1 of what its like takes."""
_LOCAL_FRAMES: Final = 25
_MIN_OF_A_KIND: Final = 8
_MIN_REPEATS: Final = 12
_MIN_POWER: Final = 11.0
"""Periodogram of events against chance: exp(-11) times some thousand rhythms is one window in a hundred."""
_MIN_COHERENCE: Final = 0.7
_SLOWEST_RHYTHM: Final = 64
_FASTEST_RHYTHM: Final = 3
_HABIT_SHARE: Final = 0.6
_SAME_RHYTHM: Final = 0.02
_EXPECTED_SLACK: Final = 0.012
"""Phones: the pace of the frames, and with it the rhythm's, is known to a hundredth."""
_EXPECTED_POWER: Final = 20.0
_EXPECTED_COHERENCE: Final = 0.2
_LOCKED_RATE: Final = 0.13
_LOCKED_SHARE: Final = (0.5, 1.5)

_MIN_STRETCH_NS: Final = 15 * NS_PER_S


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A stretch in which one frame in so many repeats the one before.

    Attributes:
        within: the stretch.
        period: frames from one repetition to the next, > 2; not a whole number in general.
        repeats: near-empty pictures that were counted.
        power: of the rhythm against chance, nats.
    """

    within: Interval
    period: float
    repeats: int
    power: float


@dataclass(frozen=True, slots=True)
class Cadence:
    """What the cadence tells.

    Attributes:
        findings: ``dropped_frames``, in time order.
        rhythms: stretches in which frames come twice in a rhythm; told as ``speed``, not by themselves, because some
            codings have such a rhythm of their own.
        evidence: of another speed.
        is_steady: whether the recorder keeps a constant rate.
    """

    findings: tuple[Finding, ...]
    rhythms: tuple[Rhythm, ...]
    evidence: tuple[SpeedEvidence, ...]
    is_steady: bool


def measure_cadence(table: PacketTable, expected: Sequence[SpeedEvidence] = ()) -> Cadence:
    """Dropped and repeated frames, and what steps and repetitions say of the speed.

    Args:
        table: of the recording.
        expected: what clock and sound say of the speed: a rhythm that is looked for at one pace is found where a
            search among all of them finds nothing.
    """
    presented = table.presented_ns()
    if presented.size < 4 * _LOCAL_FRAMES:
        return Cadence((), (), (), is_steady=False)
    steps = np.diff(presented)
    levels = step_levels(steps)
    steady = is_steady(steps, levels)
    dropped = _dropped(presented, usual_step(steps), steady=steady)
    order = np.argsort(table.pts_ns, kind="stable")
    tiny = _tiny(table, order)
    rhythms = _rhythms(tiny, table.pts_ns[order])
    evidence = [_slowed(rhythm) for rhythm in rhythms]
    if steady:
        evidence += other_steps(presented, levels)
    evidence += _confirmed(presented, (tiny, _tiny(table, order, by_place=False)), expected)
    return Cadence(tuple(dropped), rhythms, tuple(sorted(evidence, key=lambda e: e.within)), steady)


def _confirmed(
    presented: NDArray[np.int64], tiny: tuple[NDArray[np.bool_], NDArray[np.bool_]], expected: Sequence[SpeedEvidence]
) -> list[SpeedEvidence]:
    """Stretches of which somebody says that they run at another speed, and whose frames show how it was done."""
    found: list[SpeedEvidence] = []
    for told in expected:
        if told.low <= 1 - CLEAR_CHANGE or told.high >= 1 + CLEAR_CHANGE:
            first, end = np.searchsorted(presented, (told.within.start_ns, told.within.end_ns)).tolist()
            steps = np.diff(presented[first:end])
            by_place, plain = (one[first:end] for one in tiny)
            repeats = _repeats_at(by_place, told.factor) or _repeats_at(plain, told.factor, locked=True)
            if repeats or is_retimed(steps, told.factor):
                found.append(replace(told, source=SpeedSource.CADENCE, blur_ns=None))
    return found


def _repeats_at(tiny: NDArray[np.bool_], factor: float, *, locked: bool = False) -> bool:
    """Whether near-empty pictures come as often as slowing down by ``factor`` repeats frames.

    Periodograms of windows are added up. Without such a rhythm the sum over K windows is a gamma variate of shape K.

    Args:
        tiny: near-empty pictures.
        factor: of the speed.
        locked: the rhythm may be one with that of random-access pictures, which has all the same overtones: then there
            must be as many near-empty pictures as repetitions, and slow ones, as bidirectional pictures come faster.
    """
    count = tiny.size // _RHYTHM_FRAMES
    if not 0.0 < factor < 1 - CLEAR_CHANGE or count == 0:
        return False
    if locked and not (
        1.0 - factor <= _LOCKED_RATE and _LOCKED_SHARE[0] <= tiny.mean() / (1.0 - factor) <= _LOCKED_SHARE[1]
    ):
        return False
    windows = tiny[: count * _RHYTHM_FRAMES].reshape(count, _RHYTHM_FRAMES).astype(np.float64)
    windows = windows[windows.any(axis=1)]
    if not len(windows):
        return False
    centred = windows - windows.mean(axis=1, keepdims=True)
    power = np.square(np.abs(np.fft.rfft(centred, _SPECTRUM_SIZE, axis=1)))
    power /= (windows.var(axis=1) * _RHYTHM_FRAMES)[:, None]
    rate = np.arange(power.shape[1]) / _SPECTRUM_SIZE
    near = np.abs(rate - (1.0 - factor)) <= _EXPECTED_SLACK
    best = float(power.sum(axis=0)[near].max())
    return best >= len(windows) + _EXPECTED_POWER and best >= _EXPECTED_COHERENCE * float(windows.sum())


def _dropped(presented: NDArray[np.int64], usual: float, *, steady: bool) -> list[Finding]:
    """Stretches in which more frames are missing than the recording's own habit has it."""
    steps = np.diff(presented)
    hole = gap_threshold_ns(presented)
    missing = np.where((steps >= _MISSING_STEP * usual) & (steps < hole), np.round(steps / usual) - 1, 0.0)
    span = max(4, round(_WINDOW_NS / usual))
    lost = np.convolve(missing, np.ones(span), mode="same")
    share = lost / (lost + span)
    habit = float(np.quantile(share, 0.75))
    limit = max(_MIN_DROPPED_SHARE, _HABIT_RATIO * habit)
    found: list[Finding] = []
    for a, b in _joined(runs(share >= 0.5 * limit), presented):
        at = np.flatnonzero(missing[a:b] > 0) + a
        if at.size < 2 or float(share[a:b].max()) < limit:
            continue
        first, last = _dense(at)
        count = int(missing[first : last + 1].sum())
        part = count / (count + last + 1 - first)
        if count < _MIN_DROPPED or (not steady and part >= _MIXED_SHARE):
            continue
        stretch = Interval(int(presented[first]), int(presented[last + 1]))
        found.append(_dropped_finding(stretch, count, part, habit))
    return found


def _dense(at: NDArray[np.intp]) -> tuple[int, int]:
    """First and last of the steps that follow closely on one another: a phone drops one now and then anyway."""
    apart = np.diff(at)
    close = np.flatnonzero(apart <= _DENSE_RATIO * float(np.median(apart)))
    return int(at[close[0]]), int(at[close[-1] + 1])


def _joined(spans: list[tuple[int, int]], presented: NDArray[np.int64]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for a, b in spans:
        if joined and int(presented[a]) - int(presented[joined[-1][1]]) <= _JOIN_NS:
            joined[-1] = (joined[-1][0], b)
        else:
            joined.append((a, b))
    return joined


def _dropped_finding(stretch: Interval, count: int, share: float, habit: float) -> Finding:
    strength = share / max(_MIN_DROPPED_SHARE, habit)
    return Finding(
        FindingKind.DROPPED_FRAMES,
        stretch,
        confidence=round(1.0 - 0.5 * float(np.exp(-strength * count / 40.0)), 3),
        severity=Severity.WARNING,
        measured_from="packets",
        detail={
            "dropped": count,
            "dropped_share": round(share, 4),
            "usual_dropped_share": round(habit, 4),
        },
    )


def _rhythms(tiny: NDArray[np.bool_], times: NDArray[np.int64]) -> tuple[Rhythm, ...]:
    """Stretches in which near-empty pictures come in a rhythm that the rest of the recording does not have."""
    count = 1 + max(0, (tiny.size - _RHYTHM_FRAMES)) // _RHYTHM_HOP
    found: list[tuple[int, float, int, float]] = []
    for number in range(count if tiny.size >= _RHYTHM_FRAMES else 0):
        start = number * _RHYTHM_HOP
        rhythm = _rhythm(tiny[start : start + _RHYTHM_FRAMES])
        if rhythm is not None:
            found.append((start, *rhythm))
    if len(found) > _HABIT_SHARE * count:
        return ()
    return tuple(_grouped(found, tiny, times))


def _tiny(table: PacketTable, order: NDArray[np.intp], *, by_place: bool = True) -> NDArray[np.bool_]:
    """Predicted pictures that say next to nothing beside their like and beside their neighbours.

    Their like: bidirectional or not, and with ``by_place`` those at the same distance behind a random-access picture.
    """
    is_key = table.is_key[order]
    leading = is_leading(table)[order]
    value = np.log(np.maximum(table.size_bytes[order].astype(np.float64), 8.0))
    rows = np.arange(value.size)
    since = rows - np.maximum.accumulate(np.where(is_key, rows, 0))
    kind = np.where(is_key, -1, 2 * since * by_place + leading)
    for one in np.unique(kind).tolist():
        members = kind == one
        enough = one >= 0 and np.count_nonzero(members) >= _MIN_OF_A_KIND
        value[members] -= np.median(value[members]) if enough else value[members]
    around = np.lib.stride_tricks.sliding_window_view(np.pad(value, _LOCAL_FRAMES // 2, mode="edge"), _LOCAL_FRAMES)
    return np.asarray(value - np.median(around, axis=1) <= _TINY_LOG)


def _rhythm(tiny: NDArray[np.bool_]) -> tuple[float, int, float] | None:
    """Period, number of events and power of the rhythm in a window; ``None`` where there is none."""
    events = int(np.count_nonzero(tiny))
    if events < _MIN_REPEATS or events > tiny.size // 2:
        return None
    centred = tiny - tiny.mean()
    power = np.abs(np.fft.rfft(centred, _SPECTRUM_SIZE)) ** 2 / (centred.var() * tiny.size)
    rate = np.arange(power.size) / _SPECTRUM_SIZE
    power[(rate < 1 / _SLOWEST_RHYTHM) | (rate > 1 / _FASTEST_RHYTHM)] = 0.0
    best = float(power.max())
    if best < max(_MIN_POWER, _MIN_COHERENCE * events):
        return None
    # All multiples of a rhythm stand in its spectrum alike: the slowest one is the rhythm.
    first = int(np.flatnonzero(power >= 0.8 * best)[0])
    near = slice(max(0, first - 8), first + 9)
    peak = near.start + int(np.argmax(power[near]))
    return 1.0 / float(rate[peak]), events, float(power[peak])


def _grouped(
    found: list[tuple[int, float, int, float]], tiny: NDArray[np.bool_], times: NDArray[np.int64]
) -> list[Rhythm]:
    rhythms: list[Rhythm] = []
    group: list[tuple[int, float, int, float]] = []
    for window in [*found, None]:
        follows = (
            window is not None
            and group
            and window[0] - group[-1][0] <= 2 * _RHYTHM_HOP
            and abs(window[1] / group[-1][1] - 1) <= _SAME_RHYTHM
        )
        if group and not follows:
            rhythms.append(_rhythm_of(group, tiny, times))
            group = []
        if window is not None:
            group.append(window)
    return [rhythm for rhythm in rhythms if rhythm.within.length_ns >= _MIN_STRETCH_NS]


def _rhythm_of(group: list[tuple[int, float, int, float]], tiny: NDArray[np.bool_], times: NDArray[np.int64]) -> Rhythm:
    """One rhythm from its windows; its borders are the first and the last event that keep step."""
    strongest = max(group, key=lambda window: window[3])
    period = strongest[1]
    rows = np.flatnonzero(tiny[group[0][0] : group[-1][0] + _RHYTHM_FRAMES]) + group[0][0]
    phase = np.angle(np.exp(2j * np.pi * rows / period) / _mean_turn(tiny, strongest[0], period))
    kept = rows[np.abs(phase) <= np.pi / 3]
    rows = kept if kept.size else rows
    last = min(times.size - 1, int(rows[-1]) + round(period))
    within = Interval(int(times[max(0, int(rows[0]) - round(period))]), int(times[last]))
    return Rhythm(within, period, int(rows.size), strongest[3])


def _mean_turn(tiny: NDArray[np.bool_], start: int, period: float) -> complex:
    rows = np.flatnonzero(tiny[start : start + _RHYTHM_FRAMES]) + start
    mean = complex(np.exp(2j * np.pi * rows / period).mean())
    return mean / max(abs(mean), 1e-9)


def _slowed(rhythm: Rhythm) -> SpeedEvidence:
    """Of so many frames one shows nothing new: the lesson goes by more slowly by as much."""
    factor = 1.0 - 1.0 / rhythm.period
    slack = 0.02 / rhythm.period + 0.002
    return SpeedEvidence(rhythm.within, factor, factor - slack, factor + slack, SpeedSource.CADENCE)
