"""What all tests share: property tests without a stopwatch, and lessons that are rendered once a session."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import settings

from benchmarks.lessons import LessonSpec, LessonTruth, render_lesson

# A busy machine is no bug, so no deadline; a run leaves nothing behind in the tree, so no database.
settings.register_profile("house", deadline=None, database=None, print_blob=True)
settings.load_profile("house")


@dataclass(frozen=True, slots=True)
class Lesson:
    """A rendered lesson and the truth about it."""

    path: Path
    truth: LessonTruth


LessonRenderer = Callable[[LessonSpec], Lesson]


@pytest.fixture(scope="session")
def rendered_lesson(tmp_path_factory: pytest.TempPathFactory) -> LessonRenderer:
    """Render a lesson, or hand back the one that was rendered from an equal specification; read only."""
    folder = tmp_path_factory.mktemp("lessons")
    known: list[tuple[LessonSpec, Lesson]] = []

    def rendered(spec: LessonSpec) -> Lesson:
        for earlier, lesson in known:
            if earlier == spec:
                return lesson
        path = folder / f"{len(known):03d}.{spec.encoding.container}"
        lesson = Lesson(path, render_lesson(spec, path))
        known.append((spec, lesson))
        return lesson

    return rendered
