"""The packet table of a video track, and what it tells without decoding a picture.

Times are presentation times in nanoseconds from the first presented frame. Frame numbers are never derived from a
rate: a phone's variable frame rate and a recorder's constant one go through the same arithmetic.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s, union

GAP_MIN_NS: Final = NS_PER_S // 2
"""Shortest hole that is told as a gap. Phones pause up to some 0.3 s while they refocus or change exposure."""
GAP_RATIO: Final = 5
"""A hole is at least this many times longer than the recording's own slow frames (95th percentile)."""
DAMAGED_BYTES_SHARE: Final = 0.4
"""A hole that holds more than this share of the picture's usual bytes is damage, not absence."""


@dataclass(frozen=True, slots=True)
class PacketTable:
    """Every video packet in file order. All arrays have shape ``(N,)``.

    Attributes:
        pts_ns: int64, presentation time from the first presented frame.
        size_bytes: int64.
        position_bytes: int64, where in the file the packet begins; -1 where the demuxer does not say.
        is_key: bool, random-access picture.
        is_damaged: bool, the demuxer or the packet's own structure says that bytes are wrong.
        last_duration_ns: how long the last presented frame stands.
    """

    pts_ns: NDArray[np.int64]
    size_bytes: NDArray[np.int64]
    position_bytes: NDArray[np.int64]
    is_key: NDArray[np.bool_]
    is_damaged: NDArray[np.bool_]
    last_duration_ns: int

    def __post_init__(self) -> None:
        columns = (self.pts_ns, self.size_bytes, self.position_bytes, self.is_key, self.is_damaged)
        shapes = {column.shape for column in columns}
        if shapes != {(self.pts_ns.size,)} or self.pts_ns.size == 0:
            raise ValueError(f"a packet table has at least one row and equal columns, got {shapes}")

    @property
    def duration_ns(self) -> int:
        """End of the last presented frame."""
        return int(self.pts_ns.max()) + self.last_duration_ns

    def presented_ns(self) -> NDArray[np.int64]:
        """Presentation times in the order in which they are shown."""
        return np.sort(self.pts_ns)

    def key_times_ns(self) -> NDArray[np.int64]:
        """Presentation times of the random-access pictures, rising."""
        return np.sort(self.pts_ns[self.is_key])


@dataclass(frozen=True, slots=True, eq=False)
class SoundPackets:
    """Every packet of the first sound track in file order. All arrays have shape ``(N,)``, N >= 1.

    Attributes:
        pts_ns: int64, presentation time on the recording's time line; negative for the encoder's lead-in.
        size_bytes: int32.
        has_own_time: bool; a transport stream times a group of packets together, the others are counted on from it.
        tick_ns: one tick of the track's time base, to which times are rounded.
        frame_ns: exact length of a packet by its coding (AAC: 1024 samples); ``None`` where it has no fixed one.
        last_duration_ns: how long the last packet sounds.
    """

    pts_ns: NDArray[np.int64]
    size_bytes: NDArray[np.int32]
    has_own_time: NDArray[np.bool_]
    tick_ns: float
    frame_ns: float | None
    last_duration_ns: int

    def timed_before_ns(self, row: int) -> int:
        """Time of the last packet in front of ``row`` that has its own."""
        before = self.has_own_time[:row].nonzero()[0]
        return int(self.pts_ns[before[-1]]) if before.size else int(self.pts_ns[0])

    @property
    def end_ns(self) -> int:
        """End of the last packet."""
        return int(self.pts_ns.max()) + self.last_duration_ns


@dataclass(frozen=True, slots=True, eq=False)
class Padding:
    """Bytes of a file that hold nothing: a transport stream of constant rate is filled up with null packets.

    Attributes:
        ends_bytes: shape ``(G,)``, int64, rising: ends of groups of packets.
        padding_bytes: shape ``(G,)``, int64: padding from the file's start up to each end.
    """

    ends_bytes: NDArray[np.int64]
    padding_bytes: NDArray[np.int64]

    def between(self, start_bytes: int, end_bytes: int) -> int:
        """Padding between two places of the file."""
        upto = np.interp([start_bytes, end_bytes], self.ends_bytes, self.padding_bytes)
        return round(float(upto[1] - upto[0]))


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of whole groups of pictures that one worker takes.

    Attributes:
        number: position in the recording, from 0.
        start_ns: time of its first random-access picture; the first segment starts at 0.
        end_ns: start of the next segment, or the recording's end.
    """

    number: int
    start_ns: int
    end_ns: int


def cut_segments(table: PacketTable, target_ns: int) -> tuple[Segment, ...]:
    """Split a recording at random-access pictures into runs of about ``target_ns`` (never shorter, but the last)."""
    starts = [0]
    for key_ns in table.key_times_ns().tolist():
        if key_ns - starts[-1] >= target_ns and table.duration_ns - key_ns >= target_ns // 2:
            starts.append(key_ns)
    ends = [*starts[1:], table.duration_ns]
    return tuple(Segment(number, start, end) for number, (start, end) in enumerate(zip(starts, ends, strict=True)))


def gap_threshold_ns(presented_ns: NDArray[np.int64]) -> int:
    """Shortest distance between two frames that counts as a hole in this recording.

    Args:
        presented_ns: shape ``(N,)``, rising.
    """
    if presented_ns.size < 3:
        return GAP_MIN_NS
    slow_ns = int(np.quantile(np.diff(presented_ns), 0.95, method="inverted_cdf"))
    return max(GAP_MIN_NS, GAP_RATIO * slow_ns)


def find_holes(table: PacketTable, padding: Padding | None = None) -> tuple[tuple[Interval, ...], tuple[Interval, ...]]:
    """Stretches without a picture: real holes in the timestamps, and stretches whose bytes are there but unusable.

    Where a demuxer loses its way in damaged bytes it goes on at the next place it understands: the file then holds
    about as many bytes for the hole as for any other stretch of that length. A real hole holds none of the picture;
    the sound and the container's own bytes may well go on through it, at the rate that they have elsewhere. Padding
    counts for nothing.

    Args:
        table: the packets.
        padding: where the file is filled up; ``None`` where it is not.

    Returns:
        Holes, and damaged stretches, each in time order.
    """
    order = np.argsort(table.pts_ns, kind="stable")
    presented = table.pts_ns[order]
    steps = np.diff(presented)
    usual_ns = int(np.median(steps)) if steps.size else table.last_duration_ns
    at = np.flatnonzero(steps >= gap_threshold_ns(presented))
    # The frame before a hole stands for its usual time; the hole begins where the next one was due.
    found = [Interval(int(presented[i]) + min(usual_ns, int(steps[i])), int(presented[i + 1])) for i in at.tolist()]
    between = [_bytes_between(table, int(order[i]), int(order[i + 1]), padding) for i in at.tolist()]
    rest_ns = max(1, table.duration_ns - sum(hole.length_ns for hole in found))
    picture_rate = float(table.size_bytes.sum()) / rest_ns
    first_byte, last_byte = int(table.position_bytes.min()), int((table.position_bytes + table.size_bytes).max())
    span_bytes = last_byte - first_byte - (0 if padding is None else padding.between(first_byte, last_byte))
    other_rate = max(0.0, float(span_bytes - table.size_bytes.sum() - sum(n or 0 for n in between)) / rest_ns)
    holes: list[Interval] = []
    damaged: list[Interval] = []
    for hole, held in zip(found, between, strict=True):
        needed = (other_rate + DAMAGED_BYTES_SHARE * picture_rate) * hole.length_ns
        (damaged if held is not None and held > needed else holes).append(hole)
    return tuple(holes), tuple(damaged)


def _bytes_between(table: PacketTable, before: int, after: int, padding: Padding | None) -> int | None:
    """Bytes of the file between two packets (rows of ``table``); ``None`` where the demuxer does not say."""
    if table.position_bytes[before] < 0 or table.position_bytes[after] < 0:
        return None
    start = int(table.position_bytes[before] + table.size_bytes[before])
    end = int(table.position_bytes[after])
    return max(0, end - start - (0 if padding is None else padding.between(start, end)))


def gap_findings(holes: Sequence[Interval]) -> tuple[Finding, ...]:
    """Holes in the timestamps: stretches for which the file holds no picture at all."""
    return tuple(
        Finding(
            FindingKind.GAP,
            hole,
            confidence=0.99,
            severity=Severity.CRITICAL,
            measured_from="packets",
            detail={"missing_s": ns_to_s(hole.length_ns)},
        )
        for hole in holes
    )


def damaged_spans(table: PacketTable, undecodable: Sequence[Interval] = ()) -> tuple[Interval, ...]:
    """Stretches that cannot be trusted to show what was recorded.

    A damaged picture spoils everything up to the next undamaged random-access picture, because the pictures between
    are predicted from it.

    Args:
        table: the packets.
        undecodable: further stretches that a decoder could not show.
    """
    spans = list(undecodable)
    sound_keys = np.sort(table.pts_ns[table.is_key & ~table.is_damaged])
    for pts_ns in np.sort(table.pts_ns[table.is_damaged]).tolist():
        after = sound_keys[sound_keys > pts_ns]
        spans.append(Interval(pts_ns, int(after[0]) if after.size else table.duration_ns))
    return union(spans)


def unreadable_findings(spans: Sequence[Interval]) -> tuple[Finding, ...]:
    """One finding for each stretch that cannot be read."""
    return tuple(
        Finding(FindingKind.UNREADABLE, span, confidence=0.99, severity=Severity.WARNING, measured_from="packets")
        for span in spans
    )


def truncated_finding(table: PacketTable, *, missing_bytes: int, declared_duration_ns: int | None) -> Finding | None:
    """The file ends before its own structure says it does.

    Args:
        table: what could be read.
        missing_bytes: bytes that the structure promises beyond the end of the file.
        declared_duration_ns: the header's claim, from the first presented frame.
    """
    if missing_bytes <= 0:
        return None
    end_ns = table.duration_ns
    promised_ns = max(end_ns, declared_duration_ns or 0)
    return Finding(
        FindingKind.TRUNCATED,
        Interval(end_ns, promised_ns),
        confidence=0.99,
        severity=Severity.CRITICAL,
        measured_from="container",
        detail={"missing_bytes": missing_bytes, "missing_s": ns_to_s(promised_ns - end_ns)},
    )


END_MIN_NS: Final = 2 * NS_PER_S
"""Least time by which a picture track has to end early: tracks of one file rarely end within the same second."""
_END_STEPS: Final = 2


def early_end_finding(table: PacketTable, ends_ns: Mapping[str, int]) -> Finding | None:
    """The picture ends before something that should end with it.

    A screen recording may show its last picture for long: the picture has to end early by more than twice its longest
    step.

    Args:
        table: what could be read.
        ends_ns: what else ends, by the name under which it is told (``sound_end_s``, ``declared_end_s``).
    """
    if not ends_ns:
        return None
    steps = np.diff(table.presented_ns())
    usual_ns = _END_STEPS * int(steps.max()) if steps.size else 0
    end_ns = max(ends_ns.values())
    missing_ns = end_ns - table.duration_ns
    if missing_ns < max(END_MIN_NS, usual_ns):
        return None
    return Finding(
        FindingKind.TRUNCATED,
        Interval(table.duration_ns, end_ns),
        confidence=missing_ns / (missing_ns + END_MIN_NS / 8),
        severity=Severity.WARNING,
        measured_from="packets",
        detail={"missing_s": ns_to_s(missing_ns), **{name: ns_to_s(at_ns) for name, at_ns in ends_ns.items()}},
    )
