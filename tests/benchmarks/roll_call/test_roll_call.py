"""The benchmark's own parts; scenes with voices are skipped where the synthesiser is not installed."""

import numpy as np
import pytest

from benchmarks.roll_call import scripts
from benchmarks.roll_call.room import Room, coloured_noise, placed
from benchmarks.roll_call.scenes import (
    KINDS,
    LENGTH_S,
    ROLL_CALLS,
    TEST_SEEDS_FROM,
    Stage,
    call_names,
    scene,
    teacher_of,
)
from benchmarks.roll_call.scoring import Score, table
from benchmarks.roll_call.voices import (
    DEV_TIMBRES,
    PROGRAM,
    RATE_HZ,
    TEST_TIMBRES,
    Voice,
    is_installed,
    resampled,
    spoken,
)
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.roll_call import NO_SPEECH, RollCall, RollCallState, uncertain

needs_voices = pytest.mark.skipif(not is_installed(), reason=f"{PROGRAM} is not installed")


def test_held_out_voices_are_others() -> None:
    assert not set(DEV_TIMBRES) & set(TEST_TIMBRES)


def test_a_tone_keeps_its_height_at_another_rate() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(22_050) / 22_050)
    changed = resampled(tone, 22_050)
    assert changed.size == RATE_HZ
    assert int(np.argmax(np.abs(np.fft.rfft(changed)))) == 440
    assert float(np.abs(changed[1000:-1000]).max()) == pytest.approx(1, abs=0.02)


def test_a_room_puts_sounds_in_their_place() -> None:
    room = Room(seed=1, decay_s=0.3, noise_db=-70, gain_db=0)
    click = np.full(160, 0.3, np.float32)
    near, far = (placed(room, [(1.0, 0.0, direct_db, click)], 3.0) for direct_db in (20.0, -10.0))
    assert near.shape == (3 * RATE_HZ,)
    assert int(np.argmax(np.abs(near))) in range(RATE_HZ, RATE_HZ + 200)
    tail = slice(RATE_HZ + 800, RATE_HZ + 3000)
    assert float(np.abs(far[tail]).mean()) > 5 * float(np.abs(near[tail]).mean())
    assert np.array_equal(near, placed(room, [(1.0, 0.0, 20.0, click)], 3.0))


def test_noise_has_its_level() -> None:
    noise = coloured_noise(np.random.default_rng(1), RATE_HZ)
    assert float(np.sqrt(np.mean(noise**2))) == pytest.approx(1)


def test_names_are_made_up() -> None:
    some = scripts.names(np.random.default_rng(3), 20)
    assert len(some) == 20
    assert all(2 <= len(name) <= 3 for name in some)


def test_the_table_counts_what_matters() -> None:
    span = Interval(0, 10**9)
    found = RollCall(RollCallState.FOUND, span, 8, 0.8)
    missed = RollCall(RollCallState.NOT_FOUND, span, 0, 0.5)
    shown = table(
        [
            Score("roll_call", 1, found, True, 9, 1.0),
            Score("roll_call", 2, missed, None, 9, 1.0),
            Score("lecture", 1, found, False, 0, 1.0),
            Score("lecture", 2, uncertain(NO_SPEECH), None, 0, 2.0),
        ]
    )
    assert "| `roll_call` | 2 | 1 | 1 | 0 |" in shown
    assert "| `lecture` | 2 | 1 | 0 | 1 |" in shown
    assert "Found though there is none: 1 of 2." in shown
    assert "Not found though there is one: 1 of 2." in shown
    assert "Found in its true place: 1 of 1." in shown
    assert "1.25 s for each scene" in shown


def test_a_silent_scene_is_a_room_without_anybody() -> None:
    quiet = scene("empty_room", 1)
    assert quiet.samples.size == round(LENGTH_S * RATE_HZ)
    assert quiet.roll_call_s is None
    assert 0 < float(np.abs(quiet.samples).max()) < 0.2


@needs_voices
def test_voices_differ_and_a_name_is_answered() -> None:
    high, low = (spoken(Voice("f1", pitch, 170), "到") for pitch in (80, 20))
    assert not np.array_equal(high[:1000], low[:1000])
    stage = Stage(np.random.default_rng(1), DEV_TIMBRES)
    answered = call_names(stage, teacher_of(stage))
    assert 5 <= answered <= 28
    assert len(stage.sounds) >= 2 * answered


def test_every_kind_is_known() -> None:
    assert set(ROLL_CALLS) < set(KINDS)
    assert TEST_SEEDS_FROM > 100
