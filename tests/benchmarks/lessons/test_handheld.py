from dataclasses import replace
from itertools import pairwise

import numpy as np

from benchmarks.lessons.handheld import Hand
from benchmarks.lessons.lens import Lens
from benchmarks.lessons.slides import ScreenLens
from benchmarks.lessons.spec import Filming, LessonSpec
from benchmarks.lessons.timeline import Effect

SPEC = LessonSpec(seed=5, duration_s=60.0, fps=10, size=(160, 96), people=2, clock=None)


def test_a_hand_sways_smoothly_and_a_tripod_does_not() -> None:
    hand, tripod = (Hand(replace(SPEC, filming=f)) for f in (Filming.HANDHELD, Filming.TRIPOD))
    steps = np.array([hand.offset_px(t / 100) for t in range(2000)])
    assert np.abs(steps).max() > 0.5
    assert np.abs(np.diff(steps, axis=0)).max() < 0.5
    assert tripod.offset_px(7.0) == (0.0, 0.0)


def test_the_focus_hunts_now_and_then_and_comes_back() -> None:
    hand = Hand(replace(SPEC, filming=Filming.TRIPOD))
    blur = np.array([hand.defocus(t / 20) for t in range(20 * 600)])
    assert blur.max() > 0.9
    assert 0.005 < (blur > 0).mean() < 0.05


def test_a_still_hand_shows_what_a_mounted_camera_shows() -> None:
    sharp = next(k for k in range(600) if Hand(replace(SPEC, filming=Filming.TRIPOD)).defocus(k / 10) == 0)
    fixed, tripod = (
        Lens(replace(SPEC, filming=f)).shoot(sharp, Effect.NONE, 0) for f in (Filming.FIXED, Filming.TRIPOD)
    )
    assert np.abs(fixed.astype(int) - tripod).max() <= 1


def test_a_screen_stands_still_to_the_bit_and_changes_at_once() -> None:
    screen = ScreenLens(replace(SPEC, filming=Filming.SCREEN))
    frames = [screen.shoot(k, Effect.NONE, 0)[:96].astype(int) for k in range(600)]
    changes = np.array([np.abs(b - a).mean() for a, b in pairwise(frames)])
    assert (changes == 0).mean() > 0.5
    assert changes.max() > 3
    again = ScreenLens(replace(SPEC, filming=Filming.SCREEN)).shoot(417, Effect.NONE, 0)
    assert np.array_equal(again[:96], frames[417])
