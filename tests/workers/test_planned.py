"""The timetable beside the burned-in clock: the right date, a wrong one, and a clock that shows none."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from lessonproof.analysis.clock_text import seconds_of
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import SHANGHAI
from lessonproof.workers.planned import with_plan
from tests.policy.cases import dossier, unit

UNIT = unit()


def shows(moment: datetime) -> tuple[int, ...]:
    return (seconds_of(moment.replace(tzinfo=None)),)


def test_a_clock_in_shanghai_time_is_held_against_the_plan_in_any_time_zone() -> None:
    shown = replace(dossier(), shown_start_s=shows(UNIT.start.astimezone(SHANGHAI)))
    elsewhere = replace(UNIT, start=UNIT.start.astimezone(UTC), end=UNIT.end.astimezone(UTC))
    judged = with_plan(shown, elsewhere)
    assert judged.findings == shown.findings
    assert "wrong_date" in judged.checked


def test_another_day_is_told() -> None:
    shown = replace(dossier(), shown_start_s=shows(UNIT.start.astimezone(SHANGHAI) - timedelta(days=3)))
    judged = with_plan(shown, UNIT)
    added = [finding for finding in judged.findings if finding not in shown.findings]
    assert [finding.kind for finding in added] == [FindingKind.WRONG_DATE]
    assert added[0].detail["off_by_s"] == -3 * 86_400


def test_a_clock_without_a_date_leaves_the_dossier_as_it_is() -> None:
    silent = replace(dossier(), unchecked={"wrong_date": "no_clock"})
    assert with_plan(silent, UNIT) == silent
