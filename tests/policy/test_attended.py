from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lessonproof.evidence.attendance import AttendanceFile, NamedPerson, OnlineRow, Punch, SiteCheck, SourceKind
from lessonproof.evidence.training import Roster, Trainee
from lessonproof.policy.attended import NotPlaced, RosterIndex, joined, plain_name
from tests.policy.cases import at, unit

ROSTER = Roster((Trainee(1, "艾力·买买提"), Trainee(2, "张伟"), Trainee(3, "张伟"), Trainee(4, "Li Na")))


def punch(number: int | None, clock: str, name: str | None = None, row: int = 2, place: str | None = None) -> Punch:
    return Punch(row, NamedPerson(number, name), at(clock), place)


def punches(*rows: Punch, sha256: str = "1" * 64) -> AttendanceFile:
    return AttendanceFile(SourceKind.PUNCHES, "p.csv", sha256, punches=rows)


def online(*rows: OnlineRow, sha256: str = "2" * 64) -> AttendanceFile:
    return AttendanceFile(SourceKind.ONLINE_LOG, "o.csv", sha256, online=rows)


def checks(*rows: SiteCheck) -> AttendanceFile:
    return AttendanceFile(SourceKind.SITE_CHECK, "c.csv", "3" * 64, checks=rows)


def test_names_are_compared_without_width_spaces_and_dots() -> None:
    assert plain_name("艾力 • 买买提") == plain_name("艾力·买买提")
    assert plain_name("ＬＩ na") == plain_name("Li Na")
    assert plain_name("张伟") != plain_name("张玮")


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param(NamedPerson(2, None), 2, id="number"),
        pytest.param(NamedPerson(2, "张 伟"), 2, id="number-with-its-name-though-twice-on-the-roster"),
        pytest.param(NamedPerson(None, "艾力•买买提"), 1, id="unique-name"),
        pytest.param(NamedPerson(None, "张伟"), (NotPlaced.AMBIGUOUS_NAME, frozenset({2, 3})), id="name-twice"),
        pytest.param(NamedPerson(4, "张伟"), (NotPlaced.NUMBER_AND_NAME_DIFFER, frozenset({2, 3, 4})), id="two-people"),
        pytest.param(NamedPerson(4, "王芳"), (NotPlaced.NUMBER_AND_NAME_DIFFER, frozenset({4})), id="foreign-name"),
        pytest.param(
            NamedPerson(99, "艾力·买买提"), (NotPlaced.NUMBER_AND_NAME_DIFFER, frozenset({1})), id="foreign-number"
        ),
        pytest.param(NamedPerson(99, None), (NotPlaced.NOT_ON_ROSTER, frozenset()), id="stranger-by-number"),
        pytest.param(NamedPerson(None, "王芳"), (NotPlaced.NOT_ON_ROSTER, frozenset()), id="stranger-by-name"),
    ],
)
def test_nobody_is_guessed(person: NamedPerson, expected: object) -> None:
    assert RosterIndex.of(ROSTER).find(person) == expected


def test_punches_join_by_time_with_both_ends_of_the_margin() -> None:
    rows = [punch(1, clock) for clock in ("07:59:59", "08:00", "09:00", "10:30", "10:30:01")]
    found = joined(replace(unit(), attendance=(punches(*rows),)), ROSTER)
    assert found.punches == {1: tuple(rows[1:4])}


def test_stretches_join_where_they_share_time() -> None:
    def row(start: str, end: str | None) -> OnlineRow:
        ended: datetime | None = None if end is None else at(end)
        return OnlineRow(2, NamedPerson(1, None), at(start), ended)

    rows = [
        row("07:00", "08:30"),
        row("07:00", "08:30:01"),
        row("09:59:59", "11:00"),
        row("10:00", "11:00"),
        row("08:29:59", None),
        row("08:30", None),
        row("10:00", None),
    ]
    found = joined(replace(unit(), attendance=(online(*rows),)), ROSTER)
    assert found.online == {1: (rows[1], rows[2], rows[5], rows[6])}


def test_a_source_that_is_silent_says_nothing_of_anybody() -> None:
    assert joined(unit(), ROSTER).punches is None
    assert joined(replace(unit(), attendance=(punches(punch(1, "23:00")),)), ROSTER).punches is None


def test_unplaced_rows_say_whose_they_could_be() -> None:
    file = punches(punch(None, "08:20", "张伟", row=7), punch(99, "08:21", row=8), punch(99, "23:00", row=9))
    found = joined(replace(unit(), attendance=(file,)), ROSTER)
    assert [(item.row, item.reason) for item in found.unplaced] == [
        (7, NotPlaced.AMBIGUOUS_NAME),
        (8, NotPlaced.NOT_ON_ROSTER),
    ]
    assert found.open_numbers(SourceKind.PUNCHES) == {2, 3}
    assert found.open_numbers(SourceKind.ONLINE_LOG) == frozenset()


def test_one_file_under_two_names_counts_once() -> None:
    file = punches(punch(1, "08:20"))
    found = joined(replace(unit(), attendance=(file, replace(file, file="copy.csv"))), ROSTER)
    assert found.punches == {1: file.punches}


def test_checks_are_the_units_from_its_start_to_before_its_end() -> None:
    moments = [at("08:30") - timedelta(seconds=1), at("09:30"), at("08:30"), at("10:00")]
    rows = [SiteCheck(index, moment, 9) for index, moment in enumerate(moments, start=2)]
    assert joined(replace(unit(), attendance=(checks(*rows),)), ROSTER).checks == (rows[2], rows[1])
