"""The activity curve: how many bits each picture took beyond its like, frame by frame, without decoding one.

What moves, and the noise of the very pictures, costs bits; a stretch shown again costs them in the same order, whatever
the encoder, also mirrored or with another brightness. The rhythm of groups of pictures, of both generations where a
recording was encoded twice, is taken out: it repeats in every recording.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.packets import PacketTable

MIN_FRAMES: Final = 400
"""Below this a recording's own rhythm cannot be told from what happens in it."""
_LOCAL_FRAMES: Final = 25
_SPREAD_FRAMES: Final = 51
_CLIP: Final = 3.0
_SIZE_FLOOR_BYTES: Final = 50.0
_LINE_BINS: Final = 101
_LINE_RATIO: Final = 2.0
_MIN_CLASS: Final = 60
_MIN_LIKE: Final = 6
_CELLS_AT_ONCE: Final = 1_000_000
_PART_FRAMES: Final = 100_000
_PLACES: Final = 3600
"""At most this many places are asked for, so that the cost grows with the recording and not with its square."""


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """The curve, in order of presentation.

    Attributes:
        time_ns: shape ``(N,)``, int64, rising.
        value: shape ``(N,)``, float32, -3..3; 0 where a picture says nothing (random-access pictures).
    """

    time_ns: NDArray[np.int64]
    value: NDArray[np.float32]


def activity_curve(table: PacketTable) -> Activity | None:
    """The curve of a recording; ``None`` where it is too short to know its rhythm.

    Args:
        table: the packets.
    """
    if table.pts_ns.size < MIN_FRAMES:
        return None
    order = np.argsort(table.pts_ns, kind="stable")
    shown_before = np.maximum.accumulate(np.concatenate([table.pts_ns[:1], table.pts_ns[:-1]]))
    between = table.pts_ns < shown_before
    value = np.empty(order.size, np.float32)
    # Part by part, so that memory does not grow with the recording.
    done = 0
    for rows in np.array_split(order, -(-order.size // _PART_FRAMES)):
        value[done : done + rows.size] = _curve_of(table.size_bytes[rows], table.is_key[rows], between[rows])
        done += rows.size
    return Activity(table.pts_ns[order], value)


def _curve_of(
    size_bytes: NDArray[np.int64], is_key: NDArray[np.bool_], between: NDArray[np.bool_]
) -> NDArray[np.float32]:
    """The curve of one part, from its packets in order of presentation; ``between`` marks bidirectional pictures."""
    sizes = np.log(size_bytes.astype(np.float64) + _SIZE_FLOOR_BYTES)
    value = np.zeros(sizes.size)
    # Bidirectional pictures are small in a rhythm of their own: each sort is measured against its like.
    behind_key = np.arange(sizes.size) - np.maximum.accumulate(np.where(is_key, np.arange(sizes.size), 0))
    for sort in (between & ~is_key, ~between & ~is_key):
        rows = np.flatnonzero(sort)
        if rows.size >= _MIN_CLASS:
            steady = _without_rhythm(sizes[rows], behind_key[rows])
            value[rows] = _against_like(steady, rows.size / sizes.size)
    return _without_lines(value)


def _without_rhythm(sizes: NDArray[np.float64], behind_key: NDArray[np.int64]) -> NDArray[np.float64]:
    """Sizes against the usual one at the same distance from the random-access picture before."""
    level = box_mean(sizes, 4 * _LOCAL_FRAMES)
    order = np.argsort(behind_key, kind="stable")
    places, starts = np.unique(behind_key[order], return_index=True)
    usual = np.zeros(int(places[-1]) + 1)
    for place, group in zip(places.tolist(), np.split((sizes - level)[order], starts[1:]), strict=True):
        if group.size >= _MIN_LIKE:
            usual[place] = np.median(group)
    return np.asarray(sizes - usual[behind_key], np.float64)


def _against_like(sizes: NDArray[np.float64], density: float) -> NDArray[np.float64]:
    """Each value above its neighbourhood's mean, in the neighbourhood's own spread."""
    excess = sizes - box_mean(sizes, max(5, round(_LOCAL_FRAMES * density)))
    spread = 1.2533 * box_mean(np.abs(excess), max(9, round(_SPREAD_FRAMES * density))) + 0.005
    return np.clip(excess / spread, -_CLIP, _CLIP)


def _without_lines(value: NDArray[np.float64]) -> NDArray[np.float32]:
    """The curve with a flat spectrum: what returns in a fixed rhythm all along is no event."""
    spectrum = np.fft.rfft(value)
    strength = np.abs(spectrum) + 1e-9
    around = box_mean(np.minimum(strength, 3.0 * np.median(strength)), _LINE_BINS)
    flat = np.fft.irfft(spectrum / around * np.minimum(1.0, _LINE_RATIO * around / strength), value.size)
    spread = 1.4826 * float(np.median(np.abs(flat))) + 1e-9
    return np.asarray(np.clip(flat / spread, -_CLIP, _CLIP), np.float32)


def box_mean(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Mean over a window around each value, shorter at the ends.

    Args:
        values: shape ``(N,)``.
        width: values in the window; made odd.
    """
    half = width // 2
    total = np.concatenate([[0.0], np.cumsum(values)])
    index = np.arange(values.size)
    first, end = np.maximum(index - half, 0), np.minimum(index + half + 1, values.size)
    return np.asarray((total[end] - total[first]) / (end - first), np.float64)


@dataclass(frozen=True, slots=True)
class Echo:
    """Two places whose curves agree.

    Attributes:
        copy_row: first frame of the later place.
        source_row: first frame of the earlier one.
        frames: how many were compared.
        agreement: correlation, -1..1.
    """

    copy_row: int
    source_row: int
    frames: int
    agreement: float


def echoes(curve: Activity, *, frames: int, hop: int) -> tuple[Echo, ...]:
    """For places of the curve the earlier place that agrees best, strongest first.

    Args:
        curve: from :func:`activity_curve`.
        frames: length that is compared.
        hop: distance between the places asked for; wider in recordings of more than an hour.
    """
    count = curve.value.size - frames + 1
    if count <= frames:
        return ()
    windows = np.lib.stride_tricks.sliding_window_view(curve.value, frames)
    rows = np.arange(frames, count, max(hop, -(-count // _PLACES)))
    best = np.full(rows.size, -1.0, np.float32)
    where = np.zeros(rows.size, np.int64)
    asked = windows[rows]
    asked = asked / _norms(asked)[:, None]
    block = max(64, _CELLS_AT_ONCE // rows.size)
    for start in range(0, count - frames, block):
        end = min(start + block, count - frames)
        first = int(np.searchsorted(rows, start + frames))
        if first >= rows.size:
            break
        there = np.ascontiguousarray(windows[start:end])
        agreement = asked[first:] @ there.T
        agreement /= _norms(there)
        reach = rows[first:] - frames - start
        if reach[0] < end - start:  # a place is not compared with itself
            agreement[np.arange(end - start)[None] > reach[:, None]] = -1.0
        top = agreement.argmax(axis=1)
        value = agreement[np.arange(top.size), top]
        better = value > best[first:]
        best[first:][better] = value[better]
        where[first:][better] = top[better] + start
    order = np.argsort(-best, kind="stable")
    return tuple(Echo(int(rows[k]), int(where[k]), frames, float(best[k])) for k in order)


def echo_near(curve: Activity, copy_ns: int, source_ns: int, *, frames: int, reach: int) -> Echo | None:
    """The best agreement near two given instants, the lag between them free within a reach.

    Args:
        curve: from :func:`activity_curve`.
        copy_ns: about where the copy is shown.
        source_ns: about where it was shown first.
        frames: length that is compared, beginning at ``copy_ns``.
        reach: frames by which the lag may be off.
    """
    row = int(np.searchsorted(curve.time_ns, copy_ns))
    middle = int(np.searchsorted(curve.time_ns, source_ns))
    first, end = max(0, middle - reach), min(curve.value.size - frames, middle + reach) + 1
    if row + frames > curve.value.size or first >= end:
        return None
    asked = curve.value[row : row + frames]
    windows = np.lib.stride_tricks.sliding_window_view(curve.value[first : end + frames - 1], frames)
    norms = np.sqrt((windows**2).sum(axis=1)) * np.sqrt(float(asked @ asked)) + 1e-6
    agreement = (windows @ asked) / norms
    top = int(agreement.argmax())
    return Echo(row, first + top, frames, float(agreement[top]))


def _norms(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Length of each row as a vector."""
    return np.asarray(np.sqrt(np.maximum(np.einsum("ij,ij->i", rows, rows), 1e-6)), np.float32)
