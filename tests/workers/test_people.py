"""Counting the people of a whole recording: real tiny videos, the real decoder and tracker, made-up people."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import FrameCount, PassageKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import SegmentScan, sample_period_ns, scan_keyframes
from lessonproof.media.samples import SampledFrame
from lessonproof.models.calibration import UNCALIBRATED_THRESHOLD, CountCalibration
from lessonproof.workers.people import (
    BATCH,
    PeopleCounter,
    PeopleFound,
    SegmentPeople,
    count_recording,
    see_segment,
)
from tests.analysis.people_scenes import CALIBRATION
from tests.workers.people_clips import BODY_PX, WIDTH_PX, Actor, BlockDetector, sits_at, write_room

LONG_SIDE_PX = 640
STAMP = ModelStamp("blocks", "0" * 64)
SECONDS = 48.0
PERIOD_NS = 4 * NS_PER_S
COVERED_S = (24.5, 29.0)
LEAVES_S = 34.5
SITTERS = tuple(Actor(sits_at(left, 8), seed=left) for left in (8, 56, 104))


def covered(second: float) -> tuple[int, int] | None:
    return None if COVERED_S[0] <= second < COVERED_S[1] else (152, 8)


def leaving(second: float) -> tuple[int, int] | None:
    left = 96 + round(max(0.0, second - LEAVES_S) * 24)
    return None if left > WIDTH_PX - BODY_PX[0] // 2 else (left, 80)


pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("ultralytics") is None, reason="ultralytics, which follows people, is not installed"
)
ROOM = (*SITTERS, Actor(covered, seed=152), Actor(leaving, seed=96))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three who sit, one who is covered for some seconds, one who walks out."""
    return write_room(tmp_path_factory.mktemp("people") / "room.mp4", ROOM, SECONDS)


@pytest.fixture(scope="module")
def index(room: Path) -> RecordingIndex:
    return index_recording(room)


def scans_of(path: Path, index: RecordingIndex) -> list[SegmentScan]:
    period_ns = sample_period_ns(index.packets.duration_ns, 10 * NS_PER_S)
    return [
        scan_keyframes(path, index, segment, period_ns=period_ns, long_side_px=LONG_SIDE_PX)
        for segment in index.segments
    ]


def found_in(
    path: Path,
    index: RecordingIndex,
    parts: list[SegmentPeople],
    *,
    detector: BlockDetector | None = None,
    calibration: CountCalibration | None = CALIBRATION,
    findings: tuple[Finding, ...] = (),
    unseen: tuple[Interval, ...] = (),
) -> PeopleFound:
    return count_recording(
        path,
        index,
        parts,
        PeopleCounter(detector or BlockDetector(), calibration, STAMP),
        facts=[fact for scan in scans_of(path, index) for fact in scan.facts],
        findings=findings,
        unseen=unseen,
        period_ns=PERIOD_NS,
        long_side_px=LONG_SIDE_PX,
    )


@pytest.fixture(scope="module")
def parts(room: Path, index: RecordingIndex) -> list[SegmentPeople]:
    return [see_segment(scan, BlockDetector()) for scan in scans_of(room, index)]


def at_second(found: PeopleFound, second: int) -> FrameCount:
    (sample,) = [sample for sample in found.series.samples if sample.time_ns == second * NS_PER_S]
    return sample


def test_who_is_covered_or_leaves_is_told_and_no_count_rests_on_it(
    room: Path, index: RecordingIndex, parts: list[SegmentPeople]
) -> None:
    found = found_in(room, index, parts)
    assert [(p.kind, p.between.start_ns // NS_PER_S) for p in found.series.passages] == [
        (PassageKind.HIDDEN, 22),
        (PassageKind.LEFT, 34),
    ]
    assert [at_second(found, second).count for second in (22, 26, 30)] == [5, 4, 5]
    covered, shown = at_second(found, 26), at_second(found, 22)
    assert covered.high == shown.high, "who is seen again within a minute may have been there"
    assert at_second(found, 46).count == 4
    assert found.series.model_id == f"blocks@sha256:{'0' * 64}"
    assert found.series.sample_period_ns == PERIOD_NS
    assert found.series.still_figures == ()
    assert found.absence.findings == ()
    assert found.absence.reason is None


def test_segments_may_come_in_any_order(room: Path, index: RecordingIndex, parts: list[SegmentPeople]) -> None:
    whole = [shown for part in parts for shown in part.seen]
    pieces = [SegmentPeople((shown,), ()) for shown in whole]
    mixed = [pieces[k] for k in np.random.default_rng(1).permutation(len(pieces))]
    assert found_in(room, index, [*mixed, mixed[0]]) == found_in(room, index, parts)


def test_pictures_are_added_at_the_ends_and_beside_findings(
    room: Path, index: RecordingIndex, parts: list[SegmentPeople]
) -> None:
    regular = {shown.time_ns for part in parts for shown in part.seen}
    plain = {sample.time_ns for sample in found_in(room, index, parts).series.samples}
    assert regular < plain
    assert min(plain) < min(regular)
    assert max(plain) > max(regular)
    assert 24 * NS_PER_S not in plain
    cut = Finding(FindingKind.CUT, Interval(25 * NS_PER_S, 25 * NS_PER_S), 0.9, Severity.WARNING, "test")
    beside = found_in(room, index, parts, findings=(cut,))
    assert at_second(beside, 24).count == 5
    assert len(beside.series.samples) <= len(regular) + 12


def test_a_short_recording_is_no_error(tmp_path: Path) -> None:
    path = write_room(tmp_path / "short.mp4", SITTERS[:2], 1.0)
    index = index_recording(path)
    found = found_in(path, index, [see_segment(scan, BlockDetector()) for scan in scans_of(path, index)])
    assert {sample.count for sample in found.series.samples} == {2}


def test_without_a_sample_nothing_is_known(room: Path, index: RecordingIndex) -> None:
    detector = BlockDetector()
    found = found_in(room, index, [SegmentPeople((), ())], detector=detector)
    assert found.series.samples == ()
    assert found.absence.reason == "people_unread"
    assert detector.batches == []


def test_what_could_not_be_read_and_what_shows_nothing_is_unknown(
    room: Path, index: RecordingIndex, parts: list[SegmentPeople]
) -> None:
    bad_ns = 13 * NS_PER_S
    damaged = [*parts, SegmentPeople((), (bad_ns,))]
    found = found_in(room, index, damaged, unseen=(Interval(5 * NS_PER_S, 11 * NS_PER_S),))
    unknown = FrameCount(bad_ns, None, None, None)
    assert unknown in found.series.samples
    inside = [s for s in found.series.samples if 5 * NS_PER_S <= s.time_ns < 11 * NS_PER_S]
    assert [s.time_ns for s in inside] == [6 * NS_PER_S, 10 * NS_PER_S]
    assert {s.count for s in inside} == {None}
    outside = [s.count for s in found.series.samples if s not in inside and s != unknown]
    assert None not in outside
    assert found.absence.reason == "people_unread"


def test_a_detector_at_its_limit_gives_no_interval(room: Path, index: RecordingIndex) -> None:
    detector = BlockDetector(capped_from=5)
    seen = [see_segment(scan, detector) for scan in scans_of(room, index)]
    found = found_in(room, index, seen, detector=detector)
    for sample in found.series.samples:
        assert sample.count is not None
        shown = sample.time_ns < 24 * NS_PER_S
        assert (sample.low is None) == (sample.high is None)
        if shown:
            assert (sample.count, sample.low) == (5, None)
    assert at_second(found, 46).low is not None


def test_weights_that_nobody_measured_count_without_an_interval(
    room: Path, index: RecordingIndex, parts: list[SegmentPeople]
) -> None:
    found = found_in(room, index, parts, calibration=None)
    assert at_second(found, 22) == FrameCount(22 * NS_PER_S, 5, None, None)
    assert found.absence.reason == "not_calibrated"
    assert PeopleCounter(BlockDetector(), None, STAMP).threshold == UNCALIBRATED_THRESHOLD
    assert PeopleCounter(BlockDetector(), CALIBRATION, STAMP).threshold == CALIBRATION.score_threshold


def scan_with(*shapes: tuple[int, int], unread: tuple[int, ...] = ()) -> SegmentScan:
    samples = tuple(
        SampledFrame(k * NS_PER_S, np.zeros((height, width, 3), np.uint8)) for k, (height, width) in enumerate(shapes)
    )
    return SegmentScan((), (), samples, unread)


def test_pictures_go_to_the_detector_in_small_batches() -> None:
    detector = BlockDetector()
    part = see_segment(scan_with(*[(48, 64)] * (2 * BATCH + 3), unread=(7,)), detector)
    assert detector.batches == [BATCH, BATCH, 3]
    assert len(part.seen) == 2 * BATCH + 3
    assert part.unread_ns == (7,)


def test_a_recording_that_changes_its_size_is_looked_at_size_by_size() -> None:
    detector = BlockDetector()
    part = see_segment(scan_with((48, 64), (48, 64), (64, 48), (48, 64)), detector)
    assert detector.batches == [2, 1, 1]
    assert [shown.time_ns for shown in part.seen] == [k * NS_PER_S for k in range(4)]


def test_nobody_is_looked_for_where_there_is_no_picture() -> None:
    detector = BlockDetector()
    assert see_segment(scan_with(), detector).seen == ()
    assert detector.batches == []
