"""What is declared, measured and told of photographs, and the document that it makes."""

import json
from datetime import datetime

import pytest

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.photo import (
    Clarity,
    ExifFacts,
    FailedPhoto,
    PhotoFacts,
    PhotoPeople,
    PhotoRef,
    PhotoResult,
    PhotoSet,
    PhotoSide,
    PhotoSubject,
    Watermark,
    photos_document,
)
from lessonproof.evidence.training import SHANGHAI

TAKEN = datetime(2026, 4, 8, 9, 10, tzinfo=SHANGHAI)


def facts(**fields: object) -> PhotoFacts:
    whole: dict[str, object] = {
        "sha256": "ab" * 32,
        "size_bytes": 10,
        "width_px": 640,
        "height_px": 480,
        "exif": ExifFacts(taken_s=1_000_000_000, reason=None),
        "watermark": Watermark((1_000_000_060,), ("示例市示例路1号",), None),
        "clarity": Clarity.CLEAR,
        "blur": 0.3,
        "people": PhotoPeople(5, 4, 7, None),
        "copies_unsearched": None,
        "frames_unsearched": None,
    }
    return PhotoFacts(**(whole | fields))  # type: ignore[arg-type]


def test_the_written_time_goes_before_that_of_exif() -> None:
    assert facts().shown_s() == (1_000_000_060,)
    assert facts(watermark=Watermark(reason="no_text_reader")).shown_s() == (1_000_000_000,)
    assert facts(watermark=Watermark(reason="no_text_reader"), exif=ExifFacts()).shown_s() == ()


def test_an_unknown_time_has_a_reason_and_a_known_one_has_none() -> None:
    with pytest.raises(ValueError, match="either a time"):
        ExifFacts(taken_s=5)
    with pytest.raises(ValueError, match="either a time"):
        Watermark((5,), (), "no_text_reader")
    with pytest.raises(ValueError, match="both coordinates"):
        ExifFacts(latitude_deg=1.0)
    with pytest.raises(ValueError, match="two ends"):
        PhotoPeople(3, None, None, None)


def test_the_document_holds_everything_and_is_plain_json() -> None:
    finding = Finding(
        FindingKind.PHOTO_DUPLICATE, Interval(0, 0), 1.0, Severity.WARNING, "photos", {"other_unit": "P0"}
    )
    ref = PhotoRef("p/1.jpg", TAKEN, PhotoSide.FRONT, (PhotoSubject.TEACHER,))
    lost = PhotoResult(PhotoRef("p/2.jpg"), FailedPhoto("photo_unreadable", "p/2.jpg: damaged", "p/2.jpg：已损坏"))
    photos = PhotoSet(
        (PhotoResult(ref, facts(), (finding,)), lost), (ModelStamp("m", "c" * 64),), {"unsharp_blur": 0.7}
    )
    document = json.loads(json.dumps(photos_document("P1", photos)))
    first, second = document["photos"]
    assert document["schema"] == "lessonproof.photos/1"
    assert document["unit"] == "P1"
    assert document["models"] == [{"name": "m", "sha256": "c" * 64}]
    assert (first["side"], first["shows"], first["taken_at"]) == ("front", ["teacher"], TAKEN.isoformat())
    assert first["people"] == {"count": 5, "low": 4, "high": 7, "reason": None}
    assert first["watermark"] == {"shown_s": [1_000_000_060], "place": ["示例市示例路1号"], "reason": None}
    assert [one["kind"] for one in first["findings"]] == ["photo_duplicate"]
    assert second["error"]["code"] == "photo_unreadable"
    assert "sha256" not in second
    assert photos.read() == ((ref, facts()),)
