import multiprocessing
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lessonproof.storage.database import Database, upgrade_database
from lessonproof.storage.errors import LeaseLostError
from lessonproof.storage.jobs import (
    WORKER_LOST,
    Claim,
    JobError,
    claim,
    enqueue,
    expire_other_owners,
    fail,
    finish,
    give_back,
    reclaim,
    renew,
    revive,
)
from lessonproof.storage.tables import JobKind, JobRow, JobState
from tests.storage.support import NOW, digest, fresh_database

LEASE = timedelta(seconds=60)
BROKEN = JobError("broken", "broken", "坏了")
KINDS = list(JobKind)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


def add(database: Database, subject: str = digest("a"), *, max_tries: int = 3, config: str = digest("c")) -> int:
    with database.write() as session:
        return enqueue(session, JobKind.ANALYSE, subject, config, NOW, max_tries=max_tries)


def take(database: Database, owner: str = "me", now: datetime = NOW) -> Claim | None:
    with database.write() as session:
        return claim(session, KINDS, owner, now, LEASE)


def must_take(database: Database, owner: str = "me", now: datetime = NOW) -> Claim:
    held = take(database, owner, now)
    assert held is not None
    return held


def row_of(database: Database, job_id: int) -> JobRow:
    with database.read() as session:
        return session.get_one(JobRow, job_id)


def end(database: Database, held: Claim, now: datetime = NOW) -> None:
    with database.write() as session:
        finish(session, held, now, digest("r"))


def test_the_same_work_is_one_job(database: Database) -> None:
    assert add(database) == add(database)
    assert add(database, config=digest("d")) != add(database)


def test_a_done_job_asked_for_again_stays_done(database: Database) -> None:
    job_id = add(database)
    end(database, must_take(database))
    assert add(database) == job_id
    assert take(database) is None


def test_oldest_first_and_each_once(database: Database) -> None:
    first, second = add(database, digest("a")), add(database, digest("b"))
    assert must_take(database).job_id == first
    assert must_take(database).job_id == second
    assert take(database) is None


def test_only_wanted_kinds_are_claimed(database: Database) -> None:
    add(database)
    with database.write() as session:
        assert claim(session, [JobKind.JUDGE], "me", NOW, LEASE) is None


def test_renewing_holds_the_job_and_tells_its_progress(database: Database) -> None:
    add(database)
    held = must_take(database)
    later = NOW + LEASE / 2
    with database.write() as session:
        renew(session, held, later, LEASE, 0.5)
        assert reclaim(session, NOW + LEASE) == 0
        assert reclaim(session, later + LEASE) == 1
    assert row_of(database, held.job_id).progress_permille == 0


def test_a_lost_job_cannot_be_finished_by_its_former_holder(database: Database) -> None:
    job_id = add(database)
    late = must_take(database, "slow")
    with database.write() as session:
        reclaim(session, NOW + LEASE)
    quick = must_take(database, "quick", NOW + LEASE)
    reports: list[Callable[[Session], None]] = [
        lambda s: finish(s, late, NOW, digest("x")),
        lambda s: fail(s, late, NOW, BROKEN, retry_after=None),
        lambda s: renew(s, late, NOW, LEASE, 0.9),
        lambda s: give_back(s, late),
    ]
    for report in reports:
        with pytest.raises(LeaseLostError), database.write() as session:
            report(session)
    end(database, quick)
    assert row_of(database, job_id).result_sha256 == digest("r")


def test_an_earlier_attempt_of_the_same_owner_is_fenced_off_too(database: Database) -> None:
    add(database)
    first = must_take(database)
    with database.write() as session:
        reclaim(session, NOW + LEASE)
    second = must_take(database, now=NOW + LEASE)
    with pytest.raises(LeaseLostError):
        end(database, first)
    end(database, second)


def test_a_poison_job_ends_failed_with_its_reason(database: Database) -> None:
    job_id = add(database, max_tries=3)
    now = NOW
    for attempt in (1, 2, 3):
        assert must_take(database, now=now).attempt == attempt
        now += LEASE
        with database.write() as session:
            reclaim(session, now)
    assert take(database, now=now) is None
    row = row_of(database, job_id)
    assert (row.state, row.error_code, row.tries) == (JobState.FAILED, WORKER_LOST, 3)
    assert row.error_zh


def test_a_failure_that_may_pass_is_tried_again_later(database: Database) -> None:
    job_id = add(database, max_tries=2)
    held = must_take(database)
    with database.write() as session:
        fail(session, held, NOW, BROKEN, retry_after=timedelta(seconds=5))
    assert take(database, now=NOW + timedelta(seconds=4)) is None
    held = must_take(database, now=NOW + timedelta(seconds=5))
    with database.write() as session:
        fail(session, held, NOW, BROKEN, retry_after=timedelta(seconds=5))
    assert (row_of(database, job_id).state, row_of(database, job_id).error_code) == (JobState.FAILED, "broken")


def test_a_failure_that_stays_is_not_tried_again(database: Database) -> None:
    job_id = add(database)
    with database.write() as session:
        fail(session, must_take_in(session), NOW, BROKEN, retry_after=None)
    assert row_of(database, job_id).state == JobState.FAILED
    with database.write() as session:
        assert revive(session, job_id, [JobState.FAILED], NOW)
        assert not revive(session, job_id, [JobState.FAILED], NOW)
    assert must_take(database).attempt == 1


def must_take_in(session: Session) -> Claim:
    held = claim(session, KINDS, "me", NOW, LEASE)
    assert held is not None
    return held


def test_giving_back_costs_no_attempt(database: Database) -> None:
    add(database)
    held = must_take(database)
    with database.write() as session:
        give_back(session, held)
    assert must_take(database).attempt == 1


def test_a_successor_need_not_wait_for_dead_leases(database: Database) -> None:
    add(database)
    must_take(database, "dead")
    with database.write() as session:
        expire_other_owners(session, "alive", NOW)
        assert reclaim(session, NOW) == 1
    assert must_take(database, "alive").attempt == 2


def work_off(path: Path, owner: str) -> list[int]:
    """Claim and finish until nothing is left; every third attempt dies without a word."""
    database = Database(f"sqlite:///{path / 'rows.db'}")
    done: list[int] = []
    rounds = 0
    while True:
        with database.write() as session:
            held = claim(session, KINDS, owner, NOW, LEASE)
        if held is None:
            return done
        rounds += 1
        if rounds % 3:
            end(database, held)
            done.append(held.job_id)


def test_many_processes_do_each_job_once(database: Database, tmp_path: Path) -> None:
    jobs = {add(database, f"{number:064d}", max_tries=50) for number in range(60)}
    done: list[int] = []
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        while len(done) < len(jobs):
            done += [i for part in pool.starmap(work_off, [(tmp_path, f"p{n}") for n in range(2)]) for i in part]
            with database.write() as session:
                reclaim(session, NOW + LEASE)
                session.execute(update(JobRow).values(not_before=NOW))
    assert sorted(done) == sorted(jobs)
    with database.read() as session:
        assert set(session.scalars(select(JobRow.state))) == {JobState.DONE}


def test_many_threads_ask_for_the_same_work(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: add(database), range(40)))) == 1


class Queue(RuleBasedStateMachine):
    """Workers that claim, work, stall, die and come back in any order, against a model of what must hold."""

    @initialize()
    def begin(self) -> None:
        self.database = Database("sqlite://")
        upgrade_database(self.database)
        self.now = NOW
        self.held: list[Claim] = []
        self.finished: dict[int, Claim] = {}
        self.jobs: set[int] = set()

    @rule(subject=st.integers(0, 5))
    def ask(self, subject: int) -> None:
        self.jobs.add(add(self.database, f"{subject:064d}"))

    @rule(owner=st.sampled_from(["a", "b"]))
    def take(self, owner: str) -> None:
        held = take(self.database, owner, self.now)
        if held is not None:
            assert held.job_id not in self.finished
            self.held.append(held)

    @rule(seconds=st.integers(1, 90))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        with self.database.write() as session:
            reclaim(session, self.now)

    @rule(choice=st.integers(0, 20))
    def finish_one(self, choice: int) -> None:
        if not self.held:
            return
        held = self.held.pop(choice % len(self.held))
        try:
            end(self.database, held, self.now)
        except LeaseLostError:
            return
        assert held.job_id not in self.finished, "done twice"
        self.finished[held.job_id] = held

    @invariant()
    def nothing_is_lost(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.read() as session:
            rows = {row.id: row for row in session.scalars(select(JobRow))}
        assert set(rows) == self.jobs
        for job_id, row in rows.items():
            assert (row.state == JobState.DONE) == (job_id in self.finished)
            assert (row.owner is not None) == (row.state == JobState.RUNNING)
            assert row.tries <= row.max_tries


Queue.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestQueue = Queue.TestCase
