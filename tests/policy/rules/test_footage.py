from dataclasses import replace

import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import InstitutionKind, RecordingRef, UnitKind
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAIL,
    FAILED,
    MISSING,
    NOT_APPLICABLE,
    PASS,
    UNCERTAIN,
    at,
    case,
    change,
    change_class,
    change_file,
    change_institution,
    clause,
    dossier,
    finding,
    measured,
    review,
    said,
    status,
    unit,
)

SILENT = dossier(finding(FindingKind.NO_AUDIO, 0, 6000), has_audio=False)


def practical(**fields: object) -> UnitCase:
    return change(case("NK", unit(UnitKind.PRACTICAL)), **fields)


class TestSound:
    def test_sound_passes_and_its_absence_fails(self) -> None:
        assert status(case("NK"), "NK-6.1.5") is PASS
        result = clause(case("NK", measured=SILENT), "NK-6.1.5")
        assert result.status is FAIL
        assert result.consequences == ("FAIL_CHECK",)

    def test_consent_counts_for_practical_training_of_an_enterprises_staff_by_a_private_institution(self) -> None:
        waived = measured(practical(audio_waiver="No. 5"), SILENT)
        assert status(waived, "NK-6.1.5") is PASS
        assert status(measured(practical(), SILENT), "NK-6.1.5") is FAIL
        assert status(change_class(waived, enterprise_staff=False), "NK-6.1.5") is FAIL
        assert status(change_class(waived, enterprise_staff=None), "NK-6.1.5") is MISSING
        school = change_institution(waived, kind=InstitutionKind.VOCATIONAL_SCHOOL)
        assert status(school, "NK-6.1.5") is NOT_APPLICABLE
        theory = change(case("NK", measured=SILENT), audio_waiver="No. 5")
        assert status(theory, "NK-6.1.5") is FAIL
        unknown = change_institution(theory, kind=None)
        assert status(unknown, "NK-6.1.5") is FAIL

    def test_muted_stretches_wait_for_reviewers(self) -> None:
        muted = case("NK", measured=dossier(finding(FindingKind.AUDIO_GAP, 100, 400)))
        assert status(muted, "NK-6.1.5") is UNCERTAIN
        confirmed = review(FindingKind.AUDIO_GAP, 100, "R1", "R2", confirmed=True)
        assert status(change_file(muted, reviews=(confirmed,)), "NK-6.1.5") is FAIL
        rejected = review(FindingKind.AUDIO_GAP, 100, "R1", confirmed=False)
        assert status(change_file(muted, reviews=(rejected,)), "NK-6.1.5") is PASS

    def test_one_silent_camera_beside_one_with_sound_is_uncertain(self) -> None:
        refs = (RecordingRef("a", "front", at("08:25")), RecordingRef("b", "back", at("08:25")))
        base = change(case("NK"), recordings=refs)
        mute = dossier(sha256="b" * 64, has_audio=False)
        assert status(measured(base, dossier(), mute), "NK-6.1.5") is UNCERTAIN
        assert status(measured(base, mute), "NK-6.1.5") is UNCERTAIN

    def test_what_is_absent_is_named(self) -> None:
        assert status(change(case("NK"), recordings=()), "NK-6.1.5") is MISSING
        assert status(measured(case("NK"), FAILED), "NK-6.1.5") is UNCERTAIN
        unheard = case("NK", measured=dossier(checked=frozenset({"no_audio"})))
        assert "audio_gap" in clause(unheard, "NK-6.1.5").reason.en


class TestExamined:
    def test_all_of_it_passes(self) -> None:
        assert status(case("NK"), "NK-6.2.2c") is PASS
        assert "All 6000 s" in clause(case("NK"), "NK-6.2.2c").reason.en

    @pytest.mark.parametrize("kind", [FindingKind.UNREADABLE, FindingKind.TRUNCATED])
    def test_what_could_not_be_read_was_not_examined(self, kind: FindingKind) -> None:
        damaged = case("NK", measured=dossier(finding(kind, 10, 20)))
        result = clause(damaged, "NK-6.2.2c")
        assert result.status is UNCERTAIN
        assert "Of 6000 s in all, 5990 s" in result.reason.en

    def test_what_is_absent_is_named(self) -> None:
        assert status(change(case("NK"), recordings=()), "NK-6.2.2c") is MISSING
        assert status(measured(case("NK")), "NK-6.2.2c") is UNCERTAIN
        assert status(measured(case("NK"), FAILED), "NK-6.2.2c") is UNCERTAIN
        school = change_institution(practical(recordings=()), kind=InstitutionKind.VOCATIONAL_SCHOOL)
        assert status(school, "NK-6.2.2c") is MISSING
        assert status(change_file(school, records=(said("NK-6.2.2c"),)), "NK-6.2.2c") is PASS
        half = replace(dossier(), checked=frozenset({"gap"}))
        assert status(measured(case("NK"), half), "NK-6.2.2c") is UNCERTAIN
