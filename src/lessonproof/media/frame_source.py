"""Stretches of one recording decoded in full on demand, each only once, for everybody who asks.

What was decoded lately is kept (numbers and small pictures, some 15 kB a frame), so that the judges of cuts and of
frozen pictures and the search for repeats share one decode. The memory does not grow with the recording.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np

from lessonproof.analysis.frames import FrameWindow, WindowBuilder
from lessonproof.evidence.intervals import Interval, union
from lessonproof.media.decoding import RecordingDecoder, Undecodable
from lessonproof.media.index import RecordingIndex
from lessonproof.media.pictures import luma_of

KEPT_FRAMES: Final = 2500
"""Frames of the windows decoded last; some 40 MB."""


class DecodingFrameSource:
    """A :class:`lessonproof.analysis.frames.FrameSource` over a file; use it by :func:`open_frame_source`."""

    def __init__(self, decoder: RecordingDecoder, index: RecordingIndex) -> None:
        self._decoder = decoder
        self._index = index
        self._keys = index.packets.key_times_ns()
        self._kept: list[tuple[Interval, FrameWindow | None]] = []
        self._undecodable: list[Interval] = []
        self._decoded_ns = 0

    @property
    def decoded_ns(self) -> int:
        """How much of the recording was decoded so far, lead-ins counted."""
        return self._decoded_ns

    def undecodable(self) -> tuple[Interval, ...]:
        """Stretches that turned out unreadable."""
        return union(self._undecodable)

    def window(self, stretch: Interval) -> FrameWindow | None:
        """Every frame shown in a stretch, ``None`` where none could be decoded."""
        known = next((kept for kept in self._kept if _contains(kept[0], stretch)), None)
        if known is None:
            known = (stretch, self._decode(stretch))
            self._kept.append(known)
            self._forget()
        whole, window = known
        return window if window is None or whole == stretch else part_of(window, stretch)

    def cost_ns(self, stretch: Interval) -> int:
        """How much of the recording has to be decoded for it, from the random-access picture before; 0 if it was."""
        if any(_contains(kept, stretch) for kept, _ in self._kept):
            return 0
        before = int(np.searchsorted(self._keys, stretch.start_ns, side="right")) - 1
        return stretch.end_ns - (int(self._keys[before]) if before >= 0 else 0)

    def _decode(self, stretch: Interval) -> FrameWindow | None:
        self._decoded_ns += self.cost_ns(stretch)
        keys = self._keys[(self._keys >= stretch.start_ns) & (self._keys < stretch.end_ns)]
        is_key = frozenset(keys.tolist())
        builder = WindowBuilder()
        for item in self._decoder.decode_all(stretch):
            if isinstance(item, Undecodable):
                self._undecodable.append(self._until_next_key(item.time_ns))
            else:
                builder.add(item.time_ns, luma_of(item.frame), is_key=item.time_ns in is_key)
        return builder.build()

    def _until_next_key(self, time_ns: int) -> Interval:
        """What an undecodable picture spoils: everything up to the next random-access picture."""
        after = int(np.searchsorted(self._keys, time_ns, side="right"))
        return Interval(time_ns, int(self._keys[after]) if after < self._keys.size else self._index.packets.duration_ns)

    def _forget(self) -> None:
        frames = 0
        for position in range(len(self._kept) - 1, -1, -1):
            window = self._kept[position][1]
            frames += 0 if window is None else window.time_ns.size
            if frames > KEPT_FRAMES and position < len(self._kept) - 1:
                del self._kept[: position + 1]
                return


@contextmanager
def open_frame_source(path: Path, index: RecordingIndex) -> Iterator[DecodingFrameSource]:
    """A frame source over a file that is opened once."""
    with RecordingDecoder.opened(path, index) as decoder:
        yield DecodingFrameSource(decoder, index)


def part_of(window: FrameWindow, stretch: Interval) -> FrameWindow | None:
    """The frames of a window that are shown in a stretch; ``None`` where none is."""
    first, end = np.searchsorted(window.time_ns, [stretch.start_ns, stretch.end_ns]).tolist()
    if first >= end:
        return None
    rows = slice(first, end)
    equal, still = window.equal_share[rows].copy(), window.still_share[rows].copy()
    equal[0] = still[0] = 1.0
    return replace(
        window,
        time_ns=window.time_ns[rows],
        is_key=window.is_key[rows],
        small=window.small[rows],
        bright_luma=window.bright_luma[rows],
        spread_luma=window.spread_luma[rows],
        equal_share=equal,
        still_share=still,
    )


def _contains(outer: Interval, inner: Interval) -> bool:
    return outer.start_ns <= inner.start_ns and inner.end_ns <= outer.end_ns
