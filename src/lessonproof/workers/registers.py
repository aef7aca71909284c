"""What the service may compare a recording with: its index, brought up to date from database and store before use.

Each dispatcher has an index of its own. Two recordings that are accepted at the same moment see each other all the
same: each is compared after its own fingerprint was committed, so that the later of the two commits sees both.
"""

import json
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Final

from lessonproof.evidence.codec import dossier_from_json
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.file_marks import FileMarks
from lessonproof.evidence.findings import EDIT_KINDS, FindingKind
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.fingerprint_codec import fingerprint_from_bytes
from lessonproof.storage.comparisons import StoredFingerprint, accepted_fingerprints, dossiers_of_recorder
from lessonproof.storage.database import Database
from lessonproof.storage.filings import Filing
from lessonproof.storage.fingerprint_index import FingerprintIndex, IndexSpec
from lessonproof.storage.index_registry import open_index
from lessonproof.storage.objects import ObjectStore, read_bytes
from lessonproof.workers.comparing import Register

_UNUSUAL: Final = EDIT_KINDS | {FindingKind.REENCODED, FindingKind.CONCATENATED}
"""A recording with such a finding teaches nobody what its recorder usually writes."""


class Registers:
    """Registers by method of fingerprint. Safe to use from several threads.

    Args:
        database: which fingerprints are accepted.
        store: where they lie.
        kind: which index, a key of ``index_registry.INDEXES``.
        folder: where indexes may keep files; one folder a method.
    """

    def __init__(self, database: Database, store: ObjectStore, kind: str, folder: Path) -> None:
        self._database = database
        self._store = store
        self._kind = kind
        self._folder = folder
        self._indexes: dict[str, FingerprintIndex] = {}
        self._lock = Lock()

    def of(self, method: str, moved_on: Callable[[float], None]) -> Register:
        """The register of everything that is accepted now.

        Args:
            method: of the fingerprints.
            moved_on: told the share of missing fingerprints that are in, 0..1; the first time takes minutes.

        Raises:
            InfrastructureError: database, store or disk cannot be used.
        """
        with self._lock:
            if method not in self._indexes:
                name = "".join(letter if letter.isalnum() else "-" for letter in method)
                self._indexes[method] = open_index(IndexSpec(self._kind, self._folder / name, method))
            index = self._indexes[method]
            with self._database.read() as session:
                accepted = accepted_fingerprints(session, method)
            self._bring_up_to_date(index, accepted, moved_on)
        return Register(
            index=index,
            fetch=lambda sha256: self._fetch(accepted[sha256]),
            durations_ns={sha256: stored.duration_ns for sha256, stored in accepted.items()},
            is_whole=True,
        )

    def _bring_up_to_date(
        self, index: FingerprintIndex, accepted: dict[str, StoredFingerprint], moved_on: Callable[[float], None]
    ) -> None:
        held = index.held()
        for sha256 in held - accepted.keys():
            index.retire(sha256)
        missing = sorted(accepted.keys() - held)
        for number, sha256 in enumerate(missing, start=1):
            index.add(self._fetch(accepted[sha256]))
            moved_on(number / len(missing))
        index.save()

    def _fetch(self, stored: StoredFingerprint) -> Fingerprint:
        return fingerprint_from_bytes(read_bytes(self._store, stored.object_sha256))


def marks_of_recorder(database: Database, store: ObjectStore, filing: Filing, before_id: int) -> list[FileMarks]:
    """File marks of accepted, unsuspected recordings of the recorder that a filing names, before a dossier's row."""
    if filing.venue is None:
        return []
    with database.read() as session:
        digests = [row.object_sha256 for row in dossiers_of_recorder(session, filing, before_id)]
    dossiers = [dossier_from_json(json.loads(read_bytes(store, digest))) for digest in digests]
    return [
        dossier.marks
        for dossier in dossiers
        if isinstance(dossier, Dossier) and dossier.marks is not None and not dossier.of_kind(*_UNUSUAL)
    ]
