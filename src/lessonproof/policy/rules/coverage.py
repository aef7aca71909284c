"""The rule that a lesson is recorded throughout (SX-3.1.7, NK-6.1.1, NK-6.1.2), with open point Q6."""

from typing import Final

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import NS_PER_S, Interval, total_ns
from lessonproof.evidence.verdict import Bilingual, EvidenceRef, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import no_recording, not_read
from lessonproof.policy.rules.base import (
    Parameters,
    RuleContext,
    RuleOutcome,
    failed,
    passed,
    uncertain,
)
from lessonproof.policy.rules.presented import Presentation, Reading, Shortfall, present
from lessonproof.policy.rules.suspicions import unchecked, unchecked_words
from lessonproof.policy.rules.wall_clock import clock_text_ns, seconds_text

_WHOLE_FILE: Final = frozenset({FindingKind.MISSING_RECORDING, FindingKind.SHORT_RECORDING})
"""Kinds that speak of time outside a recording; nothing of its own time is taken out for them."""


class CoverageParameters(Parameters):
    """Settings of :func:`recorded_throughout`. ``checks``: findings that must have been searched for."""

    checks: tuple[FindingKind, ...]

    def uses(self) -> frozenset[str]:
        """Edge tolerance; reviewers for suspected stretches."""
        return frozenset({"Q6.edge_tolerance_s", "Q12.reviewers"})


def recorded_throughout(case: UnitCase, context: RuleContext, parameters: CoverageParameters) -> RuleOutcome:
    """The recordings present the whole lesson without a hole.

    Late start plus early end up to 120 s are reported, not failed; a hole inside fails from the first nanosecond on.
    """
    if not case.unit.recordings:
        return no_recording(case)
    tolerance_ns = context.default("Q6", "edge_tolerance_s") * NS_PER_S
    shown = present(
        case, Reading(context.touched_by - _WHOLE_FILE, parameters.checks, context.default("Q12", "reviewers"))
    )
    if shown.cannot_suffice(tolerance_ns):
        return _not_throughout(case, shown)
    short = shown.shortfall(shown.solid())
    if short.tolerable(tolerance_ns):
        return _throughout(shown, short)
    return _undecided(case, parameters, shown)


def _throughout(shown: Presentation, short: Shortfall) -> RuleOutcome:
    evidence = tuple(EvidenceRef(placed.sha256) for placed in shown.placed)
    window = _window_text(shown.window)
    if short.edge_ns == 0:
        return passed(
            f"录像按申报的起始时间完整覆盖 {window}",
            f"By its declared start the recording presents all of {window}",
            evidence,
        )
    lost = seconds_text(short.edge_ns)
    return passed(
        f"录像覆盖 {window}，迟开和早结合计 {lost} 秒，按默认规则仅作提示",
        f"The recording presents {window}; late start and early end come to {lost} s, reported by default, not failed",
        evidence,
        ("Q6",),
    )


def _not_throughout(case: UnitCase, shown: Presentation) -> RuleOutcome:
    everywhere = EvidenceRef(record=f"units[{case.unit.unit_id}].recordings")
    if shown.unplaced:
        at_best_ns = total_ns(shown.hopeful()) + shown.unplaced_ns
        lesson, at_best = seconds_text(shown.window.length_ns), seconds_text(at_best_ns)
        return failed(
            f"录像总共只有 {at_best} 秒，无论起始时间如何都不能覆盖 {lesson} 秒的课程",
            f"The recordings present {at_best} s in all, which cannot cover a lesson of {lesson} s wherever they begin",
            (everywhere,),
            ("Q6",),
        )
    short = shown.shortfall(shown.hopeful())
    zh, en = _shortfall_text(short)
    by_default = ("Q6",) if not short.holes else ()
    return failed(
        f"录像未完整覆盖 {_window_text(shown.window)}：{zh}",
        f"The recording does not present all of {_window_text(shown.window)}: {en}",
        (*_explained(shown, (*short.edges, *short.holes)), everywhere),
        by_default,
    )


def _explained(shown: Presentation, absent: tuple[Interval, ...]) -> tuple[EvidenceRef, ...]:
    """The findings that took the absent stretches out; a recording that just ends is its own evidence."""
    found = {
        reference: None
        for placed in shown.placed
        for window, reference in placed.taken_out
        if any(window.intersect(hole) for hole in absent)
    }
    short = {EvidenceRef(placed.sha256, finding=FindingKind.SHORT_RECORDING): None for placed in shown.placed}
    return tuple(found) or tuple(short)


def _shortfall_text(short: Shortfall) -> tuple[str, str]:
    zh, en = [], []
    if short.holes:
        listed = ", ".join(_window_text(hole) for hole in short.holes[:5])
        missing_s = seconds_text(total_ns(short.holes))
        zh.append(f"中间缺 {len(short.holes)} 处共 {missing_s} 秒（{listed}）")
        en.append(f"holes inside: {len(short.holes)}, {missing_s} s in all ({listed})")
    if short.edge_ns:
        zh.append(f"迟开和早结合计 {seconds_text(short.edge_ns)} 秒")
        en.append(f"late start and early end come to {seconds_text(short.edge_ns)} s")
    return "；".join(zh), "; ".join(en)


def _undecided(case: UnitCase, parameters: CoverageParameters, shown: Presentation) -> RuleOutcome:
    """Name the first thing that stands in the way; it is also what has to be supplied first."""
    suspected = tuple(
        reference
        for placed in shown.placed
        for window, reference in placed.suspected
        if window.intersect(shown.window) is not None
    )
    unsearched = unchecked(case, parameters.checks)
    if suspected:
        reason = Bilingual(
            "画面有疑似黑屏、遮挡或静止的时段，待认定是否算作已录制",
            "Stretches look black, covered or frozen; whether they count as recorded is to be decided",
        )
        need = needs.review_findings()
    elif shown.unread:
        return not_read(case, shown.unread)
    elif shown.unplaced:
        reason = Bilingual(
            "未申报录像首帧的实际时间，无法与课程表对照",
            "The wall-clock time of the first frame is not declared, so the recording cannot be laid on the timetable",
        )
        need = needs.started_at(shown.unplaced)
    else:
        words = unchecked_words(case, unsearched)
        reason = Bilingual(f"未能全程检查：{words.zh}", f"Not searched for throughout: {words.en}")
        need = needs.search(unsearched)
    evidence = (*suspected, EvidenceRef(record=f"units[{case.unit.unit_id}].recordings"))
    # A search that this version lacks is the one gap that somebody who watched the recording can fill.
    searched_only = not suspected and not shown.unplaced
    by_default = ("Q12",) if suspected else ()
    return uncertain(reason.zh, reason.en, need, evidence, by_default, open_to_record=searched_only)


def _window_text(window: Interval) -> str:
    return f"{clock_text_ns(window.start_ns)} - {clock_text_ns(window.end_ns)[-8:]}"
