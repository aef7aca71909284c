"""Rules on what a recording must contain (sound), and that all of it was examined."""

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.intervals import subtract, total_ns
from lessonproof.evidence.training import InstitutionKind, UnitKind
from lessonproof.evidence.verdict import ClauseStatus, EvidenceRef, UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.absent import no_recording, not_read
from lessonproof.policy.rules.applies import AppliesTo, applies
from lessonproof.policy.rules.base import (
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
    analysed,
    spans_en,
    spans_zh,
    touching,
    unchecked,
    unchecked_words,
    unread_files,
)
from lessonproof.policy.rules.wall_clock import seconds_text

_UNREADABLE = frozenset({FindingKind.UNREADABLE, FindingKind.TRUNCATED})


class SoundParameters(Parameters):
    """Settings of :func:`sound_present`. ``checks``: findings that must have been searched for."""

    checks: tuple[FindingKind, ...]

    def uses(self) -> frozenset[str]:
        """Reviewers that confirm."""
        return frozenset({"Q12.reviewers"})


class ExaminedParameters(Parameters):
    """Settings of :func:`examined_throughout`.

    Attributes:
        checks: what every minute is searched for.
        demanded: cases whose recording is demanded; elsewhere a person may record that there is none.
    """

    checks: tuple[FindingKind, ...]
    demanded: tuple[AppliesTo, ...] = (AppliesTo(),)


def sound_present(case: UnitCase, context: RuleContext, parameters: SoundParameters) -> RuleOutcome:
    """The recording has sound, or the bureau consented to pictures only (NK-6.1.5).

    The consent counts only for a private institution that trains an enterprise's staff in practice.
    """
    if not case.unit.recordings:
        return no_recording(case)
    outcome = _sound(case, context, parameters)
    return outcome if outcome.status is ClauseStatus.PASS else _waiver(case) or outcome


def _sound(case: UnitCase, context: RuleContext, parameters: SoundParameters) -> RuleOutcome:
    silent = [dossier for dossier in analysed(case) if not dossier.has_audio]
    if silent and len(silent) == len(case.unit.recordings):
        return failed(
            "录像没有声音，也没有适用的仅提供画面的同意",
            "The recording has no sound, and no consent to pictures only applies",
            tuple(EvidenceRef(dossier.sha256, finding=FindingKind.NO_AUDIO) for dossier in silent),
        )
    if unread := unread_files(case):
        return not_read(case, unread)
    return _sound_of(case, context, parameters, silent)


def _sound_of(case: UnitCase, context: RuleContext, parameters: SoundParameters, silent: list[Dossier]) -> RuleOutcome:
    items = touching(case, context.touched_by, context.default("Q12", "reviewers"))
    if confirmed := tuple(item for item in items if item.standing is Standing.CONFIRMED):
        return failed(
            f"经两名审核人员认定，声音缺失或中断：{spans_zh(confirmed)}",
            f"Two reviewers confirmed that sound is missing or broken: {spans_en(confirmed)}",
            tuple(item.reference() for item in confirmed),
            ("Q12",),
        )
    if suspected := tuple(item for item in items if item.standing is Standing.OPEN):
        return uncertain(
            f"声音疑似缺失或中断：{spans_zh(suspected)}，待认定",
            f"Sound seems missing or broken: {spans_en(suspected)}; to be decided",
            needs.review_findings(),
            tuple(item.reference() for item in suspected),
            ("Q12",),
            open_to_record=False,
        )
    if silent:
        return uncertain(
            "部分录像没有声音，其他录像的声音是否足够须由人判断",
            "Some recordings have no sound; whether the sound of the others suffices is for a person",
            needs.reviewer_records(),
            tuple(EvidenceRef(dossier.sha256, finding=FindingKind.NO_AUDIO) for dossier in silent),
        )
    if unsearched := unchecked(case, parameters.checks):
        words = unchecked_words(case, unsearched)
        return uncertain(
            f"声音分析未完成：{words.zh}",
            f"The sound was not examined throughout: {words.en}",
            needs.search(unsearched),
            record(f"units[{case.unit.unit_id}].recordings"),
        )
    return passed("录像有声音", "The recording has sound", tuple(EvidenceRef(d.sha256) for d in analysed(case)))


def _waiver(case: UnitCase) -> RuleOutcome | None:
    """The consent's effect; ``None`` where there is no consent or it does not apply."""
    unit, institution = case.unit, case.class_file.institution.kind
    staff = case.class_file.training_class.enterprise_staff
    if unit.audio_waiver is None or unit.kind is not UnitKind.PRACTICAL or staff is False:
        return None
    if institution not in {None, InstitutionKind.PRIVATE}:
        return None
    if institution is None or staff is None:
        return missing(
            "已有仅提供画面的同意，但未申报机构类别或是否企业职工培训，无法确定是否适用",
            "A consent to pictures only is filed; the kind of institution or whether it trains enterprise staff is "
            "not declared, so whether it applies is unknown",
            needs.declaration(
                "机构类别和是否企业职工培训", "the kind of institution and whether trainees are an enterprise's staff"
            ),
            record(f"units[{unit.unit_id}].audio_waiver"),
        )
    return passed(
        "经区人社局同意，可仅提供视频画面",
        "The district bureau consented to pictures without sound",
        record(f"units[{unit.unit_id}].audio_waiver"),
    )


def examined_throughout(case: UnitCase, _context: RuleContext, parameters: ExaminedParameters) -> RuleOutcome:
    """Every minute of every recording was examined by the machine (NK-6.2.2c); what it could not read is for people."""
    if not case.unit.recordings:
        return no_recording(case, open_to_record=applies(parameters.demanded, case) is False)
    path = record(f"units[{case.unit.unit_id}].recordings")
    if unread := unread_files(case):
        return not_read(case, unread)
    if unsearched := unchecked(case, parameters.checks):
        words = unchecked_words(case, unsearched)
        return uncertain(
            f"没有全程审查，未检查：{words.zh}",
            f"Not examined throughout; not searched for: {words.en}",
            needs.search(unsearched),
            path,
        )
    whole_ns, read_ns = 0, 0
    damaged: list[EvidenceRef] = []
    for dossier in analysed(case):
        bad = dossier.of_kind(*_UNREADABLE)
        whole_ns += dossier.duration_ns
        read_ns += total_ns(subtract((dossier.span(),), (finding.interval for finding in bad)))
        damaged += [EvidenceRef(dossier.sha256, finding.interval, finding.kind) for finding in bad]
    if damaged:
        return uncertain(
            f"录像共 {seconds_text(whole_ns)} 秒，可读取并审查的有 {seconds_text(read_ns)} 秒",
            f"Of {seconds_text(whole_ns)} s in all, {seconds_text(read_ns)} s could be read and examined",
            needs.readable_copy([ref.file for ref in case.unit.recordings]),
            tuple(damaged),
        )
    return passed(
        f"录像共 {seconds_text(whole_ns)} 秒，已全程由机器审查",
        f"All {seconds_text(whole_ns)} s of the recordings were examined by machine",
        tuple(EvidenceRef(dossier.sha256) for dossier in analysed(case)),
    )
