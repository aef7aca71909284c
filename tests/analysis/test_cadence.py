"""Missing steps, frames that come twice in a rhythm, and steps of another length."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.cadence import measure_cadence
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.tables import table

COUNT = 4000


def sizes(seed: int = 1) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    found = (900 * np.exp(rng.normal(0, 0.2, COUNT))).astype(np.int64)
    found[::50] = 20_000
    return found


def packets(steps_ms: NDArray[np.int64] | None = None, size: NDArray[np.int64] | None = None) -> PacketTable:
    steps = np.full(COUNT, 40) if steps_ms is None else steps_ms
    times = np.concatenate([[0], np.cumsum(steps)[:-1]])
    return table(times.tolist(), gop=50, sizes=(sizes() if size is None else size).tolist())


def repeating(period: float, first: int = 1000, last: int = 2500) -> NDArray[np.int64]:
    found = sizes()
    rows = np.unique((np.arange(first, last, period)).astype(np.int64))
    found[rows[rows % 50 != 0]] = 26
    return found


def phone_steps(seed: int = 2) -> NDArray[np.int64]:
    rng = np.random.default_rng(seed)
    steps = np.round(33 * (1 + np.clip(rng.normal(0, 0.03, COUNT), -0.12, 0.12))).astype(np.int64)
    steps[rng.random(COUNT) < 0.01] *= 2
    return steps


def test_a_steady_recording_tells_nothing() -> None:
    found = measure_cadence(packets())
    assert found.findings == ()
    assert found.evidence == ()
    assert found.rhythms == ()
    assert found.is_steady


def test_a_phone_is_honest() -> None:
    found = measure_cadence(packets(phone_steps()))
    assert found.findings == ()
    assert found.evidence == ()
    assert not found.is_steady


def test_a_phone_that_halves_its_rate_in_the_dark_is_honest() -> None:
    steps = phone_steps()
    steps[1500:2500] = 66
    assert measure_cadence(packets(steps)).findings == ()


@pytest.mark.parametrize(
    ("every", "phone"), [(2, False), (3, False), (5, False), (10, False), (3, True), (5, True), (10, True)]
)
def test_dropped_frames_are_counted_where_they_are(every: int, phone: bool) -> None:
    steps = phone_steps() if phone else np.full(COUNT, 40)
    steps[1000:1300:every] *= 2
    (finding,) = measure_cadence(packets(steps)).findings
    assert finding.kind is FindingKind.DROPPED_FRAMES
    start_ns, end_ns = int(steps[:1000].sum()) * 10**6, int(steps[:1300].sum()) * 10**6
    assert abs(finding.interval.start_ns - start_ns) < 0.5 * NS_PER_S
    assert abs(finding.interval.end_ns - end_ns) < 0.5 * NS_PER_S
    dropped = finding.detail["dropped"]
    assert isinstance(dropped, int)
    assert abs(dropped - len(range(1000, 1300, every))) <= 6


def test_a_hole_is_no_dropped_frames() -> None:
    steps = np.full(COUNT, 40)
    steps[1000] = 3000
    assert measure_cadence(packets(steps)).findings == ()


@pytest.mark.parametrize("factor", [0.9, 0.93, 0.95, 0.97])
def test_frames_that_come_twice_in_a_rhythm_slow_the_lesson_down(factor: float) -> None:
    table_ = packets(size=repeating(1 / (1 - factor)))
    (evidence,) = measure_cadence(table_).evidence
    assert evidence.source is SpeedSource.CADENCE
    assert evidence.low <= factor <= evidence.high
    assert evidence.factor == pytest.approx(factor, abs=0.003)
    assert abs(evidence.within.start_s - 40) < 2
    assert abs(evidence.within.end_s - 100) < 2


def test_repetitions_without_a_rhythm_say_nothing() -> None:
    found = sizes()
    rng = np.random.default_rng(8)
    found[rng.choice(np.arange(1001, 2500, 2), 120, replace=False)] = 26
    assert measure_cadence(packets(size=found)).rhythms == ()


def test_a_rhythm_all_day_is_the_recorders_habit() -> None:
    assert measure_cadence(packets(size=repeating(5, 0, COUNT))).rhythms == ()


def test_steps_of_no_recorder_are_another_speed() -> None:
    steps = np.full(COUNT, 40)
    steps[1000:2000] = 37
    (evidence,) = measure_cadence(packets(steps)).evidence
    assert evidence.factor == pytest.approx(40 / 37, abs=0.002)
    assert evidence.within == Interval(40 * NS_PER_S, 77 * NS_PER_S)


def test_more_than_half_a_recording_may_be_of_another_speed() -> None:
    """Matroska's rounded times: 20 frames a second, slowed down by 3 % from 25 s to 159 s."""
    times_ms = np.cumsum(np.where((np.arange(COUNT) >= 500) & (np.arange(COUNT) < 3100), 50 / 0.97, 50.0))
    found = measure_cadence(packets(np.diff(np.round(times_ms), append=np.round(times_ms[-1]) + 50).astype(np.int64)))
    assert found.is_steady
    (evidence,) = found.evidence
    assert evidence.factor == pytest.approx(0.97, abs=0.002)
    assert evidence.within.start_s == pytest.approx(25.0, abs=0.2)
    assert evidence.within.end_s == pytest.approx(25.0 + 2600 * 0.05 / 0.97, abs=0.2)
    assert evidence.blur_ns is not None
    assert evidence.blur_ns < 0.2 * NS_PER_S


def expecting(factor: float) -> SpeedEvidence:
    return SpeedEvidence(Interval(0, COUNT * 40_000_000), factor, factor - 0.002, factor + 0.002, SpeedSource.CLOCK)


@pytest.mark.parametrize("factor", [0.75, 0.9, 0.95])
def test_a_rhythm_all_day_confirms_who_says_so_at_its_pace_only(factor: float) -> None:
    slowed = packets(size=repeating(1 / (1 - factor), 0, COUNT))
    (evidence,) = measure_cadence(slowed, [expecting(factor)]).evidence
    assert evidence.source is SpeedSource.CADENCE
    assert evidence.factor == factor
    assert measure_cadence(slowed, [expecting(0.83)]).evidence == ()
    assert measure_cadence(packets(), [expecting(factor)]).evidence == ()


def test_a_rate_of_no_recorder_confirms_the_speed_that_explains_it() -> None:
    steps = np.diff(np.round(np.arange(COUNT + 1) * 40 / 1.1)).astype(np.int64)
    assert [e.factor for e in measure_cadence(packets(steps), [expecting(1.1)]).evidence] == [1.1]
    assert measure_cadence(packets(steps), [expecting(1.05)]).evidence == ()
    assert measure_cadence(packets(), [expecting(1.1)]).evidence == ()


def test_a_recorder_may_change_to_another_rate_of_recorders() -> None:
    steps = np.full(COUNT, 40)
    steps[1000:2000] = 50
    assert measure_cadence(packets(steps)).evidence == ()


@pytest.mark.parametrize("count", [1, 2, 50])
def test_short_recordings_tell_nothing(count: int) -> None:
    short = table([40 * i for i in range(count)])
    assert measure_cadence(short).evidence == ()
