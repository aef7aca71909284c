"""The plug-in point of executors: how a stored recording becomes a dossier with its pictures."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import ClassVar, Protocol

from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import InfrastructureError
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.storage.objects import StoredObject
from lessonproof.workers.configuration import AnalysisConfig


class WorkerLostError(InfrastructureError):
    """A worker process died: it crashed, ran out of memory, or its machine is gone."""

    code: ClassVar[str] = "worker_lost"


class ClusterLostError(InfrastructureError):
    """The cluster itself is gone: nothing can be analysed before it is started again."""

    code: ClassVar[str] = "cluster_lost"


class InterruptedWorkError(InfrastructureError):
    """The work was given up on request, because the service stops or the job is no longer ours."""

    code: ClassVar[str] = "interrupted"


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came of a recording.

    Attributes:
        result: its dossier, or why it cannot be read as a recording.
        pictures: JPEG by the names that the dossier's findings use.
        fingerprint: what moves in it; ``None`` where it cannot be read, or nothing can be said.
    """

    result: Dossier | FailedAnalysis
    pictures: Mapping[str, bytes]
    fingerprint: Fingerprint | None = None


class Analyser(Protocol):
    """Analyses stored recordings. Safe to call from several threads at once."""

    @property
    def config(self) -> AnalysisConfig:
        """With what it analyses."""
        ...

    def analyse(self, recording: StoredObject, progress: Callable[[float], None], stop: Event) -> Analysis:
        """Run every stage.

        Args:
            recording: an object of the store.
            progress: told the share done, 0..1, from any thread.
            stop: set to give the work up.

        Raises:
            InterruptedWorkError: ``stop`` was set.
            WorkerLostError: worker processes died; the same call may succeed.
            ClusterLostError: the cluster is gone; this analyser is of no use any more.
            IntegrityError: the stored bytes are not what was received.
        """
        ...

    def picture(self, recording: StoredObject, findings: tuple[Finding, ...], stop: Event) -> Mapping[str, bytes]:
        """JPEG pictures of findings that came to light after the analysis, by the names in their ``evidence``.

        Raises:
            RecordingError: the recording cannot be read.
            LessonProofError: as :meth:`analyse`.
        """
        ...
