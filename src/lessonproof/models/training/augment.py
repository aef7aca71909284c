"""From stored pictures to what the network sees in one step: mosaics, zooms, mirrorings, colours, blur.

Everything that befalls the pixels befalls the boxes and the unlabelled regions too. A person of whom a crop leaves only
a sliver becomes an unlabelled region: neither a person to be found nor background.
Mosaic: Bochkovskiy, Wang and Liao (2020), "YOLOv4: Optimal Speed and Accuracy of Object Detection", section 3.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.models.training.store import Sample

PADDING_VALUE = 114
"""Grey around pictures that do not fill the square: what Ultralytics pads with when it predicts."""

MIN_VISIBLE_SHARE = 0.3
"""A box of which less remains after a crop is no longer learned as a whole object ..."""
MIN_SIDE_PX = 4.0
"""... nor is one thinner than this: half a cell of the finest grid (8 pixels)."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How strongly pictures are altered.

    Attributes:
        size_px: side of the square that the network sees.
        mosaic_share: share of squares made of four pictures, ``[0, 1]``.
        scale_from, scale_to: longest side of a picture as a share of ``size_px`` where it stands alone.
        tile_from, tile_to: the same within a mosaic.
        grey_share: share of squares without colour, as infrared cameras give them.
        blur_share: share of squares that are blurred a little.
        hue, saturation, value: largest relative change of each.
    """

    size_px: int
    mosaic_share: float = 0.7
    scale_from: float = 0.6
    scale_to: float = 1.7
    tile_from: float = 0.4
    tile_to: float = 1.2
    grey_share: float = 0.1
    blur_share: float = 0.15
    hue: float = 0.015
    saturation: float = 0.6
    value: float = 0.4


@dataclass(frozen=True, slots=True, eq=False)
class Square:
    """One input of the network.

    Attributes:
        pixels: shape ``(S, S, 3)``, uint8, RGB.
        boxes: shape ``(K, 5)``, float32: class index, left, top, right, bottom in pixels.
        unlabelled: shape ``(R, 5)``, float32, same form; see ``Sample.unlabelled``.
    """

    pixels: NDArray[np.uint8]
    boxes: NDArray[np.float32]
    unlabelled: NDArray[np.float32]


def compose(samples: Sequence[Sample], recipe: Recipe, rng: np.random.Generator) -> Square:
    """Make one input out of one picture or four.

    Args:
        samples: one picture, or four for a mosaic.
        recipe: how strongly to alter them.
        rng: source of all chance.

    Raises:
        ValueError: neither one nor four pictures were given.
    """
    if len(samples) == 1:
        square = _alone(samples[0], recipe, rng)
    elif len(samples) == 4:
        square = _mosaic(samples, recipe, rng)
    else:
        raise ValueError(f"one picture or four are expected, got {len(samples)}")
    if rng.random() < 0.5:
        square = mirrored(square)
    return Square(recoloured(square.pixels, recipe, rng), square.boxes, square.unlabelled)


def letterboxed(sample: Sample, size_px: int) -> Square:
    """The picture centred in the square, as large as fits, unaltered otherwise: what a detector sees in service."""
    scale = size_px / max(sample.pixels.shape[:2])
    height_px, width_px = (round(side * scale) for side in sample.pixels.shape[:2])
    canvas = _blank(size_px)
    window = (0, 0, size_px, size_px)
    return _placed(canvas, sample, scale, ((size_px - width_px) // 2, (size_px - height_px) // 2), window)


def mirrored(square: Square) -> Square:
    """Left and right exchanged."""
    side = square.pixels.shape[1]

    def swapped(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.stack([boxes[:, 0], side - boxes[:, 3], boxes[:, 2], side - boxes[:, 1], boxes[:, 4]], axis=1)

    pixels = np.ascontiguousarray(square.pixels[:, ::-1])
    return Square(pixels, swapped(square.boxes), swapped(square.unlabelled))


def recoloured(pixels: NDArray[np.uint8], recipe: Recipe, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Other light: hue, saturation and brightness changed, sometimes grey, sometimes blurred."""
    gains = 1 + rng.uniform(-1, 1, 3) * (recipe.hue, recipe.saturation, recipe.value)
    is_grey, is_blurred = rng.random(2) < (recipe.grey_share, recipe.blur_share)
    hue, saturation, value = cv2.split(cv2.cvtColor(pixels, cv2.COLOR_RGB2HSV))
    levels = np.arange(256)
    turned = ((levels * gains[0]) % 180).astype(np.uint8)
    stretched = [np.clip(levels * gain, 0, 255).astype(np.uint8) for gain in gains[1:]]
    channels = (cv2.LUT(hue, turned), cv2.LUT(saturation, stretched[0]), cv2.LUT(value, stretched[1]))
    changed = cv2.cvtColor(cv2.merge(channels), cv2.COLOR_HSV2RGB)
    if is_grey:
        changed = cv2.cvtColor(cv2.cvtColor(changed, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB)
    if is_blurred:
        changed = cv2.GaussianBlur(changed, (0, 0), float(rng.uniform(0.4, 1.4)))
    return np.asarray(changed, dtype=np.uint8)


def _alone(sample: Sample, recipe: Recipe, rng: np.random.Generator) -> Square:
    size = recipe.size_px
    scale = size * rng.uniform(recipe.scale_from, recipe.scale_to) / max(sample.pixels.shape[:2])
    spare = [size - side * scale for side in (sample.pixels.shape[1], sample.pixels.shape[0])]
    left, top = (round(space * rng.random()) for space in spare)  # negative spare room: a crop
    return _placed(_blank(size), sample, scale, (left, top), (0, 0, size, size))


def _mosaic(samples: Sequence[Sample], recipe: Recipe, rng: np.random.Generator) -> Square:
    """Four pictures meet at a random point; each stands in its quarter, with a corner at that point."""
    size = recipe.size_px
    x, y = (round(size * share) for share in rng.uniform(0.3, 0.7, 2))
    windows = ((0, 0, x, y), (x, 0, size, y), (0, y, x, size), (x, y, size, size))
    square = _blank(size)
    for index, (sample, window) in enumerate(zip(samples, windows, strict=True)):
        scale = size * rng.uniform(recipe.tile_from, recipe.tile_to) / max(sample.pixels.shape[:2])
        width_px, height_px = (round(side * scale) for side in (sample.pixels.shape[1], sample.pixels.shape[0]))
        left = x - width_px if index % 2 == 0 else x
        top = y - height_px if index < 2 else y
        square = _placed(square, sample, scale, (left, top), window)
    return square


def _blank(size_px: int) -> Square:
    none = np.zeros((0, 5), np.float32)
    return Square(np.full((size_px, size_px, 3), PADDING_VALUE, np.uint8), none, none)


def _placed(
    square: Square, sample: Sample, scale: float, corner_px: tuple[int, int], window: tuple[int, int, int, int]
) -> Square:
    """Draw a scaled picture with its left upper corner at ``corner_px``, cut to ``window``, into ``square.pixels``."""
    left, top = corner_px
    x1, y1, x2, y2 = window
    matrix = np.array([[scale, 0, left + (scale - 1) / 2 - x1], [0, scale, top + (scale - 1) / 2 - y1]])
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    height_px, width_px = (max(1, round(side * scale)) for side in sample.pixels.shape[:2])
    fx1, fy1, fx2, fy2 = max(x1, left), max(y1, top), min(x2, left + width_px), min(y2, top + height_px)
    if fx1 < fx2 and fy1 < fy2:
        if scale < 1:
            drawn = cv2.resize(np.asarray(sample.pixels), (width_px, height_px), interpolation=interpolation)
            square.pixels[fy1:fy2, fx1:fx2] = drawn[fy1 - top : fy2 - top, fx1 - left : fx2 - left]
        else:
            warped = cv2.warpAffine(np.asarray(sample.pixels), matrix, (x2 - x1, y2 - y1), flags=cv2.INTER_LINEAR)
            square.pixels[fy1:fy2, fx1:fx2] = warped[fy1 - y1 : fy2 - y1, fx1 - x1 : fx2 - x1]
    boxes, slivers = cropped(_moved(sample.boxes, scale, corner_px), window)
    unlabelled = np.concatenate([_clipped(_moved(sample.unlabelled, scale, corner_px), window), slivers])
    unlabelled = unlabelled[(unlabelled[:, 3] > unlabelled[:, 1]) & (unlabelled[:, 4] > unlabelled[:, 2])]
    return Square(square.pixels, np.concatenate([square.boxes, boxes]), np.concatenate([square.unlabelled, unlabelled]))


def cropped(
    boxes: NDArray[np.float32], window: tuple[int, int, int, int]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Boxes cut to a window: those still worth learning, and what is left of the others, each of shape ``(., 5)``."""
    clipped = _clipped(boxes, window)
    is_whole = _areas(clipped) >= MIN_VISIBLE_SHARE * np.maximum(_areas(boxes), 1e-6)
    is_large = np.minimum(clipped[:, 3] - clipped[:, 1], clipped[:, 4] - clipped[:, 2]) >= MIN_SIDE_PX
    return clipped[is_whole & is_large], clipped[~(is_whole & is_large)]


def _moved(boxes: NDArray[np.float32], scale: float, corner_px: tuple[int, int]) -> NDArray[np.float32]:
    moved = boxes * np.float32(scale) + np.array([0, *corner_px, *corner_px], np.float32)
    moved[:, 0] = boxes[:, 0]
    return moved


def _clipped(boxes: NDArray[np.float32], window: tuple[int, int, int, int]) -> NDArray[np.float32]:
    x1, y1, x2, y2 = window
    clipped = boxes.copy()
    clipped[:, 1::2] = np.clip(boxes[:, 1::2], x1, x2)
    clipped[:, 2::2] = np.clip(boxes[:, 2::2], y1, y2)
    return clipped


def _areas(boxes: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray((boxes[:, 3] - boxes[:, 1]) * (boxes[:, 4] - boxes[:, 2]), dtype=np.float32)
