"""A stored picture for tests: a real JPEG with its note."""

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.picture_note import PictureNote, Privacy, with_note


def veiled_jpeg(
    picture: NDArray[np.uint8] | int = 128,
    time_ns: int = 0,
    privacy: Privacy = Privacy.HEADS,
    marked: int | None = None,
) -> bytes:
    """JPEG of a picture ``(H, W, 3)``, or of one shade of grey."""
    rgb = np.full((16, 16, 3), picture, np.uint8) if isinstance(picture, int) else picture
    return with_note(cv2.imencode(".jpg", rgb)[1].tobytes(), PictureNote(time_ns, privacy, marked))
