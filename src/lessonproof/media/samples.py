"""Pictures to count people on: single ones at given instants, and short stretches of them."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.decoding import Decoded, RecordingDecoder
from lessonproof.media.index import RecordingIndex
from lessonproof.media.pictures import rgb_of

SEARCH_NS: Final = NS_PER_S
"""A picture stands for an instant that lies at most so long before it."""


@dataclass(frozen=True, slots=True, eq=False)
class SampledFrame:
    """A picture to count people on: its time, and ``(H, W, 3)`` red green blue."""

    time_ns: int
    rgb: NDArray[np.uint8]


def samples_at(
    path: Path, index: RecordingIndex, instants_ns: Sequence[int], long_side_px: int
) -> Iterator[SampledFrame]:
    """The first readable picture within a second of each instant, one after the other.

    Args:
        path: the recording.
        index: its index.
        instants_ns: rising.
        long_side_px: longest side of a picture.
    """
    if instants_ns:
        with RecordingDecoder.opened(path, index) as decoder:
            yield from decoded_at(decoder, index, instants_ns, long_side_px)


def decoded_at(
    decoder: RecordingDecoder, index: RecordingIndex, instants_ns: Sequence[int], long_side_px: int
) -> Iterator[SampledFrame]:
    """As :func:`samples_at`, with a decoder that is open; each group of pictures is decoded once."""
    keys = index.packets.key_times_ns()
    for _, group in groupby(instants_ns, key=lambda at_ns: int(np.searchsorted(keys, at_ns, side="right"))):
        wanted = deque(group)
        for item in decoder.decode_all(Interval(wanted[0], wanted[-1] + SEARCH_NS)):
            while wanted and item.time_ns >= wanted[0] + SEARCH_NS:
                wanted.popleft()
            if not wanted:
                break
            if isinstance(item, Decoded) and item.time_ns >= wanted[0]:
                wanted.popleft()
                yield SampledFrame(item.time_ns, rgb_of(item.frame, long_side_px))


def samples_through(
    path: Path, index: RecordingIndex, stretch: Interval, step_ns: int, long_side_px: int
) -> Iterator[SampledFrame]:
    """Pictures of a stretch, its end included, at least ``step_ns`` apart; it is decoded in full.

    Args:
        path: the recording.
        index: its index.
        stretch: which part.
        step_ns: least distance, > 0.
        long_side_px: longest side of a picture.
    """
    last_ns: int | None = None
    with RecordingDecoder.opened(path, index) as decoder:
        for item in decoder.decode_all(Interval(stretch.start_ns, stretch.end_ns + 1)):
            if isinstance(item, Decoded) and (last_ns is None or item.time_ns - last_ns >= step_ns):
                last_ns = item.time_ns
                yield SampledFrame(item.time_ns, rgb_of(item.frame, long_side_px))
