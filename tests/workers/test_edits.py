"""Stage ``edits``: what the file, its pictures and its sound add up to, beside what whole lessons show."""

from dataclasses import replace
from pathlib import Path

import pytest

from lessonproof.analysis.clock_overlay import ClockAbsent
from lessonproof.analysis.packets import Segment
from lessonproof.evidence.findings import FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import scan_keyframes
from lessonproof.media.sound import scan_sound
from lessonproof.workers.edits import Witnesses, find_edits
from lessonproof.workers.file_stage import file_findings
from tests.media.clips import Clip, write_clip

MS = 1_000_000
NO_CLOCK = ClockAbsent("no_clock")


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


def witnesses(path: Path, index: RecordingIndex, overlay: ClockAbsent = NO_CLOCK) -> Witnesses:
    scan = scan_keyframes(path, index, Segment(0, 0, index.packets.duration_ns), period_ns=None, long_side_px=640)
    return Witnesses(scan.facts, scan.thumbs, scan.undecodable, overlay, (), scan_sound(path, index))


@pytest.mark.parametrize("reason", ["no_reader", "no_clock", "clock_unreadable"])
def test_a_clock_that_cannot_be_read_is_never_called_clean(tmp_path: Path, reason: str) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip())
    index = index_recording(path)
    found = find_edits(path, index, witnesses(path, index, ClockAbsent(reason)))
    kinds = {"clock_jump", "clock_drift", "clock_frozen", "wrong_date"}
    assert {found.unchecked[kind] for kind in kinds} == {reason}
    assert not found.checked & kinds


def test_nothing_is_both_checked_and_unchecked_and_the_file_itself_always_settles_something(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip())
    index = index_recording(path)
    found = find_edits(path, index, witnesses(path, index))
    assert not found.checked & set(found.unchecked)
    assert {"gap", "truncated", "unreadable", "no_audio"} <= found.checked


def test_without_a_clock_or_hum_nobody_knows_the_speed(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(has_sound=False))
    index = index_recording(path)
    found = find_edits(path, index, witnesses(path, index))
    assert found.unchecked["speed"] == "no_clock_no_hum"
    assert [(f.kind, f.detail["reason"]) for f in found.findings] == [(FindingKind.NO_AUDIO, "no_track")]


def test_of_a_screen_recording_stillness_and_jumps_say_nothing(tmp_path: Path) -> None:
    """Pictures that share half of their blocks to the last bit while the rest changes come from no sensor."""
    path = write_clip(tmp_path / "a.mp4", Clip(times_ms=tuple(range(0, 8000, 100)), has_sound=False))
    index = index_recording(path)
    seen = witnesses(path, index)
    screen = replace(seen, facts=tuple(replace(fact, equal_share=0.5) for fact in seen.facts))
    found = find_edits(path, index, screen)
    kinds = ("cut", "splice", "reversed", "loop", "freeze", "camera_moved", "scene_change")
    assert {found.unchecked[kind] for kind in kinds} == {"screen_recording"}
    assert not found.checked & set(kinds)
    assert [f.kind for f in found.findings] == [FindingKind.NO_AUDIO]


def test_a_clip_with_one_random_access_picture_is_not_called_a_screen(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(gop=1000, times_ms=tuple(range(0, 3000, 100)), has_sound=False))
    index = index_recording(path)
    found = find_edits(path, index, witnesses(path, index))
    assert {found.unchecked[kind] for kind in ("cut", "splice", "reversed", "loop", "covered")} == {"too_few_keyframes"}


def test_a_long_hole_is_no_cut(tmp_path: Path) -> None:
    times = (*range(0, 4000, 100), *range(4000 + 3 * NS_PER_S // MS, 11_000, 100))
    recording = index_recording(write_clip(tmp_path / "a.mp4", Clip(times_ms=times)))
    assert [f.kind for f in file_findings(recording, [])] == [FindingKind.GAP]
