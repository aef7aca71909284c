import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from lessonproof.documents.class_file import parse_class_file, read_class_file
from lessonproof.evidence.count_pictures import count_pictures
from lessonproof.evidence.dossier import Dossier, FailedAnalysis, PipelineStamp, VideoFacts
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.station_coverage import Coverage
from lessonproof.evidence.training import ClassFile, ClauseRecord
from lessonproof.evidence.verdict import ClauseStatus, Outcome
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import load_packs, select_pack
from lessonproof.service.usecases.verify import (
    RECORDING_IS_LINK,
    RECORDING_NOT_FOUND,
    RECORDING_NOT_HERE,
    UnknownUnitError,
    chosen_units,
    locate_recording,
    verify_class,
    write_unit,
)
from lessonproof.workers.pipeline import Analysis
from lessonproof.workers.stations import StationTools
from tests.evidence.veiled import veiled_jpeg

EXAMPLE = Path(__file__).parents[3] / "examples" / "practical" / "class.yaml"
OLD, NEW = veiled_jpeg(50), veiled_jpeg(200)
PICTURE = "frames/abababababab-cut-000012000-before.jpg"


@pytest.fixture(scope="module")
def class_file() -> ClassFile:
    return parse_class_file(EXAMPLE.read_text(encoding="utf-8"), "class.yaml")


@pytest.fixture(scope="module")
def pack() -> RulePack:
    return next(pack for pack in load_packs() if pack.pack_id == "NK")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "recordings").mkdir()
    for name in ("P1-east", "P1-west", "P2-east"):
        (tmp_path / "recordings" / f"{name}.mp4").write_bytes(b"bytes of a recording")
    return tmp_path


def _dossier(picture: str = PICTURE) -> Dossier:
    cut = Finding(
        FindingKind.CUT,
        Interval(12 * NS_PER_S, 12 * NS_PER_S + 40_000_000),
        0.9,
        Severity.CRITICAL,
        "full_decode",
        {"before_s": 12.0},
        (picture,),
    )
    return Dossier(
        sha256="ab" * 32,
        size_bytes=20,
        duration_ns=3 * 3600 * NS_PER_S,
        video=VideoFacts("mp4", "h264", 64, 48, 100, 10),
        has_audio=True,
        findings=(cut,),
        headcount=None,
        headcount_reason="switched_off",
        checked=frozenset(),
        pipeline=PipelineStamp("0.1.0", {}),
    )


class _Analyser:
    """Stands in for hours of decoding; remembers what it was asked."""

    def __init__(self, answer: Callable[[Path], Dossier | FailedAnalysis] = lambda _path: _dossier()) -> None:
        self.asked: list[str] = []
        self._answer = answer

    def __call__(self, path: Path) -> Analysis | FailedAnalysis:
        self.asked.append(path.name)
        answer = self._answer(path)
        return answer if isinstance(answer, FailedAnalysis) else Analysis(answer)


def test_units_are_judged_in_order_each_recording_once(class_file: ClassFile, pack: RulePack, folder: Path) -> None:
    first, second = class_file.training_class.units
    shared = replace(second, recordings=(*second.recordings, first.recordings[0]))
    training_class = replace(class_file.training_class, units=(first, shared))
    analyser = _Analyser()
    judged = list(verify_class(replace(class_file, training_class=training_class), pack, folder, analyser))
    assert [item.unit_id for item in judged] == ["P1", "P2"]
    assert analyser.asked == ["P1-east.mp4", "P1-west.mp4", "P2-east.mp4"]
    assert set(judged[1].case.dossiers) == {"recordings/P2-east.mp4", "recordings/P1-east.mp4"}


def test_a_unit_is_handed_out_before_the_next_one_is_analysed(
    class_file: ClassFile, pack: RulePack, folder: Path
) -> None:
    analyser = _Analyser()
    results = verify_class(class_file, pack, folder, analyser)
    assert next(results).unit_id == "P1"
    assert analyser.asked == ["P1-east.mp4", "P1-west.mp4"]


def test_only_the_chosen_units(class_file: ClassFile, pack: RulePack, folder: Path) -> None:
    analyser = _Analyser()
    assert [item.unit_id for item in verify_class(class_file, pack, folder, analyser, ["P2"])] == ["P2"]
    assert analyser.asked == ["P2-east.mp4"]
    with pytest.raises(UnknownUnitError, match="no unit P9 in the class file; it has P1, P2"):
        chosen_units(class_file, ["P2", "P9"])


def test_a_recording_that_is_not_there_is_named_in_the_verdict(
    class_file: ClassFile, pack: RulePack, folder: Path
) -> None:
    (folder / "recordings" / "P1-west.mp4").unlink()
    judged = next(verify_class(class_file, pack, folder, _Analyser()))
    absent = judged.case.dossiers["recordings/P1-west.mp4"]
    assert isinstance(absent, FailedAnalysis)
    assert absent.code == RECORDING_NOT_FOUND
    assert judged.verdict.outcome is not Outcome.PASS
    open_clauses = [c for c in judged.verdict.clauses if "P1-west.mp4" in c.reason.zh + c.reason.en]
    assert open_clauses
    assert all(c.status in {ClauseStatus.UNCERTAIN, ClauseStatus.MISSING} for c in open_clauses)
    assert any("P1-west.mp4" in need.zh for need in judged.verdict.needs)


def test_where_recordings_lie(folder: Path) -> None:
    (folder / "linked").symlink_to(folder / "recordings")
    (folder / "recordings" / "link.mp4").symlink_to(folder / "recordings" / "P1-east.mp4")
    assert locate_recording(folder, "recordings/P1-east.mp4") == folder / "recordings" / "P1-east.mp4"
    codes = {}
    for file in ("linked/P1-east.mp4", "recordings/link.mp4", "absent.mp4", "sha256:" + "0" * 64):
        found = locate_recording(folder, file)
        assert isinstance(found, FailedAnalysis)
        assert file in found.en
        assert str(folder) not in found.en, "the verdict does not tell where somebody's disk is mounted"
        codes[file.partition("/")[0].partition(":")[0]] = found.code
    assert codes == {
        "linked": RECORDING_IS_LINK,
        "recordings": RECORDING_IS_LINK,
        "absent.mp4": RECORDING_NOT_FOUND,
        "sha256": RECORDING_NOT_HERE,
    }


def test_what_does_not_fit_is_found_before_anything_is_analysed(
    class_file: ClassFile, pack: RulePack, folder: Path
) -> None:
    at = class_file.training_class.units[0].start
    odd = replace(class_file, records=(ClauseRecord("NK-99", None, holds=True, by="甲", at=at),))
    analyser = _Analyser()
    with pytest.raises(DocumentError, match="NK-99"):
        next(verify_class(odd, pack, folder, analyser))
    with pytest.raises(DocumentError, match="filed under SX"):
        next(verify_class(replace(class_file, rule_pack="SX"), pack, folder, analyser))
    assert analyser.asked == []


class TestWriting:
    def test_all_files_are_written(self, class_file: ClassFile, pack: RulePack, folder: Path, tmp_path: Path) -> None:
        judged = next(verify_class(class_file, pack, folder, _Analyser()))
        report = write_unit(tmp_path / "out", judged, {PICTURE: NEW, "frames/other.jpg": b"x"}, "test", pack)
        assert report == tmp_path / "out" / "P1" / "report.html"
        written = sorted(str(p.relative_to(report.parent)) for p in report.parent.rglob("*") if p.is_file())
        assert written == ["findings.json", PICTURE, "report.html", "verdict.json"]
        verdict = json.loads((report.parent / "verdict.json").read_text(encoding="utf-8"))
        assert (verdict["schema"], verdict["unit"], verdict["outcome"]) == ("lessonproof.verdict/1", "P1", "fail")
        findings = json.loads((report.parent / "findings.json").read_text(encoding="utf-8"))
        assert [r["path"] for r in findings["recordings"]] == ["recordings/P1-east.mp4", "recordings/P1-west.mp4"]
        assert findings["recordings"][0]["findings"][0]["evidence"] == [PICTURE]
        assert (report.parent / PICTURE).read_bytes() == NEW
        assert "两名审核人员" in report.read_text(encoding="utf-8"), "the pack's own words for its defaults"

    def test_a_second_run_replaces_what_it_wrote_and_leaves_other_files(
        self, class_file: ClassFile, pack: RulePack, folder: Path, tmp_path: Path
    ) -> None:
        judged = next(verify_class(class_file, pack, folder, _Analyser()))
        unit_folder = write_unit(tmp_path / "out", judged, {PICTURE: OLD}, "test", pack).parent
        stale = unit_folder / "frames" / "cdcdcdcdcdcd-gap-000000000-after.jpg"
        for path in (stale, unit_folder / "frames" / "mine.jpg", unit_folder / "notes.txt"):
            path.write_bytes(b"x")
        write_unit(tmp_path / "out", judged, {PICTURE: NEW}, "test", pack)
        assert (unit_folder / PICTURE).read_bytes() == NEW
        assert not stale.exists()
        assert (unit_folder / "frames" / "mine.jpg").exists()
        assert (unit_folder / "notes.txt").exists()
        assert not list(unit_folder.rglob(".writing-*"))

    @pytest.mark.parametrize("name", ["../frames/x.jpg", "frames/../../x.jpg", "/tmp/x.jpg", "verdict.json"])  # noqa: S108
    def test_a_picture_cannot_be_written_elsewhere(
        self, name: str, class_file: ClassFile, pack: RulePack, folder: Path, tmp_path: Path
    ) -> None:
        judged = next(verify_class(class_file, pack, folder, _Analyser(lambda _path: _dossier(name))))
        with pytest.raises(ValueError, match="a picture's name"):
            write_unit(tmp_path / "out", judged, {name: b"x"}, "test", pack)

    def test_a_picture_that_is_not_veiled_is_not_written(
        self, class_file: ClassFile, pack: RulePack, folder: Path, tmp_path: Path
    ) -> None:
        judged = next(verify_class(class_file, pack, folder, _Analyser()))
        with pytest.raises(ValueError, match="not veiled"):
            write_unit(tmp_path / "out", judged, {PICTURE: b"\xff\xd8 a face"}, "test", pack)
        assert not list((tmp_path / "out").rglob("*.jpg"))

    def test_pictures_of_the_head_count_are_written_too(
        self, class_file: ClassFile, pack: RulePack, folder: Path, tmp_path: Path
    ) -> None:
        series = HeadcountSeries((FrameCount(NS_PER_S, 4, 3, 5),), "m", NS_PER_S)
        counted = replace(_dossier(), headcount=series, headcount_reason=None)
        judged = next(verify_class(class_file, pack, folder, _Analyser(lambda _path: counted)))
        (shown,) = count_pictures(counted)
        report = write_unit(tmp_path / "out", judged, {shown.name: NEW}, "test", pack)
        assert (report.parent / shown.name).read_bytes() == NEW
        write_unit(tmp_path / "out", judged, {}, "test", pack)
        assert not (report.parent / shown.name).exists()

    def test_equal_runs_write_equal_bytes(
        self, class_file: ClassFile, pack: RulePack, folder: Path, tmp_path: Path
    ) -> None:
        contents = []
        for name in ("a", "b"):
            judged = next(verify_class(class_file, pack, folder, _Analyser()))
            out = write_unit(tmp_path / name, judged, {}, "test", pack).parent
            contents.append({p.name: p.read_bytes() for p in out.iterdir() if p.is_file()})
        assert contents[0] == contents[1]


def test_a_class_of_each_pack_can_be_judged(folder: Path) -> None:
    class_file = read_class_file(EXAMPLE.parents[1] / "theory" / "class.yaml")
    pack = select_pack(load_packs(), "SX", class_file.training_class.opened_on, frozenset({"SX"}))
    judged = list(verify_class(class_file, pack, folder, _Analyser()))
    assert [item.unit_id for item in judged] == ["T1", "T2"]


def test_sources_of_attendance_are_written_beside_each_other(tmp_path: Path) -> None:
    declared = read_class_file(EXAMPLE.parents[1] / "online" / "class.yaml")
    (judged,) = verify_class(declared, _shaoxing(), tmp_path, _Analyser(), ["O1"])
    folder = write_unit(tmp_path / "out", judged, {}, "test", _shaoxing()).parent
    document = json.loads((folder / "attendance.json").read_text(encoding="utf-8"))
    assert document["schema"] == "lessonproof.attendance/1"
    assert [row["online_s"] // 60 for row in document["trainees"]] == [90, 89, 90, 86]
    statuses = {clause.clause_id: clause.status for clause in judged.verdict.clauses}
    assert statuses["SX-3.1.9"] is statuses["SX-A5.9b"] is ClauseStatus.PASS
    bare = replace(judged, case=replace(judged.case, unit=replace(judged.case.unit, attendance=())))
    write_unit(tmp_path / "out", bare, {}, "test", _shaoxing())
    assert not (folder / "attendance.json").exists(), "one of an earlier run does not stay behind"


def _shaoxing() -> RulePack:
    return select_pack(load_packs(), "SX", date(2026, 5, 11), frozenset({"SX"}))


def test_stations_of_a_unit_with_a_layout_are_measured_and_written(
    pack: RulePack, folder: Path, tmp_path: Path
) -> None:
    example = EXAMPLE.parents[1] / "stations"
    declared = read_class_file(example / "class.yaml")
    (folder / "recordings" / "P1-east.mp4").unlink()
    tools = StationTools(lambda file: folder / file, example, None, "switched_off")
    (judged,) = verify_class(declared, pack, folder, _Analyser(), stations=tools)
    coverage = judged.case.stations
    assert coverage is not None
    assert all(row.time_ns[Coverage.COVERED] == 0 for row in coverage.rows), "nothing was read: nothing is covered"
    layout = declared.training_class.units[0].layout
    assert layout is not None
    assert layout.source_sha256 in judged.verdict.documents
    write_unit(tmp_path / "out", judged, {}, "test", pack)
    document = json.loads((tmp_path / "out" / "P1" / "stations.json").read_text(encoding="utf-8"))
    assert len(document["stations"]) == 8
    assert (tmp_path / "out" / "P1" / "stations.svg").read_text(encoding="utf-8").startswith("<svg")
    assert {minute[1] for station in document["stations"] for minute in station["minutes"]} == {"not_read"}
    (unmeasured,) = verify_class(declared, pack, folder, _Analyser())
    assert unmeasured.case.stations is None
