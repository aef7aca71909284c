"""Random-access pictures of an earlier coding: they still show in the sizes of a recording that was coded again.

Where the first coder started anew its picture breathes, and the second coder pays for that with a large predicted
picture, at the same number of pictures each time (double compression as Vazquez-Padin, Fontani, Bianchi, Comesana,
Piva and Barni, "Detection of video double encoding with GOP size estimation", 2012, use it; here by recurrence
alone). Such pictures are as large as those behind a jump, and there are dozens of them for every jump.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

MIN_PERIOD: Final = 10
"""Shortest distance between an earlier coding's random-access pictures that is looked for, in pictures; recorders use
25 and more, phones at 12 pictures a second a dozen."""
MAX_PERIOD: Final = 750
MIN_RECURRENCE: Final = 5.0
"""How far the number of large pictures that recur after a period must lie above that after periods beside it, in its
own spread: 3.5 at most on recordings that were coded once, 6 to 70 on rendered ones that were coded twice."""
MAX_COVER: Final = 0.15
"""Share of the pictures that large ones may pay for: with more of them three of six neighbours match by chance."""
_FUNDAMENTAL_SHARE: Final = 0.6
_BESIDE: Final = 12
_USUAL: Final = 0.6
_PLATEAU: Final = 9
"""Bidirectional pictures blur where a large picture's jump lies: neighbouring periods recur as well."""
_MULTIPLES: Final = range(1, 7)
_STEPS: Final = (-3, -2, -1, 1, 2, 3)
_MIN_MATCHES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class FormerKeys:
    """Which large pictures an earlier coding explains.

    Attributes:
        is_former: shape ``(K,)``, bool, for each large picture that was asked about.
        period: pictures between two of them; ``None`` where nothing recurs.
    """

    is_former: NDArray[np.bool_]
    period: int | None


def former_keys(first: NDArray[np.int64], last: NDArray[np.int64], pictures: int) -> FormerKeys:
    """Find the period at which large pictures recur, and those that stand on it with others.

    A piece that was cut out or put in shifts the rest against the period: only the neighbours up to three periods away
    are asked, so that each piece may have its own beginning.

    Args:
        first: shape ``(K,)``, for each large picture the number, in order of presentation, of the first picture whose
            jump it would pay for.
        last: shape ``(K,)``, likewise the last one, ``first <= last``; ascending.
        pictures: of the recording.
    """
    nothing = FormerKeys(np.zeros(first.size, np.bool_), None)
    periods = np.arange(MIN_PERIOD, min(MAX_PERIOD, pictures // 3) + 1)
    if first.size < 2 * _MIN_MATCHES or periods.size == 0:
        return nothing
    counts = _Counts(first, last, pictures)
    if counts.cover > MAX_COVER:
        return nothing
    matches = np.array([np.count_nonzero(counts.recurs(period)) for period in periods.tolist()], np.float64)
    around = np.lib.stride_tricks.sliding_window_view(np.pad(matches, _BESIDE, mode="edge"), 2 * _BESIDE + 1)
    usual = np.quantile(around, _USUAL, axis=1)
    above = (matches - usual) / np.sqrt(usual + 1.0)
    if above.max() < MIN_RECURRENCE:
        return nothing
    # Multiples of the period recur as well: the shortest that does so nearly as clearly is the period itself.
    reached = int(np.flatnonzero(above >= _FUNDAMENTAL_SHARE * above.max())[0])
    period = _exact(periods[reached : reached + _PLATEAU].tolist(), counts)
    matched, possible = np.zeros(first.size, np.int64), np.zeros(first.size, np.int64)
    for step in _STEPS:
        is_inside = (first + step * period >= 0) & (last + step * period < pictures)
        possible += is_inside
        matched += is_inside & counts.recurs(step * period)
    return FormerKeys(matched >= np.maximum(_MIN_MATCHES, (possible + 1) // 2), period)


def _exact(periods: list[int], counts: "_Counts") -> int:
    """The one of neighbouring periods whose multiples recur most: one picture's error is six at the sixth."""
    return max(periods, key=lambda period: sum(np.count_nonzero(counts.recurs(m * period)) for m in _MULTIPLES))


class _Counts:
    """Where large pictures stand, for many questions."""

    def __init__(self, first: NDArray[np.int64], last: NDArray[np.int64], pictures: int) -> None:
        edges = np.zeros(pictures + 1, np.int64)
        np.add.at(edges, first, 1)
        np.add.at(edges, last + 1, -1)
        is_covered = np.cumsum(edges)[:pictures] > 0
        self.cover = float(is_covered.mean())
        self._before = np.concatenate(([0], np.cumsum(is_covered)))
        self._first, self._end, self._pictures = first, last + 1, pictures

    def recurs(self, shift: int) -> NDArray[np.bool_]:
        """Whether another large picture stands ``shift`` pictures after each one."""
        low, high = (np.clip(edge + shift, 0, self._pictures) for edge in (self._first, self._end))
        return np.asarray(self._before[high] > self._before[low], np.bool_)
