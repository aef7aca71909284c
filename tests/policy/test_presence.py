"""Minutes of people over all cameras, rates against signatures, and sure arrivals and departures."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.training import CountReview, RecordingRef
from lessonproof.evidence.venue import CameraView, VenueLayout
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.presence import camera_groups, presence_of, presence_rate, turnovers
from tests.policy.cases import at, case, change, change_file, dossier, headcount, measured, without_people

SQUARE = ((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))


def series(*counts: tuple[int, int, int] | None) -> HeadcountSeries:
    """One sample a minute from the recording's first frame on: count, low, high."""
    samples = [
        FrameCount(k * 60 * NS_PER_S, None, None, None) if c is None else FrameCount(k * 60 * NS_PER_S, *c)
        for k, c in enumerate(counts)
    ]
    return HeadcountSeries(tuple(samples), "m", 60 * NS_PER_S)


def filmed(*cameras: HeadcountSeries, overlapping: tuple[tuple[str, str], ...] | None = None) -> UnitCase:
    """A unit with one recording of each camera from its start on; ``overlapping``: of its layout, if it has one."""
    names = [f"camera {k}" for k in range(len(cameras))]
    views = tuple(CameraView(name, "a.png", "0" * 64, 640, 360, ()) for name in names)
    layout = None if overlapping is None else VenueLayout("Room", views, overlapping, "1" * 64)
    refs = tuple(RecordingRef(f"{name}.mp4", name, at("08:30")) for name in names)
    base = change(case(), recordings=refs, layout=layout)
    found = [dossier(people=people, sha256=f"{k:064x}") for k, people in enumerate(cameras)]
    return measured(base, *found)


def bounds(of: UnitCase, number: int) -> tuple[int | None, int | None, int | None]:
    minute = presence_of(of).minutes[number]
    return minute.count, minute.low, minute.high


def test_a_minute_of_one_camera_is_the_median_of_its_samples() -> None:
    samples = tuple(FrameCount(s * NS_PER_S, n, n - 1, n + 2) for s, n in ((0, 5), (20, 9), (40, 6), (60, 20)))
    of = filmed(HeadcountSeries(samples, "m", 20 * NS_PER_S))
    assert bounds(of, 0) == (6, 5, 8)
    assert bounds(of, 1) == (20, 19, 22)
    assert bounds(of, 2) == (None, None, None)
    assert len(presence_of(of).minutes) == 90


def test_cameras_of_disjoint_views_add_up() -> None:
    assert bounds(filmed(series((5, 4, 7)), series((3, 2, 6)), overlapping=()), 0) == (8, 6, 13)


@pytest.mark.parametrize("overlapping", [None, (("camera 0", "camera 1"),), (("camera 1", "camera 0"),)])
def test_cameras_that_may_see_the_same_people_show_at_least_the_most_and_at_most_the_sum(
    overlapping: tuple[tuple[str, str], ...] | None,
) -> None:
    assert bounds(filmed(series((5, 4, 7)), series((3, 2, 6)), overlapping=overlapping), 0) == (5, 4, 13)


def test_a_chain_of_overlaps_is_one_group() -> None:
    of = filmed(*[series((1, 1, 1))] * 4, overlapping=(("camera 0", "camera 2"), ("camera 2", "camera 3")))
    assert sorted(sorted(group) for group in camera_groups(of.unit)) == [
        ["camera 0", "camera 2", "camera 3"],
        ["camera 1"],
    ]


def test_without_one_of_the_cameras_to_add_nothing_is_known() -> None:
    assert bounds(filmed(series((5, 4, 7)), series(None), overlapping=()), 0) == (None, None, None)
    # Of cameras that see the same part one is enough.
    assert bounds(filmed(series((5, 4, 7)), series(None)), 0) == (5, 4, 7)


def test_a_camera_that_the_layout_does_not_name_is_not_added() -> None:
    of = filmed(series((5, 4, 7)), series((3, 2, 6)), overlapping=())
    ref = RecordingRef("phone.mp4", "phone", at("08:30"))
    with_phone = change(of, recordings=(*of.unit.recordings, ref))
    assert len(camera_groups(with_phone.unit)) == 1


def test_a_recording_without_a_declared_start_or_without_counts_shows_nobody_and_no_empty_room() -> None:
    of = filmed(series((5, 4, 7)))
    unplaced = change(of, recordings=(RecordingRef("camera 0.mp4", "camera 0", None),))
    assert not presence_of(unplaced).known()
    assert not presence_of(measured(of, without_people(dossier()))).known()


def test_counts_without_an_interval_bound_nothing() -> None:
    of = measured(case(), dossier(people=headcount(11, spread=None)))
    presence = presence_of(of)
    assert presence.minutes[0].count == 11
    assert presence.trainees(presence.minutes[0]) is None


def test_trainees_are_people_less_all_of_the_staff_or_none_of_it() -> None:
    presence = presence_of(change(filmed(series((5, 1, 7))), declared_staff=2))
    assert presence.trainees(presence.minutes[0]) == (0, 7)


def test_the_rate_takes_counted_minutes_only_and_rounds_outwards() -> None:
    presence = presence_of(filmed(series((8, 8, 9), None, (9, 9, 10))))
    rate = presence_rate(presence, 11)
    assert rate is not None
    # One of staff: 7 and 8 of 11 at least, 9 and 10 of 11 at most.
    assert (rate.low_percent, rate.high_percent) == (15 * 100 // 22, -(-19 * 100 // 22))
    assert (rate.minutes, rate.of_minutes) == (2, 90)


def test_no_signature_or_no_count_has_no_rate() -> None:
    assert presence_rate(presence_of(filmed(series((8, 8, 9)))), 0) is None
    assert presence_rate(presence_of(filmed(series(None))), 10) is None


def test_arrivals_and_departures_are_told_only_where_intervals_do_not_touch() -> None:
    of = filmed(series((5, 4, 6), (7, 6, 9), (12, 11, 13), (12, 10, 14), (3, 2, 5)))
    found = turnovers(presence_of(of))
    assert [turn.change for turn in found] == [5, -6]
    start_ns = presence_of(of).window.start_ns
    assert (found[1].between.start_ns - start_ns) // (60 * NS_PER_S) == 2


def test_three_reviewers_numbers_correct_a_camera() -> None:
    of = filmed(series(*[(10, 2, 30)] * 8))
    sha256 = f"{0:064x}"
    corrected = change_file(of, counts=tuple(CountReview(sha256, 60.0 * k, 20, "R") for k in range(3)))
    count, low, high = bounds(corrected, 4)
    assert count == 20
    assert low is not None
    assert high is not None
    assert 10 < low <= 20 <= high < 30
    assert presence_of(corrected).scales["camera 0"].corrections == 3
    two = change_file(of, counts=corrected.class_file.counts[:2])
    assert bounds(two, 4) == (10, 2, 30)


def test_a_number_of_another_recording_or_far_from_any_sample_corrects_nothing() -> None:
    of = filmed(series(*[(10, 2, 30)] * 8))
    far = tuple(CountReview(f"{0:064x}", 60.0 * k + 30, 20, "R") for k in range(3))
    other = tuple(CountReview("f" * 64, 60.0 * k, 20, "R") for k in range(3))
    assert bounds(change_file(of, counts=(*far, *other)), 4) == (10, 2, 30)


def test_a_recording_that_begins_late_stands_at_its_time() -> None:
    of = change(
        filmed(series((5, 4, 7))),
        recordings=(RecordingRef("camera 0.mp4", "camera 0", at("08:30") + timedelta(minutes=10)),),
    )
    presence = presence_of(of)
    assert presence.minutes[10].count == 5
    assert presence.minutes[0].count is None


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 40), st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=5),
        min_size=1,
        max_size=3,
    ),
    st.booleans(),
)
def test_low_count_and_high_stay_in_order_for_any_cameras(
    counted: list[list[tuple[int, int, int]]], has_layout: bool
) -> None:
    cameras = [series(*((n, max(0, n - a), n + b) for n, a, b in minutes)) for minutes in counted]
    for minute in presence_of(filmed(*cameras, overlapping=() if has_layout else None)).known():
        assert minute.low is not None
        assert minute.count is not None
        assert minute.high is not None
        assert 0 <= minute.low <= minute.count <= minute.high
