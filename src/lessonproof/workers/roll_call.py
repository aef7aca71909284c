"""Listening to the beginning of a recording, and what the timetable makes of it.

The stage ``speech`` depends on the recording's bytes alone and is stored; whether names are called around the scheduled
start is judged with the unit, on a copy of the dossiers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from lessonproof.analysis.roll_call import judge_roll_call
from lessonproof.analysis.speech_turns import survey_turns
from lessonproof.evidence.dossier import Dossier, ModelStamp
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_MINUTE, NS_PER_MS
from lessonproof.evidence.roll_call import CALLED_ELSEWHERE, SHORT_TURNS, RollCall, RollCallState
from lessonproof.evidence.speech import NO_DETECTOR, NO_SOUND, SpeechSurvey
from lessonproof.evidence.training import RecordingRef, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.media.index import RecordingIndex
from lessonproof.media.speech_sound import first_minutes
from lessonproof.models.speech_detector import SpeechDetector
from lessonproof.policy.rules.presented import lesson_window
from lessonproof.policy.rules.wall_clock import epoch_ns


@dataclass(frozen=True, slots=True)
class Listening:
    """What came of listening to a recording.

    Attributes:
        survey: who speaks when in the first minutes.
        models: who told speech from other sound.
    """

    survey: SpeechSurvey
    models: tuple[ModelStamp, ...] = ()


LISTENED_NS: Final = 20 * NS_PER_MINUTE
"""How much of the beginning is listened to: some minutes before the lesson and the first ten of it."""
MEASURED_FROM: Final = "speech"
_KIND: Final = FindingKind.NO_ROLL_CALL
_MAYBE: Final = frozenset({SHORT_TURNS, CALLED_ELSEWHERE})


def listen(path: Path, index: RecordingIndex, detector: SpeechDetector | None) -> Listening:
    """Stage ``speech``: who speaks when in the first minutes.

    Args:
        path: the recording.
        index: its index.
        detector: tells speech from other sound; ``None`` where none is installed.

    Raises:
        RecordingError: the file cannot be read any more.
    """
    if detector is None:
        return Listening(SpeechSurvey(0, reason=NO_DETECTOR))
    samples = first_minutes(path, index, LISTENED_NS)
    if samples is None or samples.size == 0:
        return Listening(SpeechSurvey(0, reason=NO_SOUND), detector.stamps)
    return Listening(survey_turns(samples, detector.probabilities(samples)), detector.stamps)


def with_roll_calls(case: UnitCase) -> UnitCase:
    """A case as it is judged: its dossiers say whether names are called, or tell ``no_roll_call``.

    A camera that hears a roll call, or what may be one, speaks for all cameras of the unit. Lessons that are no
    gathering in a room have none.
    """
    if case.unit.kind is UnitKind.ONLINE:
        return case
    said = {ref.file: _judged(case, ref) for ref in case.unit.recordings}
    known = [one for one in said.values() if one is not None]
    return replace(
        case,
        dossiers={
            file: dossier
            if (one := said.get(file)) is None or not isinstance(dossier, Dossier)
            else _with_roll_call(dossier, one, is_told=_nobody_else(one, known))
            for file, dossier in case.dossiers.items()
        },
    )


def _judged(case: UnitCase, ref: RecordingRef) -> RollCall | None:
    dossier = case.dossiers.get(ref.file)
    if not isinstance(dossier, Dossier):
        return None
    if ref.started_at is None:
        return judge_roll_call(dossier.speech, None)
    return judge_roll_call(dossier.speech, (lesson_window(case).start_ns - epoch_ns(ref.started_at)) // NS_PER_MS)


def _nobody_else(one: RollCall, known: Sequence[RollCall]) -> bool:
    """Whether that nothing was found may be told: no other recording heard a roll call, or what may be one."""
    is_missing = one.state is RollCallState.NOT_FOUND
    return is_missing and not any(o.state is RollCallState.FOUND or o.reason in _MAYBE for o in known)


def _with_roll_call(dossier: Dossier, said: RollCall, *, is_told: bool) -> Dossier:
    if said.reason is not None:
        return replace(dossier, roll_call=said, unchecked={**dossier.unchecked, _KIND.value: said.reason})
    findings = dossier.findings
    if is_told and said.interval is not None:
        finding = Finding(_KIND, said.interval, said.confidence, Severity.WARNING, MEASURED_FROM)
        findings = tuple(sorted((*findings, finding), key=Finding.sort_key))
    return replace(dossier, roll_call=said, findings=findings, checked=dossier.checked | {_KIND.value})
