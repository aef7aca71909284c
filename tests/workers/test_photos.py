"""Photographs from files to facts and findings: what is read, refused, told and left open."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from lessonproof.analysis.veil import PeopleVeil
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.photo import Clarity, FailedPhoto, PhotoFacts, PhotoRef, PhotoResult, frame_key
from lessonproof.evidence.picture_note import Privacy, note_of
from lessonproof.models.scripted import ScriptedDetector
from lessonproof.workers.people import PeopleCounter
from lessonproof.workers.photo_frames import RecordingFile
from lessonproof.workers.photos import ClassPhotos, PhotoTools
from tests.analysis.photo_rooms import photograph, saved_again
from tests.policy.cases import unit
from tests.workers.photo_films import film, seconds_of

STAMP = ModelStamp("scripted", "5" * 64)


def counter(people: int) -> PeopleCounter:
    return PeopleCounter(ScriptedDetector(lambda _frame: people), None, STAMP)


def tools(folder: Path, people: int | None = 3) -> PhotoTools:
    if people is None:
        return PhotoTools(folder, None, "no_weights", None)
    return PhotoTools(folder, counter(people), None, None)


def save(folder: Path, name: str, luma: NDArray[np.uint8], quality: int = 92) -> PhotoRef:
    cv2.imwrite(str(folder / name), luma, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return PhotoRef(name)


def measured(photos: ClassPhotos, *refs: PhotoRef, unit_id: str = "P1") -> tuple[PhotoResult, ...]:
    found = photos.measure_unit(replace(unit(unit_id=unit_id), photos=refs))
    assert found is not None
    return found.photos


def only(result: PhotoResult, kind: FindingKind = FindingKind.PHOTO_DUPLICATE) -> Finding:
    (finding,) = result.of_kind(kind)
    return finding


def facts(result: PhotoResult) -> PhotoFacts:
    assert isinstance(result.result, PhotoFacts)
    return result.result


def test_the_same_exposure_is_told_where_it_is_handed_in_again(tmp_path: Path) -> None:
    original = photograph(1)
    photos = ClassPhotos(tools(tmp_path))
    (first,) = measured(photos, save(tmp_path, "1.jpg", original.luma), unit_id="P1")
    again = save(tmp_path, "2.jpg", saved_again(original, quality=70, scale=0.8).luma)
    (second,) = measured(photos, again, unit_id="P2")
    assert first.findings == ()
    finding = only(second)
    assert finding.severity is Severity.WARNING
    assert {key: finding.detail[key] for key in ("method", "other", "other_unit", "other_file")} == {
        "method": "same_exposure",
        "other": facts(first).sha256,
        "other_unit": "P1",
        "other_file": "1.jpg",
    }


def test_honest_photographs_of_one_room_are_never_told(tmp_path: Path) -> None:
    photos = ClassPhotos(tools(tmp_path))
    refs = [save(tmp_path, f"{moment}.jpg", photograph(moment).luma, 60) for moment in range(6)]
    assert [item.findings for item in measured(photos, *refs)] == [()] * 6


def test_equal_bytes_and_equal_pixels_need_no_people(tmp_path: Path) -> None:
    luma = photograph(1).luma
    cv2.imwrite(str(tmp_path / "1.png"), luma, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    cv2.imwrite(str(tmp_path / "2.png"), luma, [cv2.IMWRITE_PNG_COMPRESSION, 9])
    (tmp_path / "3.png").write_bytes((tmp_path / "1.png").read_bytes())
    photos = ClassPhotos(tools(tmp_path, None))
    _, pixels, same = measured(photos, *(PhotoRef(f"{number}.png") for number in (1, 2, 3)))
    assert only(pixels).detail["method"] == "same_pixels"
    assert only(same).detail["method"] == "same_bytes"
    assert facts(same).copies_unsearched == "no_weights"
    assert facts(same).people.count is None


def test_without_two_clear_people_copies_are_not_searched(tmp_path: Path) -> None:
    original = photograph(1)
    photos = ClassPhotos(tools(tmp_path, 1))
    save(tmp_path, "1.jpg", original.luma)
    save(tmp_path, "2.jpg", saved_again(original).luma)
    _, second = measured(photos, PhotoRef("1.jpg"), PhotoRef("2.jpg"))
    assert second.findings == ()
    assert facts(second).copies_unsearched == "photo_too_few_people"


def test_a_bad_photograph_is_told_and_costs_itself_only(tmp_path: Path) -> None:
    (tmp_path / "bad.jpg").write_bytes(b"\xff\xd8\xff damaged")
    (tmp_path / "link.jpg").symlink_to(tmp_path / "good.jpg")
    good = save(tmp_path, "good.jpg", photograph(1).luma)
    refs = (PhotoRef("bad.jpg"), PhotoRef("link.jpg"), PhotoRef("gone.jpg"), good)
    *bad, last = measured(ClassPhotos(tools(tmp_path)), *refs)
    for item in bad:
        assert isinstance(item.result, FailedPhoto)
        assert item.result.code == "photo_unreadable"
        assert item.ref.file in item.result.en
        assert item.ref.file in item.result.zh
    assert isinstance(last.result, PhotoFacts)


def test_unsharp_and_nobody_found_are_poor(tmp_path: Path) -> None:
    soft = np.asarray(cv2.GaussianBlur(photograph(1).luma, (0, 0), 6), np.uint8)
    (unsharp,) = measured(ClassPhotos(tools(tmp_path)), save(tmp_path, "1.jpg", soft))
    assert only(unsharp, FindingKind.PHOTO_POOR).detail["reasons"] == ["unsharp"]
    assert facts(unsharp).clarity is Clarity.UNSHARP
    (empty,) = measured(ClassPhotos(tools(tmp_path, 0)), save(tmp_path, "2.jpg", photograph(2).luma))
    nobody = only(empty, FindingKind.PHOTO_POOR)
    assert (nobody.detail["reasons"], nobody.severity) == (["nobody_seen"], Severity.INFO)


def _filmed(folder: Path, **of: object) -> ClassPhotos:
    path = film(folder / "lesson.mp4")
    photos = ClassPhotos(replace(tools(folder), **of))  # type: ignore[arg-type]
    photos.add_recordings([RecordingFile("P1", path.name, "a" * 64, path)])
    return photos


def test_a_frame_of_a_recording_is_told_with_its_second(tmp_path: Path) -> None:
    photos = _filmed(tmp_path, veil=PeopleVeil(None, 0.25))
    frame = save(tmp_path, "1.jpg", saved_again(photograph(108), quality=85).luma, 90)
    (item,) = measured(photos, frame)
    finding = only(item)
    assert {key: value for key, value in finding.detail.items() if key != "likeness"} == {
        "method": "recorded_frame",
        "other": "a" * 64,
        "other_unit": "P1",
        "other_file": "lesson.mp4",
        "other_start_s": seconds_of(108),
    }
    assert finding.severity is Severity.WARNING
    assert facts(item).frames_unsearched is None
    note = note_of(photos.pictures[frame_key("a" * 64, seconds_of(108))])
    assert note is not None
    assert note.privacy is Privacy.WHOLE


def test_what_is_not_compared_with_frames_says_why(tmp_path: Path) -> None:
    photos = _filmed(tmp_path)
    soft = np.asarray(cv2.GaussianBlur(photograph(500).luma, (0, 0), 6), np.uint8)
    save(tmp_path, "2.jpg", photograph(501).luma)
    refs = (save(tmp_path, "1.jpg", soft), PhotoRef("2.jpg"), PhotoRef("2.jpg"))
    unclear, honest, again = measured(photos, *refs)
    assert facts(unclear).frames_unsearched == "photo_not_clear"
    assert (facts(honest).frames_unsearched, honest.findings) == (None, ())
    assert facts(again).frames_unsearched == "photo_told_already"
    assert only(again).detail["method"] == "same_bytes", "one finding, so that a decision is about one thing"
    (unseen,) = measured(ClassPhotos(tools(tmp_path, None)), PhotoRef("2.jpg"))
    assert facts(unseen).frames_unsearched == "no_weights"
    (alone,) = measured(ClassPhotos(tools(tmp_path)), PhotoRef("2.jpg"))
    assert facts(alone).frames_unsearched == "no_recordings"


def test_a_unit_without_photographs_has_no_set(tmp_path: Path) -> None:
    assert ClassPhotos(tools(tmp_path)).measure_unit(unit()) is None


@pytest.mark.parametrize("veil", [None, PeopleVeil(None, 0.25)], ids=["none", "coarse"])
def test_pictures_leave_veiled_or_not_at_all(tmp_path: Path, veil: PeopleVeil | None) -> None:
    photos = ClassPhotos(replace(tools(tmp_path), veil=veil))
    (item,) = measured(photos, save(tmp_path, "1.jpg", photograph(1).luma))
    if veil is None:
        assert photos.pictures == {}
    else:
        note = note_of(photos.pictures[facts(item).sha256])
        assert note is not None
        assert note.privacy is Privacy.WHOLE


def test_the_models_that_took_part_are_named(tmp_path: Path) -> None:
    ref = save(tmp_path, "1.jpg", photograph(1).luma)
    found = ClassPhotos(tools(tmp_path)).measure_unit(replace(unit(), photos=(ref,)))
    assert found is not None
    assert found.models == (STAMP,)
    assert found.settings["copy_min_persons"] == 2
