"""How a phone holds a picture: sway of the hand, tremor, and the autofocus that hunts now and then.

Pure functions of the take's time, from a seed. A tripod takes the sway away and leaves the autofocus.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from benchmarks.lessons.camera import MARGIN_PX
from benchmarks.lessons.spec import Filming, LessonSpec
from benchmarks.lessons.sprites import Image

_FOCUS_BLOCK_S: Final = 30.0
_FOCUS_LENGTH_S: Final = 0.9
_FOCUS_SHARE: Final = 0.6
"""Share of the blocks in which the autofocus hunts once."""
_BREATHING: Final = 0.008
"""Phone lenses magnify a little less when they focus nearer (focus breathing)."""


class Hand:
    """Sway and focus of one take."""

    def __init__(self, spec: LessonSpec) -> None:
        rng = np.random.default_rng([spec.seed, 71])
        scale = spec.size[0] / 640
        still = spec.filming is not Filming.HANDHELD
        slow = [(float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.6, 2.0)) * scale) for _ in range(6)]
        tremor = [(float(rng.uniform(4, 9)), float(rng.uniform(0.08, 0.25)) * scale) for _ in range(4)]
        waves = [(hz, 0.0 if still else px, float(rng.uniform(0, 6.3))) for hz, px in (*slow, *tremor)]
        self._waves = (waves[::2], waves[1::2])
        self._roll = (float(rng.uniform(0.05, 0.2)), 0.0 if still else 0.003, float(rng.uniform(0, 6.3)))
        self._size = spec.size
        self._seed = spec.seed
        self._sigma_px = float(rng.uniform(1.2, 2.6)) * scale

    def offset_px(self, time_s: float) -> tuple[float, float]:
        """How far the view has swayed to the right and down, pixels."""
        dx, dy = (
            sum(px * math.sin(2 * math.pi * hz * time_s + phase) for hz, px, phase in waves) for waves in self._waves
        )
        limit = MARGIN_PX - 6.0
        return max(-limit, min(limit, dx)), max(-limit, min(limit, dy))

    def defocus(self, time_s: float) -> float:
        """Share of the greatest blur, 0 where the picture is sharp."""
        block = int(time_s // _FOCUS_BLOCK_S)
        rng = np.random.default_rng([self._seed, 72, block])
        if rng.random() >= _FOCUS_SHARE:
            return 0.0
        start_s = block * _FOCUS_BLOCK_S + float(rng.uniform(0, _FOCUS_BLOCK_S - _FOCUS_LENGTH_S))
        share = (time_s - start_s) / _FOCUS_LENGTH_S
        return math.sin(math.pi * share) ** 2 if 0 < share < 1 else 0.0

    def view(self, planes: tuple[Image, ...], offset_px: tuple[int, int], time_s: float) -> tuple[Image, ...]:
        """Cut the picture out of the canvas as the hand holds it.

        Args:
            planes: Y, U and V of the canvas.
            offset_px: where the mounting points, pixels (a knock moves it).
            time_s: moment of the take.

        Returns:
            Y, U and V of the picture, 4:2:0.
        """
        dx, dy = self.offset_px(time_s)
        hz, swing, phase = self._roll
        angle, blur = swing * math.sin(2 * math.pi * hz * time_s + phase), self.defocus(time_s)
        zoom = 1 - _BREATHING * blur
        cosine, sine = zoom * math.cos(angle), zoom * math.sin(angle)
        picture = []
        for number, plane in enumerate(planes):
            half = 1 if number == 0 else 2
            width, height = self._size[0] // half, self._size[1] // half
            x = (MARGIN_PX + offset_px[0] + dx) / half + width / 2 * (1 - cosine) + height / 2 * sine
            y = (MARGIN_PX + offset_px[1] + dy) / half + height / 2 * (1 - cosine) - width / 2 * sine
            matrix = np.array([[cosine, -sine, x], [sine, cosine, y]])
            flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
            seen = cv2.warpAffine(plane, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE)
            if blur > 0.02:
                seen = cv2.GaussianBlur(seen, (0, 0), max(0.2, self._sigma_px * blur / half))
            picture.append(np.asarray(seen, dtype=np.uint8))
        return tuple(picture)
