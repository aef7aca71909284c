"""Makes a rendered file look like what a recorder writes: no encoder signature, no muxer name, a device's handlers."""

import shutil
from pathlib import Path
from typing import Any, Final

import av

from benchmarks.tamper.boxes import set_rotation
from benchmarks.tamper.spec import Recorder

FORMATS: Final = {"mp4": "mp4", "mkv": "matroska", "ts": "mpegts"}
_SEI_TYPES: Final = {"h264": 6, "hevc": 39}
"""NAL unit types of SEI messages: H.264 table 7-1; H.265 table 7-1, prefix SEI."""
_LENGTH_BYTES: Final = 4
_HANDLERS: Final = {
    Recorder.NVR: {"video": "IPC Video Track", "audio": "IPC Audio Track"},
    Recorder.PHONE: {"video": "VideoHandle", "audio": "SoundHandle"},
}


def dress(rendered: Path, path: Path, recorder: Recorder, container: str, rotation: int = 0) -> None:
    """Write a file as a recorder would have written it.

    Args:
        rendered: what the synthesiser wrote.
        path: file to write.
        recorder: whose marks.
        container: ``mp4``, ``mkv`` or ``ts``.
        rotation: display rotation, degrees clockwise; MP4 only.
    """
    if recorder is Recorder.SOFTWARE:
        shutil.copyfile(rendered, path)
    else:
        _copy_without_marks(rendered, path, recorder, container)
    if rotation:
        set_rotation(path, rotation)


def _copy_without_marks(rendered: Path, path: Path, recorder: Recorder, container: str) -> None:
    with (
        av.open(str(rendered)) as source,
        av.open(str(path), "w", format=FORMATS[container], options={"fflags": "+bitexact"}) as output,
    ):
        video = source.streams.video[0]
        targets = {stream.index: output.add_stream_from_template(stream) for stream in source.streams}
        for stream in source.streams:
            targets[stream.index].metadata["handler_name"] = _HANDLERS[recorder][stream.type]
        for packet in source.demux():
            if packet.dts is None:
                continue
            target = targets[packet.stream.index]
            kept = _without_signature(packet, video.codec_context.name) if packet.stream.type == "video" else packet
            kept.stream = target
            output.mux(kept)


def _without_signature(packet: "av.Packet[Any]", codec: str) -> "av.Packet[Any]":
    data = bytes(packet)
    stripped = without_sei(data, codec)
    if len(stripped) == len(data):
        return packet
    copy = av.Packet(stripped)
    copy.pts, copy.dts, copy.duration = packet.pts, packet.dts, packet.duration
    copy.time_base, copy.is_keyframe = packet.time_base, packet.is_keyframe
    return copy


def without_sei(data: bytes, codec: str) -> bytes:
    """Leave the SEI messages out of a packet whose NAL units each have their length in front (ISO/IEC 14496-15).

    Raises:
        ValueError: the lengths do not add up.
    """
    kept: list[bytes] = []
    at = 0
    while at < len(data):
        end = at + _LENGTH_BYTES + int.from_bytes(data[at : at + _LENGTH_BYTES], "big")
        if not at + _LENGTH_BYTES < end <= len(data):
            raise ValueError(f"a NAL unit at byte {at} ends at {end} of {len(data)}")
        header = data[at + _LENGTH_BYTES]
        kind = header & 0x1F if codec == "h264" else header >> 1 & 0x3F
        if kind != _SEI_TYPES[codec]:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)
