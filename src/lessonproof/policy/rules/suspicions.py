"""What people have decided of machine findings (open point Q12), and which findings touch a clause.

A machine's finding is 疑似 (suspected). Two different reviewers who confirm it make it stand; a named reviewer who
rejects it takes it out; contradicting reviews leave it open.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Final

from lessonproof.evidence.dossier import Dossier
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.intervals import ns_to_s
from lessonproof.evidence.photo import PhotoFacts
from lessonproof.evidence.reason_words import reason_words
from lessonproof.evidence.training import FindingReview
from lessonproof.evidence.verdict import Bilingual, EvidenceRef, UnitCase
from lessonproof.policy.rules.words import FINDINGS

MAX_SPANS: Final = 5
"""So many stretches are named in one reason; all of them stand in its evidence."""
START_TOLERANCE_S: Final = 0.001
"""Reviewers copy the start from a report; more digits than milliseconds are not asked of them."""


class Standing(Enum):
    """What a finding is worth."""

    OPEN = auto()
    CONFIRMED = auto()
    REJECTED = auto()


@dataclass(frozen=True, slots=True)
class Touching:
    """A finding that touches a clause.

    Attributes:
        sha256: digest of its recording or photograph.
        finding: the finding.
        standing: what people decided of it.
        record: where a photograph stands in the class file; ``None`` of a recording.
    """

    sha256: str
    finding: Finding
    standing: Standing
    record: str | None = None

    def reference(self) -> EvidenceRef:
        """The finding as evidence."""
        if self.record is not None:
            return EvidenceRef(finding=self.finding.kind, record=self.record)
        return EvidenceRef(self.sha256, self.finding.interval, self.finding.kind)

    def words(self) -> Bilingual:
        """``cut 12.48-12.6 s``; of a photograph ``photo_poor units[P1].photos[0]``."""
        kind, kind_zh = self.finding.kind, FINDINGS[self.finding.kind]
        if self.record is not None:
            return Bilingual(f"{kind_zh} {self.record}", f"{kind.value} {self.record}")
        span = f"{self.finding.interval.start_s:.12g}-{self.finding.interval.end_s:.12g}"
        return Bilingual(f"{kind_zh} {span} 秒", f"{kind.value} {span} s")


def standing_of(finding: Finding, sha256: str, reviews: tuple[FindingReview, ...], reviewers_needed: int) -> Standing:
    """What people decided of ``finding``.

    Args:
        finding: the finding.
        sha256: digest of its recording.
        reviews: every review of the class file.
        reviewers_needed: different reviewers whose confirmation makes it stand (open point Q12).
    """
    own = [review for review in reviews if speaks_of(review, finding, sha256)]
    confirming = {name.strip() for review in own if review.confirmed for name in review.reviewers if name.strip()}
    rejecting = {name.strip() for review in own if not review.confirmed for name in review.reviewers if name.strip()}
    if rejecting and not confirming:
        return Standing.REJECTED
    if len(confirming) >= reviewers_needed and not rejecting:
        return Standing.CONFIRMED
    return Standing.OPEN


def speaks_of(review: FindingReview, finding: Finding, sha256: str) -> bool:
    """Whether a review is about this finding of the recording with that digest."""
    return (
        review.recording_sha256 == sha256
        and review.kind == finding.kind.value
        and abs(review.start_s - ns_to_s(finding.interval.start_ns)) <= START_TOLERANCE_S
    )


def touching(case: UnitCase, kinds: frozenset[FindingKind], reviewers_needed: int) -> tuple[Touching, ...]:
    """Findings of ``kinds`` in the unit's analysed recordings, by recording, then by time; photographs last."""
    in_recordings = tuple(
        Touching(
            dossier.sha256, finding, standing_of(finding, dossier.sha256, case.class_file.reviews, reviewers_needed)
        )
        for dossier in analysed(case)
        for finding in sorted(dossier.findings, key=Finding.sort_key)
        if finding.kind in kinds
    )
    return in_recordings + photos_touching(case, kinds, reviewers_needed)


def photos_touching(case: UnitCase, kinds: frozenset[FindingKind], reviewers_needed: int) -> tuple[Touching, ...]:
    """Findings of ``kinds`` on the unit's photographs, in the order of the class file."""
    reviews = case.class_file.reviews
    return tuple(
        Touching(
            item.result.sha256,
            finding,
            standing_of(finding, item.result.sha256, reviews, reviewers_needed),
            photo_path(case.unit.unit_id, index),
        )
        for index, item in enumerate(() if case.photos is None else case.photos.photos)
        if isinstance(item.result, PhotoFacts)
        for finding in item.findings
        if finding.kind in kinds
    )


def photo_path(unit_id: str, index: int) -> str:
    """Where a photograph stands in the class file."""
    return f"units[{unit_id}].photos[{index}]"


def analysed(case: UnitCase) -> Iterator[Dossier]:
    """Dossiers of the unit's recordings, in the order of the class file."""
    for reference in case.unit.recordings:
        dossier = case.dossiers.get(reference.file)
        if isinstance(dossier, Dossier):
            yield dossier


def unread_files(case: UnitCase) -> list[str]:
    """Handed-in recordings without a dossier: not analysed, or not readable."""
    return [ref.file for ref in case.unit.recordings if not isinstance(case.dossiers.get(ref.file), Dossier)]


def unchecked(case: UnitCase, checks: tuple[FindingKind, ...]) -> list[FindingKind]:
    """Kinds among ``checks`` whose silence says nothing, as some analysed recording was not searched for them."""
    checked = [dossier.checked for dossier in analysed(case)]
    return [kind for kind in checks if any(kind.value not in done for done in checked)]


def unchecked_words(case: UnitCase, kinds: Sequence[FindingKind]) -> Bilingual:
    """Unchecked kinds, each group with the reasons that the analyses gave: ``剪切、拼接（画面太暗）；变速``.

    Args:
        case: the unit.
        kinds: as :func:`unchecked` gives them.
    """
    groups: dict[tuple[str, ...], list[FindingKind]] = {}
    for kind in kinds:
        given = (dossier.unchecked.get(kind.value) for dossier in analysed(case))
        groups.setdefault(tuple(dict.fromkeys(code for code in given if code is not None)), []).append(kind)
    zh, en = [], []
    for codes, own in groups.items():
        why = [reason_words(code) for code in codes]
        zh.append("、".join(FINDINGS[kind] for kind in own) + (f"（{'；'.join(w.zh for w in why)}）" if why else ""))
        en.append(", ".join(own) + (f" ({'; '.join(w.en for w in why)})" if why else ""))
    return Bilingual("；".join(zh), "; ".join(en))


def spans_en(items: tuple[Touching, ...]) -> str:
    """``cut 12.48-12.6 s, freeze 30-41.2 s``; at most five, then how many more."""
    more = f" (+{len(items) - MAX_SPANS})" if len(items) > MAX_SPANS else ""
    return ", ".join(item.words().en for item in items[:MAX_SPANS]) + more


def spans_zh(items: tuple[Touching, ...]) -> str:
    """``剪切 12.48-12.6 秒、画面静止 30-41.2 秒``; at most five, then how many there are."""
    more = f"等 {len(items)} 处" if len(items) > MAX_SPANS else ""
    return "、".join(item.words().zh for item in items[:MAX_SPANS]) + more
