import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.step_lengths import is_retimed, is_steady, other_steps, step_levels, usual_step
from lessonproof.evidence.intervals import NS_PER_S

STEP_NS = NS_PER_S // 25
FIRST, END = 1000, 2000


def retimed(factor: float, *, round_to_ns: int = 1) -> NDArray[np.int64]:
    """Times of 3000 frames at 25 a second, of which a thousand follow each other ``factor`` times as fast."""
    steps = np.full(3000, float(STEP_NS))
    steps[FIRST:END] /= factor
    times = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(np.round(times / round_to_ns) * round_to_ns, np.int64)


@pytest.mark.parametrize("factor", [0.9, 1.05, 1.1])
@pytest.mark.parametrize("round_to_ns", [1, 1_000_000], ids=["exact", "milliseconds"])
def test_a_retimed_stretch_is_found_to_a_frame_or_two(factor: float, round_to_ns: int) -> None:
    times = retimed(factor, round_to_ns=round_to_ns)
    levels = step_levels(np.diff(times))
    assert is_steady(np.diff(times), levels)
    (found,) = other_steps(times, levels)
    assert found.factor == pytest.approx(factor, abs=0.005)
    assert found.within.start_ns == pytest.approx(times[FIRST], abs=2 * STEP_NS)
    assert found.within.end_ns == pytest.approx(times[END], abs=2 * STEP_NS)


def test_a_stretch_at_another_rate_that_recorders_have_is_nobody_s_doing() -> None:
    times = retimed(30 / 25)
    assert other_steps(times, step_levels(np.diff(times))) == []


def test_a_missing_frame_changes_no_level() -> None:
    times = np.delete(retimed(1.0), 500)
    steps = np.diff(times)
    assert usual_step(steps) == STEP_NS
    assert step_levels(steps) == pytest.approx(STEP_NS)


def test_frames_that_come_when_they_like_are_not_steady() -> None:
    steps = np.random.default_rng(1).integers(20_000_000, 60_000_000, 3000)
    assert not is_steady(steps, step_levels(steps))


def test_only_a_recorder_s_rate_times_the_factor_is_retimed() -> None:
    steps = np.full(500, round(STEP_NS / 1.1))
    assert is_retimed(steps, 1.1)
    assert not is_retimed(steps, 1.04)
    assert not is_retimed(np.full(500, STEP_NS), 1.1)
