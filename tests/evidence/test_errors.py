"""Errors keep both languages on their way out of a worker, and every code is one error's own."""

import pickle

import pytest

import lessonproof.evidence.errors as errors_module
from lessonproof.evidence.errors import (
    DocumentError,
    InfrastructureError,
    InputError,
    LessonProofError,
    RecordingError,
)

ALL = [kind for kind in vars(errors_module).values() if isinstance(kind, type) and issubclass(kind, LessonProofError)]


@pytest.mark.parametrize("kind", ALL, ids=lambda kind: kind.__name__)
def test_an_error_survives_pickling(kind: type[LessonProofError]) -> None:
    back = pickle.loads(pickle.dumps(kind("what", "什么")))  # noqa: S301 - our own bytes
    assert type(back) is kind
    assert (back.en, back.zh, str(back)) == ("what", "什么", "what")


def test_one_language_stands_for_both() -> None:
    assert RecordingError("only this").zh == "only this"


def test_codes_are_unique() -> None:
    assert len({kind.code for kind in ALL}) == len(ALL)


@pytest.mark.parametrize("kind", [RecordingError, DocumentError])
def test_the_input_is_at_fault_or_infrastructure_is(kind: type[LessonProofError]) -> None:
    assert issubclass(kind, InputError)
    assert not issubclass(kind, InfrastructureError)
