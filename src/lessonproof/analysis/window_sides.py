"""What a decoded window shows on both sides of a step between two of its frames: enough to judge the step, or not.

Nobody can say that a jump is an impulse who does not know what is usual before and behind it, and a camera that lost
frames goes on with a jump of its own.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow
from lessonproof.evidence.intervals import Interval

MOST_STALLED: Final = 3.0
"""A camera that repeats its last picture shows the motion of that many frames at once and no more: up to here a jump
that is as many times stronger, and as wide as another scene's, is still a jump."""
BEFORE_MIN_NS: Final = 250_000_000
AFTER_MIN_NS: Final = 650_000_000
"""A window must reach this far before and behind a jump, to know what is usual: somebody may just be entering. Less is
enough before it, because what goes on before a jump goes on behind it where nobody cut."""
MIN_STEPS_BEFORE: Final = 4
_NEIGHBOURHOOD_NS: Final = 700_000_000
_STALL_RATIO: Final = 1.8
_REPEATED_SHARE: Final = 0.98
_LIVE_SHARE: Final = 0.5


def stalls(window: FrameWindow) -> NDArray[np.float64]:
    """For each step, how many frames' motion it may show at once; more than one where a camera lost frames.

    Its timestamps say so, and then nobody knows what happened meanwhile (infinity), or it repeated the last picture.
    Where pictures repeat by nature (a coder that skips what hardly changes) repetition says nothing.
    """
    steps_ns = np.diff(window.time_ns)
    frames = np.ones(steps_ns.size)
    if float(np.median(window.equal_share)) < _LIVE_SHARE:
        repeated = window.equal_share[:-1] >= _REPEATED_SHARE
        repeated[0] = False
        for at in np.flatnonzero(repeated).tolist():
            frames[at] += frames[at - 1]
    frames[steps_ns > _STALL_RATIO * float(np.median(steps_ns))] = np.inf
    return frames


def around(window: FrameWindow, at: int) -> Interval:
    """What has to be decoded so that the step behind frame ``at`` can be judged."""
    step_ns = int(np.median(np.diff(window.time_ns)))
    later_ns = int(window.time_ns[at + 1])
    before_ns = max(BEFORE_MIN_NS, MIN_STEPS_BEFORE * step_ns) + 2 * step_ns
    return Interval(max(0, later_ns - before_ns), later_ns + AFTER_MIN_NS + 2 * step_ns)


def has_sides(window: FrameWindow) -> NDArray[np.bool_]:
    """For each step, whether the window reaches far enough on both sides to know what is usual."""
    later = window.time_ns[1:]
    sides = (later - window.time_ns[0] >= BEFORE_MIN_NS) & (window.time_ns[-1] - later >= AFTER_MIN_NS)
    sides[:MIN_STEPS_BEFORE] = False
    return np.asarray(sides, np.bool_)


def neighbours(window: FrameWindow, step: int) -> NDArray[np.bool_]:
    """Steps around ``step`` between predicted pictures."""
    times = window.time_ns[1:]
    near = (np.abs(times - times[step]) <= _NEIGHBOURHOOD_NS) & ~window.is_key[1:]
    near[step] = False
    return np.asarray(near, np.bool_)
