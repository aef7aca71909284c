"""What is exactly known about a rendered lesson, in the final file's own time.

``lessonproof.lesson-truth/1`` is the schema. Times are integer nanoseconds from the first presented frame
(``_ns``) with seconds beside them (``_s``). Frame times are the file's own: ``pts`` with its time base,
written as runs of equal steps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Final

from benchmarks.lessons.timeline import NS_PER_S, Value

SCHEMA: Final = "lessonproof.lesson-truth/1"


@dataclass(frozen=True, slots=True)
class EditTruth:
    """One edit as it shows in the file.

    For a seam (``cut``, ``clock_jump``, ``concatenated``) ``start_ns`` is the last frame before it and ``end_ns``
    the first one after it. For a stretch they are its first frame and the first frame after it (or the
    end of the file). For a ``gap``, ``start_ns`` is where the frame before the hole should have ended.

    Attributes:
        kind: finding kind of the architecture page.
        start_ns, end_ns: nanoseconds from the first presented frame.
        detail: what else is exactly known.
    """

    kind: str
    start_ns: int
    end_ns: int
    detail: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class HonestTruth:
    """Something honest that must not become a finding."""

    kind: str
    start_ns: int
    end_ns: int


@dataclass(frozen=True, slots=True)
class PersonBox:
    """A person in a picture.

    Attributes:
        person: number of the trainee, -1 the teacher, -2 somebody passing by.
        box_xyxy_px: what is seen of the person.
        head_xyxy_px: the head.
        head_share: share of the head that nothing hides, 0 to 1.
    """

    person: int
    box_xyxy_px: tuple[int, int, int, int]
    head_xyxy_px: tuple[int, int, int, int]
    head_share: float


@dataclass(frozen=True, slots=True)
class PeopleSample:
    """Who is there at one moment of the file.

    Attributes:
        at_ns: presentation time of the frame.
        present: trainees in the room by their scripts, seen or not; in a foreign stretch those of the
            foreign lesson.
        visible: persons whose head is at least half seen, teacher and passers-by included.
        teacher_visible: whether the teacher is one of them.
        boxes: everybody of whom something is seen, near ones first.
    """

    at_ns: int
    present: int
    visible: int
    teacher_visible: bool
    boxes: tuple[PersonBox, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A trainee who went out of view (``left``) or came into it (``entered``)."""

    person: int
    event: str
    at_ns: int


@dataclass(frozen=True, slots=True)
class ClockTruth:
    """The burned-in clock.

    Attributes:
        pattern: text pattern, see ``ClockStyle``.
        box_xyxy_px: where it lies at the beginning.
        wall_start: ISO 8601 time of the first captured frame.
        first_text, last_text: what it shows on the first and on the last frame.
    """

    pattern: str
    box_xyxy_px: tuple[int, int, int, int]
    wall_start: str
    first_text: str
    last_text: str


@dataclass(frozen=True, slots=True)
class LessonTruth:
    """Everything known about one file.

    Attributes:
        path: file name without folder.
        seed: seed of the lesson.
        scene: ``classroom`` or ``workshop``.
        container, codec, gop, fps, vfr, size: how it was written.
        has_audio: whether there is a sound track.
        time_base: of the video track.
        pts: presentation time stamps of all frames, ascending.
        duration_ns: from the first frame's presentation to the end of the last one.
        edits: what was done.
        honest: what happened honestly.
        joint_ns: every moment at which the picture's own time jumps (also the ends of inserted stretches).
        people: samples.
        passages: people who came and went.
        posters: where the walls show pictures of a person, pixels.
        people_total, teacher: trainees on the roll, and whether there is a teacher.
        stations: workstations, polygon in pixels.
        station_of: station of each trainee, empty in a classroom.
        clock: the burned-in clock.
    """

    path: str
    seed: int
    scene: str
    container: str
    codec: str
    gop: int
    fps: int
    vfr: bool
    size: tuple[int, int]
    has_audio: bool
    time_base: Fraction
    pts: Sequence[int]
    duration_ns: int
    edits: tuple[EditTruth, ...]
    honest: tuple[HonestTruth, ...]
    joint_ns: tuple[int, ...]
    people: tuple[PeopleSample, ...]
    passages: tuple[Passage, ...]
    posters: tuple[tuple[int, int, int, int], ...]
    people_total: int
    teacher: bool
    stations: Mapping[str, tuple[tuple[int, int], ...]]
    station_of: Mapping[int, str]
    clock: ClockTruth | None

    @property
    def duration_s(self) -> float:
        """Length of the file's picture, seconds."""
        return self.duration_ns / NS_PER_S

    def frame_ns(self) -> list[int]:
        """Return the presentation time of each frame, ns from the first one."""
        return [pts_to_ns(p - self.pts[0], self.time_base) for p in self.pts]

    def of_kind(self, kind: str) -> list[EditTruth]:
        """Return the edits of one kind, by time."""
        return [e for e in self.edits if e.kind == kind]

    def as_document(self) -> dict[str, object]:
        """Return the truth as plain JSON values."""
        return {
            "schema": SCHEMA,
            "path": self.path,
            "seed": self.seed,
            "scene": self.scene,
            "duration_ns": self.duration_ns,
            "duration_s": self.duration_s,
            "container": self.container,
            "video": {
                "codec": self.codec, "gop": self.gop, "fps": self.fps, "vfr": self.vfr,
                "width": self.size[0], "height": self.size[1],
            },
            "audio": self.has_audio,
            "frames": {
                "count": len(self.pts),
                "time_base": [self.time_base.numerator, self.time_base.denominator],
                "first_pts": self.pts[0],
                "step_runs": _runs(self.pts),
            },
            "edits": [_span(e.kind, e.start_ns, e.end_ns) | {"detail": dict(e.detail)} for e in self.edits],
            "honest": [_span(h.kind, h.start_ns, h.end_ns) for h in self.honest],
            "joints_ns": list(self.joint_ns),
            "people": {
                "total": self.people_total,
                "teacher": self.teacher,
                "samples": [_sample(s) for s in self.people],
                "passages": [
                    {"person": p.person, "event": p.event, "at_ns": p.at_ns, "at_s": p.at_ns / NS_PER_S}
                    for p in self.passages
                ],
            },
            "posters_xyxy_px": [list(box) for box in self.posters],
            "stations": [
                {
                    "id": k,
                    "polygon_px": [list(p) for p in v],
                    "people": [n for n, s in self.station_of.items() if s == k],
                }
                for k, v in self.stations.items()
            ],
            "clock": None if self.clock is None else {
                "pattern": self.clock.pattern, "box_xyxy_px": list(self.clock.box_xyxy_px),
                "wall_start": self.clock.wall_start,
                "first_text": self.clock.first_text, "last_text": self.clock.last_text,
            },
        }  # fmt: skip

    def to_json(self) -> str:
        """Return the truth as JSON text."""
        return json.dumps(self.as_document(), ensure_ascii=False, indent=1)


def pts_to_ns(pts: int, time_base: Fraction) -> int:
    """Return a time stamp in nanoseconds, rounded to the nearest one."""
    return round(pts * time_base * NS_PER_S)


def _runs(pts: Sequence[int]) -> list[list[int]]:
    """Steps between time stamps as ``[step, how often]``."""
    steps = (b - a for a, b in pairwise(pts))
    return [[step, sum(1 for _ in group)] for step, group in groupby(steps)]


def _span(kind: str, start_ns: int, end_ns: int) -> dict[str, object]:
    return {
        "kind": kind, "start_s": start_ns / NS_PER_S, "end_s": end_ns / NS_PER_S,
        "start_ns": start_ns, "end_ns": end_ns,
    }  # fmt: skip


def _sample(sample: PeopleSample) -> dict[str, object]:
    return {
        "t_s": sample.at_ns / NS_PER_S,
        "at_ns": sample.at_ns,
        "present": sample.present,
        "visible": sample.visible,
        "teacher_visible": sample.teacher_visible,
        "boxes": [
            {"person": b.person, "box_xyxy_px": list(b.box_xyxy_px), "head_xyxy_px": list(b.head_xyxy_px),
             "head_share": round(b.head_share, 3)}
            for b in sample.boxes
        ],
    }  # fmt: skip
