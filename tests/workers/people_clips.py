"""Tiny real recordings with made-up people, and a detector that finds them: bright blocks on a dark floor."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from av.video.stream import VideoStream
from numpy.typing import NDArray

from lessonproof.models.detector import Detections, check_frames

WIDTH_PX: Final = 192
HEIGHT_PX: Final = 128
RATE_HZ: Final = 4
GOP: Final = 2 * RATE_HZ
BODY_PX: Final = (16, 32)
_FLOOR: Final = 30
_SEEN_FROM: Final = 110
_LEAST_PX: Final = 60


@dataclass(frozen=True, slots=True)
class Actor:
    """One bright block.

    Attributes:
        place: at each second where its left upper corner is, pixels; ``None`` where it is covered or gone.
        is_alive: whether it looks different every second.
        seed: of its looks.
    """

    place: Callable[[float], tuple[int, int] | None]
    is_alive: bool = True
    seed: int = 0


def sits_at(left: int, top: int) -> Callable[[float], tuple[int, int] | None]:
    """At one place all the time."""
    return lambda _second: (left, top)


def write_room(path: Path, actors: Sequence[Actor], seconds: float) -> Path:
    """Write a recording of them; returns ``path``."""
    with av.open(str(path), "w") as output:
        stream = output.add_stream("libx264", rate=RATE_HZ, options=_options())
        assert isinstance(stream, VideoStream)
        stream.width, stream.height, stream.pix_fmt = WIDTH_PX, HEIGHT_PX, "yuv420p"
        for number in range(round(seconds * RATE_HZ)):
            frame = av.VideoFrame.from_ndarray(_drawn(actors, number), format="gray").reformat(format="yuv420p")
            frame.pts, frame.time_base = number, Fraction(1, RATE_HZ)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return path


def _options() -> dict[str, str]:
    return {
        "preset": "ultrafast",
        "crf": "16",
        "x264-params": f"keyint={GOP}:min-keyint={GOP}:scenecut=0:bframes=0:threads=1",
    }


def _drawn(actors: Sequence[Actor], number: int) -> NDArray[np.uint8]:
    noise = np.random.default_rng(number).integers(-2, 3, (HEIGHT_PX, WIDTH_PX))
    picture = (_FLOOR + noise).astype(np.uint8)
    for actor in actors:
        at_px = actor.place(number / RATE_HZ)
        if at_px is not None:
            left, top = at_px
            look = _look(actor, number // RATE_HZ if actor.is_alive else 0)
            inside = picture[top : top + BODY_PX[1], max(0, left) : max(0, left + BODY_PX[0])]
            inside[...] = look[: inside.shape[0], : inside.shape[1]]
    return picture


def _look(actor: Actor, moment: int) -> NDArray[np.uint8]:
    cells = np.random.default_rng([actor.seed, moment]).integers(150, 250, (4, 2)).astype(np.uint8)
    return np.asarray(cv2.resize(cells, BODY_PX, interpolation=cv2.INTER_NEAREST), np.uint8)


class BlockDetector:
    """A ``PersonDetector`` of bright blocks; keeps how many frames it was given at once.

    Args:
        capped_from: so many blocks in a picture are all that it can give; ``None``: no limit.
    """

    def __init__(self, capped_from: int | None = None) -> None:
        self._capped_from = capped_from
        self.batches: list[int] = []

    @property
    def model_id(self) -> str:
        """Its name."""
        return "blocks"

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the blocks of each frame; see ``PersonDetector.detect``."""
        check_frames(frames)
        self.batches.append(len(frames))
        return [self._found(frame) for frame in frames]

    def _found(self, frame: NDArray[np.uint8]) -> Detections:
        bright = (frame.mean(axis=2) > _SEEN_FROM).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(bright)
        blocks = stats[1:][stats[1:, cv2.CC_STAT_AREA] >= _LEAST_PX]
        corners = blocks[:, [cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP]]
        sizes = blocks[:, [cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT]]
        boxes = np.concatenate([corners, corners + sizes], axis=1).astype(np.float32)
        is_capped = self._capped_from is not None and len(boxes) >= self._capped_from
        return Detections(boxes, np.full(len(boxes), 0.9, np.float32), is_capped)
