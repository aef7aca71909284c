"""What real analyses give can be told in words: reasons, measurements, details."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.lessons import Edit, EditKind, Encoding, LessonSpec
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.reason_words import REASONS
from lessonproof.service.reports.explanations import explained
from lessonproof.service.reports.terms import MEASUREMENTS
from lessonproof.workers.comparing_here import compare_all
from lessonproof.workers.pipeline import analyse_recording
from lessonproof.workers.stamping import AnalysisSettings
from tests.conftest import LessonRenderer
from tests.media.clips import Clip, write_clip

BASE = LessonSpec(seed=3, duration_s=12.0, fps=25, size=(320, 180), people=6, encoding=Encoding(gop=50))


def _dossier(path: Path) -> Dossier:
    """With what a comparison adds, which has nothing to compare with here."""
    analysis = analyse_recording(path, AnalysisSettings(), None, lambda _share: None)
    found = compare_all([(path.name, analysis.dossier, analysis.fingerprint)])[path.name]
    return replace(analysis.dossier, unchecked={**analysis.dossier.unchecked, **found.unchecked})


def _assert_told(dossier: Dossier) -> None:
    assert dossier.unchecked
    assert set(dossier.unchecked.values()) <= set(REASONS)
    assert set(dossier.unchecked) <= set(FindingKind)
    for finding in dossier.findings:
        assert set(finding.measured_from.split("+")) <= set(MEASUREMENTS)
        words = explained(finding)
        assert words is not None
        assert not re.search(r"[a-z]_[a-z]|None|\d\.\d{4,}", words.zh + words.en)


@pytest.mark.parametrize("kind", [EditKind.FREEZE, EditKind.BLACK, EditKind.AUDIO_GAP, EditKind.NO_AUDIO])
def test_a_lesson_with_an_edit(kind: EditKind, rendered_lesson: LessonRenderer) -> None:
    length_s = 0.0 if kind is EditKind.NO_AUDIO else 3.0
    start_s = 0.0 if kind is EditKind.NO_AUDIO else 4.0
    dossier = _dossier(rendered_lesson(replace(BASE, edits=(Edit(kind, start_s, length_s),))).path)
    assert kind.value in {finding.kind.value for finding in dossier.findings}
    _assert_told(dossier)


def test_a_clip_that_shows_hardly_anything(tmp_path: Path) -> None:
    _assert_told(_dossier(write_clip(tmp_path / "clip.mp4", Clip())))
