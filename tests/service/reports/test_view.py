from dataclasses import replace

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import FindingReview
from lessonproof.evidence.verdict import (
    Bilingual,
    ClauseResult,
    ClauseStatus,
    EvidenceRef,
    Scope,
    UnitCase,
    UnitVerdict,
)
from lessonproof.service.reports.shapes import ClauseView
from lessonproof.service.reports.view import MAX_EVIDENCE_SHOWN, report_view

SHA = "ab" * 32


def _with_clause(verdict: UnitVerdict, *evidence: EvidenceRef) -> UnitVerdict:
    reason = Bilingual("理由", "reason")
    clause = ClauseResult("NK-0", "原文", Scope.UNIT, ClauseStatus.FAIL, ("WARN",), reason, ("Q10", "Q9"), evidence)
    return replace(verdict, clauses=(clause,))


def _clause(case: UnitCase, verdict: UnitVerdict, *evidence: EvidenceRef) -> ClauseView:
    return report_view(_with_clause(verdict, *evidence), case, {}).unit_groups[0].clauses[0]


def test_findings_are_numbered_through_all_recordings(case: UnitCase, verdict: UnitVerdict, dossier: Dossier) -> None:
    both = replace(case, dossiers={ref.file: dossier for ref in case.unit.recordings})
    view = report_view(verdict, both, {})
    assert [finding.number for finding in view.findings] == list(range(1, 11))
    assert [finding.camera for finding in view.findings][4:6] == ["车间东侧", "车间西侧"]


def test_a_recording_that_could_not_be_read_says_why(case: UnitCase, verdict: UnitVerdict) -> None:
    readable, unreadable = report_view(verdict, case, {}).recordings
    assert readable.problem is None
    assert unreadable.problem == Bilingual(
        "recordings/P1-west.mp4：无法打开", "recordings/P1-west.mp4: cannot be opened"
    )
    not_yet = report_view(verdict, replace(case, dossiers={}), {}).recordings[0]
    assert not_yet.problem is not None
    assert "not been analysed" in not_yet.problem.en


def test_evidence_links_to_its_finding(case: UnitCase, verdict: UnitVerdict, dossier: Dossier) -> None:
    cut = dossier.findings[0]
    shown = _clause(
        case,
        verdict,
        EvidenceRef(SHA, cut.interval, cut.kind),
        EvidenceRef(SHA, None, FindingKind.FREEZE),
        EvidenceRef(SHA),
        EvidenceRef("00" * 32, cut.interval),
        EvidenceRef(record="units[P1].sheets[0]"),
    ).evidence
    assert [item.number for item in shown] == [1, 2, None, None, None]
    assert [item.text.en for item in shown] == [
        "Suspected cut 0:20:01.24 – 0:20:01.28",
        "Frozen picture 0:50:00.00 – 0:50:45.50",
        "recording (车间东侧) whole recording",
        "recording (000000000000) 0:20:01.24 – 0:20:01.28",
        "class file units[P1].sheets[0]",
    ]


def test_much_evidence_is_cut_off_and_the_rest_counted(case: UnitCase, verdict: UnitVerdict) -> None:
    shown = _clause(case, verdict, *(EvidenceRef(record=f"records[{i}]") for i in range(25)))
    assert len(shown.evidence) == MAX_EVIDENCE_SHOWN
    assert shown.more_evidence == 25 - MAX_EVIDENCE_SHOWN


def test_defaults_are_listed_in_the_order_of_their_numbers(case: UnitCase, verdict: UnitVerdict) -> None:
    changed = _with_clause(verdict, EvidenceRef(record="x"))
    assert report_view(changed, case, {}).defaults_used == ("Q9", "Q10")


def test_decisions_of_people_are_counted(case: UnitCase, verdict: UnitVerdict) -> None:
    reviews = (
        FindingReview(SHA, "cut", 1201.24, confirmed=True, reviewers=("甲", "乙")),
        FindingReview(SHA, "cut", 1201.24, confirmed=False, reviewers=("丙",)),
    )
    reviewed = replace(case, class_file=replace(case.class_file, reviews=reviews))
    cut, freeze, *_ = report_view(verdict, reviewed, {}).findings
    assert cut.decided == Bilingual("2 人认定属实，1 人认定不实", "confirmed by 2, rejected by 1")
    assert freeze.decided == Bilingual("尚未认定", "not yet")


def test_without_a_declared_start_nothing_is_said_of_the_time_of_day(
    case: UnitCase, verdict: UnitVerdict, dossier: Dossier
) -> None:
    ref = replace(case.unit.recordings[0], started_at=None)
    bare = replace(case, unit=replace(case.unit, recordings=(ref,)), dossiers={ref.file: dossier})
    recording = report_view(verdict, bare, {}).recordings[0]
    assert recording.findings[0].wall_span is None
    assert recording.strip is not None
    assert recording.strip.schedule is None
    assert recording.schedule_note is not None
    assert "not declared" in recording.schedule_note.en


def test_people_figures_leave_unknown_samples_out(case: UnitCase, verdict: UnitVerdict, dossier: Dossier) -> None:
    people = report_view(verdict, case, {}).recordings[0].people
    assert people is not None
    assert dossier.headcount is not None
    assert people.unknown == sum(sample.count is None for sample in dossier.headcount.samples) > 0
    assert people.lowest is not None
    assert people.lowest > 0
