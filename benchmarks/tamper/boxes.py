"""Two patches of an MP4's boxes: an edit list that hides a stretch, and a rotation flag.

ISO/IEC 14496-12: ``elst`` 8.6.6, ``tkhd`` 8.3.2, ``mvhd`` 8.2.2. The movie box must be the last one: it may grow.
"""

import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_CONTAINERS: Final = frozenset({b"moov", b"trak", b"mdia"})
_MATRIX: Final = {
    90: (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000),
    180: (-0x10000, 0, 0, 0, -0x10000, 0, 0, 0, 0x40000000),
    270: (0, -0x10000, 0, 0x10000, 0, 0, 0, 0, 0x40000000),
}


@dataclass(frozen=True, slots=True)
class Box:
    """A box: its type and what stands behind its header; ``parts`` for a box of boxes."""

    kind: bytes
    body: bytes
    parts: tuple["Box", ...] | None = None

    def child(self, kind: bytes) -> "Box":
        """The first inner box of a type; ``KeyError`` where there is none."""
        for part in self.parts or ():
            if part.kind == kind:
                return part
        raise KeyError(f"{self.kind!r} has no box {kind!r}")

    def to_bytes(self) -> bytes:
        """As in the file."""
        body = self.body if self.parts is None else b"".join(part.to_bytes() for part in self.parts)
        return struct.pack(">I4s", len(body) + 8, self.kind) + body


def hide_stretch(path: Path, start_s: float, end_s: float) -> None:
    """Give each track an edit list of two entries: before ``start_s`` and from ``end_s`` on (media time)."""

    def hidden(moov: Box) -> Box:
        movie_scale, _ = _times(moov.child(b"mvhd"))
        return _mapped(moov, b"trak", lambda trak: _with_edits(trak, movie_scale, start_s, end_s))

    _rewrite_movie(path, hidden)


def set_rotation(path: Path, degrees: int) -> None:
    """Set the display matrix of every track to a clockwise rotation: 90, 180 or 270."""
    matrix = struct.pack(">9i", *_MATRIX[degrees])

    def turned(trak: Box) -> Box:
        return _mapped(trak, b"tkhd", lambda box: Box(box.kind, box.body[:-44] + matrix + box.body[-8:]))

    _rewrite_movie(path, lambda moov: _mapped(moov, b"trak", turned))


def parse(data: bytes) -> tuple[Box, ...]:
    """Boxes one after the other; ``ValueError`` for sizes that do not add up."""
    return tuple(_boxes(data))


def _boxes(data: bytes) -> Iterator[Box]:
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8 or at + size > len(data):
            raise ValueError(f"box {kind!r} of {size} bytes at {at} does not fit")
        body = data[at + 8 : at + size]
        yield Box(kind, body, parse(body) if kind in _CONTAINERS else None)
        at += size


def _rewrite_movie(path: Path, change: Callable[[Box], Box]) -> None:
    """Replace the movie box, which must be the last one of the file."""
    with path.open("r+b") as file:
        at = 0
        while header := file.read(8):
            size, kind = struct.unpack(">I4s", header)
            if size == 1:
                (size,) = struct.unpack(">Q", file.read(8))
            if kind == b"moov":
                file.seek(at)
                data = file.read()
                if len(data) != size:
                    raise ValueError("the movie box must be the last one")
                (moov,) = parse(data)
                file.seek(at)
                file.write(change(moov).to_bytes())
                file.truncate()
                return
            at += size
            file.seek(at)
    raise ValueError(f"{path} has no movie box")


def _mapped(box: Box, kind: bytes, change: Callable[[Box], Box]) -> Box:
    return Box(box.kind, b"", tuple(change(part) if part.kind == kind else part for part in box.parts or ()))


def _times(header: Box) -> tuple[int, int]:
    """Timescale and duration of ``mvhd`` or ``mdhd``."""
    if header.body[0] == 0:
        scale, duration = struct.unpack_from(">II", header.body, 12)
    else:
        scale, duration = struct.unpack_from(">IQ", header.body, 20)
    return int(scale), int(duration)


def _with_edits(trak: Box, movie_scale: int, start_s: float, end_s: float) -> Box:
    scale, duration = _times(trak.child(b"mdia").child(b"mdhd"))
    offset, total_s = _presented(trak, movie_scale) or (0, duration / scale)
    stretches = ((0.0, start_s), (end_s, total_s))
    entries = b"".join(
        struct.pack(">Iihh", round((b - a) * movie_scale), offset + round(a * scale), 1, 0) for a, b in stretches
    )
    elst = Box(b"elst", struct.pack(">II", 0, len(stretches)) + entries)
    edts = Box(b"edts", elst.to_bytes())
    kept = [part for part in trak.parts or () if part.kind != b"edts"]
    return Box(trak.kind, b"", (kept[0], edts, *kept[1:]))


def _presented(trak: Box, movie_scale: int) -> tuple[int, float] | None:
    """Media time and length of the one entry that a muxer writes for the decoder's delay; ``None`` without."""
    lists = [box.body for box in trak.parts or () if box.kind == b"edts"]
    if not lists or struct.unpack_from(">I", lists[0], 12)[0] != 1:
        return None
    length, start = struct.unpack_from(">Qq" if lists[0][8] else ">Ii", lists[0], 16)
    return int(start), length / movie_scale
