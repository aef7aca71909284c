"""The command on real files: a class file and short recordings, from the command line to the report."""

import io
import json
import shutil
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from typer.testing import CliRunner, Result

from lessonproof.evidence.errors import DocumentError, InputError, LessonProofError
from lessonproof.service.cli.console import exit_code_of
from lessonproof.service.cli.main import app

EXAMPLES = Path(__file__).parents[3] / "examples"


def _recording(seconds: int = 12, fps: int = 5) -> bytes:
    """A bright square that wanders over noise: 96x64, MP4."""
    rng = np.random.default_rng(3)
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=fps)
        stream.width, stream.height, stream.pix_fmt = 96, 64, "yuv420p"
        stream.time_base = Fraction(1, fps)
        stream.gop_size = fps
        for index in range(seconds * fps):
            picture = rng.integers(60, 90, (64, 96, 3), dtype=np.uint8)
            left = index % 70
            picture[20:40, left : left + 20] = 220
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
            frame.pts = index
            container.mux(stream.encode(frame))
        container.mux(stream.encode())
    return buffer.getvalue()


@pytest.fixture(scope="module")
def video() -> bytes:
    return _recording()


@pytest.fixture
def folder(tmp_path: Path, video: bytes) -> Path:
    shutil.copytree(EXAMPLES / "practical", tmp_path / "class")
    (tmp_path / "class" / "recordings").mkdir(exist_ok=True)
    for name in ("P1-east", "P1-west", "P2-east"):
        (tmp_path / "class" / "recordings" / f"{name}.mp4").write_bytes(video)
    return tmp_path / "class"


def _run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def _exit_code(result: Result) -> int:
    """As the program ends: what our own code raised is turned into a code at the entry point."""
    if isinstance(result.exception, LessonProofError):
        return exit_code_of(result.exception)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code


def test_results_of_every_unit_are_written(folder: Path, tmp_path: Path) -> None:
    result = _run("verify", folder / "class.yaml", "--out", tmp_path / "out", "--no-people")
    assert _exit_code(result) == 0
    for unit in ("P1", "P2"):
        verdict = json.loads((tmp_path / "out" / unit / "verdict.json").read_text(encoding="utf-8"))
        assert verdict["unit"] == unit
        assert verdict["outcome"] in {"fail", "review"}, "twelve seconds are no lesson of three hours"
        assert "课证" in (tmp_path / "out" / unit / "report.html").read_text(encoding="utf-8")
        assert str(tmp_path / "out" / unit / "report.html") in result.stdout
    findings = json.loads((tmp_path / "out" / "P1" / "findings.json").read_text(encoding="utf-8"))
    assert [recording["error"] for recording in findings["recordings"]] == [None, None]
    assert findings["recordings"][0]["duration_s"] == pytest.approx(12.0)


def test_one_unit_and_recordings_elsewhere(folder: Path, tmp_path: Path) -> None:
    (folder / "recordings").rename(tmp_path / "recordings")
    arguments = ("--unit", "P2", "--recordings", tmp_path, "--no-people")
    assert _exit_code(_run("verify", folder / "class.yaml", "--out", tmp_path / "out", *arguments)) == 0
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["P2"]


def test_a_recording_that_is_missing_is_told_and_is_no_error(folder: Path, tmp_path: Path) -> None:
    (folder / "recordings" / "P2-east.mp4").unlink()
    result = _run("verify", folder / "class.yaml", "--out", tmp_path / "out", "--unit", "P2", "--no-people")
    assert _exit_code(result) == 0
    assert "recordings/P2-east.mp4: there is no such file" in result.stderr
    assert "找不到该文件" in (tmp_path / "out" / "P2" / "report.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="zero-bytes"),
        pytest.param(lambda path: path.write_text("#EXTM3U\nhttp://x/y.ts\n"), id="playlist"),
        pytest.param(
            lambda path: (path.rename(path.with_suffix(".x")), path.symlink_to(path.with_suffix(".x"))), id="link"
        ),
    ],
)
def test_an_unreadable_recording_ends_with_3_after_all_is_written(
    spoil: Callable[[Path], object], folder: Path, tmp_path: Path
) -> None:
    spoil(folder / "recordings" / "P1-west.mp4")
    result = _run("verify", folder / "class.yaml", "--out", tmp_path / "out", "--no-people")
    assert _exit_code(result) == 3
    assert "P1-west.mp4" in result.stderr
    for unit in ("P1", "P2"):
        assert (tmp_path / "out" / unit / "verdict.json").exists()


@pytest.mark.parametrize(
    ("change", "line", "said"),
    [
        pytest.param(("rule_pack: NK", "rule_pack: LA"), 6, "expected one of NK, SX", id="unknown-pack"),
        pytest.param(("rule_pack: NK", "rule_pack: SX"), 6, "is a draft", id="draft-is-off"),
        pytest.param(('start: "08:30"', 'start: "11:30"'), 40, "a time after the start", id="end-before-start"),
        pytest.param(
            ("clause: NK-6.1.3", "clause: NK-6.1.33"), 99, "expected a clause of the rule pack NK", id="unknown-clause"
        ),
        pytest.param(("topic: 管件", "topics: 管件"), 0, "did you mean topic?", id="unknown-key"),
    ],
)
def test_an_invalid_class_file_ends_with_4(
    change: tuple[str, str], line: int, said: str, folder: Path, tmp_path: Path
) -> None:
    path = folder / "class.yaml"
    old, new = change
    text = path.read_text(encoding="utf-8").replace(old, new)
    if new == "rule_pack: SX":
        text = text[: text.index("records:")]
    path.write_text(text, encoding="utf-8")
    result = _run("verify", path, "--out", tmp_path / "out", "--no-people")
    assert isinstance(result.exception, DocumentError)
    assert _exit_code(result) == 4
    assert said in result.exception.en
    assert f"{path}:{line or ''}" in result.exception.en
    assert not (tmp_path / "out").exists(), "nothing is begun"


def test_a_draft_can_be_switched_on(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES / "theory", tmp_path / "class")
    arguments = ("--enable-draft", "SX", "--unit", "T2", "--no-people")
    assert _exit_code(_run("verify", tmp_path / "class" / "class.yaml", "--out", tmp_path / "out", *arguments)) == 0
    verdict = json.loads((tmp_path / "out" / "T2" / "verdict.json").read_text(encoding="utf-8"))
    assert verdict["pack"]["id"] == "SX"


def test_an_unknown_unit_is_wrong_usage(folder: Path, tmp_path: Path) -> None:
    result = _run("verify", folder / "class.yaml", "--out", tmp_path / "out", "--unit", "P9")
    assert isinstance(result.exception, InputError)
    assert _exit_code(result) == 2


def test_without_out_it_is_wrong_usage(folder: Path) -> None:
    assert _exit_code(_run("verify", folder / "class.yaml")) == 2
