"""Time, place and device out of a photograph's EXIF block; whatever stands there, nothing but a reason comes of it.

CIPA DC-008 (Exif 2.32): ``DateTimeOriginal`` 36867, ``DateTime`` 306, ``Make`` 271, ``Model`` 272, GPS IFD 34853.
"""

import io
import math
import struct
import warnings
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from PIL import Image, UnidentifiedImageError

from lessonproof.evidence.photo import ExifFacts

_EXIF_IFD: Final = 34665
_GPS_IFD: Final = 34853
_DATE_TIME: Final = 306
_DATE_TIME_ORIGINAL: Final = 36867
_MAKE, _MODEL = 271, 272
_MAX_DEVICE_CHARS: Final = 80
_EPOCH: Final = datetime(1970, 1, 1)  # noqa: DTZ001  EXIF times are local and have no zone
_DAMAGE: Final = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    OverflowError,
    RuntimeError,
    SyntaxError,
    TypeError,
    UnidentifiedImageError,
    ValueError,
    struct.error,
    Image.DecompressionBombError,
)
"""What Pillow's parsers raise on bytes that others wrote; a photograph without EXIF is a photograph all the same."""


def read_exif(content: bytes) -> ExifFacts:
    """What the EXIF block of a JPEG or PNG says.

    Args:
        content: the whole file; the picture in it is not decoded.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damage that is told here by a reason
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as picture:
                block = picture.getexif()
                plain = dict(block)
                exposure = dict(block.get_ifd(_EXIF_IFD))
                place = dict(block.get_ifd(_GPS_IFD))
    except _DAMAGE:
        return ExifFacts(reason="exif_damaged")
    if not plain and not exposure and not place:
        return ExifFacts(reason="no_exif")
    taken_s = _moment(exposure.get(_DATE_TIME_ORIGINAL)) or _moment(plain.get(_DATE_TIME))
    latitude, longitude = _place(place)
    return ExifFacts(taken_s, latitude, longitude, _device(plain), "exif_no_time" if taken_s is None else None)


def _moment(value: object) -> int | None:
    """``2026:03:02 08:30:15`` as seconds since 1970-01-01; ``None`` for anything else."""
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else value
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.strptime(text.strip("\0 ")[:19], "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007  no zone, see above
    except ValueError:
        return None
    seconds = int((moment - _EPOCH).total_seconds())
    return seconds if seconds > 0 else None


def _device(plain: Mapping[int, Any]) -> str | None:
    words = [value.strip("\0 ") for tag in (_MAKE, _MODEL) if isinstance(value := plain.get(tag), str)]
    name = " ".join(word for word in words if word)
    printable = "".join(character for character in name if character.isprintable())[:_MAX_DEVICE_CHARS].strip()
    return printable or None


def _place(gps: Mapping[int, Any]) -> tuple[float, float] | tuple[None, None]:
    latitude = _degrees(gps.get(1), gps.get(2), "N", "S", 90.0)
    longitude = _degrees(gps.get(3), gps.get(4), "E", "W", 180.0)
    return (None, None) if latitude is None or longitude is None else (latitude, longitude)


def _degrees(sign: object, value: object, positive: str, negative: str, limit: float) -> float | None:
    """Degrees, minutes and seconds; ``None`` where they are no such thing."""
    if sign not in (positive, negative) or not isinstance(value, tuple) or len(value) != 3:
        return None
    try:
        whole, minutes, seconds = (float(part) for part in value)
    except (ArithmeticError, TypeError, ValueError):
        return None
    degrees = whole + minutes / 60 + seconds / 3600
    if not math.isfinite(degrees) or min(whole, minutes, seconds) < 0 or degrees > limit:
        return None
    return round(degrees if sign == positive else -degrees, 6)
