"""The section on photographs: veiled pictures only, everything in both languages, the twin beside a duplicate."""

import re
from dataclasses import replace

import pytest

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
    Watermark,
    frame_key,
)
from lessonproof.evidence.verdict import UnitCase
from lessonproof.service.reports.photos import photos_view, picture_name
from lessonproof.service.reports.render import render_report
from tests.evidence.veiled import veiled_jpeg
from tests.policy import cases

OWN, TWIN = "1" * 64, "9" * 64
FACTS = PhotoFacts(
    sha256=OWN,
    size_bytes=10,
    width_px=1600,
    height_px=1200,
    exif=ExifFacts(1725267000, 29.51, 120.5, "Maker Phone", None),
    watermark=Watermark((1725267060,), ("示例市示例路1号",), None),
    clarity=Clarity.CLEAR,
    blur=0.3,
    people=PhotoPeople(9, 7, 12, None),
    copies_unsearched="photo_too_few_people",
    frames_unsearched="photo_too_few_people",
)
DUPLICATE = Finding(
    FindingKind.PHOTO_DUPLICATE,
    Interval(0, 0),
    0.95,
    Severity.WARNING,
    "photos",
    {"method": "same_exposure", "other": TWIN, "other_unit": "P0", "other_file": "p/<0>.jpg"},
)
POOR = Finding(
    FindingKind.PHOTO_POOR, Interval(0, 0), 0.5, Severity.WARNING, "photos", {"reasons": ["unsharp", "nobody_seen"]}
)


def case(*results: PhotoResult) -> UnitCase:
    base = cases.change(cases.case("SX"), photos=tuple(item.ref for item in results))
    return replace(base, photos=PhotoSet(results))


def result(*findings: Finding, facts: PhotoFacts = FACTS) -> PhotoResult:
    return PhotoResult(PhotoRef("p/1.jpg", cases.at("09:00"), PhotoSide.FRONT), facts, findings)


def test_nothing_measured_shows_nothing() -> None:
    assert photos_view(cases.case("SX"), {}) is None


def test_the_report_shows_facts_findings_and_the_twin() -> None:
    of = case(result(DUPLICATE, POOR))
    pictures = {picture_name(OWN): veiled_jpeg(80), picture_name(TWIN): veiled_jpeg(160)}
    html = render_report(cases.verdict(of), of, pictures, "LessonProof")
    for words in (
        "2024-09-02 08:50:00",
        "2024-09-02 08:51:00",
        "29.51000, 120.50000",
        "示例市示例路1号",
        "Maker Phone",
    ):
        assert words in html
    assert "9 (interval 7 to 12)" in html
    assert "apparently the photograph P0 / p/&lt;0&gt;.jpg" in html, "names are escaped"
    assert "与 P0 / p/&lt;0&gt;.jpg 疑似同一张照片" in html
    assert "seems unsharp; nobody was found" in html
    assert len(re.findall(r'src="data:image/jpeg', html)) == 2


def test_the_frame_that_a_photograph_is_stands_beside_it_with_its_time() -> None:
    detail = {"method": "recorded_frame", "other": TWIN, "other_unit": "P0", "other_file": "a.mp4"}
    of = case(result(replace(DUPLICATE, detail={**detail, "other_start_s": 725.4})))
    pictures = {picture_name(OWN): veiled_jpeg(80), picture_name(frame_key(TWIN, 725.4)): veiled_jpeg(160)}
    html = render_report(cases.verdict(of), of, pictures, "LessonProof")
    assert "apparently the picture at 0:12:05.40 of the recording P0 / a.mp4" in html
    assert "疑似录像 P0 / a.mp4 中 0:12:05.40 的画面" in html
    assert len(re.findall(r'src="data:image/jpeg', html)) == 2


def test_a_picture_that_is_not_veiled_is_not_shown_and_that_is_said() -> None:
    naked = b"\xff\xd8\xff\xd9"
    view = photos_view(case(result(DUPLICATE)), {picture_name(OWN): naked, picture_name(TWIN): naked})
    assert view is not None
    assert view.photos[0].picture is None
    assert view.photos[0].suspicions[0].twin is None
    assert view.has_hidden
    assert view.privacy == ()


def test_what_was_done_to_people_is_said_once() -> None:
    view = photos_view(case(result(), result()), {picture_name(OWN): veiled_jpeg(80)})
    assert view is not None
    assert len(view.privacy) == 1
    assert not view.has_hidden


def test_a_photograph_that_cannot_be_read_says_why() -> None:
    broken = PhotoResult(PhotoRef("p/2.jpg"), FailedPhoto("photo_unreadable", "p/2.jpg: damaged", "p/2.jpg：已损坏"))
    of = case(broken)
    html = render_report(cases.verdict(of), of, {}, "LessonProof")
    assert "p/2.jpg：已损坏" in html
    assert "p/2.jpg: damaged" in html


@pytest.mark.parametrize(
    "people",
    [
        PhotoPeople(None, None, None, "no_weights"),
        PhotoPeople(None, None, None, "switched_off"),
        PhotoPeople(3, None, None, "not_calibrated"),
    ],
)
def test_unknown_is_said_in_words(people: PhotoPeople) -> None:
    unknown = replace(
        FACTS,
        people=people,
        exif=ExifFacts(),
        watermark=Watermark(reason="photo_no_date"),
        clarity=Clarity.UNKNOWN,
        copies_unsearched="no_weights",
    )
    view = photos_view(case(result(facts=unknown)), {})
    assert view is not None
    for _, words in view.photos[0].facts:
        assert words.en
        assert not words.en.startswith("reason code"), words
