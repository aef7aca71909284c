"""Synthesised fingerprints: codes that change slowly, as what moves in a lesson does."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.fingerprint import CODE_BYTES, Fingerprint
from lessonproof.evidence.intervals import NS_PER_S

METHOD = "test/1"
PERIOD_NS = 2 * NS_PER_S
_PAUSE = 6


def name_of(seed: int) -> str:
    """A digest for a seed."""
    return f"{seed:064x}"


def fingerprint(seed: int, count: int = 150, *, sha256: str | None = None, method: str = METHOD) -> Fingerprint:
    """A recording of ``2 * count`` seconds that shares nothing with those of other seeds."""
    random = np.random.default_rng(seed)
    return Fingerprint(
        sha256=sha256 or name_of(seed),
        method=method,
        time_ns=np.arange(count, dtype=np.int64) * PERIOD_NS,
        codes=_walk(random, count),
        mirrored=_walk(random, count),
        weight=random.integers(1, 256, count).astype(np.uint8),
    )


def _walk(random: np.random.Generator, count: int) -> NDArray[np.uint8]:
    """Codes of which some 20 bits change from one to the next."""
    bits = random.random((count, 256)) < 0.08
    bits[:1] = random.random(256) < 0.5
    return np.packbits(np.logical_xor.accumulate(bits, axis=0), axis=1)


def flipped(codes: NDArray[np.uint8], share: float, seed: int) -> NDArray[np.uint8]:
    """The same codes as another encoding gives them."""
    bits = np.random.default_rng(seed).random((len(codes), CODE_BYTES * 8)) < share
    return codes ^ np.packbits(bits, axis=1)


def holding(
    own: Fingerprint, source: Fingerprint, *, at: int, start: int, count: int, mirrored: bool = False
) -> Fingerprint:
    """``own`` with ``count`` codes of ``source`` from number ``start`` put in at number ``at``, re-encoded."""
    codes, mirror = own.codes.copy(), own.mirrored.copy()
    there, here = slice(start, start + count), slice(at, at + count)
    first, second = (source.mirrored, source.codes) if mirrored else (source.codes, source.mirrored)
    codes[here], mirror[here] = flipped(first[there], 0.08, 1), flipped(second[there], 0.08, 2)
    return replace(own, codes=codes, mirrored=mirror)
