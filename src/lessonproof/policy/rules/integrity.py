"""Rules on the recording as evidence: that it is there, and that nobody has tampered with it (open point Q12)."""

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.verdict import EvidenceRef, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import not_read
from lessonproof.policy.rules.applies import AppliesTo, applies
from lessonproof.policy.rules.base import (
    NoParameters,
    Parameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.suspicions import (
    Standing,
    Touching,
    analysed,
    spans_en,
    spans_zh,
    touching,
    unchecked,
    unchecked_words,
    unread_files,
)
from lessonproof.policy.rules.words import findings_zh


class IntegrityParameters(Parameters):
    """Settings of :func:`recording_genuine`.

    Attributes:
        checks: findings that must have been searched for throughout before their absence counts.
        demanded: cases whose recording is demanded, so that its absence fails; left out: every case.
    """

    checks: tuple[FindingKind, ...]
    demanded: tuple[AppliesTo, ...] = (AppliesTo(),)

    def uses(self) -> frozenset[str]:
        """Reviewers that confirm."""
        return frozenset({"Q12.reviewers"})


def recording_joined(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The unit has a recording in the claim (SX-A5.4). A join of the ledger: whether it can be read is SX-5.1.5's."""
    path = f"units[{case.unit.unit_id}].recordings"
    if not case.unit.recordings:
        return _no_recording(case)
    return passed(
        f"授课单元已附 {len(case.unit.recordings)} 份录像",
        f"The unit comes with its recordings ({len(case.unit.recordings)})",
        record(path),
    )


def recording_genuine(case: UnitCase, context: RuleContext, parameters: IntegrityParameters) -> RuleOutcome:
    """The recording exists and is genuine (SX-5.1.5, NK-6.2.2e).

    A missing recording fails plainly. A finding of tampering is suspected until two different reviewers confirm it;
    silence counts only of what was searched for throughout the recording.
    """
    if not case.unit.recordings:
        return _absent(case, parameters)
    items = touching(case, context.touched_by, context.default("Q12", "reviewers"))
    confirmed = tuple(item for item in items if item.standing is Standing.CONFIRMED)
    if confirmed:
        return failed(
            f"经两名审核人员认定：{spans_zh(confirmed)}；处理前仍须听取机构答复或等待答复期满",
            f"Confirmed by two reviewers: {spans_en(confirmed)}; consequences wait for the institution's answer or "
            "its expired deadline",
            (*(item.reference() for item in confirmed), *record("reviews")),
            ("Q12",),
        )
    suspected = tuple(item for item in items if item.standing is Standing.OPEN)
    if suspected or (shared := _handed_in_twice(case)):
        return _suspected(case, suspected) if suspected else _shared(case, shared)
    return _unfinished(case, parameters) or _genuine(case, parameters, items)


def _absent(case: UnitCase, parameters: IntegrityParameters) -> RuleOutcome:
    demanded = applies(parameters.demanded, case)
    if demanded:
        return _no_recording(case)
    # Not demanded, or unknown whether. Calling it "not applicable" would reward whoever withholds a recording with a
    # finding in it, so a person has to record that none was to be handed in.
    return missing(
        "没有录像；条款是否要求本单元录像，由人记录",
        "There is no recording; whether one was to be handed in for this unit, a person has to record",
        needs.reviewer_records(),
        open_to_record=demanded is False,
    )


def _no_recording(case: UnitCase) -> RuleOutcome:
    return failed(
        f"授课单元 {case.unit.unit_id} 没有提供录像",
        f"No recording was handed in for unit {case.unit.unit_id}",
        (EvidenceRef(finding=FindingKind.MISSING_RECORDING, record=f"units[{case.unit.unit_id}].recordings"),),
    )


def _suspected(case: UnitCase, suspected: tuple[Touching, ...]) -> RuleOutcome:
    zh, en = "", ""
    if unread := unread_files(case):
        zh, en = f"；另有录像未能分析：{'、'.join(unread)}", f"; not analysed: {', '.join(unread)}"
    return uncertain(
        f"疑似：{spans_zh(suspected)}，待两名审核人员认定{zh}",
        f"Suspected: {spans_en(suspected)}; two reviewers have to decide{en}",
        needs.review_findings(),
        tuple(item.reference() for item in suspected),
        ("Q12",),
        open_to_record=False,
    )


def _shared(case: UnitCase, shared: tuple[str, ...]) -> RuleOutcome:
    return uncertain(
        f"同一录像还作为授课单元 {'、'.join(shared)} 的录像提交，而没有申报相同的起始时间",
        f"The same file is handed in for unit {', '.join(shared)} without the same declared start",
        needs.declaration("录像所属的授课单元及其起始时间", "which unit the recording belongs to, and when it began"),
        tuple(item for unit_id in (case.unit.unit_id, *shared) for item in record(f"units[{unit_id}].recordings")),
        open_to_record=False,
    )


def _handed_in_twice(case: UnitCase) -> tuple[str, ...]:
    """Other units that list one of this unit's files as begun at another time: one of the two must be untrue.

    One file over two units with one declared start is honest: a camera ran on while the teachers changed.
    """
    own = {reference.file: reference.started_at for reference in case.unit.recordings}
    return tuple(
        unit.unit_id
        for unit in case.class_file.training_class.units
        if unit.unit_id != case.unit.unit_id
        and any(r.file in own and (r.started_at is None or r.started_at != own[r.file]) for r in unit.recordings)
    )


def _unfinished(case: UnitCase, parameters: IntegrityParameters) -> RuleOutcome | None:
    path = record(f"units[{case.unit.unit_id}].recordings")
    if unread := unread_files(case):
        return not_read(case, unread)
    if unsearched := unchecked(case, parameters.checks):
        words = unchecked_words(case, unsearched)
        return uncertain(
            f"已做的检查没有发现修改迹象，但以下项目未能全程检查：{words.zh}",
            f"What was checked shows no sign of tampering, but these were not searched for throughout: {words.en}",
            needs.search(unsearched),
            path,
        )
    return None


def _genuine(case: UnitCase, parameters: IntegrityParameters, rejected: tuple[Touching, ...]) -> RuleOutcome:
    done = ", ".join(parameters.checks)
    zh, en = "", ""
    if rejected:
        zh = f"；经审核排除：{spans_zh(rejected)}"
        en = f"; rejected by a reviewer: {spans_en(rejected)}"
    return passed(
        f"录像已提供，已完成的检查（{findings_zh(parameters.checks)}）没有发现修改迹象{zh}",
        f"The recording is there, and the completed checks ({done}) found no sign of tampering{en}",
        (*(EvidenceRef(dossier.sha256) for dossier in analysed(case)), *(item.reference() for item in rejected)),
        ("Q12",) if rejected else (),
    )
