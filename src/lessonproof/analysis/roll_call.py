"""Calling names at the beginning of a lesson, told from the turns of its speech alone. Pure.

A roll call is a run of short turns in which one voice and level comes again and again (the caller) and each of its
turns is followed by a still shorter one of somebody else (到), another one each time. A lecture has one voice and long
turns; questions and answers have long turns too; a chorus answers with the same voice each time.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.intervals import NS_PER_MS, Interval
from lessonproof.evidence.roll_call import (
    BEGINS_LATE,
    CALLED_ELSEWHERE,
    IN_NOISE,
    NO_LECTURE,
    NO_SPEECH,
    NO_SURVEY,
    NOT_COVERED,
    OTHER_SOUND,
    SHORT_TURNS,
    SOUND_MISSING,
    START_NOT_DECLARED,
    RollCall,
    RollCallState,
    uncertain,
)
from lessonproof.evidence.speech import SpeechSurvey, SpeechTurn

MOST_BEFORE_MS: Final = 15 * 60_000
MOST_AFTER_MS: Final = 10 * 60_000
"""A roll call counts from so long before the scheduled start until so long after it (lessons begin late)."""
FEWEST_PAIRS: Final = 6
"""Fewer calls and answers in a row happen in any conversation."""
_WEAK_PAIRS: Final = 3
_FOUND_SHARE: Final = 0.7
_WEAK_SHARE: Final = 0.5
_LONGEST_CALL_MS: Final = 2_500
_LONGEST_ANSWER_MS: Final = 1_200
_LONGEST_WAIT_MS: Final = 3_000
"""From the end of a call to its answer."""
_LONGEST_GAP_MS: Final = 8_000
_LEVEL_DB, _PITCH_SEMITONES, _COLOUR_SEMITONES = 3.5, 4.5, 5.0
"""How much one voice differs from turn to turn; distances are counted in these."""
_OCTAVE_SEMITONES: Final = 2.0
"""A pitch may be read an octave off: that far at most lies the same voice then."""
_FARTHEST: Final = 3.0
"""No one feature speaks louder than so many of its units."""
_SAME_VOICE: Final = 1.4
_FEWEST_KINDS: Final = 1.1
"""Answers of one voice lie nearer to each other than this."""
_CONTRAST: Final = 1.4
"""Answers differ from each other so many times as much as calls do: there the voice changes, here it does not."""
_STEADY: Final = 1.2
"""Calls lie no farther apart than this: picked from people who count off, they do."""
_BRIEF: Final = 0.75
"""到 is shorter than a name; repeated words and numbers are as long as what went before."""
_STRONG_CALL_DB: Final = -12.0
"""A caller is no more than so much weaker than the answers' median: who calls stands near or speaks up."""
_SHORT_RUN: Final = 6
"""So many short turns in a row may be names without audible answers, or people who count off."""
_LECTURE_TURN_MS: Final = 2_500
_LEAST_LECTURE_MS: Final = 60_000
_ONE_VOICE: Final = 0.8
"""Share of the long turns that one voice has in a lecture."""
_CLEAR_DB: Final = 15.0
"""A teacher so far above the room's noise lets one hear answers as well."""
_MOST_OTHER_MS: Final = 3_000
"""Loud sound that is taken for no speech; more of it may be calls that were not recognised as such."""
_MOST_SILENT: Final = 0.1
_NOT_FOUND_CONFIDENCE: Final = 0.5
"""Names may be called in ways that the sound does not tell (read in one breath, answered by raised hands)."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A run of short turns, seen as calls and answers.

    Attributes:
        start_ms: begin of its first call.
        end_ms: end of its last answer.
        pairs: calls with an answer directly behind them.
        share: how much of the run these explain, 0..1.
        variety: how far apart the voices of successive answers lie, in a voice's own spread.
        unsteady: how far apart successive calls lie, likewise.
        brevity: an answer's length as a share of a call's.
    """

    start_ms: int
    end_ms: int
    pairs: int
    share: float
    variety: float
    unsteady: float
    brevity: float

    @property
    def is_strong(self) -> bool:
        """Whether it is a roll call beyond reasonable doubt."""
        is_long = self.pairs >= FEWEST_PAIRS and self.share >= _FOUND_SHARE
        is_one_voice = self.unsteady <= _STEADY
        return (
            is_long
            and is_one_voice
            and self.brevity <= _BRIEF
            and self.variety >= max(_FEWEST_KINDS, _CONTRAST * self.unsteady)
        )

    @property
    def is_weak(self) -> bool:
        """Whether it may be one."""
        return self.pairs >= _WEAK_PAIRS and self.share >= _WEAK_SHARE

    @property
    def confidence(self) -> float:
        """How sure a strong one is: grows with the pairs and with the share that they explain."""
        sure: float = 1.0 - 0.6 ** (self.pairs / 2)
        return round(min(0.95, self.share * sure), 3)

    def interval(self) -> Interval:
        """Where it is."""
        return Interval(self.start_ms * NS_PER_MS, self.end_ms * NS_PER_MS)


def judge_roll_call(survey: SpeechSurvey | None, scheduled_ms: int | None) -> RollCall:
    """Whether names are called around the scheduled start.

    Args:
        survey: speech of the recording's first minutes; ``None`` where nobody listened (older dossiers).
        scheduled_ms: the scheduled start on the recording's time line, below 0 where the recording begins later;
            ``None`` where it is not known when the recording begins.
    """
    if survey is None:
        return uncertain(NO_SURVEY)
    if survey.reason is not None:
        return uncertain(survey.reason)
    chains = find_chains(survey.turns)
    strong = [chain for chain in chains if chain.is_strong]
    timely = [chain for chain in strong if scheduled_ms is None or _is_timely(chain, scheduled_ms)]
    if timely:
        best = max(timely, key=lambda chain: (chain.confidence, -chain.start_ms))
        return RollCall(RollCallState.FOUND, best.interval(), best.pairs, best.confidence)
    if strong:
        return uncertain(CALLED_ELSEWHERE, strong[0].interval(), strong[0].pairs)
    return _without(survey, [chain for chain in chains if chain.is_weak], scheduled_ms)


def _is_timely(chain: Chain, scheduled_ms: int) -> bool:
    return scheduled_ms - MOST_BEFORE_MS <= chain.start_ms < scheduled_ms + MOST_AFTER_MS


def _without(survey: SpeechSurvey, weak: list[Chain], scheduled_ms: int | None) -> RollCall:
    """No roll call was found: whether that says that there is none."""
    whole = survey.span()
    if reason := _unheard(survey):
        return uncertain(reason, whole)
    if weak:
        best = max(weak, key=lambda chain: (chain.pairs, -chain.start_ms))
        return uncertain(SHORT_TURNS, best.interval(), best.pairs)
    if run := _short_run(survey.turns):
        return uncertain(SHORT_TURNS, run)
    if scheduled_ms is None:
        return uncertain(START_NOT_DECLARED, whole)
    if scheduled_ms < 0:
        return uncertain(BEGINS_LATE, whole)
    if survey.length_ms < scheduled_ms + MOST_AFTER_MS:
        return uncertain(NOT_COVERED, whole)
    if not _is_lecture(survey.turns):
        return uncertain(NO_LECTURE, whole)
    return RollCall(RollCallState.NOT_FOUND, whole, 0, _NOT_FOUND_CONFIDENCE)


def _unheard(survey: SpeechSurvey) -> str | None:
    """Why an answer could not have been heard; ``None`` where it could."""
    silent_ms = sum(end - start for start, end in survey.silent)
    if silent_ms > _MOST_SILENT * survey.length_ms:
        return SOUND_MISSING
    if not survey.turns:
        return NO_SPEECH
    loudness = float(np.median([turn.level_db for turn in survey.turns]))
    if survey.other_ms > _MOST_OTHER_MS:
        return OTHER_SOUND
    if survey.floor_db is not None and loudness - survey.floor_db < _CLEAR_DB:
        return IN_NOISE
    return None


def _short_run(turns: tuple[SpeechTurn, ...]) -> Interval | None:
    """The first run of short turns behind each other, whoever speaks; ``None`` where there is none."""
    start = 0
    for number, turn in enumerate(turns):
        is_broken = turn.length_ms > _LONGEST_CALL_MS
        if number > start and turn.start_ms - turns[number - 1].end_ms > _LONGEST_GAP_MS:
            start = number
        if is_broken:
            start = number + 1
        elif number - start + 1 >= _SHORT_RUN:
            return Interval(turns[start].start_ms * NS_PER_MS, turn.end_ms * NS_PER_MS)
    return None


def _is_lecture(turns: tuple[SpeechTurn, ...]) -> bool:
    """Whether one voice speaks at length, and nobody else does."""
    long = tuple(turn for turn in turns if turn.length_ms >= _LECTURE_TURN_MS)
    if not long:
        return False
    lengths_ms = np.array([turn.length_ms for turn in long])
    own_ms = ((voice_distances(long) <= _SAME_VOICE) @ lengths_ms).max()
    return bool(own_ms >= _LEAST_LECTURE_MS and own_ms >= _ONE_VOICE * lengths_ms.sum())


def find_chains(turns: tuple[SpeechTurn, ...]) -> list[Chain]:
    """Runs that look like calls and answers, in time order: the best one of each stretch of short turns."""
    chains = []
    for first, last in _stretches(turns):
        distance = voice_distances(turns[first:last])
        found = [chain for centre in range(last - first) if (chain := _chain(turns[first:last], distance, centre))]
        if found:
            chains.append(max(found, key=lambda chain: (chain.pairs * chain.share, -chain.unsteady)))
    return chains


def _stretches(turns: tuple[SpeechTurn, ...]) -> list[tuple[int, int]]:
    """Stretches without a long turn or a long pause, half-open numbers of turns, of at least two pairs."""
    found: list[tuple[int, int]] = []
    start = 0
    for number in range(len(turns) + 1):
        is_end = number == len(turns)
        is_long = not is_end and turns[number].length_ms > _LONGEST_CALL_MS
        is_far = 0 < number < len(turns) and turns[number].start_ms - turns[number - 1].end_ms > _LONGEST_GAP_MS
        if is_end or is_long or is_far:
            if number - start >= 2 * _WEAK_PAIRS:
                found.append((start, number))
            start = number + 1 if is_long else number
    return found


def voice_distances(turns: tuple[SpeechTurn, ...]) -> NDArray[np.float64]:
    """How far the voices of turns lie apart, in one voice's own spread, shape ``(N, N)``."""
    level = _apart(np.array([turn.level_db for turn in turns])) / _LEVEL_DB
    semitones = _apart(_semitones([turn.pitch_hz for turn in turns]))
    pitch = np.minimum(semitones, np.abs(semitones - 12.0) + _OCTAVE_SEMITONES) / _PITCH_SEMITONES
    colour = _apart(_semitones([turn.colour_hz for turn in turns])) / _COLOUR_SEMITONES
    total = np.zeros((len(turns), len(turns)))
    for apart in (level, pitch, colour):
        # A voice without a pitch is neither the same nor another.
        total += np.nan_to_num(np.minimum(apart, _FARTHEST), nan=1.0) ** 2
    return np.asarray(np.sqrt(total))


def _apart(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.abs(values[:, None] - values[None, :]))


def _semitones(hz: list[int] | list[int | None]) -> NDArray[np.float64]:
    return np.asarray(12.0 * np.log2(np.array([np.nan if not value else value / 100.0 for value in hz], np.float64)))


def _chain(turns: tuple[SpeechTurn, ...], distance: NDArray[np.float64], centre: int) -> Chain | None:
    """A stretch with the turns that sound like one of them as calls; its densest part."""
    is_call = distance[centre] <= _SAME_VOICE
    answers = [
        number
        for number in range(1, len(turns))
        if is_call[number - 1]
        and not is_call[number]
        and turns[number].length_ms <= _LONGEST_ANSWER_MS
        and turns[number].start_ms - turns[number - 1].end_ms <= _LONGEST_WAIT_MS
    ]
    best = _densest(answers)
    if best is None:
        return None
    first, last, share = best
    used = answers[first : last + 1]
    levels = np.array([turn.level_db for turn in turns])
    lengths = np.array([turn.length_ms for turn in turns])
    calls = np.array(used) - 1
    if float(np.median(levels[calls]) - np.median(levels[used])) < _STRONG_CALL_DB:
        return None
    return Chain(
        start_ms=turns[used[0] - 1].start_ms,
        end_ms=turns[used[-1]].end_ms,
        pairs=len(used),
        share=share,
        variety=float(np.median(distance[used[:-1], used[1:]])),
        unsteady=float(np.median(distance[calls[:-1], calls[1:]])),
        brevity=float(np.median(lengths[used]) / np.median(lengths[calls])),
    )


def _densest(answers: list[int]) -> tuple[int, int, float] | None:
    """First and last of the answers between which pairs explain most, and how much of the turns there they explain."""
    best: tuple[int, int, float] | None = None
    for first in range(len(answers)):
        for last in range(first + _WEAK_PAIRS - 1, len(answers)):
            pairs = last - first + 1
            share = 2 * pairs / (answers[last] - answers[first] + 2)
            if best is None or (pairs * share**3) > (best[1] - best[0] + 1) * best[2] ** 3:
                best = (first, last, share)
    return best
