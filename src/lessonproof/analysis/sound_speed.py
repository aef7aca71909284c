"""Speed told by the mains: hum lines that stand in one row, but not at 50 Hz and its multiples.

A stretch played faster by 5 % hums at 52.5 Hz. A machine's own tone and a coder's artefacts make rows of lines as well,
so a stretch off 50 Hz counts only where the rest of the recording hums at 50 Hz, or where all of it is off by the same.
"""

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.hum_borders import BORDER_BLUR_NS, border_of_hum
from lessonproof.analysis.sound_features import COMB_STEP_NS, MAINS_HZ, MAINS_TOLERANCE_HZ, SoundFeatures
from lessonproof.analysis.speed import SpeedEvidence, SpeedSource
from lessonproof.evidence.intervals import Interval

_HEIGHT_DB: Final = 5.0
_MASKED_DB: Final = 7.0
"""The highest row near 50 Hz that noise has is 5 dB in the middle of windows."""
_MAINS_SHARE: Final = 0.8
"""A row at 50 Hz that is nearly as high as the highest one is the mains."""
_STEADY_HZ: Final = 0.15
_MOST_OFF_HZ: Final = 0.3
"""A window that is further off has taken other lines for the row."""
_LEAST_WINDOWS: Final = 3
_GRID_HZ: Final = 0.02
_ELSEWHERE_SHARE: Final = 0.6
_THROUGHOUT_SHARE: Final = 0.8
_LEAST_THROUGHOUT: Final = 8
_KNOWN_SLACK_HZ: Final = 0.05
_BESIDE_WINDOWS: Final = 3
"""Stretches that lie no further apart than this have one border between them."""
_SAME_ROW: Final = tuple(sorted({Fraction(a, b) for a in range(1, 5) for b in range(1, 5)} - {Fraction(1)}))
"""Bases of which some teeth stand on teeth of the same row: every second one, every third of every fourth, ..."""
_SAME_ROW_HZ: Final = 0.075
_OTHER_ROWS_HZ: Final = (44_100 / 1024, 48_000 / 1024, 60.0)
"""Rows that are no hum played at another speed: the blocks of a sound coder, and screens."""
_OTHER_ROWS_SLACK_HZ: Final = 0.06


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Windows ``start`` to ``end`` (half-open) with one row of lines at ``base_hz``, and where they begin and end."""

    start: int
    end: int
    base_hz: float
    is_mains: bool
    within: Interval
    is_exact: bool = False


def hum_speed(features: SoundFeatures, duration_ns: int) -> tuple[SpeedEvidence, ...]:
    """What the hum says of the speed, one value for each stretch in which it stays the same.

    Args:
        features: ``comb`` and ``hum`` are used.
        duration_ns: the recording's length.

    Returns:
        In time order; also stretches that run as recorded (a factor of 1). Nothing where there is no hum, or where
        nothing says that a row of lines is hum.
    """
    base_hz, height_db, mains_hz, mains_db = features.comb.T.astype(np.float64)
    is_mains = (mains_db >= _HEIGHT_DB) & (mains_db >= _MAINS_SHARE * height_db)
    is_hum = is_mains | (height_db >= _HEIGHT_DB)
    at_hz = np.where(is_mains, mains_hz, _on_one_row(base_hz, is_hum & ~is_mains))
    spans = _steady(at_hz, is_hum)
    reference_hz, slack_hz, has_reference = _reference(spans, is_mains, mains_hz)
    throughout = None if has_reference else _throughout(at_hz, is_hum)
    spans = spans if throughout is None else [throughout]
    found: list[_Stretch] = []
    for start, end in spans:
        is_as_recorded = bool(is_mains[start:end].mean() > 0.5)
        # Where the mains is heard at its place the other row is a machine's.
        is_masked = not is_as_recorded and float(np.median(mains_db[start:end])) >= _MASKED_DB
        is_known = is_as_recorded or has_reference or throughout is not None
        if is_known and not is_masked:
            # A window ends with its step and begins one step earlier.
            within = Interval(max(0, start - 1) * COMB_STEP_NS, min(duration_ns, end * COMB_STEP_NS))
            found.append(_Stretch(start, end, float(np.median(at_hz[start:end])), is_as_recorded, within))
    return tuple(
        _evidence(one, at_hz[one.start : one.end], reference_hz, slack_hz)
        for one in _with_borders(found, features.hum, duration_ns)
    )


def _reference(
    spans: Sequence[tuple[int, int]], is_mains: NDArray[np.bool_], mains_hz: NDArray[np.float64]
) -> tuple[float, float, bool]:
    """The mains' frequency, how exactly it is known, and whether it was heard in this recording."""
    is_off = np.zeros(len(is_mains), np.bool_)
    for start, end in spans:
        # Windows reach over a border: one beside it says nothing.
        is_off[max(0, start - 1) : end + 1] |= not is_mains[start:end].mean() > 0.5
    if (~is_off).sum() >= _LEAST_WINDOWS and is_mains[~is_off].mean() >= _ELSEWHERE_SHARE:
        return float(np.median(mains_hz[is_mains])), _KNOWN_SLACK_HZ, True
    return MAINS_HZ, MAINS_TOLERANCE_HZ, False


def _throughout(at_hz: NDArray[np.float64], is_hum: NDArray[np.bool_]) -> tuple[int, int] | None:
    """All of a recording where most of its windows, here and there, have the same row; else ``None``."""
    if int(is_hum.sum()) < _LEAST_THROUGHOUT:
        return None
    base_hz = float(np.median(at_hz[is_hum]))
    is_same = is_hum & (np.abs(at_hz - base_hz) <= _STEADY_HZ)
    return (0, len(at_hz)) if is_same.mean() >= _THROUGHOUT_SHARE and not _is_other_row(base_hz) else None


def _is_other_row(base_hz: float) -> bool:
    return any(abs(base_hz - row_hz) <= _OTHER_ROWS_SLACK_HZ for row_hz in _OTHER_ROWS_HZ)


def _evidence(one: _Stretch, here_hz: NDArray[np.float64], reference_hz: float, slack_hz: float) -> SpeedEvidence:
    off_hz = np.clip(here_hz - one.base_hz, -_MOST_OFF_HZ, _MOST_OFF_HZ)
    spread_hz = float(off_hz.std()) / np.sqrt(len(off_hz)) + _GRID_HZ
    factor = one.base_hz / reference_hz
    slack = float(2 * spread_hz + factor * slack_hz) / reference_hz
    blur_ns = BORDER_BLUR_NS if one.is_exact else None
    return SpeedEvidence(one.within, factor, factor - slack, factor + slack, SpeedSource.HUM, blur_ns)


def _on_one_row(base_hz: NDArray[np.float64], is_row: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Bases told in one way: with few lines left a window may take every second one for the row, or half as many."""
    if not is_row.any():
        return base_hz
    rows_hz = base_hz[is_row]
    # By sorting: a table of all pairs would hold half a gigabyte for eight hours.
    rising_hz = np.sort(rows_hz)
    first = np.searchsorted(rising_hz, rows_hz - _SAME_ROW_HZ, side="left")
    behind = np.searchsorted(rising_hz, rows_hz + _SAME_ROW_HZ, side="right")
    best = int((behind - first).argmax())
    common_hz = float(np.median(rising_hz[first[best] : behind[best]]))
    told = base_hz.copy()
    for ratio in _SAME_ROW:
        same = is_row & (np.abs(base_hz / float(ratio) - common_hz) <= _SAME_ROW_HZ)
        told[same] = base_hz[same] / float(ratio)
    return told


def _with_borders(found: Sequence[_Stretch], hum: NDArray[np.float16], duration_ns: int) -> list[_Stretch]:
    """The same stretches; where two of different frequency meet, from and to the instant of change."""
    told = list(found)
    exact = {0, len(told)} if told else set()
    for k, (one, other) in enumerate(itertools.pairwise(found), start=1):
        if (one.is_mains and other.is_mains) or other.start - one.end > _BESIDE_WINDOWS:
            continue
        about_ns = (one.end - 1 + other.start) * COMB_STEP_NS // 2
        border_ns = border_of_hum(hum, about_ns, one.base_hz, other.base_hz)
        if border_ns is None or not told[k - 1].within.start_ns < border_ns < other.within.end_ns:
            continue
        told[k - 1] = replace(told[k - 1], within=Interval(told[k - 1].within.start_ns, border_ns))
        told[k] = replace(other, within=Interval(border_ns, other.within.end_ns))
        exact.add(k)
    for k, one in enumerate(told):
        starts = k in exact and (k > 0 or one.within.start_ns == 0)
        ends = k + 1 in exact and (k + 1 < len(told) or one.within.end_ns == duration_ns)
        told[k] = replace(one, is_exact=starts and ends)
    return told


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
