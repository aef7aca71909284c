"""Judging one unit on stored evidence: class file, dossiers and comparisons in, the three documents out. Pure."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from lessonproof import __version__
from lessonproof.analysis.compared import with_comparison
from lessonproof.documents.class_file import parse_class_file
from lessonproof.evidence.codec import canonical_json, dossier_from_json, findings_document, verdict_document
from lessonproof.evidence.comparison import Comparison
from lessonproof.evidence.comparison_codec import comparison_from_json
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.training import TeachingUnit
from lessonproof.evidence.verdict import Bilingual, UnitCase, UnitVerdict
from lessonproof.policy.judge import judge
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import select_pack
from lessonproof.workers.planned import with_plan
from lessonproof.workers.presence import with_presence
from lessonproof.workers.roll_call import with_roll_calls

ReportRenderer = Callable[[UnitVerdict, UnitCase, Mapping[str, bytes], str, Mapping[str, Bilingual]], str]
"""Makes the HTML report: verdict, case, pictures by name, who generated it, the pack's defaults by open point."""


@dataclass(frozen=True, slots=True)
class Rules:
    """By what units are judged.

    Attributes:
        packs: every rule pack there is.
        enabled_drafts: prefixes of draft packs that the operator switched on.
    """

    packs: tuple[RulePack, ...]
    enabled_drafts: frozenset[str] = frozenset()

    @property
    def rules_hash(self) -> str:
        """Digest of software version, packs and switched-on drafts."""
        value = {
            "version": __version__,
            "packs": sorted(f"{pack.stamp.pack_id} {pack.stamp.sha256}" for pack in self.packs),
            "drafts": sorted(self.enabled_drafts),
        }
        return hashlib.sha256(canonical_json(value)).hexdigest()


@dataclass(frozen=True, slots=True)
class JudgedUnit:
    """A verdict and the documents made of it.

    Attributes:
        verdict: what was decided.
        verdict_json: ``verdict.json``.
        findings_json: ``findings.json`` of the unit's recordings.
        report_html: ``report.html``.
    """

    verdict: UnitVerdict
    verdict_json: bytes
    findings_json: bytes
    report_html: bytes


@dataclass(frozen=True, slots=True)
class StoredCase:
    """What a unit is judged on, as it is stored.

    Attributes:
        class_file: the class file's bytes, UTF-8.
        unit_name: the unit's name in it.
        dossiers: stored dossiers by the recordings' names in the class file.
        comparisons: comparisons as the unit is judged on them, likewise; none for what was not compared.
        pictures: JPEG by the names in the findings.
    """

    class_file: bytes
    unit_name: str
    dossiers: Mapping[str, bytes]
    comparisons: Mapping[str, bytes]
    pictures: Mapping[str, bytes]


def judge_stored(stored: StoredCase, rules: Rules, render_report: ReportRenderer) -> JudgedUnit:
    """Judge a unit by ``rules`` and make its documents.

    Raises:
        DocumentError: the class file is invalid by now, or its rule pack is unknown or switched off.
    """
    declared = parse_class_file(stored.class_file.decode(), "class file")
    compared = {file: comparison_from_json(json.loads(content)) for file, content in stored.comparisons.items()}
    unit = declared.unit(stored.unit_name)
    dossiers = {file: _dossier(content, file, compared.get(file), unit) for file, content in stored.dossiers.items()}
    digests = {file: hashlib.sha256(content).hexdigest() for file, content in stored.comparisons.items()}
    compared_digests = tuple(digests[file] for file in dossiers if file in digests)
    case = with_roll_calls(UnitCase(declared, unit, dossiers, compared_digests))
    case = with_presence(case)
    pack = select_pack(rules.packs, declared.rule_pack, declared.training_class.opened_on, rules.enabled_drafts)
    verdict = judge(pack, case)
    defaults = {point.number: point.default for point in pack.open_points}
    report = render_report(verdict, case, stored.pictures, f"LessonProof {__version__}", defaults)
    return JudgedUnit(
        verdict=verdict,
        verdict_json=_readable(verdict_document(verdict)),
        findings_json=_readable(findings_document(list(case.dossiers.items()), compared)),
        report_html=report.encode(),
    )


def _dossier(content: bytes, file: str, compared: Comparison | None, unit: TeachingUnit) -> Dossier | FailedAnalysis:
    """Read a stored dossier; what is wrong with a file is told by the name that people know, not by its digest."""
    result = dossier_from_json(json.loads(content))
    if isinstance(result, Dossier):
        return with_plan(with_comparison(result, compared), unit)
    if result.sha256 is None:
        return result
    en, zh = (text.replace(result.sha256, file) for text in (result.en, result.zh))
    return replace(result, en=en, zh=zh)


def _readable(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, indent=1) + "\n").encode()
