"""The lesson synthesiser: lessons that never repeat, from a seed, with exact ground truth.

Independent of the product: it renders what the product has to judge. ``python -m benchmarks.lessons --help``.
"""

from benchmarks.lessons.edit_text import parse_edit, parse_honest
from benchmarks.lessons.random_spec import random_spec
from benchmarks.lessons.render import render_lesson
from benchmarks.lessons.spec import (
    Absence,
    ClockStyle,
    Edit,
    EditKind,
    Encoding,
    Filming,
    HonestEvent,
    HonestKind,
    LessonSpec,
    SceneKind,
    SpecError,
)
from benchmarks.lessons.truth import EditTruth, HonestTruth, LessonTruth, PeopleSample, PersonBox

__all__ = [
    "Absence",
    "ClockStyle",
    "Edit",
    "EditKind",
    "EditTruth",
    "Encoding",
    "Filming",
    "HonestEvent",
    "HonestKind",
    "HonestTruth",
    "LessonSpec",
    "LessonTruth",
    "PeopleSample",
    "PersonBox",
    "SceneKind",
    "SpecError",
    "parse_edit",
    "parse_honest",
    "random_spec",
    "render_lesson",
]
