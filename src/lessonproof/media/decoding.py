"""Decode stretches of a recording: random-access pictures only, or every frame of a window."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from av.container import InputContainer
from av.packet import Packet
from av.video.stream import VideoStream

from lessonproof.evidence.intervals import NS_PER_S, Interval, rescale_ns
from lessonproof.media.index import RecordingIndex, time_base, video_stream
from lessonproof.media.opening import RecordingFile, open_container, packets_of

_SEEK_BACK_NS: Final = tuple(seconds * NS_PER_S for seconds in (0, 2, 10, 60))
DECODER_THREADS: Final = 2
"""Two threads fill the small machines this runs on; a cluster runs many segments side by side instead."""


@dataclass(frozen=True, slots=True)
class Undecodable:
    """A picture that the decoder refused or called corrupt, at its presentation time."""

    time_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class Decoded:
    """A decoded picture at its presentation time."""

    time_ns: int
    frame: av.VideoFrame


class RecordingDecoder:
    """Decodes one stretch after the other from a file that is opened once: opening a long MP4 costs some 30 ms."""

    def __init__(self, file: RecordingFile, index: RecordingIndex, opened: ExitStack) -> None:
        self._file = file
        self._index = index
        self._opened = opened
        self._container: InputContainer | None = None
        self._keys_ns = frozenset(index.packets.key_times_ns().tolist())

    @classmethod
    @contextmanager
    def opened(cls, path: Path, index: RecordingIndex) -> Iterator["RecordingDecoder"]:
        """Open a recording for as long as the context lasts.

        Args:
            path: the recording.
            index: its index.
        """
        with RecordingFile(path) as file, ExitStack() as opened:
            yield cls(file, index, opened)

    def decode_keyframes(
        self, window: Interval, only_ns: frozenset[int] | None = None
    ) -> Iterator[Decoded | Undecodable]:
        """Random-access pictures shown in ``window``, in time order; other pictures are never decoded.

        Args:
            window: where.
            only_ns: times of the pictures to decode; all of them where ``None``.
        """
        yield from self._decode(
            window,
            lambda is_key, time_ns: is_key and (only_ns is None or time_ns in only_ns),
            one_by_one=_keys_follow_pictures(self._index),
        )

    def decode_all(self, window: Interval) -> Iterator[Decoded | Undecodable]:
        """Every picture shown in ``window``, in time order, decoding from the random-access picture before it."""
        yield from self._decode(window, lambda _is_key, _time_ns: True)

    def _decode(
        self, window: Interval, wanted: Callable[[bool, int], bool], *, one_by_one: bool = False
    ) -> Iterator[Decoded | Undecodable]:
        key_ns = _key_before(self._index, window.start_ns)
        container, stream = self._at(key_ns)
        context = stream.codec_context
        clock = _Clock(stream, self._index)
        last_key_ns: int | None = None
        for packet in _packets(container, stream):
            if packet.size == 0:
                continue
            if not packet.is_discard:
                time_ns = clock.next_time(packet)
                if time_ns is None:
                    continue
                # In an open group of pictures some are stored behind the random-access picture and shown before it.
                if last_key_ns is not None and time_ns > last_key_ns:
                    break
                is_key = time_ns in self._keys_ns
                if is_key and time_ns >= window.end_ns:
                    last_key_ns = time_ns
                if time_ns < key_ns or not wanted(is_key, time_ns):
                    continue
                clock.expect(packet, time_ns, is_key=is_key)
            yield from _within(window, _decode_packet(context, packet, clock))
            if one_by_one:
                yield from _within(window, _decode_packet(context, None, clock))
                yield from _within(window, (Undecodable(time_ns) for time_ns in clock.lost_at_end()))
                context.flush_buffers()
        yield from _within(window, _decode_packet(context, None, clock))
        yield from _within(window, (Undecodable(time_ns) for time_ns in clock.lost_at_end()))

    def _at(self, key_ns: int) -> tuple[InputContainer, VideoStream]:
        """The container at a place from which the random-access picture at ``key_ns`` is still to come."""
        if key_ns > 0 and not self._index.joins:
            container = self._container or self._open()
            stream = video_stream(container, self._file.name)
            if _seek(container, stream, _Clock(stream, self._index), key_ns):
                return container, stream
        container = self._open()
        return container, video_stream(container, self._file.name)

    def _open(self) -> InputContainer:
        """Open anew, at the start of the file."""
        self._opened.close()
        self._file.seek(0)
        container = self._opened.enter_context(open_container(self._file))
        context = video_stream(container, self._file.name).codec_context
        context.thread_type = "FRAME"
        context.thread_count = DECODER_THREADS
        self._container = container
        return container


def decode_keyframes(path: Path, index: RecordingIndex, window: Interval) -> Iterator[Decoded | Undecodable]:
    """As :meth:`RecordingDecoder.decode_keyframes`, for one stretch of a file."""
    with RecordingDecoder.opened(path, index) as decoder:
        yield from decoder.decode_keyframes(window)


def decode_all(path: Path, index: RecordingIndex, window: Interval) -> Iterator[Decoded | Undecodable]:
    """As :meth:`RecordingDecoder.decode_all`, for one stretch of a file."""
    with RecordingDecoder.opened(path, index) as decoder:
        yield from decoder.decode_all(window)


def shows_a_picture(path: Path, index: RecordingIndex) -> bool:
    """Whether any picture at all can be decoded: one trimmed by an edit list may present no random-access picture."""
    return any(isinstance(i, Decoded) for i in decode_all(path, index, Interval(0, index.packets.duration_ns)))


def _seek(container: InputContainer, stream: VideoStream, clock: "_Clock", key_ns: int) -> bool:
    """Move to a place from which the random-access picture at ``key_ns`` is still to come, and say whether it worked.

    A transport stream has no index: its demuxer guesses, and may land behind what was asked for.
    """
    for back_ns in _SEEK_BACK_NS:
        target = clock.ticks_at(max(0, key_ns - back_ns))
        try:
            container.seek(target, stream=stream, backward=True)
            first = next(_packets(container, stream), None)
            if first is not None and first.size and clock.peek_time(first) <= key_ns:
                container.seek(target, stream=stream, backward=True)
                return True
        except av.error.FFmpegError:
            continue  # a damaged index leads nowhere
    return False


def _packets(container: InputContainer, stream: VideoStream) -> Iterator["Packet[VideoStream]"]:
    """Packets up to the end or to where the demuxer gives up; what is missing then stands in the index."""
    try:
        yield from packets_of(lambda: container.demux(stream))
    except av.error.FFmpegError:
        return


def _decode_packet(
    context: av.VideoCodecContext, packet: "Packet[VideoStream] | None", clock: "_Clock"
) -> Iterator[Decoded | Undecodable]:
    try:
        frames = context.decode(packet)
    except av.error.EOFError:
        return
    except av.error.FFmpegError:
        clock.refused()
        return
    for frame in frames:
        time_ns = clock.time_of(frame)
        if time_ns is not None:
            yield from (Undecodable(lost_ns) for lost_ns in clock.lost_before(time_ns))
            yield Undecodable(time_ns) if frame.is_corrupt else Decoded(time_ns, frame)


def _within(window: Interval, items: Iterator[Decoded | Undecodable]) -> Iterator[Decoded | Undecodable]:
    for item in items:
        if window.start_ns <= item.time_ns < window.end_ns:
            yield item


def _keys_follow_pictures(index: RecordingIndex) -> bool:
    """Whether a random-access picture may count on from pictures before it, as one of an open group does.

    Such a picture carries only the low bits of its place in the order of output (ITU-T H.265, 8.3.1; H.264, 8.2.1).
    Without the pictures between, two of them may seem to stand at one place or in the wrong order, and the decoder
    drops them; each is then given to a decoder that was just emptied. This costs the two threads their overlap, so
    H.264 without such groups is spared it.
    """
    if index.facts.codec == "hevc":
        return True
    packets = index.packets
    latest_key_ns = np.maximum.accumulate(np.where(packets.is_key, packets.pts_ns, np.iinfo(np.int64).min))
    return index.facts.codec == "h264" and bool((packets.pts_ns < latest_key_ns).any())


def _key_before(index: RecordingIndex, time_ns: int) -> int:
    keys = index.packets.key_times_ns()
    before = keys[keys <= time_ns]
    return int(before[-1]) if before.size else 0


class _Clock:
    """Turns the file's ticks into times of the packet table, also across places where the file's clock restarts."""

    def __init__(self, stream: VideoStream, index: RecordingIndex) -> None:
        self._numerator, self._denominator = time_base(stream)
        self._index = index
        self._row = 0
        self._pending: dict[int, int] = {}
        self._pending_keys: set[int] = set()
        self._refused = 0
        self._last_ns = 0
        self._duration_ns = index.packets.duration_ns

    def ticks_at(self, time_ns: int) -> int:
        """Ticks of an instant, rounded down."""
        return (time_ns + self._index.origin_ns) * self._denominator // (self._numerator * NS_PER_S)

    def peek_time(self, packet: "Packet[VideoStream]") -> int:
        """Time of a packet of a file whose clock never restarts."""
        ticks = packet.pts if packet.pts is not None else packet.dts
        return self._last_ns if ticks is None else self._to_ns(ticks)

    def _to_ns(self, ticks: int) -> int:
        return rescale_ns(ticks, self._numerator, self._denominator) - self._index.origin_ns

    def next_time(self, packet: "Packet[VideoStream]") -> int | None:
        """Time of the next packet in file order; ``None`` for one whose time was too far off for the table."""
        ticks = packet.pts if packet.pts is not None else packet.dts
        if ticks is None:
            self._row += 1
            return self._last_ns
        offset_ns = next((join.offset_ns for join in reversed(self._index.joins) if join.row <= self._row), 0)
        time_ns = self._to_ns(ticks) + offset_ns
        if not 0 <= time_ns <= self._duration_ns:
            return None
        self._row += 1
        self._last_ns = time_ns
        return time_ns

    def expect(self, packet: "Packet[VideoStream]", time_ns: int, *, is_key: bool) -> None:
        """Remember a packet that goes to the decoder, so that its frame finds its time."""
        ticks = packet.pts if packet.pts is not None else packet.dts
        if ticks is not None:
            self._pending[ticks] = time_ns
            if is_key:
                self._pending_keys.add(ticks)

    def time_of(self, frame: av.VideoFrame) -> int | None:
        """Time of a decoded frame; ``None`` where the decoder gave it a time that no packet had."""
        ticks = frame.pts if frame.pts is not None else frame.dts
        if ticks is None:
            return None
        self._pending_keys.discard(ticks)
        return self._pending.pop(ticks, None)

    def refused(self) -> None:
        """The decoder refused a packet; with several threads at work it does not say which one."""
        self._refused += 1

    def lost_before(self, time_ns: int) -> list[int]:
        """Times of packets that should have given a frame and did not, once a later frame has come.

        A predicted picture's packet may rightly give none (the second field of an interlaced picture): of these only
        as many are told as the decoder refused. A random-access picture always gives one, or is damaged.
        """
        passed = {ticks: at_ns for ticks, at_ns in self._pending.items() if at_ns < time_ns}
        lost = [at_ns for ticks, at_ns in passed.items() if ticks in self._pending_keys]
        rest = sorted(at_ns for ticks, at_ns in passed.items() if ticks not in self._pending_keys)
        self._refused = max(0, self._refused - len(lost))
        lost += rest[: self._refused]
        self._refused -= len(rest[: self._refused])
        for ticks in passed:
            del self._pending[ticks]
            self._pending_keys.discard(ticks)
        return sorted(lost)

    def lost_at_end(self) -> list[int]:
        """Times of packets that should have given a frame and did not, when no more can come."""
        of_keys = {ticks: self._pending[ticks] for ticks in self._pending_keys}
        lost = sorted((self._pending if self._refused else of_keys).values())
        self._pending, self._pending_keys, self._refused = {}, set(), 0
        return lost
