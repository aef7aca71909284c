"""Keeps the canvas up to date: only what has changed since the last frame is drawn again.

The canvas holds the room in plain light, without noise, clock or exposure, as YUV 4:2:0 planes. Any
moment of the take may follow any other; the result is the same as drawing everything afresh.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.actors import Cast, Rect, Sprite, make_cast
from benchmarks.lessons.camera import MARGIN_PX
from benchmarks.lessons.posters import hang_posters
from benchmarks.lessons.scene import Room, build_room, draw_backdrop
from benchmarks.lessons.spec import LessonSpec
from benchmarks.lessons.sprites import Image


@dataclass(frozen=True, slots=True)
class Seen:
    """One person in the picture.

    Attributes:
        person: number of the trainee, or ``TEACHER`` or ``PASSER``.
        box_xyxy_px: what is seen of him, pixels of the picture, half-open.
        head_xyxy_px: his head's box, clipped to the picture.
        head_share: share of the head that nothing hides, 0 to 1.
    """

    person: int
    box_xyxy_px: Rect
    head_xyxy_px: Rect
    head_share: float


class Painter:
    """Draws the room and its people at moments of one take."""

    def __init__(self, spec: LessonSpec) -> None:
        room_seed = spec.room_seed if spec.room_seed is not None else spec.seed
        self.room: Room = build_room(spec.scene, room_seed, spec.size, people=spec.people)
        backdrop, self.posters = hang_posters(self.room, draw_backdrop(self.room), room_seed, spec.posters)
        self.daylight: Image = backdrop.daylight
        self.cast: Cast = make_cast(spec, self.room, backdrop.depth_mm)
        height, width = backdrop.bgr.shape[:2]
        i420 = cv2.cvtColor(backdrop.bgr, cv2.COLOR_BGR2YUV_I420)
        flat, chroma, half = i420.reshape(-1), height * width // 4, (height // 2, width // 2)
        self._empty: tuple[Image, Image, Image] = (
            np.array(i420[:height], dtype=np.uint8),
            np.array(flat[-2 * chroma : -chroma].reshape(half), dtype=np.uint8),
            np.array(flat[-chroma:].reshape(half), dtype=np.uint8),
        )
        self.planes: tuple[Image, Image, Image] = (
            self._empty[0].copy(), self._empty[1].copy(), self._empty[2].copy()
        )  # fmt: skip
        self._shown: list[Sprite | None] = [None] * len(self.cast.actors)

    def paint(self, time_s: float) -> None:
        """Bring ``planes`` to a moment of the take, seconds."""
        dirty: list[Rect] = []
        for number, actor in enumerate(self.cast.actors):
            sprite, before = actor.sprite(time_s), self._shown[number]
            if _key(sprite) == _key(before):
                continue
            self._shown[number] = sprite
            dirty += [s.rect for s in (before, sprite) if s is not None]
        if not dirty:
            return
        by_depth = sorted((s for s in self._shown if s is not None), key=lambda s: -s.z_m)
        height, width = self.planes[0].shape
        canvas = (0, 0, width, height)
        # Where nearly everybody has moved, all at once is less work than each rect with all who reach into it.
        is_crowded = sum(map(_area, dirty)) >= _area(canvas)
        for rect in [canvas] if is_crowded else _without_doubles(dirty):
            self._redraw(rect, by_depth)

    def seen(self, offset_px: tuple[int, int]) -> list[Seen]:
        """Return who is seen in the picture painted last, near persons first.

        Args:
            offset_px: how far the camera is knocked to the right and down, pixels.
        """
        height, width = self.planes[0].shape
        covered = np.ones((height, width), np.bool_)
        x0, y0 = MARGIN_PX + offset_px[0], MARGIN_PX + offset_px[1]
        x1, y1 = width - 2 * MARGIN_PX + x0, height - 2 * MARGIN_PX + y0
        covered[y0:y1, x0:x1] = False
        people = []
        for sprite in sorted((s for s in self._shown if s is not None), key=lambda s: s.z_m):
            here = np.s_[sprite.rect[1] : sprite.rect[3], sprite.rect[0] : sprite.rect[2]]
            free = (sprite.rest < 128) & ~covered[here]
            found = _seen_of(sprite, free, (x0, y0, x1, y1))
            covered[here] |= sprite.rest < 128
            if found is not None:
                people.append(found)
        return people

    def _redraw(self, rect: Rect, by_depth: list[Sprite]) -> None:
        x0, y0, x1, y1 = rect
        half = (x0 // 2, y0 // 2, x1 // 2, y1 // 2)
        for plane, empty, part in zip(self.planes, self._empty, (rect, half, half), strict=True):
            a, b, c, d = part
            plane[b:d, a:c] = empty[b:d, a:c]
        for sprite in by_depth:
            sx0, sy0, sx1, sy1 = sprite.rect
            a, b, c, d = max(x0, sx0), max(y0, sy0), min(x1, sx1), min(y1, sy1)
            if a >= c or b >= d:
                continue
            _lay(self.planes[0][b:d, a:c], sprite.rest[b - sy0 : d - sy0, a - sx0 : c - sx0],
                 sprite.y[b - sy0 : d - sy0, a - sx0 : c - sx0])  # fmt: skip
            from_rows, from_columns = slice((b - sy0) // 2, (d - sy0) // 2), slice((a - sx0) // 2, (c - sx0) // 2)
            rest = sprite.rest_half[from_rows, from_columns]
            to = np.s_[b // 2 : d // 2, a // 2 : c // 2]
            _lay(self.planes[1][to], rest, sprite.u[from_rows, from_columns])
            _lay(self.planes[2][to], rest, sprite.v[from_rows, from_columns])


def _lay(target: Image, rest: Image, add: Image) -> None:
    """``target = target * rest / 255 + add``, in place."""
    cv2.multiply(target, rest, dst=target, scale=1 / 255)
    cv2.add(target, add, dst=target)


def _key(sprite: Sprite | None) -> tuple[object, ...] | None:
    return None if sprite is None else sprite.key


def _without_doubles(rects: list[Rect]) -> list[Rect]:
    """Drop rects that lie in another one, and join those that overlap for the most part."""
    kept: list[Rect] = []
    for rect in rects:
        for number, other in enumerate(kept):
            joined = (min(rect[0], other[0]), min(rect[1], other[1]), max(rect[2], other[2]), max(rect[3], other[3]))
            if _area(joined) <= 1.1 * max(_area(rect), _area(other)):
                kept[number] = joined
                break
        else:
            kept.append(rect)
    return kept


def _area(rect: Rect) -> int:
    return (rect[2] - rect[0]) * (rect[3] - rect[1])


def _seen_of(sprite: Sprite, free: NDArray[np.bool_], view: Rect) -> Seen | None:
    """What is seen of one sprite, ``None`` when it is next to nothing."""
    rows, columns = np.flatnonzero(free.any(axis=1)), np.flatnonzero(free.any(axis=0))
    if rows.size < 2 or columns.size < 2:
        return None
    left, top = sprite.rect[0], sprite.rect[1]
    hx0, hy0, hx1, hy1 = sprite.head
    inside = np.s_[max(0, hy0 - top) : max(0, hy1 - top), max(0, hx0 - left) : max(0, hx1 - left)]
    # The head is measured against its own pixels where the canvas has them, else against its box.
    total = max(int((sprite.full_alpha[inside] > 127).sum()), round(0.5 * _area(sprite.head)), 1)
    box = (left + int(columns[0]), top + int(rows[0]), left + int(columns[-1]) + 1, top + int(rows[-1]) + 1)
    return Seen(
        person=sprite.person,
        box_xyxy_px=_in_view(box, view),
        head_xyxy_px=_in_view(sprite.head, view),
        head_share=min(1.0, int(free[inside].sum()) / total),
    )


def _in_view(rect: Rect, view: Rect) -> Rect:
    x0, y0, x1, y1 = view
    return (
        min(max(rect[0], x0), x1) - x0, min(max(rect[1], y0), y1) - y0,
        min(max(rect[2], x0), x1) - x0, min(max(rect[3], y0), y1) - y0,
    )  # fmt: skip
