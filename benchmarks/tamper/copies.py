"""A peer of our own make: copies found by perceptual hashes of keyframes, as copy detection is usually built.

Each keyframe gets the 64-bit DCT hash (pHash: sign of the 8x8 lowest frequencies of a 32x32 luma picture against their
median; Zauner 2010, "Implementation and Benchmarking of Perceptual Image Hash Functions"). Stretches whose keyframes
agree one after the other on a diagonal are copies.
"""

from pathlib import Path
from typing import Final

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.scoring import Edit

MOST_BITS: Final = 6
"""Hashes that differ in so many bits at most are taken for the same picture (10 of 64 is usual for photographs; in one
room everything looks alike)."""
SHORTEST_S: Final = 5.0
LEAST_KEYFRAMES: Final = 4
APART_S: Final = 5.0
_STEP_S: Final = 1.0


def find_copies(path: Path, others: list[Path]) -> list[Edit]:
    """Stretches of a file that it shows twice (``loop``) or that another one shows too (``reuse``)."""
    try:
        times, hashes = keyframe_hashes(path)
        pool = [keyframe_hashes(other) for other in others]
    except (av.FFmpegError, ValueError):
        return []
    found = [Edit("loop", *span) for span in diagonal_runs(times, hashes, times, hashes, apart_s=APART_S)]
    for other_times, other_hashes in pool:
        runs = diagonal_runs(other_times, other_hashes, times, hashes, apart_s=None)
        found += [Edit("reuse", *span) for span in runs]
    return found


def keyframe_hashes(path: Path) -> tuple[NDArray[np.float64], NDArray[np.uint64]]:
    """Seconds and hashes of a file's keyframes, each of shape ``(N,)``."""
    times: list[float] = []
    hashes: list[int] = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.skip_frame = "NONKEY"
        for frame in container.decode(stream):
            if frame.time is not None:
                times.append(frame.time)
                hashes.append(picture_hash(np.asarray(frame.to_ndarray(format="gray"), np.uint8)))
    start = times[0] if times else 0.0
    return np.array(times) - start, np.array(hashes, dtype=np.uint64)


def picture_hash(luma: NDArray[np.uint8]) -> int:
    """64-bit perceptual hash of a picture."""
    small = cv2.resize(luma, (32, 32), interpolation=cv2.INTER_AREA).astype(np.float32)
    low = np.asarray(cv2.dct(small))[1:9, 1:9].ravel()
    bits = low > np.median(low)
    return int.from_bytes(np.packbits(bits).tobytes(), "big")


def diagonal_runs(
    first_s: NDArray[np.float64],
    first: NDArray[np.uint64],
    second_s: NDArray[np.float64],
    second: NDArray[np.uint64],
    *,
    apart_s: float | None,
) -> list[tuple[float, float]]:
    """Stretches of the second sequence that repeat the first one, seconds of the second.

    Args:
        first_s: times of what may have been copied, shape ``(N,)``.
        first: its hashes, shape ``(N,)``.
        second_s: times of what may be a copy, shape ``(M,)``.
        second: its hashes, shape ``(M,)``.
        apart_s: least distance in time where both are the same file; ``None`` for two files.
    """
    alike = np.bitwise_count(first[:, None] ^ second[None, :]) <= MOST_BITS
    offsets = second_s[None, :] - first_s[:, None]
    if apart_s is not None:
        alike &= offsets >= apart_s
    rows, columns = np.nonzero(alike)
    runs: list[tuple[float, float]] = []
    lanes = np.round(offsets[rows, columns] / _STEP_S).astype(np.int64)
    for lane in np.unique(lanes):
        at = np.unique(second_s[columns[np.abs(lanes - lane) <= 1]])
        runs += _runs(at, second_s)
    return _without_overlap(runs)


def _runs(at: NDArray[np.float64], every: NDArray[np.float64]) -> list[tuple[float, float]]:
    """Runs of keyframes without one missing between them."""
    if at.size == 0:
        return []
    places = np.searchsorted(every, at)
    parts = np.split(at, np.flatnonzero(np.diff(places) > 1) + 1)
    long = [p for p in parts if p.size >= LEAST_KEYFRAMES and p[-1] - p[0] >= SHORTEST_S]
    return [(float(p[0]), float(p[-1])) for p in long]


def _without_overlap(runs: list[tuple[float, float]]) -> list[tuple[float, float]]:
    kept: list[tuple[float, float]] = []
    for run in sorted(runs, key=lambda r: r[0] - r[1]):
        if all(run[1] <= other[0] or run[0] >= other[1] for other in kept):
            kept.append(run)
    return sorted(kept)
