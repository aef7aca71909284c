"""The work of one job: from a claim to stored results, written in one transaction with the job's end."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Protocol

from lessonproof.evidence.codec import canonical_json, dossier_to_json
from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.fingerprint_codec import fingerprint_to_bytes
from lessonproof.storage.classes import find_unit
from lessonproof.storage.comparisons import StoredFingerprint, record_fingerprint
from lessonproof.storage.database import Database
from lessonproof.storage.jobs import Claim, finish
from lessonproof.storage.objects import ObjectStore, StoredObject, put_bytes, read_bytes
from lessonproof.storage.planning import UnitEvidence, WorkConfig, classes_with, gather_evidence, plan_work
from lessonproof.storage.recordings import find_recording
from lessonproof.storage.results import (
    VerdictFacts,
    VerdictObjects,
    pictures_of,
    record_dossier,
    record_verdict,
)
from lessonproof.storage.tables import JobKind, UnitRow
from lessonproof.workers.analysis import Analyser, Analysis
from lessonproof.workers.comparison_work import ComparisonWork, told_of_unit
from lessonproof.workers.judging import JudgedUnit, ReportRenderer, Rules, StoredCase, judge_stored
from lessonproof.workers.registers import Registers


class Executor(Protocol):
    """Does the work of one job and records its success; every failure is raised."""

    def execute(self, held: Claim, progress: Callable[[float], None], stop: Event) -> None:
        """Do the job.

        Raises:
            LeaseLostError: the job was taken over; nothing was recorded.
            InterruptedWorkError: ``stop`` was set.
            LessonProofError: the work failed.
        """
        ...


@dataclass(frozen=True, slots=True)
class StoredWork:
    """The ``Executor`` of the service.

    Attributes:
        database: rows.
        store: objects.
        analyser: runs the stages.
        registers: what recordings are compared with.
        rules: by what units are judged.
        render_report: makes the report.
        clock: the present moment.
    """

    database: Database
    store: ObjectStore
    analyser: Analyser
    registers: Registers
    rules: Rules
    render_report: ReportRenderer
    clock: Callable[[], datetime]

    @property
    def _comparing(self) -> ComparisonWork:
        return ComparisonWork(self.database, self.store, self.analyser, self.registers, self.work, self.clock)

    @property
    def work(self) -> WorkConfig:
        """With what follow-up work is done."""
        return WorkConfig(self.analyser.config.config_hash, self.rules.rules_hash)

    def execute(self, held: Claim, progress: Callable[[float], None], stop: Event) -> None:
        """Do the job; see the protocol."""
        match held.kind:
            case JobKind.ANALYSE:
                self._analyse(held, progress, stop)
            case JobKind.COMPARE:
                self._comparing.execute(held, progress, stop)
            case JobKind.JUDGE:
                self._judge(held)

    def _analyse(self, held: Claim, progress: Callable[[float], None], stop: Event) -> None:
        with self.database.read() as session:
            row = find_recording(session, held.subject)
            recording = StoredObject(row.sha256, row.size_bytes)
        analysis = self.analyser.analyse(recording, progress, stop)
        pictures = {name: put_bytes(self.store, jpeg).sha256 for name, jpeg in analysis.pictures.items()}
        dossier = put_bytes(self.store, canonical_json(dossier_to_json(analysis.result)))
        fingerprint = self._keep_fingerprint(analysis)
        with self.database.write() as session:
            now = self.clock()
            if fingerprint is not None:
                record_fingerprint(session, recording.sha256, *fingerprint, now)
            kept = record_dossier(
                session,
                recording.sha256,
                self.analyser.config.config_hash,
                analysis.result,
                object_sha256=dossier.sha256,
                pictures=pictures,
                now=now,
                is_comparable=True,
            )
            finish(session, held, now, kept.object_sha256)
            plan_work(session, self.work, now, classes_with(session, recording.sha256))

    def _keep_fingerprint(self, analysis: Analysis) -> tuple[str, StoredFingerprint] | None:
        """Store a fingerprint; its method, and what its row says."""
        if analysis.fingerprint is None or isinstance(analysis.result, FailedAnalysis):
            return None
        stored = put_bytes(self.store, fingerprint_to_bytes(analysis.fingerprint))
        return analysis.fingerprint.method, StoredFingerprint(stored.sha256, analysis.result.duration_ns)

    def _judge(self, held: Claim) -> None:
        with self.database.read() as session:
            unit = find_unit(session, held.subject)
            evidence = gather_evidence(session, unit) if unit.is_listed else None
            dossiers = () if evidence is None else evidence.dossiers.values()
            pictures = {name: sha256 for row in dossiers for name, sha256 in pictures_of(session, row.id).items()}
        comparisons = None if evidence is None else told_of_unit(self.database, self.store, unit, evidence)
        if evidence is None or comparisons is None:
            # The unit's recordings or its class file changed since; what comes of that is another job.
            with self.database.write() as session:
                finish(session, held, self.clock(), None)
            return
        stored = StoredCase(
            class_file=read_bytes(self.store, evidence.class_file.sha256),
            unit_name=unit.name,
            dossiers={file: read_bytes(self.store, row.object_sha256) for file, row in evidence.dossiers.items()},
            comparisons=comparisons,
            pictures={name: read_bytes(self.store, sha256) for name, sha256 in pictures.items()},
        )
        judged = judge_stored(stored, self.rules, self.render_report)
        self._record_verdict(held, unit, evidence, judged)

    def _record_verdict(self, held: Claim, unit: UnitRow, evidence: UnitEvidence, judged: JudgedUnit) -> None:
        objects = VerdictObjects(
            verdict_sha256=put_bytes(self.store, judged.verdict_json).sha256,
            findings_sha256=put_bytes(self.store, judged.findings_json).sha256,
            report_sha256=put_bytes(self.store, judged.report_html).sha256,
        )
        facts = VerdictFacts(
            evidence_hash=evidence.evidence_hash,
            inputs_hash=evidence.inputs_hash(self.rules.rules_hash),
            outcome=judged.verdict.outcome.value,
            payable_class_hours=judged.verdict.payable_class_hours,
            dossier_ids=tuple(row.id for row in evidence.dossiers.values()),
        )
        with self.database.write() as session:
            now = self.clock()
            kept = record_verdict(session, unit, facts, objects, now)
            finish(session, held, now, kept.verdict_sha256)
