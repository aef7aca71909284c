from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from lessonproof.storage.custody import FIRST_PREVIOUS_HASH, Action, append_entry, entry_detail, verify_chain
from lessonproof.storage.database import Database
from lessonproof.storage.errors import CustodyBrokenError
from lessonproof.storage.tables import CustodyRow
from tests.storage.support import NOW, digest, fresh_database


@pytest.fixture
def database(tmp_path: Path) -> Database:
    database = fresh_database(tmp_path)
    with database.write() as session:
        for step in range(5):
            append_entry(
                session,
                Action.RECORDING_RECEIVED,
                digest("a"),
                {"step": step, "名": "录像"},
                NOW + timedelta(hours=step),
            )
    return database


def test_an_empty_ledger_is_sound(tmp_path: Path) -> None:
    database = fresh_database(tmp_path)
    with database.read() as session:
        state = verify_chain(session)
    assert (state.entries, state.last_hash) == (0, FIRST_PREVIOUS_HASH)


def test_entries_hang_together(database: Database) -> None:
    with database.write() as session:
        last = append_entry(session, Action.VERDICT_WRITTEN, "unit", {}, NOW)
    with database.read() as session:
        state = verify_chain(session)
        assert entry_detail(session.get_one(CustodyRow, 2)) == {"step": 1, "名": "录像"}
    assert (state.entries, state.last_hash) == (6, last)


@pytest.mark.parametrize(
    "tampering",
    [
        pytest.param("UPDATE custody SET detail = '{}' WHERE number = 3", id="altered-detail"),
        pytest.param("UPDATE custody SET at = '2020-01-01 00:00:00.000000' WHERE number = 3", id="altered-time"),
        pytest.param("UPDATE custody SET subject = 'x' WHERE number = 1", id="altered-subject"),
        pytest.param("DELETE FROM custody WHERE number = 3", id="removed"),
        pytest.param("DELETE FROM custody WHERE number = 1", id="first-removed"),
        pytest.param("UPDATE custody SET number = number + 10 WHERE number = 5", id="renumbered"),
    ],
)
def test_tampering_is_found(database: Database, tampering: str) -> None:
    with database.write() as session:
        session.execute(text("DROP TRIGGER custody_no_update"))
        session.execute(text("DROP TRIGGER custody_no_delete"))
        session.execute(text(tampering))
    with database.read() as session, pytest.raises(CustodyBrokenError):
        verify_chain(session)


def test_an_entry_goes_with_the_change_it_tells_of(database: Database) -> None:
    def write_and_break() -> None:
        with database.write() as session:
            append_entry(session, Action.VERDICT_WRITTEN, "unit", {}, NOW)
            _ = 1 // 0

    with pytest.raises(ZeroDivisionError):
        write_and_break()
    with database.read() as session:
        assert verify_chain(session).entries == 5
