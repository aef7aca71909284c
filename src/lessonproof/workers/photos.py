"""The stage that measures a class's photographs: each read once, measured, and compared with those handed in before.

A photograph that cannot be read costs itself and its unit, never the run.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis import photo_copy
from lessonproof.analysis.photo_copy import PhotoLook, look_at
from lessonproof.analysis.photo_moment import MIN_MOVED_SHARE, MOVED_LIKENESS
from lessonproof.analysis.photo_quality import UNSHARP_BLUR, Quality, judge_quality
from lessonproof.analysis.photo_shelf import CopyMethod, PhotoShelf, ShelvedPhoto, Twin, unsearchable
from lessonproof.analysis.photo_watermark import find_lines, read_watermark
from lessonproof.analysis.veil import Veil
from lessonproof.documents.paths import first_link
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval, ns_to_s
from lessonproof.evidence.photo import (
    POOR,
    FailedPhoto,
    PhotoFacts,
    PhotoPeople,
    PhotoRef,
    PhotoResult,
    PhotoSet,
    frame_key,
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
from lessonproof.workers.photo_frames import (
    MAX_FRAMES,
    FoundFrame,
    FrameSearch,
    RecordedFrames,
    RecordingFile,
)

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
_FRAME_CONFIDENCE: Final = 0.9
"""Not calibrated."""
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
        pictures: small JPEG pictures for the report, people made unrecognisable, by digest of the photograph, and of
            frames that photographs are by ``evidence.photo.frame_key``.
    """

    tools: PhotoTools
    pictures: dict[str, bytes] = field(default_factory=dict)
    _shelf: PhotoShelf = field(default_factory=PhotoShelf)
    _frames: RecordedFrames = field(default_factory=RecordedFrames)

    def add_recordings(self, recordings: Iterable[RecordingFile]) -> None:
        """Have photographs that are measured from now on compared with frames of these recordings too."""
        for recording in recordings:
            self._frames.add(recording)

    def measure_unit(self, unit: TeachingUnit) -> PhotoSet | None:
        """Measure a unit's photographs; ``None`` where it has none."""
        if not unit.photos:
            return None
        counter, reader = self.tools.counter, self.tools.reader
        models: tuple[ModelStamp, ...] = (() if counter is None else (counter.stamp,)) + (
            () if reader is None else reader.stamps
        )
        measured = [self._measure(unit.unit_id, ref) for ref in unit.photos]
        return PhotoSet(self._with_frames(measured), models, SETTINGS)

    def _with_frames(self, measured: Sequence["_Measured"]) -> tuple[PhotoResult, ...]:
        """The results, with the frames of recordings that photographs are."""
        wanted = [number for number, one in enumerate(measured) if one.wanted_look is not None]
        looks = [look for one in measured if (look := one.wanted_look) is not None]
        searches = dict(zip(wanted, self._frames.search(looks), strict=True))
        return tuple(
            self._with_frame(one.result, searches[number]) if number in searches else one.result
            for number, one in enumerate(measured)
        )

    def _with_frame(self, item: PhotoResult, search: FrameSearch) -> PhotoResult:
        if not isinstance(item.result, PhotoFacts):
            return item
        found, facts = search.found, replace(item.result, frames_unsearched=search.unsearched)
        if found is None:
            return replace(item, result=facts)
        finding = _recorded(found)
        self._keep_picture(frame_key(found.recording.sha256, ns_to_s(found.time_ns)), found.rgb)
        return replace(item, result=facts, findings=(finding, *item.findings))

    def _measure(self, unit_id: str, ref: PhotoRef) -> "_Measured":
        try:
            content = _content(self.tools.folder, ref.file)
            rgb = decode_photo(content, ref.file)
        except PhotoUnreadableError as error:
            return _Measured(PhotoResult(ref, FailedPhoto(error.code, error.en, error.zh)), None)
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
        unsearched = self.tools.people_reason if clear is None else unsearchable(look)
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
            copies_unsearched=unsearched,
            frames_unsearched=unsearched or _why_no_frames(quality, twin),
        )
        duplicate = () if twin is None else (_duplicate(twin),)
        return _Measured(PhotoResult(ref, facts, duplicate + _poor(quality, people)), look)

    def _keep_picture(self, key: str, rgb: NDArray[np.uint8]) -> None:
        if self.tools.veil is not None and key not in self.pictures:
            shown, fine = (_shrunk(rgb, side) for side in (PICTURE_LONG_SIDE_PX, _VEIL_LONG_SIDE_PX))
            veiled = self.tools.veil(shown, fine, marks_people=False)
            self.pictures[key] = with_note(jpeg_of(veiled.rgb), PictureNote(0, veiled.privacy))


SETTINGS: Final[Mapping[str, float]] = {
    "unsharp_blur": UNSHARP_BLUR,
    "copy_min_persons": photo_copy.MIN_PERSONS,
    "copy_min_likeness": photo_copy.MIN_LIKENESS,
    "copy_max_changed_share": photo_copy.MAX_CHANGED_SHARE,
    "frame_min_moved_share": MIN_MOVED_SHARE,
    "frame_moved_likeness": MOVED_LIKENESS,
    "frame_max_decoded": MAX_FRAMES,
}
"""For the document: numbers that decide findings."""


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """A photograph's result, and what of it was kept; ``None`` where it could not be read."""

    result: PhotoResult
    look: PhotoLook | None

    @property
    def wanted_look(self) -> PhotoLook | None:
        """To be looked for in recordings; ``None`` where the result says why not."""
        facts = self.result.result
        return self.look if isinstance(facts, PhotoFacts) and facts.frames_unsearched is None else None


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


def _recorded(found: FoundFrame) -> Finding:
    detail: dict[str, JsonValue] = {
        "method": "recorded_frame",
        "other": found.recording.sha256,
        "other_unit": found.recording.unit_id,
        "other_file": found.recording.file,
        "other_start_s": ns_to_s(found.time_ns),
        "likeness": round(found.likeness, 4),
    }
    return Finding(FindingKind.PHOTO_DUPLICATE, _NO_TIME, _FRAME_CONFIDENCE, Severity.WARNING, "photos", detail)


def _why_no_frames(quality: Quality, twin: Twin | None) -> str | None:
    """Why a photograph that could be searched for among frames is not."""
    if quality.clarity in POOR:
        return "photo_not_clear"
    return None if twin is None else "photo_told_already"


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
