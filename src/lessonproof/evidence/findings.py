"""Findings: what an analysis noticed in a stretch of one recording.

A finding says what was measured, never what follows from it: rule packs map kinds to clauses, and a machine's finding
is 疑似 (suspected) until people have looked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from lessonproof.evidence.intervals import Interval

JsonValue = None | bool | int | float | str | Sequence["JsonValue"] | Mapping[str, "JsonValue"]


class FindingKind(StrEnum):
    """Every kind of finding, grouped as in the architecture page."""

    CUT = "cut"
    SPLICE = "splice"
    LOOP = "loop"
    FREEZE = "freeze"
    BLACK = "black"
    COVERED = "covered"
    REVERSED = "reversed"
    SPEED = "speed"
    GAP = "gap"
    DROPPED_FRAMES = "dropped_frames"
    SCENE_CHANGE = "scene_change"
    CAMERA_MOVED = "camera_moved"
    REUSE = "reuse"
    CLOCK_JUMP = "clock_jump"
    CLOCK_DRIFT = "clock_drift"
    CLOCK_FROZEN = "clock_frozen"
    WRONG_DATE = "wrong_date"
    NO_AUDIO = "no_audio"
    AUDIO_GAP = "audio_gap"
    AUDIO_BREAK = "audio_break"
    AV_DESYNC = "av_desync"
    REENCODED = "reencoded"
    CONTAINER_MISMATCH = "container_mismatch"
    CONCATENATED = "concatenated"
    EDIT_LIST = "edit_list"
    TRUNCATED = "truncated"
    UNREADABLE = "unreadable"
    MISSING_RECORDING = "missing_recording"
    SHORT_RECORDING = "short_recording"
    NO_ROLL_CALL = "no_roll_call"
    LOW_COUNT = "low_count"
    HIGH_COUNT = "high_count"
    NOBODY_PRESENT = "nobody_present"
    NO_TEACHER = "no_teacher"
    STATION_UNCOVERED = "station_uncovered"
    STATION_IDLE = "station_idle"
    PHOTO_DUPLICATE = "photo_duplicate"
    PHOTO_POOR = "photo_poor"


class Severity(StrEnum):
    """How loudly a finding is shown; it decides nothing."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


EDIT_KINDS: Final = frozenset(
    {
        FindingKind.CUT,
        FindingKind.SPLICE,
        FindingKind.LOOP,
        FindingKind.REUSE,
        FindingKind.SPEED,
        FindingKind.REVERSED,
        FindingKind.CLOCK_JUMP,
        FindingKind.AUDIO_BREAK,
    }
)
"""Kinds that suspect somebody's hand (疑似造假); a consequence needs two reviewers (open point Q12)."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in one stretch of one recording.

    Attributes:
        kind: what it is.
        interval: where, nanoseconds from the first presented frame.
        confidence: how sure the measurement is, ``0..1``: the share of such findings that were right on the benchmark's
            dev split (``docs/accuracy.md``).
        severity: how loudly to show it.
        measured_from: which measurement it rests on (``packets``, ``keyframes``, ``full_decode``, ``audio``, ...).
        detail: numbers behind it, JSON values, names with units.
        evidence: names of pictures that show it, relative to where the findings are written.
    """

    kind: FindingKind
    interval: Interval
    confidence: float
    severity: Severity
    measured_from: str
    detail: Mapping[str, JsonValue] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"confidence must lie in 0..1, got {self.confidence=}")
        if self.interval.start_ns < 0:
            raise ValueError(f"a finding cannot begin before the first frame, got {self.interval=}")

    def sort_key(self) -> tuple[int, int, str]:
        """Order of findings in every list: by time, then by kind."""
        return (self.interval.start_ns, self.interval.end_ns, self.kind.value)
