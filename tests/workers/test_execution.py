import json
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import select

from lessonproof.evidence.codec import dossier_from_json
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import DocumentError
from lessonproof.storage.custody import verify_chain
from lessonproof.storage.errors import LeaseLostError
from lessonproof.storage.jobs import Claim, claim, reclaim
from lessonproof.storage.objects import read_bytes
from lessonproof.storage.results import find_picture, find_verdict
from lessonproof.storage.tables import ComparisonRow, DossierRow, JobKind, JobRow, JobState, UnitRow, VerdictRow
from lessonproof.workers.analysis import InterruptedWorkError
from tests.workers.support import CLASS_FILE, Site, tiny_lesson

LEASE = timedelta(seconds=60)


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return tiny_lesson(tmp_path_factory.mktemp("lesson"), edits=("black@2:2",)).read_bytes()


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def take(site: Site) -> Claim:
    with site.database.write() as session:
        held = claim(session, list(JobKind), "me", site.clock(), LEASE)
    assert held is not None
    return held


def execute(site: Site, held: Claim, stop: Event | None = None) -> None:
    site.work.execute(held, lambda _: None, stop or Event())


def test_a_recording_becomes_a_dossier_and_its_unit_a_verdict(site: Site, lesson: bytes) -> None:
    sha256 = site.upload(site.hand_in(), "T1.mp4", lesson)
    held = take(site)
    assert (held.kind, held.subject) == (JobKind.ANALYSE, sha256)
    execute(site, held)
    comparing = take(site)
    assert (comparing.kind, comparing.subject) == (JobKind.COMPARE, sha256)
    execute(site, comparing)
    judging = take(site)
    assert judging.kind is JobKind.JUDGE
    execute(site, judging)
    with site.database.read() as session:
        row = session.scalars(select(DossierRow)).one()
        verdict = find_verdict(session, judging.subject)
        assert verify_chain(session).entries == 5  # class file, receipt, dossier, comparison, verdict
        assert {job.state for job in session.scalars(select(JobRow))} == {JobState.DONE}
    dossier = dossier_from_json(json.loads(read_bytes(site.store, row.object_sha256)))
    assert isinstance(dossier, Dossier)
    assert (dossier.sha256, dossier.headcount_reason) == (sha256, "no_weights")
    document = json.loads(read_bytes(site.store, verdict.verdict_sha256))
    assert (document["unit"], document["inputs"]["recordings"]) == ("T1", [sha256])
    findings = json.loads(read_bytes(site.store, verdict.findings_sha256))
    (recording,) = findings["recordings"]
    assert recording["path"] == "T1.mp4"
    names = [name for finding in recording["findings"] for name in finding["evidence"]]
    assert names
    assert b"frames/" in read_bytes(site.store, verdict.report_sha256)
    with site.database.read() as session:
        for name in names:
            assert read_bytes(site.store, find_picture(session, judging.subject, name)).startswith(b"\xff\xd8")


def test_a_text_file_is_an_unreadable_recording_and_still_a_verdict(site: Site) -> None:
    site.upload(site.hand_in(), "T1.mp4", b"no pictures in here")
    execute(site, take(site))
    with site.database.read() as session:
        row = session.scalars(select(DossierRow)).one()
    assert row.failure_code == "unknown_container"
    assert isinstance(dossier_from_json(json.loads(read_bytes(site.store, row.object_sha256))), FailedAnalysis)
    judging = take(site)
    execute(site, judging)
    with site.database.read() as session:
        verdict = find_verdict(session, judging.subject)
    assert verdict.outcome != "pass"
    (recording,) = json.loads(read_bytes(site.store, verdict.findings_sha256))["recordings"]
    assert recording["error"]["zh"].startswith("T1.mp4")


def test_a_second_attempt_after_a_lost_lease_leaves_one_dossier(site: Site, lesson: bytes) -> None:
    site.upload(site.hand_in(), "T1.mp4", lesson)
    late = take(site)
    site.clock.pass_time(61)
    with site.database.write() as session:
        assert reclaim(session, site.clock()) == 1
    execute(site, take(site))
    with pytest.raises(LeaseLostError):
        execute(site, late)
    with site.database.read() as session:
        assert len(session.scalars(select(DossierRow)).all()) == 1
        assert verify_chain(session).entries == 3


def test_work_that_is_stopped_records_nothing(site: Site, lesson: bytes) -> None:
    site.upload(site.hand_in(), "T1.mp4", lesson)
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedWorkError):
        execute(site, take(site), stop)
    with site.database.read() as session:
        assert session.scalars(select(DossierRow)).all() == []


def test_a_unit_that_left_the_class_file_is_not_judged(site: Site, lesson: bytes) -> None:
    site.upload(site.hand_in(), "T1.mp4", lesson)
    execute(site, take(site))
    execute(site, take(site))
    judging = take(site)
    assert judging.kind is JobKind.JUDGE
    site.hand_in(CLASS_FILE.replace("id: T1", "id: T2"))
    execute(site, judging)
    with site.database.read() as session:
        assert session.scalars(select(VerdictRow)).all() == []
        listed = {unit.name: unit.is_listed for unit in session.scalars(select(UnitRow))}
    assert listed == {"T1": False, "T2": True}


def test_a_recording_that_left_the_class_file_is_not_compared(site: Site, lesson: bytes) -> None:
    site.upload(site.hand_in(), "T1.mp4", lesson)
    execute(site, take(site))
    comparing = take(site)
    assert comparing.kind is JobKind.COMPARE
    site.hand_in(CLASS_FILE.replace("T1.mp4", "T2.mp4"))
    execute(site, comparing)
    with site.database.read() as session:
        assert session.scalars(select(ComparisonRow)).all() == []


def test_a_comparison_that_is_stopped_records_nothing(site: Site, lesson: bytes) -> None:
    site.upload(site.hand_in(), "T1.mp4", lesson)
    execute(site, take(site))
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedWorkError):
        execute(site, take(site), stop)
    with site.database.read() as session:
        assert session.scalars(select(ComparisonRow)).all() == []


def test_a_draft_pack_that_was_switched_off_again_is_an_error_of_input(site: Site) -> None:
    text = CLASS_FILE.replace("rule_pack: NK", "rule_pack: SX").replace(
        "      - {file: T1.mp4, camera: front}", "      []"
    )
    site.hand_in(text)
    with pytest.raises(DocumentError, match="draft"):
        execute(site, take(site))


def test_equal_inputs_give_equal_documents(site: Site, lesson: bytes, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    digests = []
    for place in (site, Site(tmp_path / "other")):
        place.upload(place.hand_in(), "T1.mp4", lesson)
        execute(place, take(place))
        execute(place, take(place))
        judging = take(place)
        execute(place, judging)
        with place.database.read() as session:
            verdict = find_verdict(session, judging.subject)
            digests.append((verdict.inputs_hash, verdict.verdict_sha256, verdict.findings_sha256))
    assert digests[0] == digests[1]
