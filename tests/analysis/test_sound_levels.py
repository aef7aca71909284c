"""Silence of a microphone that cannot be silent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import LEVEL_STEP_NS
from lessonproof.analysis.sound_levels import AUDIO_GAP_MIN_NS, find_silence
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval

STEPS = 400
DURATION_NS = STEPS * LEVEL_STEP_NS
DEAD = float("-inf")


def levels(dead: range = range(0), missing: range = range(0), *, room_dbfs: float = -60.0) -> NDArray[np.float16]:
    rms = np.full(STEPS, room_dbfs, np.float16)
    rms[list(dead)] = DEAD
    rms[list(missing)] = np.nan
    return rms


@pytest.mark.parametrize("room_dbfs", [-20.0, -60.0, -85.0])
def test_a_quiet_room_is_not_silent(room_dbfs: float) -> None:
    assert find_silence(levels(room_dbfs=room_dbfs), DURATION_NS).findings == ()


@pytest.mark.parametrize(("dead", "missing"), [(range(STEPS), range(0)), (range(0), range(STEPS))])
def test_silence_throughout_is_no_audio(dead: range, missing: range) -> None:
    silence = find_silence(levels(dead, missing), DURATION_NS)
    (finding,) = silence.findings
    assert finding.kind is FindingKind.NO_AUDIO
    assert finding.interval == Interval(0, DURATION_NS)
    assert finding.detail == {"reason": "silent_track"}
    assert silence.floor_dbfs is None


@pytest.mark.parametrize(
    ("dead", "missing", "share"),
    [
        pytest.param(range(100, 160), range(0), 0.0, id="muted"),
        pytest.param(range(0), range(100, 160), 1.0, id="no-samples"),
        pytest.param(range(100, 130), range(130, 160), 0.5, id="half-and-half"),
    ],
)
def test_a_dead_stretch_is_an_audio_gap(dead: range, missing: range, share: float) -> None:
    (finding,) = find_silence(levels(dead, missing), DURATION_NS).findings
    assert finding.kind is FindingKind.AUDIO_GAP
    assert finding.interval == Interval(100 * LEVEL_STEP_NS, 160 * LEVEL_STEP_NS)
    assert finding.detail["silent_s"] == 3.0
    assert finding.detail["share_without_samples"] == share


def test_a_track_that_ends_early_leaves_a_gap() -> None:
    (finding,) = find_silence(levels(missing=range(340, STEPS)), DURATION_NS).findings
    assert finding.interval == Interval(340 * LEVEL_STEP_NS, DURATION_NS)


@pytest.mark.parametrize(("dbfs", "told"), [(-80.0, True), (-62.0, False)])
def test_comfort_noise_lies_far_below_the_room(dbfs: float, told: bool) -> None:
    rms = levels(room_dbfs=-50.0)
    rms[100:160] = dbfs
    findings = find_silence(rms, DURATION_NS).findings
    assert bool(findings) is told


def test_a_click_does_not_divide_a_muted_stretch() -> None:
    rms = levels(range(100, 200))
    rms[150] = -70.0
    (finding,) = find_silence(rms, DURATION_NS).findings
    assert finding.interval == Interval(100 * LEVEL_STEP_NS, 200 * LEVEL_STEP_NS)


def test_a_recorder_that_closes_its_microphone_in_pauses_says_nothing_by_silence() -> None:
    rms = np.full(4000, -30.0, np.float16)
    for start in range(0, 4000, 100):
        rms[start : start + 45] = DEAD
    silence = find_silence(rms, 4000 * LEVEL_STEP_NS)
    assert silence.is_gated
    assert silence.findings == ()
    rms[2000:2060] = np.nan
    assert [f.kind for f in find_silence(rms, 4000 * LEVEL_STEP_NS).findings] == [FindingKind.AUDIO_GAP]


@given(st.lists(st.booleans(), min_size=1, max_size=300), st.integers(0, LEVEL_STEP_NS))
def test_gaps_are_long_enough_and_inside(dead: list[bool], short_of_ns: int) -> None:
    rms = np.where(np.array(dead), DEAD, -50.0).astype(np.float16)
    duration_ns = len(dead) * LEVEL_STEP_NS - short_of_ns
    for finding in find_silence(rms, duration_ns).findings:
        assert 0 <= finding.interval.start_ns <= finding.interval.end_ns <= duration_ns
        if finding.kind is FindingKind.AUDIO_GAP:
            assert finding.interval.length_ns >= AUDIO_GAP_MIN_NS
