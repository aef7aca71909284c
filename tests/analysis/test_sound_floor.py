"""The noise floor on both sides of an instant."""

import numpy as np

from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_floor import floor_steps
from tests.analysis.sounds import features_of, noise, talk


def test_another_room_is_a_step_and_talk_is_none() -> None:
    sound = noise(60) + talk(60)
    calm = floor_steps(features_of(sound))
    assert float(calm.change_db[100:500].max()) < 4
    sound[30 * RATE_HZ :] = noise(30, size=0.008, seed=7) + talk(30, seed=3)
    step = floor_steps(features_of(sound))
    assert abs(int(step.change_db.argmax()) - 300) <= 10
    assert float(step.change_db[300]) > 8
    assert float(step.up_db[300]) > 8
    assert float(step.down_db[300]) < 2


def test_blocks_of_a_long_recording_join_without_a_seam() -> None:
    steps = floor_steps(features_of(noise(70)))
    assert len(steps.change_db) == 700
    assert np.isfinite(steps.change_db).all()
