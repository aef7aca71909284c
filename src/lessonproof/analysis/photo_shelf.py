"""The photographs of a class in the order in which they were handed in, and whether one is among them already.

Three ways to be the same, the surest first: equal bytes, equal pixels, one exposure saved again.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.photo_copy import MIN_PERSONS, PhotoLook, agreement, is_same_exposure
from lessonproof.analysis.thumbnails import THUMB_COLUMNS, THUMB_ROWS

MIN_LONG_SIDE_PX: Final = 320
"""Smaller photographs hold too little of a person to tell two exposures from one."""
MAX_LOOKED_AT: Final = 12
"""The earlier photographs that look most alike are aligned and compared; each costs a tenth of a second."""
MIN_ALIKENESS: Final = 0.4
_ZOOMS: Final = (1.0, 0.96, 0.92)
"""A copy may be cropped by some 8 %."""
_BLUR_SIGMA_PX: Final = 1.5


class CopyMethod(StrEnum):
    """In which way two photographs are the same."""

    SAME_BYTES = "same_bytes"
    SAME_PIXELS = "same_pixels"
    SAME_EXPOSURE = "same_exposure"


@dataclass(frozen=True, slots=True, eq=False)
class ShelvedPhoto:
    """A photograph as it stands on the shelf.

    Attributes:
        unit_id: unit that it was handed in for.
        file: its name in the class file.
        sha256: digest of its bytes.
        pixels_sha256: digest of its decoded pixels.
        look: what comparisons need.
    """

    unit_id: str
    file: str
    sha256: str
    pixels_sha256: str
    look: PhotoLook


@dataclass(frozen=True, slots=True)
class Twin:
    """An earlier photograph that is the same.

    Attributes:
        unit_id: its unit.
        file: its name in the class file.
        sha256: digest of its bytes.
        method: in which way.
        likeness: correlation on the person that agrees least; ``None`` where bytes or pixels are equal.
    """

    unit_id: str
    file: str
    sha256: str
    method: CopyMethod
    likeness: float | None = None


@dataclass(slots=True)
class PhotoShelf:
    """Photographs seen so far."""

    _photos: list[ShelvedPhoto] = field(default_factory=list)
    _coarse: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, photo: ShelvedPhoto) -> None:
        """Put a photograph there."""
        self._photos.append(photo)
        self._coarse.append(zoomed_thumbs(photo.look))

    def twin_of(self, photo: ShelvedPhoto) -> Twin | None:
        """The earliest photograph with equal bytes, else with equal pixels, else the one of the same exposure."""
        for method, own in ((CopyMethod.SAME_BYTES, photo.sha256), (CopyMethod.SAME_PIXELS, photo.pixels_sha256)):
            for other in self._photos:
                if own == (other.sha256 if method is CopyMethod.SAME_BYTES else other.pixels_sha256):
                    return Twin(other.unit_id, other.file, other.sha256, method)
        return self._same_exposure(photo)

    def _same_exposure(self, photo: ShelvedPhoto) -> Twin | None:
        if unsearchable(photo.look) is not None:
            return None
        for other in self._most_alike(photo.look):
            found = None if unsearchable(other.look) is not None else agreement(other.look, photo.look)
            if found is not None and is_same_exposure(found):
                likeness = round(found.persons[0], 4)
                return Twin(other.unit_id, other.file, other.sha256, CopyMethod.SAME_EXPOSURE, likeness)
        return None

    def _most_alike(self, look: PhotoLook) -> list[ShelvedPhoto]:
        if not self._coarse:
            return []
        held, own = np.stack(self._coarse), zoomed_thumbs(look)
        likeness = alikeness(held, own)
        order = np.argsort(-likeness, kind="stable")[:MAX_LOOKED_AT]
        return [self._photos[number] for number in order if likeness[number] >= MIN_ALIKENESS]


def unsearchable(look: PhotoLook) -> str | None:
    """Why re-saved copies of a photograph cannot be told: a reason code; ``None`` where they can."""
    if max(look.luma.shape) < MIN_LONG_SIDE_PX:
        return "photo_too_small"
    if look.people_xyxy_px is not None and len(look.people_xyxy_px) < MIN_PERSONS:
        return "photo_too_few_people"
    return None


def alikeness(held: NDArray[np.float32], own: NDArray[np.float32]) -> NDArray[np.float32]:
    """How alike pictures look from afar, at whichever zoom they do most.

    Args:
        held: of each picture what :func:`zoomed_thumbs` gives, shape ``(N, 3, 36 * 64)``.
        own: the same of one picture, shape ``(3, 36 * 64)``.

    Returns:
        Shape ``(N,)``, -1..1.
    """
    return np.asarray(np.maximum(np.max(held @ own[0], axis=1), np.max(held[:, 0] @ own.T, axis=1)), np.float32)


def zoomed_thumbs(look: PhotoLook) -> NDArray[np.float32]:
    """The thumbnail at each zoom, of mean 0 and length 1; shape ``(3, 36 * 64)``."""
    centre = ((THUMB_COLUMNS - 1) / 2.0, (THUMB_ROWS - 1) / 2.0)
    rows = []
    for zoom in _ZOOMS:
        warp = cv2.getRotationMatrix2D(centre, 0.0, 1.0 / zoom)
        size = (THUMB_COLUMNS, THUMB_ROWS)
        placed = cv2.warpAffine(look.thumb.astype(np.float32), warp, size, borderMode=cv2.BORDER_REPLICATE)
        flat = cv2.GaussianBlur(placed, (0, 0), _BLUR_SIGMA_PX).ravel()
        flat -= flat.mean()
        rows.append(flat / max(float(np.linalg.norm(flat)), 1e-6))
    return np.asarray(rows, np.float32)
