import numpy as np

from lessonproof.analysis.station_registration import prepare, projected
from lessonproof.analysis.station_search import features, homography, refined
from tests.analysis.station_rooms import matrix_of, room, taken, turned

POINTS = np.array([[60.0, 60.0], [240.0, 135.0], [380.0, 200.0]])


def test_features_lead_from_one_picture_to_the_other() -> None:
    here, there = features(taken(room())), features(taken(turned(room(), 70, 10, 3), seed=1))
    found = homography(*here, *there)
    assert found is not None
    assert np.abs(projected(found, POINTS) - projected(matrix_of(70, 10, 3), POINTS)).max() < 3
    assert homography(*here, *features(taken(room(seed=77)))) is None, "another room"
    assert homography(*here, *features(np.full((270, 480), 90, np.uint8))) is None, "nothing to go by"


def test_a_rough_place_is_made_exact() -> None:
    reference, picture = prepare(taken(room())), prepare(taken(turned(room(), 40, 8), seed=1))
    rough = matrix_of(43, 6)
    found = refined(reference.structure, picture.structure, rough, None)
    assert found is not None
    assert np.abs(projected(found, POINTS) - projected(matrix_of(40, 8), POINTS)).max() < 0.5


def test_where_nothing_can_be_seen_no_place_is_made_exact() -> None:
    reference = prepare(room())
    hidden = np.array([[0, 0, 480, 270]], np.float32)
    assert refined(reference.structure, reference.structure, np.eye(3), hidden) is None
