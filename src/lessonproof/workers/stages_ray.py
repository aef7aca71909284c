"""The pipeline's stages as Ray tasks and one detector actor. Decides nothing; what runs is in ``pipeline``.

Recordings are named, never sent: each task opens the store itself. Of the pictures only the sampled ones of a segment
travel, from the task that decoded them to the detector, and are forgotten when they are counted.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event, Lock
from typing import Any, Final

import ray
from ray.exceptions import LocalRayletDiedError, RayError, RaySystemError, RayTaskError

from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay
from lessonproof.analysis.packets import Segment
from lessonproof.analysis.sound_judge import SoundScan
from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.errors import IntegrityError, RecordingError
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.headcount import FrameCount
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import SegmentScan
from lessonproof.models.clock_reader_registry import open_clock_reader
from lessonproof.models.detector import PersonDetector
from lessonproof.models.registry import open_detector
from lessonproof.storage.objects import StoredObject, StoreSpec
from lessonproof.storage.registry import open_store
from lessonproof.workers.analysis import Analysis, ClusterLostError, InterruptedWorkError, WorkerLostError
from lessonproof.workers.comparing import comparison_pictures
from lessonproof.workers.configuration import AnalysisConfig, CounterSpec
from lessonproof.workers.pipeline import (
    AnalysisSettings,
    conclude,
    count_segment,
    people_series,
    recording_pictures,
    scan_segment,
    scan_sound,
    survey_clock,
)

TASK_RETRIES: Final = 1
"""Attempts beside the first where a worker process dies; the queue's own attempts come on top."""
SEGMENTS_PER_CPU: Final = 2
"""Segments in flight for each processor: one at work, one waiting, so that memory does not grow with the length."""
_POLL_S: Final = 0.5


@dataclass(frozen=True, slots=True)
class _Source:
    """Which recording, and where it is kept."""

    store: StoreSpec
    sha256: str

    def file(self) -> AbstractContextManager[Path]:
        return open_store(self.store).local_file(self.sha256)


def _index_stored(source: _Source) -> tuple[RecordingIndex, tuple[Segment, ...]]:
    with source.file() as path:
        index = index_recording(path)
    if index.sha256 != source.sha256:
        raise IntegrityError(
            f"recording {source.sha256} has been altered in the store: it hashes to {index.sha256}",
            f"录像 {source.sha256} 在存储中已被改动：摘要为 {index.sha256}",
        )
    return index, index.segments


def _survey_stored(source: _Source, config: AnalysisConfig, index: RecordingIndex) -> ClockOverlay | ClockAbsent:
    reader = None if config.clock_reader is None else open_clock_reader(config.clock_reader.name)
    with source.file() as path:
        return survey_clock(path, index, reader)


def _scan_stored(
    source: _Source,
    index: RecordingIndex,
    segment: Segment,
    settings: AnalysisSettings,
    overlay: ClockOverlay | ClockAbsent,
) -> tuple[SegmentScan, SegmentScan]:
    """The scan twice: bare for the conclusion, and with its pictures for the detector."""
    with source.file() as path:
        scan = scan_segment(path, index, segment, settings, overlay)
    return replace(scan, samples=()), scan


def _sound_stored(source: _Source, index: RecordingIndex) -> SoundScan | None:
    with source.file() as path:
        return scan_sound(path, index)


def _conclude_stored(
    known: tuple[_Source, AnalysisConfig, list[tuple[FrameCount, ...]]],
    index: RecordingIndex,
    overlay: ClockOverlay | ClockAbsent,
    sound: SoundScan | None,
    *scans: SegmentScan,
) -> Analysis:
    """``known`` is at hand; the rest are results of other tasks, which Ray fetches because they stand by themselves."""
    source, config, counts = known
    people = people_series(counts, config.weights, config.settings)
    with source.file() as path:
        found = conclude(
            path,
            index,
            overlay=overlay,
            scans=scans,
            sound=sound,
            people=people,
            settings=config.settings,
            clock_models=config.clock_models,
        )
        return Analysis(found.dossier, recording_pictures(path, index, found.dossier), found.fingerprint)


def _picture_stored(source: _Source, findings: tuple[Finding, ...]) -> dict[str, bytes]:
    with source.file() as path:
        return comparison_pictures(path, findings)


class CountActor:
    """One detector per process, loaded once, when the first pictures come: what goes wrong then is told by the task."""

    def __init__(self, spec: CounterSpec) -> None:
        self._spec = spec
        self._detector: PersonDetector | None = None

    def count(self, scan: SegmentScan) -> tuple[FrameCount, ...]:
        """Count the people of one segment's sampled pictures."""
        if self._detector is None:
            self._detector = open_detector(self._spec.detector)
        return count_segment(scan, self._detector, self._spec.calibration)


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
        self._index: Any = pair(_index_stored)
        self._survey: Any = task(_survey_stored)
        self._scan: Any = pair(_scan_stored)
        self._sound: Any = task(_sound_stored)
        self._conclude: Any = task(_conclude_stored)
        self._picture: Any = task(_picture_stored)
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
                return self._run(_Source(self._store, recording.sha256), progress, _Waiting(stop))
        except RecordingError as error:
            failed = FailedAnalysis(recording.sha256, recording.size_bytes, error.code, error.en, error.zh)
            return Analysis(failed, {})

    def picture(self, recording: StoredObject, findings: tuple[Finding, ...], stop: Event) -> Mapping[str, bytes]:
        """Take pictures on the cluster; see the protocol."""
        with _cluster_errors():
            taken: dict[str, bytes] = _Waiting(stop).result(
                self._picture.remote(_Source(self._store, recording.sha256), findings)
            )
        return taken

    def _run(self, source: _Source, progress: Callable[[float], None], waiting: "_Waiting") -> Analysis:
        index, segments_ref = self._index.remote(source)
        segments: tuple[Segment, ...] = waiting.result(segments_ref)
        progress(0.05)
        sound = self._sound.remote(source, index)
        overlay = self._survey.remote(source, self._config, index)
        waiting.first([overlay])
        scans, counts = self._scan_all(source, (index, overlay), segments, progress, waiting)
        waiting.first([sound])
        progress(0.85)
        concluded: Analysis = waiting.result(
            self._conclude.remote((source, self._config, counts), index, overlay, sound, *scans)
        )
        progress(1.0)
        return concluded

    def _scan_all(
        self,
        source: _Source,
        known: tuple[Any, Any],
        segments: tuple[Segment, ...],
        progress: Callable[[float], None],
        waiting: "_Waiting",
    ) -> tuple[list[Any], list[tuple[FrameCount, ...]]]:
        """Scan, and count, every segment; a bounded number of them at a time."""
        settings = replace(self._config.settings, with_people=self._config.is_counting)
        index, overlay = known
        left = list(reversed(segments))
        in_flight: list[Any] = []
        scans: list[Any] = []
        counts: list[tuple[FrameCount, ...]] = []
        for done in range(1, len(segments) + 1):
            while left and len(in_flight) < self._in_flight:
                scan, pictured = self._scan.remote(source, index, left.pop(), settings, overlay)
                scans.append(scan)
                in_flight.append(self._counter().count.remote(pictured) if self._config.is_counting else scan)
                del pictured  # the last handle on the pictures: Ray frees them when they are counted
            finished, in_flight = waiting.first(in_flight)
            found = waiting.result(finished)
            counts += [found] if self._config.is_counting else []
            progress(0.05 + 0.75 * done / len(segments))
        return scans, counts

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
        if isinstance(error.cause, Exception):
            raise error.cause from error
        raise
    except (LocalRayletDiedError, RaySystemError) as error:
        name = type(error).__name__
        raise ClusterLostError(
            f"Ray is gone ({name}); it is started again", f"Ray 已退出（{name}），正在重新启动"
        ) from error
    except RayError as error:
        name = type(error).__name__
        raise WorkerLostError(
            f"a worker process was lost ({name}): it crashed, ran out of memory, or its machine is gone",
            f"工作进程丢失（{name}）：进程崩溃、内存不足或所在机器离线",
        ) from error
