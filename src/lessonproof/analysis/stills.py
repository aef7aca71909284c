"""Black and frozen stretches: from the random-access pictures of the whole recording, sharpened in decoded windows.

A camera never shows the same picture twice: its sensor's noise changes every block a little. A frozen stretch is one
where that noise stops, so it can only be told where the recording is otherwise alive; a screen recording is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow, runs
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.evidence.intervals import NS_PER_S, Interval

FREEZE_MIN_NS: Final = 2 * NS_PER_S
BLACK_MIN_NS: Final = NS_PER_S // 2
BLACK_BRIGHT_LEVELS: Final = 34.0
"""Even the brightest hundredth of a black picture lies below this; a dark room keeps a lamp, a window, a screen."""
BLACK_SPREAD_LEVELS: Final = 4.0
STILL_SHARE: Final = 0.95
"""Share of unchanged blocks from which two pictures are the same; a burned-in clock may run on in the rest."""
CORE_MIN_NS: Final = 500_000_000
REFINING_NS: Final = 5 * NS_PER_S // 2
_REFINING_EXCESS: Final = 0.15
_MIN_OUTSIDE_FRAMES: Final = 15
_MIN_ALIVE_FRAMES: Final = 5
_CORE_RATIO: Final = 0.15
_ALIVE_RATIO: Final = 4.0
_SMOOTH_FRAMES: Final = 7
_SCREEN_EQUAL_SHARE: Final = 0.2


@dataclass(frozen=True, slots=True)
class Unrest:
    """A way to tell a frozen picture from a living one by the share of blocks that change from frame to frame.

    Attributes:
        exact: count every change, else only changes as large as a sensor's noise.
        core_share: at most this share changes in a frozen picture, at least where the rest lives strongly.
        core_share_max: nor ever more than this.
        alive_share: a living recording changes at least this share in its quiet frames; if not, nothing is told.
        edge_ratio: beyond its core a stretch goes on while less than this part of the living share changes.
    """

    exact: bool
    core_share: float
    core_share_max: float
    alive_share: float
    edge_ratio: float


UNRESTS: Final = (
    # Noise survives coding: it stops where the picture is frozen, apart from an encoder's slow refining.
    Unrest(exact=False, core_share=0.02, core_share_max=0.03, alive_share=0.08, edge_ratio=0.7),
    # The coder has taken the noise away: people's own movement is all that is left.
    Unrest(exact=True, core_share=0.0095, core_share_max=0.025, alive_share=0.012, edge_ratio=0.3),
)


def is_black(bright_luma: NDArray[np.float64], spread_luma: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which pictures carry no image at all.

    Args:
        bright_luma: shape ``(N,)``, 99th percentile, levels.
        spread_luma: shape ``(N,)``, standard deviation, levels.
    """
    return np.asarray((bright_luma <= BLACK_BRIGHT_LEVELS) & (spread_luma <= BLACK_SPREAD_LEVELS))


def is_camera_recording(facts: Sequence[KeyframeFacts]) -> bool:
    """Whether a sensor's noise shows, so that standing still or jumping says something; false where none can be seen.

    Where half of the pairs of random-access pictures share many blocks to the last bit the source is a screen, an
    animation, or a coder that leaves no noise. Real camera clips have 0.00 to 0.04, a real screen recording 0.28.
    """
    equal = [f.equal_share for f in facts if f.equal_share is not None]
    return bool(equal) and float(np.median(equal)) < _SCREEN_EQUAL_SHARE


def black_between_keyframes(facts: Sequence[KeyframeFacts]) -> tuple[Interval, ...]:
    """Rough black stretches, from the first to the last black random-access picture of each run."""
    black = is_black(np.array([f.bright_luma for f in facts]), np.array([f.spread_luma for f in facts]))
    return tuple(Interval(facts[a].time_ns, facts[b - 1].time_ns) for a, b in runs(black))


def still_between_keyframes(facts: Sequence[KeyframeFacts]) -> tuple[Interval, ...]:
    """Rough frozen stretches: runs of random-access pictures that all show the same; black pictures are not frozen."""
    black = is_black(np.array([f.bright_luma for f in facts]), np.array([f.spread_luma for f in facts]))
    still = np.array([f.still_share is not None and f.still_share >= STILL_SHARE for f in facts], np.bool_)
    return tuple(Interval(facts[a - 1].time_ns, facts[b - 1].time_ns) for a, b in runs(still & ~black))


def black_in_window(window: FrameWindow) -> tuple[Interval, ...]:
    """Black frames of a decoded window, each run up to the first frame behind it (or the window's last frame)."""
    return _frame_runs(window, is_black(window.bright_luma, window.spread_luma))


def still_cores(window: FrameWindow, unrest: Unrest) -> tuple[Interval, ...]:
    """Runs of frames that repeat the frame before, beside frames that do not.

    Living pictures of a quiet room come close to this for a moment; :func:`grow_still` judges whether it is more.
    """
    busy = _busy(window, unrest)
    core = busy <= float(np.clip(_CORE_RATIO * np.quantile(busy, 0.75), unrest.core_share, unrest.core_share_max))
    if np.count_nonzero(busy[~core] >= unrest.alive_share) < _MIN_ALIVE_FRAMES:
        return ()
    found = _frame_runs(window, core & ~is_black(window.bright_luma, window.spread_luma))
    return tuple(run for run in found if run.length_ns >= CORE_MIN_NS)


def grow_still(window: FrameWindow, core: Interval, unrest: Unrest) -> Interval | None:
    """The whole frozen stretch around a core, or ``None`` where the recording is as quiet elsewhere.

    An encoder that meets a frozen picture first refines it: for a second or two more blocks change, by less and
    less, than in a living picture. That phase belongs to the stretch.

    Args:
        window: decoded frames around the core, some seconds on both sides.
        core: one of ``still_cores(window, unrest)``.
        unrest: how it was found.
    """
    busy = _busy(window, unrest)
    times = window.time_ns
    outside = (times < core.start_ns - REFINING_NS) | (times > core.end_ns)
    inside = (times >= core.start_ns) & (times < core.end_ns)
    if np.count_nonzero(outside) < _MIN_OUTSIDE_FRAMES:
        return None
    # The quiet fifth: a change of light around a quiet moment must not make that moment look dead beside it.
    alive = float(np.quantile(busy[outside], 0.2))
    if alive < max(unrest.alive_share, _ALIVE_RATIO * float(np.median(busy[inside]))):
        return None
    first = int(np.searchsorted(times, core.start_ns))
    while first > 0 and busy[first - 1] <= unrest.edge_ratio * alive:
        first -= 1
    usual_most = float(np.quantile(busy[outside], 0.9))
    first = _refining_start(window, busy, first, max(alive + _REFINING_EXCESS, usual_most))
    last = int(np.searchsorted(times, core.end_ns))
    # The running mean sees the end of the stretch some frames early.
    same = _same_share(window, unrest)
    while last < times.size and (window.is_key[last] or 1.0 - same[last] <= unrest.core_share_max):
        last += 1
    return Interval(int(times[max(0, first - 1)]), int(times[min(last, times.size - 1)]))


def _refining_start(window: FrameWindow, busy: NDArray[np.float64], first: int, more_than_usual: float) -> int:
    """Go back over the phase in which the encoder refined the frozen picture, where there was one.

    Args:
        window: decoded frames.
        busy: share of blocks that changed, by frame.
        first: where the picture has come to rest.
        more_than_usual: the refining changes at least this share, more than the living picture does.
    """
    times = window.time_ns
    earliest = int(np.searchsorted(times, times[min(first, times.size - 1)] - REFINING_NS))
    start = first
    while start > earliest and busy[start - 1] > busy[min(start, busy.size - 1)]:
        start -= 1
    if busy[min(start, busy.size - 1)] <= more_than_usual:
        return first
    while start > earliest and busy[start - 1] > more_than_usual:
        start -= 1
    return start


def _same_share(window: FrameWindow, unrest: Unrest) -> NDArray[np.float64]:
    return window.equal_share if unrest.exact else window.still_share


def _busy(window: FrameWindow, unrest: Unrest) -> NDArray[np.float64]:
    """Share of blocks that changed, over a short running mean; random-access pictures are left out."""
    busy = 1.0 - _same_share(window, unrest)
    counted = ~window.is_key
    counted[0] = False
    if np.count_nonzero(counted) < 2:
        return np.ones_like(busy)
    busy = np.interp(np.arange(busy.size), np.flatnonzero(counted), busy[counted])
    padded = np.pad(busy, _SMOOTH_FRAMES // 2, mode="edge")
    return np.asarray(np.convolve(padded, np.full(_SMOOTH_FRAMES, 1 / _SMOOTH_FRAMES), mode="valid"), np.float64)


def quiet_before(window: FrameWindow, time_ns: int) -> int:
    """How far back from a frozen picture the frames before it repeat it: time of the first of them.

    Args:
        window: decoded frames up to and around ``time_ns``.
        time_ns: time of a picture that is known to be frozen.
    """
    busy = _busy(window, UNRESTS[-1])
    first = min(int(np.searchsorted(window.time_ns, time_ns)), window.time_ns.size - 1)
    while first > 0 and busy[first - 1] <= UNRESTS[-1].core_share_max:
        first -= 1
    return min(time_ns, int(window.time_ns[first]))


def quiet_after(window: FrameWindow, time_ns: int) -> int:
    """How far on from a frozen picture the frames behind it repeat it: time of the first one that does not."""
    last = int(np.searchsorted(window.time_ns, time_ns)) + 1
    same = window.equal_share >= 1.0 - UNRESTS[-1].core_share_max
    while last < window.time_ns.size and same[last]:
        last += 1
    return max(time_ns, int(window.time_ns[min(last, window.time_ns.size - 1)]))


def _frame_runs(window: FrameWindow, flags: NDArray[np.bool_]) -> tuple[Interval, ...]:
    last = window.time_ns.size - 1
    return tuple(Interval(int(window.time_ns[a]), int(window.time_ns[min(b, last)])) for a, b in runs(flags))
