"""The shared decode of random-access pictures: facts of each, and the frames on which people are counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.clock_overlay import ClockOverlay, ClockReading, read_clock
from lessonproof.analysis.keyframes import KeyframeFacts, KeyframeMeasurer
from lessonproof.analysis.packets import Segment
from lessonproof.analysis.thumbnails import NO_THUMBNAILS, Thumbnails
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.decoding import RecordingDecoder, Undecodable
from lessonproof.media.index import RecordingIndex
from lessonproof.media.pictures import luma_of, rgb_of
from lessonproof.media.samples import SEARCH_NS, SampledFrame, decoded_at

MIN_SPACING_NS: Final = 1_900_000_000
_ALL_KEYS_BELOW_NS: Final = 30 * NS_PER_S
_SHORT_RECORDING_SAMPLES: Final = 12
_MIN_PERIOD_NS: Final = NS_PER_S


@dataclass(frozen=True, slots=True, eq=False)
class SegmentScan:
    """What one segment gave.

    Attributes:
        facts: one per random-access picture of the segment that could be decoded, in time order.
        undecodable: stretches whose pictures the decoder refused.
        samples: pictures to count people on, in time order.
        unread_samples_ns: instants that should have been sampled and could not be read.
        thumbs: small pictures, one for each of ``facts``.
        clock: what the burned-in clock shows on them; empty where there is none to read.
    """

    facts: tuple[KeyframeFacts, ...]
    undecodable: tuple[Interval, ...]
    samples: tuple[SampledFrame, ...]
    unread_samples_ns: tuple[int, ...]
    thumbs: Thumbnails = NO_THUMBNAILS
    clock: tuple[ClockReading, ...] = ()


def spaced_keys(index: RecordingIndex) -> NDArray[np.int64]:
    """Random-access pictures at least :data:`MIN_SPACING_NS` apart: what every whole-recording measure looks at.

    A recorder that writes one each second would otherwise cost twice as much and tell no more; and those of a short
    recording are all taken.

    Returns:
        Shape ``(N,)``, int64, rising.
    """
    keys = index.packets.key_times_ns()
    if index.packets.duration_ns < _ALL_KEYS_BELOW_NS or keys.size < 2:
        return keys
    kept = [int(keys[0])]
    for key_ns in keys[1:].tolist():
        if key_ns - kept[-1] >= MIN_SPACING_NS:
            kept.append(key_ns)
    return np.array(kept, np.int64)


def sample_period_ns(duration_ns: int, wanted_ns: int) -> int:
    """Distance between samples: as wanted, and denser in a short recording so that it too gets a dozen."""
    return max(_MIN_PERIOD_NS, min(wanted_ns, duration_ns // _SHORT_RECORDING_SAMPLES))


def plan_samples(index: RecordingIndex, period_ns: int) -> tuple[frozenset[int], tuple[int, ...]]:
    """Choose the pictures to count people on.

    Returns:
        Times of random-access pictures to use, and further instants where none is near enough.
    """
    keys, presented = index.packets.key_times_ns(), index.packets.presented_ns()
    targets = np.arange(period_ns // 2, max(index.packets.duration_ns, period_ns // 2 + 1), period_ns)
    following = np.append(presented, np.iinfo(np.int64).max)[np.searchsorted(presented, targets)]
    targets = targets[following - targets < SEARCH_NS]  # in a hole of the timestamps there is nothing to count
    if keys.size == 0:
        return frozenset(), tuple(targets.tolist())
    right = np.clip(np.searchsorted(keys, targets), 1, max(1, keys.size - 1))
    left_key, right_key = keys[right - 1], keys[np.minimum(right, keys.size - 1)]
    nearest = np.where(targets - left_key <= right_key - targets, left_key, right_key)
    near = np.abs(nearest - targets) <= period_ns // 2
    return frozenset(nearest[near].tolist()), tuple(targets[~near].tolist())


def scan_keyframes(
    path: Path,
    index: RecordingIndex,
    segment: Segment,
    *,
    period_ns: int | None,
    long_side_px: int,
    overlay: ClockOverlay | None = None,
) -> SegmentScan:
    """Decode the random-access pictures of one segment once, for everybody who needs them.

    Args:
        path: the recording.
        index: from :func:`lessonproof.media.index.index_recording`.
        segment: one of the index's.
        period_ns: distance between samples for counting; ``None`` takes none.
        long_side_px: longest side of a sampled picture.
        overlay: the burned-in clock, where there is one that can be read.
    """
    window = Interval(segment.start_ns, segment.end_ns)
    on_keys, off_keys = plan_samples(index, period_ns) if period_ns is not None else (frozenset[int](), ())
    measured = spaced_keys(index)
    facts: list[KeyframeFacts] = []
    thumbs: list[NDArray[np.uint8]] = []
    clock: list[ClockReading] = []
    bad: list[int] = []
    samples: dict[int, SampledFrame] = {}
    measurer = KeyframeMeasurer()
    wanted = frozenset(measured.tolist())
    with RecordingDecoder.opened(path, index) as decoder:
        for item in decoder.decode_keyframes(_with_key_before(measured, window), wanted | on_keys):
            if isinstance(item, Undecodable):
                bad.append(item.time_ns)
                continue
            is_inside = item.time_ns >= window.start_ns
            if item.time_ns in wanted:
                luma = luma_of(item.frame)
                seen, thumb = measurer.see(item.time_ns, luma)
                if is_inside:
                    facts.append(seen)
                    thumbs.append(thumb)
                    clock += [] if overlay is None else [read_clock(overlay, item.time_ns, luma)]
            if is_inside and item.time_ns in on_keys:
                samples[item.time_ns] = SampledFrame(item.time_ns, rgb_of(item.frame, long_side_px))
        between = [target_ns for target_ns in off_keys if window.start_ns <= target_ns < window.end_ns]
        for sample in decoded_at(decoder, index, between, long_side_px):
            samples.setdefault(sample.time_ns, sample)
    bad_here = [time_ns for time_ns in bad if time_ns >= window.start_ns]
    return SegmentScan(
        facts=tuple(facts),
        undecodable=_until_next_key(index, bad_here),
        samples=tuple(samples[time_ns] for time_ns in sorted(samples)),
        unread_samples_ns=tuple(time_ns for time_ns in bad_here if time_ns in on_keys),
        thumbs=Thumbnails(np.array([f.time_ns for f in facts], np.int64), np.stack(thumbs)) if facts else NO_THUMBNAILS,
        clock=tuple(clock),
    )


def _with_key_before(keys: NDArray[np.int64], window: Interval) -> Interval:
    """Begin one random-access picture earlier, so that a segment's first picture too has one to compare with."""
    before = keys[keys < window.start_ns]
    return Interval(int(before[-1]), window.end_ns) if before.size else window


def _until_next_key(index: RecordingIndex, bad_times_ns: Sequence[int]) -> tuple[Interval, ...]:
    keys = index.packets.key_times_ns()
    spans: list[Interval] = []
    for time_ns in bad_times_ns:
        after = keys[keys > time_ns]
        spans.append(Interval(time_ns, int(after[0]) if after.size else index.packets.duration_ns))
    return tuple(spans)
