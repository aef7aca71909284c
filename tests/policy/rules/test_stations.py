"""NK-6.1.3 against measured coverage."""

from dataclasses import replace

import pytest

from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import NS_PER_MINUTE, Interval
from lessonproof.evidence.station_coverage import Coverage, StationCoverage, StationMinute, StationRow
from lessonproof.evidence.training import InstitutionKind, UnitKind
from lessonproof.evidence.verdict import UnitCase
from tests.policy.cases import (
    FAIL,
    MISSING,
    NOT_APPLICABLE,
    PASS,
    UNCERTAIN,
    case,
    change,
    change_file,
    change_institution,
    clause,
    dossier,
    finding,
    measured,
    review,
    said,
    status,
    unit,
)

MINUTES = 100
WINDOW = Interval(0, MINUTES * NS_PER_MINUTE)


def practical(**fields: object) -> UnitCase:
    return change(case("NK", unit(UnitKind.PRACTICAL)), **fields)


def row(name: str, covered: int, unknown: int = 0) -> StationRow:
    minutes = {Coverage.COVERED: covered, Coverage.UNKNOWN: unknown, Coverage.UNCOVERED: MINUTES - covered - unknown}
    return StationRow(
        name,
        tuple(StationMinute(state, None, None) for state in minutes for _ in range(minutes[state])),
        {state: count * NS_PER_MINUTE for state, count in minutes.items()},
    )


def gone(station: str, seconds: int) -> Finding:
    found = finding(FindingKind.STATION_UNCOVERED, 0, seconds)
    return replace(found, detail={"station": station, "reason": "occluded"})


def shown(judged: UnitCase, *rows: StationRow) -> UnitCase:
    return replace(judged, stations=StationCoverage("v", "0" * 64, ("1" * 64,), WINDOW, rows))


def test_without_a_layout_a_person_looks() -> None:
    assert status(case("NK"), "NK-6.1.3") is NOT_APPLICABLE
    result = clause(practical(), "NK-6.1.3")
    assert result.status is UNCERTAIN
    assert "10 stations" in result.reason.en
    assert "not declared" in clause(practical(workstations=None), "NK-6.1.3").reason.en
    assert status(practical(recordings=()), "NK-6.1.3") is MISSING
    assert status(change_file(practical(), records=(said("NK-6.1.3"),)), "NK-6.1.3") is PASS
    other = change_institution(practical(), kind=InstitutionKind.PUBLIC_BASE)
    assert status(other, "NK-6.1.3") is NOT_APPLICABLE


@pytest.mark.parametrize(
    ("covered", "unknown", "expected"),
    [
        pytest.param(100, 0, PASS, id="all"),
        pytest.param(95, 0, PASS, id="just-enough"),
        pytest.param(94, 0, UNCERTAIN, id="a-minute-short-is-suspected"),
        pytest.param(94, 6, UNCERTAIN, id="unknown-minutes-could-decide"),
        pytest.param(0, 100, UNCERTAIN, id="nothing-known-is-no-pass"),
    ],
)
def test_each_station_needs_its_share(covered: int, unknown: int, expected: object) -> None:
    judged = shown(practical(workstations=2), row("W1", 100), row("W2", covered, unknown))
    result = clause(judged, "NK-6.1.3")
    assert result.status is expected
    assert "Q9" in result.defaults_used
    if expected is UNCERTAIN:
        share = "unknown" if unknown == MINUTES else f"{covered} %"
        assert f"W2 {share}" in result.reason.en
        assert ("W2 不明" if unknown == MINUTES else f"W2 {covered}%") in result.reason.zh
        assert "W1" not in result.reason.en


def test_a_layout_with_fewer_stations_than_declared_never_passes() -> None:
    result = clause(shown(practical(workstations=3), row("W1", 100), row("W2", 100)), "NK-6.1.3")
    assert result.status is UNCERTAIN
    assert "3 stations are declared and the venue layout has 2" in result.reason.en


def test_two_reviewers_confirm_before_it_fails() -> None:
    absent = gone("W2", 600)
    judged = shown(measured(practical(workstations=2), dossier(absent)), row("W1", 100), row("W2", 90))
    assert status(judged, "NK-6.1.3") is UNCERTAIN
    person = change_file(judged, records=(said("NK-6.1.3"),))
    assert status(person, "NK-6.1.3") is UNCERTAIN, "reviews decide on suspicions"
    assert "Recorded: it holds" in clause(person, "NK-6.1.3").reason.en, "the word stands beside"
    confirmed = change_file(judged, reviews=(review(absent.kind, 0, "a", "b", confirmed=True),))
    assert status(confirmed, "NK-6.1.3") is FAIL
    assert clause(confirmed, "NK-6.1.3").consequences == ("FAIL_CHECK",)


def test_a_confirmed_stretch_within_the_tolerance_does_not_fail() -> None:
    absent = gone("W2", 200)
    judged = shown(measured(practical(workstations=2), dossier(absent)), row("W1", 100), row("W2", 90, 7))
    assert (
        status(change_file(judged, reviews=(review(absent.kind, 0, "a", "b", confirmed=True),)), "NK-6.1.3")
        is UNCERTAIN
    )
