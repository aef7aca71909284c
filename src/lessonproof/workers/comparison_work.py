"""The work of a comparison's job, and what a unit is told of the comparisons of its recordings."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from threading import Event

from lessonproof.analysis.file_marks import learn_profile
from lessonproof.evidence.codec import canonical_json, dossier_from_json
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.comparison_codec import comparison_from_json, comparison_to_json
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.errors import IntegrityError
from lessonproof.evidence.fingerprint_codec import fingerprint_from_bytes
from lessonproof.evidence.recorder_profile import profile_to_json
from lessonproof.storage.comparisons import RecorderFacts, newest_fingerprint, record_comparison
from lessonproof.storage.database import Database
from lessonproof.storage.filings import Filing, filings_of
from lessonproof.storage.jobs import Claim, finish
from lessonproof.storage.objects import ObjectStore, StoredObject, put_bytes, read_bytes
from lessonproof.storage.planning import (
    UnitEvidence,
    WorkConfig,
    classes_with,
    compare_later_ones,
    newest_dossier,
    plan_work,
)
from lessonproof.storage.recordings import find_recording
from lessonproof.storage.slots import slot_of
from lessonproof.storage.tables import DossierRow, FingerprintRow, UnitRow
from lessonproof.workers.analysis import Analyser, InterruptedWorkError
from lessonproof.workers.comparing import Usual, compare_recording
from lessonproof.workers.registers import Registers, marks_of_recorder
from lessonproof.workers.telling import others_of, told_comparison


@dataclass(frozen=True, slots=True)
class ComparisonWork:
    """Compares a recording with every other one that is accepted, and keeps what came of it.

    Attributes:
        database: rows.
        store: objects.
        analyser: takes the pictures of what is found.
        registers: what recordings are compared with.
        work: with what follow-up work is done.
        clock: the present moment.
    """

    database: Database
    store: ObjectStore
    analyser: Analyser
    registers: Registers
    work: WorkConfig
    clock: Callable[[], datetime]

    def execute(self, held: Claim, progress: Callable[[float], None], stop: Event) -> None:
        """Do the job.

        Raises:
            LeaseLostError: the job was taken over; nothing was recorded.
            InterruptedWorkError: ``stop`` was set.
            LessonProofError: the work failed.
        """
        with self.database.read() as session:
            row = newest_dossier(session, held.subject)
            kept = newest_fingerprint(session, held.subject)
            filings = filings_of(session, [held.subject]).get(held.subject, ())
        if row is None or not row.is_comparable or not filings:
            # Replaced meanwhile, or its unit left the class file: nobody's evidence any more.
            with self.database.write() as session:
                finish(session, held, self.clock(), None)
            return
        recorder = self._recorder(filings[0], row)
        comparison = self._compare(row, kept, recorder, progress, stop)
        pictures = self._pictures(row, comparison, stop)
        stored = put_bytes(self.store, canonical_json(comparison_to_json(comparison)))
        with self.database.write() as session:
            now = self.clock()
            record_comparison(session, row, stored.sha256, now, pictures=pictures, recorder=recorder)
            if kept is not None:
                compare_later_ones(session, filings[0], others_of(comparison), kept, now)
            finish(session, held, now, stored.sha256)
            plan_work(session, self.work, now, classes_with(session, held.subject))

    def _compare(
        self,
        row: DossierRow,
        kept: FingerprintRow | None,
        recorder: RecorderFacts | None,
        progress: Callable[[float], None],
        stop: Event,
    ) -> Comparison:
        dossier = self._dossier(row)
        fingerprint = None if kept is None else fingerprint_from_bytes(read_bytes(self.store, kept.object_sha256))
        register = None if kept is None else self.registers.of(kept.method, progress)
        if stop.is_set():
            raise InterruptedWorkError("the comparison was interrupted", "比对已中断")
        usual = Usual() if recorder is None else Usual(recorder.profile, recorder.object_sha256)
        return compare_recording(dossier, fingerprint, register, usual)

    def _dossier(self, row: DossierRow) -> Dossier:
        dossier = dossier_from_json(json.loads(read_bytes(self.store, row.object_sha256)))
        if not isinstance(dossier, Dossier):
            raise IntegrityError(
                f"the dossier {row.object_sha256} is of a failed analysis; its row says that it can be compared",
                f"检验档案 {row.object_sha256} 的内容与数据库记录不一致",
            )
        return dossier

    def _recorder(self, filing: Filing, row: DossierRow) -> RecorderFacts | None:
        """What the recorder of a filing usually writes, learned from what it wrote before, and stored."""
        if filing.venue is None:
            return None
        profile = learn_profile(marks_of_recorder(self.database, self.store, filing, row.id))
        stored = put_bytes(self.store, canonical_json(profile_to_json(profile)))
        return RecorderFacts(filing.institution, filing.venue, filing.device, profile, stored.sha256)

    def _pictures(self, row: DossierRow, comparison: Comparison, stop: Event) -> dict[str, str]:
        """Digests of stored pictures of what was found, by name."""
        with self.database.read() as session:
            size_bytes = find_recording(session, row.recording_sha256).size_bytes
        shown = tuple(finding for finding in comparison.findings if finding.evidence)
        if not shown:
            return {}
        taken = self.analyser.picture(StoredObject(row.recording_sha256, size_bytes), shown, stop)
        return {name: put_bytes(self.store, jpeg).sha256 for name, jpeg in taken.items()}


def told_of_unit(
    database: Database, store: ObjectStore, unit: UnitRow, evidence: UnitEvidence
) -> Mapping[str, bytes] | None:
    """Comparisons as a unit is judged on them, by the recordings' names in the class file; kept in the store.

    Returns:
        ``None`` where a recording was replaced since the evidence was gathered.
    """
    found = {
        file: comparison_from_json(json.loads(read_bytes(store, row.object_sha256)))
        for file, row in evidence.comparisons.items()
    }
    digests = {digest for one in found.values() for digest in (one.sha256, *others_of(one))}
    with database.read() as session:
        filings = filings_of(session, digests)
    told: dict[str, bytes] = {}
    for file, one in found.items():
        own = [f for f in filings.get(one.sha256, ()) if f.unit_id == unit.id and f.slot == slot_of(file)]
        if not own:
            return None
        length_ns = evidence.dossiers[file].duration_ns or 0
        comparison = told_comparison(one, evidence.comparisons[file].object_sha256, own[0], filings, length_ns)
        told[file] = canonical_json(comparison_to_json(comparison))
        put_bytes(store, told[file])
    return told
