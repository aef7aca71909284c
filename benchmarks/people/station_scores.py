"""Scores of the station benchmark: agreement of said and true minutes, and delays of moved cameras. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from benchmarks.people.station_truth import MinuteTruth, MoveTruth
from lessonproof.evidence.station_coverage import Coverage, StationCoverage

LIMIT_S: Final = 10.0
"""What was promised: a moved camera is told and followed within so long."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each answer was given for each truth: ``(said, true) -> minutes``."""

    counts: Mapping[tuple[object, object], int]

    @staticmethod
    def of(pairs: Iterable[tuple[object, object]]) -> "Tally":
        """Count pairs of said and true."""
        return Tally(Counter(pairs))

    @staticmethod
    def sum(tallies: Iterable["Tally"]) -> "Tally":
        """All together."""
        together: Counter[tuple[object, object]] = Counter()
        for tally in tallies:
            together.update(tally.counts)
        return Tally(together)

    @property
    def total(self) -> int:
        """Minutes in all."""
        return sum(self.counts.values())

    def said(self, answer: object) -> int:
        """Minutes with this answer."""
        return sum(count for (said, _), count in self.counts.items() if said == answer)

    def true(self, answer: object) -> int:
        """Minutes for which this answer is right."""
        return sum(count for (_, true), count in self.counts.items() if true == answer)

    def f1(self, answer: object) -> float | None:
        """Harmonic mean of precision and recall of an answer; what was left open counts as missed.

        Returns:
            0..1; ``None`` where the answer was neither given nor right.
        """
        told, there = self.said(answer), self.true(answer)
        return 2 * self.counts.get((answer, answer), 0) / (told + there) if told + there else None


@dataclass(frozen=True, slots=True)
class MoveScore:
    """A turned camera.

    Attributes:
        move: what was done.
        followed_s: seconds until the picture's place was right again; ``None`` where it never was.
        told_s: seconds from the move to the ``camera_moved`` that tells it; ``None`` where none does.
        followable: whether it can be followed at all: light, and enough of the reference picture in view.
    """

    move: MoveTruth
    followed_s: float | None
    told_s: float | None
    followable: bool


@dataclass(frozen=True, slots=True)
class LessonScore:
    """What came of one lesson; ``coverage`` and ``occupancy`` by where the boxes of people came from."""

    kind: str
    coverage: Mapping[str, Tally]
    occupancy: Mapping[str, Tally]
    moves: Sequence[MoveScore]
    false_moves: int


def coverage_tally(coverage: StationCoverage, truths: Iterable[MinuteTruth]) -> Tally:
    """Said and true state of each station and minute; ``unknown`` is never right."""
    rows = {row.name: row for row in coverage.rows}
    true = {True: Coverage.COVERED.value, False: Coverage.UNCOVERED.value}
    return Tally.of((rows[one.station].minutes[one.minute].state.value, true[one.covered]) for one in truths)


def occupancy_tally(coverage: StationCoverage, truths: Iterable[MinuteTruth]) -> Tally:
    """Said and true occupancy of the minutes in which the station is truly covered."""
    rows = {row.name: row for row in coverage.rows}
    return Tally.of((rows[one.station].minutes[one.minute].occupied, one.occupied) for one in truths if one.covered)


def lines_of(scores: Sequence[LessonScore]) -> list[str]:
    """The tables, as Markdown."""
    lines = ["| lessons | people from | station minutes | F1 covered | F1 uncovered | left open | F1 occupied |"]
    lines.append("| --- " * 7 + "|")
    kinds = list(dict.fromkeys(score.kind for score in scores))
    for kind in [*kinds, None]:
        own = [score for score in scores if kind in (None, score.kind)]
        for source in dict.fromkeys(name for score in own for name in score.coverage):
            coverage = Tally.sum(score.coverage[source] for score in own)
            occupancy = Tally.sum(score.occupancy[source] for score in own)
            lines.append(
                f"| {kind or 'all'} ({len(own)}) | {source} | {coverage.total} | {_number(coverage.f1('covered'))} "
                f"| {_number(coverage.f1('uncovered'))} | {coverage.said('unknown')} "
                f"| {_number(occupancy.f1(answer=True))} of {occupancy.total} |"
            )
    everything = [Tally.sum(score.coverage[source] for score in scores) for source in scores[0].coverage]
    for source, tally in zip(scores[0].coverage, everything, strict=True):
        wrong = tally.counts.get(("covered", "uncovered"), 0), tally.counts.get(("uncovered", "covered"), 0)
        lines.append(f"{source}: called covered and was not {wrong[0]}, called uncovered and was covered {wrong[1]}")
    return [*lines, *_move_lines(scores)]


def _move_lines(scores: Sequence[LessonScore]) -> list[str]:
    moves = [move for score in scores for move in score.moves]
    lines = []
    for name, least, most in (("small turns (below 5 % of the width)", 0.0, 0.05), ("large turns", 0.05, 9.0)):
        own = [one for one in moves if least <= one.move.share < most]
        able = [one for one in own if one.followable]
        for word, delays in (
            ("followed", [one.followed_s for one in able]),
            ("told", [one.told_s for one in able]),
        ):
            known = sorted(delay for delay in delays if delay is not None)
            in_time = sum(delay <= LIMIT_S for delay in known)
            longest = f"{known[-1]:.1f} s" if known else "–"
            lines.append(
                f"{name}: {len(own)}, of them {len(able)} in the light with enough in view; {word} {len(known)}, "
                f"within {LIMIT_S:.0f} s {in_time}, longest {longest}"
            )
    lines.append(f"camera_moved where none was turned: {sum(score.false_moves for score in scores)}")
    return lines


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"
