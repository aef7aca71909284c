"""Where a sign-in sheet lies in a photograph: its four corner markers, and the homography that they give.

Markers are ArUco squares (Garrido-Jurado et al. 2014, "Automatic generation and detection of highly reliable fiducial
markers"); their ids say which corner is which, so a page may lie turned by any angle.
"""

from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.sheet_errors import SheetBlurredError, SheetMarkerMissingError, SheetTooSmallError
from lessonproof.evidence.sheet_layout import Box, SheetLayout

_DICTIONARY: Final = cv2.aruco.DICT_4X4_50
_SEARCH_LONG_SIDE_PX: Final = 1600
_CORNER_WORDS: Final = (
    ("left upper", "左上角"), ("right upper", "右上角"), ("right lower", "右下角"), ("left lower", "左下角"),
)  # fmt: skip
_CONTRAST_PX: Final = 21
_MOST_EDGE_PX: Final = 9.0
"""At 1600 px a sheet has 5 px per mm: edges so wide leave no marker's cell of 2.2 mm its colour."""
LEAST_CELL_HEIGHT_PX: Final = 20.0
"""Below, a thin pen's stroke is narrower than a pixel: measured on rendered photographs (docs/accuracy.md)."""


@dataclass(frozen=True, slots=True)
class PageView:
    """How a page is seen.

    Attributes:
        to_photo: homography, shape ``(3, 3)``, from millimetres on the page to pixels of the photograph.
        cell_height_px: pixels on a row's height where they are fewest, in either direction.
    """

    to_photo: NDArray[np.float64]
    cell_height_px: float


def find_page(grey: NDArray[np.uint8], layout: SheetLayout) -> PageView:
    """Find the page.

    Args:
        grey: the photograph, shape ``(H, W)``.
        layout: the sheet's.

    Raises:
        SheetMarkerMissingError: names the corners that were not found, or that were found twice.
        SheetBlurredError: corners were not found, and no edge of the picture is sharp.
        SheetTooSmallError: too few pixels fall on a cell.
    """
    found = _markers(grey, layout)
    mm = np.concatenate([_corners(box) for box in layout.markers])
    px = np.concatenate([found[index] for index in range(len(layout.markers))])
    to_photo, _ = cv2.findHomography(mm, px)
    if to_photo is None:
        raise SheetMarkerMissingError(
            "the corner markers do not lie as on a sheet; photograph one flat sheet",
            "四角标记的位置不符合签到表，请将一张签到表放平后拍摄",
        )
    view = PageView(np.asarray(to_photo, np.float64), _cell_height(np.asarray(to_photo), layout))
    if view.cell_height_px < LEAST_CELL_HEIGHT_PX:
        raise SheetTooSmallError(
            f"too small: {view.cell_height_px:.0f} px per cell, {LEAST_CELL_HEIGHT_PX:.0f} needed; go nearer, or send "
            f"the original picture",
            f"图像过小：每格高仅 {view.cell_height_px:.0f} 像素，至少需要 {LEAST_CELL_HEIGHT_PX:.0f} 像素；"
            f"请靠近拍摄或发送原图",
        )
    return view


def _markers(grey: NDArray[np.uint8], layout: SheetLayout) -> dict[int, NDArray[np.float64]]:
    """Corners of each marker in the photograph, shape ``(4, 2)``, by its place in the layout."""
    scale = min(1.0, _SEARCH_LONG_SIDE_PX / max(grey.shape))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    parameters = cv2.aruco.DetectorParameters()
    parameters.adaptiveThreshWinSizeMax = 43
    parameters.adaptiveThreshWinSizeStep = 20
    parameters.cornerRefinementMethod = cv2.aruco.CORNER_REFINE_SUBPIX
    detector = cv2.aruco.ArucoDetector(cv2.aruco.getPredefinedDictionary(_DICTIONARY), parameters)
    detected: Any = detector.detectMarkers(small)
    corners, ids = detected[0], detected[1]
    found: dict[int, NDArray[np.float64]] = {}
    for corner, identity in zip(corners, [] if ids is None else np.ravel(ids), strict=True):
        index = int(identity) - layout.marker_id_base
        if index in found:
            raise SheetMarkerMissingError(
                f"the {_CORNER_WORDS[index][0]} marker is there twice; photograph one sheet at a time",
                f"{_CORNER_WORDS[index][1]}标记出现两次，请每次只拍一张签到表",
            )
        if 0 <= index < len(layout.markers):
            # A pixel's middle is (0, 0) before and after the picture is made smaller.
            found[index] = (np.asarray(corner, np.float64).reshape(4, 2) + 0.5) / scale - 0.5
    missing = [index for index in range(len(layout.markers)) if index not in found]
    width_px = _edge_width(np.asarray(small, np.uint8)) if missing else 0.0
    if width_px > _MOST_EDGE_PX:
        raise SheetBlurredError(
            f"too blurred: the sharpest edges are {width_px:.0f} px wide where the picture's longer side is "
            f"{max(small.shape)} px; hold still and focus",
            f"图像过于模糊：长边 {max(small.shape)} 像素时，最清晰的边缘宽达 {width_px:.0f} 像素；请对焦并持稳后重拍",
        )
    if missing:
        raise _missing(missing)
    return found


def _edge_width(grey: NDArray[np.uint8]) -> float:
    """Width in pixels of the picture's steepest edges: the contrast around them by their slope."""
    calm = cv2.GaussianBlur(grey, (0, 0), 1.0).astype(np.float32)
    slope = np.hypot(cv2.Scharr(calm, cv2.CV_32F, 1, 0), cv2.Scharr(calm, cv2.CV_32F, 0, 1)) / 32
    around = np.ones((_CONTRAST_PX, _CONTRAST_PX), np.uint8)
    contrast = cv2.dilate(calm, around) - cv2.erode(calm, around)
    steepest = slope >= max(float(np.percentile(slope, 99)), 1e-3)
    return float(np.median(contrast[steepest] / slope[steepest])) if steepest.any() else 0.0


def _missing(missing: list[int]) -> SheetMarkerMissingError:
    if len(missing) == len(_CORNER_WORDS):
        return SheetMarkerMissingError(
            "no corner marker found: the whole sheet must be in the picture, sharp, and printed by this program",
            "未找到任何角标记：须拍到本程序打印的整张签到表，且画面清晰",
        )
    en = ", ".join(_CORNER_WORDS[index][0] for index in missing)
    zh = "、".join(_CORNER_WORDS[index][1] for index in missing)
    return SheetMarkerMissingError(
        f"{en} marker not found: it is cut off, covered or blurred", f"未找到{zh}标记：被裁掉、遮挡或模糊"
    )


def _corners(box: Box) -> NDArray[np.float64]:
    """In the order in which a detector tells them: left upper, then clockwise."""
    return np.array(
        [(box.x_mm, box.y_mm), (box.right_mm, box.y_mm), (box.right_mm, box.bottom_mm), (box.x_mm, box.bottom_mm)]
    )


def _cell_height(to_photo: NDArray[np.float64], layout: SheetLayout) -> float:
    """Pixels on a row's height where the photograph is coarsest: the least singular value of the mapping's slope."""
    places = np.concatenate([_corners(box) for box in layout.markers])
    step = 0.5
    slopes = []
    for axis in (0, 1):
        move = np.zeros(2)
        move[axis] = step
        ends = [cv2.perspectiveTransform((places + sign * move)[None], to_photo)[0] for sign in (1, -1)]
        slopes.append((ends[0] - ends[1]) / (2 * step))
    least = np.linalg.svd(np.stack(slopes, axis=-1), compute_uv=False)[:, -1].min()
    return float(least * layout.rows[0].signature_cell.height_mm)


def rectified(
    photo: NDArray[np.uint8],
    view: PageView,
    box: Box,
    px_per_mm: float,
    offset_mm: NDArray[np.float32] | None = None,
) -> NDArray[np.uint8]:
    """A part of the page, seen straight from above.

    Args:
        photo: shape ``(H, W)`` or ``(H, W, 3)``.
        view: where the page lies.
        box: which part.
        px_per_mm: scale of the result.
        offset_mm: how far from its place each point was printed or bent, shape ``(h, w, 2)``; ``None``: nowhere.
    """
    height, width = round(box.height_mm * px_per_mm), round(box.width_mm * px_per_mm)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    points = np.stack([(x + 0.5) / px_per_mm + box.x_mm, (y + 0.5) / px_per_mm + box.y_mm], axis=-1)
    if offset_mm is not None:
        points = points + offset_mm
    seen = cv2.perspectiveTransform(points.reshape(1, -1, 2), view.to_photo).reshape(height, width, 2)
    at_x, at_y = np.split(seen.astype(np.float32), 2, axis=2)
    flat = cv2.remap(photo, at_x, at_y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(flat, np.uint8)
