"""Cuts: a jump of the picture within one frame interval that nothing in the scene explains.

The hard case is the jump cut in the same static room: the background stays and everybody moves at once. The measure is
therefore made block by block, on local contrast (which lights and exposure leave alone) after the camera's own
motion is taken out, and it must be an impulse: everyday motion, a knock, autofocus or a person close to the lens takes
several frames. A step into a random-access picture is judged against the recording's other ones as well, because an
encoder that starts anew makes the whole picture breathe there. The tests are ours; their figures stand in
``docs/accuracy.md``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.borders import Border, border_at
from lessonproof.analysis.frames import FrameWindow
from lessonproof.analysis.structure import BLOCK_JUMP, BLOCK_PX, block_jump, block_jumps, deviation
from lessonproof.analysis.window_sides import MIN_STEPS_BEFORE, MOST_STALLED, around, has_sides, neighbours, stalls
from lessonproof.evidence.intervals import Interval

MIN_BLOCKS: Final = 3
"""Fewest blocks (of 240) that must jump together: a person at the back of a room covers some four."""
MIN_BLOCKS_IN_LIGHT: Final = 48
"""While the light changes, shadows and noise change with it; only another scene moves a fifth of the picture too."""
MIN_BLOCKS_IN_HARSH_LIGHT: Final = 120
"""Likewise where the encoder, too, took the light for another scene and started anew, and where lamps that come on
blind the camera. Only another scene moves half of the picture."""
HARSH_LIGHT_CHANGE: Final = 0.35
"""Natural logarithm of the middle block's change from which parts of a picture are clipped."""
LIGHT_CHANGE: Final = 0.04
"""Relative change of the middle block's luma between two frames that a room's light makes and its people do not."""
MIN_IMPULSE: Final = 2.5
"""How many times stronger the jump must be than the strongest of its neighbours."""
FAINT_JUMP: Final = 0.2
FAINT_BLOCKS: Final = 3
"""Where everybody jumps by little (a short cut, a lesson of writing), this many blocks must change by this much, three
times as many as in any neighbouring step: a coder that refines its picture changes more of them, but each by less."""
FAINT_STRENGTH: Final = 1.5
"""Likewise all blocks taken together ..."""
FAINT_IMPULSE: Final = 4.0
"""... this many times more than in any neighbouring step."""
PULSE_REST: Final = 0.4
"""Most that is left of an honest step into a random-access picture, summed over the blocks, when the recording's usual
pulse and the motion around it are taken out: 0.43 at most on 1.4 h of rendered lessons. Cuts by stream copy left 1.2
to 130, nine in ten of them 2.3 or more. Where the recording's other ones leave more, that is the unit."""
KEY_IMPULSE: Final = 3.0
"""As :data:`MIN_IMPULSE`, for steps into random-access pictures, in units of :data:`PULSE_REST`."""
WEAK_SHARE: Final = 0.7
"""From this share of what a finding needs a jump is kept as a weak border: too little alone, enough where two of them
belong together."""
MIN_PULSES: Final = 3
"""Other random-access pictures whose pulse must be known before one can be told to be more than a pulse."""
MIN_PERSISTENCE: Final = 0.75
"""Share of the jump that still stands two frames later: 0.86 at least on the cuts of the dev split; a photographer's
flash leaves nothing, a camera that shakes two thirds."""
MAX_FAINT_LIGHT_CHANGE: Final = 0.08
"""Up to here shadows hardly show: daylight alone changes as much over the seconds that a cut takes out."""
WIDE_BLOCKS: Final = 24
"""A tenth of the picture: from here on the number of places that move is a measure of its own."""
WIDE_STRENGTH: Final = 1.3
"""Likewise, where all blocks taken together change this many times more than in any neighbouring step: a shaking camera
and a coder that refines its whole picture let many places change, but none by more than motion does all the while."""
LONE_BLOCKS: Final = 6
"""Blocks that must move at one step and at no other near it, where somebody moves all the while."""
MARGIN_ROWS: Final = 2
"""Rows of blocks at the top and at the bottom where recorders burn in a clock; a minute that turns over changes three
or four blocks there in one frame, so that a jump has to show elsewhere."""
_FAINT_RATIO: Final = 3
_QUIET_CHANGE: Final = 0.05
_MOVED: Final = 0.1
_REFRESH: Final = 0.2
_STRENGTH_FLOOR: Final = 0.2
_PULSE_SWING: Final = 1.5
_MOST_PULSES: Final = 0.75
_MOTION_SWING: Final = 1.3
_LIGHT_STEPS: Final = 7
_OWN_RATIO: Final = 1.5
_WHITE_LEVEL: Final = 235
_WHITE_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What is measured between two frames that differ, enough to judge them without the window.

    Attributes:
        border: the two frames' times and pictures; its strength is how many times stronger the step is than the
            strongest neighbouring one.
        is_key: whether the later frame is a random-access picture.
        change: shape ``(12, 20)``, float32, new structure of each block.
        near: shape ``(12, 20)``, float32, most of it in any neighbouring step between predicted pictures.
        persistence: share of the jump that stands two frames later.
        needed: the impulse from which on it is a finding.
    """

    border: Border
    is_key: bool
    change: NDArray[np.float32]
    near: NDArray[np.float32]
    persistence: float
    needed: float


@dataclass(frozen=True, slots=True, eq=False)
class Pulse:
    """What a step into a random-access picture does to the blocks: the encoder's doing, unless somebody cut there.

    Attributes:
        time_ns: of the random-access picture.
        change: shape ``(12, 20)``, float32.
    """

    time_ns: int
    change: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class WindowSteps:
    """What one window shows.

    Attributes:
        steps: steps in which enough blocks jump to be judged, in time order.
        pulses: all steps into random-access pictures, in time order.
        blocks: shape ``(T - 1,)``, float64, blocks that jump in each step.
        cut_off: jumps too near the window's ends to be judged in it, strongest first; each with what has to be seen.
    """

    steps: tuple[Step, ...]
    pulses: tuple[Pulse, ...]
    blocks: NDArray[np.float64]
    cut_off: tuple[Interval, ...]


NOTHING: Final = WindowSteps((), (), np.empty(0, np.float64), ())


def measure_steps(window: FrameWindow) -> WindowSteps:
    """Measure every step between two frames of a fully decoded window."""
    if window.time_ns.size < 2 * MIN_STEPS_BEFORE:
        return NOTHING
    light_change = _light_changes(window)
    change = _without_clipped(window, block_jumps(window.small), light_change)
    usual = np.median(change, axis=0)
    excess = np.maximum(change - np.maximum(2.0 * usual, _QUIET_CHANGE), 0.0)
    strength = excess.sum(axis=(1, 2))
    moved_from = np.maximum(np.maximum(_MOVED, 3.0 * usual), _OWN_RATIO * _refreshed(change)[:, None, None])
    moved = (change > moved_from).sum(axis=(1, 2)).astype(np.float64)
    jumped = change > np.maximum(BLOCK_JUMP, 3.0 * usual)
    blocks = jumped.sum(axis=(1, 2)).astype(np.float64)
    inner = slice(MARGIN_ROWS, -MARGIN_ROWS)
    clear = (blocks >= MIN_BLOCKS) & (jumped[:, inner].sum(axis=(1, 2)) >= MIN_BLOCKS)
    faint_blocks = ((change > FAINT_JUMP) & (change > 3.0 * usual))[:, inner].sum(axis=(1, 2))
    faint = (faint_blocks >= FAINT_BLOCKS) & (excess[:, inner].sum(axis=(1, 2)) >= FAINT_STRENGTH)
    is_harsh = window.is_key[1:] | (light_change > HARSH_LIGHT_CHANGE)
    least = np.where(is_harsh, MIN_BLOCKS_IN_HARSH_LIGHT, MIN_BLOCKS_IN_LIGHT)
    least = np.where((light_change <= MAX_FAINT_LIGHT_CHANGE) & ~is_harsh, WIDE_BLOCKS, least)
    possible = (clear | (faint & ~window.is_key[1:])) & ((light_change <= LIGHT_CHANGE) | (blocks >= least))
    stalled = stalls(window)
    possible &= (stalled <= 1.0) | ((stalled <= MOST_STALLED) & (blocks >= MIN_BLOCKS_IN_LIGHT))
    is_enclosed = has_sides(window)
    possible &= is_enclosed | ~window.is_key[1:]
    steps: list[Step] = []
    cut_off: list[tuple[float, Interval]] = []
    for at in np.flatnonzero(possible).tolist():
        near = neighbours(window, at)
        if not near.any() or (not clear[at] and faint_blocks[at] < _FAINT_RATIO * faint_blocks[near].max()):
            continue
        near_change = change[near].max(axis=0)
        stronger = strength[at] / max(float(strength[near].max()), _STRENGTH_FLOOR)
        is_wide = moved[at] >= WIDE_BLOCKS and stronger >= WIDE_STRENGTH
        impulse = max(
            stronger,
            # Somebody near the lens moves more than a roomful of people jumps, but in fewer places.
            moved[at] / max(float(moved[near].max()), 1.0) if is_wide else 0.0,
            # A teacher who walks all the while hides nothing of what happens elsewhere in the room.
            _lone_impulse(change[at], near_change),
        )
        is_key = bool(window.is_key[at + 1])
        needed = (KEY_IMPULSE if is_key else MIN_IMPULSE if clear[at] else FAINT_IMPULSE) * float(stalled[at])
        if not is_enclosed[at]:
            if impulse >= needed:
                cut_off.append((float(impulse / needed), around(window, at)))
            continue
        if not is_key and impulse < WEAK_SHARE * needed:
            continue
        border = border_at(window, at + 1, strength=float(impulse), blocks=int(blocks[at]), is_weak=impulse < needed)
        persistence = _persistence(window, excess[at], usual, at)
        steps.append(Step(border, is_key, change[at], near_change, persistence, needed))
    keys = np.flatnonzero(window.is_key[1:]).tolist()
    pulses = tuple(Pulse(int(window.time_ns[k + 1]), change[k]) for k in keys)
    asked = tuple(around for _, around in sorted(cut_off, key=lambda item: -item[0]))
    return WindowSteps(tuple(steps), pulses, blocks, asked)


def judge(step: Step, pulses: Sequence[Pulse]) -> float | None:
    """How many times stronger a step is than all that could explain it, ``None`` where it is no jump at all.

    Args:
        step: the step.
        pulses: all steps into random-access pictures that were seen in this recording, the judged one among them.

    Returns:
        The impulse, at least :data:`WEAK_SHARE` of ``step.needed``; a finding from ``step.needed`` on.
    """
    if step.persistence < MIN_PERSISTENCE:
        return None
    impulse: float | None = step.border.strength
    if step.is_key:
        impulse = _beyond_pulses(step, [pulse for pulse in pulses if pulse.time_ns != step.border.time_after_ns])
    return impulse if impulse is not None and impulse >= WEAK_SHARE * step.needed else None


def movers(step: Step) -> int:
    """Places apart from each other that jump in a step, each of two blocks or more: about how many people."""
    jumped = (step.change > np.maximum(FAINT_JUMP, _OWN_RATIO * step.near)).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(jumped, connectivity=8)
    return int(np.count_nonzero(stats[1:, cv2.CC_STAT_AREA] >= 2))


def _beyond_pulses(step: Step, others: Sequence[Pulse]) -> float | None:
    """What of a step into a random-access picture neither the encoder's pulse nor motion explains.

    An encoder that starts anew does so in the same places by much the same amount each time. In units of what is left
    of the other ones; ``None`` where too few are known.
    """
    if len(others) < MIN_PULSES:
        return None
    changes = np.stack([other.change for other in others])
    pulse = _PULSE_SWING * np.median(changes, axis=0) + _QUIET_CHANGE
    explained = np.maximum(pulse, _MOTION_SWING * _with_blocks_beside(step.near))
    rest = float(np.maximum(step.change - explained, 0.0).sum())
    # Most, not all: another one of them may be a cut too.
    rests = np.quantile(np.maximum(changes - pulse, 0.0).sum(axis=(1, 2)), _MOST_PULSES)
    return rest / max(PULSE_REST, float(rests))


def _lone_impulse(change: NDArray[np.float32], near_change: NDArray[np.float32]) -> float:
    """How much stronger than ever nearby the blocks move that move at this step alone; 0 where these are too few."""
    ratio = change / np.maximum(near_change, _QUIET_CHANGE)
    is_lone = (change > BLOCK_JUMP) & (ratio >= MIN_IMPULSE)
    # Who starts to walk is in the next blocks from then on: one place, however large.
    places, _ = cv2.connectedComponents(is_lone.astype(np.uint8), connectivity=8)
    is_enough = np.count_nonzero(is_lone) >= LONE_BLOCKS and places > 2
    return float(np.median(ratio[is_lone])) if is_enough else 0.0


def _with_blocks_beside(change: NDArray[np.float32]) -> NDArray[np.float32]:
    """The most that changes in each block or one of the eight beside it, shape ``(12, 20)``: people walk on."""
    return np.asarray(cv2.dilate(change, np.ones((3, 3), np.uint8)), np.float32)


def _light_changes(window: FrameWindow) -> NDArray[np.float64]:
    """For each step between frames, how much the light changes there or in the three steps on either side, logarithm.

    Light falls on all the room: what counts is the block in the middle of all changes. People, however near the lens,
    leave most of the room's blocks alone.
    """
    count, height, width = window.small.shape
    blocks = window.small.reshape(count, height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX)
    luma = np.log(blocks.mean(axis=(2, 4), dtype=np.float32) + 1.0)
    middle = np.median(np.diff(luma, axis=0), axis=(1, 2))
    around = np.pad(np.abs(middle), _LIGHT_STEPS // 2)
    return np.asarray(np.lib.stride_tricks.sliding_window_view(around, _LIGHT_STEPS).max(axis=1), np.float64)


def _without_clipped(
    window: FrameWindow, change: NDArray[np.float32], light_change: NDArray[np.float64]
) -> NDArray[np.float32]:
    """Changes without those of blocks that lamps have made white: what is clipped has lost its structure, not moved."""
    harsh = np.flatnonzero(light_change > HARSH_LIGHT_CHANGE)
    if not harsh.size:
        return change
    _, height, width = window.small.shape
    kept = change.copy()
    for step in harsh.tolist():
        both = window.small[step : step + 2].max(axis=0)
        white = (both >= _WHITE_LEVEL).reshape(height // BLOCK_PX, BLOCK_PX, width // BLOCK_PX, BLOCK_PX)
        kept[step][white.mean(axis=(1, 3)) >= _WHITE_SHARE] = 0.0
    return kept


def _refreshed(change: NDArray[np.float32]) -> NDArray[np.float32]:
    """For each step, how much the room itself changes where its picture is coded anew; 0 where something else happens.

    In a recording that was coded twice the first coder's random-access pictures are pictures like any other, and the
    whole room breathes at each of them.
    """
    room = np.median(change, axis=(1, 2))
    return np.where(room > _REFRESH, np.float32(0.0), room).astype(np.float32)


def _persistence(window: FrameWindow, excess: NDArray[np.float32], usual: NDArray[np.float32], step: int) -> float:
    """How much of the jump between frames ``step`` and ``step + 1`` still stands two frames on."""
    after = min(step + 3, window.small.shape[0] - 1)
    later = block_jump(deviation(window.small[step]), deviation(window.small[after]))
    standing = np.maximum(later - np.maximum(2.0 * usual, _QUIET_CHANGE), 0.0)[excess > 0].sum()
    return float(standing / max(float(excess.sum()), 1e-6))
