"""Sound: is there any, and where does it stop dead.

A microphone in a room always hears something (the noise floor of a phone lies near -70 dBFS); exact silence comes from
a missing track, a switched-off microphone or a muted stretch. Some editors mute with dither or comfort noise: far below
the room's own noise, and at once. A recorder that closes its microphone in every pause makes silence by itself; there
it says nothing.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.sound_features import LEVEL_STEP_NS
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval, ns_to_s

SILENT_DBFS: Final = -90.0
"""Below this a microphone cannot be: 16-bit sound's last bit lies at -90 dBFS."""
AUDIO_GAP_MIN_NS: Final = 2 * NS_PER_S
_COMFORT_DBFS: Final = -72.0
_COMFORT_BELOW_FLOOR_DB: Final = 15.0
_FLOOR_STEPS: Final = 20
_FLOOR_SHARE: Final = 25
_COMFORT_SPREAD_DB: Final = 4.0
_COMFORT_EDGE_DB: Final = 8.0
_EDGE_STEPS: Final = 3
_SPIKE_STEPS: Final = 3
_GATE_MIN_NS: Final = 200 * NS_PER_MS
_GATE_COUNT: Final = 10
_GATE_PER_S: Final = 1 / 60


@dataclass(frozen=True, slots=True)
class Silence:
    """Dead stretches.

    Attributes:
        findings: ``no_audio`` or ``audio_gap``.
        is_gated: whether the recorder closes its microphone by itself, so that silence says nothing.
        floor_dbfs: the room's own noise; ``None`` where all is silent.
    """

    findings: tuple[Finding, ...]
    is_gated: bool
    floor_dbfs: float | None


def no_audio_finding(duration_ns: int, reason: str) -> Finding:
    """The whole recording is without sound.

    Args:
        duration_ns: its length.
        reason: ``no_track``, ``undecodable_track`` or ``silent_track``.
    """
    return Finding(
        FindingKind.NO_AUDIO,
        Interval(0, duration_ns),
        confidence=0.99,
        severity=Severity.WARNING,
        measured_from="audio",
        detail={"reason": reason},
    )


def find_silence(rms_dbfs: NDArray[np.float16], duration_ns: int) -> Silence:
    """``no_audio`` where the track is silent throughout, else ``audio_gap`` for each dead stretch.

    Args:
        rms_dbfs: level in steps of 50 ms, shape ``(L,)``; ``-inf`` exact silence, NaN no samples at all.
        duration_ns: the recording's length.
    """
    level = rms_dbfs.astype(np.float32)
    is_missing = np.isnan(level)
    is_dead = is_missing | (np.nan_to_num(level, nan=-np.inf) <= SILENT_DBFS)
    if is_dead.all():
        return Silence((no_audio_finding(duration_ns, "silent_track"),), is_gated=False, floor_dbfs=None)
    floor_dbfs = _floor(level[~is_dead])
    threshold = min(_COMFORT_DBFS, floor_dbfs - _COMFORT_BELOW_FLOOR_DB)
    is_faint = np.nan_to_num(level, nan=-np.inf) <= threshold
    is_dead = _without_spikes(is_dead)
    is_quiet = is_dead.copy()
    for start, end in runs(is_dead | is_faint):
        is_quiet[start:end] |= _is_artificial(level, start, end)
    is_gated = _is_gated((is_dead | is_faint) & ~is_missing, duration_ns)
    found: list[Finding] = []
    for start, end in runs(is_missing if is_gated else is_quiet):
        hole = Interval(start * LEVEL_STEP_NS, min(end * LEVEL_STEP_NS, duration_ns))
        if hole.length_ns >= AUDIO_GAP_MIN_NS:
            found.append(_gap(hole, level[start:end], floor_dbfs))
    return Silence(tuple(found), is_gated, floor_dbfs)


def _floor(alive_dbfs: NDArray[np.float32]) -> float:
    """Level of the room's quiet seconds: the lower quartile of each second's quietest step."""
    whole = alive_dbfs[: max(1, len(alive_dbfs) // _FLOOR_STEPS) * _FLOOR_STEPS]
    quietest = whole.reshape(-1, min(_FLOOR_STEPS, len(whole))).min(axis=1)
    return float(np.percentile(quietest, _FLOOR_SHARE))


def _is_artificial(level: NDArray[np.float32], start: int, end: int) -> bool:
    """Whether a faint stretch is as even as no empty room, and begins and ends at once."""
    sounding = level[start:end][np.isfinite(level[start:end])]
    if sounding.size < _FLOOR_STEPS:
        return False
    low, high = np.percentile(sounding, [5, 95])
    before, after = level[max(0, start - _EDGE_STEPS) : start], level[end : end + _EDGE_STEPS]
    edges = [float(np.nanmax(side)) for side in (before, after) if np.isfinite(side).any()]
    return bool(
        high - low <= _COMFORT_SPREAD_DB and edges and min(edges) >= float(np.median(sounding)) + _COMFORT_EDGE_DB
    )


def _without_spikes(quiet: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """A coder's burst at the border of digital silence does not divide it."""
    closed = quiet.copy()
    for start, end in runs(~quiet):
        if end - start <= _SPIKE_STEPS and start > 0 and end < len(quiet):
            closed[start:end] = _reach(quiet, start, end) >= 2 * _FLOOR_STEPS
    return closed


def _reach(quiet: NDArray[np.bool_], start: int, end: int) -> int:
    """How many quiet steps lie within two seconds on both sides of a spike, counted without a break."""
    before = quiet[max(0, start - _FLOOR_STEPS) : start]
    after = quiet[end : end + _FLOOR_STEPS]
    return int(before.size * before.all() + after.size * after.all())


def _is_gated(quiet: NDArray[np.bool_], duration_ns: int) -> bool:
    """Whether sound breaks off again and again, all over the recording."""
    starts = np.array([start for start, end in runs(quiet) if (end - start) * LEVEL_STEP_NS >= _GATE_MIN_NS])
    if starts.size < max(_GATE_COUNT, _GATE_PER_S * duration_ns / NS_PER_S):
        return False
    quarters = np.unique(starts * 4 // len(quiet))
    return bool(quarters.size >= 3)


def _gap(hole: Interval, level: NDArray[np.float32], floor_dbfs: float) -> Finding:
    missing = np.isnan(level)
    sounding = level[~missing & np.isfinite(level)]
    exact = 1.0 - sounding.size / level.size
    below_db = min(60.0, floor_dbfs - float(np.median(sounding))) if sounding.size > level.size / 2 else 60.0
    length_s = ns_to_s(hole.length_ns)
    return Finding(
        FindingKind.AUDIO_GAP,
        hole,
        # Longer and deeper is surer; exact silence counts as 60 dB below the room.
        confidence=round(1.0 - 0.5 / (1.0 + length_s * below_db / 20.0), 4),
        severity=Severity.WARNING,
        measured_from="audio",
        detail={
            "silent_s": length_s,
            "share_without_samples": round(float(missing.mean()), 3),
            "share_exact_silence": round(exact, 3),
            "room_floor_dbfs": round(floor_dbfs, 1),
            "below_room_floor_db": round(below_db, 1),
        },
    )
