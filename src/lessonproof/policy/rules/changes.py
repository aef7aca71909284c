"""Rules on changes: that they were asked for ahead and approved, and sudden ones reported."""

from pydantic import Field

from lessonproof.evidence.intervals import NS_PER_S
from lessonproof.evidence.training import SHANGHAI, ApprovedChange, TeachingUnit
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    Parameters,
    RuleContext,
    RuleOutcome,
    failed,
    missing,
    not_applicable,
    not_checked,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.deviations import CONTENT, deviations, held_path, listed_zh
from lessonproof.policy.rules.wall_clock import epoch_ns


class ChangeParameters(Parameters):
    """Settings of :func:`change_asked_ahead`.

    Attributes:
        days: calendar days ahead that the clause demands; ``None`` takes open point Q7.
        excused_by: clause whose record "holds" takes its place (a sudden event); ``None`` where there is none.
    """

    days: int | None = Field(default=None, ge=0)
    excused_by: str | None = None

    def uses(self) -> frozenset[str]:
        """Q7 where the clause's own words leave the number open."""
        return frozenset(
            {"Q6.edge_tolerance_s"} | ({"Q7.least_days", "Q7.target_days"} if self.days is None else set())
        )


class SuddenEventParameters(Parameters):
    """Settings of :func:`only_where_deviating`."""

    def uses(self) -> frozenset[str]:
        """Edge tolerance."""
        return frozenset({"Q6.edge_tolerance_s"})


def change_asked_ahead(case: UnitCase, context: RuleContext, parameters: ChangeParameters) -> RuleOutcome:
    """Changes were asked for in time and approved (SX-3.1.3 with Q7, NK-6.2.3a). Days are calendar days in Shanghai."""
    found = deviations(case.unit, context.default("Q6", "edge_tolerance_s") * NS_PER_S)
    if found.aspects and _is_excused(case, parameters.excused_by):
        return not_applicable(
            f"属突发情况，按 {parameters.excused_by} 的记录处理",
            f"A sudden event; the record of {parameters.excused_by} takes its place",
        )
    requests = _requests(case, found.aspects)
    unasked = [aspect for aspect in found.aspects if all(request.what != aspect for _, request in requests)]
    if unasked:
        return failed(
            f"{listed_zh(unasked)}有变更而未事先申请",
            f"The {', '.join(unasked)} changed and was not asked for",
            tuple(item for aspect in unasked for item in record(held_path(f"units[{case.unit.unit_id}]", aspect))),
        )
    if found.unknown:
        return missing(
            f"没有记录实际的{listed_zh(found.unknown)}，无法确定是否需要申请变更",
            f"The really held {', '.join(found.unknown)} is not recorded: whether a change was needed is unknown",
            needs.unit_record(case.unit.unit_id),
        )
    if not requests:
        return not_applicable("没有变更", "Nothing was changed")
    return _requests_in_time(case, context, parameters, requests)


def _requests_in_time(
    case: UnitCase, context: RuleContext, parameters: ChangeParameters, requests: list[tuple[int, ApprovedChange]]
) -> RuleOutcome:
    by_default = ("Q7",) if parameters.days is None else ()
    least = context.default("Q7", "least_days") if parameters.days is None else parameters.days
    evidence = tuple(item for index, _ in requests for item in record(f"changes[{index}]"))
    days = [_days_ahead(case.unit, request) for _, request in requests]
    if min(days) < least:
        return failed(
            f"变更申请距授课 {min(days)} 天，应至少提前 {least} 天",
            f"A change was asked for {min(days)} calendar days ahead; at least {least} are demanded",
            evidence,
            by_default,
        )
    if any(request.approved is False for _, request in requests):
        return failed("变更申请未获同意", "A change request was refused", evidence)
    if any(request.approved is None for _, request in requests):
        return uncertain(
            "变更申请尚无答复",
            "A change request has no answer yet",
            needs.bureau_opinion(case.unit.unit_id),
            evidence,
        )
    if parameters.days is None and min(days) < context.default("Q7", "target_days"):
        return passed(
            f"变更申请提前 {min(days)} 天，已获同意；条文为 1-2 天，按默认规则通过并提示",
            f"Asked for {min(days)} calendar day ahead and approved; the text says 1-2 days: passes by default",
            evidence,
            by_default,
        )
    return passed(
        f"变更申请提前 {min(days)} 天，已获同意",
        f"Asked for {min(days)} calendar days ahead and approved",
        evidence,
    )


def only_where_deviating(case: UnitCase, context: RuleContext, _parameters: SuddenEventParameters) -> RuleOutcome:
    """A clause on sudden changes has an object only where the lesson differs (NK-6.2.3b); then a person records it."""
    found = deviations(case.unit, context.default("Q6", "edge_tolerance_s") * NS_PER_S)
    if found.aspects:
        return not_checked(
            f"{listed_zh(found.aspects)}与申报不符；是否属突发情况、是否及时报备，须由人记录",
            f"The {', '.join(found.aspects)} differs; whether it was sudden and reported in time, a person records",
        )
    if found.unknown:
        return missing(
            f"没有记录实际的{listed_zh(found.unknown)}",
            f"The really held {', '.join(found.unknown)} is not recorded",
            needs.unit_record(case.unit.unit_id),
        )
    return not_applicable("授课与申报一致，没有突发变更", "The lesson was held as declared; no sudden change")


def _requests(case: UnitCase, aspects: tuple[str, ...]) -> list[tuple[int, ApprovedChange]]:
    """The request that speaks for each changed aspect, and those for content, which no record shows otherwise.

    Of several for one aspect the best answered, then the earliest speaks.
    """
    best: dict[str, tuple[int, ApprovedChange]] = {}
    for index, change in enumerate(case.class_file.changes):
        refused_content = change.what == CONTENT and change.approved is False
        if change.unit_id != case.unit.unit_id or change.what not in (*aspects, CONTENT) or refused_content:
            continue
        if change.what not in best or _rank(change) < _rank(best[change.what][1]):
            best[change.what] = (index, change)
    return sorted(best.values(), key=lambda item: item[0])


def _rank(change: ApprovedChange) -> tuple[int, int]:
    answer = {True: 0, None: 1, False: 2}[change.approved]
    return (answer, epoch_ns(change.applied_at))


def _days_ahead(unit: TeachingUnit, change: ApprovedChange) -> int:
    """Calendar days from the application to the lesson; the day of the application is not counted (民法典 201)."""
    return (unit.start.astimezone(SHANGHAI).date() - change.applied_at.astimezone(SHANGHAI).date()).days


def _is_excused(case: UnitCase, clause_id: str | None) -> bool:
    own = [r for r in case.class_file.records if r.clause_id == clause_id and r.unit_id == case.unit.unit_id]
    return bool(own) and all(item.holds for item in own)
