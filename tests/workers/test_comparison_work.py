"""Re-used footage from end to end in one process: real lessons of one room, one holds a minute of another."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import select

from benchmarks.lessons import Edit, EditKind, Encoding, LessonSpec, render_lesson
from lessonproof.storage.classes import find_unit
from lessonproof.storage.comparisons import newest_comparison
from lessonproof.storage.jobs import claim
from lessonproof.storage.objects import read_bytes
from lessonproof.storage.planning import newest_dossier
from lessonproof.storage.results import find_picture, newest_verdict
from lessonproof.storage.tables import JobKind, TrainingClassRow, UnitRow
from lessonproof.workers.registers import Registers
from tests.storage.support import MINUTE
from tests.workers.support import CLASS_FILE, Site

ROOM = 41
SOURCE = LessonSpec(
    seed=43,
    room_seed=ROOM,
    duration_s=150.0,
    size=(320, 180),
    fps=10,
    people=6,
    absences=(),
    encoding=Encoding(gop=20),
)
HONEST = replace(SOURCE, seed=44)
STOLEN_AT_S, STOLEN_FROM_S, STOLEN_S = 40.0, 20.0, 75.0
TOLERANCE_S = 12.0
"""Six codes at either end; their neighbourhood reaches into the other lesson."""
COPY = replace(
    SOURCE,
    seed=42,
    encoding=Encoding(gop=30, crf=30),
    edits=(
        Edit(
            EditKind.SPLICE,
            STOLEN_AT_S,
            STOLEN_S,
            source_start_s=STOLEN_FROM_S,
            foreign_seed=SOURCE.seed,
            same_room=True,
        ),
    ),
)


@pytest.fixture(scope="module")
def lessons(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("reused")
    specs = {"source": SOURCE, "copy": COPY, "honest": HONEST}
    for name, spec in specs.items():
        render_lesson(spec, folder / f"{name}.mp4")
    return {name: (folder / f"{name}.mp4").read_bytes() for name in specs}


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def class_text(number: str, institution: str, *units: str) -> str:
    """A class of half-days, each with one recording of its name."""
    head, _, unit = CLASS_FILE.partition("  - id: T1")
    head = head.replace("NK-1", number).replace("示例学校", institution)
    days = [
        ("  - id: T1" + unit).replace("T1", name).replace("04-08", f"04-{8 + n:02d}") for n, name in enumerate(units)
    ]
    return head + "".join(day.lstrip("\n") for day in days)


def work_off(site: Site) -> Iterator[JobKind]:
    while True:
        site.clock.pass_time(1)
        with site.database.write() as session:
            held = claim(session, list(JobKind), "me", site.clock(), MINUTE)
        if held is None:
            return
        site.work.execute(held, lambda _: None, Event())
        yield held.kind


def findings_of(site: Site, number: str, unit: str) -> dict[str, Any]:
    """The entry of the one recording in a unit's ``findings.json``."""
    with site.database.read() as session:
        query = select(UnitRow).join(TrainingClassRow, TrainingClassRow.id == UnitRow.class_id)
        row = session.scalars(query.where(TrainingClassRow.class_number == number, UnitRow.name == unit)).one()
        verdict = newest_verdict(session, row.id)
        assert verdict is not None
        (entry,) = json.loads(read_bytes(site.store, verdict.findings_sha256))["recordings"]
        document = json.loads(read_bytes(site.store, verdict.verdict_sha256))
        (told,) = document["inputs"]["comparisons"]
        told_document = json.loads(read_bytes(site.store, told))
        dossier = newest_dossier(session, entry["sha256"])
        assert dossier is not None
        comparison = newest_comparison(session, dossier.id)
        assert comparison is not None
        assert told_document["source_digest"] == comparison.object_sha256 == entry["comparison"]["source"]
        names = [name for finding in entry["findings"] for name in finding["evidence"]]
        for name in names:
            assert read_bytes(site.store, find_picture(session, find_unit(session, row.id).id, name))[:2] == b"\xff\xd8"
    return dict(entry)


def reuse_in(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [finding for finding in entry["findings"] if finding["kind"] == "reuse"]


def test_a_minute_of_last_weeks_lesson_is_told_on_the_later_one(site: Site, lessons: dict[str, bytes]) -> None:
    class_id = site.hand_in(class_text("C-1", "示例学校", "T1", "T2", "T3"))
    for unit, name in (("T1", "source"), ("T2", "copy"), ("T3", "honest")):
        site.clock.pass_time(60)
        site.upload(class_id, f"{unit}.mp4", lessons[name])
    assert list(work_off(site)).count(JobKind.COMPARE) == 3
    entry = findings_of(site, "C-1", "T2")
    (finding,) = reuse_in(entry)
    assert abs(finding["start_s"] - STOLEN_AT_S) < TOLERANCE_S
    assert abs(finding["end_s"] - STOLEN_AT_S - STOLEN_S) < TOLERANCE_S
    assert abs(finding["detail"]["other_start_s"] - STOLEN_FROM_S) < TOLERANCE_S
    assert (finding["detail"]["other_class"], finding["detail"]["other_unit"]) == ("C-1", "T1")
    assert finding["evidence"]
    assert entry["comparison"]["hours_compared"] > 0
    for honest in ("T1", "T3"):
        entry = findings_of(site, "C-1", honest)
        assert reuse_in(entry) == []
        assert "reuse" in entry["checked"]


def test_of_another_institution_the_report_says_only_that_it_was_filed_elsewhere(
    site: Site, lessons: dict[str, bytes]
) -> None:
    first = site.hand_in(class_text("C-1", "先交学校", "T1"))
    second = site.hand_in(class_text("C-2", "后交学校", "T1"))
    source = site.upload(first, "T1.mp4", lessons["source"])
    site.clock.pass_time(60)
    site.upload(second, "T1.mp4", lessons["copy"])
    list(work_off(site))
    assert reuse_in(findings_of(site, "C-1", "T1")) == []
    entry = findings_of(site, "C-2", "T1")
    (finding,) = reuse_in(entry)
    assert finding["detail"]["filed_elsewhere"] is True
    assert source not in json.dumps(entry)


def test_the_later_of_two_is_told_though_it_was_analysed_first(site: Site, lessons: dict[str, bytes]) -> None:
    class_id = site.hand_in(class_text("C-1", "示例学校", "T1", "T2"))
    site.upload(class_id, "T1.mp4", lessons["source"])
    with site.database.write() as session:
        held = claim(session, [JobKind.ANALYSE], "slow", site.clock(), MINUTE * 600)
    assert held is not None
    site.clock.pass_time(60)
    site.upload(class_id, "T2.mp4", lessons["copy"])
    list(work_off(site))
    assert reuse_in(findings_of(site, "C-1", "T2")) == []
    site.clock.pass_time(60)
    site.work.execute(held, lambda _: None, Event())
    assert list(work_off(site)).count(JobKind.COMPARE) == 2
    assert len(reuse_in(findings_of(site, "C-1", "T2"))) == 1
    assert reuse_in(findings_of(site, "C-1", "T1")) == []


def test_the_same_bytes_for_another_class_are_told_by_their_digest(site: Site, lessons: dict[str, bytes]) -> None:
    first = site.hand_in(class_text("C-1", "示例学校", "T1"))
    second = site.hand_in(class_text("C-2", "示例学校", "T1"))
    site.upload(first, "T1.mp4", lessons["honest"])
    site.clock.pass_time(60)
    site.upload(second, "T1.mp4", lessons["honest"])
    assert list(work_off(site)).count(JobKind.ANALYSE) == 1
    assert reuse_in(findings_of(site, "C-1", "T1")) == []
    (finding,) = reuse_in(findings_of(site, "C-2", "T1"))
    assert (finding["start_s"], finding["detail"]["same_bytes"]) == (0.0, True)
    assert finding["detail"]["other_class"] == "C-1"


def test_an_index_that_was_lost_is_filled_again(site: Site, lessons: dict[str, bytes], tmp_path: Path) -> None:
    class_id = site.hand_in(class_text("C-1", "示例学校", "T1", "T2"))
    site.upload(class_id, "T1.mp4", lessons["source"])
    list(work_off(site))
    for path in (tmp_path / "fingerprints").rglob("*"):
        if path.is_file():
            path.unlink()
    registers = Registers(site.database, site.store, "faiss", tmp_path / "fingerprints")
    site.work = replace(site.work, registers=registers)
    site.clock.pass_time(60)
    site.upload(class_id, "T2.mp4", lessons["copy"])
    list(work_off(site))
    assert len(reuse_in(findings_of(site, "C-1", "T2"))) == 1
