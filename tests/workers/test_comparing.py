from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lessonproof.analysis.file_marks import learn_profile
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.file_marks import FileMarks, StreamFacts
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.fingerprint import SKETCH_NUMBERS, Fingerprint
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.recorder_profile import RecorderProfile
from lessonproof.storage.fingerprint_index import IndexSpec
from lessonproof.storage.index_registry import open_index
from lessonproof.storage.voting import CANDIDATES_AT_MOST
from lessonproof.workers.comparing import MATCHED_AT_MOST, Register, Usual, compare_recording
from tests.storage.fingerprints import METHOD, PERIOD_NS, fingerprint, holding, name_of
from tests.storage.support import dossier

OWN = 100
NOBODY = Usual()
STREAM = StreamFacts("h264", "High", 40, 1280, 720, 50, 40_000, True, False, "aac", 48_000, 2)
MARKS = FileMarks("mp4", STREAM, major_brand="isom", muxer="NVR 3.1")


def register(*seeds: int, is_whole: bool = True) -> Register:
    index = open_index(IndexSpec("numpy", Path(), METHOD))
    known = {name_of(seed): fingerprint(seed) for seed in seeds}
    for one in known.values():
        index.add(one)
    return Register(index, known.__getitem__, dict.fromkeys(known, 300 * NS_PER_S), is_whole)


def subject(*, marks: FileMarks | None = None) -> Dossier:
    return replace(dossier(name_of(OWN)), duration_ns=300 * NS_PER_S, marks=marks)


def compared(own: Fingerprint | None, known: Register | None, usual: Usual = NOBODY) -> Comparison:
    return compare_recording(subject(marks=MARKS), own, known, usual)


def test_a_stretch_of_another_recording_is_a_finding_with_pictures() -> None:
    own = holding(fingerprint(OWN), fingerprint(7), at=20, start=90, count=40)
    found = compared(own, register(5, 6, 7, 8))
    (finding,) = found.findings
    assert (finding.kind, finding.detail["other"]) == (FindingKind.REUSE, name_of(7))
    assert abs(finding.interval.start_ns - 20 * PERIOD_NS) <= 3 * PERIOD_NS
    assert abs(finding.interval.length_ns - 40 * PERIOD_NS) <= 6 * PERIOD_NS
    start_s = finding.detail["other_start_s"]
    assert isinstance(start_s, float)
    assert abs(start_s * NS_PER_S - 90 * PERIOD_NS) <= 5 * PERIOD_NS
    assert finding.detail["other_duration_s"] == 300.0
    assert len(finding.evidence) >= 2
    assert found.checked == {"reuse"}
    assert found.compared_with == tuple(name_of(seed) for seed in (5, 6, 7, 8))
    assert found.hours_compared == pytest.approx(4 * 300 / 3600)


def test_silence_counts_where_it_was_looked_for() -> None:
    found = compared(fingerprint(OWN), register(5, 6))
    assert (found.findings, found.checked) == ((), frozenset({"reuse"}))


def test_the_first_recording_of_all_is_compared_with_everything_there_is() -> None:
    assert compared(fingerprint(OWN), register()).checked == {"reuse"}


def test_one_file_alone_was_compared_with_nothing() -> None:
    found = compared(fingerprint(OWN), register(is_whole=False))
    assert found.checked == frozenset()
    assert found.unchecked["reuse"] == "nothing_to_compare_with"


def test_without_a_fingerprint_silence_means_nothing() -> None:
    found = compared(None, None)
    assert (found.checked, found.unchecked["reuse"]) == (frozenset(), "no_fingerprint")
    assert found.hours_compared == 0.0


def test_where_hardly_anything_moves_silence_means_nothing() -> None:
    weight = np.zeros(150, np.uint8)
    weight[:7] = 9
    found = compared(replace(fingerprint(OWN), weight=weight), register(5))
    assert (found.checked, found.unchecked["reuse"]) == (frozenset(), "too_little_motion")


def test_with_keyframes_far_apart_silence_means_nothing_and_a_long_stretch_is_told() -> None:
    own = holding(fingerprint(OWN), fingerprint(7), at=20, start=90, count=40)
    known = {name_of(7): five_times_slower(fingerprint(7))}
    index = open_index(IndexSpec("numpy", Path(), METHOD))
    index.add(known[name_of(7)])
    long = Register(index, known.__getitem__, dict.fromkeys(known, 1500 * NS_PER_S), is_whole=True)
    found = compare_recording(replace(subject(), duration_ns=1500 * NS_PER_S), five_times_slower(own), long, NOBODY)
    assert [finding.kind for finding in found.findings] == [FindingKind.REUSE]
    assert (found.checked, found.unchecked["reuse"]) == (frozenset(), "keyframes_far_apart")


def far_apart_and_near(*, with_sketches: bool = True) -> tuple[Fingerprint, Register]:
    """A recording with a picture each 10 s that shows 60 s of one with a picture each 2 s; codes say nothing of it."""
    random = np.random.default_rng(1)
    dense, sparse = fingerprint(7), five_times_slower(fingerprint(OWN, 30))
    theirs, mirror = random.integers(-90, 91, (2, 150, SKETCH_NUMBERS)).astype(np.int8)
    own = random.integers(-90, 91, (30, SKETCH_NUMBERS)).astype(np.int8)
    own[10:16] = theirs[40:70:5]
    if with_sketches:
        dense = replace(dense, sketch=theirs, mirrored_sketch=mirror)
    index = open_index(IndexSpec("numpy", Path(), METHOD))
    index.add(dense)
    known = {dense.sha256: dense}
    return replace(sparse, sketch=own), Register(index, known.__getitem__, {dense.sha256: 300 * NS_PER_S}, True)


def test_with_keyframes_far_apart_a_minute_is_found_picture_by_picture() -> None:
    own, known = far_apart_and_near()
    found = compared(own, known)
    (finding,) = found.findings
    assert finding.detail["other"] == name_of(7)
    assert finding.detail["other_start_s"] == pytest.approx(80.0, abs=PERIOD_NS / NS_PER_S)
    assert (finding.interval.start_s, finding.interval.end_s) == (100.0, 160.0)
    assert found.checked == {"reuse"}


def test_keyframes_of_another_recording_that_cannot_be_compared_are_told() -> None:
    sparse, known = far_apart_and_near(with_sketches=False)
    assert compared(sparse, known).unchecked["reuse"] == "keyframes_far_apart"
    index = open_index(IndexSpec("numpy", Path(), METHOD))
    index.add(sparse)
    others = Register(index, {sparse.sha256: sparse}.__getitem__, {sparse.sha256: 300 * NS_PER_S}, True)
    one = replace(fingerprint(7), sha256=name_of(8))
    told = compare_recording(replace(subject(), sha256=name_of(8)), one, others, NOBODY)
    assert told.unchecked["reuse"] == "keyframes_far_apart"


def test_in_a_large_register_few_codes_name_nobody_and_silence_means_nothing() -> None:
    own, known = far_apart_and_near()
    for seed in range(200, 200 + MATCHED_AT_MOST):
        known.index.add(fingerprint(seed))
    more = {name_of(seed): fingerprint(seed) for seed in range(200, 200 + MATCHED_AT_MOST)}
    fetch = {name_of(7): known.fetch(name_of(7)), **more}
    large = Register(known.index, fetch.__getitem__, dict.fromkeys(fetch, 300 * NS_PER_S), True)
    assert compared(own, large).unchecked["reuse"] == "keyframes_far_apart"


def five_times_slower(one: Fingerprint) -> Fingerprint:
    return replace(one, time_ns=one.time_ns * 5)


def test_what_only_a_view_shows_is_found_and_told_to_be_reframed() -> None:
    plain = fingerprint(OWN)
    enlarged = replace(holding(plain, fingerprint(7), at=20, start=90, count=40), scale=0.9)
    found = compared(replace(plain, views=(replace(plain, scale=0.95), enlarged)), register(5, 6, 7))
    (finding,) = found.findings
    assert (finding.detail["other"], finding.detail["reframed"]) == (name_of(7), True)
    assert finding.detail["picture_scale"] == 0.9


def test_however_many_views_no_more_recordings_are_fetched_than_for_one() -> None:
    seeds = range(1, 31)
    plain = fingerprint(OWN, 400)
    views = [
        replace(holding(plain, fingerprint(seed), at=12 * (seed % 30), start=50, count=12), scale=0.9) for seed in seeds
    ]
    whole, fetched = register(*seeds), list[str]()

    def fetch(sha256: str) -> Fingerprint:
        fetched.append(sha256)
        return whole.fetch(sha256)

    compared(replace(plain, views=tuple(views)), replace(whole, fetch=fetch))
    assert len(fetched) == len(set(fetched)) == CANDIDATES_AT_MOST


def test_excluded_recordings_are_not_compared() -> None:
    own = holding(fingerprint(OWN), fingerprint(7), at=20, start=90, count=40)
    found = compare_recording(subject(), own, register(6, 7), Usual(), {name_of(7)})
    assert (found.findings, found.compared_with) == ((), (name_of(6),))


class TestRecorder:
    """The file against what its recorder usually writes."""

    def usual(self, count: int, marks: FileMarks = MARKS) -> Usual:
        return Usual(learn_profile([marks] * count), "d" * 64)

    def test_a_file_like_the_others_is_unsuspected(self) -> None:
        found = compared(fingerprint(OWN), register(), self.usual(5))
        assert (found.findings, found.profile_digest) == ((), "d" * 64)
        assert found.checked == {"reuse", "container_mismatch"}

    def test_a_file_that_another_program_wrote_is_told(self) -> None:
        found = compared(fingerprint(OWN), register(), self.usual(5, replace(MARKS, muxer="Lavf60")))
        assert [finding.kind for finding in found.findings] == [FindingKind.CONTAINER_MISMATCH]

    def test_few_recordings_tell_nothing(self) -> None:
        found = compared(fingerprint(OWN), register(), self.usual(2))
        assert found.unchecked == {"container_mismatch": "too_few_recordings"}

    def test_who_is_not_known_cannot_be_held_against_anything(self) -> None:
        assert compared(fingerprint(OWN), register()).unchecked == {"container_mismatch": "recorder_not_known"}
        without = compare_recording(subject(), fingerprint(OWN), register(), Usual(RecorderProfile(9)))
        assert without.unchecked == {"container_mismatch": "no_file_marks"}
