"""Following made-up boxes with the real tracker: who walks, who sits, who is covered for a while."""

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.models.detector import Detections
from lessonproof.models.tracker import FAINT_SCORE, FIRST_MATCH_SCORE, LOST_FRAMES, Track, track_people

pytestmark = pytest.mark.usefixtures("needs_ultralytics")
FRAMES = 24
Box = tuple[float, float, float, float]


def frame(*people: tuple[Box, float]) -> Detections:
    falling = sorted(people, key=lambda person: -person[1])
    boxes = np.array([box for box, _ in falling], np.float32).reshape(-1, 4)
    return Detections(boxes, np.array([score for _, score in falling], np.float32))


def person_at(left: float, top: float = 100) -> Box:
    return left, top, left + 40, top + 100


def lefts(track: Track) -> list[float]:
    return [float(left) for left in track.boxes_xyxy_px[:, 0]]


def test_a_walker_and_a_sitter_are_two_tracks_as_detected() -> None:
    walked = [20 + 8 * k for k in range(FRAMES)]
    walker, sitter = track_people([frame((person_at(left), 0.9), (person_at(500), 0.8)) for left in walked])
    assert lefts(walker) == walked
    assert set(lefts(sitter)) == {500}
    for track in (walker, sitter):
        assert track.frames.tolist() == list(range(FRAMES))
        assert track.boxes_xyxy_px.dtype == np.float32


def test_who_is_covered_for_a_while_is_found_again() -> None:
    covered = range(8, 8 + LOST_FRAMES - 1)
    frames = [frame() if k in covered else frame((person_at(100), 0.9)) for k in range(FRAMES)]
    (track,) = track_people(frames)
    assert track.frames.tolist() == [k for k in range(FRAMES) if k not in covered]


def test_who_is_covered_for_long_is_somebody_new() -> None:
    covered = range(8, 8 + LOST_FRAMES + 2)
    frames = [frame() if k in covered else frame((person_at(100), 0.9)) for k in range(FRAMES)]
    before, after = track_people(frames)
    assert before.frames.tolist() == list(range(8))
    assert after.frames[0] >= covered.stop


def test_half_hidden_is_still_followed_by_the_right_box() -> None:
    """A faint detection keeps a track alive, and it is that person's box that stands there."""
    faint = (FAINT_SCORE + FIRST_MATCH_SCORE) / 2
    frames = [frame((person_at(300), 0.9), (person_at(100), faint if 6 <= k < 12 else 0.8)) for k in range(FRAMES)]
    tracks = track_people(frames)
    assert sorted(set(lefts(track)).pop() for track in tracks) == [100, 300]
    assert all(track.frames.size == FRAMES and len(set(lefts(track))) == 1 for track in tracks)


def test_a_faint_detection_alone_begins_no_track() -> None:
    assert track_people([frame((person_at(100), FAINT_SCORE + 0.01))] * FRAMES) == ()


def test_someone_who_passes_by_takes_no_place_over() -> None:
    def people(k: int) -> Detections:
        return frame((person_at(300), 0.8), (person_at(40 + 25 * k, 90), 0.9))

    tracks = track_people([people(k) for k in range(FRAMES)])
    (sitter,) = [track for track in tracks if lefts(track)[0] == 300]
    assert set(lefts(sitter)) == {300}


@pytest.mark.parametrize("frames", [[], [frame()], [frame()] * 5], ids=["none", "one", "five-empty"])
def test_without_anybody_there_is_no_track(frames: list[Detections]) -> None:
    assert track_people(frames) == ()


def test_boxes_without_size_are_no_error() -> None:
    assert track_people([frame(((5, 5, 5, 5), 0.9))] * 4) == ()


def test_one_stretch_knows_nothing_of_another() -> None:
    frames = [frame((person_at(100), 0.9))] * 5

    def facts() -> list[tuple[list[int], NDArray[np.float32]]]:
        return [(track.frames.tolist(), track.boxes_xyxy_px) for track in track_people(frames)]

    first, second = facts(), facts()
    assert [numbers for numbers, _ in first] == [numbers for numbers, _ in second] == [[0, 1, 2, 3, 4]]
    np.testing.assert_array_equal(first[0][1], second[0][1])
