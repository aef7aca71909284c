"""Cuts: a jump of the picture within one frame interval that nothing in the scene explains.

The hard case is the jump cut in the same static room: the background stays and everybody moves at once. The measure is
therefore made block by block, on local contrast (which lights and exposure leave alone) after the camera's own
motion is taken out, and it must be an impulse: everyday motion, a knock or a person close to the lens takes several
frames. The test against the window's own neighbours is ours; its figures stand in ``docs/accuracy.md``.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.structure import BLOCK_JUMP, BLOCK_PX, block_jump, deviation
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval

MIN_BLOCKS: Final = 3
"""Fewest blocks (of 240) that must jump together: a person at the back of a room covers some four."""
MIN_BLOCKS_UNDER_LIGHT_CHANGE: Final = 48
"""While the light changes, shadows and noise change with it; only another scene moves a fifth of the picture too."""
LIGHT_CHANGE: Final = 0.04
"""Relative change of the mean luma between two frames that a room's light makes and its people do not."""
MIN_IMPULSE: Final = 2.5
"""How many times stronger the jump must be than the strongest of its neighbours."""
MIN_PERSISTENCE: Final = 0.6
"""Share of the jump that still stands two frames later; a photographer's flash leaves nothing."""
WIDE_BLOCKS: Final = 24
"""A tenth of the picture: from here on the number of places that move is a measure of its own."""
LONE_BLOCKS: Final = 6
"""Blocks that must move at one step and at no other near it, where somebody moves all the while."""
_QUIET_CHANGE: Final = 0.05
_MOVED: Final = 0.1
_STRENGTH_FLOOR: Final = 0.2
_NEIGHBOURHOOD_NS: Final = 700_000_000
_STALL_RATIO: Final = 1.8


@dataclass(frozen=True, slots=True)
class Jump:
    """A candidate within a window.

    Attributes:
        index: the first frame behind the jump.
        blocks: blocks that jumped.
        impulse: strength over the strongest neighbour.
        persistence: share of the jump that stands two frames later.
    """

    index: int
    blocks: int
    impulse: float
    persistence: float


def find_cuts(window: FrameWindow) -> tuple[Finding, ...]:
    """Cuts within one fully decoded window."""
    return tuple(_finding(window, jump) for jump in find_jumps(window))


def find_jumps(window: FrameWindow) -> tuple[Jump, ...]:
    """Impulses of block-wise change, strongest evidence per instant, in time order."""
    count = window.time_ns.size
    if count < 8:
        return ()
    structure = [deviation(picture) for picture in window.small]
    change = np.stack([block_jump(structure[i - 1], structure[i]) for i in range(1, count)])
    usual = np.median(change, axis=0)
    excess = np.maximum(change - np.maximum(2.0 * usual, 0.05), 0.0)
    strength = excess.sum(axis=(1, 2))
    steps_ns = np.diff(window.time_ns)
    needed = np.where(_light_changes(window), MIN_BLOCKS_UNDER_LIGHT_CHANGE, MIN_BLOCKS)
    usual_step_ns = float(np.median(steps_ns))
    moved = (change > np.maximum(_MOVED, 3.0 * usual)).sum(axis=(1, 2)).astype(np.float32)
    found: list[Jump] = []
    for step in np.flatnonzero(strength > 0).tolist():
        blocks = int(np.count_nonzero(change[step] > np.maximum(BLOCK_JUMP, 3.0 * usual)))
        # A camera that lost frames shows a jump too, but says so in its timestamps.
        if blocks < needed[step] or steps_ns[step] > _STALL_RATIO * usual_step_ns or not _has_neighbours(window, step):
            continue
        impulse = strength[step] / max(_strongest_neighbour(window, strength, step), _STRENGTH_FLOOR)
        if moved[step] >= WIDE_BLOCKS:
            # Somebody near the lens moves more than a roomful of people jumps, but in fewer places.
            impulse = max(impulse, moved[step] / max(_strongest_neighbour(window, moved, step), 1.0))
        # A teacher who walks all the while hides nothing of what happens elsewhere in the room.
        impulse = max(impulse, _lone_impulse(change, _neighbours(window, step), step))
        if impulse < MIN_IMPULSE:
            continue
        persistence = _persistence(structure, excess[step], usual, step)
        if persistence >= MIN_PERSISTENCE:
            found.append(Jump(step + 1, blocks, float(impulse), float(persistence)))
    return tuple(found)


def _light_changes(window: FrameWindow) -> NDArray[np.bool_]:
    """For each step between frames, whether the light changes there or in the three steps on either side."""
    mean = window.small.reshape(window.small.shape[0], -1).mean(axis=1) + 1.0
    changes = np.abs(np.diff(np.log(mean))) > LIGHT_CHANGE
    return np.convolve(changes, np.ones(7), mode="same") > 0


def _has_neighbours(window: FrameWindow, step: int) -> bool:
    """Whether the window reaches far enough on both sides to know what is usual: somebody may just be entering."""
    before_ns = window.time_ns[step + 1] - window.time_ns[0]
    after_ns = window.time_ns[-1] - window.time_ns[step + 1]
    return bool(min(before_ns, after_ns) >= _NEIGHBOURHOOD_NS)


def _lone_impulse(change: NDArray[np.float32], near: NDArray[np.bool_], step: int) -> float:
    """How much stronger than ever nearby the blocks move that move at this step alone; 0 where these are too few."""
    if not near.any():
        return 0.0
    ratio = change[step] / np.maximum(change[near].max(axis=0), _QUIET_CHANGE)
    lone = ratio[(change[step] > BLOCK_JUMP) & (ratio >= MIN_IMPULSE)]
    return float(np.median(lone)) if lone.size >= LONE_BLOCKS else 0.0


def _neighbours(window: FrameWindow, step: int) -> NDArray[np.bool_]:
    """Steps around ``step`` to compare with; a random-access picture's pulse is only compared with its like."""
    times = window.time_ns[1:]
    near = np.abs(times - times[step]) <= _NEIGHBOURHOOD_NS
    if window.is_key[step + 1]:
        near |= window.is_key[1:]
    else:
        near &= ~window.is_key[1:]
    near[step] = False
    return np.asarray(near, np.bool_)


def _strongest_neighbour(window: FrameWindow, strength: NDArray[np.float32], step: int) -> float:
    near = _neighbours(window, step)
    return float(strength[near].max()) if near.any() else 0.0


def _persistence(
    structure: list[NDArray[np.float32]], excess: NDArray[np.float32], usual: NDArray[np.float32], step: int
) -> float:
    """How much of the jump between frames ``step`` and ``step + 1`` still stands two frames on."""
    after = min(step + 3, len(structure) - 1)
    later = block_jump(structure[step], structure[after])
    jumped = excess > 0
    standing = np.maximum(later - np.maximum(2.0 * usual, 0.05), 0.0)[jumped].sum()
    return float(standing / max(float(excess.sum()), 1e-6))


def _finding(window: FrameWindow, jump: Jump) -> Finding:
    before_ns, after_ns = int(window.time_ns[jump.index - 1]), int(window.time_ns[jump.index])
    # A ranking, not yet a calibrated frequency: impulse and breadth weigh by judgement (docs/accuracy.md says so).
    confidence = min(0.99, 0.6 + 0.08 * min(jump.impulse - MIN_IMPULSE, 3.0) + 0.01 * min(jump.blocks, 15))
    return Finding(
        FindingKind.CUT,
        Interval(before_ns, after_ns),
        confidence=round(confidence, 3),
        severity=Severity.CRITICAL if confidence >= 0.8 else Severity.WARNING,
        measured_from="full_decode",
        detail={
            "before_s": round(before_ns / NS_PER_S, 6),
            "after_s": round(after_ns / NS_PER_S, 6),
            "blocks_moved": jump.blocks,
            "blocks_in_picture": (window.small.shape[1] // BLOCK_PX) * (window.small.shape[2] // BLOCK_PX),
            "times_stronger_than_neighbours": round(jump.impulse, 2),
        },
    )
