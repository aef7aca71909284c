"""What is true of a rendered practical lesson: its layout, which station is covered and used when, people's boxes."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.people.wide_pictures import VIEW_PX
from benchmarks.people.workshops import LENGTH_S, Camera, Practical, moved
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.training import SHANGHAI, RecordingRef, TeachingUnit, UnitKind
from lessonproof.evidence.venue import MIN_STATION_SIDE_PX, CameraView, Polygon, StationArea, VenueLayout, side_px

START: Final = datetime(2024, 9, 2, 8, 30, tzinfo=SHANGHAI)
IN_VIEW_SHARE: Final = 0.85
HIDDEN_SHARE: Final = 0.5
MARKED_SHARE: Final = 0.35
MARKED_OVER_LEAST: Final = 1.3
"""A station is marked for a camera whose reference picture shows this share of it, so much larger than the least."""
SEEN_HEAD_SHARE: Final = 0.3
"""A perfect detector finds whoever has so much of the head unhidden."""
STEP_S: Final = 5


@dataclass(frozen=True, slots=True)
class MinuteTruth:
    """One minute of one station: whether any camera showed it and whether one of its trainees was there."""

    station: str
    minute: int
    covered: bool
    occupied: bool


@dataclass(frozen=True, slots=True)
class MoveTruth:
    """A camera that was turned: when, and by how much of the picture's width."""

    camera: str
    at_s: float
    share: float


def layout_of(lesson: Practical) -> VenueLayout:
    """The layout as somebody would draw it: each outline cut off at the picture's edge."""
    views = []
    for camera in lesson.cameras:
        marked = _marked(lesson, camera)
        areas = tuple(StationArea(name, _shares(outline)) for name, outline in marked.items())
        digest = hashlib.sha256((lesson.folder / lesson.reference(camera)).read_bytes()).hexdigest()
        views.append(CameraView(camera.name, lesson.reference(camera), digest, *VIEW_PX, areas))
    pairs = ((views[0].camera, views[1].camera),) if len(views) > 1 else ()
    return VenueLayout(f"room {lesson.seed}", tuple(views), pairs, "0" * 64)


def unit_of(lesson: Practical) -> TeachingUnit:
    """The unit that the recordings are handed in for."""
    return TeachingUnit(
        unit_id="P1",
        kind=UnitKind.PRACTICAL,
        start=START,
        end=START + timedelta(seconds=LENGTH_S),
        teacher="T",
        venue="V",
        topic="practice",
        class_hours=1,
        recordings=tuple(RecordingRef(lesson.recording(c), c.name, START) for c in lesson.cameras),
        layout=layout_of(lesson),
    )


def minutes_of(lesson: Practical) -> Iterator[MinuteTruth]:
    """What was so for most of each minute; where both are alike, the answer that promises less."""
    marked = {camera.name: _marked(lesson, camera) for camera in lesson.cameras}
    names = dict.fromkeys(name for outlines in marked.values() for name in outlines)
    for name in names:
        number = lesson.names.index(name)
        showing = [camera for camera in lesson.cameras if name in marked[camera.name]]
        for minute in range(LENGTH_S // 60):
            moments = range(60 * minute, 60 * minute + 60, STEP_S)
            covered = [
                any(is_covered(lesson, camera, marked[camera.name][name], number, moment) for camera in showing)
                for moment in moments
            ]
            there = [bool(lesson.people_of[number] & set(lesson.seconds[moment]["at_place"])) for moment in moments]
            yield MinuteTruth(name, minute, sum(covered) * 2 > len(covered), sum(there) * 2 >= len(there))


def is_covered(lesson: Practical, camera: Camera, outline: NDArray[np.float64], number: int, time_s: float) -> bool:
    """Whether a camera shows a station now.

    Args:
        lesson: the lesson.
        camera: one of its cameras.
        outline: shape ``(N, 2)``, as marked on that camera's reference picture.
        number: of the station.
        time_s: seconds.
    """
    if camera.is_dark(time_s):
        return False
    here = moved(camera.view(time_s) @ np.linalg.inv(camera.reference), outline)
    whole, inside = _area(here), _area(_cut(here, VIEW_PX))
    if inside < IN_VIEW_SHARE * whole or inside < MIN_STATION_SIDE_PX**2:
        return False
    board = lesson.board
    if board is None or not board.start_s <= time_s < board.end_s:
        return True
    left, top, right, bottom = board.box(lesson.outlines)
    box = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float64)
    return _common(lesson.outlines[number], box) < HIDDEN_SHARE * _area(_cut(lesson.outlines[number], None))


def moves_of(lesson: Practical) -> list[MoveTruth]:
    """Every turn of every camera, by the largest way of a corner of the picture's inner half."""
    width, height = VIEW_PX
    probe = np.array([[x * width, y * height] for x in (0.25, 0.75) for y in (0.25, 0.75)])
    found = []
    for camera in lesson.cameras:
        for (_, before), (at_s, after) in zip(camera.views, camera.views[1:], strict=False):
            way = np.abs(moved(after @ np.linalg.inv(before), probe) - probe).max()
            found.append(MoveTruth(camera.name, at_s, float(way) / width))
    return found


def boxes_at(lesson: Practical, camera: Camera, time_s: float) -> NDArray[np.float32]:
    """Boxes of whoever shows in a camera's picture, shape ``(K, 4)``, its pixels."""
    if camera.is_dark(time_s):
        return np.empty((0, 4), np.float32)
    board = lesson.board
    hiding = board.box(lesson.outlines) if board is not None and board.start_s <= time_s < board.end_s else None
    found = []
    for left, top, right, bottom, x, y, head_share in lesson.seconds[min(round(time_s), LENGTH_S - 1)]["boxes"]:
        if head_share < SEEN_HEAD_SHARE:
            continue
        if hiding is not None and hiding[0] <= x <= hiding[2] and hiding[1] <= y <= hiding[3]:
            continue
        corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom], [x, y]], np.float64)
        shown = moved(camera.view(time_s), corners)
        if (shown[4] >= 0).all() and (shown[4] < VIEW_PX).all():
            low, high = shown[:4].min(axis=0).clip(0, VIEW_PX), shown[:4].max(axis=0).clip(0, VIEW_PX)
            found.append([*low, *high])
    return np.array(found, np.float32).reshape(-1, 4)


def look_times_s(key_times_ns: Sequence[int], spacing_ns: int) -> list[float]:
    """Times of the pictures that the product looks at: random-access pictures at least so far apart."""
    kept: list[int] = []
    for key_ns in key_times_ns:
        if not kept or key_ns - kept[-1] >= spacing_ns:
            kept.append(key_ns)
    return [key_ns / NS_PER_S for key_ns in kept]


def _marked(lesson: Practical, camera: Camera) -> dict[str, NDArray[np.float64]]:
    """Outlines on the reference picture, of the stations that it shows well."""
    found = {}
    for name, outline in zip(lesson.names, lesson.outlines, strict=True):
        here = moved(camera.reference, outline)
        shown = _cut(here, VIEW_PX)
        is_large = len(shown) > 2 and side_px(_shares(shown), *VIEW_PX) >= MARKED_OVER_LEAST * MIN_STATION_SIDE_PX
        if is_large and _area(shown) >= MARKED_SHARE * _area(here):
            found[name] = shown
    return found


def _shares(outline: NDArray[np.float64]) -> Polygon:
    return tuple((min(1.0, x / VIEW_PX[0]), min(1.0, y / VIEW_PX[1])) for x, y in outline.tolist())


def _cut(outline: NDArray[np.float64], size_px: tuple[int, int] | None) -> NDArray[np.float64]:
    """The part of a convex outline that lies in a picture; all of it where there is no picture."""
    hull = np.asarray(cv2.convexHull(outline.astype(np.float32)), np.float32)
    if size_px is None:
        return np.asarray(hull.reshape(-1, 2), np.float64)
    width, height = size_px
    frame = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    _, common = cv2.intersectConvexConvex(hull, frame)
    return np.empty((0, 2)) if common is None else np.asarray(common, np.float64).reshape(-1, 2)


def _area(outline: NDArray[np.float64]) -> float:
    return 0.0 if len(outline) < 3 else float(cv2.contourArea(outline.astype(np.float32)))


def _common(outline: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    hulls = [np.asarray(cv2.convexHull(one.astype(np.float32)), np.float32) for one in (outline, other)]
    return float(cv2.intersectConvexConvex(hulls[0], hulls[1])[0])
