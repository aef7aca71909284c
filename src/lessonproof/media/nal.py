"""Damage that shows without decoding: the units inside a length-prefixed H.264 or H.265 packet must add up.

Sources: ISO/IEC 14496-15 (length prefixes, ``avcC``, ``hvcC``), ITU-T H.264 and H.265 section 7.4 (unit headers).
"""

import struct
from typing import Final

_AVCC_LENGTH_BYTE: Final = 4
_HVCC_LENGTH_BYTE: Final = 21
_H264_LAST_TYPE: Final = 21


def length_prefix_bytes(codec: str, extradata: bytes | None) -> int | None:
    """Size of the length prefixes, or ``None`` where the track carries start codes instead."""
    position = {"h264": _AVCC_LENGTH_BYTE, "hevc": _HVCC_LENGTH_BYTE}.get(codec)
    if position is None or not extradata or extradata[0] != 1 or len(extradata) <= position:
        return None
    return (extradata[position] & 3) + 1


def units_add_up(packet: memoryview, prefix_bytes: int, codec: str) -> bool:
    """Whether the packet is a whole chain of units with plausible headers.

    Args:
        packet: bytes of one coded picture.
        prefix_bytes: size of each length prefix, 1 to 4.
        codec: ``h264`` or ``hevc``.
    """
    position, end = 0, len(packet)
    is_h264 = codec == "h264"
    while position + prefix_bytes < end:
        if prefix_bytes == 4:
            (length,) = struct.unpack_from(">I", packet, position)
        else:
            length = int.from_bytes(packet[position : position + prefix_bytes], "big")
        position += prefix_bytes
        if length == 0 or position + length > end:
            return False
        header = packet[position]
        if header & 0x80:
            return False
        if is_h264 and not 1 <= header & 0x1F <= _H264_LAST_TYPE:
            return False
        position += length
    return position == end
