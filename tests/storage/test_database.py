import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from threading import Barrier

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from lessonproof.storage.database import Database, newest_revision, upgrade_database
from lessonproof.storage.errors import DatabaseUnreachableError, DatabaseVersionError
from lessonproof.storage.tables import Base, ReceiptRow, RecordingRow
from tests.storage.support import NOW, digest, fresh_database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    return fresh_database(tmp_path)


def test_tables_and_migrations_agree(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
        assert context.get_current_revision() == newest_revision()


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.write() as session:
        session.add(RecordingRow(sha256=digest("a"), size_bytes=1, received_at=NOW))
    upgrade_database(database)
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(RecordingRow)) == 1


def test_a_database_of_a_newer_version_is_refused(database: Database) -> None:
    with database.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseVersionError, match="newer version"):
        upgrade_database(database)


def test_commits_are_durable_and_rules_enforced(database: Database) -> None:
    with database.read() as session:
        found = {
            name: session.scalar(text(f"PRAGMA {name}")) for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
    with pytest.raises(IntegrityError), database.write() as session:
        session.add(
            ReceiptRow(class_id="none", slot="a", original_name="a", recording_sha256=digest("b"), received_at=NOW)
        )


def test_an_error_undoes_the_whole_transaction(database: Database) -> None:
    def write_and_break() -> None:
        with database.write() as session:
            session.add(RecordingRow(sha256=digest("a"), size_bytes=1, received_at=NOW))
            session.flush()
            _ = 1 // 0

    with pytest.raises(ZeroDivisionError):
        write_and_break()
    with database.read() as session:
        assert session.get(RecordingRow, digest("a")) is None


def test_read_then_write_from_many_threads_loses_nothing(database: Database) -> None:
    """The pattern that loses half of its transactions where the lock is taken late."""
    threads, rounds = 8, 25
    barrier = Barrier(threads)

    def work(number: int) -> None:
        barrier.wait()
        for step in range(rounds):
            with database.write() as session:
                count = session.scalar(select(func.count()).select_from(RecordingRow))
                session.add(RecordingRow(sha256=f"{number:032d}{step:032d}", size_bytes=count or 0, received_at=NOW))

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(work, range(threads)))
    with database.read() as session:
        counts = session.scalars(select(RecordingRow.size_bytes).order_by(RecordingRow.size_bytes)).all()
    assert counts == list(range(threads * rounds))


def test_reading_does_not_wait_for_a_writer(database: Database) -> None:
    with database.write() as session:
        session.add(RecordingRow(sha256=digest("a"), size_bytes=1, received_at=NOW))
        session.flush()
        with database.read() as other:
            assert other.get(RecordingRow, digest("a")) is None


def test_times_keep_their_zone(database: Database) -> None:
    shanghai = timezone(timedelta(hours=8))
    moment = datetime(2026, 4, 8, 8, 30, tzinfo=shanghai)
    with database.write() as session:
        session.add(RecordingRow(sha256=digest("a"), size_bytes=1 << 40, received_at=moment))
    with database.read() as session:
        row = session.get_one(RecordingRow, digest("a"))
    assert row.received_at == moment
    assert row.received_at.tzinfo is UTC


def test_a_moment_without_a_zone_is_refused(database: Database) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(StatementError, match="timezone-aware"), database.write() as session:
        session.add(RecordingRow(sha256=digest("a"), size_bytes=1, received_at=naive))


def test_a_folder_that_is_not_there_is_our_error(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'none' / 'rows.db'}")
    with pytest.raises(DatabaseUnreachableError), database.read() as session:
        session.execute(text("SELECT 1"))


def test_the_custody_ledger_cannot_be_changed_by_anybody(database: Database, tmp_path: Path) -> None:
    with database.write() as session:
        session.execute(text("INSERT INTO custody VALUES (1, '2026-01-01', 'a', 's', '{}', 'p', 'h')"))
    foreign = sqlite3.connect(tmp_path / "rows.db")
    for statement in ("UPDATE custody SET detail = 'x'", "DELETE FROM custody"):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            foreign.execute(statement)
    foreign.close()
