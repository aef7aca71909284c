"""A decoded window prepared for asking where its picture stands still, and from which frame to which."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameWindow, runs

LAG_NS: Final = 600_000_000
"""People who sit still move by a pixel of the small picture within this time."""
_LEVELS: Final = 3
"""A pixel of the small picture that changed by this much moved; noise and coding change it by one or two."""
_MASK_LEVELS: Final = 6
_MASK_SHARE: Final = 0.04
"""A burned-in clock may run on in this share of the picture."""
_EDGE_RATIO: Final = 0.3
_EDGE_FLOOR: Final = 0.003
_EDGE_CEILING: Final = 0.05
_QUIET_SHARE: Final = 0.004
_MIN_REACH: Final = 4
_RESTING_RATIO: Final = 0.3
_RESTING_FRAMES: Final = 3
_REFINING_RATIO: Final = 1.3
_REFINING_EXCESS: Final = 0.1
_STEADY_EXCESS: Final = 0.02


@dataclass(frozen=True, slots=True, eq=False)
class StillFrames:
    """A window prepared for comparing frames.

    Attributes:
        small: shape ``(T, 96, 160)``, int16.
        busy: shape ``(T,)``, share of blocks that are not the same as in the frame before.
        group: shape ``(T,)``, number of the group of pictures; frames of two groups are not compared.
        lag: frames between the two of a pair.
        mask: shape ``(96, 160)``, bool, places that are left out.
    """

    small: NDArray[np.int16]
    busy: NDArray[np.float64]
    group: NDArray[np.int64]
    lag: int
    mask: NDArray[np.bool_]

    @classmethod
    def of(cls, window: FrameWindow) -> "StillFrames":
        """Prepare a window."""
        steps = np.diff(window.time_ns)
        step_ns = float(np.median(steps)) if steps.size else float(LAG_NS)
        keys = np.flatnonzero(window.is_key)
        spacing = int(np.median(np.diff(keys))) if keys.size > 1 else window.time_ns.size
        lag = max(1, round(LAG_NS / step_ns))
        # Where every picture is a random-access one, none of them is a fresh start.
        group = np.cumsum(window.is_key) if spacing > 4 else np.zeros(window.time_ns.size, np.int64)
        if spacing > 4:
            lag = min(lag, max(2, spacing // 2))
        return cls(
            small=window.small.astype(np.int16),
            busy=1.0 - window.equal_share,
            group=group.astype(np.int64),
            lag=lag,
            mask=np.zeros(window.small.shape[1:], np.bool_),
        )

    @property
    def moved(self) -> NDArray[np.float64]:
        """Share of the picture that moved since ``lag`` frames before; shape ``(T,)``, the first ``lag`` are 1."""
        change = np.abs(self.small[self.lag :] - self.small[: -self.lag]) >= _LEVELS
        moved = np.ones(self.small.shape[0])
        moved[self.lag :] = change[:, ~self.mask].mean(axis=1)
        return moved

    def pair_within(self, rows: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Later frames of the pairs that lie in ``rows`` with both frames and in one group of pictures."""
        both = np.zeros(rows.size, np.bool_)
        lag = self.lag
        both[lag:] = rows[lag:] & rows[:-lag] & (self.group[lag:] == self.group[:-lag])
        return both

    def rows(self, span: tuple[int, int]) -> NDArray[np.bool_]:
        """Flags of a half-open range of rows."""
        flags = np.zeros(self.small.shape[0], np.bool_)
        flags[span[0] : span[1]] = True
        return flags

    def longest_quiet(self, rows: NDArray[np.bool_]) -> tuple[int, int] | None:
        """The longest run of quiet pairs in ``rows``, with the first frames of the pairs; quiet without the clock."""
        moved = self.moved
        valid = self.pair_within(rows)
        if not valid.any():
            return None
        quiet = valid & (moved <= max(_QUIET_SHARE, 3.0 * float(np.quantile(moved[valid], 0.1))))
        best: tuple[int, int] | None = None
        for a, b in runs(quiet):
            if best is None or b - a + self.lag > best[1] - best[0]:
                best = (a - self.lag, b)
        return best

    def without_clock(self, seed: tuple[int, int]) -> "StillFrames":
        """Leave out what goes on changing inside a quiet run: a clock."""
        inside = self.small[seed[0] : seed[1]]
        settled = inside[inside.shape[0] // 3 :]  # the first third may still be refined
        mask = (settled.max(axis=0) - settled.min(axis=0)) >= _MASK_LEVELS
        if not mask.any() or float(mask.mean()) > _MASK_SHARE:
            return self
        # Minutes and hours tick beside the seconds, in the same line.
        rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
        line = np.zeros_like(mask)
        margin = mask.shape[1] // 4
        line[max(0, rows[0] - 2) : rows[-1] + 3, max(0, columns[0] - margin) : columns[-1] + margin + 1] = True
        if float(line.mean()) <= 2 * _MASK_SHARE:
            mask = line
        return StillFrames(self.small, self.busy, self.group, self.lag, mask)

    def changing_box(self) -> tuple[float, float, float, float] | None:
        """Bounding box of what was left out, shares of the picture."""
        if not self.mask.any():
            return None
        rows, columns = np.flatnonzero(self.mask.any(axis=1)), np.flatnonzero(self.mask.any(axis=0))
        height, width = self.mask.shape
        return (
            float(columns[0] / width),
            float(rows[0] / height),
            float((columns[-1] + 1) / width),
            float((rows[-1] + 1) / height),
        )

    def away(self, anchor: int, first: int, end: int) -> NDArray[np.float64]:
        """Share of the picture in which the frames ``first`` to ``end`` differ from the frame ``anchor``."""
        change = np.abs(self.small[first:end] - self.small[anchor]) >= _LEVELS
        return np.asarray(change[:, ~self.mask].mean(axis=1), np.float64)

    def grow(self, seed: tuple[int, int], before: NDArray[np.bool_], after: NDArray[np.bool_]) -> tuple[int, int]:
        """First frame of the frozen stretch around ``seed`` and the first one behind it.

        Args:
            seed: frames that are frozen.
            before: later frames of the pairs before the stretch.
            after: likewise behind it.
        """
        # The coder refines a frozen picture from its beginning, so that its first frames lie farther from its last.
        loose, strict = self._limit(before, 0.5), self._limit(before, 0.2)
        behind = self._limit(after, 0.2)
        first = self._first(seed, loose, strict, before)
        if first > 0:
            first = self._rests(first, seed, before, self._usual_reach(before, loose, 0.5))
        return first, self._end(seed, behind, self._usual_reach(after, behind, 0.75))

    def _rests(self, first: int, seed: tuple[int, int], before: NDArray[np.bool_], usual: int) -> int:
        """The living picture comes near to the frozen one before it stands: the frame that is then repeated.

        The first repetitions cost a coder nothing: hardly a block changes. Then it begins to refine the picture, and
        more blocks change than did while it lived; some coders do so at once.

        Args:
            first: the first frame that is near.
            seed: frames that are frozen.
            before: later frames of the pairs before the stretch.
            usual: for how long a living picture is near, frames.
        """
        living = float(np.median(self.busy[before])) if before.any() else 0.0
        fresh = np.diff(self.group, prepend=self.group[0]) > 0
        low = self.busy <= _RESTING_RATIO * living
        refined = (self.busy > _REFINING_RATIO * living + _REFINING_EXCESS) & ~fresh
        stop = min(seed[1], first + 2 * usual + _RESTING_FRAMES + 2)
        if refined[first : first + 2].any():
            start = first + int(np.argmax(refined[first : first + 2]))
            while start > 0 and (refined[start - 1] or low[start - 1]) and not fresh[start]:
                start -= 1
            return max(0, start - 1)
        waves = np.flatnonzero(refined[first:stop])
        stop = first + int(waves[0]) if waves.size else stop
        for begin, end in runs(low[first:stop]):
            if end - begin >= _RESTING_FRAMES:
                return first + max(0, begin - 1)
        return max(first, stop - 1) if waves.size else min(first + usual, max(seed[0], first))

    def _limit(self, pairs: NDArray[np.bool_], quantile: float) -> float:
        """How far a frame may lie from a frozen one, from how far living ones lie apart."""
        live = self.moved[pairs]
        usual = float(np.quantile(live, quantile)) if live.size else 0.0
        return float(np.clip(_EDGE_RATIO * usual, _EDGE_FLOOR, _EDGE_CEILING))

    def _usual_reach(self, beside: NDArray[np.bool_], limit: float, quantile: float) -> int:
        """For how many frames the living picture stays as near to one of its frames."""
        # The first frame of a pair has the length of a pair before it in its own group of pictures.
        anchors = (np.flatnonzero(beside) - self.lag)[:: max(1, self.lag // 2)]
        reaches = [self._forward(anchor, limit) - anchor - 1 for anchor in anchors.tolist()]
        return int(np.quantile(reaches, quantile)) if reaches else self.lag

    def _first(self, seed: tuple[int, int], loose: float, strict: float, before: NDArray[np.bool_]) -> int:
        usual = self._usual_reach(before, strict, 0.75)
        first = self._back((seed[0] + 2 * seed[1]) // 3, loose)
        while first > 0 and self.group[first - 1] != self.group[first]:
            # In the group before, the frozen picture may have been coded worse; its own last frame is the measure.
            reach = self._back(first - 1, strict)
            if first - reach < max(_MIN_REACH, 2 * usual):
                break
            first = reach
        return first

    def _back(self, anchor: int, limit: float) -> int:
        begin = int(np.searchsorted(self.group, self.group[anchor]))
        away = np.flatnonzero(self.away(anchor, begin, anchor + 1) > limit)
        return begin + (int(away[-1]) + 1 if away.size else 0)

    def _end(self, seed: tuple[int, int], limit: float, usual: int) -> int:
        count = self.small.shape[0]
        end = self._forward((seed[0] + 2 * seed[1]) // 3, limit)
        while end < count and self.group[end] != self.group[end - 1]:
            reach = self._forward(end, limit)
            if reach - end < max(_MIN_REACH, 2 * usual) and reach < count:
                break
            end = reach
        return self._wakes(seed, end)

    def _forward(self, anchor: int, limit: float) -> int:
        stop = int(np.searchsorted(self.group, self.group[anchor], side="right"))
        away = np.flatnonzero(self.away(anchor, anchor, stop) > limit)
        return anchor + int(away[0]) if away.size else stop

    def _wakes(self, seed: tuple[int, int], end: int) -> int:
        """The picture may move a little before it has moved far: the first frame near ``end`` that was coded anew."""
        steady = float(np.median(self.busy[seed[0] + (seed[1] - seed[0]) // 2 : seed[1]]))
        begin = max(seed[1], end - self.lag)
        near_end = self.busy[begin:end]
        same_group = self.group[begin:end] == self.group[min(end, self.group.size) - 1]
        touched = (near_end > 2.0 * steady + _STEADY_EXCESS) & same_group
        # Only what goes on to the end: a clock's tick comes and goes.
        calm = np.flatnonzero(~touched)
        return begin + int(calm[-1]) + 1 if calm.size else end
