"""Stage ``people``: from sampled pictures to a head count over time.

The regular samples of a segment are looked at as soon as they are decoded. When the whole recording is known, pictures
are added where the count changes, at its ends and beside findings, and people who were lost between two samples are
followed through the frames in between. See ``docs/decisions/0009-counting-people.md``.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.people_absent import Absence, find_nobody
from lessonproof.analysis.people_counts import CountedPeople, count_series
from lessonproof.analysis.people_detections import SeenPeople, seen_people
from lessonproof.analysis.people_fine import FINE_LONG_SIDE_PX, FineLook, plan_fine
from lessonproof.analysis.people_passages import judge_burst
from lessonproof.analysis.people_sampling import Burst, plan_bursts, plan_more
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries, Passage, merge_samples
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.index import RecordingIndex
from lessonproof.media.keyframes import SegmentScan
from lessonproof.media.samples import SampledFrame, samples_at, samples_through
from lessonproof.models.calibration import UNCALIBRATED_THRESHOLD, CountCalibration
from lessonproof.models.detector import Detections, PersonDetector
from lessonproof.models.tracker import Track, track_people

BATCH: Final = 8
"""Pictures that are held, and sent to the detector, at once."""
FOLLOW_STEP_NS: Final = NS_PER_S // 4
"""Four pictures a second: who walks past a desk in a second is still where the track expects him."""


@dataclass(frozen=True, slots=True)
class PeopleCounter:
    """A detector with what was measured about it.

    Attributes:
        detector: finds persons.
        calibration: turns detections into a count with an interval; ``None`` for weights that nobody measured.
        stamp: which weights.
        track: links the detections of successive frames; what it needs weighs some 850 MB in a process of its own, so
            that it runs where the detector does.
    """

    detector: PersonDetector
    calibration: CountCalibration | None
    stamp: ModelStamp
    track: Callable[[Sequence[Detections]], tuple[Track, ...]] = track_people

    @property
    def threshold(self) -> float:
        """Score from which a detection is counted."""
        return UNCALIBRATED_THRESHOLD if self.calibration is None else self.calibration.score_threshold


@dataclass(frozen=True, slots=True, eq=False)
class SegmentPeople:
    """What the detector saw in one segment.

    Attributes:
        seen: its sampled pictures, in time order.
        unread_ns: instants that should have been sampled and could not be read.
    """

    seen: tuple[SeenPeople, ...]
    unread_ns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PeopleFound:
    """The people of a recording.

    Attributes:
        series: head counts over time.
        absence: stretches with nobody.
    """

    series: HeadcountSeries
    absence: Absence


def see_segment(scan: SegmentScan, detector: PersonDetector) -> SegmentPeople:
    """Look at one segment's regular samples."""
    return SegmentPeople(_looked_at(iter(scan.samples), detector), scan.unread_samples_ns)


def count_recording(
    path: Path,
    index: RecordingIndex,
    parts: Sequence[SegmentPeople],
    counter: PeopleCounter,
    *,
    facts: Sequence[KeyframeFacts],
    findings: Sequence[Finding],
    unseen: Sequence[Interval],
    period_ns: int,
    long_side_px: int,
) -> PeopleFound:
    """Join the segments, look closer where it matters, and count.

    Args:
        path: the recording.
        index: its index.
        parts: of all segments, in any order.
        counter: looks closer, and says what its detections mean.
        facts: of the random-access pictures.
        findings: of the recording; pictures are added beside them.
        unseen: stretches that show nothing; nobody is counted there, present or not.
        period_ns: aimed-at distance of the regular samples.
        long_side_px: longest side of a picture.
    """
    regular = _shown(_joined([part.seen for part in parts]), unseen)
    more_ns = plan_more(
        regular,
        counter.threshold,
        period_ns=period_ns,
        duration_ns=index.packets.duration_ns,
        borders_ns=_borders(findings),
        keys_ns=index.packets.key_times_ns(),
    )
    more = _looked_at(samples_at(path, index, more_ns, long_side_px), counter.detector)
    seen = _shown(_joined([regular, more]), unseen)
    passages: list[Passage] = []
    for burst in plan_bursts(seen, counter.threshold, index.packets.duration_ns):
        passages += follow(path, index, burst, counter, long_side_px)
    fine = _fine_looks(path, index, plan_fine(regular, index.packets.duration_ns), counter.detector, long_side_px)
    counted = count_series(seen, counter.calibration, fine)
    samples = _with_unknown(counted, parts, unseen)
    name = f"{counter.stamp.name}@sha256:{counter.stamp.sha256}"
    series = HeadcountSeries(samples, name, period_ns, counted.still_figures, tuple(passages), counted.refound_share)
    return PeopleFound(series, find_nobody(samples, facts, counted.still_figures))


def follow(
    path: Path, index: RecordingIndex, burst: Burst, counter: PeopleCounter, long_side_px: int
) -> tuple[Passage, ...]:
    """Follow everybody through a stretch and say what became of those who were lost in it.

    Nothing is said where the picture changes its size on the way: boxes of one size lie elsewhere in the other.
    """
    found: list[Detections] = []
    sizes_px: set[tuple[int, int]] = set()
    for batch in _batches(samples_through(path, index, burst.between, FOLLOW_STEP_NS, long_side_px)):
        found += counter.detector.detect([frame.rgb for frame in batch])
        sizes_px.add((batch[0].rgb.shape[1], batch[0].rgb.shape[0]))
    if len(sizes_px) != 1:
        return ()
    (size_px,) = sizes_px
    return judge_burst(burst, counter.track(found), *size_px)


def _fine_looks(
    path: Path, index: RecordingIndex, instants_ns: Sequence[int], detector: PersonDetector, long_side_px: int
) -> tuple[FineLook, ...]:
    """Finer looks at some samples; none at a recording that the ordinary ones show as it is."""
    looks = []
    for frame in samples_at(path, index, instants_ns, FINE_LONG_SIDE_PX):
        if max(frame.rgb.shape[:2]) > long_side_px:
            (found,) = detector.detect([frame.rgb])
            looks.append(FineLook(frame.time_ns, found.scores))
    return tuple(looks)


def _looked_at(frames: Iterator[SampledFrame], detector: PersonDetector) -> tuple[SeenPeople, ...]:
    seen: list[SeenPeople] = []
    for batch in _batches(frames):
        found = detector.detect([frame.rgb for frame in batch])
        seen += [seen_people(f.time_ns, f.rgb, d) for f, d in zip(batch, found, strict=True)]
    return tuple(seen)


def _batches(frames: Iterator[SampledFrame]) -> Iterator[list[SampledFrame]]:
    """At most :data:`BATCH` frames at a time, all of one shape: a recording may change its size."""
    batch: list[SampledFrame] = []
    for frame in frames:
        if batch and (len(batch) == BATCH or frame.rgb.shape != batch[0].rgb.shape):
            yield batch
            batch = []
        batch.append(frame)
    if batch:
        yield batch


def _joined(parts: Sequence[Sequence[SeenPeople]]) -> tuple[SeenPeople, ...]:
    """One row in time order; where two parts share an instant the first one's picture stands."""
    by_time: dict[int, SeenPeople] = {}
    for part in parts:
        for picture in part:
            by_time.setdefault(picture.time_ns, picture)
    return tuple(by_time[time_ns] for time_ns in sorted(by_time))


def _shown(seen: Sequence[SeenPeople], unseen: Sequence[Interval]) -> tuple[SeenPeople, ...]:
    """The pictures outside of ``unseen``: a place that is black is not one that somebody left."""
    return tuple(s for s in seen if not any(span.start_ns <= s.time_ns < span.end_ns for span in unseen))


def _with_unknown(
    counted: CountedPeople, parts: Sequence[SegmentPeople], unseen: Sequence[Interval]
) -> tuple[FrameCount, ...]:
    """The counts, and an unknown one at each regular instant that shows nothing or could not be read."""
    instants = {at_ns for part in parts for at_ns in part.unread_ns}
    regular = [picture for part in parts for picture in part.seen]
    instants |= {picture.time_ns for picture in regular} - {picture.time_ns for picture in _shown(regular, unseen)}
    unknown = [FrameCount(at_ns, None, None, None) for at_ns in sorted(instants)]
    return merge_samples([counted.samples, unknown])


def _borders(findings: Sequence[Finding]) -> list[int]:
    """Where findings begin and end, the most certain first."""
    ranked = sorted(findings, key=lambda finding: (-finding.confidence, finding.sort_key()))
    return [border for f in ranked for border in (f.interval.start_ns, f.interval.end_ns)]
