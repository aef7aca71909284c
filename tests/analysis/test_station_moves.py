import numpy as np
import pytest

from lessonproof.analysis.station_moves import LASTING_NS, MIN_WAY_SHARE, Move, find_moves
from lessonproof.analysis.station_search import Matrix
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.station_rooms import HEIGHT_PX, WIDTH_PX, matrix_of

SIZE = (WIDTH_PX, HEIGHT_PX)
STEP_S = 4


def _moves(*places: Matrix | None) -> tuple[Move, ...]:
    times = STEP_S * NS_PER_S * np.arange(len(places), dtype=np.int64)
    return find_moves(times, places, SIZE)


def _still(count: int, dx_px: float = 0.0, degrees: float = 0.0) -> list[Matrix]:
    return [matrix_of(dx_px, 0, degrees)] * count


def test_a_turn_that_lasts_is_told_between_the_two_pictures() -> None:
    (move,) = _moves(*_still(5), *_still(5, 48))
    assert move.interval == Interval(16 * NS_PER_S, 20 * NS_PER_S)
    assert move.shift_x_share == pytest.approx(0.1)
    assert move.way_share == pytest.approx(0.1)
    assert (move.shift_y_share, move.turn_degrees, move.scale) == pytest.approx((0, 0, 1), abs=1e-6)


def test_a_turn_about_the_middle_is_told_by_its_angle() -> None:
    (move,) = _moves(*_still(5), *_still(5, 0, -6))
    assert move.turn_degrees == pytest.approx(6)
    assert move.shift_x_share == pytest.approx(0, abs=1e-6)


def test_there_and_back_are_two_moves() -> None:
    assert len(_moves(*_still(5), *_still(5, 48), *_still(5))) == 2


@pytest.mark.parametrize(
    "places",
    [
        pytest.param(_still(9), id="stands"),
        pytest.param([*_still(4), *_still(1, 48), *_still(4)], id="knock"),
        pytest.param([*_still(4), *_still(4, 0.9 * MIN_WAY_SHARE * WIDTH_PX)], id="a-tremble"),
        pytest.param([*_still(7), *_still(LASTING_NS // NS_PER_S // STEP_S, 48)], id="not-seen-to-last"),
        pytest.param([None] * 9, id="never-placed"),
        pytest.param([], id="no-picture"),
    ],
)
def test_silence(places: list[Matrix | None]) -> None:
    assert _moves(*places) == ()


def test_in_the_dark_the_move_lies_somewhere_between() -> None:
    (move,) = _moves(*_still(3), None, None, *_still(5, 48))
    assert move.interval == Interval(8 * NS_PER_S, 20 * NS_PER_S)
