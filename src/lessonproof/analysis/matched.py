"""Re-used footage where random-access pictures lie far apart: the same instants of two recordings, side by side.

A code tells how a picture differs from its neighbours in time; with neighbours 10 s apart it differs from others than
with neighbours 2 s apart, and the codes of one moment in two encodings say different things. Sketches are linear in the
picture, so that two recordings can be measured against the same instants: along a lag each picture of the sparser one
has its partner in the other, both rows are taken against their own mean over a minute, and what is left must agree.

Room, light and whoever sits still cancel in the mean. One thing that moves in both lessons (a camera held in the hand)
agrees with itself at any instant as well; a copy's pictures agree with their partners alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.reuse import SharedStretch, gap_ns
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S, Interval

FARTHEST_NS: Final = 13 * NS_PER_S
"""Greatest distance of random-access pictures with which a minute holds enough of them."""
NEAREST_NS: Final = 5_500_000_000
"""Greatest distance in the other recording: its partners then lie at most half of it away."""
LEAST_PICTURES: Final = 5
MIN_AGREEMENT: Final = 0.7
"""Least agreement throughout a minute: half way between mean and lower quartile of the pictures' cosines. Honest
lessons of one room reached 0.53, copies 0.7 to 0.99 (``docs/decisions/0006-comparisons.md``)."""
MIN_APART: Final = 1.2
"""Agreement with the partners against that with each other's partners. Where one thing alone changes (lamps go out, a
hand moves the camera) a picture agrees with every other one as well as with its own partner, and this is 1 at most."""
_WINDOW_NS: Final = 52 * NS_PER_S
_AROUND_NS: Final = 30 * NS_PER_S
_LIKELY: Final = 24
_REFINED: Final = 6
_CHANCE_FLOOR: Final = 0.2
_ROW_PERIOD_NS: Final = 4 * NS_PER_S
_MOST_STRETCHES: Final = 4
_ROUNDING_NS: Final = NS_PER_S // 4


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """Pictures of one recording: times ``(N,)`` and sketches ``(N, 128)``."""

    time_ns: NDArray[np.int64]
    sketch: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class _Pairing:
    """The sparser recording's pictures beside one way to look at both."""

    rows: _Side
    columns: _Side
    mirrored: bool
    scale: float


@dataclass(frozen=True, slots=True)
class _Fit:
    """How well a minute agrees along a lag (time in the sparser less time in the other recording)."""

    pairing: int
    lag_ns: int
    first: int
    end: int
    agreement: float
    apart: float


def can_match(query: Fingerprint, other: Fingerprint) -> bool:
    """Whether a minute that both show would be found: one may have pictures 13 s apart, the other 5.5 s at most."""
    if query.sketch is None or other.mirrored_sketch is None:
        return False
    if min(query.time_ns.size, other.time_ns.size) < LEAST_PICTURES:
        return False
    return max(gap_ns(query), gap_ns(other)) <= FARTHEST_NS and min(gap_ns(query), gap_ns(other)) <= NEAREST_NS


def find_matched(query: Fingerprint, other: Fingerprint) -> tuple[SharedStretch, ...]:
    """Stretches that two recordings share, strongest first; nothing where :func:`can_match` says no.

    Args:
        query: the recording that is asked about, with its views: each is tried, as it is and mirrored.
        other: another one, of the same method.
    """
    if not can_match(query, other):
        return ()
    is_query_sparse = gap_ns(query) >= gap_ns(other)
    blur_ns = max(_ROW_PERIOD_NS, gap_ns(query), gap_ns(other))
    pairings = list(_pairings(query, other, is_query_sparse=is_query_sparse))
    lags, level = _coarse(pairings)
    found: list[SharedStretch] = []
    while len(found) < _MOST_STRETCHES:
        fit = _best_fit(pairings, lags, level)
        if fit is None:
            break
        first, end = _extent(pairings[fit.pairing], fit)
        stretch = _stretch(pairings[fit.pairing], fit, first, end, is_query_sparse=is_query_sparse)
        found.append(replace(stretch, blur_ns=blur_ns))
        level[:, max(0, fit.first - (fit.end - fit.first)) : end] = -np.inf
    return tuple(sorted(found, key=lambda one: -one.agreement))


def _pairings(query: Fingerprint, other: Fingerprint, *, is_query_sparse: bool) -> Iterator[_Pairing]:
    for view in (query, *query.views):
        for mirrored in (False, True):
            theirs = other.mirrored_sketch if mirrored else other.sketch
            if view.sketch is None or theirs is None:
                continue
            own = _Side(query.time_ns, view.sketch.astype(np.float32))
            their = _Side(other.time_ns, theirs.astype(np.float32))
            rows, columns = (own, their) if is_query_sparse else (their, own)
            yield _Pairing(_thinned(rows), columns, mirrored, view.scale)


def _thinned(side: _Side) -> _Side:
    """A picture each four seconds or so says as much as one each two, at half the cost."""
    stride = max(1, round(_ROW_PERIOD_NS / int(np.median(np.diff(side.time_ns)))))
    return _Side(side.time_ns[::stride], side.sketch[::stride])


def _coarse(pairings: Sequence[_Pairing]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Mean agreement over the minute that begins at each row, along lags a second or so apart.

    Returns:
        Lags, shape ``(L,)``, and levels, shape ``(L, N)``; -inf where too few pictures have partners.
    """
    row_ns, column_ns = pairings[0].rows.time_ns, pairings[0].columns.time_ns
    alike = np.max([_around(p.rows) @ _around(p.columns).T for p in pairings], axis=0)
    step_ns = max(NS_PER_S // 2, int(np.median(np.diff(column_ns))) // 2)
    low_ns = int(row_ns[0] - column_ns[-1]) + _WINDOW_NS // 2
    high_ns = int(row_ns[-1] - column_ns[0]) - _WINDOW_NS // 2
    lags = np.arange(low_ns, max(low_ns, high_ns) + step_ns, step_ns, dtype=np.int64)
    end = np.searchsorted(row_ns, row_ns + _WINDOW_NS, "right")
    level = np.full((lags.size, row_ns.size), -np.inf)
    for start in range(0, lags.size, 256):
        partner, is_near = _partners(row_ns, column_ns, lags[start : start + 256])
        along = np.where(is_near, alike[np.arange(row_ns.size)[None], partner], 0.0)
        total, count = (np.cumsum(np.pad(v.astype(np.float64), ((0, 0), (1, 0))), axis=1) for v in (along, is_near))
        number = count[:, end] - count[:, :-1]
        mean = (total[:, end] - total[:, :-1]) / np.maximum(number, 1)
        level[start : start + 256] = np.where(number >= LEAST_PICTURES, mean, -np.inf)
    return lags, level


def _around(side: _Side) -> NDArray[np.float32]:
    """Each picture against the mean of those around it, at length one."""
    low = np.searchsorted(side.time_ns, side.time_ns - _AROUND_NS)
    high = np.searchsorted(side.time_ns, side.time_ns + _AROUND_NS, "right")
    total = np.cumsum(np.pad(side.sketch.astype(np.float64), ((1, 0), (0, 0))), axis=0)
    mean = (total[high] - total[low]) / (high - low)[:, None]
    return _unit(side.sketch - mean.astype(np.float32))


def _unit(values: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.asarray(values / (np.linalg.norm(values, axis=1, keepdims=True) + 1e-6), np.float32)


def _partners(
    row_ns: NDArray[np.int64], column_ns: NDArray[np.int64], lags: NDArray[np.int64]
) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """For each lag and row the nearest picture of the other recording, and whether it is near enough."""
    wanted = row_ns[None] - lags[:, None]
    right = np.clip(np.searchsorted(column_ns, wanted), 1, column_ns.size - 1)
    partner = np.where(wanted - column_ns[right - 1] <= column_ns[right] - wanted, right - 1, right)
    reach_ns = int(np.median(np.diff(column_ns))) // 2 + _ROUNDING_NS
    return partner, np.abs(column_ns[partner] - wanted) <= reach_ns


def _best_fit(pairings: Sequence[_Pairing], lags: NDArray[np.int64], level: NDArray[np.float64]) -> _Fit | None:
    """The likeliest minutes measured exactly; ``None`` where none of them agrees well enough."""
    count = min(_LIKELY, level.size)
    cells = np.argpartition(level.ravel(), -count)[-count:]
    cells = cells[np.isfinite(level.ravel()[cells])]
    measured = [
        fit
        for cell, number in product(np.sort(cells).tolist(), range(len(pairings)))
        if (fit := _fit(pairings[number], number, int(lags[cell // level.shape[1]]), cell % level.shape[1])) is not None
    ]
    step_ns = int(lags[1] - lags[0]) if lags.size > 1 else 0
    near_ns = [part * step_ns // 2 for part in (-2, -1, 0, 1, 2)]
    likeliest = sorted(measured, key=lambda fit: -fit.agreement)[:_REFINED]
    refined = [
        fit
        for one, shift_ns in product(likeliest, near_ns)
        if (fit := _fit(pairings[one.pairing], one.pairing, one.lag_ns + shift_ns, one.first)) is not None
    ]
    told = [fit for fit in refined if fit.agreement >= MIN_AGREEMENT and fit.apart >= MIN_APART]
    return max(told, key=lambda fit: fit.agreement, default=None)


def _fit(pairing: _Pairing, number: int, lag_ns: int, first: int) -> _Fit | None:
    row_ns = pairing.rows.time_ns
    end = int(np.searchsorted(row_ns, row_ns[first] + _WINDOW_NS, "right"))
    measured = measured_agreement(*_pairs(pairing, lag_ns, first, end))
    return None if measured is None else _Fit(number, lag_ns, first, end, *measured)


def _pairs(pairing: _Pairing, lag_ns: int, first: int, end: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Pictures that have a partner, and their partners; each partner stands for one picture only."""
    lags = np.array([lag_ns], np.int64)
    partner, is_near = (v[0] for v in _partners(pairing.rows.time_ns[first:end], pairing.columns.time_ns, lags))
    is_new = np.concatenate([[True], np.diff(partner) > 0])
    kept = np.flatnonzero(is_near & is_new)
    return pairing.rows.sketch[first:end][kept], pairing.columns.sketch[partner[kept]]


def measured_agreement(left: NDArray[np.float32], right: NDArray[np.float32]) -> tuple[float, float] | None:
    """Agreement of pictures with their partners and how far it stands apart: ``MIN_AGREEMENT``, ``MIN_APART``.

    Args:
        left: shape ``(K, 128)``.
        right: their partners, likewise.

    Returns:
        ``None`` for fewer than ``LEAST_PICTURES``.
    """
    count = left.shape[0]
    if count < LEAST_PICTURES:
        return None
    cosine = _unit(left - left.mean(axis=0)) @ _unit(right - right.mean(axis=0)).T
    own = np.diagonal(cosine)
    strangers = cosine[~np.eye(count, dtype=bool)]
    # Of K centred pictures two unrelated ones have a cosine of -1 / (K - 1) in the mean.
    spread = max(_CHANCE_FLOOR, float(np.sqrt(np.mean(np.square(strangers + 1.0 / (count - 1))))))
    agreement = 0.5 * float(own.mean() + np.percentile(own, 25))
    return agreement, float(own.mean()) / spread


def _extent(pairing: _Pairing, fit: _Fit) -> tuple[int, int]:
    """The run of rows around a minute that agree half as well as it does, against the minute's means."""
    lags = np.array([fit.lag_ns], np.int64)
    partner, is_near = (v[0] for v in _partners(pairing.rows.time_ns, pairing.columns.time_ns, lags))
    within = np.zeros(partner.size, bool)
    within[fit.first : fit.end] = True
    within &= is_near
    left = pairing.rows.sketch - pairing.rows.sketch[within].mean(axis=0)
    right = pairing.columns.sketch[partner] - pairing.columns.sketch[partner[within]].mean(axis=0)
    along = np.where(is_near, np.einsum("ij,ij->i", _unit(left), _unit(right)), 0.0)
    half = 0.5 * float(along[within].mean())
    gain = np.cumsum(np.concatenate([[0.0], along - half]))
    middle = (fit.first + fit.end) // 2
    return int(gain[: middle + 1].argmin()), middle + int(gain[middle:].argmax())


def _stretch(pairing: _Pairing, fit: _Fit, first: int, end: int, *, is_query_sparse: bool) -> SharedStretch:
    row_ns = pairing.rows.time_ns
    begin_ns, end_ns = int(row_ns[first]), int(row_ns[max(first, end - 1)]) + int(np.median(np.diff(row_ns)))
    if is_query_sparse:
        where, other_ns = Interval(begin_ns, end_ns), begin_ns - fit.lag_ns
    else:
        where, other_ns = Interval(max(0, begin_ns - fit.lag_ns), end_ns - fit.lag_ns), begin_ns
    return SharedStretch(
        interval=where,
        other_start_ns=max(0, other_ns),
        mirrored=pairing.mirrored,
        strength=fit.apart,
        agreement=fit.agreement,
        codes=max(1, end - first),
        scale=pairing.scale,
        is_matched=True,
    )
