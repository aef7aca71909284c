"""Lessons by chance: a different room, crowd, encoder, clock and, if wanted, forgery for each seed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

import numpy as np

from benchmarks.lessons.spec import (
    CLOCK_PATTERNS,
    ClockStyle,
    Edit,
    EditKind,
    Encoding,
    HonestEvent,
    HonestKind,
    LessonSpec,
    SceneKind,
)

_EDITABLE: Final = (
    EditKind.CUT, EditKind.CUT, EditKind.SPLICE, EditKind.LOOP, EditKind.FREEZE, EditKind.BLACK, EditKind.COVERED,
    EditKind.SPEED, EditKind.REVERSED, EditKind.GAP, EditKind.DROPPED_FRAMES, EditKind.AUDIO_GAP, EditKind.CONCATENATED,
    EditKind.CLOCK_JUMP,
)  # fmt: skip


def random_spec(
    seed: int, *, duration_s: float = 60.0, n_edits: int = 0, n_honest: int = 2, size: tuple[int, int] = (1280, 720)
) -> LessonSpec:
    """Draw a lesson.

    Args:
        seed: decides everything else.
        duration_s: length of the undisturbed take, seconds.
        n_edits: edits to make; 0 gives an honest recording.
        n_honest: honest events (lights, knocks, people close to the lens).
        size: width and height, pixels.

    Returns:
        A specification whose edits and events do not overlap.
    """
    rng = np.random.default_rng([seed, 61])
    vfr = bool(rng.random() < 0.25)
    h265 = bool(rng.random() < 0.3)
    day = datetime(2024, 3, 1, tzinfo=UTC) + timedelta(days=int(rng.integers(0, 600)))
    spec = LessonSpec(
        seed=seed,
        scene=SceneKind.CLASSROOM if rng.random() < 0.6 else SceneKind.WORKSHOP,
        duration_s=duration_s,
        fps=30 if vfr else int(rng.choice([15, 20, 25, 25, 25, 30])),
        vfr=vfr,
        size=size,
        people=int(rng.integers(4, 41)),
        teacher=bool(rng.random() < 0.9),
        clock=_random_clock(rng),
        wall_start=day + timedelta(minutes=int(rng.integers(0, 540)), seconds=int(rng.integers(0, 60))),
        noise=float(rng.uniform(1.0, 2.2)),
        exposure_drift=float(rng.uniform(0.0, 0.05)),
        encoding=Encoding(
            codec="h265" if h265 else "h264",
            gop=int(rng.choice([25, 50, 75, 100, 125, 250])),
            container=str(rng.choice(["mp4", "mp4", "mkv", "ts"])),
            crf=int(rng.integers(21, 27)),
            preset="ultrafast" if h265 else str(rng.choice(["ultrafast", "superfast", "veryfast"])),
            bframes=int(rng.choice([0, 0, 2])),
            scenecut=bool(rng.random() < 0.3),
            audio_rate_hz=int(rng.choice([16_000, 32_000, 44_100, 48_000])),
        ),
    )
    slots = _slots(rng, duration_s, n_edits + n_honest)
    honest = tuple(_random_honest(rng, *slot) for slot in slots[:n_honest])
    edits = tuple(_random_edit(rng, *slot) for slot in slots[n_honest:])
    return replace(spec, honest=honest, edits=edits)


def _random_clock(rng: np.random.Generator) -> ClockStyle | None:
    if rng.random() < 0.15:
        return None
    return ClockStyle(
        pattern=str(rng.choice(CLOCK_PATTERNS)),
        corner=str(rng.choice(["tl", "tl", "tr", "bl", "br"])),
        height_share=float(rng.uniform(0.03, 0.05)),
        plate=bool(rng.random() < 0.25),
    )


def _slots(rng: np.random.Generator, duration_s: float, count: int) -> list[tuple[float, float]]:
    """Start and longest length of ``count`` stretches that keep clear of each other, shuffled."""
    pitch = duration_s / (count + 1) if count else duration_s
    slots = [((k + 0.6 + 0.3 * float(rng.random())) * pitch, 0.4 * pitch) for k in range(count)]
    return [slots[int(k)] for k in rng.permutation(count)]


def _random_honest(rng: np.random.Generator, start_s: float, room_s: float) -> HonestEvent:
    kind = HonestKind(str(rng.choice(list(HonestKind))))
    longest = {HonestKind.LIGHTS_OFF: 40.0, HonestKind.KNOCK: 1.2, HonestKind.WALKER_CLOSE: 2.5}[kind]
    return HonestEvent(kind, round(start_s, 2), round(min(longest, room_s) * float(rng.uniform(0.6, 1.0)), 2))


def _random_edit(rng: np.random.Generator, start_s: float, room_s: float) -> Edit:
    kind = EditKind(str(rng.choice(list(_EDITABLE))))
    length_s = 0.0 if kind in {EditKind.CONCATENATED, EditKind.CLOCK_JUMP} else room_s * float(rng.uniform(0.3, 1.0))
    if kind is EditKind.CUT and rng.random() < 0.4:  # a jump cut
        length_s = min(length_s, float(rng.uniform(0.4, 2.5)))
    edit = Edit(
        kind,
        round(start_s, 2),
        round(min(length_s, 90.0), 2),
        factor=float(rng.choice([0.5, 0.8, 1.25, 1.5, 2.0])) if kind is EditKind.SPEED else None,
        foreign_seed=int(rng.integers(1 << 30)) if kind is EditKind.SPLICE else None,
        every_n=int(rng.choice([2, 3, 5])) if kind is EditKind.DROPPED_FRAMES else None,
        shift_s=float(rng.choice([-3600, -600, 60, 1800])) if kind is EditKind.CLOCK_JUMP else None,
    )
    if kind in {EditKind.LOOP, EditKind.FREEZE, EditKind.SPLICE}:
        edit = replace(edit, insert=bool(rng.random() < 0.3))
    if kind is EditKind.SPLICE:
        edit = replace(edit, same_room=bool(rng.random() < 0.5))
    if kind is EditKind.AUDIO_GAP:
        edit = replace(edit, missing=bool(rng.random() < 0.3))
    return edit
