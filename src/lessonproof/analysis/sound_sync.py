"""The sound track's times against the picture's: a shift that a picture-only edit leaves behind.

Lips and claps are not compared: a classroom's camera is too far away. What can be measured is when the tracks begin
and whether the sound's own times jump.
"""

from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, Interval, ns_to_s

_START_MIN_NS: Final = NS_PER_S
"""Recorders begin both tracks within some 0.3 s; a cut by stream copy may leave most of a second."""
_JUMP_MIN_NS: Final = 200 * NS_PER_MS


@dataclass(frozen=True, slots=True)
class SoundTimes:
    """How the sound track lies on the recording's time line.

    Attributes:
        start_ns: when sound begins, from the first presented frame; negative where it begins earlier.
        end_ns: when it ends.
        jumps_ns: where the track's own times jump, and by how much; positive: time without sound, negative: sound
            that claims a time already filled.
    """

    start_ns: int
    end_ns: int
    jumps_ns: tuple[tuple[int, int], ...]


def desync_findings(times: SoundTimes, duration_ns: int) -> tuple[Finding, ...]:
    """``av_desync`` where sound begins far from the picture, or runs back over itself."""
    found: list[Finding] = []
    if times.start_ns < -_START_MIN_NS:
        found.append(_finding(Interval(0, duration_ns), {"sound_before_picture_s": -ns_to_s(times.start_ns)}))
    for at_ns, jump_ns in times.jumps_ns:
        if jump_ns <= -_JUMP_MIN_NS and 0 <= at_ns < duration_ns:
            detail = {"sound_overlap_s": -ns_to_s(jump_ns), "at_s": ns_to_s(at_ns)}
            found.append(_finding(Interval(at_ns, duration_ns), detail))
    return tuple(found)


def _finding(interval: Interval, detail: dict[str, float]) -> Finding:
    offset_s = max(detail.values()) if "at_s" not in detail else detail["sound_overlap_s"]
    return Finding(
        FindingKind.AV_DESYNC,
        interval,
        confidence=round(1.0 - 0.5 / (1.0 + offset_s), 4),
        severity=Severity.WARNING,
        measured_from="audio",
        detail=detail,
    )
