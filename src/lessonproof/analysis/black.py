"""Pictures that carry no image at all: nothing came from a camera, or nothing was let through."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow, runs
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.evidence.intervals import NS_PER_S, Interval

BLACK_MIN_NS: Final = NS_PER_S // 2
BLACK_SPREAD_LEVELS: Final = 4.0
BLACK_BRIGHT_LEVELS: Final = 28.0
"""Black is level 16 (ITU-R BT.601); noise of the largest spread lifts the brightest hundredth by 2.3 times that. A lens
that is covered lets more through, a dark room keeps a lamp, a window, a screen."""


def is_black(bright_luma: NDArray[np.float64], spread_luma: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which pictures carry no image at all.

    Args:
        bright_luma: shape ``(N,)``, 99th percentile, levels.
        spread_luma: shape ``(N,)``, standard deviation, levels.
    """
    return np.asarray((bright_luma <= BLACK_BRIGHT_LEVELS) & (spread_luma <= BLACK_SPREAD_LEVELS))


def black_between_keyframes(facts: Sequence[KeyframeFacts]) -> tuple[Interval, ...]:
    """Rough black stretches, from the first to the last black random-access picture of each run."""
    black = is_black(np.array([f.bright_luma for f in facts]), np.array([f.spread_luma for f in facts]))
    return tuple(Interval(facts[a].time_ns, facts[b - 1].time_ns) for a, b in runs(black))


def black_in_window(window: FrameWindow) -> tuple[Interval, ...]:
    """Black frames of a decoded window, each run up to the first frame behind it (or the window's last frame)."""
    last = window.time_ns.size - 1
    black = is_black(window.bright_luma, window.spread_luma)
    return tuple(Interval(int(window.time_ns[a]), int(window.time_ns[min(b, last)])) for a, b in runs(black))
