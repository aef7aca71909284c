"""The pictures that show a finding (the frame before and the frame after) and the moments of a head count.

None leaves this module as it was taken but by :func:`unveiled_picture`, which keeps nothing: every other one passes
through a veil, and says in itself what the veil did.
"""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Final

import av

from lessonproof.analysis.veil import Veil
from lessonproof.evidence.count_pictures import CountPicture
from lessonproof.evidence.errors import NoReadableFramesError
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.picture_note import PictureNote, with_note
from lessonproof.media.decoding import Decoded, decode_all, decode_keyframes
from lessonproof.media.index import RecordingIndex
from lessonproof.media.pictures import jpeg_of, rgb_of

PICTURE_LONG_SIDE_PX: Final = 640
"""People are looked for in the picture as it is kept: in twice its size the search took four times as long, for heads
that the kept picture hardly shows."""
UNVEILED_LONG_SIDE_PX: Final = 1920
MAX_PICTURED_FINDINGS: Final = 100
"""More findings than this in one recording are listed without pictures, the least certain first."""
DURING_MIN_NS: Final = NS_PER_S
"""A stretch that lasts at least this long is also shown in its middle."""


class Moment(StrEnum):
    """Which moment of a finding a picture shows; the last word of its name."""

    BEFORE = "before"
    DURING = "during"
    SOURCE = "source"
    """Where a replayed stretch was shown first, at the same place of the stretch as ``during``."""
    AFTER = "after"


def moments(finding: Finding) -> tuple[Moment, ...]:
    """Which pictures show a finding, in the order in which a reader looks at them."""
    during = (Moment.DURING,) if finding.interval.length_ns >= DURING_MIN_NS else ()
    if finding.kind is FindingKind.TRUNCATED:
        return (Moment.BEFORE,)
    if finding.kind is FindingKind.LOOP and _source_start_ns(finding) is not None:
        return (Moment.BEFORE, Moment.DURING, Moment.SOURCE, Moment.AFTER)
    return (Moment.BEFORE, *during, Moment.AFTER)


def picture_names(sha256: str, finding: Finding) -> tuple[str, ...]:
    """Names, relative to where findings are written, of the pictures of one finding."""
    stem = f"frames/{sha256[:12]}-{finding.kind.value}-{finding.interval.start_ns // 1_000_000:09d}"
    return tuple(f"{stem}-{moment.value}.jpg" for moment in moments(finding))


def with_picture_names(sha256: str, findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """The same findings with ``evidence`` filled; the most certain ones only where there are very many."""
    ranked = sorted(range(len(findings)), key=lambda i: (-findings[i].confidence, findings[i].sort_key()))
    chosen = frozenset(ranked[:MAX_PICTURED_FINDINGS])
    return tuple(
        replace(finding, evidence=picture_names(sha256, finding)) if i in chosen else finding
        for i, finding in enumerate(findings)
    )


def take_pictures(
    path: Path, index: RecordingIndex, findings: Sequence[Finding], veil: Veil, counts: Sequence[CountPicture] = ()
) -> dict[str, bytes]:
    """Veiled JPEG pictures of every finding that names some and of moments of the head count, by name.

    Args:
        path: the recording.
        index: its index.
        findings: with ``evidence`` filled from :func:`picture_names`.
        veil: makes people unrecognisable.
        counts: moments in which the people who were counted are marked.
    """
    wanted: dict[int, list[str]] = {}
    for finding in findings:
        for name, moment in zip(finding.evidence, moments(finding), strict=False):
            wanted.setdefault(_time_of(index, finding, moment), []).append(name)
    for count in counts:
        wanted.setdefault(count.sample.time_ns, []).append(count.name)
    marked = {count.name: count for count in counts}
    pictures = _pictures_at(path, index, wanted, veil, marked)
    lost = {moment_ns: names for moment_ns, names in wanted.items() if names[0] not in pictures}
    return pictures | _pictures_at(path, index, _moved_to_readable(path, index, lost), veil, marked)


def unveiled_picture(path: Path, index: RecordingIndex, moment_ns: int) -> bytes:
    """The picture on screen at a moment as it was taken, JPEG; for eyes that are on record, never to be kept.

    Raises:
        NoReadableFramesError: nothing can be decoded there.
    """
    for _, frame in _frames_at(path, index, [moment_ns]):
        return jpeg_of(rgb_of(frame, UNVEILED_LONG_SIDE_PX))
    raise NoReadableFramesError("no picture can be decoded at this moment", "此刻没有可以解码的画面")


def _pictures_at(
    path: Path,
    index: RecordingIndex,
    wanted: Mapping[int, Sequence[str]],
    veil: Veil,
    marked: Mapping[str, CountPicture],
) -> dict[str, bytes]:
    """JPEG by name; ``wanted``: names by moment; ``marked``: those in which people are marked, by name."""
    pictures: dict[str, bytes] = {}
    for moment_ns, frame in _frames_at(path, index, sorted(wanted)):
        shown = rgb_of(frame, PICTURE_LONG_SIDE_PX)
        for count in dict.fromkeys(marked.get(name) for name in wanted[moment_ns]):
            still = () if count is None else count.still_xyxy
            veiled = veil(shown, shown, marks_people=count is not None, not_counted=still)
            jpeg = with_note(jpeg_of(veiled.rgb), PictureNote(moment_ns, veiled.privacy, veiled.marked))
            pictures.update({name: jpeg for name in wanted[moment_ns] if marked.get(name) == count})
    return pictures


def _moved_to_readable(
    path: Path, index: RecordingIndex, lost: Mapping[int, Sequence[str]]
) -> dict[int, tuple[str, ...]]:
    """The same names at the nearest random-access pictures that can be decoded, those before first.

    Where no random-access picture can be decoded any other picture has to do.
    """
    if not lost:
        return {}
    everything = Interval(0, index.packets.duration_ns)
    readable = [i.time_ns for i in decode_keyframes(path, index, everything) if isinstance(i, Decoded)]
    if not readable:
        readable = [i.time_ns for i in decode_all(path, index, everything) if isinstance(i, Decoded)]
    moved: dict[int, tuple[str, ...]] = {}
    for moment_ns, names in lost.items():
        if readable:
            nearest = readable[max(0, bisect_right(readable, moment_ns) - 1)]
            moved[nearest] = (*moved.get(nearest, ()), *names)
    return moved


def _time_of(index: RecordingIndex, finding: Finding, moment: Moment) -> int:
    """Presentation time that a picture of a finding shows."""
    last_ns = int(index.packets.presented_ns()[-1])
    middle_ns = (finding.interval.start_ns + finding.interval.end_ns) // 2
    if moment is Moment.BEFORE:
        # A stretch starts with its first own frame; the frame before it is the one that ends earlier.
        return _frame_before(index, finding)
    if moment is Moment.AFTER:
        return min(finding.interval.end_ns, last_ns)
    if moment is Moment.SOURCE:
        source_ns = _source_start_ns(finding)
        middle_ns += (source_ns if source_ns is not None else finding.interval.start_ns) - finding.interval.start_ns
    return max(0, min(middle_ns, last_ns))


def _source_start_ns(finding: Finding) -> int | None:
    start_s = finding.detail.get("source_start_s")
    return round(start_s * NS_PER_S) if isinstance(start_s, int | float) else None


def _frame_before(index: RecordingIndex, finding: Finding) -> int:
    """Presentation time of the last frame before what the finding tells of."""
    presented = index.packets.presented_ns()
    if finding.kind is FindingKind.CUT:
        return finding.interval.start_ns  # a cut's interval starts with the last frame before it
    before = presented[presented < finding.interval.start_ns]
    return int(before[-1]) if before.size else int(presented[0])


def _frames_at(path: Path, index: RecordingIndex, moments_ns: Sequence[int]) -> Iterator[tuple[int, av.VideoFrame]]:
    """The frame on screen at each moment, decoding each group of pictures once.

    Args:
        path: the recording.
        index: its index.
        moments_ns: rising.
    """
    keys = index.packets.key_times_ns()
    groups: dict[int, list[int]] = {}
    for moment_ns in moments_ns:
        before = keys[keys <= moment_ns]
        groups.setdefault(int(before[-1]) if before.size else 0, []).append(moment_ns)
    for key_ns, moments in groups.items():
        shown: av.VideoFrame | None = None
        open_moments = list(moments)
        for item in decode_all(path, index, Interval(key_ns, moments[-1] + 1)):
            if not isinstance(item, Decoded):
                continue
            while open_moments and item.time_ns > open_moments[0]:
                moment_ns = open_moments.pop(0)
                yield moment_ns, shown if shown is not None else item.frame
            shown = item.frame
        if shown is not None:
            for moment_ns in open_moments:
                yield moment_ns, shown
