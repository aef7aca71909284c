"""What people recorded of a clause, and when their word settles it.

- A clause without a rule is theirs alone: agreeing records decide it, else it is ``not_checked``.
- A clause that a rule left ``not_checked`` or ``uncertain`` may be settled where a person can know it: its kinds hold
  H, W or D; or V or P, and the record says for which unit and what was seen (a note).
- Evidence that can be handed in is not replaced by a word: ``missing``, and recordings that were not read or not placed
  in time, are closed to records (else withholding a bad sheet would pay).
- A rule's ``pass`` that a person contradicts becomes ``uncertain``; a rule's ``fail`` stays, with both shown.
- Suspected findings are decided by reviews (open point Q12) and internal errors by nobody: closed to records as well.
"""

from dataclasses import replace
from typing import Final

from lessonproof.evidence.training import ClauseRecord
from lessonproof.evidence.verdict import Bilingual, ClauseStatus, EvidenceRef, Scope, UnitCase
from lessonproof.policy.pack import Clause, Kind
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import RuleOutcome
from lessonproof.policy.rules.wall_clock import clock_text, epoch_ns

_BY_PERSON: Final = frozenset({Kind.HUMAN, Kind.WORKFLOW, Kind.DOCUMENT})
_BY_EYE: Final = frozenset({Kind.RECORDING, Kind.PHOTOS})


def settle(clause: Clause, outcome: RuleOutcome, case: UnitCase) -> RuleOutcome:
    """Let the records of the class file speak on a clause.

    Args:
        clause: the clause.
        outcome: what its rule said; ``not_checked`` where it has none.
        case: the case, with its records.
    """
    indexed = _latest_by_person(clause, case)
    if not indexed or outcome.status is ClauseStatus.NOT_APPLICABLE:
        return outcome
    evidence = tuple(EvidenceRef(record=f"records[{index}]") for index, _ in indexed)
    records = [item for _, item in indexed]
    if not outcome.open_to_record:
        return _beside(outcome, records, evidence)
    if len({item.holds for item in records}) > 1:
        return _contradicted(outcome, records, evidence, "人工记录相互矛盾", "the records contradict each other")
    if outcome.status in {ClauseStatus.PASS, ClauseStatus.FAIL}:
        return _beside_machine(outcome, records, evidence)
    usable = [item for item in records if _may_settle(clause, item)]
    if not usable:
        return _beside(outcome, records, evidence)
    return _settled(clause, outcome, usable, evidence)


def _latest_by_person(clause: Clause, case: UnitCase) -> list[tuple[int, ClauseRecord]]:
    """Each person's latest record of the clause, in the order of the class file; a person may correct themself."""
    latest: dict[str, tuple[int, ClauseRecord]] = {}
    for index, item in enumerate(case.class_file.records):
        speaks = item.clause_id == clause.clause_id and item.unit_id in {None, case.unit.unit_id}
        known = latest.get(item.by)
        if speaks and (known is None or epoch_ns(item.at) >= epoch_ns(known[1].at)):
            latest[item.by] = (index, item)
    return sorted(latest.values(), key=lambda pair: pair[0])


def _may_settle(clause: Clause, item: ClauseRecord) -> bool:
    kinds = set(clause.kinds)
    if clause.rule is None or kinds & _BY_PERSON:
        return True
    watched = item.note.strip() != "" and (clause.scope is Scope.CLASS or item.unit_id is not None)
    return bool(kinds & _BY_EYE) and watched


def _settled(
    clause: Clause, outcome: RuleOutcome, records: list[ClauseRecord], evidence: tuple[EvidenceRef, ...]
) -> RuleOutcome:
    holds = records[0].holds
    zh, en = _said(records)
    machine_zh, machine_en = "", ""
    if clause.rule is not None:
        machine_zh, machine_en = f"；机器判定：{outcome.reason.zh}", f"; the machine: {outcome.reason.en}"
    return RuleOutcome(
        status=ClauseStatus.PASS if holds else ClauseStatus.FAIL,
        reason=Bilingual(f"{zh}{machine_zh}", f"{en}{machine_en}"),
        evidence=(*evidence, *outcome.evidence),
        defaults_used=outcome.defaults_used,
    )


def _beside_machine(
    outcome: RuleOutcome, records: list[ClauseRecord], evidence: tuple[EvidenceRef, ...]
) -> RuleOutcome:
    if outcome.status is ClauseStatus.PASS and not records[0].holds:
        return _contradicted(outcome, records, evidence, "与机器判定不一致", "against the machine")
    return _beside(outcome, records, evidence)


def _beside(outcome: RuleOutcome, records: list[ClauseRecord], evidence: tuple[EvidenceRef, ...]) -> RuleOutcome:
    """Show what people recorded and change nothing."""
    zh, en = _said(records)
    reason = Bilingual(f"{outcome.reason.zh}；{zh}", f"{outcome.reason.en}; {en}")
    return replace(outcome, reason=reason, evidence=(*outcome.evidence, *evidence))


def _contradicted(
    outcome: RuleOutcome, records: list[ClauseRecord], evidence: tuple[EvidenceRef, ...], zh: str, en: str
) -> RuleOutcome:
    if outcome.status is ClauseStatus.FAIL:
        return _beside(outcome, records, evidence)
    said_zh, said_en = _said(records)
    return RuleOutcome(
        status=ClauseStatus.UNCERTAIN,
        reason=Bilingual(
            f"{said_zh}，{zh}；机器判定：{outcome.reason.zh}", f"{said_en}: {en}; the machine: {outcome.reason.en}"
        ),
        evidence=(*outcome.evidence, *evidence),
        defaults_used=outcome.defaults_used,
        need=needs.reviewer_records(),
    )


def _said(records: list[ClauseRecord]) -> tuple[str, str]:
    """Who recorded what, when, and what was seen."""
    zh, en = [], []
    for item in records:
        who, note = f"{item.by} {clock_text(item.at)}", item.note.strip()
        zh.append(("符合" if item.holds else "不符合") + f"（{who}" + (f"，“{note}”）" if note else "）"))
        en.append(("it holds" if item.holds else "it does not hold") + f" ({who}" + (f", “{note}”)" if note else ")"))
    return f"人工记录：{'、'.join(zh)}", f"Recorded: {', '.join(en)}"
