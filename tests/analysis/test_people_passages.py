"""Left or hidden, from tracks whose story is known."""

import numpy as np
import pytest

from lessonproof.analysis.people_passages import EARLY_FRAMES, judge_burst
from lessonproof.analysis.people_sampling import Burst
from lessonproof.evidence.headcount import Passage, PassageKind
from lessonproof.evidence.intervals import Interval
from lessonproof.models.tracker import Track

WIDTH_PX, HEIGHT_PX = 400, 200
BETWEEN = Interval(10, 20)
DESK = (0.5, 0.5, 0.6, 0.8)


def burst(*boxes: tuple[float, float, float, float]) -> Burst:
    return Burst(BETWEEN, boxes or (DESK,))


def track(*shifts: float, start: int = 0, box: tuple[float, float, float, float] = DESK) -> Track:
    """A track that is shifted by so many widths of its box from frame to frame."""
    size = np.array([WIDTH_PX, HEIGHT_PX, WIDTH_PX, HEIGHT_PX], np.float32)
    first = np.array(box, np.float32) * size
    step = np.array([first[2] - first[0], 0, first[2] - first[0], 0], np.float32)
    boxes = np.stack([first + np.float32(shift) * step for shift in shifts])
    return Track(np.arange(start, start + len(shifts), dtype=np.int64), boxes.astype(np.float32))


def kinds(told: tuple[Passage, ...]) -> list[PassageKind]:
    return [passage.kind for passage in told]


def judged(*tracks: Track, at: Burst | None = None) -> tuple[Passage, ...]:
    return judge_burst(at or burst(), tracks, WIDTH_PX, HEIGHT_PX)


def test_who_ends_where_he_was_was_hidden() -> None:
    (told,) = judged(track(0, 0.05, -0.05, 0.1))
    assert told == Passage(PassageKind.HIDDEN, BETWEEN, DESK)


def test_who_walks_away_has_left() -> None:
    assert kinds(judged(track(0, 0.3, 0.6, 0.9))) == [PassageKind.LEFT]


def test_who_goes_and_comes_back_is_there() -> None:
    assert kinds(judged(track(0, 1.0, 2.0, 1.0, 0))) == [PassageKind.HIDDEN]


def test_who_goes_over_the_border_has_left() -> None:
    near_edge = (0.87, 0.5, 0.97, 0.8)
    assert kinds(judged(track(0, 0.2, 0.3, box=near_edge), at=burst(near_edge))) == [PassageKind.LEFT]


@pytest.mark.parametrize("at_edge", [(0.9, 0.5, 1.0, 0.8), (0.0, 0.5, 0.1, 0.8), (0.5, 0.7, 0.6, 1.0)])
def test_who_sat_at_the_border_all_along_has_not_left(at_edge: tuple[float, float, float, float]) -> None:
    assert kinds(judged(track(0, 0, 0, box=at_edge), at=burst(at_edge))) == [PassageKind.HIDDEN]


def test_nothing_is_said_of_one_whom_no_track_follows() -> None:
    assert judged() == ()
    assert judged(track(3, 3.1)) == ()
    assert judged(track(0, 1, start=EARLY_FRAMES)) == ()


def test_each_lost_person_has_his_own_story() -> None:
    window = (0.1, 0.5, 0.2, 0.8)
    told = judged(track(0, 0, 0), track(0, 1, 2, box=window), at=burst(DESK, window))
    assert [(passage.box_xyxy, passage.kind) for passage in told] == [
        (DESK, PassageKind.HIDDEN),
        (window, PassageKind.LEFT),
    ]


def test_a_track_of_one_frame_says_hidden_and_no_size_is_no_error() -> None:
    assert kinds(judged(track(0))) == [PassageKind.HIDDEN]
    point = (0.5, 0.5, 0.5, 0.5)
    assert judged(track(0, 0, box=point), at=burst(point)) == ()
