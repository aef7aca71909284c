"""What is known about samples that lack a place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_holes import Holes, find_holes
from lessonproof.analysis.people_places import find_places
from lessonproof.evidence.headcount import Passage, PassageKind
from lessonproof.evidence.intervals import Interval
from tests.analysis.people_scenes import PERIOD_NS, THRESHOLD, Figure, rooms, sitting, together

DESK = Figure(0.1).box_xyxy


def holes_in(seen: tuple[SeenPeople, ...], *passages: Passage) -> list[tuple[int, int, bool]]:
    holes: Holes = find_holes(seen, find_places(seen, THRESHOLD), passages)
    return sorted(zip(holes.place.tolist(), holes.sample.tolist(), holes.is_hidden.tolist(), strict=True))


def passage(kind: PassageKind, after_sample: int, box: tuple[float, float, float, float] = DESK) -> Passage:
    start_ns = after_sample * PERIOD_NS
    return Passage(kind, Interval(start_ns, start_ns + PERIOD_NS), box)


def test_what_lies_between_two_sightings_is_a_hole() -> None:
    assert holes_in(together(sitting(8, 0.1, missing=(3, 4, 6)))) == [(0, 3, False), (0, 4, False), (0, 6, False)]


def test_before_the_first_and_after_the_last_sighting_there_is_none() -> None:
    assert holes_in(together(sitting(8, 0.1, missing=(0, 1, 7)))) == []


def test_who_was_hidden_is_known_to_be_there_and_who_left_is_not_waited_for() -> None:
    seen = together(sitting(9, 0.1, missing=(3, 4, 6)))
    assert holes_in(seen, passage(PassageKind.HIDDEN, 2)) == [(0, 3, True), (0, 4, True), (0, 6, False)]
    assert holes_in(seen, passage(PassageKind.LEFT, 2)) == [(0, 6, False)]


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(passage(PassageKind.LEFT, 2, Figure(0.5).box_xyxy), id="elsewhere"),
        pytest.param(passage(PassageKind.LEFT, 1), id="at-another-time"),
    ],
)
def test_a_passage_of_somebody_else_says_nothing(other: Passage) -> None:
    assert holes_in(together(sitting(6, 0.1, missing=(3,))), other) == [(0, 3, False)]


def test_of_two_passages_the_nearer_one_counts() -> None:
    seen = together(sitting(6, 0.1, missing=(3,)))
    near, aside = passage(PassageKind.HIDDEN, 2), passage(PassageKind.LEFT, 2, Figure(0.12).box_xyxy)
    assert holes_in(seen, aside, near) == holes_in(seen, near, aside) == [(0, 3, True)]


def test_who_leans_over_is_seen_after_all() -> None:
    """A detection that lies upon the place, yet too far aside to be linked."""
    leaning = [[Figure(0.145)] if k == 3 else [] for k in range(6)]
    assert holes_in(together(sitting(6, 0.1, missing=(3,)), leaning)) == []


def test_who_turns_away_is_seen_faintly_after_all() -> None:
    """Too faint and too far aside for a place, yet counted in the upper end."""
    turned = [[Figure(0.145, score=THRESHOLD - 0.1)] if k == 3 else [] for k in range(6)]
    assert holes_in(together(sitting(6, 0.1, missing=(3,)), turned)) == []


def test_a_neighbour_who_is_seen_beside_the_place_does_not_fill_it() -> None:
    neighbour = sitting(8, 0.145)
    assert holes_in(together(sitting(8, 0.1, missing=(4,)), neighbour)) == [(0, 4, False)]


def test_without_places_there_are_no_holes() -> None:
    assert holes_in(()) == []
    assert holes_in(together([[], []])) == []


@given(rooms(), st.lists(st.sampled_from(PassageKind), max_size=3))
def test_a_hole_lies_between_two_sightings_and_stands_once(
    seen: tuple[SeenPeople, ...], kinds: list[PassageKind]
) -> None:
    places = find_places(seen, THRESHOLD)
    passages = [
        Passage(kind, Interval(seen[p.first].time_ns, seen[p.last].time_ns), tuple(p.boxes_xyxy(seen)[0].tolist()))
        for kind, p in zip(kinds, places, strict=False)
    ]
    holes = find_holes(seen, places, passages)
    found = list(zip(holes.place.tolist(), holes.sample.tolist(), strict=True))
    assert len(set(found)) == len(found)
    for number, sample in found:
        place = places[number]
        assert place.first < sample < place.last
        assert sample not in place.samples
