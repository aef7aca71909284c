"""Everything that the sound says, in one verdict."""

import numpy as np
import pytest

from lessonproof.analysis.sound_continuity import Continuity
from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_floor import floor_steps
from lessonproof.analysis.sound_hum import track_hum
from lessonproof.analysis.sound_judge import SoundScan, SoundVerdict, continuity_at, judge_sound
from lessonproof.analysis.sound_sync import SoundTimes
from lessonproof.evidence.findings import FindingKind as K
from lessonproof.evidence.intervals import NS_PER_S
from tests.analysis.sounds import Samples, features_of, hum, noise, talk


def scan_of(sound: Samples) -> SoundScan:
    features = features_of(sound)
    end_ns = len(sound) * NS_PER_S // RATE_HZ
    return SoundScan(features, track_hum(features), floor_steps(features), (), SoundTimes(0, end_ns, ()))


def judged(sound: Samples) -> SoundVerdict:
    return judge_sound(scan_of(sound), len(sound) * NS_PER_S // RATE_HZ, has_track=True)


def test_an_honest_room_with_hum_is_searched_and_clean() -> None:
    verdict = judged(noise(60) + talk(60) + hum(60))
    assert verdict.findings == ()
    assert verdict.checked == {K.NO_AUDIO, K.AUDIO_GAP, K.AUDIO_BREAK}
    assert verdict.unchecked == {"av_desync": "track_times_only"}


def test_without_hum_breaks_cannot_be_excluded() -> None:
    verdict = judged(noise(60) + talk(60))
    assert K.AUDIO_BREAK not in verdict.checked
    assert verdict.unchecked["audio_break"] == "no_hum"


@pytest.mark.parametrize(("has_track", "reason"), [(False, "no_track"), (True, "undecodable_track")])
def test_without_sound_nothing_else_is_claimed(has_track: bool, reason: str) -> None:
    verdict = judge_sound(None, 60 * NS_PER_S, has_track=has_track)
    (finding,) = verdict.findings
    assert (finding.kind, finding.detail) == (K.NO_AUDIO, {"reason": reason})
    assert verdict.unchecked == {"audio_break": "no_sound", "av_desync": "no_sound"}


def test_digital_silence_is_no_sound() -> None:
    (finding,) = judged(np.zeros(30 * RATE_HZ, np.float32)).findings
    assert finding.detail == {"reason": "silent_track"}


def test_a_cut_and_a_muted_stretch_are_told_together() -> None:
    room = noise(90) + talk(90) + hum(90)
    sound = np.concatenate([room[: 30 * RATE_HZ], room[round(37.0133 * RATE_HZ) :]])
    sound[60 * RATE_HZ : 64 * RATE_HZ] = 0.0
    kinds = [finding.kind for finding in judged(sound).findings]
    assert kinds == [K.AUDIO_GAP, K.AUDIO_BREAK]
    scan = scan_of(sound)
    assert continuity_at(scan, 30 * NS_PER_S).state is Continuity.BROKEN
    assert continuity_at(scan, 15 * NS_PER_S).state is Continuity.UNBROKEN
