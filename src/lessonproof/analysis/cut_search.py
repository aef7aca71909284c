"""The search for cuts: from packets, random-access pictures and hints to the few stretches that are decoded in full.

Silence is only claimed where every suspicious instant could be looked at; where not, the search says why.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

import numpy as np

from lessonproof.analysis.borders import Border
from lessonproof.analysis.candidates import (
    AFTER_NS,
    Candidate,
    noise_hides_jumps,
    ordinary_borders,
    plan_windows,
)
from lessonproof.analysis.cuts import Pulse, Step, judge, measure_steps, movers
from lessonproof.analysis.frames import FrameSource
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.jolts import is_jolt
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.structure import BLOCK_PX, SMALL_HEIGHT_PX, SMALL_WIDTH_PX
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval

HINT_REACH_NS: Final = NS_PER_S // 2
"""A hint this near a jump points at the same instant."""
CALIBRATION_BORDERS: Final = 4
"""Ordinary borders that are decoded so that an odd one has something to be compared with."""
ENOUGH_PULSES: Final = 8
"""With this many steps into random-access pictures seen on the way none needs to be decoded for comparison."""
BLOCKS_IN_PICTURE: Final = (SMALL_HEIGHT_PX // BLOCK_PX) * (SMALL_WIDTH_PX // BLOCK_PX)
ONE_MOVER_BLOCKS: Final = 30
"""Fewer blocks in a single place are one person who moves, be it near the lens."""
AGAIN_SHARE: Final = 0.2
"""Part of the budget, beyond it, for jumps that showed at the ends of what was decoded for something else."""
FEW_BLOCKS: Final = 6
"""A jump in fewer blocks is told only where sizes or hints point there too, as they did at all cuts this small in the
rendered lessons; a hand that shakes moves more than that every second."""
SURE_RATIO: Final = 2.0
UNUSUAL_RATIO: Final = 2.0
"""A jump that nothing else points at must be so many times stronger than needed, or as many times wider than what moves
in one of twenty steps of this recording: a room where much moves makes the others by itself."""
_CLEAR_CONFIDENCE: Final = 0.8


class Incomplete(StrEnum):
    """Why silence proves nothing."""

    NOISE_HIDES_JUMPS = "noise_hides_jumps"
    BUDGET_SPENT = "budget_spent"
    UNDECODABLE = "undecodable"


@dataclass(frozen=True, slots=True)
class CutSearch:
    """What the search found.

    Attributes:
        findings: cuts, in time order.
        borders: what lies on both sides of each of them, and of jumps too weak to be told alone (``is_weak``), in
            time order.
        jolts: steps at which the camera's view jumped and nothing else did, each from the last frame before to the
            first behind it, in time order; they are no cuts, and no borders.
        windows: stretches that were looked at.
        complete: whether a cut that leaves a trace in sizes of packets would have been seen. One exactly on a
            random-access picture, as stream copy makes it, leaves none; it is looked for where a border looks odd.
        reason: why not, where not.
        decoded_ns: how much of the recording had to be decoded, lead-ins counted.
    """

    findings: tuple[Finding, ...]
    borders: tuple[Border, ...]
    jolts: tuple[Interval, ...]
    windows: tuple[Interval, ...]
    complete: bool
    reason: Incomplete | None
    decoded_ns: int


def find_cuts_in(
    source: FrameSource,
    packets: PacketTable,
    facts: Sequence[KeyframeFacts],
    thumbs: Thumbnails,
    hints: Sequence[Hint],
    *,
    picture_px: int,
) -> CutSearch:
    """Look for cuts where packets, random-access pictures or hints point.

    Args:
        source: decodes stretches in full; nothing else is asked of it.
        packets: the packets.
        facts: of the random-access pictures, in time order.
        thumbs: small pictures of them.
        hints: what sound, clock and file suspect.
        picture_px: pixels of a picture.
    """
    plan = plan_windows(packets, facts, thumbs, hints, source.cost_ns)
    seen = _Seen(source)
    for stretch in plan.windows:
        seen.look(stretch)
    unseen = seen.look_again(int(AGAIN_SHARE * plan.budget_ns), packets.duration_ns)
    if len(seen.pulses) < ENOUGH_PULSES and any(step.is_key for step in seen.steps):
        # What was decoded so far was chosen because it looked odd.
        for border in ordinary_borders(facts, CALIBRATION_BORDERS):
            seen.look(Interval(border.start_ns, min(packets.duration_ns, border.end_ns + AFTER_NS)))
    judged = [(step, impulse) for step in seen.steps if (impulse := judge(step, seen.pulses)) is not None]
    jolted = [is_jolt(step.border.small_before, step.border.small_after) for step, _ in judged]
    blocks = np.concatenate([np.empty(0), *seen.blocks])  # windows of a broken file may hold next to no frame
    usual = float(np.quantile(blocks, 0.95)) if blocks.size else 0.0
    borders = [
        (step, _as_judged(step, impulse, hints, plan.sizes, usual))
        for (step, impulse), is_camera in zip(judged, jolted, strict=True)
        if not is_camera
    ]
    suspicion = {c.within.end_ns: c.score for c in plan.sizes}
    findings = [_finding(step, border, usual, suspicion, hints) for step, border in borders if not border.is_weak]
    reason = _incomplete(plan.left_out + unseen, seen, packets, picture_px)
    return CutSearch(
        findings=tuple(findings),
        borders=tuple(border for _, border in borders),
        jolts=tuple(_between(step.border) for (step, _), is_camera in zip(judged, jolted, strict=True) if is_camera),
        windows=tuple(seen.windows),
        complete=reason is None,
        reason=reason,
        decoded_ns=seen.decoded_ns,
    )


class _Seen:
    """What was decoded so far, and what it shows; pictures are dropped window by window."""

    def __init__(self, source: FrameSource) -> None:
        self._source = source
        self.steps: list[Step] = []
        self.pulses: list[Pulse] = []
        self.blocks: list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]] = []
        self.windows: list[Interval] = []
        self.cut_off: list[Interval] = []
        self.failed = 0
        self.decoded_ns = 0

    def look(self, stretch: Interval) -> None:
        """Decode a stretch and measure it."""
        self.decoded_ns += self._source.cost_ns(stretch)
        window = self._source.window(stretch)
        if window is None:
            self.failed += 1
            return
        measured = measure_steps(window)
        known = {step.border.time_after_ns for step in self.steps}
        self.steps += [step for step in measured.steps if step.border.time_after_ns not in known]
        self.steps.sort(key=lambda step: step.border.time_after_ns)
        known = {pulse.time_ns for pulse in self.pulses}
        self.pulses += [pulse for pulse in measured.pulses if pulse.time_ns not in known]
        self.blocks.append(measured.blocks)
        self.windows.append(stretch)
        self.cut_off += measured.cut_off

    def look_again(self, limit_ns: int, duration_ns: int) -> int:
        """Decode what is missing beside jumps at the ends of what was decoded; how many are left, for their cost."""
        left = 0
        asked, self.cut_off = self.cut_off, []
        for wanted in asked:
            stretch = Interval(wanted.start_ns, min(wanted.end_ns, duration_ns))
            if any(w.start_ns <= stretch.start_ns and stretch.end_ns <= w.end_ns for w in self.windows):
                continue
            cost_ns = self._source.cost_ns(stretch)
            if cost_ns > limit_ns:
                left += 1
                continue
            limit_ns -= cost_ns
            self.look(stretch)
        return left


def _incomplete(left_out: int, seen: _Seen, packets: PacketTable, picture_px: int) -> Incomplete | None:
    if seen.failed:
        return Incomplete.UNDECODABLE
    if left_out:
        return Incomplete.BUDGET_SPENT
    return Incomplete.NOISE_HIDES_JUMPS if noise_hides_jumps(packets, picture_px) else None


def _as_judged(
    step: Step, impulse: float, hints: Sequence[Hint], sizes: Sequence[Candidate], usual_blocks: float
) -> Border:
    """The border of a jump, and whether it is too weak to be told alone."""
    is_faint = impulse < SURE_RATIO * step.needed and step.border.blocks < UNUSUAL_RATIO * usual_blocks
    is_doubtful = (
        _is_one_mover(step, hints)
        or _is_lone_speck(step, hints, sizes)
        or (is_faint and not _is_seconded(step, hints, sizes))
    )
    return replace(step.border, strength=impulse, is_weak=impulse < step.needed or is_doubtful)


def _is_one_mover(step: Step, hints: Sequence[Hint]) -> bool:
    """Whether one person alone jumps, and nothing else points there: people start, frames get lost in one place.

    Where seconds are missing everybody moves at once. In a picture with one person a wide jump still counts.
    """
    near = _near(step.border)
    is_hinted = any(_touches(hint.within, near) for hint in hints)
    return not is_hinted and step.border.blocks < ONE_MOVER_BLOCKS and movers(step) <= 1


def _is_lone_speck(step: Step, hints: Sequence[Hint], sizes: Sequence[Candidate]) -> bool:
    """Whether next to nothing jumps, and nothing else points there."""
    if step.border.blocks >= FEW_BLOCKS:
        return False
    near = _near(step.border)
    return not _is_paid(step, sizes) and not any(_touches(hint.within, near) for hint in hints)


def _is_seconded(step: Step, hints: Sequence[Hint], sizes: Sequence[Candidate]) -> bool:
    """Whether an odd packet or another measurement points at a jump; not the clock, whose own signs jump with it."""
    near = _near(step.border)
    others = (hint for hint in hints if hint.source is not HintSource.CLOCK)
    return _is_paid(step, sizes) or any(_touches(hint.within, near) for hint in others)


def _is_paid(step: Step, sizes: Sequence[Candidate]) -> bool:
    at_ns = step.border.time_after_ns
    return any(size.within.start_ns < at_ns <= size.within.end_ns for size in sizes)


def _between(border: Border) -> Interval:
    return Interval(border.time_before_ns, border.time_after_ns)


def _near(border: Border) -> Interval:
    return Interval(max(0, border.time_before_ns - HINT_REACH_NS), border.time_after_ns + HINT_REACH_NS)


def _finding(
    step: Step, border: Border, usual_blocks: float, suspicion: dict[int, float], hints: Sequence[Hint]
) -> Finding:
    before_ns, after_ns = border.time_before_ns, border.time_after_ns
    near = _near(border)
    hinted_by = sorted({hint.source.value for hint in hints if _touches(hint.within, near)})
    confidence = confidence_of(border.strength / step.needed, border.blocks, len(hinted_by))
    return Finding(
        FindingKind.CUT,
        Interval(before_ns, after_ns),
        confidence=confidence,
        severity=Severity.CRITICAL if confidence >= _CLEAR_CONFIDENCE else Severity.WARNING,
        measured_from="full_decode",
        detail={
            "before_s": round(before_ns / NS_PER_S, 6),
            "after_s": round(after_ns / NS_PER_S, 6),
            "blocks_moved": border.blocks,
            "blocks_in_picture": BLOCKS_IN_PICTURE,
            "usual_blocks_moved": usual_blocks,
            "times_stronger_than_neighbours": round(border.strength, 2),
            "times_stronger_needed": step.needed,
            "share_standing_after_two_frames": round(step.persistence, 2),
            "at_random_access_picture": step.is_key,
            "size_score": None if after_ns not in suspicion else round(suspicion[after_ns], 2),
            "hinted_by": hinted_by,
        },
    )


def confidence_of(times_needed: float, blocks: int, hinted: int) -> float:
    """How sure a cut is: rises with its strength, its breadth and each other measurement that points at it.

    A ranking; ``confidence_table`` turns it into a frequency (``docs/accuracy.md``).

    Args:
        times_needed: strength over what a finding needs, >= 1.
        blocks: blocks that jumped.
        hinted: other measurements that point at the same instant.
    """
    doubt = 0.4 * float(np.exp(-0.8 * np.log(max(times_needed, 1.0)) - 0.02 * min(blocks, 60)))
    return round(min(0.99, 1.0 - doubt * 0.5**hinted), 3)


def _touches(one: Interval, other: Interval) -> bool:
    return one.start_ns <= other.end_ns and other.start_ns <= one.end_ns
