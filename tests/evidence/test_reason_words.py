"""Every reason code that the analyses can give has words."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import lessonproof
from lessonproof.analysis.clock_judge import CLOCK_SHOWS_MINUTES, CLOCK_UNREADABLE, TOO_SHORT
from lessonproof.analysis.clock_survey import NO_CLOCK, NO_PICTURES, NO_READER
from lessonproof.analysis.cut_search import Incomplete
from lessonproof.analysis.people_absent import NOT_CALIBRATED, PEOPLE_UNREAD
from lessonproof.evidence import roll_call, speech
from lessonproof.evidence.reason_words import NOT_LOOKED_FOR, REASONS, reason_words
from lessonproof.evidence.recorder_profile import TOO_FEW_RECORDINGS
from lessonproof.workers import comparing, edits

SOURCE = Path(lessonproof.__file__).parent
NAMED = {
    *Incomplete,
    *(CLOCK_SHOWS_MINUTES, CLOCK_UNREADABLE, TOO_SHORT, NO_CLOCK, NO_PICTURES, NO_READER),
    *(NOT_CALIBRATED, PEOPLE_UNREAD, "no_weights", "switched_off"),
    *(TOO_FEW_RECORDINGS, edits.SCREEN_RECORDING, edits.NO_PACE),
    *(comparing.NO_FINGERPRINT, comparing.TOO_LITTLE_MOTION, comparing.NOTHING_TO_COMPARE),
    *(comparing.NO_MARKS, comparing.NO_RECORDER),
    *(speech.NO_SOUND, speech.NO_DETECTOR, roll_call.NO_SURVEY, roll_call.SOUND_MISSING, roll_call.NO_SPEECH),
    *(roll_call.IN_NOISE, roll_call.SHORT_TURNS, roll_call.NO_LECTURE, roll_call.START_NOT_DECLARED),
    *(roll_call.BEGINS_LATE, roll_call.OTHER_SOUND, roll_call.NOT_COVERED, roll_call.CALLED_ELSEWHERE),
}
"""Codes that have a name in the module that gives them."""
PART_OF_FILE = {"at_most_keyframes", "breaks_everywhere", "no_audio", "sync_lost", "uneven_times"}
"""Why one mark of a file could not be examined; told of no kind (``no_trace_to_follow`` sums them up)."""


def _strings(node: ast.AST) -> Iterator[str]:
    """Its texts, and the names of constants that may be some."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.Constant) and isinstance(inner.value, str):
            yield inner.value
        elif isinstance(inner, ast.Name) and inner.id.isupper():
            yield inner.id


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case ast.Subscript(value=value):
            return _name(value)
    return ""


def _given(tree: ast.Module) -> Iterator[str]:
    """Strings that are put where a reason belongs."""
    for node in ast.walk(tree):
        match node:
            case (
                ast.Assign(targets=[target], value=value)
                | ast.AnnAssign(target=target, value=ast.expr() as value)
                | ast.AugAssign(target=target, value=value)
            ):
                is_final = re.fullmatch(r"_?[A-Z_]+", _name(target)) and isinstance(value, ast.Constant)
                if re.search(r"reason|unchecked|not_examined", _name(target)) and not is_final:
                    yield from _strings(value)
            case ast.Call(func=func, args=args, keywords=keywords):
                if re.search(r"Search$|ClockAbsent|SoundContinuity|^_settle$", _name(func)):
                    yield from (text for arg in args for text in _strings(arg))
                yield from (text for k in keywords if k.arg == "reason" for text in _strings(k.value))
            case ast.FunctionDef(name=name) if name in {"_undecidable", "undecidable", "_why_not", "_state"}:
                yield from (
                    s for r in ast.walk(node) if isinstance(r, ast.Return) and r.value for s in _strings(r.value)
                )


def _codes() -> set[str]:
    trees = [
        ast.parse(path.read_text(encoding="utf-8"))
        for room in ("analysis", "media", "workers", "evidence")
        for path in (SOURCE / room).glob("*.py")
    ]
    constants: dict[str, object] = {}
    for tree in trees:
        for node in tree.body:
            match node:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value))
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=value))
                ):
                    constants[name] = value
    found = {str(constants.get(text, text)) for tree in trees for text in _given(tree)}
    return {text for text in found if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)+|undecodable", text)}


def test_every_named_code_has_words() -> None:
    assert sorted(NAMED - set(REASONS)) == []


def test_every_code_that_a_module_gives_has_words() -> None:
    codes = _codes()
    assert {"too_dark", "gated_sound", "no_usual_view", "no_trace_to_follow", "no_sensor_noise"} <= codes
    assert {comparing.NO_RECORDER, edits.NO_PACE, NO_CLOCK, TOO_SHORT} <= codes
    assert codes - set(REASONS) == PART_OF_FILE


@pytest.mark.parametrize("code", REASONS)
def test_words_stand_inside_a_sentence_in_both_languages(code: str) -> None:
    words = REASONS[code]
    assert re.search(r"[一-鿿]", words.zh)
    assert words.en.isascii()
    for text in (words.zh, words.en):
        assert text[-1] not in "。.；;"
        assert code not in text
    assert not re.search(r"[,;:()]", words.zh), "Chinese marks in Chinese text"


def test_codes_are_told_apart() -> None:
    for language in ("zh", "en"):
        words = [getattr(words, language) for words in (*REASONS.values(), NOT_LOOKED_FOR)]
        assert len(set(words)) == len(words)


def test_a_code_of_a_newer_version_is_named() -> None:
    assert reason_words("radar_off").en == "reason code radar_off"
    assert reason_words("no_clock") == REASONS["no_clock"]
