"""Every picture that a finding names exists and shows the right moment."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.veil import PeopleVeil, VeiledPicture
from lessonproof.evidence.count_pictures import CountMoment, CountPicture
from lessonproof.evidence.errors import NoReadableFramesError
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import FrameCount
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.picture_note import PictureNote, Privacy, note_of
from lessonproof.media.evidence_pictures import (
    MAX_PICTURED_FINDINGS,
    picture_names,
    take_pictures,
    unveiled_picture,
    with_picture_names,
)
from lessonproof.media.index import index_recording
from tests.media.clips import CAMERA_CONTAINERS, Clip, name_of, picture, write_clip

MS = 1_000_000


class PlainVeil:
    """A ``Veil`` that hides nobody and remembers what it was asked: these clips show no people."""

    def __init__(self) -> None:
        self.asked: list[tuple[bool, tuple[tuple[float, float, float, float], ...]]] = []

    def __call__(
        self,
        shown: NDArray[np.uint8],
        fine: NDArray[np.uint8],
        *,
        marks_people: bool,
        not_counted: Sequence[tuple[float, float, float, float]] = (),
    ) -> VeiledPicture:
        """Hand the picture back."""
        assert fine.shape == shown.shape, "small clips have no more detail to offer"
        self.asked.append((marks_people, tuple(not_counted)))
        return VeiledPicture(shown, Privacy.HEADS, 3 if marks_people else None)


DIGEST = "ab" * 32


def found(kind: FindingKind, start_ms: int, end_ms: int, confidence: float = 0.9) -> Finding:
    return Finding(kind, Interval(start_ms * MS, end_ms * MS), confidence, Severity.INFO, "full_decode")


def frame_in(jpeg: bytes, clip: Clip) -> int:
    """Number of the frame that a picture shows, to within one."""
    grey = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_GRAYSCALE)
    assert grey is not None
    distances = [np.abs(grey.astype(np.int16) - picture(clip, n).astype(np.int16)).mean() for n in range(0, 60, 2)]
    return 2 * int(np.argmin(distances))


@pytest.mark.parametrize("clip", CAMERA_CONTAINERS, ids=name_of)
def test_before_and_after(tmp_path: Path, clip: Clip) -> None:
    clip = replace(clip, bframes=2, noise=0.5)
    path = write_clip(tmp_path / "a", clip)
    index = index_recording(path)
    findings = with_picture_names(
        DIGEST,
        [
            found(FindingKind.BLACK, 0, 500),
            found(FindingKind.CUT, 2000, 2100),
            found(FindingKind.FREEZE, 3000, 4000),
            found(FindingKind.UNREADABLE, 5000, 6000),
            replace(found(FindingKind.LOOP, 3500, 4500), detail={"source_start_s": 1.0}),
        ],
    )
    pictures = take_pictures(path, index, findings, PlainVeil())
    assert set(pictures) == {name for finding in findings for name in finding.evidence}
    shown = [[frame_in(pictures[name], clip) for name in finding.evidence] for finding in findings]
    expected = [[0, 5], [20, 21], [29, 35, 40], [49, 55, 59], [34, 40, 15, 45]]
    assert [len(row) for row in shown] == [len(row) for row in expected]
    assert np.abs(np.concatenate(shown) - np.concatenate(expected)).max() <= 1


def test_where_all_around_is_damaged_the_nearest_readable_picture_stands_in(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.ts", Clip(ending="ts", has_sound=False))
    index = index_recording(path)
    data = bytearray(path.read_bytes())
    second = int(index.packets.position_bytes[np.flatnonzero(index.packets.is_key)[1]])
    data[1000 : second - 400] = b"\xa5" * (second - 1400)
    path.write_bytes(data)
    index = index_recording(path)
    (finding,) = with_picture_names(DIGEST, [found(FindingKind.UNREADABLE, 0, 100)])
    assert set(take_pictures(path, index, [finding], PlainVeil())) == set(finding.evidence)


@pytest.mark.parametrize("kind", FindingKind)
def test_every_finding_but_a_missing_end_is_shown_before_and_after(kind: FindingKind) -> None:
    names = picture_names(DIGEST, found(kind, 0, 999))
    assert [name.rsplit("-", 1)[1] for name in names] == (
        ["before.jpg"] if kind is FindingKind.TRUNCATED else ["before.jpg", "after.jpg"]
    )


def test_behind_the_end_of_a_file_there_is_no_picture() -> None:
    (name,) = picture_names(DIGEST, found(FindingKind.TRUNCATED, 1000, 2000))
    assert name == "frames/abababababab-truncated-000001000-before.jpg"


def test_of_very_many_findings_the_surest_get_pictures() -> None:
    many = [found(FindingKind.CUT, t * 1000, t * 1000 + 40, 0.5) for t in range(MAX_PICTURED_FINDINGS + 20)]
    many[-1] = replace(many[-1], confidence=0.99)
    named = with_picture_names(DIGEST, many)
    assert sum(bool(finding.evidence) for finding in named) == MAX_PICTURED_FINDINGS
    assert named[-1].evidence
    assert [replace(finding, evidence=()) for finding in named] == many


def test_names_hold_no_path_of_their_own() -> None:
    for kind in FindingKind:
        for name in picture_names(DIGEST, found(kind, 10, 20)):
            assert name.startswith("frames/")
            assert ".." not in name


POSTER = (0.1, 0.1, 0.2, 0.4)


def count_at(ms: int) -> CountPicture:
    return CountPicture(f"frames/{ms}.jpg", (CountMoment.START,), FrameCount(ms * MS, 3, 2, 4))


def test_pictures_of_counts_mark_people_and_those_of_findings_do_not(tmp_path: Path) -> None:
    clip = Clip()
    path = write_clip(tmp_path / "a", clip)
    index = index_recording(path)
    (finding,) = with_picture_names(DIGEST, [found(FindingKind.CUT, 2000, 2100)])
    veil = PlainVeil()
    pictures = take_pictures(
        path, index, [finding], veil, [count_at(2000), replace(count_at(4000), still_xyxy=(POSTER,))]
    )
    notes = {name: note_of(jpeg) for name, jpeg in pictures.items()}
    before, after = finding.evidence
    assert notes[before] == PictureNote(2000 * MS, Privacy.HEADS, None)
    assert notes["frames/2000.jpg"] == PictureNote(2000 * MS, Privacy.HEADS, 3), "the same moment, for another purpose"
    assert notes["frames/4000.jpg"] == PictureNote(4000 * MS, Privacy.HEADS, 3)
    assert notes[after] == PictureNote(2100 * MS, Privacy.HEADS, None)
    assert sorted(veil.asked) == [(False, ()), (False, ()), (True, ()), (True, (POSTER,))]
    assert abs(frame_in(pictures["frames/4000.jpg"], clip) - 40) <= 1


def test_without_a_detector_every_picture_is_coarse_and_says_so(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a", Clip())
    index = index_recording(path)
    findings = with_picture_names(DIGEST, [found(FindingKind.CUT, 2000, 2100), found(FindingKind.FREEZE, 3000, 4500)])
    pictures = take_pictures(path, index, findings, PeopleVeil(None, 0.3), [count_at(1000)])
    notes = [note_of(jpeg) for jpeg in pictures.values()]
    assert len(notes) == 6
    assert {note.privacy for note in notes if note is not None} == {Privacy.WHOLE}
    assert None not in notes


def test_the_unveiled_picture_shows_the_moment_that_the_note_tells_of(tmp_path: Path) -> None:
    clip = Clip()
    path = write_clip(tmp_path / "a", clip)
    index = index_recording(path)
    taken = take_pictures(path, index, [], PlainVeil(), [count_at(3000)])
    note = note_of(taken["frames/3000.jpg"])
    assert note is not None
    bare = unveiled_picture(path, index, note.time_ns)
    assert note_of(bare) is None, "it passes for no stored picture"
    assert abs(frame_in(bare, clip) - 30) <= 1


def test_where_nothing_can_be_decoded_there_is_nothing_to_see(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "a.ts", Clip(ending="ts", has_sound=False))
    index = index_recording(path)
    data = bytearray(path.read_bytes())
    keys = np.flatnonzero(index.packets.is_key)
    first, second = (int(index.packets.position_bytes[key]) for key in keys[1:3])
    data[first - 400 : second - 400] = b"\xa5" * (second - first)
    path.write_bytes(data)
    with pytest.raises(NoReadableFramesError):
        unveiled_picture(path, index, int(index.packets.key_times_ns()[1]) + 100 * MS)
