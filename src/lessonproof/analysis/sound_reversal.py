"""Stretches whose sound runs backwards: the mains hum's waveform is mirrored between two instants.

Between two such borders the phases of all harmonics fit those outside only when time runs the other way. Rooms that
let sound begin at once and fade slowly show it too: in a reversed stretch sound swells and stops short.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.sound_breaks import steep_falls
from lessonproof.analysis.sound_features import HUM_STEP_NS, SHAPE_STEP_NS, SoundFeatures
from lessonproof.analysis.sound_hum import HumTrack, local_maxima
from lessonproof.evidence.intervals import NS_PER_S, Interval

_MISFIT: Final = 20.0
_MIRROR_SHARE: Final = 0.35
_LONGEST_NS: Final = 600 * NS_PER_S
_LEAST_POWER: Final = 500.0
_CLUSTER_GAP_NS: Final = 6 * NS_PER_S
_CLUSTER_FALLS: Final = 4
_CLUSTER_TIMES: Final = 10.0
"""How much denser steep falls must be inside a stretch than in the rest of the recording."""
_LEANS: Final = -0.015
"""Synthesised rooms: reversed stretches of 6 to 20 s lie at -0.045 to -0.025, half of the forward ones above 0."""


@dataclass(frozen=True, slots=True)
class ReversedSound:
    """A stretch whose sound seems to run backwards.

    Attributes:
        within: the stretch.
        hum: log-likelihood of mirrored time against forward time at its borders, the weaker of both; ``None`` where
            the hum does not show it.
        falls: how often the sound stops short inside, as it never does in a room.
        decay: skewness of the level's steps inside minus that of the recording; below 0 where sound swells and stops
            short.
    """

    within: Interval
    hum: float | None
    falls: int
    decay: float


def reversed_stretches(features: SoundFeatures, hum: HumTrack, duration_ns: int) -> tuple[ReversedSound, ...]:
    """Stretches between two instants at which the hum's waveform is mirrored, and stretches full of sudden ends.

    The latter's borders lie within some seconds outside.
    """
    falls_ns = steep_falls(features)
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
        likelihood = float(min(turns[at[k]], turns[at[k + 1]]))
        inside = int(np.count_nonzero((falls_ns >= within.start_ns) & (falls_ns < within.end_ns)))
        found.append(ReversedSound(within, likelihood, inside, decay_skew(features, within)))
        k += 2
    clusters = _clusters(features, falls_ns, duration_ns)
    found += [one for one in clusters if not any(one.within.intersect(other.within) for other in found)]
    return tuple(sorted(found, key=lambda stretch: stretch.within.start_ns))


def _clusters(features: SoundFeatures, falls_ns: NDArray[np.int64], duration_ns: int) -> list[ReversedSound]:
    """Stretches in which the sound stops short again and again, and leans the other way."""
    borders = np.flatnonzero(np.diff(falls_ns) > _CLUSTER_GAP_NS) + 1
    found: list[ReversedSound] = []
    for group in np.split(falls_ns, borders):
        if group.size < _CLUSTER_FALLS:
            continue
        within = Interval(int(group[0]), min(duration_ns, int(group[-1]) + 1))
        rest = (falls_ns.size - group.size) / max(1, duration_ns - within.length_ns)
        decay = decay_skew(features, within)
        if group.size / within.length_ns >= _CLUSTER_TIMES * rest and decay <= _LEANS:
            found.append(ReversedSound(within, None, int(group.size), decay))
    return found


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
