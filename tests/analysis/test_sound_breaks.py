"""Breaks in the sound: findings where the hum proves them, hints elsewhere, silence on an honest recording."""

import numpy as np
import pytest

from lessonproof.analysis.sound_breaks import find_breaks, jump_threshold
from lessonproof.analysis.sound_features import RATE_HZ
from lessonproof.analysis.sound_floor import floor_steps
from lessonproof.analysis.sound_hum import track_hum
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S
from tests.analysis.sounds import LINES, Samples, features_of, hum, noise, talk


def breaks(sound: Samples) -> tuple[list[float], list[tuple[float, float]]]:
    """Middles of the findings; middles and chances of the hints; seconds."""
    features = features_of(sound)
    duration_ns = len(sound) * NS_PER_S // RATE_HZ
    found = find_breaks(features, track_hum(features), floor_steps(features), duration_ns)
    assert all(finding.kind is FindingKind.AUDIO_BREAK for finding in found.findings)
    middles = [(f.interval.start_ns + f.interval.end_ns) / 2e9 for f in found.findings]
    return middles, [((h.within.start_ns + h.within.end_ns) / 2e9, h.chance) for h in found.hints]


def cut_take(removed_s: float = 7.2071, *, with_hum: bool = True) -> Samples:
    room = noise(80) + talk(80) + (hum(80) if with_hum else 0.0)
    return np.concatenate([room[: 40 * RATE_HZ], room[40 * RATE_HZ + round(removed_s * RATE_HZ) :]])


def test_a_cut_is_a_finding_in_its_place() -> None:
    (at_s,), hints = breaks(cut_take())
    assert at_s == pytest.approx(40.0, abs=0.05)
    assert max(hints, key=lambda hint: hint[1])[0] == pytest.approx(40.0, abs=0.05)


def test_an_honest_recording_has_no_finding() -> None:
    findings, hints = breaks(noise(80) + talk(80) + hum(80))
    assert findings == []
    assert all(chance < 0.5 for _, chance in hints)


def test_a_switched_lamp_is_no_finding() -> None:
    other = tuple((harmonic, size, phase + harmonic**2) for harmonic, size, phase in LINES)
    sound = noise(80) + hum(80)
    sound[40 * RATE_HZ :] += hum(40, start_s=40, lines=other)
    assert breaks(sound)[0] == []


def test_a_machine_that_is_switched_on_is_no_finding() -> None:
    sound = noise(80) + hum(80)
    sound[40 * RATE_HZ :] += noise(40, seed=5, size=0.01)
    assert breaks(sound)[0] == []


def test_without_hum_there_are_only_hints() -> None:
    findings, hints = breaks(cut_take(with_hum=False))
    assert findings == []
    assert len(hints) <= 4


def test_a_stronger_jump_is_more_sure() -> None:
    def confidence(lines: tuple[tuple[int, float, float], ...]) -> float:
        room = noise(80, size=0.004) + hum(80, lines=lines)
        features = features_of(np.concatenate([room[: 40 * RATE_HZ], room[round(43.0137 * RATE_HZ) :]]))
        (finding,) = find_breaks(features, track_hum(features), floor_steps(features), 80 * NS_PER_S).findings
        assert finding.interval.length_ns <= 200 * NS_PER_MS
        return finding.confidence

    faint = tuple((harmonic, size / 4, phase) for harmonic, size, phase in LINES)
    assert 0.5 < confidence(faint) < confidence(LINES) < 1.0


def test_a_restless_hum_needs_more() -> None:
    rng = np.random.default_rng(3)
    turns = np.repeat(np.cumsum(rng.normal(0, 0.35, 400)), RATE_HZ // 5)
    t = np.arange(80 * RATE_HZ) / RATE_HZ
    restless = sum(size * np.sin(h * (2 * np.pi * 50 * t + turns)) for h, size, _ in LINES)
    features = features_of((restless + noise(80)).astype(np.float32))
    assert jump_threshold(track_hum(features)) > 2 * jump_threshold(track_hum(features_of(hum(80) + noise(80))))
