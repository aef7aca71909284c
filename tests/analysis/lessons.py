"""A long lesson as arrays: people who move, each in a way of their own, shown in any order of its moments."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.borders import Border
from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.structure import small_picture
from lessonproof.analysis.thumbnails import Thumbnails, thumbnail
from lessonproof.evidence.intervals import Interval
from tests.analysis.scenes import FRAME_NS, PEOPLE, Picture, room

FPS: Final = 25
KEY_EVERY: Final = 50
_NOISE_LEVELS: Final = 1.0


def moment(number: int, seed: int = 0) -> Picture:
    """The room at frame ``number`` of the take of a seed; no moment returns."""
    time_s = number / FPS
    rng = np.random.default_rng(seed + 1)
    places = []
    for left, top in PEOPLE:
        period = rng.uniform(3.0, 40.0, 4)
        phase = rng.uniform(0.0, 6.3, 4)
        dx = 7.0 * np.sin(6.283 * time_s / period[0] + phase[0]) + 3.0 * np.sin(6.283 * time_s / period[1] + phase[1])
        dy = 4.0 * np.sin(6.283 * time_s / period[2] + phase[2]) + 2.0 * np.sin(6.283 * time_s / period[3] + phase[3])
        places.append((left + round(dx), top + round(dy)))
    return room(places)


@dataclass(frozen=True, slots=True, eq=False)
class Lesson:
    """A recording of which each frame shows one moment of a take.

    Attributes:
        shown: shape ``(N,)``, which moment each frame shows.
        mirrored: frames that are seen in a mirror.
        gain: brightness of each frame.
        seed: which take.
        frame_ns: time from one frame to the next.
    """

    shown: NDArray[np.int64]
    mirrored: frozenset[int] = frozenset()
    gain: float = 1.0
    seed: int = 0
    frame_ns: int = FRAME_NS

    def picture(self, frame: int) -> NDArray[np.uint8]:
        """The picture with noise of its own."""
        clean = moment(int(self.shown[frame]), self.seed)
        if frame in self.mirrored:
            clean = np.asarray(clean[:, ::-1], np.float32)
        noise = np.random.default_rng(10_000 + frame).normal(0.0, _NOISE_LEVELS, clean.shape)
        return np.clip(np.round(clean * self.gain + noise), 0, 255).astype(np.uint8)

    def thumbs(self) -> Thumbnails:
        """Of every fiftieth frame."""
        frames = np.arange(0, self.shown.size, KEY_EVERY)
        return Thumbnails(frames * self.frame_ns, np.stack([thumbnail(self.picture(int(f))) for f in frames]))

    def table(self, sizes: NDArray[np.int64] | None = None) -> PacketTable:
        """Packets whose sizes say nothing, or given ones."""
        count = self.shown.size
        is_key = np.arange(count) % KEY_EVERY == 0
        if sizes is None:
            sizes = np.random.default_rng(5).integers(900, 1100, count)
        size_bytes = np.where(is_key, 9000, sizes).astype(np.int64)
        times = np.arange(count, dtype=np.int64) * self.frame_ns
        return PacketTable(times, size_bytes, np.cumsum(size_bytes), is_key, np.zeros(count, np.bool_), self.frame_ns)

    def border(self, frame: int, *, is_weak: bool = False) -> Border:
        """The border in front of a frame."""
        before = np.stack([small_picture(self.picture(f)) for f in range(frame - 8, frame)])
        after = np.stack([small_picture(self.picture(f)) for f in range(frame, frame + 8)])
        times = ((frame - 1) * self.frame_ns, frame * self.frame_ns)
        return Border(*times, 5.0, 30, is_weak, before, after, self.frame_ns)


class LessonSource:
    """A frame source over a lesson; notes what it had to decode."""

    def __init__(self, lesson: Lesson) -> None:
        self._lesson = lesson
        self.decoded_ns = 0

    def window(self, stretch: Interval) -> FrameWindow | None:
        """Every frame shown in a stretch."""
        first = -(-stretch.start_ns // self._lesson.frame_ns)
        end = min(self._lesson.shown.size, -(-stretch.end_ns // self._lesson.frame_ns))
        if first >= end:
            return None
        self.decoded_ns += self.cost_ns(stretch)
        frames = range(first, end)
        ones = np.ones(len(frames), np.float64)
        return FrameWindow(
            time_ns=np.array(frames, np.int64) * self._lesson.frame_ns,
            is_key=np.array([f % KEY_EVERY == 0 for f in frames], np.bool_),
            small=np.stack([small_picture(self._lesson.picture(f)) for f in frames]),
            bright_luma=ones,
            spread_luma=ones,
            equal_share=ones,
            still_share=ones,
        )

    def cost_ns(self, stretch: Interval) -> int:
        """From the random-access picture before."""
        key_ns = KEY_EVERY * self._lesson.frame_ns
        return stretch.end_ns - stretch.start_ns // key_ns * key_ns


def plain(seconds: float) -> NDArray[np.int64]:
    """Every moment once."""
    return np.arange(round(seconds * FPS))


def with_copy(seconds: float, *, at_s: float, source_s: float, length_s: float) -> NDArray[np.int64]:
    """A take in which a stretch is covered by an earlier one."""
    shown = plain(seconds)
    at, source, length = (round(s * FPS) for s in (at_s, source_s, length_s))
    shown[at : at + length] = shown[source : source + length]
    return shown
