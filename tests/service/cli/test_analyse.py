"""``lessonproof analyse`` from the outside: what stands on stdout and stderr, which code it ends with."""

import hashlib
import json
import os
from pathlib import Path

import pytest

from benchmarks.lessons.render import render_lesson
from benchmarks.lessons.spec import Edit, EditKind, LessonSpec
from lessonproof.models.clock_reader_registry import find_clock_reader
from lessonproof.models.speech_detector_registry import find_speech_detector
from tests.media.clips import Clip, write_clip
from tests.service.cli.conftest import Cli
from tests.workers.bad_recordings import UNREADABLE


def test_json_on_stdout_and_nothing_else(cli: Cli, tmp_path: Path) -> None:
    path = write_clip(tmp_path / "课堂 1.mp4", Clip())
    done = cli("analyse", "--no-people", path)
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert document["schema"] == "lessonproof.findings/1"
    (entry,) = document["recordings"]
    assert entry["path"] == str(path)
    assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (entry["error"], entry["findings"], entry["headcount"]) == (None, [], None)
    assert entry["headcount_reason"] == "switched_off"
    installed = (find_clock_reader(), find_speech_detector())
    stamps = [stamp for spec in installed if spec is not None for stamp in spec.stamps]
    assert entry["pipeline"]["models"] == [{"name": stamp.name, "sha256": stamp.sha256} for stamp in stamps]


def test_several_files_are_compared_with_each_other(cli: Cli, tmp_path: Path) -> None:
    first = write_clip(tmp_path / "a.mp4", Clip())
    second = tmp_path / "b.mp4"
    second.write_bytes(first.read_bytes())
    done = cli("analyse", "--no-people", first, second)
    assert done.returncode == 0
    one, two = json.loads(done.stdout)["recordings"]
    assert one["findings"] == []
    (finding,) = two["findings"]
    assert (finding["kind"], finding["detail"]["same_bytes"]) == ("reuse", True)
    assert finding["detail"]["other_file"] == str(first)
    assert two["comparison"]["compared_with"] == []
    assert "reuse" in two["unchecked"]
    (alone,) = json.loads(cli("analyse", "--no-people", first).stdout)["recordings"]
    assert alone["comparison"] is None


def test_every_bad_file_gets_an_entry_and_the_good_ones_are_analysed(cli: Cli, tmp_path: Path) -> None:
    files, codes = [], []
    for name, (make, error) in sorted(UNREADABLE.items()):
        folder = tmp_path / name
        folder.mkdir()
        files.append(make(folder))
        codes.append(error.code)
    good = write_clip(tmp_path / "good.mp4", Clip())
    out = tmp_path / "findings.json"
    done = cli("analyse", "--no-people", "--json", out, files[0], good, *files[1:])
    assert done.returncode == 3
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    entries = json.loads(out.read_text("utf-8"))["recordings"]
    assert [entry["path"] for entry in entries] == [str(path) for path in (files[0], good, *files[1:])]
    assert [entry["error"] and entry["error"]["code"] for entry in entries] == [codes[0], None, *codes[1:]]
    for entry in entries:
        if entry["error"]:
            assert entry["error"]["zh"]
            assert entry["error"]["en"] in done.stderr
            assert (entry["duration_s"], entry["findings"], entry["headcount"]) == (None, [], None)
        else:
            assert entry["duration_s"] == pytest.approx(5.94)


def test_without_weights_it_says_so_and_goes_on(cli: Cli, tmp_path: Path) -> None:
    done = cli("analyse", write_clip(tmp_path / "a.mp4", Clip()))
    assert done.returncode == 0
    assert "people are not counted" in done.stderr
    assert "不统计人数" in done.stderr
    (entry,) = json.loads(done.stdout)["recordings"]
    assert (entry["headcount"], entry["headcount_reason"]) == (None, "no_weights")


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(["--people-too", "a.mp4"], id="unknown-option"),
        pytest.param(["--weights", "no-such-weights", "a.mp4"], id="unknown-weights"),
        pytest.param(["--no-people", "--json", "no/such/folder/out.json", "a.mp4"], id="nowhere-to-write"),
    ],
)
def test_wrong_usage_ends_with_2_before_anything_is_read(cli: Cli, arguments: list[str]) -> None:
    done = cli("analyse", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_misspelt_setting_is_refused_even_where_none_is_used(cli: Cli, tmp_path: Path) -> None:
    done = cli("analyse", "--no-people", write_clip(tmp_path / "a.mp4", Clip()), LESSONPROOF_MODEL="/x")
    assert done.returncode == 2
    assert "LESSONPROOF_MODEL" in done.stderr
    assert "未知设置" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_name_in_another_encoding_does_not_cost_the_result(cli: Cli, tmp_path: Path) -> None:
    name = os.fsdecode("课堂.mp4".encode("gbk"))
    path = write_clip(tmp_path / "a.mp4", Clip()).rename(tmp_path / name)
    done = cli("analyse", "--no-people", path)
    assert done.returncode == 0
    (entry,) = json.loads(done.stdout)["recordings"]
    assert entry["path"].endswith(".mp4")
    assert entry["error"] is None


def test_pictures_stand_beside_the_written_findings_and_stdout_names_none(cli: Cli, tmp_path: Path) -> None:
    spec = LessonSpec(
        seed=3, duration_s=8.0, size=(320, 180), people=4, edits=(Edit(EditKind.BLACK, 3.0, 2.0),), absences=()
    )
    path = tmp_path / "black.mp4"
    render_lesson(spec, path)
    out = tmp_path / "out"
    out.mkdir()
    written = cli("analyse", "--no-people", "--json", out / "findings.json", path)
    assert (written.returncode, written.stderr) == (0, "")
    (finding,) = json.loads((out / "findings.json").read_text("utf-8"))["recordings"][0]["findings"]
    assert finding["kind"] == "black"
    assert len(finding["evidence"]) == 3
    assert all((out / name).read_bytes().startswith(b"\xff\xd8") for name in finding["evidence"])
    (told,) = json.loads(cli("analyse", "--no-people", path).stdout)["recordings"][0]["findings"]
    assert (told["kind"], told["evidence"]) == ("black", [])
