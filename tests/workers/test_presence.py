"""Findings of a unit's people stand on the recording that shows them, and the stored dossier stays as it is."""

from dataclasses import replace

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.verdict import UnitCase
from lessonproof.workers.presence import with_presence
from tests.policy.cases import FAILED, case, clause, dossier, headcount, measured, unit

K = FindingKind


def sparse() -> UnitCase:
    """Ten signed; two people in view through the lesson, whose recording begins 5 minutes before it."""
    bare = dossier(people=headcount(2), checked=frozenset())
    return measured(case(), bare)


def told(of: UnitCase) -> Dossier:
    (found,) = of.dossiers.values()
    assert isinstance(found, Dossier)
    return found


def test_low_count_is_told_on_the_recordings_own_time() -> None:
    before = sparse()
    after = told(with_presence(before))
    (finding,) = after.findings
    assert finding.kind is K.LOW_COUNT
    assert (finding.interval.start_s, finding.interval.end_s) == (300, 300 + 90 * 60)
    assert {K.LOW_COUNT.value, K.HIGH_COUNT.value} <= after.checked
    assert told(before).findings == ()


def test_a_unit_whose_recording_cannot_be_read_stays_as_it_is() -> None:
    of = measured(case(), FAILED)
    assert with_presence(of).dossiers == of.dossiers


def test_counts_without_end_leave_kinds_undecided() -> None:
    samples = (FrameCount(0, 3, 2, 4),)
    of = measured(case(), dossier(people=HeadcountSeries(samples, "m", NS_PER_S), checked=frozenset()))
    assert told(with_presence(of)).checked == frozenset()


def test_the_attendance_rate_names_that_fewer_are_in_view_than_signed() -> None:
    filed = case("NK", unit())
    assert K.LOW_COUNT.value not in clause(with_presence(filed), "NK-6.2.4b").reason.en
    few = with_presence(measured(filed, dossier(people=headcount(2))))
    result = clause(few, "NK-6.2.4b")
    assert "also noted: low_count 300-5700 s" in result.reason.en
    assert any(reference.finding is K.LOW_COUNT for reference in result.evidence)


def test_a_recording_of_another_time_does_not_carry_the_finding() -> None:
    of = sparse()
    late = replace(of.unit.recordings[0], started_at=None)
    unplaced = replace(of, unit=replace(of.unit, recordings=(late,)))
    assert told(with_presence(unplaced)).findings == ()
