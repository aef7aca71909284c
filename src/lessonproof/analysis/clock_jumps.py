"""Steps of a burned-in clock against presentation time: ``clock_jump``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

import numpy as np

from lessonproof.analysis.clock_fit import HARD_UNITS, JUMP_UNITS, Piece
from lessonproof.analysis.clock_refine import ClockJump, ClockSource, refine_jump
from lessonproof.analysis.clock_series import MEASURED_FROM, ClockSeries
from lessonproof.analysis.clock_text import moment_of
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval

_SETTLED_READINGS: Final = 3
"""So many readings on each side make a jump that stands without looking at the frames between."""
_MOST_REFINED: Final = 12
_SECONDS_FROM: Final = len("2024-09-01 08:31:")


@dataclass(frozen=True, slots=True)
class JumpSearch:
    """What was found.

    Attributes:
        jumps: in time order.
        hints: where the picture should be looked at.
        misread: steps that one digit which was misread from there on would make; nobody knows which it is.
    """

    jumps: tuple[ClockJump, ...]
    hints: tuple[Hint, ...]
    misread: tuple[Interval, ...]


def find_jumps(
    series: ClockSeries, pieces: Sequence[Piece], explained: Sequence[Interval], source: ClockSource | None
) -> JumpSearch:
    """Steps between neighbouring pieces that nothing else explains.

    Args:
        series: the readings that the pieces stand on.
        pieces: how the clock runs, in time order.
        explained: stretches whose borders are no jumps of their own.
        source: reads the frames between two readings; ``None`` leaves a jump between them.
    """
    jumps: list[ClockJump] = []
    hints: list[Hint] = []
    misread: list[Interval] = []
    for before, after in pairwise(pieces):
        jump = step_between(series, before, after)
        between_s = abs(float(series.offset_s[after.first] - series.offset_s[before.end - 1]))
        is_small = abs(jump.jump_s) < JUMP_UNITS * series.unit_s or between_s <= HARD_UNITS * series.unit_s
        if is_small or any(jump.within.intersect(e) for e in explained):
            continue
        is_settled = min(jump.readings_before, jump.readings_after) >= _SETTLED_READINGS
        refined = None
        if source is not None and len(jumps) < _MOST_REFINED:
            refined = refine_jump(source, jump, series.unit_s, series.modulus_s)
            if refined is not None and _is_missed_carry(refined):
                misread.append(refined.within)
            elif refined is not None:
                jumps.append(refined)
        elif is_settled:
            jumps.append(jump)
        # As narrow as it is known: what else happens between two readings is not what the clock points at.
        hints.append(Hint((refined or jump).within, HintSource.CLOCK, 0.9))
    return JumpSearch(tuple(jumps), tuple(hints), tuple(misread))


def _is_missed_carry(jump: ClockJump) -> bool:
    """Whether the clock shows what it should but for one digit that should have changed at this very step.

    08:35:59 is followed by 08:35:00 where a 6 is read as a 5, from there on; a clock that somebody sets does so once in
    sixty times.
    """
    before = moment_of(jump.wall_before_s)
    due = before + timedelta(seconds=1)
    shown = moment_of(jump.wall_after_s)
    digits = [moment.isoformat(sep=" ") for moment in (before, due, shown)]
    wrong = [place for place, (was, want, is_) in enumerate(zip(*digits, strict=True)) if want != is_]
    # A digit of the seconds changes again too soon for its misreading to look like another time.
    return len(wrong) == 1 and wrong[0] < _SECONDS_FROM and digits[0][wrong[0]] != digits[1][wrong[0]]


def step_between(series: ClockSeries, before: Piece, after: Piece) -> ClockJump:
    """The step from one piece to the next, halfway between their readings."""
    last, first = before.end - 1, after.first
    middle_s = float(series.time_s[last] + series.time_s[first]) / 2
    return ClockJump(
        within=Interval(series.time_ns[last], series.time_ns[first]),
        offset_before_s=before.offset_at(middle_s),
        offset_after_s=after.offset_at(middle_s),
        wall_before_s=series.shown(last),
        wall_after_s=series.shown(first),
        readings_before=before.readings,
        readings_after=after.readings,
    )


def jump_finding(jump: ClockJump) -> Finding:
    """What is told of a jump."""
    size = abs(jump.jump_s)
    readings = min(jump.readings_before, jump.readings_after)
    sure = 0.5 + 0.49 * (1 - np.exp(-(size - 1.0) * 1.5)) * (1 - np.exp(-readings))
    detail: dict[str, JsonValue] = {
        "jump_s": round(jump.jump_s, 2),
        "direction": "forward" if jump.jump_s > 0 else "backward",
        "shown_before": moment_of(jump.wall_before_s).isoformat(sep=" "),
        "shown_after": moment_of(jump.wall_after_s).isoformat(sep=" "),
        "readings_before": jump.readings_before,
        "readings_after": jump.readings_after,
        "located_on": "frames" if jump.is_refined else "keyframes",
    }
    return Finding(FindingKind.CLOCK_JUMP, jump.within, round(float(sure), 4), Severity.CRITICAL, MEASURED_FROM, detail)
