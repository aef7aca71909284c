"""What is known about samples that lack a place."""

from hypothesis import given

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_holes import Holes, find_holes
from lessonproof.analysis.people_places import find_places
from tests.analysis.people_scenes import THRESHOLD, Figure, rooms, sitting, together


def holes_in(seen: tuple[SeenPeople, ...]) -> list[tuple[int, int]]:
    holes: Holes = find_holes(seen, find_places(seen, THRESHOLD))
    return sorted(zip(holes.place.tolist(), holes.sample.tolist(), strict=True))


def test_what_lies_between_two_sightings_is_a_hole() -> None:
    assert holes_in(together(sitting(8, 0.1, missing=(3, 4, 6)))) == [(0, 3), (0, 4), (0, 6)]


def test_before_the_first_and_after_the_last_sighting_there_is_none() -> None:
    assert holes_in(together(sitting(8, 0.1, missing=(0, 1, 7)))) == []


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
    assert holes_in(together(sitting(8, 0.1, missing=(4,)), neighbour)) == [(0, 4)]


def test_without_places_there_are_no_holes() -> None:
    assert holes_in(()) == []
    assert holes_in(together([[], []])) == []


@given(rooms())
def test_a_hole_lies_between_two_sightings_and_stands_once(seen: tuple[SeenPeople, ...]) -> None:
    places = find_places(seen, THRESHOLD)
    holes = find_holes(seen, places)
    found = list(zip(holes.place.tolist(), holes.sample.tolist(), strict=True))
    assert len(set(found)) == len(found)
    for number, sample in found:
        place = places[number]
        assert place.first < sample < place.last
        assert sample not in place.samples
