import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.venue import Polygon, area, crosses_itself, side_px

SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def test_area_and_side() -> None:
    assert area(SQUARE) == pytest.approx(1.0)
    assert area(tuple(reversed(SQUARE))) == pytest.approx(1.0), "whichever way round"
    assert side_px(((0.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.0, 0.5)), 200, 100) == pytest.approx(5000**0.5)


@pytest.mark.parametrize(
    ("polygon", "crosses"),
    [
        pytest.param(SQUARE, False, id="square"),
        pytest.param(((0, 0), (1, 1), (1, 0), (0, 1)), True, id="bow-tie"),
        pytest.param(((0, 0), (1, 0), (0, 0), (0, 1)), True, id="a-corner-twice"),
        pytest.param(((0, 0), (4, 0), (4, 4), (2, 0), (0, 4)), True, id="a-corner-on-a-side"),
        pytest.param(((0, 0), (4, 0), (4, 4), (2, 1), (0, 4)), False, id="a-dent"),
    ],
)
def test_outlines_that_cross_themselves(polygon: Polygon, crosses: bool) -> None:
    assert crosses_itself(polygon) is crosses


@given(st.integers(0, 3), st.booleans())
def test_neither_start_nor_direction_matters(start: int, backwards: bool) -> None:
    for polygon, crosses in ((SQUARE, False), ((SQUARE[0], SQUARE[2], SQUARE[1], SQUARE[3]), True)):
        turned = (*polygon[start:], *polygon[:start])
        assert crosses_itself(turned[::-1] if backwards else turned) is crosses
