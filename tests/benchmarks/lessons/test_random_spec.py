from __future__ import annotations

import pytest

from benchmarks.lessons import random_spec
from benchmarks.lessons.timeline import plan


@pytest.mark.parametrize("duration_s", [20.0, 600.0, 5400.0])
def test_every_seed_gives_a_lesson_that_can_be_planned(duration_s: float) -> None:
    for seed in range(40):
        spec = random_spec(seed, duration_s=duration_s, n_edits=3, n_honest=2)
        assert len(spec.edits) == 3
        assert len(spec.honest) == 2
        assert plan(spec).marks


def test_seeds_differ_and_repeat() -> None:
    specs = [random_spec(seed, n_edits=2) for seed in range(30)]
    assert len({repr(s) for s in specs}) == 30
    assert random_spec(5, n_edits=2) == specs[5]
    assert {s.scene for s in specs} == {"classroom", "workshop"}
    assert {s.encoding.codec for s in specs} == {"h264", "h265"}
    assert {s.encoding.container for s in specs} == {"mp4", "mkv", "ts"}
    assert {s.vfr for s in specs} == {True, False}
    assert len({s.people for s in specs}) > 12


def test_an_honest_lesson_has_no_edits() -> None:
    assert random_spec(3).edits == ()
