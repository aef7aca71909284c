"""Black and frozen stretches, from random-access pictures and from decoded windows."""

import numpy as np
import pytest

from lessonproof.analysis.keyframes import KeyframeFacts, KeyframeMeasurer
from lessonproof.analysis.stills import (
    UNRESTS,
    Unrest,
    black_between_keyframes,
    black_in_window,
    grow_still,
    is_black,
    quiet_after,
    quiet_before,
    still_between_keyframes,
    still_cores,
)
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.scenes import FRAME_NS, Picture, room, swaying, window


def noisy(number: int) -> Picture:
    """A living picture; the noise comes with it, so that a stretch without any can be built."""
    rng = np.random.default_rng(number)
    picture = swaying(number)
    return np.asarray(np.round(picture + rng.normal(0, 2.0, picture.shape)), np.float32)


def frozen_between(first: int, last: int, number: int) -> Picture:
    return noisy(first if first <= number <= last else number)


def facts(number: int, *, still: float | None = 0.0, equal: float | None = 0.0, dark: bool = False) -> KeyframeFacts:
    return KeyframeFacts(
        time_ns=number * 2 * NS_PER_S,
        mean_luma=17.0 if dark else 100.0,
        spread_luma=1.0 if dark else 40.0,
        bright_luma=20.0 if dark else 200.0,
        sharpness=1.0 if dark else 8.0,
        change_levels=None if still is None else 2.0,
        still_share=still,
        equal_share=equal,
        moved_blocks=None if still is None else 0,
    )


@pytest.mark.parametrize(
    ("bright", "spread", "black"),
    [
        pytest.param(17.0, 0.3, True, id="black"),
        pytest.param(60.0, 3.0, False, id="a-dark-room-with-a-lamp"),
        pytest.param(30.0, 9.0, False, id="a-dim-room-with-shapes"),
    ],
)
def test_what_is_black(bright: float, spread: float, black: bool) -> None:
    assert is_black(np.array([bright]), np.array([spread])).tolist() == [black]


def test_black_runs_between_keyframes() -> None:
    recording = [facts(i, dark=3 <= i <= 5 or i == 8) for i in range(10)]
    assert black_between_keyframes(recording) == (
        Interval(6 * NS_PER_S, 10 * NS_PER_S),
        Interval(16 * NS_PER_S, 16 * NS_PER_S),
    )
    assert black_between_keyframes([]) == ()


def test_still_runs_between_keyframes_begin_with_the_picture_that_is_repeated() -> None:
    recording = [facts(i, still=None if i == 0 else 1.0 if i in {4, 5} else 0.1) for i in range(8)]
    assert still_between_keyframes(recording) == (Interval(6 * NS_PER_S, 10 * NS_PER_S),)


def test_black_pictures_are_not_frozen() -> None:
    recording = [facts(i, still=None if i == 0 else 1.0, dark=True) for i in range(5)]
    assert still_between_keyframes(recording) == ()


def test_black_in_a_window_ends_with_the_first_frame_behind() -> None:
    black = np.full((192, 320), 16, np.float32)
    shown = window(60, lambda number: black if 20 <= number < 45 else swaying(number), noise=0.4)
    assert black_in_window(shown) == (Interval(20 * FRAME_NS, 45 * FRAME_NS),)


@pytest.mark.parametrize("unrest", UNRESTS, ids=str)
def test_a_frozen_stretch_is_found_to_the_frame_or_nearly_so(unrest: Unrest) -> None:
    shown = window(300, lambda number: frozen_between(110, 180, number), noise=0)
    (core,) = still_cores(shown, unrest)
    stretch = grow_still(shown, core, unrest)
    assert stretch is not None
    assert abs(stretch.start_ns - 110 * FRAME_NS) <= 4 * FRAME_NS
    assert abs(stretch.end_ns - 181 * FRAME_NS) <= 4 * FRAME_NS


@pytest.mark.parametrize("unrest", UNRESTS, ids=str)
def test_a_living_picture_has_no_core(unrest: Unrest) -> None:
    assert still_cores(window(120, noisy, noise=0), unrest) == ()


@pytest.mark.parametrize("unrest", UNRESTS, ids=str)
def test_a_recording_that_is_as_quiet_everywhere_is_not_frozen(unrest: Unrest) -> None:
    quiet = window(200, lambda _: room(), noise=0)
    assert all(grow_still(quiet, core, unrest) is None for core in still_cores(quiet, unrest))


def test_a_known_frozen_picture_is_followed_to_both_ends() -> None:
    shown = window(200, lambda number: frozen_between(60, 140, number), noise=0)
    assert abs(quiet_before(shown, 100 * FRAME_NS) - 60 * FRAME_NS) <= 5 * FRAME_NS
    assert abs(quiet_after(shown, 100 * FRAME_NS) - 141 * FRAME_NS) <= 1 * FRAME_NS


@pytest.mark.parametrize("at", [0, 100, 199, 500])
def test_following_never_leaves_the_window_nor_shrinks_the_stretch(at: int) -> None:
    shown = window(200, noisy, noise=0)
    time_ns = at * FRAME_NS
    assert quiet_before(shown, time_ns) <= time_ns
    assert quiet_after(shown, time_ns) >= time_ns
