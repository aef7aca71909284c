"""How scenes are judged, and the table of what came of each kind."""

import time
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.roll_call.scenes import KINDS, LESSON_S, ROLL_CALLS, Scene
from lessonproof.analysis.roll_call import MOST_AFTER_MS, judge_roll_call
from lessonproof.analysis.speech_turns import survey_turns
from lessonproof.evidence.roll_call import RollCall, RollCallState
from lessonproof.evidence.speech import SpeechSurvey
from lessonproof.models.speech_detector import SpeechDetector


@dataclass(frozen=True, slots=True)
class Score:
    """What came of one scene.

    Attributes:
        kind: of the scene.
        seed: of the scene.
        said: by the rules.
        is_in_place: whether a roll call that was found overlaps the true one; ``None`` where none was found.
        pairs: answered calls in truth.
        cpu_s: processor time of listening and judging.
    """

    kind: str
    seed: int
    said: RollCall
    is_in_place: bool | None
    pairs: int
    cpu_s: float


def scored(scene: Scene, seed: int, detector: SpeechDetector) -> Score:
    """Listen to a scene and judge it as a recording is."""
    begin = time.process_time()
    said = judge_roll_call(
        _lengthened(survey_turns(scene.samples, detector.probabilities(scene.samples))), _lesson_ms()
    )
    cpu_s = time.process_time() - begin
    in_place = None
    if said.state is RollCallState.FOUND and said.interval is not None:
        start_s, end_s = scene.roll_call_s or (0.0, 0.0)
        in_place = said.interval.start_s < end_s and start_s < said.interval.end_s
    return Score(scene.kind, seed, said, in_place, scene.pairs, cpu_s)


def _lesson_ms() -> int:
    return round(LESSON_S * 1000)


def _lengthened(survey: SpeechSurvey) -> SpeechSurvey:
    """As if it went on in silence for as long as the rules want to hear; scenes are short to save time."""
    length_ms = max(survey.length_ms, _lesson_ms() + MOST_AFTER_MS)
    return SpeechSurvey(length_ms, survey.turns, survey.silent, survey.floor_db, survey.other_ms, survey.reason)


def table(scores: Sequence[Score]) -> str:
    """Markdown: for each kind how often a roll call was found, not found, or left to a person."""
    lines = ["| beginning of the lesson | scenes | found | not found | uncertain |", "| --- | --- | --- | --- | --- |"]
    for kind in KINDS:
        own = [score for score in scores if score.kind == kind]
        if own:
            counts = [sum(score.said.state is state for score in own) for state in RollCallState]
            lines.append(f"| `{kind}` | {len(own)} | {counts[0]} | {counts[1]} | {counts[2]} |")
    called = [score for score in scores if score.kind in ROLL_CALLS]
    others = [score for score in scores if score.kind not in ROLL_CALLS]
    found = [score for score in scores if score.said.state is RollCallState.FOUND]
    wrong = sum(score.kind not in ROLL_CALLS for score in found)
    placed = sum(score.is_in_place is True for score in found)
    accused = sum(score.said.state is RollCallState.NOT_FOUND for score in called)
    lines += [
        "",
        (
            f"Found though there is none: {wrong} of {len(others)}. Not found though there is one: {accused} of "
            f"{len(called)}. Found in its true place: {placed} of {len(found) - wrong}."
        ),
    ]
    cpu_s = sum(score.cpu_s for score in scores)
    if scores:
        lines.append(f"CPU: {cpu_s / len(scores):.2f} s for each scene.")
    return "\n".join(lines)
