"""Where a picture may stand still, told without decoding it: sizes that repeat, and equal random-access pictures.

An encoder is deterministic. Fed with the same picture again and again it first refines what it has, and then writes the
same number of bytes for every picture, or for every picture at the same place of its rhythm of bidirectional ones; a
living picture's sizes differ by chance. Repetition is therefore measured against how often sizes repeat elsewhere in
the same recording (a binomial tail by its Chernoff bound; Hoeffding, 1963, theorem 1), so that a coder that says
almost nothing in general suspects nothing.
"""

from dataclasses import dataclass
from math import lgamma, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import runs
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.intervals import Interval

_RHYTHMS: Final = (1, 2, 3, 4, 5, 6)
"""Distances, in predicted pictures, at which sizes may repeat: up to five bidirectional pictures in a row."""
_SPANS: Final = (12, 24, 50, 100)
"""Lengths of the stretches that are tested, in predicted pictures."""
_LEADING_SPANS: Final = (6, 12, 24, 50)
_LOCAL_PICTURES: Final = 9
_SAME_BYTES: Final = 1
_CHANCE_FLOOR: Final = 0.03
_BLOCK_PICTURES: Final = 50
_MIN_NATS: Final = 16.0
"""Among a million stretches of a living picture one reaches this (exp(-16) is 1e-7); the honest clips stayed below 8,
but for a shelf camera whose source had been recorded without any noise."""
_SILENT_CHANCE: Final = 0.6
"""Where sizes repeat this often by themselves, fifty pictures that all repeat are what any hour brings."""
_NEAR_EMPTY_SHARE: Final = 0.35
"""Pictures below this share of the usual size may say almost nothing; how unusual that is decides."""
_RANKED_PICTURES: Final = 9
_UNSETTLED_PICTURES: Final = 16
_JOIN_NS: Final = 600_000_000
"""A running clock changes once a second and costs some pictures of refining; a random-access picture does too."""
MIN_RUN_NS: Final = 400_000_000
_EQUAL_LEVELS: Final = 2
_ALWAYS_SHARE: Final = 0.7
_CLOCK_SHARE: Final = 0.02
_PART_PICTURES: Final = 256
_EQUAL_QUANTILE: Final = 0.05
_EQUAL_RATIO: Final = 0.3
_EQUAL_FLOOR: Final = 0.002
"""Share of a thumbnail that a running clock changes."""
_EQUAL_LEAST: Final = 0.0004
"""One pixel of a thumbnail."""
_REPEAT_HANDICAP: Final = 3.5
_LEAST_BYTES: Final = 8.0
_LEAST_SPREAD: Final = 0.2
_MIN_PAIRS: Final = 8
_MIN_DECLINE_NATS: Final = 4.0
_MIN_DECLINE: Final = 3
"""By how many times a refining coder's pictures shrink at least; a clear scene's sizes fall by less in a row."""


@dataclass(frozen=True, slots=True)
class StillCandidate:
    """A stretch in which the picture may stand still.

    Each figure is a natural logarithm of the odds against chance in this very recording, the candidate left out; 0 or
    less where it says nothing.

    Attributes:
        within: the stretch; its true borders lie up to some seconds outside, because a coder refines first.
        repeat_nats: sizes repeat.
        empty_nats: predicted pictures say almost nothing.
        equal_nats: neighbouring random-access pictures show the same.
        decline_nats: pictures grow smaller one after the other, as where a coder refines a picture that stands.
    """

    within: Interval
    repeat_nats: float
    empty_nats: float
    equal_nats: float
    decline_nats: float

    @property
    def nats(self) -> float:
        """The strongest of the four; honest coders repeat sizes more often than chance has it."""
        return max(self.repeat_nats - _REPEAT_HANDICAP, self.empty_nats, self.equal_nats, self.decline_nats)


def still_candidates(table: PacketTable, thumbs: Thumbnails) -> tuple[StillCandidate, ...]:
    """Stretches where the picture may stand still, most surprising first.

    Args:
        table: the packets.
        thumbs: of the random-access pictures.
    """
    predicted = _Predicted.of(table)
    pairs = equal_pairs(thumbs)
    changed = changed_shares(thumbs)
    declines = _declines(table)
    found: list[StillCandidate] = []
    stretches = _join([*predicted.still_runs(), *pairs])
    # Refining begins some frames late: it must not move the borders of what is suspected already.
    stretches += [run for run, _ in declines if not any(run.intersect(stretch) for stretch in stretches)]
    for stretch in stretches:
        inside = (thumbs.time_ns[:-1] >= stretch.start_ns) & (thumbs.time_ns[1:] <= stretch.end_ns)
        if stretch.length_ns < MIN_RUN_NS and not inside.any():
            continue
        likest = float(changed[inside].min()) if inside.any() else None
        found.append(
            StillCandidate(
                stretch,
                repeat_nats=predicted.repeat_nats(stretch),
                empty_nats=predicted.empty_nats(stretch),
                equal_nats=0.0 if likest is None else tail_nats(changed[~inside], likest, _EQUAL_LEAST),
                decline_nats=max((nats for run, nats in declines if run.intersect(stretch)), default=0.0),
            )
        )
    return tuple(sorted(found, key=lambda c: (-c.nats, c.within)))


def _declines(table: PacketTable) -> list[tuple[Interval, float]]:
    """Runs in which every predicted picture is smaller than the one before, with how surprising each is.

    A coder that is given the same picture again and again spends bytes on refining it, fewer each time. In a living
    picture ``n`` sizes in a row fall by chance once in ``n!``; as many runs may begin as there are pictures.
    """
    rows = np.flatnonzero(~table.is_key)
    rows = rows[is_leading(table)[rows]]
    times, sizes = table.pts_ns[rows], table.size_bytes[rows]
    found: list[tuple[Interval, float]] = []
    for first, end in runs(np.diff(sizes) < 0):
        nats = lgamma(end - first + 2) - log(rows.size)
        stretch = Interval(int(times[first]), int(times[end]))
        if nats >= _MIN_DECLINE_NATS and stretch.length_ns >= MIN_RUN_NS and sizes[end] * _MIN_DECLINE <= sizes[first]:
            found.append((stretch, nats))
    return found


def tail_nats(others: NDArray[np.float64], value: float, least: float) -> float:
    """How surprisingly small a value is beside others, as odds against finding it among as many.

    The lower tail of the others' logarithms is taken to go on beyond its twentieth as it falls from the median to
    there, tenfold for each such distance.

    Args:
        others: shape ``(N,)``, >= 0.
        value: the small one.
        least: below this, values are all the same.
    """
    if others.size < _MIN_PAIRS:
        return 0.0
    logs = np.log(np.maximum(others, least))
    low, middle = float(np.quantile(logs, 0.05)), float(np.quantile(logs, 0.5))
    distance = (low - float(np.log(max(value, least)))) / max(middle - low, _LEAST_SPREAD)
    return float(distance * np.log(10) - np.log(0.05 * others.size))


def sizes_repeat_by_nature(table: PacketTable) -> bool:
    """Whether this recording's sizes repeat so often that two seconds of repetition would say nothing."""
    rows = np.flatnonzero(~table.is_key)
    rows = rows[is_leading(table)[rows]]
    sizes = table.size_bytes[rows]
    if rows.size < 2 * _BLOCK_PICTURES:
        return True
    shares = [_usual_share(np.abs(sizes[rhythm:] - sizes[:-rhythm]) <= _SAME_BYTES) for rhythm in _RHYTHMS]
    return min(shares) > _SILENT_CHANCE


def equal_pairs(thumbs: Thumbnails) -> tuple[Interval, ...]:
    """Neighbouring random-access pictures that show the same, as no other pair of the recording does.

    Two pictures of a living room differ where people moved, and everywhere by what is left of the noise.
    """
    if thumbs.time_ns.size < _MIN_PAIRS + 1:
        return ()
    changed = changed_shares(thumbs)
    limit = max(_EQUAL_FLOOR, _EQUAL_RATIO * float(np.quantile(changed, _EQUAL_QUANTILE)))
    if float(np.quantile(changed, 0.25)) <= limit:
        return ()  # this recording stands still by nature
    times = thumbs.time_ns
    return tuple(Interval(int(times[a]), int(times[b])) for a, b in runs(changed <= limit))


def changed_shares(thumbs: Thumbnails) -> NDArray[np.float64]:
    """Share of each thumbnail that changed since the one before; a running clock's digits are left out.

    Returns:
        Shape ``(N - 1,)``, 0..1.
    """
    luma = thumbs.luma
    counts = np.zeros(luma.shape[1:], np.int64)
    for part in range(0, luma.shape[0], _PART_PICTURES):
        counts += _changes(luma[part : part + _PART_PICTURES + 1]).sum(axis=0)
    always = counts >= _ALWAYS_SHARE * max(1, luma.shape[0] - 1)
    if float(always.mean()) > _CLOCK_SHARE:
        always[:] = False
    parts = [
        _changes(luma[part : part + _PART_PICTURES + 1])[:, ~always].mean(axis=1)
        for part in range(0, max(0, luma.shape[0] - 1), _PART_PICTURES)
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.float64)


def _changes(luma: NDArray[np.uint8]) -> NDArray[np.bool_]:
    return np.asarray(np.abs(np.diff(luma.astype(np.int16), axis=0)) >= _EQUAL_LEVELS)


@dataclass(frozen=True, slots=True, eq=False)
class _Predicted:
    """The predicted pictures of a recording in order of presentation; all arrays have shape ``(N,)``.

    Attributes:
        times: int64, nanoseconds.
        large: float64, bytes, the second largest of nine pictures around each one: a bidirectional picture says little
            at all times, and a clock's tick alone must not hide what the others say.
        surprise: float64, nats, that sizes repeat around each one.
        repeats: bool, sizes repeat.
        settled: bool, far enough behind a random-access picture: coders spend little on the first ones.
    """

    times: NDArray[np.int64]
    large: NDArray[np.float64]
    surprise: NDArray[np.float64]
    repeats: NDArray[np.bool_]
    settled: NDArray[np.bool_]

    @classmethod
    def of(cls, table: PacketTable) -> "_Predicted":
        rows = np.flatnonzero(~table.is_key)
        rows = rows[np.argsort(table.pts_ns[rows], kind="stable")]
        times, sizes = table.pts_ns[rows], table.size_bytes[rows].astype(np.float64)
        surprise, repeats = _repetition(sizes, _SPANS)
        leading = is_leading(table)[rows]
        if not leading.all():
            # Bidirectional pictures of a quiet room repeat by themselves; those that they look to must speak alone.
            further, same = _repetition(sizes[leading], _LEADING_SPANS)
            surprise[leading] = np.maximum(surprise[leading], further)
            repeats |= _held(same, leading)
        keys = table.key_times_ns()
        first = np.searchsorted(times, keys)
        since = np.arange(times.size) - np.append(first, 0)[np.searchsorted(keys, times) - 1]
        spacing = int(np.median(np.diff(first))) if keys.size > 1 else times.size
        settled = since >= min(_UNSETTLED_PICTURES, spacing // 3)
        return cls(times, _second_largest(sizes), surprise, repeats, settled)

    def still_runs(self) -> list[Interval]:
        """Runs in which sizes repeat or vanish."""
        if self.times.size < 2 * _BLOCK_PICTURES:
            return []
        empty = self.large <= _NEAR_EMPTY_SHARE * float(np.median(self.large))
        found = [Interval(int(self.times[a]), int(self.times[b - 1])) for a, b in runs(empty | self.repeats)]
        return [stretch for stretch in _join(found) if stretch.length_ns >= MIN_RUN_NS]

    def repeat_nats(self, stretch: Interval) -> float:
        """How surprisingly sizes repeat in a stretch."""
        return float(self.surprise[self._rows(stretch)].max(initial=0.0)) - float(np.log(max(1, self.times.size)))

    def empty_nats(self, stretch: Interval) -> float:
        """How surprisingly little the pictures of a stretch say."""
        inside = self._rows(stretch)
        if not inside.any():
            return 0.0
        return tail_nats(self.large[~inside & self.settled], float(np.quantile(self.large[inside], 0.3)), _LEAST_BYTES)

    def _rows(self, stretch: Interval) -> NDArray[np.bool_]:
        return np.asarray((self.times >= stretch.start_ns) & (self.times <= stretch.end_ns))


def is_leading(table: PacketTable) -> NDArray[np.bool_]:
    """Which pictures are shown behind all that stand before them in the file: not the bidirectional ones.

    Returns:
        Shape ``(N,)``, in file order.
    """
    return np.asarray(table.pts_ns >= np.maximum.accumulate(table.pts_ns))


def _repetition(sizes: NDArray[np.float64], spans: tuple[int, ...]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """How surprisingly sizes repeat around each picture, nats, and whether they do; both of shape ``(N,)``."""
    surprise, repeats = np.zeros(sizes.size), np.zeros(sizes.size, np.bool_)
    if sizes.size < 2 * _BLOCK_PICTURES:
        return surprise, repeats
    for rhythm in _RHYTHMS:
        same = np.zeros(sizes.size, np.bool_)
        same[rhythm:] = np.abs(sizes[rhythm:] - sizes[:-rhythm]) <= _SAME_BYTES
        chance = _usual_share(same)
        local = _share_around(same, _LOCAL_PICTURES) > 0.5
        for span in spans:
            nats = _surprise(same, span, chance)
            surprise = np.maximum(surprise, nats)
            repeats |= _covered_by(nats >= _MIN_NATS, span) & local
    return surprise, repeats


def _held(flags: NDArray[np.bool_], members: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Give every row the flag of the nearest member before it (or of the first one)."""
    before = np.maximum(np.cumsum(members) - 1, 0)
    return flags[before] if flags.size else np.zeros(members.size, np.bool_)


def _second_largest(sizes: NDArray[np.float64]) -> NDArray[np.float64]:
    half = _RANKED_PICTURES // 2
    if sizes.size == 0:
        return sizes
    around = np.lib.stride_tricks.sliding_window_view(np.pad(sizes, half, mode="edge"), _RANKED_PICTURES)
    return np.asarray(np.partition(around, -2, axis=1)[:, -2], np.float64)


def _usual_share(same: NDArray[np.bool_]) -> float:
    """How often sizes repeat in the livelier half of the quiet places of this recording."""
    blocks = same[: same.size // _BLOCK_PICTURES * _BLOCK_PICTURES].reshape(-1, _BLOCK_PICTURES).mean(axis=1)
    return float(np.clip(np.quantile(blocks, 0.75), _CHANCE_FLOOR, 0.999))


def _surprise(same: NDArray[np.bool_], span: int, chance: float) -> NDArray[np.float64]:
    """Chernoff bound on the chance that so many of the ``span`` pictures around each one repeat, negative logarithm."""
    share = np.clip(_share_around(same, span), 1e-9, 1 - 1e-9)
    nats = span * (share * np.log(share / chance) + (1 - share) * np.log((1 - share) / (1 - chance)))
    return np.where(share > chance, nats, 0.0)


def _share_around(flags: NDArray[np.bool_], span: int) -> NDArray[np.float64]:
    return np.convolve(flags.astype(np.float64), np.full(span, 1 / span), mode="same")


def _covered_by(flags: NDArray[np.bool_], span: int) -> NDArray[np.bool_]:
    """Members of any flagged stretch of ``span`` pictures, given by its middle."""
    return np.asarray(np.convolve(flags.astype(np.float64), np.ones(span), mode="same") > 0.5)


def _join(stretches: list[Interval]) -> list[Interval]:
    joined: list[Interval] = []
    for stretch in sorted(stretches):
        if joined and stretch.start_ns - joined[-1].end_ns <= _JOIN_NS:
            joined[-1] = Interval(joined[-1].start_ns, max(joined[-1].end_ns, stretch.end_ns))
        else:
            joined.append(stretch)
    return joined
