"""Listening to real files, and what the timetable makes of it, unit by unit."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.evidence.codec import dossier_from_json, dossier_to_json
from lessonproof.evidence.dossier import Dossier, ModelStamp
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.roll_call import BEGINS_LATE, NO_SURVEY, SHORT_TURNS, START_NOT_DECLARED, RollCallState
from lessonproof.evidence.speech import NO_DETECTOR, NO_SOUND, SpeechSurvey
from lessonproof.evidence.training import RecordingRef, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.media.index import index_recording
from lessonproof.models.speech_detector import SPEECH_FRAME_SAMPLES
from lessonproof.workers.roll_call import listen, with_roll_calls
from tests.analysis.test_roll_call import calls, lecture, survey
from tests.media.clips import Clip, write_clip
from tests.policy.cases import FAILED, at, case, change, dossier, measured

LENGTH_MS = 1_200_000
LESSON_MS = 300_000
"""Recordings of these cases begin at 08:25, lessons at 08:30."""
KIND = FindingKind.NO_ROLL_CALL.value


class LoudIsSpeech:
    """A detector that takes everything above a level for speech."""

    stamps = (ModelStamp("loud", "e" * 64),)

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        frames = -(-samples.size // SPEECH_FRAME_SAMPLES)
        padded = np.pad(samples, (0, frames * SPEECH_FRAME_SAMPLES - samples.size))
        return np.asarray(np.abs(padded.reshape(frames, -1)).max(axis=1) > 0.01, np.float32)


class TestListening:
    def test_a_real_file_is_listened_to(self, tmp_path: Path) -> None:
        path = write_clip(tmp_path / "a.mp4", Clip(times_ms=range(0, 4000, 100)))
        found = listen(path, index_recording(path), LoudIsSpeech())
        assert found.models == LoudIsSpeech.stamps
        assert found.survey.reason is None
        assert abs(found.survey.length_ms - 4000) < 200
        assert found.survey.turns

    def test_what_cannot_be_heard_is_told(self, tmp_path: Path) -> None:
        path = write_clip(tmp_path / "a.mp4", Clip(has_sound=False))
        index = index_recording(path)
        assert listen(path, index, LoudIsSpeech()).survey == SpeechSurvey(0, reason=NO_SOUND)
        unheard = listen(path, index, None)
        assert unheard.survey == SpeechSurvey(0, reason=NO_DETECTOR)
        assert unheard.models == ()


def spoken(*turns: object, sha256: str = "a" * 64) -> Dossier:
    heard = survey(turns)  # type: ignore[arg-type]
    return replace(dossier(checked=frozenset(), sha256=sha256), speech=heard)


CALLED = spoken(*calls(12), *lecture(LESSON_MS, LENGTH_MS))
LECTURED = spoken(*lecture(5_000, LENGTH_MS))
UNCLEAR = spoken(*calls(4), *lecture(LESSON_MS, LENGTH_MS), sha256="b" * 64)


def judged(of: UnitCase, file: str = "T1.mp4") -> Dossier:
    found = with_roll_calls(of).dossiers[file]
    assert isinstance(found, Dossier)
    return found


class TestWithRollCalls:
    def test_one_that_is_heard_is_listed_and_tells_no_finding(self) -> None:
        found = judged(case("NK", measured=CALLED))
        assert found.roll_call is not None
        assert found.roll_call.state is RollCallState.FOUND
        assert found.findings == ()
        assert KIND in found.checked
        assert KIND not in found.unchecked

    def test_a_lecture_alone_is_a_finding_with_its_span(self) -> None:
        found = judged(case("NK", measured=LECTURED))
        (finding,) = found.findings
        assert finding.kind is FindingKind.NO_ROLL_CALL
        assert finding.interval == survey([]).span()
        assert finding.confidence == 0.5
        assert KIND in found.checked

    def test_what_is_uncertain_says_why_and_is_not_checked(self) -> None:
        found = judged(case("NK", measured=UNCLEAR))
        assert found.unchecked[KIND] == SHORT_TURNS
        assert KIND not in found.checked
        assert found.findings == ()

    def test_a_dossier_of_an_older_version_says_that_nobody_listened(self) -> None:
        old = dossier_to_json(dossier(checked=frozenset()))
        del old["speech"], old["roll_call"]
        read = dossier_from_json(old)
        assert isinstance(read, Dossier)
        assert judged(case("NK", measured=read)).unchecked[KIND] == NO_SURVEY

    @pytest.mark.parametrize(
        ("starts", "reason"), [(None, START_NOT_DECLARED), ("08:30:00.001", BEGINS_LATE), ("08:30", None)]
    )
    def test_it_hangs_on_the_declared_start(self, starts: str | None, reason: str | None) -> None:
        ref = RecordingRef("T1.mp4", "f", None if starts is None else at(starts))
        found = judged(measured(change(case("NK"), recordings=(ref,)), LECTURED))
        assert found.unchecked.get(KIND) == reason
        assert bool(found.findings) is (reason is None)

    @pytest.mark.parametrize("other", [replace(CALLED, sha256="b" * 64), UNCLEAR])
    def test_a_camera_that_hears_one_or_may_speaks_for_the_others(self, other: Dossier) -> None:
        refs = tuple(RecordingRef(name, name, at("08:25")) for name in ("near.mp4", "far.mp4"))
        both = measured(change(case("NK"), recordings=refs), LECTURED, other)
        assert judged(both, "near.mp4").findings == ()
        assert judged(measured(both, LECTURED, FAILED), "near.mp4").findings
        assert judged(measured(both, LECTURED, spoken(sha256="c" * 64)), "near.mp4").findings

    def test_a_failed_analysis_stays_what_it_is(self) -> None:
        assert with_roll_calls(case("NK", measured=FAILED)).dossiers["T1.mp4"] is FAILED

    def test_nobody_is_called_online(self) -> None:
        base = change(case("NK", measured=LECTURED), kind=UnitKind.ONLINE)
        assert with_roll_calls(base) == base
