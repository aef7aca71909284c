"""A rule pack as the judge reads it: the regulation's terms, its clauses in order, and what findings touch."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.verdict import Bilingual, PackStamp, Scope
from lessonproof.policy.rules.applies import AppliesTo
from lessonproof.policy.rules.base import PackTerms, Parameters


class Who(StrEnum):
    """Whose duty a clause is."""

    INSTITUTION = "I"
    BUREAU = "B"
    EVALUATION_BODY = "E"
    TRAINEE = "T"


class Kind(StrEnum):
    """How the service treats a clause (regulations page, "Kind")."""

    RECORDING = "V"
    PHOTOS = "P"
    ATTENDANCE = "A"
    DOCUMENT = "D"
    DATES = "T"
    NUMBERS = "N"
    WORKFLOW = "W"
    HUMAN = "H"


class Consequence(StrEnum):
    """What a regulation attaches to a broken clause (regulations page, "Consequence codes")."""

    HOUR_VOID = "HOUR_VOID"
    WARN = "WARN"
    SUSPEND = "SUSPEND"
    CLASS_NOPAY = "CLASS_NOPAY"
    DEQUALIFY = "DEQUALIFY"
    NEXT_YEAR = "NEXT_YEAR"
    NOT_ACCEPTED = "NOT_ACCEPTED"
    RETURN = "RETURN"
    NO_EXAM = "NO_EXAM"
    RECOVER = "RECOVER"
    CRIMINAL = "CRIMINAL"
    TERMINATE = "TERMINATE"
    CREDIT = "CREDIT"
    FAIL_CHECK = "FAIL_CHECK"
    ABSENT = "ABSENT"


@dataclass(frozen=True, slots=True)
class RuleCall:
    """Which rule decides a clause, with its settings."""

    name: str
    parameters: Parameters


@dataclass(frozen=True, slots=True)
class Clause:
    """One checkable obligation.

    Attributes:
        clause_id: its ID in the regulations page.
        quote: the clause's own words.
        meaning: what must hold.
        who: whose duty it is.
        kinds: how the service treats it.
        scope: whether it speaks of a unit or of the class.
        consequences: codes that the regulation attaches.
        effect: what the regulation attaches in words for which there is no code; ``None`` where it does not.
        applies_to: cases that it speaks of; empty for all.
        rule: what decides it; ``None`` where only people can.
    """

    clause_id: str
    quote: str
    meaning: Bilingual
    who: tuple[Who, ...]
    kinds: tuple[Kind, ...]
    scope: Scope
    consequences: tuple[Consequence, ...]
    effect: Bilingual | None
    applies_to: tuple[AppliesTo, ...]
    rule: RuleCall | None


@dataclass(frozen=True, slots=True)
class OpenPoint:
    """A point that the text leaves open, and the pack's default.

    Attributes:
        number: ``Q6``.
        question: what is open.
        default: what the pack takes.
        values: the same as numbers where rules read them, units in the names.
    """

    number: str
    question: Bilingual
    default: Bilingual
    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RulePack:
    """One regulation.

    Attributes:
        stamp: prefix, version, digest of the file.
        regulation: its name.
        document: its number, or what it is instead.
        draft: whether it is a draft for comment, off until switched on (open point Q1).
        switched_on: whether an operator switched a draft on; the judge refuses a draft that is not.
        terms: what its rules are told.
        open_points: the defaults that it takes, in order.
        findings: clauses that a finding kind touches; every kind is here, with no clause where it is only a note.
        note_only: kinds that are shown and touch no clause, although the regulation knows their like.
        clauses: every clause, in the order of the regulations page.
    """

    stamp: PackStamp
    regulation: Bilingual
    document: Bilingual
    draft: bool
    switched_on: bool
    terms: PackTerms
    open_points: tuple[OpenPoint, ...]
    findings: Mapping[FindingKind, tuple[str, ...]]
    note_only: frozenset[FindingKind]
    clauses: tuple[Clause, ...]

    @property
    def pack_id(self) -> str:
        """Prefix of the regulation."""
        return self.stamp.pack_id

    def touched_by(self, clause_id: str) -> frozenset[FindingKind]:
        """Finding kinds that touch the clause."""
        return frozenset(kind for kind, clause_ids in self.findings.items() if clause_id in clause_ids)
