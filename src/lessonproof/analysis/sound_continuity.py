"""Does the sound go on through one instant: asked where the picture jumps."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np

from lessonproof.analysis.sound_features import HUM_STEP_NS
from lessonproof.analysis.sound_floor import FloorSteps
from lessonproof.analysis.sound_hum import HumTrack

_LEAST_WEIGHT: Final = 30.0
_BROKEN: Final = 15.0
_UNBROKEN: Final = 3.0
_REACH_STEPS: Final = 2
_SAME_PHASE_HZ: Final = 0.004
"""A cut of 10 s shifts the phase by 15 degrees at least where the grid is so far off 50 Hz; nearer to 50 Hz a cut by
whole pictures leaves the phase where it was, and nothing can be told."""


class Continuity(StrEnum):
    """What the sound does at an instant."""

    UNBROKEN = "unbroken"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SoundContinuity:
    """The answer, and what it rests on.

    Attributes:
        state: whether sound goes on.
        reason: why nothing can be said: ``no_hum``, ``hum_changes``, ``mains_at_50_hz``, ``near_the_end``; ``None``
            where something can.
        log_likelihood: of a break in the hum's phase against none; ``None`` without hum.
        weight: how well phases could be compared; ``None`` likewise.
        mains_hz: frequency of the hum there; ``None`` likewise.
        floor_change_db: how far the noise floor changes; it decides nothing.
    """

    state: Continuity
    reason: str | None
    log_likelihood: float | None
    weight: float | None
    mains_hz: float | None
    floor_change_db: float | None


def sound_at(hum: HumTrack, floor: FloorSteps, time_ns: int) -> SoundContinuity:
    """Whether the sound goes on through an instant.

    Args:
        hum: the recording's hum.
        floor: its noise floor.
        time_ns: where the picture jumps; a quarter of a second to either side is the same.
    """
    step = time_ns // HUM_STEP_NS
    near = slice(max(0, step - _REACH_STEPS), step + _REACH_STEPS + 1)
    if hum.jump[near].size == 0:
        return SoundContinuity(Continuity.UNKNOWN, "near_the_end", None, None, None, None)
    change_db = float(floor.change_db[near].max()) if floor.change_db[near].size else None
    at = near.start + int((hum.jump + hum.misfit)[near].argmax())
    weight = float(hum.weight[at])
    if weight < _LEAST_WEIGHT:
        return SoundContinuity(Continuity.UNKNOWN, "no_hum", None, None, None, change_db)
    state, reason = _state(hum, at)
    likelihood = float(hum.jump[at] + hum.misfit[at])
    return SoundContinuity(state, reason, likelihood, weight, 50.0 + float(hum.deviation_hz[at]), change_db)


def _state(hum: HumTrack, at: int) -> tuple[Continuity, str | None]:
    jump, misfit = float(hum.jump[at]), float(hum.misfit[at])
    if jump >= _BROKEN and misfit <= 0.2 * jump:
        return Continuity.BROKEN, None
    if jump + misfit >= _BROKEN and hum.mirror_misfit[at] <= 0.35 * misfit:
        return Continuity.BROKEN, None
    if jump + misfit >= _BROKEN:
        return Continuity.UNKNOWN, "hum_changes"
    if jump + misfit <= _UNBROKEN:
        if np.abs(hum.deviation_hz[at]) < _SAME_PHASE_HZ:
            return Continuity.UNKNOWN, "mains_at_50_hz"
        return Continuity.UNBROKEN, None
    return Continuity.UNKNOWN, "hum_changes"
