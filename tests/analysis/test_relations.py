from dataclasses import replace

import numpy as np
import pytest

from lessonproof.analysis.borders import Border
from lessonproof.analysis.relations import (
    MAX_COUNTER_MOTION,
    RelationKind,
    _beyond_a_step,
    _part,
    find_relations,
    relation_findings,
)
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval
from tests.analysis.lessons import Lesson, plain
from tests.analysis.scenes import FRAME_NS

SPAN = Interval(300 * FRAME_NS, 500 * FRAME_NS)


def lesson_with(stretch: np.ndarray) -> Lesson:
    shown = plain(40)
    shown[300:500] = stretch
    return Lesson(shown)


def coarse_behind(border: Border) -> Border:
    """As an encoder draws what follows a jump: the same coarse pattern over it, fainter from frame to frame."""
    fading = 14.0 * 0.5 ** np.arange(border.after.shape[0])
    coarse = np.sign(np.add.outer(np.arange(96) // 3 % 2, np.arange(160) // 3 % 2) - 0.5)
    after = np.clip(border.after + fading[:, None, None] * coarse, 0, 255).astype(np.uint8)
    return replace(border, after=after)


def test_a_stretch_turned_backward_is_told() -> None:
    lesson = lesson_with(np.arange(499, 299, -1))
    (found,) = find_relations([lesson.border(300), lesson.border(500)])
    assert found.kind is RelationKind.REVERSED
    assert found.interval == SPAN
    assert relation_findings([found])[0].kind is FindingKind.REVERSED


def test_a_stretch_turned_backward_is_told_where_an_encoder_recovers_behind_each_jump() -> None:
    lesson = lesson_with(np.arange(499, 299, -1))
    (found,) = find_relations([coarse_behind(lesson.border(300)), coarse_behind(lesson.border(500))])
    assert found.detail["motion_likeness"] > MAX_COUNTER_MOTION
    assert found.kind is RelationKind.REVERSED
    assert found.interval == SPAN


def test_a_jump_that_is_shown_twice_is_no_reversal() -> None:
    shown = np.concatenate([np.arange(300), np.arange(900, 1100), np.arange(250, 300), np.arange(900, 1150)])
    lesson = Lesson(shown)
    borders = [coarse_behind(lesson.border(300)), coarse_behind(lesson.border(550))]
    assert RelationKind.REVERSED not in {relation.kind for relation in find_relations(borders)}


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


def still_behind(border: Border) -> Border:
    """The same border with nobody moving behind it."""
    return replace(border, after=np.repeat(border.after[:1], border.after.shape[0], axis=0))


def test_a_stretch_turned_backward_is_told_where_everybody_sits_still_on_one_side() -> None:
    lesson = lesson_with(np.arange(499, 299, -1))
    borders = [coarse_behind(still_behind(lesson.border(at))) for at in (300, 500)]
    (found,) = find_relations(borders)
    assert found.kind is RelationKind.REVERSED


@pytest.mark.parametrize(
    ("partings", "expected"),
    [((1.7, 1.9), True), ((1.0, 2.4), True), ((2.4, 1.0), True), ((1.0, 1.8), False), ((0.6, 3.0), False)],
)
def test_how_far_time_must_run_apart_beside_the_borders(partings: tuple[float, float], expected: bool) -> None:
    assert _part(partings) is expected


def test_one_frame_s_motion_across_the_mirror_is_no_difference() -> None:
    rows = np.cumsum(np.ones((8, 60), np.float32), axis=0)
    assert _beyond_a_step(rows, rows - 1.0) == pytest.approx(0.0)
    assert _beyond_a_step(rows, rows - 3.0) == pytest.approx(np.sqrt(8.0))
