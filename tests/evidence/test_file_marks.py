"""File marks and recorder profiles go to JSON and back without loss."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.file_marks import FileMarks, marks_from_json, marks_to_json
from lessonproof.evidence.recorder_profile import RecorderProfile, profile_from_json, profile_to_json
from tests.evidence.values import WORDS, file_marks


@given(file_marks())
def test_marks_survive_the_way_through_json(marks: FileMarks) -> None:
    assert marks_from_json(json.loads(json.dumps(marks_to_json(marks)))) == marks


@given(st.integers(0, 99), st.dictionaries(WORDS, st.lists(WORDS, max_size=3).map(tuple), max_size=4))
def test_a_profile_survives_the_way_through_json(recordings: int, values: dict[str, tuple[str, ...]]) -> None:
    profile = RecorderProfile(recordings, values)
    assert profile_from_json(json.loads(json.dumps(profile_to_json(profile)))) == profile


def test_a_profile_of_another_shape_is_refused() -> None:
    with pytest.raises(TypeError, match="number of recordings"):
        profile_from_json({"recordings": "3", "values": {}})
    with pytest.raises(TypeError, match="list"):
        profile_from_json({"recordings": 3, "values": {"writer": "Lavf"}})
