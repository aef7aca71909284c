"""Makes a rendered file look like what a recorder writes: no encoder signature, no muxer name, a device's handlers."""

import shutil
from pathlib import Path
from typing import Final

import av
from av.bitstream import BitStreamFilterContext

from benchmarks.tamper.boxes import set_rotation
from benchmarks.tamper.spec import Recorder

FORMATS: Final = {"mp4": "mp4", "mkv": "matroska", "ts": "mpegts"}
_SEI_FILTERS: Final = {"h264": "filter_units=remove_types=6", "hevc": "filter_units=remove_types=39"}
"""SEI messages: NAL unit type 6 of H.264 (7.4.1), prefix SEI type 39 of H.265 (7.4.2.2)."""
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
        strip = BitStreamFilterContext(_SEI_FILTERS[video.codec_context.name], video)
        for packet in source.demux():
            if packet.dts is None:
                continue
            is_video = packet.stream.index == video.index
            for kept in strip.filter(packet) if is_video else [packet]:
                kept.stream = targets[video.index if is_video else packet.stream.index]
                output.mux(kept)
