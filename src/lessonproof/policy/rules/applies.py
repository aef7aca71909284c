"""Which units and institutions a clause or a duty speaks of."""

from collections.abc import Iterable

from lessonproof.documents.checking import Written
from lessonproof.evidence.training import InstitutionKind, UnitKind
from lessonproof.evidence.verdict import UnitCase


class AppliesTo(Written):
    """One kind of case; a list left out means "any".

    Attributes:
        unit_kinds: forms of units meant.
        institution_kinds: kinds of institutions meant.
    """

    unit_kinds: tuple[UnitKind, ...] = ()
    institution_kinds: tuple[InstitutionKind, ...] = ()


def applies(alternatives: Iterable[AppliesTo], case: UnitCase) -> bool | None:
    """Whether one of ``alternatives`` meets the case; ``None`` where that hangs on an undeclared institution kind."""
    undecided = False
    for alternative in alternatives:
        if alternative.unit_kinds and case.unit.kind not in alternative.unit_kinds:
            continue
        if not alternative.institution_kinds:
            return True
        if case.class_file.institution.kind is None:
            undecided = True
        elif case.class_file.institution.kind in alternative.institution_kinds:
            return True
    return None if undecided else False
