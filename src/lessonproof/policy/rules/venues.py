"""Rules on the place of lessons: the licence, the share at an enterprise, papers for a place outside."""

from pydantic import Field

from lessonproof.evidence.training import InstitutionKind, TeachingUnit, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    NoParameters,
    Parameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    not_applicable,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.papers import PaperWord, listed_kinds, named_zh


class ShareParameters(Parameters):
    """Settings of :func:`practical_share_outside`. ``percent``: largest share of practical hours, included."""

    percent: int = Field(ge=0, le=100)


class OffSiteParameters(Parameters):
    """Settings of :func:`off_site_papers`. ``documents``: kinds demanded for a place outside."""

    documents: tuple[PaperWord, ...] = Field(min_length=1)


def _no_venues() -> RuleOutcome:
    return missing(
        "未申报许可或签约场地",
        "The licensed or contracted venues are not declared",
        needs.declaration(
            "许可或签约场地（institution.licensed_venues）", "the licensed venues (institution.licensed_venues)"
        ),
    )


def venue_licensed(case: UnitCase, _context: RuleContext, _parameters: NoParameters) -> RuleOutcome:
    """The unit was at a licensed or contracted place (NK-5.3a, NK-5.3b).

    The clause's proof is the scene in the recording, which this version does not compare with the place. By the
    records the rule can find a lesson outside; it cannot find one inside, so that is for whoever watched it.
    """
    licensed = case.class_file.institution.licensed_venues
    if not licensed:
        return _no_venues()
    path = f"units[{case.unit.unit_id}]"
    for field, venue in (("venue", case.unit.venue), ("held.venue", case.unit.held_venue)):
        if venue is not None and venue not in licensed:
            return failed(
                f"授课地点“{venue}”不在许可或签约场地内",
                f"The lesson's place “{venue}” is not among the licensed venues",
                (*record(f"{path}.{field}"), *record("institution.licensed_venues")),
            )
    if case.unit.held_venue is None:
        return missing(
            "申报的授课地点在许可或签约场地内，实际地点没有记录",
            "The declared place is a licensed venue; where the lesson was really held is not recorded",
            needs.unit_record(case.unit.unit_id),
            record(f"{path}.venue"),
        )
    return uncertain(
        "申报和实际的授课地点在许可或签约场地内；本版本不比对录像场景，须由人查看后记录",
        "The declared and held place is licensed; this version does not compare the scene, a person looks and records",
        needs.reviewer_records(),
        (*record(f"{path}.venue"), *record(f"{path}.held.venue")),
    )


def practical_share_outside(case: UnitCase, _context: RuleContext, parameters: ShareParameters) -> RuleOutcome:
    """At most half of the practical hours are at the enterprise (NK-5.3c), by declared and held venues.

    The clause grants this to vocational schools that train an enterprise's staff; its proof is a count of hours.
    """
    institution, training_class = case.class_file.institution, case.class_file.training_class
    if institution.kind is not InstitutionKind.VOCATIONAL_SCHOOL or training_class.enterprise_staff is False:
        return not_applicable(
            "不属于职业院校开展的企业职工培训", "Not a vocational school's training of an enterprise's staff"
        )
    if training_class.enterprise_staff is None:
        return missing(
            "未申报是否企业职工培训",
            "Whether trainees are an enterprise's staff is not declared",
            needs.declaration("是否企业职工培训（class.enterprise_staff）", "class.enterprise_staff"),
        )
    if not institution.licensed_venues:
        return _no_venues()
    practical = [unit for unit in training_class.units if unit.kind is UnitKind.PRACTICAL]
    outside = [unit for unit in practical if _is_outside(unit, institution.licensed_venues)]
    total, away = sum(u.class_hours for u in practical), sum(u.class_hours for u in outside)
    facts_zh, facts_en = (
        f"实操 {total} 课时，其中企业 {away} 课时",
        f"{away} of {total} practical hours are at the enterprise",
    )
    if away * 100 > parameters.percent * total:
        return failed(
            f"{facts_zh}，超过 {parameters.percent}%",
            f"{facts_en}, more than {parameters.percent} %",
            tuple(item for unit in outside for item in record(f"units[{unit.unit_id}].venue")),
        )
    return passed(
        f"{facts_zh}，不超过 {parameters.percent}%（按申报地点计算）",
        f"{facts_en}, not more than {parameters.percent} % (by the declared places)",
        record("units"),
    )


def off_site_papers(case: UnitCase, _context: RuleContext, parameters: OffSiteParameters) -> RuleOutcome:
    """A class outside the institution's own places files lease and photos (SX-A1.8)."""
    licensed = case.class_file.institution.licensed_venues
    if not licensed:
        return _no_venues()
    outside = [u.unit_id for u in case.class_file.training_class.units if _is_outside(u, licensed)]
    if not outside:
        return not_applicable("所有授课单元均在本机构场地内", "Every unit is at the institution's own place")
    absent = [kind for kind in parameters.documents if kind not in listed_kinds(case.class_file)]
    if absent:
        return missing(
            f"授课单元 {', '.join(outside)} 在场地外，台账缺少：{named_zh(absent)}",
            f"Units {', '.join(outside)} are elsewhere, and the ledger lacks: {', '.join(absent)}",
            needs.papers(absent),
            record("documents"),
        )
    return uncertain(
        "台账已有场地材料；本版本不比对照片与录像场景，须由人查看后记录",
        "The ledger lists the papers; no photo is matched with the scene here, a person looks and records",
        needs.reviewer_records(),
        record("documents"),
    )


def _is_outside(unit: TeachingUnit, licensed: tuple[str, ...]) -> bool:
    return unit.venue not in licensed or (unit.held_venue is not None and unit.held_venue not in licensed)
