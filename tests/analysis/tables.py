"""Packet tables by hand."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from lessonproof.analysis.packets import PacketTable

MS: Final = 1_000_000


def table(
    times_ms: Sequence[int],
    *,
    gop: int = 10,
    sizes: Sequence[int] | None = None,
    damaged: Sequence[int] = (),
    positions: Sequence[int] | None = None,
    other_bytes: Sequence[int] | None = None,
) -> PacketTable:
    """A table in file order.

    Args:
        times_ms: presentation times.
        gop: every so many packets one is a random-access picture.
        sizes: bytes of each packet; random-access pictures 5000, others 1000 where ``None``.
        damaged: rows that are damaged.
        positions: where each packet begins; one behind the other where ``None``.
        other_bytes: bytes of other tracks stored before each packet.
    """
    count = len(times_ms)
    is_key = np.arange(count) % gop == 0
    size_bytes = np.array(sizes, np.int64) if sizes is not None else np.where(is_key, 5000, 1000).astype(np.int64)
    between = np.array(other_bytes, np.int64) if other_bytes is not None else np.zeros(count, np.int64)
    behind = np.cumsum(size_bytes + between)
    steps = np.diff(np.sort(np.array(times_ms)))
    is_damaged = np.zeros(count, np.bool_)
    is_damaged[list(damaged)] = True
    return PacketTable(
        pts_ns=np.array(times_ms, np.int64) * MS,
        size_bytes=size_bytes,
        position_bytes=np.array(positions, np.int64) if positions is not None else behind - size_bytes,
        is_key=is_key,
        is_damaged=is_damaged,
        last_duration_ns=int(np.median(steps)) * MS if steps.size else 40 * MS,
    )
