"""What the file itself says, before a picture is decoded: holes, damage, a missing end, joints, edit lists, marks."""

from collections.abc import Mapping, Sequence

from lessonproof.analysis.file_marks import edit_times_ns, mark_findings, unchecked_marks
from lessonproof.analysis.joint_search import Joints
from lessonproof.analysis.joints import find_joints, joint_findings
from lessonproof.analysis.packets import (
    damaged_spans,
    early_end_finding,
    find_holes,
    gap_findings,
    truncated_finding,
    unreadable_findings,
)
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.media.index import RecordingIndex


def joints_of(index: RecordingIndex) -> Joints:
    """Suspected joints of a recording; costs some tenths of a second an hour."""
    transport = index.transport
    return find_joints(
        index.packets,
        index.key_marks,
        index.sound_packets,
        tick_ns=index.tick_ns,
        restarts_ns=[join.time_ns for join in index.joins],
        counter_restarts_ns=() if transport is None else _keys_behind(index, transport.restarts_bytes),
        flagged_ns=() if transport is None else _keys_behind(index, transport.flagged_bytes),
        edits_ns=edit_times_ns(index.marks),
    )


def file_findings(
    index: RecordingIndex, undecodable: Sequence[Interval], joints: Joints | None = None
) -> tuple[Finding, ...]:
    """What the file itself says.

    Args:
        index: the index of the recording.
        undecodable: stretches that a decoder could not show.
        joints: as found by :func:`joints_of`; looked for here where ``None``.
    """
    table = index.packets
    holes, damaged = find_holes(table, None if index.transport is None else index.transport.padding)
    ended = _missing_end(index)
    spans = damaged_spans(table, [*undecodable, *damaged])
    if ended is not None:
        # The picture that the end of the file cuts through is part of what is missing.
        spans = tuple(s for s in spans if not (s.end_ns >= table.duration_ns and s.length_ns < NS_PER_S))
    found = joints if joints is not None else joints_of(index)
    return (
        *gap_findings(holes),
        *unreadable_findings(spans),
        *joint_findings(found.joints),
        *(() if ended is None else (ended,)),
        *mark_findings(index.marks, table.duration_ns),
    )


def file_unchecked(index: RecordingIndex, joints: Joints) -> Mapping[str, str]:
    """Kind of finding -> reason code, for what the file's structure could not decide."""
    unchecked = dict(unchecked_marks(index.marks))
    if {"sound_grid", "picture_steps", "idr_order"} <= set(joints.not_examined):
        unchecked[FindingKind.CONCATENATED.value] = "no_trace_to_follow"
    return unchecked


def _missing_end(index: RecordingIndex) -> Finding | None:
    """The file is cut off, or its picture ends before what else it holds."""
    table = index.packets
    cut_off = truncated_finding(
        table, missing_bytes=index.missing_bytes, declared_duration_ns=index.facts.declared_duration_ns
    )
    if cut_off is not None:
        return cut_off
    claims: dict[str, int] = {}
    if index.sound_packets is not None:
        claims["sound_end_s"] = index.sound_packets.end_ns
    if index.marks.container == "matroska" and index.marks.duration_ns is not None:
        claims["declared_end_s"] = index.marks.duration_ns - index.origin_ns
    return early_end_finding(table, claims)


def _keys_behind(index: RecordingIndex, places_bytes: Sequence[int]) -> tuple[int, ...]:
    """Times of the first random-access picture behind each place of the file."""
    table = index.packets
    rows = table.is_key.nonzero()[0]
    found: list[int] = []
    for place in places_bytes:
        behind = rows[table.position_bytes[rows] >= place]
        if behind.size:
            found.append(int(table.pts_ns[behind[0]]))
    return tuple(dict.fromkeys(found))
