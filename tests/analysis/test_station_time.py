from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.station_looks import StationLook
from lessonproof.analysis.station_time import SLOT_NS, Watch, join_watches, steady
from lessonproof.evidence.intervals import NS_PER_MINUTE, NS_PER_S, Interval
from lessonproof.evidence.station_coverage import Coverage, TeachingArea, Why, stations_document
from lessonproof.evidence.venue import CameraView, StationArea, VenueLayout

SQUARE = ((0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5))
WINDOW = Interval(1000 * NS_PER_S, 1000 * NS_PER_S + 20 * NS_PER_MINUTE)
OPEN = StationLook(Coverage.COVERED, None, person=False, moving=False)
GONE = StationLook(Coverage.UNCOVERED, Why.OUT_OF_VIEW, margin=0.4)
DARK = StationLook(Coverage.UNCOVERED, Why.TOO_DARK, margin=0.9)
LOST = StationLook(Coverage.UNKNOWN, Why.NOT_REGISTERED)


def _layout(*cameras: str) -> VenueLayout:
    views = tuple(CameraView(c, "r.jpg", "0" * 64, 640, 360, (StationArea("W1", SQUARE),)) for c in cameras)
    return VenueLayout("v", views, (), "1" * 64)


def _watch(camera: str, looks: list[StationLook], first_ns: int = WINDOW.start_ns) -> Watch:
    times = first_ns + 5 * NS_PER_S * np.arange(len(looks), dtype=np.int64)
    span = Interval(first_ns, int(times[-1]) + 5 * NS_PER_S)
    return Watch(camera, ("W1",), span, times, tuple((look,) for look in looks))


def _joined(*watches: Watch, cameras: tuple[str, ...] = ("A",)) -> dict[Coverage, int]:
    row = join_watches(_layout(*cameras), watches, WINDOW, ("2" * 64,), None).rows[0]
    assert sum(row.time_ns.values()) == WINDOW.length_ns
    assert len(row.minutes) == 20
    return {state: length // NS_PER_MINUTE for state, length in row.time_ns.items()}


def test_each_state_keeps_its_time() -> None:
    found = _joined(_watch("A", [OPEN] * 120 + [GONE] * 60 + [LOST] * 60))
    assert found == {Coverage.COVERED: 10, Coverage.UNCOVERED: 5, Coverage.UNKNOWN: 5}


def test_one_camera_that_shows_it_is_enough() -> None:
    half = [OPEN] * 120 + [GONE] * 120
    found = _joined(_watch("A", half), _watch("B", half[::-1]), cameras=("A", "B"))
    assert found[Coverage.COVERED] == 20


def test_a_camera_that_cannot_tell_leaves_it_unknown() -> None:
    found = _joined(_watch("A", [GONE] * 240), _watch("B", [LOST] * 240), cameras=("A", "B"))
    assert found[Coverage.UNKNOWN] == 20


@pytest.mark.parametrize(
    ("watch", "state"),
    [
        pytest.param(None, Coverage.UNCOVERED, id="no-recording-shows-nothing"),
        pytest.param(Watch("A", ("W1",), None, np.empty(0, np.int64), (), Why.NOT_PLACED), Coverage.UNKNOWN, id="when"),
        pytest.param(
            Watch("A", ("W1",), WINDOW, np.empty(0, np.int64), (), Why.BAD_REFERENCE), Coverage.UNKNOWN, id="reference"
        ),
        pytest.param(Watch("A", ("W1",), WINDOW, np.empty(0, np.int64), ()), Coverage.UNKNOWN, id="no-picture"),
    ],
)
def test_what_was_not_measured_is_never_covered(watch: Watch | None, state: Coverage) -> None:
    assert _joined(*([] if watch is None else [watch]))[state] == 20


def test_a_lesson_that_was_recorded_in_part() -> None:
    found = _joined(_watch("A", [OPEN] * 120))
    assert found == {Coverage.COVERED: 10, Coverage.UNCOVERED: 10, Coverage.UNKNOWN: 0}


def test_of_two_cameras_that_do_not_show_it_the_nearer_one_speaks() -> None:
    watches = [_watch("A", [DARK] * 240), _watch("B", [GONE] * 240)]
    (span,) = join_watches(_layout("A", "B"), watches, WINDOW, (), None).rows[0].uncovered
    assert span.reason == "out_of_view"
    assert span.strength == pytest.approx(0.4)
    (alone,) = join_watches(_layout("A", "B"), watches[:1], WINDOW, (), None).rows[0].uncovered
    assert alone.reason == "too_dark", "no recording does not speak first"
    assert alone.strength == pytest.approx(0.9)


def test_an_idle_stretch_is_as_strong_as_what_was_compared() -> None:
    unseen = StationLook(Coverage.COVERED, None, person=False, moving=None)
    row = join_watches(_layout("A"), [_watch("A", [OPEN, OPEN, unseen, unseen] * 60)], WINDOW, (), None).rows[0]
    assert row.idle[0].strength == pytest.approx(0.5, abs=0.1)


def test_spans_are_told_from_a_minute_on() -> None:
    looks = [OPEN] * 60 + [GONE] * 8 + [OPEN] * 60 + [GONE] * 24 + [OPEN] * 88
    row = join_watches(_layout("A"), [_watch("A", looks)], WINDOW, (), None).rows[0]
    (span,) = row.uncovered
    assert span.reason == "out_of_view"
    assert abs(span.interval.length_ns - 120 * NS_PER_S) <= SLOT_NS


def test_idle_is_seen_empty_and_still_for_long() -> None:
    used = StationLook(Coverage.COVERED, None, person=True, moving=True)
    active = StationLook(Coverage.COVERED, None, person=False, moving=True)
    for looks, count in (([OPEN] * 240, 1), ([used] * 240, 0), ([active] * 240, 0), ([GONE] * 240, 0)):
        assert len(join_watches(_layout("A"), [_watch("A", looks)], WINDOW, (), None).rows[0].idle) == count
    passing = [OPEN] * 100 + [used] + [OPEN] * 139
    assert len(join_watches(_layout("A"), [_watch("A", passing)], WINDOW, (), None).rows[0].idle) == 1, "a passer-by"


def test_presence_does_not_flicker() -> None:
    assert steady([True, False, False, True, True]) == [True] * 5
    assert steady([False] * 8 + [True] + [False] * 8) == [False] * 17
    assert steady([True, True] + [False] * 7) == [True, True] + [False] * 7
    assert steady([None, None]) == [None, None]
    assert steady([True, None, True]) == [True] * 3


@given(st.lists(st.sampled_from([True, False, None]), max_size=60))
def test_steady_invents_nobody_and_nothing(seen: list[bool | None]) -> None:
    found = steady(seen)
    assert len(found) == len(seen)
    assert True in seen or True not in found
    assert all(one is None or known is not None for known, one in zip(seen, found, strict=True) if one is not True)


def test_the_document_says_it_all() -> None:
    coverage = join_watches(_layout("A"), [_watch("A", [OPEN] * 120 + [GONE] * 120)], WINDOW, ("2" * 64,), "no_weights")
    document = stations_document(coverage)
    (station,) = document["stations"]
    assert station["covered_s"] == 600
    assert station["minutes"][0] == ["covered", None, False]
    assert station["minutes"][-1] == ["uncovered", "out_of_view", None]
    assert station["uncovered"] == [
        {"start_s": 600.0, "end_s": 1200.0, "reason": "out_of_view", "cameras": ["A"], "strength": 0.4}
    ]


LONG = Interval(WINDOW.start_ns, WINDOW.start_ns + 60 * NS_PER_MINUTE)


def _teaching(*cameras: list[bool | None]) -> TeachingArea | None:
    watches = [replace(_watch(f"C{k}", [OPEN] * len(seen)), taught=tuple(seen)) for k, seen in enumerate(cameras)]
    return join_watches(_layout("A"), watches, LONG, (), None).teaching


def _minutes(*parts: tuple[bool | None, int]) -> list[bool | None]:
    return [state for state, minutes in parts for _ in range(minutes * 12)]


def test_without_a_teaching_area_nothing_is_said_of_it() -> None:
    assert join_watches(_layout("A"), [_watch("A", [OPEN] * 12)], LONG, (), None).teaching is None


@pytest.mark.parametrize(("minutes", "is_told"), [(19, False), (25, True)])
def test_an_area_that_is_empty_for_longer_than_a_break_is_told(minutes: int, is_told: bool) -> None:
    found = _teaching(_minutes((True, 20), (False, minutes), (True, 40 - minutes)))
    assert found is not None
    assert found.is_known
    assert bool(found.absent) is is_told
    if is_told:
        (span,) = found.absent
        assert abs(span.interval.length_ns - minutes * NS_PER_MINUTE) <= 2 * SLOT_NS
        assert 0 < span.strength < 1


def test_one_camera_that_sees_somebody_is_enough() -> None:
    found = _teaching(_minutes((False, 60)), _minutes((True, 60)))
    assert found is not None
    assert found.absent == ()


def test_what_nobody_could_see_is_unknown_and_no_absence() -> None:
    found = _teaching(_minutes((False, 15), (None, 10), (False, 15), (True, 20)))
    assert found is not None
    assert not found.is_known
    assert found.absent == ()


def test_the_teaching_area_stands_in_the_document() -> None:
    watch = replace(_watch("A", [OPEN] * 720), taught=tuple(_minutes((False, 60))))
    document = stations_document(join_watches(_layout("A"), [watch], LONG, (), None))
    assert document["teaching_area"]["known"] is True
    (span,) = document["teaching_area"]["nobody"]
    assert (span["start_s"], span["end_s"], span["cameras"]) == (0, 3600, ["A"])
