"""What a stored picture says of itself: how people in it were made unrecognisable, and which moment it shows.

The note is a JPEG comment (marker ``COM``, ITU-T T.81, B.2.4.5), so that it cannot be parted from the picture: whatever
shows a picture asks the picture itself whether it may be shown. A picture without a note was made by a version that
blurred nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

_PREFIX: Final = b"lessonproof.picture/1 "
_START_OF_IMAGE: Final = b"\xff\xd8"
_COMMENT: Final = 0xFE
_START_OF_SCAN: Final = 0xDA
_APPLICATION_DATA: Final = range(0xE0, 0xF0)
_HEAD_BYTES: Final = 4
"""Marker and length of a segment; the length counts itself and not the marker."""


class Privacy(StrEnum):
    """How the people in a picture were made unrecognisable."""

    HEADS = "heads_blurred"
    """The heads that a detector found are blurred."""
    WHOLE = "whole_coarsened"
    """No detector was there to find heads, so the whole picture is coarse."""


@dataclass(frozen=True, slots=True)
class PictureNote:
    """What a picture says of itself.

    Attributes:
        time_ns: moment that it shows, nanoseconds from the recording's first presented frame, >= 0.
        privacy: how the people in it were made unrecognisable.
        marked: boxes drawn around people; ``None`` where none were to be drawn.
    """

    time_ns: int
    privacy: Privacy
    marked: int | None = None

    def __post_init__(self) -> None:
        if self.time_ns < 0 or (self.marked is not None and self.marked < 0):
            raise ValueError(f"neither time nor number of boxes is below 0: {self}")


def with_note(jpeg: bytes, note: PictureNote) -> bytes:
    """The same picture with its note.

    Raises:
        ValueError: the bytes are no JPEG.
    """
    place = next((start for start, marker, _ in _segments(jpeg) if marker not in _APPLICATION_DATA), None)
    if place is None:
        raise ValueError("a note goes into a JPEG")
    value = {"time_ns": note.time_ns, "privacy": note.privacy.value, "marked": note.marked}
    content = _PREFIX + json.dumps(value, sort_keys=True).encode("ascii")
    comment = b"\xff" + bytes([_COMMENT]) + (len(content) + 2).to_bytes(2, "big") + content
    return jpeg[:place] + comment + jpeg[place:]


def note_of(picture: bytes) -> PictureNote | None:
    """The note of a picture; ``None`` where it has none, or none that can be understood."""
    for _, marker, content in _segments(picture):
        if marker == _COMMENT and content.startswith(_PREFIX):
            return _parsed(content.removeprefix(_PREFIX))
    return None


def _parsed(text: bytes) -> PictureNote | None:
    try:
        value = json.loads(text)
        time_ns, marked = value["time_ns"], value["marked"]
        if type(time_ns) is not int or not (marked is None or type(marked) is int):
            return None
        return PictureNote(time_ns, Privacy(value["privacy"]), marked)
    except (ValueError, KeyError, TypeError):
        return None


def _segments(jpeg: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Place, marker and content of the segments before the picture's own data; nothing for other files."""
    place = len(_START_OF_IMAGE)
    if not jpeg.startswith(_START_OF_IMAGE):
        return
    while place + _HEAD_BYTES <= len(jpeg) and jpeg[place] == 0xFF:
        marker, length = jpeg[place + 1], int.from_bytes(jpeg[place + 2 : place + _HEAD_BYTES], "big")
        if length < 2:
            return
        yield place, marker, jpeg[place + _HEAD_BYTES : place + 2 + length]
        if marker == _START_OF_SCAN:
            return
        place += 2 + length
