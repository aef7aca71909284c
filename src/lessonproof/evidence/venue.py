"""The venue layout (场地布局): where each camera of a workshop sees each training station.

Declared once per venue on a reference picture of each camera. Polygons are shares of that picture, x to the right and
y down, so that a recording of another size fits as well.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Point = tuple[float, float]
Polygon = tuple[Point, ...]

MIN_STATION_SIDE_PX: Final = 32.0
"""Open point Q9, "large enough to see a person's hands": side of the square that has a station's area in the picture.

Watching what somebody does takes 62.5 pixels a metre (IEC 62676-4:2014, "observe"). At that scale a work area of 1.0 m
by 0.6 m, foreshortened to less than half its depth as a camera under the ceiling sees it, has some 62 x 17 pixels."""


@dataclass(frozen=True, slots=True)
class StationArea:
    """A training station as one camera sees it: its name in the venue, and the outline of its work area."""

    name: str
    polygon: Polygon


@dataclass(frozen=True, slots=True)
class CameraView:
    """What one camera sees of the venue.

    Attributes:
        camera: its name, as in the class file's recordings.
        reference: path of the reference picture, inside the class file's folder.
        reference_sha256: digest of that file.
        width_px: width of the reference picture.
        height_px: its height.
        stations: the stations in its view, names unique.
        teaching_area: where the teacher stands; ``None`` where it is not declared.
    """

    camera: str
    reference: str
    reference_sha256: str
    width_px: int
    height_px: int
    stations: tuple[StationArea, ...]
    teaching_area: Polygon | None = None


@dataclass(frozen=True, slots=True)
class VenueLayout:
    """All cameras of a venue.

    Attributes:
        venue: its name.
        cameras: one or more, names unique.
        overlapping: pairs of cameras that see a part of the room together; the others see disjoint parts.
        source_sha256: digest of the file that declares it.
    """

    venue: str
    cameras: tuple[CameraView, ...]
    overlapping: tuple[tuple[str, str], ...]
    source_sha256: str

    def station_names(self) -> tuple[str, ...]:
        """Every station once, in the order of the layout."""
        return tuple(dict.fromkeys(area.name for view in self.cameras for area in view.stations))

    def view_of(self, camera: str) -> CameraView | None:
        """What a camera sees; ``None`` where the layout does not name it."""
        return next((view for view in self.cameras if view.camera == camera), None)


def area(polygon: Sequence[Point]) -> float:
    """Area that a simple polygon encloses, in the square of its unit (shoelace formula)."""
    rest = (*polygon[1:], *polygon[:1])
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(polygon, rest, strict=True))) / 2


def side_px(polygon: Sequence[Point], width_px: int, height_px: int) -> float:
    """Side of the square of the same area, in pixels of a picture of that size; ``polygon`` in shares of it."""
    return math.sqrt(area(polygon) * width_px * height_px)


def crosses_itself(polygon: Sequence[Point]) -> bool:
    """Whether two sides that are no neighbours touch, or two corners lie on one place."""
    if len(set(polygon)) < len(polygon):
        return True
    count = len(polygon)
    sides = [(polygon[k], polygon[(k + 1) % count]) for k in range(count)]
    return any(
        _touch(*sides[first], *sides[second])
        for first in range(count)
        for second in range(first + 2, count)
        if (first, second) != (0, count - 1)
    )


def _touch(a: Point, b: Point, c: Point, d: Point) -> bool:
    turns = (_turn(a, b, c), _turn(a, b, d), _turn(c, d, a), _turn(c, d, b))
    if turns[0] * turns[1] < 0 and turns[2] * turns[3] < 0:
        return True
    ends = ((a, b, c, turns[0]), (a, b, d, turns[1]), (c, d, a, turns[2]), (c, d, b, turns[3]))
    return any(turn == 0 and _within(first, last, point) for first, last, point, turn in ends)


def _turn(a: Point, b: Point, c: Point) -> float:
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _within(a: Point, b: Point, point: Point) -> bool:
    return min(a[0], b[0]) <= point[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= point[1] <= max(a[1], b[1])
