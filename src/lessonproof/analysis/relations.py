"""How two borders belong together: a stretch turned backward, put in, or laid over what was there.

Only the pictures on both sides of each border are asked. The border of a reversed stretch looks into a mirror of time:
what comes before the first border comes before the second one too, and moves the other way. Round a foreign stretch the
pictures outside go on with each other and not with those inside.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.alignment import picture_shapes
from lessonproof.analysis.borders import Border
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

MIN_LENGTH_NS: Final = NS_PER_S
MAX_LENGTH_NS: Final = 900 * NS_PER_S
MAX_TURNED: Final = 0.55
"""Difference across time's mirror over that across the borders."""
MAX_CONTINUED: Final = 0.5
"""Difference of the two pictures outside over that across the borders, where the outside goes on as if uncut."""
MAX_COVERED: Final = 0.65
"""The same where some time has passed outside: rendered stretches up to 0.63, two plain cuts some 0.8 and more."""
MAX_COUNTER_MOTION: Final = -0.05
"""Correlation of the motion behind (and before) the two borders of a reversed stretch; it is the opposite. Slides that
come back, and the copy of a stretch that holds a cut, look into no mirror: they do not move, or move the same way."""
MAX_TURNED_APART: Final = 0.4
MIN_PARTING: Final = 1.5
MIN_PARTING_EACH: Final = 1.2
MIN_PARTING_ONCE: Final = 2.0
MIN_PARTING_STILL: Final = 0.7
"""How far the pictures beside the two borders of a reversed stretch part within their eight frames, over how far apart
they begin: time runs apart there. A slide that comes back, and a cut that is shown twice, stay as far apart as they
were (rendered reversals 1.6 to 12). It tells where an encoder's recovery behind each jump hides the motion. On one side
everybody may sit still, and then they must part the more on the other. Across the mirror lies one frame's motion, which
is no difference: what is beyond it must be small on both sides."""
_PARTING_FRAMES: Final = 4
_KNOWN_SLACK_NS: Final = 300_000_000
_CLIP: Final = 12.0
_LEAST_LEVELS: Final = 0.05
_LIGHT_CHANGE: Final = 0.15
_SAME_STRUCTURE: Final = 0.8


class RelationKind(StrEnum):
    """What the two borders enclose."""

    REVERSED = "reversed"
    INSERTED = "inserted"
    LAID_OVER = "laid_over"


@dataclass(frozen=True, slots=True)
class Relation:
    """Two borders that belong together.

    Attributes:
        kind: what lies between them.
        interval: the stretch, from the first frame behind the first border to the first frame behind the second.
        border_indices: places of the two in the borders that were asked about.
        strength: 0..1, how much better the relation fits than none.
        detail: numbers behind it.
    """

    kind: RelationKind
    interval: Interval
    border_indices: tuple[int, int]
    strength: float
    detail: dict[str, float]


def find_relations(borders: Sequence[Border], known: Sequence[Interval] = ()) -> tuple[Relation, ...]:
    """Pairs of borders that enclose a reversed or foreign stretch, in time order; each border is used once.

    Args:
        borders: from the search for cuts, weak ones included, in time order.
        known: stretches that are told otherwise (loops, frozen and black pictures); their borders are spoken for.
    """
    sides = [_Side(border) for border in borders]
    found: list[Relation] = []
    for first, border in enumerate(borders):
        for second in range(first + 1, len(borders)):
            length_ns = borders[second].time_after_ns - border.time_after_ns
            if length_ns > MAX_LENGTH_NS:
                break
            if length_ns < MIN_LENGTH_NS or (border.is_weak and borders[second].is_weak):
                continue
            interval = Interval(border.time_after_ns, borders[second].time_after_ns)
            if not any(_is_known(interval, stretch) for stretch in known):
                found += _relations_of(sides[first], sides[second], interval, (first, second))
    return _each_border_once(found)


def relation_findings(relations: Sequence[Relation]) -> tuple[Finding, ...]:
    """``reversed`` and ``splice`` findings, in time order."""
    return tuple(sorted((_finding(relation) for relation in relations), key=Finding.sort_key))


class _Side:
    """What is asked of one border."""

    def __init__(self, border: Border) -> None:
        self.before = picture_shapes(border.before)
        self.after = picture_shapes(border.after)
        self.jump = _difference(self.before[-1], self.after[0])
        self.likeness = _likeness(self.before[-1], self.after[0])
        self.light = abs(float(np.log((border.small_after.mean() + 1.0) / (border.small_before.mean() + 1.0))))

    def is_light(self) -> bool:
        """Whether the jump is one of the light: the structure stays."""
        return self.light > _LIGHT_CHANGE and self.likeness > _SAME_STRUCTURE


def _relations_of(one: _Side, two: _Side, interval: Interval, indices: tuple[int, int]) -> list[Relation]:
    if one.is_light() or two.is_light():
        return []
    jump = min(one.jump, two.jump) + 1e-6
    turned = max(
        _difference(one.before[-1], two.before[-1]) / jump,
        _difference(one.after[0], two.after[0]) / jump,
    )
    outside = _difference(one.before[-1], two.after[0]) / jump
    inside = _difference(one.after[0], two.before[-1]) / jump
    counter = _motion_likeness([(one.after, two.after, 1), (one.before, two.before, -1)])
    partings = (_parting(one.before[::-1], two.before[::-1]), _parting(one.after, two.after))
    beyond = max(_beyond_a_step(one.before[::-1], two.before[::-1]), _beyond_a_step(one.after, two.after)) / jump
    parting = float(np.sqrt(partings[0] * partings[1]))
    detail = {
        "jump_levels": round(float(jump), 3),
        "across_mirror_of_time": round(turned, 3),
        "across_mirror_beyond_a_frame": round(beyond, 3),
        "outside_over_jump": round(outside, 3),
        "inside_over_jump": round(inside, 3),
        "motion_likeness": round(counter, 3),
        "parting": round(parting, 3),
    }
    parts = beyond <= MAX_TURNED_APART and _part(partings)
    if turned <= MAX_TURNED and turned < outside and (counter <= MAX_COUNTER_MOTION or parts):
        return [Relation(RelationKind.REVERSED, interval, indices, 1.0 - turned, detail)]
    if outside <= MAX_CONTINUED:
        return [Relation(RelationKind.INSERTED, interval, indices, 1.0 - outside, detail)]
    if outside <= MAX_COVERED:
        return [Relation(RelationKind.LAID_OVER, interval, indices, 1.0 - outside, detail)]
    return []


def _motion_likeness(pairs: Sequence[tuple[NDArray[np.float32], NDArray[np.float32], int]]) -> float:
    """Correlation of motion beside two borders; -1 where the second moves as the first does, backward.

    Args:
        pairs: rows of pictures beside the first and the second border, and 1 where both are read from their first
            picture on, -1 where from their last one back.
    """
    common = energy_one = energy_two = 0.0
    for one, two, way in pairs:
        frames = min(one.shape[0], two.shape[0])
        left, right = (rows[:frames] if way > 0 else rows[::-1][:frames] for rows in (one, two))
        for reach in (frames // 2, frames - 1):
            moved_left, moved_right = (np.clip(rows[reach] - rows[0], -_CLIP, _CLIP) for rows in (left, right))
            common += float(moved_left @ moved_right)
            energy_one += float(moved_left @ moved_left)
            energy_two += float(moved_right @ moved_right)
    return common / float(np.sqrt(energy_one * energy_two) + 1e-6)


def _parting(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    """Difference of two rows of pictures at their ends over that at their beginnings; 1 where they are too short."""
    frames = min(one.shape[0], two.shape[0])
    if frames < _PARTING_FRAMES:
        return 1.0
    ends = [_difference(one[number], two[number]) for number in (frames - 2, frames - 1)]
    return float(np.mean(ends)) / (_difference(one[0], two[0]) + _LEAST_LEVELS)


def _part(partings: tuple[float, float]) -> bool:
    """Whether time runs apart beside the borders: on both sides, or clearly on one where nobody moves on the other."""
    weaker, stronger = sorted(partings)
    both = weaker >= MIN_PARTING_EACH and float(np.sqrt(weaker * stronger)) >= MIN_PARTING
    return both or (stronger >= MIN_PARTING_ONCE and weaker >= MIN_PARTING_STILL)


def _beyond_a_step(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    """Difference of the first pictures of two rows that one frame's motion does not explain, levels."""
    steps = [_difference(rows[0], rows[1]) for rows in (one, two) if rows.shape[0] > 1]
    apart = _difference(one[0], two[0])
    return float(np.sqrt(max(0.0, apart**2 - min(steps, default=0.0) ** 2)))


def _difference(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.mean((one - two) ** 2)))


def _likeness(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    return float(one @ two / (np.sqrt(float(one @ one) * float(two @ two)) + 1e-6))


def _is_known(interval: Interval, stretch: Interval) -> bool:
    return (
        abs(interval.start_ns - stretch.start_ns) <= _KNOWN_SLACK_NS
        or abs(interval.start_ns - stretch.end_ns) <= _KNOWN_SLACK_NS
        or abs(interval.end_ns - stretch.start_ns) <= _KNOWN_SLACK_NS
        or abs(interval.end_ns - stretch.end_ns) <= _KNOWN_SLACK_NS
    )


def _each_border_once(found: Sequence[Relation]) -> tuple[Relation, ...]:
    """The strongest relation of each border; a border inside a stretch belongs to that stretch or to none."""
    kept: list[Relation] = []
    for relation in sorted(found, key=lambda r: (-r.strength, r.interval.length_ns)):
        taken = {index for other in kept for index in other.border_indices}
        if not taken.intersection(relation.border_indices):
            kept.append(relation)
    return tuple(sorted(kept, key=lambda r: r.interval))


def _finding(relation: Relation) -> Finding:
    kind = FindingKind.REVERSED if relation.kind is RelationKind.REVERSED else FindingKind.SPLICE
    confidence = min(0.98, 0.5 + 0.6 * relation.strength)
    detail: dict[str, float | bool | str] = {
        "length_s": ns_to_s(relation.interval.length_ns),
        "relation": relation.kind.value,
        **relation.detail,
    }
    return Finding(
        kind,
        relation.interval,
        confidence=round(confidence, 3),
        severity=Severity.CRITICAL,
        measured_from="full_decode",
        detail=detail,
    )
