"""The sound track's times against the picture's."""

import pytest

from lessonproof.analysis.sound_sync import SoundTimes, desync_findings
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval

DURATION_NS = 60 * NS_PER_S


@pytest.mark.parametrize(
    "times",
    [
        pytest.param(SoundTimes(0, DURATION_NS, ()), id="together"),
        pytest.param(SoundTimes(-300 * NS_PER_MS, DURATION_NS, ()), id="a-recorder's-head-start"),
        pytest.param(SoundTimes(0, DURATION_NS, ((20 * NS_PER_S, 3 * NS_PER_S),)), id="a-hole-is-no-shift"),
        pytest.param(SoundTimes(0, DURATION_NS, ((20 * NS_PER_S, -60 * NS_PER_MS),)), id="rounding"),
    ],
)
def test_honest_times(times: SoundTimes) -> None:
    assert desync_findings(times, DURATION_NS) == ()


def test_sound_that_begins_long_before_the_picture() -> None:
    (finding,) = desync_findings(SoundTimes(-3 * NS_PER_S, DURATION_NS, ()), DURATION_NS)
    assert finding.kind is FindingKind.AV_DESYNC
    assert finding.detail == {"sound_before_picture_s": 3.0}


def test_sound_that_runs_back_over_itself() -> None:
    jumps = ((20 * NS_PER_S, -2 * NS_PER_S), (40 * NS_PER_S, -4 * NS_PER_S))
    first, second = desync_findings(SoundTimes(0, DURATION_NS, jumps), DURATION_NS)
    assert first.interval == Interval(20 * NS_PER_S, DURATION_NS)
    assert first.detail == {"sound_overlap_s": 2.0, "at_s": 20.0}
    assert 0.5 < first.confidence < second.confidence < 1.0
