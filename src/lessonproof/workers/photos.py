"""The stage that measures a class's photographs: each read once, measured, and compared with those handed in before.

A photograph that cannot be read costs itself and its unit, never the run.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis import photo_copy
from lessonproof.analysis.photo_copy import PhotoLook, look_at
from lessonproof.analysis.photo_quality import UNSHARP_BLUR, Quality, judge_quality
from lessonproof.analysis.photo_shelf import CopyMethod, PhotoShelf, ShelvedPhoto, Twin, unsearchable
from lessonproof.analysis.photo_watermark import find_lines, read_watermark
from lessonproof.analysis.veil import Veil
from lessonproof.documents.paths import first_link
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.photo import (
    POOR,
    FailedPhoto,
    PhotoFacts,
    PhotoPeople,
    PhotoRef,
    PhotoResult,
    PhotoSet,
)
from lessonproof.evidence.picture_note import PictureNote, with_note
from lessonproof.evidence.sheet_errors import PhotoUnreadableError
from lessonproof.evidence.training import TeachingUnit
from lessonproof.media.photo_exif import read_exif
from lessonproof.media.photos import decode_photo, photo_bytes
from lessonproof.media.pictures import jpeg_of
from lessonproof.models.calibration import count_people
from lessonproof.models.clock_reader import ClockReader
from lessonproof.workers.people import PeopleCounter

PICTURE_LONG_SIDE_PX: Final = 480
_PEOPLE_LONG_SIDE_PX: Final = 640
_VEIL_LONG_SIDE_PX: Final = 1280
_CLEAR_SCORE: Final = 0.5
"""Who is found with this score is surely a person: that two photographs are one may rest on him."""
_CONFIDENCE: Final[Mapping[CopyMethod, float]] = {
    CopyMethod.SAME_BYTES: 1.0,
    CopyMethod.SAME_PIXELS: 1.0,
    CopyMethod.SAME_EXPOSURE: 0.95,
}
_NO_TIME: Final = Interval(0, 0)


@dataclass(frozen=True, slots=True)
class PhotoTools:
    """With what photographs are measured.

    Attributes:
        folder: the class file's own, in which they lie.
        counter: finds people; ``None`` where nobody does.
        people_reason: why nobody does.
        reader: reads watermarks; ``None`` where none is installed.
        veil: makes people in the pictures that are shown unrecognisable; ``None`` shows none.
    """

    folder: Path
    counter: PeopleCounter | None
    people_reason: str | None
    reader: ClockReader | None
    veil: Veil | None = None


@dataclass(slots=True)
class ClassPhotos:
    """The photographs of one run, unit after unit in the order of the class file.

    Attributes:
        tools: with what to measure.
        pictures: small JPEG pictures for the report, people made unrecognisable, by digest of the photograph.
    """

    tools: PhotoTools
    pictures: dict[str, bytes] = field(default_factory=dict)
    _shelf: PhotoShelf = field(default_factory=PhotoShelf)

    def measure_unit(self, unit: TeachingUnit) -> PhotoSet | None:
        """Measure a unit's photographs; ``None`` where it has none."""
        if not unit.photos:
            return None
        counter, reader = self.tools.counter, self.tools.reader
        models: tuple[ModelStamp, ...] = (() if counter is None else (counter.stamp,)) + (
            () if reader is None else reader.stamps
        )
        photos = tuple(self._measure(unit.unit_id, ref) for ref in unit.photos)
        return PhotoSet(photos, models, SETTINGS)

    def _measure(self, unit_id: str, ref: PhotoRef) -> PhotoResult:
        try:
            content = _content(self.tools.folder, ref.file)
            rgb = decode_photo(content, ref.file)
        except PhotoUnreadableError as error:
            return PhotoResult(ref, FailedPhoto(error.code, error.en, error.zh))
        luma = luma_of_rgb(rgb)
        lines = find_lines(luma, self.tools.reader)
        people, clear = _people(rgb, self.tools)
        quality = judge_quality(luma)
        look = look_at(luma, clear, lines.xyxy_px())
        sha256 = hashlib.sha256(content).hexdigest()
        shelved = ShelvedPhoto(unit_id, ref.file, sha256, _pixel_digest(rgb), look)
        twin = self._shelf.twin_of(shelved)
        self._shelf.add(shelved)
        self._keep_picture(sha256, rgb)
        facts = PhotoFacts(
            sha256=sha256,
            size_bytes=len(content),
            width_px=rgb.shape[1],
            height_px=rgb.shape[0],
            exif=read_exif(content),
            watermark=read_watermark(luma, lines, self.tools.reader),
            clarity=quality.clarity,
            blur=quality.blur,
            people=people,
            copies_unsearched=self.tools.people_reason if clear is None else unsearchable(look),
        )
        duplicate = () if twin is None else (_duplicate(twin),)
        return PhotoResult(ref, facts, duplicate + _poor(quality, people))

    def _keep_picture(self, sha256: str, rgb: NDArray[np.uint8]) -> None:
        if self.tools.veil is not None and sha256 not in self.pictures:
            shown, fine = (_shrunk(rgb, side) for side in (PICTURE_LONG_SIDE_PX, _VEIL_LONG_SIDE_PX))
            veiled = self.tools.veil(shown, fine, marks_people=False)
            self.pictures[sha256] = with_note(jpeg_of(veiled.rgb), PictureNote(0, veiled.privacy))


SETTINGS: Final[Mapping[str, float]] = {
    "unsharp_blur": UNSHARP_BLUR,
    "copy_min_persons": photo_copy.MIN_PERSONS,
    "copy_min_likeness": photo_copy.MIN_LIKENESS,
    "copy_max_changed_share": photo_copy.MAX_CHANGED_SHARE,
}
"""For the document: numbers that decide findings."""


def _content(folder: Path, file: str) -> bytes:
    if first_link(folder, file) is not None:
        raise PhotoUnreadableError(f"{file}: a symbolic link is on the way", f"{file}：路径中有符号链接")
    return photo_bytes(folder / file, file)


def _pixel_digest(rgb: NDArray[np.uint8]) -> str:
    digest = hashlib.sha256(repr(rgb.shape).encode())
    digest.update(rgb.tobytes())
    return digest.hexdigest()


def look_of(rgb: NDArray[np.uint8], tools: PhotoTools) -> PhotoLook:
    """What comparisons need of a photograph ``(H, W, 3)``, red green blue."""
    luma = luma_of_rgb(rgb)
    return look_at(luma, _people(rgb, tools)[1], find_lines(luma, tools.reader).xyxy_px())


def luma_of_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Brightness of a picture ``(H, W, 3)``, shape ``(H, W)``."""
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def _people(rgb: NDArray[np.uint8], tools: PhotoTools) -> tuple[PhotoPeople, NDArray[np.float32] | None]:
    """The count, and the boxes of those who are seen clearly, in the photograph's pixels."""
    if tools.counter is None:
        return PhotoPeople(None, None, None, tools.people_reason), None
    small = _shrunk(rgb, _PEOPLE_LONG_SIDE_PX)
    found = tools.counter.detector.detect([small])[0]
    counted = count_people(found, tools.counter.calibration)
    clear = found.boxes_xyxy_px[found.scores >= _CLEAR_SCORE] * np.float32(rgb.shape[1] / small.shape[1])
    people = PhotoPeople(counted.count, counted.low, counted.high, counted.unknown_interval)
    return people, np.asarray(clear, np.float32)


def _shrunk(rgb: NDArray[np.uint8], long_side_px: int) -> NDArray[np.uint8]:
    scale = min(1.0, long_side_px / max(rgb.shape[:2]))
    size = (max(1, round(rgb.shape[1] * scale)), max(1, round(rgb.shape[0] * scale)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def _duplicate(twin: Twin) -> Finding:
    detail: dict[str, JsonValue] = {
        "method": twin.method.value,
        "other": twin.sha256,
        "other_unit": twin.unit_id,
        "other_file": twin.file,
        "likeness": twin.likeness,
    }
    return Finding(FindingKind.PHOTO_DUPLICATE, _NO_TIME, _CONFIDENCE[twin.method], Severity.WARNING, "photos", detail)


def _poor(quality: Quality, people: PhotoPeople) -> tuple[Finding, ...]:
    reasons: list[JsonValue] = [quality.clarity.value] if quality.clarity in POOR else []
    is_unclear = bool(reasons)
    if people.count == 0:
        reasons.append("nobody_seen")
    if not reasons:
        return ()
    severity = Severity.WARNING if is_unclear else Severity.INFO
    detail: dict[str, JsonValue] = {"reasons": reasons, "blur": quality.blur}
    return (Finding(FindingKind.PHOTO_POOR, _NO_TIME, 0.5, severity, "photos", detail),)  # not calibrated
