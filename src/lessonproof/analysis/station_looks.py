"""One picture, one camera: is each station in view, lit, free and large enough; who is there; does anything move?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.station_registration import (
    BLOCK_PX,
    STILL_SHARE,
    Known,
    Placement,
    Reference,
    Seen,
    block_centres,
    brightest,
    covered_by_people,
    prepare,
    projected,
    register,
    resized,
    seen,
    shows_nothing,
)
from lessonproof.analysis.station_search import Matrix
from lessonproof.evidence.station_coverage import Coverage, Why
from lessonproof.evidence.venue import MIN_STATION_SIDE_PX, Polygon

IN_VIEW_SHARE: Final = 0.85
"""Share of the area that a station has on the reference picture that must still lie in the picture."""
DARK_LEVELS: Final = 30.0
"""A station whose brightest twentieth is below this level is not lit: hands do not show."""
FREE_SHARE: Final = 0.45
HIDDEN_SHARE: Final = 0.35
"""Of a station's blocks that no person hides, the share that look as on the reference picture: from the first on the
station is free, below the second something stands before it. Tools and workpieces change blocks too."""
FREE_TO_CLAIM: Final = 0.25
"""Share of a station's blocks that nobody must hide before it is called hidden: close to people pictures differ."""
MIN_STATION_BLOCKS: Final = 4
AT_STATION_SHARE: Final = 0.3
"""Share of a person's box that must lie in a station's outline."""
MOVING_LEVELS: Final = 4.0
MOVING_OVER_REST: Final = 3.0
MOVING_SHARE: Final = 0.06
"""A station is active where this share of its blocks changed by more levels, and more than the picture usually did."""


@dataclass(frozen=True, slots=True)
class StationLook:
    """A station on one picture.

    Attributes:
        state: whether it is covered.
        reason: why not; ``None`` where it is.
        person: whether somebody is there; ``None`` where nobody looked or the place is unknown.
        moving: whether something moved in it since the picture before; ``None`` where that cannot be told.
        margin: where it is uncovered, how far the measure lies beyond its limit: 0 at the limit, 1 where nothing of the
            station is left; ``None`` else.
    """

    state: Coverage
    reason: Why | None
    person: bool | None = None
    moving: bool | None = None
    margin: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class _Picture:
    """A registered picture: itself at the working size, its place, people's boxes, and its pixels per one of these."""

    small: NDArray[np.uint8]
    place: Placement
    boxes: NDArray[np.float32] | None
    px_per_work: float

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height at the working size."""
        return self.small.shape[1], self.small.shape[0]


class StationWatcher:
    """Looks at one camera's pictures in time order; keeps the last place and one small picture.

    Attributes:
        placement: where the last picture lies on the reference; ``None`` where that is unknown.
        is_taught: whether somebody stands or moves in the teaching area on the last picture; ``None`` where there is no
            such area, where the picture could not be placed, or where nobody looked for people and nothing moved.
    """

    def __init__(
        self, reference_luma: NDArray[np.uint8], stations: Sequence[Polygon], teaching_area: Polygon | None = None
    ) -> None:
        """Take a camera's reference picture in.

        Args:
            reference_luma: shape ``(H, W)``.
            stations: outlines in shares of it.
            teaching_area: where the teacher stands, likewise; ``None`` where it is not declared.
        """
        self._reference = prepare(reference_luma)
        width, height = self._reference.size_px
        self._corners = [np.array(polygon, np.float64) * (width, height) for polygon in stations]
        self._blocks = [_blocks_of(corners, self._reference) for corners in self._corners]
        self._known: list[Matrix] = [np.eye(3)]
        self._last: Seen | None = None
        self._best_share: float | None = None
        self._before: tuple[NDArray[np.uint8], Matrix] | None = None
        area = None if teaching_area is None else np.array(teaching_area, np.float64) * (width, height)
        self._area = None if area is None else (area, _blocks_of(area, self._reference))
        self.placement: Placement | None = None
        self.is_taught: bool | None = None

    @property
    def size_px(self) -> tuple[int, int]:
        """Width and height of the reference picture at its working size."""
        return self._reference.size_px

    def see(self, luma: NDArray[np.uint8], people_px: NDArray[np.float32] | None) -> tuple[StationLook, ...]:
        """Look at the next picture.

        Args:
            luma: shape ``(H, W)`` at the recording's own size.
            people_px: shape ``(K, 4)``, boxes of people in its pixels; ``None`` where nobody looked for people.
        """
        size = self._reference.size_px
        self.is_taught = None
        small = resized(luma, size)
        level = 0.0 if shows_nothing(small) else brightest(small)
        if level < DARK_LEVELS:
            self.placement, self._before = None, None
            return (_uncovered(Why.TOO_DARK, level / DARK_LEVELS),) * len(self._corners)
        scale = np.array([size[0] / luma.shape[1], size[1] / luma.shape[0]] * 2, np.float32)
        boxes = None if people_px is None else np.asarray(people_px * scale, np.float32)
        place = register(self._reference, small, Known(self._known, self._best_share, self._last), boxes)
        self.placement = place
        if place is None:
            self._before, self._best_share = None, None
            return tuple(StationLook(Coverage.UNKNOWN, Why.NOT_REGISTERED) for _ in self._corners)
        is_kept = self._best_share is not None and np.array_equal(place.matrix, self._known[0])
        self._best_share = max(place.share, STILL_SHARE * (self._best_share or 0.0)) if is_kept else place.share
        if not is_kept:
            self._last = seen(small, place.matrix)
        self._known = [place.matrix, np.eye(3)]
        change = self._change(small, place.matrix)
        self._before = (small, place.matrix)
        outlines = [projected(place.matrix, corners) for corners in self._corners]
        present: list[bool | None] = [None] * len(outlines) if boxes is None else people_at(boxes, outlines)
        picture = _Picture(small, place, boxes, luma.shape[0] * luma.shape[1] / (size[0] * size[1]))
        self.is_taught = None if self._area is None else _is_taught(*self._area, picture, change)
        looks = []
        for number, outline in enumerate(outlines):
            moving = None if change is None else _is_moving(self._blocks[number], change)
            looks.append(replace(self._judge(number, outline, picture), person=present[number], moving=moving))
        return tuple(looks)

    def _judge(self, number: int, outline: NDArray[np.float64], picture: "_Picture") -> StationLook:
        whole, inside = _area(outline), _area_inside(outline, self._reference.size_px)
        if inside < IN_VIEW_SHARE * whole:
            return _uncovered(Why.OUT_OF_VIEW, inside / (IN_VIEW_SHARE * whole))
        side_px = (inside * picture.px_per_work) ** 0.5
        if side_px < MIN_STATION_SIDE_PX:
            return _uncovered(Why.TOO_SMALL, side_px / MIN_STATION_SIDE_PX)
        mask = np.zeros(picture.small.shape, np.uint8)
        cv2.fillPoly(mask, [np.round(outline).astype(np.int32)], 1)
        level = float(np.percentile(picture.small[mask > 0], 95))
        if level < DARK_LEVELS:
            return _uncovered(Why.TOO_DARK, level / DARK_LEVELS)
        return self._judge_free(self._blocks[number], picture)

    def _judge_free(self, blocks: NDArray[np.intp], picture: "_Picture") -> StationLook:
        """Whether a station in view and light is free, by those of its blocks that nobody hides."""
        place, boxes = picture.place, picture.boxes
        if blocks.size < MIN_STATION_BLOCKS:
            return StationLook(Coverage.UNKNOWN, Why.PLAIN_STATION)
        centres = projected(place.matrix, block_centres(place.agrees.shape))[blocks]
        free = blocks[~covered_by_people(centres, boxes) & place.inside.ravel()[blocks]]
        if free.size < MIN_STATION_BLOCKS:
            return StationLook(Coverage.UNKNOWN, Why.HIDDEN_BY_PERSON)
        share = float(place.agrees.ravel()[free].mean())
        if share >= FREE_SHARE:
            return StationLook(Coverage.COVERED, None)
        if free.size < FREE_TO_CLAIM * blocks.size:
            return StationLook(Coverage.UNKNOWN, Why.HIDDEN_BY_PERSON)
        # Without a look for people nobody can tell a trainee at work from a cupboard before the station.
        if share < HIDDEN_SHARE and boxes is not None:
            return _uncovered(Why.OCCLUDED, share / HIDDEN_SHARE)
        return StationLook(Coverage.UNKNOWN, Why.PARTLY_HIDDEN)

    def _change(self, small: NDArray[np.uint8], matrix: Matrix) -> NDArray[np.float64] | None:
        """Change of each block of the reference since the picture before; ``None`` where the camera moved."""
        if self._before is None or not np.allclose(self._before[1], matrix):
            return None
        width, height = self._reference.size_px
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        now, before = (
            cv2.blur(cv2.warpPerspective(picture, matrix, (width, height), flags=flags), (5, 5)).astype(np.int16)
            for picture in (small, self._before[0])
        )
        rows, columns = height // BLOCK_PX, width // BLOCK_PX
        change = np.abs(now - before)[: rows * BLOCK_PX, : columns * BLOCK_PX]
        return np.asarray(change.reshape(rows, BLOCK_PX, columns, BLOCK_PX).mean(axis=(1, 3)), np.float64).ravel()


def _is_moving(blocks: NDArray[np.intp], change: NDArray[np.float64]) -> bool | None:
    if blocks.size < MIN_STATION_BLOCKS:
        return None
    limit = max(MOVING_LEVELS, MOVING_OVER_REST * float(np.median(change)))
    return bool((change[blocks] >= limit).mean() >= MOVING_SHARE)


def _is_taught(
    corners: NDArray[np.float64], blocks: NDArray[np.intp], picture: _Picture, change: NDArray[np.float64] | None
) -> bool | None:
    """Whether somebody has the feet, or a good part of the body, in the teaching area, or something moves there."""
    outline = projected(picture.place.matrix, corners).astype(np.float32)
    if _area_inside(outline.astype(np.float64), picture.size_px) < IN_VIEW_SHARE * _area(outline.astype(np.float64)):
        return None
    if change is not None and _is_moving(blocks, change):
        return True
    if picture.boxes is None:
        return None
    return any(_stands_in(box, outline) for box in picture.boxes.tolist())


def _stands_in(box: Sequence[float], outline: NDArray[np.float32]) -> bool:
    left, top, right, bottom = box
    feet = ((left + right) / 2, bottom)
    if cv2.pointPolygonTest(outline.reshape(-1, 1, 2), feet, measureDist=False) >= 0:
        return True
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    common = float(cv2.intersectConvexConvex(corners, cv2.convexHull(outline))[0])
    return common >= AT_STATION_SHARE * max(1.0, (right - left) * (bottom - top))


def _uncovered(reason: Why, share_of_limit: float) -> StationLook:
    return StationLook(Coverage.UNCOVERED, reason, margin=1.0 - share_of_limit)


def people_at(boxes_px: NDArray[np.float32], outlines: Sequence[NDArray[np.float64]]) -> list[bool | None]:
    """At which stations somebody is; each person stands at one station at most.

    Outlines hide each other as the stations do. Of those that hold a person the one is meant whose upper edge lies
    where the person's head is, as whoever stands at a station farther off looks over the nearer one, and that holds
    all of the person, as whoever stands at a nearer one stands before the foot of the farther one.

    Args:
        boxes_px: shape ``(K, 4)``.
        outlines: each of shape ``(N, 2)``, same pixels.
    """
    there: list[bool | None] = [False] * len(outlines)
    hulls = [cv2.convexHull(outline.astype(np.float32)) for outline in outlines]
    for left, top, right, bottom in boxes_px.tolist():
        box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
        area = max(1.0, (right - left) * (bottom - top))
        scores = []
        for hull in hulls:
            common = float(cv2.intersectConvexConvex(box, hull)[0]) / area
            off_top = abs(top - float(hull[:, 0, 1].min())) / max(1.0, bottom - top)
            scores.append(common**2 * max(0.0, 1.0 - off_top) if common >= AT_STATION_SHARE else 0.0)
        if scores and max(scores) > 0:
            there[int(np.argmax(scores))] = True
    return there


def _blocks_of(corners: NDArray[np.float64], reference: Reference) -> NDArray[np.intp]:
    """Flat numbers of the textured blocks whose middle lies in an outline."""
    shape = reference.textured.shape
    outline = corners.astype(np.float32).reshape(-1, 1, 2)
    middles = block_centres(shape)
    held = np.array([cv2.pointPolygonTest(outline, (float(x), float(y)), measureDist=False) >= 0 for x, y in middles])
    return np.flatnonzero(held & reference.textured.ravel())


def _area(outline: NDArray[np.float64]) -> float:
    return float(cv2.contourArea(outline.astype(np.float32)))


def _area_inside(outline: NDArray[np.float64], size_px: tuple[int, int]) -> float:
    """Area of the part of an outline that lies in the picture, by painting it on a wider canvas."""
    width, height = size_px
    low = np.floor(outline.min(axis=0)).clip(-4 * width, 0).astype(np.int32)
    high = np.ceil(outline.max(axis=0)).clip(0, 5 * width).astype(np.int32)
    canvas = np.zeros((max(1, int(high[1] - low[1]) + 1), max(1, int(high[0] - low[0]) + 1)), np.uint8)
    cv2.fillPoly(canvas, [np.round(outline - low).astype(np.int32)], 1)
    left, top = -int(low[0]), -int(low[1])
    return min(_area(outline), float(canvas[top : top + height, left : left + width].sum()))
