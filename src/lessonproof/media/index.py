"""One pass over a file: SHA-256, packet table, facts of the container, and the segments that workers take."""

from array import array
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition
from av.video.stream import VideoStream
from numpy.typing import NDArray

from lessonproof.analysis.packets import PacketTable, Segment, cut_segments
from lessonproof.evidence.dossier import VideoFacts
from lessonproof.evidence.errors import (
    NoReadableFramesError,
    NoVideoTrackError,
    TimesOutOfRangeError,
    UnknownCodecError,
)
from lessonproof.evidence.intervals import NS_PER_S, rescale_ns
from lessonproof.media.nal import length_prefix_bytes, units_add_up
from lessonproof.media.opening import RecordingFile, open_container, packets_of
from lessonproof.media.structure import missing_bytes

SEGMENT_NS: Final = 90 * NS_PER_S
"""Length of the work that one task takes: long beside a task's start (some 6 ms), short beside a lost worker."""
MAX_FROM_MEDIAN_S: Final = 48 * 3600
"""A packet farther than this from the median one has a damaged time: nobody records a teaching unit for days."""
_MAX_TIME_S: Final = 9e9
"""Where nanoseconds stop fitting into 64 bits."""
_MAX_STRAY_SHARE: Final = 0.02
_JOIN_PACKETS: Final = 3
BACKWARD_JUMP_NS: Final = NS_PER_S
"""Decoding times that run back by more than this begin a new time line (joined transport streams)."""


@dataclass(frozen=True, slots=True)
class TimeLineJoin:
    """A place where the time line of a file starts over.

    Attributes:
        row: first packet behind it, in file order.
        time_ns: where it lies on the one time line of the table.
        offset_ns: what was added to the file's own times from there on.
    """

    row: int
    time_ns: int
    offset_ns: int


@dataclass(frozen=True, slots=True)
class RecordingIndex:
    """What one pass over the file gave.

    Attributes:
        sha256: digest of all bytes.
        size_bytes: size of the file.
        facts: what the container says of the video track.
        packets: every video packet.
        origin_ns: presentation time, in the file's own time line, of the first presented frame.
        joins: where the file's time line starts over; the table runs on through them.
        has_audio: whether there is an audio track.
        missing_bytes: bytes that the structure promises beyond the file's end.
        read_error: the demuxer's complaint where it gave up before the end, else ``None``.
        segments: the work for :func:`lessonproof.media.keyframes.scan_keyframes`.
    """

    sha256: str
    size_bytes: int
    facts: VideoFacts
    packets: PacketTable
    origin_ns: int
    joins: tuple[TimeLineJoin, ...]
    has_audio: bool
    missing_bytes: int
    read_error: str | None
    segments: tuple[Segment, ...]


def index_recording(path: Path) -> RecordingIndex:
    """Read the whole file once.

    Raises:
        RecordingError: the file cannot be read as a recording; the subclass says why.
    """
    with RecordingFile(path, hashing=True) as file:
        with open_container(file) as container:
            stream = video_stream(container, file.name)
            read_error, columns = _read_packets(container, stream)
            if not columns.pts:
                raise NoReadableFramesError(
                    f"{file.name}: the video track holds no picture", f"{file.name}：视频轨道中没有画面"
                )
            table, origin_ns, joins = columns.table(stream, file.name)
            facts = _facts(container, stream, table)
            has_audio = bool(container.streams.audio)
        sha256 = file.finish_hash()
        promised = missing_bytes(file, facts.container)
        size_bytes = file.size_bytes
    return RecordingIndex(
        sha256=sha256,
        size_bytes=size_bytes,
        facts=facts,
        packets=table,
        origin_ns=origin_ns,
        joins=joins,
        has_audio=has_audio,
        missing_bytes=promised,
        read_error=read_error,
        segments=cut_segments(table, table.duration_ns if joins else SEGMENT_NS),
    )


def video_stream(container: InputContainer, name: str) -> VideoStream:
    """The recording's video track: the first one that is no cover picture.

    Raises:
        NoVideoTrackError: there is none.
        UnknownCodecError: its coding cannot be decoded here.
    """
    for stream in container.streams.video:
        if stream.disposition & Disposition.attached_pic:
            continue
        # PyAV leaves the context empty where libavcodec has no decoder for the track.
        if stream.codec_context is None or stream.codec_context.width == 0:
            break
        return stream
    pictures = (stream for stream in container.streams.video if not stream.disposition & Disposition.attached_pic)
    if any(pictures):
        raise UnknownCodecError(
            f"{name}: the video is in a coding that cannot be decoded here; export it as H.264 or H.265",
            f"{name}：视频编码无法解码，请导出为 H.264 或 H.265",
        )
    raise NoVideoTrackError(f"{name}: there is no video track in this file", f"{name}：文件中没有视频轨道")


def time_base(stream: VideoStream | AudioStream) -> tuple[int, int]:
    """Numerator and denominator, in seconds, of one tick of the track; MPEG's 90 kHz where a track names none."""
    base = stream.time_base
    return (1, 90_000) if base is None else (base.numerator, base.denominator)


class _Columns:
    """Grows the packet table while the demuxer runs; 64-bit integers without a Python object for each."""

    def __init__(self) -> None:
        self.pts = array("q")
        self.dts = array("q")
        self.size_bytes = array("q")
        self.position_bytes = array("q")
        self.duration = array("q")
        self.is_key = array("b")
        self.is_damaged = array("b")

    def add(self, packet: "Packet[VideoStream]", *, is_damaged: bool) -> None:
        pts = packet.pts if packet.pts is not None else packet.dts
        if pts is None:
            # Without any time a packet continues the one before; AVI writers leave times out for dropped pictures.
            pts = self.pts[-1] + self.duration[-1] if self.pts else 0
        self.pts.append(pts)
        self.dts.append(packet.dts if packet.dts is not None else pts)
        self.size_bytes.append(packet.size)
        self.position_bytes.append(packet.pos if packet.pos is not None else -1)
        self.duration.append(packet.duration or 0)
        self.is_key.append(packet.is_keyframe)
        self.is_damaged.append(is_damaged)

    def table(self, stream: VideoStream, name: str) -> tuple[PacketTable, int, tuple[TimeLineJoin, ...]]:
        """Finish the table: nanoseconds from the first presented frame, one time line.

        Packets with a stray time are left out, and the ones before them called damaged.

        Raises:
            TimesOutOfRangeError: too many times are astray.
        """
        numerator, denominator = time_base(stream)
        pts, dts = np.array(self.pts, np.int64), np.array(self.dts, np.int64)
        is_placed = near_median(pts, numerator, denominator) & near_median(dts, numerator, denominator)
        if np.count_nonzero(~is_placed) > _MAX_STRAY_SHARE * pts.size:
            raise TimesOutOfRangeError(
                f"{name}: the times of the pictures lie days apart; split the recording, or copy it again",
                f"{name}：画面时间戳相差数天以上，请拆分录像或重新复制",
            )
        is_damaged = np.array(self.is_damaged, np.bool_) | ~np.append(is_placed[1:], True)
        pts_ns = ticks_to_ns(pts[is_placed], numerator, denominator)
        dts_ns = ticks_to_ns(dts[is_placed], numerator, denominator)
        durations_ns = ticks_to_ns(np.array(self.duration, np.int64)[is_placed], numerator, denominator)
        pts_ns, joins = _one_time_line(pts_ns, dts_ns)
        is_damaged = is_damaged[is_placed]
        for join in joins:
            # A transport stream's packet counter starts over as well, and the demuxer calls the last packets corrupt.
            is_damaged[max(0, join.row - _JOIN_PACKETS) : join.row] = False
        origin_ns = int(pts_ns.min())
        order = np.argsort(pts_ns, kind="stable")
        steps = np.diff(pts_ns[order])
        # Windows are half-open: a single picture of unknown length must still lie inside its recording.
        last_ns = int(durations_ns[order[-1]]) or (int(np.median(steps)) if steps.size else 0) or 1
        table = PacketTable(
            pts_ns=pts_ns - origin_ns,
            size_bytes=np.array(self.size_bytes, np.int64)[is_placed],
            position_bytes=np.array(self.position_bytes, np.int64)[is_placed],
            is_key=np.array(self.is_key, np.bool_)[is_placed],
            is_damaged=is_damaged,
            last_duration_ns=last_ns,
        )
        return table, origin_ns, tuple(replace(join, time_ns=join.time_ns - origin_ns) for join in joins)


def _read_packets(container: InputContainer, stream: VideoStream) -> tuple[str | None, _Columns]:
    """Demux to the end, or to where the demuxer gives up; what came before is kept either way."""
    columns = _Columns()
    codec = stream.codec_context.name
    prefix_bytes = length_prefix_bytes(codec, stream.codec_context.extradata)
    try:
        for packet in packets_of(lambda: container.demux(stream)):
            if packet.size == 0 or packet.is_discard:
                continue
            damaged = packet.is_corrupt or (
                prefix_bytes is not None and not units_add_up(memoryview(packet), prefix_bytes, codec)
            )
            columns.add(packet, is_damaged=damaged)
    except av.error.FFmpegError as error:
        return str(error), columns
    return None, columns


def near_median(ticks: NDArray[np.int64], numerator: int, denominator: int) -> NDArray[np.bool_]:
    """Which times lie within two days of the median one, and are small enough for nanoseconds in 64 bits.

    Args:
        ticks: shape ``(N,)``.
        numerator: of the time base.
        denominator: likewise.
    """
    seconds = ticks.astype(np.float64) * numerator / denominator
    return np.asarray(
        (np.abs(seconds - np.median(seconds)) <= MAX_FROM_MEDIAN_S) & (np.abs(seconds) < _MAX_TIME_S), np.bool_
    )


def ticks_to_ns(ticks: NDArray[np.int64], numerator: int, denominator: int) -> NDArray[np.int64]:
    """What :func:`rescale_ns` gives, for many; splits whole seconds off first so that 64 bits suffice for centuries.

    Args:
        ticks: shape ``(N,)``, each less than some 9e9 seconds.
        numerator: of the time base.
        denominator: likewise, less than 4e9.
    """
    whole, rest = np.divmod(np.abs(ticks) * np.int64(numerator), np.int64(denominator))
    size_ns = whole * NS_PER_S + (rest * NS_PER_S * 2 + denominator) // (2 * denominator)
    return np.asarray(np.sign(ticks) * size_ns, np.int64)


def _one_time_line(
    pts_ns: NDArray[np.int64], dts_ns: NDArray[np.int64]
) -> tuple[NDArray[np.int64], tuple[TimeLineJoin, ...]]:
    """Let each restart of the clock continue where the last one ended, and say where that happened."""
    steps = np.diff(dts_ns)
    restarts = (np.flatnonzero(steps < -BACKWARD_JUMP_NS) + 1).tolist()
    if not restarts:
        return pts_ns, ()
    usual_ns = int(np.median(steps[steps > 0])) if np.any(steps > 0) else 0
    result = pts_ns.copy()
    joins: list[TimeLineJoin] = []
    for start, stop in zip(restarts, [*restarts[1:], pts_ns.size], strict=True):
        offset_ns = int(result[:start].max()) + usual_ns - int(pts_ns[start:stop].min())
        result[start:stop] += offset_ns
        joins.append(TimeLineJoin(row=start, time_ns=int(result[start:stop].min()), offset_ns=offset_ns))
    return result, tuple(joins)


def _facts(container: InputContainer, stream: VideoStream, table: PacketTable) -> VideoFacts:
    declared: int | None = None
    if stream.duration is not None:
        declared = rescale_ns(stream.duration, *time_base(stream))
    elif container.duration is not None:
        declared = container.duration * 1000  # libavformat counts container durations in microseconds
    return VideoFacts(
        container=container.format.name.split(",")[0],
        codec=stream.codec_context.name,
        width_px=stream.codec_context.width,
        height_px=stream.codec_context.height,
        packets=int(table.pts_ns.size),
        keyframes=int(table.is_key.sum()),
        declared_duration_ns=declared,
        muxer=container.metadata.get("encoder"),
    )
