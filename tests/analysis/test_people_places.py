"""Detections of successive samples become places that people sit at."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_places import HOLD_NS, find_places
from tests.analysis.people_scenes import PERIOD_NS, THRESHOLD, Figure, picture, rooms, row_of, sitting, together


def test_who_sits_is_one_place_and_who_walks_is_many() -> None:
    sitter = sitting(5, 0.1)
    walker = [[Figure(0.3 + 0.12 * k, look=k)] for k in range(5)]
    places = find_places(together(sitter, walker), THRESHOLD)
    assert sorted(place.samples.size for place in places) == [1, 1, 1, 1, 1, 5]
    assert (places[0].first, places[0].last) == (0, 4)


def test_a_place_is_found_again_after_a_while_and_not_after_a_minute() -> None:
    def times(gap_ns: int) -> list[int]:
        seen = (picture(0, [Figure(0.1)]), picture(gap_ns, [Figure(0.1)]))
        return [place.samples.size for place in find_places(seen, THRESHOLD)]

    assert times(HOLD_NS) == [2]
    assert times(HOLD_NS + 1) == [1, 1]


def test_a_faint_detection_begins_no_place_and_keeps_one() -> None:
    faint, clear = Figure(0.1, score=THRESHOLD / 2), Figure(0.1)
    places = find_places(row_of([faint], [clear], [faint], [clear]), THRESHOLD)
    assert [place.samples.tolist() for place in places] == [[1, 2, 3]]


def test_the_nearest_detection_is_the_one() -> None:
    """Two people side by side stay two, although each overlaps the other's place."""
    here, beside = Figure(0.10), Figure(0.12)
    places = find_places(row_of([here, beside], [beside, here]), THRESHOLD)
    assert [place.boxes_xyxy(row_of([here, beside], [beside, here])).shape for place in places] == [(2, 4), (2, 4)]
    lefts = [place.boxes_xyxy(row_of([here, beside], [beside, here]))[:, 0].tolist() for place in places]
    assert lefts == [pytest.approx([0.10, 0.10]), pytest.approx([0.12, 0.12])]


def test_boxes_scores_and_looks_of_a_place_are_those_of_its_detections() -> None:
    seen = row_of([Figure(0.1, score=0.5), Figure(0.7, score=0.9)], [Figure(0.1, score=0.8, look=3)])
    place = next(place for place in find_places(seen, THRESHOLD) if place.samples.size == 2)
    assert place.scores(seen).tolist() == pytest.approx([0.5, 0.8])
    assert place.boxes_xyxy(seen)[:, 0].tolist() == pytest.approx([0.1, 0.1])
    assert place.pairs() == [(0, 1), (1, 0)]


def test_a_look_is_the_same_part_of_every_picture_that_shows_the_place() -> None:
    seen = row_of(*[[Figure(0.1 + aside, look=look)] for aside, look in ((0, 1), (0, 2), (0.02, 3))])
    (place,) = find_places(seen, THRESHOLD)
    rows, columns = seen[0].luma.shape
    left, right = round(0.1 * columns), round(0.18 * columns)
    top, bottom = round(0.4 * rows), round(0.6 * rows)
    looks = place.looks(seen)
    assert looks.shape == (3, bottom - top, right - left)
    for look, shown in zip(looks, seen, strict=True):
        np.testing.assert_array_equal(look, shown.luma[top:bottom, left:right])


def test_looks_of_a_recording_that_changes_its_size_have_one_size() -> None:
    first, second = row_of([Figure(0.1)], [Figure(0.1)])
    halved = replace(second, luma=np.ascontiguousarray(second.luma[::2, ::2]))
    (place,) = find_places((first, halved), THRESHOLD)
    assert place.looks((first, halved)).shape[0] == 2


@pytest.mark.parametrize("seen", [(), row_of([]), row_of([Figure(0.1, score=0.1)])], ids=["none", "empty", "faint"])
def test_without_anybody_there_is_no_place(seen: tuple[SeenPeople, ...]) -> None:
    assert find_places(seen, THRESHOLD) == ()


@given(rooms())
def test_every_clear_detection_belongs_to_one_place(seen: tuple[SeenPeople, ...]) -> None:
    places = find_places(seen, THRESHOLD)
    owned = [pair for place in places for pair in place.pairs()]
    assert len(set(owned)) == len(owned)
    clear = {(s, d) for s, shown in enumerate(seen) for d in range(shown.scores.size) if shown.scores[d] >= 0.4}
    assert clear <= set(owned)
    for place in places:
        times = [seen[sample].time_ns for sample in place.samples.tolist()]
        assert all(0 < later - earlier <= HOLD_NS for earlier, later in pairwise(times))
        assert place.scores(seen)[0] >= 0.4
    firsts = [place.first for place in places]
    assert firsts == sorted(firsts)


def test_a_period_fits_into_the_time_that_a_place_waits() -> None:
    assert HOLD_NS > 2 * PERIOD_NS
