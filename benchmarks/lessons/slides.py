"""A screen recording of an online lesson: slides that turn, lines that appear, a cursor that wanders.

No sensor, so no noise: the picture stands still to the bit between changes, and then much of it changes at once.
"""

from __future__ import annotations

import math
from typing import Final

import cv2
import numpy as np

from benchmarks.lessons.lens import Lens
from benchmarks.lessons.spec import LessonSpec
from benchmarks.lessons.sprites import Image
from benchmarks.lessons.timeline import Effect

_WORDS: Final = [
    "safety",
    "voltage",
    "circuit",
    "breaker",
    "torque",
    "gauge",
    "weld",
    "bead",
    "current",
    "fuse",
    "motor",
    "relay",
    "ground",
    "cable",
    "meter",
    "lathe",
    "spindle",
    "chuck",
    "feed",
    "rate",
    "coolant",
    "drill",
    "vice",
    "angle",
    "check",
    "before",
    "switch",
    "off",
    "tag",
    "lock",
    "wire",
    "test",
    "lamp",
    "phase",
]
_FONT: Final = cv2.FONT_HERSHEY_SIMPLEX


class ScreenLens(Lens):
    """Pictures of a screen; people and room exist only for the truth."""

    def __init__(self, spec: LessonSpec) -> None:
        super().__init__(spec)
        rng = np.random.default_rng([spec.seed, 81])
        self._turns_s = np.cumsum(np.concatenate([[0.0], rng.uniform(12, 45, int(spec.duration_s // 12) + 2)]))
        self._dark = bool(rng.random() < 0.4)
        self._cached: tuple[tuple[int, int], Image] | None = None

    def shoot(self, index: int, effect: Effect, clock_ns: int) -> Image:
        """Return captured frame ``index`` as I420, shape ``(3 * H / 2, W)``; arguments as for ``Lens``."""
        if effect is not Effect.NONE:
            return super().shoot(index, effect, clock_ns)
        time_s = self.captured_s(index)
        picture = self._slide(time_s).copy()
        x, y = self._cursor(time_s)
        arrow = np.array([[0, 0], [0, 16], [4, 12], [10, 12]], np.int32) + np.array([x, y], np.int32)
        cv2.fillPoly(picture, [arrow], (245, 245, 245))
        cv2.polylines(picture, [arrow], True, (10, 10, 10), 1)
        i420 = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8)
        self.burn_clock(i420, clock_ns)
        return i420

    def _slide(self, time_s: float) -> Image:
        """The slide without cursor; lines appear one after the other while it is shown."""
        number = int(np.searchsorted(self._turns_s, time_s, side="right")) - 1
        start_s, end_s = float(self._turns_s[number]), float(self._turns_s[number + 1])
        rng = np.random.default_rng([self.spec.seed, 82, number])
        count = int(rng.integers(3, 8))
        at_once = bool(rng.random() < 0.4)
        shown = count if at_once else min(count, 1 + int((time_s - start_s) / (end_s - start_s) * (count + 1)))
        if self._cached is None or self._cached[0] != (number, shown):
            self._cached = (number, shown), self._draw(rng, count, shown)
        return self._cached[1]

    def _draw(self, rng: np.random.Generator, count: int, shown: int) -> Image:
        width, height = self.spec.size
        paper, ink = ((32, 30, 28), (225, 228, 230)) if self._dark else ((250, 250, 248), (40, 36, 30))
        picture = np.full((height, width, 3), paper, np.uint8)
        accent = tuple(int(c) for c in rng.integers(60, 200, 3))
        cv2.rectangle(picture, (0, 0), (width, height // 9), accent, -1)
        unit = height / 360
        cv2.putText(picture, _line(rng, 4).title(), (round(20 * unit), round(28 * unit)), _FONT, 0.7 * unit,
                    (255, 255, 255), max(1, round(1.6 * unit)), cv2.LINE_AA)  # fmt: skip
        for row in range(count):
            text, y = _line(rng, int(rng.integers(4, 8))), round((80 + 36 * row) * unit)
            if row < shown:
                cv2.circle(picture, (round(26 * unit), y - round(5 * unit)), round(4 * unit), accent, -1, cv2.LINE_AA)
                cv2.putText(picture, text, (round(42 * unit), y), _FONT, 0.55 * unit, ink,
                            max(1, round(unit)), cv2.LINE_AA)  # fmt: skip
        if rng.random() < 0.5:
            box = (round(width * 0.66), round(height * 0.45))
            cv2.rectangle(picture, box, (round(width * 0.95), round(height * 0.9)), accent, 2)
            points = np.stack([np.linspace(box[0], width * 0.95, 40), height * (0.67 + 0.2 * rng.random(40))], axis=1)
            cv2.polylines(picture, [points.astype(np.int32)], False, ink, 1, cv2.LINE_AA)
        return picture

    def _cursor(self, time_s: float) -> tuple[int, int]:
        """It moves for a second or two, then rests; each block of five seconds is one journey."""
        block, inside = divmod(time_s, 5.0)
        ends = [np.random.default_rng([self.spec.seed, 83, int(block) + k]).uniform(0.1, 0.9, 2) for k in (0, 1)]
        share = 0.5 - 0.5 * math.cos(math.pi * min(1.0, inside / 1.5))
        at = ends[0] + (ends[1] - ends[0]) * share
        return int(at[0] * self.spec.size[0]), int(at[1] * self.spec.size[1])


def _line(rng: np.random.Generator, count: int) -> str:
    return " ".join(_WORDS[int(k)] for k in rng.integers(0, len(_WORDS), count))
