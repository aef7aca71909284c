"""A picture tells what was done to it, and keeps being the same picture."""

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.picture_note import PictureNote, Privacy, note_of, with_note

JPEG = bytes(cv2.imencode(".jpg", np.arange(3 * 24 * 32, dtype=np.uint32).reshape(24, 32, 3).astype(np.uint8))[1])
NOTES = st.builds(
    PictureNote, st.integers(0, 10**14), st.sampled_from(Privacy), st.none() | st.integers(min_value=0, max_value=10**4)
)


@given(NOTES)
def test_what_is_written_is_read(note: PictureNote) -> None:
    noted = with_note(JPEG, note)
    assert note_of(noted) == note
    before, after = (cv2.imdecode(np.frombuffer(j, np.uint8), cv2.IMREAD_COLOR) for j in (JPEG, noted))
    assert before is not None
    assert after is not None
    assert np.array_equal(before, after)
    assert noted[:4] == JPEG[:4], "the JFIF header stays first"


@given(st.binary(max_size=400))
def test_other_bytes_have_no_note(content: bytes) -> None:
    assert note_of(content) is None
    assert note_of(b"\xff\xd8" + content) is None


@given(st.integers(0, len(JPEG) + 80))
def test_a_picture_cut_off_anywhere_does_no_harm(length: int) -> None:
    note_of(with_note(JPEG, PictureNote(1, Privacy.HEADS))[:length])


def test_a_picture_of_an_earlier_version_has_none() -> None:
    assert note_of(JPEG) is None


@pytest.mark.parametrize(
    ("told", "instead"),
    [
        pytest.param(b'"heads_blurred"', b'"nothing_done!"', id="unknown-word"),
        pytest.param(b'"time_ns": 7', b'"time_ns":-7', id="no-time"),
        pytest.param(b'"time_ns": 7', b'"time_ns": t', id="no-json"),
        pytest.param(b'"marked": null', b'"marked": true', id="no-number"),
        pytest.param(b"picture/1", b"picture/2", id="another-version"),
    ],
)
def test_a_note_that_cannot_be_understood_is_none(told: bytes, instead: bytes) -> None:
    noted = with_note(JPEG, PictureNote(7, Privacy.HEADS))
    assert told in noted
    assert note_of(noted.replace(told, instead)) is None


def test_notes_go_into_pictures_only() -> None:
    with pytest.raises(ValueError, match="JPEG"):
        with_note(b"\x89PNG", PictureNote(0, Privacy.WHOLE))
    with pytest.raises(ValueError, match="below 0"):
        PictureNote(-1, Privacy.WHOLE)
