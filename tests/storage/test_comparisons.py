"""Fingerprints, comparisons and recorders: which recordings count, and which jobs follow."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.recorder_profile import RecorderProfile
from lessonproof.storage.classes import find_unit, register_class
from lessonproof.storage.comparisons import (
    LEARNED_FROM_AT_MOST,
    RecorderFacts,
    StoredFingerprint,
    accepted_fingerprints,
    dossiers_of_recorder,
    newest_comparison,
    newest_fingerprint,
    record_comparison,
    record_fingerprint,
)
from lessonproof.storage.custody import verify_chain
from lessonproof.storage.filings import Filing, filings_of
from lessonproof.storage.jobs import Claim, claim, finish
from lessonproof.storage.objects import StoredObject
from lessonproof.storage.overview import RecordingPhase, UnitPhase, UnitState, unit_states
from lessonproof.storage.planning import (
    UnitEvidence,
    WorkConfig,
    compare_later_ones,
    gather_evidence,
    newest_dossier,
    plan_again,
    plan_work,
)
from lessonproof.storage.recordings import receive
from lessonproof.storage.results import record_dossier
from lessonproof.storage.tables import DossierRow, JobKind, PictureRow, RecorderProfileRow, UnitRecordingRow
from tests.storage.support import MINUTE, NOW, class_file, digest, dossier, fresh_database

CONFIG = WorkConfig(digest("1"), digest("2"))
METHOD = "test/1"
PROFILE = RecorderFacts("school", "V", "front", RecorderProfile(3, {"container": ("mp4",)}), digest("8"))


class Site:
    """Classes, receipts and the work that follows, without objects."""

    def __init__(self, folder: Path) -> None:
        self.database = fresh_database(folder)
        self.now = NOW

    def hand_in(
        self, *units: tuple[str, list[str]], number: str = "C-1", institution: str = "school", source: str = "f"
    ) -> str:
        declared = class_file(*units, number=number, institution=institution, source=source)
        with self.database.write() as session:
            done = register_class(session, declared, digest(source), self.now)
            plan_work(session, CONFIG, self.now)
        return done.class_id

    def upload(self, class_id: str, slot: str, letter: str, *, may_replace: bool = False) -> None:
        self.now += MINUTE
        with self.database.write() as session:
            stored = StoredObject(digest(letter), 10)
            receive(session, class_id, slot, stored, self.now, original_name=slot, may_replace=may_replace)
            plan_work(session, CONFIG, self.now)

    def take(self) -> Claim | None:
        self.now += MINUTE
        with self.database.write() as session:
            return claim(session, [JobKind.ANALYSE, JobKind.COMPARE], "w", self.now, MINUTE)

    def analyse(self, letter: str, *, is_comparable: bool = True) -> DossierRow:
        held = self.take()
        assert held is not None
        assert (held.kind, held.subject) == (JobKind.ANALYSE, digest(letter))
        with self.database.write() as session:
            stored = StoredFingerprint(digest(letter), 5)
            record_fingerprint(session, held.subject, METHOD, stored, self.now)
            row = record_dossier(
                session,
                held.subject,
                held.config_hash,
                dossier(held.subject),
                object_sha256=held.subject,
                pictures={},
                now=self.now,
                is_comparable=is_comparable,
            )
            finish(session, held, self.now, row.object_sha256)
            plan_work(session, CONFIG, self.now)
        return row

    def compare(self, letter: str, result: str = "9") -> None:
        held = self.take()
        assert held is not None
        assert (held.kind, held.subject) == (JobKind.COMPARE, digest(letter))
        with self.database.write() as session:
            row = newest_dossier(session, held.subject)
            assert row is not None
            record_comparison(
                session, row, digest(result), self.now, pictures={"frames/x.jpg": digest("7")}, recorder=PROFILE
            )
            finish(session, held, self.now, digest(result))
            plan_work(session, CONFIG, self.now)

    def waiting(self) -> list[tuple[JobKind, str]]:
        found = []
        while (held := self.take()) is not None:
            found.append((held.kind, held.subject))
        return found

    def unit(self, name: str = "T1") -> UnitState:
        with self.database.read() as session:
            return next(state for state in unit_states(session) if state.name == name)

    def evidence(self, name: str = "T1") -> UnitEvidence | None:
        with self.database.read() as session:
            return gather_evidence(session, find_unit(session, self.unit(name).unit_id))

    def accepted(self) -> set[str]:
        with self.database.read() as session:
            return set(accepted_fingerprints(session, METHOD))

    def filings(self, *letters: str) -> dict[str, tuple[Filing, ...]]:
        with self.database.read() as session:
            return filings_of(session, [digest(letter) for letter in letters])


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_a_unit_waits_for_the_comparison_of_its_recordings(site: Site) -> None:
    class_id = site.hand_in(("T1", ["a.mp4"]))
    site.upload(class_id, "a.mp4", "a")
    site.analyse("a")
    assert site.evidence() is None
    assert (site.unit().phase, site.unit().recordings[0].phase) == (UnitPhase.ANALYSING, RecordingPhase.ANALYSING)
    site.compare("a")
    evidence = site.evidence()
    assert evidence is not None
    assert evidence.comparisons["a.mp4"].object_sha256 == digest("9")
    assert (site.unit().phase, site.unit().recordings[0].phase) == (UnitPhase.JUDGING, RecordingPhase.ANALYSED)
    with site.database.read() as session:
        assert verify_chain(session).entries == 4  # class file, receipt, dossier, comparison
        assert session.scalars(select(PictureRow.name)).all() == ["frames/x.jpg"]
        assert session.scalars(select(RecorderProfileRow.recordings)).all() == [3]


def test_the_comparison_is_part_of_the_evidence(site: Site) -> None:
    class_id = site.hand_in(("T1", ["a.mp4"]))
    site.upload(class_id, "a.mp4", "a")
    site.analyse("a")
    site.compare("a")
    evidence = site.evidence()
    assert evidence is not None
    other = replace(evidence, comparisons={})
    assert other.evidence_hash != evidence.evidence_hash


def test_dossiers_of_versions_that_compared_nothing_are_judged_as_they_were(site: Site) -> None:
    class_id = site.hand_in(("T1", ["a.mp4"]))
    site.upload(class_id, "a.mp4", "a")
    site.analyse("a", is_comparable=False)
    evidence = site.evidence()
    assert evidence is not None
    assert evidence.comparisons == {}
    assert site.waiting() == []


def test_an_unreadable_recording_is_not_compared(site: Site) -> None:
    class_id = site.hand_in(("T1", ["a.mp4"]))
    site.upload(class_id, "a.mp4", "a")
    held = site.take()
    assert held is not None
    failed = FailedAnalysis(held.subject, 10, "unknown_container", "no", "不行")
    with site.database.write() as session:
        row = record_dossier(
            session,
            held.subject,
            held.config_hash,
            failed,
            object_sha256=digest("3"),
            pictures={},
            now=site.now,
            is_comparable=True,
        )
        finish(session, held, site.now, None)
        plan_work(session, CONFIG, site.now)
        assert not row.is_comparable
    assert site.evidence() is not None
    assert site.waiting() == []


def test_the_same_comparison_again_is_the_same_row(site: Site) -> None:
    class_id = site.hand_in(("T1", ["a.mp4"]))
    site.upload(class_id, "a.mp4", "a")
    row = site.analyse("a")
    with site.database.write() as session:
        known = session.get_one(DossierRow, row.id)
        recorded = [
            record_comparison(session, known, digest(letter), site.now, pictures={}, recorder=PROFILE).id
            for letter in "9989"
        ]
        assert newest_comparison(session, row.id) is not None
    assert recorded == [1, 1, 2, 3]


def test_a_failed_comparison_is_asked_for_again_with_the_unit(site: Site) -> None:
    class_id = site.hand_in(("T1", ["a.mp4"]))
    site.upload(class_id, "a.mp4", "a")
    site.analyse("a")
    held = site.take()
    assert held is not None
    with site.database.write() as session:
        finish(session, held, site.now, None)
        assert plan_again(session, find_unit(session, site.unit().unit_id), CONFIG, site.now) == 1
    site.compare("a")
    assert site.evidence() is not None


class TestAccepted:
    """What an index has to hold."""

    def test_what_stands_in_force_in_a_listed_unit(self, site: Site) -> None:
        class_id = site.hand_in(("T1", ["a.mp4"]), ("T2", ["b.mp4"]))
        site.upload(class_id, "a.mp4", "a")
        assert site.accepted() == set()
        site.analyse("a")
        assert site.accepted() == {digest("a")}
        with site.database.read() as session:
            assert accepted_fingerprints(session, "other/1") == {}
            row = newest_fingerprint(session, digest("a"))
            assert row is not None
            assert (row.method, row.object_sha256) == (METHOD, digest("a"))
            assert newest_fingerprint(session, digest("b")) is None

    def test_what_was_replaced_is_nobodys_evidence(self, site: Site) -> None:
        class_id = site.hand_in(("T1", ["a.mp4"]))
        site.upload(class_id, "a.mp4", "a")
        site.analyse("a")
        site.compare("a")
        site.upload(class_id, "a.mp4", "b", may_replace=True)
        assert site.accepted() == set()
        site.analyse("b")
        assert site.accepted() == {digest("b")}

    def test_what_left_the_class_file_is_gone(self, site: Site) -> None:
        class_id = site.hand_in(("T1", ["a.mp4"]))
        site.upload(class_id, "a.mp4", "a")
        site.analyse("a")
        site.hand_in(("T2", ["b.mp4"]), source="e")
        assert site.accepted() == set()

    def test_a_fingerprint_of_one_method_is_kept_once(self, site: Site) -> None:
        class_id = site.hand_in(("T1", ["a.mp4"]))
        site.upload(class_id, "a.mp4", "a")
        with site.database.write() as session:
            rows = [
                record_fingerprint(session, digest("a"), method, StoredFingerprint(digest(letter), 5), site.now)
                for method, letter in ((METHOD, "5"), (METHOD, "6"), ("other/1", "7"))
            ]
        assert [row.object_sha256 for row in rows] == [digest("5"), digest("5"), digest("7")]


class TestFilings:
    """For which units recordings were handed in."""

    def test_every_unit_that_names_it_earliest_first(self, site: Site) -> None:
        first = site.hand_in(("T1", ["rec/a.mp4"]), ("T2", ["rec/a.mp4", "b.mp4"]))
        second = site.hand_in(("S1", ["c.mp4"]), number="C-2", institution="other school", source="e")
        site.upload(first, "a.mp4", "a")
        site.upload(second, "c.mp4", "a")
        found = site.filings("a", "b")
        assert set(found) == {digest("a")}
        told = [(f.class_number, f.institution, f.unit_name, f.slot, f.venue, f.device) for f in found[digest("a")]]
        assert told == [
            ("C-1", "school", "T1", "a.mp4", "V", "front"),
            ("C-1", "school", "T2", "a.mp4", "V", "front"),
            ("C-2", "other school", "S1", "c.mp4", "V", "front"),
        ]
        first_filing, _, last = found[digest("a")]
        assert first_filing.is_before(last)
        assert not last.is_before(first_filing)
        assert not first_filing.is_before(first_filing)

    def test_what_was_replaced_is_no_filing(self, site: Site) -> None:
        class_id = site.hand_in(("T1", ["a.mp4"]))
        site.upload(class_id, "a.mp4", "a")
        site.upload(class_id, "a.mp4", "b", may_replace=True)
        assert set(site.filings("a", "b")) == {digest("b")}

    def test_of_what_was_received_at_one_moment_the_first_row_is_first(self) -> None:
        filing = Filing(digest("a"), "a", NOW, 1, "c", "C", "i", "u", "U", None, "d")
        assert filing.is_before(replace(filing, receipt_id=2))
        assert not replace(filing, receipt_id=2).is_before(filing)


class TestLaterOnes:
    """A common stretch is told on what was received later, whichever was analysed first."""

    @pytest.fixture
    def both(self, site: Site) -> Site:
        class_id = site.hand_in(("T1", ["a.mp4"]), ("T2", ["b.mp4"]))
        site.upload(class_id, "a.mp4", "a")
        site.upload(class_id, "b.mp4", "b")
        return site

    def ask(self, site: Site, own: str, other: str) -> None:
        with site.database.write() as session:
            filings = filings_of(session, [digest(own)])[digest(own)]
            row = newest_fingerprint(session, digest(own))
            assert row is not None
            compare_later_ones(session, filings[0], [digest(other)], row, site.now)

    def test_the_later_one_that_was_compared_before_is_compared_anew_once(self, both: Site) -> None:
        held = both.take()  # the analysis of a, which takes longer than everything about b
        assert held is not None
        both.analyse("b")
        both.compare("b")
        both.now += MINUTE
        with both.database.write() as session:
            record_fingerprint(session, digest("a"), METHOD, StoredFingerprint(digest("a"), 5), both.now)
        self.ask(both, "a", "b")
        self.ask(both, "a", "b")
        with both.database.read() as session:
            assert gather_evidence(session, find_unit(session, both.unit("T2").unit_id)) is None
        assert both.waiting() == [(JobKind.COMPARE, digest("b"))]

    def test_the_earlier_one_is_left_alone(self, both: Site) -> None:
        both.analyse("a")
        both.analyse("b")
        both.compare("a")
        self.ask(both, "b", "a")
        both.compare("b")
        assert both.waiting() == []

    def test_one_that_has_seen_it_is_left_alone(self, both: Site) -> None:
        both.analyse("a")
        both.analyse("b")
        both.compare("a")
        both.compare("b")
        self.ask(both, "a", "b")
        assert both.waiting() == []


class TestRecorders:
    """Dossiers that a recorder's profile is learned from."""

    def learned(self, site: Site, letter: str) -> list[str]:
        with site.database.read() as session:
            filing = filings_of(session, [digest(letter)])[digest(letter)][0]
            row = newest_dossier(session, digest(letter))
            assert row is not None
            return [found.recording_sha256 for found in dossiers_of_recorder(session, filing, row.id)]

    def test_earlier_recordings_of_the_same_camera(self, site: Site) -> None:
        class_id = site.hand_in(("T1", ["a.mp4"]), ("T2", ["b.mp4"]), ("T3", ["c.mp4"]))
        for letter in "abc":
            site.upload(class_id, f"{letter}.mp4", letter)
        for letter in "abc":
            site.analyse(letter)
        assert self.learned(site, "c") == [digest("b"), digest("a")]
        assert self.learned(site, "a") == []

    def test_another_institution_venue_or_device_teaches_nothing(self, site: Site) -> None:
        first = site.hand_in(("T1", ["a.mp4"]))
        second = site.hand_in(("T1", ["b.mp4"]), number="C-2", institution="other school", source="e")
        third = site.hand_in(("T1", ["c.mp4"]), number="C-3", source="d")
        for class_id, letter in ((first, "a"), (second, "b"), (third, "c")):
            site.upload(class_id, f"{letter}.mp4", letter)
        for letter in "abc":
            site.analyse(letter)
        assert self.learned(site, "c") == [digest("a")]
        with site.database.write() as session:
            named = session.scalars(select(UnitRecordingRow).where(UnitRecordingRow.slot == "a.mp4")).one()
            named.device = "NVR-2"
        assert self.learned(site, "c") == []

    def test_only_the_latest_recordings(self, site: Site) -> None:
        letters = [f"{number:064x}" for number in range(LEARNED_FROM_AT_MOST + 3)]
        class_id = site.hand_in(*((f"T{n}", [f"{n}.mp4"]) for n in range(len(letters))))
        with site.database.write() as session:
            for number, sha256 in enumerate(letters):
                stored = StoredObject(sha256, 10)
                receive(session, class_id, f"{number}.mp4", stored, site.now, original_name="x", may_replace=False)
                record_dossier(
                    session,
                    sha256,
                    digest("1"),
                    dossier(sha256),
                    object_sha256=sha256,
                    pictures={},
                    now=site.now,
                    is_comparable=True,
                )
            filing = filings_of(session, [letters[-1]])[letters[-1]][0]
            found = [row.recording_sha256 for row in dossiers_of_recorder(session, filing, len(letters))]
        assert found == letters[-2 : -2 - LEARNED_FROM_AT_MOST : -1]
