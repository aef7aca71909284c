"""Which stretches are decoded in full, and in which order."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.candidates import (
    AFTER_NS,
    BUDGET_MIN_NS,
    Plan,
    Reason,
    border_candidates,
    budget_of,
    noise_hides_jumps,
    ordinary_borders,
    plan_windows,
    size_candidates,
    thumb_ratios,
)
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.thumbnails import NO_THUMBNAILS, Thumbnails
from lessonproof.evidence.intervals import NS_PER_S, Interval, total_ns
from tests.analysis.tables import MS, table

PICTURE_PX = 1280 * 720
GOP_NS = 2 * NS_PER_S


def even(seconds: int, spikes: tuple[int, ...] = (), *, gop: int = 50) -> PacketTable:
    """25 frames a second; spikes by row."""
    sizes = [9000 if i % gop == 0 else 1000 for i in range(seconds * 25)]
    for row in spikes:
        sizes[row] = 8000
    return table(list(range(0, seconds * 1000, 40)), gop=gop, sizes=sizes)


def cost_of(packets: PacketTable, stretch: Interval) -> int:
    keys = packets.key_times_ns()
    return stretch.end_ns - int(keys[np.searchsorted(keys, stretch.start_ns, side="right") - 1])


def planned(packets: PacketTable, facts: list[KeyframeFacts] | None = None, hints: tuple[Hint, ...] = ()) -> Plan:
    return plan_windows(packets, facts or [], NO_THUMBNAILS, hints, lambda stretch: cost_of(packets, stretch))


def keyframe(time_ms: int, moved: int | None) -> KeyframeFacts:
    measured = KeyframeFacts.__dataclass_fields__
    values = dict.fromkeys(measured) | {"time_ns": time_ms * MS, "moved_blocks": moved}
    values |= {name: 100.0 for name in measured if name.endswith("_luma") or name == "sharpness"}
    return KeyframeFacts(**values)  # type: ignore[arg-type]


def facts_with(seconds: int, moved: dict[int, int], usual: int = 6) -> list[KeyframeFacts]:
    """A random-access picture every two seconds."""
    times = range(0, seconds * 1000, 2000)
    return [keyframe(t, None if t == 0 else moved.get(t, usual)) for t in times]


def test_nothing_odd_nothing_decoded() -> None:
    plan = planned(even(60), facts_with(60, {}))
    assert (plan.windows, plan.left_out) == ((), 0)


def test_a_spike_is_decoded_from_the_random_access_picture_before_to_a_little_behind() -> None:
    plan = planned(even(60, (721,)))
    at = 721 * 40 * MS
    assert plan.windows == (Interval(28 * NS_PER_S, at + AFTER_NS),)


def test_a_spike_right_behind_a_random_access_picture_needs_the_group_before() -> None:
    (window,) = planned(even(60, (702,))).windows
    assert window.start_ns == 26 * NS_PER_S


def test_two_in_one_group_share_their_lead_in() -> None:
    one = planned(even(60, (720,)))
    both = planned(even(60, (712, 720)))
    assert total_ns(both.windows) == total_ns(one.windows)


@settings(max_examples=30)
@given(st.sets(st.integers(0, 4999), max_size=400), st.sampled_from([25, 50, 250]))
def test_the_budget_is_kept_and_windows_do_not_overlap(rows: set[int], gop: int) -> None:
    packets = even(200, tuple(rows), gop=gop)
    plan = planned(packets)
    assert plan.budget_ns <= max(BUDGET_MIN_NS, 0.121 * packets.duration_ns)
    assert sum(cost_of(packets, window) for window in plan.windows) <= plan.budget_ns
    assert all(0 <= w.start_ns < w.end_ns <= packets.duration_ns for w in plan.windows)
    assert all(a.end_ns <= b.start_ns for a, b in zip(plan.windows, plan.windows[1:], strict=False))


def test_what_is_left_out_is_told() -> None:
    rows = tuple(5 + 60 * k + k * k % 37 for k in range(249))  # at no fixed distance
    assert planned(even(600, rows)).left_out > 0


@pytest.mark.parametrize(("gop", "share"), [(25, 0.063), (50, 0.063), (250, 0.108)])
def test_where_random_access_pictures_are_few_more_may_be_decoded(gop: int, share: float) -> None:
    packets = even(3600, gop=gop)
    assert budget_of(packets) == pytest.approx(share * packets.duration_ns, rel=1e-3)


def test_what_was_decoded_costs_nothing() -> None:
    packets = even(600, tuple(range(5, 15_000, 60)))
    plan = plan_windows(packets, [], NO_THUMBNAILS, (), lambda _: 0)
    assert plan.left_out == 0


def test_a_hint_goes_before_all_that_packets_suspect() -> None:
    hint = Hint(Interval(301 * NS_PER_S, 301 * NS_PER_S + 2 * MS), HintSource.SOUND, 0.3)
    plan = planned(even(600, tuple(range(5, 15_000, 60))), hints=(hint,))
    assert any(w.start_ns <= hint.within.start_ns and w.end_ns >= hint.within.end_ns + AFTER_NS for w in plan.windows)


def test_a_strong_hint_may_spend_all_that_there_is_and_is_missed_where_it_may_not() -> None:
    """A clock read on random-access pictures 20 s apart jumps; a lesson of 160 s may have 60 s decoded."""
    packets = even(160, gop=500)
    clock = Hint(Interval(40 * NS_PER_S, 60 * NS_PER_S), HintSource.CLOCK, 0.9)
    plan = planned(packets, hints=(clock,))
    assert plan.windows != ()
    assert plan.left_out == 0
    long = planned(packets, hints=(replace(clock, within=Interval(0, 150 * NS_PER_S)),))
    assert (long.windows, long.left_out) == ((), 1)


def test_a_hint_of_next_to_no_chance_is_left_alone() -> None:
    hint = Hint(Interval(301 * NS_PER_S, 302 * NS_PER_S), HintSource.SOUND, 0.001)
    assert planned(even(600), hints=(hint,)).windows == ()


def test_bits_are_more_suspicious_where_things_moved_between_the_pictures_around() -> None:
    packets = even(60, (311, 911))
    found = size_candidates(packets, facts_with(60, {38_000: 60}))
    assert [c.within.end_ns // (40 * MS) for c in found] == [911, 311]


def test_a_key_off_the_rhythm_is_looked_at_before_anything_else() -> None:
    packets = even(60, (311,))
    is_key = packets.is_key.copy()
    is_key[1020] = True
    first = size_candidates(replace(packets, is_key=is_key), [])[0]
    assert first.within == Interval(1020 * 40 * MS, 1020 * 40 * MS)


def test_a_border_up_to_which_much_moved_is_decoded_with_its_whole_group() -> None:
    facts = facts_with(60, {38_000: 60})
    (border,) = border_candidates(facts, NO_THUMBNAILS)
    assert (border.within, border.reason) == (Interval(36 * NS_PER_S, 38 * NS_PER_S), Reason.BORDER)
    (window,) = planned(even(60), facts).windows
    assert window.start_ns <= border.within.start_ns
    assert window.end_ns == border.within.end_ns + AFTER_NS


def test_much_that_moves_all_the_while_is_no_odd_border() -> None:
    assert border_candidates(facts_with(60, {}, usual=60), NO_THUMBNAILS) == []


def test_thumbnails_tell_a_small_change_everywhere() -> None:
    rng = np.random.default_rng(4)
    room = rng.uniform(60, 180, (36, 64))
    other = room + rng.normal(0, 8, room.shape)
    pictures = [(room if k < 15 else other) + rng.normal(0, 1, room.shape) for k in range(30)]
    luma = np.clip(np.round(np.stack(pictures)), 0, 255).astype(np.uint8)
    thumbs = Thumbnails(np.arange(30, dtype=np.int64) * GOP_NS, luma)
    times_ns, ratio = thumb_ratios(thumbs)
    assert times_ns[ratio.argmax()] == 15 * GOP_NS
    assert np.sort(ratio)[-2] < 1.2 < ratio.max()
    found = border_candidates(facts_with(60, {}), thumbs)
    assert [c.within.end_ns for c in found] == [15 * GOP_NS]
    assert thumb_ratios(NO_THUMBNAILS)[0].size == 0


def test_ordinary_borders_are_spread_and_leave_the_odd_ones_out() -> None:
    facts = facts_with(120, {38_000: 60})
    chosen = ordinary_borders(facts, 4)
    assert len(chosen) == 4
    assert all(border.end_ns != 38 * NS_PER_S for border in chosen)
    assert ordinary_borders([], 4) == []


@pytest.mark.parametrize(("picture_px", "hidden"), [(1280 * 720, False), (160 * 96, True)])
def test_noise_hides_jumps_where_pictures_spend_much_on_it(picture_px: int, hidden: bool) -> None:
    assert noise_hides_jumps(even(60), picture_px) is hidden


def test_a_recording_of_random_access_pictures_only_hides_jumps() -> None:
    assert noise_hides_jumps(table(list(range(0, 4000, 40)), gop=1), PICTURE_PX)


def test_what_an_earlier_coding_left_at_a_fixed_distance_takes_no_budget_from_a_jump() -> None:
    former, jump = tuple(range(30, 7500, 40)), 4533
    packets = even(300, (*former, jump))
    found = planned(packets)
    assert [round(size.within.end_ns / (40 * MS)) for size in found.sizes] == [jump]
    assert found.left_out == 0
    assert [window.start_ns <= jump * 40 * MS < window.end_ns for window in found.windows] == [True]


def test_a_jump_on_an_earlier_coding_s_picture_is_suspicious_by_what_it_has_beyond_its_like() -> None:
    packets = even(300, tuple(range(30, 7500, 40)))
    sizes = packets.size_bytes.copy()
    sizes[30 + 60 * 40] = 600_000
    found = size_candidates(replace(packets, size_bytes=sizes), [])
    assert [round(size.within.end_ns / (40 * MS)) for size in found] == [30 + 60 * 40]
