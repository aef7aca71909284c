import pytest

from benchmarks.people.station_scores import (
    LessonScore,
    MoveScore,
    Tally,
    coverage_tally,
    lines_of,
    occupancy_tally,
)
from benchmarks.people.station_truth import MinuteTruth, MoveTruth
from lessonproof.evidence.intervals import NS_PER_MINUTE, Interval
from lessonproof.evidence.station_coverage import Coverage, StationCoverage, StationMinute, StationRow


def _coverage(*minutes: tuple[Coverage, bool | None]) -> StationCoverage:
    told = tuple(StationMinute(state, None, occupied) for state, occupied in minutes)
    row = StationRow("W1", told, dict.fromkeys(Coverage, 0))
    return StationCoverage("v", "0" * 64, (), Interval(0, len(minutes) * NS_PER_MINUTE), (row,))


def _true(*minutes: tuple[bool, bool]) -> list[MinuteTruth]:
    return [MinuteTruth("W1", number, covered, occupied) for number, (covered, occupied) in enumerate(minutes)]


def test_what_is_left_open_counts_as_missed() -> None:
    said = _coverage((Coverage.COVERED, True), (Coverage.UNKNOWN, None), (Coverage.UNCOVERED, None))
    tally = coverage_tally(said, _true((True, True), (True, True), (False, False)))
    assert tally.f1("covered") == pytest.approx(2 / 3)
    assert tally.f1("uncovered") == 1
    assert tally.said("unknown") == 1


def test_a_wrong_answer_costs_both_sides() -> None:
    said = _coverage((Coverage.COVERED, True), (Coverage.COVERED, False))
    tally = coverage_tally(said, _true((True, True), (False, True)))
    assert tally.f1("covered") == pytest.approx(2 / 3)
    assert tally.f1("uncovered") == 0


def test_occupancy_is_asked_for_where_the_station_is_truly_covered() -> None:
    said = _coverage((Coverage.COVERED, True), (Coverage.COVERED, None), (Coverage.UNCOVERED, False))
    tally = occupancy_tally(said, _true((True, True), (True, True), (False, True)))
    assert tally.total == 2
    assert tally.f1(answer=True) == pytest.approx(2 / 3)


def test_an_answer_that_never_was_asked_for_has_no_score() -> None:
    assert Tally.of([("covered", "covered")]).f1("uncovered") is None


def test_the_tables_name_what_was_missed() -> None:
    coverage = {"true boxes": Tally.of([("covered", "covered"), ("covered", "uncovered")])}
    moves = [
        MoveScore(MoveTruth("A", 60.0, 0.02), followed_s=3.0, told_s=None, followable=True),
        MoveScore(MoveTruth("A", 90.0, 0.3), followed_s=12.5, told_s=4.0, followable=True),
        MoveScore(MoveTruth("A", 150.0, 0.3), followed_s=None, told_s=None, followable=False),
    ]
    score = LessonScore("pair", coverage, {"true boxes": Tally.of([(True, True)])}, moves, false_moves=1)
    text = "\n".join(lines_of([score]))
    assert "| pair (1) | true boxes | 2 | 0.667 | 0.000 | 0 | 1.000 of 1 |" in text
    assert "called covered and was not 1, called uncovered and was covered 0" in text
    assert "small turns (below 5 % of the width): 1, of them 1 in the light with enough in view; told 0" in text
    assert (
        "large turns: 2, of them 1 in the light with enough in view; followed 1, within 10 s 0, longest 12.5 s" in text
    )
    assert "camera_moved where none was turned: 1" in text
