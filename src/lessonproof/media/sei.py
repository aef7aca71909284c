"""SEI messages: signatures that encoders leave inside the picture data, and recovery points.

Sources: ITU-T H.264 and H.265, annex D (payload types 5 and 6), section 7.3.1 (emulation prevention); the
identities are those that libx264 and libx265 write.
"""

from collections.abc import Iterator
from typing import Final

from lessonproof.evidence.file_marks import EncoderMark

_USER_DATA_UNREGISTERED: Final = 5
_RECOVERY_POINT: Final = 6
_UUID_BYTES: Final = 16
_X264: Final = bytes.fromhex("dc45e9bde6d948b7962cd820d923eeef")
_X265: Final = bytes.fromhex("2ca2de09b51747dbbb55a4fe7fc2fc4e")
_NAMES: Final = {_X264: "x264", _X265: "x265"}
_MAX_SEI_BYTES: Final = 4096
_MAX_TEXT_LETTERS: Final = 1500
_MAX_MESSAGES: Final = 32


def unescaped(unit: bytes) -> bytes:
    """Bytes of a unit without the emulation prevention bytes."""
    return unit.replace(b"\x00\x00\x03", b"\x00\x00")


def encoder_marks(sei_payload: bytes) -> Iterator[EncoderMark]:
    """Encoder signatures in one SEI unit.

    Args:
        sei_payload: the unit behind its header, still escaped; what lies behind the first 4096 bytes is not read.
    """
    for kind, message in _messages(sei_payload):
        if kind == _USER_DATA_UNREGISTERED and len(message) >= _UUID_BYTES:
            yield _mark(message)


def recovers_later(sei_payload: bytes) -> bool:
    """Whether one SEI unit announces that pictures are whole only some frames on (periodic intra refresh).

    Args:
        sei_payload: as for :func:`encoder_marks`.
    """
    # ``recovery_frame_cnt`` is an Exp-Golomb number: 0, which says at once, is a single 1 bit.
    points = [message for kind, message in _messages(sei_payload) if kind == _RECOVERY_POINT]
    return any(message and not message[0] & 0x80 for message in points)


def _messages(sei_payload: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and body of each whole message."""
    data = unescaped(sei_payload[:_MAX_SEI_BYTES])
    position = 0
    for _ in range(_MAX_MESSAGES):
        kind, position = _count(data, position)
        size, position = _count(data, position)
        if position + size > len(data):
            return
        yield kind, data[position : position + size]
        position += size


def _count(data: bytes, position: int) -> tuple[int, int]:
    """A number coded as bytes of 255 and a last one; the position behind the data where it does not end."""
    value = 0
    while position < len(data):
        byte = data[position]
        position += 1
        value += byte
        if byte != 0xFF:
            return value, position
    return 0, len(data) + 1


def _mark(message: bytes) -> EncoderMark:
    identity, body = message[:_UUID_BYTES], message[_UUID_BYTES:]
    name = _NAMES.get(identity)
    if name is None:
        return EncoderMark(identity.hex())  # what strangers write may be about people: it is not kept
    text = body.split(b"\0")[0].decode("ascii", "replace")[:_MAX_TEXT_LETTERS]
    head, _, settings = text.partition("options:")
    return EncoderMark(identity.hex(), name, " ".join(head.split())[:200].strip(" -") or None, settings.strip() or None)
