"""Tiny lessons for the synthesiser's own tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.lessons import Edit, LessonSpec, LessonTruth, parse_edit, render_lesson

Render = Callable[..., tuple[Path, LessonTruth]]


@pytest.fixture
def tiny() -> LessonSpec:
    """Four people for six seconds in a small picture."""
    return LessonSpec(seed=3, duration_s=6.0, size=(320, 180), people=4, absences=())


@pytest.fixture
def render(tiny: LessonSpec, tmp_path: Path) -> Render:
    """Render the tiny lesson with edits as typed and changed fields; hand back the file and its truth."""

    def rendered(*edits: str, **changes: object) -> tuple[Path, LessonTruth]:
        spec = replace(tiny, edits=tuple[Edit, ...](parse_edit(e) for e in edits))
        for name, value in changes.items():
            spec = replace(spec, **{name: value})  # type: ignore[arg-type]
        path = tmp_path / f"lesson-{len(list(tmp_path.iterdir()))}.{spec.encoding.container}"
        return path, render_lesson(spec, path)

    return rendered
