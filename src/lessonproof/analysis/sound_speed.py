"""Speed told by the mains: hum lines that stand in one row, but not at 50 Hz and its multiples.

A stretch played faster by 5 % hums at 52.5 Hz. A machine's own tone and a coder's artefacts make rows of lines as well,
so a stretch off 50 Hz counts only where the rest of the recording hums at 50 Hz, or where all of it is off by the same.
"""

import itertools
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.sound_features import COMB_STEP_NS, MAINS_HZ, MAINS_TOLERANCE_HZ
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.intervals import Interval

_HEIGHT_DB: Final = 5.0
_MAINS_SHARE: Final = 0.8
"""A row at 50 Hz that is nearly as high as the highest one is the mains."""
_STEADY_HZ: Final = 0.15
_LEAST_WINDOWS: Final = 3
_GRID_HZ: Final = 0.02
_ELSEWHERE_SHARE: Final = 0.6
_THROUGHOUT_SHARE: Final = 0.8
_KNOWN_SLACK_HZ: Final = 0.05


def hum_speed(comb: NDArray[np.float32], duration_ns: int) -> tuple[SpeedEvidence, ...]:
    """What the hum says of the speed, one value for each stretch in which it stays the same.

    Args:
        comb: windows of 8 s each 4 s, shape ``(C, 4)``, as in ``SoundFeatures``.
        duration_ns: the recording's length.

    Returns:
        In time order; also stretches that run as recorded (a factor of 1). Nothing where there is no hum, or where
        nothing says that a row of lines is hum.
    """
    base_hz, height_db, mains_hz, mains_db = comb.T.astype(np.float64)
    is_mains = (mains_db >= _HEIGHT_DB) & (mains_db >= _MAINS_SHARE * height_db)
    at_hz = np.where(is_mains, mains_hz, base_hz)
    stretches = _steady(at_hz, is_mains | (height_db >= _HEIGHT_DB))
    is_off = np.zeros(len(comb), np.bool_)
    for start, end in stretches:
        # Windows reach over a border: one beside it says nothing.
        is_off[max(0, start - 1) : end + 1] |= not is_mains[start:end].mean() > 0.5
    reference_hz, slack_hz, has_reference = MAINS_HZ, MAINS_TOLERANCE_HZ, False
    if (~is_off).sum() >= _LEAST_WINDOWS and is_mains[~is_off].mean() >= _ELSEWHERE_SHARE:
        reference_hz, slack_hz, has_reference = float(np.median(mains_hz[is_mains])), _KNOWN_SLACK_HZ, True
    found: list[SpeedEvidence] = []
    for start, end in stretches:
        is_as_recorded = bool(is_mains[start:end].mean() > 0.5)
        if not (is_as_recorded or has_reference or end - start >= _THROUGHOUT_SHARE * len(comb)):
            continue
        here = at_hz[start:end]
        spread_hz = float(here.std()) / np.sqrt(len(here)) + _GRID_HZ
        factor = float(np.median(here)) / reference_hz
        slack = float(2 * spread_hz + factor * slack_hz) / reference_hz
        # A window ends with its step and begins one step earlier.
        within = Interval(max(0, start - 1) * COMB_STEP_NS, min(duration_ns, end * COMB_STEP_NS))
        found.append(SpeedEvidence(within, factor, factor - slack, factor + slack, SpeedSource.HUM))
    return tuple(found)


def _steady(at_hz: NDArray[np.float64], is_hum: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Stretches of windows whose frequency stays, long enough to be believed."""
    follows = is_hum & (np.abs(np.diff(at_hz, prepend=at_hz[:1])) <= _STEADY_HZ)
    follows |= is_hum & np.append(follows[1:], False)
    found: list[tuple[int, int]] = []
    for first, last in runs(follows):
        steps = np.flatnonzero(np.abs(np.diff(at_hz[first:last])) > _STEADY_HZ) + first + 1
        pairs = itertools.pairwise([first, *steps.tolist(), last])
        found += [(start, end) for start, end in pairs if end - start >= _LEAST_WINDOWS]
    return found
