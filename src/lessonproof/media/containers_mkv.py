"""Marks of a Matroska or WebM file, read from its elements: applications, times, tracks, order of the outermost parts.

Bounded and safe on hostile bytes: an element that does not fit is left out. Clusters are walked over, never read.
Sources: RFC 8794 (EBML), RFC 9559 (Matroska: ``Info`` 5.1.2, ``TrackEntry`` 5.1.4, ``SimpleTag`` 5.1.8).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.file_marks import TrackMarks
from lessonproof.media.containers_mp4 import runs
from lessonproof.media.structure import SeekableBytes, matroska_segment, read_vint

_MAX_PART_BYTES: Final = 4 << 20
_MAX_PARTS: Final = 100_000
_MAX_CHILDREN: Final = 4096
_MAX_TEXT_BYTES: Final = 200
_CLUSTER: Final = 0x1F43B675
_INFO: Final = 0x1549A966
_TRACKS: Final = 0x1654AE6B
_TAGS: Final = 0x1254C367
_NAMES: Final = {
    0x114D9B74: "SeekHead",
    _INFO: "Info",
    _TRACKS: "Tracks",
    _CLUSTER: "Cluster",
    0x1C53BB6B: "Cues",
    0x1941A469: "Attachments",
    0x1043A770: "Chapters",
    _TAGS: "Tags",
    0xEC: "Void",
    0xBF: "CRC-32",
}
_EPOCH_2001_S: Final = 978_307_200
_KINDS: Final = {1: "video", 2: "audio"}
_DEFAULT_SCALE_NS: Final = 1_000_000
_MAX_DURATION_NS: Final = 1 << 62


@dataclass(frozen=True, slots=True)
class MatroskaMarks:
    """What the elements say.

    Attributes:
        parts: elements of the segment in file order, repeats as ``name*count``.
        muxer: ``MuxingApp``.
        writer: ``WritingApp``.
        created_s: ``DateUTC``, seconds since 1970 UTC; ``None`` where it is not set.
        duration_ns: the segment's claim; ``None`` where it claims nothing.
        timescale: ticks a second of block times; ``None`` without an ``Info``.
        tracks: in file order.
        not_examined: reason code where no segment could be read, else ``None``.
    """

    parts: tuple[str, ...]
    muxer: str | None
    writer: str | None
    created_s: int | None
    duration_ns: int | None
    timescale: int | None
    tracks: tuple[TrackMarks, ...]
    not_examined: str | None


def read_mkv_marks(file: SeekableBytes) -> MatroskaMarks:
    """Read the marks of a Matroska or WebM file."""
    segment = matroska_segment(file)
    if segment is None:
        return MatroskaMarks((), None, None, None, None, None, (), "no_segment")
    names: list[str] = []
    info: bytes = b""
    tracks: bytes = b""
    encoders: dict[int, str] = {}
    for kind, start, size in _parts(file, *segment):
        names.append(_NAMES.get(kind, "other"))
        if kind in {_INFO, _TRACKS, _TAGS} and size <= _MAX_PART_BYTES:
            file.seek(start)
            body = file.read(size)
            if kind == _INFO:
                info = info or body
            elif kind == _TRACKS:
                tracks = tracks or body
            else:
                encoders |= _track_encoders(body)
    fields = dict(_elements(info))
    scale_ns = _unsigned(fields.get(0x2AD7B1)) or _DEFAULT_SCALE_NS
    return MatroskaMarks(
        parts=runs(names),
        muxer=_text(fields.get(0x4D80)),
        writer=_text(fields.get(0x5741)),
        created_s=_date(fields.get(0x4461)),
        duration_ns=_duration(fields.get(0x4489), scale_ns),
        timescale=1_000_000_000 // scale_ns if info and scale_ns <= 1_000_000_000 else None,
        tracks=tuple(_track(entry, encoders) for kind, entry in _elements(tracks) if kind == 0xAE),
        not_examined=None if info else "no_info",
    )


def _parts(file: SeekableBytes, body: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Elements of the segment: identity, where their content begins, its size; ends at one of unknown size."""
    offset = body
    for _ in range(_MAX_PARTS):
        if offset >= end:
            return
        file.seek(offset)
        header = file.read(16)
        kind, kind_bytes = read_vint(header, keep_marker=True)
        size, size_bytes = read_vint(header[kind_bytes:], keep_marker=False)
        if kind_bytes == 0 or size_bytes == 0:
            return
        start = offset + kind_bytes + size_bytes
        yield kind, start, size
        if size == (1 << (7 * size_bytes)) - 1:
            return
        offset = start + size


def _elements(data: bytes | memoryview) -> Iterator[tuple[int, memoryview]]:
    """Elements inside one that was read; stops at the first one that does not fit."""
    view, offset = memoryview(data), 0
    for _ in range(_MAX_CHILDREN):
        header = bytes(view[offset : offset + 16])
        kind, kind_bytes = read_vint(header, keep_marker=True)
        size, size_bytes = read_vint(header[kind_bytes:], keep_marker=False)
        start = offset + kind_bytes + size_bytes
        if kind_bytes == 0 or size_bytes == 0 or start + size > len(view):
            return
        yield kind, view[start : start + size]
        offset = start + size


def _track(entry: memoryview, encoders: dict[int, str]) -> TrackMarks:
    fields = dict(_elements(entry))
    number = _unsigned(fields.get(0x73C5))
    return TrackMarks(
        kind=_KINDS.get(_unsigned(fields.get(0x83)) or 0, "other"),
        codec=_text(fields.get(0x86)),
        encoder=None if number is None else encoders.get(number),
    )


def _track_encoders(tags: bytes) -> dict[int, str]:
    """Track identity -> the ``ENCODER`` tag that some writers leave for each track; no other tag is read."""
    found: dict[int, str] = {}
    for kind, tag in _elements(tags):
        if kind != 0x7373:
            continue
        targets = next((dict(_elements(body)) for inner, body in _elements(tag) if inner == 0x63C0), {})
        number = _unsigned(targets.get(0x63C5))
        for inner, simple in _elements(tag):
            fields = dict(_elements(simple)) if inner == 0x67C8 else {}
            text = _text(fields.get(0x4487)) if _text(fields.get(0x45A3)) == "ENCODER" else None
            if number is not None and text is not None:
                found[number] = text
    return found


def _unsigned(data: memoryview | None) -> int | None:
    return None if data is None or not 0 < len(data) <= 8 else int.from_bytes(data, "big")


def _date(data: memoryview | None) -> int | None:
    if data is None or len(data) != 8:
        return None
    return int.from_bytes(data, "big", signed=True) // 1_000_000_000 + _EPOCH_2001_S


def _duration(data: memoryview | None, scale_ns: int) -> int | None:
    if data is None or len(data) not in {4, 8}:
        return None
    (ticks,) = struct.unpack(">f" if len(data) == 4 else ">d", data)
    scaled = ticks * scale_ns
    return int(scaled) if 0 < scaled < _MAX_DURATION_NS else None


def _text(data: memoryview | None) -> str | None:
    if data is None:
        return None
    text = bytes(data[:_MAX_TEXT_BYTES]).split(b"\0")[0].decode("utf-8", "replace")
    return "".join(letter for letter in text if letter.isprintable()).strip() or None
