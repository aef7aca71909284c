"""What a recording was searched for: what was found, what could not be decided and why, what is not there."""

from collections.abc import Iterable

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.kind_words import GROUP_NAMES, KIND_WORDS, Group
from lessonproof.evidence.reason_words import NOT_LOOKED_FOR, reason_words
from lessonproof.evidence.verdict import Bilingual
from lessonproof.service.reports.explanations import EXPLAINED
from lessonproof.service.reports.measured import listed
from lessonproof.service.reports.shapes import CheckedView, FoundView


def checked_view(dossier: Dossier, first_number: int) -> CheckedView:
    """The three groups; every kind that is measured on a recording stands in exactly one.

    Args:
        dossier: of the recording, with what a comparison adds.
        first_number: number of its first finding in the report.
    """
    numbers: dict[FindingKind, list[int]] = {}
    for number, finding in enumerate(dossier.findings, start=first_number):
        numbers.setdefault(finding.kind, []).append(number)
    found = tuple(
        FoundView(plain_name(kind), tuple(numbers[kind]), _why_unfinished(dossier, kind))
        for kind in FindingKind
        if kind in numbers
    )
    left = [kind for kind in EXPLAINED if kind not in numbers]
    clean = [kind for kind in left if _is_settled(dossier, kind)]
    return CheckedView(found, _undecided(dossier, [kind for kind in left if kind not in clean]), _by_group(clean))


def plain_name(kind: FindingKind) -> Bilingual:
    """What a kind is called where nothing is suspected."""
    words = KIND_WORDS[kind]
    english = words.name.en.removeprefix("Suspected ").replace("apparently ", "")
    return Bilingual(words.plain_zh, english[:1].lower() + english[1:])


def _is_settled(dossier: Dossier, kind: FindingKind) -> bool:
    return kind.value in dossier.checked and kind.value not in dossier.unchecked


def _why_unfinished(dossier: Dossier, kind: FindingKind) -> Bilingual | None:
    code = dossier.unchecked.get(kind.value)
    return None if code is None else reason_words(code)


def _undecided(dossier: Dossier, kinds: Iterable[FindingKind]) -> tuple[tuple[Bilingual, Bilingual], ...]:
    """Kinds with one reason stand together, in the order of their first."""
    by_reason: dict[Bilingual, list[Bilingual]] = {}
    for kind in kinds:
        reason = _why_unfinished(dossier, kind) or NOT_LOOKED_FOR
        by_reason.setdefault(reason, []).append(plain_name(kind))
    return tuple((listed(names), reason) for reason, names in by_reason.items())


def _by_group(kinds: Iterable[FindingKind]) -> tuple[tuple[Bilingual, Bilingual], ...]:
    known = list(kinds)
    groups = ((group, [kind for kind in known if KIND_WORDS[kind].group is group]) for group in Group)
    return tuple((GROUP_NAMES[group], listed(plain_name(kind) for kind in own)) for group, own in groups if own)
