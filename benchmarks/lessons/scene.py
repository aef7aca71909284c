"""The room without people: its camera, furniture, places, stations and background picture.

Everything follows from the room's seed. The background is drawn once per lesson: room sides by
intersecting each pixel's ray with the box of the room, furniture as shaded boxes from far to near. A
depth map of the furniture lets people be hidden by what stands before them.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons import surfaces
from benchmarks.lessons.camera import MARGIN_PX, Camera, Floats
from benchmarks.lessons.spec import SceneKind
from benchmarks.lessons.surfaces import Colour, Image

FAR_MM: Final = 65_535
_TEXTURE_PX_PER_M: Final = 80
ORDINARY_PLACES: Final = 40
"""More people meet in a larger room; nearly every ordinary one has places for so many."""
_LARGE_WIDER, _LARGE_DEEPER, _LARGE_FOCAL = 1.28, 1.22, 0.84
"""A room for 60 beside an ordinary one: measures of a lecture room, and a lens with a wider view."""


@dataclass(frozen=True, slots=True)
class Box:
    """A piece of furniture: an upright box, metres; ``order_z`` decides what it hides."""

    x: tuple[float, float]
    y: tuple[float, float]
    z: tuple[float, float]
    colour: Colour
    order_z: float


@dataclass(frozen=True, slots=True)
class Place:
    """Where a trainee sits or stands.

    Attributes:
        x_m, z_m: position on the floor.
        head_m: height of the top of the head above the floor.
        aisle_x_m: the aisle he reaches when he leaves.
        station: number of the station, ``None`` in a classroom.
    """

    x_m: float
    z_m: float
    head_m: float
    aisle_x_m: float
    station: int | None


@dataclass(frozen=True, slots=True)
class Station:
    """A workstation as seen by the camera: its outline in the picture, pixels without margin."""

    id: str
    polygon_px: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Room:
    """Geometry of a room; enough to draw it and to walk in it.

    Attributes:
        kind: classroom or workshop.
        width_m, depth_m, height_m: inside measures.
        camera: the camera.
        boxes: furniture.
        places: seats or standing places, best visible first.
        stations: workstations (workshop only).
        exit_xz_m: where people leave the picture.
        track_xz_m: line along which the teacher walks.
        seed: the room's seed.
    """

    kind: SceneKind
    width_m: float
    depth_m: float
    height_m: float
    camera: Camera
    boxes: tuple[Box, ...]
    places: tuple[Place, ...]
    stations: tuple[Station, ...]
    exit_xz_m: tuple[float, float]
    track_xz_m: tuple[tuple[float, float], ...]
    seed: int


@dataclass(frozen=True, slots=True)
class Backdrop:
    """The empty room as a picture.

    Attributes:
        bgr: shape ``(H, W, 3)`` of the canvas, uint8.
        depth_mm: shape ``(H, W)``, uint16: distance of the furniture at a pixel from the front wall,
            ``FAR_MM`` where there is none. People farther away are hidden there.
        daylight: shape ``(H, W)``, uint8: share of light (of 255) that is left with the lamps off.
    """

    bgr: Image
    depth_mm: NDArray[np.uint16]
    daylight: Image


def build_room(kind: SceneKind, seed: int, size: tuple[int, int], *, people: int = ORDINARY_PLACES) -> Room:
    """Lay a room out.

    Args:
        kind: classroom or workshop.
        seed: the room's seed; the same seed gives the same room at every picture size.
        size: width and height of the picture, pixels.
        people: how many must find a place, at most ``spec.MOST_PEOPLE``; if need be in a larger room.

    Returns:
        A room with at least ``people`` places, those that the camera sees best first.
    """
    if people <= ORDINARY_PLACES:
        room = _built(kind, seed, size, is_large=False)
        if len(room.places) >= people:
            return room
    return _built(kind, seed, size, is_large=True)


def _built(kind: SceneKind, seed: int, size: tuple[int, int], *, is_large: bool) -> Room:
    rng = np.random.default_rng([seed, 21])
    wider, deeper, wide_view = (_LARGE_WIDER, _LARGE_DEEPER, _LARGE_FOCAL) if is_large else (1.0, 1.0, 1.0)
    width_m, depth_m = wider * float(rng.uniform(7.6, 9.4)), deeper * float(rng.uniform(10.8, 12.5))
    height_m = float(rng.uniform(3.1, 3.5)) if kind is SceneKind.CLASSROOM else float(rng.uniform(3.8, 4.6))
    x_m = float(rng.uniform(-1.6, 1.6))
    focal = wide_view * float(rng.uniform(0.84, 0.95)) * size[0]
    camera = Camera(
        x_m=x_m,
        height_m=float(rng.uniform(2.45, 2.75)),
        pitch_rad=math.radians(float(rng.uniform(11.5, 15))),
        yaw_rad=math.radians(-6.0 * x_m + float(rng.uniform(-3, 3))),
        focal_px=focal,
        size=size,
    )
    lay_out = _classroom if kind is SceneKind.CLASSROOM else _workshop
    boxes, places, benches = lay_out(rng, width_m, depth_m)
    exit_x = math.copysign(width_m / 2 - 0.3, camera.yaw_rad) * -1
    aisle = exit_x * 0.93
    return Room(
        kind=kind,
        width_m=width_m,
        depth_m=depth_m,
        height_m=height_m,
        camera=camera,
        boxes=tuple(boxes),
        places=tuple(_visible_first(rng, camera, places)),
        stations=tuple(_station(camera, k, b) for k, b in enumerate(benches)),
        exit_xz_m=(exit_x, 1.6),
        track_xz_m=((-exit_x * 0.35, 2.75), (exit_x * 0.45, 2.85), (aisle, 3.6), (aisle, 0.55 * depth_m)),
        seed=seed,
    )


def draw_backdrop(room: Room) -> Backdrop:
    """Draw the empty room.

    Args:
        room: geometry.

    Returns:
        Picture, furniture depth and daylight map, all of the canvas' size.
    """
    rng = np.random.default_rng([room.seed, 22])
    bgr, daylight = _draw_shell(rng, room)
    depth = np.full(bgr.shape[:2], FAR_MM, np.uint16)
    for box in sorted(room.boxes, key=lambda b: -b.order_z):
        _draw_box(bgr, depth, room.camera, box)
    height, width = bgr.shape[:2]
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    radius = np.hypot((xs - width / 2) / width, (ys - height / 2) / height)
    shade = 1.03 - 0.32 * radius**2 + surfaces.speckle(rng, (height, width), grain_px=width / 4, strength=0.02)
    lit = np.clip(bgr.astype(np.float32) * shade[..., None], 0, 255).astype(np.uint8)
    # A lens does not resolve single pixels.
    return Backdrop(np.asarray(cv2.GaussianBlur(lit, (0, 0), 0.55), np.uint8), depth, daylight)


def _classroom(
    rng: np.random.Generator, width_m: float, depth_m: float
) -> tuple[list[Box], list[Place], list[tuple[float, float]]]:
    desk = _tone(rng, (110, 160, 196), 34)
    seat = _tone(rng, (130, 90, 60), 60)
    pitch_x, pitch_z = float(rng.uniform(0.80, 0.88)), float(rng.uniform(1.12, 1.22))
    columns = int((width_m - 1.9) / pitch_x)
    middle_gap = 0.5 if columns % 2 == 0 else 0.0
    boxes: list[Box] = []
    places: list[Place] = []
    z = 3.9
    while z < depth_m - 0.7:
        for column in range(columns):
            x = (column - (columns - 1) / 2) * pitch_x
            x += math.copysign(middle_gap / 2, x) if middle_gap else 0.0
            boxes += _desk(rng, x, z, desk, seat)
            aisle = math.copysign(width_m / 2 - 0.55, x)
            places.append(Place(x + float(rng.uniform(-0.05, 0.05)), z, float(rng.uniform(1.24, 1.36)), aisle, None))
        z += pitch_z
    return boxes, places, []


def _desk(rng: np.random.Generator, x: float, z: float, desk: Colour, seat: Colour) -> list[Box]:
    """A desk before the seat at ``(x, z)`` and the chair behind it."""
    near, far = z - 0.58, z - 0.16
    boxes = [
        Box((x - 0.2, x + 0.2), (0.45, 0.86), (z + 0.24, z + 0.28), seat, z + 0.26),
        Box((x - 0.33, x + 0.33), (0.12, 0.72), (near + 0.1, near + 0.12), _darker(desk, 0.8), far),
        Box((x - 0.31, x - 0.27), (0.0, 0.72), (near, near + 0.05), (70, 74, 78), near + 0.04),
        Box((x + 0.27, x + 0.31), (0.0, 0.72), (near, near + 0.05), (70, 74, 78), near + 0.04),
        Box((x - 0.35, x + 0.35), (0.72, 0.75), (near, far), desk, near + 0.02),
    ]
    if rng.random() < 0.7:
        at = x + float(rng.uniform(-0.25, 0.05))
        boxes.append(
            Box((at, at + 0.2), (0.75, 0.75 + float(rng.uniform(0.01, 0.06))), (near + 0.08, near + 0.32),
                _tone(rng, (160, 150, 150), 90), near)
        )  # fmt: skip
    return boxes


def _workshop(
    rng: np.random.Generator, width_m: float, depth_m: float
) -> tuple[list[Box], list[Place], list[tuple[float, float]]]:
    top = _tone(rng, (104, 136, 156), 22)
    frame = _tone(rng, (128, 112, 92), 28)
    columns = max(4, int((width_m - 1.5) / 1.95))
    pitch_x, pitch_z = (width_m - 1.5) / columns, float(rng.uniform(1.75, 1.95))
    boxes: list[Box] = []
    places: list[Place] = []
    benches: list[tuple[float, float]] = []
    z = 4.1
    while z < depth_m - 0.9:
        for column in range(columns):
            x = (column - (columns - 1) / 2) * pitch_x
            boxes += _bench(rng, x, z, top, frame)
            for dx in (-0.52, 0.0, 0.52):
                aisle = math.copysign(width_m / 2 - 0.45, x)
                places.append(
                    Place(x + dx + float(rng.uniform(-0.06, 0.06)), z + float(rng.uniform(-0.05, 0.1)),
                          float(rng.uniform(1.58, 1.78)), aisle, len(benches))
                )  # fmt: skip
            benches.append((x, z))
        z += pitch_z
    return boxes, places, benches


def _bench(rng: np.random.Generator, x: float, z: float, top: Colour, frame: Colour) -> list[Box]:
    """A workbench before the standing place at ``(x, z)``, with a vice or a machine on it."""
    near, far = z - 0.92, z - 0.26
    boxes = [
        Box((x - 0.75, x + 0.75), (0.10, 0.84), (near + 0.06, far), frame, far),
        Box((x - 0.60, x - 0.05), (0.35, 0.78), (near + 0.04, near + 0.06), _darker(frame, 1.25), near + 0.05),
        Box((x + 0.05, x + 0.60), (0.35, 0.78), (near + 0.04, near + 0.06), _darker(frame, 1.25), near + 0.05),
        Box((x - 0.8, x + 0.8), (0.84, 0.90), (near, far), top, near + 0.02),
        Box((x - 0.95, x + 0.95), (0.0, 0.012), (near - 0.12, near - 0.05), (40, 190, 220), near - 0.1),
    ]
    at = x + float(rng.uniform(-0.6, 0.4))
    paint = _tone(rng, (120, 130, 90), 60)
    boxes.append(Box((at, at + 0.24), (0.90, 1.02), (near + 0.25, near + 0.45), paint, near))
    if rng.random() < 0.5:
        boxes.append(Box((at + 0.05, at + 0.13), (1.02, 1.16), (near + 0.3, near + 0.4), _darker(paint, 0.7), near))
    for _ in range(int(rng.integers(1, 4))):
        at = x + float(rng.uniform(-0.7, 0.55))
        boxes.append(
            Box((at, at + 0.16), (0.90, 0.94), (near + 0.06, near + 0.16), _tone(rng, (90, 90, 110), 80), near)
        )
    return boxes


def _visible_first(rng: np.random.Generator, camera: Camera, places: list[Place]) -> list[Place]:
    """Order places: those seen in full first; near ones before far ones; those hidden by earlier ones later."""
    width, height = camera.size
    chance = rng.uniform(0, 1.5, len(places))
    rest: list[tuple[float, Place, Floats]] = []
    for place, luck in zip(places, chance, strict=True):
        head = np.array([[place.x_m, place.head_m, place.z_m], [place.x_m, place.head_m - 0.5, place.z_m]])
        px, depth = camera.project(head)
        px -= MARGIN_PX
        air = 0.34 * camera.px_per_m(float(depth[0]))
        seen = np.all((px[:, 0] > air) & (px[:, 0] < width - air) & (px[:, 1] > 2) & (px[:, 1] < height))
        torso = np.array([px[0, 0] - air, px[0, 1], px[0, 0] + air, px[1, 1]])
        rest.append(((0.0 if seen else 100.0) + place.z_m + float(luck), place, torso))
    ordered: list[Place] = []
    taken: list[Floats] = []
    while rest:
        costs = [cost + 4.0 * sum(_overlap(torso, other) for other in taken) for cost, _, torso in rest]
        _, place, torso = rest.pop(int(np.argmin(costs)))
        ordered.append(place)
        taken.append(torso)
    return ordered


def _overlap(box: Floats, other: Floats) -> float:
    """Shared area as a share of the smaller one of two boxes."""
    wide = min(box[2], other[2]) - max(box[0], other[0])
    high = min(box[3], other[3]) - max(box[1], other[1])
    if wide <= 0 or high <= 0:
        return 0.0
    smaller = min((b[2] - b[0]) * (b[3] - b[1]) for b in (box, other))
    return float(wide * high / max(1.0, smaller))


def _station(camera: Camera, number: int, bench: tuple[float, float]) -> Station:
    """Outline of a bench and of the room for the one who works at it, up to the height of a man."""
    x, z = bench
    corners = [
        (x + dx, y, z + dz) for dx in (-0.85, 0.85) for y, dz in ((0.0, -0.95), (0.9, -0.95), (0.0, 0.4), (1.75, 0.4))
    ]
    px, _ = camera.project(np.asarray(corners))
    hull = cv2.convexHull(np.round(px - MARGIN_PX).astype(np.int32)).reshape(-1, 2)
    return Station(f"S{number + 1:02d}", tuple((int(p[0]), int(p[1])) for p in hull))


def _draw_shell(rng: np.random.Generator, room: Room) -> tuple[Image, Image]:
    """Room sides and the daylight map."""
    rays = room.camera.rays()
    origin = room.camera.position
    half, scale = room.width_m / 2, _TEXTURE_PX_PER_M
    workshop = room.kind is SceneKind.WORKSHOP
    windows_left = bool(rng.random() < 0.5)
    left = surfaces.window_wall if windows_left else surfaces.board_wall
    right = surfaces.board_wall if windows_left else surfaces.window_wall
    textures = (
        surfaces.floor(rng, room.width_m, room.depth_m, px_per_m=scale, workshop=workshop),
        surfaces.ceiling(rng, room.width_m, room.depth_m, px_per_m=scale),
        surfaces.rear_wall(rng, room.width_m, room.height_m, px_per_m=scale, workshop=workshop),
        left(rng, room.depth_m, room.height_m, px_per_m=scale),
        right(rng, room.depth_m, room.height_m, px_per_m=scale),
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        reach = np.stack([
            np.where(rays[..., 1] < 0, -origin[1] / rays[..., 1], np.inf),
            np.where(rays[..., 1] > 0, (room.height_m - origin[1]) / rays[..., 1], np.inf),
            np.where(rays[..., 2] > 0, (room.depth_m - origin[2]) / rays[..., 2], np.inf),
            np.where(rays[..., 0] < 0, (-half - origin[0]) / rays[..., 0], np.inf),
            np.where(rays[..., 0] > 0, (half - origin[0]) / rays[..., 0], np.inf),
        ])  # fmt: skip
    side = reach.argmin(axis=0)
    hit = origin + rays * np.take_along_axis(reach, side[None], axis=0)[0][..., None]
    u = np.select([side == 0, side == 1, side == 2], [hit[..., 0] + half] * 3, default=hit[..., 2])
    v = np.select([side <= 1], [hit[..., 2]], default=room.height_m - hit[..., 1])
    bgr = np.zeros((*side.shape, 3), np.uint8)
    light = (1.0, 1.0, 0.93, 0.86, 0.86)
    for number, texture in enumerate(textures):
        sampled = cv2.remap(
            texture, (u * scale).astype(np.float32), (v * scale).astype(np.float32), cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )  # fmt: skip
        here = side == number
        bgr[here] = np.clip(sampled[here].astype(np.float32) * light[number], 0, 255).astype(np.uint8)
    from_window = (hit[..., 0] + half) / room.width_m
    share = 0.16 + 0.40 * (1 - from_window if windows_left else from_window)
    share = np.where(side == (3 if windows_left else 4), 0.62, share)
    daylight = cv2.GaussianBlur((share * 255).astype(np.uint8), (0, 0), room.camera.size[0] / 60)
    return bgr, np.asarray(daylight, np.uint8)


def _draw_box(bgr: Image, depth: NDArray[np.uint16], camera: Camera, box: Box) -> None:
    """Draw the faces of a box that look at the camera."""
    (x0, x1), (y0, y1), (z0, z1) = box.x, box.y, box.z
    eye = camera.position
    faces: list[tuple[list[tuple[float, float, float]], float]] = []
    if eye[1] > y1:
        faces.append(([(x0, y1, z0), (x1, y1, z0), (x1, y1, z1), (x0, y1, z1)], 1.06))
    if eye[0] < x0:
        faces.append(([(x0, y0, z0), (x0, y1, z0), (x0, y1, z1), (x0, y0, z1)], 0.72))
    if eye[0] > x1:
        faces.append(([(x1, y0, z0), (x1, y1, z0), (x1, y1, z1), (x1, y0, z1)], 0.72))
    faces.append(([(x0, y0, z0), (x1, y0, z0), (x1, y1, z0), (x0, y1, z0)], 0.84))
    order_mm = min(round(box.order_z * 1000), FAR_MM - 1)
    for corners, light in faces:
        px, _ = camera.project(np.asarray(corners))
        shifted = np.round((px - 0.5) * 16).astype(np.int32)
        cv2.fillConvexPoly(bgr, shifted, _darker(box.colour, light), cv2.LINE_AA, 4)
        cv2.fillConvexPoly(depth, shifted, (order_mm,), cv2.LINE_8, 4)


def _tone(rng: np.random.Generator, colour: Colour, spread: int) -> Colour:
    shifted = np.clip(np.asarray(colour) + rng.integers(-spread, spread + 1, 3), 15, 245)
    return int(shifted[0]), int(shifted[1]), int(shifted[2])


def _darker(colour: Colour, factor: float) -> Colour:
    blue, green, red = (min(255, int(c * factor)) for c in colour)
    return blue, green, red
