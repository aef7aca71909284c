"""Findings of black and frozen stretches, with the figures behind them."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from lessonproof.analysis.still_witnesses import StillWitnesses
from lessonproof.analysis.stillness import StillCandidate
from lessonproof.analysis.stills import StillStretch
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval, ns_to_s

SAME_PICTURE_SHARE: Final = 0.3
"""Blocks that two random-access pictures share to the last bit: 0.00 to 0.07 on living pictures, 0.3 to 1 frozen."""


def black_finding(stretch: Interval) -> Finding:
    """A black stretch."""
    return Finding(
        FindingKind.BLACK,
        stretch,
        confidence=0.95,
        severity=Severity.CRITICAL,
        measured_from="full_decode",
        detail={"length_s": ns_to_s(stretch.length_ns)},
    )


def freeze_finding(
    stretch: Interval, candidate: StillCandidate, found: Sequence[StillStretch], same: Sequence[float]
) -> Finding:
    """A frozen stretch.

    Args:
        stretch: where.
        candidate: what the packets and random-access pictures say.
        found: what decoded windows show of it.
        same: share of blocks that neighbouring random-access pictures inside have in common to the last bit.
    """
    ratio = max((s.ratio for s in found), default=1.0)
    proof = 10.0 if same and max(same) >= SAME_PICTURE_SHARE else 0.0
    strength = min(candidate.nats, 60.0) / 6.0 + 2.0 * float(np.log(max(1.0, ratio))) + proof
    detail: dict[str, JsonValue] = {
        "length_s": ns_to_s(stretch.length_ns),
        "repeat_nats": round(candidate.repeat_nats, 1),
        "empty_nats": round(candidate.empty_nats, 1),
        "equal_nats": round(candidate.equal_nats, 1),
        "decline_nats": round(candidate.decline_nats, 1),
    }
    if same:
        detail["same_keyframe_share"] = round(max(same), 3)
    if found:
        told = found[0]
        detail["moving_share_inside"] = round(told.inside_share, 5)
        detail["moving_share_beside"] = round(told.live_share, 5)
        detail["still_share"] = round(told.still_share, 4)
        detail |= _witness_words(found[-1].witnesses)
        if told.changing_box is not None:
            names = ("changing_left", "changing_top", "changing_right", "changing_bottom")
            detail |= {name: round(value, 3) for name, value in zip(names, told.changing_box, strict=True)}
    return Finding(
        FindingKind.FREEZE,
        stretch,
        confidence=round(1.0 - 0.6 * float(np.exp(-strength / 5.0)), 4),
        severity=Severity.CRITICAL,
        measured_from="full_decode" if found else "keyframes",
        detail=detail,
    )


def _witness_words(witnesses: StillWitnesses) -> dict[str, JsonValue]:
    """What tells the stretch from an empty room, for ``detail``."""
    measured = {
        "end_step_share": witnesses.end_step_share,
        "next_step_share": witnesses.next_step_share,
        "end_step_brighter_share": witnesses.brighter_share,
        "noise_share_inside": witnesses.noise_inside,
        "noise_share_beside": witnesses.noise_beside,
    }
    return {name: round(value, 5) for name, value in measured.items() if value is not None}
