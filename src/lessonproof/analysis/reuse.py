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

from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

WINDOW_NS: Final = 45 * NS_PER_S
"""Length over which agreement is judged; a shared stretch of 60 s holds it wherever its codes fall."""
MIN_STRENGTH: Final = 6.5
"""Spreads above the pair's own usual agreement. Halves of rendered lessons reached 6.3, where one person stood in the
same place twice for twenty seconds; copies of 60 s reached 7.5 with pictures 10 s apart and 13 to 21 with 2 to 5 s."""
MIN_AGREEING_SHARE: Final = 0.6
"""Share of the window's codes that agree more than the pair's codes usually do: one event is no stretch."""
_MOST_STRETCHES: Final = 8
_MIN_CODES: Final = 4
_LIKELY_LAGS: Final = 24
_STRANGER_LAGS: Final = 160
_MIN_HONEST: Final = 50
_SPREAD_OF_MAD: Final = 1.4826


@dataclass(frozen=True, slots=True)
class SharedStretch:
    """A stretch of one recording that another one shows too.

    Attributes:
        interval: where in the recording that was asked about; known to about one code's distance at either end.
        other_start_ns: where it begins in the other.
        mirrored: seen in a mirror.
        strength: agreement, in spreads of what is usual between the two recordings.
        codes: how many codes agreed.
    """

    interval: Interval
    other_start_ns: int
    mirrored: bool
    strength: float
    codes: int


def find_shared(query: Fingerprint, other: Fingerprint) -> tuple[SharedStretch, ...]:
    """Stretches that two recordings share, strongest first.

    Args:
        query: the recording that is asked about.
        other: another one, of the same method.

    Raises:
        ValueError: the codes were made by different methods.
    """
    if query.method != other.method:
        raise ValueError(f"fingerprints of different methods: {query.method} and {other.method}")
    if min(query.time_ns.size, other.time_ns.size) < _MIN_CODES:
        return ()
    found: list[SharedStretch] = []
    for mirrored in (False, True):
        agreement = _agreement(query.codes, other.mirrored if mirrored else other.codes)
        agreement *= _says_something(query)[:, None] * _says_something(other)[None]
        found += _stretches(agreement, query.time_ns, other.time_ns, mirrored=mirrored)
    return tuple(sorted(found, key=lambda s: -s.strength))


def reuse_findings(shared: Mapping[str, Sequence[SharedStretch]]) -> tuple[Finding, ...]:
    """Findings on a recording from what it shares with others.

    Args:
        shared: digest of the other recording -> stretches, from :func:`find_shared`.
    """
    found = [_finding(sha256, stretch) for sha256, stretches in shared.items() for stretch in stretches]
    return tuple(sorted(found, key=Finding.sort_key))


def _finding(other: str, stretch: SharedStretch) -> Finding:
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
            "spreads_above_usual": round(stretch.strength, 2),
            "codes_agreeing": stretch.codes,
        },
    )


def _agreement(left: NDArray[np.uint8], right: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Share of equal bits less share of different ones, all against all, shape ``(N, M)``, -1..1."""
    one, two = (np.unpackbits(codes, axis=1).astype(np.float32) * 2.0 - 1.0 for codes in (left, right))
    return np.asarray((one @ two.T) / np.float32(one.shape[1]), np.float32)


def _says_something(print_: Fingerprint) -> NDArray[np.float32]:
    return (print_.weight > 0).astype(np.float32)


def _stretches(
    agreement: NDArray[np.float32], query_ns: NDArray[np.int64], other_ns: NDArray[np.int64], *, mirrored: bool
) -> list[SharedStretch]:
    """Lags along which more agrees than along any other."""
    sample = agreement.ravel()[:: max(1, agreement.size // 100_000)]
    usual = float(np.median(sample))
    spread = _SPREAD_OF_MAD * float(np.median(np.abs(sample - usual))) + 1e-3
    query_gap_ns, other_gap_ns = (max(1, int(np.median(np.diff(times)))) for times in (query_ns, other_ns))
    gap_ns = max(query_gap_ns, other_gap_ns)
    window = max(_MIN_CODES, round(WINDOW_NS / query_gap_ns))
    if query_ns.size < window:
        return []
    asked = _likely_lags(agreement > usual + 2.0 * spread, query_ns, other_ns, gap_ns)
    strangers = np.linspace(query_ns[0] - other_ns[-1], query_ns[-1] - other_ns[0], _STRANGER_LAGS).astype(np.int64)
    lags = np.concatenate([asked, strangers])
    level, partner = _along_lags(agreement, query_ns, other_ns, lags, gap_ns)
    # One event (the lamps go out in both lessons) agrees fully and must not count for a stretch.
    level = np.where(partner >= 0, np.clip(level - usual, -4.0 * spread, 6.0 * spread), 0.0)
    score = _window_sums(level, window) / np.sqrt(window)
    score[_window_sums((partner >= 0).astype(np.float64), window) < 0.8 * window] = np.nan
    honest = score[asked.size :][np.isfinite(score[asked.size :])]
    if honest.size < _MIN_HONEST:
        return []
    middle = float(np.median(honest))
    width = _SPREAD_OF_MAD * float(np.median(np.abs(honest - middle))) + 1e-6
    strength = np.nan_to_num((score[: asked.size] - middle) / width, nan=-1.0)
    found: list[SharedStretch] = []
    for _ in range(_MOST_STRETCHES if asked.size else 0):
        row, first = (int(k) for k in np.unravel_index(int(strength.argmax()), strength.shape))
        best = float(strength[row, first])
        if best < MIN_STRENGTH:
            break
        begin, end = _extent(level[row], first, window)
        agreeing = level[row, begin:end] > spread
        if np.mean(level[row, first : first + window] > spread) >= MIN_AGREEING_SHARE:
            begin_ns, end_ns = int(query_ns[begin]), int(query_ns[end - 1]) + query_gap_ns
            start_ns = max(0, begin_ns - int(lags[row]))
            found.append(SharedStretch(Interval(begin_ns, end_ns), start_ns, mirrored, best, int(agreeing.sum())))
        strength[:, max(0, begin - window + 1) : end] = -1.0
    return found


def _likely_lags(
    agrees: NDArray[np.bool_], query_ns: NDArray[np.int64], other_ns: NDArray[np.int64], gap_ns: int
) -> NDArray[np.int64]:
    """Lags along which many pairs agree within one window, and their neighbours; shape ``(L,)``."""
    rows, columns = np.nonzero(agrees)
    if rows.size == 0:
        return np.empty(0, np.int64)
    first_ns = query_ns[0] - other_ns[-1]
    lag_cell = (query_ns[rows] - other_ns[columns] - first_ns) // gap_ns
    block = (query_ns[rows] - query_ns[0]) // (WINDOW_NS // 2)
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
