"""Re-used footage: a stretch that two recordings share, found from their fingerprints alone.

All codes of one are compared with all of the other; along one lag a shared stretch agrees code after code. What two
honest lessons of one room agree by is learned from all the other lags of the same two recordings. A copy that was
speeded up by more than some 5 %, or turned backward, is not found here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

WINDOW_NS: Final = 45 * NS_PER_S
"""Length over which agreement is judged; a shared stretch of 60 s holds it wherever its codes fall."""
WINDOW_CODES: Final = 14
"""The same in codes, where that is longer. Four people who sit where four others sat agree over 5 codes 10 s apart as
well as a copy does; over 14 they do not. With pictures more than 4 s apart, shorter stretches are not told."""
MIN_STRENGTH: Final = 6.5
"""Spreads above the pair's own usual agreement."""
MIN_AGREEMENT: Final = 0.25
"""Least agreement throughout the window (see ``SharedStretch.agreement``), which means the same in every pair. Strength
alone does not: of two long lessons some hour is always the likest, and stands far above what is usual between the two
by somebody who walks through and by people who sit still."""
_MATCHED_AGREEMENT: Final = 0.7
_SHORTEST_NS: Final = 60 * NS_PER_S
_MOST_STRETCHES: Final = 8
_LIKELY_LAGS: Final = 24
_STRANGER_LAGS: Final = 160
_MIN_HONEST: Final = 50
_NEAR_LAG_NS: Final = 15 * NS_PER_S
_SPREAD_OF_MAD: Final = 1.4826


@dataclass(frozen=True, slots=True)
class SharedStretch:
    """A stretch of one recording that another one shows too.

    Attributes:
        interval: where in the recording that was asked about; known to about one code's distance at either end.
        other_start_ns: where it begins in the other.
        mirrored: seen in a mirror.
        strength: agreement, in spreads of what is usual between the two recordings.
        agreement: half way between the mean and the lower quartile over the window's codes, so that one event that both
            show does not carry it; a code counts 1 where it is equal, some 0 where it is unrelated.
        codes: how many codes agreed.
        scale: to what part of its size the asking picture was made smaller to agree; below 1 it had been enlarged.
        is_matched: measured picture by picture (``analysis/matched.py``), not by codes: ``agreement`` is then one of
            cosines, and ``strength`` how it stands against that with each other's partners.
        blur_ns: how far off its borders may be.
    """

    interval: Interval
    other_start_ns: int
    mirrored: bool
    strength: float
    agreement: float
    codes: int
    scale: float = 1.0
    is_matched: bool = False
    blur_ns: int = 0


def find_shared(query: Fingerprint, other: Fingerprint) -> tuple[SharedStretch, ...]:
    """Stretches that two recordings share, strongest first.

    Args:
        query: the recording that is asked about, or a view of it.
        other: another one, of the same method.

    Raises:
        ValueError: the codes were made by different methods.
    """
    if query.method != other.method:
        raise ValueError(f"fingerprints of different methods: {query.method} and {other.method}")
    if min(query.time_ns.size, other.time_ns.size) < WINDOW_CODES:
        return ()
    found: list[SharedStretch] = []
    for mirrored in (False, True):
        agreement = _agreement(query.codes, other.mirrored if mirrored else other.codes)
        agreement *= _says_something(query)[:, None] * _says_something(other)[None]
        found += _stretches(agreement, query, other, mirrored=mirrored)
    return tuple(sorted(found, key=lambda s: -s.strength))


def finds_a_minute(fingerprint: Fingerprint) -> bool:
    """Whether a minute of a recording holds enough codes for :func:`find_shared`.

    Where random-access pictures lie farther apart only longer stretches are found by codes.
    """
    return fingerprint.time_ns.size > 1 and WINDOW_CODES * gap_ns(fingerprint) <= _SHORTEST_NS


def gap_ns(fingerprint: Fingerprint) -> int:
    """Usual distance of two codes; there are two at least."""
    return max(1, int(np.median(np.diff(fingerprint.time_ns))))


def reuse_findings(shared: Mapping[str, Sequence[SharedStretch]]) -> tuple[Finding, ...]:
    """Findings on a recording from what it shares with others.

    Args:
        shared: digest of the other recording -> stretches, from :func:`find_shared`.
    """
    found = [_finding(sha256, stretch) for sha256, stretches in shared.items() for stretch in stretches]
    return tuple(sorted(found, key=Finding.sort_key))


def _finding(other: str, stretch: SharedStretch) -> Finding:
    if stretch.is_matched:
        confidence = min(0.99, 0.8 + 0.6 * (stretch.agreement - _MATCHED_AGREEMENT))
    else:
        confidence = min(0.99, 0.7 + 0.03 * (stretch.strength - MIN_STRENGTH))
    return Finding(
        FindingKind.REUSE,
        stretch.interval,
        confidence=round(confidence, 3),
        severity=Severity.CRITICAL,
        measured_from="fingerprint",
        detail={
            "other": other,
            "other_start_s": ns_to_s(stretch.other_start_ns),
            "length_s": ns_to_s(stretch.interval.length_ns),
            "mirrored": stretch.mirrored,
            "reframed": stretch.scale < 1.0,
            "picture_scale": stretch.scale,
            "agreement": round(stretch.agreement, 3),
            "borders_within_s": ns_to_s(stretch.blur_ns),
            **_measured(stretch),
        },
    )


def _measured(stretch: SharedStretch) -> dict[str, JsonValue]:
    if stretch.is_matched:
        return {"pictures_agreeing": stretch.codes, "times_other_pictures_agreement": round(stretch.strength, 2)}
    return {"codes_agreeing": stretch.codes, "spreads_above_usual": round(stretch.strength, 2)}


def _agreement(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share of equal bits less share of different ones, all against all, shape ``(N, M)``, -1..1."""
    one, two = (np.unpackbits(codes, axis=1).astype(np.float32) * 2.0 - 1.0 for codes in (left, right))
    return np.asarray((one @ two.T) / np.float32(one.shape[1]), np.float32)


def _says_something(print_: Fingerprint) -> NDArray[np.float32]:
    return (print_.weight > 0).astype(np.float32)


def _stretches(
    agreement: NDArray[np.float32], query: Fingerprint, other: Fingerprint, *, mirrored: bool
) -> list[SharedStretch]:
    """Lags along which more agrees than along any other."""
    query_ns, other_ns = query.time_ns, other.time_ns
    sample = agreement.ravel()[:: max(1, agreement.size // 100_000)]
    usual = float(np.median(sample))
    spread = _SPREAD_OF_MAD * float(np.median(np.abs(sample - usual))) + 1e-3
    query_gap_ns = gap_ns(query)
    wider_ns = max(query_gap_ns, gap_ns(other))
    window_ns = max(WINDOW_NS, WINDOW_CODES * wider_ns)
    window = round(window_ns / query_gap_ns)
    if query_ns.size < window:
        return []
    asked = _likely_lags(agreement > usual + 2.0 * spread, query_ns, other_ns, wider_ns, window_ns)
    strangers = np.linspace(query_ns[0] - other_ns[-1], query_ns[-1] - other_ns[0], _STRANGER_LAGS).astype(np.int64)
    lags = np.concatenate([asked, strangers])
    along, partner = _along_lags(agreement, query_ns, other_ns, lags, wider_ns)
    # One event (the lamps go out in both lessons) agrees fully and must not count for a stretch.
    level = np.where(partner >= 0, np.clip(along - usual, -4.0 * spread, 6.0 * spread), 0.0)
    score = _window_sums(level, window) / np.sqrt(window)
    score[_window_sums((partner >= 0).astype(np.float64), window) < 0.8 * window] = np.nan
    best = np.nan_to_num(score[: asked.size], nan=-np.inf)
    found: list[SharedStretch] = []
    explained_ns: list[int] = []
    for _ in range(_MOST_STRETCHES if asked.size else 0):
        row, first = (int(k) for k in np.unravel_index(int(best.argmax()), best.shape))
        explained_ns.append(int(lags[row]))
        strength = _strength(float(best[row, first]), score[asked.size :], strangers, explained_ns)
        if strength is None or strength < MIN_STRENGTH:
            break
        begin, end = _extent(level[row], first, window)
        agreeing = level[row, begin:end] > spread
        throughout = _throughout(np.where(partner[row] >= 0, along[row], 0.0)[first : first + window])
        if throughout >= MIN_AGREEMENT:
            begin_ns, end_ns = int(query_ns[begin]), int(query_ns[end - 1]) + query_gap_ns
            where, start_ns = Interval(begin_ns, end_ns), max(0, begin_ns - int(lags[row]))
            codes = int(agreeing.sum())
            found.append(
                SharedStretch(where, start_ns, mirrored, strength, throughout, codes, query.scale, blur_ns=wider_ns)
            )
        best[:, max(0, begin - window + 1) : end] = -np.inf
    return found


def _throughout(along: NDArray[np.floating]) -> float:
    return 0.5 * float(along.mean() + np.percentile(along, 25))


def _strength(
    score: float, strangers: NDArray[np.float64], lags_ns: NDArray[np.int64], explained_ns: Sequence[int]
) -> float | None:
    """Spreads of a score above what is usual between the two recordings; ``None`` where too little is known of that.

    People keep still for seconds: a copied stretch agrees at all lags near its own too, and in a short recording these
    would pass for what is usual. They are left out.

    Args:
        score: of the window in question.
        strangers: scores along lags that were chosen blindly, shape ``(L, windows)``.
        lags_ns: those lags.
        explained_ns: lags of the window in question and of those that were stronger.
    """
    is_near = (np.abs(lags_ns[:, None] - np.array(explained_ns)[None]) < _NEAR_LAG_NS).any(axis=1)
    honest = strangers[~is_near]
    honest = honest[np.isfinite(honest)]
    if honest.size < _MIN_HONEST:
        return None
    middle = float(np.median(honest))
    width = _SPREAD_OF_MAD * float(np.median(np.abs(honest - middle))) + 1e-6
    return (score - middle) / width


def _likely_lags(
    agrees: NDArray[np.bool_], query_ns: NDArray[np.int64], other_ns: NDArray[np.int64], gap_ns: int, window_ns: int
) -> NDArray[np.int64]:
    """Lags along which many pairs agree within one window, and their neighbours; shape ``(L,)``."""
    rows, columns = np.nonzero(agrees)
    if rows.size == 0:
        return np.empty(0, np.int64)
    first_ns = query_ns[0] - other_ns[-1]
    lag_cell = (query_ns[rows] - other_ns[columns] - first_ns) // gap_ns
    block = (query_ns[rows] - query_ns[0]) // (window_ns // 2)
    shape = (int(lag_cell.max()) + 1, int(block.max()) + 1)
    count = np.bincount(lag_cell * shape[1] + block, minlength=shape[0] * shape[1]).reshape(shape)
    # A stretch lies in two neighbouring half windows, and its lag may fall between two cells.
    near = np.pad(count, ((0, 1), (0, 1)))
    near = near[:-1] + near[1:]
    near = near[:, :-1] + near[:, 1:]
    cells = np.unique(np.argsort(near.ravel(), kind="stable")[::-1][:_LIKELY_LAGS] // shape[1])
    fine = np.arange(-2, 6) * (gap_ns // 4)
    return np.unique(first_ns + cells[:, None] * gap_ns + gap_ns // 2 + fine[None])


def _window_sums(values: NDArray[np.floating], window: int) -> NDArray[np.float64]:
    """Sums over each run of ``window`` columns."""
    total = np.cumsum(np.pad(values.astype(np.float64), ((0, 0), (1, 0))), axis=1)
    return np.asarray(total[:, window:] - total[:, :-window], np.float64)


def _along_lags(
    agreement: NDArray[np.float32],
    query_ns: NDArray[np.int64],
    other_ns: NDArray[np.int64],
    lags: NDArray[np.int64],
    gap_ns: int,
) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """For each lag the agreement of each code with the other's nearest one, and which that is (-1: none is near)."""
    wanted = query_ns[None] - lags[:, None]
    right = np.clip(np.searchsorted(other_ns, wanted), 1, other_ns.size - 1)
    nearer_left = wanted - other_ns[right - 1] <= other_ns[right] - wanted
    partner = np.where(nearer_left, right - 1, right)
    along = agreement[np.arange(query_ns.size)[None], partner]
    near = np.abs(other_ns[partner] - wanted) <= 3 * gap_ns // 4
    return along, np.where(near, partner, -1)


def _extent(level: NDArray[np.float64], first: int, window: int) -> tuple[int, int]:
    """The run around a window whose codes lie above half of the window's own level."""
    half = 0.5 * float(level[first : first + window].mean())
    gain = np.cumsum(np.concatenate([[0.0], level - half]))
    middle = first + window // 2
    begin = int(gain[: middle + 1].argmin())
    end = middle + int(gain[middle:].argmax())
    return begin, max(end, begin + 1)
