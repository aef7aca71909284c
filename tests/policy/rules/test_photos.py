"""Photographs of a unit: what passes, what stays open, what is missing, and that only people fail anybody."""

from dataclasses import replace
from datetime import datetime

import pytest

from lessonproof.analysis.clock_text import seconds_of
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
)
from lessonproof.evidence.training import FindingReview, UnitKind
from lessonproof.evidence.verdict import ClauseStatus, UnitCase
from lessonproof.policy.rules.base import RuleContext
from lessonproof.policy.rules.photos import PhotoParameters, PhotoTime, photos_reported
from tests.policy import cases
from tests.policy.cases import FAIL, MISSING, PASS, UNCERTAIN, said, status

CLAUSE, SUBJECTS = "SX-3.1.8b", "SX-3.2.3"
PLAIN = PhotoParameters()
TWICE_A_DAY = PhotoParameters(per_report=2, both_sides=True, day_parts=True, time=PhotoTime.SHOWN)
SHARP = PhotoFacts(
    sha256="1" * 64,
    size_bytes=10,
    width_px=1600,
    height_px=1200,
    exif=ExifFacts(),
    watermark=Watermark(reason="photo_no_date"),
    clarity=Clarity.CLEAR,
    blur=0.3,
    people=PhotoPeople(9, 7, 12, None),
    copies_unsearched=None,
    frames_unsearched=None,
)


def shown(clock: str, day: str = "2024-09-02") -> Watermark:
    return Watermark((seconds_of(datetime.fromisoformat(f"{day}T{clock}")),), (), None)


def duplicate(method: str = "same_exposure") -> Finding:
    detail = {"method": method, "other": "9" * 64, "other_unit": "P0", "other_file": "p/0.jpg"}
    return Finding(FindingKind.PHOTO_DUPLICATE, Interval(0, 0), 0.95, Severity.WARNING, "photos", detail)


def poor(reason: str = "unsharp") -> Finding:
    return Finding(FindingKind.PHOTO_POOR, Interval(0, 0), 0.5, Severity.WARNING, "photos", {"reasons": [reason]})


def photo(number: int, side: PhotoSide | None = None, *findings: Finding, **fields: object) -> PhotoResult:
    facts = replace(SHARP, sha256=f"{number:064d}", **fields)  # type: ignore[arg-type]
    return PhotoResult(PhotoRef(f"p/{number}.jpg", None, side), facts, findings)


def case(*photos: PhotoResult, start: str = "08:30", end: str = "10:00") -> UnitCase:
    """A practical unit with these photographs, measured."""
    base = cases.case("SX", cases.unit(UnitKind.PRACTICAL, start=start, end=end))
    refs = tuple(item.ref for item in photos)
    return replace(cases.change(base, photos=refs), photos=PhotoSet(photos) if photos else None)


def decided(of: UnitCase, parameters: PhotoParameters) -> ClauseStatus:
    return photos_reported(of, RuleContext(CLAUSE, cases.SX.terms), parameters).status


def review(number: int, kind: FindingKind, *reviewers: str, confirmed: bool) -> FindingReview:
    return FindingReview(f"{number:064d}", kind.value, 0.0, confirmed, reviewers)


def test_a_clear_photograph_with_people_passes() -> None:
    assert status(case(photo(1)), CLAUSE) is PASS


def test_of_the_units_time_or_of_none() -> None:
    assert status(case(photo(1, watermark=shown("09:00:00"))), CLAUSE) is PASS
    assert decided(case(photo(1)), PhotoParameters(time=PhotoTime.SHOWN)) is UNCERTAIN


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("06:30:00", PASS), ("06:29:59", UNCERTAIN), ("12:00:00", PASS), ("12:00:01", UNCERTAIN)],
)
def test_two_hours_either_way_are_allowed(clock: str, expected: ClauseStatus) -> None:
    assert status(case(photo(1, watermark=shown(clock))), CLAUSE) is expected


def test_another_day_is_for_a_person() -> None:
    of = case(photo(1, watermark=shown("09:00:00", "2024-09-01")))
    assert status(of, CLAUSE) is UNCERTAIN
    said_so = cases.change_file(of, records=(said(CLAUSE),))
    assert status(said_so, CLAUSE) is PASS, "a camera's clock may be wrong, and a person may know"


def test_a_date_that_may_be_meant_either_way_counts_for_the_institution() -> None:
    both = (*shown("09:00:00").shown_s, *shown("09:00:00", "2024-02-09").shown_s)
    assert status(case(photo(1, watermark=Watermark(both, (), None))), CLAUSE) is PASS


def test_none_is_missing_and_only_listed_is_open() -> None:
    nothing = case()
    assert status(nothing, CLAUSE) is UNCERTAIN, "the good case lists them as paper"
    assert status(cases.change_file(nothing, records=(said(CLAUSE),)), CLAUSE) is PASS, "who saw the paper may say so"
    bare = cases.change_file(nothing, documents=())
    assert status(bare, CLAUSE) is MISSING
    assert status(cases.change_file(bare, records=(said(CLAUSE),)), CLAUSE) is MISSING, "no word takes their place"


def test_theory_owes_none() -> None:
    assert status(cases.case("SX"), CLAUSE) is cases.NOT_APPLICABLE


def test_unmeasured_and_unreadable_ones_are_open() -> None:
    good = case(photo(1))
    assert status(replace(good, photos=None), CLAUSE) is UNCERTAIN
    broken = PhotoResult(PhotoRef("p/2.jpg"), FailedPhoto("photo_unreadable", "p/2.jpg: damaged", "p/2.jpg：已损坏"))
    found = cases.clause(case(photo(1), broken), CLAUSE)
    assert found.status is UNCERTAIN
    assert "p/2.jpg: damaged" in found.reason.en


@pytest.mark.parametrize(
    "people",
    [
        PhotoPeople(None, None, None, "no_weights"),
        PhotoPeople(4, None, None, "not_calibrated"),
        PhotoPeople(1, 0, 3, None),
        PhotoPeople(0, 0, 1, None),
    ],
    ids=["nobody-counted", "no-interval", "perhaps-nobody", "nobody-found"],
)
def test_people_must_surely_be_in_view(people: PhotoPeople) -> None:
    of = case(photo(1, people=people))
    assert status(of, CLAUSE) is UNCERTAIN
    assert decided(of, PhotoParameters(people=False)) is PASS
    assert decided(case(photo(1, people=PhotoPeople(1, 1, 3, None))), PLAIN) is PASS


def test_too_few_pixels_to_tell() -> None:
    of = case(photo(1, clarity=Clarity.UNKNOWN, blur=None))
    assert status(of, CLAUSE) is UNCERTAIN
    assert decided(of, PhotoParameters(clear=False)) is PASS


@pytest.mark.parametrize("finding", [duplicate(), poor()], ids=["duplicate", "poor"])
def test_suspected_is_uncertain_until_two_confirm_or_one_rejects(finding: Finding) -> None:
    of = case(photo(1, None, finding))
    assert status(of, CLAUSE) is UNCERTAIN
    assert status(cases.change_file(of, records=(said(CLAUSE),)), CLAUSE) is UNCERTAIN, "a record decides no suspicion"

    def reviewed(*reviews: FindingReview) -> ClauseStatus:
        return status(cases.change_file(of, reviews=reviews), CLAUSE)

    assert reviewed(review(1, finding.kind, "R1", confirmed=True)) is UNCERTAIN
    assert reviewed(review(1, finding.kind, "R1", "R2", confirmed=True)) is FAIL
    assert reviewed(review(1, finding.kind, "R1", confirmed=False)) is PASS
    assert reviewed(review(2, finding.kind, "R1", "R2", confirmed=True)) is UNCERTAIN, "another photograph's"


def test_nobody_found_is_settled_by_a_reviewer_who_sees_somebody() -> None:
    of = case(photo(1, None, poor("nobody_seen"), people=PhotoPeople(0, 0, 1, None)))
    assert status(of, CLAUSE) is UNCERTAIN
    rejected = review(1, FindingKind.PHOTO_POOR, "R1", confirmed=False)
    assert status(cases.change_file(of, reviews=(rejected,)), CLAUSE) is PASS


def test_a_confirmed_failure_names_the_photograph() -> None:
    of = case(photo(1), photo(2, None, duplicate()))
    confirmed = review(2, FindingKind.PHOTO_DUPLICATE, "R1", "R2", confirmed=True)
    found = cases.clause(cases.change_file(of, reviews=(confirmed,)), CLAUSE)
    assert [item.record for item in found.evidence] == ["units[T1].photos[1]"]
    assert found.evidence[0].finding is FindingKind.PHOTO_DUPLICATE
    assert found.evidence[0].recording_sha256 is None


def test_a_duplicate_is_noted_on_the_clause_about_genuineness_too() -> None:
    found = cases.clause(case(photo(1, None, duplicate())), "SX-5.1.6")
    assert "photo_duplicate units[T1].photos[0]" in found.reason.en
    assert "units[T1].photos[0]" in found.reason.zh


def test_what_could_not_be_searched_is_said_in_the_pass() -> None:
    found = cases.clause(case(photo(1, copies_unsearched="photo_too_few_people")), CLAUSE)
    assert found.status is PASS
    assert "of 1 it cannot be told" in found.reason.en


def test_what_was_not_compared_with_recordings_is_said_in_the_pass() -> None:
    found = cases.clause(case(photo(1, frames_unsearched="recording_unreadable")), CLAUSE)
    assert found.status is PASS
    assert "1 were not (all) compared with frames of recordings" in found.reason.en
    assert "没有（全部）与录像画面比对" in found.reason.zh


def test_front_and_back_in_each_part_of_the_day() -> None:
    morning = {"watermark": shown("09:00:00")}
    front, back = photo(1, PhotoSide.FRONT, **morning), photo(2, PhotoSide.BACK, **morning)
    assert decided(case(front, back), TWICE_A_DAY) is PASS
    assert decided(case(front), TWICE_A_DAY) is MISSING
    assert decided(case(front, photo(3, PhotoSide.FRONT, **morning)), TWICE_A_DAY) is MISSING, "twice the front"
    assert decided(case(front, photo(3, None, **morning)), TWICE_A_DAY) is MISSING, "a side is never guessed"
    assert decided(case(front, photo(2, PhotoSide.BACK)), TWICE_A_DAY) is UNCERTAIN, "it shows no time"


def test_a_unit_across_noon_owes_both_parts() -> None:
    def at(clock: str, number: int) -> tuple[PhotoResult, PhotoResult]:
        mark = shown(clock)
        return photo(number, PhotoSide.FRONT, watermark=mark), photo(number + 1, PhotoSide.BACK, watermark=mark)

    noon = {"start": "11:00", "end": "14:00"}
    assert decided(case(*at("12:29:59", 1), *at("12:30:00", 3), **noon), TWICE_A_DAY) is PASS
    assert decided(case(*at("12:29:59", 1), *at("12:29:59", 3), **noon), TWICE_A_DAY) is MISSING
    until_half_past = {"start": "11:00", "end": "12:30"}
    assert decided(case(*at("11:30:00", 1), **until_half_past), TWICE_A_DAY) is PASS, "the bound itself is no part"


def test_subjects_are_declared_and_people_look() -> None:
    def declaring(*shows: PhotoSubject) -> UnitCase:
        item = photo(1)
        return case(replace(item, ref=replace(item.ref, shows=shows)))

    assert status(case(photo(1)), SUBJECTS) is MISSING
    assert status(declaring(PhotoSubject.OVERVIEW, PhotoSubject.TEACHER), SUBJECTS) is MISSING
    whole = declaring(*PhotoSubject)
    assert status(whole, SUBJECTS) is UNCERTAIN
    assert status(cases.change_file(whole, records=(said(SUBJECTS, unit_id=None),)), SUBJECTS) is PASS


def test_photographs_and_their_models_stand_in_the_verdict() -> None:
    base = case(photo(7))
    assert base.photos is not None
    of = replace(base, photos=replace(base.photos, models=(ModelStamp("counter", "e" * 64),)))
    verdict = cases.verdict(of)
    assert f"{7:064d}" in verdict.documents
    assert f"counter {'e' * 64}" in verdict.models
