"""Frames of tiny real recordings: found at their moment, and honest photographs of the same camera never."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from lessonproof.analysis.photo_copy import PhotoLook, look_at
from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.workers.photo_frames import FrameSearch, RecordedFrames, RecordingFile, recording_files
from tests.analysis.photo_rooms import Photo, photograph, saved_again
from tests.policy.cases import unit
from tests.workers.photo_films import FPS, film, seconds_of

NO_TEXT = np.empty((0, 4), np.float32)


def look(photo: Photo) -> PhotoLook:
    return look_at(photo.luma, photo.people_xyxy_px, NO_TEXT)


def recording(path: Path, unit_id: str = "P1") -> RecordingFile:
    return RecordingFile(unit_id, path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path)


def searched(photo: Photo, *paths: Path, max_frames: int = 1000) -> FrameSearch:
    frames = RecordedFrames(max_frames)
    for path in paths:
        frames.add(recording(path))
    (found,) = frames.search([look(photo)])
    return found


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("film") / "lesson.mp4")


@pytest.mark.parametrize("moment", [101, 118, 155])
def test_a_frame_is_found_at_its_moment(lesson: Path, moment: int) -> None:
    found = searched(saved_again(photograph(moment), quality=85, scale=0.8, cropped=0.03), lesson)
    assert found.unsearched is None
    assert found.found is not None
    assert found.found.time_ns == round(seconds_of(moment) * NS_PER_S)
    assert found.found.recording.file == "lesson.mp4"
    assert found.found.likeness >= 0.97
    assert found.found.rgb.shape == (480, 640, 3)


@pytest.mark.parametrize("moment", [99, 300])
def test_a_snapshot_of_the_same_camera_at_another_time_is_not(lesson: Path, moment: int) -> None:
    assert searched(saved_again(photograph(moment), quality=85), lesson) == FrameSearch(None, None)


def test_another_room_is_not(lesson: Path) -> None:
    assert searched(photograph(118, room=8), lesson) == FrameSearch(None, None)


def test_a_room_in_which_nobody_ever_moves_proves_nothing(tmp_path: Path) -> None:
    still = photograph(1)
    path = film(tmp_path / "still.mp4", [still] * 56)
    assert searched(still, path) == FrameSearch(None, None)


def test_it_is_told_in_the_recording_that_it_is_of(lesson: Path, tmp_path: Path) -> None:
    other = film(tmp_path / "other.mp4", [photograph(moment) for moment in range(200, 256)])
    photo = photograph(130)
    for paths in ((other, lesson), (lesson, other)):
        found = searched(photo, *paths).found
        assert found is not None
        assert found.recording.file == "lesson.mp4"


def test_each_photograph_gets_its_own_answer(lesson: Path) -> None:
    frames = RecordedFrames()
    frames.add(recording(lesson))
    first, second, third = frames.search([look(photograph(moment)) for moment in (110, 400, 120)])
    assert first.found is not None
    assert second == FrameSearch(None, None)
    assert third.found is not None
    assert third.found.time_ns - first.found.time_ns == 10 * NS_PER_S // FPS


def test_the_same_bytes_stay_under_the_first_name(lesson: Path) -> None:
    frames = RecordedFrames()
    for unit_id in ("P1", "P2"):
        frames.add(recording(lesson, unit_id))
    (found,) = frames.search([look(photograph(110))])
    assert found.found is not None
    assert found.found.recording.unit_id == "P1"


def test_without_recordings_nothing_was_searched() -> None:
    assert searched(photograph(1)) == FrameSearch(None, "no_recordings")


@pytest.mark.parametrize("is_gone", [True, False], ids=["gone", "damaged"])
def test_a_recording_that_cannot_be_read_again_is_said(lesson: Path, tmp_path: Path, is_gone: bool) -> None:
    path = tmp_path / "copy.mp4"
    path.write_bytes(b"x" + lesson.read_bytes())
    frames = RecordedFrames()
    frames.add(recording(path))
    if is_gone:
        path.unlink()
    (found,) = frames.search([look(photograph(110))])
    assert found == FrameSearch(None, "recording_unreadable")


def test_stretches_beyond_the_budget_are_not_decoded_and_that_is_said(lesson: Path) -> None:
    assert searched(photograph(110), lesson, max_frames=3) == FrameSearch(None, "frames_too_many")
    at_keyframe = photograph(108)
    assert searched(at_keyframe, lesson, max_frames=4).found is not None, "the most alike stretch comes first"


def test_a_recording_with_few_keyframes_cannot_be_searched(tmp_path: Path) -> None:
    path = film(tmp_path / "long.mp4", gop=56)
    assert searched(photograph(110), path) == FrameSearch(None, "views_too_few")


def test_what_could_not_be_analysed_is_not_compared(tmp_path: Path) -> None:
    failed = FailedAnalysis(None, None, "recording_not_found", "a.mp4: missing", "a.mp4：缺少")
    assert list(recording_files(unit(), {"a.mp4": failed}, tmp_path)) == []
