"""Opening the database: SQLite on one machine (WAL, one writer at a time, durable commits), PostgreSQL elsewhere."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from alembic.script.revision import ResolutionError
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError
from sqlalchemy.orm import Session

from lessonproof.storage.errors import DatabaseUnreachableError, DatabaseVersionError

BUSY_TIMEOUT_MS: Final = 30_000
"""How long a writer waits for another one; the longest transaction here takes milliseconds."""
_READ_ONLY: Final = "lessonproof_read_only"


class Database:
    """Short transactions on one engine. Safe to use from several threads.

    Args:
        url: SQLAlchemy URL, ``sqlite:///…`` or ``postgresql+…://…``.
    """

    def __init__(self, url: str) -> None:
        self.engine = _open_engine(url)
        self._reading = self.engine.execution_options(**{_READ_ONLY: True})

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction that may change rows: committed at the end of the block, undone by an error in it.

        Raises:
            DatabaseUnreachableError: the database cannot be opened, stays locked, or its disk is full.
        """
        with _database_errors(), Session(self.engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A transaction that sees one moment and does not wait for writers.

        Raises:
            DatabaseUnreachableError: the database cannot be opened.
        """
        with _database_errors(), Session(self._reading, expire_on_commit=False) as session:
            yield session

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()


def upgrade_database(database: Database) -> None:
    """Bring the tables to the state that this version expects; does nothing where they are there.

    Raises:
        DatabaseVersionError: a newer version of this software wrote the database.
        DatabaseUnreachableError: it cannot be opened or changed.
    """
    config = Config()
    config.set_main_option("script_location", "lessonproof.storage:migrations")
    with _database_errors(), database.engine.begin() as connection:
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except (CommandError, ResolutionError) as error:
            raise DatabaseVersionError(
                f"the database was written by a newer version of LessonProof ({error}); install that version",
                f"数据库由更新版本的 LessonProof 写入（{error}），请安装该版本",
            ) from error


def newest_revision() -> str:
    """The revision that this version brings tables to."""
    config = Config()
    config.set_main_option("script_location", "lessonproof.storage:migrations")
    head = ScriptDirectory.from_config(config).get_current_head()
    if head is None:
        raise RuntimeError("this installation has no migrations")
    return head


@contextmanager
def _database_errors() -> Iterator[None]:
    try:
        yield
    except (IntegrityError, ProgrammingError):
        # Ours: a broken rule or a wrong statement is a defect, not a database that is away.
        raise
    except DBAPIError as error:
        raise DatabaseUnreachableError(
            f"the database does not answer: {error.orig}", f"数据库无响应：{error.orig}"
        ) from error


def _open_engine(url: str) -> Engine:
    if make_url(url).get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _configure_sqlite(connection: Any, _record: object) -> None:
    # The driver must not begin transactions by itself: it would begin them without a lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    # FULL: what was shown as received survives a power cut; NORMAL may lose the last commits.
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute(f"PRAGMA busy_timeout={BUSY_TIMEOUT_MS}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """Take the write lock at once: a lock that is upgraded later fails at once where another writer is at work."""
    is_reading = connection.get_execution_options().get(_READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if is_reading else "BEGIN IMMEDIATE")
