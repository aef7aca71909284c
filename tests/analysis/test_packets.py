"""What the packet table tells without a picture: segments, holes, damage, a missing end, odd sizes."""

import itertools
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.packets import (
    GAP_MIN_NS,
    cut_segments,
    damaged_spans,
    find_holes,
    gap_findings,
    gap_threshold_ns,
    truncated_finding,
    unreadable_findings,
)
from lessonproof.evidence.findings import FindingKind, Severity
from lessonproof.evidence.intervals import Interval
from tests.analysis.tables import MS, table

STEPS_MS = st.lists(st.integers(1, 3000), min_size=1, max_size=60)


def times_of(steps_ms: Sequence[int]) -> list[int]:
    return [0, *np.cumsum(steps_ms).tolist()]


def test_a_table_has_rows_and_equal_columns() -> None:
    good = table([0, 40])
    with pytest.raises(ValueError, match="at least one row"):
        replace(good, size_bytes=good.size_bytes[:1])
    with pytest.raises(ValueError, match="at least one row"):
        table([])


@given(STEPS_MS, st.integers(1, 15), st.integers(1, 20_000))
def test_segments_cover_the_recording_without_overlap(steps_ms: list[int], gop: int, target_ms: int) -> None:
    packets = table(times_of(steps_ms), gop=gop)
    segments = cut_segments(packets, target_ms * MS)
    assert [segment.number for segment in segments] == list(range(len(segments)))
    assert segments[0].start_ns == 0
    assert segments[-1].end_ns == packets.duration_ns
    assert all(a.end_ns == b.start_ns for a, b in itertools.pairwise(segments))
    assert {segment.start_ns for segment in segments} - {0} <= set(packets.key_times_ns().tolist())
    assert all(segment.end_ns - segment.start_ns >= target_ms * MS for segment in segments[:-1])


def test_packets_out_of_order_are_presented_in_order() -> None:
    packets = table([0, 120, 40, 80, 160])
    assert (packets.presented_ns() // MS).tolist() == [0, 40, 80, 120, 160]
    assert packets.duration_ns == 200 * MS


@pytest.mark.parametrize("step_ms", [20, 40, 66, 100])
def test_an_even_recording_has_no_hole(step_ms: int) -> None:
    assert find_holes(table(list(range(0, 200 * step_ms, step_ms)))) == ((), ())


def test_a_phone_that_stutters_has_no_hole() -> None:
    rng = np.random.default_rng(3)
    steps = rng.integers(25, 60, 300)
    steps[[50, 130]] = 320  # refocusing
    assert find_holes(table(times_of(steps.tolist()))) == ((), ())


def test_one_frame_each_two_seconds_is_a_slow_recording_and_no_row_of_holes() -> None:
    assert find_holes(table(list(range(0, 100_000, 2000)))) == ((), ())


def with_hole(hole_ms: int = 3000) -> list[int]:
    return [*range(0, 5000, 40), *range(5000 + hole_ms, 10_000 + hole_ms, 40)]


@pytest.mark.parametrize("shift", [0, 1, 5])
def test_a_hole_begins_where_the_next_frame_was_due(shift: int) -> None:
    times = [t + shift for t in with_hole()]
    holes, damaged = find_holes(table(times))
    assert holes == (Interval((5000 + shift) * MS, (8000 + shift) * MS),)
    assert damaged == ()
    (finding,) = gap_findings(holes)
    assert (finding.kind, finding.severity) == (FindingKind.GAP, Severity.CRITICAL)
    assert finding.detail["missing_s"] == pytest.approx(3.0)


def test_sound_that_goes_on_through_a_hole_does_not_fill_it() -> None:
    """A low picture rate beside ordinary sound: the hole holds as many bytes as half of the picture would take."""
    times = with_hole()
    sound = [1200] * len(times)
    sound[125] = 1200 * 75  # the sound of the hole lies between the packets on either side of it
    assert find_holes(table(times, other_bytes=sound)) == ((Interval(5000 * MS, 8000 * MS),), ())


@pytest.mark.parametrize("sound_bytes", [0, 1200])
def test_a_hole_that_holds_the_bytes_of_its_pictures_is_damage(sound_bytes: int) -> None:
    times = with_hole()
    between = [sound_bytes] * len(times)
    between[125] = (sound_bytes + 1400) * 75
    assert find_holes(table(times, other_bytes=between)) == ((), (Interval(5000 * MS, 8000 * MS),))


def test_without_positions_a_hole_is_a_hole() -> None:
    times = with_hole()
    holes, damaged = find_holes(table(times, positions=[-1] * len(times)))
    assert (len(holes), len(damaged)) == (1, 0)


@given(STEPS_MS)
def test_holes_lie_between_frames_and_are_long_enough(steps_ms: list[int]) -> None:
    packets = table(times_of(steps_ms))
    holes, damaged = find_holes(packets)
    presented = packets.presented_ns()
    for hole in (*holes, *damaged):
        assert hole.end_ns in presented
        assert not np.any((presented >= hole.start_ns) & (presented < hole.end_ns))
        assert hole.length_ns >= 0
    assert gap_threshold_ns(presented) >= GAP_MIN_NS


def test_damage_spoils_everything_up_to_the_next_sound_key() -> None:
    packets = table(list(range(0, 4000, 100)), damaged=[13, 20])
    assert damaged_spans(packets) == (Interval(1300 * MS, 3000 * MS),)


def test_damage_in_the_last_group_reaches_to_the_end() -> None:
    packets = table(list(range(0, 2000, 100)), damaged=[17])
    assert damaged_spans(packets, [Interval(0, 100 * MS)]) == (
        Interval(0, 100 * MS),
        Interval(1700 * MS, packets.duration_ns),
    )
    assert [f.kind for f in unreadable_findings(damaged_spans(packets))] == [FindingKind.UNREADABLE]


@pytest.mark.parametrize(("missing", "declared_ms", "missing_s"), [(10, 9000, 5.0), (10, None, 0.0), (10, 100, 0.0)])
def test_a_missing_end_is_told_from_where_the_pictures_end(
    missing: int, declared_ms: int | None, missing_s: float
) -> None:
    packets = table(list(range(0, 4000, 40)))
    declared_ns = None if declared_ms is None else declared_ms * MS
    finding = truncated_finding(packets, missing_bytes=missing, declared_duration_ns=declared_ns)
    assert finding is not None
    assert finding.interval.start_ns == packets.duration_ns
    assert finding.detail == {"missing_bytes": missing, "missing_s": missing_s}


def test_a_whole_file_is_not_truncated_whatever_its_header_says() -> None:
    packets = table(list(range(0, 4000, 40)))
    assert truncated_finding(packets, missing_bytes=0, declared_duration_ns=10**12) is None
