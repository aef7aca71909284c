"""Black and frozen stretches in windows that are decoded in full."""

import numpy as np
import pytest

from lessonproof.analysis.black import BLACK_BRIGHT_LEVELS, black_between_keyframes, black_in_window, is_black
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.stills import judge_still
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.scenes import FRAME_NS, Picture, room, swaying, window


def noisy(number: int) -> Picture:
    """A living picture; the noise comes with it, so that a stretch without any can be built."""
    rng = np.random.default_rng(number)
    picture = swaying(number)
    return np.asarray(np.round(picture + rng.normal(0, 2.0, picture.shape)), np.float32)


def frozen_between(first: int, last: int, number: int) -> Picture:
    return noisy(first if first <= number <= last else number)


def with_clock(picture: Picture, number: int) -> Picture:
    """A digit in the corner that changes once a second."""
    ticking = picture.copy()
    ticking[4:16, 4:16] = 20.0 if (number // 25) % 2 else 230.0
    return ticking


def facts(number: int, *, dark: bool = False) -> KeyframeFacts:
    return KeyframeFacts(
        time_ns=number * 2 * NS_PER_S,
        mean_luma=17.0 if dark else 100.0,
        spread_luma=1.0 if dark else 40.0,
        bright_luma=20.0 if dark else 200.0,
        sharpness=0.5 if dark else 4.0,
        change_levels=None,
        still_share=None,
        equal_share=None,
        moved_blocks=None,
    )


def frames_at(first: int, last: int) -> Interval:
    return Interval(first * FRAME_NS, last * FRAME_NS)


@pytest.mark.parametrize(
    ("bright", "spread", "black"),
    [
        pytest.param(17.0, 0.3, True, id="black"),
        pytest.param(BLACK_BRIGHT_LEVELS + 26, 3.0, False, id="a-dark-room-with-a-lamp"),
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


def test_black_in_a_window_ends_with_the_first_frame_behind() -> None:
    black = np.full((192, 320), 16, np.float32)
    shown = window(60, lambda number: black if 20 <= number < 45 else swaying(number), noise=0.4)
    assert black_in_window(shown) == (frames_at(20, 45),)


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param(frozenset({0}), id="one-group-of-pictures"),
        pytest.param(frozenset({0, 110, 220}), id="frozen-from-a-keyframe-on"),
        pytest.param(frozenset(range(0, 300, 25)), id="a-keyframe-each-second"),
        pytest.param(frozenset(range(300)), id="keyframes-only"),
    ],
)
def test_a_frozen_stretch_is_found_to_the_frame_or_nearly_so(keys: frozenset[int]) -> None:
    shown = window(300, lambda number: frozen_between(110, 180, number), keys=keys, noise=0)
    found = judge_still(shown, frames_at(120, 178))
    assert found is not None
    assert abs(found.interval.start_ns - 110 * FRAME_NS) <= 3 * FRAME_NS
    assert abs(found.interval.end_ns - 181 * FRAME_NS) <= 3 * FRAME_NS
    assert found.inside_share == 0
    assert found.live_share > 0.004
    assert found.changing_box is None


def test_the_core_may_be_rough() -> None:
    shown = window(300, lambda number: frozen_between(110, 180, number), noise=0)
    whole, inner, short = (judge_still(shown, frames_at(a, b)) for a, b in ((112, 184), (140, 170), (130, 142)))
    assert whole is not None
    assert inner is not None
    assert short is not None
    assert whole.interval == inner.interval == short.interval


def test_a_clock_that_runs_on_is_left_out_and_told() -> None:
    shown = window(300, lambda number: with_clock(frozen_between(110, 180, number), number), noise=0)
    found = judge_still(shown, frames_at(120, 178))
    assert found is not None
    assert abs(found.interval.start_ns - 110 * FRAME_NS) <= 3 * FRAME_NS
    assert abs(found.interval.end_ns - 181 * FRAME_NS) <= 3 * FRAME_NS
    assert found.changing_box is not None
    left, top, right, bottom = found.changing_box
    assert (left, top) == (0, 0)
    assert right < 0.35
    assert bottom < 0.2


@pytest.mark.parametrize("core", [frames_at(120, 178), frames_at(0, 300)])
def test_a_living_picture_is_not_frozen(core: Interval) -> None:
    assert judge_still(window(300, noisy, noise=0), core) is None


def test_a_recording_that_is_as_quiet_everywhere_is_not_frozen() -> None:
    assert judge_still(window(300, lambda _: room(), noise=0), frames_at(120, 180)) is None
    assert judge_still(window(300, lambda _: room(), noise=1.0), frames_at(120, 180)) is None


def test_a_covered_lens_is_not_frozen() -> None:
    flat = np.full((192, 320), 60, np.float32)
    flat[:20, :40] = 75.0
    shown = window(300, lambda number: flat if 110 <= number <= 180 else noisy(number), noise=0)
    assert judge_still(shown, frames_at(112, 178)) is None


def test_a_stretch_that_fills_the_window_on_one_side_says_so() -> None:
    shown = window(300, lambda number: frozen_between(0, 100, number), noise=0)
    found = judge_still(shown, frames_at(0, 90))
    assert found is not None
    assert found.open_start
    assert not found.open_end
    assert abs(found.interval.end_ns - 101 * FRAME_NS) <= 3 * FRAME_NS


def test_a_window_without_frames_in_the_core_says_nothing() -> None:
    assert judge_still(window(60, noisy, noise=0), frames_at(200, 260)) is None
