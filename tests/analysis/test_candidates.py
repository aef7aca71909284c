"""Which stretches are decoded in full."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.candidates import (
    BUDGET_MIN_NS,
    BUDGET_SHARE,
    MARGIN_NS,
    Plan,
    near_empty_runs,
    noise_hides_jumps,
    plan_windows,
    suspicious_instants,
)
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.packets import PacketTable
from lessonproof.evidence.intervals import Interval, total_ns
from tests.analysis.tables import MS, table

PICTURE_PX = 1280 * 720


def even(seconds: int, spikes: tuple[int, ...] = (), quiet: range = range(0)) -> PacketTable:
    """25 frames a second; spikes and quiet stretches by row."""
    sizes = [9000 if i % 50 == 0 else 1000 for i in range(seconds * 25)]
    for row in spikes:
        sizes[row] = 8000
    for row in quiet:
        sizes[row] = 30
    return table(list(range(0, seconds * 1000, 40)), gop=50, sizes=sizes)


def planned(
    packets: PacketTable,
    *,
    facts: Sequence[KeyframeFacts] = (),
    blacks: Sequence[Interval] = (),
    with_jumps: bool = True,
) -> Plan:
    return plan_windows(packets, facts, [], blacks, with_jumps=with_jumps, picture_px=PICTURE_PX)


def test_nothing_odd_nothing_decoded() -> None:
    plan = planned(even(60))
    assert (plan.windows, plan.left_out, plan.is_complete) == ((), 0, True)


def test_a_spike_gets_its_neighbourhood() -> None:
    plan = planned(even(60, (701,)))
    at = 701 * 40 * MS
    assert plan.windows == (Interval(at - MARGIN_NS, at + MARGIN_NS),)


def test_where_jumps_say_nothing_spikes_are_left_alone() -> None:
    plan = planned(even(60, (701,)), blacks=[], with_jumps=False)
    assert (plan.windows, plan.is_complete) == ((), False)


def test_the_borders_of_a_black_stretch_are_decoded_from_key_to_key() -> None:
    black = Interval(10_000 * MS, 20_000 * MS)
    plan = planned(even(60), blacks=[black], with_jumps=False)
    assert any(w.start_ns <= 8_000 * MS and w.end_ns > black.start_ns for w in plan.windows)
    assert any(w.start_ns < black.end_ns and w.end_ns >= 22_000 * MS for w in plan.windows)


@given(st.sets(st.integers(0, 2999), max_size=300))
def test_the_budget_is_kept_and_what_is_left_out_is_told(rows: set[int]) -> None:
    packets = even(120, tuple(rows))
    plan = planned(packets)
    assert total_ns(plan.windows) <= max(BUDGET_MIN_NS, int(BUDGET_SHARE * packets.duration_ns))
    assert all(0 <= w.start_ns < w.end_ns <= packets.duration_ns for w in plan.windows)
    assert all(a.end_ns < b.start_ns for a, b in zip(plan.windows, plan.windows[1:], strict=False))
    if plan.left_out:
        assert not plan.is_complete


def test_a_long_noisy_recording_says_that_it_was_not_looked_at_throughout() -> None:
    rows = tuple(range(5, 3000, 60))
    plan = planned(even(120, rows))
    assert plan.left_out > 0
    assert not plan.is_complete


@pytest.mark.parametrize(("picture_px", "hidden"), [(1280 * 720, False), (160 * 96, True)])
def test_noise_hides_jumps_where_pictures_spend_much_on_it(picture_px: int, hidden: bool) -> None:
    assert noise_hides_jumps(even(60), picture_px) is hidden


def test_a_recording_of_random_access_pictures_only_hides_jumps() -> None:
    assert noise_hides_jumps(table(list(range(0, 4000, 40)), gop=1), PICTURE_PX)


def test_a_run_of_near_empty_pictures_is_a_candidate() -> None:
    (run,) = near_empty_runs(even(60, quiet=range(500, 600)))
    assert run.start_ns == 500 * 40 * MS + 40 * MS  # row 500 is a random-access picture and says nothing here
    assert run.end_ns == 599 * 40 * MS


def test_too_short_a_run_is_none() -> None:
    assert near_empty_runs(even(60, quiet=range(500, 515))) == ()


def test_where_most_pictures_are_near_empty_that_says_nothing() -> None:
    assert near_empty_runs(even(60, quiet=range(100, 1400))) == ()
    assert near_empty_runs(table([0, 40], gop=1)) == ()


def test_a_short_run_is_decoded_whole_and_a_long_one_at_both_ends() -> None:
    whole = planned(even(60, quiet=range(500, 600))).windows
    assert len(whole) == 1
    assert whole[0].start_ns < 500 * 40 * MS
    assert whole[0].end_ns > 600 * 40 * MS
    long = planned(even(120, quiet=range(500, 1000))).windows
    assert len(long) == 2
    middle = 750 * 40 * MS
    assert not any(w.start_ns <= middle < w.end_ns for w in long)


def test_times_out_of_order_do_not_matter() -> None:
    packets = even(60, quiet=range(500, 600))
    rng = np.random.default_rng(2)
    order = rng.permutation(packets.pts_ns.size)
    shuffled = PacketTable(
        packets.pts_ns[order],
        packets.size_bytes[order],
        packets.position_bytes[order],
        packets.is_key[order],
        packets.is_damaged[order],
        packets.last_duration_ns,
    )
    assert near_empty_runs(shuffled) == near_empty_runs(packets)


def keyframe(time_ms: int, moved: int) -> KeyframeFacts:
    return KeyframeFacts(time_ms * MS, 100.0, 40.0, 200.0, 8.0, 2.0, 0.0, 0.0, moved)


def test_bits_are_more_suspicious_where_things_moved_between_the_pictures_around() -> None:
    packets = even(60, (311, 911))
    facts = [keyframe(t, 60 if t == 38_000 else 6) for t in range(0, 60_000, 2000)]
    assert [at // (40 * MS) for _, at in suspicious_instants(packets, facts)[:2]] == [911, 311]
    alike = suspicious_instants(packets, [])
    assert {at // (40 * MS) for _, at in alike[:2]} == {311, 911}


def test_a_key_off_the_rhythm_is_looked_at_before_anything_else() -> None:
    packets = even(60, (311,))
    is_key = packets.is_key.copy()
    is_key[1020] = True
    (first, *_) = suspicious_instants(replace(packets, is_key=is_key), [])
    assert first == (float("inf"), 1020 * 40 * MS)
