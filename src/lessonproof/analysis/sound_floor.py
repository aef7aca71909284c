"""The room's noise floor, band by band, on both sides of every instant.

A machine that is switched on or off raises or lowers every band that it sounds in; automatic gain moves all bands
together and slowly. Another room, or the same one at another time, raises some bands and lowers others, at once.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import BAND_DB_LOWEST, BAND_DB_STEP, SoundFeatures

_SMOOTH: Final = 3
_SIDES: Final = (40, 80)
"""Steps of 100 ms on each side: somebody is silent for a moment in 4 to 8 seconds."""
_LEAST_STEPS: Final = 20
_BLOCK_STEPS: Final = 36_000
_OVERLAP_STEPS: Final = 100
_LOWEST_DB: Final = -110.0
"""Below this a coder has left a band out."""


@dataclass(frozen=True, slots=True, eq=False)
class FloorSteps:
    """How the floor changes at each instant, steps of 100 ms; arrays of shape ``(B,)``.

    Attributes:
        change_db: root mean square over the bands of the change, the smaller of what 4 s and 8 s on each side say.
        up_db: mean over the bands of what rises.
        down_db: mean over the bands of what falls.
    """

    change_db: NDArray[np.float32]
    up_db: NDArray[np.float32]
    down_db: NDArray[np.float32]


def floor_steps(features: SoundFeatures) -> FloorSteps:
    """Compare the floor before and behind every instant, an hour at a time."""
    parts: list[FloorSteps] = []
    for first in range(0, max(1, len(features.bands)), _BLOCK_STEPS):
        low, high = max(0, first - _OVERLAP_STEPS), first + _BLOCK_STEPS + _OVERLAP_STEPS
        part = _steps(features.bands[low:high])
        keep = slice(first - low, first - low + _BLOCK_STEPS)
        parts.append(FloorSteps(part.change_db[keep], part.up_db[keep], part.down_db[keep]))
    return FloorSteps(
        np.concatenate([part.change_db for part in parts]),
        np.concatenate([part.up_db for part in parts]),
        np.concatenate([part.down_db for part in parts]),
    )


def _steps(coarse: NDArray[np.uint8]) -> FloorSteps:
    smooth = _running_mean(coarse.astype(np.float32) * BAND_DB_STEP + BAND_DB_LOWEST)
    change, up, down = [], [], []
    for side in _SIDES:
        step = _after(smooth, side) - _before(smooth, side)
        step[(_after(smooth, side) < _LOWEST_DB) | (_before(smooth, side) < _LOWEST_DB)] = 0.0
        change.append(np.sqrt(np.square(step).mean(axis=1)))
        up.append(np.clip(step, 0, None).mean(axis=1))
        down.append(np.clip(-step, 0, None).mean(axis=1))
    result = FloorSteps(np.minimum(*change), np.minimum(*up), np.minimum(*down))
    for values in (result.change_db, result.up_db, result.down_db):
        # With less than two seconds on one side there is no floor to compare with.
        values[:_LEAST_STEPS] = values[max(0, len(values) - _LEAST_STEPS) :] = 0.0
    return result


def _running_mean(bands: NDArray[np.float32]) -> NDArray[np.float32]:
    padded = np.pad(bands, ((_SMOOTH // 2, _SMOOTH // 2), (0, 0)), mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, _SMOOTH, axis=0).mean(axis=2), np.float32)


def _running_min(values: NDArray[np.float32], length: int) -> NDArray[np.float32]:
    """Minimum over ``length`` steps from each step on; doubling windows, so that the length costs its logarithm."""
    result, reach = values.copy(), 1
    while reach < length:
        step = min(reach, length - reach)
        result[:-step] = np.minimum(result[:-step], result[step:])
        reach += step
    return result


def _before(smooth: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    """Floor of the steps before each one; at the beginning what there is."""
    padded = np.concatenate([np.repeat(smooth[:1], side + 2, axis=0), smooth])
    return _running_min(padded, side)[: len(smooth)]


def _after(smooth: NDArray[np.float32], side: int) -> NDArray[np.float32]:
    padded = np.concatenate([smooth, np.repeat(smooth[-1:], side + 2, axis=0)])
    return _running_min(padded, side)[2 : len(smooth) + 2]
