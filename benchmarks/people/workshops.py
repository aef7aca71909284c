"""Practical lessons for the station benchmark: rooms of the synthesiser filmed by cameras that are turned and darkened.

The room is rendered once, wide (``benchmarks.lessons``); every camera is a homography of that wide picture, as if they
hung side by side. Boards stand in the room, so that all cameras see them. Whatever happens is drawn from the seed.
"""

import json
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons import Encoding, LessonSpec, SceneKind
from benchmarks.lessons.camera import MARGIN_PX
from benchmarks.lessons.encode import open_writer
from benchmarks.lessons.lens import Lens
from benchmarks.lessons.motion import Doing
from benchmarks.lessons.scene import Place, Room
from benchmarks.lessons.spec import Absence
from benchmarks.lessons.timeline import Effect, capture_ticks
from benchmarks.people.wide_pictures import VIEW_PX, WIDE_PX, Matrix, darkened, put_before, seen_by

LENGTH_S: Final = 180
FPS: Final = 8
SEATS_MARKED: Final = 12
TURN_S: Final = 1.0
"""A camera takes so long to be turned."""


class RoomKind(StrEnum):
    """What is filmed: a workshop by one camera, a workshop by two, seats of a computer room."""

    WORKSHOP = "workshop"
    PAIR = "pair"
    SEATS = "seats"


@dataclass(frozen=True, slots=True, eq=False)
class Camera:
    """One camera.

    Attributes:
        name: as in the layout.
        reference: shape ``(3, 3)``, from the wide picture to the reference picture.
        views: from which second on it looks how: ``(start_s, matrix)``, the first from 0.
        dark: start and end of darkness, seconds; ``None`` where it stays light.
    """

    name: str
    reference: Matrix
    views: tuple[tuple[float, Matrix], ...]
    dark: tuple[float, float] | None

    def view(self, time_s: float) -> Matrix:
        """Where it looks: from the wide picture to its own."""
        number = max(k for k, (start_s, _) in enumerate(self.views) if time_s >= start_s)
        start_s, matrix = self.views[number]
        share = min(1.0, (time_s - start_s) / TURN_S)
        return matrix if number == 0 else share * matrix + (1 - share) * self.views[number - 1][1]

    def is_dark(self, time_s: float) -> bool:
        """Whether the lamps are off, at night."""
        return self.dark is not None and self.dark[0] <= time_s < self.dark[1]


@dataclass(frozen=True, slots=True)
class Board:
    """Something that stands before a station for a while: seconds, its box in the wide picture, and its look."""

    start_s: float
    end_s: float
    station: int
    look: str

    def box(self, outlines: Sequence[NDArray[np.float64]]) -> tuple[int, int, int, int]:
        """Left, top, right and bottom in the wide picture: all of the station."""
        left, top, width, height = cv2.boundingRect(outlines[self.station].astype(np.int32))
        return max(0, left), max(0, top), min(WIDE_PX[0], left + width), min(WIDE_PX[1], top + height)


@dataclass(frozen=True, slots=True, eq=False)
class Practical:
    """A lesson that was rendered, with all that is known of it.

    Attributes:
        seed: of everything.
        kind: what is filmed.
        cameras: one or two.
        board: what stands before a station; ``None`` where nothing does.
        names: of the stations.
        outlines: of the stations, each of shape ``(N, 2)``, pixels of the wide picture, partly outside.
        people_of: trainees of each station.
        seconds: per second: boxes in the wide picture (``boxes``) and who is at his place (``at_place``).
        folder: where recordings and reference pictures lie.
    """

    seed: int
    kind: RoomKind
    cameras: tuple[Camera, ...]
    board: Board | None
    names: tuple[str, ...]
    outlines: tuple[NDArray[np.float64], ...]
    people_of: tuple[frozenset[int], ...]
    seconds: Sequence[Mapping[str, Any]]
    folder: Path

    def recording(self, camera: Camera) -> str:
        """File name of a camera's recording."""
        return f"s{self.seed}-{camera.name}.mp4"

    def reference(self, camera: Camera) -> str:
        """File name of its reference picture."""
        return f"s{self.seed}-{camera.name}.jpg"


def practical(seed: int, folder: Path) -> Practical:
    """Render a lesson, or read one that was rendered before.

    Args:
        seed: decides everything; by its remainder of 3 the kind of room.
        folder: must exist.
    """
    kind = tuple(RoomKind)[seed % 3]
    lens = Lens(_spec(seed, kind, is_empty=False))
    stations = _stations(lens, kind)
    board = _board(seed, len(stations))
    outlines = tuple(outline for _, outline, _ in stations)
    plan = Practical(
        seed=seed,
        kind=kind,
        cameras=_cameras(seed, kind),
        board=board,
        names=tuple(name for name, _, _ in stations),
        outlines=outlines,
        people_of=tuple(people for _, _, people in stations),
        seconds=[],
        folder=folder,
    )
    beside = folder / f"s{seed}.json"
    if not beside.exists():
        _write_references(plan)
        beside.write_text(json.dumps(_write_recordings(plan, lens)), encoding="utf-8")
    return Practical(
        seed, kind, plan.cameras, board, plan.names, outlines, plan.people_of, json.loads(beside.read_text()), folder
    )


def moved(matrix: Matrix, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Points of shape ``(N, 2)`` through a homography."""
    homogeneous = np.column_stack((points, np.ones(len(points)))) @ matrix.T
    return np.asarray(homogeneous[:, :2] / homogeneous[:, 2:], np.float64)


def _spec(seed: int, kind: RoomKind, *, is_empty: bool) -> LessonSpec:
    rng = np.random.default_rng([seed, 81])
    people = int(rng.integers(7, 14))
    absences = []
    for number, person in enumerate(rng.permutation(people)[: people // 3 + 1].tolist()):
        first, second = sorted(float(share) * LENGTH_S for share in rng.uniform(0.1, 0.9, 2))
        leave_s, return_s = ((0.0, second), (first, None), (first, max(second, first + 40)))[number % 3]
        absences.append(Absence(person, leave_s, return_s))
    if is_empty:
        people, absences = 1, [Absence(0, 0.0)]
    return LessonSpec(
        seed=seed,
        scene=SceneKind.CLASSROOM if kind is RoomKind.SEATS else SceneKind.WORKSHOP,
        duration_s=LENGTH_S,
        fps=FPS,
        size=WIDE_PX,
        people=people,
        teacher=not is_empty,
        absences=tuple(absences),
        clock=None,
        encoding=Encoding(gop=int(rng.choice([2, 4, 5])) * FPS, crf=int(rng.integers(22, 29))),
    )


def _stations(lens: Lens, kind: RoomKind) -> list[tuple[str, NDArray[np.float64], frozenset[int]]]:
    """Name, outline in the wide picture, and trainees of each station."""
    room, places = lens.painter.room, lens.painter.cast.places
    if kind is RoomKind.SEATS:
        near = sorted(room.places[: len(places) + SEATS_MARKED // 3], key=lambda place: place.z_m)[:SEATS_MARKED]
        return [
            (f"W{number + 1}", _seat(room, place), frozenset(k for k, one in enumerate(places) if one == place))
            for number, place in enumerate(near)
        ]
    return [
        (
            station.id,
            np.array(station.polygon_px, np.float64),
            frozenset(k for k, place in enumerate(places) if place.station == number),
        )
        for number, station in enumerate(room.stations)
    ]


def _seat(room: Room, place: Place) -> NDArray[np.float64]:
    """Outline of a desk and whoever sits at it."""
    x, z = place.x_m, place.z_m
    corners = [(x + dx, y, z + dz) for dx in (-0.36, 0.36) for y, dz in ((0.1, -0.6), (0.75, -0.6), (1.35, 0.2))]
    px, _ = room.camera.project(np.asarray(corners))
    return np.asarray(cv2.convexHull((px - MARGIN_PX).astype(np.float32)).reshape(-1, 2), np.float64)


def _board(seed: int, stations: int) -> Board | None:
    rng = np.random.default_rng([seed, 82])
    start_s, length_s = float(rng.uniform(0, 0.5)) * LENGTH_S, float(rng.uniform(0.35, 0.5)) * LENGTH_S
    number, look = int(rng.integers(stations)), str(rng.choice(["plain", "stripes", "clutter"]))
    return Board(start_s, start_s + length_s, number, look) if rng.random() < 0.8 else None


def _cameras(seed: int, kind: RoomKind) -> tuple[Camera, ...]:
    """One camera that sees most of the wide picture, or two that see a half each and share the middle."""
    rng = np.random.default_rng([seed, 83])
    shares = ((0.0, 0.66), (0.34, 0.66)) if kind is RoomKind.PAIR else ((0.05, 0.9),)
    cameras = []
    for number, (left, wide) in enumerate(shares):
        scale = VIEW_PX[0] / (wide * WIDE_PX[0])
        top = WIDE_PX[1] * 0.56 - VIEW_PX[1] / scale / 2
        reference = np.array([[scale, 0, -left * WIDE_PX[0] * scale], [0, scale, -top * scale], [0, 0, 1]])
        views = [(0.0, _turned(rng, 0.0, 0.006) @ reference)]
        if rng.random() < 0.7:
            views.append((LENGTH_S * float(rng.uniform(0.1, 0.35)), _turned(rng, 0.012, 0.04) @ reference))
        if rng.random() < 0.7:
            views.append((LENGTH_S * float(rng.uniform(0.45, 0.6)), _turned(rng, 0.1, 0.4) @ reference))
            if rng.random() < 0.5:
                views.append((LENGTH_S * float(rng.uniform(0.72, 0.8)), _turned(rng, 0.0, 0.01) @ reference))
        dark_s = LENGTH_S * float(rng.uniform(0.3, 0.75))
        dark = (dark_s, dark_s + float(rng.uniform(20, 60))) if rng.random() < 0.4 else None
        cameras.append(Camera("AB"[number], reference, tuple(views), dark))
    return tuple(cameras)


def _turned(rng: np.random.Generator, least: float, most: float) -> Matrix:
    """A camera that looks somewhere else: shift to a side by shares of the width, some turn and zoom with it."""
    size = float(rng.uniform(least, most))
    degrees, zoom = 8 * size * float(rng.uniform(-1, 1)), 1 + 0.25 * size * float(rng.uniform(-0.4, 1))
    matrix = np.vstack((cv2.getRotationMatrix2D((VIEW_PX[0] / 2, VIEW_PX[1] / 2), degrees, zoom), [0, 0, 1]))
    matrix[:2, 2] += (float(rng.choice([-1, 1])) * size * VIEW_PX[0], float(rng.uniform(-0.3, 0.3)) * size * VIEW_PX[1])
    return np.asarray(matrix, np.float64)


def _write_references(plan: Practical) -> None:
    """The empty room on another day, in other light."""
    lens = Lens(_spec(plan.seed, plan.kind, is_empty=True))
    picture = lens.shoot(0, Effect.NONE, 0)
    gain = float(np.random.default_rng([plan.seed, 84]).uniform(0.8, 1.1))
    luma = picture[: WIDE_PX[1]]
    luma[:] = np.clip(16 + (luma.astype(np.float32) - 16) * gain, 16, 235)
    for camera in plan.cameras:
        bgr = cv2.cvtColor(seen_by(picture, camera.reference), cv2.COLOR_YUV2BGR_I420)
        cv2.imwrite(str(plan.folder / plan.reference(camera)), bgr, [cv2.IMWRITE_JPEG_QUALITY, 92])


def _write_recordings(plan: Practical, lens: Lens) -> list[dict[str, Any]]:
    ticks = capture_ticks(lens.spec)
    rng = np.random.default_rng([plan.seed, 85])
    seconds: list[dict[str, Any]] = []
    with ExitStack() as open_files:
        writers = [
            open_files.enter_context(
                open_writer(
                    plan.folder / plan.recording(camera), lens.spec.encoding, size=VIEW_PX, fps=FPS, audio=False
                )
            )
            for camera in plan.cameras
        ]
        for index in range(ticks.size - 1):
            picture, time_s = lens.shoot(index, Effect.NONE, 0), lens.captured_s(index)
            if index % FPS == 0:
                seconds.append(_known(lens, time_s))
            if plan.board is not None and plan.board.start_s <= time_s < plan.board.end_s:
                put_before(picture, plan.board.box(plan.outlines), plan.board.look)
            for camera, writer in zip(plan.cameras, writers, strict=True):
                shown = seen_by(picture, camera.view(time_s))
                writer.frame(darkened(shown, rng) if camera.is_dark(time_s) else shown, int(ticks[index]))
    return seconds


def _known(lens: Lens, time_s: float) -> dict[str, Any]:
    scripts = lens.painter.cast.scripts
    return {
        "boxes": [
            [*one.box_xyxy_px, (one.head_xyxy_px[0] + one.head_xyxy_px[2]) / 2,
             (one.head_xyxy_px[1] + one.head_xyxy_px[3]) / 2, round(one.head_share, 3)]
            for one in lens.seen()
        ],
        "at_place": [p for p, script in scripts.items() if p >= 0 and script.at(time_s).doing is Doing.AT_PLACE],
    }  # fmt: skip
