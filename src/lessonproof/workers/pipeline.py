"""From one recording to its dossier: the stages, and their composition in one process.

Each stage is a plain function of picklable values and a local path, so that Ray runs the very same ones, segment by
segment; :func:`analyse_recording` runs them one after the other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay
from lessonproof.analysis.fingerprints import fingerprint
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.packets import Segment
from lessonproof.analysis.sound_judge import SoundScan
from lessonproof.analysis.thumbnails import join_thumbnails
from lessonproof.analysis.veil import Veil
from lessonproof.evidence.count_pictures import count_pictures
from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp
from lessonproof.evidence.errors import LessonProofError, NoReadableFramesError, RecordingError
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.media import sound as sound_media
from lessonproof.media.clock_survey import survey_recording
from lessonproof.media.decoding import shows_a_picture
from lessonproof.media.evidence_pictures import take_pictures, with_picture_names
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import SegmentScan, sample_period_ns, scan_keyframes
from lessonproof.media.opening import sha256_of_file
from lessonproof.models.clock_reader import ClockReader
from lessonproof.models.speech_detector import SpeechDetector
from lessonproof.workers.edits import Edits, Witnesses, find_edits
from lessonproof.workers.people import PeopleCounter, PeopleFound, SegmentPeople, count_recording, see_segment
from lessonproof.workers.roll_call import Listening, listen
from lessonproof.workers.stamping import AnalysisSettings, stamp
from lessonproof.workers.veiling import NOBODY_FOUND, veil_with

SHOWS_NOTHING: Final = frozenset({FindingKind.BLACK, FindingKind.COVERED, FindingKind.UNREADABLE})
"""Stretches on which nobody can be counted, present or not."""


@dataclass(frozen=True, slots=True, eq=False)
class PeopleSeen:
    """What a detector saw in a whole recording, and who looks closer; or the reason why nobody looked.

    Attributes:
        parts: of the segments, in any order.
        counter: who looked; ``None`` where nobody did.
        reason: ``no_weights`` or ``switched_off`` where ``counter`` is ``None``.
    """

    parts: tuple[SegmentPeople, ...]
    counter: PeopleCounter | None
    reason: str | None = None


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
    people: PeopleSeen,
    settings: AnalysisSettings,
    clock_models: tuple[ModelStamp, ...] = (),
    speech: Listening | None = None,
) -> Analysis:
    """Stage ``edits`` and the merging of all the others.

    Args:
        path: the recording.
        index: its index.
        overlay: its burned-in clock, or why there is none to read.
        scans: one for each of the index's segments, in any order; sampled pictures are not needed any more.
        sound: features of the sound, ``None`` where there is none.
        people: what the detector saw on the segments' samples.
        settings: what was chosen.
        clock_models: who read the clock.
        speech: who speaks in the first minutes; ``None`` where nobody listened.

    Raises:
        NoReadableFramesError: not one picture could be decoded.
    """
    witnesses = _witnesses(scans, overlay, sound)
    if not witnesses.facts and not shows_a_picture(path, index):
        raise NoReadableFramesError("no picture of this recording could be decoded", "录像中没有任何可以解码的画面")
    edits = find_edits(path, index, witnesses)
    counted = _count(path, index, people, settings, facts=witnesses.facts, edits=edits)
    told = [*edits.findings, *(() if counted is None else counted.absence.findings)]
    silent = people.reason if counted is None else counted.absence.reason
    nobody = FindingKind.NOBODY_PRESENT.value
    dossier = Dossier(
        sha256=index.sha256,
        size_bytes=index.size_bytes,
        duration_ns=index.packets.duration_ns,
        video=index.facts,
        has_audio=index.has_audio,
        findings=with_picture_names(index.sha256, sorted(told, key=Finding.sort_key)),
        headcount=None if counted is None else counted.series,
        headcount_reason=people.reason if counted is None else None,
        checked=edits.checked | ({nobody} if silent is None else set()),
        pipeline=stamp(
            settings,
            () if people.counter is None else (people.counter.stamp,),
            clock_models,
            () if speech is None else speech.models,
            with_sound=sound is not None,
            calibration=None if people.counter is None else people.counter.calibration,
        ),
        unchecked={**edits.unchecked, **({} if silent is None else {nobody: silent})},
        marks=index.marks,
        shown_start_s=edits.first_wall_s,
        speech=None if speech is None else speech.survey,
    )
    codes = fingerprint(witnesses.thumbs, index.sha256) if witnesses.thumbs.time_ns.size else None
    return Analysis(dossier, codes)


def _count(
    path: Path,
    index: RecordingIndex,
    people: PeopleSeen,
    settings: AnalysisSettings,
    *,
    facts: Sequence[KeyframeFacts],
    edits: Edits,
) -> PeopleFound | None:
    """The people of the whole recording; ``None`` where nobody counts."""
    if people.counter is None:
        return None
    return count_recording(
        path,
        index,
        people.parts,
        people.counter,
        facts=facts,
        findings=edits.findings,
        unseen=[finding.interval for finding in edits.findings if finding.kind in SHOWS_NOTHING],
        period_ns=sample_period_ns(index.packets.duration_ns, settings.sample_period_ns),
        long_side_px=settings.sample_long_side_px,
    )


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


def recording_pictures(path: Path, index: RecordingIndex, dossier: Dossier, veil: Veil) -> dict[str, bytes]:
    """Veiled JPEG pictures of a dossier's findings and of its head count, by name."""
    return take_pictures(path, index, dossier.findings, veil, count_pictures(dossier))


def veil_of(counter: PeopleCounter | None) -> Veil:
    """What lies over the pictures that are kept; ``counter``: ``None`` where nobody counts people."""
    return NOBODY_FOUND if counter is None else veil_with(counter.detector, counter.calibration)


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
    listener: SpeechDetector | None = None,
) -> Analysis:
    """All stages one after the other in this process.

    Args:
        path: a local regular file.
        settings: what was chosen.
        counter: counts people; ``None`` where there are no weights.
        progress: told the share done, 0..1.
        pictures: where given, filled with the veiled pictures of findings and head count by name.
        reader: reads the burned-in clock; ``None`` where none is installed.
        listener: tells speech from other sound; ``None`` where none is installed.

    Raises:
        RecordingError: the file cannot be read as a recording.
    """
    index = index_recording(path)
    progress(0.05)
    overlay = survey_clock(path, index, reader)
    progress(0.1)
    scans: list[SegmentScan] = []
    parts: list[SegmentPeople] = []
    for number, segment in enumerate(index.segments, start=1):
        scan = scan_segment(path, index, segment, settings, overlay)
        if counter is not None and settings.with_people:
            parts.append(see_segment(scan, counter.detector))
        scans.append(replace(scan, samples=()))
        progress(0.1 + 0.6 * number / len(index.segments))
    sound = scan_sound(path, index)
    speech = listen(path, index, listener)
    progress(0.8)
    analysis = conclude(
        path,
        index,
        overlay=overlay,
        scans=scans,
        sound=sound,
        people=people_seen(parts, counter, settings),
        settings=settings,
        clock_models=() if reader is None else reader.stamps,
        speech=speech,
    )
    if pictures is not None:
        veil = veil_of(counter if settings.with_people else None)
        pictures.update(recording_pictures(path, index, analysis.dossier, veil))
    progress(1.0)
    return analysis


def people_seen(
    parts: Iterable[SegmentPeople], counter: PeopleCounter | None, settings: AnalysisSettings
) -> PeopleSeen:
    """What the segments gave, or why nobody looked; ``counter``: ``None`` where there are no weights."""
    if not settings.with_people:
        return PeopleSeen((), None, "switched_off")
    if counter is None:
        return PeopleSeen((), None, "no_weights")
    return PeopleSeen(tuple(parts), counter)
