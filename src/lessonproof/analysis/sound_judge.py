"""What the sound says: one scan's features in, findings, hints, replays, speed and reversal out. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.hints import Hint
from lessonproof.analysis.sound_breaks import find_breaks
from lessonproof.analysis.sound_continuity import SoundContinuity, sound_at
from lessonproof.analysis.sound_features import SoundFeatures
from lessonproof.analysis.sound_floor import FloorSteps
from lessonproof.analysis.sound_hum import HumTrack
from lessonproof.analysis.sound_levels import find_silence, no_audio_finding
from lessonproof.analysis.sound_replay import ReplayProof, SoundReplay, judge_replays
from lessonproof.analysis.sound_reversal import ReversedSound, reversed_stretches
from lessonproof.analysis.sound_speed import hum_speed
from lessonproof.analysis.sound_sync import SoundTimes, desync_findings
from lessonproof.analysis.speed import SpeedEvidence
from lessonproof.evidence.findings import Finding, FindingKind

__all__ = [
    "ReversedSound",
    "SoundReplay",
    "SoundScan",
    "SoundVerdict",
    "continuity_at",
    "judge_sound",
]

_HUM_WEIGHT: Final = 30.0
_HUM_SHARE: Final = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class SoundScan:
    """What one pass over the sound kept; some 3 MB an hour.

    Attributes:
        features: level, bands, fingerprints and so on.
        hum: the mains hum, followed through the recording.
        floor: the noise floor's steps.
        proofs: stretches that seemed to come back, compared sample by sample.
        times: how the sound track lies against the picture.
    """

    features: SoundFeatures
    hum: HumTrack
    floor: FloorSteps
    proofs: tuple[ReplayProof, ...]
    times: SoundTimes


@dataclass(frozen=True, slots=True)
class SoundVerdict:
    """What the sound says of a recording.

    Attributes:
        findings: ``no_audio``, ``audio_gap``, ``audio_break``, ``av_desync``.
        hints: instants where the picture should be looked at, some 30 an hour at most.
        replays: stretches heard again, evidence for ``loop``.
        speed: what the hum says of the speed, also where it is as recorded.
        reversed: stretches whose sound seems to run backwards.
        checked: kinds of finding whose absence means that there is none, as far as the sound can tell.
        unchecked: kinds that were looked for and could not be decided, with the reason's code: ``no_sound``,
            ``gated_sound`` (the recorder closes its microphone in pauses), ``no_hum``, ``hum_at_times``,
            ``track_times_only`` (only the tracks' times were compared).
    """

    findings: tuple[Finding, ...]
    hints: tuple[Hint, ...]
    replays: tuple[SoundReplay, ...]
    speed: tuple[SpeedEvidence, ...]
    reversed: tuple[ReversedSound, ...]
    checked: frozenset[FindingKind]
    unchecked: Mapping[str, str]


def _silent_verdict(duration_ns: int, reason: str) -> SoundVerdict:
    """The verdict where nothing can be heard.

    Args:
        duration_ns: the recording's length.
        reason: ``no_track``, ``undecodable_track`` or ``silent_track``.
    """
    unchecked = {FindingKind.AUDIO_BREAK.value: "no_sound", FindingKind.AV_DESYNC.value: "no_sound"}
    checked = frozenset({FindingKind.NO_AUDIO, FindingKind.AUDIO_GAP})
    return SoundVerdict((no_audio_finding(duration_ns, reason),), (), (), (), (), checked, unchecked)


def judge_sound(scan: SoundScan | None, duration_ns: int, *, has_track: bool) -> SoundVerdict:
    """Draw everything that the sound can tell from a scan.

    Args:
        scan: ``None`` where there is no sound or none of it can be decoded.
        duration_ns: the recording's length.
        has_track: whether the file has a sound track at all.
    """
    if scan is None:
        return _silent_verdict(duration_ns, "undecodable_track" if has_track else "no_track")
    silence = find_silence(scan.features.rms_dbfs, duration_ns)
    if silence.floor_dbfs is None:
        return _silent_verdict(duration_ns, "silent_track")
    breaks = find_breaks(scan.features, scan.hum, scan.floor, duration_ns)
    checked = {FindingKind.NO_AUDIO}
    unchecked: dict[str, str] = {}
    if silence.is_gated:
        unchecked[FindingKind.AUDIO_GAP.value] = "gated_sound"
    else:
        checked.add(FindingKind.AUDIO_GAP)
    hum_share = float(np.mean(scan.hum.weight >= _HUM_WEIGHT))
    if hum_share >= _HUM_SHARE:
        checked.add(FindingKind.AUDIO_BREAK)
    else:
        unchecked[FindingKind.AUDIO_BREAK.value] = "no_hum" if hum_share < _HUM_SHARE / 10 else "hum_at_times"
    # Tracks against each other are compared; lips and claps are not.
    unchecked[FindingKind.AV_DESYNC.value] = "track_times_only"
    return SoundVerdict(
        findings=(*silence.findings, *breaks.findings, *desync_findings(scan.times, duration_ns)),
        hints=breaks.hints,
        replays=judge_replays(scan.proofs),
        speed=hum_speed(scan.features, duration_ns),
        reversed=reversed_stretches(scan.features, scan.hum, duration_ns),
        checked=frozenset(checked),
        unchecked=unchecked,
    )


def continuity_at(scan: SoundScan, time_ns: int) -> SoundContinuity:
    """Whether the sound goes on through an instant at which the picture jumps."""
    return sound_at(scan.hum, scan.floor, time_ns)
