import json
from dataclasses import replace
from pathlib import Path

import pytest

from lessonproof.documents.class_file import read_class_file
from lessonproof.evidence.attendance import NamedPerson, Punch, SourceKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.attended import NotPlaced
from lessonproof.policy.contradictions import Contradiction, CountContradiction
from lessonproof.policy.judge import judge
from lessonproof.policy.packs import load_packs, select_pack
from lessonproof.service.reports.attended import (
    CONTRADICTIONS,
    COUNT_CONTRADICTIONS,
    MAX_UNPLACED_SHOWN,
    NOT_PLACED,
    SOURCES,
    attendance_document,
    attended_view,
)
from lessonproof.service.reports.render import render_report

EXAMPLE = Path(__file__).parents[3] / "examples" / "online" / "class.yaml"


@pytest.fixture(scope="module")
def theory() -> UnitCase:
    class_file = read_class_file(EXAMPLE)
    return UnitCase(class_file, class_file.unit("T1"), {})


@pytest.fixture(scope="module")
def online() -> UnitCase:
    class_file = read_class_file(EXAMPLE)
    return UnitCase(class_file, class_file.unit("O1"), {})


def absent(case: UnitCase, number: int) -> UnitCase:
    """The same export without one person's punches, and with many strangers'."""
    export, check = case.unit.attendance
    kept = tuple(row for row in export.punches if row.person.number != number)
    stranger = replace(export.punches[0], person=NamedPerson(None, "<b>王某某</b>"))
    strangers = tuple(replace(stranger, row=100 + index) for index in range(MAX_UNPLACED_SHOWN + 2))
    unit = replace(case.unit, attendance=(replace(export, punches=(*kept, *strangers)), check))
    return replace(case, unit=unit)


def report(case: UnitCase) -> str:
    declared = case.class_file
    pack = select_pack(load_packs(), "SX", declared.training_class.opened_on, frozenset({"SX"}))
    return render_report(judge(pack, case), case, {}, "test")


def test_every_code_has_words_in_both_languages() -> None:
    for words, kinds in (
        (CONTRADICTIONS, Contradiction),
        (COUNT_CONTRADICTIONS, CountContradiction),
        (NOT_PLACED, NotPlaced),
        (SOURCES, SourceKind),
    ):
        assert set(words) == set(kinds)
        assert all(item.en.isascii() and not item.zh.isascii() for item in words.values())


def test_the_example_agrees_throughout(theory: UnitCase, online: UnitCase) -> None:
    view = attended_view(theory)
    assert view is not None
    assert [row.contradictions for row in view.rows] == [()] * 4
    assert (view.rows[0].signed.en, view.rows[0].punches.en) == ("signed", "08:11, 11:32")
    assert [(line.counted, line.signed, line.in_view) for line in view.checks] == [(4, "4", "–")]
    logged = attended_view(online)
    assert logged is not None
    assert [row.online.en for row in logged.rows] == ["90 min", "89 min", "90 min", "86 min"]


def test_a_unit_without_sources_shows_nothing(theory: UnitCase) -> None:
    bare = replace(theory, unit=replace(theory.unit, attendance=()))
    assert attended_view(bare) is None
    assert attendance_document(bare) is None
    assert "考勤来源对照" not in report(bare)


def test_the_report_shows_numbers_and_never_names(theory: UnitCase) -> None:
    html = report(absent(theory, 3))
    assert "已签名，没有打卡" in html
    assert "signed, and did not punch" in html
    assert "attendance/2026-05-11-punches.csv:100" in html
    assert "2 more in attendance.json" in html
    for name in ("学员甲", "学员丙", "王某某"):
        assert name not in html


def test_the_same_as_data(theory: UnitCase) -> None:
    document = attendance_document(absent(theory, 3))
    assert document is not None
    assert document["trainees"][2] == {
        "number": 3,
        "signed": True,
        "punches": [],
        "online_s": None,
        "progress_percent": None,
        "suspected": ["signed_not_punched"],
    }
    assert document["checks"][0]["at"] == "2026-05-11T09:40:00+08:00"
    assert document["unplaced"][0]["reason"] == "not_on_roster"
    assert len(document["unplaced"]) == MAX_UNPLACED_SHOWN + 2
    assert "王某某" not in json.dumps(document, ensure_ascii=False)


def test_a_silent_source_is_named(theory: UnitCase) -> None:
    export = theory.unit.attendance[0]
    late: Punch = replace(export.punches[0], at=export.punches[0].at.replace(hour=23))
    unit = replace(theory.unit, attendance=(replace(export, punches=(late,)),))
    assert "打卡导出中没有本单元时间内的记录" in report(replace(theory, unit=unit))
