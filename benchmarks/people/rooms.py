"""Rooms for the counting benchmark: synthesised lessons with 4 to 60 people, and what is exactly known of them.

A person is *visible* where at least half of the head's own pixels are seen, behind furniture, others and the picture's
edge (``benchmarks.lessons.render.HEAD_SHARE_VISIBLE``); the teacher counts. *Present* are the trainees in the room by
their scripts, seen or not. Everything is drawn from the seed.
"""

import json
from collections.abc import Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons import Absence, Encoding, HonestEvent, HonestKind, LessonSpec, SceneKind, render_lesson

SIZES_OF_CLASSES: Final = ((4, 10), (11, 20), (21, 40), (41, 60))
"""People, first and last: every fourth seed has a class of the same size."""
FPS: Final = 4
SHORT_S: Final = 100.0
LONG_S: Final = 340.0
"""A lesson with posters: nobody is told to be one before five minutes have passed."""
TRUTH_STEP_S: Final = 1.0
SMALL_PX: Final = (960, 540)
LARGE_PX: Final = (1280, 720)
"""Full rooms, whose last rows are small in the picture; posters are left to the other ones, which are cheap to draw."""
MOVING_SHARE: Final = 0.15
"""Of the trainees, so many come late, leave early or go out for a while."""

Boxes = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class SeenPerson:
    """One person at one moment: number (-1 the teacher, -2 a passer-by), box in shares of the picture, head share."""

    person: int
    box_xyxy: tuple[float, float, float, float]
    head_share: float


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """Who is there at one moment; ``present`` counts trainees by their scripts."""

    at_ns: int
    present: int
    visible: int
    people: tuple[SeenPerson, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RoomTruth:
    """What is known about a rendered lesson.

    Attributes:
        seed: of everything.
        scene: ``classroom`` or ``workshop``.
        roster: trainees on the roll.
        moments: every ``TRUTH_STEP_S`` seconds, in time order.
        left: trainee and instant at which he went out of view for good.
        entered: trainee and instant at which he came into it.
        posters_xyxy: persons on posters, shares of the picture.
    """

    seed: int
    scene: str
    roster: int
    moments: tuple[Moment, ...]
    left: tuple[tuple[int, int], ...]
    entered: tuple[tuple[int, int], ...]
    posters_xyxy: Boxes

    def at(self, time_ns: int) -> Moment:
        """The moment nearest to an instant."""
        return min(self.moments, key=lambda moment: abs(moment.at_ns - time_ns))

    def came_within(self, window_ns: int) -> int:
        """Trainees who were in the room at some time before ``window_ns``."""
        first: dict[int, tuple[int, bool]] = {}
        for person, at_ns in self.left:
            first[person] = min(first.get(person, (at_ns, False)), (at_ns, False))
        for person, at_ns in self.entered:
            first[person] = min(first.get(person, (at_ns, True)), (at_ns, True))
        late = sum(is_entry and at_ns < window_ns for at_ns, is_entry in first.values())
        return self.moments[0].present + late


def room_spec(seed: int) -> LessonSpec:
    """The lesson of a seed: four class sizes, two kinds of room, posters in every other one."""
    rng = np.random.default_rng([seed, 91])
    least, most = SIZES_OF_CLASSES[seed % 4]
    people = int(rng.integers(least, most + 1))
    is_large = least > SIZES_OF_CLASSES[1][1]
    posters = int(rng.integers(2, 5)) if (seed // 8 + seed) % 2 and not is_large else 0
    duration_s = LONG_S if posters else SHORT_S
    gop = int(rng.choice([1, 2, 4])) * FPS
    passer = HonestEvent(HonestKind.WALKER_CLOSE, round(float(rng.uniform(30, duration_s - 30)), 1), 2.5)
    return LessonSpec(
        seed=seed,
        scene=SceneKind.CLASSROOM if (seed // 4) % 2 == 0 else SceneKind.WORKSHOP,
        duration_s=duration_s,
        fps=FPS,
        size=LARGE_PX if is_large else SMALL_PX,
        people=people,
        absences=_absences(rng, people, duration_s),
        posters=posters,
        noise=float(rng.uniform(1.0, 2.2)),
        exposure_drift=float(rng.uniform(0.0, 0.05)),
        honest=(passer,) if rng.random() < 0.3 else (),
        encoding=Encoding(gop=gop, crf=int(rng.integers(22, 29)), threads=1),
        truth_step_s=TRUTH_STEP_S,
    )


def _absences(rng: np.random.Generator, people: int, duration_s: float) -> tuple[Absence, ...]:
    absences = []
    for person in rng.permutation(people)[: round(MOVING_SHARE * people) + 1].tolist():
        leave_s = round(float(rng.uniform(0.2, 0.75)) * duration_s, 1)
        case = int(rng.integers(3))
        if case == 0:
            absences.append(Absence(person, 0.0, round(float(rng.uniform(15, 0.3 * duration_s)), 1)))
        elif case == 1:
            absences.append(Absence(person, leave_s))
        else:
            absences.append(Absence(person, leave_s, round(leave_s + float(rng.uniform(25, 80)), 1)))
    return tuple(absences)


def room_path(seed: int, folder: Path) -> Path:
    """Where the recording of a seed lies."""
    return folder / f"room-{seed}.mp4"


def render_rooms(seeds: list[int], folder: Path, jobs: int) -> None:
    """Render the rooms that are not there yet; ``jobs`` at a time."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [seed for seed in seeds if not _truth_path(seed, folder).exists()]
    with ProcessPoolExecutor(max(1, jobs)) as pool:
        list(pool.map(partial(_render, folder=folder), missing))


def _render(seed: int, folder: Path) -> None:
    cv2.setNumThreads(1)
    truth = render_lesson(room_spec(seed), room_path(seed, folder))
    # Written last and in one move: a render that was broken off is done again.
    draft = _truth_path(seed, folder).with_suffix(".part")
    draft.write_text(json.dumps(truth.as_document()), encoding="utf-8")
    draft.replace(_truth_path(seed, folder))


def _truth_path(seed: int, folder: Path) -> Path:
    return room_path(seed, folder).with_suffix(".truth.json")


def read_truth(seed: int, folder: Path) -> RoomTruth:
    """Read what is known about a rendered room."""
    return truth_from(json.loads(_truth_path(seed, folder).read_text(encoding="utf-8")))


def truth_from(document: Mapping[str, Any]) -> RoomTruth:
    """From ``lessonproof.lesson-truth/1`` to what this benchmark needs of it."""
    size = np.array([document["video"]["width"], document["video"]["height"]] * 2, np.float64)
    moments = tuple(
        Moment(
            sample["at_ns"],
            sample["present"],
            sample["visible"],
            tuple(
                SeenPerson(one["person"], _shares(one["box_xyxy_px"], size), one["head_share"])
                for one in sample["boxes"]
            ),
        )
        for sample in document["people"]["samples"]
    )
    passages = document["people"]["passages"]
    return RoomTruth(
        seed=document["seed"],
        scene=document["scene"],
        roster=document["people"]["total"],
        moments=moments,
        left=tuple((p["person"], p["at_ns"]) for p in passages if p["event"] == "left"),
        entered=tuple((p["person"], p["at_ns"]) for p in passages if p["event"] == "entered"),
        posters_xyxy=np.array(document["posters_xyxy_px"], np.float64).reshape(-1, 4) / size,
    )


def _shares(box_px: list[int], size: Boxes) -> tuple[float, float, float, float]:
    left, top, right, bottom = (np.array(box_px) / size).tolist()
    return left, top, right, bottom
