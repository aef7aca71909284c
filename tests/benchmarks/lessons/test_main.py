from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.lessons.__main__ import main
from benchmarks.lessons.spec import EditKind

TINY = ["render", "--seed", "7", "--seconds", "3", "--size", "160x90", "--people", "4", "--codec", "h264", "--no-vfr"]


def test_it_renders_a_file_and_its_truth(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out, truth = tmp_path / "a.mkv", tmp_path / "truth.json"
    done = main(
        [
            *TINY,
            "--fps",
            "25",
            "--out",
            str(out),
            "--truth",
            str(truth),
            "--edit",
            "cut@1:0.5",
            "--honest",
            "knock@2:0.5",
        ]
    )
    assert done == 0
    document = json.loads(truth.read_text(encoding="utf-8"))
    assert document["container"] == "mkv"
    assert [e["kind"] for e in document["edits"]] == ["cut"]
    assert [h["kind"] for h in document["honest"]] == ["knock"]
    shown = capsys.readouterr()
    assert shown.out.strip() == str(truth)
    assert "frames" in shown.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "a.avi"], "--out must end in .mp4, .mkv or .ts"),
        (["--out", "a.mp4", "--edit", "snip@1:1"], "unknown edit 'snip'"),
        (["--out", "a.mp4", "--size", "big"], "--size must look like 1280x720"),
        (["--out", "a.mp4", "--honest", "sneeze@1"], "unknown honest event"),
        (["--out", "missing-folder/a.mp4"], "missing-folder"),
    ],
)
def test_wrong_usage_says_what_was_expected(
    arguments: list[str], said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([*TINY, *arguments]) == 2
    assert said in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_help_names_every_edit() -> None:
    shown = subprocess.run(
        [sys.executable, "-m", "benchmarks.lessons", "render", "--help"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3],
    )  # fmt: skip
    for kind in EditKind:
        assert kind.value in shown.stdout
