"""What the outermost structure of a file says without a demuxer: is the index there, does the file end too early.

Sources: ISO/IEC 14496-12 (boxes), RFC 8794 (EBML), the RIFF/AVI description, ISO/IEC 13818-1 (188-byte packets).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol

_TS_PACKET_BYTES: Final = 188
_EBML_SEGMENT_ID: Final = 0x18538067
_MAX_BOXES: Final = 200_000


class SeekableBytes(Protocol):
    """What is read here: a file of known size."""

    size_bytes: int

    def read(self, size: int = -1, /) -> bytes:
        """Read up to ``size`` bytes."""

    def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to ``offset``."""


@dataclass(frozen=True, slots=True)
class Box:
    """One outermost MP4 box: where it begins and how long it claims to be."""

    kind: bytes
    offset_bytes: int
    size_bytes: int

    @property
    def end_bytes(self) -> int:
        """First byte behind the box, as claimed."""
        return self.offset_bytes + self.size_bytes


def mp4_boxes(file: SeekableBytes) -> Iterator[Box]:
    """Walk the outermost boxes; the last one may claim more than the file holds."""
    offset = 0
    for _ in range(_MAX_BOXES):
        if offset + 8 > file.size_bytes:
            return
        file.seek(offset)
        header = file.read(16)
        size, kind = struct.unpack(">I4s", header[:8])
        if size == 1 and len(header) == 16:
            (size,) = struct.unpack(">Q", header[8:16])
        elif size == 0:
            size = file.size_bytes - offset
        if size < 8:
            return
        yield Box(kind, offset, size)
        offset += size


def mp4_has_index(file: SeekableBytes) -> bool:
    """Whether a complete ``moov`` box lies in the file."""
    return any(box.kind == b"moov" and box.end_bytes <= file.size_bytes for box in mp4_boxes(file))


def missing_bytes(file: SeekableBytes, container: str) -> int:
    """Bytes that the file's own structure promises beyond its end; 0 where the structure is complete or says nothing.

    Args:
        file: the recording.
        container: demuxer name as returned by ``container_of``.
    """
    if container == "mov":
        end = max((box.end_bytes for box in mp4_boxes(file)), default=file.size_bytes)
    elif container == "avi":
        file.seek(4)
        end = struct.unpack("<I", file.read(4))[0] + 8
    elif container == "matroska":
        end = _matroska_end(file)
    elif container == "mpegts":
        rest = file.size_bytes % _TS_PACKET_BYTES
        end = file.size_bytes + (_TS_PACKET_BYTES - rest if rest and _is_plain_ts(file) else 0)
    elif container == "gif":
        file.seek(file.size_bytes - 1)
        end = file.size_bytes + (0 if file.read(1) == b"\x3b" else 1)
    else:
        end = file.size_bytes
    return max(0, end - file.size_bytes)


def _is_plain_ts(file: SeekableBytes) -> bool:
    file.seek(0)
    head = file.read(2 * _TS_PACKET_BYTES)
    return head[:1] == b"G" and head[_TS_PACKET_BYTES : _TS_PACKET_BYTES + 1] == b"G"


def _matroska_end(file: SeekableBytes) -> int:
    """Where the Segment element claims to end; the file's end where its size is declared unknown (a live recording)."""
    found = matroska_segment(file)
    return file.size_bytes if found is None else found[1]


def matroska_segment(file: SeekableBytes) -> tuple[int, int] | None:
    """Where the content of the Segment element begins and claims to end; ``None`` where there is no such element.

    A segment of unknown size (a live recording) ends with the file.
    """
    offset = 0
    for _ in range(16):
        file.seek(offset)
        header = file.read(16)
        element_id, id_bytes = read_vint(header, keep_marker=True)
        size, size_bytes = read_vint(header[id_bytes:], keep_marker=False)
        if id_bytes == 0 or size_bytes == 0:
            return None
        body = offset + id_bytes + size_bytes
        if element_id == _EBML_SEGMENT_ID:
            unknown = (1 << (7 * size_bytes)) - 1
            return body, file.size_bytes if size == unknown else body + size
        offset = body + size
    return None


def read_vint(data: bytes, *, keep_marker: bool) -> tuple[int, int]:
    """Decode an EBML variable-length integer: value and its length in bytes, ``(0, 0)`` where there is none."""
    if not data or data[0] == 0:
        return 0, 0
    length = 9 - data[0].bit_length()
    if len(data) < length:
        return 0, 0
    value = int.from_bytes(data[:length], "big")
    return (value if keep_marker else value & ((1 << (7 * length)) - 1)), length
