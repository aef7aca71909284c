"""Tampering without decoding: packets left out or joined, bytes cut off, an edit list, sound written anew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.container
import numpy as np
from av.stream import Stream

from benchmarks.lessons.sound import Samples
from benchmarks.lessons.spec import TICKS_PER_S
from benchmarks.lessons.timeline import AudioPiece
from benchmarks.lessons.track import SoundTrack
from benchmarks.tamper.boxes import hide_stretch
from benchmarks.tamper.dress import FORMATS
from benchmarks.tamper.sources import FileSound, read_times
from benchmarks.tamper.spec import CopyJoin, CopyRanges, HideByEditList, Remux, Resound, Truncate
from benchmarks.tamper.truth import Event, Truth, frame_times_ns, honest_truth, with_facts

_RATE_HZ = 32_000
_AAC_FRAME = 1024


@dataclass(frozen=True, slots=True)
class _Range:
    """Packets of one file that are kept: seconds of the file's own time stamps, and by how much they move."""

    path: Path
    start: Fraction
    end: Fraction | None
    shift: Fraction


def copy_ranges(operation: CopyRanges, source: Path, path: Path, name: str) -> Truth:
    """Leave a stretch out, on random-access pictures. See ``CopyRanges``."""
    keys, origin = _keyframes(source)
    start = _at_or_after(keys, origin + Fraction(operation.leave_out[0]))
    end = _at_or_after(keys, max(origin + Fraction(operation.leave_out[1]), _next(keys, start)))
    shift = start - end if operation.close_up else Fraction(0)
    _copy(
        [_Range(source, origin, start, -origin), _Range(source, end, None, shift - origin)], path, operation.container
    )
    kind = "cut" if operation.close_up else "gap"
    truth = honest_truth(path, name)
    return _with_event(truth, _seam_event(path, kind, float(start - origin), truth.frame_ns), "concatenated")


def copy_join(operation: CopyJoin, source: Path, other: Path, path: Path, name: str) -> Truth:
    """Join two recordings packet by packet. See ``CopyJoin``."""
    keys, origin = _keyframes(source)
    other_keys, other_origin = _keyframes(other)
    end = _at_or_after(keys, origin + Fraction(operation.at_s))
    start = _at_or_after(other_keys, other_origin + Fraction(operation.other_start_s))
    if source == other and start == end:
        start = _next(other_keys, end)
    ranges = [_Range(source, origin, end, -origin), _Range(other, start, None, end - origin - start)]
    _copy(ranges, path, operation.container)
    truth = honest_truth(path, name)
    # Joined with itself, the stretch between the two points is truly shown twice.
    facts = ("loop",) if source == other and start < end else ()
    return _with_event(truth, _seam_event(path, "concatenated", float(end - origin), truth.frame_ns), *facts)


def remux(operation: Remux, source: Path, path: Path, name: str) -> Truth:
    """Copy everything into another container."""
    keys, origin = _keyframes(source)
    _copy([_Range(source, keys[0], None, -origin)], path, operation.container)
    truth = honest_truth(path, name)
    return _with_event(truth, Event(operation.kind, 0, truth.duration_ns, whole=True))


def truncate(operation: Truncate, source: Path, path: Path, name: str) -> Truth:
    """Cut the file's end off. See ``Truncate``."""
    whole = path.with_name(f"whole-{path.name}")
    keys, origin = _keyframes(source)
    options = {"movflags": "+faststart"} if operation.container == "mp4" else {}
    _copy([_Range(source, keys[0], None, -origin)], whole, operation.container, options)
    times, step = frame_times_ns(whole)
    data = whole.read_bytes()
    whole.unlink()
    path.write_bytes(data[: round(len(data) * operation.share)])
    with av.open(str(path)) as container:
        has_audio = bool(container.streams.audio)
    end_ns = times[-1] + step
    event = Event("truncated", round(end_ns * operation.share), end_ns, whole=True)
    return Truth(name, end_ns, step, has_audio, (event,), frozenset({"unreadable", "reencoded"}))


def hide_by_edit_list(operation: HideByEditList, source: Path, path: Path, name: str) -> Truth:
    """Hide a stretch. See ``HideByEditList``."""
    keys, origin = _keyframes(source)
    _copy([_Range(source, keys[0], None, -origin)], path, "mp4")
    times, step = frame_times_ns(path)
    start_s, end_s = (_nearest(times, second) / 1e9 for second in operation.hide)
    hide_stretch(path, start_s, end_s)
    with av.open(str(path)) as container:
        has_audio = bool(container.streams.audio)
    hidden_ns = round((end_s - start_s) * 1e9)
    seam_ns = round(start_s * 1e9)
    event = Event("edit_list", seam_ns - step, seam_ns, whole=True, detail={"hidden_s": end_s - start_s})
    return Truth(name, times[-1] + step - hidden_ns, step, has_audio, (event,), frozenset({"reencoded"}))


def resound(operation: Resound, source: Path, path: Path, name: str) -> Truth:
    """Copy the picture, write the sound anew. See ``Resound``."""
    times = read_times(source)
    end_tick = int(times.ticks[-1])
    pieces = tuple(p for p in _sound_pieces(operation, end_tick) if p.out_start < p.out_end)
    track = None
    if operation.kind != "no_audio":
        heard = FileSound(source, _RATE_HZ)
        track = SoundTrack(_SoundPlan(pieces, end_tick), _RATE_HZ, lambda _number: heard)
    _mux_with_sound(source, path, operation.container, track, end_tick)
    truth = honest_truth(path, name)
    whole = operation.kind in {"no_audio", "av_desync"}
    start_ns, end_ns = round(operation.start_s * 1e9), round(operation.end_s * 1e9)
    if operation.kind == "no_audio":
        start_ns, end_ns = 0, truth.duration_ns
    if operation.kind == "audio_break":
        end_ns = start_ns
    event = Event(operation.kind, start_ns, truth.duration_ns if operation.kind == "av_desync" else end_ns, whole)
    return Truth(name, truth.duration_ns, truth.frame_ns, truth.has_audio, (event,), frozenset({"reencoded"}))


@dataclass(frozen=True, slots=True)
class _SoundPlan:
    audio: tuple[AudioPiece, ...]
    end_tick: int


def _sound_pieces(operation: Resound, end_tick: int) -> tuple[AudioPiece, ...]:
    start, end = (round(second * TICKS_PER_S) for second in (operation.start_s, operation.end_s))
    other = round(operation.other_start_s * TICKS_PER_S)
    before = AudioPiece(0, start, 0, 0, start)
    if operation.kind == "audio_gap":
        hole = AudioPiece(start, end, 0, start, end, muted=not operation.missing, missing=operation.missing)
        return before, hole, AudioPiece(end, end_tick, 0, end, end_tick)
    return before, AudioPiece(start, end_tick, 0, other, other + end_tick - start)


def _mux_with_sound(source: Path, path: Path, container: str, track: SoundTrack | None, end_tick: int) -> None:
    with av.open(str(source)) as inside, av.open(str(path), "w", format=FORMATS[container]) as output:
        video = inside.streams.video[0]
        picture = output.add_stream_from_template(video)
        sound = output.add_stream("aac", rate=_RATE_HZ, layout="mono") if track is not None else None
        origin: int | None = None
        blocks = _AacBlocks()
        for packet in inside.demux(video):
            if packet.pts is None or packet.dts is None or packet.time_base is None:
                continue
            origin = packet.pts if origin is None else origin
            packet.pts, packet.dts = packet.pts - origin, packet.dts - origin
            tick = min(end_tick, max(0, round(packet.pts * packet.time_base * TICKS_PER_S)))
            packet.stream = picture
            output.mux(packet)
            if sound is not None and track is not None:
                for start, samples in track.until(tick):
                    for frame in blocks.add(start, samples):
                        output.mux(sound.encode(frame))
        if sound is not None and track is not None:
            for start, samples in track.until(end_tick):
                for frame in blocks.add(start, samples):
                    output.mux(sound.encode(frame))
            output.mux(sound.encode(None))


class _AacBlocks:
    """Collects samples to whole AAC frames; a start that does not follow on leaves a hole in the packets."""

    def __init__(self) -> None:
        self._start = 0
        self._held = np.zeros(0, np.float32)

    def add(self, start: int, samples: Samples) -> Iterator[av.AudioFrame]:
        """Take samples in; yield the frames that are full."""
        if start != self._start + len(self._held):
            if len(self._held):
                yield self._frame(np.pad(self._held, (0, _AAC_FRAME - len(self._held))))
            self._start, self._held = start, np.zeros(0, np.float32)
        self._held = np.concatenate([self._held, samples])
        while len(self._held) >= _AAC_FRAME:
            yield self._frame(self._held[:_AAC_FRAME])
            self._start, self._held = self._start + _AAC_FRAME, self._held[_AAC_FRAME:]

    def _frame(self, block: Samples) -> av.AudioFrame:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block[None]), format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _RATE_HZ, self._start, Fraction(1, _RATE_HZ)
        return frame


def _with_event(truth: Truth, event: Event, *facts: str) -> Truth:
    told = with_facts(truth, "reencoded", *facts)
    return Truth(told.name, told.duration_ns, told.frame_ns, told.has_audio, (event,), told.facts)


def _seam_event(path: Path, kind: str, seam_s: float, frame_ns: int) -> Event:
    """The event at a seam, from the file's own time stamps; a gap begins where the frame before it should end."""
    times, _ = frame_times_ns(path)
    after = int(np.searchsorted(times, round(seam_s * 1e9) - frame_ns // 2))
    start_ns = times[after - 1] + (frame_ns if kind == "gap" else 0)
    return Event(kind, start_ns, times[after])


def _nearest(times_ns: list[int], second: float) -> int:
    return min(times_ns, key=lambda time_ns: abs(time_ns - second * 1e9))


def _keyframes(path: Path) -> tuple[list[Fraction], Fraction]:
    """Presentation times of the random-access pictures and of the first picture, seconds."""
    keys, first = [], None
    with av.open(str(path)) as container:
        for packet in container.demux(container.streams.video[0]):
            if packet.pts is None or packet.time_base is None:
                continue
            at = packet.pts * packet.time_base
            first = at if first is None else min(first, at)
            if packet.is_keyframe:
                keys.append(at)
    if first is None:
        raise ValueError(f"{path} has no picture")
    return sorted(keys), first


def _at_or_after(keys: list[Fraction], second: Fraction) -> Fraction:
    found = [key for key in keys if key >= second]
    if not found:
        raise ValueError(f"no random-access picture at or after {float(second)} s")
    return found[0]


def _next(keys: list[Fraction], key: Fraction) -> Fraction:
    """The random-access picture behind one: something must be left out, else nothing was done."""
    return _at_or_after([other for other in keys if other > key], key)


def _copy(ranges: list[_Range], path: Path, container: str, options: dict[str, str] | None = None) -> None:
    """Write packets of several ranges one after the other; a range's pictures begin with a random-access one."""
    with av.open(str(path), "w", format=FORMATS[container], options=options or {}) as output:
        with av.open(str(ranges[0].path)) as first:
            streams: dict[str, Stream] = {
                s.type: output.add_stream_from_template(s) for s in first.streams if s.type in {"video", "audio"}
            }
        last_dts: dict[str, int] = {}
        for part in ranges:
            with av.open(str(part.path)) as source:
                _copy_range(source, part, output, streams, last_dts)


def _copy_range(
    source: av.container.InputContainer,
    part: _Range,
    output: av.container.OutputContainer,
    streams: Mapping[str, Stream],
    last_dts: dict[str, int],
) -> None:
    for packet in source.demux([s for s in source.streams if s.type in streams]):
        if packet.dts is None or packet.pts is None or packet.time_base is None:
            continue
        kind, at = packet.stream.type, packet.pts * packet.time_base
        if at < part.start or (part.end is not None and at >= part.end):
            continue
        offset = round(part.shift / packet.time_base)
        packet.pts, packet.dts = packet.pts + offset, packet.dts + offset
        # The encoder delay of the next part's sound reaches back over the seam.
        ticks = round(packet.dts * packet.time_base * TICKS_PER_S)
        if kind in last_dts and ticks <= last_dts[kind]:
            continue
        last_dts[kind] = ticks
        packet.stream = streams[kind]
        output.mux(packet)
