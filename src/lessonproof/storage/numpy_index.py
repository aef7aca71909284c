"""The exact fingerprint index: every code against every code, in memory. For some hundred hours of recordings."""

from collections.abc import Collection
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.fingerprint import CODE_BYTES, Fingerprint
from lessonproof.storage.fingerprint_index import Candidate, IndexSpec, refuse_other_method
from lessonproof.storage.voting import (
    FAR_BITS,
    HELD_PERIOD_NS,
    NEIGHBOURS,
    Neighbours,
    Probes,
    probes_of,
    thinned,
    vote,
)

_WORDS: Final = CODE_BYTES // 8
_BLOCK: Final = 32
"""Probes at a time: bounds the distances in memory to some MB at 100,000 codes."""


class NumpyIndex:
    """A ``FingerprintIndex`` that keeps no files: it is filled from the store when the process starts.

    Args:
        spec: ``method`` alone is used.
    """

    def __init__(self, spec: IndexSpec) -> None:
        self._method = spec.method
        self._lock = Lock()
        self._parts: dict[str, tuple[NDArray[np.uint64], NDArray[np.int64]]] = {}

    @property
    def method(self) -> str:
        """Which fingerprints it holds."""
        return self._method

    def held(self) -> frozenset[str]:
        """What was added and not retired."""
        with self._lock:
            return frozenset(self._parts)

    def add(self, fingerprint: Fingerprint) -> None:
        """Keep the thinned codes."""
        refuse_other_method(self, fingerprint)
        rows = thinned(fingerprint, HELD_PERIOD_NS)
        with self._lock:
            self._parts.setdefault(fingerprint.sha256, (_words(fingerprint.codes[rows]), fingerprint.time_ns[rows]))

    def retire(self, sha256: str) -> None:
        """Forget the codes."""
        with self._lock:
            self._parts.pop(sha256, None)

    def candidates(self, query: Fingerprint, exclude: Collection[str] = ()) -> tuple[Candidate, ...]:
        """Ask every code that is held."""
        refuse_other_method(self, query)
        unwanted = {query.sha256, *exclude}
        with self._lock:
            parts = {name: part for name, part in self._parts.items() if name not in unwanted}
        probes = probes_of(query)
        return vote(probes, _nearest(probes, list(parts.values())), list(parts))

    def save(self) -> None:
        """Nothing to do."""


def _words(codes: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Shape ``(4, N)``: each word of all codes side by side."""
    return np.ascontiguousarray(np.ascontiguousarray(codes).view(np.uint64).reshape(-1, _WORDS).T)


def _nearest(probes: Probes, parts: list[tuple[NDArray[np.uint64], NDArray[np.int64]]]) -> Neighbours:
    words = np.concatenate([part[0] for part in parts], axis=1) if parts else np.empty((_WORDS, 0), np.uint64)
    time_ns = np.concatenate([part[1] for part in parts]) if parts else np.empty(0, np.int64)
    recording = np.repeat(np.arange(len(parts)), [part[1].size for part in parts])
    asked = _words(probes.codes)
    count = probes.time_ns.size
    distance = np.full((count, NEIGHBOURS), -1, np.int32)
    nearest = np.zeros((count, NEIGHBOURS), np.intp)
    for start in range(0, count if time_ns.size else 0, _BLOCK):
        rows, places, columns, bits = _near(asked[:, start : start + _BLOCK], words)
        distance[start + rows, places] = bits
        nearest[start + rows, places] = columns
    if time_ns.size == 0:
        return Neighbours(distance, nearest.astype(np.int64), nearest.astype(np.int64))
    return Neighbours(distance, recording[nearest], time_ns[nearest])


def _near(
    asked: NDArray[np.uint64], words: NDArray[np.uint64]
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp], NDArray[np.int32]]:
    """Codes nearer than ``FAR_BITS``, at most ``NEIGHBOURS`` each: probe, place from the nearest on, code, distance."""
    bits = np.zeros((asked.shape[1], words.shape[1]), np.uint16)
    for word in range(_WORDS):
        bits += np.bitwise_count(asked[word, :, np.newaxis] ^ words[word])
    rows, columns = np.nonzero(bits < FAR_BITS)
    near = bits[rows, columns]
    order = np.lexsort((columns, near, rows))
    rows, columns, near = rows[order], columns[order], near[order]
    places = np.arange(rows.size) - np.searchsorted(rows, rows)
    is_kept = places < NEIGHBOURS
    return rows[is_kept], places[is_kept], columns[is_kept], near[is_kept].astype(np.int32)
