from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.speech_turns import colours, levels, pitches, runs, speech_spans, survey_turns
from lessonproof.models.speech_detector import SPEECH_FRAME_SAMPLES, SPEECH_RATE_HZ
from tests.analysis.vowels import babble

FRAME_MS = 32


def heard(*parts: tuple[int, float]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Probabilities: so many frames of each."""
    return np.concatenate([np.full(count, value, np.float32) for count, value in parts])


class TestSpans:
    def test_speech_begins_at_one_half_and_goes_on_below(self) -> None:
        assert speech_spans(heard((5, 0.1), (4, 0.6), (4, 0.4), (5, 0.1))) == [(5, 13)]
        assert speech_spans(heard((5, 0.1), (8, 0.4), (5, 0.1))) == []
        assert speech_spans(heard((5, 0.1), (4, 0.5), (5, 0.34))) == [(5, 9)]

    def test_what_is_too_short_is_no_turn(self) -> None:
        assert speech_spans(heard((5, 0.1), (2, 0.9), (5, 0.1))) == []
        assert speech_spans(heard((5, 0.1), (3, 0.9), (5, 0.1))) == [(5, 8)]

    def test_one_frame_is_bridged_and_two_are_a_pause(self) -> None:
        assert speech_spans(heard((4, 0.9), (1, 0.1), (4, 0.9))) == [(0, 9)]
        assert speech_spans(heard((4, 0.9), (2, 0.1), (4, 0.9))) == [(0, 4), (6, 10)]

    def test_silence_has_none(self) -> None:
        assert speech_spans(np.zeros(0, np.float32)) == []

    @given(st.lists(st.floats(0, 1, width=32), max_size=60))
    def test_spans_are_in_order_and_apart(self, values: list[float]) -> None:
        spans = speech_spans(np.array(values, np.float32))
        assert all(0 <= start < end <= len(values) for start, end in spans)
        assert all(one[1] < two[0] for one, two in pairwise(spans))

    def test_runs_reach_to_both_ends(self) -> None:
        assert runs(np.array([True, True, False, True])) == [(0, 2), (3, 4)]


class TestFeatures:
    @pytest.mark.parametrize("hz", [90, 130, 210, 330])
    def test_the_pitch_of_a_voice_is_told(self, hz: int) -> None:
        frames = framed(hz)
        found = pitches(frames, np.ones(len(frames), np.bool_))
        assert abs(float(np.nanmedian(found)) / hz - 1) < 0.08

    def test_noise_has_no_pitch(self) -> None:
        frames = np.random.default_rng(1).normal(0, 0.1, (60, SPEECH_FRAME_SAMPLES)).astype(np.float32)
        found = pitches(frames, np.ones(60, np.bool_))
        assert float(np.isnan(found).mean()) > 0.9

    def test_only_what_is_wanted_is_measured(self) -> None:
        frames = framed(150)
        wanted = np.zeros(len(frames), np.bool_)
        wanted[3] = True
        for found in (pitches(frames, wanted), colours(frames, wanted)):
            assert np.isfinite(found[3])
            assert np.isnan(np.delete(found, 3)).all()

    def test_a_bright_sound_has_a_higher_colour(self) -> None:
        t = np.arange(SPEECH_FRAME_SAMPLES) / SPEECH_RATE_HZ
        tones = np.stack([np.sin(2 * np.pi * hz * t) for hz in (400, 2000)]).astype(np.float32)
        low, high = colours(tones, np.ones(2, np.bool_)).tolist()
        assert abs(low - 400) < 60
        assert abs(high - 2000) < 60

    def test_levels_are_in_decibels_and_silence_is_a_number(self) -> None:
        frames = np.zeros((2, SPEECH_FRAME_SAMPLES), np.float32)
        frames[0] = 0.1
        assert levels(frames).tolist() == pytest.approx([-20.0, -120.0])


def framed(hz: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return babble(1.6, pitch_hz=hz)[: 48 * SPEECH_FRAME_SAMPLES].reshape(-1, SPEECH_FRAME_SAMPLES)


class TestSurvey:
    def test_two_voices_are_two_turns_with_their_own_numbers(self) -> None:
        quiet = np.random.default_rng(2).normal(0, 0.001, 20 * SPEECH_FRAME_SAMPLES).astype(np.float32)
        frames = 30
        one = babble(1, pitch_hz=120, level=0.1)[: frames * SPEECH_FRAME_SAMPLES]
        two = babble(1, pitch_hz=240, level=0.03, seed=2)[: frames * SPEECH_FRAME_SAMPLES]
        samples = np.concatenate([quiet, one, quiet, two, quiet])
        survey = survey_turns(samples, heard((20, 0), (frames, 1), (20, 0), (frames, 1), (20, 0)))
        first, second = survey.turns
        assert (first.start_ms, first.end_ms) == (20 * FRAME_MS, 50 * FRAME_MS)
        assert (second.start_ms, second.end_ms) == (70 * FRAME_MS, 100 * FRAME_MS)
        assert first.pitch_hz == pytest.approx(120, rel=0.08)
        assert second.pitch_hz == pytest.approx(240, rel=0.08)
        assert first.level_db - second.level_db == pytest.approx(10.5, abs=2)
        assert survey.floor_db == pytest.approx(-60, abs=1)
        assert survey.length_ms == samples.size * 1000 // SPEECH_RATE_HZ
        assert survey.silent == ()

    def test_muted_stretches_are_told_and_short_ones_are_pauses(self) -> None:
        room = np.random.default_rng(2).normal(0, 0.01, 40 * SPEECH_FRAME_SAMPLES).astype(np.float32)
        gone, pause = (np.zeros(count * SPEECH_FRAME_SAMPLES, np.float32) for count in (31, 30))
        samples = np.concatenate([room, gone, room, pause, room])
        survey = survey_turns(samples, np.zeros(181, np.float32))
        assert survey.silent == ((40 * FRAME_MS, 71 * FRAME_MS),)
        assert survey.turns == ()

    def test_loud_sound_that_is_no_speech_is_told_and_the_ring_of_a_room_is_not(self) -> None:
        rng = np.random.default_rng(2)
        room = rng.normal(0, 0.001, 200 * SPEECH_FRAME_SAMPLES).astype(np.float32)
        room[: 30 * SPEECH_FRAME_SAMPLES] += babble(1)[: 30 * SPEECH_FRAME_SAMPLES]
        room[30 * SPEECH_FRAME_SAMPLES : 36 * SPEECH_FRAME_SAMPLES] *= 100  # rings on
        room[60 * SPEECH_FRAME_SAMPLES : 100 * SPEECH_FRAME_SAMPLES] *= 100
        survey = survey_turns(room, heard((30, 1), (170, 0)))
        assert survey.other_ms == 40 * FRAME_MS
        assert survey_turns(room, heard((200, 0))).other_ms == 0

    def test_a_track_of_silence_is_silent_to_its_very_end(self) -> None:
        samples = np.zeros(SPEECH_RATE_HZ * 2 + 100, np.float32)
        survey = survey_turns(samples, np.zeros(63, np.float32))
        assert survey.silent == ((0, survey.length_ms),)
        assert survey.floor_db is None

    def test_what_does_not_fit_is_refused(self) -> None:
        with pytest.raises(ValueError, match="fit"):
            survey_turns(np.zeros(512, np.float32), np.zeros(2, np.float32))
        with pytest.raises(ValueError, match="fit"):
            survey_turns(np.zeros(0, np.float32), np.zeros(0, np.float32))
