"""The QR code of a sign-in sheet: its modules are sampled where the layout says, then decoded from a clean drawing.

A phone's detector has to find the code first, which fails long before its modules are unreadable; here the corner
markers have said where every module lies.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sheet_markers import PageView, rectified
from lessonproof.evidence.sheet_code import SheetCode, parse_sheet_code
from lessonproof.evidence.sheet_errors import SheetCodeUnreadableError
from lessonproof.evidence.sheet_layout import Box, SheetLayout

_MODULE_PX: Final = 8
_QUIET: Final = 4
_SHIFTS_MODULES: Final = tuple(
    sorted(
        ((x / 4, y / 4) for x in range(-3, 4) for y in range(-3, 4)), key=lambda shift: shift[0] ** 2 + shift[1] ** 2
    )
)


def read_code(grey: NDArray[np.uint8], view: PageView, layout: SheetLayout) -> SheetCode:
    """Read the code.

    Args:
        grey: the photograph, shape ``(H, W)``.
        view: where the page lies in it.
        layout: where the code stands on the page.

    Raises:
        SheetCodeUnreadableError: it cannot be read, or says something else.
    """
    quiet_mm = _QUIET * layout.module_mm
    box = Box(
        layout.code.x_mm - quiet_mm,
        layout.code.y_mm - quiet_mm,
        layout.code.width_mm + 2 * quiet_mm,
        layout.code.height_mm + 2 * quiet_mm,
    )
    crop = rectified(grey, view, box, _MODULE_PX / layout.module_mm)
    detector = cv2.QRCodeDetector()
    for picture in _drawings(crop, layout.code_modules):
        text = _decoded(detector, picture)
        code = None if text is None else parse_sheet_code(text)
        if code is not None:
            return code
        if text:
            raise SheetCodeUnreadableError(
                "the QR code is none of a sign-in sheet that this version knows",
                "二维码不是本版本可识别的签到表二维码",
            )
    raise SheetCodeUnreadableError(
        "QR code unreadable: it is covered, written over or blurred", "二维码无法识别：被遮挡、涂写或模糊"
    )


def _decoded(detector: cv2.QRCodeDetector, picture: NDArray[np.uint8]) -> str | None:
    try:
        return detector.detectAndDecode(picture)[0] or None
    except (cv2.error, UnicodeDecodeError):  # the decoder's answer to bits that are no code
        return None


def _drawings(crop: NDArray[np.uint8], modules: int) -> list[NDArray[np.uint8]]:
    """Clean drawings of the code, sampled with small shifts, distinct ones only; at last the crop itself."""
    calm = cv2.blur(crop, (_MODULE_PX // 2, _MODULE_PX // 2))
    middles = (np.arange(modules) + _QUIET + 0.5) * _MODULE_PX
    drawn: dict[bytes, NDArray[np.uint8]] = {}
    for shift_x, shift_y in _SHIFTS_MODULES:
        at_x, at_y = (np.round(middles + shift * _MODULE_PX).astype(int) for shift in (shift_x, shift_y))
        values = calm[at_y[:, None], at_x[None, :]]
        local = cv2.blur(values.astype(np.float32), (11, 11), borderType=cv2.BORDER_REFLECT)
        dark = (values < local).astype(np.uint8)
        if not _looks_aligned(dark):
            continue
        drawing = np.full((modules + 2 * _QUIET,) * 2, 255, np.uint8)
        drawing[_QUIET:-_QUIET, _QUIET:-_QUIET] = 255 * (1 - dark)
        drawn.setdefault(dark.tobytes(), np.kron(drawing, np.ones((6, 6), np.uint8)))
    return [*list(drawn.values())[:12], crop]


def _looks_aligned(dark: NDArray[np.uint8]) -> bool:
    """Whether the timing patterns (ISO/IEC 18004, 6.3.5) alternate, but for a few modules."""
    inner = dark.shape[0] - 16
    wanted = (np.arange(inner) % 2 == 0).astype(np.uint8)
    return bool((dark[6, 8:-8] != wanted).mean() < 0.35 and (dark[8:-8, 6] != wanted).mean() < 0.35)
