"""Cut-outs of the persons in the two photographs that the ``ultralytics`` package ships.

Outlines were measured by hand on ``bus.jpg`` (810x1080) and ``zidane.jpg`` (1280x720); GrabCut finds the
exact edge (Rother, Kolmogorov & Blake 2004, "GrabCut: interactive foreground extraction"). Of the four
persons of ``bus.jpg`` two are cut by the picture's border and are left out. The mattes are made once per
process. The package is located without importing it, since its import takes seconds.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.spec import SpecError

Points = tuple[tuple[int, int], ...]
Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Outline:
    """What was measured on a photograph; pixels of the whole photograph.

    Attributes:
        photo: file name in the package's assets.
        box_xyxy_px: the person, with a little air.
        core: polygons that are surely the person.
        outside: polygons that surely are not.
        head_xyxy_px: head, hair included.
        hand_xy_px: a hand or forearm that can move.
        px_per_m: scale of the photograph at the person.
        scale: GrabCut works at this share of the photograph.
        whole: feet included; else the cut-out ends at the waist.
    """

    photo: str
    box_xyxy_px: tuple[int, int, int, int]
    core: tuple[Points, ...]
    outside: tuple[Points, ...]
    head_xyxy_px: tuple[int, int, int, int]
    hand_xy_px: tuple[int, int]
    px_per_m: float
    scale: float
    whole: bool


OUTLINES: Final = {
    "fleece": Outline(
        photo="bus.jpg",
        box_xyxy_px=(44, 392, 252, 908),
        core=(
            ((120, 405), (150, 405), (152, 450), (135, 470), (115, 460)),
            ((75, 500), (110, 470), (160, 475), (178, 540), (185, 680), (70, 690), (65, 600)),
            ((76, 705), (110, 705), (108, 740), (92, 800), (82, 840), (65, 840), (70, 790)),
            ((135, 705), (178, 705), (192, 830), (178, 845), (160, 780)),
            ((58, 880), (68, 858), (85, 862), (102, 890), (70, 892)),
            ((180, 874), (200, 858), (238, 880), (185, 892)),
        ),
        outside=(
            ((119, 708), (123, 707), (136, 723), (144, 747), (150, 770), (153, 787), (161, 812), (168, 837),
             (174, 862), (174, 909), (112, 909), (108, 892), (97, 868), (88, 850), (91, 830), (95, 812),
             (100, 787), (107, 770), (111, 750), (114, 730)),
            ((30, 640), (57, 640), (58, 694), (70, 702), (72, 745), (66, 785), (60, 815), (57, 848), (52, 866),
             (48, 885), (30, 890)),
            ((184, 598), (205, 590), (260, 590), (260, 840), (202, 845), (194, 792), (189, 757), (185, 732),
             (182, 706), (183, 697), (195, 692), (194, 660), (188, 625)),
            ((30, 380), (102, 380), (101, 412), (101, 445), (95, 453), (93, 466), (62, 488), (30, 520)),
            ((162, 380), (260, 380), (260, 505), (186, 525), (176, 500), (166, 480), (157, 466), (158, 445),
             (161, 430)),
        ),
        head_xyxy_px=(100, 396, 162, 474),
        hand_xy_px=(165, 570),
        px_per_m=289.0,
        scale=0.5,
        whole=True,
    ),
    "coat": Outline(
        photo="bus.jpg",
        box_xyxy_px=(220, 402, 348, 862),
        core=(
            ((270, 415), (300, 415), (303, 465), (285, 480), (270, 460)),
            ((245, 500), (290, 480), (328, 500), (330, 560), (320, 600), (330, 690), (235, 690), (242, 600)),
            ((248, 705), (288, 705), (275, 812), (258, 812), (252, 770)),
            ((290, 705), (334, 705), (310, 755), (290, 772)),
            ((262, 826), (278, 822), (286, 850), (262, 848)),
        ),
        outside=(
            ((200, 380), (262, 380), (261, 438), (265, 455), (270, 468), (258, 482), (240, 495), (234, 505),
             (234, 530), (236, 545), (236, 600), (232, 630), (228, 655), (223, 690), (223, 700), (200, 705)),
            ((200, 704), (241, 706), (241, 750), (247, 790), (253, 820), (254, 850), (262, 860), (200, 870)),
            ((346, 500), (365, 500), (365, 720), (345, 716), (342, 700), (337, 694), (333, 650), (331, 620),
             (326, 590), (323, 572), (336, 564), (345, 548)),
            ((365, 716), (345, 720), (339, 735), (325, 754), (307, 774), (295, 783), (299, 800), (300, 819),
             (286, 820), (285, 830), (292, 850), (294, 860), (365, 870)),
            ((365, 380), (313, 380), (312, 440), (309, 455), (305, 468), (313, 476), (329, 486), (339, 508),
             (346, 530), (365, 530)),
        ),
        head_xyxy_px=(260, 405, 312, 480),
        hand_xy_px=(262, 520),
        px_per_m=260.0,
        scale=0.5,
        whole=True,
    ),
    "bald": Outline(
        photo="zidane.jpg",
        box_xyxy_px=(120, 196, 676, 720),
        core=(
            ((500, 230), (560, 210), (640, 260), (655, 360), (590, 440), (520, 400), (490, 300)),
            ((290, 340), (450, 330), (560, 450), (660, 420), (655, 600), (620, 719), (160, 719), (200, 560),
             (230, 420)),
        ),
        outside=(((677, 350), (730, 380), (730, 719), (677, 719)), ((430, 240), (476, 200), (478, 292), (440, 300))),
        head_xyxy_px=(480, 200, 668, 455),
        hand_xy_px=(250, 620),
        px_per_m=1020.0,
        scale=0.33,
        whole=False,
    ),
    "grey": Outline(
        photo="zidane.jpg",
        box_xyxy_px=(748, 36, 1112, 720),
        core=(
            ((920, 70), (1000, 50), (1060, 110), (1040, 230), (1000, 285), (930, 250), (905, 150)),
            ((830, 300), (910, 260), (1000, 330), (1050, 320), (1085, 420), (1090, 719), (770, 719), (760, 600),
             (770, 400)),
        ),
        outside=(),
        head_xyxy_px=(892, 40, 1074, 292),
        hand_xy_px=(1040, 450),
        px_per_m=950.0,
        scale=0.33,
        whole=False,
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CutOut:
    """A person cut out of a photograph.

    Attributes:
        name: key in ``OUTLINES``.
        bgr: shape ``(H, W, 3)``, uint8; not premultiplied.
        alpha: shape ``(H, W)``, float32, 0 to 1.
        head_xyxy: head, as shares of width and height.
        hand_xy: hand, as shares of width and height.
        height_m: height of the cut-out in the world, metres.
        whole: feet included.
    """

    name: str
    bgr: Image
    alpha: NDArray[np.float32]
    head_xyxy: tuple[float, float, float, float]
    hand_xy: tuple[float, float]
    height_m: float
    whole: bool


def assets_folder() -> Path:
    """Return the folder of the photographs, without importing the package.

    Raises:
        SpecError: the package is not installed.
    """
    found = importlib.util.find_spec("ultralytics")
    if found is None or found.origin is None:
        raise SpecError("people are cut out of photographs of the ultralytics package, which is not installed")
    return Path(found.origin).parent / "assets"


@cache
def cut_out(name: str) -> CutOut:
    """Cut one person out; made once per process.

    Args:
        name: key in ``OUTLINES``.

    Returns:
        The cut-out, cropped to what is opaque; a waist cut-out is continued downwards by its last
        rows, since furniture hides the end of it.

    Raises:
        SpecError: the photograph is missing or cannot be read.
    """
    outline = OUTLINES[name]
    path = assets_folder() / outline.photo
    read = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if read is None:
        raise SpecError(f"cannot read the photograph {path}")
    photo: Image = np.asarray(read, dtype=np.uint8)
    x0, y0, x1, y1 = outline.box_xyxy_px
    air = 12
    left, top = max(0, x0 - air), max(0, y0 - air)
    crop = photo[top : min(photo.shape[0], y1 + air), left : min(photo.shape[1], x1 + air)]
    alpha = _matte(crop, outline, (left, top))
    rows, columns = np.flatnonzero(alpha.max(axis=1) > 0.5), np.flatnonzero(alpha.max(axis=0) > 0.5)
    a, b, c, d = int(rows[0]), int(rows[-1]) + 1, int(columns[0]), int(columns[-1]) + 1
    bgr, alpha = crop[a:b, c:d], alpha[a:b, c:d]
    if not outline.whole:
        more = int(0.9 * (b - a))
        bgr = np.pad(bgr, ((0, more), (0, 0), (0, 0)), mode="edge")
        alpha = np.pad(alpha, ((0, more), (0, 0)), mode="edge")
    height, width = alpha.shape
    hx0, hy0, hx1, hy1 = outline.head_xyxy_px
    ox, oy = left + c, top + a
    return CutOut(
        name=name,
        bgr=np.ascontiguousarray(bgr, dtype=np.uint8),
        alpha=np.ascontiguousarray(alpha, dtype=np.float32),
        head_xyxy=((hx0 - ox) / width, max(0.0, (hy0 - oy) / height), (hx1 - ox) / width, (hy1 - oy) / height),
        hand_xy=((outline.hand_xy_px[0] - ox) / width, (outline.hand_xy_px[1] - oy) / height),
        height_m=height / outline.px_per_m,
        whole=outline.whole,
    )


def _matte(crop: Image, outline: Outline, origin: tuple[int, int]) -> NDArray[np.float32]:
    """Alpha of one person, shape of ``crop``, 0 to 1."""
    small = cv2.resize(crop, None, fx=outline.scale, fy=outline.scale, interpolation=cv2.INTER_AREA)

    def to_small(points: Points) -> NDArray[np.int32]:
        return np.round((np.asarray(points) - origin) * outline.scale).astype(np.int32)

    core = np.zeros(small.shape[:2], np.uint8)
    for polygon in outline.core:
        cv2.fillPoly(core, [to_small(polygon)], (1,))
    mask = np.full(core.shape, cv2.GC_BGD, np.uint8)
    mask[cv2.dilate(core, _disc(35 * outline.scale)) > 0] = cv2.GC_PR_BGD
    mask[cv2.dilate(core, _disc(14 * outline.scale)) > 0] = cv2.GC_PR_FGD
    (x0, y0), (x1, y1) = to_small(((outline.box_xyxy_px[0:2]), (outline.box_xyxy_px[2:4])))
    mask[: max(0, y0)], mask[y1 + 1 :], mask[:, : max(0, x0)], mask[:, x1 + 1 :] = (cv2.GC_BGD,) * 4
    mask[core > 0] = cv2.GC_FGD
    for polygon in outline.outside:
        cv2.fillPoly(mask, [to_small(polygon)], (cv2.GC_BGD,))
    cv2.setRNGSeed(7)  # GrabCut starts from k-means with OpenCV's own random numbers
    rect_unused = (0, 0, 1, 1)
    cv2.grabCut(small, mask, rect_unused, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    opaque = ((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD)).astype(np.uint8)
    opaque = cv2.morphologyEx(_large_parts(opaque), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))
    alpha = cv2.resize(opaque.astype(np.float32), (crop.shape[1], crop.shape[0]), interpolation=cv2.INTER_CUBIC)
    alpha = cv2.GaussianBlur(alpha, (0, 0), 0.7 / outline.scale)
    # A tight ramp inside the soft edge keeps the street behind the person out of the matte.
    return np.asarray(np.clip((alpha - 0.45) / 0.35, 0, 1), dtype=np.float32)


def _disc(radius: float) -> Image:
    size = 2 * max(1, round(radius)) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), dtype=np.uint8)


def _large_parts(opaque: Image) -> Image:
    count, labels, stats, _ = cv2.connectedComponentsWithStats(opaque)
    large = [k for k in range(1, count) if stats[k, cv2.CC_STAT_AREA] > 0.01 * opaque.sum()]
    return np.isin(labels, large).astype(np.uint8)
