"""Silence of a microphone that cannot be silent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.sound import AUDIO_GAP_MIN_NS, LEVEL_STEP_NS, LevelSeries, find_silence
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval

STEPS = 400
DURATION_NS = STEPS * LEVEL_STEP_NS


def levels(dead: range = range(0), missing: range = range(0), *, room_dbfs: float = -60.0) -> LevelSeries:
    rms = np.full(STEPS, room_dbfs, np.float32)
    rms[list(dead)] = -np.inf
    rms[list(missing)] = np.nan
    is_present = np.ones(STEPS, np.bool_)
    is_present[list(missing)] = False
    return LevelSeries(rms, is_present)


@pytest.mark.parametrize("room_dbfs", [-20.0, -60.0, -85.0])
def test_a_quiet_room_is_not_silent(room_dbfs: float) -> None:
    assert find_silence(levels(room_dbfs=room_dbfs), DURATION_NS) == ()


@pytest.mark.parametrize(("dead", "missing"), [(range(STEPS), range(0)), (range(0), range(STEPS))])
def test_silence_throughout_is_no_audio(dead: range, missing: range) -> None:
    (finding,) = find_silence(levels(dead, missing), DURATION_NS)
    assert finding.kind is FindingKind.NO_AUDIO
    assert finding.interval == Interval(0, DURATION_NS)
    assert finding.detail == {"reason": "silent_track"}


@pytest.mark.parametrize(
    ("dead", "missing", "share"),
    [
        pytest.param(range(100, 160), range(0), 0.0, id="muted"),
        pytest.param(range(0), range(100, 160), 1.0, id="no-samples"),
        pytest.param(range(100, 130), range(130, 160), 0.5, id="half-and-half"),
    ],
)
def test_a_dead_stretch_is_an_audio_gap(dead: range, missing: range, share: float) -> None:
    (finding,) = find_silence(levels(dead, missing), DURATION_NS)
    assert finding.kind is FindingKind.AUDIO_GAP
    assert finding.interval == Interval(100 * LEVEL_STEP_NS, 160 * LEVEL_STEP_NS)
    assert finding.detail == {"silent_s": 3.0, "share_without_samples": share}


@given(st.lists(st.booleans(), min_size=1, max_size=300), st.integers(0, LEVEL_STEP_NS))
def test_gaps_are_long_enough_and_inside(dead: list[bool], short_of_ns: int) -> None:
    rms = np.where(np.array(dead), -np.inf, -50.0).astype(np.float32)
    duration_ns = len(dead) * LEVEL_STEP_NS - short_of_ns
    for finding in find_silence(LevelSeries(rms, np.ones(len(dead), np.bool_)), duration_ns):
        assert 0 <= finding.interval.start_ns <= finding.interval.end_ns <= duration_ns
        if finding.kind is FindingKind.AUDIO_GAP:
            assert finding.interval.length_ns >= AUDIO_GAP_MIN_NS
