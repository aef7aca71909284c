from dataclasses import replace
from datetime import timedelta

import pytest

from lessonproof.evidence.attendance import AttendanceFile, NamedPerson, OnlineRow, SiteCheck, SourceKind
from lessonproof.evidence.training import UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.contradictions import (
    Contradiction,
    CountContradiction,
    SideBySide,
    overlapping,
    side_by_side,
    too_fast,
)
from tests.policy.cases import at, case, change, change_class, dossier, headcount, measured, sheet, unit
from tests.policy.test_attended import checks, online, punch, punches


def stretch(
    number: int, start: str, end: str | None, course: str | None = "A", device: str | None = None, **more: float
) -> OnlineRow:
    ended = None if end is None else at(end)
    learned = timedelta(minutes=more["learned"]) if "learned" in more else None
    length = timedelta(minutes=more["length"]) if "length" in more else None
    person = NamedPerson(number, None)
    return OnlineRow(2, person, at(start), ended, learned, more.get("progress"), course, length, device)


def beside(base: UnitCase, *files: AttendanceFile) -> SideBySide:
    return side_by_side(change(base, attendance=files))


def suspected(found: SideBySide) -> dict[int, tuple[Contradiction, ...]]:
    return {row.number: row.contradictions for row in found.trainees if row.contradictions}


def test_signatures_against_punches() -> None:
    base = change(case(), sheets=(replace(sheet(frozenset({1, 2})), unclear_numbers=frozenset({5})),))
    found = beside(base, punches(punch(1, "08:20"), punch(3, "08:21"), punch(5, "08:22")))
    assert suspected(found) == {
        2: (Contradiction.SIGNED_NOT_PUNCHED,),
        3: (Contradiction.PUNCHED_NOT_SIGNED,),
    }
    by_number = {row.number: row for row in found.trainees}
    assert by_number[1].punches == (at("08:20"),)
    assert (by_number[4].signed, by_number[4].punches) == (False, ())
    assert by_number[5].signed is None, "an unclear signature contradicts nobody"


def test_an_ambiguous_row_contradicts_nobody() -> None:
    roster = case().class_file.training_class.roster
    twins = replace(roster, trainees=(*(replace(t, name="张伟") for t in roster.trainees[:2]), *roster.trainees[2:]))
    base = change_class(case(), roster=twins)
    found = beside(base, punches(punch(None, "08:20", "张伟"), *(punch(n, "08:20") for n in range(3, 11))))
    assert suspected(found) == {}
    assert found.trainees[0].punches is None
    assert [item.could_be for item in found.unplaced] == [{1, 2}]


def test_a_silent_source_contradicts_nobody_and_is_named() -> None:
    found = beside(case(), punches(punch(1, "23:00")))
    assert suspected(found) == {}
    assert found.silent == (SourceKind.PUNCHES,)
    assert beside(case(), punches(punch(1, "08:20"))).silent == ()


def test_sheets_that_differ_contradict_nobody() -> None:
    base = change(case(), sheets=(sheet(frozenset({1})), sheet(frozenset({2}))))
    assert suspected(beside(base, punches(punch(9, "08:20")))) == {9: (Contradiction.PUNCHED_NOT_SIGNED,)}
    assert suspected(beside(change(base, sheets=()), punches(punch(9, "08:20")))) == {}


@pytest.mark.parametrize(
    ("second", "place", "told"),
    [
        pytest.param("08:20:59", "B", True, id="another-place-within-a-minute"),
        pytest.param("08:21:00", "B", False, id="a-minute-apart"),
        pytest.param("08:20:59", "A", False, id="one-place"),
        pytest.param("08:20:59", None, False, id="unknown-place"),
    ],
)
def test_two_places(second: str, place: str | None, told: bool) -> None:
    found = beside(case(), punches(punch(1, "08:20:00", place="A"), punch(1, second, place=place)))
    assert (Contradiction.TWO_PLACES in found.trainees[0].contradictions) is told


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        pytest.param(("A", None), ("B", None), True, id="two-courses"),
        pytest.param(("A", "x"), ("A", "y"), True, id="two-devices"),
        pytest.param(("A", "x"), ("A", "x"), False, id="chapters-of-one-login"),
        pytest.param((None, None), ("B", "x"), False, id="unknown"),
    ],
)
def test_overlaps(first: tuple[str | None, str | None], second: tuple[str | None, str | None], told: bool) -> None:
    rows = (stretch(1, "08:30", "09:00", *first), stretch(1, "08:58", "09:30", *second))
    assert bool(overlapping(rows)) is told


def test_an_overlap_of_a_minute_is_rounding() -> None:
    assert not overlapping((stretch(1, "08:30", "09:00", "A"), stretch(1, "08:59:00", "09:30", "B")))
    assert overlapping((stretch(1, "08:30", "09:00", "A"), stretch(1, "08:58:59", "09:30", "B")))
    assert not overlapping((stretch(1, "08:30", "09:00", "A"), stretch(1, "09:30", "09:40", "B")))


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        pytest.param((stretch(1, "08:30", "09:00", learned=31),), 0, id="rounded-up"),
        pytest.param((stretch(1, "08:30", "09:00", learned=31.1),), 1, id="more-than-passed"),
        pytest.param((stretch(1, "08:30", None, learned=500),), 0, id="no-end-nothing-known"),
        pytest.param(
            (stretch(1, "08:30", None, progress=10, length=100), stretch(1, "08:40", None, progress=21, length=100)),
            0,
            id="progress-as-fast-as-the-clock",
        ),
        pytest.param(
            (stretch(1, "08:30", None, progress=10, length=100), stretch(1, "08:40", None, progress=22, length=100)),
            1,
            id="progress-faster-than-the-clock",
        ),
        pytest.param(
            (stretch(1, "08:30", None, "A", progress=0, length=100), stretch(1, "08:31", None, "B", progress=90)),
            0,
            id="two-courses",
        ),
        pytest.param(
            (stretch(1, "08:30", None, progress=0), stretch(1, "08:31", None, progress=90)), 0, id="unknown-length"
        ),
    ],
)
def test_impossible_speed(rows: tuple[OnlineRow, ...], told: int) -> None:
    assert len(too_fast(rows)) == told


def test_online_units_against_signatures() -> None:
    base = change(case(taught=unit(UnitKind.ONLINE)), sheets=(sheet(frozenset({1, 2})),))
    found = beside(
        base, online(stretch(1, "08:00", "09:00"), stretch(1, "08:45", "09:15"), stretch(3, "09:00", None, progress=40))
    )
    assert suspected(found) == {2: (Contradiction.SIGNED_NOT_ONLINE,), 3: (Contradiction.ONLINE_NOT_SIGNED,)}
    assert found.trainees[0].online_s == 45 * 60, "only time inside the unit, overlaps once"
    assert (found.trainees[2].online_s, found.trainees[2].progress_percent) == (0, 40)


def test_learning_online_during_a_lesson_elsewhere() -> None:
    """The log is another unit's; the lesson on the spot is told of it."""
    room, home = unit(), replace(unit(UnitKind.ONLINE, "O1", "19:00", "20:30"))
    log = online(stretch(1, "09:00", "09:30"), stretch(2, "09:59", "19:30"), stretch(3, "19:00", "20:00"))
    base = change_class(case(taught=room), units=(room, replace(home, attendance=(log,))))
    assert suspected(side_by_side(base)) == {1: (Contradiction.ONLINE_DURING_LESSON,)}


def test_an_inspectors_count_beside_signatures_and_recording() -> None:
    base = measured(case(), dossier(people=headcount(11, spread=1)))
    agrees, below = SiteCheck(2, at("09:00"), 10), SiteCheck(3, at("09:30"), 6)
    found = beside(base, checks(agrees, below))
    assert [(row.check, row.signed, row.in_view, row.contradictions) for row in found.checks] == [
        (agrees, (10, 10), (9, 12), ()),
        (below, (10, 10), (9, 12), (CountContradiction.SIGNATURES, CountContradiction.RECORDING)),
    ]


def test_a_recording_without_interval_is_no_comparison() -> None:
    base = measured(change(case(), sheets=()), dossier(people=headcount(11, spread=None)))
    (row,) = beside(base, checks(SiteCheck(2, at("09:00"), 3))).checks
    assert (row.signed, row.in_view, row.contradictions) == (None, None, ())


@pytest.mark.parametrize(("people", "told"), [(9, False), (8, True)])
def test_more_signed_than_ever_seen(people: int, told: bool) -> None:
    found = beside(measured(case(), dossier(people=headcount(people, spread=1))), checks())
    assert (found.more_signed_than_seen, found.most_in_view) == (told, people + 1)
