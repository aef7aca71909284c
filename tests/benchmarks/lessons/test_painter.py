from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.lessons import Absence, HonestEvent, HonestKind, LessonSpec, SceneKind
from benchmarks.lessons.actors import TEACHER
from benchmarks.lessons.painter import Painter


@pytest.fixture
def spec(tiny: LessonSpec) -> LessonSpec:
    return replace(
        tiny,
        duration_s=40.0,
        people=8,
        absences=(Absence(1, 4.0, 20.0),),
        honest=(HonestEvent(HonestKind.WALKER_CLOSE, 10.0, 2.0),),
    )


@pytest.mark.parametrize("scene", list(SceneKind))
def test_drawing_what_changed_is_the_same_as_drawing_everything(spec: LessonSpec, scene: SceneKind) -> None:
    spec = replace(spec, scene=scene)
    painter = Painter(spec)
    for time_s in (0.0, 0.04, 5.0, 7.52, 10.6, 11.0, 2.0, 30.0, 6.0):
        painter.paint(time_s)
        fresh = Painter(spec)
        fresh.paint(time_s)
        for plane, expected in zip(painter.planes, fresh.planes, strict=True):
            np.testing.assert_array_equal(plane, expected)


def test_who_is_seen_follows_the_scripts(spec: LessonSpec) -> None:
    painter = Painter(spec)
    painter.paint(0.0)
    seen = {s.person: s for s in painter.seen((0, 0))}
    assert {0, 1, TEACHER} <= set(seen)
    painter.paint(18.0)
    assert 1 not in {s.person for s in painter.seen((0, 0))}
    painter.paint(35.0)
    assert 1 in {s.person for s in painter.seen((0, 0))}


def test_boxes_lie_in_the_picture_and_heads_in_their_boxes(spec: LessonSpec) -> None:
    painter = Painter(spec)
    painter.paint(3.0)
    for seen in painter.seen((2, -2)):
        x0, y0, x1, y1 = seen.box_xyxy_px
        assert 0 <= x0 < x1 <= 320
        assert 0 <= y0 < y1 <= 180
        assert 0 <= seen.head_share <= 1
        if seen.head_share > 0.9:
            assert seen.head_xyxy_px[0] >= x0 - 8
            assert seen.head_xyxy_px[1] >= y0 - 6


def test_somebody_hidden_by_one_before_him_is_not_counted_as_seen(spec: LessonSpec) -> None:
    painter = Painter(spec)
    painter.paint(9.9)
    before = {s.person for s in painter.seen((0, 0)) if s.head_share >= 0.5}
    hidden: set[int] = set()
    for step in range(20):
        painter.paint(10 + step / 10)
        hidden |= before - {s.person for s in painter.seen((0, 0)) if s.head_share >= 0.5}
    assert hidden
