"""Cases for the policy tests: one class in good order, to be spoiled piece by piece."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, Final

from lessonproof.evidence.dossier import Dossier, FailedAnalysis, ModelStamp, PipelineStamp, VideoFacts
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.headcount import FrameCount, HeadcountSeries
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.training import (
    SHANGHAI,
    ClassFile,
    ClassType,
    ClauseRecord,
    Document,
    FindingReview,
    Institution,
    InstitutionKind,
    RecordingRef,
    Roster,
    SignInSheet,
    TeachingUnit,
    Trainee,
    TrainingClass,
    UnitKind,
)
from lessonproof.evidence.verdict import ClauseResult, ClauseStatus, UnitCase, UnitVerdict
from lessonproof.policy.judge import judge
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import load_packs, select_pack

DAY: Final = date(2024, 9, 2)
PACKS: Final = load_packs()
SX: Final = select_pack(PACKS, "SX", DAY, frozenset({"SX"}))
NK: Final = select_pack(PACKS, "NK", DAY)
BY_ID: Final[Mapping[str, RulePack]] = {"SX": SX, "NK": NK}

PASS, FAIL = ClauseStatus.PASS, ClauseStatus.FAIL
UNCERTAIN, MISSING = ClauseStatus.UNCERTAIN, ClauseStatus.MISSING
NOT_APPLICABLE, NOT_CHECKED = ClauseStatus.NOT_APPLICABLE, ClauseStatus.NOT_CHECKED
LET_THROUGH: Final = frozenset({PASS, NOT_APPLICABLE})

CLASS_PAPERS: Final = [
    "agreement",
    "attendance",
    "claim_form",
    "claimed_persons",
    "class_contract",
    "entitlement_proofs",
    "exam_results",
    "feedback_form",
    "id_copies",
    "opening_application",
    "pledge",
    "purchase_contract",
    "receipts",
    "registration_forms",
    "roster",
    "teacher_certificates",
    "teacher_list",
    "teaching_plan",
    "textbook_list",
    "timetable",
    "trainee_table",
    "training_confirmations",
    "venue_lease",
    "venue_photos",
]
UNIT_PAPERS: Final = ("practical_record_sheet", "practical_photos", "online_learning_log")


def at(clock: str, day: date = DAY) -> datetime:
    """``at("08:30:00.5")`` on the class's day, Asia/Shanghai."""
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=SHANGHAI)


def sheet(signed: frozenset[int] = frozenset(range(1, 11)), *, start: str = "08:30", end: str = "10:00") -> SignInSheet:
    return SignInSheet(
        signed_numbers=signed,
        teacher_signed=True,
        signed_at=at(start) - timedelta(minutes=5),
        declared_start=at(start),
        declared_end=at(end),
        stamped=True,
        class_number="C1",
    )


def unit(
    kind: UnitKind = UnitKind.THEORY, unit_id: str = "T1", start: str = "08:30", end: str = "10:00"
) -> TeachingUnit:
    """A unit of 90 minutes in good order, with one camera that runs from 5 minutes before to 5 minutes after."""
    room = "Workshop 1" if kind is UnitKind.PRACTICAL else "Room 1"
    return TeachingUnit(
        unit_id=unit_id,
        kind=kind,
        start=at(start),
        end=at(end),
        teacher="Teacher A",
        venue=room,
        topic="Welding",
        class_hours=2,
        recordings=(RecordingRef(f"{unit_id}.mp4", "front", at(start) - timedelta(minutes=5)),),
        sheets=(sheet(start=start, end=end),),
        held_start=at(start),
        held_end=at(end),
        held_teacher="Teacher A",
        held_venue=room,
        declared_staff=1,
        safety_education=True,
        workstations=10,
    )


def class_file(
    pack_id: str,
    units: tuple[TeachingUnit, ...],
    kind: InstitutionKind | None = InstitutionKind.PRIVATE,
    trainees: int = 10,
) -> ClassFile:
    papers = [Document(paper) for paper in CLASS_PAPERS]
    papers += [Document(paper, unit_id=u.unit_id) for paper in UNIT_PAPERS for u in units]
    return ClassFile(
        rule_pack=pack_id,
        institution=Institution("A school", kind, ("Room 1", "Workshop 1")),
        training_class=TrainingClass(
            class_id="C1",
            class_type=ClassType.SKILL_UPGRADING,
            occupation="Welder",
            level="4",
            opened_on=DAY,
            attendant="An attendant",
            roster=Roster(tuple(Trainee(number, f"Trainee {number}") for number in range(1, trainees + 1))),
            units=units,
            filed_teachers=("Teacher A",),
            enterprise_staff=True,
        ),
        source_sha256="c" * 64,
        documents=tuple(papers),
    )


def headcount(count: int | None = 11, *, spread: int | None = 1, minutes: int = 100) -> HeadcountSeries:
    low = None if count is None or spread is None else max(0, count - spread)
    high = None if count is None or spread is None else count + spread
    samples = tuple(FrameCount(second * NS_PER_S, count, low, high) for second in range(0, minutes * 60, 10))
    return HeadcountSeries(samples, "a-detector", 10 * NS_PER_S)


def dossier(
    *findings: Finding,
    sha256: str = "a" * 64,
    minutes: float = 100,
    people: HeadcountSeries | None = None,
    has_audio: bool = True,
    checked: frozenset[str] | None = None,
) -> Dossier:
    """A recording of 100 minutes in which everything was searched for and nothing found."""
    return Dossier(
        sha256=sha256,
        size_bytes=1,
        duration_ns=round(minutes * 60 * NS_PER_S),
        video=VideoFacts("mp4", "h264", 1280, 720, 150_000, 3_000),
        has_audio=has_audio,
        findings=findings,
        headcount=headcount() if people is None else people,
        headcount_reason=None,
        checked=frozenset(kind.value for kind in FindingKind) if checked is None else checked,
        pipeline=PipelineStamp("0.1.0", {"index": "1"}, (ModelStamp("a-detector", "d" * 64),)),
    )


def without_people(found: Dossier, reason: str = "no_weights") -> Dossier:
    return replace(found, headcount=None, headcount_reason=reason)


FAILED: Final = FailedAnalysis(
    "a" * 64, 1, "index_missing", "the recorder never closed the file", "录像文件没有正常关闭"
)


def finding(kind: FindingKind, start_s: float, end_s: float) -> Finding:
    interval = Interval(round(start_s * NS_PER_S), round(end_s * NS_PER_S))
    return Finding(kind, interval, 0.9, Severity.WARNING, "packets")


def review(kind: FindingKind, start_s: float, *reviewers: str, confirmed: bool) -> FindingReview:
    return FindingReview("a" * 64, kind.value, start_s, confirmed, reviewers)


def said(
    clause_id: str, *, holds: bool = True, unit_id: str | None = "T1", by: str = "R1", note: str = "seen"
) -> ClauseRecord:
    return ClauseRecord(clause_id, unit_id, holds, by, at("20:00"), note)


def case(
    pack_id: str = "SX", taught: TeachingUnit | None = None, measured: Dossier | FailedAnalysis | None = None
) -> UnitCase:
    """A unit in good order with its analysed recording."""
    taught = unit() if taught is None else taught
    file = taught.recordings[0].file if taught.recordings else ""
    dossiers = {file: dossier() if measured is None else measured} if file else {}
    return UnitCase(class_file(pack_id, (taught,)), taught, dossiers)


def change(base: UnitCase, **fields: Any) -> UnitCase:
    """The same case with fields of its unit changed."""
    taught = replace(base.unit, **fields)
    training_class = base.class_file.training_class
    units = tuple(taught if u.unit_id == base.unit.unit_id else u for u in training_class.units)
    return replace(
        base, unit=taught, class_file=replace(base.class_file, training_class=replace(training_class, units=units))
    )


def change_class(base: UnitCase, **fields: Any) -> UnitCase:
    """The same case with fields of its class changed."""
    training_class = replace(base.class_file.training_class, **fields)
    return replace(base, class_file=replace(base.class_file, training_class=training_class))


def change_file(base: UnitCase, **fields: Any) -> UnitCase:
    """The same case with fields of its class file changed."""
    return replace(base, class_file=replace(base.class_file, **fields))


def change_institution(base: UnitCase, **fields: Any) -> UnitCase:
    """The same case with fields of its institution changed."""
    return change_file(base, institution=replace(base.class_file.institution, **fields))


def measured(base: UnitCase, *results: Dossier | FailedAnalysis) -> UnitCase:
    """The same case with other results for its recordings, in their order; fewer results leave the rest unanalysed."""
    files = [ref.file for ref in base.unit.recordings]
    return replace(base, dossiers=dict(zip(files, results, strict=False)))


def verdict(of: UnitCase) -> UnitVerdict:
    return judge(BY_ID[of.class_file.rule_pack], of)


def clause(of: UnitCase, clause_id: str) -> ClauseResult:
    (found,) = [item for item in verdict(of).clauses if item.clause_id == clause_id]
    return found


def status(of: UnitCase, clause_id: str) -> ClauseStatus:
    return clause(of, clause_id).status
