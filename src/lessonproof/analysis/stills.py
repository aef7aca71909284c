"""Frozen stretches in windows that are decoded in full.

A camera never shows the same picture twice: people move, and its sensor's noise changes every block a little. Coders
take the noise away and refine a picture that stands, so that equality from one frame to the next says little. What is
compared here is therefore the picture with the one half a second earlier, coarse enough for noise and coding to
vanish, and never across a random-access picture, where the coder starts anew. A stretch is frozen only where that
difference vanishes and the frames beside it are alive.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.still_frames import LAG_NS, StillFrames
from lessonproof.analysis.still_witnesses import StillWitnesses, measure_witnesses
from lessonproof.evidence.intervals import NS_PER_S, Interval

FREEZE_MIN_NS: Final = 2 * NS_PER_S
_REFINING_NS: Final = 5 * NS_PER_S // 2
_MIN_LIVE_PAIRS: Final = 8
_STILL_FLOOR: Final = 0.0015
"""Share of moved pixels below which nothing moves."""
_FLAT_RATIO: Final = 0.35
_MIN_RATIO: Final = 3.0


@dataclass(frozen=True, slots=True)
class StillStretch:
    """A frozen stretch as one window shows it.

    Attributes:
        interval: from the frame that is repeated to the first one that is not.
        still_share: share of the small picture in which nothing changed.
        live_share: share of the picture that changes within 0.6 s beside the stretch (its quiet fifth).
        inside_share: the same inside.
        changing_box: left, top, right, bottom (shares of the picture) of what goes on changing, such as a clock.
        open_start: whether the stretch reaches back to the window's first frame.
        open_end: whether it reaches to the window's last one.
        witnesses: what tells it from a room in which nobody moves.
    """

    interval: Interval
    still_share: float
    live_share: float
    inside_share: float
    changing_box: tuple[float, float, float, float] | None
    open_start: bool
    open_end: bool
    witnesses: StillWitnesses

    @property
    def ratio(self) -> float:
        """How many times more the picture lives beside the stretch than in it."""
        return self.live_share / max(self.inside_share, _STILL_FLOOR)


def judge_still(window: FrameWindow, core: Interval) -> StillStretch | None:
    """The frozen stretch around a candidate, or ``None`` where it lives or the frames beside it are as quiet.

    Args:
        window: decoded frames around the candidate, some seconds on both sides.
        core: where nothing should move; its borders are rough.
    """
    frames = StillFrames.of(window)
    times = window.time_ns
    margin_ns = LAG_NS if core.length_ns < 2 * LAG_NS else 0
    seed = frames.longest_quiet((times >= core.start_ns - margin_ns) & (times < core.end_ns + margin_ns))
    if seed is None:
        return None
    frames = frames.without_clock(seed)
    moved = frames.moved
    before = frames.pair_within(times < core.start_ns - _REFINING_NS)
    after = frames.pair_within(times > core.end_ns + LAG_NS)
    # A rough core may end within the stretch: the side that lives more is the measure.
    sides = [side for side in (before, after) if np.count_nonzero(side) >= _MIN_LIVE_PAIRS]
    still = moved[frames.pair_within(frames.rows(seed))]
    if not sides or still.size == 0:
        return None
    beside = max(sides, key=lambda side: float(np.quantile(moved[side], 0.2)))
    live_share, inside_share = float(np.quantile(moved[beside], 0.2)), float(np.median(still))
    if live_share < _MIN_RATIO * max(inside_share, _STILL_FLOOR):
        return None
    spread = window.spread_luma
    if float(np.median(spread[seed[0] : seed[1]])) <= _FLAT_RATIO * float(np.median(spread[beside])):
        return None  # a covered lens shows nothing that could stand still
    first, end = frames.grow(seed, before, after)
    return StillStretch(
        interval=Interval(int(times[first]), int(times[min(end, times.size - 1)])),
        still_share=1.0 - float(frames.mask.mean()),
        live_share=live_share,
        inside_share=inside_share,
        changing_box=frames.changing_box(),
        open_start=first == 0,
        open_end=end >= times.size,
        witnesses=measure_witnesses(window.small, window.is_key, (first, end), ~frames.mask),
    )
