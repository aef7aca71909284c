"""Cuts: found where everybody jumps at once, silent on all that honest rooms do."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from lessonproof.analysis.cuts import (
    LONE_BLOCKS,
    MIN_PULSES,
    Pulse,
    _lone_impulse,
    judge,
    measure_steps,
)
from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.window_sides import AFTER_MIN_NS, BEFORE_MIN_NS
from tests.analysis.scenes import (
    FRAME_NS,
    HEIGHT_PX,
    PEOPLE,
    WIDTH_PX,
    Picture,
    room,
    swaying,
    texture,
    window,
)

FRAMES = 80
AT = 40


def moved_people(number: int) -> Picture:
    """The same room after a jump cut: everybody sits some steps away."""
    offsets = ((9, 3), (-11, 2), (8, -5), (-9, 4), (12, -3), (-8, -4))
    places = [(left + dx, top + dy) for (left, top), (dx, dy) in zip(PEOPLE, offsets, strict=True)]
    sway = round(1.2 * np.sin(0.5 * number))
    return room([(left + sway, top) for left, top in places])


def jump_cut(number: int) -> Picture:
    return swaying(number) if number < AT else moved_people(number)


def scene_cut(number: int) -> Picture:
    return swaying(number) if number < AT else room(background_seed=55)


def jumps(decoded: FrameWindow, pulses: Sequence[Pulse] = ()) -> list[int]:
    """Frames behind a jump that is strong enough for a finding."""
    measured = measure_steps(decoded)
    known = [*measured.pulses, *pulses]
    judged = [(step, judge(step, known)) for step in measured.steps]
    times = decoded.time_ns.tolist()
    return [times.index(s.border.time_after_ns) for s, impulse in judged if impulse is not None and impulse >= s.needed]


@pytest.mark.parametrize("picture_at", [jump_cut, scene_cut])
@pytest.mark.parametrize("keys", [frozenset({0}), frozenset({0, AT}), frozenset({0, 20, 60})], ids=str)
def test_a_cut_is_found_once_and_where_it_is(picture_at: Callable[[int], Picture], keys: frozenset[int]) -> None:
    assert jumps(window(FRAMES, picture_at, keys=keys), pulses(swaying)) == [AT]


def pulses(picture_at: Callable[[int], Picture]) -> tuple[Pulse, ...]:
    """Steps into the random-access pictures of an honest stretch elsewhere in the recording, at other times."""
    measured = measure_steps(window(FRAMES, picture_at, keys=frozenset(range(0, FRAMES, 12))))
    return tuple(replace(pulse, time_ns=pulse.time_ns + 10**12) for pulse in measured.pulses)


def test_a_step_into_a_random_access_picture_is_told_only_where_others_are_known() -> None:
    decoded = window(FRAMES, jump_cut, keys=frozenset({0, AT}))
    known = pulses(swaying)
    assert jumps(decoded, known[: MIN_PULSES - 1]) == []
    assert jumps(decoded, known[:MIN_PULSES]) == [AT]


def test_a_cut_on_a_random_access_picture_shows_through_the_coder_s_pulse() -> None:
    def pulsing_cut(number: int) -> Picture:
        return np.asarray(jump_cut(number) + pulse_of(number), np.float32)

    keys = frozenset(range(4, FRAMES, 12))
    assert AT in keys
    honest = window(FRAMES, lambda number: np.asarray(swaying(number) + pulse_of(number), np.float32), keys=keys)
    assert jumps(honest) == []
    assert jumps(window(FRAMES, pulsing_cut, keys=keys)) == [AT]


def pulse_of(number: int) -> Picture:
    """What a coarse coder changes in every random-access picture: the texture comes back, everywhere by much."""
    return np.asarray(6.0 * (-1.0) ** ((number + 8) // 12) * (texture(900, cell_px=5) - 120) / 80, np.float32)


def test_a_room_coded_anew_under_somebody_who_walks_is_no_cut() -> None:
    """A recording coded twice: the first coder's random-access picture is a picture like any other now."""
    coarse = np.random.default_rng(4).normal(0.0, 8.0, (HEIGHT_PX // 4, WIDTH_PX // 4))
    lost = np.kron(coarse, np.ones((4, 4)))

    def coded_anew(number: int) -> Picture:
        walker = room([(60 + 4 * min(number, AT + 2), 20)], size_px=(150, 56))
        return np.asarray(walker + (lost if number < AT else 0.0), np.float32)

    assert jumps(window(FRAMES, coded_anew)) == []


def test_everybody_who_moves_by_little_at_once_is_a_cut_too() -> None:
    def small_jump(number: int) -> Picture:
        return room([(left + (2 if number >= AT else 0), top) for left, top in PEOPLE])

    assert jumps(window(FRAMES, small_jump)) == [AT]


def test_a_clock_whose_minute_turns_over_is_no_cut() -> None:
    def with_clock(number: int) -> Picture:
        picture = swaying(number)
        picture[4:20, 200:300] = texture(50 + number // 25, 16, 100, cell_px=4)
        return picture

    assert jumps(window(FRAMES, with_clock)) == []


def test_a_camera_that_repeated_its_last_picture_goes_on_with_a_jump_and_is_no_cut() -> None:
    """The recorder lost half a second and filled it up, so that everybody seems to jump."""

    def place(number: int) -> Picture:
        return room([(left + number % 9 - 4, top) for left, top in PEOPLE])

    stall = [min(number, AT - 8) if number < AT else number for number in range(FRAMES)]
    decoded = window(FRAMES, lambda number: place(stall[number]))
    repeated = decoded.equal_share.copy()
    repeated[AT - 7 : AT] = 1.0
    small = decoded.small.copy()
    small[AT - 7 : AT] = small[AT - 8]
    lost = replace(decoded, equal_share=repeated, small=small)
    assert AT not in jumps(lost)


@pytest.mark.parametrize(("repeats", "is_told"), [(1, True), (7, False)])
def test_another_scene_behind_one_repeated_picture_is_still_a_cut(repeats: int, is_told: bool) -> None:
    decoded = window(FRAMES, scene_cut)
    equal = decoded.equal_share.copy()
    equal[AT - repeats : AT] = 1.0
    assert (AT in jumps(replace(decoded, equal_share=equal))) is is_told


@pytest.mark.parametrize("at", [3, FRAMES - 3])
def test_a_jump_at_the_border_of_a_window_asks_for_what_is_missing(at: int) -> None:
    measured = measure_steps(window(FRAMES, lambda number: swaying(number) if number < at else moved_people(number)))
    (asked,) = measured.cut_off
    assert asked.start_ns <= max(0, at * FRAME_NS - BEFORE_MIN_NS)
    assert asked.end_ns > at * FRAME_NS + AFTER_MIN_NS
    assert measure_steps(window(FRAMES, swaying)).cut_off == ()


def with_a_passer(picture: Picture, number: int) -> Picture:
    """Somebody large goes past the lens all the while."""
    left = -40 + number
    passer = texture(300, HEIGHT_PX, 60, cell_px=11)
    x0, x1 = max(0, left), min(WIDTH_PX, left + 60)
    if x0 < x1:
        picture[HEIGHT_PX // 3 :, x0:x1] = passer[HEIGHT_PX // 3 :, x0 - left : x1 - left]
    return picture


def test_somebody_walking_all_the_while_hides_no_cut_and_is_none() -> None:
    honest = window(FRAMES, lambda number: with_a_passer(swaying(0), number))
    edited = window(FRAMES, lambda number: with_a_passer(swaying(0) if number < AT else moved_people(0), number))
    assert jumps(honest) == []
    assert jumps(edited) == [AT]


def test_two_cuts_are_two() -> None:
    def twice(number: int) -> Picture:
        return moved_people(number) if 30 <= number < 55 else swaying(number)

    assert jumps(window(FRAMES, twice)) == [30, 55]


def still_room(number: int) -> Picture:
    return swaying(0 * number)


def lights_off_and_on(number: int) -> Picture:
    gain = 0.35 if 30 <= number < 55 else 1.0
    return np.asarray(swaying(number) * gain + 12, np.float32)


def lights_that_blind(number: int) -> Picture:
    """The camera had got used to the dark: when the lamps come on, what is bright is white."""
    gain = 0.5 if number < 40 else 2.2 - 1.2 * float(np.clip((number - 40) / 12, 0, 1))
    return np.asarray(np.clip(swaying(number) * gain, 0, 255), np.float32)


def lights_on_slowly(number: int) -> Picture:
    gain = 0.4 + 0.6 * float(np.clip((number - 30) / 12, 0, 1))
    return np.asarray(swaying(number) * gain, np.float32)


def knock(number: int) -> Picture:
    """The camera is hit: the whole picture swings for half a second and comes to rest."""
    age = number - AT
    swing = 0.0 if age < 0 else 5.0 * np.exp(-age / 4.0) * np.cos(age * 1.3)
    shift = np.array([[1, 0, swing], [0, 1, 0.6 * swing]], np.float32)
    picture = swaying(number)
    moved = cv2.warpAffine(picture, shift, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, np.float32)


def walker_close(number: int) -> Picture:
    """Somebody large goes past the lens in a second and a half."""
    picture = swaying(number)
    left = -120 + (number - 15) * 11
    passer = texture(300, HEIGHT_PX, 110, cell_px=11)
    x0, x1 = max(0, left), min(WIDTH_PX, left + 110)
    if x0 < x1:
        picture[30:, x0:x1] = passer[30:, x0 - left : x1 - left]
    return picture


def keyframe_pulse(number: int) -> Picture:
    """Every random-access picture is coded afresh: the whole texture breathes by some levels."""
    picture = swaying(number)
    return np.asarray(picture + 2.5 * (texture(900 + number // 12) - 120) / 80, np.float32)


def flash(number: int) -> Picture:
    picture = swaying(number)
    return np.asarray(picture * 1.6 + 40 if number == AT else picture, np.float32)


def exposure_drift(number: int) -> Picture:
    return np.asarray(swaying(number) * (1.0 + 0.15 * np.sin(number / 12)), np.float32)


@pytest.mark.parametrize(
    ("picture_at", "keys"),
    [
        pytest.param(still_room, frozenset({0}), id="nothing-happens"),
        pytest.param(swaying, frozenset({0, 25, 50, 75}), id="people-sway"),
        pytest.param(lights_off_and_on, frozenset({0}), id="lights-off-and-on"),
        pytest.param(lights_on_slowly, frozenset({0}), id="tubes-come-on-slowly"),
        pytest.param(lights_that_blind, frozenset({0}), id="lamps-that-blind-the-camera"),
        pytest.param(knock, frozenset({0}), id="camera-knock"),
        pytest.param(walker_close, frozenset({0}), id="walker-close"),
        pytest.param(keyframe_pulse, frozenset(range(0, FRAMES, 12)), id="keyframe-pulse"),
        pytest.param(flash, frozenset({0}), id="camera-flash"),
        pytest.param(exposure_drift, frozenset({0}), id="exposure-drift"),
    ],
)
def test_an_honest_room_has_no_cut(picture_at: Callable[[int], Picture], keys: frozenset[int]) -> None:
    assert jumps(window(FRAMES, picture_at, keys=keys)) == []


def test_a_window_too_short_to_know_what_is_usual_says_nothing() -> None:
    measured = measure_steps(window(7, lambda number: swaying(0) if number < 4 else texture(3)))
    assert (measured.steps, measured.pulses) == ((), ())


@pytest.mark.parametrize("at", [3, FRAMES - 3])
def test_at_the_border_of_a_window_nothing_is_told(at: int) -> None:
    """Whether it is an impulse shows in the neighbours; there are none."""
    assert jumps(window(FRAMES, lambda number: swaying(number) if number < at else moved_people(number))) == []


@pytest.mark.parametrize(("lone", "expected"), [(LONE_BLOCKS - 1, False), (LONE_BLOCKS, True)])
def test_enough_blocks_that_move_at_one_step_alone_make_an_impulse(lone: int, expected: bool) -> None:
    change = np.zeros((9, 12, 20), np.float32)
    change[:, 11, :] = 0.6  # somebody who walks all the while
    change[4, 2, : 2 * lone : 2] = 0.5  # each in a place of its own
    assert (_lone_impulse(change[4], np.delete(change, 4, axis=0).max(axis=0)) > 0) is expected


def test_blocks_that_move_before_or_after_as_well_make_none() -> None:
    change = np.zeros((9, 12, 20), np.float32)
    change[3:6].reshape(3, -1)[:, :40] = 0.5
    assert _lone_impulse(change[4], np.delete(change, 4, axis=0).max(axis=0)) == 0.0


def test_one_place_that_moves_alone_is_somebody_who_starts_to_walk() -> None:
    change = np.zeros((12, 20), np.float32)
    change[4:8, 3:7] = 0.5
    near = np.zeros((12, 20), np.float32)
    assert _lone_impulse(change, near) == 0.0
    change[4:6, 12:14] = 0.5
    assert _lone_impulse(change, near) > 0.0
