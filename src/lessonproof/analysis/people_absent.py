"""``nobody_present``: minutes in which no picture shows anybody and nothing moves.

A detector overlooks people, so a count of none alone says little. Over minutes in which nothing moves either, nobody is
at work in the picture; whether somebody sits outside it is for a person to judge.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import FrameCount, StillFigure
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

LEAST_NS: Final = 1200 * NS_PER_S
"""Breaks between class hours last ten to twenty minutes and empty a room: that is no finding."""
APART_NS: Final = 60 * NS_PER_S
"""Nothing is said of the time between two pictures that lie further apart, as where the recorder stopped."""
STIR_BLOCKS: Final = 2
"""So many of a picture's 240 blocks may change: noise, a leaf at the window."""
STIR_SHARE: Final = 0.05
"""In so many of the pictures more may change: a lamp, a passing shadow."""
CONFIDENCE_PEOPLED: Final = 0.8
CONFIDENCE_EMPTY: Final = 0.5
"""Not calibrated. The detector is known to see people in this picture, or is not."""
NOT_CALIBRATED: Final = "not_calibrated"
PEOPLE_UNREAD: Final = "people_unread"


@dataclass(frozen=True, slots=True)
class Absence:
    """Stretches with nobody.

    Attributes:
        findings: in time order.
        reason: why silence does not mean that somebody was always there; ``None`` where it does.
    """

    findings: tuple[Finding, ...]
    reason: str | None


def find_nobody(
    samples: Sequence[FrameCount], facts: Sequence[KeyframeFacts], figures: Sequence[StillFigure] = ()
) -> Absence:
    """Tell of stretches with nobody in view.

    Args:
        samples: counts in time order; those without an interval, of weights that nobody measured, say nothing here.
        facts: of the random-access pictures, in time order.
        figures: what never moved and was not counted; where one of them is in view nobody is called absent, as it
            may be somebody who sleeps.
    """
    is_peopled = any(sample.low for sample in samples)
    empty = [
        span
        for span in _empty_spans(samples)
        if span.length_ns >= LEAST_NS
        and _nothing_moves(facts, span)
        and all(figure.seen.intersect(span) is None for figure in figures)
    ]
    confidence = CONFIDENCE_PEOPLED if is_peopled else CONFIDENCE_EMPTY
    findings = tuple(
        Finding(
            FindingKind.NOBODY_PRESENT,
            span,
            confidence=confidence,
            severity=Severity.WARNING,
            measured_from="people",
            detail={"length_s": ns_to_s(span.length_ns), "people_seen_elsewhere": is_peopled},
        )
        for span in empty
    )
    return Absence(findings, _reason(samples))


def _empty_spans(samples: Sequence[FrameCount]) -> list[Interval]:
    """From the first to the last of pictures that show nobody, none of them far from the next."""
    spans: list[Interval] = []
    is_open = False
    for sample in samples:
        is_empty = sample.count == 0 and sample.high is not None
        if is_empty and is_open and sample.time_ns - spans[-1].end_ns <= APART_NS:
            spans[-1] = Interval(spans[-1].start_ns, sample.time_ns)
        elif is_empty:
            spans.append(Interval(sample.time_ns, sample.time_ns))
        is_open = is_empty
    return spans


def _reason(samples: Sequence[FrameCount]) -> str | None:
    if not samples or any(sample.count is None for sample in samples):
        return PEOPLE_UNREAD
    return NOT_CALIBRATED if all(sample.low is None for sample in samples) else None


def _nothing_moves(facts: Sequence[KeyframeFacts], span: Interval) -> bool:
    """Whether the pictures of a stretch hardly differ; false where too few of them can be compared."""
    inside = [f.moved_blocks for f in facts if span.start_ns <= f.time_ns < span.end_ns]
    moved = np.array([blocks for blocks in inside if blocks is not None], np.int64)
    return moved.size > 0 and float(np.mean(moved > STIR_BLOCKS)) <= STIR_SHARE
