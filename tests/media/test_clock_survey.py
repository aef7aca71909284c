"""A real recording with a burned-in clock, from the file to what is said of it."""

import importlib.util
from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.video.stream import VideoStream

from lessonproof.analysis.clock_judge import ClockVerdict, judge_clock
from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay, ClockReading, read_clock
from lessonproof.analysis.clock_text import moment_of
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval
from lessonproof.media.clock_readings import open_clock_source
from lessonproof.media.clock_survey import survey_recording
from lessonproof.media.decoding import Decoded, decode_keyframes
from lessonproof.media.index import index_recording
from lessonproof.media.pictures import luma_of
from lessonproof.models.clock_reader import ClockReader
from lessonproof.models.clock_reader_registry import open_clock_reader
from tests.analysis.clock_scenes import SIZE, START, Scene, room

FPS = 5
GOP = 10
SECONDS = 40
PATTERN = "{Y}-{m}-{d} {H}:{M}:{S}"


def write(path: Path, shown: Callable[[float], float] | None) -> Path:
    """A recording of 40 s; ``shown`` gives the clock's seconds by presentation time, ``None`` draws no clock."""
    scene = Scene(PATTERN)
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=FPS, options={"g": str(GOP), "keyint_min": str(GOP), "crf": "27"})
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for k in range(SECONDS * FPS):
            luma = room(k // 7) if shown is None else scene.picture(START + timedelta(seconds=shown(k / FPS)), k // 7)
            planes = np.concatenate([luma, np.full((SIZE[1] // 2, SIZE[0]), 128, np.uint8)])
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(planes), format="yuv420p")
            frame.pts, frame.time_base = k, Fraction(1, FPS)
            output.mux(stream.encode(frame))
        output.mux(stream.encode())
    return path


def judged(path: Path, overlay: ClockOverlay) -> ClockVerdict:
    index = index_recording(path)
    seen: list[ClockReading] = []
    for item in decode_keyframes(path, index, Interval(0, index.packets.duration_ns)):
        assert isinstance(item, Decoded)
        seen.append(read_clock(overlay, item.time_ns, luma_of(item.frame)))
    with open_clock_source(path, index, overlay) as source:
        verdict = judge_clock(seen, overlay, index.packets.duration_ns, source=source)
        assert source.decoded_ns <= SECONDS * 10**9
    return verdict


@pytest.fixture(scope="module")
def rapidocr() -> ClockReader:
    """The real reader."""
    if importlib.util.find_spec("rapidocr") is None:
        pytest.skip("rapidocr is not installed (extra 'worker')")
    return open_clock_reader("rapidocr")


@pytest.fixture(params=["known-texts", "rapidocr"])
def reader(request: pytest.FixtureRequest) -> ClockReader:
    """A reader that knows the texts, and the real one."""
    if request.param == "rapidocr":
        real: ClockReader = request.getfixturevalue("rapidocr")
        return real
    return Scene(PATTERN).reader([*range(SECONDS + 1), *range(30, 30 + SECONDS + 1)])


def test_a_jump_of_a_real_recording(tmp_path: Path, reader: ClockReader) -> None:
    path = write(tmp_path / "a.mp4", lambda t: t + (30.0 if t >= 25.0 else 0.0))
    overlay = survey_recording(path, index_recording(path), reader)
    assert isinstance(overlay, ClockOverlay)
    verdict = judged(path, overlay)
    (jump,) = verdict.findings
    assert jump.kind is FindingKind.CLOCK_JUMP
    assert jump.interval == Interval(24_800_000_000, 25_000_000_000)
    assert jump.detail["jump_s"] == pytest.approx(30.0, abs=0.6)
    assert [moment_of(w) for w in verdict.first_wall_s] == [START.replace(tzinfo=None)]
    assert verdict.unread == 0


def test_an_honest_recording_is_silent(tmp_path: Path, reader: ClockReader) -> None:
    path = write(tmp_path / "a.mp4", lambda t: t)
    overlay = survey_recording(path, index_recording(path), reader)
    assert isinstance(overlay, ClockOverlay)
    verdict = judged(path, overlay)
    assert (verdict.findings, verdict.hints, verdict.speed) == ((), (), ())
    assert FindingKind.CLOCK_JUMP in verdict.checked


def test_no_clock_is_told(tmp_path: Path, rapidocr: ClockReader) -> None:
    path = write(tmp_path / "a.mp4", None)
    assert survey_recording(path, index_recording(path), rapidocr) == ClockAbsent("no_clock")


def test_no_reader_is_told(tmp_path: Path) -> None:
    path = write(tmp_path / "a.mp4", None)
    assert survey_recording(path, index_recording(path), None) == ClockAbsent("no_reader")
