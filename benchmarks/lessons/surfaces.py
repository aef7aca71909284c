"""Procedural textures of a room's six sides and of small things on furniture; BGR, uint8."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Colour = tuple[int, int, int]


def speckle(
    rng: np.random.Generator, size: tuple[int, int], *, grain_px: float, strength: float
) -> NDArray[np.float32]:
    """Smooth random field.

    Args:
        rng: source of randomness.
        size: height and width, pixels.
        grain_px: size of a blotch.
        strength: standard deviation, grey levels.

    Returns:
        Shape ``size``, float32, mean about 0.
    """
    height, width = size
    low = (max(2, round(height / grain_px)), max(2, round(width / grain_px)))
    field = rng.normal(0, 1, low).astype(np.float32)
    field = np.asarray(cv2.resize(field, (width, height), interpolation=cv2.INTER_CUBIC), dtype=np.float32)
    return np.asarray(field * (strength / max(1e-6, float(field.std()))), dtype=np.float32)


def painted(rng: np.random.Generator, size: tuple[int, int], colour: Colour, *, rough: float = 3.0) -> Image:
    """A painted surface: one colour with blotches and grain."""
    field = speckle(rng, size, grain_px=60, strength=rough) + speckle(rng, size, grain_px=3, strength=rough * 0.5)
    return np.clip(np.asarray(colour, np.float32) + field[..., None], 0, 255).astype(np.uint8)


def floor(rng: np.random.Generator, width_m: float, depth_m: float, *, px_per_m: int, workshop: bool) -> Image:
    """Floor: tiles, boards or painted concrete."""
    size = (int(depth_m * px_per_m), int(width_m * px_per_m))
    if workshop:
        image = painted(rng, size, _vary(rng, (118, 122, 120), 14), rough=6)
        for _ in range(60):
            spot = (int(rng.integers(size[1])), int(rng.integers(size[0])))
            cv2.circle(image, spot, int(rng.integers(2, 9)), (80, 84, 84), -1, cv2.LINE_AA)
        return image
    if rng.random() < 0.5:
        base = _vary(rng, (150, 168, 176), 20)
        image = painted(rng, size, base, rough=4)
        step = int(px_per_m * rng.choice([0.5, 0.6, 0.8]))
        line = (int(base[0] * 0.8), int(base[1] * 0.8), int(base[2] * 0.8))
        for k in range(0, max(size), step):
            cv2.line(image, (k, 0), (k, size[0]), line, 1)
            cv2.line(image, (0, k), (size[1], k), line, 1)
        return image
    base = _vary(rng, (86, 128, 164), 18)
    image = painted(rng, size, base, rough=4)
    for k in range(0, size[1], max(6, px_per_m // 6)):
        shade = int(rng.normal(0, 7))
        image[:, k : k + px_per_m // 6] = np.clip(image[:, k : k + px_per_m // 6].astype(np.int16) + shade, 0, 255)
        cv2.line(image, (k, 0), (k, size[0]), (60, 92, 120), 1)
    return image


def ceiling(rng: np.random.Generator, width_m: float, depth_m: float, *, px_per_m: int) -> Image:
    """Ceiling with rows of lamps."""
    size = (int(depth_m * px_per_m), int(width_m * px_per_m))
    image = painted(rng, size, (206, 212, 214), rough=2)
    if rng.random() < 0.6:
        for k in range(0, max(size), int(0.6 * px_per_m)):
            cv2.line(image, (k, 0), (k, size[0]), (180, 186, 188), 1)
            cv2.line(image, (0, k), (size[1], k), (180, 186, 188), 1)
    columns, long_m = int(rng.integers(2, 4)), float(rng.uniform(0.9, 1.4))
    for z in np.arange(1.5, depth_m, 2.4):
        for c in range(columns):
            x = width_m * (c + 0.5) / columns
            _box(image, (x - 0.12, z), (x + 0.12, z + long_m), px_per_m, (255, 255, 252))
    return image


def rear_wall(rng: np.random.Generator, width_m: float, height_m: float, *, px_per_m: int, workshop: bool) -> Image:
    """Wall opposite the camera: a black or green board with chalk, or tool shelves, and posters."""
    size = (int(height_m * px_per_m), int(width_m * px_per_m))
    image = painted(rng, size, _wall_colour(rng), rough=3)
    _dado(rng, image, px_per_m)
    middle = width_m / 2 + float(rng.uniform(-0.6, 0.6))
    if workshop:
        _shelves(rng, image, middle, height_m, px_per_m)
    else:
        half = float(rng.uniform(1.5, 1.9))
        board = _vary(rng, (58, 74, 50) if rng.random() < 0.6 else (48, 44, 42), 8)
        top, bottom = height_m - 2.15, height_m - 0.95
        _box(
            image, (middle - half - 0.05, top - 0.05), (middle + half + 0.05, bottom + 0.05), px_per_m, (120, 150, 170)
        )
        _box(image, (middle - half, top), (middle + half, bottom), px_per_m, board)
        _chalk(rng, image, (middle - half, top), (middle + half, bottom), px_per_m)
    for _ in range(int(rng.integers(2, 6))):
        x = float(rng.uniform(0.2, width_m - 0.9))
        if abs(x + 0.3 - middle) > 2.3:
            _poster(rng, image, (x, height_m - float(rng.uniform(1.9, 2.2))), px_per_m)
    return image


def window_wall(rng: np.random.Generator, depth_m: float, height_m: float, *, px_per_m: int) -> Image:
    """Side wall with windows and curtains; bright outside."""
    size = (int(height_m * px_per_m), int(depth_m * px_per_m))
    image = painted(rng, size, _wall_colour(rng), rough=3)
    _dado(rng, image, px_per_m)
    sky = _vary(rng, (250, 244, 236), 5)
    curtain = _vary(rng, (170, 150, 120), 50)
    pitch, wide = float(rng.uniform(2.2, 2.9)), float(rng.uniform(1.4, 1.8))
    for z in np.arange(1.0, depth_m - 1.2, pitch):
        top, bottom = height_m - 2.5, height_m - 0.95
        _box(image, (z - 0.06, top - 0.06), (z + wide + 0.06, bottom + 0.06), px_per_m, (225, 228, 230))
        _box(image, (z, top), (z + wide, bottom), px_per_m, sky)
        outside = image[
            int((bottom - 0.5) * px_per_m) : int(bottom * px_per_m), int(z * px_per_m) : int((z + wide) * px_per_m)
        ]
        outside[:] = np.clip(outside.astype(np.int16) - rng.integers(5, 60, (1, outside.shape[1], 1)), 0, 255)
        _box(image, (z + wide / 2 - 0.03, top), (z + wide / 2 + 0.03, bottom), px_per_m, (215, 218, 220))
        drawn = float(rng.uniform(0.05, 0.5))
        _folds(image, (z, top - 0.1), (z + wide * drawn, bottom + 0.15), px_per_m, curtain)
    return image


def board_wall(rng: np.random.Generator, depth_m: float, height_m: float, *, px_per_m: int) -> Image:
    """Side wall with a projection screen, a whiteboard or posters, and a door."""
    size = (int(height_m * px_per_m), int(depth_m * px_per_m))
    image = painted(rng, size, _wall_colour(rng), rough=3)
    _dado(rng, image, px_per_m)
    start = float(rng.uniform(2.6, 3.4))
    _box(image, (start, height_m - 2.3), (start + 2.4, height_m - 0.95), px_per_m, (236, 240, 240))
    for row in range(int(rng.integers(4, 8))):
        y = height_m - 2.15 + 0.16 * row
        _box(
            image,
            (start + 0.15, y),
            (start + float(rng.uniform(0.8, 2.2)), y + 0.05),
            px_per_m,
            _vary(rng, (120, 90, 70), 60),
        )
    banner = _vary(rng, (40, 36, 186), 20)
    _box(image, (start + 2.8, height_m - 2.55), (min(depth_m - 0.3, start + 5.4), height_m - 2.2), px_per_m, banner)
    door = depth_m - 1.6
    _box(image, (door, height_m - 2.1), (door + 0.95, height_m), px_per_m, _vary(rng, (96, 128, 156), 30))
    _box(image, (door + 0.1, height_m - 1.9), (door + 0.85, height_m - 1.3), px_per_m, (200, 206, 208))
    for _ in range(3):
        _poster(rng, image, (float(rng.uniform(start + 2.6, depth_m - 2.4)), height_m - 1.9), px_per_m)
    return image


def _vary(rng: np.random.Generator, colour: Colour, spread: int) -> Colour:
    shifted = np.clip(np.asarray(colour) + rng.integers(-spread, spread + 1, 3), 0, 255)
    return int(shifted[0]), int(shifted[1]), int(shifted[2])


def _wall_colour(rng: np.random.Generator) -> Colour:
    choices: tuple[Colour, ...] = ((206, 220, 226), (218, 222, 222), (196, 212, 208), (214, 214, 206), (188, 208, 222))
    return _vary(rng, choices[int(rng.integers(len(choices)))], 8)


def _dado(rng: np.random.Generator, image: Image, px_per_m: int) -> None:
    """The darker lower part of a school's wall; rows count from the ceiling."""
    colour = _vary(rng, (150, 170, 150), 40)
    top = image.shape[0] - int(1.0 * px_per_m)
    image[top:] = np.clip(image[top:].astype(np.int16) // 2 + np.asarray(colour, np.int16) // 2, 0, 255)


def _box(image: Image, start_m: tuple[float, float], end_m: tuple[float, float], px_per_m: int, colour: Colour) -> None:
    a = (round(start_m[0] * px_per_m), round(start_m[1] * px_per_m))
    b = (round(end_m[0] * px_per_m) - 1, round(end_m[1] * px_per_m) - 1)
    cv2.rectangle(image, a, b, colour, -1)


def _chalk(
    rng: np.random.Generator, image: Image, start_m: tuple[float, float], end_m: tuple[float, float], px_per_m: int
) -> None:
    tones: tuple[Colour, ...] = ((225, 232, 232), (150, 220, 235), (190, 190, 240), (210, 230, 170))
    y = start_m[1] + 0.1
    while y < end_m[1] - 0.1:
        x = start_m[0] + 0.1
        tone = tones[int(rng.integers(len(tones)))]
        while x < end_m[0] - 0.2:
            if rng.random() < 0.75:
                points = np.array([x, y]) + rng.uniform(0, 0.09, (int(rng.integers(4, 8)), 2))
                cv2.polylines(image, [np.round(points * px_per_m).astype(np.int32)], False, tone, 1, cv2.LINE_AA)
            x += 0.13
        y += 0.17


def _poster(rng: np.random.Generator, image: Image, at_m: tuple[float, float], px_per_m: int) -> None:
    wide, high = float(rng.uniform(0.4, 0.6)), float(rng.uniform(0.55, 0.8))
    x, y = at_m
    _box(image, (x, y), (x + wide, y + high), px_per_m, _vary(rng, (220, 226, 228), 20))
    _box(image, (x + 0.04, y + 0.05), (x + wide - 0.04, y + high * 0.45), px_per_m, _vary(rng, (140, 120, 120), 90))
    for row in range(3):
        top = y + high * (0.55 + 0.13 * row)
        _box(image, (x + 0.06, top), (x + wide * float(rng.uniform(0.5, 0.9)), top + 0.03), px_per_m, (90, 84, 80))


def _shelves(rng: np.random.Generator, image: Image, middle: float, height_m: float, px_per_m: int) -> None:
    """A wall board with tools and a shelf of boxes."""
    _box(
        image, (middle - 1.8, height_m - 2.2), (middle + 1.8, height_m - 1.1), px_per_m, _vary(rng, (150, 120, 90), 30)
    )
    for _ in range(36):
        x, y = middle - 1.7 + float(rng.uniform(0, 3.3)), height_m - 2.1 + float(rng.uniform(0, 0.8))
        tone = _vary(rng, (90, 95, 100), 70)
        _box(image, (x, y), (x + 0.05, y + float(rng.uniform(0.1, 0.25))), px_per_m, tone)
        _box(image, (x - 0.03, y), (x + 0.08, y + 0.05), px_per_m, tone)
    for side in (-3.0, 2.1):
        for row in range(3):
            y = height_m - 1.0 + row * 0.33
            _box(image, (middle + side, y + 0.28), (middle + side + 0.9, y + 0.31), px_per_m, (60, 66, 72))
            x = middle + side + 0.04
            while x < middle + side + 0.7:
                wide = float(rng.uniform(0.12, 0.25))
                _box(
                    image,
                    (x, y + float(rng.uniform(0.02, 0.12))),
                    (x + wide, y + 0.28),
                    px_per_m,
                    _vary(rng, (120, 110, 130), 80),
                )
                x += wide + 0.03


def _folds(
    image: Image, start_m: tuple[float, float], end_m: tuple[float, float], px_per_m: int, colour: Colour
) -> None:
    x0, x1 = int(start_m[0] * px_per_m), int(end_m[0] * px_per_m)
    y0, y1 = int(max(0.0, start_m[1]) * px_per_m), int(end_m[1] * px_per_m)
    if x1 <= x0:
        return
    wave = 18 * np.sin(np.arange(x1 - x0) / (0.05 * px_per_m))
    strip = np.clip(np.asarray(colour, np.float32) + wave[:, None], 0, 255).astype(np.uint8)
    target = image[y0:y1, x0:x1]
    target[:] = strip[None, : target.shape[1]]
