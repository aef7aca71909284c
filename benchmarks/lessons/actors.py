"""The people of a lesson and the sprite each of them shows at a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.cutouts import OUTLINES, cut_out
from benchmarks.lessons.motion import (
    Doing,
    Gestures,
    Script,
    Whereabouts,
    choose_absences,
    make_gestures,
    teacher_script,
    trainee_script,
)
from benchmarks.lessons.scene import FAR_MM, Place, Room
from benchmarks.lessons.spec import HonestKind, LessonSpec, SceneKind, SpecError
from benchmarks.lessons.sprites import Body, Image, Look, Pose, make_body, pose_body, random_look

TEACHER: Final = -1
PASSER: Final = -2
_SEATED_CROP_M: Final = 0.84
_STANDING_CROP_M: Final = 1.1
_STEP_PX: Final = 0.25
Rect = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Sprite:
    """What one person adds to the canvas; premultiplied planes clipped to the canvas.

    Attributes:
        person: number of the trainee, ``TEACHER`` or ``PASSER``.
        key: equal keys mean equal pixels.
        rect: x0, y0, x1, y1 on the canvas, even, half-open.
        z_m: distance from the front wall; larger is drawn first.
        y, u, v: premultiplied planes; ``u`` and ``v`` at half size.
        rest, rest_half: 255 minus alpha at full and at half size.
        full_alpha: alpha before furniture hides it.
        head: head box on the canvas, may reach outside of it.
        whole: rect before clipping.
    """

    person: int
    key: tuple[object, ...]
    rect: Rect
    z_m: float
    y: Image
    u: Image
    v: Image
    rest: Image
    rest_half: Image
    full_alpha: Image
    head: Rect
    whole: Rect


@dataclass(frozen=True, slots=True)
class _Stance:
    """A body, where its whole sprite lies and how it is posed."""

    body: Body
    corner: tuple[float, float]
    size: tuple[int, int]
    z_m: float
    pose: Pose


class Actor:
    """One person: fixed look and script, and the sprites he had lately."""

    def __init__(
        self,
        person: int,
        *,
        room: Room,
        look: Look,
        script: Script,
        gestures: Gestures,
        depth_mm: NDArray[np.uint16],
        place: Place | None,
    ) -> None:
        self.person = person
        self.script = script
        self._room = room
        self._look = look
        self._gestures = gestures
        self._depth_mm = depth_mm
        self._place = place
        self._bodies: dict[int, Body] = {}
        self._seat: tuple[Body, tuple[float, float]] | None = None
        self._last: Sprite | None = None

    def sprite(self, time_s: float) -> Sprite | None:
        """Return the sprite at a moment of the take; ``None`` when the person is away or out of view."""
        where = self.script.at(time_s)
        if where.doing is Doing.AWAY:
            return None
        stance = self._at_place(time_s) if where.doing is Doing.AT_PLACE else self._on_foot(where, time_s)
        sprite = draw_stance(self.person, stance, self._depth_mm, self._last)
        self._last = sprite or self._last
        return sprite

    def _at_place(self, time_s: float) -> _Stance:
        place = self._place
        if place is None:
            raise SpecError("a person without a place cannot sit")
        camera = self._room.camera
        if self._seat is None:
            point = np.array([[place.x_m, place.head_m, place.z_m], [place.x_m, place.head_m - 0.5, place.z_m]])
            px, depth = camera.project(point)
            scale = camera.px_per_m(float(depth.mean())) * self._look.stature
            seated = self._room.kind is SceneKind.CLASSROOM
            crop_m: float | None = _SEATED_CROP_M if seated else _STANDING_CROP_M
            if not seated and OUTLINES[self._look.cutout].whole:
                foot, _ = camera.project(np.array([[place.x_m, 0.0, place.z_m]]))
                scale = float(foot[0, 1] - px[0, 1]) / cut_out(self._look.cutout).height_m
                crop_m = None
            body = make_body(self._look, scale, crop_m=crop_m)
            self._seat = body, (float(px[0, 0]), float(px[0, 1]))
        body, (x, y) = self._seat
        size = _even_size(body.yuva.shape[1], body.yuva.shape[0])
        corner = (x - body.centre * size[0], y - body.top * size[1])
        return _Stance(body, corner, size, place.z_m, self._gesture(time_s, _px_per_m(body, size)))

    def _on_foot(self, where: Whereabouts, time_s: float) -> _Stance:
        camera = self._room.camera
        foot = np.array([[where.x_m, 0.0, where.z_m], [where.x_m, 1.0, where.z_m]])
        px, depth = camera.project(foot)
        scale = camera.px_per_m(float(depth.mean())) * self._look.stature
        level = math.ceil(2 * math.log2(max(scale, 8.0) / 8.0))
        if level not in self._bodies:
            self._bodies[level] = make_body(self._look, 8.0 * 2 ** (level / 2), shadow=True)
        body = self._bodies[level]
        ratio = scale / (8.0 * 2 ** (level / 2))
        size = _even_size(body.yuva.shape[1] * ratio, body.yuva.shape[0] * ratio)
        lower = where.lower_m * scale
        pose = self._gesture(time_s, scale)
        if where.doing is Doing.WALKING:
            swing = math.sin(2 * math.pi * where.phase)
            lower += 0.03 * scale * abs(swing)
            pose = Pose(sway=_rounded(0.02 * scale * swing), step=round(0.28 * swing, 2))
        corner = (float(px[0, 0]) - body.centre * size[0], float(px[0, 1]) + lower - body.bottom * size[1])
        return _Stance(body, corner, size, where.z_m, pose)

    def _gesture(self, time_s: float, px_per_m: float) -> Pose:
        sway, nod, turn, hand = self._gestures.at(time_s)
        return Pose(
            sway=_rounded(sway * px_per_m), nod=_rounded(nod * px_per_m),
            turn=round(turn, 2), hand=_rounded(hand * px_per_m),
        )  # fmt: skip


class Passer:
    """Somebody who walks close past the lens: large, out of focus, drawn in picture coordinates."""

    def __init__(self, room: Room, look: Look, start_s: float, length_s: float, depth_mm: NDArray[np.uint16]) -> None:
        self.person = PASSER
        self._start_s, self._length_s = start_s, length_s
        self._room = room
        self._look = look
        self._depth_mm = depth_mm
        self._body: Body | None = None

    def sprite(self, time_s: float) -> Sprite | None:
        """Return the sprite at a moment of the take, ``None`` before and after."""
        share = (time_s - self._start_s) / self._length_s
        if not 0 <= share < 1:
            return None
        width, height = self._room.camera.canvas_size
        scale = 1.05 * height
        if self._body is None:
            self._body = make_body(self._look, scale, blur_m=0.012)
        body = self._body
        size = _even_size(body.yuva.shape[1], body.yuva.shape[0])
        way = width + size[0]
        x = way * (1 - share) - size[0] if self._look.mirror else way * share - size[0]
        swing = math.sin(2 * math.pi * self._length_s * share * 0.9)
        corner = (x, 0.14 * height + 0.015 * height * abs(swing) - body.top * size[1])
        stance = _Stance(body, corner, size, 0.2, Pose(sway=_rounded(0.02 * scale * swing)))
        return draw_stance(self.person, stance, self._depth_mm, None)


def draw_stance(person: int, stance: _Stance, depth_mm: NDArray[np.uint16], last: Sprite | None) -> Sprite | None:
    """Pose a body and hide what stands behind furniture.

    Args:
        person: who it is.
        stance: body, place on the canvas and pose.
        depth_mm: furniture, see ``scene.Backdrop``.
        last: the person's sprite of before, handed back where nothing has changed.

    Returns:
        The sprite, or ``None`` when it lies outside of the canvas.
    """
    height, width = depth_mm.shape
    left, top = 2 * math.floor(stance.corner[0] / 2), 2 * math.floor(stance.corner[1] / 2)
    shift = (_rounded(stance.corner[0] - left), _rounded(stance.corner[1] - top))
    whole = (left, top, left + stance.size[0] + 2, top + stance.size[1] + 2)
    rect = (max(0, left), max(0, top), min(width, whole[2]), min(height, whole[3]))
    if rect[0] >= rect[2] or rect[1] >= rect[3]:
        return None
    key = (person, whole, shift, stance.pose, round(stance.z_m, 3))
    if last is not None and last.key == key:
        return last
    window = (rect[0] - left, rect[1] - top, rect[2] - left, rect[3] - top)
    yuva = pose_body(stance.body, stance.size, shift, stance.pose, window)
    full_alpha = yuva[..., 3].copy()
    nearer = depth_mm[rect[1] : rect[3], rect[0] : rect[2]] < min(FAR_MM, round(stance.z_m * 1000))
    if nearer.any():
        yuva[nearer] = 0
    half = cv2.resize(yuva, ((rect[2] - rect[0]) // 2, (rect[3] - rect[1]) // 2), interpolation=cv2.INTER_AREA)
    head = stance.body.head
    return Sprite(
        person=person,
        key=key,
        rect=rect,
        z_m=stance.z_m,
        y=np.ascontiguousarray(yuva[..., 0]),
        u=np.ascontiguousarray(half[..., 1]),
        v=np.ascontiguousarray(half[..., 2]),
        rest=np.asarray(cv2.bitwise_not(yuva[..., 3]), dtype=np.uint8),
        rest_half=np.asarray(cv2.bitwise_not(half[..., 3]), dtype=np.uint8),
        full_alpha=full_alpha,
        head=(
            round(left + head[0] * stance.size[0]), round(top + head[1] * stance.size[1]),
            round(left + head[2] * stance.size[0]), round(top + head[3] * stance.size[1]),
        ),
        whole=whole,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Cast:
    """Everybody of a lesson.

    Attributes:
        actors: objects with ``person`` and ``sprite(time_s)``.
        scripts: script of each trainee and of ``TEACHER``.
        places: place of each trainee.
    """

    actors: tuple[Actor | Passer, ...]
    scripts: dict[int, Script]
    places: tuple[Place, ...]


def make_cast(spec: LessonSpec, room: Room, depth_mm: NDArray[np.uint16]) -> Cast:
    """Choose the people of a lesson, their places, looks and scripts.

    Args:
        spec: the lesson.
        room: where it takes place.
        depth_mm: furniture of the room's backdrop.
    """
    rng = np.random.default_rng([spec.seed, 31])
    whole = [name for name, outline in OUTLINES.items() if outline.whole]
    # A man who leans forward without legs does not look right behind a bench.
    usable = sorted(OUTLINES) if spec.scene is SceneKind.CLASSROOM else [*whole, "grey"]
    names = [str(rng.choice(usable)) for _ in range(spec.people)]
    for absence in spec.absences or ():
        names[absence.person] = str(rng.choice(whole))
    if spec.people >= 2 and all(n not in whole for n in names):
        names[0] = whole[0]
    absences = choose_absences(spec, [k for k, n in enumerate(names) if n in whole])
    places = room.places[: spec.people]
    scripts: dict[int, Script] = {}
    actors: list[Actor | Passer] = []
    for person, (name, place) in enumerate(zip(names, places, strict=True)):
        own = [a for a in absences if a.person == person]
        scripts[person] = trainee_script(room, place, own, spec.duration_s)
        gestures = make_gestures(spec.seed, person, spec.duration_s)
        actors.append(
            Actor(
                person,
                room=room,
                look=random_look(rng, name),
                script=scripts[person],
                gestures=gestures,
                depth_mm=depth_mm,
                place=place,
            )
        )
    if spec.teacher:
        scripts[TEACHER] = teacher_script(room, spec.seed, spec.duration_s)
        look = random_look(rng, str(rng.choice(whole)))
        gestures = make_gestures(spec.seed, 1000, spec.duration_s)
        actors.append(
            Actor(
                TEACHER,
                room=room,
                look=look,
                script=scripts[TEACHER],
                gestures=gestures,
                depth_mm=depth_mm,
                place=None,
            )
        )
    for event in (e for e in spec.honest if e.kind is HonestKind.WALKER_CLOSE):
        look = random_look(rng, str(rng.choice(whole)))
        actors.append(Passer(room, look, event.start_s, event.length_s, depth_mm))
    return Cast(tuple(actors), scripts, places)


def passages(script: Script) -> list[tuple[float, str]]:
    """Return when a person goes out of view for good and comes into it again.

    Args:
        script: the person's script.

    Returns:
        Pairs of source seconds and ``left`` or ``entered``, by time.
    """
    events: list[tuple[float, str]] = []
    for before, act in zip(script.acts, script.acts[1:], strict=False):
        if act.doing is Doing.AWAY and before.doing is not Doing.AWAY:
            events.append((act.start_s, "left"))
        elif before.doing is Doing.AWAY and act.doing is not Doing.AWAY:
            events.append((act.start_s, "entered"))
    return events


def _px_per_m(body: Body, size: tuple[int, int]) -> float:
    """Rough pixels a metre takes in a posed body: a head is about 0.24 m high."""
    return (body.head[3] - body.head[1]) * size[1] / 0.24


def _even_size(width: float, height: float) -> tuple[int, int]:
    return max(4, 2 * round(width / 2)), max(4, 2 * round(height / 2))


def _rounded(value: float) -> float:
    return round(value / _STEP_PX) * _STEP_PX
