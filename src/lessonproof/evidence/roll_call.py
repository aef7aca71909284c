"""Whether names were called at the beginning of a lesson (课前点名), as far as its sound tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from lessonproof.evidence.intervals import Interval


class RollCallState(StrEnum):
    """What the sound says."""

    FOUND = "found"
    NOT_FOUND = "not_found"
    UNCERTAIN = "uncertain"


NO_SURVEY: Final = "speech_not_surveyed"
SOUND_MISSING: Final = "sound_missing_at_start"
NO_SPEECH: Final = "no_speech_at_start"
OTHER_SOUND: Final = "other_sound_at_start"
IN_NOISE: Final = "speech_in_noise"
SHORT_TURNS: Final = "short_turns_at_start"
NO_LECTURE: Final = "no_lecture_at_start"
START_NOT_DECLARED: Final = "start_not_declared"
BEGINS_LATE: Final = "recording_begins_late"
NOT_COVERED: Final = "start_not_covered"
CALLED_ELSEWHERE: Final = "called_at_another_time"


@dataclass(frozen=True, slots=True)
class RollCall:
    """What was found at the beginning of one recording.

    Attributes:
        state: found, not found, or uncertain.
        interval: where names are called, or seem to be; where nothing does, what was listened to; ``None`` where
            nothing could be listened to. Nanoseconds from the first presented frame.
        pairs: calls with an answer in it.
        confidence: how sure the state is, 0..1; 0 where it is uncertain.
        reason: reason code where it is uncertain, else ``None``.
    """

    state: RollCallState
    interval: Interval | None
    pairs: int
    confidence: float
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.state is RollCallState.UNCERTAIN) != (self.reason is not None):
            raise ValueError("what is uncertain has a reason, and nothing else has one")
        if self.interval is None and self.state is not RollCallState.UNCERTAIN:
            raise ValueError("found or not found, it is somewhere")
        if not 0.0 <= self.confidence <= 1.0 or self.pairs < 0:
            raise ValueError(f"confidence lies in 0..1 and pairs are counted, got {self}")


def uncertain(reason: str, interval: Interval | None = None, pairs: int = 0) -> RollCall:
    """Nothing can be said, and why."""
    return RollCall(RollCallState.UNCERTAIN, interval, pairs, 0.0, reason)


def roll_call_to_json(found: RollCall) -> dict[str, Any]:
    """As JSON values without loss."""
    return {
        "state": found.state.value,
        "start_ns": None if found.interval is None else found.interval.start_ns,
        "end_ns": None if found.interval is None else found.interval.end_ns,
        "pairs": found.pairs,
        "confidence": found.confidence,
        "reason": found.reason,
    }


def roll_call_from_json(value: Mapping[str, Any]) -> RollCall:
    """Read back what :func:`roll_call_to_json` wrote.

    Raises:
        KeyError: a field is missing.
        ValueError: an unknown state.
    """
    start_ns = value["start_ns"]
    return RollCall(
        state=RollCallState(value["state"]),
        interval=None if start_ns is None else Interval(start_ns, value["end_ns"]),
        pairs=value["pairs"],
        confidence=value["confidence"],
        reason=value["reason"],
    )


def roll_call_for_people(found: RollCall) -> dict[str, Any]:
    """For ``findings.json``: the same in seconds."""
    return {
        "state": found.state.value,
        "start_s": None if found.interval is None else found.interval.start_s,
        "end_s": None if found.interval is None else found.interval.end_s,
        "pairs": found.pairs,
        "confidence": round(found.confidence, 3),
        "reason": found.reason,
    }
