"""What a report shows, gathered from a verdict, its case and the pictures; no markup here.

Trainees appear as numbers only. Teacher, attendant and institution are named, since the review compares them.
"""

import json
import statistics
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.findings import Finding
from lessonproof.evidence.headcount import HeadcountSeries
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.kind_words import GROUP_NAMES, KIND_WORDS, Group
from lessonproof.evidence.training import FindingReview, RecordingRef, TeachingUnit
from lessonproof.evidence.verdict import (
    Bilingual,
    ClauseResult,
    EvidenceRef,
    Scope,
    UnitCase,
    UnitVerdict,
)
from lessonproof.policy.rules.suspicions import speaks_of
from lessonproof.service.reports import formats
from lessonproof.service.reports.charts import TimeAxis, count_chart, strip
from lessonproof.service.reports.checked import checked_view
from lessonproof.service.reports.explanations import explained
from lessonproof.service.reports.measured import percent_words
from lessonproof.service.reports.pictured import finding_pictures, pictures_of_counts, privacy_notes
from lessonproof.service.reports.shapes import (
    ClauseView,
    EvidenceView,
    FindingView,
    PeopleView,
    Picture,
    RecordingView,
    ReportView,
    StatusGroup,
)
from lessonproof.service.reports.stations import matrix_view
from lessonproof.service.reports.terms import NO_HEADCOUNT, STATUSES, looked_up, measured_words

MAX_EVIDENCE_SHOWN = 10
"""A clause that rests on more stretches than this names the first ones and how many more stand in verdict.json."""


def report_view(verdict: UnitVerdict, case: UnitCase, pictures: Mapping[str, bytes]) -> ReportView:
    """Gather everything that the report of one unit shows."""
    unit, roster = case.unit, case.class_file.training_class.roster
    expected = len(roster.expected_at(unit.start))
    is_known = bool(unit.sheets) and not any(s.unclear_numbers for s in unit.sheets)
    signed = len(frozenset().union(*(s.signed_numbers for s in unit.sheets))) if is_known else None
    recordings: list[RecordingView] = []
    number = 1
    for ref in unit.recordings:
        view = _recording(ref, case, pictures, first_number=number, roster=expected, signed=signed)
        number += len(view.findings)
        recordings.append(view)
    return ReportView(
        verdict=verdict,
        case=case,
        expected=expected,
        withdrawn=len(roster.trainees) - expected,
        signed=signed,
        recordings=tuple(recordings),
        findings=tuple(finding for view in recordings for finding in view.findings),
        unit_groups=_groups(verdict, Scope.UNIT, recordings),
        class_groups=_groups(verdict, Scope.CLASS, recordings),
        defaults_used=tuple(sorted({q for c in verdict.clauses for q in c.defaults_used}, key=lambda q: (len(q), q))),
        stations=None
        if case.stations is None or not case.stations.rows
        else matrix_view(case.stations, unit.workstations, signed),
        privacy=privacy_notes(p for view in recordings for finding in view.findings for p in finding.pictures),
    )


def _recording(
    ref: RecordingRef,
    case: UnitCase,
    pictures: Mapping[str, bytes],
    *,
    first_number: int,
    roster: int,
    signed: int | None,
) -> RecordingView:
    result = case.dossiers.get(ref.file)
    if not isinstance(result, Dossier):
        return _unread(ref, result)
    axis = TimeAxis(result.duration_ns, ref.started_at)
    findings = tuple(
        _finding(number, finding, ref, pictures, _decided(finding, result.sha256, case.class_file.reviews))
        for number, finding in enumerate(result.findings, start=first_number)
    )
    groups = [group for group in Group if any(f.words.group is group for f in findings)] or [Group.TIMELINE]
    scheduled = _scheduled(case.unit, ref.started_at)
    series = result.headcount
    return RecordingView(
        ref=ref,
        problem=None,
        dossier=result,
        axis=axis,
        strip=strip(
            [(f.number, groups.index(f.words.group), f.finding.interval) for f in findings],
            len(groups),
            axis,
            scheduled,
        ),
        lanes=tuple((group, GROUP_NAMES[group]) for group in groups),
        people=None if series is None else _people(series, axis, roster, signed, pictures_of_counts(result, pictures)),
        no_people=None if result.headcount_reason is None else looked_up(NO_HEADCOUNT, result.headcount_reason),
        findings=findings,
        checked=checked_view(result, first_number),
        sha256=result.sha256,
        facts=_facts(result),
        schedule_note=_schedule_note(scheduled, result.duration_ns),
    )


def _unread(ref: RecordingRef, result: FailedAnalysis | None) -> RecordingView:
    if result is None:
        problem, sha256 = Bilingual("该录像尚未分析。", "This recording has not been analysed yet."), None
    else:
        problem, sha256 = Bilingual(result.zh, result.en), result.sha256
    return RecordingView(ref, problem, None, None, None, (), None, None, (), None, sha256, (), None)


def _decided(finding: Finding, sha256: str, reviews: Sequence[FindingReview]) -> Bilingual:
    """How many people confirmed and rejected a finding; who they are stands in the class file."""
    own = [review for review in reviews if speaks_of(review, finding, sha256)]
    confirming = {name for review in own if review.confirmed for name in review.reviewers}
    rejecting = {name for review in own if not review.confirmed for name in review.reviewers}
    if not own:
        return Bilingual("尚未认定", "not yet")
    return Bilingual(
        f"{len(confirming)} 人认定属实，{len(rejecting)} 人认定不实",
        f"confirmed by {len(confirming)}, rejected by {len(rejecting)}",
    )


def _finding(
    number: int, finding: Finding, ref: RecordingRef, pictures: Mapping[str, bytes], decided: Bilingual
) -> FindingView:
    return FindingView(
        number=number,
        finding=finding,
        words=KIND_WORDS[finding.kind],
        explained=explained(finding),
        camera=ref.camera,
        span=formats.span(finding.interval),
        wall_span=None if ref.started_at is None else formats.wall_span(ref.started_at, finding.interval),
        length=formats.length(finding.interval.length_ns),
        confidence=percent_words(finding.confidence),
        measured_from=measured_words(finding.measured_from),
        detail=tuple((key, json.dumps(value, ensure_ascii=False)) for key, value in finding.detail.items()),
        pictures=finding_pictures(finding, pictures),
        decided=decided,
    )


def _people(
    series: HeadcountSeries, axis: TimeAxis, roster: int, signed: int | None, pictures: tuple[Picture, ...]
) -> PeopleView:
    known = [sample.count for sample in series.samples if sample.count is not None]
    chart = count_chart(series, axis, roster=roster, signed=signed)
    return PeopleView(
        chart=chart,
        lowest=min(known, default=None),
        median=statistics.median_low(known) if known else None,
        highest=max(known, default=None),
        samples=len(series.samples),
        unknown=len(series.samples) - len(known),
        has_band=any(sample.low is not None for sample in series.samples),
        point=None if chart.point_ns is None else formats.length(chart.point_ns),
        pictures=pictures,
        privacy=privacy_notes(pictures),
    )


def _scheduled(unit: TeachingUnit, started_at: datetime | None) -> Interval | None:
    """The scheduled lesson on the recording's time line; ``None`` where the recording's start is not declared.

    What lies before the first picture is cut off, since a recording has no time before it.
    """
    if started_at is None:
        return None
    start_ns, end_ns = ((moment - started_at) // timedelta(microseconds=1) * 1000 for moment in (unit.start, unit.end))
    return Interval(start_ns, end_ns)


def _schedule_note(scheduled: Interval | None, duration_ns: int) -> Bilingual | None:
    if scheduled is None:
        return Bilingual(
            "未申报录像首帧的实际时间，无法与课程表对照。",
            "The wall-clock time of the first picture is not declared, so the timetable cannot be compared.",
        )
    inside = scheduled.intersect(Interval(0, duration_ns))
    covered, planned = formats.length(0 if inside is None else inside.length_ns), formats.length(scheduled.length_ns)
    if inside is None:
        return Bilingual("录像不在课程表的时间之内。", "The recording lies outside the scheduled time.")
    return Bilingual(
        f"录像的起止时间覆盖计划的 {planned.zh}中的 {covered.zh}（按申报的首帧时间）。",
        f"First to last picture spans {covered.en} of the scheduled {planned.en} (by the declared start).",
    )


def _facts(dossier: Dossier) -> tuple[tuple[Bilingual, str], ...]:
    video = dossier.video
    settings = ", ".join(f"{name}={value}" for name, value in sorted(dossier.pipeline.settings.items())) or "–"
    stages = ", ".join(f"{name} {version}" for name, version in sorted(dossier.pipeline.stages.items())) or "–"
    tools = ", ".join(f"{name} {version}" for name, version in sorted(dossier.pipeline.tools.items())) or "–"
    models = ", ".join(f"{model.name} sha256:{model.sha256}" for model in dossier.pipeline.models) or "–"
    sound = "✓" if dossier.has_audio else "✗"
    return (
        (Bilingual("时长", "Duration"), formats.clock(dossier.duration_ns)),
        (Bilingual("大小", "Size"), formats.size(dossier.size_bytes)),
        (Bilingual("格式", "Format"), f"{video.container} / {video.codec}, {video.width_px}×{video.height_px}"),
        (Bilingual("声音", "Sound"), sound),
        (Bilingual("写入程序", "Writing application"), video.muxer or "–"),
        (Bilingual("分析环节", "Stages"), stages),
        (Bilingual("设置", "Settings"), settings),
        (Bilingual("解码工具", "Decoders"), tools),
        (Bilingual("模型", "Models"), models),
    )


def _groups(verdict: UnitVerdict, scope: Scope, recordings: Sequence[RecordingView]) -> tuple[StatusGroup, ...]:
    found = []
    for status, (name, meaning) in STATUSES.items():
        clauses = [c for c in verdict.clauses if c.scope is scope and c.status is status]
        if clauses:
            views = tuple(_clause(clause, recordings) for clause in clauses)
            found.append(StatusGroup(status, name, meaning, views))
    return tuple(found)


def _clause(clause: ClauseResult, recordings: Sequence[RecordingView]) -> ClauseView:
    shown = clause.evidence[:MAX_EVIDENCE_SHOWN]
    return ClauseView(clause, tuple(_evidence(e, recordings) for e in shown), len(clause.evidence) - len(shown))


def _evidence(reference: EvidenceRef, recordings: Sequence[RecordingView]) -> EvidenceView:
    """A link where the evidence is a finding of this report, else a stretch or a record in words."""
    if reference.recording_sha256 is None:
        name = Bilingual("", "") if reference.finding is None else KIND_WORDS[reference.finding].name
        return EvidenceView(
            None,
            Bilingual(
                f"班级文件 {reference.record} {name.zh}".strip(), f"class file {reference.record} {name.en}".strip()
            ),
        )
    view = next((r for r in recordings if r.sha256 == reference.recording_sha256), None)
    place = reference.recording_sha256[:12] if view is None else view.ref.camera
    for finding in () if view is None else view.findings:
        is_same_place = reference.interval is None or finding.finding.interval == reference.interval
        if finding.finding.kind is reference.finding and is_same_place:
            name = finding.words.name
            return EvidenceView(finding.number, Bilingual(f"{name.zh} {finding.span}", f"{name.en} {finding.span}"))
    stretch = Bilingual("全程", "whole recording")
    if reference.interval is not None:
        stretch = Bilingual(formats.span(reference.interval), formats.span(reference.interval))
    kind = Bilingual("", "") if reference.finding is None else KIND_WORDS[reference.finding].name
    return EvidenceView(
        None,
        Bilingual(
            f"录像（{place}）{stretch.zh} {kind.zh}".strip(), f"recording ({place}) {stretch.en} {kind.en}".strip()
        ),
    )
