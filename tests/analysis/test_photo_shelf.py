"""The order of the ways in which photographs are the same, and what cannot be told."""

import numpy as np
import pytest

from lessonproof.analysis.photo_copy import PhotoLook, look_at
from lessonproof.analysis.photo_shelf import CopyMethod, PhotoShelf, ShelvedPhoto, unsearchable
from tests.analysis.photo_rooms import Photo, photograph, saved_again

NO_TEXT = np.empty((0, 4), np.float32)


def shelved(name: str, photo: Photo, sha256: str | None = None, pixels: str | None = None) -> ShelvedPhoto:
    look = look_at(photo.luma, photo.people_xyxy_px, NO_TEXT)
    return ShelvedPhoto("P1", name, sha256 or f"bytes of {name}", pixels or f"pixels of {name}", look)


def test_equal_bytes_go_before_equal_pixels_and_these_before_one_exposure() -> None:
    shelf, original = PhotoShelf(), photograph(1)
    shelf.add(shelved("first", original))
    shelf.add(shelved("pixels", photograph(2), pixels="p"))
    shelf.add(shelved("bytes", photograph(3), sha256="b"))
    copy = saved_again(original)
    assert (found := shelf.twin_of(shelved("x", copy, "b", "p"))) is not None
    assert (found.file, found.method, found.likeness) == ("bytes", CopyMethod.SAME_BYTES, None)
    assert (found := shelf.twin_of(shelved("x", copy, pixels="p"))) is not None
    assert (found.file, found.method) == ("pixels", CopyMethod.SAME_PIXELS)
    assert (found := shelf.twin_of(shelved("x", copy))) is not None
    assert (found.file, found.method) == ("first", CopyMethod.SAME_EXPOSURE)
    assert found.likeness is not None
    assert found.likeness > 0.97


def test_honest_photographs_of_a_day_have_no_twins() -> None:
    shelf = PhotoShelf()
    for moment in range(8):
        photo = shelved(str(moment), photograph(moment))
        assert shelf.twin_of(photo) is None
        shelf.add(photo)


def test_an_empty_shelf_has_no_twin() -> None:
    assert PhotoShelf().twin_of(shelved("x", photograph(1))) is None


def _look(width: int, people: int | None) -> PhotoLook:
    boxes = None if people is None else np.zeros((people, 4), np.float32)
    return look_at(np.zeros((200, width), np.uint8), boxes, NO_TEXT)


@pytest.mark.parametrize(
    ("width", "people", "reason"),
    [
        (320, 2, None),
        (319, 2, "photo_too_small"),
        (320, 1, "photo_too_few_people"),
        (320, None, None),
    ],
)
def test_what_cannot_be_searched_has_a_reason(width: int, people: int | None, reason: str | None) -> None:
    assert unsearchable(_look(width, people)) == reason


def test_a_small_original_is_no_ground_to_accuse_its_copy() -> None:
    shelf, original = PhotoShelf(), photograph(1)
    small = saved_again(original, scale=0.45)
    shelf.add(shelved("small", small))
    assert shelf.twin_of(shelved("x", original)) is None
