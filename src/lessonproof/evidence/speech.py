"""Who spoke when at the beginning of a recording, as far as voices differ: turns with level, pitch and colour.

No words and no voice prints: three rounded numbers a turn, from which nobody can be recognised.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from lessonproof.evidence.intervals import NS_PER_MS, Interval

NO_SOUND: Final = "no_sound"
NO_DETECTOR: Final = "no_speech_detector"


@dataclass(frozen=True, slots=True)
class SpeechTurn:
    """A stretch in which somebody speaks without a pause.

    Attributes:
        start_ms: begin, milliseconds from the first presented frame.
        end_ms: end, likewise; > ``start_ms``.
        level_db: how loud its loud parts are, dB below full scale (<= 0, rounded to 0.1).
        pitch_hz: middle pitch of its voiced parts; ``None`` where no pitch could be told.
        colour_hz: where the middle of its spectrum lies: high for a near, bright voice, low for a muffled one.
    """

    start_ms: int
    end_ms: int
    level_db: float
    pitch_hz: int | None
    colour_hz: int

    def __post_init__(self) -> None:
        if not 0 <= self.start_ms < self.end_ms:
            raise ValueError(f"a turn has a length and lies behind the first frame, got {self}")

    @property
    def length_ms(self) -> int:
        """How long it is, > 0."""
        return self.end_ms - self.start_ms


@dataclass(frozen=True, slots=True)
class SpeechSurvey:
    """Speech of a recording's first minutes.

    Attributes:
        length_ms: how much of the beginning was listened to; 0 where nothing could be.
        turns: in time order, without overlap.
        silent: stretches without sound (missing or muted), half-open milliseconds, in time order.
        floor_db: level of what is heard between the turns, dB below full scale; ``None`` where nothing is.
        other_ms: how much sound is about as loud as the speech and yet taken for none.
        reason: why nothing was heard: ``no_sound`` or ``no_speech_detector``; ``None`` where it was listened to.
    """

    length_ms: int
    turns: tuple[SpeechTurn, ...] = ()
    silent: tuple[tuple[int, int], ...] = ()
    floor_db: float | None = None
    other_ms: int = 0
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.reason is None) == (self.length_ms == 0):
            raise ValueError("a survey either listened to some of the recording or says why it did not")

    def span(self) -> Interval:
        """What was listened to, on the recording's time line."""
        return Interval(0, self.length_ms * NS_PER_MS)


def survey_to_json(survey: SpeechSurvey) -> dict[str, Any]:
    """A survey as JSON values without loss."""
    return {
        "length_ms": survey.length_ms,
        "turns": [[t.start_ms, t.end_ms, t.level_db, t.pitch_hz, t.colour_hz] for t in survey.turns],
        "silent": [list(span) for span in survey.silent],
        "floor_db": survey.floor_db,
        "other_ms": survey.other_ms,
        "reason": survey.reason,
    }


def survey_from_json(value: Mapping[str, Any]) -> SpeechSurvey:
    """Read back what :func:`survey_to_json` wrote.

    Raises:
        KeyError: a field is missing.
    """
    return SpeechSurvey(
        length_ms=value["length_ms"],
        turns=tuple(SpeechTurn(*turn) for turn in value["turns"]),
        silent=tuple((start, end) for start, end in value["silent"]),
        floor_db=value["floor_db"],
        other_ms=value["other_ms"],
        reason=value["reason"],
    )
