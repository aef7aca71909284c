"""The pipeline's stages as Ray tasks and one detector actor. Decides nothing; what runs is in ``pipeline``.

Recordings are named, never sent: each task opens the store itself. Of the pictures only the sampled ones of a segment
travel, from the task that decoded them to the detector, and are forgotten when they are counted.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from threading import Event, Lock
from typing import Any, Final

import ray
from ray.exceptions import LocalRayletDiedError, RayError, RaySystemError, RayTaskError

from lessonproof.analysis.packets import Segment
from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.errors import RecordingError
from lessonproof.evidence.findings import Finding
from lessonproof.storage.objects import StoredObject, StoreSpec
from lessonproof.workers.analysis import Analysis, ClusterLostError, InterruptedWorkError, WorkerLostError
from lessonproof.workers.configuration import AnalysisConfig
from lessonproof.workers.people import SegmentPeople
from lessonproof.workers.ray_tasks import (
    CountActor,
    StoredRecording,
    conclude_stored,
    index_stored,
    listen_stored,
    picture_stored,
    scan_stored,
    sound_stored,
    survey_stored,
)

TASK_RETRIES: Final = 1
"""Attempts beside the first where a worker process dies; the queue's own attempts come on top."""
SEGMENTS_PER_CPU: Final = 2
"""Segments in flight for each processor: one at work, one waiting, so that memory does not grow with the length."""
_POLL_S: Final = 0.5


class RayAnalyser:
    """An ``Analyser`` on a Ray cluster that this process is connected to.

    Args:
        store: where the workers find recordings.
        config: with what to analyse.
    """

    def __init__(self, store: StoreSpec, config: AnalysisConfig) -> None:
        self._store = store
        self._config = config
        resources: dict[str, float] = ray.cluster_resources()  # type: ignore[no-untyped-call]
        self._in_flight = max(2, SEGMENTS_PER_CPU * int(resources.get("CPU", 1)))
        task = ray.remote(num_cpus=1, max_retries=TASK_RETRIES)
        pair = ray.remote(num_cpus=1, max_retries=TASK_RETRIES, num_returns=2)
        self._index: Any = pair(index_stored)
        self._survey: Any = task(survey_stored)
        self._scan: Any = pair(scan_stored)
        self._sound: Any = task(sound_stored)
        self._listen: Any = task(listen_stored)
        self._conclude: Any = task(conclude_stored)
        self._picture: Any = task(picture_stored)
        self._actor: Any = None
        self._actor_lock = Lock()

    @property
    def config(self) -> AnalysisConfig:
        """With what it analyses."""
        return self._config

    def analyse(self, recording: StoredObject, progress: Callable[[float], None], stop: Event) -> Analysis:
        """Run every stage on the cluster; see the protocol."""
        try:
            with _cluster_errors():
                return self._run(StoredRecording(self._store, recording.sha256), progress, _Waiting(stop))
        except RecordingError as error:
            failed = FailedAnalysis(recording.sha256, recording.size_bytes, error.code, error.en, error.zh)
            return Analysis(failed, {})

    def picture(self, recording: StoredObject, findings: tuple[Finding, ...], stop: Event) -> Mapping[str, bytes]:
        """Take pictures on the cluster; see the protocol."""
        with _cluster_errors():
            taken: dict[str, bytes] = _Waiting(stop).result(
                self._picture.remote(
                    StoredRecording(self._store, recording.sha256), self._config, findings, self._veiler()
                )
            )
        return taken

    def _run(self, source: StoredRecording, progress: Callable[[float], None], waiting: "_Waiting") -> Analysis:
        index, segments_ref = self._index.remote(source)
        segments: tuple[Segment, ...] = waiting.result(segments_ref)
        progress(0.05)
        sound = self._sound.remote(source, index)
        speech = self._listen.remote(source, self._config, index)
        overlay = self._survey.remote(source, self._config, index)
        waiting.first([overlay])
        scans, parts = self._scan_all(source, (index, overlay), segments, progress, waiting)
        waiting.first([sound])
        waiting.first([speech])
        progress(0.85)
        concluded: Analysis = waiting.result(
            self._conclude.remote((source, self._config, parts, self._veiler()), index, overlay, sound, speech, *scans)
        )
        progress(1.0)
        return concluded

    def _scan_all(
        self,
        source: StoredRecording,
        known: tuple[Any, Any],
        segments: tuple[Segment, ...],
        progress: Callable[[float], None],
        waiting: "_Waiting",
    ) -> tuple[list[Any], list[SegmentPeople]]:
        """Scan, and count, every segment; a bounded number of them at a time."""
        settings = replace(self._config.settings, with_people=self._config.is_counting)
        index, overlay = known
        left = list(reversed(segments))
        in_flight: list[Any] = []
        scans: list[Any] = []
        parts: list[SegmentPeople] = []
        for done in range(1, len(segments) + 1):
            while left and len(in_flight) < self._in_flight:
                scan, pictured = self._scan.remote(source, index, left.pop(), settings, overlay)
                scans.append(scan)
                in_flight.append(self._counter().see.remote(pictured) if self._config.is_counting else scan)
                del pictured  # the last handle on the pictures: Ray frees them when they are counted
            finished, in_flight = waiting.first(in_flight)
            found = waiting.result(finished)
            parts += [found] if self._config.is_counting else []
            progress(0.05 + 0.75 * done / len(segments))
        return scans, parts

    def _veiler(self) -> Any:
        """The actor that finds people in pictures to be veiled; ``None`` where nobody counts."""
        return self._counter() if self._config.is_counting else None

    def _counter(self) -> Any:
        """The detector actor, started when first needed and restarted by Ray when it dies."""
        with self._actor_lock:
            if self._actor is None:
                # Takes no processor of its own: it waits for the scans that feed it most of the time.
                actor: Any = ray.remote(num_cpus=0, max_restarts=-1, max_task_retries=TASK_RETRIES)(CountActor)
                self._actor = actor.remote(self._config.counter)
            return self._actor


class _Waiting:
    """Waits for tasks while nobody says stop.

    What is still at work when an analysis ends early is left to end by itself: it is bounded by the segments in
    flight, and cancelling a task that ends at that moment takes this whole process down (Ray 2.60, "Tried to complete
    task that was not pending").
    """

    def __init__(self, stop: Event) -> None:
        self._stop = stop

    def first(self, references: list[Any]) -> tuple[Any, list[Any]]:
        """Wait for the first that is done; it, and the others.

        Raises:
            InterruptedWorkError: the work is to be given up.
        """
        while not self._stop.is_set():
            done, others = ray.wait(references, num_returns=1, timeout=_POLL_S)
            if done:
                return done[0], others
        raise InterruptedWorkError("the analysis was interrupted", "检验已中断")

    def result(self, reference: Any) -> Any:
        """Wait for one and give its value, or raise what it raised."""
        done, _ = self.first([reference])
        return ray.get(done)


@contextmanager
def _cluster_errors() -> Iterator[None]:
    """Raise what a stage raised as it is; what befell the cluster, as our error."""
    try:
        yield
    except RayTaskError as error:
        cause = error.cause
        while isinstance(cause, RayTaskError):  # raised in the detector's process, and again in the task that asked it
            cause = cause.cause
        if isinstance(cause, RayError):
            raise _lost(cause) from error
        if isinstance(cause, Exception):
            raise cause from error
        raise
    except (LocalRayletDiedError, RaySystemError) as error:
        name = type(error).__name__
        raise ClusterLostError(
            f"Ray is gone ({name}); it is started again", f"Ray 已退出（{name}），正在重新启动"
        ) from error
    except RayError as error:
        raise _lost(error) from error


def _lost(error: RayError) -> WorkerLostError:
    name = type(error).__name__
    return WorkerLostError(
        f"a worker process was lost ({name}): it crashed, ran out of memory, or its machine is gone",
        f"工作进程丢失（{name}）：进程崩溃、内存不足或所在机器离线",
    )
