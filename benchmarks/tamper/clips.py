"""Cases from the real clips: decoded, edited and encoded again, or cut and joined packet by packet.

The clips are honest recordings that nobody here made (``MANIFEST.csv`` beside them). Dev has one camera, test others.
"""

import os
import random
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from benchmarks.lessons.spec import Encoding
from benchmarks.tamper.spec import (
    Case,
    CopyRanges,
    Look,
    Motion,
    Operation,
    Piece,
    Reedit,
    Resound,
    Sound,
    Truncate,
)

CLIP: Final = "clip:"
"""Sources with this prefix are files of the footage folder."""


@dataclass(frozen=True, slots=True)
class Clip:
    """A real recording long enough to be edited.

    Attributes:
        file: name in the footage folder.
        length_s: its length.
        filming: what took it, for the tables.
        container: what its packets can be copied into.
        has_sound: whether it has any.
        scale: size of what is encoded again, as a share.
        lines: which edits are made of it.
    """

    file: str
    length_s: float
    filming: str
    container: str
    has_sound: bool
    scale: float
    lines: tuple[str, ...]


_ALL: Final = ("cut", "loop", "freeze", "black", "covered", "reversed", "speed", "gap", "copy-cut", "truncated")
CLIPS: Final[Mapping[str, tuple[Clip, ...]]] = {
    "dev": (Clip("one-by-one-person-detection.mp4", 139.4, "fixed", "mp4", False, 1.0, _ALL),),
    "test": (
        Clip("bottle-detection.mp4", 39.8, "fixed", "mp4", False, 1.0, _ALL),
        Clip("dancer.avi", 62.9, "fixed", "mkv", True, 1.0, (*_ALL[:8], "audio_gap")),
        Clip("screencast_jupyter.mp4", 73.0, "screen", "mp4", False, 0.5, ("black", "gap", "copy-cut", "truncated")),
    ),
}
HONEST_CLIPS: Final[Mapping[str, tuple[str, ...]]] = {
    "dev": ("classroom.gif", "people-detection.gif", "face-demographics-walking.gif"),
    "test": ("worker-zone-detection.gif", "store-aisle-detection.gif", "head-pose-female-and-male.gif"),
}
"""Clips too short to be edited: honest negatives only."""


def footage_folder() -> Path | None:
    """Where the real clips lie: ``LESSONPROOF_FOOTAGE``, else ``../shared/data/footage``; ``None`` without them."""
    given = os.environ.get("LESSONPROOF_FOOTAGE")
    folder = Path(given) if given else Path(__file__).parents[2].parent / "shared" / "data" / "footage"
    return folder if (folder / "MANIFEST.csv").is_file() else None


def clip_cases(split: str) -> tuple[Case, ...]:
    """Cases made of the split's clips."""
    return tuple(_case(split, clip, line) for clip in CLIPS[split] for line in clip.lines)


def honest_clips(split: str) -> tuple[str, ...]:
    """File names of the split's clips as they are."""
    return (*(clip.file for clip in CLIPS[split]), *HONEST_CLIPS[split])


def _case(split: str, clip: Clip, line: str) -> Case:
    name = f"{split}-clip-{clip.file.split('.')[0].split('-')[0].split('_')[0]}-{line}"
    draw = random.Random(f"case-{name}")
    length_s = f"{_long_s(clip):g}"
    stratum = (("camera", clip.file), ("filming", clip.filming), ("length_s", length_s), ("line", line))
    kind = "cut" if line == "copy-cut" else line
    return Case(name, kind, CLIP + clip.file, _operation(clip, line, draw), stratum=stratum)


def _long_s(clip: Clip) -> float:
    return round(min(10.0, 0.2 * clip.length_s), 2)


def _operation(clip: Clip, line: str, draw: random.Random) -> Operation:
    at = {share: round((share + draw.uniform(0, 0.06)) * clip.length_s, 2) for share in (0.2, 0.3, 0.4, 0.6)}
    long_s = _long_s(clip)
    packets: Mapping[str, Operation] = {
        "gap": CopyRanges((at[0.3], at[0.3] + 3), False, clip.container),
        "copy-cut": CopyRanges((at[0.3], at[0.3] + long_s), True, clip.container),
        "truncated": Truncate(0.6, "mp4"),
        "audio_gap": Resound("audio_gap", clip.container, at[0.4], at[0.4] + 4),
    }
    if line in packets:
        return packets[line]
    return Reedit(_pieces(line, at, long_s), _encoding(draw), joint_kind="cut" if line == "cut" else None,
                  scale=clip.scale)  # fmt: skip


def _pieces(line: str, at: Mapping[float, float], long_s: float) -> tuple[Piece, ...]:
    start_s = at[0.4]
    middles = {
        "loop": (Piece(at[0.2], at[0.2] + min(6.0, long_s), kind="loop"), min(6.0, long_s)),
        "freeze": (Piece(start_s, start_s + 4, motion=Motion.STILL, sound=Sound.RUNNING, kind="freeze"), 4.0),
        "black": (Piece(start_s, start_s + 2, look=Look(black=True), kind="black"), 2.0),
        "covered": (Piece(start_s, start_s + 5, look=Look(covered=True), kind="covered"), 5.0),
        "reversed": (Piece(start_s, start_s + long_s, motion=Motion.BACKWARD, kind="reversed"), long_s),
    }
    if line == "cut":
        return Piece(0.0, start_s), Piece(start_s + long_s, 1e5)
    if line == "speed":
        return (Piece(0.0, 1e5, factor=0.9, kind="speed"),)
    middle, length_s = middles[line]
    return Piece(0.0, start_s), middle, Piece(start_s + length_s, 1e5)


def _encoding(draw: random.Random) -> Encoding:
    return Encoding(gop=draw.choice([25, 50, 125]), crf=draw.choice([21, 25]), bframes=draw.choice([0, 2]), threads=1,
                    container=draw.choice(["mp4", "mkv"]))  # fmt: skip
