"""Sound: is there any, and where does it stop dead.

A microphone in a room always hears something (the noise floor of a phone lies near -70 dBFS); exact silence comes from
a missing track, a switched-off microphone or a muted stretch.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval, ns_to_s

LEVEL_STEP_NS: Final = 50 * NS_PER_MS
SILENT_DBFS: Final = -90.0
"""Below this a microphone cannot be: 16-bit sound's last bit lies at -90 dBFS."""
AUDIO_GAP_MIN_NS: Final = 2 * NS_PER_S


@dataclass(frozen=True, slots=True, eq=False)
class LevelSeries:
    """Loudness of the recording's sound over its time line, in steps of 50 ms from the first presented frame.

    Attributes:
        rms_dbfs: shape ``(N,)``, float32; ``-inf`` for exact silence, NaN only where the track holds no sound at all.
        is_present: shape ``(N,)``, bool; whether the track holds samples there.
    """

    rms_dbfs: NDArray[np.float32]
    is_present: NDArray[np.bool_]


def no_audio_finding(duration_ns: int, reason: str) -> Finding:
    """The whole recording is without sound.

    Args:
        duration_ns: its length.
        reason: ``no_track`` or ``silent_track``.
    """
    return Finding(
        FindingKind.NO_AUDIO,
        Interval(0, duration_ns),
        confidence=0.99,
        severity=Severity.WARNING,
        measured_from="audio",
        detail={"reason": reason},
    )


def find_silence(levels: LevelSeries, duration_ns: int) -> tuple[Finding, ...]:
    """``no_audio`` where the track is silent throughout, else ``audio_gap`` for each dead stretch."""
    dead = ~levels.is_present | (levels.rms_dbfs <= SILENT_DBFS)
    if dead.all():
        return (no_audio_finding(duration_ns, "silent_track"),)
    found: list[Finding] = []
    for start, end in runs(dead):
        hole = Interval(start * LEVEL_STEP_NS, min(end * LEVEL_STEP_NS, duration_ns))
        if hole.length_ns < AUDIO_GAP_MIN_NS:
            continue
        missing = float(np.mean(~levels.is_present[start:end]))
        found.append(
            Finding(
                FindingKind.AUDIO_GAP,
                hole,
                confidence=0.95,
                severity=Severity.WARNING,
                measured_from="audio",
                detail={"silent_s": ns_to_s(hole.length_ns), "share_without_samples": round(missing, 3)},
            )
        )
    return tuple(found)
