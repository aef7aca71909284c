import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.models.training.schedule import STRIDE_PX, Schedule, ema_decay

SCHEDULE = Schedule()


@given(st.floats(0, 1), st.floats(0, 1))
def test_the_rate_rises_to_its_peak_and_falls_after_it(one: float, other: float) -> None:
    first, second = sorted((one, other))
    assert 0 < SCHEDULE.rate(first) <= SCHEDULE.peak_rate
    if first >= SCHEDULE.warm_up_share:
        assert SCHEDULE.rate(first) >= SCHEDULE.rate(second)
    if second <= SCHEDULE.warm_up_share:
        assert SCHEDULE.rate(first) <= SCHEDULE.rate(second)


def test_the_ends_of_the_schedule() -> None:
    assert SCHEDULE.rate(0) == pytest.approx(SCHEDULE.peak_rate * 0.01)
    assert SCHEDULE.rate(SCHEDULE.warm_up_share) == pytest.approx(SCHEDULE.peak_rate)
    assert SCHEDULE.rate(1) == pytest.approx(SCHEDULE.peak_rate * SCHEDULE.final_share)
    assert SCHEDULE.rate(1.2) == SCHEDULE.rate(1)


@given(st.floats(0, 1), st.integers(1, 40))
def test_squares_grow_and_fit_the_network(progress: float, cells: int) -> None:
    size = SCHEDULE.size_px(progress, cells * STRIDE_PX)
    assert size % STRIDE_PX == 0
    assert STRIDE_PX <= size <= cells * STRIDE_PX
    assert SCHEDULE.size_px(SCHEDULE.small_until, cells * STRIDE_PX) == cells * STRIDE_PX


def test_sizes_in_use() -> None:
    assert (SCHEDULE.size_px(0, 320), SCHEDULE.size_px(0.64, 320), SCHEDULE.size_px(0.65, 320)) == (256, 256, 320)


def test_the_average_forgets_the_start() -> None:
    decays = [ema_decay(step) for step in (0, 1, 100, 10_000)]
    assert decays == sorted(decays)
    assert decays[0] == 0
    assert decays[-1] == pytest.approx(0.998)
