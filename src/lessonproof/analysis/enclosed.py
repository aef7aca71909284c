"""Where a stretch between borders may have been shown before: the whole stretch at once, laid along the recording.

A copy begins and ends at a jump of the picture, so between two borders both its ends are known to the frame. Its
pictures and its activity curve are then compared as one with every place of the recording; a place that stands out from
all others by far is where to look.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.activity import Activity
from lessonproof.analysis.background import distances, features
from lessonproof.analysis.borders import Border
from lessonproof.analysis.repeat_pairs import SLACK_NS, Candidate, Witness
from lessonproof.analysis.repeat_pictures import APART_NS, Pictures
from lessonproof.analysis.thumbnails import thumbnail
from lessonproof.evidence.intervals import NS_PER_S, Interval

MIN_LENGTH_NS: Final = 3 * NS_PER_S
MAX_LENGTH_NS: Final = 900 * NS_PER_S
_NEXT_BORDERS: Final = 6
_OPEN_NS: Final = 8 * NS_PER_S
"""How much is compared behind (or before) a border whose partner is not known."""
_PICTURES: Final = 12
_CURVE_FRAMES: Final = 1500
_GRID_NS: Final = NS_PER_S // 5
_KEPT: Final = 3
_APART_STEPS: Final = 10
_FADE_NS: Final = 2 * NS_PER_S
_FFT: Final = 1 << 15
_MIN_CURVE: Final = 60
MAX_STRETCHES: Final = 64
"""At most this many stretches are laid along a recording, so that the cost grows with it and not with its square."""
_FLOOR_LEVELS: Final = 0.05
_PICTURES_WEIGHT: Final = 8.0
_CURVE_ENOUGH: Final = 6.0
"""Beyond this the curve says no more: what moves the whole picture, such as light, agrees strongly too."""
_NOTHING: Final = 8.0
_SCALE: Final = 4.0
_CLEAR_BONUS: Final = 0.6
_WEAK_BONUS: Final = 0.15
_UNSURE_NS: Final = 600_000_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """What may be a copy.

    Attributes:
        within: from the first frame behind one border to the first one behind the next, or open at one side.
        start: the border it begins with; ``None`` where it is not known.
        end: the border it ends with; ``None`` where it is not known.
    """

    within: Interval
    start: Border | None
    end: Border | None

    @property
    def is_clear(self) -> bool:
        """Whether both its ends are known for sure."""
        return self.start is not None and self.end is not None and not (self.start.is_weak or self.end.is_weak)

    @property
    def bonus(self) -> float:
        """How much likelier its borders make it."""
        if self.start is None or self.end is None:
            only = self.start or self.end
            return 0.0 if only is None or only.is_weak else _CLEAR_BONUS / 4
        return sum(_WEAK_BONUS if border.is_weak else _CLEAR_BONUS for border in (self.start, self.end))


def stretches(borders: Sequence[Border], duration_ns: int) -> tuple[Stretch, ...]:
    """Between each two borders near each other, and on both sides of each one; the likeliest first."""
    ordered = sorted(borders, key=lambda border: border.time_after_ns)
    found: list[Stretch] = []
    for number, first in enumerate(ordered):
        found += [
            Stretch(Interval(first.time_after_ns, second.time_after_ns), first, second)
            for second in ordered[number + 1 : number + 1 + _NEXT_BORDERS]
            if MIN_LENGTH_NS <= second.time_after_ns - first.time_after_ns <= MAX_LENGTH_NS
        ]
        at_ns = first.time_after_ns
        if duration_ns - at_ns >= MIN_LENGTH_NS:
            found.append(Stretch(Interval(at_ns, min(duration_ns, at_ns + _OPEN_NS)), first, None))
        if at_ns >= MIN_LENGTH_NS:
            found.append(Stretch(Interval(max(0, at_ns - _OPEN_NS), at_ns), None, first))
    return tuple(sorted(found, key=lambda stretch: (-stretch.bonus, stretch.within)))


class Places:
    """Lays stretches along one recording.

    Args:
        pictures: of the recording.
        curve: the activity curve, where there is one.
        duration_ns: of the recording.
    """

    def __init__(self, pictures: Pictures, curve: Activity | None, duration_ns: int) -> None:
        self._pictures = pictures
        self._thumbs = pictures.thumbs
        self._curve = curve
        self._duration_ns = duration_ns
        self._grid_ns = np.arange(0, max(1, duration_ns), _GRID_NS, dtype=np.int64)

    def candidates(self, stretch: Stretch) -> list[Candidate]:
        """The places that stand out most."""
        lag_ns = stretch.within.start_ns - self._grid_ns
        # A copy does not overlap its source; what is shown twice at once is asked for elsewhere.
        allowed = np.abs(lag_ns) >= max(APART_NS, stretch.within.length_ns if stretch.end else 0)
        allowed &= self._grid_ns + stretch.within.length_ns <= self._duration_ns
        if not allowed.any():
            return []
        heard, exact_ns = self._by_curve(stretch.within)
        found: list[Candidate] = []
        for mirrored in (False, True):
            seen = self._by_pictures(stretch, mirrored=mirrored)
            total = np.where(allowed, _PICTURES_WEIGHT * seen + np.minimum(heard, _CURVE_ENOUGH), -np.inf)
            for top in _peaks(total):
                score = stretch.bonus + (float(total[top]) - _NOTHING) / _SCALE
                reach_ns = SLACK_NS if heard[top] >= _CURVE_ENOUGH else _GRID_NS + max(_UNSURE_NS, SLACK_NS)
                found.append(_pair(stretch, int(exact_ns[top]), reach_ns, score, mirrored=mirrored))
        best = sorted(found, key=lambda c: -c.score)[:_KEPT]
        return [replace(candidate, is_likeliest=rank == 0) for rank, candidate in enumerate(best)]

    def _by_pictures(self, stretch: Stretch, *, mirrored: bool) -> NDArray[np.float64]:
        """How much nearer than is usual the stretch's pictures lie to those of each place; shape ``(G,)``."""
        inside = np.flatnonzero(
            (self._thumbs.time_ns >= stretch.within.start_ns) & (self._thumbs.time_ns < stretch.within.end_ns)
        )
        inside = inside[np.unique(np.linspace(0, inside.size - 1, _PICTURES).astype(int))] if inside.size else inside
        luma = [np.asarray(self._thumbs.luma[row]) for row in inside]
        offset_ns = (self._thumbs.time_ns[inside] - stretch.within.start_ns).tolist()
        if stretch.start is not None:
            luma.append(thumbnail(stretch.start.small_after))
            offset_ns.append(0)
        if stretch.end is not None:
            luma.append(thumbnail(stretch.end.small_before))
            offset_ns.append(stretch.within.length_ns)
        pictures = np.stack(luma)
        pictures = np.ascontiguousarray(pictures[:, :, ::-1]) if mirrored else pictures
        levels = distances(features(pictures, self._pictures.look), self._pictures.known) + _FLOOR_LEVELS
        score = np.zeros(self._grid_ns.size)
        weight = np.full(self._grid_ns.size, 0.5)
        time_ns = self._thumbs.time_ns
        for row, at_ns in zip(levels, offset_ns, strict=True):
            nearness = np.log(float(np.median(row)) / row)
            wanted = self._grid_ns + at_ns
            right = np.clip(np.searchsorted(time_ns, wanted), 1, time_ns.size - 1)
            right -= wanted - time_ns[right - 1] < time_ns[right] - wanted
            share = np.exp(-np.abs(time_ns[right] - wanted) / _FADE_NS)
            score += share * nearness[right]
            weight += share
        return np.asarray(score / weight, np.float64)

    def _by_curve(self, within: Interval) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """How far the activity curve agrees with that of each place, in spreads, and where exactly; shape ``(G,)``."""
        score, exact = np.zeros(self._grid_ns.size), self._grid_ns.copy()
        if self._curve is None:
            return score, exact
        time_ns, value = self._curve.time_ns, self._curve.value
        first, end = np.searchsorted(time_ns, [within.start_ns, within.end_ns]).tolist()
        asked = value[first : min(end, first + _CURVE_FRAMES)]
        if asked.size < _MIN_CURVE:
            return score, exact
        for start, agreement in _correlations(value, asked):
            cell = np.minimum(time_ns[start : start + agreement.size] // _GRID_NS, self._grid_ns.size - 1)
            order = np.argsort(agreement, kind="stable")  # the best of a cell is written last
            score[cell[order]] = agreement[order]
            exact[cell[order]] = time_ns[start : start + agreement.size][order]
        return score * np.sqrt(asked.size), exact


def _correlations(value: NDArray[np.float32], asked: NDArray[np.float32]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Correlation of a stretch with each place of a curve, block by block so that memory stays flat."""
    size = _FFT
    turned = np.conj(np.fft.rfft(asked, size))
    step = size - asked.size
    energy = float(asked @ asked) + 1e-6
    for start in range(0, value.size - asked.size + 1, step):
        block = value[start : start + size].astype(np.float64)
        count = min(step, block.size - asked.size + 1)
        total = np.concatenate([[0.0], np.cumsum(block**2)])
        there = total[asked.size : asked.size + count] - total[:count]
        common = np.fft.irfft(np.fft.rfft(block, size) * turned, size)[:count]
        yield start, common / np.sqrt(energy * np.maximum(there, 1e-6))


def _pair(stretch: Stretch, place_ns: int, reach_ns: int, score: float, *, mirrored: bool) -> Candidate:
    """A stretch and another place; the later one is asked as the copy, whichever of them stands between borders."""
    within = stretch.within
    lag_ns = within.start_ns - place_ns
    if lag_ns < 0:
        within, lag_ns = within.shift(-lag_ns), -lag_ns
    source_ns = within.start_ns - lag_ns
    return Candidate(
        within.start_ns,
        source_ns,
        reach_ns,
        score,
        Witness.ENCLOSED,
        mirrored=mirrored,
        within=within,
        is_clear=stretch.is_clear,
    )


def _peaks(total: NDArray[np.float64]) -> list[int]:
    """The highest places, each some seconds from the others."""
    left = total.copy()
    tops: list[int] = []
    for _ in range(_KEPT):
        top = int(left.argmax())
        if not np.isfinite(left[top]):
            break
        tops.append(top)
        left[max(0, top - _APART_STEPS) : top + _APART_STEPS + 1] = -np.inf
    return tops
