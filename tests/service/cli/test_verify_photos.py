"""Photographs from the command line: measured without any recording, and a bad one named without ending the run."""

import json
from pathlib import Path

import cv2
from typer.testing import CliRunner

from lessonproof.service.cli.main import app
from tests.analysis.photo_rooms import photograph
from tests.service.usecases.test_verify_photos import CLASS_FILE, UNIT


def test_photographs_of_a_class_without_recordings(tmp_path: Path) -> None:
    text = CLASS_FILE + UNIT % ("P1", "2026-04-08", "1.png") + UNIT % ("P2", "2026-04-09", "2.png")
    text += UNIT % ("P3", "2026-04-10", "gone.png")
    (tmp_path / "class.yaml").write_text(text, encoding="utf-8")
    for name in ("1.png", "2.png"):
        cv2.imwrite(str(tmp_path / name), photograph(1).luma)
    out = tmp_path / "out"
    command = ["verify", str(tmp_path / "class.yaml"), "--out", str(out), "--no-people", "--enable-draft", "SX"]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0, result.output
    assert "P3: gone.png: cannot be opened" in result.output
    assert "P3：gone.png：无法打开" in result.output
    (photo,) = json.loads((out / "P2" / "photos.json").read_text(encoding="utf-8"))["photos"]
    assert [finding["detail"]["method"] for finding in photo["findings"]] == ["same_bytes"]
    assert photo["people"]["reason"] == "switched_off"
    report = (out / "P2" / "report.html").read_text(encoding="utf-8")
    assert "the same file, byte by byte" in report
