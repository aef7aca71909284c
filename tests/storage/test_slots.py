import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.storage.errors import AmbiguousNameError
from lessonproof.storage.slots import BadFileNameError, check_file_name, refuse_ambiguous, slot_of


@pytest.mark.parametrize(
    ("file", "slot"),
    [
        pytest.param("T1.mp4", "T1.mp4", id="plain"),
        pytest.param("recordings/day1/T1.mp4", "T1.mp4", id="in-folders"),
        pytest.param("录像/第一课.mp4", "第一课.mp4", id="chinese"),
        pytest.param(unicodedata.normalize("NFD", "é.mp4"), "é.mp4", id="decomposed"),
        pytest.param("sha256:" + "a" * 64, "sha256:" + "a" * 64, id="digest"),
    ],
)
def test_slot_of(file: str, slot: str) -> None:
    assert slot_of(file) == slot


@pytest.mark.parametrize(
    "name",
    ["", ".", "..", "a/b.mp4", "..\\b.mp4", "a\x00.mp4", "a\nb.mp4", "录" * 86, "\ud800.mp4"],
)
def test_names_that_are_no_file_names(name: str) -> None:
    with pytest.raises(BadFileNameError):
        check_file_name(name)


@given(st.text(min_size=1, max_size=60))
def test_an_accepted_name_is_one_part_of_a_path_and_stable(name: str) -> None:
    try:
        slot = check_file_name(name)
    except BadFileNameError:
        return
    assert "/" not in slot
    assert check_file_name(slot) == slot
    assert slot_of(slot) == slot


def test_two_recordings_of_one_name_are_refused() -> None:
    refuse_ambiguous(["a/T1.mp4", "a/T1.mp4", "a/T2.mp4"])
    with pytest.raises(AmbiguousNameError, match=r"a/T1\.mp4.*b/T1\.mp4"):
        refuse_ambiguous(["a/T1.mp4", "b/T1.mp4"])
