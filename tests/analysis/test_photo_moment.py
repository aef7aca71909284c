"""Laying a photograph over a camera's view, ordering moments, and telling one from all others."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.photo_copy import Agreement, PhotoLook, agreement, is_same_exposure, look_at
from lessonproof.analysis.photo_moment import (
    MIN_OTHER_VIEWS,
    OTHER_MOMENT_NS,
    OtherMoment,
    affordable,
    difference,
    has_other_moments,
    in_view,
    is_told_apart,
    small_shape,
)
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.photo_rooms import Photo, photograph, saved_again

NO_TEXT = np.empty((0, 4), np.float32)
SAME = Agreement((0.98, 0.99), 0, 1000, 1.0)
MOVED = Agreement((0.5, 0.6, 0.99), 40, 1000, 1.0)
ONE_MOVED = Agreement((0.5, 0.95, 0.99), 40, 1000, 1.0)
STILL = Agreement((0.95, 0.96), 0, 1000, 1.0)


def look(photo: Photo) -> PhotoLook:
    return look_at(photo.luma, photo.people_xyxy_px, NO_TEXT)


def view(moment: int, room: int = 7) -> PhotoLook:
    return look_at(photograph(moment, room=room).luma, None, NO_TEXT)


def others(*found: Agreement | None) -> list[OtherMoment]:
    return [OtherMoment((10 + number) * NS_PER_S, one) for number, one in enumerate(found)]


@pytest.mark.parametrize("moment", [3, 4, 5])
def test_the_moment_itself_differs_least_whatever_view_the_photograph_was_laid_over(moment: int) -> None:
    photo = in_view(look(saved_again(photograph(moment), quality=75, scale=0.7, cropped=0.04)), view(90))
    assert photo is not None
    assert photo.weight.sum() == pytest.approx(1.0, abs=1e-4)
    apart = [difference(photo, small_shape(photograph(other).luma)) for other in range(10)]
    assert int(np.argmin(apart)) == moment


def test_another_room_is_no_view_of_it() -> None:
    assert in_view(look(photograph(1)), view(1, room=8)) is None


def test_a_photograph_that_shows_more_than_the_camera_does_is_none_of_its_frames() -> None:
    whole = photograph(1)
    part = look_at(np.ascontiguousarray(whole.luma[100:420, 80:500]), None, NO_TEXT)
    assert in_view(look(whole), part) is None


def test_writing_in_the_photograph_counts_for_nothing() -> None:
    original = photograph(1)
    stamped = original.luma.copy()
    stamped[400:470, 20:300] = 255
    text = np.array([[20, 400, 300, 470]], np.float32)
    shape = small_shape(original.luma)
    read, unread = (in_view(look_at(stamped, None, lines), view(1)) for lines in (text, NO_TEXT))
    assert read is not None
    assert unread is not None
    assert difference(read, shape) < 0.5 * difference(unread, shape)


def test_a_moment_is_told_where_two_people_moved_at_the_others() -> None:
    assert is_told_apart(0, others(*[MOVED] * MIN_OTHER_VIEWS))
    assert is_told_apart(0, others(*[MOVED] * 6, ONE_MOVED, STILL)), "three quarters"


@pytest.mark.parametrize(
    "found",
    [
        pytest.param([MOVED] * (MIN_OTHER_VIEWS - 1), id="too-few-views"),
        pytest.param([MOVED] * (MIN_OTHER_VIEWS - 1) + [None], id="one-cannot-be-laid-over"),
        pytest.param([ONE_MOVED] * 8, id="one-of-them-never-moves"),
        pytest.param([STILL] * 8, id="nobody-moves"),
        pytest.param([MOVED] * 7 + [SAME], id="the-same-picture-again"),
        pytest.param([MOVED] * 5 + [STILL] * 3, id="they-sit-still-at-times"),
    ],
)
def test_silence_where_other_moments_do_not_prove_it(found: list[Agreement | None]) -> None:
    assert not is_told_apart(0, others(*found))


def test_views_of_the_same_moment_say_nothing() -> None:
    near = [OtherMoment(OTHER_MOMENT_NS - 1, SAME), *others(*[MOVED] * MIN_OTHER_VIEWS)]
    assert is_told_apart(0, near)
    assert not is_told_apart(-1, near), "now it lies far enough, and agrees"


def test_people_of_the_room_really_prove_it() -> None:
    photo = look(saved_again(photograph(3), quality=80))
    found = agreement(view(3), photo)
    assert found is not None
    assert is_same_exposure(found)
    moments = [OtherMoment(moment * 10 * NS_PER_S, agreement(view(moment), photo)) for moment in range(5, 10)]
    assert is_told_apart(30 * NS_PER_S, moments)


def test_a_short_recording_has_no_other_moments() -> None:
    assert not has_other_moments([])
    assert not has_other_moments([second * NS_PER_S for second in range(8)])
    assert has_other_moments([second * NS_PER_S for second in range(0, 24, 3)])


@given(st.lists(st.integers(1, 30), max_size=12), st.integers(0, 60), st.randoms())
def test_no_more_frames_than_allowed_and_none_passed_over_that_fits(
    lengths: list[int], max_frames: int, rng: Random
) -> None:
    edges = np.cumsum([0, *lengths])
    stretches = [Interval(a, b) for a, b in pairwise(edges.tolist())]
    rng.shuffle(stretches)
    chosen = affordable(stretches, np.arange(int(edges[-1]), dtype=np.int64), max_frames)
    spent = sum(one.length_ns for one in chosen)
    assert spent <= max_frames
    assert chosen == [one for one in stretches if one in chosen], "in their order"
    assert all(one.length_ns > max_frames - spent for one in stretches if one not in chosen)
