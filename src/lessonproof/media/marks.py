"""Gather the marks of a file: from its container's structure, its packets and what the demuxer says of its tracks."""

from dataclasses import replace
from typing import Final

import numpy as np
from av.audio.stream import AudioStream
from av.video.stream import VideoStream

from lessonproof.analysis.packets import PacketTable
from lessonproof.evidence.file_marks import EncoderMark, FileMarks, StreamFacts
from lessonproof.media.containers_mkv import read_mkv_marks
from lessonproof.media.containers_mp4 import read_mp4_marks
from lessonproof.media.structure import SeekableBytes

_STEADY_SHARE: Final = 0.98
_STEADY_WITHIN: Final = 0.1
_MIN_TIMES: Final = 3
UNKNOWN_STRUCTURE: Final = "container_has_no_marks"


def stream_facts(video: VideoStream, audio: AudioStream | None, table: PacketTable) -> StreamFacts:
    """What packets and decoder headers say of the coding."""
    context = video.codec_context
    sound = audio.codec_context if audio is not None else None
    steps = np.diff(table.presented_ns())
    usual_ns = int(np.median(steps)) if steps.size >= _MIN_TIMES - 1 else None
    steady = usual_ns is not None and np.mean(np.abs(steps - usual_ns) <= _STEADY_WITHIN * usual_ns) >= _STEADY_SHARE
    distances = np.diff(np.flatnonzero(table.is_key))
    level = getattr(context, "level", None)
    return StreamFacts(
        video_codec=context.name,
        profile=context.profile,
        level=level if isinstance(level, int) and level > 0 else None,
        width_px=context.width,
        height_px=context.height,
        gop_pictures=int(np.median(distances)) if distances.size >= _MIN_TIMES else None,
        frame_step_us=None if usual_ns is None else round(usual_ns / 1000),
        is_steady=bool(steady),
        has_bframes=bool(np.any(np.diff(table.pts_ns) < 0)),
        audio_codec=sound.name if sound is not None else None,
        audio_rate_hz=sound.sample_rate if sound is not None else None,
        audio_channels=sound.channels if sound is not None else None,
    )


def read_marks(
    file: SeekableBytes, container: str, stream: StreamFacts, encoders: tuple[EncoderMark, ...]
) -> FileMarks:
    """Everything the file says of itself.

    Args:
        file: the recording.
        container: short name of the demuxer.
        stream: what packets and decoder headers say.
        encoders: signatures inside the picture data.
    """
    marks = FileMarks(container=container, stream=stream, encoders=encoders)
    if container == "mov":
        return _with_mp4(marks, file)
    if container == "matroska":
        return _with_mkv(marks, file)
    return replace(marks, not_examined={"structure": UNKNOWN_STRUCTURE})


def _with_mp4(marks: FileMarks, file: SeekableBytes) -> FileMarks:
    found = read_mp4_marks(file)
    return replace(
        marks,
        major_brand=found.major_brand,
        brands=found.brands,
        writer=found.texts.get("writer"),
        device_make=found.texts.get("make"),
        device_model=found.texts.get("model"),
        system=found.texts.get("system"),
        created_s=found.created_s,
        modified_s=found.modified_s,
        duration_ns=found.duration_ns,
        boxes=found.boxes,
        tracks=found.tracks,
        not_examined={} if found.not_examined is None else {"structure": found.not_examined},
    )


def _with_mkv(marks: FileMarks, file: SeekableBytes) -> FileMarks:
    found = read_mkv_marks(file)
    return replace(
        marks,
        muxer=found.muxer,
        writer=found.writer,
        created_s=found.created_s,
        boxes=found.parts,
        tracks=tuple(replace(track, timescale=found.timescale) for track in found.tracks),
        duration_ns=found.duration_ns,
        not_examined={} if found.not_examined is None else {"structure": found.not_examined},
    )
