"""What tells a frozen stretch from a room in which nobody moves.

A coder that takes the noise away shows an empty room as a picture that stands. A standing picture alone is therefore no
proof. Two things are: the world goes on behind a freeze, so that its end shows the motion of seconds in one step, where
people who come in grow from step to step; and the flicker of the sensor's noise, which was there beside the stretch in
places where nothing moves, is gone in it.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

_JUMP_LEVELS: Final = 8
"""A pixel of the small picture that changes by this much in one step shows something else now; exposure and a coder's
fresh start change it by 1 to 6."""
_JUMP_FLOOR: Final = 0.004
"""Some sixty pixels of the small picture: an arm, a head."""
_JUMP_CEILING: Final = 0.35
"""Lamps that are switched on change more than people do."""
_BOTH_WAYS: Final = 0.2
"""Of what changes, lamps make all brighter or all darker; where another picture takes over, a fifth or more each."""
_JUMP_RATIO: Final = 2.0
_FOLLOWING_FRAMES: Final = 15
_NEXT_FRAMES: Final = 3
_STANDING_LEVELS: Final = 10
"""Noise spans this much over some seconds; what moves spans more."""
_MIN_STANDING_SHARE: Final = 0.1
_MIN_FRAMES: Final = 8
_NOISE_FLOOR: Final = 0.05
"""Share of standing pixels that flicker where a coder leaves noise; below it noise may come and go."""
_NOISE_RATIO: Final = 0.15


@dataclass(frozen=True, slots=True)
class StillWitnesses:
    """What was measured at and beside a stretch that stands still; ``None`` where it could not be.

    Attributes:
        end_step_share: share of the picture that changed clearly in the step that ends the stretch.
        next_step_share: the same in the steps behind it: the larger of their median and the largest of three.
        brighter_share: of what changed in that step, the share that became brighter.
        noise_inside: share of standing pixels that flicker from frame to frame in the stretch's second half.
        noise_beside: the same beside it, in pixels where nothing moves.
    """

    end_step_share: float | None
    next_step_share: float | None
    brighter_share: float | None
    noise_inside: float | None
    noise_beside: float | None

    @property
    def world_went_on(self) -> bool:
        """The step at the end is larger than motion makes it: more time went by than one frame."""
        if self.end_step_share is None or self.next_step_share is None:
            return False
        is_lamp = self.end_step_share > _JUMP_CEILING and (
            self.brighter_share is None or not _BOTH_WAYS <= self.brighter_share <= 1 - _BOTH_WAYS
        )
        return (
            self.end_step_share >= _JUMP_FLOOR
            and not is_lamp
            and self.end_step_share >= _JUMP_RATIO * self.next_step_share
        )

    @property
    def noise_is_gone(self) -> bool:
        """Beside the stretch the sensor's noise is seen, inside it is not."""
        if self.noise_inside is None or self.noise_beside is None or self.noise_beside < _NOISE_FLOOR:
            return False
        return self.noise_inside <= _NOISE_RATIO * self.noise_beside


def measure_witnesses(
    small: NDArray[np.uint8], is_key: NDArray[np.bool_], stretch: tuple[int, int], seen: NDArray[np.bool_]
) -> StillWitnesses:
    """Measure a stretch of a decoded window.

    Args:
        small: shape ``(T, H, W)``, luma.
        is_key: shape ``(T,)``, random-access pictures; coders start anew there, so that they say nothing of noise.
        stretch: its first frame and the first one behind it (``T`` where it reaches the window's end).
        seen: shape ``(H, W)``, places to look at: all but a running clock.
    """
    first, end = stretch
    signed = np.diff(small.astype(np.int16), axis=0)[:, seen]  # (T - 1, P); row i leads to frame i + 1
    step = np.abs(signed)
    jumped = (step >= _JUMP_LEVELS).mean(axis=1)
    row = _end_row(jumped, end)
    at_end, following = (None, None) if row is None else _steps_from(jumped, row)
    usable = ~is_key[1:]
    numbers = np.arange(1, small.shape[0])
    inside = usable & (numbers > (first + end) // 2) & (numbers < end)
    beside = [usable & (numbers < first), usable & (numbers > end + 1)]
    levels = [_noise(small[:, seen], step, side) for side in beside]
    usual = [level for level in levels if level is not None]
    return StillWitnesses(
        end_step_share=at_end,
        next_step_share=following,
        brighter_share=None if row is None else _brighter(signed[row]),
        noise_inside=_noise(small[:, seen], step, inside),
        noise_beside=min(usual) if usual else None,
    )


def _end_row(jumped: NDArray[np.float64], end: int) -> int | None:
    """Row of the largest step within a frame of the end; row ``i`` leads to frame ``i + 1``."""
    near = np.arange(max(0, end - 2), min(end + 1, jumped.size))
    return None if near.size == 0 or end > jumped.size else int(near[np.argmax(jumped[near])])


def _steps_from(jumped: NDArray[np.float64], row: int) -> tuple[float | None, float | None]:
    """A step, and those behind it."""
    behind = jumped[row + 1 : row + 1 + _FOLLOWING_FRAMES]
    if behind.size < _MIN_FRAMES:
        return None, None
    return float(jumped[row]), float(max(np.median(behind), behind[:_NEXT_FRAMES].max()))


def _brighter(signed: NDArray[np.int16]) -> float | None:
    """Of the pixels that changed clearly, the share that became brighter; ``None`` where none did."""
    changed = np.abs(signed) >= _JUMP_LEVELS
    return float((signed[changed] > 0).mean()) if changed.any() else None


def _noise(pixels: NDArray[np.uint8], step: NDArray[np.int16], chosen: NDArray[np.bool_]) -> float | None:
    """Share of standing pixels that flicker, median over the chosen steps."""
    if np.count_nonzero(chosen) < _MIN_FRAMES:
        return None
    shown = pixels[1:][chosen]
    standing = (shown.max(axis=0) - shown.min(axis=0)) <= _STANDING_LEVELS
    if float(standing.mean()) < _MIN_STANDING_SHARE:
        return None
    return float(np.median((step[chosen][:, standing] >= 1).mean(axis=1)))
