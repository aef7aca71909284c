"""Stretches whose sound runs backwards: the mains hum's waveform is mirrored between two instants.

Between two such borders the phases of all harmonics fit those outside only when time runs the other way. Rooms that
let sound begin at once and fade slowly show it too: in a reversed stretch sound swells and stops short.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_features import HUM_STEP_NS, SHAPE_STEP_NS, SoundFeatures
from lessonproof.analysis.sound_hum import HumTrack, local_maxima
from lessonproof.evidence.intervals import NS_PER_S, Interval

_MISFIT: Final = 20.0
_MIRROR_SHARE: Final = 0.35
_LONGEST_NS: Final = 600 * NS_PER_S
_LEAST_POWER: Final = 500.0


@dataclass(frozen=True, slots=True)
class ReversedSound:
    """A stretch whose sound seems to run backwards.

    Attributes:
        within: the stretch.
        hum: log-likelihood of mirrored time against forward time at its borders, the weaker of both.
        decay: skewness of the level's steps inside minus that of the recording; below 0 where sound swells and stops
            short.
    """

    within: Interval
    hum: float
    decay: float


def reversed_stretches(features: SoundFeatures, hum: HumTrack, duration_ns: int) -> tuple[ReversedSound, ...]:
    """Pairs of neighbouring instants at which the hum's waveform is mirrored."""
    gain = hum.misfit - hum.mirror_misfit
    turns = np.where((hum.misfit >= _MISFIT) & (hum.mirror_misfit <= _MIRROR_SHARE * hum.misfit), gain, 0.0)
    at = local_maxima(turns.astype(np.float32))
    found: list[ReversedSound] = []
    k = 0
    while k + 1 < len(at):
        within = Interval(int(at[k]) * HUM_STEP_NS, min(duration_ns, int(at[k + 1]) * HUM_STEP_NS))
        if within.length_ns > _LONGEST_NS:
            k += 1
            continue
        found.append(ReversedSound(within, float(min(turns[at[k]], turns[at[k + 1]])), decay_skew(features, within)))
        k += 2
    return tuple(found)


def decay_skew(features: SoundFeatures, within: Interval) -> float:
    """Skewness of the level's steps inside a stretch minus that of the whole recording; 0 where it is too quiet."""
    first, last = within.start_ns // SHAPE_STEP_NS + 1, within.end_ns // SHAPE_STEP_NS
    here, everywhere = features.shape[first:last].sum(axis=0), features.shape.sum(axis=0)
    if here[0] < _LEAST_POWER or everywhere[0] < _LEAST_POWER:
        return 0.0
    return _skew(here, max(1, last - first)) - _skew(everywhere, len(features.shape))


def _skew(sums: NDArray[np.float32], seconds: int) -> float:
    """Third moment over the second one to the power 1.5, both per second."""
    return float(sums[1] / seconds / (sums[0] / seconds) ** 1.5)
