import pytest

from lessonproof.analysis.clock_overlay import ClockReading
from lessonproof.analysis.clock_refine import ClockJump, fine_offset, refine_jump
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
    offset = fine_offset(FakeSource(lambda t: t + 0.37), 50 * NS_PER_S)
    assert offset == pytest.approx(FIRST_S + 0.37, abs=0.04)


def test_a_standing_clock_tells_no_offset() -> None:
    assert fine_offset(FakeSource(lambda _t: 5.0), 50 * NS_PER_S) is None
