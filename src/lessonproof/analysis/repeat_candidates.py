"""Where a stretch may have been shown before: pairs of instants, the likeliest first, found without decoding a picture.

Five free witnesses: packets of exactly the same sizes, the activity curve, sound that was heard before, thumbnails that
are closer than thumbnails of this room are, and the pictures on both sides of a border.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.activity import Activity, activity_curve, echo_near, echoes
from lessonproof.analysis.background import distances, features, usual_look
from lessonproof.analysis.borders import Border
from lessonproof.analysis.packets import PacketTable
from lessonproof.analysis.repeat_pairs import SLACK_NS, Candidate, Replay, Witness
from lessonproof.analysis.thumbnails import Thumbnails, thumbnail
from lessonproof.evidence.intervals import NS_PER_S

MIN_LAG_NS: Final = 3 * NS_PER_S
"""Shortest distance between a copy and its source that is looked for."""
APART_NS: Final = 10 * NS_PER_S
"""Thumbnails closer in time than this are alike because nobody has moved yet."""
RUN_PACKETS: Final = 30
MIN_THUMBS: Final = 8
"""With fewer thumbnails nobody can say how near the pictures of this recording usually lie."""
_MIN_DISTINCT_SIZES: Final = 12
_BORDER_REACH_NS: Final = 30 * NS_PER_S
_BORDER_WEIGHT: Final = 0.6
_WEAK_BORDER: Final = 0.3
_ECHO_FRAMES: Final = 100
_ECHO_HOP: Final = 25
_ECHOES_KEPT: Final = 60
_NEAREST: Final = 3
_PAIRS_KEPT: Final = 120
_ROWS_AT_ONCE: Final = 512
_OWN_SHARE: Final = 0.02
_NEAR_SHARE: Final = 0.005
_FLOOR_LEVELS: Final = 0.05
_ECHO_WEIGHT: Final = 6.0
_ECHO_NULL: Final = 0.45
_ECHO_NEAR_NULL: Final = 0.3
_ECHO_USUAL: Final = 0.9
_STRANGERS: Final = tuple(((0.317 + 0.618 * k) % 0.9, (0.131 + 0.414 * k) % 0.9) for k in range(48))
"""Pairs of places, as shares of the recording, spread by irrational steps."""
_SURE: Final = 20.0
_SOUND: Final = 10.0


def repeat_candidates(
    thumbs: Thumbnails, table: PacketTable, borders: Sequence[Border], replays: Sequence[Replay]
) -> tuple[Candidate, ...]:
    """Pairs worth a look, likeliest first.

    Args:
        thumbs: of the random-access pictures.
        table: the packets.
        borders: borders that the search for cuts found, weak ones included.
        replays: sound heard twice.
    """
    curve = activity_curve(table)
    found = [*_equal_runs(table), *_heard_twice(replays), *_seen_alike(thumbs, borders, curve)]
    found += _shown_at_once(borders, curve)
    if curve is not None:
        found += _active_alike(curve)
    near = [_near_border(candidate, borders) for candidate in found]
    return tuple(sorted(near, key=lambda c: (-c.score, c.copy_ns, c.source_ns)))


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
    sizes = table.size_bytes.astype(np.uint64)
    count = sizes.size - RUN_PACKETS + 1
    if count <= RUN_PACKETS:
        return []
    digest = np.zeros(count, np.uint64)
    with np.errstate(over="ignore"):
        for offset in range(RUN_PACKETS):
            digest = digest * np.uint64(0x100000001B3) + (sizes[offset : offset + count] + np.uint64(1))
    order = np.argsort(digest, kind="stable")
    same = np.flatnonzero(digest[order][1:] == digest[order][:-1])
    first, second = order[same], order[same + 1]
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


def _seen_alike(thumbs: Thumbnails, borders: Sequence[Border], curve: Activity | None) -> list[Candidate]:
    """Pictures that are closer than those of this recording are at other times."""
    if thumbs.time_ns.size < MIN_THUMBS:
        return []
    look = usual_look(thumbs.luma)
    known = features(thumbs.luma, look)
    gap_ns = _gap_ns(thumbs)
    usual = _usual_level(thumbs.time_ns, known, gap_ns)
    mirror = features(np.ascontiguousarray(thumbs.luma[:, :, ::-1]), look)
    found: list[Candidate] = []
    for asked, mirrored in ((known, False), (mirror, True)):
        pairs = _nearest(thumbs.time_ns, asked, thumbs.time_ns, known, gap_ns=gap_ns, usual=usual)
        found += [_pair(a, b, gap_ns, score, Witness.POSTURE, mirrored=mirrored) for a, b, score in pairs]
    if borders:
        times = np.array([t for border in borders for t in (border.time_before_ns, border.time_after_ns)], np.int64)
        pictures = np.stack([thumbnail(p) for border in borders for p in (border.small_before, border.small_after)])
        behind = frozenset(border.time_after_ns for border in borders)
        for luma, mirrored in ((pictures, False), (np.ascontiguousarray(pictures[:, :, ::-1]), True)):
            pairs = _nearest(times, features(luma, look), thumbs.time_ns, known, gap_ns=gap_ns, usual=usual)
            found += [
                _pair(a, b, gap_ns, score, Witness.BORDER, mirrored=mirrored, forward=a in behind)
                for a, b, score in pairs
            ]
    strongest = sorted(found, key=lambda c: -c.score)[:_PAIRS_KEPT]
    return strongest if curve is None else _with_bonus(strongest, curve)


def _pair(
    asked_ns: int, known_ns: int, gap_ns: int, score: float, witness: Witness, *, mirrored: bool, forward: bool = True
) -> Candidate:
    copy_ns, source_ns = max(asked_ns, known_ns), min(asked_ns, known_ns)
    return Candidate(copy_ns, source_ns, gap_ns // 2 + SLACK_NS, score, witness, mirrored, forward)


def usual_nearness(thumbs: Thumbnails) -> float | None:
    """How near the nearest half per cent of pictures that are apart in time lie, levels; ``None`` with too few."""
    if thumbs.time_ns.size < MIN_THUMBS:
        return None
    level = _usual_level(thumbs.time_ns, features(thumbs.luma, usual_look(thumbs.luma)), _gap_ns(thumbs))
    return level if np.isfinite(level) else None


def _gap_ns(thumbs: Thumbnails) -> int:
    return int(np.median(np.diff(thumbs.time_ns)))


def _usual_level(time_ns: NDArray[np.int64], known: NDArray[np.float32], gap_ns: int) -> float:
    """How near the nearest pairs of pictures lie that are well apart in time, levels."""
    rows = np.unique(np.linspace(0, time_ns.size - 1, min(_ROWS_AT_ONCE, time_ns.size)).astype(np.int64))
    levels = distances(known[rows], known)
    apart = np.abs(time_ns[rows][:, None] - time_ns[None]) >= max(APART_NS, 5 * gap_ns // 2)
    return float(np.quantile(levels[apart], _NEAR_SHARE)) if apart.any() else float("inf")


def _nearest(
    times: NDArray[np.int64],
    asked: NDArray[np.float32],
    known_ns: NDArray[np.int64],
    known: NDArray[np.float32],
    *,
    gap_ns: int,
    usual: float,
) -> list[tuple[int, int, float]]:
    """For each asked picture the nearest known ones, and how much nearer they are than is usual."""
    apart_ns = max(APART_NS, 5 * gap_ns // 2)
    found: list[tuple[int, int, float]] = []
    for start in range(0, times.size, _ROWS_AT_ONCE):
        rows = slice(start, start + _ROWS_AT_ONCE)
        levels = distances(asked[rows], known)
        levels[np.abs(times[rows][:, None] - known_ns[None]) < apart_ns] = np.inf
        own = np.quantile(levels, _OWN_SHARE, axis=1, method="lower")
        nearest = np.argpartition(levels, min(_NEAREST, levels.shape[1] - 1), axis=1)[:, :_NEAREST]
        for row, columns in enumerate(nearest):
            for column in columns.tolist():
                level = float(levels[row, column]) + _FLOOR_LEVELS
                if np.isfinite(level) and np.isfinite(own[row]):
                    score = float(np.log(usual / level) + 0.5 * np.log(max(float(own[row]), level) / level))
                    found.append((int(times[start + row]), int(known_ns[column]), score))
    return found


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
