"""The parts of a report as values: what the templates read. Built by ``view.py``; no markup, no decision here."""

from dataclasses import dataclass

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.kind_words import Group, KindWords
from lessonproof.evidence.picture_note import Privacy
from lessonproof.evidence.training import RecordingRef
from lessonproof.evidence.verdict import Bilingual, ClauseResult, ClauseStatus, UnitCase, UnitVerdict
from lessonproof.service.reports.charts import CountChart, Strip, TimeAxis
from lessonproof.service.reports.stations import MatrixView


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture; ``data`` and ``privacy`` are ``None`` where it is named and was not handed in, or is not veiled."""

    caption: Bilingual
    data: bytes | None
    privacy: Privacy | None = None


@dataclass(frozen=True, slots=True)
class FindingView:
    """One finding with its words, times and pictures; ``explained``: what was measured, where that can be told."""

    number: int
    finding: Finding
    words: KindWords
    explained: Bilingual | None
    camera: str
    span: str
    wall_span: str | None
    length: Bilingual
    confidence: Bilingual
    measured_from: Bilingual
    detail: tuple[tuple[str, str], ...]
    pictures: tuple[Picture, ...]
    decided: Bilingual


@dataclass(frozen=True, slots=True)
class PeopleView:
    """Head counts of one recording: the chart, the numbers beside it and pictures of what was counted."""

    chart: CountChart
    lowest: int | None
    median: int | None
    highest: int | None
    samples: int
    unknown: int
    has_band: bool
    point: Bilingual | None
    pictures: tuple[Picture, ...] = ()
    privacy: tuple[Bilingual, ...] = ()


@dataclass(frozen=True, slots=True)
class FoundView:
    """A kind that was found: the numbers of its findings, and why there may be more; ``None`` where there is none."""

    name: Bilingual
    numbers: tuple[int, ...]
    unfinished: Bilingual | None


@dataclass(frozen=True, slots=True)
class CheckedView:
    """What a recording was searched for.

    Attributes:
        found: kinds with findings, in the order of the kinds.
        undecided: names of kinds without findings that could not be decided throughout, with the reason they share.
        clean: name of a group, and its kinds that were searched for throughout and not found.
    """

    found: tuple[FoundView, ...]
    undecided: tuple[tuple[Bilingual, Bilingual], ...]
    clean: tuple[tuple[Bilingual, Bilingual], ...]


@dataclass(frozen=True, slots=True)
class RecordingView:
    """One handed-in recording: what was measured, or why nothing was."""

    ref: RecordingRef
    problem: Bilingual | None
    dossier: Dossier | None
    axis: TimeAxis | None
    strip: Strip | None
    lanes: tuple[tuple[Group, Bilingual], ...]
    people: PeopleView | None
    no_people: Bilingual | None
    findings: tuple[FindingView, ...]
    checked: CheckedView | None
    sha256: str | None
    facts: tuple[tuple[Bilingual, str], ...]
    schedule_note: Bilingual | None


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """One piece of evidence of a clause: a link to a finding, a stretch of a recording, or a record."""

    number: int | None
    text: Bilingual


@dataclass(frozen=True, slots=True)
class ClauseView:
    """One clause with its evidence as text."""

    clause: ClauseResult
    evidence: tuple[EvidenceView, ...]
    more_evidence: int


@dataclass(frozen=True, slots=True)
class StatusGroup:
    """The clauses of one status, in the order of the pack."""

    status: ClauseStatus
    name: Bilingual
    meaning: Bilingual
    clauses: tuple[ClauseView, ...]


@dataclass(frozen=True, slots=True)
class ReportView:
    """All of a report."""

    verdict: UnitVerdict
    case: UnitCase
    expected: int
    withdrawn: int
    signed: int | None
    recordings: tuple[RecordingView, ...]
    findings: tuple[FindingView, ...]
    unit_groups: tuple[StatusGroup, ...]
    class_groups: tuple[StatusGroup, ...]
    defaults_used: tuple[str, ...]
    stations: MatrixView | None = None
    privacy: tuple[Bilingual, ...] = ()
    """What was done to the people in the findings' pictures."""
