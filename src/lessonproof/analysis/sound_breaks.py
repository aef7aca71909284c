"""Where the sound breaks: hum, noise floor and sudden falls put together; strong ones are findings, others hints.

An honest lesson has doors, claps, lamps whose hum comes and goes, automatic gain and machines that switch. So a
finding rests on the hum alone, where a shift in time explains every harmonic and the hum itself stays; what the floor
and a sudden fall say is a hint for the picture.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.sound_features import DROP_DB_STEP, DROP_LATE_NS, HUM_STEP_NS, LEVEL_STEP_NS, SoundFeatures
from lessonproof.analysis.sound_floor import FloorSteps
from lessonproof.analysis.sound_hum import HumTrack, local_maxima
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval

_FINDING_JUMP: Final = 45.0
_FINDING_LINES: Final = 2
_FINDING_AMPLITUDE_DB: Final = 3.0
_FINDING_MISFIT_SHARE: Final = 0.15
_OWN_JUMPS: Final = 8.0
"""A finding's jump against the largest one of a usual ten seconds of this recording."""
_OWN_WINDOW: Final = 100
_HINT_JUMP: Final = 12.0
_HINTS_PER_HOUR: Final = 30
_HINTS_LEAST: Final = 4
_MOST_TIMES: Final = 5
"""Likely breaks are told beyond the usual number: a recording that was cut often has many."""
_NEAR_NS: Final = 250 * NS_PER_MS
_HUM_REACH_NS: Final = 100 * NS_PER_MS
_SHARP_REACH_NS: Final = 30 * NS_PER_MS
_FALL_LEAST_DB: Final = 1.5
_FALL_CHANCE: Final = 0.85
_FALL_EVEN_DB: Final = 4.2
"""Fall beyond the 99th percentile at which a cut is as likely as not (measured on synthesised rooms)."""
_LIKELY: Final = 0.5
_LEAST_CHANCE: Final = 0.05
_DROP_REFERENCE_PERCENTILE: Final = 99.9


@dataclass(frozen=True, slots=True)
class Breaks:
    """What was found.

    Attributes:
        findings: ``audio_break``.
        hints: instants for the picture, in time order, some 30 an hour at most.
    """

    findings: tuple[Finding, ...]
    hints: tuple[Hint, ...]


def find_breaks(features: SoundFeatures, hum: HumTrack, floor: FloorSteps, duration_ns: int) -> Breaks:
    """Look for breaks all over a recording."""
    threshold = jump_threshold(hum)
    findings: list[Finding] = []
    scored: list[tuple[float, Interval]] = []
    for step in local_maxima(hum.jump).tolist():
        if not _is_shift(hum, step):
            continue
        within = _sharpened(features, _place_ns(hum, step), duration_ns)
        if hum.jump[step] >= threshold and hum.lines[step] >= _FINDING_LINES:
            findings.append(_finding(hum, floor, step, within, threshold))
        if hum.jump[step] >= _HINT_JUMP:
            scored.append((_chance_of_jump(float(hum.jump[step]), threshold), within))
    scored += _other_breaks(features, hum, duration_ns)
    scored += _falls(features, duration_ns)
    return Breaks(tuple(findings), _best_hints(scored, duration_ns))


def jump_threshold(hum: HumTrack) -> float:
    """Least jump for a finding: absolute, and well above what this recording's hum does by itself."""
    whole = len(hum.jump) // _OWN_WINDOW * _OWN_WINDOW
    usual = np.median(hum.jump[:whole].reshape(-1, _OWN_WINDOW).max(axis=1)) if whole else 0.0
    return max(_FINDING_JUMP, _OWN_JUMPS * float(usual))


def _is_shift(hum: HumTrack, step: int) -> bool:
    """Whether one shift in time explains the phases while the hum's amplitudes stay."""
    return bool(
        hum.misfit[step] <= max(3.0, _FINDING_MISFIT_SHARE * float(hum.jump[step]))
        and hum.amplitude_db[step] <= _FINDING_AMPLITUDE_DB
    )


def _finding(hum: HumTrack, floor: FloorSteps, step: int, within: Interval, threshold: float) -> Finding:
    jump = float(hum.jump[step])
    return Finding(
        FindingKind.AUDIO_BREAK,
        within,
        confidence=round(1.0 - 0.4 * threshold / (threshold + jump), 4),
        severity=Severity.WARNING,
        measured_from="audio",
        detail={
            "hum_log_likelihood": round(jump, 1),
            "hum_log_likelihood_needed": round(threshold, 1),
            "hum_misfit": round(float(hum.misfit[step]), 2),
            "hum_lines": int(hum.lines[step]),
            "hum_phase_shift_deg": round(float(np.degrees(hum.shift_rad[step])), 0),
            "hum_amplitude_change_db": round(float(hum.amplitude_db[step]), 2),
            "mains_hz": round(50.0 + float(hum.deviation_hz[step]), 3),
            "noise_floor_change_db": round(float(floor.change_db[min(step, len(floor.change_db) - 1)]), 1),
        },
    )


def _chance_of_jump(jump: float, threshold: float) -> float:
    return float(np.clip(0.1 + 0.85 * jump / (jump + 0.5 * threshold), 0.0, 0.95))


def _place_ns(hum: HumTrack, step: int) -> int:
    """When the hum changes, from how the steps around it are mixed."""
    return max(0, int((step + float(hum.late_steps[step])) * HUM_STEP_NS))


def _sharpened(features: SoundFeatures, around_ns: int, duration_ns: int) -> Interval:
    """Where within 100 ms of an instant the sound falls suddenly, if it does; else the instant with that reach."""
    first = max(0, (around_ns - _HUM_REACH_NS + DROP_LATE_NS) // LEVEL_STEP_NS)
    last = (around_ns + _HUM_REACH_NS + DROP_LATE_NS) // LEVEL_STEP_NS + 1
    nearby = features.drop[first:last]
    usual = np.percentile(features.drop, _DROP_REFERENCE_PERCENTILE)
    reach_ns, at_ns = _HUM_REACH_NS, around_ns
    if nearby.size and nearby.max() >= usual:
        reach_ns, at_ns = _SHARP_REACH_NS, _fall_ns(features, first + int(nearby.argmax()))
    start_ns = max(0, min(at_ns - reach_ns, duration_ns - 1))
    return Interval(start_ns, max(start_ns, min(at_ns + reach_ns, duration_ns)))


def _fall_ns(features: SoundFeatures, step: int) -> int:
    """When the steepest fall within a step lies."""
    return max(0, step * LEVEL_STEP_NS + int(features.drop_at[step]) * 10 * NS_PER_MS - DROP_LATE_NS)


def _other_breaks(features: SoundFeatures, hum: HumTrack, duration_ns: int) -> list[tuple[float, Interval]]:
    """Instants at which the hum becomes another one: switched lamps, another room, time that runs backwards."""
    found: list[tuple[float, Interval]] = []
    for step in local_maxima((hum.jump + hum.misfit).astype(np.float32)).tolist():
        both = float(hum.jump[step] + hum.misfit[step])
        if both >= _FINDING_JUMP and not _is_shift(hum, step):
            within = _sharpened(features, _place_ns(hum, step), duration_ns)
            found.append((float(np.clip(0.25 + 0.5 * both / (both + 400.0), 0, 0.7)), within))
    return found


def steep_falls(features: SoundFeatures) -> NDArray[np.int64]:
    """Instants at which the sound stops shorter than this room lets it: shape ``(N,)``, nanoseconds, in time order."""
    excess_db = _excess_db(features)
    steps = np.flatnonzero(excess_db >= _FALL_EVEN_DB)
    at_ns = np.array([_fall_ns(features, step) for step in steps.tolist()], np.int64)
    return at_ns[np.diff(at_ns, prepend=-NS_PER_S) > _NEAR_NS]


def _excess_db(features: SoundFeatures) -> NDArray[np.float32]:
    """How far each fall lies above the 99th percentile of this recording."""
    drop = features.drop.astype(np.float32) * DROP_DB_STEP
    return np.asarray(drop - (np.percentile(drop, 99.0) if drop.size else 0.0), np.float32)


def _falls(features: SoundFeatures, duration_ns: int) -> list[tuple[float, Interval]]:
    """The steepest falls: a room's reverberation lets no sound end at once."""
    excess_db = _excess_db(features)
    steps = np.flatnonzero(excess_db > _FALL_LEAST_DB)
    found: list[tuple[float, Interval]] = []
    for step in steps[np.argsort(-excess_db[steps], kind="stable")][: 4 * _most_hints(duration_ns)].tolist():
        at_ns = min(_fall_ns(features, step), duration_ns - 1)
        within = Interval(max(0, at_ns - _SHARP_REACH_NS), min(duration_ns, at_ns + _SHARP_REACH_NS))
        chance = _FALL_CHANCE / (1.0 + float(np.exp((_FALL_EVEN_DB - float(excess_db[step])) * 1.4)))
        found.append((chance, within))
    return found


def _most_hints(duration_ns: int) -> int:
    return max(_HINTS_LEAST, round(_HINTS_PER_HOUR * duration_ns / (3600 * NS_PER_S)))


def _best_hints(scored: Sequence[tuple[float, Interval]], duration_ns: int) -> tuple[Hint, ...]:
    """The likeliest ones, one for each instant."""
    kept: list[tuple[float, Interval]] = []
    most = _most_hints(duration_ns)
    for chance, within in sorted(scored, key=lambda item: (-item[0], item[1].start_ns)):
        if chance < _LEAST_CHANCE or (chance < _LIKELY and len(kept) >= most) or len(kept) >= _MOST_TIMES * most:
            break
        if all(abs(within.start_ns - other.start_ns) > _NEAR_NS for _, other in kept):
            kept.append((chance, within))
    kept.sort(key=lambda item: item[1].start_ns)
    return tuple(Hint(within, HintSource.SOUND, chance) for chance, within in kept)
