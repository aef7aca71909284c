"""The dispatcher: takes jobs from the queue, has them done, holds their leases meanwhile and writes down the end.

There may be several; the queue keeps them apart. It is told the time and told when to stop.
"""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Final

from lessonproof.evidence.errors import InfrastructureError, InputError
from lessonproof.storage.database import Database
from lessonproof.storage.errors import LeaseLostError
from lessonproof.storage.jobs import (
    Claim,
    JobError,
    claim,
    expire_other_owners,
    fail,
    give_back,
    reclaim,
    renew,
)
from lessonproof.storage.planning import WorkConfig, plan_work
from lessonproof.storage.tables import JobKind
from lessonproof.workers.analysis import ClusterLostError, InterruptedWorkError
from lessonproof.workers.execution import Executor

_LOG: Final = logging.getLogger(__name__)
LEASE: Final = timedelta(seconds=60)
"""Renewed every second while work goes on; a dispatcher that is silent for this long has lost its jobs."""
POLL_S: Final = 1.0
FIRST_RETRY: Final = timedelta(seconds=5)
LONGEST_RETRY: Final = timedelta(minutes=10)
LONGEST_STANDSTILL: Final = timedelta(hours=1)
"""Without any progress for this long an attempt is given up; the slowest step of a long recording takes minutes."""
INTERNAL: Final = "internal_error"
STALLED: Final = JobError(
    "stalled",
    "the analysis made no progress for an hour and was given up",
    "检验超过一小时没有进展，已放弃",
)


@dataclass(slots=True)
class _Running:
    """A job that is being done.

    Attributes:
        held: the job.
        future: its thread.
        moved_at: when its progress was last seen to change.
        stop: set to have it given up.
        progress: share done, as it tells.
        seen: progress at ``moved_at``.
        is_stalled: whether it is given up because it did not move.
    """

    held: Claim
    future: "Future[None]"
    moved_at: datetime
    stop: Event = field(default_factory=Event)
    progress: float = 0.0
    seen: float = 0.0
    is_stalled: bool = False


class Dispatcher:
    """Runs jobs until it is told to stop.

    Args:
        database: the queue and the results.
        executor: does the work of one job.
        work: with what follow-up work is done.
        clock: the present moment.
        owner: name of this dispatcher, different at each start.
        parallel_jobs: how many jobs at a time, >= 1; the segments of one recording are spread anyway.
    """

    def __init__(
        self,
        *,
        database: Database,
        executor: Executor,
        work: WorkConfig,
        clock: Callable[[], datetime],
        owner: str,
        parallel_jobs: int,
    ) -> None:
        self._database = database
        self._executor = executor
        self._work = work
        self._clock = clock
        self._owner = owner
        self._parallel = parallel_jobs
        self._running: list[_Running] = []
        self._lost: ClusterLostError | None = None
        self._pool = ThreadPoolExecutor(max_workers=parallel_jobs, thread_name_prefix="job")

    def recover(self, *, is_alone: bool) -> None:
        """Begin: take over what a dead predecessor held, and ask for work that was never asked for.

        Args:
            is_alone: whether it is certain that no other dispatcher works on this database.
        """
        with self._database.write() as session:
            now = self._clock()
            if is_alone:
                expire_other_owners(session, self._owner, now)
            reclaim(session, now)
            plan_work(session, self._work, now)

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set; then give running jobs back.

        Raises:
            ClusterLostError: what does the work is gone; start again with another one.
        """
        try:
            while not stop.is_set() and self._lost is None:
                try:
                    self.step()
                except InfrastructureError:
                    _LOG.exception("the queue does not answer; trying again")
                stop.wait(POLL_S)
        finally:
            self.close()
        if self._lost is not None:
            raise self._lost

    def step(self) -> int:
        """Renew leases, take back what others lost, and begin jobs while there is room.

        Returns:
            How many jobs are running now.
        """
        self._running = [job for job in self._running if not job.future.done()]
        for job in self._running:
            self._renew(job)
        with self._database.write() as session:
            reclaim(session, self._clock())
        while self._lost is None and len(self._running) < self._parallel and self._begin():
            pass
        return len(self._running)

    def close(self) -> None:
        """Interrupt running jobs, give them back, and wait for that."""
        for job in self._running:
            job.stop.set()
        self._pool.shutdown(wait=True)

    def _begin(self) -> bool:
        now = self._clock()
        with self._database.write() as session:
            held = claim(session, list(JobKind), self._owner, now, LEASE)
        if held is None:
            return False
        _LOG.info("job %d (%s), attempt %d: begun", held.job_id, held.kind.value, held.attempt)
        job = _Running(held, Future(), moved_at=now)
        job.future = self._pool.submit(self._do, job)
        self._running.append(job)
        return True

    def _renew(self, job: _Running) -> None:
        now = self._clock()
        if job.progress != job.seen:
            job.seen, job.moved_at = job.progress, now
        elif now - job.moved_at > LONGEST_STANDSTILL:
            job.is_stalled = True
            job.stop.set()
        try:
            with self._database.write() as session:
                renew(session, job.held, now, LEASE, job.progress)
        except LeaseLostError as error:
            if not job.future.done():
                _LOG.warning("%s", error)
                job.stop.set()

    def _do(self, job: _Running) -> None:
        """One job, whatever happens: the border at which every error becomes a recorded outcome."""

        def report(share: float) -> None:
            job.progress = share

        held = job.held
        try:
            self._executor.execute(held, report, job.stop)
            _LOG.info("job %d: done", held.job_id)
        except InterruptedWorkError:
            self._end(held, STALLED if job.is_stalled else None, retry=True)
        except ClusterLostError as error:
            # Counts as an attempt: the job may be what brings the cluster down.
            _LOG.exception("job %d failed", held.job_id)
            self._end(held, JobError(error.code, error.en, error.zh), retry=True)
            self._lost = error
        except LeaseLostError as error:
            _LOG.warning("%s", error)
        except InputError as error:
            self._end(held, JobError(error.code, error.en, error.zh), retry=False)
        except InfrastructureError as error:
            _LOG.exception("job %d failed", held.job_id)
            self._end(held, JobError(error.code, error.en, error.zh), retry=True)
        except (OSError, MemoryError) as error:
            _LOG.exception("job %d failed", held.job_id)
            self._end(held, _internal(error), retry=True)
        except Exception as error:  # noqa: BLE001 - the border of the worker; see above
            _LOG.exception("job %d failed", held.job_id)
            self._end(held, _internal(error), retry=False)

    def _end(self, held: Claim, error: JobError | None, *, retry: bool) -> None:
        """Record that the attempt came to nothing; ``None`` where the job is not to blame."""
        try:
            with self._database.write() as session:
                if error is None:
                    give_back(session, held)
                else:
                    fail(session, held, self._clock(), error, retry_after=_delay(held) if retry else None)
        except InfrastructureError:
            # The lease runs out by itself and the job is tried again: nothing is lost but time.
            _LOG.exception("job %d: its end could not be recorded", held.job_id)


def _delay(held: Claim) -> timedelta:
    """Twice as long after each attempt."""
    doublings = max(0, held.attempt - 1)
    return min(FIRST_RETRY * (1 << doublings), LONGEST_RETRY)


def _internal(error: BaseException) -> JobError:
    """The error's class only: its message may quote what stands in files."""
    name = type(error).__name__
    return JobError(INTERNAL, f"internal error ({name}); see the service's log", f"内部错误（{name}），详见服务日志")
