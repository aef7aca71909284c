"""From a rendered lesson to its dossier: findings as the truth has them, silence on honest lessons, people counted."""

import pickle
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from benchmarks.lessons import Edit, EditKind, Encoding, HonestEvent, HonestKind, LessonSpec
from lessonproof.analysis.clock_overlay import ClockAbsent
from lessonproof.analysis.packets import cut_segments
from lessonproof.evidence.codec import canonical_json, dossier_to_json
from lessonproof.evidence.dossier import Dossier, ModelStamp
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.models.calibration import CountCalibration
from lessonproof.models.scripted import ScriptedDetector
from lessonproof.workers.people import PeopleCounter, see_segment
from lessonproof.workers.pipeline import (
    analyse_recording,
    conclude,
    people_seen,
    recording_pictures,
    scan_segment,
    scan_sound,
)
from lessonproof.workers.roll_call import listen
from lessonproof.workers.stamping import STAGES, AnalysisSettings, stamp
from lessonproof.workers.veiling import NOBODY_FOUND
from tests.conftest import Lesson, LessonRenderer
from tests.media.clips import Clip, write_clip
from tests.media.files import wreck_slices

TOLERANCE_NS = NS_PER_S // 5
BASE = LessonSpec(seed=3, duration_s=12.0, fps=25, size=(320, 180), people=6, encoding=Encoding(gop=50))
STAMP = ModelStamp("scripted", "0" * 64)
NO_CLOCK = ClockAbsent("no_reader")


def edited(
    kind: EditKind, start_s: float, length_s: float, *, container: str = "mp4", insert: bool = False
) -> LessonSpec:
    return replace(
        BASE,
        edits=(Edit(kind, start_s, length_s, insert=insert),),
        encoding=replace(BASE.encoding, container=container),
    )


def honest(*events: HonestEvent, vfr: bool = False) -> LessonSpec:
    return replace(BASE, honest=events, vfr=vfr)


def analysed(path: Path, counter: PeopleCounter | None = None, pictures: dict[str, bytes] | None = None) -> Dossier:
    return analyse_recording(path, AnalysisSettings(), counter, lambda _share: None, pictures=pictures).dossier


def assert_matches(findings: tuple[Finding, ...], lesson: Lesson) -> None:
    """Each edit of the truth has its finding within the tolerance, and there is nothing else."""
    assert [finding.kind for finding in findings] == [edit.kind for edit in lesson.truth.edits]
    for finding, edit in zip(findings, lesson.truth.edits, strict=True):
        assert abs(finding.interval.start_ns - edit.start_ns) <= TOLERANCE_NS
        assert abs(finding.interval.end_ns - edit.end_ns) <= TOLERANCE_NS


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(edited(EditKind.CUT, 5, 3), id="jump-cut"),
        pytest.param(edited(EditKind.CUT, 5, 3, container="ts"), id="jump-cut-ts"),
        pytest.param(edited(EditKind.FREEZE, 4.5, 3), id="freeze"),
        pytest.param(edited(EditKind.BLACK, 4, 2), id="black"),
        pytest.param(edited(EditKind.BLACK, 4, 2, container="mkv"), id="black-mkv"),
        pytest.param(edited(EditKind.AUDIO_GAP, 4, 3), id="muted"),
        pytest.param(edited(EditKind.NO_AUDIO, 0, 0), id="no-sound"),
    ],
)
def test_findings_match_the_truth(rendered_lesson: LessonRenderer, spec: LessonSpec) -> None:
    lesson = rendered_lesson(spec)
    assert_matches(analysed(lesson.path).findings, lesson)


@pytest.mark.parametrize("container", ["mp4", "mkv", "ts"])
def test_a_hole_in_the_timestamps_is_told(rendered_lesson: LessonRenderer, container: str) -> None:
    """The recorder stopped for a while: picture and sound are both missing."""
    lesson = rendered_lesson(edited(EditKind.GAP, 5, 3, container=container))
    findings = analysed(lesson.path).findings
    assert_matches(findings, lesson)
    also = findings[0].detail["also"]
    assert isinstance(also, list)
    (silence,) = [entry for entry in also if entry["kind"] == "audio_gap"]
    assert abs(silence["start_s"] * NS_PER_S - lesson.truth.edits[0].start_ns) <= TOLERANCE_NS


@pytest.mark.parametrize("ending", ["mp4", "mkv", "ts"])
def test_a_hole_under_running_sound_is_a_gap_and_no_damage(tmp_path: Path, ending: str) -> None:
    times = [*range(0, 5000, 100), *range(8000, 13_000, 100)]
    dossier = analysed(write_clip(tmp_path / "a", Clip(ending=ending, times_ms=times, noise=0.5)))
    (gap,) = dossier.findings
    assert gap.kind is FindingKind.GAP
    assert (gap.interval.start_s, gap.interval.end_s) == (5.0, 8.0)


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(honest(), id="an-ordinary-lesson"),
        pytest.param(honest(HonestEvent(HonestKind.LIGHTS_OFF, 3, 3)), id="lights-off-and-on"),
        pytest.param(honest(HonestEvent(HonestKind.KNOCK, 5, 1)), id="camera-knock"),
        pytest.param(honest(HonestEvent(HonestKind.WALKER_CLOSE, 4, 3)), id="walker-close"),
        pytest.param(honest(vfr=True), id="phone-with-a-variable-rate"),
        pytest.param(replace(BASE, encoding=Encoding(gop=25, codec="h265", container="mkv")), id="h265-mkv"),
        pytest.param(replace(BASE, encoding=Encoding(gop=60, bframes=3, container="ts")), id="b-frames-ts"),
    ],
)
def test_an_honest_lesson_has_no_finding(rendered_lesson: LessonRenderer, spec: LessonSpec) -> None:
    dossier = analysed(rendered_lesson(spec).path)
    assert dossier.findings == ()
    assert {"gap", "black", "unreadable", "truncated", "no_audio", "audio_gap"} <= dossier.checked


def test_a_dossier_says_what_it_was_made_from(rendered_lesson: LessonRenderer) -> None:
    lesson = rendered_lesson(honest())
    dossier = analysed(lesson.path)
    assert dossier.duration_ns == lesson.truth.duration_ns
    assert dossier.video.packets == len(lesson.truth.pts)
    assert (dossier.video.width_px, dossier.video.height_px, dossier.video.codec) == (320, 180, "h264")
    assert dossier.pipeline.stages == {
        name: version for name, version in STAGES.items() if name not in {"people", "clock", "speech"}
    }
    assert set(dossier.pipeline.tools) == {"libavcodec", "opencv"}
    assert dossier.pipeline.settings["sample_period_s"] == 10.0


def test_the_same_bytes_give_the_same_dossier(rendered_lesson: LessonRenderer) -> None:
    path = rendered_lesson(edited(EditKind.FREEZE, 4.5, 3)).path
    first, second = (canonical_json(dossier_to_json(analysed(path))) for _ in range(2))
    assert first == second


def test_every_picture_that_is_named_can_be_seen(rendered_lesson: LessonRenderer) -> None:
    pictures: dict[str, bytes] = {}
    dossier = analysed(rendered_lesson(edited(EditKind.CUT, 5, 3)).path, pictures=pictures)
    names = {name for finding in dossier.findings for name in finding.evidence}
    assert names == set(pictures)
    assert len(names) == 2
    for jpeg in pictures.values():
        shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
        assert shown is not None
        assert shown.shape == (180, 320, 3)


def brightness_as_people(frame: NDArray[np.uint8]) -> int:
    """A pure function of the pixels, so that each frame has a count of its own."""
    return int(frame.mean()) // 8


CALIBRATION = CountCalibration(
    score_threshold=0.5,
    low_threshold=0.6,
    low_factor=0.9,
    low_offset=0.0,
    high_threshold=0.3,
    high_factor=1.1,
    high_offset=1.0,
    coverage=0.95,
    measured_on="nothing",
    measured_at="2024-01-01",
)


@pytest.mark.parametrize("calibration", [None, CALIBRATION], ids=["not-calibrated", "calibrated"])
def test_people_are_counted_more_densely_in_a_short_lesson(
    rendered_lesson: LessonRenderer, calibration: CountCalibration | None
) -> None:
    counter = PeopleCounter(ScriptedDetector(lambda _frame: 7), calibration, STAMP)
    dossier = analysed(rendered_lesson(honest()).path, counter)
    assert dossier.headcount is not None
    assert dossier.headcount_reason is None
    assert dossier.headcount.model_id == f"scripted@sha256:{'0' * 64}"
    assert dossier.pipeline.models == (STAMP,)
    assert dossier.pipeline.stages == {
        name: version for name, version in STAGES.items() if name not in {"clock", "speech"}
    }
    times = [sample.time_ns for sample in dossier.headcount.samples]
    assert len(times) >= 6
    assert max(np.diff([0, *times, dossier.duration_ns])) <= 2 * NS_PER_S
    expected = (7, None, None) if calibration is None else (7, 6, 9)
    assert {(s.count, s.low, s.high) for s in dossier.headcount.samples} == {expected}
    assert dossier.unchecked.get("nobody_present") == ("not_calibrated" if calibration is None else None)
    assert ("nobody_present" in dossier.checked) == (calibration is not None)


def test_without_weights_nobody_is_counted_and_nothing_is_guessed(rendered_lesson: LessonRenderer) -> None:
    dossier = analysed(rendered_lesson(honest()).path)
    assert (dossier.headcount, dossier.headcount_reason) == (None, "no_weights")
    assert dossier.unchecked["nobody_present"] == "no_weights"
    assert dossier.pipeline.models == ()


def test_counting_can_be_switched_off(rendered_lesson: LessonRenderer) -> None:
    counter = PeopleCounter(ScriptedDetector(lambda _frame: 7), None, STAMP)
    settings = AnalysisSettings(with_people=False)
    dossier = analyse_recording(rendered_lesson(honest()).path, settings, counter, lambda _share: None).dossier
    assert (dossier.headcount, dossier.headcount_reason) == (None, "switched_off")
    assert dossier.unchecked["nobody_present"] == "switched_off"
    assert dossier.pipeline == stamp(settings, ())


def test_a_picture_that_cannot_be_read_is_an_unknown_count_and_no_empty_room(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.mp4", Clip(gop=10))
    packets = index_recording(path).packets
    row = int(np.flatnonzero(packets.is_key)[2])
    wreck_slices(path, int(packets.position_bytes[row]), int(packets.size_bytes[row]))
    dossier = analysed(path, PeopleCounter(ScriptedDetector(lambda _frame: 7), None, STAMP))
    assert dossier.headcount is not None
    assert dossier.unchecked["nobody_present"] == "people_unread"
    counts = {sample.time_ns: sample.count for sample in dossier.headcount.samples}
    assert counts[int(packets.pts_ns[row])] is None
    assert {count for time_ns, count in counts.items() if time_ns != int(packets.pts_ns[row])} == {7}


def in_segments(path: Path, index: RecordingIndex, counter: PeopleCounter, *, turned_round: bool) -> Dossier:
    """The stages as workers run them: every value goes through pickle, segments finish in any order."""
    settings = AnalysisSettings()
    segments = reversed(index.segments) if turned_round else index.segments
    scans, parts = [], []
    for segment in segments:
        scanned = scan_segment(path, index, segment, settings, NO_CLOCK)
        scan = pickle.loads(pickle.dumps(scanned))  # noqa: S301 - our own bytes
        parts.append(pickle.loads(pickle.dumps(see_segment(scan, counter.detector))))  # noqa: S301 - our own bytes
        scans.append(replace(scan, samples=()))
    sound = pickle.loads(pickle.dumps(scan_sound(path, index)))  # noqa: S301 - our own bytes
    people = people_seen(parts, counter, settings)
    speech = pickle.loads(pickle.dumps(listen(path, index, None)))  # noqa: S301 - our own bytes
    found = conclude(
        path, index, overlay=NO_CLOCK, scans=scans, sound=sound, people=people, settings=settings, speech=speech
    )
    return found.dossier


@pytest.mark.parametrize(
    "spec",
    [
        pytest.param(edited(EditKind.FREEZE, 4.5, 3), id="freeze"),
        pytest.param(edited(EditKind.BLACK, 4, 2, container="mkv"), id="black-mkv"),
        pytest.param(edited(EditKind.CUT, 5, 3, container="ts"), id="jump-cut-ts"),
        pytest.param(replace(BASE, encoding=Encoding(gop=60, bframes=3, container="ts")), id="b-frames-ts"),
    ],
)
@pytest.mark.parametrize("target_s", [1, 5])
def test_facts_do_not_depend_on_where_segments_end(
    rendered_lesson: LessonRenderer, spec: LessonSpec, target_s: int
) -> None:
    path = rendered_lesson(spec).path
    counter = PeopleCounter(ScriptedDetector(brightness_as_people), CALIBRATION, STAMP)
    index = pickle.loads(pickle.dumps(index_recording(path)))  # noqa: S301 - our own bytes
    small = replace(index, segments=cut_segments(index.packets, target_s * NS_PER_S))
    assert len(small.segments) > 1
    assert in_segments(path, small, counter, turned_round=True) == analysed(path, counter)


def test_pictures_can_be_taken_later_from_the_dossier(rendered_lesson: LessonRenderer) -> None:
    path = rendered_lesson(edited(EditKind.BLACK, 4, 2)).path
    at_once: dict[str, bytes] = {}
    dossier = analysed(path, pictures=at_once)
    assert recording_pictures(path, index_recording(path), dossier, NOBODY_FOUND) == at_once


def test_progress_only_rises_and_ends_at_one(rendered_lesson: LessonRenderer) -> None:
    told: list[float] = []
    analyse_recording(rendered_lesson(honest()).path, AnalysisSettings(with_people=False), None, told.append)
    assert told == sorted(told)
    assert told[-1] == 1.0
