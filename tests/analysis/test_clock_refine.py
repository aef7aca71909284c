import numpy as np
import pytest

from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_refine import ClockJump, refine_jump, split_of, tick_after, ticks_in
from lessonproof.analysis.clock_text import seconds_of
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.clock_scenes import START, FakeSource, Shown

FIRST_S = seconds_of(START)


def suspected(jump_s: float) -> ClockJump:
    within = Interval(100 * NS_PER_S, 110 * NS_PER_S)
    return ClockJump(within, FIRST_S + 0.4, FIRST_S + 0.4 + jump_s, 0, 0, 20, 20)


@pytest.mark.parametrize("jump_s", [-600.0, -2.0, 2.0, 3600.0])
@pytest.mark.parametrize("at_s", [100.1, 104.33, 109.9])
def test_the_two_frames_of_a_jump(jump_s: float, at_s: float) -> None:
    source = FakeSource(lambda t: t + 0.4 + (jump_s if t >= at_s else 0.0))
    found = refine_jump(source, suspected(jump_s), 1.0, None)
    assert found is not None
    assert found.is_refined
    assert found.within.length_ns == NS_PER_S // 25
    assert found.within.start_s < at_s <= found.within.end_s


def test_frames_that_run_on_deny_the_jump() -> None:
    assert refine_jump(FakeSource(lambda t: t + 0.4), suspected(-600.0), 1.0, None) is None


def test_midnight_is_no_other_offset() -> None:
    class OnlyTime(FakeSource):
        def read(self, stretch: Interval) -> list[ClockReading]:
            return [ClockReading(r.time_ns, "", (r.wall_s or 0) % 86_400, 1.0) for r in super().read(stretch)]

    shown: Shown = lambda t: t + 0.4 + (50.0 if t >= 104.0 else 0.0)  # noqa: E731
    found = refine_jump(OnlyTime(shown), suspected(50.0), 1.0, 86_400)
    assert found is not None
    assert found.is_refined


def test_frames_that_cannot_be_read_leave_the_jump_as_it_was() -> None:
    class Blind:
        def read(self, stretch: Interval) -> list[ClockReading]:
            return [ClockReading(stretch.start_ns, "?", None, 0.0)]

    jump = suspected(30.0)
    assert refine_jump(Blind(), jump, 1.0, None) == jump


def test_a_change_of_the_text_tells_the_offset_to_a_frame() -> None:
    tick = tick_after(FakeSource(lambda t: t + 0.37), 50 * NS_PER_S)
    assert tick is not None
    assert tick.time_s == pytest.approx(50.63, abs=0.021)
    assert tick.offset_s == pytest.approx(FIRST_S + 0.37, abs=0.021)


def test_a_clock_shown_slowly_changes_its_text_too() -> None:
    assert tick_after(FakeSource(lambda t: 0.75 * t), 50 * NS_PER_S) is not None


def test_a_standing_clock_has_no_tick() -> None:
    assert tick_after(FakeSource(lambda _t: 5.0), 50 * NS_PER_S) is None


def test_all_ticks_of_a_stretch_but_jumps_and_changes_behind_unread_frames() -> None:
    class Patchy(FakeSource):
        def read(self, stretch: Interval) -> list[ClockReading]:
            return [r for r in super().read(stretch) if not 55.5 <= r.time_ns / NS_PER_S < 56.5]

    shown: Shown = lambda t: t + (5.0 if t >= 52.5 else 0.0)  # noqa: E731
    ticks = list(ticks_in(Patchy(shown), Interval(50_500_000_000, 58_500_000_000)))
    assert [round(tick.time_s) for tick in ticks] == [51, 52, 53, 54, 55, 57, 58]


def test_what_is_gained_little_by_little_is_no_jump() -> None:
    shown: Shown = lambda t: t + 0.4 + 3.0 * min(max((t - 100.0) / 10.0, 0.0), 1.0)  # noqa: E731
    wide = ClockJump(Interval(95 * NS_PER_S, 115 * NS_PER_S), FIRST_S + 0.4, FIRST_S + 13.4, 0, 0, 20, 20)
    assert refine_jump(FakeSource(shown), wide, 1.0, None) is None


def test_a_row_is_broken_where_least_is_left_over() -> None:
    before = np.array([0.1, 0.2, 9.0, 0.1, 5.0, 6.0, 7.0])
    after = np.array([5.0, 6.0, 7.0, 8.0, 0.1, 0.2, 0.1])
    assert split_of(before, after, 3.0) == 4
    assert split_of(before, before + 1.0, 30.0) == 7
    assert split_of(before + 1.0, before, 30.0) == 0
