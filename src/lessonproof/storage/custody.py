"""The custody ledger: who did what to which evidence, each entry chained to the one before by its hash.

An entry is written in the transaction of the change that it tells of, so that neither exists without the other. The
database refuses to change or remove entries; :func:`verify_chain` finds out where somebody got around that.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lessonproof.evidence.codec import canonical_json
from lessonproof.evidence.findings import JsonValue
from lessonproof.storage.errors import CustodyBrokenError
from lessonproof.storage.tables import CustodyRow

FIRST_PREVIOUS_HASH: Final = "0" * 64


class Action(StrEnum):
    """What can happen to evidence."""

    CLASS_FILE_RECEIVED = "class_file_received"
    RECORDING_RECEIVED = "recording_received"
    RECORDING_REPLACED = "recording_replaced"
    RECORDING_LINKED = "recording_linked"
    DOSSIER_WRITTEN = "dossier_written"
    COMPARISON_WRITTEN = "comparison_written"
    VERDICT_WRITTEN = "verdict_written"
    PICTURE_SEEN_UNBLURRED = "picture_seen_unblurred"


@dataclass(frozen=True, slots=True)
class LedgerState:
    """What a whole, sound ledger comes to.

    Attributes:
        entries: how many there are.
        last_hash: hash of the newest one; it stands for all of them.
    """

    entries: int
    last_hash: str


def append_entry(session: Session, action: Action, subject: str, detail: Mapping[str, JsonValue], at: datetime) -> str:
    """Write one entry in the caller's transaction.

    Args:
        session: an open writing transaction.
        action: what happened.
        subject: what it happened to: a digest or an id, never a person's name.
        detail: JSON values that tell the rest.
        at: when, timezone-aware.

    Returns:
        The entry's hash.
    """
    newest = session.scalars(select(CustodyRow).order_by(CustodyRow.number.desc()).limit(1)).first()
    number = 1 if newest is None else newest.number + 1
    previous = FIRST_PREVIOUS_HASH if newest is None else newest.hash
    text = canonical_json(detail).decode()
    row = CustodyRow(number=number, at=at, action=action.value, subject=subject, detail=text, previous_hash=previous)
    row.hash = _hash_of(row, number, previous)
    session.add(row)
    session.flush()
    return row.hash


def verify_chain(session: Session) -> LedgerState:
    """Recompute every hash.

    Raises:
        CustodyBrokenError: an entry was altered, removed or put in; the message names the first one.
    """
    previous = FIRST_PREVIOUS_HASH
    number = 0
    for row in session.scalars(select(CustodyRow).order_by(CustodyRow.number).execution_options(yield_per=1000)):
        number += 1
        expected = _hash_of(row, number, previous)
        if (row.number, row.previous_hash, row.hash) != (number, previous, expected):
            raise CustodyBrokenError(
                f"custody ledger: entry {number} does not follow from the one before it",
                f"保管链：第 {number} 条记录与前一条不衔接",
            )
        previous = row.hash
    return LedgerState(number, previous)


def entry_detail(row: CustodyRow) -> Mapping[str, JsonValue]:
    """The detail of an entry as JSON values."""
    detail: Mapping[str, JsonValue] = json.loads(row.detail)
    return detail


def _hash_of(row: CustodyRow, number: int, previous_hash: str) -> str:
    value = {
        "number": number,
        "at": row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "action": row.action,
        "subject": row.subject,
        "detail": row.detail,
        "previous_hash": previous_hash,
    }
    return hashlib.sha256(canonical_json(value)).hexdigest()
