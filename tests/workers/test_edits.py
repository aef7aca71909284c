"""Stage ``edits``: what the file, its pictures and its sound add up to, beside what whole lessons show."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.analysis.sound import LEVEL_STEP_NS, LevelSeries
from lessonproof.evidence.findings import FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.workers.edits import Edits, checked_kinds, find_edits, sound_findings
from lessonproof.workers.file_stage import file_findings
from tests.media.clips import Clip, write_clip

MS = 1_000_000


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> RecordingIndex:
    return index_recording(write_clip(tmp_path_factory.mktemp("edits") / "a.mp4", Clip()))


def test_a_whole_file_has_nothing_to_tell(index: RecordingIndex) -> None:
    assert file_findings(index, []) == ()


def test_what_could_not_be_decoded_is_unreadable(index: RecordingIndex) -> None:
    spans = [Interval(1200 * MS, 2400 * MS), Interval(2000 * MS, 3600 * MS)]
    (finding,) = file_findings(index, spans)
    assert finding.kind is FindingKind.UNREADABLE
    assert finding.interval == Interval(1200 * MS, 3600 * MS)


def test_the_picture_that_the_end_cuts_through_is_part_of_what_is_missing(index: RecordingIndex) -> None:
    short = replace(index, missing_bytes=1000)
    last = Interval(index.packets.duration_ns - 100 * MS, index.packets.duration_ns)
    assert [f.kind for f in file_findings(short, [last])] == [FindingKind.TRUNCATED]
    assert [f.kind for f in file_findings(index, [last])] == [FindingKind.UNREADABLE]


def test_longer_damage_before_a_missing_end_is_told_beside_it(index: RecordingIndex) -> None:
    short = replace(index, missing_bytes=1000)
    long = Interval(2400 * MS, index.packets.duration_ns)
    kinds = {f.kind: f.severity for f in file_findings(short, [long])}
    assert kinds == {FindingKind.TRUNCATED: Severity.CRITICAL, FindingKind.UNREADABLE: Severity.WARNING}


def levels(index: RecordingIndex, dbfs: float) -> LevelSeries:
    steps = -(-index.packets.duration_ns // LEVEL_STEP_NS)
    return LevelSeries(np.full(steps, dbfs, np.float32), np.ones(steps, np.bool_))


@pytest.mark.parametrize(
    ("has_audio", "dbfs", "reason"),
    [
        pytest.param(False, None, "no_track", id="no-track"),
        pytest.param(True, None, "undecodable_track", id="a-track-that-cannot-be-decoded"),
        pytest.param(True, -np.inf, "silent_track", id="a-microphone-that-was-off"),
    ],
)
def test_why_there_is_no_sound(index: RecordingIndex, has_audio: bool, dbfs: float | None, reason: str) -> None:
    sound = None if dbfs is None else levels(index, dbfs)
    (finding,) = sound_findings(replace(index, has_audio=has_audio), sound)
    assert finding.kind is FindingKind.NO_AUDIO
    assert finding.detail == {"reason": reason}
    assert finding.interval == Interval(0, index.packets.duration_ns)


def test_a_room_that_is_heard_tells_nothing(index: RecordingIndex) -> None:
    assert sound_findings(index, levels(index, -50.0)) == ()


@pytest.mark.parametrize(
    ("stills", "jumps", "expected"),
    [(True, True, {"freeze", "cut"}), (True, False, {"freeze"}), (False, False, set())],
)
def test_silence_counts_only_where_it_was_looked(stills: bool, jumps: bool, expected: set[str]) -> None:
    kinds = checked_kinds(Edits((), (), stills, jumps))
    assert kinds & {"freeze", "cut"} == expected
    assert {"gap", "truncated", "unreadable", "black", "no_audio", "audio_gap"} <= kinds


def test_of_a_screen_recording_stillness_and_jumps_say_nothing(tmp_path: Path) -> None:
    """No sensor, no noise: the same picture for seconds, then another one."""
    times = tuple(range(0, 8000, 100))
    path = write_clip(tmp_path / "a.mp4", Clip(times_ms=times, noise=0.0))
    recording = index_recording(path)
    found = find_edits(path, recording, ())
    assert not found.stills_decidable
    assert not found.jumps_complete
    assert found.findings == ()


def test_a_long_hole_is_no_cut(tmp_path: Path) -> None:
    times = (*range(0, 4000, 100), *range(4000 + 3 * NS_PER_S // MS, 11_000, 100))
    recording = index_recording(write_clip(tmp_path / "a.mp4", Clip(times_ms=times)))
    assert [f.kind for f in file_findings(recording, [])] == [FindingKind.GAP]
