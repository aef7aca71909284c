from dataclasses import replace

import numpy as np

from lessonproof.analysis.activity import activity_curve
from lessonproof.analysis.enclosed import Places, stretches
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.repeat_pictures import Pictures
from lessonproof.evidence.intervals import NS_PER_S, Interval
from tests.analysis.lessons import FPS, Lesson, plain, with_copy
from tests.analysis.scenes import FRAME_NS

FIRST = round(60.2 * FPS)
LESSON = Lesson(with_copy(90, at_s=60.2, source_s=20.7, length_s=6))


def places_of(lesson: Lesson, table: PacketTable) -> Places:
    pictures = Pictures.of(lesson.thumbs())
    assert pictures is not None
    return Places(pictures, activity_curve(table), table.duration_ns)


def test_stretches_between_clear_borders_come_first_and_are_neither_short_nor_long() -> None:
    lesson = Lesson(plain(2))
    at_s = (10, 12, 40, 1200)
    border = lesson.border(20)
    borders = [
        replace(border, time_before_ns=s * NS_PER_S - FRAME_NS, time_after_ns=s * NS_PER_S, is_weak=s == 12)
        for s in at_s
    ]
    found = stretches(borders, 1300 * NS_PER_S)
    closed = [s.within for s in found if s.start is not None and s.end is not None]
    assert closed == [Interval(10 * NS_PER_S, 40 * NS_PER_S), Interval(12 * NS_PER_S, 40 * NS_PER_S)]
    assert [s.is_clear for s in found[:2]] == [True, False]
    assert sum(s.start is None or s.end is None for s in found) == 2 * len(at_s)


def test_pictures_at_both_ends_tell_where_a_stretch_was_taken_from() -> None:
    table = LESSON.table()
    borders = [LESSON.border(FIRST), LESSON.border(FIRST + 6 * FPS)]
    best = places_of(LESSON, table).candidates(stretches(borders, table.duration_ns)[0])[0]
    assert best.is_clear
    assert best.within == Interval(FIRST * FRAME_NS, (FIRST + 6 * FPS) * FRAME_NS)
    assert abs(best.lag_ns - 39.5 * NS_PER_S) <= 1.2 * NS_PER_S


def test_the_activity_curve_tells_it_to_the_frame() -> None:
    sizes = np.random.default_rng(3).integers(400, 4000, 5000)[LESSON.shown]
    table = LESSON.table(sizes)
    borders = [LESSON.border(FIRST), LESSON.border(FIRST + 6 * FPS)]
    best = places_of(LESSON, table).candidates(stretches(borders, table.duration_ns)[0])[0]
    assert abs(best.lag_ns - 39.5 * NS_PER_S) <= FRAME_NS
    assert best.reach_ns < NS_PER_S // 5


def test_the_later_one_is_asked_as_the_copy_although_borders_enclose_the_earlier_one() -> None:
    table = LESSON.table()
    source = round(20.7 * FPS)
    borders = [LESSON.border(source), LESSON.border(source + 6 * FPS)]
    best = places_of(LESSON, table).candidates(stretches(borders, table.duration_ns)[0])[0]
    assert best.lag_ns > 0
    assert abs(best.copy_ns - FIRST * FRAME_NS) <= 1.2 * NS_PER_S


def test_a_border_alone_is_asked_on_both_sides() -> None:
    table = LESSON.table()
    (behind, before) = stretches([LESSON.border(FIRST)], table.duration_ns)[::-1]
    assert behind.within.start_ns == before.within.end_ns == FIRST * FRAME_NS
    assert abs(places_of(LESSON, table).candidates(behind)[0].lag_ns - 39.5 * NS_PER_S) <= 1.2 * NS_PER_S
