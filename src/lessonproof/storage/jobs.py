"""The queue: durable rows that workers lease. A job is done once in effect, however often an attempt dies.

A worker claims a job by one statement and holds it until its lease runs out; it renews the lease while it works. What
it reports counts only while the job is still its own (fencing by owner and attempt). Every function runs in the
caller's transaction and takes the present moment as an argument.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import case, literal, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import Update

from lessonproof.storage.errors import LeaseLostError
from lessonproof.storage.tables import JobKind, JobRow, JobState

MAX_TRIES: Final = 4
"""Attempts before a job is given up: three crashes may be bad luck, the fourth is the job's own fault."""
WORKER_LOST: Final = "worker_lost"
_Insert = sqlite.Insert | postgresql.Insert
_INSERTS: Final[Mapping[str, Callable[[type[JobRow]], _Insert]]] = {
    "sqlite": sqlite.insert,
    "postgresql": postgresql.insert,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker holds.

    Attributes:
        job_id: its row.
        kind: what to do.
        subject: to what: a recording's digest or a unit's id.
        config_hash: with which configuration.
        owner: who holds it.
        attempt: which attempt this is, from 1; with ``owner`` it fences off earlier attempts.
    """

    job_id: int
    kind: JobKind
    subject: str
    config_hash: str
    owner: str
    attempt: int


@dataclass(frozen=True, slots=True)
class JobError:
    """Why an attempt failed: a stable code and a sentence in both languages."""

    code: str
    en: str
    zh: str


LOST: Final = JobError(
    WORKER_LOST,
    "every attempt ended with the worker gone (crash, out of memory or power cut); look at the log, then try again",
    "多次尝试均因工作进程消失而中断（崩溃、内存不足或断电）；请查看日志后重试",
)


def enqueue(
    session: Session, kind: JobKind, subject: str, config_hash: str, now: datetime, *, max_tries: int = MAX_TRIES
) -> int:
    """Ask for work; the same work asked for again is the same row, whatever its state.

    Returns:
        The job's id.
    """
    insert = _INSERTS[session.get_bind().dialect.name]
    session.execute(
        insert(JobRow)
        .values(
            kind=kind.value,
            subject=subject,
            config_hash=config_hash,
            state=JobState.QUEUED.value,
            not_before=now,
            tries=0,
            max_tries=max_tries,
            progress_permille=0,
            created_at=now,
        )
        .on_conflict_do_nothing(index_elements=["kind", "subject", "config_hash"])
    )
    return session.scalars(
        select(JobRow.id).where(JobRow.kind == kind.value, JobRow.subject == subject, JobRow.config_hash == config_hash)
    ).one()


def claim(session: Session, kinds: Collection[JobKind], owner: str, now: datetime, lease: timedelta) -> Claim | None:
    """Take the oldest job that waits; ``None`` where none does."""
    waiting = (
        select(JobRow.id)
        .where(
            JobRow.state == JobState.QUEUED.value,
            JobRow.not_before <= now,
            JobRow.kind.in_([kind.value for kind in kinds]),
        )
        .order_by(JobRow.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    row = session.execute(
        update(JobRow)
        .where(JobRow.id == waiting.scalar_subquery())
        .values(
            state=JobState.RUNNING.value,
            owner=owner,
            lease_until=now + lease,
            tries=JobRow.tries + 1,
            progress_permille=0,
        )
        .returning(JobRow.id, JobRow.kind, JobRow.subject, JobRow.config_hash, JobRow.tries)
    ).one_or_none()
    if row is None:
        return None
    return Claim(row.id, JobKind(row.kind), row.subject, row.config_hash, owner, row.tries)


def renew(session: Session, held: Claim, now: datetime, lease: timedelta, progress: float) -> None:
    """Hold on to a job and tell how far it is (``0..1``).

    Raises:
        LeaseLostError: somebody else has it now.
    """
    _report(
        session,
        held,
        _still_held(held).values(lease_until=now + lease, progress_permille=round(1000 * min(max(progress, 0.0), 1.0))),
    )


def finish(session: Session, held: Claim, now: datetime, result_sha256: str | None) -> None:
    """Record that the work is done; ``None`` where there turned out to be nothing to do any more.

    Raises:
        LeaseLostError: somebody else has it now; roll the transaction back.
    """
    _report(
        session,
        held,
        _still_held(held).values(
            state=JobState.DONE.value,
            owner=None,
            lease_until=None,
            finished_at=now,
            result_sha256=result_sha256,
            progress_permille=1000,
            error_code=None,
            error_en=None,
            error_zh=None,
        ),
    )


def fail(session: Session, held: Claim, now: datetime, error: JobError, *, retry_after: timedelta | None) -> None:
    """Record that the attempt failed; it is repeated after ``retry_after`` while attempts are left.

    Args:
        session: an open writing transaction.
        held: the attempt.
        now: the present moment.
        error: why.
        retry_after: how long to wait; ``None`` where repeating cannot help.

    Raises:
        LeaseLostError: somebody else has it now.
    """
    has_tries = JobRow.tries < JobRow.max_tries if retry_after is not None else literal(value=False)
    _report(
        session,
        held,
        _still_held(held).values(
            state=case((has_tries, JobState.QUEUED.value), else_=JobState.FAILED.value),
            finished_at=case((has_tries, None), else_=now),
            not_before=now + (retry_after or timedelta()),
            owner=None,
            lease_until=None,
            error_code=error.code,
            error_en=error.en,
            error_zh=error.zh,
        ),
    )


def give_back(session: Session, held: Claim) -> None:
    """Put a job back as if it had not been claimed: the worker stops in good order, the job is not to blame.

    Raises:
        LeaseLostError: somebody else has it now.
    """
    _report(
        session,
        held,
        _still_held(held).values(
            state=JobState.QUEUED.value, owner=None, lease_until=None, tries=JobRow.tries - 1, progress_permille=0
        ),
    )


def reclaim(session: Session, now: datetime) -> int:
    """Put jobs whose lease ran out back into the queue; those that have used up their attempts fail.

    Returns:
        How many leases had run out.
    """
    is_spent = JobRow.tries >= JobRow.max_tries
    expired = session.execute(
        update(JobRow)
        .where(JobRow.state == JobState.RUNNING.value, JobRow.lease_until <= now)
        .values(
            state=case((is_spent, JobState.FAILED.value), else_=JobState.QUEUED.value),
            finished_at=case((is_spent, now), else_=None),
            owner=None,
            lease_until=None,
            not_before=now,
            progress_permille=0,
            error_code=LOST.code,
            error_en=LOST.en,
            error_zh=LOST.zh,
        )
        .returning(JobRow.id)
    )
    return len(expired.all())


def expire_other_owners(session: Session, owner: str, now: datetime) -> None:
    """End the leases of every other owner at once.

    Only where it is certain that no other owner lives: on one machine, under the lock of the data folder. It spares a
    restarted service the wait for the leases of its dead predecessor.
    """
    session.execute(
        update(JobRow).where(JobRow.state == JobState.RUNNING.value, JobRow.owner != owner).values(lease_until=now)
    )


def revive(session: Session, job_id: int, states: Collection[JobState], now: datetime) -> bool:
    """Give a job that ended a fresh set of attempts: a failed one on request, a done one whose result is wanted anew.

    Returns:
        Whether it was in one of ``states``; a job in another state is left as it is.
    """
    revived = session.execute(
        update(JobRow)
        .where(JobRow.id == job_id, JobRow.state.in_([state.value for state in states]))
        .values(state=JobState.QUEUED.value, tries=0, not_before=now, finished_at=None, progress_permille=0)
        .returning(JobRow.id)
    )
    return revived.one_or_none() is not None


def _still_held(held: Claim) -> Update:
    """The fence: a row that was taken over has another owner or attempt, or is no longer running."""
    return update(JobRow).where(
        JobRow.id == held.job_id,
        JobRow.owner == held.owner,
        JobRow.tries == held.attempt,
        JobRow.state == JobState.RUNNING.value,
    )


def _report(session: Session, held: Claim, statement: Update) -> None:
    if session.execute(statement.returning(JobRow.id)).one_or_none() is None:
        raise LeaseLostError(
            f"job {held.job_id} is no longer held by attempt {held.attempt} of {held.owner}",
            f"任务 {held.job_id} 已不由 {held.owner} 的第 {held.attempt} 次尝试持有",
        )
