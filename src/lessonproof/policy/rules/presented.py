"""Where a lesson's recordings present it on the wall clock, and what is missing.

Presented time is the recording's own time line less the stretches that a finding takes out, shifted by the declared
wall-clock time of its first frame. The recordings of several cameras add up: what one of them presents is presented.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import Interval, intersection, subtract, total_ns
from lessonproof.evidence.training import RecordingRef
from lessonproof.evidence.verdict import EvidenceRef, UnitCase
from lessonproof.policy.rules.deviations import TIME
from lessonproof.policy.rules.suspicions import Standing, standing_of
from lessonproof.policy.rules.wall_clock import epoch_ns, scheduled_window

SEEN_KINDS: Final = frozenset({FindingKind.BLACK, FindingKind.COVERED, FindingKind.FREEZE})
"""Judgements on pictures: suspected until reviewed. A gap, a lost end and undecodable bytes are facts of the file."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An analysed recording on the wall clock.

    Attributes:
        sha256: its digest.
        span: its whole time line, nanoseconds since the epoch.
        solid: what it presents for sure.
        hopeful: what it presents if every suspected stretch turns out to be fine.
        taken_out: the stretches that findings take out for sure, on the wall clock, with the finding as evidence.
        suspected: those that are only suspected, likewise.
    """

    sha256: str
    span: Interval
    solid: tuple[Interval, ...]
    hopeful: tuple[Interval, ...]
    taken_out: tuple[tuple[Interval, EvidenceRef], ...]
    suspected: tuple[tuple[Interval, EvidenceRef], ...]


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What of the lesson is not presented.

    Attributes:
        edges: what is missing from the start on and up to the end, nanoseconds since the epoch.
        holes: missing stretches inside, nanoseconds since the epoch.
    """

    edges: tuple[Interval, ...]
    holes: tuple[Interval, ...]

    @property
    def edge_ns(self) -> int:
        """Late start plus early end."""
        return total_ns(self.edges)

    def tolerable(self, edge_tolerance_ns: int) -> bool:
        """Whether it is within open point Q6: some seconds at the edges, nothing inside."""
        return not self.holes and self.edge_ns <= edge_tolerance_ns


@dataclass(frozen=True, slots=True)
class Presentation:
    """All recordings of a unit against its lesson.

    Attributes:
        window: the lesson, nanoseconds since the epoch.
        placed: analysed recordings with a declared start.
        unplaced: files of analysed recordings without one.
        unplaced_ns: what these present at most, together.
        unread: files that are not analysed or not readable.
    """

    window: Interval
    placed: tuple[Placed, ...]
    unplaced: tuple[str, ...]
    unplaced_ns: int
    unread: tuple[str, ...]

    def solid(self) -> tuple[Interval, ...]:
        """What is presented for sure, inside the lesson."""
        return intersection((i for p in self.placed for i in p.solid), (self.window,))

    def hopeful(self) -> tuple[Interval, ...]:
        """What is presented at best by the placed recordings, inside the lesson."""
        return intersection((i for p in self.placed for i in p.hopeful), (self.window,))

    def shortfall(self, presented: Iterable[Interval]) -> Shortfall:
        """What ``presented`` leaves open of the lesson."""
        absent = subtract((self.window,), presented)
        edges = tuple(i for i in absent if i.start_ns == self.window.start_ns or i.end_ns == self.window.end_ns)
        return Shortfall(edges, tuple(i for i in absent if i not in edges))

    def cannot_suffice(self, edge_tolerance_ns: int) -> bool:
        """Whether the lesson is not presented whatever the suspected and unplaced stretches turn out to be."""
        if self.unread:
            return False
        at_best = self.hopeful()
        if self.unplaced:
            return total_ns(at_best) + self.unplaced_ns + edge_tolerance_ns < self.window.length_ns
        return not self.shortfall(at_best).tolerable(edge_tolerance_ns)


def lesson_window(case: UnitCase) -> Interval:
    """The lesson to present: as scheduled, or as held where a change of time was approved."""
    unit = case.unit
    moved = any(c.unit_id == unit.unit_id and c.what == TIME and c.approved for c in case.class_file.changes)
    if moved and unit.held_start is not None and unit.held_end is not None and unit.held_start < unit.held_end:
        return Interval(epoch_ns(unit.held_start), epoch_ns(unit.held_end))
    return scheduled_window(unit)


@dataclass(frozen=True, slots=True)
class Reading:
    """How findings are read against a recording's time.

    Attributes:
        taking_out: finding kinds whose stretches are not presented lesson time.
        checks: findings that must have been searched for before a recording presents anything for sure.
        reviewers_needed: different reviewers that confirm a finding (open point Q12).
    """

    taking_out: frozenset[FindingKind]
    checks: tuple[FindingKind, ...]
    reviewers_needed: int


def present(case: UnitCase, reading: Reading) -> Presentation:
    """Place the unit's recordings on the wall clock."""
    placed: list[Placed] = []
    unplaced: list[str] = []
    unread: list[str] = []
    unplaced_ns = 0
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if not isinstance(dossier, Dossier):
            unread.append(reference.file)
        elif reference.started_at is None:
            unplaced.append(reference.file)
            unplaced_ns += total_ns(_place(case, dossier, 0, reading).hopeful)
        else:
            placed.append(_place(case, dossier, _start_ns(reference), reading))
    return Presentation(lesson_window(case), tuple(placed), tuple(unplaced), unplaced_ns, tuple(unread))


def _start_ns(reference: RecordingRef) -> int:
    if reference.started_at is None:
        raise ValueError("only a recording with a declared start has a place on the wall clock")
    return epoch_ns(reference.started_at)


def _place(case: UnitCase, dossier: Dossier, start_ns: int, reading: Reading) -> Placed:
    sure: list[tuple[Interval, EvidenceRef]] = []
    suspected: list[tuple[Interval, EvidenceRef]] = []
    for finding in dossier.findings:
        standing = standing_of(finding, dossier.sha256, case.class_file.reviews, reading.reviewers_needed)
        if finding.kind not in reading.taking_out or standing is Standing.REJECTED:
            continue
        doubtful = finding.kind in SEEN_KINDS and standing is Standing.OPEN
        reference = EvidenceRef(dossier.sha256, finding.interval, finding.kind)
        (suspected if doubtful else sure).append((finding.interval.shift(start_ns), reference))
    span = dossier.span().shift(start_ns)
    hopeful = subtract((span,), (window for window, _ in sure))
    complete = all(kind.value in dossier.checked for kind in reading.checks)
    solid = subtract(hopeful, (window for window, _ in suspected)) if complete else ()
    return Placed(dossier.sha256, span, solid, hopeful, tuple(sure), tuple(suspected))
