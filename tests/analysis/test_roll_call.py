"""Turns of speech in, roll call out: found, not found, or uncertain with the reason."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.analysis.roll_call import (
    FEWEST_PAIRS,
    MOST_AFTER_MS,
    MOST_BEFORE_MS,
    find_chains,
    judge_roll_call,
    voice_distances,
)
from lessonproof.evidence.intervals import NS_PER_MS
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
    RollCallState,
)
from lessonproof.evidence.speech import NO_DETECTOR, NO_SOUND, SpeechSurvey, SpeechTurn

LENGTH_MS = 1_200_000
LESSON_MS = 300_000
FOUND, NOT_FOUND, UNCERTAIN = RollCallState.FOUND, RollCallState.NOT_FOUND, RollCallState.UNCERTAIN


def turn(start_ms: int, length_ms: int, level_db: float = -20.0, pitch_hz: int = 150, colour: int = 700) -> SpeechTurn:
    return SpeechTurn(start_ms, start_ms + length_ms, level_db, pitch_hz, colour)


def calls(
    pairs: int, start_ms: int = 200_000, *, seed: int = 1, unanswered: frozenset[int] = frozenset()
) -> list[SpeechTurn]:
    """Names by one voice, answered by others."""
    rng = np.random.default_rng(seed)
    turns, at = [], start_ms
    for number in range(pairs):
        turns.append(turn(at, 900, -20 + rng.normal(0, 1), round(150 * 2 ** rng.normal(0, 0.05)), 700))
        at += 1300
        if number not in unanswered:
            high = float(rng.choice([0.6, 0.8, 1.3, 1.6, 2.0]))
            colour = int(rng.choice([500, 900, 1200]))
            turns.append(turn(at, 350, float(rng.uniform(-34, -22)), round(150 * high), colour))
            at += 1400
    return turns


def lecture(start_ms: int, end_ms: int, *, seed: int = 2, length_ms: int = 5000) -> list[SpeechTurn]:
    rng = np.random.default_rng(seed)
    return [
        turn(at, length_ms, -20 + rng.normal(0, 1), round(150 * 2 ** rng.normal(0, 0.08)))
        for at in range(start_ms, end_ms - length_ms, length_ms + 800)
    ]


def survey(turns: Iterable[SpeechTurn], **fields: object) -> SpeechSurvey:
    whole = SpeechSurvey(LENGTH_MS, tuple(sorted(turns, key=lambda one: one.start_ms)), (), -55.0)
    return replace(whole, **fields)  # type: ignore[arg-type]


class TestFound:
    def test_calls_and_answers_before_a_lecture(self) -> None:
        turns = calls(12)
        said = judge_roll_call(survey([*turns, *lecture(LESSON_MS, LENGTH_MS)]), LESSON_MS)
        assert said.state is FOUND
        assert said.pairs == 12
        assert said.interval is not None
        assert (said.interval.start_ns, said.interval.end_ns) == (200_000 * NS_PER_MS, turns[-1].end_ms * NS_PER_MS)
        assert said.confidence > 0.8

    def test_a_few_absent_do_not_matter(self) -> None:
        said = judge_roll_call(survey(calls(16, unanswered=frozenset({3, 9}))), LESSON_MS)
        assert (said.state, said.pairs) == (FOUND, 14)

    def test_more_pairs_are_surer(self) -> None:
        few, many = (judge_roll_call(survey(calls(pairs)), LESSON_MS) for pairs in (7, 20))
        assert few.confidence < many.confidence <= 0.95

    def test_fewer_than_so_many_pairs_happen_in_any_conversation(self) -> None:
        enough, short = (judge_roll_call(survey(calls(FEWEST_PAIRS - less)), LESSON_MS) for less in (0, 1))
        assert enough.state is FOUND
        assert (short.state, short.reason) == (UNCERTAIN, SHORT_TURNS)

    @pytest.mark.parametrize(
        ("scheduled_ms", "state"),
        [
            (200_000 + MOST_BEFORE_MS, FOUND),
            (200_001 + MOST_BEFORE_MS, UNCERTAIN),
            (200_001 - MOST_AFTER_MS, FOUND),
            (200_000 - MOST_AFTER_MS, UNCERTAIN),
        ],
    )
    def test_around_the_scheduled_start_only(self, scheduled_ms: int, state: RollCallState) -> None:
        said = judge_roll_call(survey(calls(12)), scheduled_ms)
        assert said.state is state
        assert said.reason == (None if state is FOUND else CALLED_ELSEWHERE)
        assert said.pairs == 12

    def test_found_wherever_it_is_where_the_start_is_not_known(self) -> None:
        assert judge_roll_call(survey(calls(12, 900_000)), None).state is FOUND


class TestNeverFound:
    @given(st.integers(0, 1000), st.integers(600, 6000))
    @settings(max_examples=40)
    def test_in_a_monologue(self, seed: int, length_ms: int) -> None:
        said = judge_roll_call(survey(lecture(10_000, 900_000, seed=seed, length_ms=length_ms)), LESSON_MS)
        assert said.state is not FOUND

    def test_where_one_voice_answers_always(self) -> None:
        """A chorus, or two people who talk."""
        turns = [
            replace(one, level_db=-26.0, pitch_hz=240, colour_hz=900) if number % 2 else one
            for number, one in enumerate(calls(15))
        ]
        said = judge_roll_call(survey(turns), LESSON_MS)
        assert (said.state, said.reason) == (UNCERTAIN, SHORT_TURNS)

    def test_where_everybody_says_a_number_and_nobody_calls(self) -> None:
        for seed in range(30):
            rng = np.random.default_rng(seed)
            turns = [
                turn(200_000 + 1200 * n, 500, float(rng.uniform(-35, -22)), int(rng.integers(80, 330)))
                for n in range(25)
            ]
            assert judge_roll_call(survey(turns), LESSON_MS).state is UNCERTAIN

    def test_where_answers_are_long(self) -> None:
        turns = [
            turn(
                200_000 + 5000 * (number // 2) + 2000 * (number % 2),
                900 if number % 2 == 0 else 1300 + 900,
                one.level_db,
            )
            for number, one in enumerate(calls(12))
        ]
        assert judge_roll_call(survey(turns), LESSON_MS).state is UNCERTAIN


class TestNotFound:
    def test_a_lecture_from_the_first_minute_on(self) -> None:
        said = judge_roll_call(survey(lecture(5_000, LENGTH_MS)), LESSON_MS)
        assert said.state is NOT_FOUND
        assert said.interval == survey([]).span()
        assert said.confidence <= 0.5

    @pytest.mark.parametrize(
        ("turns", "fields", "scheduled_ms", "reason"),
        [
            pytest.param(lecture(5_000, LENGTH_MS), {"silent": ((0, 120_001),)}, LESSON_MS, SOUND_MISSING, id="muted"),
            pytest.param(lecture(5_000, LENGTH_MS), {"floor_db": -34.0}, LESSON_MS, IN_NOISE, id="noise"),
            pytest.param(lecture(5_000, LENGTH_MS), {"other_ms": 3_001}, LESSON_MS, OTHER_SOUND, id="other sound"),
            pytest.param([], {}, LESSON_MS, NO_SPEECH, id="nobody speaks"),
            pytest.param(lecture(5_000, 60_000), {}, LESSON_MS, NO_LECTURE, id="little is said"),
            pytest.param(lecture(5_000, LENGTH_MS), {}, None, START_NOT_DECLARED, id="start unknown"),
            pytest.param(lecture(5_000, LENGTH_MS), {}, -1, BEGINS_LATE, id="begins late"),
            pytest.param(
                lecture(5_000, LENGTH_MS), {}, LENGTH_MS - MOST_AFTER_MS + 1, NOT_COVERED, id="not listened so far"
            ),
        ],
    )
    def test_not_where_it_could_not_have_been_heard(
        self, turns: list[SpeechTurn], fields: dict[str, object], scheduled_ms: int | None, reason: str
    ) -> None:
        said = judge_roll_call(survey(turns, **fields), scheduled_ms)
        assert (said.state, said.reason) == (UNCERTAIN, reason)

    def test_the_limits_themselves_still_decide(self) -> None:
        whole = survey(lecture(5_000, LENGTH_MS), silent=((0, 120_000),), floor_db=-35.5, other_ms=3_000)
        for scheduled_ms in (0, LENGTH_MS - MOST_AFTER_MS):
            assert judge_roll_call(whole, scheduled_ms).state is NOT_FOUND

    def test_not_where_names_may_be_called_without_audible_answers(self) -> None:
        names = [one for number, one in enumerate(calls(10)) if number % 2 == 0]
        said = judge_roll_call(survey([*names, *lecture(LESSON_MS, LENGTH_MS)]), LESSON_MS)
        assert (said.state, said.reason) == (UNCERTAIN, SHORT_TURNS)
        assert said.interval is not None
        assert said.interval.start_ns == 200_000 * NS_PER_MS

    def test_not_where_several_speak_at_length(self) -> None:
        other = [replace(one, level_db=-30.0, pitch_hz=260) for one in lecture(5_000, 600_000, seed=4)]
        said = judge_roll_call(survey([*other, *lecture(600_000, LENGTH_MS)]), LESSON_MS)
        assert (said.state, said.reason) == (UNCERTAIN, NO_LECTURE)


@pytest.mark.parametrize("reason", [NO_SOUND, NO_DETECTOR])
def test_what_was_not_listened_to_is_uncertain(reason: str) -> None:
    said = judge_roll_call(SpeechSurvey(0, reason=reason), LESSON_MS)
    assert (said.state, said.reason, said.interval) == (UNCERTAIN, reason, None)
    assert judge_roll_call(None, LESSON_MS).reason == NO_SURVEY


def test_a_voice_without_a_pitch_is_neither_the_same_nor_another() -> None:
    turns = (turn(0, 500), replace(turn(1000, 500), pitch_hz=None), turn(2000, 500, pitch_hz=300))
    distance = voice_distances(turns)
    assert distance[0, 0] == 0
    assert distance[0, 1] == pytest.approx(1)
    assert distance[0, 2] == pytest.approx(2 / 4.5)  # an octave may be a wrong reading
    assert voice_distances((turn(0, 500), turn(0, 500, level_db=-60.0)))[0, 1] == pytest.approx(3)


@st.composite
def any_turns(draw: st.DrawFn) -> tuple[SpeechTurn, ...]:
    found, at = [], 0
    for _ in range(draw(st.integers(0, 40))):
        at += draw(st.integers(50, 9000))
        length = draw(st.integers(96, 6000))
        pitch = draw(st.none() | st.integers(70, 420))
        found.append(SpeechTurn(at, at + length, draw(st.floats(-60, 0)), pitch, draw(st.integers(150, 4000))))
        at += length
    return tuple(found)


@given(any_turns(), st.none() | st.integers(-(10**6), 10**6))
@settings(max_examples=150)
def test_any_turns_give_an_answer_inside_what_was_heard(turns: tuple[SpeechTurn, ...], at_ms: int | None) -> None:
    length_ms = max([LENGTH_MS, *(one.end_ms for one in turns)])
    said = judge_roll_call(survey(turns, length_ms=length_ms), at_ms)
    assert said.interval is None or 0 <= said.interval.start_ns <= said.interval.end_ns <= length_ms * NS_PER_MS
    for chain in find_chains(turns):
        assert 0 < chain.share <= 1
        assert 2 * chain.pairs <= len(turns)
        assert chain.start_ms < chain.end_ms
