"""Where a stretch may have been shown before: pairs of instants, the likeliest first, found without decoding a picture.

Five free witnesses: packets of exactly the same sizes, the activity curve, sound that was heard before, thumbnails that
are closer than thumbnails of this room are, and the pictures on both sides of a border.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.activity import Activity, activity_curve, echo_near, echoes
from lessonproof.analysis.borders import Border
from lessonproof.analysis.enclosed import MAX_STRETCHES, Places, stretches
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.repeat_pairs import SLACK_NS, Candidate, Replay, Witness
from lessonproof.analysis.repeat_pictures import Pictures
from lessonproof.evidence.intervals import NS_PER_S

MIN_LAG_NS: Final = 3 * NS_PER_S
"""Shortest distance between a copy and its source that is looked for."""
RUN_PACKETS: Final = 30
_MIN_DISTINCT_SIZES: Final = 12
_BORDER_REACH_NS: Final = 30 * NS_PER_S
_BORDER_WEIGHT: Final = 0.6
_WEAK_BORDER: Final = 0.3
_ECHO_FRAMES: Final = 100
_ECHO_HOP: Final = 25
_ECHOES_KEPT: Final = 60
_PAIRS_KEPT: Final = 120
_RUNS_AT_ONCE: Final = 1 << 16
_MARKED: Final = 8
_ECHO_WEIGHT: Final = 6.0
_ECHO_NULL: Final = 0.45
_ECHO_NEAR_NULL: Final = 0.3
_ECHO_USUAL: Final = 0.9
_STRANGERS: Final = tuple(((0.317 + 0.618 * k) % 0.9, (0.131 + 0.414 * k) % 0.9) for k in range(48))
"""Pairs of places, as shares of the recording, spread by irrational steps."""
_SURE: Final = 20.0
_SOUND: Final = 10.0


@dataclass(frozen=True, slots=True)
class Pointed:
    """What the witnesses point at.

    Attributes:
        candidates: pairs worth a look, likeliest first.
        left_out: stretches between two clear borders that were not compared with anything.
    """

    candidates: tuple[Candidate, ...]
    left_out: int


def repeat_candidates(
    pictures: Pictures | None, table: PacketTable, borders: Sequence[Border], replays: Sequence[Replay]
) -> Pointed:
    """Pairs worth a look.

    Args:
        pictures: of the random-access pictures; ``None`` with too few of them.
        table: the packets.
        borders: borders that the search for cuts found, weak ones included.
        replays: sound heard twice.
    """
    curve = activity_curve(table)
    found = [*_equal_runs(table), *_heard_twice(replays), *_shown_at_once(borders, curve)]
    enclosed: list[Candidate] = []
    left_out = 0
    if pictures is not None:
        found += _seen_alike(pictures, curve)
        enclosed, left_out = _between_borders(pictures, borders, curve, table.duration_ns)
    if curve is not None:
        found += _active_alike(curve)
    near = [*(_near_border(candidate, borders) for candidate in found), *enclosed]
    return Pointed(tuple(sorted(near, key=lambda c: (-c.score, c.copy_ns, c.source_ns))), left_out)


def _near_border(candidate: Candidate, borders: Sequence[Border]) -> Candidate:
    """The same pair, likelier where a border stands near it: a copy begins and ends at one."""
    reach = [
        _weight_of(border)
        for border in borders
        for at_ns in (candidate.copy_ns, candidate.source_ns)
        if abs(border.time_after_ns - at_ns) <= _BORDER_REACH_NS
    ]
    return replace(candidate, score=candidate.score + _BORDER_WEIGHT * max(reach, default=0.0))


def _weight_of(border: Border) -> float:
    """A border that could be told alone counts fully, a weak one a little."""
    return _WEAK_BORDER if border.is_weak else 1.0


def _heard_twice(replays: Sequence[Replay]) -> list[Candidate]:
    found: list[Candidate] = []
    for replay in replays:
        for share in (0.5, 0.2, 0.8):
            inside_ns = int(share * replay.length_ns)
            copy_ns, source_ns = replay.start_ns + inside_ns, replay.source_start_ns + inside_ns
            score = _SOUND + replay.strength - 0.01 * abs(share - 0.5)
            found.append(Candidate(copy_ns, source_ns, 300_000_000, score, Witness.SOUND))
    return found


def _equal_runs(table: PacketTable) -> list[Candidate]:
    """Runs of packets that have exactly the sizes of an earlier run: the stream itself was copied."""
    sizes = table.size_bytes
    if sizes.size - RUN_PACKETS + 1 <= RUN_PACKETS:
        return []
    rows, digest = _marked_runs(sizes)
    order = np.argsort(digest, kind="stable")
    same = np.flatnonzero(digest[order][1:] == digest[order][:-1])
    first, second = rows[order[same]], rows[order[same + 1]]
    found: list[Candidate] = []
    taken: set[tuple[int, int]] = set()
    for source_row, copy_row in zip(first.tolist(), second.tolist(), strict=True):
        run = slice(source_row, source_row + RUN_PACKETS)
        place = ((copy_row - source_row), copy_row // (4 * RUN_PACKETS))
        lag_ns = int(table.pts_ns[copy_row] - table.pts_ns[source_row])
        if place in taken or abs(lag_ns) < NS_PER_S or np.unique(sizes[run]).size < _MIN_DISTINCT_SIZES:
            continue
        taken.add(place)
        late, early = sorted((int(table.pts_ns[copy_row]), int(table.pts_ns[source_row])), reverse=True)
        found.append(Candidate(late, early, 100_000_000, _SURE, Witness.SIZES))
        if len(found) >= _PAIRS_KEPT:
            break
    return found


def _marked_runs(sizes: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
    """Where runs begin whose own digest marks them, an eighth of all, and the digests: a copy marks the same runs.

    Source: Schleimer, Wilkerson and Aiken (2003), winnowing; here by modulus, as Manber (1994).
    """
    rows: list[NDArray[np.int64]] = []
    digests: list[NDArray[np.uint64]] = []
    for start in range(0, sizes.size - RUN_PACKETS + 1, _RUNS_AT_ONCE):
        part = sizes[start : start + _RUNS_AT_ONCE + RUN_PACKETS - 1].astype(np.uint64)
        count = part.size - RUN_PACKETS + 1
        digest = np.zeros(count, np.uint64)
        with np.errstate(over="ignore"):
            for offset in range(RUN_PACKETS):
                digest = digest * np.uint64(0x100000001B3) + (part[offset : offset + count] + np.uint64(1))
            digest ^= digest >> np.uint64(29)
        marked = np.flatnonzero(digest % np.uint64(_MARKED) == 0)
        rows.append(marked + start)
        digests.append(digest[marked])
    return np.concatenate(rows), np.concatenate(digests)


def _active_alike(curve: Activity) -> list[Candidate]:
    """Places whose activity curve repeats an earlier one; exact to the frame."""
    found = echoes(curve, frames=_ECHO_FRAMES, hop=_ECHO_HOP)
    if not found:
        return []
    usual = max(_ECHO_NULL, float(np.quantile([echo.agreement for echo in found], _ECHO_USUAL)))
    return [
        Candidate(
            int(curve.time_ns[echo.copy_row + echo.frames // 3]),
            int(curve.time_ns[echo.source_row + echo.frames // 3]),
            SLACK_NS,
            _ECHO_WEIGHT * (echo.agreement - usual),
            Witness.ACTIVITY,
        )
        for echo in found[:_ECHOES_KEPT]
    ]


def _seen_alike(pictures: Pictures, curve: Activity | None) -> list[Candidate]:
    """Pictures that are closer than those of this recording are at other times."""
    reach_ns = pictures.gap_ns // 2 + SLACK_NS
    found = [
        Candidate(max(one, other), min(one, other), reach_ns, score, Witness.POSTURE, mirrored)
        for mirrored in (False, True)
        for one, other, score in pictures.nearest(mirrored=mirrored)
    ]
    strongest = sorted(found, key=lambda c: -c.score)[:_PAIRS_KEPT]
    return strongest if curve is None else _with_bonus(strongest, curve)


def _between_borders(
    pictures: Pictures, borders: Sequence[Border], curve: Activity | None, duration_ns: int
) -> tuple[list[Candidate], int]:
    """Whole stretches between borders laid along the recording, and how many stretches there was no time for."""
    places = Places(pictures, curve, duration_ns)
    wanted = stretches(borders, duration_ns)
    found = [candidate for stretch in wanted[:MAX_STRETCHES] for candidate in places.candidates(stretch)]
    left_out = sum(stretch.is_clear for stretch in wanted[MAX_STRETCHES:])
    return sorted(found, key=lambda c: -c.score)[:_PAIRS_KEPT], left_out


def _with_bonus(candidates: Sequence[Candidate], curve: Activity) -> list[Candidate]:
    """The same pairs, likelier where the activity curves agree at some lag within their reach.

    What agreement is usual is learned from pairs of instants that have nothing to do with each other.
    """
    agreement = [_agreement_near(curve, c.copy_ns, c.source_ns, c.reach_ns) for c in candidates]
    reach_ns = max((c.reach_ns for c in candidates), default=0)
    span_ns = int(curve.time_ns[-1])
    strangers = [
        _agreement_near(curve, int(span_ns * left), int(span_ns * right), reach_ns) for left, right in _STRANGERS
    ]
    usual = max(_ECHO_NEAR_NULL, float(np.quantile(strangers, _ECHO_USUAL)))
    return [
        replace(c, score=c.score + _ECHO_WEIGHT * max(0.0, agrees - usual))
        for c, agrees in zip(candidates, agreement, strict=True)
    ]


def _agreement_near(curve: Activity, copy_ns: int, source_ns: int, reach_ns: int) -> float:
    """Best agreement of the curves around two instants, as correlation."""
    row = int(np.searchsorted(curve.time_ns, copy_ns))
    reach = int(np.searchsorted(curve.time_ns, copy_ns + reach_ns)) - row
    best = -1.0
    for back in (0, _ECHO_FRAMES // 2, _ECHO_FRAMES):
        start_ns = int(curve.time_ns[max(0, min(row, curve.time_ns.size - 1) - back)])
        earlier_ns = source_ns - (copy_ns - start_ns)
        echo = echo_near(curve, start_ns, earlier_ns, frames=_ECHO_FRAMES, reach=max(1, reach))
        best = best if echo is None else max(best, echo.agreement)
    return best


def _shown_at_once(borders: Sequence[Border], curve: Activity | None) -> list[Candidate]:
    """Between two borders, what stood right before the first one: too close in time for pictures to tell."""
    found: list[Candidate] = []
    ordered = sorted(borders, key=lambda border: border.time_after_ns)
    for number, first in enumerate(ordered):
        for second in ordered[number + 1 : number + 4]:
            length_ns = second.time_after_ns - first.time_after_ns
            if not MIN_LAG_NS <= length_ns <= first.time_after_ns:
                continue
            score = _weight_of(first) + _weight_of(second) - 1.0
            found.append(
                Candidate(first.time_after_ns, first.time_after_ns - length_ns, SLACK_NS, score, Witness.BORDER)
            )
    return found if curve is None else _with_bonus(found, curve)
