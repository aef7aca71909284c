"""One pass over a file: SHA-256, packet table, facts of the container, and the segments that workers take."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.stream import Disposition
from av.video.stream import VideoStream

from lessonproof.analysis.joint_keys import KeyMarks
from lessonproof.analysis.packets import PacketTable, Segment, SoundPackets, cut_segments
from lessonproof.evidence.dossier import VideoFacts
from lessonproof.evidence.errors import NoReadableFramesError, NoVideoTrackError, UnknownCodecError
from lessonproof.evidence.file_marks import FileMarks
from lessonproof.evidence.intervals import NS_PER_S, rescale_ns
from lessonproof.media.marks import read_marks, stream_facts
from lessonproof.media.nal import length_prefix_bytes, units_add_up
from lessonproof.media.opening import RecordingFile, open_container, packets_of
from lessonproof.media.packet_columns import JOIN_PACKETS, SoundColumns, VideoColumns
from lessonproof.media.parameter_sets import KeyScanner
from lessonproof.media.structure import missing_bytes
from lessonproof.media.time_line import TimeLineJoin
from lessonproof.media.transport_stream import TransportFacts, TransportScanner

SEGMENT_NS: Final = 90 * NS_PER_S
"""Length of the work that one task takes: long beside a task's start (some 6 ms), short beside a lost worker."""
_TRANSPORT_STREAM: Final = "mpegts"
_NEW_HEADER: Final = "new_extradata"


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
        tick_ns: one tick of the picture track's time base.
        sound_packets: every packet of the first sound track; ``None`` without one.
        key_marks: what the random-access packets say of their encoder's state.
        marks: what the file says of itself.
        transport: what the packet headers of a transport stream say; ``None`` for other containers.
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
    tick_ns: float
    sound_packets: SoundPackets | None
    key_marks: KeyMarks
    marks: FileMarks
    transport: TransportFacts | None


def index_recording(path: Path) -> RecordingIndex:
    """Read the whole file once.

    Raises:
        RecordingError: the file cannot be read as a recording; the subclass says why.
    """
    scanner = TransportScanner()
    with RecordingFile(path, hashing=True) as file:
        file.watch(scanner.feed)
        with open_container(file) as container:
            stream = video_stream(container, file.name)
            read = _read_packets(container, stream)
            if not read.video.pts:
                raise NoReadableFramesError(
                    f"{file.name}: the video track holds no picture", f"{file.name}：视频轨道中没有画面"
                )
            may_wrap = container.format.name == _TRANSPORT_STREAM
            video = read.video.finish(time_base(stream), file.name, may_wrap=may_wrap)
            audio = next(iter(container.streams.audio), None)
            sound = (
                None
                if audio is None
                else read.sound.finish(time_base(audio), video, frame_ns=_frame_ns(audio), may_wrap=may_wrap)
            )
            facts = _facts(container, stream, video.table)
            coding = stream_facts(stream, audio, video.table)
        sha256 = file.finish_hash()
        transport = _confirmed(scanner.facts(), video.table) if may_wrap else None
        promised = missing_bytes(file, facts.container)
        marks = read_marks(file, facts.container, coding, read.keys.encoders())
        size_bytes = file.size_bytes
    numerator, denominator = time_base(stream)
    return RecordingIndex(
        sha256=sha256,
        size_bytes=size_bytes,
        facts=facts,
        packets=_without_false_damage(video.table, transport),
        origin_ns=video.origin_ns,
        joins=video.joins,
        has_audio=audio is not None,
        missing_bytes=promised,
        read_error=read.error,
        segments=cut_segments(video.table, video.table.duration_ns if video.joins else SEGMENT_NS),
        tick_ns=numerator * NS_PER_S / denominator,
        sound_packets=sound,
        key_marks=video.rows_of(read.keys.marks()),
        marks=marks,
        transport=transport,
    )


def _confirmed(transport: TransportFacts | None, table: PacketTable) -> TransportFacts | None:
    """Of the places where counters begin anew only those at which a random-access picture follows."""
    if transport is None:
        return None
    rows = [int(np.searchsorted(table.position_bytes, place)) for place in transport.restarts_bytes]
    begins = [row < table.is_key.size and bool(table.is_key[row]) for row in rows]
    places = zip(transport.restarts_bytes, begins, strict=True)
    return replace(transport, restarts_bytes=tuple(place for place, is_key in places if is_key))


def _without_false_damage(table: PacketTable, transport: TransportFacts | None) -> PacketTable:
    """Where another stream was appended the packet counters begin anew; the demuxer takes that for lost packets."""
    if transport is None or not transport.restarts_bytes:
        return table
    is_damaged = table.is_damaged.copy()
    for place in transport.restarts_bytes:
        row = int(np.searchsorted(table.position_bytes, place))
        is_damaged[max(0, row - JOIN_PACKETS) : row + 1] = False
    return replace(table, is_damaged=is_damaged)


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


@dataclass(slots=True)
class _Read:
    """What the demuxer gave so far.

    Attributes:
        video: picture packets.
        sound: packets of the first sound track.
        keys: what random-access packets say of their encoder's state.
        error: the demuxer's complaint where it gave up before the end.
    """

    video: VideoColumns
    sound: SoundColumns
    keys: KeyScanner
    error: str | None = None


def _read_packets(container: InputContainer, stream: VideoStream) -> _Read:
    """Demux to the end, or to where the demuxer gives up; what came before is kept either way."""
    context = stream.codec_context
    codec = context.name
    read = _Read(VideoColumns(), SoundColumns(), KeyScanner(codec, context.extradata))
    prefix_bytes = length_prefix_bytes(codec, context.extradata)
    wanted: list[VideoStream | AudioStream] = [stream, *container.streams.audio[:1]]
    number = stream.index
    video, sound, keys = read.video, read.sound, read.keys
    try:
        for packet in packets_of(lambda: container.demux(wanted)):
            size_bytes = packet.size
            if size_bytes == 0:
                continue
            if packet.stream_index != number:
                sound.add(packet)
                continue
            if packet.is_discard:
                continue
            view, is_key = memoryview(packet), packet.is_keyframe
            damaged = packet.is_corrupt or (prefix_bytes is not None and not units_add_up(view, prefix_bytes, codec))
            if is_key:
                header = bytes(packet.get_sidedata(_NEW_HEADER)) if packet.has_sidedata(_NEW_HEADER) else None
                is_key = keys.add(len(video.pts), view, header=header)
            video.add(packet, size_bytes, is_key=is_key, is_damaged=damaged)
    except av.error.FFmpegError as error:
        read.error = str(error)
    return read


def _frame_ns(audio: AudioStream) -> float | None:
    """Exact length of a sound packet by its coding."""
    context = audio.codec_context
    if context is None or not context.frame_size or not context.sample_rate:
        return None
    return context.frame_size * NS_PER_S / context.sample_rate


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
