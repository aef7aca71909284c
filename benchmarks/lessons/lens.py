"""What the camera makes of the room: lights, exposure, knocks, noise and the burned-in clock."""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.camera import MARGIN_PX
from benchmarks.lessons.clock_overlay import ClockOverlay, clock_text
from benchmarks.lessons.handheld import Hand
from benchmarks.lessons.painter import Painter, Seen
from benchmarks.lessons.spec import TICKS_PER_S, Filming, HonestKind, LessonSpec
from benchmarks.lessons.sprites import Image
from benchmarks.lessons.timeline import Effect, capture_ticks

_NOISE_MEAN: Final = 16
_SLACK: Final = 256
"""Pixels by which the noise tile is larger than the picture, so that each frame takes another window."""


class Lens:
    """Turns captured frames of one take into pictures; each depends on its number alone."""

    def __init__(self, spec: LessonSpec) -> None:
        self.spec = spec
        self.painter = Painter(spec)
        self._ticks = capture_ticks(spec)
        self._clock = ClockOverlay(spec.clock, spec.size) if spec.clock is not None else None
        rng = np.random.default_rng([spec.seed, 51])
        width, height = spec.size
        self._noise: Image = _noise_tile(rng, (height + _SLACK, width + _SLACK), spec.noise)
        self._drift = [(float(rng.uniform(40, 300)), float(rng.uniform(0, 6.3))) for _ in range(2)]
        self._knocks = _knocks(spec, rng)
        self._hand = Hand(spec) if spec.filming in {Filming.TRIPOD, Filming.HANDHELD} else None
        self.offset_px: tuple[int, int] = (0, 0)

    def shoot(self, index: int, effect: Effect, clock_ns: int) -> Image:
        """Return captured frame ``index`` as I420, shape ``(3 * H / 2, W)``, uint8.

        Args:
            index: number of the captured frame.
            effect: what is done to it.
            clock_ns: burned-in clock, ns after the take's wall-clock start.
        """
        width, height = self.spec.size
        picture = np.empty((height * 3 // 2, width), np.uint8)
        planes = _planes(picture)
        if effect is Effect.BLACK:
            planes[0][:], planes[1][:], planes[2][:] = 16, 128, 128
            return picture
        time_s = self.captured_s(index)
        self.painter.paint(time_s)
        self.offset_px = self._offset(time_s)
        x, y = MARGIN_PX + self.offset_px[0], MARGIN_PX + self.offset_px[1]
        room = self._view(x, y, time_s)
        if effect is Effect.COVERED:
            room = _covered(room)
        lit, gain = self._light(time_s)
        if lit < 1:
            room = _dimmed(room, self._left_light(lit, x, y))
        cv2.LUT(room[0], _exposure_table(gain * self._exposure(time_s)), dst=planes[0])
        cv2.add(planes[0], self._noise_window(index), dst=planes[0])
        planes[1][:], planes[2][:] = room[1], room[2]
        self.burn_clock(picture, clock_ns)
        return picture

    def burn_clock(self, picture: Image, clock_ns: int) -> None:
        """Draw the clock into an I420 picture, in place, where the lesson has one."""
        if self._clock is not None:
            self._clock.draw(_planes(picture), self.text(clock_ns))

    def captured_s(self, index: int) -> float:
        """Return when a frame is captured, seconds of the take."""
        return float(self._ticks[index]) / TICKS_PER_S

    def text(self, clock_ns: int) -> str:
        """Return what the clock shows, empty where there is none."""
        return "" if self.spec.clock is None else clock_text(self.spec.clock, self.spec.wall_start, clock_ns)

    def clock_box(self) -> tuple[int, int, int, int] | None:
        """Return the clock's box at the take's beginning, pixels of the picture, ``None`` without clock."""
        return None if self._clock is None else self._clock.box(self.text(0))

    def seen(self) -> list[Seen]:
        """Return who is seen in the picture shot last."""
        return self.painter.seen(self.offset_px)

    def _view(self, x: int, y: int, time_s: float) -> tuple[Image, ...]:
        """The picture's part of the canvas, Y, U and V; ``x`` and ``y``: its corner where nothing sways."""
        if self._hand is not None:
            return self._hand.view(self.painter.planes, self.offset_px, time_s)
        width, height = self.spec.size
        return tuple(
            p[b : b + h, a : a + w]
            for p, a, b, h, w in zip(
                self.painter.planes, (x, x // 2, x // 2), (y, y // 2, y // 2),
                (height, height // 2, height // 2), (width, width // 2, width // 2), strict=True,
            )
        )  # fmt: skip

    def _noise_window(self, index: int) -> Image:
        width, height = self.spec.size
        # Two odd multipliers scatter successive frames over the tile (Knuth, TAOCP 3, 6.4).
        x = index * 2_654_435_761 % (1 << 32) * _SLACK >> 32
        y = (index * 40_503 + self.spec.seed * 7919) % 65_536 * _SLACK >> 16
        return self._noise[y : y + height, x : x + width]

    def _exposure(self, time_s: float) -> float:
        waves = sum(math.sin(2 * math.pi * time_s / period + phase) for period, phase in self._drift)
        return 1 + self.spec.exposure_drift * waves / 2

    def _light(self, time_s: float) -> tuple[float, float]:
        """Share of lamp light, and the exposure by which the camera answers to darkness."""
        for event in (e for e in self.spec.honest if e.kind is HonestKind.LIGHTS_OFF):
            since, left = time_s - event.start_s, event.start_s + event.length_s - time_s
            if since >= 0 and left > 0:
                return max(0.0, 1 - since / 0.12), 1 + 0.45 * (1 - math.exp(-since / 1.2))
            if 0 <= -left < 0.6:  # tubes flicker when they start
                return (0.25 if 0.15 < -left < 0.25 or 0.35 < -left < 0.42 else 1.0), 1 + 0.45 * math.exp(left / 0.25)
        return 1.0, 1.0

    def _left_light(self, lit: float, x: int, y: int) -> Image:
        width, height = self.spec.size
        daylight = self.painter.daylight[y : y + height, x : x + width]
        return np.asarray(cv2.addWeighted(daylight, 1 - lit, daylight, 0, 255 * lit), dtype=np.uint8)

    def _offset(self, time_s: float) -> tuple[int, int]:
        """Displacement of the view, even pixels: a decaying swing, then where the camera came to rest."""
        dx = dy = 0.0
        limit = MARGIN_PX - 2
        for start, length, amplitude, angle, rest in self._knocks:
            since = time_s - start
            if since < 0:
                continue
            dx, dy = dx + rest[0], dy + rest[1]
            if since < length:
                swing = amplitude * math.exp(-4 * since / length) * math.cos(2 * math.pi * 4.5 * since)
                dx, dy = dx + swing * math.cos(angle), dy + swing * math.sin(angle)
        return (
            int(2 * round(max(-limit, min(limit, dx)) / 2)),
            int(2 * round(max(-limit, min(limit, dy)) / 2)),
        )


def _knocks(spec: LessonSpec, rng: np.random.Generator) -> list[tuple[float, float, float, float, tuple[float, float]]]:
    """Start, length, amplitude, direction and rest of each knock; pixels and seconds."""
    scale = spec.size[0] / 1280
    return [
        (
            e.start_s,
            e.length_s,
            max(3.0, 13 * scale),
            float(rng.uniform(0, 6.3)),
            (float(rng.integers(-2, 3)) * 2 * scale, float(rng.integers(-1, 2)) * 2 * scale),
        )
        for e in sorted(spec.honest, key=lambda e: e.start_s)
        if e.kind is HonestKind.KNOCK
    ]


def _noise_tile(rng: np.random.Generator, shape: tuple[int, int], strength: float) -> Image:
    """Noise around ``_NOISE_MEAN``; a little coarser than a pixel, as a camera's own processing leaves it."""
    tile = cv2.GaussianBlur(rng.normal(0, 1, shape).astype(np.float32), (0, 0), 0.9)
    return np.asarray(np.clip(np.round(_NOISE_MEAN + tile * (strength / tile.std())), 0, 255), dtype=np.uint8)


def _planes(picture: Image) -> tuple[Image, Image, Image]:
    """Views of the Y, U and V planes of an I420 picture."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    flat = picture.reshape(-1)
    luma, chroma = height * width, height * width // 4
    shape = (height // 2, width // 2)
    return (
        flat[:luma].reshape(height, width),
        flat[luma : luma + chroma].reshape(shape),
        flat[luma + chroma :].reshape(shape),
    )


def _exposure_table(gain: float) -> Image:
    """Luma table for an exposure; leaves room for the noise's mean, which is added afterwards."""
    luma = np.clip((np.arange(256) - 16.0) * gain + 16, 16, 240) - _NOISE_MEAN
    return np.asarray(np.round(luma), dtype=np.uint8)


def _dimmed(room: tuple[Image, ...], left: Image) -> tuple[Image, ...]:
    half = cv2.resize(left, (room[1].shape[1], room[1].shape[0]), interpolation=cv2.INTER_AREA)
    dimmed = []
    for plane, share, zero in zip(room, (left, half, half), (16, 128, 128), strict=True):
        kept = cv2.multiply(plane, share, scale=1 / 255)
        lost = cv2.multiply(cv2.bitwise_not(share), np.full_like(share, zero), scale=1 / 255)
        dimmed.append(np.asarray(cv2.add(kept, lost), dtype=np.uint8))
    return tuple(dimmed)


def _covered(room: tuple[Image, ...]) -> tuple[Image, ...]:
    """A cloth before the lens: dark, nearly without detail, a little reddish."""
    tints: NDArray[np.float64] = np.array([[0.14, 26.0], [0.12, 111.0], [0.12, 118.0]])
    covered = []
    for plane, (gain, lift) in zip(room, tints, strict=True):
        small = cv2.resize(
            plane, (max(2, plane.shape[1] // 40), max(2, plane.shape[0] // 40)), interpolation=cv2.INTER_AREA
        )
        soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), 2.5) * gain + lift
        large = cv2.resize(soft, (plane.shape[1], plane.shape[0]), interpolation=cv2.INTER_CUBIC)
        covered.append(np.clip(large, 0, 255).astype(np.uint8))
    return tuple(covered)
