"""Headers of transport stream packets, looked at while the file is hashed: counters, flags, padding.

Every packet's header is read once, many at a time; the demuxer does not tell what stands there.
Source: ISO/IEC 13818-1 (ITU-T H.222.0) sections 2.4.3.2 to 2.4.3.5: ``continuity_counter``,
``payload_unit_start_indicator``, ``discontinuity_indicator``, null packets.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.packets import Padding

_SYNC: Final = 0x47
_PACKET_BYTES: Final = 188
_M2TS_BYTES: Final = 192
_M2TS_LEAD_BYTES: Final = 4
_HEAD_COLUMNS: Final = 6
_NULL_PID: Final = 0x1FFF
_TABLE_PIDS: Final = frozenset({0, 17})
"""Program association and service description: every muxer begins a file with one of them."""
_BATCH_PACKETS: Final = 1 << 17
_MIN_RESYNC_PACKETS: Final = 16
_MIN_SYNC_SHARE: Final = 0.9
_PADDING_GROUP: Final = 256
_MAX_EVENTS: Final = 10_000
_CLUSTER_BYTES: Final = 1 << 20


Bytes = NDArray[np.uint8]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TransportFacts:
    """What the packet headers say.

    Attributes:
        padding: where null packets lie; ``None`` where there are none.
        restarts_bytes: places where the counters of several tracks begin anew together with the tables: the first
            packet of an appended stream.
        flagged_bytes: places that announce a discontinuity of the counters or the clock.
        reason: why the headers could not be examined throughout (``sync_lost``, ``too_many_events``), else ``None``.
    """

    padding: Padding | None
    restarts_bytes: tuple[int, ...]
    flagged_bytes: tuple[int, ...]
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Jump:
    """A packet whose counter does not follow on."""

    position_bytes: int
    pid: int
    starts_unit: bool


class TransportScanner:
    """Fed with a file's bytes in order; says at the end what the headers of its packets told."""

    def __init__(self) -> None:
        self._rest = b""
        self._position = 0
        self._layout: tuple[int, int] | None = None
        self._is_off = False
        self._heads: list[Bytes] = []
        self._places: list[Numbers] = []
        self._pending = 0
        self._last_counter: dict[int, int] = {}
        self._jumps: list[_Jump] = []
        self._flagged: list[int] = []
        self._padding_ends: list[Numbers] = [np.zeros(1, np.int64)]
        self._padding_bytes: list[Numbers] = [np.zeros(1, np.int64)]
        self._reason: str | None = None

    def feed(self, block: bytes | memoryview) -> None:
        """Take the next bytes of the file; of a file that is no transport stream nothing is kept."""
        if self._is_off:
            return
        if self._layout is None:
            self._rest += bytes(block)
            if len(self._rest) < 3 * _M2TS_BYTES:
                return
            self._layout = _layout_of(self._rest)
            self._is_off = self._layout is None
            block, self._rest = self._rest, b""
            if self._layout is None:
                return
        size, _ = self._layout
        start = 0
        if self._rest:
            start = size - len(self._rest)
            if len(block) < start:
                self._rest += bytes(block)
                return
            self._take(np.frombuffer(self._rest + bytes(block[:start]), np.uint8))
        count = (len(block) - start) // size
        end = start + count * size
        if count:
            self._take(np.frombuffer(block, np.uint8, count * size, start))
        self._rest = bytes(block[end:])

    def facts(self) -> TransportFacts | None:
        """What was seen, behind the last byte; ``None`` where the file is no transport stream."""
        if self._layout is None:
            return None
        self._read()
        ends, sizes = np.concatenate(self._padding_ends), np.concatenate(self._padding_bytes)
        padding = Padding(ends, np.cumsum(sizes)) if sizes.any() else None
        if len(self._jumps) + len(self._flagged) >= _MAX_EVENTS:
            return TransportFacts(padding, (), (), "too_many_events")
        return TransportFacts(padding, _restarts(self._jumps), tuple(self._flagged), self._reason)

    def _take(self, data: Bytes) -> None:
        """Keep the headers of some whole packets; where the sync bytes are not in place, of those that are."""
        size, lead = self._layout or (_PACKET_BYTES, 0)
        packets = data.reshape(-1, size)
        heads = packets[:, lead : lead + _HEAD_COLUMNS].copy()
        in_place = np.count_nonzero(heads[:, 0] == _SYNC)
        shift = 0
        if in_place < _MIN_SYNC_SHARE * packets.shape[0] and packets.shape[0] >= _MIN_RESYNC_PACKETS:
            # Bytes were lost or are damaged: packets may go on at another place inside.
            self._reason = "sync_lost"
            shift = int(np.count_nonzero(packets == _SYNC, axis=0).argmax()) - lead
            if shift > 0:
                moved = data[shift : shift + (packets.shape[0] - 1) * size].reshape(-1, size)
                heads = moved[:, lead : lead + _HEAD_COLUMNS].copy()
        self._heads.append(heads)
        self._places.append(self._position + max(0, shift) + size * np.arange(heads.shape[0], dtype=np.int64))
        self._position += data.size
        self._pending += heads.shape[0]
        if self._pending >= _BATCH_PACKETS:
            self._read()

    def _read(self) -> None:
        """Evaluate the headers that were kept."""
        if not self._pending:
            return
        heads, places = np.concatenate(self._heads), np.concatenate(self._places)
        self._heads, self._places, self._pending = [], [], 0
        pid = np.asarray(((heads[:, 1] & 0x1F).astype(np.uint16) << 8) | heads[:, 2], np.uint16)
        is_packet = heads[:, 0] == _SYNC
        is_null = is_packet & (pid == _NULL_PID)
        self._count_padding(is_null, places)
        is_real = is_packet & ~is_null
        control = heads[:, 3]
        flagged = np.flatnonzero(is_real & ((control & 0x20) != 0) & (heads[:, 4] > 0) & ((heads[:, 5] & 0x80) != 0))
        room = max(0, _MAX_EVENTS - len(self._flagged))
        self._flagged += places[flagged[:room]].tolist()
        counted = np.flatnonzero(is_real & ((control & 0x10) != 0))
        order = counted[np.argsort(pid[counted], kind="stable")]
        self._count(order, pid, heads, places)

    def _count(self, order: NDArray[np.intp], pids: NDArray[np.uint16], heads: Bytes, places: Numbers) -> None:
        """Counters of one track go up by one from packet to packet; a repeated packet keeps its number."""
        if order.size == 0:
            return
        pid, counter = pids[order], heads[order, 3] & 0x0F
        same = pid[1:] == pid[:-1]
        step = (counter[1:] - counter[:-1]) & 0x0F
        jumps = np.flatnonzero(same & (step > 1)) + 1
        firsts = np.concatenate([[0], np.flatnonzero(~same) + 1])
        lasts = np.append(firsts[1:] - 1, pid.size - 1)
        last = self._last_counter
        heads_of = zip(firsts.tolist(), pid[firsts].tolist(), counter[firsts].tolist(), strict=True)
        begun = [first for first, number, count in heads_of if number in last and (count - last[number]) % 16 > 1]
        at = np.sort(order[np.concatenate([jumps, np.array(begun, np.intp)])])
        for row in at[: max(0, _MAX_EVENTS - len(self._jumps))].tolist():
            number = (int(heads[row, 1]) & 0x1F) << 8 | int(heads[row, 2])
            self._jumps.append(_Jump(int(places[row]), number, starts_unit=bool(heads[row, 1] & 0x40)))
        last.update(zip(pid[lasts].tolist(), counter[lasts].tolist(), strict=True))

    def _count_padding(self, is_null: NDArray[np.bool_], places: Numbers) -> None:
        size, _ = self._layout or (_PACKET_BYTES, 0)
        starts = np.arange(0, is_null.size, _PADDING_GROUP)
        ends = np.minimum(starts + _PADDING_GROUP, is_null.size)
        self._padding_ends.append(places[ends - 1] + size)
        self._padding_bytes.append(size * np.add.reduceat(is_null, starts, dtype=np.int64))


def _layout_of(head: bytes) -> tuple[int, int] | None:
    """Size of a packet and where its sync byte stands; ``None`` where the bytes are no transport stream."""
    for size, lead in ((_PACKET_BYTES, 0), (_M2TS_BYTES, _M2TS_LEAD_BYTES)):
        if all(head[lead + number * size] == _SYNC for number in range(3)):
            return size, lead
    return None


def _restarts(jumps: list[_Jump]) -> tuple[int, ...]:
    """Places where counters of several tracks begin anew, each with the beginning of a unit, and a table among them.

    Lost packets look otherwise: a track goes on in the middle of a unit.
    """
    found: list[int] = []
    cluster: list[_Jump] = []
    for jump in [*jumps, _Jump(1 << 62, -1, starts_unit=False)]:
        repeats = any(known.pid == jump.pid for known in cluster)
        if cluster and (repeats or jump.position_bytes - cluster[0].position_bytes > _CLUSTER_BYTES):
            if (
                len(cluster) > 1
                and all(known.starts_unit for known in cluster)
                and any(known.pid in _TABLE_PIDS for known in cluster)
            ):
                found.append(cluster[0].position_bytes)
            cluster = []
        cluster.append(jump)
    return tuple(found)
