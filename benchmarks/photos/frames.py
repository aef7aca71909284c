"""Tell photographs that are frames of a recording from snapshots of the same fixed camera, and count both mistakes.

    python -m benchmarks.photos.frames --footage DIR --models DIR --lessons DIR --part seen|blind

Each clip is encoded anew with H.264 at three quality factors, all but its last quarter: the recording that is handed
in. Photographs are saved as JPEG, scaled and cropped: frames of that recording, the same pictures before they were
encoded, and, as honest ones, pictures of the clip's last quarter and of another day in the same room. Rendered lessons
are made in ``--lessons`` where they are not there; clips of some seconds are shown slower.
"""

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.lessons.random_spec import random_spec
from benchmarks.lessons.render import render_lesson
from benchmarks.photos.forging import saved
from lessonproof.analysis.photo_copy import PhotoLook
from lessonproof.analysis.photo_shelf import unsearchable
from lessonproof.media.pictures import rgb_of
from lessonproof.models.clock_reader_registry import open_clock_reader
from lessonproof.service.counting import find_weights, open_counter
from lessonproof.workers.photo_frames import FrameSearch, RecordedFrames, RecordingFile
from lessonproof.workers.photos import PhotoTools, look_of

Picture = NDArray[np.uint8]
QUALITY_FACTORS: Final = (23, 28, 33)
KINDS: Final = ("screenshot", "original", "later", "another day")
HONEST: Final = frozenset({"later", "another day"})
CLIPS: Final = ("classroom.gif", "worker-zone-detection.gif", "people-detection.gif", "store-aisle-detection.gif")
"""Of some seconds each, shown eight times slower; the fine test's limits were set on them, so they are never blind."""
SLOWER: Final = 8
SEEDS: Final = {"seen": range(52000, 52001), "blind": range(52500, 52504)}
LESSON_S, DAY_S = 40.0, 8.0
RECORDED_SHARE: Final = 0.75
LEAST_GAP_S: Final = 0.5
PER_KIND: Final = 2
LONG_SIDE_PX: Final = 960


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """Pictures ``(H, W, 3)`` of one fixed camera, of another day where there are some, and how fast they are shown."""

    name: str
    pictures: Sequence[Picture]
    another_day: Sequence[Picture]
    fps: Fraction
    seconds_apart: float


@dataclass(frozen=True, slots=True)
class Trial:
    """One photograph of a take, searched in the recording made of it; ``off_s``: by how much the told time is wrong."""

    take: str
    kind: str
    crf: int
    quality: int
    is_searchable: bool
    search: FrameSearch
    off_s: float | None


def takes(part: str, footage: Path, lessons: Path) -> Iterator[Take]:
    """The clips of a part."""
    if part == "seen":
        for name in CLIPS:
            pictures, fps = _pictures(footage / name)
            yield Take(name, pictures, (), fps / SLOWER, float(1 / fps))
    for seed in SEEDS[part]:
        pictures, fps = _pictures(_lesson(lessons, seed, seed, LESSON_S))
        another, _ = _pictures(_lesson(lessons, seed + 50, seed, DAY_S))
        yield Take(f"lesson {seed}", pictures, another[:: max(1, len(another) // 8)], fps, float(1 / fps))


def _lesson(folder: Path, seed: int, room_seed: int, duration_s: float) -> Path:
    path = folder / f"{seed}-{room_seed}.mp4"
    if not path.exists():
        spec = random_spec(seed, duration_s=duration_s, n_honest=0, size=(1280, 720))
        encoding = replace(spec.encoding, codec="h264", container="mp4", crf=12)
        spec = replace(spec, room_seed=room_seed, people=8, fps=15, vfr=False, encoding=encoding)
        render_lesson(replace(spec, scene=random_spec(room_seed).scene), path)
    return path


def _pictures(path: Path) -> tuple[list[Picture], Fraction]:
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        rate = Fraction(stream.average_rate or 15).limit_denominator(1000)
        return [rgb_of(frame, LONG_SIDE_PX) for frame in container.decode(stream)], rate


def encode(path: Path, pictures: Sequence[Picture], fps: Fraction, crf: int) -> None:
    """Write a recording with a random-access picture each two seconds."""
    height, width = (side // 2 * 2 for side in pictures[0].shape[:2])
    with av.open(str(path), "w") as container:
        options = {"crf": str(crf), "preset": "veryfast", "g": str(max(1, round(2 * fps)))}
        stream = container.add_stream("libx264", rate=fps, options=options)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for picture in pictures:
            cut = np.ascontiguousarray(picture[:height, :width])
            container.mux(stream.encode(av.VideoFrame.from_ndarray(cut, format="rgb24")))
        container.mux(stream.encode(None))


def photographed(picture: Picture, rng: Random) -> tuple[Picture, int]:
    """A picture as it is handed in: cropped by 0 to 5 %, scaled by 0.6 to 1, JPEG quality 60 to 95; that quality."""
    cropped, scale, quality = rng.uniform(0, 0.05), rng.uniform(0.6, 1), rng.randint(60, 95)
    height, width = picture.shape[:2]
    top, left = (int(rng.uniform(0, cropped) * side) for side in (height, width))
    cut = picture[top : top + int(height * (1 - cropped)), left : left + int(width * (1 - cropped))]
    small = np.asarray(cv2.resize(cut, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    return saved(small, quality), quality


def trials_of(take: Take, tools: PhotoTools) -> Iterator[Trial]:
    """Every photograph of a take, at each quality factor."""
    end = int(RECORDED_SHARE * len(take.pictures))
    later = take.pictures[end + max(1, round(LEAST_GAP_S / take.seconds_apart)) :]
    for crf in QUALITY_FACTORS:
        rng = Random(f"{take.name} {crf}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "recording.mp4"
            encode(path, take.pictures[:end], take.fps, crf)
            recorded = {"screenshot": take.pictures[:end], "original": take.pictures[:end]}
            chosen = _chosen(recorded | {"later": later, "another day": take.another_day}, rng)
            chosen = _as_recorded(path, chosen)
            shown = [photographed(picture, rng) for _, _, picture in chosen]
            looks = [look_of(picture, tools) for picture, _ in shown]
            searches = _searched(path, looks)
        for (kind, row, _), (_, quality), look, search in zip(chosen, shown, looks, searches, strict=True):
            found = search.found
            off_s = None if found is None else abs(found.time_ns / 1e9 - float(row / take.fps))
            yield Trial(take.name, kind, crf, quality, unsearchable(look) is None, search, off_s)


def _chosen(sources: dict[str, Sequence[Picture]], rng: Random) -> list[tuple[str, int, Picture]]:
    chosen = []
    for kind, pictures in sources.items():
        count = PER_KIND * (2 if kind == "later" else 1)
        rows = rng.sample(range(len(pictures)), min(count, len(pictures)))
        chosen += [(kind, row, pictures[row]) for row in rows]
    return chosen


def _as_recorded(path: Path, chosen: Sequence[tuple[str, int, Picture]]) -> list[tuple[str, int, Picture]]:
    """Screenshots as they come out of the recording."""
    wanted = {row for kind, row, _ in chosen if kind == "screenshot"}
    with av.open(str(path)) as container:
        frames = enumerate(container.decode(video=0))
        shown = {row: rgb_of(frame, LONG_SIDE_PX) for row, frame in frames if row in wanted}
    return [(kind, row, shown[row] if kind == "screenshot" else picture) for kind, row, picture in chosen]


def _searched(path: Path, looks: Sequence[PhotoLook]) -> list[FrameSearch]:
    frames = RecordedFrames()
    frames.add(RecordingFile("P1", path.name, hashlib.sha256(path.read_bytes()).hexdigest(), path))
    rows = [row for row, look in enumerate(looks) if unsearchable(look) is None]
    found = dict(zip(rows, frames.search([looks[row] for row in rows]), strict=True))
    return [found.get(row, FrameSearch(None, "unsearchable")) for row in range(len(looks))]


def report(part: str, trials: Sequence[Trial]) -> None:
    """Print one part's figures."""
    print(f"\n{part}: {len({trial.take for trial in trials})} takes, {len(trials)} photographs")
    for kind in KINDS:
        for crf in QUALITY_FACTORS:
            own = [trial for trial in trials if (trial.kind, trial.crf) == (kind, crf)]
            searched = [trial for trial in own if trial.is_searchable]
            told = [trial for trial in searched if trial.search.found is not None]
            print(f"  {kind:11} crf {crf}: {len(own)} photographs, searchable {len(searched)}, told {len(told)}")
    off = sorted(trial.off_s for trial in trials if trial.off_s is not None and trial.kind not in HONEST)
    if off:
        print(f"  told time: half within {off[len(off) // 2]:.2f} s, all within {off[-1]:.2f} s")
    for trial in trials:
        if trial.kind in HONEST and trial.search.found is not None:
            print(f"  TOLD ON AN HONEST PHOTOGRAPH: {trial.take} {trial.kind} crf {trial.crf} {trial.off_s}")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.photos.frames", description=__doc__)
    for name in ("footage", "models", "lessons"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--part", choices=tuple(SEEDS), required=True)
    parser.add_argument("--only", help="part of a take's name")
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    tools = PhotoTools(Path(), open_counter(find_weights(None, arguments.models)), None, open_clock_reader())
    found: list[Trial] = []
    for take in takes(arguments.part, arguments.footage, arguments.lessons):
        if arguments.only is None or arguments.only in take.name:
            started_s = time.process_time()
            found += trials_of(take, tools)
            print(f"{take.name}: {time.process_time() - started_s:.0f} s of processor time", flush=True)
    report(arguments.part, found)


if __name__ == "__main__":
    main()
