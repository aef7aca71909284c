"""A whole tiny suite: rendered, listed, rendered again without rendering anything."""

import json
from pathlib import Path

import pytest

from benchmarks.lessons.spec import Encoding, LessonSpec
from benchmarks.tamper.__main__ import main
from benchmarks.tamper.render import Suite, clip_path, render_suite
from benchmarks.tamper.running import files_of
from benchmarks.tamper.spec import Case, Master, Piece, Recorder, Reedit, Resound, Untouched

TINY = Encoding(gop=10, preset="ultrafast", threads=1)


def tiny_master(name: str, seed: int) -> Master:
    spec = LessonSpec(seed=seed, duration_s=3.0, fps=10, size=(160, 96), people=1, encoding=TINY, truth_step_s=1e5)
    return Master(name, "device", 0, spec, Recorder.NVR)


def tiny_suite() -> Suite:
    splice = Reedit((Piece(0, 1.0), Piece(0, 1.0, source=1, kind="splice"), Piece(2.0, 1e5)), TINY)
    cases = (
        Case("dev-splice-00", "splice", "a", splice, others=("b",), stratum=(("line", "splice"),)),
        Case("dev-no_audio-00", "no_audio", "a", Resound("no_audio", "mp4"), stratum=(("line", "no_audio"),)),
        Case("dev-pair-00", "honest", "a", Untouched(), stratum=(("line", "honest-pair"),), accepted=("b",)),
    )
    return Suite("dev", {"a": tiny_master("a", 1), "b": tiny_master("b", 2)}, (tiny_master("long", 3),), cases, ())


def test_a_suite_is_rendered_once(tmp_path: Path) -> None:
    said: list[str] = []
    for _ in range(2):
        render_suite(tiny_suite(), tmp_path, jobs=1, only=frozenset(), hours=True, say=said.append)
        times = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "files").iterdir()}
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "files").iterdir()} == times
    assert len(said) == 2 * 6
    assert not [name for name in times if name.startswith(("unfinished", "tmp"))]
    files = {file.id: file for file in files_of(tmp_path)}
    assert set(files) == {"a", "b", "long", "dev-splice-00", "dev-no_audio-00", "dev-pair-00"}
    assert files["dev-pair-00"].accepted == (files["b"].path,)
    assert [e.kind for e in files["dev-splice-00"].truth.events] == ["splice"]
    assert files["long"].stratum["role"] == "hours"


def test_only_what_was_asked_for_is_rendered_and_listed(tmp_path: Path) -> None:
    render_suite(tiny_suite(), tmp_path, jobs=1, only=frozenset({"no_audio"}), hours=False, say=lambda _line: None)
    listed = json.loads((tmp_path / "suite.json").read_text(encoding="utf-8"))["cases"]
    assert [entry["id"] for entry in listed] == ["a", "dev-no_audio-00"]


def test_the_command_line_lists_and_refuses_unknown_kinds(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", "--split", "test"]) == 0
    assert "10.0 honest hours" in capsys.readouterr().out
    assert main(["render", "--split", "dev", "--out", str(tmp_path), "--only", "teleport"]) == 2


def test_a_missing_clip_says_what_to_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("LESSONPROOF_FOOTAGE", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="LESSONPROOF_FOOTAGE"):
        clip_path("dancer.avi")
