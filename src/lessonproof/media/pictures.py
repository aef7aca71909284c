"""From a decoded frame to arrays and JPEG bytes."""

from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

_PLANAR_LUMA_8_BIT: Final = frozenset(
    {"yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "nv12", "gray"}
)
_RIGHT_ANGLE_DEGREES: Final = 90


def luma_of(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """The luma plane, shape ``(H, W)``; where the layout allows a view into the frame, valid while that lives."""
    if frame.format.name not in _PLANAR_LUMA_8_BIT:
        return frame.reformat(format="gray").to_ndarray().astype(np.uint8, copy=False)
    plane = frame.planes[0]
    rows: NDArray[np.uint8] = np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, plane.line_size)
    return rows[:, : plane.width]


def upright_luma_of(frame: av.VideoFrame) -> NDArray[np.uint8]:
    """As :func:`luma_of`, turned as a viewer shows it (a phone's rotation applied)."""
    return np.rot90(luma_of(frame), k=_turns(frame))


def rgb_of(frame: av.VideoFrame, long_side_px: int) -> NDArray[np.uint8]:
    """The picture as a viewer shows it (a phone's rotation applied), shape ``(H, W, 3)``, red green blue.

    Args:
        frame: a decoded frame.
        long_side_px: scaled down so that neither side is longer; never scaled up.
    """
    scale = min(1.0, long_side_px / max(frame.width, frame.height))
    width, height = (max(2, round(side * scale)) for side in (frame.width, frame.height))
    rgb = frame.reformat(width=width, height=height, format="rgb24", interpolation="AREA").to_ndarray()
    return np.ascontiguousarray(np.rot90(rgb, k=_turns(frame))).astype(np.uint8, copy=False)


def _turns(frame: av.VideoFrame) -> int:
    """Quarter turns, counterclockwise, that a viewer makes."""
    return round(frame.rotation / _RIGHT_ANGLE_DEGREES) % 4


def jpeg_of(rgb: NDArray[np.uint8], quality: int = 82) -> bytes:
    """Encode a picture as JPEG.

    Args:
        rgb: shape ``(H, W, 3)``.
        quality: 0..100.
    """
    done, buffer = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"a picture of shape {rgb.shape} cannot be encoded as JPEG")
    return bytes(buffer)
