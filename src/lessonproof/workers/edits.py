"""Stage ``edits``: what packets, random-access pictures and decoded windows together say of a recording's edits."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from lessonproof.analysis.candidates import plan_windows
from lessonproof.analysis.cuts import find_cuts
from lessonproof.analysis.frames import FrameWindow, WindowBuilder
from lessonproof.analysis.keyframes import KeyframeFacts, is_camera_recording
from lessonproof.analysis.packets import (
    damaged_spans,
    find_holes,
    gap_findings,
    truncated_finding,
    unreadable_findings,
)
from lessonproof.analysis.sound import LevelSeries, find_silence, no_audio_finding
from lessonproof.analysis.stills import (
    BLACK_MIN_NS,
    FREEZE_MIN_NS,
    UNRESTS,
    Unrest,
    black_between_keyframes,
    black_in_window,
    grow_still,
    quiet_after,
    quiet_before,
    still_between_keyframes,
    still_cores,
)
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s, subtract, union
from lessonproof.media.decoding import Undecodable, decode_all
from lessonproof.media.index import RecordingIndex
from lessonproof.media.pictures import luma_of

_STILL_REACH_NS: Final = 5 * NS_PER_S
_STILL_EXTENSIONS: Final = 6
"""Longer stretches show between random-access pictures; following one further back would only cost."""


@dataclass(frozen=True, slots=True)
class Edits:
    """What the pictures say.

    Attributes:
        findings: black and frozen stretches and cuts, not yet merged.
        undecodable: stretches that turned out unreadable while windows were decoded.
        stills_decidable: whether a picture that stands still says anything in this recording.
        jumps_complete: whether every suspicious instant was looked at.
    """

    findings: tuple[Finding, ...]
    undecodable: tuple[Interval, ...]
    stills_decidable: bool
    jumps_complete: bool


def find_edits(path: Path, index: RecordingIndex, facts: Sequence[KeyframeFacts]) -> Edits:
    """Black, frozen and cut: roughly from the random-access pictures, exactly where windows are decoded in full."""
    is_camera = is_camera_recording(facts)
    rough_blacks = black_between_keyframes(facts)
    rough_stills = still_between_keyframes(facts) if is_camera else ()
    picture_px = index.facts.width_px * index.facts.height_px
    plan = plan_windows(index.packets, facts, rough_stills, rough_blacks, with_jumps=is_camera, picture_px=picture_px)
    blacks: list[Interval] = []
    stills: list[Interval] = []
    cuts: list[Finding] = []
    undecodable: list[Interval] = []
    for stretch in plan.windows:
        window, bad = _decode_window(path, index, stretch)
        undecodable += bad
        if window is None:
            continue
        blacks += black_in_window(window)
        if is_camera:
            for unrest in UNRESTS:
                stills += _stills(path, index, window, unrest, known=stills)
            cuts += find_cuts(window)
    stills += [_follow_both_ends(path, index, stretch) for stretch in rough_stills]
    black = [stretch for stretch in union([*rough_blacks, *blacks]) if stretch.length_ns >= BLACK_MIN_NS]
    # A black picture stands still as well; it is told once, as black.
    frozen = [stretch for stretch in subtract(stills, black) if stretch.length_ns >= FREEZE_MIN_NS]
    found = [*_stretches(FindingKind.BLACK, black), *_stretches(FindingKind.FREEZE, frozen), *cuts]
    return Edits(tuple(found), tuple(undecodable), is_camera, plan.is_complete)


def _stills(
    path: Path, index: RecordingIndex, window: FrameWindow, unrest: Unrest, *, known: Sequence[Interval]
) -> tuple[Interval, ...]:
    """Frozen stretches that a window touches, followed to both ends."""
    found: list[Interval] = []
    for core in still_cores(window, unrest):
        if any(stretch.intersect(core) for stretch in (*known, *found)):
            continue
        reach_ns = _STILL_REACH_NS
        for _ in range(_STILL_EXTENSIONS):
            around = Interval(
                max(0, core.start_ns - reach_ns), min(index.packets.duration_ns, core.end_ns + _STILL_REACH_NS)
            )
            wide, _bad = _decode_window(path, index, around)
            if wide is None:
                break
            cores = [wider for wider in still_cores(wide, unrest) if wider.intersect(core)]
            stretch = grow_still(wide, cores[0], unrest) if cores else None
            if stretch is None or stretch.start_ns > int(wide.time_ns[0]) or around.start_ns == 0:
                found += [stretch] if stretch is not None else []
                break
            reach_ns += _STILL_REACH_NS
    return tuple(found)


def _follow_both_ends(path: Path, index: RecordingIndex, stretch: Interval) -> Interval:
    """A stretch between equal random-access pictures, followed to the frame where it begins and ends."""
    duration_ns = index.packets.duration_ns
    head = Interval(max(0, stretch.start_ns - _STILL_REACH_NS), min(duration_ns, stretch.start_ns + NS_PER_S))
    tail = Interval(max(0, stretch.end_ns - NS_PER_S), min(duration_ns, stretch.end_ns + _STILL_REACH_NS))
    before, _ = _decode_window(path, index, head)
    after, _ = _decode_window(path, index, tail)
    return Interval(
        stretch.start_ns if before is None else quiet_before(before, stretch.start_ns),
        stretch.end_ns if after is None else quiet_after(after, stretch.end_ns),
    )


def _decode_window(
    path: Path, index: RecordingIndex, stretch: Interval
) -> tuple[FrameWindow | None, tuple[Interval, ...]]:
    builder = WindowBuilder()
    bad: list[Interval] = []
    keys = frozenset(index.packets.key_times_ns().tolist())
    for item in decode_all(path, index, stretch):
        if isinstance(item, Undecodable):
            bad += _until_next_key(index, item.time_ns)
        else:
            builder.add(item.time_ns, luma_of(item.frame), is_key=item.time_ns in keys)
    return builder.build(), tuple(bad)


def _until_next_key(index: RecordingIndex, time_ns: int) -> tuple[Interval, ...]:
    """What an undecodable picture spoils: everything up to the next random-access picture."""
    keys = index.packets.key_times_ns()
    after = keys[keys > time_ns]
    return (Interval(time_ns, int(after[0]) if after.size else index.packets.duration_ns),)


def _stretches(kind: FindingKind, stretches: Sequence[Interval]) -> tuple[Finding, ...]:
    return tuple(
        Finding(
            kind,
            stretch,
            confidence=0.95,
            severity=Severity.CRITICAL,
            measured_from="full_decode",
            detail={"length_s": ns_to_s(stretch.length_ns)},
        )
        for stretch in stretches
    )


def file_findings(index: RecordingIndex, undecodable: Sequence[Interval]) -> tuple[Finding, ...]:
    """What the file itself says: holes, damage, a missing end, restarts of its clock."""
    table = index.packets
    holes, damaged = find_holes(table)
    declared_ns = index.facts.declared_duration_ns
    truncated = truncated_finding(table, missing_bytes=index.missing_bytes, declared_duration_ns=declared_ns)
    spans = damaged_spans(table, [*undecodable, *damaged])
    if truncated is not None:
        # The picture that the end of the file cuts through is part of what is missing.
        spans = tuple(s for s in spans if not (s.end_ns >= table.duration_ns and s.length_ns < NS_PER_S))
    joins = tuple(
        Finding(
            FindingKind.CONCATENATED,
            Interval(join.time_ns, join.time_ns),
            confidence=0.9,
            severity=Severity.INFO,
            measured_from="packets",
            detail={"clock_restarts": True},
        )
        for join in index.joins
    )
    unreadable = unreadable_findings(spans)
    return (*gap_findings(holes), *unreadable, *joins, *(() if truncated is None else (truncated,)))


def sound_findings(index: RecordingIndex, sound: LevelSeries | None) -> tuple[Finding, ...]:
    """What the sound says: none at all, or dead stretches."""
    duration_ns = index.packets.duration_ns
    if not index.has_audio:
        return (no_audio_finding(duration_ns, "no_track"),)
    if sound is None:
        return (no_audio_finding(duration_ns, "undecodable_track"),)
    return find_silence(sound, duration_ns)


def checked_kinds(edits: Edits) -> frozenset[str]:
    """Kinds whose absence from the findings means that there is none, as far as this version can tell."""
    kinds = {FindingKind.GAP, FindingKind.TRUNCATED, FindingKind.UNREADABLE, FindingKind.BLACK, FindingKind.NO_AUDIO}
    kinds.add(FindingKind.AUDIO_GAP)
    if edits.stills_decidable:
        kinds.add(FindingKind.FREEZE)
    if edits.jumps_complete:
        kinds.add(FindingKind.CUT)
    return frozenset(kind.value for kind in kinds)
