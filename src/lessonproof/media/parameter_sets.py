"""What random-access pictures say of the encoder's state, read from their first bytes without decoding.

An encoder that runs through writes the same parameter sets all the way, signs itself once (or at every random-access
picture), and numbers its IDR pictures in a fixed order. Where one of these starts anew in the middle of a recording,
another encoder run begins there: its packets were appended.
Sources: ITU-T H.264 sections 7.3.1, 7.3.2.1, 7.3.3 and 7.4.3 (``idr_pic_id``), ITU-T H.265 section 7.3.1,
ISO/IEC 14496-15 (``avcC``, ``hvcC``).
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.joint_keys import KeyMarks
from lessonproof.evidence.file_marks import EncoderMark
from lessonproof.media.nal import length_prefix_bytes
from lessonproof.media.sei import encoder_marks, recovers_later, unescaped

_MAX_UNITS: Final = 64
_MAX_HEAD_BYTES: Final = 16 << 10
_MAX_MARKS: Final = 16
_SLICE_HEAD_BYTES: Final = 40
_SPS, _PPS, _SEI, _IDR = 7, 8, 6, 5
_HEVC_SETS: Final = frozenset({32, 33, 34})
_HEVC_SEI: Final = 39
_HEVC_FIRST_NON_SLICE: Final = 32
_HIGH_PROFILES: Final = frozenset({100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135})


class KeyScanner:
    """Looks at one random-access packet after the other, in file order."""

    def __init__(self, codec: str, extradata: bytes | None) -> None:
        self._is_h264 = codec == "h264"
        self._knows = codec in {"h264", "hevc"}
        self._prefix_bytes = length_prefix_bytes(codec, extradata)
        self._sets: dict[tuple[int, int], bytes] = {}
        self._sps: SpsFacts | None = None
        self._encoders: dict[EncoderMark, None] = {}
        self._rows = array("q")
        self._sets_changed = array("b")
        self._signed = array("b")
        self._idr = array("q")
        self._has_idr = array("b")
        if self._knows and extradata:
            self.new_header(extradata)

    def new_header(self, extradata: bytes) -> bool:
        """Take up parameter sets from a track header, and a signature there (x265); true where sets replace others."""
        replaced = False
        for unit in self._header_units(extradata[:_MAX_HEAD_BYTES]):
            if self._is_sei(self._kind(unit)):
                self._take_sei(unit)
            replaced |= self._take_set(unit)
        return replaced

    def add(self, row: int, packet: memoryview, *, header: bytes | None = None) -> bool:
        """Look at a random-access packet.

        Demuxers also call a packet so from which pictures become whole bit by bit (periodic intra refresh): a decoder
        that starts there shows nothing yet, so it is none.

        Args:
            row: its row in the packet table.
            packet: its bytes.
            header: a track header that begins to hold with it; ``None`` where the one before holds on.

        Returns:
            Whether a decoder that starts here shows this very picture.
        """
        if not self._knows:
            return True
        changed = self.new_header(header) if header is not None else False
        signed, later, idr = False, False, None
        for unit in self._units(bytes(packet[:_MAX_HEAD_BYTES])):
            kind = self._kind(unit)
            if self._is_set(kind):
                changed |= self._take_set(unit)
            elif self._is_sei(kind):
                signed |= self._take_sei(unit)
                later |= self._is_h264 and recovers_later(unit[1:])
            elif self._is_h264 and kind == _IDR:
                later = False
                idr = idr_pic_id(unit, self._sps) if self._sps is not None else None
                break
            elif kind < _IDR if self._is_h264 else kind < _HEVC_FIRST_NON_SLICE:
                break
        if later:
            return False
        self._rows.append(row)
        self._sets_changed.append(changed)
        self._signed.append(signed)
        self._idr.append(idr or 0)
        self._has_idr.append(idr is not None)
        return True

    def marks(self) -> KeyMarks:
        """What was seen."""
        return KeyMarks(
            rows=np.array(self._rows, np.int64),
            sets_changed=np.array(self._sets_changed, np.bool_),
            is_signed=np.array(self._signed, np.bool_),
            idr_pic_id=np.array(self._idr, np.int64),
            has_idr_pic_id=np.array(self._has_idr, np.bool_),
        )

    def encoders(self) -> tuple[EncoderMark, ...]:
        """Encoder signatures, each once."""
        return tuple(self._encoders)

    def _kind(self, unit: bytes) -> int:
        return unit[0] & 0x1F if self._is_h264 else (unit[0] >> 1) & 0x3F

    def _is_set(self, kind: int) -> bool:
        return kind in {_SPS, _PPS} if self._is_h264 else kind in _HEVC_SETS

    def _is_sei(self, kind: int) -> bool:
        return kind == (_SEI if self._is_h264 else _HEVC_SEI)

    def _take_set(self, unit: bytes) -> bool:
        """Remember a parameter set; true where it replaces another one of the same number."""
        kind = self._kind(unit)
        if not self._is_set(kind) or len(unit) < 3:
            return False
        body = unit.rstrip(b"\0")
        if self._is_h264 and kind == _SPS:
            facts = sps_facts(body)
            self._sps = facts if facts is not None else self._sps
        key = (kind, _set_number(body, kind, is_h264=self._is_h264))
        before = self._sets.get(key)
        self._sets[key] = body
        return before is not None and before != body

    def _take_sei(self, unit: bytes) -> bool:
        known = False
        for mark in encoder_marks(unit[1 if self._is_h264 else 2 :]):
            known |= mark.name is not None
            if len(self._encoders) < _MAX_MARKS:
                self._encoders.setdefault(mark)
        return known

    def _header_units(self, extradata: bytes) -> Iterator[bytes]:
        if self._prefix_bytes is None:
            yield from annex_b_units(extradata)
            return
        position = 5 if self._is_h264 else 22
        yield from _avcc_units(extradata, position) if self._is_h264 else _hvcc_units(extradata, position)

    def _units(self, head: bytes) -> Iterator[bytes]:
        if self._prefix_bytes is None:
            yield from annex_b_units(head)
        else:
            yield from prefixed_units(head, self._prefix_bytes)


def annex_b_units(head: bytes) -> Iterator[bytes]:
    """Units between start codes, without empty ones; the last one may be cut."""
    start = head.find(b"\0\0\1")
    for _ in range(_MAX_UNITS):
        if start < 0:
            return
        end = head.find(b"\0\0\1", start + 3)
        unit = head[start + 3 : end if end >= 0 else len(head)]
        if unit:
            yield unit
        start = end


def prefixed_units(head: bytes, prefix_bytes: int) -> Iterator[bytes]:
    """Units behind length prefixes, without empty ones; the last one may be cut."""
    position = 0
    for _ in range(_MAX_UNITS):
        if position + prefix_bytes >= len(head):
            return
        length = int.from_bytes(head[position : position + prefix_bytes], "big")
        position += prefix_bytes
        if length:
            yield head[position : position + length]
        position += length


def _avcc_units(data: bytes, position: int) -> Iterator[bytes]:
    for mask in (0x1F, 0xFF):
        if position >= len(data):
            return
        count = data[position] & mask
        position += 1
        for _ in range(count):
            length = int.from_bytes(data[position : position + 2], "big")
            position += 2
            if position + length > len(data) or length == 0:
                return
            yield data[position : position + length]
            position += length


def _hvcc_units(data: bytes, position: int) -> Iterator[bytes]:
    arrays = data[position] if position < len(data) else 0
    position += 1
    for _ in range(arrays):
        count = int.from_bytes(data[position + 1 : position + 3], "big")
        position += 3
        for _ in range(min(count, _MAX_UNITS)):
            length = int.from_bytes(data[position : position + 2], "big")
            position += 2
            if position + length > len(data) or length == 0:
                return
            yield data[position : position + length]
            position += length


def _set_number(unit: bytes, kind: int, *, is_h264: bool) -> int:
    """Number of a parameter set; where it lies behind other fields (H.265 SPS), 0: streams of one layer have one."""
    if is_h264:
        bits = _Bits(unescaped(unit[4 if kind == _SPS else 1 :][:16]))
        return bits.golomb()
    if kind == 34:
        return _Bits(unescaped(unit[2:18])).golomb()
    return 0


@dataclass(frozen=True, slots=True)
class SpsFacts:
    """What the layout of an H.264 slice header depends on.

    Attributes:
        frame_num_bits: length of ``frame_num``, 4 to 16.
        has_colour_planes: whether colour planes are coded apart.
        only_frames: whether no picture is coded as fields.
    """

    frame_num_bits: int
    has_colour_planes: bool
    only_frames: bool


def sps_facts(unit: bytes) -> SpsFacts | None:
    """Layout facts of an H.264 sequence parameter set; ``None`` where it ends early (ITU-T H.264 7.3.2.1.1)."""
    data = unescaped(unit)
    if len(data) < 5:
        return None
    profile, bits = data[1], _Bits(data[4:])
    bits.golomb()
    planes = False
    if profile in _HIGH_PROFILES:
        if bits.golomb() == 3:
            planes = bits.read(1) == 1
        bits.golomb(), bits.golomb(), bits.read(1)
        if bits.read(1):
            return None  # scaling lists: rare in recordings, and long to skip
    frame_num_bits = bits.golomb() + 4
    order = bits.golomb()
    if order == 0:
        bits.golomb()
    elif order == 1:
        bits.read(1), bits.golomb(), bits.golomb()
        for _ in range(min(255, bits.golomb())):
            bits.golomb()
    bits.golomb(), bits.read(1), bits.golomb(), bits.golomb()
    only_frames = bits.read(1) == 1
    if bits.is_spent or not 4 <= frame_num_bits <= 16:
        return None
    return SpsFacts(frame_num_bits, has_colour_planes=planes, only_frames=only_frames)


def idr_pic_id(unit: bytes, sps: SpsFacts) -> int | None:
    """``idr_pic_id`` of an IDR slice; ``None`` where the header ends early."""
    bits = _Bits(unescaped(unit[1:_SLICE_HEAD_BYTES]))
    bits.golomb(), bits.golomb(), bits.golomb()
    if sps.has_colour_planes:
        bits.read(2)
    bits.read(sps.frame_num_bits)
    if not sps.only_frames and bits.read(1):
        bits.read(1)
    value = bits.golomb()
    return value if not bits.is_spent and value < 1 << 16 else None


class _Bits:
    """Reads bits and Exp-Golomb numbers; past the end everything is 0 and ``is_spent``."""

    __slots__ = ("_end", "_position", "_value", "is_spent")

    def __init__(self, data: bytes) -> None:
        self._value = int.from_bytes(data, "big")
        self._end = 8 * len(data)
        self._position = 0
        self.is_spent = False

    def read(self, count: int) -> int:
        """The next bits as an unsigned number."""
        self._position += count
        if self._position > self._end:
            self.is_spent = True
            return 0
        return (self._value >> (self._end - self._position)) & ((1 << count) - 1)

    def golomb(self) -> int:
        """The next unsigned Exp-Golomb number (ITU-T H.264 9.1)."""
        zeros = 0
        while not self.read(1):
            zeros += 1
            if self.is_spent or zeros > 32:
                self.is_spent = True
                return 0
        return (1 << zeros) - 1 + self.read(zeros)
