import numpy as np
import pytest

from benchmarks.people.rooms import Moment, RoomTruth, SeenPerson
from benchmarks.people.scores import (
    PassageScore,
    Reading,
    StillScore,
    errors_of,
    frame_readings,
    minute_readings,
    passage_score,
    still_score,
)
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries, MinuteCount, Passage, PassageKind, StillFigure
from lessonproof.evidence.intervals import NS_PER_S, Interval

Box = tuple[float, float, float, float]
DESK: Box = (0.1, 0.4, 0.2, 0.7)
ASIDE: Box = (0.3, 0.4, 0.4, 0.7)
WALL: Box = (0.7, 0.1, 0.75, 0.3)


def moment(at_s: int, *people: tuple[int, Box]) -> Moment:
    return Moment(at_s * NS_PER_S, len(people), len(people), tuple(SeenPerson(n, box, 1.0) for n, box in people))


def room(*moments: Moment, posters: tuple[Box, ...] = (), left: tuple[tuple[int, int], ...] = ()) -> RoomTruth:
    return RoomTruth(1, "classroom", 3, moments, left, (), np.array(posters, np.float64).reshape(-1, 4))


@pytest.mark.parametrize(
    ("bounds", "is_covered"),
    [((2, 4), True), ((3, 4), True), ((0, 3), True), ((4, 9), False), ((0, 2), False), (None, False)],
)
def test_an_interval_holds_the_truth_or_not(bounds: tuple[int, int] | None, is_covered: bool) -> None:
    assert Reading(3, 3, 3, bounds, None).is_covered is is_covered


def test_a_range_of_truths_must_lie_inside_and_forgives_the_count() -> None:
    reading = Reading(2, 4, 3, (3, 9), None)
    assert not reading.is_covered
    assert [reading.error(count) for count in (0, 2, 3, 4, 6)] == [2, 0, 0, 0, 2]


def test_errors_are_means_over_readings_and_unknown_ones_are_left_out() -> None:
    errors = errors_of([Reading(10, 10, 8, (5, 12), 4), Reading(20, 20, 21, None, 14), Reading(0, 0, 0, (0, 3), None)])
    assert errors is not None
    assert errors.readings == 3
    assert errors.people == 10
    assert errors.error == 1
    assert errors.plain_error == 6
    assert errors.covered == pytest.approx(2 / 3)
    assert errors.width == 5
    assert errors_of([]) is None


def test_without_a_peer_or_an_interval_there_is_no_number() -> None:
    errors = errors_of([Reading(1, 1, 1, None, None)])
    assert errors is not None
    assert errors.plain_error is None
    assert errors.width is None
    assert errors.covered == 0


def test_a_minute_is_held_against_the_medians_of_what_is_true_in_it() -> None:
    minutes = [
        MinuteCount(0, 5, 4, 8, 6),
        MinuteCount(60 * NS_PER_S, None, None, None, 0),
        MinuteCount(120 * NS_PER_S, 7, None, None, 6),
        MinuteCount(180 * NS_PER_S, 7, 7, 7, 6),
    ]
    truths = [(s * NS_PER_S, people, people + 1) for s, people in ((0, 9), (30, 6), (59, 5), (60, 1), (120, 7))]
    plain = [(10 * NS_PER_S, 2), (59 * NS_PER_S, 3), (60 * NS_PER_S, 9)]
    assert minute_readings(minutes, truths, plain) == [
        Reading(6, 7, 5, (4, 8), 2),
        Reading(7, 8, 7, None, None),
    ]


def test_samples_are_held_against_the_nearest_moment() -> None:
    samples = (FrameCount(400_000_000, 2, 1, 3), FrameCount(2 * NS_PER_S, None, None, None))
    truth = room(moment(0, (0, DESK)), moment(1, (0, DESK), (1, ASIDE)))
    series = HeadcountSeries(samples, "m", NS_PER_S)
    assert frame_readings(series, truth, [(400_000_000, 5)]) == [Reading(1, 1, 2, (1, 3), 5)]


def figure(box: Box) -> StillFigure:
    return StillFigure(box, Interval(0, 10 * NS_PER_S), 20)


def test_still_figures_are_posters_living_people_or_things() -> None:
    truth = room(moment(0, (0, DESK)), moment(10, (0, DESK)), posters=(WALL,))
    seen = [np.array([WALL, DESK], np.float32), np.array([WALL], np.float32), np.zeros((0, 4), np.float32)]
    figures = [figure(WALL), figure(DESK), figure(ASIDE)]
    assert still_score(truth, figures, seen) == StillScore(posters=1, found=1, excluded=1, living=1, things=1)


def test_a_poster_told_twice_is_one_and_one_that_is_rarely_found_is_not_found() -> None:
    truth = room(moment(0), posters=(WALL,))
    seen = [np.array([WALL], np.float32), np.zeros((0, 4), np.float32)]
    assert still_score(truth, [figure(WALL), figure(WALL)], seen) == StillScore(posters=1, excluded=1)


def test_who_passes_a_still_thing_does_not_make_it_a_person() -> None:
    truth = room(moment(0, (0, WALL)), moment(5), moment(10))
    assert still_score(truth, [figure(WALL)], []) == StillScore(things=1)


LOST = Interval(0, 10 * NS_PER_S)


@pytest.mark.parametrize(
    ("after", "left", "true_kind"),
    [
        pytest.param(((0, DESK),), (), PassageKind.HIDDEN, id="still-there"),
        pytest.param(((0, ASIDE),), (), PassageKind.LEFT, id="a-walk-away"),
        pytest.param((), (), PassageKind.HIDDEN, id="wholly-behind-somebody"),
        pytest.param((), ((0, 5 * NS_PER_S),), PassageKind.LEFT, id="out-of-the-room"),
        pytest.param((), ((1, 5 * NS_PER_S),), PassageKind.HIDDEN, id="another-one-went-out"),
        pytest.param(((0, (0.1, 0.4, 0.14, 0.5)),), (), PassageKind.HIDDEN, id="half-covered"),
    ],
)
def test_left_or_hidden(
    after: tuple[tuple[int, Box], ...], left: tuple[tuple[int, int], ...], true_kind: PassageKind
) -> None:
    truth = room(moment(0, (0, DESK)), moment(10, *after), left=left)
    for kind in PassageKind:
        score = passage_score(truth, [Passage(kind, LOST, DESK)])
        assert score == PassageScore(told=1, right=int(kind is true_kind), nobody=0, left_truly=len(left))


def test_a_passage_of_nobody() -> None:
    truth = room(moment(0, (0, ASIDE)), moment(10))
    assert passage_score(truth, [Passage(PassageKind.LEFT, LOST, DESK)]) == PassageScore(told=1, right=0, nobody=1)


def test_sums_over_rooms() -> None:
    assert StillScore(1, 2, 3, 4, 5) + StillScore(1, 1, 1, 1, 1) == StillScore(2, 3, 4, 5, 6)
    assert PassageScore(1, 2, 3, 4) + PassageScore(1, 1, 1, 1) == PassageScore(2, 3, 4, 5)
