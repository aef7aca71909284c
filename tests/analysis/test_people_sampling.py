"""Where to look once more, and which stretches to follow."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.analysis.people_detections import SeenPeople
from lessonproof.analysis.people_sampling import (
    BESIDE_NS,
    BURST_NS,
    BURSTS_LEAST,
    BURSTS_PER_HOUR,
    MORE_LEAST,
    MORE_SHARE,
    plan_bursts,
    plan_more,
)
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.people_scenes import PERIOD_NS, THRESHOLD, Figure, picture, rooms, row_of, sitting, together

NO_KEYS = np.zeros(0, np.int64)
HOUR_NS = 3600 * NS_PER_S


def regular(*people: int) -> tuple[SeenPeople, ...]:
    """Regular samples with so many people each, the first after half a period."""
    return tuple(
        picture(k * PERIOD_NS + PERIOD_NS // 2, [Figure(0.09 * n) for n in range(number)])
        for k, number in enumerate(people)
    )


def more(seen: tuple[SeenPeople, ...], *borders_ns: int, keys: np.ndarray | None = None) -> tuple[int, ...]:
    return plan_more(
        seen,
        THRESHOLD,
        period_ns=PERIOD_NS,
        duration_ns=len(seen) * PERIOD_NS,
        borders_ns=borders_ns,
        keys_ns=NO_KEYS if keys is None else keys,
    )


def test_the_beginning_and_the_end_are_looked_at_more_densely() -> None:
    planned = more(regular(*[5] * 60))
    assert planned
    assert all(at_ns < 60 * NS_PER_S or at_ns > 540 * NS_PER_S for at_ns in planned)
    assert planned[0] == BESIDE_NS // 2
    assert planned[-1] == 600 * NS_PER_S - BESIDE_NS // 2


def test_where_the_count_changes_a_picture_is_added_in_between() -> None:
    planned = more(regular(*[5] * 30, *[9] * 30))
    assert 300 * NS_PER_S in planned
    assert 300 * NS_PER_S not in more(regular(*[5] * 30, *[6] * 30)), "one more or less may be anything"
    assert 300 * NS_PER_S not in more(regular(*[10] * 30, *[11] * 30))


def test_both_sides_of_a_finding_are_looked_at() -> None:
    assert {299 * NS_PER_S, 301 * NS_PER_S} <= set(more(regular(*[5] * 60), 300 * NS_PER_S))


def test_in_a_short_recording_no_reason_spends_what_there_is_for_all() -> None:
    planned = more(regular(*[5] * 7, *[9] * 7), 40 * NS_PER_S)
    assert len(planned) == MORE_LEAST
    assert {BESIDE_NS // 2, 39 * NS_PER_S, 41 * NS_PER_S, 70 * NS_PER_S} <= set(planned)


def test_a_random_access_picture_nearby_is_taken() -> None:
    keys = np.arange(0, 600, 3, dtype=np.int64) * NS_PER_S
    changed = regular(*[5] * 31, *[9] * 29)
    assert 310 * NS_PER_S in more(changed)
    assert {309 * NS_PER_S, 310 * NS_PER_S} & set(more(changed, keys=keys)) == {309 * NS_PER_S}


@pytest.mark.parametrize("people", [(), (0,), (7,), (0, 0)])
def test_hardly_any_sample_is_no_error(people: tuple[int, ...]) -> None:
    planned = more(regular(*people))
    assert all(0 <= at_ns < len(people) * PERIOD_NS for at_ns in planned)
    assert bool(planned) == bool(people)


@given(rooms(most_samples=80), st.lists(st.integers(-HOUR_NS, 2 * HOUR_NS), max_size=40), st.data())
def test_what_is_added_is_new_inside_and_bounded(
    seen: tuple[SeenPeople, ...], borders: list[int], data: st.DataObject
) -> None:
    duration_ns = (seen[-1].time_ns if seen else 0) + data.draw(st.integers(1, HOUR_NS))
    period_ns = data.draw(st.integers(NS_PER_S, 60 * NS_PER_S))
    every_ns = data.draw(st.integers(1, 30)) * NS_PER_S
    keys = np.arange(0, duration_ns, every_ns, dtype=np.int64)
    planned = plan_more(seen, THRESHOLD, period_ns=period_ns, duration_ns=duration_ns, borders_ns=borders, keys_ns=keys)
    assert all(0 <= at_ns < duration_ns for at_ns in planned)
    assert all(earlier < later for earlier, later in pairwise(planned))
    assert not set(planned) & {shown.time_ns for shown in seen}
    assert len(planned) <= max(MORE_LEAST, MORE_SHARE * len(seen))


def test_a_stretch_in_which_somebody_who_sat_was_lost_is_followed() -> None:
    seen = together(sitting(12, 0.1, missing=(6,)), sitting(12, 0.5))
    (burst,) = plan_bursts(seen, THRESHOLD, HOUR_NS)
    assert burst.between == Interval(5 * PERIOD_NS, 6 * PERIOD_NS)
    (box,) = burst.boxes_xyxy
    assert box == pytest.approx(Figure(0.1).box_xyxy)


def test_who_never_comes_back_is_followed_too() -> None:
    seen = together(sitting(12, 0.1, missing=range(6, 12)), sitting(12, 0.5))
    (burst,) = plan_bursts(seen, THRESHOLD, HOUR_NS)
    assert burst.between.start_ns == 5 * PERIOD_NS


def test_who_is_still_there_at_the_end_was_not_lost() -> None:
    assert plan_bursts(together(sitting(12, 0.1)), THRESHOLD, HOUR_NS) == ()


def test_who_was_hardly_seen_before_was_not_sitting() -> None:
    assert plan_bursts(together(sitting(12, 0.1, missing=(2,))), THRESHOLD, HOUR_NS) == ()


def test_a_stretch_in_which_a_sample_is_missing_is_not_followed() -> None:
    before = row_of(*[[Figure(0.1, look=k)] for k in range(5)])
    after_ns = before[-1].time_ns + BURST_NS + 1
    assert plan_bursts((*before, picture(after_ns, [])), THRESHOLD, HOUR_NS) == ()
    assert len(plan_bursts((*before, picture(after_ns - 1, [])), THRESHOLD, HOUR_NS)) == 1


def test_where_most_people_are_lost_is_followed_first() -> None:
    missing = [(5,), (10,), (10, 15), (15,), (15,), (20,)]
    seen = together(*(sitting(25, 0.02 + 0.15 * k, missing=gone) for k, gone in enumerate(missing)))
    bursts = plan_bursts(seen, THRESHOLD, duration_ns=1)
    assert len(bursts) == BURSTS_LEAST
    assert [burst.between.start_ns // PERIOD_NS for burst in bursts] == [9, 14]


@given(rooms(most_samples=60), st.integers(0, 3 * HOUR_NS))
def test_bursts_are_few_short_and_in_time_order(seen: tuple[SeenPeople, ...], duration_ns: int) -> None:
    bursts = plan_bursts(seen, THRESHOLD, duration_ns)
    assert len(bursts) <= max(BURSTS_LEAST, BURSTS_PER_HOUR * duration_ns // HOUR_NS)
    assert all(0 < burst.between.length_ns <= BURST_NS and burst.boxes_xyxy for burst in bursts)
    assert all(one.between.end_ns <= other.between.start_ns for one, other in pairwise(bursts))
