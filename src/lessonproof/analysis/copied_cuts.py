"""Cuts that were made by copying packets: the picture jumps exactly where a copied stretch can begin.

Copied packets bear no trace of a joint where both sides have the same settings and their clocks' remainders agree by
chance. The place itself is one: who codes a recording again cuts anywhere, and the encoder's random-access pictures
come at their own rhythm, so that a cut meets one of them once in as many pictures as lie between two. An encoder that
sets one *because* the picture jumps breaks its rhythm, and a file whose coding is signed by a software encoder may have
been cut before it was coded: neither is told here.
"""

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from lessonproof.analysis.joint_search import Joint
from lessonproof.analysis.joints import TELL_CHANCE
from lessonproof.analysis.packets import PacketTable, gap_threshold_ns
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval

CODED_AGAIN_ODDS: Final = 2.0
"""How many times more often a file without a signature is taken to have been coded again than copied: careful."""
_STEADY_SHARE: Final = 0.85
"""Share of the distances between random-access pictures that are the usual one where there is a rhythm."""
_MIN_DISTANCES: Final = 8


def copied_cuts(
    findings: Sequence[Finding], table: PacketTable, joints: Sequence[Joint], *, is_signed: bool
) -> tuple[Finding, ...]:
    """Joints that only the picture shows, beside the cuts that show them.

    Args:
        findings: of the search in pictures, with raw confidences; only cuts that were decoded count.
        table: the picture packets.
        joints: what the packets show; a joint that is told from them is not told again.
        is_signed: whether a software encoder signed the coding.
    """
    usual = _rhythm(table)
    if usual is None or is_signed:
        return ()
    suspected = {joint.time_ns: joint for joint in joints}
    hole_ns = gap_threshold_ns(table.presented_ns())
    found: list[Finding] = []
    for cut in findings:
        at_ns = cut.interval.end_ns
        if cut.kind is not FindingKind.CUT or cut.measured_from != "full_decode" or cut.interval.length_ns >= hole_ns:
            continue
        joint = suspected.get(at_ns)
        known = 0.0 if joint is None else joint.chance
        chance = cut.confidence * usual / (usual + CODED_AGAIN_ODDS)
        sure = 1.0 - (1.0 - chance) * (1.0 - known)
        if known < TELL_CHANCE <= sure and _keeps_rhythm(table, at_ns, usual):
            found.append(_finding(at_ns, sure, usual, {} if joint is None else joint.detail))
    return tuple(found)


def _rhythm(table: PacketTable) -> int | None:
    """Usual number of pictures from one random-access picture to the next; ``None`` where there is no usual one."""
    distances = np.diff(np.flatnonzero(table.is_key))
    if distances.size < _MIN_DISTANCES:
        return None
    usual = int(np.median(distances))
    return usual if usual > 1 and float(np.mean(distances == usual)) >= _STEADY_SHARE else None


def _keeps_rhythm(table: PacketTable, at_ns: int, usual: int) -> bool:
    """Whether a random-access picture is shown at an instant, as far behind the one before as always."""
    rows = np.flatnonzero(table.is_key)
    number = np.flatnonzero(table.pts_ns[rows] == at_ns)
    return bool(number.size) and number[0] > 0 and int(rows[number[0]] - rows[number[0] - 1]) == usual


def _finding(at_ns: int, sure: float, usual: int, marks: Mapping[str, JsonValue]) -> Finding:
    return Finding(
        FindingKind.CONCATENATED,
        Interval(at_ns, at_ns),
        confidence=round(sure, 4),
        severity=Severity.WARNING,
        measured_from="packets+full_decode",
        detail={**marks, "picture_jumps_at_keyframe": True, "usual_pictures_between_keyframes": usual},
    )
