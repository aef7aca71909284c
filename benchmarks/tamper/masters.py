"""The honest lessons that the suite is made from, and the honest hours. Seeds below 1000: dev. From 9000: test.

Test rooms and devices differ from those of dev; nobody looks at test files while developing. Seeds from 7000 to 7999
were the first test split: rules were made of what it showed, so it may only serve as dev material.
"""

import random
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from benchmarks.lessons.spec import (
    CLOCK_PATTERNS,
    ClockStyle,
    Encoding,
    Filming,
    HonestEvent,
    HonestKind,
    LessonSpec,
    SceneKind,
)
from benchmarks.tamper.spec import Master, Recorder

PATTERNS: Final = CLOCK_PATTERNS[:6]
"""Further patterns of the synthesiser must not change what a seed gives."""
SPLITS: Final = ("dev", "test")
FIRST_SEED: Final = {"dev": 600, "test": 9000}
FIRST_HONEST_SEED: Final = {"dev": 800, "test": 9500}
HONEST_LESSONS: Final = {"dev": 8, "test": 40}
HONEST_LESSON_S: Final = 900.0


@dataclass(frozen=True, slots=True)
class Device:
    """A recorder: everything that its recordings have in common.

    Attributes:
        name: unique in a split.
        filming: what takes the picture.
        recorder: marks of its files.
        encoding: how it writes.
        fps: frames per second.
        vfr: variable frame rate.
        size: width and height, pixels.
        clock: whether it burns in a clock.
        days: number of masters in each of its rooms.
        rotation: degrees clockwise.
        noise: sensor noise, luma steps.
    """

    name: str
    filming: Filming
    recorder: Recorder
    encoding: Encoding
    fps: int
    days: tuple[int, ...]
    vfr: bool = False
    size: tuple[int, int] = (640, 360)
    clock: bool = False
    rotation: int = 0
    noise: float = 1.6


_F, _R = Filming, Recorder
DEVICES: Final = {
    "dev": (
        Device("ipc-a", _F.FIXED, _R.NVR, Encoding(gop=50, crf=25, threads=1), 25, (3, 2), clock=True),
        Device("ipc-b", _F.FIXED, _R.NVR, Encoding(gop=100, crf=23, container="mkv", bframes=2, threads=1), 20, (2, 2),
               noise=1.1),
        Device("ipc-c", _F.FIXED, _R.NVR,
               Encoding(codec="h265", preset="ultrafast", gop=60, container="ts", threads=1), 15, (1,)),
        Device("phone-a", _F.TRIPOD, _R.PHONE, Encoding(gop=30, crf=23, threads=1), 30, (1,), vfr=True, rotation=180),
        Device("phone-b", _F.HANDHELD, _R.PHONE, Encoding(gop=24, crf=24, threads=1), 24, (1,), vfr=True),
        Device("screen-a", _F.SCREEN, _R.SOFTWARE, Encoding(gop=250, crf=23, container="mkv", threads=1), 15, (1,)),
    ),
    "test": (
        Device("ipc-p", _F.FIXED, _R.NVR, Encoding(gop=40, crf=25, threads=1), 20, (3, 2), clock=True, noise=1.8),
        Device("ipc-q", _F.FIXED, _R.NVR, Encoding(gop=50, crf=24, container="ts", threads=1), 25, (2, 2), noise=1.4),
        Device("ipc-r", _F.FIXED, _R.NVR,
               Encoding(gop=200, crf=24, container="mkv", bframes=3, scenecut=True, threads=1), 20, (2, 2), noise=1.0),
        Device("ipc-s", _F.FIXED, _R.NVR,
               Encoding(codec="h265", preset="ultrafast", gop=50, crf=26, threads=1), 12, (2,)),
        Device("ipc-t", _F.FIXED, _R.NVR, Encoding(gop=60, crf=27, threads=1), 15, (1,), size=(1280, 720), clock=True),
        Device("phone-p", _F.TRIPOD, _R.PHONE, Encoding(gop=24, crf=24, threads=1), 24, (1, 1), vfr=True, rotation=270),
        Device("phone-q", _F.HANDHELD, _R.PHONE, Encoding(gop=30, crf=23, threads=1), 30, (2,), vfr=True),
        Device("screen-p", _F.SCREEN, _R.SOFTWARE, Encoding(gop=150, crf=23, threads=1), 10, (2,)),
    ),
}  # fmt: skip


def masters(split: str) -> tuple[Master, ...]:
    """All masters of a split, in a fixed order."""
    found: list[Master] = []
    seed, room = FIRST_SEED[split], 0
    for device in DEVICES[split]:
        for days in device.days:
            room_seed, scene = seed, random.Random(seed).choice(list(SceneKind))
            for day in range(days):
                found.append(_master(split, device, scene, room=room, room_seed=room_seed, seed=seed, day=day))
                seed += 1
            room += 1
    return tuple(found)


def _master(split: str, device: Device, scene: SceneKind, *, room: int, room_seed: int, seed: int, day: int) -> Master:
    draw = random.Random(f"master-{seed}")
    clock = None
    if device.clock:
        look = random.Random(f"clock-{device.name}")
        clock = ClockStyle(
            pattern=look.choice(PATTERNS), corner=look.choice(["tl", "tr", "bl", "br"]), plate=look.random() < 0.3
        )
    duration_s = float(draw.randint(130, 180)) if split == "test" else float(draw.randint(120, 150))
    honest = (
        HonestEvent(HonestKind.LIGHTS_OFF, 0.05 * duration_s + draw.uniform(0, 3), draw.uniform(1.5, 4)),
        HonestEvent(HonestKind.WALKER_CLOSE, 0.15 * duration_s + draw.uniform(0, 3), draw.uniform(1.5, 2.5)),
        HonestEvent(HonestKind.KNOCK, 0.92 * duration_s + draw.uniform(0, 2), 1.0),
    )
    spec = LessonSpec(
        seed=seed,
        room_seed=room_seed,
        scene=scene,
        filming=device.filming,
        duration_s=duration_s,
        fps=device.fps,
        vfr=device.vfr,
        size=device.size,
        people=draw.randint(4, 28),
        clock=clock,
        wall_start=datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
        + timedelta(days=7 * room + day, seconds=draw.randint(0, 900)),
        noise=device.noise,
        honest=() if device.filming is Filming.SCREEN else honest,
        encoding=device.encoding,
        truth_step_s=1e5,
    )
    return Master(f"{split}-{device.name}-r{room}d{day}", device.name, room, spec, device.recorder, device.rotation)


def honest_hours(split: str) -> tuple[Master, ...]:
    """Long honest lessons, an honest event every 20 to 60 s, rendered as cheaply as the suite allows."""
    return tuple(_honest_lesson(split, number) for number in range(HONEST_LESSONS[split]))


def _honest_lesson(split: str, number: int) -> Master:
    seed = FIRST_HONEST_SEED[split] + number
    draw = random.Random(f"honest-{seed}")
    filming = draw.choices([*Filming], weights=[30, 4, 3, 3])[0]
    codec = "h265" if draw.random() < 0.2 else "h264"
    container = draw.choice(["mp4", "mp4", "mkv", "ts"])
    vfr = filming in {Filming.TRIPOD, Filming.HANDHELD}
    fps = 24 if vfr else draw.choice([10, 12, 12, 12, 15, 15, 20, 25] if codec == "h264" else [10, 12])
    encoding = Encoding(
        codec=codec,
        preset="ultrafast" if codec == "h265" else draw.choice(["ultrafast", "superfast"]),
        gop=draw.choice([25, 50, 100, 250]),
        crf=draw.choice([23, 25, 27]),
        container=container,
        bframes=draw.choice([0, 0, 2]) if codec == "h264" else 0,
        scenecut=draw.random() < 0.3,
        threads=1,
    )
    recorder = Recorder.SOFTWARE if filming is Filming.SCREEN else Recorder.PHONE if vfr else Recorder.NVR
    clock = None
    if draw.random() < 0.5:
        clock = ClockStyle(
            pattern=draw.choice(PATTERNS), corner=draw.choice(["tl", "tr", "bl", "br"]), plate=draw.random() < 0.3
        )
    spec = LessonSpec(
        seed=seed,
        scene=draw.choice(list(SceneKind)),
        filming=filming,
        duration_s=HONEST_LESSON_S,
        fps=fps,
        vfr=vfr,
        people=draw.choice([4, 6, 8, 10, 12, 16, 28]),
        clock=clock,
        wall_start=datetime(2026, 4, 1, 0, 30, tzinfo=UTC) + timedelta(days=number, seconds=draw.randint(0, 20_000)),
        size=(1280, 720) if random.Random(f"size-{seed}").random() < 0.2 else (640, 360),
        noise=draw.choice([1.0, 1.4, 1.8, 2.2]),
        exposure_drift=draw.uniform(0.0, 0.05),
        honest=() if filming is Filming.SCREEN else tuple(_events(draw)),
        encoding=encoding,
        truth_step_s=1e5,
    )
    return Master(f"{split}-honest-{number:02d}", f"{split}-honest-{number:02d}", 1000 + number, spec, recorder)


def _events(draw: random.Random) -> Iterable[HonestEvent]:
    at_s = draw.uniform(5, 40)
    while at_s < HONEST_LESSON_S - 45:
        kind = draw.choice([*HonestKind])
        longest = {HonestKind.LIGHTS_OFF: 30.0, HonestKind.KNOCK: 1.2, HonestKind.WALKER_CLOSE: 2.5}[kind]
        yield HonestEvent(kind, round(at_s, 2), round(longest * draw.uniform(0.4, 1.0), 2))
        at_s += 30 + draw.uniform(-10, 30)
