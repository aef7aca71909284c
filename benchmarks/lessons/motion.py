"""Who is where and how he holds himself at any moment of the take. Pure functions of source time.

Scripts say when a person sits, walks along a path or is away; gestures are slow sways with
incommensurable periods, and nods, turns and writing at random moments, so that nothing repeats.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum
from typing import Final

import numpy as np

from benchmarks.lessons.scene import Place, Room
from benchmarks.lessons.spec import Absence, LessonSpec

WALK_M_PER_S: Final = 1.15
_BLOCK_S: Final = 6.0
XZ = tuple[float, float]


class Doing(Enum):
    """What a person does."""

    AT_PLACE = "at_place"
    WALKING = "walking"
    STANDING = "standing"
    AWAY = "away"


@dataclass(frozen=True, slots=True)
class Act:
    """A stretch of a script.

    Attributes:
        start_s: when it begins; it ends where the next one begins.
        doing: what is done.
        path: corner points on the floor, metres; one point where nobody walks.
        rise: metres by which the head is lower at the path's beginning (getting up).
        sink: the same at its end (sitting down).
    """

    start_s: float
    doing: Doing
    path: tuple[XZ, ...]
    rise: float = 0.0
    sink: float = 0.0


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """A person at one moment: floor position, walking phase and how far the head is below its height."""

    doing: Doing
    x_m: float
    z_m: float
    phase: float
    lower_m: float


@dataclass(frozen=True, slots=True)
class Script:
    """All acts of one person, by start; the first one starts at 0."""

    acts: tuple[Act, ...]

    def at(self, time_s: float) -> Whereabouts:
        """Return where the person is at ``time_s`` seconds of the take."""
        act = self.acts[max(0, bisect_right(self.acts, time_s, key=lambda a: a.start_s) - 1)]
        if act.doing is not Doing.WALKING:
            return Whereabouts(act.doing, act.path[0][0], act.path[0][1], 0.0, 0.0)
        gone = (time_s - act.start_s) * WALK_M_PER_S
        x, z = _along(act.path, gone)
        left = path_length(act.path) - gone
        lower = act.rise * max(0.0, 1 - gone / 0.6) + act.sink * max(0.0, 1 - left / 0.6)
        return Whereabouts(Doing.WALKING, x, z, gone / 0.7, lower)


def path_length(path: tuple[XZ, ...]) -> float:
    """Length of a path, metres."""
    return sum(math.dist(a, b) for a, b in itertools.pairwise(path))


def _along(path: tuple[XZ, ...], distance: float) -> XZ:
    for a, b in itertools.pairwise(path):
        length = math.dist(a, b)
        if distance <= length and length > 0:
            share = max(0.0, distance) / length
            return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share
        distance -= length
    return path[-1]


def way_out(room: Room, place: Place) -> tuple[XZ, ...]:
    """The way from a place to where people leave the picture: behind the row, along the aisle, out."""
    behind = place.z_m + 0.45
    return (
        (place.x_m, place.z_m), (place.x_m, behind), (room.exit_xz_m[0] * 0.93, behind),
        (room.exit_xz_m[0] * 0.93, 2.6), room.exit_xz_m,
    )  # fmt: skip


def trainee_script(room: Room, place: Place, absences: list[Absence], end_s: float) -> Script:
    """Script of one trainee.

    Args:
        room: where he walks.
        place: where he belongs.
        absences: his own absences, any order.
        end_s: end of the take.

    Returns:
        Sitting (or standing at his bench), and walking out and in again.
    """
    out = way_out(room, place)
    lasts = path_length(out) / WALK_M_PER_S
    rise = max(0.0, 1.72 - place.head_m)
    acts = [Act(0.0, Doing.AT_PLACE, ((place.x_m, place.z_m),))]
    for absence in sorted(absences, key=lambda a: a.leave_s):
        if absence.leave_s <= 0:
            acts = []
        else:
            acts.append(Act(absence.leave_s, Doing.WALKING, out, rise=rise))
        acts.append(Act(absence.leave_s + lasts if acts else 0.0, Doing.AWAY, (room.exit_xz_m,)))
        if absence.return_s is not None and absence.return_s < end_s:
            back = max(absence.return_s, acts[-1].start_s)
            acts.append(Act(back, Doing.WALKING, out[::-1], sink=rise))
            acts.append(Act(back + lasts, Doing.AT_PLACE, ((place.x_m, place.z_m),)))
    return Script(tuple(acts))


def teacher_script(room: Room, seed: int, end_s: float) -> Script:
    """The teacher walks up and down his track and stops for 3 to 25 seconds in between."""
    rng = np.random.default_rng([seed, 33])
    total = path_length(room.track_xz_m)
    at, time_s = float(rng.uniform(0, total)), 0.0
    acts: list[Act] = []
    while time_s <= end_s:
        acts.append(Act(time_s, Doing.STANDING, (_along(room.track_xz_m, at),)))
        time_s += float(rng.uniform(3, 25))
        to = float(rng.uniform(0, total))
        acts.append(Act(time_s, Doing.WALKING, _between(room.track_xz_m, at, to)))
        time_s += abs(to - at) / WALK_M_PER_S
        at = to
    return Script(tuple(acts))


def _between(track: tuple[XZ, ...], start: float, end: float) -> tuple[XZ, ...]:
    """The part of the track between two distances along it, in the order walked."""
    low, high = min(start, end), max(start, end)
    corners, gone = [], 0.0
    for a, b in itertools.pairwise(track):
        gone += math.dist(a, b)
        if low < gone < high:
            corners.append(b)
    path = [_along(track, low), *corners, _along(track, high)]
    return tuple(path if start <= end else path[::-1])


def choose_absences(spec: LessonSpec, movable: list[int]) -> list[Absence]:
    """Return the given absences or, where none are given, some by seed: late, early, or out for a while.

    Args:
        spec: the lesson.
        movable: trainees whose cut-out has legs.
    """
    if spec.absences is not None:
        return list(spec.absences)
    rng = np.random.default_rng([spec.seed, 34])
    if spec.duration_s < 30 or not movable:
        return []
    n_movers = min(len(movable), 1 + int(spec.duration_s // 240), 12)
    chosen = rng.choice(np.asarray(movable), size=n_movers, replace=False)
    absences = []
    for person in (int(p) for p in chosen):
        case, leave = rng.random(), float(rng.uniform(0.15, 0.7)) * spec.duration_s
        if case < 0.3:
            absences.append(Absence(person, 0.0, float(rng.uniform(5, 0.4 * spec.duration_s))))
        elif case < 0.5:
            absences.append(Absence(person, leave, None))
        else:
            away = float(rng.uniform(20, max(25.0, min(400.0, 0.25 * spec.duration_s))))
            absences.append(Absence(person, leave, leave + away))
    return absences


@dataclass(frozen=True, slots=True)
class Gestures:
    """How one person moves at his place: metres of sway, nod and hand, and share of head turn."""

    sway_hz: tuple[float, float, float]
    sway_m: tuple[float, float, float]
    phase: tuple[float, float, float]
    lively: float
    step_s: float
    table: tuple[tuple[float, float, float, float, float, float], ...]

    def at(self, time_s: float) -> tuple[float, float, float, float]:
        """Return sway (m), nod (m), turn (share) and hand (m) at a moment.

        Time is taken in steps of ``step_s``: between them the person keeps still, which a camera at
        25 frames a second hardly shows and which spares most of the drawing.
        """
        t = math.floor(time_s / self.step_s + self.phase[0]) * self.step_s
        calm = 0.55 + 0.45 * math.sin(2 * math.pi * 0.013 * t + self.phase[1])
        sway = calm * sum(
            m * math.sin(2 * math.pi * f * t + p) for m, f, p in zip(self.sway_m, self.sway_hz, self.phase, strict=True)
        )
        block = int(t // _BLOCK_S)
        chance, start, length, size, side, rate = self.table[block % len(self.table)]
        inside = (t - block * _BLOCK_S - start * (_BLOCK_S - 2.0)) / (0.8 + 1.2 * length)
        bump = math.sin(math.pi * inside) ** 2 if 0 <= inside <= 1 else 0.0
        nod = turn = hand = 0.0
        if chance < 0.25:
            nod = 0.035 * size * bump
        elif chance < 0.5:
            turn = (0.25 * size if side < 0.5 else -0.18 * size) * bump
        elif chance < 0.8:
            hand = 0.03 * size * bump * math.sin(2 * math.pi * (1.2 + 1.5 * rate) * t)
        return sway * self.lively, nod, turn, hand


def make_gestures(seed: int, person: int, end_s: float) -> Gestures:
    """Draw the gestures of one person for a take of ``end_s`` seconds."""
    rng = np.random.default_rng([seed, 35, person])
    blocks = rng.random((int(end_s // _BLOCK_S) + 2, 6))
    return Gestures(
        sway_hz=(float(rng.uniform(0.03, 0.08)), float(rng.uniform(0.1, 0.25)), float(rng.uniform(0.25, 0.6))),
        sway_m=(float(rng.uniform(0.01, 0.035)), float(rng.uniform(0.004, 0.014)), float(rng.uniform(0.001, 0.005))),
        phase=(float(rng.uniform(0, 6.3)), float(rng.uniform(0, 6.3)), float(rng.uniform(0, 6.3))),
        lively=float(rng.uniform(0.5, 1.3)),
        step_s=float(rng.uniform(0.06, 0.12)),
        table=tuple((float(b[0]), float(b[1]), float(b[2]), float(b[3]), float(b[4]), float(b[5])) for b in blocks),
    )
