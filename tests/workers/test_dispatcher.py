from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import select

from lessonproof.evidence.errors import DocumentError
from lessonproof.storage.database import Database, upgrade_database
from lessonproof.storage.errors import ObjectStoreUnreachableError
from lessonproof.storage.jobs import Claim, claim, enqueue, finish, reclaim
from lessonproof.storage.planning import WorkConfig
from lessonproof.storage.tables import JobKind, JobRow, JobState
from lessonproof.workers.analysis import ClusterLostError, InterruptedWorkError
from lessonproof.workers.dispatcher import LEASE, Dispatcher
from tests.workers.support import ToldClock

WORK = WorkConfig("1" * 64, "2" * 64)
PATIENCE_S = 20.0


@dataclass
class ScriptedWork:
    """An executor that waits to be told how each job ends."""

    database: Database
    clock: ToldClock
    outcome: Callable[[], None] | None = None
    begun: Event = field(default_factory=Event)
    proceed: Event = field(default_factory=Event)
    attempts: list[Claim] = field(default_factory=list)

    def execute(self, held: Claim, progress: Callable[[float], None], stop: Event) -> None:
        self.attempts.append(held)
        progress(0.5)
        self.begun.set()
        while not self.proceed.wait(0.01):
            if stop.is_set():
                raise InterruptedWorkError("stopped")
        if self.outcome is not None:
            self.outcome()
        with self.database.write() as session:
            finish(session, held, self.clock(), "f" * 64)


class Bench:
    def __init__(self, folder: Path) -> None:
        self.clock = ToldClock()
        self.database = Database(f"sqlite:///{folder / 'rows.db'}")
        upgrade_database(self.database)
        self.work = ScriptedWork(self.database, self.clock)
        self.dispatcher = self.another("d1")

    def another(self, owner: str, parallel_jobs: int = 1) -> Dispatcher:
        return Dispatcher(
            database=self.database,
            executor=self.work,
            work=WORK,
            clock=self.clock,
            owner=owner,
            parallel_jobs=parallel_jobs,
        )

    def ask(self, letter: str = "a") -> int:
        with self.database.write() as session:
            return enqueue(session, JobKind.ANALYSE, letter * 64, WORK.analysis_hash, self.clock())

    def row(self, job_id: int) -> JobRow:
        with self.database.read() as session:
            return session.get_one(JobRow, job_id)

    def run_one(self, outcome: Callable[[], None] | None = None) -> None:
        """Begin a job and see it to its end."""
        self.work.outcome = outcome
        self.work.proceed.set()
        assert self.dispatcher.step() == 1
        for job in self.dispatcher._running:
            job.future.result(PATIENCE_S)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def raising(error: Exception) -> Callable[[], None]:
    def outcome() -> None:
        raise error

    return outcome


def test_a_job_is_begun_renewed_and_done(bench: Bench) -> None:
    job_id = bench.ask()
    assert bench.dispatcher.step() == 1
    assert bench.work.begun.wait(PATIENCE_S)
    bench.clock.pass_time(50)
    bench.dispatcher.step()
    row = bench.row(job_id)
    assert (row.progress_permille, row.lease_until) == (500, bench.clock() + LEASE)
    bench.work.proceed.set()
    bench.dispatcher._running[0].future.result(PATIENCE_S)
    assert bench.dispatcher.step() == 0
    assert bench.row(job_id).state == JobState.DONE


def test_no_more_jobs_at_a_time_than_allowed(bench: Bench) -> None:
    for letter in "abcde":
        bench.ask(letter)
    dispatcher = bench.another("d2", parallel_jobs=3)
    assert dispatcher.step() == 3
    assert dispatcher.step() == 3
    dispatcher.close()
    assert {job.subject[0] for job in bench.work.attempts} == set("abc")


@pytest.mark.parametrize(
    ("error", "state", "code"),
    [
        pytest.param(DocumentError("bad", "坏"), JobState.FAILED, "document_error", id="input-fails-at-once"),
        pytest.param(ObjectStoreUnreachableError("away"), JobState.QUEUED, "object_store_unreachable", id="ours-waits"),
        pytest.param(OSError("disk"), JobState.QUEUED, "internal_error", id="disk-waits"),
        pytest.param(MemoryError(), JobState.QUEUED, "internal_error", id="memory-waits"),
        pytest.param(ValueError("secret name"), JobState.FAILED, "internal_error", id="a-defect-fails-at-once"),
    ],
)
def test_every_error_becomes_a_recorded_outcome(bench: Bench, error: Exception, state: JobState, code: str) -> None:
    job_id = bench.ask()
    bench.run_one(raising(error))
    row = bench.row(job_id)
    assert (row.state, row.error_code, row.owner) == (state, code, None)
    assert "secret" not in (row.error_en or "") + (row.error_zh or "")


def test_retries_wait_longer_each_time_and_end(bench: Bench) -> None:
    job_id = bench.ask()
    waits = []
    for _ in range(4):
        bench.run_one(raising(ObjectStoreUnreachableError("away")))
        row = bench.row(job_id)
        waits.append(row.not_before - bench.clock())
        bench.clock.pass_time(700)
    assert waits[:3] == [timedelta(seconds=5), timedelta(seconds=10), timedelta(seconds=20)]
    assert bench.row(job_id).state == JobState.FAILED
    assert bench.dispatcher.step() == 0


def test_stopping_gives_jobs_back_without_blame(bench: Bench) -> None:
    job_id = bench.ask()
    stop = Event()
    thread = Thread(target=bench.dispatcher.run, args=(stop,))
    thread.start()
    assert bench.work.begun.wait(PATIENCE_S)
    stop.set()
    thread.join(PATIENCE_S)
    assert not thread.is_alive()
    row = bench.row(job_id)
    assert (row.state, row.tries, row.owner) == (JobState.QUEUED, 0, None)


def test_a_job_that_was_taken_over_is_given_up(bench: Bench) -> None:
    job_id = bench.ask()
    bench.dispatcher.step()
    assert bench.work.begun.wait(PATIENCE_S)
    bench.clock.pass_time(61)
    with bench.database.write() as session:
        reclaim(session, bench.clock())
        assert claim(session, [JobKind.ANALYSE], "other", bench.clock(), LEASE) is not None
    running = bench.dispatcher._running[0]
    bench.dispatcher.step()
    running.future.result(PATIENCE_S)
    row = bench.row(job_id)
    assert (row.state, row.owner, row.tries) == (JobState.RUNNING, "other", 2)


def test_a_successor_takes_over_at_once_when_it_is_alone(bench: Bench) -> None:
    job_id = bench.ask()
    with bench.database.write() as session:
        claim(session, [JobKind.ANALYSE], "dead", bench.clock(), LEASE)
    bench.dispatcher.recover(is_alone=False)
    assert bench.row(job_id).owner == "dead"
    bench.dispatcher.recover(is_alone=True)
    assert bench.row(job_id).state == JobState.QUEUED
    bench.run_one()
    assert (bench.row(job_id).state, bench.row(job_id).tries) == (JobState.DONE, 2)


def test_a_lost_cluster_ends_the_dispatcher_and_costs_one_attempt(bench: Bench) -> None:
    job_id = bench.ask()
    bench.work.outcome = raising(ClusterLostError("gone"))
    bench.work.proceed.set()
    with pytest.raises(ClusterLostError):
        bench.dispatcher.run(Event())
    row = bench.row(job_id)
    assert (row.state, row.tries, row.error_code) == (JobState.QUEUED, 1, "cluster_lost")


def test_an_attempt_that_stands_still_is_given_up(bench: Bench) -> None:
    job_id = bench.ask()
    bench.dispatcher.step()
    assert bench.work.begun.wait(PATIENCE_S)
    bench.dispatcher.step()
    for _ in range(62):
        bench.clock.pass_time(59)
        bench.dispatcher.step()
    for job in bench.dispatcher._running:
        job.future.result(PATIENCE_S)
    assert (bench.row(job_id).error_code, bench.row(job_id).tries) == ("stalled", 1)
    assert bench.row(job_id).state == JobState.QUEUED


def test_two_dispatchers_share_the_work(bench: Bench) -> None:
    jobs = {bench.ask(f"{number:x}") for number in range(12)}
    bench.work.proceed.set()
    stop = Event()
    dispatchers = [bench.another(f"d{number}", parallel_jobs=2) for number in range(2)]
    for _ in range(40):
        for dispatcher in dispatchers:
            dispatcher.step()
            for job in dispatcher._running:
                job.future.result(PATIENCE_S)
        if len(bench.work.attempts) == len(jobs):
            break
    stop.set()
    for dispatcher in dispatchers:
        dispatcher.close()
    assert sorted(held.job_id for held in bench.work.attempts) == sorted(jobs)
    with bench.database.read() as session:
        assert set(session.scalars(select(JobRow.state))) == {JobState.DONE}
