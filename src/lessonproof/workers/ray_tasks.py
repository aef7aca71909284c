"""What runs on the workers of a Ray cluster: each stage on a stored recording, and the one detector.

Recordings are named, never sent: each task opens the store itself.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import ray
from numpy.typing import NDArray

from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay
from lessonproof.analysis.packets import Segment
from lessonproof.analysis.sound_judge import SoundScan
from lessonproof.evidence.errors import IntegrityError
from lessonproof.evidence.findings import Finding
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import SegmentScan
from lessonproof.models.clock_reader_registry import open_clock_reader
from lessonproof.models.detector import Detections, PersonDetector
from lessonproof.models.registry import open_detector
from lessonproof.models.speech_detector_registry import open_speech_detector
from lessonproof.models.tracker import Track, track_people
from lessonproof.storage.objects import StoreSpec
from lessonproof.storage.registry import open_store
from lessonproof.workers.analysis import Analysis
from lessonproof.workers.comparing import comparison_pictures
from lessonproof.workers.configuration import AnalysisConfig, CounterSpec
from lessonproof.workers.people import PeopleCounter, SegmentPeople, see_segment
from lessonproof.workers.pipeline import (
    conclude,
    people_seen,
    recording_pictures,
    scan_segment,
    scan_sound,
    survey_clock,
    veil_of,
)
from lessonproof.workers.roll_call import Listening, listen
from lessonproof.workers.stamping import AnalysisSettings


@dataclass(frozen=True, slots=True)
class StoredRecording:
    """Which recording, and where it is kept."""

    store: StoreSpec
    sha256: str

    def file(self) -> AbstractContextManager[Path]:
        """A local file with its bytes, for the time of the block."""
        return open_store(self.store).local_file(self.sha256)


def index_stored(source: StoredRecording) -> tuple[RecordingIndex, tuple[Segment, ...]]:
    """Stage ``index``, and that the bytes are those that were stored."""
    with source.file() as path:
        index = index_recording(path)
    if index.sha256 != source.sha256:
        raise IntegrityError(
            f"recording {source.sha256} has been altered in the store: it hashes to {index.sha256}",
            f"录像 {source.sha256} 在存储中已被改动：摘要为 {index.sha256}",
        )
    return index, index.segments


def survey_stored(source: StoredRecording, config: AnalysisConfig, index: RecordingIndex) -> ClockOverlay | ClockAbsent:
    """Stage ``clock``."""
    reader = None if config.clock_reader is None else open_clock_reader(config.clock_reader.name)
    with source.file() as path:
        return survey_clock(path, index, reader)


def scan_stored(
    source: StoredRecording,
    index: RecordingIndex,
    segment: Segment,
    settings: AnalysisSettings,
    overlay: ClockOverlay | ClockAbsent,
) -> tuple[SegmentScan, SegmentScan]:
    """The scan twice: bare for the conclusion, and with its pictures for the detector."""
    with source.file() as path:
        scan = scan_segment(path, index, segment, settings, overlay)
    return replace(scan, samples=()), scan


def sound_stored(source: StoredRecording, index: RecordingIndex) -> SoundScan | None:
    """Stage ``sound``."""
    with source.file() as path:
        return scan_sound(path, index)


def listen_stored(source: StoredRecording, config: AnalysisConfig, index: RecordingIndex) -> Listening:
    """Stage ``speech``."""
    chosen = config.speech_detector
    with source.file() as path:
        return listen(path, index, None if chosen is None else open_speech_detector(chosen.name))


class ActorDetector:
    """The detector and tracker of the actor, for a task that has pictures to look at: no second ones are loaded.

    Args:
        actor: a ``CountActor``.
        model_id: of its weights.
    """

    def __init__(self, actor: Any, model_id: str) -> None:
        self._actor = actor
        self.model_id = model_id

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the persons of each frame; see ``PersonDetector.detect``."""
        found: list[Detections] = ray.get(self._actor.detect.remote(list(frames)))
        return found

    def track(self, detections: Sequence[Detections]) -> tuple[Track, ...]:
        """Link the detections of successive frames; see ``track_people``."""
        tracks: tuple[Track, ...] = ray.get(self._actor.track.remote(list(detections)))
        return tracks


def distant_counter(config: AnalysisConfig, actor: Any) -> PeopleCounter | None:
    """The actor's detector as a counter of this task; ``actor``: ``None`` where nobody counts."""
    if actor is None or config.counter is None:
        return None
    detector = ActorDetector(actor, config.counter.detector.model_id)
    return PeopleCounter(detector, config.counter.calibration, config.counter.stamp, detector.track)


def conclude_stored(
    known: tuple[StoredRecording, AnalysisConfig, list[SegmentPeople], Any],
    index: RecordingIndex,
    overlay: ClockOverlay | ClockAbsent,
    sound: SoundScan | None,
    speech: Listening,
    *scans: SegmentScan,
) -> Analysis:
    """``known`` is at hand; the rest are results of other tasks, which Ray fetches because they stand by themselves."""
    source, config, parts, actor = known
    people = people_seen(parts, distant_counter(config, actor), config.settings)
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
            speech=speech,
        )
        pictures = recording_pictures(path, index, found.dossier, veil_of(distant_counter(config, actor)))
        return Analysis(found.dossier, pictures, found.fingerprint)


def picture_stored(
    source: StoredRecording, config: AnalysisConfig, findings: tuple[Finding, ...], actor: Any
) -> dict[str, bytes]:
    """Pictures of a comparison's findings, veiled."""
    with source.file() as path:
        return comparison_pictures(path, findings, veil_of(distant_counter(config, actor)))


class CountActor:
    """One detector per process, loaded once, when the first pictures come: what goes wrong then is told by the task."""

    def __init__(self, spec: CounterSpec) -> None:
        self._spec = spec
        self._detector: PersonDetector | None = None

    def see(self, scan: SegmentScan) -> SegmentPeople:
        """Look at one segment's sampled pictures."""
        return see_segment(scan, self._opened())

    def detect(self, frames: list[NDArray[np.uint8]]) -> list[Detections]:
        """Find the people of pictures that are looked at later."""
        return self._opened().detect(frames)

    def track(self, detections: list[Detections]) -> tuple[Track, ...]:
        """Follow the people of successive pictures."""
        return track_people(detections)

    def _opened(self) -> PersonDetector:
        if self._detector is None:
            self._detector = open_detector(self._spec.detector)
        return self._detector
