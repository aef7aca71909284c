"""The pictures on which the burned-in clock is looked for: a dozen over the recording, and ten seconds in full."""

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay
from lessonproof.analysis.clock_survey import (
    CLOCK_UNREADABLE,
    NO_PICTURES,
    NO_READER,
    ClockPlace,
    CropSample,
    learn_clock,
    locate_clock,
)
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.decoding import Decoded, RecordingDecoder
from lessonproof.media.index import RecordingIndex
from lessonproof.media.pictures import luma_of
from lessonproof.models.clock_reader import ClockReader

_LOOKED_AT: Final = 3
_SPREAD: Final = 16
_DENSE_NS: Final = 10 * NS_PER_S + NS_PER_S // 2
"""In ten seconds the last digit is each of the ten once."""


def survey_recording(path: Path, index: RecordingIndex, reader: ClockReader | None) -> ClockOverlay | ClockAbsent:
    """Find the clock of a recording and learn to read it; some 5 CPU-s, whatever its length.

    Args:
        path: the recording.
        index: its index.
        reader: ``None`` where none is installed.
    """
    keys = index.packets.key_times_ns()
    if reader is None:
        return ClockAbsent(NO_READER)
    with RecordingDecoder.opened(path, index) as decoder:
        place = _locate(decoder, keys, reader)
        if isinstance(place, ClockAbsent):
            return place
        samples = {s.time_ns: s for s in _spread_samples(decoder, keys, place)}
        samples |= {s.time_ns: s for s in _dense_samples(decoder, index, place)}
    return learn_clock(place, [samples[time_ns] for time_ns in sorted(samples)], reader)


def _locate(decoder: RecordingDecoder, keys: NDArray[np.int64], reader: ClockReader) -> ClockPlace | ClockAbsent:
    """Look at one picture after the other; most clocks are seen on the first."""
    absent = ClockAbsent(NO_PICTURES)
    if keys.size == 0:
        return absent
    for share in (0.5, 0.15, 0.85)[:_LOOKED_AT]:
        key_ns = int(keys[round((keys.size - 1) * share)])
        for item in decoder.decode_keyframes(Interval(key_ns, key_ns + 1), frozenset({key_ns})):
            if isinstance(item, Decoded):
                found = locate_clock([(item.time_ns, luma_of(item.frame))], reader)
                if isinstance(found, ClockPlace):
                    return found
                absent = absent if absent.reason == CLOCK_UNREADABLE else found
    return absent


def _spread_samples(decoder: RecordingDecoder, keys: NDArray[np.int64], place: ClockPlace) -> list[CropSample]:
    rows = np.unique(np.linspace(0, keys.size - 1, _SPREAD).round().astype(np.intp))
    samples = []
    for key_ns in keys[rows].tolist():
        for item in decoder.decode_keyframes(Interval(key_ns, key_ns + 1), frozenset({key_ns})):
            if isinstance(item, Decoded):
                samples += _sample(item, place)
    return samples


def _dense_samples(decoder: RecordingDecoder, index: RecordingIndex, place: ClockPlace) -> list[CropSample]:
    """One picture a second over ten seconds, from a random-access picture in the first third."""
    keys = index.packets.key_times_ns()
    before = keys[keys <= max(0, (index.packets.duration_ns - _DENSE_NS) // 3)]
    start_ns = int(before[-1]) if before.size else int(keys[0])
    samples: list[CropSample] = []
    next_ns = start_ns
    for item in decoder.decode_all(Interval(start_ns, start_ns + _DENSE_NS)):
        if isinstance(item, Decoded) and item.time_ns >= next_ns:
            samples += _sample(item, place)
            next_ns += NS_PER_S
    return samples


def _sample(item: Decoded, place: ClockPlace) -> list[CropSample]:
    luma = luma_of(item.frame)
    if luma.shape != place.picture_shape:
        return []
    return [CropSample(item.time_ns, tuple(box.cut_from(luma).copy() for box in place.boxes))]
