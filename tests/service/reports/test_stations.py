from dataclasses import replace
from xml.parsers import expat

from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_MINUTE, Interval
from lessonproof.evidence.station_coverage import (
    Coverage,
    StationCoverage,
    StationMinute,
    StationRow,
    Why,
    station_numbers,
)
from lessonproof.evidence.verdict import UnitCase, UnitVerdict
from lessonproof.service.reports.charts import LEFT, PLOT
from lessonproof.service.reports.explanations import explained
from lessonproof.service.reports.render import render_report, render_stations
from lessonproof.service.reports.stations import STATE_WORDS, WHY_WORDS, matrix_view, numbers_note


def _coverage(people_reason: str | None = None) -> StationCoverage:
    minutes = (
        StationMinute(Coverage.COVERED, None, True),
        StationMinute(Coverage.COVERED, None, True),
        StationMinute(Coverage.UNCOVERED, "occluded", False),
        StationMinute(Coverage.UNKNOWN, "not_registered", None),
    )
    time_ns = {Coverage.COVERED: 2, Coverage.UNCOVERED: 1, Coverage.UNKNOWN: 1}
    row = StationRow("焊位<1>", minutes, {state: n * NS_PER_MINUTE for state, n in time_ns.items()})
    return StationCoverage("车间", "0" * 64, (), Interval(0, 4 * NS_PER_MINUTE), (row,), people_reason=people_reason)


def test_every_state_and_reason_has_words_in_both_languages() -> None:
    assert set(WHY_WORDS) == set(Why)
    assert set(STATE_WORDS) == set(Coverage)
    assert all(
        words.zh and not words.zh.isascii() and words.en for words in (*WHY_WORDS.values(), *STATE_WORDS.values())
    )


def test_minutes_that_are_alike_are_one_cell() -> None:
    (row,) = matrix_view(_coverage()).rows
    assert [(cell.state, cell.occupied) for cell in row.cells] == [
        ("covered", True),
        ("uncovered", False),
        ("unknown", False),
    ]
    assert row.cells[0].x == LEFT
    assert sum(cell.width for cell in row.cells) == PLOT
    assert (row.covered_percent, row.uncovered_percent, row.unknown_percent) == (50.0, 25.0, 25.0)
    assert row.occupied_minutes == 2


def test_where_nothing_was_measured_no_share_is_shown(case: UnitCase, verdict: UnitVerdict) -> None:
    whole = _coverage()
    unknown = (StationMinute(Coverage.UNKNOWN, "not_registered", None),) * 4
    time_ns = {Coverage.COVERED: 0, Coverage.UNCOVERED: 0, Coverage.UNKNOWN: 4 * NS_PER_MINUTE}
    unseen = replace(whole, rows=(StationRow("W1", unknown, time_ns),))
    (row,) = matrix_view(unseen).rows
    assert (row.covered_percent, row.uncovered_percent, row.unknown_percent) == (None, None, 100.0)
    html = render_report(verdict, replace(case, stations=unseen), {}, "test")
    assert '<th scope="row">W1</th><td>–</td><td>–</td><td>100.0%</td>' in html


def test_the_report_shows_the_matrix_and_escapes_names(case: UnitCase, verdict: UnitVerdict) -> None:
    assert "stations-title" not in render_report(verdict, case, {}, "test")
    html = render_report(verdict, replace(case, stations=_coverage("no_weights")), {}, "test")
    assert 'class="st-uncovered"' in html
    assert "焊位&lt;1&gt;" in html
    assert "焊位<1>" not in html
    assert "被物体遮挡" in html
    assert "something stands before it" in html
    assert "No person detector is installed" in html


def test_the_matrix_is_saved_as_a_picture_that_stands_alone() -> None:
    svg = render_stations(_coverage())
    shown: list[tuple[str, dict[str, str]]] = []
    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda tag, attributes: shown.append((tag, attributes))
    parser.Parse(svg, True)
    assert shown[0][0] == "svg"
    cells = [attributes["class"] for _, attributes in shown if attributes.get("height") == "17"]
    assert cells == ["st-covered", "st-uncovered", "st-unknown"]
    assert "焊位&lt;1&gt;" in svg
    assert "href" not in svg
    assert render_stations(_coverage()) == svg


def test_stations_stand_against_trainees_as_a_note(case: UnitCase, verdict: UnitVerdict) -> None:
    numbers = station_numbers(_coverage(), declared=2, trainees=4)
    assert (numbers.stations, numbers.in_view, numbers.most_used, numbers.per_trainee) == (1, 0, 1, 0.25)
    note = numbers_note(numbers)
    assert "2 declared" in note.en
    assert "0.25 stations a trainee" in note.en
    assert "签名学员 4 人" in note.zh
    assert "A note, not a verdict" in render_report(verdict, replace(case, stations=_coverage()), {}, "test")


def test_what_nobody_knows_of_stations_is_not_a_number() -> None:
    unknown = (StationMinute(Coverage.UNKNOWN, "not_registered", None),) * 4
    unseen = replace(_coverage(), rows=(replace(_coverage().rows[0], minutes=unknown),))
    numbers = station_numbers(unseen, declared=None, trainees=None)
    assert (numbers.in_view, numbers.most_used, numbers.per_trainee) == (None, None, None)
    words = numbers_note(numbers).en
    assert "how many were in view is not known" in words
    assert "how many were used is not known" in words
    assert "trainees present is not known" in words
    assert station_numbers(unseen, None, 0).per_trainee is None


def test_findings_name_their_station() -> None:
    gone = Finding(
        FindingKind.STATION_UNCOVERED, Interval(0, NS_PER_MINUTE), 0.5, Severity.WARNING, "stations",
        {"station": "W2", "reason": "occluded"},
    )  # fmt: skip
    words = explained(gone)
    assert words is not None
    assert "station W2" in words.en
    assert "被物体遮挡" in words.zh
    assert explained(replace(gone, detail={})) is None
    idle = explained(replace(gone, kind=FindingKind.STATION_IDLE, interval=Interval(0, 12 * NS_PER_MINUTE)))
    assert idle is not None
    assert "12 minutes" in idle.en
