"""What is exactly known about a file of the suite, in its own time: nanoseconds from the first presented frame."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import av
import numpy as np

from benchmarks.lessons.encode import presented_pts
from benchmarks.lessons.truth import pts_to_ns

SCHEMA: Final = "lessonproof.tamper-truth/1"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was done.

    Attributes:
        kind: finding kind.
        start_ns, end_ns: for a seam the last frame before it and the first one after; for a stretch its first frame
            and the first one after it; for the whole file its ends.
        whole: the whole file is meant: borders do not count.
        detail: what else is known.
    """

    kind: str
    start_ns: int
    end_ns: int
    whole: bool = False
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Truth:
    """A file and what was done to it.

    Attributes:
        name: of the case or master.
        duration_ns: from the first frame to the end of the last one.
        frame_ns: usual step from frame to frame.
        has_audio: whether there is a sound track.
        events: what must be found.
        facts: kinds that are true of the file as a whole and may be told, though nobody asks for them.
        declared_start: when the lesson is said to have been held, ISO 8601.
    """

    name: str
    duration_ns: int
    frame_ns: int
    has_audio: bool
    events: tuple[Event, ...] = ()
    facts: frozenset[str] = frozenset()
    declared_start: str | None = None

    def as_document(self) -> dict[str, Any]:
        """As JSON values."""
        return {
            "schema": SCHEMA,
            "name": self.name,
            "duration_ns": self.duration_ns,
            "frame_ns": self.frame_ns,
            "has_audio": self.has_audio,
            "events": [
                {"kind": e.kind, "start_ns": e.start_ns, "end_ns": e.end_ns, "whole": e.whole, "detail": dict(e.detail)}
                for e in self.events
            ],
            "facts": sorted(self.facts),
            "declared_start": self.declared_start,
        }


def truth_from_document(document: Mapping[str, Any]) -> Truth:
    """Read back what :meth:`Truth.as_document` wrote; ``ValueError`` for another schema."""
    if document["schema"] != SCHEMA:
        raise ValueError(f"expected {SCHEMA}, got {document['schema']!r}")
    return Truth(
        name=document["name"],
        duration_ns=document["duration_ns"],
        frame_ns=document["frame_ns"],
        has_audio=document["has_audio"],
        events=tuple(Event(**event) for event in document["events"]),
        facts=frozenset(document["facts"]),
        declared_start=document["declared_start"],
    )


def frame_times_ns(path: Path) -> tuple[list[int], int]:
    """When each picture is presented, ns from the first one, and the usual step."""
    pts, time_base = presented_pts(path)
    times = [pts_to_ns(p - pts[0], time_base) for p in pts]
    return times, int(np.median(np.diff(times))) if len(times) > 1 else 40_000_000


def honest_truth(path: Path, name: str) -> Truth:
    """Truth about a file that nobody touched; a clip without sound may be told to have none."""
    times, step = frame_times_ns(path)
    with av.open(str(path)) as container:
        has_audio = bool(container.streams.audio)
    return Truth(name, times[-1] + step, step, has_audio, facts=frozenset() if has_audio else frozenset({"no_audio"}))


def with_facts(truth: Truth, *facts: str) -> Truth:
    """The same with further facts of the whole file."""
    return replace(truth, facts=truth.facts | set(facts))
