"""What every rule is made of: its parameters, what it is told of its pack, and the outcome that it returns."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Generic, TypeVar

from lessonproof.documents.checking import Written
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.verdict import Bilingual, ClauseStatus, EvidenceRef, UnitCase


class Parameters(Written):
    """Settings of one use of a rule in a pack; unknown keys are refused."""

    def uses(self) -> frozenset[str]:
        """Open points' values that the rule reads with these settings, ``Q6.edge_tolerance_s``.

        The loader demands them of the pack.
        """
        return frozenset()


class NoParameters(Parameters):
    """For rules without settings."""


@dataclass(frozen=True, slots=True)
class PackTerms:
    """What a pack says once for all of its rules.

    Attributes:
        pack_id: prefix of the regulation.
        valid_from: first opening date that the pack judges.
        valid_until: last one, inclusive; ``None`` where the regulation names no end.
        minutes_per_class_hour: length of one class hour where the class file names none.
        class_hour_stated: whether the regulation states that length; else it is a named default.
        half_day_bounds: times of day, Asia/Shanghai, where one half-day ends and the next begins, rising.
        open_points: values of the open points' defaults, by number (``Q6``) and name, units in the names.
    """

    pack_id: str
    valid_from: date
    valid_until: date | None
    minutes_per_class_hour: int
    class_hour_stated: bool
    half_day_bounds: tuple[time, ...]
    open_points: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What one use of a rule is told besides the case.

    Attributes:
        clause_id: the clause that is being decided.
        terms: the pack's terms.
        touched_by: finding kinds that the pack ties to this clause.
    """

    clause_id: str
    terms: PackTerms
    touched_by: frozenset[FindingKind] = frozenset()

    def default(self, point: str, name: str) -> int:
        """Value of an open point's default, for example ``default("Q6", "edge_tolerance_s")``.

        Raises:
            KeyError: the pack does not set it; the loader refuses such a pack.
        """
        return self.terms.open_points[point][name]


@dataclass(frozen=True, slots=True)
class RuleOutcome:
    """What a rule found.

    Attributes:
        status: what holds.
        reason: why, in both languages.
        evidence: what it rests on; never empty where the status is ``fail``.
        defaults_used: open points whose default took part.
        need: what is missing or undecided and who can supply it; ``None`` where nothing is.
        open_to_record: whether a person's record of the clause may settle an outcome that is no pass and no failure.
    """

    status: ClauseStatus
    reason: Bilingual
    evidence: tuple[EvidenceRef, ...] = ()
    defaults_used: tuple[str, ...] = ()
    need: Bilingual | None = None
    open_to_record: bool = True


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True, slots=True)
class RuleEntry(Generic[P]):
    """A rule as the registry holds it.

    Attributes:
        function: the rule.
        parameters: model of its settings.
    """

    function: Callable[[UnitCase, RuleContext, P], RuleOutcome]
    parameters: type[P]

    def run(self, case: UnitCase, context: RuleContext, parameters: Parameters) -> RuleOutcome:
        """Apply the rule.

        Raises:
            TypeError: the settings belong to another rule.
        """
        if not isinstance(parameters, self.parameters):
            raise TypeError(f"expected {self.parameters.__name__}, got {type(parameters).__name__}")
        return self.function(case, context, parameters)


def passed(
    zh: str, en: str, evidence: tuple[EvidenceRef, ...] = (), defaults_used: tuple[str, ...] = ()
) -> RuleOutcome:
    """The clause holds."""
    return RuleOutcome(ClauseStatus.PASS, Bilingual(zh, en), evidence, defaults_used)


def failed(zh: str, en: str, evidence: tuple[EvidenceRef, ...], defaults_used: tuple[str, ...] = ()) -> RuleOutcome:
    """The clause is broken, and ``evidence`` shows it."""
    return RuleOutcome(ClauseStatus.FAIL, Bilingual(zh, en), evidence, defaults_used)


def uncertain(
    zh: str,
    en: str,
    need: Bilingual,
    evidence: tuple[EvidenceRef, ...] = (),
    defaults_used: tuple[str, ...] = (),
    *,
    open_to_record: bool = True,
) -> RuleOutcome:
    """There is evidence, and it cannot decide."""
    return RuleOutcome(
        ClauseStatus.UNCERTAIN, Bilingual(zh, en), evidence, defaults_used, need, open_to_record=open_to_record
    )


def missing(
    zh: str, en: str, need: Bilingual, evidence: tuple[EvidenceRef, ...] = (), *, open_to_record: bool = False
) -> RuleOutcome:
    """The evidence is absent.

    Nobody's word takes the place of evidence that can be handed in: else whoever withholds a bad sheet would be better
    off than whoever shows it. A rule opens this only where the evidence was never demanded.
    """
    return RuleOutcome(ClauseStatus.MISSING, Bilingual(zh, en), evidence, (), need, open_to_record=open_to_record)


def not_applicable(zh: str, en: str) -> RuleOutcome:
    """The clause does not speak of this case."""
    return RuleOutcome(ClauseStatus.NOT_APPLICABLE, Bilingual(zh, en))


def not_checked(zh: str, en: str) -> RuleOutcome:
    """A person has to record the clause."""
    return RuleOutcome(ClauseStatus.NOT_CHECKED, Bilingual(zh, en))


def record(path: str) -> tuple[EvidenceRef, ...]:
    """One piece of evidence: a record of the class file, as its path."""
    return (EvidenceRef(record=path),)
