import numpy as np

from lessonproof.analysis.relations import RelationKind, find_relations, relation_findings
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval
from tests.analysis.lessons import Lesson, plain
from tests.analysis.scenes import FRAME_NS

SPAN = Interval(300 * FRAME_NS, 500 * FRAME_NS)


def lesson_with(stretch: np.ndarray) -> Lesson:
    shown = plain(40)
    shown[300:500] = stretch
    return Lesson(shown)


def test_a_stretch_turned_backward_is_told() -> None:
    lesson = lesson_with(np.arange(499, 299, -1))
    (found,) = find_relations([lesson.border(300), lesson.border(500)])
    assert found.kind is RelationKind.REVERSED
    assert found.interval == SPAN
    assert relation_findings([found])[0].kind is FindingKind.REVERSED


def test_a_stretch_that_was_put_in_is_told_where_the_outside_goes_on() -> None:
    shown = np.concatenate([np.arange(300), np.arange(5000, 5200), np.arange(300, 600)])
    lesson = Lesson(shown)
    (found,) = find_relations([lesson.border(300), lesson.border(500)])
    assert found.kind is RelationKind.INSERTED
    assert relation_findings([found])[0].kind is FindingKind.SPLICE


def test_two_plain_cuts_enclose_nothing() -> None:
    shown = np.concatenate([np.arange(300), np.arange(900, 1100), np.arange(2000, 2300)])
    lesson = Lesson(shown)
    assert find_relations([lesson.border(300), lesson.border(500)]) == ()


def test_borders_of_a_known_loop_are_spoken_for() -> None:
    lesson = lesson_with(np.arange(499, 299, -1))
    assert find_relations([lesson.border(300), lesson.border(500)], [SPAN]) == ()


def test_two_weak_borders_alone_say_nothing() -> None:
    lesson = lesson_with(np.arange(499, 299, -1))
    assert find_relations([lesson.border(300, is_weak=True), lesson.border(500, is_weak=True)]) == ()
