"""The one error root and its two branches: the input is at fault, or infrastructure is (for now).

Every error carries a stable ``code`` (documented in ``docs/errors.md``, returned by the API) and a message in both
languages of the product, because whoever meets it may read only one of them.
"""

from typing import ClassVar


class LessonProofError(Exception):
    """Root of everything this project raises on purpose.

    Args:
        en: what went wrong and what to do, English.
        zh: the same in Chinese; where only one language is known (a library's message), it stands in both.
    """

    code: ClassVar[str] = "lessonproof_error"

    def __init__(self, en: str, zh: str | None = None) -> None:
        super().__init__(en)
        self.en = en
        self.zh = zh if zh is not None else en

    def __reduce__(self) -> tuple[type["LessonProofError"], tuple[str, str]]:
        """Rebuild from both languages: errors cross process borders on their way out of a worker."""
        return (type(self), (self.en, self.zh))


class InputError(LessonProofError):
    """What was handed in is at fault: the same call cannot succeed by being repeated."""

    code: ClassVar[str] = "input_error"


class InfrastructureError(LessonProofError):
    """A service, a disk or a network is at fault: the same call may succeed later."""

    code: ClassVar[str] = "infrastructure_error"


class RecordingError(InputError):
    """A file cannot be read as a recording (exit code 3)."""

    code: ClassVar[str] = "recording_error"


class NotARegularFileError(RecordingError):
    """The path is a URL, a symbolic link, a folder, a device or a playlist: only local regular files are opened."""

    code: ClassVar[str] = "not_a_regular_file"


class EmptyFileError(RecordingError):
    """The file has no bytes."""

    code: ClassVar[str] = "empty_file"


class UnknownContainerError(RecordingError):
    """The bytes are none of the containers that are opened here (MP4/MOV, Matroska, MPEG-TS, AVI, GIF)."""

    code: ClassVar[str] = "unknown_container"


class IndexMissingError(RecordingError):
    """An MP4 without its ``moov`` box: the recorder never closed the file."""

    code: ClassVar[str] = "index_missing"


class NoVideoTrackError(RecordingError):
    """The container holds no video track."""

    code: ClassVar[str] = "no_video_track"


class UnknownCodecError(RecordingError):
    """The video track is in a coding that cannot be decoded here."""

    code: ClassVar[str] = "unknown_codec"


class NoReadableFramesError(RecordingError):
    """No frame of the whole recording could be decoded."""

    code: ClassVar[str] = "no_readable_frames"


class TimesOutOfRangeError(RecordingError):
    """The times of the pictures lie days apart or do not fit into 64 bits: damage, or no recording of one lesson."""

    code: ClassVar[str] = "times_out_of_range"


class DocumentError(InputError):
    """A class file or rule pack is invalid (exit code 4); the message names file, line, field and what was expected."""

    code: ClassVar[str] = "document_error"


class ServiceUnreachableError(InfrastructureError):
    """A needed service (database, object store, Ray, the network) does not answer (exit code 5)."""

    code: ClassVar[str] = "service_unreachable"


class IntegrityError(InfrastructureError):
    """Stored bytes do not have the digest under which they were stored: the store or the disk is at fault."""

    code: ClassVar[str] = "integrity_error"
