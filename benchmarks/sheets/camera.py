"""A phone held over a sheet of paper: table, perspective, turn, crease, light, shadow, blur, noise, JPEG."""

from dataclasses import dataclass
from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.sheet_layout import LAYOUT_1

Fault = Literal["cut", "thumb", "blurred", "tiny"]
FAULTS: Final[tuple[Fault, ...]] = ("cut", "thumb", "blurred", "tiny")


@dataclass(frozen=True, slots=True)
class Shot:
    """How the photograph is taken.

    Attributes:
        long_side_px: size of the photograph.
        quarter_turns: how the page lies: 0 to 3.
        blur_mm: standard deviation of the blur, on the paper.
        motion_mm: length of a smear, on the paper.
        noise: standard deviation, grey levels.
        jpeg_quality: 1..100.
        has_shadow: whether a hand or head throws one.
        has_crease: whether the sheet was folded once.
        is_scan: flat, evenly lit, hardly turned.
        fault: what makes it unreadable; ``None`` where it should be read.
    """

    long_side_px: int
    quarter_turns: int
    blur_mm: float
    motion_mm: float
    noise: float
    jpeg_quality: int
    has_shadow: bool
    has_crease: bool
    is_scan: bool
    fault: Fault | None


def random_shot(rng: np.random.Generator, fault: Fault | None) -> Shot:
    """A shot as people take them; with a fault, one that cannot be read."""
    is_scan = fault is None and rng.random() < 0.12
    blur = rng.uniform(1.3, 2.2) if fault == "blurred" else rng.uniform(0.03, 0.32)
    return Shot(
        long_side_px=int(rng.integers(330, 700)) if fault == "tiny" else int(rng.integers(1500, 2600)),
        quarter_turns=int(rng.choice(4, p=(0.55, 0.15, 0.15, 0.15))),
        blur_mm=0.04 if is_scan else blur,
        motion_mm=float(rng.uniform(0.2, 0.7)) if not is_scan and rng.random() < 0.2 else 0.0,
        noise=float(rng.uniform(0.5, 6.0)),
        jpeg_quality=int(rng.integers(40, 91)),
        has_shadow=not is_scan and rng.random() < 0.6,
        has_crease=not is_scan and rng.random() < 0.3,
        is_scan=is_scan,
        fault=fault,
    )


def photograph(page: NDArray[np.float32], shot: Shot, rng: np.random.Generator) -> bytes:
    """Take the photograph.

    Args:
        page: shape ``(H, W, 3)``, reflectance 0..1, RGB, the whole sheet of paper.
        shot: how.
        rng: everything that the shot leaves open.

    Returns:
        A JPEG file.
    """
    page = page * np.array([1.0, rng.uniform(0.97, 1.0), rng.uniform(0.90, 1.0)], np.float32)  # paper is seldom white
    page = page * (0.93 + 0.02 * _noise(rng, page.shape[:2], 60))[..., None]
    if shot.has_crease:
        page = _creased(page, rng)
    if shot.fault == "thumb":
        _thumb(page, rng)
    corners, size = _corners(shot, rng)
    rgb = _warped(page, corners, size, rng)
    px_per_mm = float(np.linalg.norm(corners[1] - corners[0])) / LAYOUT_1.page.width_mm
    lit = rgb * _light(shot, size, rng)
    lit = _blurred(lit, shot, px_per_mm, rng)
    lit = lit * 255 + rng.standard_normal(lit.shape, np.float32) * shot.noise
    if not shot.is_scan:
        lit *= np.array([rng.uniform(0.88, 1.06), 1.0, rng.uniform(0.80, 1.06)], np.float32)
    picture = np.clip(lit, 0, 255).astype(np.uint8)
    done, data = cv2.imencode(
        ".jpg", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, shot.jpeg_quality]
    )
    if not done:
        raise ValueError("the photograph cannot be encoded")
    return bytes(data)


def _corners(shot: Shot, rng: np.random.Generator) -> tuple[NDArray[np.float32], tuple[int, int]]:
    """The page's corners in the photograph (left upper, right upper, right lower, left lower), and its size W, H."""
    width, height = round(shot.long_side_px / 1.34), shot.long_side_px
    if shot.is_scan:
        width = round(shot.long_side_px / 1.414)
    share = 0.995 if shot.is_scan else rng.uniform(0.80, 0.97)
    half = np.array([LAYOUT_1.page.width_mm, LAYOUT_1.page.height_mm]) / 2
    page = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], float) * half
    angle = np.deg2rad(rng.uniform(-1, 1) if shot.is_scan else rng.uniform(-9, 9))
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    placed = page @ turn.T
    if not shot.is_scan:
        tilt = rng.uniform(-0.0009, 0.0009, 2)  # per mm: near edges are up to a third longer than far ones
        placed = placed / (1 + placed @ tilt)[:, None]
    extent = placed.max(axis=0) - placed.min(axis=0)
    scale = share * min(width / extent[0], height / extent[1])
    placed = (placed - (placed.max(axis=0) + placed.min(axis=0)) / 2) * scale + (width / 2, height / 2)
    if shot.fault == "cut":  # one corner of the page lies outside
        corner = int(rng.integers(4))
        outwards = np.sign(placed[corner] - (width / 2, height / 2))
        placed = placed + outwards * np.array([rng.uniform(0.14, 0.25), rng.uniform(0.02, 0.06)]) * width
    for _ in range(shot.quarter_turns):
        placed = np.stack([height - placed[:, 1], placed[:, 0]], axis=1)
        width, height = height, width
    return placed.astype(np.float32), (width, height)


def _warped(
    page: NDArray[np.float32], corners: NDArray[np.float32], size: tuple[int, int], rng: np.random.Generator
) -> NDArray[np.float32]:
    height, width = page.shape[:2]
    source = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, corners)
    shrink = float(np.linalg.norm(corners[1] - corners[0])) / width
    if shrink < 1:  # what a lens does before the sensor samples
        page = cv2.GaussianBlur(page, (0, 0), 0.4 / shrink).astype(np.float32)
    table = _table(size, rng)
    inside = cv2.warpPerspective(np.ones((height, width), np.float32), matrix, size)
    seen = cv2.warpPerspective(page, matrix, size, flags=cv2.INTER_LINEAR)
    return np.asarray(table * (1 - inside[..., None]) + seen, np.float32)


def _table(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    colour = rng.choice(
        np.array([[0.45, 0.30, 0.18], [0.75, 0.66, 0.52], [0.22, 0.22, 0.24], [0.82, 0.82, 0.80], [0.35, 0.42, 0.48]])
    )
    shape = (size[1], size[0])
    grain = cv2.resize(rng.random((shape[0] // 6 + 1, 12)).astype(np.float32), size, interpolation=cv2.INTER_LINEAR)
    fine = _noise(rng, shape, 8)
    table = np.clip(colour * (0.85 + 0.25 * grain + 0.03 * fine)[..., None], 0, 1)
    return np.asarray(table, np.float32)


def _noise(rng: np.random.Generator, shape: tuple[int, ...], step_px: int) -> NDArray[np.float32]:
    """Smooth noise around 0 with a standard deviation of about 1."""
    small = rng.standard_normal((shape[0] // step_px + 2, shape[1] // step_px + 2)).astype(np.float32)
    return np.asarray(cv2.resize(small, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC), np.float32)


def _light(shot: Shot, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    width, height = size
    if shot.is_scan:
        return np.full((height, width, 1), 0.98, np.float32)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    angle, fall = rng.uniform(0, 2 * np.pi), rng.uniform(0.0, 0.45)
    along = (np.cos(angle) * (x / width - 0.5) + np.sin(angle) * (y / height - 0.5)) + 0.5
    light = rng.uniform(0.80, 1.0) * (1 - fall * along)
    if shot.has_shadow:
        outline = np.zeros((height, width), np.float32)
        middle = rng.uniform(0.1, 0.9, 2) * (width, height)
        count = 9
        radii = rng.uniform(0.15, 0.55, count) * min(size)
        around = np.sort(rng.uniform(0, 2 * np.pi, count))
        points = middle + np.stack([np.cos(around), np.sin(around)], 1) * radii[:, None]
        cv2.fillPoly(outline, [points.astype(np.int32)], 1.0)
        soft = cv2.GaussianBlur(outline, (0, 0), max(2.0, rng.uniform(0.003, 0.04) * min(size)))
        light = light * (1 - rng.uniform(0.2, 0.55) * soft)
    return np.asarray(light[..., None], np.float32)


def _blurred(rgb: NDArray[np.float32], shot: Shot, px_per_mm: float, rng: np.random.Generator) -> NDArray[np.float32]:
    sigma = shot.blur_mm * px_per_mm
    if sigma > 0.3:
        rgb = cv2.GaussianBlur(rgb, (0, 0), sigma).astype(np.float32)
    length = round(shot.motion_mm * px_per_mm)
    if length >= 2:
        kernel = np.zeros((length + 2, length + 2), np.float32)
        angle = rng.uniform(0, np.pi)
        middle = (length + 1) / 2
        reach = np.array([np.cos(angle), np.sin(angle)]) * length / 2
        start, end = (np.round((middle - reach) * 16).astype(int), np.round((middle + reach) * 16).astype(int))
        cv2.line(kernel, tuple(start), tuple(end), 1.0, 1, cv2.LINE_AA, 4)
        rgb = cv2.filter2D(rgb, -1, kernel / kernel.sum()).astype(np.float32)
    return rgb


def _creased(page: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Fold the sheet once across: the halves rise towards the fold, which moves lines by up to a millimetre."""
    height, width = page.shape[:2]
    px_per_mm = width / LAYOUT_1.page.width_mm
    fold = rng.uniform(0.3, 0.7) * height
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    away = np.abs(y - fold) / height
    shift = np.sign(y - fold) * np.minimum(away * 12, np.exp(-away * 7)) * rng.uniform(0.3, 1.2) * px_per_mm
    aside = np.exp(-away * 9) * rng.uniform(-0.6, 0.6) * px_per_mm * (x / width - 0.5)
    bent = cv2.remap(page, x + aside.astype(np.float32), y + shift.astype(np.float32), cv2.INTER_LINEAR,
                     borderMode=cv2.BORDER_REPLICATE)  # fmt: skip
    shade = 1 - rng.uniform(0.05, 0.2) * np.exp(-np.maximum(y - fold, 0) / (0.05 * height)) * (y > fold)
    line = 1 - rng.uniform(0.05, 0.25) * np.exp(-(((y - fold) / (0.25 * px_per_mm)) ** 2))
    return np.asarray(bent * (shade * line)[..., None], np.float32)


def _thumb(page: NDArray[np.float32], rng: np.random.Generator) -> None:
    px_per_mm = page.shape[1] / LAYOUT_1.page.width_mm
    marker = LAYOUT_1.markers[int(rng.integers(4))]
    middle = np.array([marker.x_mm + marker.width_mm / 2, marker.y_mm + marker.height_mm / 2])
    middle += rng.uniform(-3, 3, 2)
    mask = np.zeros(page.shape[:2], np.float32)
    axes = (int(rng.uniform(9, 12) * px_per_mm), int(rng.uniform(13, 20) * px_per_mm))
    cv2.ellipse(mask, tuple(int(v * px_per_mm) for v in middle), axes, rng.uniform(-40, 40), 0, 360, 1.0, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 0.6 * px_per_mm).astype(np.float32)[..., None]
    skin = np.array([0.78, 0.56, 0.45], np.float32) * rng.uniform(0.6, 1.05)
    page *= 1 - mask
    page += mask * skin
