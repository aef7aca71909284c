"""A round red seal: a ring, a star, and signs along the ring."""

import cv2
import numpy as np
from numpy.typing import NDArray


def stamp(
    page: NDArray[np.float32], centre_mm: tuple[float, float], px_per_mm: float, rng: np.random.Generator
) -> None:
    """Press a seal onto a page.

    Args:
        page: shape ``(H, W, 3)``, reflectance 0..1, RGB; changed in place.
        centre_mm: its middle on the page.
        px_per_mm: scale of the page.
        rng: size, colour, turn and unevenness.
    """
    radius = rng.uniform(19, 21)
    side = int(2 * (radius + 1) * px_per_mm)
    seal = np.zeros((side, side), np.uint8)
    middle = side // 2
    cv2.circle(seal, (middle, middle), int(radius * px_per_mm), 255, int(1.1 * px_per_mm), cv2.LINE_AA)
    angles = np.arange(10) * np.pi / 5 - np.pi / 2
    star = np.stack([np.cos(angles), np.sin(angles)], 1) * np.where(np.arange(10) % 2 == 0, 6.5, 2.6)[:, None]
    cv2.fillPoly(seal, [np.round(star * px_per_mm + middle).astype(np.int32)], 255, cv2.LINE_AA)
    for angle in np.linspace(-np.pi * 1.2, np.pi * 0.2, 13):
        at = np.array([np.cos(angle), np.sin(angle)]) * radius * 0.8
        for _ in range(5):
            ends = np.round((at + rng.uniform(-1.7, 1.7, (2, 2))) * px_per_mm + middle).astype(int)
            cv2.line(seal, tuple(ends[0]), tuple(ends[1]), 255, max(1, int(0.45 * px_per_mm)), cv2.LINE_AA)
    turned = cv2.getRotationMatrix2D((middle, middle), rng.uniform(-25, 25), 1)
    seal = cv2.warpAffine(seal, turned, (side, side)).astype(np.uint8)
    x0, y0 = (int(value * px_per_mm) - middle for value in centre_mm)
    left, top = max(0, -x0), max(0, -y0)
    part = page[max(0, y0) : y0 + side, max(0, x0) : x0 + side]
    cover = seal[top : top + part.shape[0], left : left + part.shape[1]].astype(np.float32) / 255
    blotch = cv2.resize(rng.uniform(0.6, 1.0, (9, 9)).astype(np.float32), (cover.shape[1], cover.shape[0]))
    cover *= blotch * rng.uniform(0.6, 0.95)
    ink = np.array([rng.uniform(0.78, 0.92), rng.uniform(0.08, 0.25), rng.uniform(0.10, 0.25)], np.float32)
    part *= 1 - cover[..., None] * (1 - ink)
