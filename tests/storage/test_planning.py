from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.storage.classes import find_unit, register_class
from lessonproof.storage.custody import verify_chain
from lessonproof.storage.errors import (
    AlreadyReceivedError,
    NotFoundError,
    UnexpectedRecordingError,
    WrongDigestError,
)
from lessonproof.storage.jobs import Claim, JobError, claim, fail, finish
from lessonproof.storage.objects import StoredObject
from lessonproof.storage.overview import RecordingPhase, UnitPhase, UnitState, unit_states
from lessonproof.storage.planning import WorkConfig, gather_evidence, plan_again, plan_work
from lessonproof.storage.recordings import receive
from lessonproof.storage.results import (
    VerdictFacts,
    VerdictObjects,
    find_picture,
    record_dossier,
    record_verdict,
)
from lessonproof.storage.tables import DossierRow, JobKind, JobRow, JobState, ReceiptRow, VerdictRow
from tests.storage.support import MINUTE, NOW, class_file, digest, dossier, fresh_database

CONFIG = WorkConfig(digest("1"), digest("2"))
OTHER = WorkConfig(digest("3"), digest("4"))
LEASE = timedelta(minutes=1)


class Site:
    """A service without HTTP and Ray: hand in, work off, look."""

    def __init__(self, folder: Path) -> None:
        self.database = fresh_database(folder)
        self.now = NOW
        self.config = CONFIG
        self.class_id = ""

    def hand_in(self, *units: tuple[str, list[str]], source: str = "f", number: str = "C-1") -> str:
        with self.database.write() as session:
            done = register_class(session, class_file(*units, number=number), digest(source), self.now)
            plan_work(session, self.config, self.now, [done.class_id])
        self.class_id = done.class_id
        return done.class_id

    def upload(self, slot: str, letter: str, *, may_replace: bool = False) -> bool:
        self.now += MINUTE
        with self.database.write() as session:
            stored = StoredObject(digest(letter), 10)
            receipt = receive(
                session, self.class_id, slot, stored, self.now, original_name=slot, may_replace=may_replace
            )
            plan_work(session, self.config, self.now, [self.class_id])
        return receipt.is_new

    def take(self) -> Claim | None:
        with self.database.write() as session:
            return claim(session, list(JobKind), "w", self.now, LEASE)

    def work_one(self) -> JobKind | None:
        self.now += MINUTE
        held = self.take()
        if held is None:
            return None
        with self.database.write() as session:
            if held.kind is JobKind.ANALYSE:
                row = record_dossier(
                    session,
                    held.subject,
                    self.config.analysis_hash,
                    dossier(held.subject),
                    object_sha256=held.subject,
                    pictures={"frames/a.jpg": digest("9")},
                    now=self.now,
                )
                finish(session, held, self.now, row.object_sha256)
                plan_work(session, self.config, self.now)
            else:
                unit = find_unit(session, held.subject)
                evidence = gather_evidence(session, unit)
                assert evidence is not None
                facts = VerdictFacts(
                    evidence.evidence_hash,
                    evidence.inputs_hash(self.config.rules_hash),
                    "review",
                    None,
                    tuple(row.id for row in evidence.dossiers.values()),
                )
                record_verdict(session, unit, facts, VerdictObjects(*[digest("8")] * 3), self.now)
                finish(session, held, self.now, digest("8"))
        return held.kind

    def work_all(self) -> list[JobKind]:
        done: list[JobKind] = []
        while (kind := self.work_one()) is not None:
            done.append(kind)
        return done

    def unit(self, name: str = "T1") -> UnitState:
        with self.database.read() as session:
            return next(state for state in unit_states(session) if state.name == name)

    def again(self, name: str = "T1") -> int:
        with self.database.write() as session:
            return plan_again(session, find_unit(session, self.unit(name).unit_id), self.config, self.now)

    def count(self, table: type[DossierRow | VerdictRow | JobRow | ReceiptRow]) -> int:
        with self.database.read() as session:
            return len(session.scalars(select(table)).all())


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_from_waiting_to_judged(site: Site) -> None:
    site.hand_in(("T1", ["rec/a.mp4", "rec/b.mp4"]))
    assert (site.unit().phase, site.unit().waiting_for) == (UnitPhase.WAITING, 2)
    site.upload("a.mp4", "a")
    assert (site.unit().phase, site.unit().waiting_for) == (UnitPhase.WAITING, 1)
    site.upload("b.mp4", "b")
    assert (site.unit().phase, site.unit().progress) == (UnitPhase.ANALYSING, 0.0)
    assert site.work_one() is JobKind.ANALYSE
    assert (site.unit().phase, site.unit().progress) == (UnitPhase.ANALYSING, 0.5)
    assert site.work_one() is JobKind.ANALYSE
    assert site.unit().phase is UnitPhase.JUDGING
    assert site.work_one() is JobKind.JUDGE
    state = site.unit()
    assert (state.phase, state.outcome) == (UnitPhase.JUDGED, "review")
    assert [recording.phase for recording in state.recordings] == [RecordingPhase.ANALYSED] * 2
    assert site.work_one() is None
    with site.database.read() as session:
        assert verify_chain(session).entries == 6  # class file, two receipts, two dossiers, verdict
        assert find_picture(session, state.unit_id, "frames/a.jpg") == digest("9")
        with pytest.raises(NotFoundError):
            find_picture(session, state.unit_id, "frames/../a.jpg")


def test_a_unit_without_recordings_is_judged_at_once(site: Site) -> None:
    site.hand_in(("T1", []))
    assert site.work_all() == [JobKind.JUDGE]
    assert site.unit().phase is UnitPhase.JUDGED


def test_handing_in_twice_changes_nothing(site: Site) -> None:
    assert site.hand_in(("T1", ["a.mp4"])) == site.hand_in(("T1", ["a.mp4"]))
    assert site.upload("a.mp4", "a") is True
    assert site.upload("a.mp4", "a") is False
    assert (site.count(ReceiptRow), site.count(JobRow)) == (1, 1)
    with site.database.read() as session:
        assert verify_chain(session).entries == 2


def test_planning_again_asks_for_nothing_new(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]), ("T2", []))
    site.upload("a.mp4", "a")
    site.work_all()
    before = site.count(JobRow)
    with site.database.write() as session:
        plan_work(session, CONFIG, site.now)
        plan_work(session, OTHER, site.now)
    assert site.count(JobRow) == before


def test_one_recording_for_two_units_is_analysed_once(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]), ("T2", ["a.mp4"]))
    site.upload("a.mp4", "a")
    assert site.work_all() == [JobKind.ANALYSE, JobKind.JUDGE, JobKind.JUDGE]


def test_the_same_bytes_under_two_names_are_analysed_once(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4", "b.mp4"]))
    site.upload("a.mp4", "a")
    site.upload("b.mp4", "a")
    assert site.work_all() == [JobKind.ANALYSE, JobKind.JUDGE]


def test_a_new_class_file_is_judged_on_the_same_dossiers(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]))
    site.upload("a.mp4", "a")
    site.work_all()
    site.hand_in(("T1", ["a.mp4"]), ("T2", ["b.mp4"]), source="e")
    assert site.work_all() == [JobKind.JUDGE]
    assert site.unit("T2").phase is UnitPhase.WAITING
    # And back: what was judged on this evidence before stands.
    site.hand_in(("T1", ["a.mp4"]), source="f")
    assert site.work_all() == []
    assert site.count(VerdictRow) == 2
    with site.database.read() as session:
        assert [state.name for state in unit_states(session)] == ["T1"]


def test_evidence_that_comes_back_before_it_was_judged(site: Site) -> None:
    """The class file changes while the unit waits for judgement, and changes back after."""
    site.hand_in(("T1", []), source="f")
    site.hand_in(("T1", []), source="e")
    assert site.work_all() == [JobKind.JUDGE, JobKind.JUDGE]  # both find the present class file
    assert site.count(VerdictRow) == 1
    site.hand_in(("T1", []), source="f")
    assert site.work_all() == [JobKind.JUDGE]
    assert site.count(VerdictRow) == 2


def test_replacing_has_to_be_asked_for_and_stays_on_record(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]))
    site.upload("a.mp4", "a")
    site.work_all()
    with pytest.raises(AlreadyReceivedError, match=digest("a")):
        site.upload("a.mp4", "b")
    site.upload("a.mp4", "b", may_replace=True)
    assert site.unit().phase is UnitPhase.ANALYSING
    assert site.work_all() == [JobKind.ANALYSE, JobKind.JUDGE]
    assert (site.count(ReceiptRow), site.count(VerdictRow)) == (2, 2)


def test_a_name_that_nobody_waits_for(site: Site) -> None:
    site.hand_in(("T1", ["rec/a.mp4"]))
    with pytest.raises(UnexpectedRecordingError, match=r"a\.mp4"):
        site.upload("b.mp4", "b")


def test_a_recording_named_by_digest(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]), number="C-1")
    site.upload("a.mp4", "a")
    site.hand_in(("T1", [f"sha256:{digest('a')}", f"sha256:{digest('b')}"]), number="C-2", source="e")
    state = next(s for s in _states(site) if s.class_number == "C-2")
    assert [recording.phase for recording in state.recordings] == [RecordingPhase.QUEUED, RecordingPhase.MISSING]
    with pytest.raises(WrongDigestError):
        site.upload(f"sha256:{digest('b')}", "c")
    assert site.upload(f"sha256:{digest('b')}", "b")


def _states(site: Site) -> list[UnitState]:
    with site.database.read() as session:
        return unit_states(session)


def test_an_unreadable_recording_is_an_answer_in_the_words_of_its_name(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]))
    site.upload("a.mp4", "a")
    held = site.take()
    assert held is not None
    failed = FailedAnalysis(held.subject, 10, "unknown_container", f"{held.subject}: no", f"{held.subject}：不行")
    with site.database.write() as session:
        record_dossier(session, held.subject, digest("1"), failed, object_sha256=digest("7"), pictures={}, now=site.now)
        finish(session, held, site.now, digest("7"))
        plan_work(session, CONFIG, site.now)
    (recording,) = site.unit().recordings
    assert recording.phase is RecordingPhase.UNREADABLE
    assert recording.error == JobError("unknown_container", "a.mp4: no", "a.mp4：不行")
    assert site.work_all() == [JobKind.JUDGE]


def test_a_failed_job_shows_and_can_be_asked_for_again(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]))
    site.upload("a.mp4", "a")
    held = site.take()
    assert held is not None
    with site.database.write() as session:
        fail(session, held, site.now, JobError("worker_lost", "gone", "没了"), retry_after=None)
    assert (site.unit().phase, site.unit().error) == (UnitPhase.FAILED, JobError("worker_lost", "gone", "没了"))
    assert site.work_all() == []
    assert site.again() == 1
    assert site.work_all() == [JobKind.ANALYSE, JobKind.JUDGE]
    assert (site.unit().phase, site.unit().error) == (UnitPhase.JUDGED, None)
    assert site.again() == 0


def test_other_settings_are_used_when_asked_for_only(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]))
    site.upload("a.mp4", "a")
    site.work_all()
    site.config = OTHER
    assert site.again() == 1
    assert site.unit().phase is UnitPhase.ANALYSING
    assert site.work_one() is JobKind.ANALYSE
    assert site.unit().outcome == "review"
    # The second dossier is the same object here, so the evidence is judged already; the new rules are asked for.
    assert site.work_all() == []
    assert site.again() == 1
    assert site.work_all() == [JobKind.JUDGE]
    assert (site.count(DossierRow), site.count(VerdictRow)) == (2, 2)


def test_a_dossier_of_the_same_configuration_is_kept_once(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]))
    site.upload("a.mp4", "a")
    with site.database.write() as session:
        rows = [
            record_dossier(
                session,
                digest("a"),
                digest("1"),
                dossier(digest("a")),
                object_sha256=digest(letter),
                pictures={},
                now=site.now,
            )
            for letter in "56"
        ]
    assert rows[0].object_sha256 == rows[1].object_sha256 == digest("5")


def test_jobs_of_a_replaced_recording_do_not_block_the_unit(site: Site) -> None:
    site.hand_in(("T1", ["a.mp4"]))
    site.upload("a.mp4", "a")
    site.upload("a.mp4", "b", may_replace=True)
    assert site.work_all() == [JobKind.ANALYSE, JobKind.ANALYSE, JobKind.JUDGE]
    with site.database.read() as session:
        states = set(session.scalars(select(JobRow.state)))
    assert states == {JobState.DONE}
