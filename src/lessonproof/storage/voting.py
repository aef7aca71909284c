"""From near codes to candidates: what counts is not how near single codes are, but that many agree on one offset.

Lessons of one room look alike: the same desks hide the same bodies, and hundreds of recordings are near each other all
the time. Two things keep them from crowding out the one true source. Each code learns its own null distribution from
the index: a neighbour counts by how much nearer it is than the last of the neighbours that were asked for, so that what
is near to everything says little. And votes are added up per recording, offset and stretch of the query: accidents
scatter over all offsets, a copied stretch puts its votes into one.

Source: voting by time offset as in Wang (2003), "An Industrial-Strength Audio Search Algorithm", section 2.3.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.fingerprint import Fingerprint
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.storage.fingerprint_index import Candidate

HELD_PERIOD_NS: Final = 4 * NS_PER_S
"""An index holds at most one code for each such step: 9 million for 10,000 hours."""
PROBE_PERIOD_NS: Final = 2 * NS_PER_S
"""A query asks with at most one code for each such step, so that one of two probes is near in time to a held code."""
NEIGHBOURS: Final = 48
"""Neighbours asked for each code."""
CANDIDATES_AT_MOST: Final = 12
OFFSET_BIN_NS: Final = 8 * NS_PER_S
"""Width of an offset's bin; two codings of one lesson have their random-access pictures up to this far apart."""
WINDOW_NS: Final = 120 * NS_PER_S
"""Stretch of the query within which votes are added up: some minutes are what is copied."""
FAR_BITS: Final = 96
"""Neighbours beyond this distance never count: codes of unrelated pictures differ in some 128 of 256 bits."""
LEAST_WEIGHT: Final = 0.05
LEAST_SCORE: Final = 1.0
"""Two or three codes that agree in time, each half as far away as usual."""


@dataclass(frozen=True, slots=True, eq=False)
class Probes:
    """The codes that a query asks with.

    Attributes:
        time_ns: shape ``(M,)``, int64.
        codes: shape ``(M, 32)``, uint8.
        is_mirrored: shape ``(M,)``, bool.
    """

    time_ns: NDArray[np.int64]
    codes: NDArray[np.uint8]
    is_mirrored: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """What an index found near each probe, nearest first.

    Attributes:
        distance_bits: shape ``(M, K)``, int32; negative where there is no neighbour.
        recording: shape ``(M, K)``, int64, numbers that the index gave to its recordings.
        time_ns: shape ``(M, K)``, int64, when in that recording.
    """

    distance_bits: NDArray[np.int32]
    recording: NDArray[np.int64]
    time_ns: NDArray[np.int64]


def thinned(fingerprint: Fingerprint, period_ns: int) -> NDArray[np.intp]:
    """Which codes stand for the recording: of each ``period_ns`` the one that says most; none that says nothing."""
    rows = np.flatnonzero(fingerprint.weight)
    slot = fingerprint.time_ns[rows] // period_ns
    order = np.lexsort((fingerprint.time_ns[rows], -fingerprint.weight[rows].astype(np.int64), slot))
    _, first = np.unique(slot[order], return_index=True)
    return np.asarray(rows[order[first]], np.intp)


def probes_of(query: Fingerprint) -> Probes:
    """A query's codes as they are, then mirrored."""
    rows = thinned(query, PROBE_PERIOD_NS)
    return Probes(
        time_ns=np.concatenate([query.time_ns[rows]] * 2),
        codes=np.concatenate([query.codes[rows], query.mirrored[rows]]),
        is_mirrored=np.repeat([False, True], rows.size),
    )


def vote(probes: Probes, found: Neighbours, names: Sequence[str | None]) -> tuple[Candidate, ...]:
    """Add up what agrees.

    Args:
        probes: what was asked.
        found: what was near.
        names: digest by recording number; ``None`` where a recording is not to be named.

    Returns:
        Best first, each recording once, at most ``CANDIDATES_AT_MOST``.
    """
    weight = _weights(found.distance_bits)
    wanted = np.array([name is not None for name in names], np.bool_)
    rows, columns = np.nonzero(weight >= LEAST_WEIGHT)
    recording = found.recording[rows, columns]
    is_named = wanted[recording] if wanted.size else np.zeros(rows.size, np.bool_)
    rows, columns, recording = rows[is_named], columns[is_named], recording[is_named]
    if rows.size == 0:
        return ()
    offset_ns = found.time_ns[rows, columns] - probes.time_ns[rows]
    votes = _Votes(
        source=recording * 2 + probes.is_mirrored[rows],
        probe=rows,
        time_ns=probes.time_ns[rows],
        offset_ns=offset_ns,
        weight=weight[rows, columns],
    )
    return _ranked(votes, names)


@dataclass(frozen=True, slots=True, eq=False)
class _Votes:
    """One row a vote; ``source`` is the recording's number twice, and one more where mirrored."""

    source: NDArray[np.int64]
    probe: NDArray[np.intp]
    time_ns: NDArray[np.int64]
    offset_ns: NDArray[np.int64]
    weight: NDArray[np.float64]


def _weights(distance_bits: NDArray[np.int32]) -> NDArray[np.float64]:
    """How much nearer each neighbour is than the last one of its probe, or than ``FAR_BITS`` where that is nearer.

    0..1; 0 where there is no neighbour or it is too far away.
    """
    last = np.where(distance_bits >= 0, distance_bits, FAR_BITS).max(axis=1, initial=0)
    null = np.clip(last, 1, FAR_BITS)[:, np.newaxis].astype(np.float64)
    weight = 1.0 - distance_bits / null
    return np.where((distance_bits >= 0) & (distance_bits < null), weight, 0.0)


def _ranked(votes: _Votes, names: Sequence[str | None]) -> tuple[Candidate, ...]:
    """The best window of each recording, at two phases of the offset's bins and two of the windows."""
    best: dict[int, Candidate] = {}
    for offset_phase in (0, OFFSET_BIN_NS // 2):
        offset = (votes.offset_ns + offset_phase) // OFFSET_BIN_NS
        for window_phase in (0, WINDOW_NS // 2):
            window = (votes.time_ns + window_phase) // WINDOW_NS
            for source, score, row in _tops(votes, offset, window):
                number, is_mirrored = divmod(source, 2)
                name, known = names[number], best.get(number)
                if name is not None and (known is None or score > known.score):
                    best[number] = Candidate(name, score, int(votes.offset_ns[row]), bool(is_mirrored))
    ranked = sorted(best.values(), key=lambda candidate: (-candidate.score, candidate.sha256))
    return tuple(ranked[:CANDIDATES_AT_MOST])


def _tops(votes: _Votes, offset: NDArray[np.int64], window: NDArray[np.int64]) -> list[tuple[int, float, int]]:
    """The cells with the highest scores: source, score, a vote in it. A probe counts once in a cell."""
    order = np.lexsort((-votes.weight, votes.probe, window, offset, votes.source))
    keys = np.stack([votes.source[order], offset[order], window[order]])
    is_new_cell = np.concatenate([[True], (np.diff(keys, axis=1) != 0).any(axis=0)])
    is_new_probe = is_new_cell | np.concatenate([[True], np.diff(votes.probe[order]) != 0])
    starts = np.flatnonzero(is_new_cell)
    score = np.add.reduceat(np.where(is_new_probe, votes.weight[order], 0.0), starts)
    cells = np.flatnonzero(score >= LEAST_SCORE)
    cells = cells[np.lexsort((starts[cells], -score[cells]))]
    _, first = np.unique(keys[0][starts[cells]], return_index=True)
    return [(int(keys[0][starts[c]]), float(score[c]), int(order[starts[c]])) for c in cells[np.sort(first)]]
