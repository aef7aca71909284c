"""The judge: every clause of a rule pack over one unit's case, and what that adds up to. Pure and deterministic."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.verdict import (
    Bilingual,
    ClauseResult,
    ClauseStatus,
    EvidenceRef,
    Scope,
    UnitCase,
    UnitVerdict,
    outcome_of,
)
from lessonproof.policy.pack import Clause, RulePack
from lessonproof.policy.packs import draft_refused
from lessonproof.policy.payable import payable_class_hours
from lessonproof.policy.records import settle
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.applies import applies
from lessonproof.policy.rules.base import (
    RuleContext,
    RuleEntry,
    RuleOutcome,
    missing,
    not_applicable,
    not_checked,
    uncertain,
)
from lessonproof.policy.rules.registry import RULES
from lessonproof.policy.rules.suspicions import Standing, spans_en, spans_zh, touching

_LET_THROUGH = frozenset({ClauseStatus.PASS, ClauseStatus.NOT_APPLICABLE})


@dataclass(frozen=True, slots=True)
class _Decided:
    """A clause's result, and what is needed to decide it better."""

    result: ClauseResult
    need: Bilingual | None


def judge(pack: RulePack, case: UnitCase, rules: Mapping[str, RuleEntry[Any]] = RULES) -> UnitVerdict:
    """Decide every clause of ``pack`` over ``case``.

    Args:
        pack: the rules, as :func:`lessonproof.policy.packs.select_pack` gave them.
        case: what was declared and measured.
        rules: the rule library; another one only in tests.

    Raises:
        DocumentError: the pack is a draft that is not switched on, the class is filed under another regulation, or a
            record names a clause that the pack does not have.
    """
    if pack.draft and not pack.switched_on:
        raise draft_refused(pack.pack_id)
    if case.class_file.rule_pack != pack.pack_id:
        filed = case.class_file.rule_pack
        raise DocumentError(
            f"rule_pack: the class is filed under {filed}, not under {pack.pack_id}",
            f"rule_pack：本班按 {filed} 申报，不能用 {pack.pack_id} 判定",
        )
    _refuse_unknown_clauses(pack, case)
    decided = [_decide(pack, clause, case, rules) for clause in pack.clauses]
    clauses = tuple(item.result for item in decided)
    outcome = outcome_of(clauses)
    payable = payable_class_hours(pack, case, outcome)
    dossiers = [case.dossiers[ref.file] for ref in case.unit.recordings if ref.file in case.dossiers]
    stamps = [dossier.pipeline for dossier in dossiers if isinstance(dossier, Dossier)]
    models = [model for stamp in stamps for model in stamp.models]
    models += () if case.photos is None else case.photos.models
    return UnitVerdict(
        class_id=case.class_file.training_class.class_id,
        unit_id=case.unit.unit_id,
        pack=pack.stamp,
        outcome=outcome,
        payable_class_hours=payable.class_hours,
        clauses=clauses,
        needs=(*(() if payable.note is None else (payable.note,)), *_needs(decided)),
        recordings=tuple(dict.fromkeys(d.sha256 for d in dossiers if d.sha256 is not None)),
        documents=_documents(case),
        models=tuple(sorted({f"{model.name} {model.sha256}" for model in models})),
        pipeline_version=", ".join(sorted({stamp.version for stamp in stamps})),
        comparisons=case.comparisons,
    )


def _refuse_unknown_clauses(pack: RulePack, case: UnitCase) -> None:
    """A record of a clause that the pack does not have is a slip that would otherwise be lost without a word."""
    known = {clause.clause_id for clause in pack.clauses}
    for index, item in enumerate(case.class_file.records):
        if item.clause_id not in known:
            raise DocumentError(
                f"records[{index}].clause: got {item.clause_id}, expected a clause of the rule pack {pack.pack_id}",
                f"records[{index}].clause：{item.clause_id} 不是规则包 {pack.pack_id} 的条款",
            )


def _documents(case: UnitCase) -> tuple[str, ...]:
    roster = case.class_file.roster_sha256
    sources = {file.sha256 for unit in case.class_file.training_class.units for file in unit.attendance}
    sources |= {sheet.table_sha256 for sheet in case.unit.sheets if sheet.table_sha256 is not None}
    sources |= set() if case.unit.layout is None else {case.unit.layout.source_sha256}
    sources |= set() if case.photos is None else {facts.sha256 for _, facts in case.photos.read()}
    return (case.class_file.source_sha256, *(() if roster is None else (roster,)), *sorted(sources))


def _decide(pack: RulePack, clause: Clause, case: UnitCase, rules: Mapping[str, RuleEntry[Any]]) -> _Decided:
    """One clause. The one place where any error of a rule is caught: it becomes ``uncertain``, never ``pass``."""
    context = RuleContext(clause.clause_id, pack.terms, pack.touched_by(clause.clause_id))
    try:
        outcome = settle(clause, _machine(clause, case, context, rules), case)
        return _Decided(_result(clause, _with_notes(outcome, case, context)), outcome.need)
    except Exception as error:  # noqa: BLE001 - a faulty rule must cost its own clause and nothing else
        failure = _internal_error(error)
        return _Decided(_result(clause, failure), failure.need)


def _machine(clause: Clause, case: UnitCase, context: RuleContext, rules: Mapping[str, RuleEntry[Any]]) -> RuleOutcome:
    if clause.applies_to:
        meant = applies(clause.applies_to, case)
        if meant is False:
            return not_applicable("本条款不适用于本授课单元", "The clause does not speak of this unit")
        if meant is None:
            return missing(
                "未申报机构类别，无法确定本条款是否适用",
                "The kind of institution is not declared, so whether the clause applies is unknown",
                needs.declaration("机构类别（institution.kind）", "the kind of institution (institution.kind)"),
            )
    if clause.rule is None:
        return not_checked("尚无人记录", "Nobody has recorded this yet")
    outcome = rules[clause.rule.name].run(case, context, clause.rule.parameters)
    if outcome.status is ClauseStatus.FAIL and not outcome.evidence:
        raise ValueError(f"the rule {clause.rule.name} failed a clause without evidence")
    return outcome


def _internal_error(error: Exception) -> RuleOutcome:
    """The error's class only: its message may quote names."""
    name = type(error).__name__
    return uncertain(
        f"内部错误（{name}），未能判定",
        f"Internal error ({name}); not decided",
        needs.operator(),
        open_to_record=False,
    )


def _with_notes(outcome: RuleOutcome, case: UnitCase, context: RuleContext) -> RuleOutcome:
    """Show the findings that touch the clause and that its rule has not named; they change no status."""
    if outcome.status is ClauseStatus.NOT_APPLICABLE or not context.touched_by:
        return outcome
    items = tuple(
        item
        for item in touching(case, context.touched_by, context.default("Q12", "reviewers"))
        if item.standing is not Standing.REJECTED and item.reference() not in outcome.evidence
    )
    if not items:
        return outcome
    reason = Bilingual(
        f"{outcome.reason.zh}；相关发现：{spans_zh(items)}", f"{outcome.reason.en}; also noted: {spans_en(items)}"
    )
    return replace(outcome, reason=reason, evidence=(*outcome.evidence, *(item.reference() for item in items)))


def _result(clause: Clause, outcome: RuleOutcome) -> ClauseResult:
    failed = outcome.status is ClauseStatus.FAIL
    reason = outcome.reason
    if failed and clause.effect is not None:
        reason = Bilingual(f"{reason.zh}（{clause.effect.zh}）", f"{reason.en} ({clause.effect.en})")
    return ClauseResult(
        clause_id=clause.clause_id,
        quote=clause.quote,
        scope=clause.scope,
        status=outcome.status,
        consequences=tuple(code.value for code in clause.consequences) if failed else (),
        reason=reason,
        defaults_used=outcome.defaults_used,
        evidence=_unique(outcome.evidence),
    )


def _unique(evidence: tuple[EvidenceRef, ...]) -> tuple[EvidenceRef, ...]:
    return tuple(dict.fromkeys(evidence))


def _needs(decided: Iterable[_Decided]) -> tuple[Bilingual, ...]:
    """One line per thing that somebody can supply, with the clauses that wait for it; the unit's lines come first."""
    waiting: dict[tuple[bool, str, str], list[str]] = {}
    for item in decided:
        result = item.result
        if result.status in _LET_THROUGH or result.status is ClauseStatus.FAIL:
            continue
        of_class = result.scope is Scope.CLASS
        need = item.need or _to_record(of_class=of_class)
        waiting.setdefault((of_class, need.zh, need.en), []).append(result.clause_id)
    ordered = sorted(waiting.items(), key=lambda entry: entry[0][0])
    return tuple(Bilingual(f"{zh}（{'、'.join(ids)}）", f"{en} ({', '.join(ids)})") for (_, zh, en), ids in ordered)


def _to_record(*, of_class: bool) -> Bilingual:
    if of_class:
        return Bilingual(
            "结报前须由人记录的班级条款（records）",
            "Clauses of the class that people have to record before payout (records)",
        )
    return Bilingual("请审核人员记录以下条款（records）", "A reviewer has to record these clauses (records)")
