"""Reads the burned-in clock on every frame of a stretch, for those who ask where exactly it jumps."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lessonproof.analysis.clock_overlay import ClockOverlay, ClockReading, read_clock
from lessonproof.evidence.intervals import Interval
from lessonproof.media.decoding import Decoded, RecordingDecoder
from lessonproof.media.index import RecordingIndex
from lessonproof.media.pictures import luma_of


class DecodingClockSource:
    """A :class:`lessonproof.analysis.clock_refine.ClockSource` over a file; use it by :func:`open_clock_source`."""

    def __init__(self, decoder: RecordingDecoder, overlay: ClockOverlay) -> None:
        self._decoder = decoder
        self._overlay = overlay
        self._decoded_ns = 0

    @property
    def decoded_ns(self) -> int:
        """How much of the recording was asked for so far, lead-ins not counted."""
        return self._decoded_ns

    def read(self, stretch: Interval) -> list[ClockReading]:
        """The clock on every frame shown in a stretch, in time order."""
        self._decoded_ns += stretch.length_ns
        return [
            read_clock(self._overlay, item.time_ns, luma_of(item.frame))
            for item in self._decoder.decode_all(stretch)
            if isinstance(item, Decoded)
        ]


@contextmanager
def open_clock_source(path: Path, index: RecordingIndex, overlay: ClockOverlay) -> Iterator[DecodingClockSource]:
    """A source over a file that is opened once."""
    with RecordingDecoder.opened(path, index) as decoder:
        yield DecodingClockSource(decoder, overlay)
