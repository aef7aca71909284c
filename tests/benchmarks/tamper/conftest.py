"""A tiny honest lesson, with and without B frames, for the editor to work on."""

from pathlib import Path

import pytest

from benchmarks.lessons.render import render_lesson
from benchmarks.lessons.spec import Encoding, LessonSpec


def tiny_lesson(folder: Path, seed: int, *, bframes: int = 0, container: str = "mp4", vfr: bool = False) -> Path:
    path = folder / f"lesson-{seed}-{bframes}.{container}"
    encoding = Encoding(gop=10, preset="ultrafast", bframes=bframes, container=container, threads=1)
    spec = LessonSpec(
        seed=seed, duration_s=6.0, fps=10, vfr=vfr, size=(160, 96), people=2, encoding=encoding, truth_step_s=1e5
    )
    render_lesson(spec, path)
    return path


@pytest.fixture(scope="session")
def lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lesson(tmp_path_factory.mktemp("lesson"), 3, bframes=2)


@pytest.fixture(scope="session")
def other_lesson(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_lesson(tmp_path_factory.mktemp("lesson"), 4, bframes=2)
