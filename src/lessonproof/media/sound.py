"""Decode the sound once, at a low rate, and keep what the measurements of sound need; and again, exactly, in places."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_coherence import MOST_SHIFT, Coherence, compare, edges
from lessonproof.analysis.sound_features import PRINT_SAMPLES, RATE_HZ, FeatureBuilder
from lessonproof.analysis.sound_floor import floor_steps
from lessonproof.analysis.sound_hum import track_hum
from lessonproof.analysis.sound_judge import SoundScan
from lessonproof.analysis.sound_prints import ReplayCandidate, replay_candidates
from lessonproof.analysis.sound_replay import ReplayProof
from lessonproof.analysis.sound_sync import SoundTimes
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S, rescale_ns
from lessonproof.media.index import RecordingIndex, time_base
from lessonproof.media.opening import RecordingFile, open_container, packets_of
from lessonproof.media.time_line import BACKWARD_JUMP_NS, HALF_WRAP_NS

_JUMP_NS: Final = 30 * NS_PER_MS
"""Sound whose time differs by more than this from where the last frame ended begins a new run."""
_TRANSPORT_STREAM: Final = "mpegts"
_BATCH_SAMPLES: Final = 1 << 16
_PIECE_SAMPLES: Final = 8 * RATE_HZ
_MARGIN_SAMPLES: Final = RATE_HZ
_PRE_ROLL_NS: Final = 200 * NS_PER_MS
"""A decoder of AAC needs a packet before the first that counts."""


@dataclass(frozen=True, slots=True, eq=False)
class SoundRun:
    """Samples that follow on each other.

    Attributes:
        start: number of the first one, counted at the rate asked for (8 kHz) from the first presented frame; below 0
            for sound before it.
        samples: shape ``(N,)``, float32.
        is_new: whether the file's own times jump here (or sound begins).
        jump_ns: how far, where it does; 0 at the beginning.
    """

    start: int
    samples: NDArray[np.float32]
    is_new: bool
    jump_ns: int


def scan_sound(path: Path, index: RecordingIndex) -> SoundScan | None:
    """Stage ``sound``: features of the first audio track; ``None`` where there is none or none of it can be decoded.

    Samples behind the picture's end are left out: a recording ends with its picture. Stretches that seem to come back
    are decoded a second time and compared sample by sample.
    """
    if not index.has_audio:
        return None
    builder = FeatureBuilder(index.packets.duration_ns)
    start_ns: int | None = None
    end_ns = 0
    jumps: list[tuple[int, int]] = []
    for run in decode_sound(path, index):
        builder.add(run.start, run.samples)
        run_ns = run.start * NS_PER_S // RATE_HZ
        if start_ns is None:
            start_ns = run_ns
        elif run.is_new and run.jump_ns:
            jumps.append((run_ns, run.jump_ns))
        end_ns = max(end_ns, (run.start + run.samples.size) * NS_PER_S // RATE_HZ)
    features = builder.build()
    if features is None or start_ns is None:
        return None
    proofs = [_prove(path, index, candidate) for candidate in replay_candidates(features)]
    return SoundScan(
        features=features,
        hum=track_hum(features),
        floor=floor_steps(features),
        proofs=tuple(proof for proof in proofs if proof is not None),
        times=SoundTimes(start_ns, end_ns, tuple(jumps)),
    )


def _prove(path: Path, index: RecordingIndex, candidate: ReplayCandidate) -> ReplayProof | None:
    """Compare both ends of two stretches sample by sample; ``None`` where one of them cannot be decoded."""
    length = candidate.steps * PRINT_SAMPLES
    source, copy = candidate.source_step * PRINT_SAMPLES, candidate.start_step * PRINT_SAMPLES
    piece = min(length, _PIECE_SAMPLES)
    head = _compared(path, index, source, copy, piece, is_head=True)
    tail = _compared(path, index, source + length - piece, copy + length - piece, piece, is_head=False)
    if head is None or tail is None:
        return None
    (first, start), (last, end) = head, tail
    begin = source + start
    total = source + length - piece + end - begin
    return ReplayProof(
        source_start_ns=begin * NS_PER_S // RATE_HZ,
        start_ns=(begin + copy - source + first.shift) * NS_PER_S // RATE_HZ,
        length_ns=max(0, total) * NS_PER_S // RATE_HZ,
        bit_error_rate=candidate.error_rate,
        overall=min(first.overall, last.overall),
        faint=min(first.faint, last.faint),
    )


def _compared(
    path: Path, index: RecordingIndex, source: int, copy: int, count: int, *, is_head: bool
) -> tuple[Coherence, int] | None:
    """One end of a pair: how well it agrees, and where it begins (or ends), in samples from ``source``."""
    end = index.packets.duration_ns * RATE_HZ // NS_PER_S
    before = min(_MARGIN_SAMPLES, source, copy - MOST_SHIFT) if is_head else 0
    after = 0 if is_head else max(0, min(_MARGIN_SAMPLES, end - copy - count - MOST_SHIFT))
    before = max(0, before)
    one = decode_stretch(path, index, source - before, before + count + after)
    two = decode_stretch(path, index, copy - before - MOST_SHIFT, before + count + after + 2 * MOST_SHIFT)
    if one is None or two is None:
        return None
    inside = slice(before, before + count)
    coherence = compare(one, two, inside)
    start, stop = edges(coherence.course, inside)
    return coherence, (start if is_head else stop) - before


class _Clock:
    """Puts sound on the recording's one time line: where the file's clock starts over, it does so for the sound too."""

    def __init__(self, index: RecordingIndex) -> None:
        self._offsets_ns = [0, *(join.offset_ns for join in index.joins)]
        self._origin_ns = index.origin_ns
        self._may_wrap = index.facts.container == _TRANSPORT_STREAM
        self._restarts = 0
        self._last_ns: int | None = None

    def next_time(self, file_time_ns: int) -> int:
        """Time of the next frame in file order, from its time in the file."""
        if self._last_ns is None and self._may_wrap and file_time_ns - self._origin_ns > HALF_WRAP_NS:
            # The encoder's lead-in lies before 0, which a clock of 33 bits cannot say.
            file_time_ns -= 2 * HALF_WRAP_NS
        if self._last_ns is not None:
            step_ns = file_time_ns - self._last_ns
            self._restarts += step_ns < -BACKWARD_JUMP_NS or (self._may_wrap and step_ns > HALF_WRAP_NS)
        self._last_ns = file_time_ns
        offset_ns = self._offsets_ns[min(self._restarts, len(self._offsets_ns) - 1)]
        return file_time_ns - self._origin_ns + offset_ns


class _Mono:
    """Turns frames of any kind into mono samples at a low rate, many frames at a time."""

    def __init__(self, rate_hz: int) -> None:
        self._kind: tuple[str, str, int] | None = None
        self._rate_hz = rate_hz
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=rate_hz)
        self._waiting: av.AudioFifo | None = None

    def fits(self, frame: av.AudioFrame) -> bool:
        """Whether a frame is of the kind that is being taken; joined files change it on the way."""
        return self._kind == (frame.format.name, frame.layout.name, frame.sample_rate)

    def begin(self, frame: av.AudioFrame) -> None:
        """Start anew with the kind of a frame."""
        self._kind = (frame.format.name, frame.layout.name, frame.sample_rate)
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=self._rate_hz)
        self._waiting = av.AudioFifo()

    def take(self, frame: av.AudioFrame) -> NDArray[np.float32] | None:
        """Take a frame; samples now and then."""
        if self._waiting is None:
            raise ValueError("begin comes before take")
        frame.pts = None
        self._waiting.write(frame)
        return self._read(flush=False) if self._waiting.samples >= _BATCH_SAMPLES else None

    def rest(self) -> NDArray[np.float32]:
        """Everything that still waits; ends the run."""
        if self._waiting is None:
            return np.empty(0, np.float32)
        samples = self._read(flush=True)
        self._kind, self._waiting = None, None
        return samples

    def _read(self, *, flush: bool) -> NDArray[np.float32]:
        waiting = None if self._waiting is None or not self._waiting.samples else self._waiting.read()
        blocks = [] if waiting is None else self._resampler.resample(waiting)
        if flush:
            blocks += self._resampler.resample(None)
        parts = [np.asarray(block.to_ndarray(), np.float32).reshape(-1) for block in blocks]
        return np.concatenate(parts) if parts else np.empty(0, np.float32)


def decode_sound(path: Path, index: RecordingIndex, rate_hz: int = RATE_HZ) -> Iterator[SoundRun]:
    """Samples of the first audio track in the order of the file; nothing where there is none.

    A damaged packet gives none, and its time stays without samples; where the demuxer gives up, what came before
    stands.

    Args:
        path: the recording.
        index: its index.
        rate_hz: samples in a second.
    """
    with RecordingFile(path) as file, open_container(file) as container:
        if not container.streams.audio or container.streams.audio[0].codec_context is None:
            return
        stream = container.streams.audio[0]
        clock = _Clock(index)
        yield from _runs(_timed_frames(container, stream, clock), rate_hz)


def decode_stretch(path: Path, index: RecordingIndex, start: int, count: int) -> NDArray[np.float32] | None:
    """Samples of one stretch; ``None`` where the track does not hold all of them in one run.

    Args:
        path: the recording.
        index: its index; one whose time line starts over cannot be entered in the middle and is read from its start.
        start: number of the first sample, at 8 kHz from the first presented frame.
        count: how many.
    """
    found = np.zeros(count, np.float32)
    is_there = np.zeros(count, np.bool_)
    with RecordingFile(path) as file, open_container(file) as container:
        if not container.streams.audio or container.streams.audio[0].codec_context is None:
            return None
        stream = container.streams.audio[0]
        if not index.joins:
            numerator, denominator = time_base(stream)
            target_ns = start * NS_PER_S // RATE_HZ + index.origin_ns - _PRE_ROLL_NS
            container.seek(max(0, target_ns * denominator // (numerator * NS_PER_S)), stream=stream, backward=True)
        for run in _runs(_timed_frames(container, stream, _Clock(index)), RATE_HZ):
            at = run.start - start
            low, high = max(0, at), min(count, at + run.samples.size)
            if low < high:
                found[low:high] = run.samples[low - at : high - at]
                is_there[low:high] = True
            if at >= count:
                break
    return found if is_there.all() else None


def _timed_frames(
    container: av.container.InputContainer, stream: av.AudioStream, clock: _Clock
) -> Iterator[tuple[int, av.AudioFrame]]:
    """Decoded frames with their time on the recording's time line."""
    numerator, denominator = time_base(stream)
    try:
        for packet in packets_of(lambda: container.demux(stream)):
            for frame in _decode(stream.codec_context, packet):
                if frame.pts is not None and frame.samples and frame.sample_rate:
                    yield clock.next_time(rescale_ns(frame.pts, numerator, denominator)), frame
    except av.error.FFmpegError:
        return  # what came before stands; the rest has no samples and is told as such


def _runs(frames: Iterator[tuple[int, av.AudioFrame]], rate_hz: int) -> Iterator[SoundRun]:
    """Frames as runs of samples; a jump of the times or of the sound's kind begins a new one."""
    mono = _Mono(rate_hz)
    next_ns: int | None = None
    start = 0
    is_new, jump_ns = True, 0
    for time_ns, frame in frames:
        off_ns = 0 if next_ns is None else time_ns - next_ns
        if abs(off_ns) > _JUMP_NS or not mono.fits(frame):
            rest = mono.rest()
            if rest.size:
                yield SoundRun(start, rest, is_new, jump_ns)
            mono.begin(frame)
            start = time_ns * rate_hz // NS_PER_S
            is_new, jump_ns = True, off_ns if abs(off_ns) > _JUMP_NS else 0
            next_ns = time_ns
        # Times are rounded (to milliseconds in Matroska): the samples count, as long as both agree.
        length_ns = frame.samples * NS_PER_S // frame.sample_rate
        next_ns = time_ns + length_ns
        samples = mono.take(frame)
        if samples is not None:
            yield SoundRun(start, samples, is_new, jump_ns)
            start += samples.size
            is_new, jump_ns = False, 0
    rest = mono.rest()
    if rest.size:
        yield SoundRun(start, rest, is_new, jump_ns)


def _decode(context: av.AudioCodecContext, packet: "av.Packet[av.AudioStream]") -> list[av.AudioFrame]:
    """Frames of one packet; a damaged one gives none, and its time stays without samples."""
    try:
        return context.decode(packet)
    except av.error.FFmpegError:
        return []
