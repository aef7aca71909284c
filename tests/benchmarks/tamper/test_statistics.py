import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.tamper.statistics import Share, f1, poisson_interval

SHARES = st.integers(0, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(SHARES)
def test_a_share_lies_in_its_interval(counts: tuple[int, int]) -> None:
    share = Share(*counts)
    low, high = share.interval()
    assert 0 <= low <= high <= 1
    if share.value is not None:
        assert low <= share.value <= high


def test_intervals_agree_with_published_ones() -> None:
    low, high = Share(81, 263).interval()  # Newcombe (1998), table I, Wilson's method
    assert (round(low, 4), round(high, 4)) == (0.2553, 0.3662)
    assert poisson_interval(0)[1] == pytest.approx(3.689, abs=1e-3)  # Garwood (1936)
    assert poisson_interval(3) == pytest.approx((0.619, 8.767), abs=1e-3)


@given(st.integers(0, 300))
def test_more_false_alarms_never_look_like_fewer(count: int) -> None:
    low, high = poisson_interval(count)
    more_low, more_high = poisson_interval(count + 1)
    assert low <= count <= high
    assert low < more_low
    assert high < more_high


def test_f1_is_unknown_where_a_part_is() -> None:
    assert f1(None, 1.0) is None
    assert f1(0.0, 0.0) == 0.0
    assert f1(0.5, 1.0) == pytest.approx(2 / 3)


def test_more_hits_than_cases_are_refused() -> None:
    with pytest.raises(ValueError, match="hits"):
        Share(3, 2)
