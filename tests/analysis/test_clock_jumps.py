import pytest

from lessonproof.analysis.clock_fit import pieces_of
from lessonproof.analysis.clock_jumps import JumpSearch, find_jumps, jump_finding, step_between
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.clock_scenes import FakeSource, Shown, every, series


def jumping(by_s: float) -> Shown:
    return lambda t: t + 0.4 + (by_s if t >= 101.3 else 0.0)


@pytest.mark.parametrize("by_s", [-600.0, -3.0, 2.0, 30.0])
def test_a_step_between_two_pieces_is_a_jump(by_s: float) -> None:
    seen = series(jumping(by_s), every(4.0))
    before, after = pieces_of(seen.time_s, seen.offset_s, 1.0)
    step = step_between(seen, before, after)
    assert step.within == Interval(100 * NS_PER_S, 104 * NS_PER_S)
    assert step.jump_s == pytest.approx(by_s)
    assert (step.wall_after_s - step.wall_before_s) == pytest.approx(by_s + 4)
    search = find_jumps(seen, [before, after], (), FakeSource(jumping(by_s)))
    (jump,), (hint,) = search.jumps, search.hints
    assert search.misread == ()
    assert jump.is_refined
    assert jump.within.end_s == pytest.approx(101.32)
    assert hint.within == jump.within


def test_what_is_explained_or_small_is_no_jump() -> None:
    seen = series(jumping(30.0), every(4.0))
    pieces = pieces_of(seen.time_s, seen.offset_s, 1.0)
    explained = [Interval(96 * NS_PER_S, 102 * NS_PER_S)]
    assert find_jumps(seen, pieces, explained, None) == JumpSearch((), (), ())
    seen = series(jumping(1.0), every(4.0))
    assert find_jumps(seen, pieces_of(seen.time_s, seen.offset_s, 1.0), (), None) == JumpSearch((), (), ())


def test_without_frames_a_jump_needs_several_readings_on_both_sides() -> None:
    for end_s, found in ((108.0, 0), (240.0, 1)):
        seen = series(jumping(30.0), every(4.0, end_s))
        search = find_jumps(seen, pieces_of(seen.time_s, seen.offset_s, 1.0), (), None)
        assert (len(search.jumps), len(search.hints)) == (found, 1)


def test_what_is_told_of_a_jump() -> None:
    seen = series(jumping(30.0), every(4.0))
    (jump,) = find_jumps(seen, pieces_of(seen.time_s, seen.offset_s, 1.0), (), None).jumps
    told = jump_finding(jump)
    assert told.kind is FindingKind.CLOCK_JUMP
    assert told.detail["direction"] == "forward"
    assert told.detail["shown_before"] == "2024-09-01 08:31:35"
    assert told.detail["shown_after"] == "2024-09-01 08:32:09"
    assert told.detail["located_on"] == "keyframes"


def test_a_digit_that_is_misread_from_a_carry_on_is_no_jump_but_a_doubt() -> None:
    """08:32:59 is followed by 08:32:00: the 3 of 08:33 is read as a 2."""

    def misread(time_s: float) -> float:
        shown = time_s + 0.4
        return shown - 60.0 if shown >= 185.0 else shown

    seen = series(misread, every(4.0))
    search = find_jumps(seen, pieces_of(seen.time_s, seen.offset_s, 1.0), (), FakeSource(misread))
    assert search.jumps == ()
    assert len(search.misread) == len(search.hints) == 1
    # The same step anywhere else is somebody who set the clock.
    set_back = jumping(-60.0)
    seen = series(set_back, every(4.0))
    search = find_jumps(seen, pieces_of(seen.time_s, seen.offset_s, 1.0), (), FakeSource(set_back))
    assert (len(search.jumps), search.misread) == (1, ())
