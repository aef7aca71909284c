"""From one recording to its dossier: the stages, and their composition in one process.

Each stage is a plain function of picklable values and a local path, so that Ray runs the very same ones, segment by
segment; :func:`analyse_recording` runs them one after the other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import av
import cv2

from lessonproof import __version__
from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay
from lessonproof.analysis.fingerprints import fingerprint
from lessonproof.analysis.packets import Segment
from lessonproof.analysis.sound_judge import SoundScan
from lessonproof.analysis.thumbnails import join_thumbnails
from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp, PipelineStamp
from lessonproof.evidence.errors import LessonProofError, NoReadableFramesError, RecordingError
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries, merge_samples, without
from lessonproof.evidence.intervals import NS_PER_S, ns_to_s
from lessonproof.media import sound as sound_media
from lessonproof.media.clock_survey import survey_recording
from lessonproof.media.decoding import shows_a_picture
from lessonproof.media.evidence_pictures import take_pictures, with_picture_names
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import SegmentScan, sample_period_ns, scan_keyframes
from lessonproof.media.opening import sha256_of_file
from lessonproof.models.calibration import CountCalibration, count_people
from lessonproof.models.clock_reader import ClockReader
from lessonproof.models.detector import PersonDetector
from lessonproof.workers.edits import Witnesses, find_edits

STAGES: Final = {"index": "3", "clock": "1", "keyframes": "3", "edits": "4", "sound": "4", "people": "1"}
"""Version of each stage; a change of what a stage measures raises its version, so that old dossiers tell."""

SHOWS_NOTHING: Final = frozenset({FindingKind.BLACK, FindingKind.COVERED, FindingKind.UNREADABLE})
"""Stretches on which nobody can be counted, present or not."""


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """What may be chosen about an analysis; stands in every dossier.

    Attributes:
        with_people: count people.
        sample_period_ns: greatest distance between two counted pictures.
        sample_long_side_px: longest side of a counted picture.
    """

    with_people: bool = True
    sample_period_ns: int = 10 * NS_PER_S
    sample_long_side_px: int = 640

    def as_json(self) -> dict[str, int | float | str | bool]:
        """For the dossier."""
        return {
            "with_people": self.with_people,
            "sample_period_s": ns_to_s(self.sample_period_ns),
            "sample_long_side_px": self.sample_long_side_px,
        }


@dataclass(frozen=True, slots=True)
class PeopleCounter:
    """A detector with what was measured about it.

    Attributes:
        detector: finds persons.
        calibration: turns detections into a count with an interval; ``None`` for weights that nobody measured.
        stamp: which weights.
    """

    detector: PersonDetector
    calibration: CountCalibration | None
    stamp: ModelStamp


@dataclass(frozen=True, slots=True)
class PeopleSeries:
    """Counts of a whole recording, or the reason why there are none.

    Attributes:
        samples: in time order; ``None`` where nobody counted.
        reason: ``no_weights`` or ``switched_off`` where ``samples`` is ``None``.
        stamp: which weights counted.
    """

    samples: tuple[FrameCount, ...] | None
    reason: str | None = None
    stamp: ModelStamp | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """What came of one recording.

    Attributes:
        dossier: everything measured on it.
        fingerprint: what moves in it, for comparing it with others; ``None`` where nothing can be said.
    """

    dossier: Dossier
    fingerprint: Fingerprint | None = None


def survey_clock(path: Path, index: RecordingIndex, reader: ClockReader | None) -> ClockOverlay | ClockAbsent:
    """Stage ``clock``: find the burned-in clock and learn to read it; ``reader``: ``None`` where none is installed."""
    return survey_recording(path, index, reader)


def scan_segment(
    path: Path,
    index: RecordingIndex,
    segment: Segment,
    settings: AnalysisSettings,
    overlay: ClockOverlay | ClockAbsent,
) -> SegmentScan:
    """Stage ``keyframes`` for one segment."""
    period_ns = sample_period_ns(index.packets.duration_ns, settings.sample_period_ns) if settings.with_people else None
    return scan_keyframes(
        path,
        index,
        segment,
        period_ns=period_ns,
        long_side_px=settings.sample_long_side_px,
        overlay=None if isinstance(overlay, ClockAbsent) else overlay,
    )


def count_segment(
    scan: SegmentScan, detector: PersonDetector, calibration: CountCalibration | None
) -> tuple[FrameCount, ...]:
    """Stage ``people`` for one segment: one count per sampled picture, unknown where it could not be read."""
    found = detector.detect([sample.rgb for sample in scan.samples])
    counted: list[FrameCount] = []
    for sample, detections in zip(scan.samples, found, strict=True):
        people = count_people(detections, calibration)
        counted.append(FrameCount(sample.time_ns, people.count, people.low, people.high))
    counted += [FrameCount(time_ns, None, None, None) for time_ns in scan.unread_samples_ns]
    return merge_samples([sorted(counted, key=lambda count: count.time_ns)])


def scan_sound(path: Path, index: RecordingIndex) -> SoundScan | None:
    """Stage ``sound``."""
    return sound_media.scan_sound(path, index)


def conclude(
    path: Path,
    index: RecordingIndex,
    *,
    overlay: ClockOverlay | ClockAbsent,
    scans: Sequence[SegmentScan],
    sound: SoundScan | None,
    people: PeopleSeries,
    settings: AnalysisSettings,
    clock_models: tuple[ModelStamp, ...] = (),
) -> Analysis:
    """Stage ``edits`` and the merging of all the others.

    Args:
        path: the recording.
        index: its index.
        overlay: its burned-in clock, or why there is none to read.
        scans: one for each of the index's segments, in any order; sampled pictures are not needed any more.
        sound: features of the sound, ``None`` where there is none.
        people: counts.
        settings: what was chosen.
        clock_models: who read the clock.

    Raises:
        NoReadableFramesError: not one picture could be decoded.
    """
    witnesses = _witnesses(scans, overlay, sound)
    if not witnesses.facts and not shows_a_picture(path, index):
        raise NoReadableFramesError("no picture of this recording could be decoded", "录像中没有任何可以解码的画面")
    edits = find_edits(path, index, witnesses)
    series: HeadcountSeries | None = None
    models: tuple[ModelStamp, ...] = ()
    if people.samples is not None and people.stamp is not None:
        period_ns = sample_period_ns(index.packets.duration_ns, settings.sample_period_ns)
        unseen = [f.interval for f in edits.findings if f.kind in SHOWS_NOTHING]
        samples = without(people.samples, unseen)
        series = HeadcountSeries(samples, f"{people.stamp.name}@sha256:{people.stamp.sha256}", period_ns)
        models = (people.stamp,)
    dossier = Dossier(
        sha256=index.sha256,
        size_bytes=index.size_bytes,
        duration_ns=index.packets.duration_ns,
        video=index.facts,
        has_audio=index.has_audio,
        findings=with_picture_names(index.sha256, edits.findings),
        headcount=series,
        headcount_reason=None if series is not None else people.reason,
        checked=edits.checked,
        pipeline=stamp(settings, models, clock_models, with_sound=sound is not None),
        unchecked=edits.unchecked,
        marks=index.marks,
        shown_start_s=edits.first_wall_s,
    )
    codes = fingerprint(witnesses.thumbs, index.sha256) if witnesses.thumbs.time_ns.size else None
    return Analysis(dossier, codes)


def _witnesses(scans: Sequence[SegmentScan], overlay: ClockOverlay | ClockAbsent, sound: SoundScan | None) -> Witnesses:
    """What all segments gave, in time order."""
    return Witnesses(
        facts=tuple(sorted((f for scan in scans for f in scan.facts), key=lambda f: f.time_ns)),
        thumbs=join_thumbnails(sorted((scan.thumbs for scan in scans), key=lambda t: t.time_ns[:1].tolist())),
        undecodable=tuple(span for scan in scans for span in scan.undecodable),
        overlay=overlay,
        readings=tuple(sorted((r for scan in scans for r in scan.clock), key=lambda r: r.time_ns)),
        sound=sound,
    )


def stamp(
    settings: AnalysisSettings,
    people_models: tuple[ModelStamp, ...],
    clock_models: tuple[ModelStamp, ...] = (),
    *,
    with_sound: bool = True,
) -> PipelineStamp:
    """What produces a dossier under these settings; equal stamps give equal dossiers."""
    ran = {"people": bool(people_models), "clock": bool(clock_models), "sound": with_sound}
    return PipelineStamp(
        version=__version__,
        stages={name: version for name, version in STAGES.items() if ran.get(name, True)},
        models=(*people_models, *clock_models),
        settings=settings.as_json(),
        tools={"libavcodec": ".".join(map(str, av.library_versions["libavcodec"])), "opencv": cv2.__version__},
    )


def recording_pictures(path: Path, index: RecordingIndex, dossier: Dossier) -> dict[str, bytes]:
    """JPEG pictures of a dossier's findings, by the names in their ``evidence``."""
    return take_pictures(path, index, dossier.findings)


def failed_analysis(error: RecordingError, path: Path) -> FailedAnalysis:
    """What stands where a dossier would: the file's identity, as far as it has one, and what is wrong with it."""
    try:
        sha256, size_bytes = sha256_of_file(path)
    except (LessonProofError, OSError):
        return FailedAnalysis(None, None, error.code, error.en, error.zh)
    return FailedAnalysis(sha256, size_bytes, error.code, error.en, error.zh)


def analyse_recording(
    path: Path,
    settings: AnalysisSettings,
    counter: PeopleCounter | None,
    progress: Callable[[float], None],
    *,
    pictures: dict[str, bytes] | None = None,
    reader: ClockReader | None = None,
) -> Analysis:
    """All stages one after the other in this process.

    Args:
        path: a local regular file.
        settings: what was chosen.
        counter: counts people; ``None`` where there are no weights.
        progress: told the share done, 0..1.
        pictures: where given, filled with the findings' pictures by name.
        reader: reads the burned-in clock; ``None`` where none is installed.

    Raises:
        RecordingError: the file cannot be read as a recording.
    """
    index = index_recording(path)
    progress(0.05)
    overlay = survey_clock(path, index, reader)
    progress(0.1)
    scans: list[SegmentScan] = []
    counts: list[tuple[FrameCount, ...]] = []
    for number, segment in enumerate(index.segments, start=1):
        scan = scan_segment(path, index, segment, settings, overlay)
        if counter is not None and settings.with_people:
            counts.append(count_segment(scan, counter.detector, counter.calibration))
        scans.append(replace(scan, samples=()))
        progress(0.1 + 0.6 * number / len(index.segments))
    sound = scan_sound(path, index)
    progress(0.8)
    analysis = conclude(
        path,
        index,
        overlay=overlay,
        scans=scans,
        sound=sound,
        people=people_series(counts, None if counter is None else counter.stamp, settings),
        settings=settings,
        clock_models=() if reader is None else reader.stamps,
    )
    if pictures is not None:
        pictures.update(recording_pictures(path, index, analysis.dossier))
    progress(1.0)
    return analysis


def people_series(
    counts: Iterable[Sequence[FrameCount]], weights: ModelStamp | None, settings: AnalysisSettings
) -> PeopleSeries:
    """Merge the counts of segments, or say why nobody counted; ``weights``: which ones counted."""
    if not settings.with_people:
        return PeopleSeries(None, "switched_off")
    if weights is None:
        return PeopleSeries(None, "no_weights")
    return PeopleSeries(merge_samples(list(counts)), None, weights)
