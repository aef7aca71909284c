"""Marks of an MP4 or MOV file, read from its boxes: brands, times, tracks, edit lists, device tags.

Bounded and safe on hostile bytes: a box that does not fit is left out, never followed. Only ``ftyp`` and ``moov`` are
read; picture data never is.
Sources: ISO/IEC 14496-12 (``mvhd`` 8.2.2, ``tkhd`` 8.3.2, ``mdhd`` 8.4.2, ``hdlr`` 8.4.3, ``stts`` and ``ctts`` 8.6.1,
``elst`` 8.6.6), Apple QuickTime File Format (``udta``, ``meta`` with ``keys`` and ``ilst``).
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.file_marks import EditSegment, TrackMarks
from lessonproof.evidence.intervals import rescale_ns
from lessonproof.media.structure import SeekableBytes, mp4_boxes

MAX_MOOV_BYTES: Final = 256 << 20
"""Above this a ``moov`` is not read: eight hours of video and sound take some 20 MB."""
MAX_LISTED_BOXES: Final = 64
_MAX_CHILDREN: Final = 4096
_MAX_EDITS: Final = 4096
_FIRST_SAMPLES: Final = 32
_MAX_TEXT_BYTES: Final = 200
_EPOCH_1904_S: Final = 2_082_844_800
_MAC_TIME_MAX_S: Final = _EPOCH_1904_S + 0xFFFF_FFFF
_KINDS: Final = {b"vide": "video", b"soun": "audio"}
_UDTA_TEXTS: Final = {b"\xa9mak": "make", b"\xa9mod": "model", b"\xa9swr": "writer", b"\xa9too": "writer"}
_META_TEXTS: Final = {
    "com.apple.quicktime.make": "make",
    "com.apple.quicktime.model": "model",
    "com.apple.quicktime.software": "system",
    "com.android.manufacturer": "make",
    "com.android.model": "model",
    "com.android.version": "system",
}
_VISUAL_NAME: Final = slice(50, 82)
"""``compressorname`` of a visual sample entry, counted from its format: a length byte and up to 31 letters."""


Rows = NDArray[np.int64]
"""Shape ``(N, 2)``: count and value of each run."""


@dataclass(frozen=True, slots=True)
class Mp4Marks:
    """What the boxes say.

    Attributes:
        major_brand: of ``ftyp``; ``None`` without one.
        brands: compatible brands.
        boxes: outermost boxes, repeats as ``name*count``.
        created_s: of ``mvhd``, seconds since 1970 UTC.
        modified_s: likewise.
        duration_ns: of ``mvhd``; ``None`` where it claims nothing.
        tracks: in file order.
        texts: ``make``, ``model``, ``system``, ``writer`` where the file names them.
        not_examined: reason code where the index could not be read, else ``None``.
    """

    major_brand: str | None
    brands: tuple[str, ...]
    boxes: tuple[str, ...]
    created_s: int | None
    modified_s: int | None
    duration_ns: int | None
    tracks: tuple[TrackMarks, ...]
    texts: dict[str, str]
    not_examined: str | None


def read_mp4_marks(file: SeekableBytes) -> Mp4Marks:
    """Read the marks of an MP4 or MOV file."""
    names: list[str] = []
    brand: bytes = b""
    moov: bytes | None = None
    reason: str | None = "no_index"
    for box in mp4_boxes(file):
        names.append(_letters(box.kind))
        inside = min(box.end_bytes, file.size_bytes) - box.offset_bytes
        if box.kind == b"ftyp" and not brand and inside <= MAX_MOOV_BYTES:
            brand = _read(file, box.offset_bytes, min(inside, 1024))[8:]
        elif box.kind == b"moov" and moov is None:
            if inside > MAX_MOOV_BYTES or box.end_bytes > file.size_bytes:
                reason = "index_too_large" if inside > MAX_MOOV_BYTES else "index_cut_off"
                continue
            moov, reason = _read(file, box.offset_bytes, inside), None
    created = modified = duration = None
    tracks: tuple[TrackMarks, ...] = ()
    texts: dict[str, str] = {}
    if moov is not None:
        created, modified, timescale, ticks = _header(_child(moov, b"mvhd"))
        duration = _duration(ticks, timescale)
        tracks = tuple(_track(trak, timescale) for kind, trak in _children(moov) if kind == b"trak")
        texts = _texts(moov)
    return Mp4Marks(
        major_brand=_letters(brand[:4]) if len(brand) >= 4 else None,
        brands=tuple(_letters(brand[at : at + 4]) for at in range(8, len(brand) - 3, 4))[:32],
        boxes=runs(names),
        created_s=created,
        modified_s=modified,
        duration_ns=duration,
        tracks=tracks,
        texts=texts,
        not_examined=reason,
    )


def runs(names: list[str]) -> tuple[str, ...]:
    """Names in order, neighbours that are equal told once with their number; a fragmented file's pairs likewise."""
    found: list[tuple[str, int]] = []
    for name in names:
        if found and found[-1][0] == name:
            found[-1] = (name, found[-1][1] + 1)
        elif len(found) > 1 and name in {"moof", "mdat"} and found[-2][0] == name and found[-1][0] in {"moof", "mdat"}:
            found[-2] = (name, found[-2][1] + 1)
            found[-2:] = [found[-1], found[-2]]
        else:
            found.append((name, 1))
    return tuple(name if count == 1 else f"{name}*{count}" for name, count in found[:MAX_LISTED_BOXES])


def _read(file: SeekableBytes, offset: int, size: int) -> bytes:
    file.seek(offset)
    return file.read(size)


def _children(box: bytes | memoryview, skip: int = 8) -> Iterator[tuple[bytes, memoryview]]:
    """Boxes inside a box, each with its own header; stops at the first one that does not fit."""
    view = memoryview(box)
    position = skip
    for _ in range(_MAX_CHILDREN):
        if position + 8 > len(view):
            return
        size, kind = struct.unpack_from(">I4s", view, position)
        if size < 8 or position + size > len(view):
            return
        yield kind, view[position : position + size]
        position += size


def _child(box: bytes | memoryview | None, *path: bytes) -> memoryview | None:
    """The first box on a path of kinds; ``None`` where there is none."""
    found: memoryview | None = None if box is None else memoryview(box)
    for kind in path:
        found = None if found is None else next((inner for name, inner in _children(found) if name == kind), None)
    return found


def _header(box: memoryview | None) -> tuple[int | None, int | None, int | None, int | None]:
    """Creation and modification time, timescale and duration of ``mvhd`` or ``mdhd``."""
    if box is None or len(box) < 32 or (box[8] == 1 and len(box) < 44):
        return None, None, None, None
    unknown = 0xFFFF_FFFF
    if box[8] == 1:
        created, modified, timescale, duration = struct.unpack_from(">QQIQ", box, 12)
        unknown = 0xFFFF_FFFF_FFFF_FFFF
    else:
        created, modified, timescale, duration = struct.unpack_from(">IIII", box, 12)
    return _utc(created), _utc(modified), timescale or None, duration if duration not in {0, unknown} else None


def _utc(mac_s: int) -> int | None:
    """Seconds since 1970 of seconds since 1904; ``None`` where nothing is set. Some writers count from 1970."""
    if mac_s == 0 or mac_s > _MAC_TIME_MAX_S:
        return None
    return mac_s - _EPOCH_1904_S if mac_s >= _EPOCH_1904_S else mac_s


def _duration(ticks: int | None, timescale: int | None) -> int | None:
    return None if ticks is None or timescale is None else rescale_ns(ticks, 1, timescale)


def _track(trak: memoryview, movie_timescale: int | None) -> TrackMarks:
    mdia = _child(trak, b"mdia")
    handler = _child(mdia, b"hdlr")
    kind = bytes(handler[16:20]) if handler is not None and len(handler) >= 20 else b""
    created, modified, timescale, ticks = _header(_child(mdia, b"mdhd"))
    table = _child(mdia, b"minf", b"stbl")
    entry = _sample_entry(table)
    start, end = _media_span(table)
    return TrackMarks(
        kind=_KINDS.get(kind, "other"),
        codec=_letters(bytes(entry[4:8])) if entry is not None and len(entry) >= 8 else None,
        handler=_handler_name(handler),
        encoder=_compressor(entry) if kind == b"vide" and entry is not None else None,
        timescale=timescale,
        duration_ns=_duration(ticks, timescale),
        created_s=created,
        modified_s=modified,
        media_start_ns=None if start is None or timescale is None else rescale_ns(start, 1, timescale),
        media_end_ns=None if end is None or timescale is None else rescale_ns(end, 1, timescale),
        edits=_edits(_child(trak, b"edts", b"elst"), timescale, movie_timescale),
    )


def _sample_entry(table: memoryview | None) -> memoryview | None:
    stsd = _child(table, b"stsd")
    return None if stsd is None else next((entry for _, entry in _children(stsd, skip=16)), None)


def _handler_name(handler: memoryview | None) -> str | None:
    """Name of a handler: ended by a zero (MP4), or behind a length byte (QuickTime)."""
    if handler is None or len(handler) <= 32:
        return None
    name = bytes(handler[32 : 32 + _MAX_TEXT_BYTES])
    if name[0] < 32 and name[0] == len(name.rstrip(b"\0")) - 1:
        name = name[1:]
    return _text(name.split(b"\0")[0])


def _compressor(entry: memoryview) -> str | None:
    field = bytes(entry[_VISUAL_NAME])
    return _text(field[1 : 1 + min(31, field[0])].split(b"\0")[0]) if len(field) == 32 else None


def _media_span(table: memoryview | None) -> tuple[int | None, int | None]:
    """First presentation time and end of the samples in the media's own ticks; no table of all samples is made.

    Bidirectional coding delays the whole presentation by the offset of the first pictures.
    """
    steps = _pairs(_child(table, b"stts"))
    if steps is None or steps.size == 0:
        return None, None
    total = int(np.dot(steps[:, 0].astype(np.float64), steps[:, 1].astype(np.float64)))
    if not 0 < total < 1 << 53:
        return None, None
    offsets = _pairs(_child(table, b"ctts"))
    if offsets is None or offsets.size == 0:
        return 0, total
    shifts = _first_of(offsets).astype(np.uint32).view(np.int32).astype(np.int64)
    decoded = np.concatenate([[0], np.cumsum(_first_of(steps))])
    count = min(shifts.size, decoded.size)
    lead = max(0, int((decoded[:count] + shifts[:count]).min()))
    return lead, total + lead


def _first_of(rows: Rows) -> NDArray[np.int64]:
    """Values of the first samples of a run-length table."""
    head = rows[:_FIRST_SAMPLES]
    return np.repeat(head[:, 1], np.minimum(head[:, 0], _FIRST_SAMPLES))[:_FIRST_SAMPLES]


def _pairs(box: memoryview | None) -> Rows | None:
    """Rows of two 32-bit numbers of ``stts`` or ``ctts``."""
    if box is None or len(box) < 16:
        return None
    (claimed,) = struct.unpack_from(">I", box, 12)
    count = min(claimed, (len(box) - 16) // 8)
    return np.frombuffer(box, ">u4", 2 * count, 16).reshape(count, 2).astype(np.int64)


def _edits(elst: memoryview | None, timescale: int | None, movie_timescale: int | None) -> tuple[EditSegment, ...]:
    if elst is None or len(elst) < 16 or timescale is None or movie_timescale is None:
        return ()
    (claimed,) = struct.unpack_from(">I", elst, 12)
    layout = struct.Struct(">Qqhh" if elst[8] == 1 else ">Iihh")
    count = min(claimed, (len(elst) - 16) // layout.size, _MAX_EDITS)
    found: list[EditSegment] = []
    for number in range(count):
        length, start, whole, part = layout.unpack_from(elst, 16 + number * layout.size)
        found.append(
            EditSegment(
                start_ns=None if start < 0 else rescale_ns(start, 1, timescale),
                length_ns=rescale_ns(length, 1, movie_timescale),
                rate=whole + (part & 0xFFFF) / 65536,
            )
        )
    return tuple(found)


def _texts(moov: bytes) -> dict[str, str]:
    """Make, model, system and writing application; nothing else of what a file may say of its owner is read."""
    found: dict[str, str] = {}
    udta = _child(moov, b"udta")
    for kind, box in _children(udta) if udta is not None else ():
        if kind in _UDTA_TEXTS and len(box) > 12:
            _put(found, _UDTA_TEXTS[kind], _text(bytes(box[12 : 12 + _MAX_TEXT_BYTES])))
    for meta in (_child(moov, b"meta"), _child(udta, b"meta")):
        if meta is not None and len(meta) > 16:
            # QuickTime's ``meta`` is a plain box, MP4's has a version and flags in front of its children.
            skip = 8 if bytes(meta[12:16]) in {b"hdlr", b"mhdr"} else 12
            _put_meta(found, meta, skip)
    return found


def _put_meta(found: dict[str, str], meta: memoryview, skip: int) -> None:
    keys: list[str] = []
    for kind, box in _children(meta, skip):
        if kind == b"keys":
            keys = [_text(bytes(key[8:])) or "" for _, key in _children(box, skip=16)]
        elif kind == b"ilst":
            for item, content in _children(box):
                data = _child(content, b"data")
                if data is None or len(data) <= 16:
                    continue
                number = int.from_bytes(item, "big")
                name = _META_TEXTS.get(keys[number - 1]) if 0 < number <= len(keys) else _UDTA_TEXTS.get(item)
                if name is not None:
                    _put(found, name, _text(bytes(data[16 : 16 + _MAX_TEXT_BYTES])))


def _put(found: dict[str, str], name: str, text: str | None) -> None:
    if text is not None:
        found.setdefault(name, text)


def _text(data: bytes) -> str | None:
    """Printable text of a field; ``None`` where there is none."""
    text = data.decode("utf-8", "replace")
    text = "".join(letter for letter in text if letter.isprintable()).strip()
    return text or None


def _letters(kind: bytes) -> str:
    """A four-letter code as text; letters that are none as points."""
    return "".join(chr(byte) if 32 <= byte < 127 else "." for byte in kind).strip()
