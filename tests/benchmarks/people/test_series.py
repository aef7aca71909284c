from typing import Any

import pytest

from benchmarks.people.series import Point, labelled_points


def document(counts: list[int | None]) -> dict[str, Any]:
    known = [None if c is None else 0 for c in counts]
    high = [None if c is None else c + 1 for c in counts]
    series = {"t_s": [float(i * 10) for i in range(len(counts))], "count": counts, "low": known, "high": high}
    return {"recordings": [{"path": "clips/a.mp4", "headcount": series}, {"path": "b.mp4", "headcount": None}]}


def test_the_nearest_sample_is_held_against_the_label() -> None:
    (point,) = labelled_points(document([1, 5, 9]), {"a.mp4": "12:4"})
    assert point == Point("a.mp4", 12.0, (4, 4), 5, (0, 6))
    assert point.error == 1
    assert point.is_covered


@pytest.mark.parametrize(("count", "error"), [(1, 1), (2, 0), (3, 0), (5, 2)])
def test_a_labelled_range_forgives_what_lies_inside(count: int, error: int) -> None:
    (point,) = labelled_points(document([count]), {"a.mp4": "0:2-3"})
    assert point.error == error


def test_an_unread_sample_has_no_error_and_covers_nothing() -> None:
    (point,) = labelled_points(document([None]), {"a.mp4": "0:2"})
    assert point.error is None
    assert not point.is_covered
