from typing import Any

import numpy as np
import pytest

from benchmarks.lessons import SceneKind
from benchmarks.people.rooms import LONG_S, SIZES_OF_CLASSES, room_spec, truth_from
from lessonproof.evidence.intervals import NS_PER_S

SEEDS = range(40_000, 40_032)


def test_every_size_of_class_meets_in_both_kinds_of_room() -> None:
    specs = [room_spec(seed) for seed in SEEDS]
    for number, (least, most) in enumerate(SIZES_OF_CLASSES):
        own = specs[number::4]
        assert all(least <= spec.people <= most for spec in own)
        assert {spec.scene for spec in own} == set(SceneKind)
        assert {spec.posters > 0 for spec in own} == ({False, True} if most <= 20 else {False})


def test_a_poster_has_time_to_be_told_from_a_person() -> None:
    decked = [spec for spec in map(room_spec, SEEDS) if spec.posters]
    assert all(spec.duration_s == LONG_S > 300 for spec in decked)


def test_people_come_and_go_within_the_lesson() -> None:
    for spec in map(room_spec, SEEDS):
        absences = spec.absences
        assert absences
        assert len({absence.person for absence in absences}) == len(absences)
        assert all(absence.leave_s < spec.duration_s for absence in absences)


def test_a_seed_is_a_room_and_two_seeds_are_two() -> None:
    assert room_spec(40_001) == room_spec(40_001)
    assert room_spec(40_001) != room_spec(40_033)


def document(*passages: tuple[int, str, int], present: int = 3) -> dict[str, Any]:
    box = {"person": 1, "box_xyxy_px": [64, 36, 128, 180], "head_xyxy_px": [70, 36, 90, 60], "head_share": 0.75}
    samples = [{"at_ns": s * NS_PER_S, "present": present, "visible": 1, "boxes": [box]} for s in (0, 1, 2)]
    return {
        "seed": 7,
        "scene": "workshop",
        "video": {"width": 640, "height": 360},
        "posters_xyxy_px": [[320, 0, 352, 90]],
        "people": {
            "total": 4,
            "samples": samples,
            "passages": [{"person": p, "event": e, "at_ns": s * NS_PER_S} for p, e, s in passages],
        },
    }


def test_a_truth_is_read_in_shares_of_the_picture() -> None:
    truth = truth_from(document((0, "left", 1)))
    assert (truth.seed, truth.scene, truth.roster) == (7, "workshop", 4)
    (person,) = truth.at(0).people
    assert person.box_xyxy == pytest.approx((0.1, 0.1, 0.2, 0.5))
    assert person.head_share == 0.75
    np.testing.assert_allclose(truth.posters_xyxy, [[0.5, 0, 0.55, 0.25]])
    assert truth.left == ((0, NS_PER_S),)
    assert truth.at(1_400_000_000).at_ns == NS_PER_S


def test_a_room_without_posters() -> None:
    assert truth_from({**document(), "posters_xyxy_px": []}).posters_xyxy.shape == (0, 4)


@pytest.mark.parametrize(
    ("passages", "came"),
    [
        pytest.param([], 3, id="all-were-there"),
        pytest.param([(1, "entered", 200)], 4, id="one-came-late"),
        pytest.param([(1, "entered", 400)], 3, id="too-late"),
        pytest.param([(1, "left", 100), (1, "entered", 200)], 3, id="out-for-a-while"),
        pytest.param([(1, "entered", 100), (1, "left", 200)], 4, id="came-and-went"),
    ],
)
def test_who_came_within_the_first_minutes(passages: list[tuple[int, str, int]], came: int) -> None:
    assert truth_from(document(*passages)).came_within(300 * NS_PER_S) == came
