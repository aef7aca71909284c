"""Packet tables while they grow: columns of integers without an object for each packet, finished once at the end."""

from array import array
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
from av.packet import Packet
from numpy.typing import NDArray

from lessonproof.analysis.joint_keys import KeyMarks
from lessonproof.analysis.packets import PacketTable, SoundPackets
from lessonproof.evidence.errors import TimesOutOfRangeError
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.media.time_line import TimeLineJoin, follow, near_median, one_time_line, stray_runs, ticks_to_ns

_MAX_STRAY_SHARE: Final = 0.02
JOIN_PACKETS: Final = 3
"""Packets in front of a joint that the demuxer calls corrupt because the packet counter starts over as well."""


@dataclass(frozen=True, slots=True, eq=False)
class VideoPackets:
    """A finished picture table.

    Attributes:
        table: nanoseconds from the first presented frame, one time line.
        origin_ns: presentation time, in the file's own time line, of the first presented frame.
        joins: where the file's clock starts over.
        is_kept: shape ``(M,)``, which of the packets that were added stand in the table.
    """

    table: PacketTable
    origin_ns: int
    joins: tuple[TimeLineJoin, ...]
    is_kept: NDArray[np.bool_]

    def rows_of(self, keys: KeyMarks) -> KeyMarks:
        """Marks of random-access packets, counted in rows of the table instead of packets added."""
        rows = np.cumsum(self.is_kept) - 1
        kept = self.is_kept[keys.rows]
        return KeyMarks(
            rows=rows[keys.rows[kept]],
            sets_changed=keys.sets_changed[kept],
            is_signed=keys.is_signed[kept],
            idr_pic_id=keys.idr_pic_id[kept],
            has_idr_pic_id=keys.has_idr_pic_id[kept],
        )


class VideoColumns:
    """Grows the picture table while the demuxer runs."""

    def __init__(self) -> None:
        self.pts = array("q")
        self._dts = array("q")
        self._size_bytes = array("q")
        self._position_bytes = array("q")
        self._duration = array("q")
        self._is_key = array("b")
        self._is_damaged = array("b")

    def add(self, packet: "Packet[Any]", size_bytes: int, *, is_key: bool, is_damaged: bool) -> None:
        """Take one packet."""
        pts, dts, position = packet.pts, packet.dts, packet.pos
        if pts is None:
            pts = dts
        if pts is None:
            # Without any time a packet continues the one before; AVI writers leave times out for dropped pictures.
            pts = self.pts[-1] + self._duration[-1] if self.pts else 0
        self.pts.append(pts)
        self._dts.append(dts if dts is not None else pts)
        self._size_bytes.append(size_bytes)
        self._position_bytes.append(position if position is not None else -1)
        self._duration.append(packet.duration or 0)
        self._is_key.append(is_key)
        self._is_damaged.append(is_damaged)

    def finish(self, time_base: tuple[int, int], name: str, *, may_wrap: bool) -> VideoPackets:
        """Finish the table. Packets with a stray time are left out, and the ones before them called damaged.

        Args:
            time_base: numerator and denominator of a tick, seconds.
            name: of the file, for the error.
            may_wrap: whether the container's clock wraps around.

        Raises:
            TimesOutOfRangeError: too many times are astray.
        """
        pts, dts = np.array(self.pts, np.int64), np.array(self._dts, np.int64)
        is_placed = near_median(pts, *time_base) & near_median(dts, *time_base)
        if np.count_nonzero(~is_placed) > _MAX_STRAY_SHARE * pts.size:
            raise TimesOutOfRangeError(
                f"{name}: the times of the pictures lie days apart; split the recording, or copy it again",
                f"{name}：画面时间戳相差数天以上，请拆分录像或重新复制",
            )
        near = np.flatnonzero(is_placed)
        is_stray = stray_runs(ticks_to_ns(dts[near], *time_base)) | stray_runs(ticks_to_ns(pts[near], *time_base))
        is_placed[near[is_stray]] = False
        is_damaged = np.array(self._is_damaged, np.bool_) | ~np.append(is_placed[1:], True)
        pts_ns, joins = one_time_line(
            ticks_to_ns(pts[is_placed], *time_base), ticks_to_ns(dts[is_placed], *time_base), may_wrap=may_wrap
        )
        is_damaged = is_damaged[is_placed]
        for join in joins:
            is_damaged[max(0, join.row - JOIN_PACKETS) : join.row] = False
        origin_ns = int(pts_ns.min())
        order = np.argsort(pts_ns, kind="stable")
        steps = np.diff(pts_ns[order])
        durations_ns = ticks_to_ns(np.array(self._duration, np.int64)[is_placed][order[-1:]], *time_base)
        # Windows are half-open: a single picture of unknown length must still lie inside its recording.
        last_ns = int(durations_ns[0]) or (int(np.median(steps)) if steps.size else 0) or 1
        table = PacketTable(
            pts_ns=pts_ns - origin_ns,
            size_bytes=np.array(self._size_bytes, np.int64)[is_placed],
            position_bytes=np.array(self._position_bytes, np.int64)[is_placed],
            is_key=np.array(self._is_key, np.bool_)[is_placed],
            is_damaged=is_damaged,
            last_duration_ns=last_ns,
        )
        joins = tuple(replace(join, time_ns=join.time_ns - origin_ns) for join in joins)
        return VideoPackets(table, origin_ns, joins, is_placed)


class SoundColumns:
    """Grows the sound table while the demuxer runs."""

    def __init__(self) -> None:
        self._pts = array("q")
        self._size_bytes = array("i")
        self._has_own_time = array("b")
        self._last_position = -1
        self._last_duration = 0

    def add(self, packet: "Packet[Any]") -> None:
        """Take one packet; one without a time says nothing here."""
        pts = packet.pts
        if pts is None or packet.is_discard:
            return
        self._pts.append(pts)
        self._size_bytes.append(packet.size)
        position = packet.pos
        self._has_own_time.append(position is not None and position != self._last_position)
        if position is not None:
            self._last_position = position
        self._last_duration = packet.duration or 0

    def finish(
        self, time_base: tuple[int, int], video: VideoPackets, *, frame_ns: float | None, may_wrap: bool
    ) -> SoundPackets | None:
        """Finish the table on the picture's time line; ``None`` where no packet has a time that makes sense.

        Args:
            time_base: numerator and denominator of a tick, seconds.
            video: the picture table.
            frame_ns: exact length of a packet by its coding; ``None`` where it has no fixed one.
            may_wrap: whether the container's clock wraps around.
        """
        pts = np.array(self._pts, np.int64)
        if pts.size == 0:
            return None
        near = near_median(pts, *time_base)
        pts_ns = ticks_to_ns(pts[near], *time_base)
        kept = ~stray_runs(pts_ns)
        pts_ns = follow(pts_ns[kept], video.joins, may_wrap=may_wrap) - video.origin_ns
        if pts_ns.size == 0:
            return None
        return SoundPackets(
            pts_ns=pts_ns,
            size_bytes=np.array(self._size_bytes, np.int32)[near][kept],
            has_own_time=np.array(self._has_own_time, np.bool_)[near][kept],
            tick_ns=time_base[0] * NS_PER_S / time_base[1],
            frame_ns=frame_ns,
            last_duration_ns=self._last_duration * time_base[0] * NS_PER_S // time_base[1],
        )
