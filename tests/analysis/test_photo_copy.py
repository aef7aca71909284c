"""One exposure or two: people decide, wherever everything else agrees."""

import cv2
import numpy as np
import pytest

from lessonproof.analysis.photo_copy import LONG_SIDE_PX, PhotoLook, agreement, is_same_exposure, look_at
from tests.analysis.photo_rooms import Photo, photograph, saved_again

NO_TEXT = np.empty((0, 4), np.float32)


def look(photo: Photo, text: np.ndarray[tuple[int, int], np.dtype[np.float32]] = NO_TEXT) -> PhotoLook:
    return look_at(photo.luma, photo.people_xyxy_px, text)


def is_told(first: PhotoLook, second: PhotoLook) -> bool:
    found = agreement(first, second)
    return found is not None and is_same_exposure(found)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"quality": 95}, id="compressed-a-little"),
        pytest.param({"quality": 50}, id="compressed-hard"),
        pytest.param({"scale": 0.6, "quality": 80}, id="scaled"),
        pytest.param({"cropped": 0.08, "quality": 80}, id="cropped"),
        pytest.param({"cropped": 0.05, "scale": 0.7, "quality": 70}, id="all-of-it"),
    ],
)
def test_a_copy_is_told(changes: dict[str, float]) -> None:
    original = photograph(1)
    copy = saved_again(original, **changes)  # type: ignore[arg-type]
    assert is_told(look(original), look(copy))
    assert is_told(look(copy), look(original)), "whichever was handed in first"


@pytest.mark.parametrize("moment", range(2, 12))
def test_another_exposure_of_the_same_room_never_is(moment: int) -> None:
    found = agreement(look(photograph(1)), look(photograph(moment)))
    assert found is not None, "the room is recognised"
    assert not is_same_exposure(found)
    assert not is_told(look(photograph(1)), look(saved_again(photograph(moment), quality=60)))


def test_a_changed_watermark_is_no_other_picture() -> None:
    original = photograph(3)
    stamped = saved_again(original, quality=85)
    luma = np.ascontiguousarray(stamped.luma)
    cv2.putText(luma, "2026-04-09 14:05", (8, 470), cv2.FONT_HERSHEY_SIMPLEX, 0.9, 255, 2, cv2.LINE_AA)
    other = Photo(luma, stamped.people_xyxy_px)
    text = np.array([[5, 440, 300, 478]], np.float32)
    assert is_told(look(original), look(other, text))
    assert not is_told(look(original), look(other)), "what was not recognised as writing may be anything"


def test_whoever_walks_through_makes_it_another_picture() -> None:
    still = photograph(1)
    walked = photograph(1, walks=True)
    assert np.array_equal(still.people_xyxy_px, walked.people_xyxy_px)
    assert not is_told(look(still), look(walked))


@pytest.mark.parametrize("people", [0, 1])
def test_fewer_than_two_people_prove_nothing(people: int) -> None:
    original = photograph(1, people=people)
    found = agreement(look(original), look(saved_again(original, quality=90)))
    assert found is not None
    assert len(found.persons) == people, "who is found in both pictures is one"
    assert not is_same_exposure(found)


def test_other_rooms_cannot_be_laid_over_each_other() -> None:
    assert agreement(look(photograph(1)), look(photograph(1, room=8))) is None


def test_a_picture_without_anything_on_it_is_no_error() -> None:
    blank = look_at(np.full((480, 640), 90, np.uint8), None, NO_TEXT)
    assert agreement(blank, blank) is None
    assert agreement(blank, look(photograph(1))) is None


def test_large_photographs_are_kept_small_and_boxes_with_them() -> None:
    luma = np.zeros((1000, 2 * LONG_SIDE_PX), np.uint8)
    kept = look_at(luma, np.array([[100, 100, 200, 300]], np.float32), np.array([[2, 4, 6, 8]], np.float32))
    assert kept.luma.shape == (500, LONG_SIDE_PX)
    assert kept.people_xyxy_px is not None
    assert kept.people_xyxy_px.tolist() == [[50, 50, 100, 150]]
    assert kept.text_xyxy_px.tolist() == [[1, 2, 3, 4]]
