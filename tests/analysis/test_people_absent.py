"""Minutes with nobody: told where nothing moves either, and never of what nobody saw."""

from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.people_absent import (
    APART_NS,
    CONFIDENCE_EMPTY,
    CONFIDENCE_PEOPLED,
    LEAST_NS,
    NOT_CALIBRATED,
    PEOPLE_UNREAD,
    STIR_BLOCKS,
    find_nobody,
)
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.headcount import FrameCount, StillFigure
from lessonproof.evidence.intervals import NS_PER_S, Interval

PERIOD_NS = 10 * NS_PER_S
LONG = LEAST_NS // PERIOD_NS + 1


def series(*counts: int | None, period_ns: int = PERIOD_NS, is_calibrated: bool = True) -> list[FrameCount]:
    return [
        FrameCount(k * period_ns, count, *((None, None) if count is None or not is_calibrated else (count, count + 2)))
        for k, count in enumerate(counts)
    ]


def facts(samples: list[FrameCount], moved: int | None = 0) -> list[KeyframeFacts]:
    return [KeyframeFacts(s.time_ns, 120, 30, 200, 5, None, None, None, moved) for s in samples]


def spans(samples: list[FrameCount], moved: int | None = 0) -> list[Interval]:
    return [finding.interval for finding in find_nobody(samples, facts(samples, moved)).findings]


def test_a_long_while_with_nobody_is_told() -> None:
    samples = series(*[12] * 30, *[0] * LONG, *[12] * 30)
    (finding,) = find_nobody(samples, facts(samples)).findings
    assert finding.kind is FindingKind.NOBODY_PRESENT
    assert finding.interval == Interval(300 * NS_PER_S, 300 * NS_PER_S + LEAST_NS)
    assert finding.confidence == CONFIDENCE_PEOPLED
    assert finding.detail == {"length_s": LEAST_NS / NS_PER_S, "people_seen_elsewhere": True}


def test_where_nobody_was_ever_seen_the_detector_may_be_blind() -> None:
    samples = series(*[0] * LONG)
    absence = find_nobody(samples, facts(samples))
    assert [finding.confidence for finding in absence.findings] == [CONFIDENCE_EMPTY]
    assert absence.reason is None


def test_a_short_break_is_not_told() -> None:
    assert spans(series(*[12] * 30, *[0] * (LONG - 1), *[12] * 30)) == []


def test_who_is_overlooked_still_moves() -> None:
    samples = series(*[0] * LONG)
    assert spans(samples, STIR_BLOCKS + 1) == []
    assert len(spans(samples, STIR_BLOCKS)) == 1


def test_a_lamp_that_goes_on_once_is_nobody() -> None:
    samples = series(*[0] * 2 * LONG)
    stirred = facts(samples)
    stirred[5] = facts(samples[5:6], 200)[0]
    assert len(find_nobody(samples, stirred).findings) == 1


def test_without_pictures_to_compare_nothing_is_told() -> None:
    samples = series(*[0] * LONG)
    assert spans(samples, moved=None) == []
    assert find_nobody(samples, []).findings == ()


def test_a_picture_that_could_not_be_read_parts_two_stretches() -> None:
    samples = series(*[0] * (LONG - 1), None, *[0] * (LONG - 1))
    absence = find_nobody(samples, facts(samples))
    assert absence.findings == ()
    assert absence.reason == PEOPLE_UNREAD


def test_nothing_is_said_of_a_time_without_pictures() -> None:
    """The recorder stopped for an hour between two pictures that show nobody."""
    samples = [FrameCount(0, 0, 0, 2), FrameCount(3600 * NS_PER_S, 0, 0, 2)]
    assert spans(samples) == []
    many = LEAST_NS // APART_NS + 1
    assert len(spans(series(*[0] * many, period_ns=APART_NS))) == 1
    assert spans(series(*[0] * many, period_ns=APART_NS + 1)) == []


def test_silence_counts_only_where_somebody_looked_who_was_measured() -> None:
    assert find_nobody((), ()).reason == PEOPLE_UNREAD
    assert find_nobody(series(3, 3, is_calibrated=False), ()).reason == NOT_CALIBRATED
    assert find_nobody(series(3, 3), ()).reason is None


RUNS = st.lists(st.tuples(st.sampled_from([None, 0, 0, 1]), st.integers(1, 150)), max_size=6)


@given(RUNS, st.integers(1, 70))
def test_stretches_hold_no_picture_that_shows_anybody(runs: list[tuple[int | None, int]], period_s: int) -> None:
    counts = [count for count, length in runs for _ in range(length)]
    samples = series(*counts, period_ns=period_s * NS_PER_S)
    for span in spans(samples):
        assert span.length_ns >= LEAST_NS
        inside = [s.count for s in samples if span.start_ns <= s.time_ns <= span.end_ns]
        assert set(inside) == {0}


def test_who_never_moves_may_be_asleep() -> None:
    samples = series(*[12] * 30, *[0] * LONG, *[12] * 30)
    asleep = StillFigure((0.1, 0.2, 0.3, 0.6), Interval(0, 400 * NS_PER_S), 40)
    gone = StillFigure((0.1, 0.2, 0.3, 0.6), Interval(0, 200 * NS_PER_S), 20)
    assert find_nobody(samples, facts(samples), [asleep]).findings == ()
    assert len(find_nobody(samples, facts(samples), [gone]).findings) == 1


def test_weights_that_nobody_measured_call_nobody_absent() -> None:
    samples = series(*[0] * LONG, is_calibrated=False)
    assert find_nobody(samples, facts(samples)).findings == ()
