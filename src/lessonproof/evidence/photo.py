"""Photographs of a teaching unit (现场照片): what was declared of each, what was measured, and what is suspected.

They stand beside the dossiers, as a document of their own. A time that a photograph shows (written into it, or in its
EXIF) is evidence and no time source; it is local time without a zone, seconds since 1970-01-01 as the clock showed it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.finding_codec import finding_to_json
from lessonproof.evidence.findings import Finding, FindingKind

PHOTOS_SCHEMA: Final = "lessonproof.photos/1"


class PhotoSide(StrEnum):
    """From which end of the room a photograph was taken (YY-7.2e)."""

    FRONT = "front"
    BACK = "back"


class PhotoSubject(StrEnum):
    """What a photograph is handed in as (SX-3.2.3): 全景, 老师, 内容."""

    OVERVIEW = "overview"
    TEACHER = "teacher"
    CONTENT = "content"


class Clarity(StrEnum):
    """How well a photograph can be made out; ``UNKNOWN`` where it has too few pixels to say."""

    CLEAR = "clear"
    UNSHARP = "unsharp"
    DARK = "dark"
    BLANK = "blank"
    UNKNOWN = "unknown"


POOR: Final = frozenset({Clarity.UNSHARP, Clarity.DARK, Clarity.BLANK})


@dataclass(frozen=True, slots=True)
class PhotoRef:
    """A photograph that the institution hands in for a unit.

    Attributes:
        file: path as written in the class file, relative to it.
        taken_at: declared time; ``None`` where none is declared.
        side: declared end of the room; never guessed.
        shows: what it is handed in as; declared.
    """

    file: str
    taken_at: datetime | None = None
    side: PhotoSide | None = None
    shows: tuple[PhotoSubject, ...] = ()


@dataclass(frozen=True, slots=True)
class ExifFacts:
    """What a photograph's EXIF block says; anyone can write it.

    Attributes:
        taken_s: local time of the exposure; ``None`` where there is none.
        latitude_deg: north is positive, -90..90; ``None`` where there is no place.
        longitude_deg: east is positive, -180..180; ``None`` likewise.
        device: maker and model; ``None`` where it names none.
        reason: why there is no time: ``no_exif``, ``exif_damaged``, ``exif_no_time``; ``None`` where there is one.
    """

    taken_s: int | None = None
    latitude_deg: float | None = None
    longitude_deg: float | None = None
    device: str | None = None
    reason: str | None = "no_exif"

    def __post_init__(self) -> None:
        if (self.taken_s is None) == (self.reason is None):
            raise ValueError("either a time or the reason why there is none")
        if (self.latitude_deg is None) != (self.longitude_deg is None):
            raise ValueError("a place has both coordinates")


@dataclass(frozen=True, slots=True)
class Watermark:
    """What is written into the picture.

    Attributes:
        shown_s: local time; two where day and month may be meant either way, none where no date with a time was read.
        place: lines that read like an address.
        reason: why there is no time: ``no_text_reader``, ``photo_no_date``; ``None`` where there is one.
    """

    shown_s: tuple[int, ...] = ()
    place: tuple[str, ...] = ()
    reason: str | None = "no_text_reader"

    def __post_init__(self) -> None:
        if bool(self.shown_s) == (self.reason is not None):
            raise ValueError("either a time or the reason why there is none")


@dataclass(frozen=True, slots=True)
class PhotoPeople:
    """People in view.

    Attributes:
        count: people seen; ``None`` where nobody counted.
        low: lower end of the interval; ``None`` where it is unknown.
        high: upper end; ``None`` likewise.
        reason: why there is no count or no interval (``no_weights``, ``switched_off``, ``not_calibrated``,
            ``detector_limit``); ``None`` where there is one.
    """

    count: int | None
    low: int | None
    high: int | None
    reason: str | None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None) or (self.low is None) != (self.reason is not None):
            raise ValueError(f"an interval has two ends, or none and a reason: {self}")


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """What was measured of one photograph.

    Attributes:
        sha256: digest of its bytes, its identity.
        size_bytes: its size.
        width_px: width as shown.
        height_px: height as shown.
        exif: what its EXIF block says.
        watermark: what is written into it.
        clarity: how well it can be made out.
        blur: 0 (sharp) to 1, see ``analysis.photo_quality``; ``None`` where it has too few pixels to say.
        people: who is in view.
        copies_unsearched: why re-saved copies of it were not searched for (``no_weights``, ``switched_off``,
            ``photo_too_small``, ``photo_too_few_people``); ``None`` where they were. Equal bytes and equal pixels
            always are.
        frames_unsearched: why frames of recordings were not searched for, in some recording at least (as above, and
            ``photo_not_clear``, ``photo_told_already``, ``no_recordings``, ``recording_unreadable``,
            ``views_too_few``, ``frames_too_many``); ``None`` where they were.
    """

    sha256: str
    size_bytes: int
    width_px: int
    height_px: int
    exif: ExifFacts
    watermark: Watermark
    clarity: Clarity
    blur: float | None
    people: PhotoPeople
    copies_unsearched: str | None
    frames_unsearched: str | None

    def shown_s(self) -> tuple[int, ...]:
        """The time that it shows: as written into it, else of its EXIF; empty where unknown."""
        if self.watermark.shown_s:
            return self.watermark.shown_s
        return () if self.exif.taken_s is None else (self.exif.taken_s,)


@dataclass(frozen=True, slots=True)
class FailedPhoto:
    """A photograph that could not be read: stable error code and what went wrong, both naming the file."""

    code: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class PhotoResult:
    """One photograph of a unit.

    Attributes:
        ref: what was declared.
        result: what was measured, or why nothing could be.
        findings: ``photo_duplicate`` and ``photo_poor``, suspected; their interval is empty, as a photograph has no
            time line.
    """

    ref: PhotoRef
    result: PhotoFacts | FailedPhoto
    findings: tuple[Finding, ...] = ()

    def of_kind(self, kind: FindingKind) -> tuple[Finding, ...]:
        """Findings of one kind."""
        return tuple(finding for finding in self.findings if finding.kind is kind)


@dataclass(frozen=True, slots=True)
class PhotoSet:
    """All photographs of a unit, in the order of the class file.

    Attributes:
        photos: one each.
        models: learned models that took part.
        settings: numbers that the measurement was made with, names with units.
    """

    photos: tuple[PhotoResult, ...]
    models: tuple[ModelStamp, ...] = ()
    settings: Mapping[str, float] = field(default_factory=dict)

    def read(self) -> tuple[tuple[PhotoRef, PhotoFacts], ...]:
        """Those that could be read."""
        return tuple((item.ref, item.result) for item in self.photos if isinstance(item.result, PhotoFacts))


def frame_key(recording_sha256: str, start_s: float) -> str:
    """Under which the picture of a recording's frame stands beside those of photographs, which go by their digests."""
    return f"{recording_sha256}-{round(1000 * start_s):09d}"


def photos_document(unit_id: str, photos: PhotoSet) -> dict[str, Any]:
    """``photos.json``; times are as shown (local, no zone) but for ``taken_at``, which was declared."""
    return {
        "schema": PHOTOS_SCHEMA,
        "unit": unit_id,
        "settings": dict(photos.settings),
        "models": [{"name": model.name, "sha256": model.sha256} for model in photos.models],
        "photos": [_photo_json(item) for item in photos.photos],
    }


def _photo_json(item: PhotoResult) -> dict[str, Any]:
    ref, result = item.ref, item.result
    declared: dict[str, Any] = {
        "file": ref.file,
        "taken_at": None if ref.taken_at is None else ref.taken_at.isoformat(),
        "side": None if ref.side is None else ref.side.value,
        "shows": [subject.value for subject in ref.shows],
    }
    if isinstance(result, FailedPhoto):
        return declared | {"error": {"code": result.code, "en": result.en, "zh": result.zh}, "findings": []}
    exif, mark, people = result.exif, result.watermark, result.people
    return declared | {
        "error": None,
        "sha256": result.sha256,
        "size_bytes": result.size_bytes,
        "width_px": result.width_px,
        "height_px": result.height_px,
        "exif": {
            "taken_s": exif.taken_s,
            "latitude_deg": exif.latitude_deg,
            "longitude_deg": exif.longitude_deg,
            "device": exif.device,
            "reason": exif.reason,
        },
        "watermark": {"shown_s": list(mark.shown_s), "place": list(mark.place), "reason": mark.reason},
        "clarity": result.clarity.value,
        "blur": result.blur,
        "people": {"count": people.count, "low": people.low, "high": people.high, "reason": people.reason},
        "copies_unsearched": result.copies_unsearched,
        "frames_unsearched": result.frames_unsearched,
        "findings": [finding_to_json(finding) for finding in item.findings],
    }
