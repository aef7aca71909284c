"""File marks (文件痕迹): what a file's own structure says of what wrote it, apart from what it shows.

Marks are evidence for people and for comparing a recording with others of the same recorder. Anybody can write them,
and honest tools rewrite them: alone they never decide anything. Of everything a file may carry only what tells of
hardware, software and structure is kept; places, names, titles and comments are never read into a mark.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class EditSegment:
    """One entry of an MP4 edit list (ISO/IEC 14496-12, 8.6.6).

    Attributes:
        start_ns: where in the media it begins; ``None`` for an empty edit, which shows nothing.
        length_ns: how long it is presented.
        rate: speed of presentation, 1.0 as recorded.
    """

    start_ns: int | None
    length_ns: int
    rate: float


@dataclass(frozen=True, slots=True)
class TrackMarks:
    """What the container says of one track.

    Attributes:
        kind: ``video``, ``audio`` or ``other``.
        codec: as the container names it (``avc1``, ``V_MPEG4/ISO/AVC``, ...); ``None`` where it does not.
        handler: name of the handler that wrote it; ``None`` where there is none.
        encoder: compressor or encoder that the track names; ``None`` likewise.
        timescale: ticks a second; ``None`` where the container has none of its own for the track.
        duration_ns: the header's claim; ``None`` where it claims nothing.
        created_s: creation time, seconds since 1970 UTC; ``None`` where it is not set.
        modified_s: modification time, likewise.
        media_start_ns: presentation time of the earliest sample in the media's own time; ``None`` if not known.
        media_end_ns: likewise of the end of the latest sample.
        edits: its edit list; empty where there is none.
    """

    kind: str
    codec: str | None = None
    handler: str | None = None
    encoder: str | None = None
    timescale: int | None = None
    duration_ns: int | None = None
    created_s: int | None = None
    modified_s: int | None = None
    media_start_ns: int | None = None
    media_end_ns: int | None = None
    edits: tuple[EditSegment, ...] = ()


@dataclass(frozen=True, slots=True)
class EncoderMark:
    """An encoder's signature inside the picture data (H.264, H.265: SEI ``user_data_unregistered``).

    Attributes:
        uuid: 32 hexadecimal digits.
        name: ``x264`` or ``x265``; ``None`` for an identity that is not known here.
        version: as it names itself; ``None`` where the identity is not known.
        settings: its options as written; ``None`` likewise.
    """

    uuid: str
    name: str | None = None
    version: str | None = None
    settings: str | None = None


@dataclass(frozen=True, slots=True)
class StreamFacts:
    """What packets and decoder headers say of the coding, for comparing recordings with each other.

    Attributes:
        video_codec: short name.
        profile: of the video coding; ``None`` where it has none.
        level: of the video coding, as coded; ``None`` likewise.
        width_px: coded width.
        height_px: coded height.
        gop_pictures: usual number of pictures from one random-access picture to the next; ``None`` below three.
        frame_step_us: usual time from one picture to the next, microseconds; ``None`` below three pictures.
        is_steady: whether the pictures keep one step throughout.
        has_bframes: whether pictures are stored in another order than shown.
        audio_codec: short name; ``None`` without sound.
        audio_rate_hz: sampling rate; ``None`` without sound.
        audio_channels: number of channels; ``None`` without sound.
    """

    video_codec: str
    profile: str | None
    level: int | None
    width_px: int
    height_px: int
    gop_pictures: int | None
    frame_step_us: int | None
    is_steady: bool
    has_bframes: bool
    audio_codec: str | None
    audio_rate_hz: int | None
    audio_channels: int | None


@dataclass(frozen=True, slots=True)
class FileMarks:
    """Everything a file says of itself.

    Attributes:
        container: short name of the demuxer.
        stream: the coding.
        major_brand: of an MP4; ``None`` elsewhere.
        brands: compatible brands, as listed.
        muxer: library or device that wrote the container; ``None`` where it is not named.
        writer: application that used it; ``None`` likewise.
        device_make: maker of the recording device, where the file names it.
        device_model: its model.
        system: operating system or firmware that the device names.
        created_s: creation time of the file, seconds since 1970 UTC; ``None`` where it is not set.
        modified_s: modification time, likewise.
        duration_ns: what the file as a whole claims; ``None`` where it claims nothing.
        boxes: outermost boxes or elements in file order, repeats as ``name*count``; at most 64.
        tracks: in file order.
        encoders: signatures inside the picture data, each once, in order of appearance.
        not_examined: part -> reason code, for what could not be read.
    """

    container: str
    stream: StreamFacts
    major_brand: str | None = None
    brands: tuple[str, ...] = ()
    muxer: str | None = None
    writer: str | None = None
    device_make: str | None = None
    device_model: str | None = None
    system: str | None = None
    created_s: int | None = None
    modified_s: int | None = None
    duration_ns: int | None = None
    boxes: tuple[str, ...] = ()
    tracks: tuple[TrackMarks, ...] = ()
    encoders: tuple[EncoderMark, ...] = ()
    not_examined: Mapping[str, str] = field(default_factory=dict)

    def tracks_of(self, kind: str) -> tuple[TrackMarks, ...]:
        """Tracks of one kind, in file order."""
        return tuple(track for track in self.tracks if track.kind == kind)


def marks_to_json(marks: FileMarks) -> dict[str, Any]:
    """As JSON values, without loss."""
    listed: dict[str, Any] = _listed(asdict(marks))
    return listed


def marks_from_json(value: Mapping[str, Any]) -> FileMarks:
    """Read back what :func:`marks_to_json` wrote.

    Raises:
        KeyError: a field is missing.
        TypeError: a field that is not known.
    """
    return FileMarks(
        **{
            **value,
            "stream": StreamFacts(**value["stream"]),
            "brands": tuple(value["brands"]),
            "boxes": tuple(value["boxes"]),
            "tracks": tuple(_track_from_json(track) for track in value["tracks"]),
            "encoders": tuple(EncoderMark(**mark) for mark in value["encoders"]),
            "not_examined": dict(value["not_examined"]),
        }
    )


def _track_from_json(value: Mapping[str, Any]) -> TrackMarks:
    return TrackMarks(**{**value, "edits": tuple(EditSegment(**edit) for edit in value["edits"])})


def _listed(value: Any) -> Any:
    """Tuples become lists, as they would on their way through JSON."""
    if isinstance(value, Mapping):
        return {key: _listed(inner) for key, inner in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_listed(inner) for inner in value]
    return value
