"""Stretches of sound that seem to come back: looked up by sub-fingerprints, confirmed along one diagonal.

Haitsma and Kalker (2002), "A Highly Robust Audio Fingerprinting System": 32 bits for each step, equal bits along a
constant distance in time mean equal sound. The cost grows with the recording's length as long as keys are rarely equal
by chance; keys that come up everywhere (a tone that stands) are left out.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.sound_features import LEVEL_STEP_NS, PRINT_STEP_NS, SoundFeatures
from lessonproof.evidence.intervals import NS_PER_MS, NS_PER_S

REPLAY_MIN_NS: Final = 5 * NS_PER_S
_NEAREST_NS: Final = 1 * NS_PER_S
"""Sound resembles what was heard a moment ago; a replay lies behind its own source."""
_KEY_BITS: Final = 20
_KEY_SHIFTS: Final = (0, 12)
_MOST_EQUAL: Final = 48
MOST_PAIRS: Final = 500_000
"""Most pairs that are kept for each of the two keys, so that eight hours need no more memory than one: in a recording
that has more (a lesson of an hour has some 550,000) the commonest keys are left out, and they tell least."""
_VOTE_STEPS: Final = 160
_VOTES: Final = 3
_MATCH_STEPS: Final = 62
"""Bits are compared over 2 s."""
_ERROR_RATE: Final = 0.35
"""Share of wrong bits below which Haitsma and Kalker call two stretches of 3 s equal (their section 3.3)."""
_LEAST_NS: Final = REPLAY_MIN_NS - 1500 * NS_PER_MS
_DEAD_DBFS: Final = -80.0
MOST_CANDIDATES: Final = 24


@dataclass(frozen=True, slots=True)
class ReplayCandidate:
    """Two stretches whose prints agree.

    Attributes:
        source_step: first step of the earlier one, steps of 32 ms.
        start_step: first step of the later one.
        steps: how many agree.
        error_rate: share of bits that differ, 0..0.5.
    """

    source_step: int
    start_step: int
    steps: int
    error_rate: float


def replay_candidates(features: SoundFeatures) -> tuple[ReplayCandidate, ...]:
    """Pairs of stretches of some 5 s and more whose prints agree, the longest first, at most ``MOST_CANDIDATES``."""
    prints = features.prints
    usable = _usable(features)
    pairs = _equal_keys(prints, usable)
    found: list[ReplayCandidate] = []
    for lag, near in _voted(pairs):
        if any(abs(lag - (c.start_step - c.source_step)) <= 2 and _touches(c, near) for c in found):
            continue
        best = max((_along(prints, usable, lag + off, near) for off in (-1, 0, 1)), key=lambda c: c.steps if c else 0)
        if best is not None:
            found.append(best)
    found.sort(key=lambda c: (-c.steps, c.start_step))
    return tuple(_without_overlaps(found)[:MOST_CANDIDATES])


def _usable(features: SoundFeatures) -> NDArray[np.bool_]:
    """Steps with sound in them: silence equals silence and says nothing."""
    level = features.rms_dbfs.astype(np.float32)
    alive = np.nan_to_num(level, nan=-np.inf) > _DEAD_DBFS
    at = np.minimum(np.arange(len(features.prints)) * PRINT_STEP_NS // LEVEL_STEP_NS, len(alive) - 1)
    before = np.maximum(at - 2, 0)
    return np.asarray(alive[at] & alive[before] & (features.prints != 0))


def _equal_keys(prints: NDArray[np.uint32], usable: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Pairs of steps with an equal key, earlier and later, shape ``(K, 2)``."""
    least = _NEAREST_NS // PRINT_STEP_NS
    steps = np.flatnonzero(usable).astype(np.int32)
    found: list[NDArray[np.int32]] = []
    for shift in _KEY_SHIFTS:
        keys = (prints[steps] >> np.uint32(shift)) & np.uint32((1 << _KEY_BITS) - 1)
        order = np.argsort(keys, kind="stable")
        ordered, places = keys[order], steps[order]
        _, first, count = np.unique(ordered, return_index=True, return_counts=True)
        most = most_equal(count)
        size = np.repeat(count, count)
        rest = np.repeat(first + count, count) - np.arange(len(ordered)) - 1
        for apart in range(1, most):
            has = np.flatnonzero((size <= most) & (rest >= apart))
            if has.size == 0:
                break
            early, late = places[has], places[has + apart]
            far = late - early >= least
            found.append(np.stack([early[far], late[far]], axis=1))
    return np.concatenate(found) if found else np.empty((0, 2), np.int32)


def most_equal(count: NDArray[np.int64]) -> int:
    """How often a key may come up to be looked at: as often as keeps the pairs within :data:`MOST_PAIRS`.

    Args:
        count: how often each key comes up, shape ``(K,)``.
    """
    of_size = np.bincount(np.minimum(count, _MOST_EQUAL + 1), minlength=_MOST_EQUAL + 2)[: _MOST_EQUAL + 1]
    sizes = np.arange(_MOST_EQUAL + 1)
    pairs = np.cumsum(of_size * sizes * (sizes - 1) // 2)
    return int(np.searchsorted(pairs, MOST_PAIRS, side="right")) - 1


def _voted(pairs: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Distances in time for which several keys speak in one place: distance and the later place, most votes first."""
    if len(pairs) == 0:
        return []
    votes: dict[tuple[int, int], int] = {}
    lag = (pairs[:, 1] - pairs[:, 0]).astype(np.int64)
    for lag_shift in (0, 1):
        for place_shift in (0, _VOTE_STEPS // 2):
            place = (pairs[:, 1] + place_shift) // _VOTE_STEPS
            box = ((lag + lag_shift) // 2) << 32 | place
            _, first, count = np.unique(box, return_index=True, return_counts=True)
            for row, number in zip(first[count >= _VOTES].tolist(), count[count >= _VOTES].tolist(), strict=True):
                votes[int(lag[row]), int(pairs[row, 1])] = number
    return sorted(votes, key=lambda key: (-votes[key], key))[: 40 * MOST_CANDIDATES]


def _touches(candidate: ReplayCandidate, step: int) -> bool:
    return candidate.start_step - _MATCH_STEPS <= step <= candidate.start_step + candidate.steps + _MATCH_STEPS


def _along(prints: NDArray[np.uint32], usable: NDArray[np.bool_], lag: int, near: int) -> ReplayCandidate | None:
    """Follow a distance to both sides for as long as the bits agree over 2 s."""
    if not _agrees_near(prints, lag, near):
        return None
    reach = 40 * _VOTE_STEPS
    low, high = max(lag, near - reach), min(len(prints), near + reach)
    if high - low < _MATCH_STEPS or lag <= 0:
        return None
    differ = np.bitwise_count(prints[low:high] ^ prints[low - lag : high - lag]).astype(np.float32) / 32
    differ[~(usable[low:high] & usable[low - lag : high - lag])] = 0.5
    mean = np.convolve(differ, np.ones(_MATCH_STEPS) / _MATCH_STEPS, mode="same")
    agrees = mean < _ERROR_RATE
    for start, end in runs(agrees):
        if start - _MATCH_STEPS <= near - low <= end + _MATCH_STEPS and (end - start) * PRINT_STEP_NS >= _LEAST_NS:
            return ReplayCandidate(low + start - lag, low + start, end - start, float(differ[start:end].mean()))
    return None


def _agrees_near(prints: NDArray[np.uint32], lag: int, near: int) -> bool:
    """A quick look before the whole stretch is followed."""
    low, high = max(lag, near - _MATCH_STEPS), min(len(prints), near + _MATCH_STEPS)
    if high - low < _MATCH_STEPS or lag <= 0:
        return False
    wrong = np.bitwise_count(prints[low:high] ^ prints[low - lag : high - lag])
    sums = np.cumsum(np.pad(wrong.astype(np.int64), (1, 0)))
    fewest = int((sums[_MATCH_STEPS // 2 :] - sums[: -(_MATCH_STEPS // 2)]).min())
    return fewest < _ERROR_RATE * 32 * (_MATCH_STEPS // 2)


def _without_overlaps(found: list[ReplayCandidate]) -> list[ReplayCandidate]:
    """Of candidates whose later stretch is the same, the longest stands."""
    kept: list[ReplayCandidate] = []
    for candidate in found:
        middle = candidate.start_step + candidate.steps // 2
        if not any(other.start_step <= middle < other.start_step + other.steps for other in kept):
            kept.append(candidate)
    return kept
