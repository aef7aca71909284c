"""Photographs through verification: measured in the order of the class file, judged, written, and gone when they go."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import pytest

from lessonproof.analysis.veil import PeopleVeil
from lessonproof.documents.class_file import read_class_file
from lessonproof.evidence.dossier import FailedAnalysis, ModelStamp
from lessonproof.evidence.training import ClassFile
from lessonproof.evidence.verdict import ClauseResult, ClauseStatus
from lessonproof.models.scripted import ScriptedDetector
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import load_packs, select_pack
from lessonproof.service.usecases.verify import JudgedUnit, verify_class, write_unit
from lessonproof.workers.people import PeopleCounter
from lessonproof.workers.photos import PhotoTools
from lessonproof.workers.pipeline import Analysis
from tests.analysis.photo_rooms import photograph, saved_again
from tests.policy.cases import dossier
from tests.workers.photo_films import film, seconds_of

CLASS_FILE = """
rule_pack: SX
institution: {name: 示例学校}
class: {number: SX-1, occupation: 电工, level: 四级, opened_on: 2026-04-07}
roster: [{number: 1, name: 学员甲}]
units:
"""
UNIT = """
  - id: %s
    kind: practical
    date: %s
    start: "08:30"
    end: "11:30"
    teacher: 教师乙
    venue: 103
    topic: 接线
    class_hours: 4
    photos: [{file: %s}]
"""


def _nothing_to_analyse(path: Path) -> FailedAnalysis:
    raise AssertionError(f"there is no recording, got {path}")


@pytest.fixture
def pack() -> RulePack:
    declared = read_class_file(Path(__file__).parents[3] / "examples" / "photos" / "class.yaml")
    return select_pack(load_packs(), "SX", declared.training_class.opened_on, frozenset({"SX"}))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    text = CLASS_FILE + UNIT % ("P1", "2026-04-08", "1.jpg") + UNIT % ("P2", "2026-04-09", "2.jpg")
    (tmp_path / "class.yaml").write_text(text, encoding="utf-8")
    original = photograph(1)
    cv2.imwrite(str(tmp_path / "1.jpg"), original.luma)
    cv2.imwrite(str(tmp_path / "2.jpg"), saved_again(original, quality=75).luma)
    return tmp_path


def _judged(
    folder: Path,
    pack: RulePack,
    declared: ClassFile | None = None,
    analyse: Callable[[Path], Analysis | FailedAnalysis] = _nothing_to_analyse,
) -> list[JudgedUnit]:
    counter = PeopleCounter(ScriptedDetector(lambda _frame: 3), None, ModelStamp("scripted", "5" * 64))
    tools = PhotoTools(folder, counter, None, None, PeopleVeil(None, 0.25))
    declared = declared or read_class_file(folder / "class.yaml")
    return list(verify_class(declared, pack, folder, analyse, photos=tools))


def _clause(judged: JudgedUnit) -> ClauseResult:
    (found,) = [clause for clause in judged.verdict.clauses if clause.clause_id == "SX-3.1.8b"]
    return found


def test_a_copy_is_told_on_the_unit_that_stands_later(folder: Path, pack: RulePack) -> None:
    first, second = _judged(folder, pack)
    assert "photo_duplicate" not in _clause(first).reason.en
    assert _clause(second).status is ClauseStatus.UNCERTAIN
    assert "photo_duplicate units[P2].photos[0]" in _clause(second).reason.en


def test_the_document_and_the_report_are_written(folder: Path, pack: RulePack) -> None:
    _, second = _judged(folder, pack)
    report = write_unit(folder / "out", second, {}, "LessonProof", pack)
    document = json.loads((folder / "out" / "P2" / "photos.json").read_text(encoding="utf-8"))
    (photo,) = document["photos"]
    assert photo["findings"][0]["detail"]["other_file"] == "1.jpg"
    assert report.read_text(encoding="utf-8").count('src="data:image/jpeg') == 2, "the photograph beside its twin"


def test_a_frame_of_the_units_own_recording_is_told(folder: Path, pack: RulePack) -> None:
    path = film(folder / "lesson.mp4")
    text = CLASS_FILE + UNIT % ("P1", "2026-04-08", "1.jpg") + "    recordings: [{file: lesson.mp4, camera: 东侧}]\n"
    (folder / "class.yaml").write_text(text, encoding="utf-8")
    cv2.imwrite(str(folder / "1.jpg"), saved_again(photograph(108), quality=85).luma)
    (judged,) = _judged(folder, pack, analyse=lambda _path: Analysis(dossier(sha256="c" * 64)))
    assert _clause(judged).status is ClauseStatus.UNCERTAIN
    assert "photo_duplicate units[P1].photos[0]" in _clause(judged).reason.en
    report = write_unit(folder / "out", judged, {}, "LessonProof", pack)
    document = json.loads((folder / "out" / "P1" / "photos.json").read_text(encoding="utf-8"))
    detail = document["photos"][0]["findings"][0]["detail"]
    assert (detail["method"], detail["other"]) == ("recorded_frame", "c" * 64)
    assert (detail["other_file"], detail["other_start_s"]) == (path.name, seconds_of(108))
    shown = report.read_text(encoding="utf-8")
    assert "apparently the picture at 0:00:04.00 of the recording P1 / lesson.mp4" in shown
    assert shown.count('src="data:image/jpeg') == 2, "the photograph beside the frame"


def test_a_document_of_an_earlier_run_does_not_stay(folder: Path, pack: RulePack) -> None:
    first, _ = _judged(folder, pack)
    write_unit(folder / "out", first, {}, "LessonProof", pack)
    written = folder / "out" / "P1" / "photos.json"
    assert written.exists()
    text = (folder / "class.yaml").read_text(encoding="utf-8").replace("    photos: [{file: 1.jpg}]\n", "")
    (folder / "class.yaml").write_text(text, encoding="utf-8")
    first, _ = _judged(folder, pack)
    write_unit(folder / "out", first, {}, "LessonProof", pack)
    assert not written.exists()


def test_a_bad_photograph_costs_its_own_unit_only(folder: Path, pack: RulePack) -> None:
    (folder / "1.jpg").write_bytes(b"no picture")
    first, second = _judged(folder, pack)
    assert _clause(first).status is ClauseStatus.UNCERTAIN
    assert "1.jpg" in _clause(first).reason.en
    assert "photo_duplicate" not in _clause(second).reason.en, "there is nothing that it could equal"
    write_unit(folder / "out", first, {}, "LessonProof", pack)


def test_unmeasured_photographs_are_open(folder: Path, pack: RulePack) -> None:
    judged = next(verify_class(read_class_file(folder / "class.yaml"), pack, folder, _nothing_to_analyse))
    assert judged.case.photos is None
    assert _clause(judged).status is ClauseStatus.UNCERTAIN
