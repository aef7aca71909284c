"""Rules on papers of the ledger: that a document is listed. What stands in it is for people."""

from collections.abc import Iterable
from typing import Annotated

from pydantic import AfterValidator, Field

from lessonproof.documents.checking import expected
from lessonproof.documents.papers import PAPERS
from lessonproof.evidence.training import ClassFile, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules import needs
from lessonproof.policy.rules.base import (
    Parameters,
    RuleContext,
    RuleOutcome,
    missing,
    not_applicable,
    passed,
    record,
    uncertain,
)
from lessonproof.policy.rules.words import UNITS


def _known_word(word: str) -> str:
    if word not in PAPERS:
        listed = ", ".join(PAPERS)
        raise expected(f"a word of the documents list: {listed}", f"材料类别表中的词：{listed}")
    return word


PaperWord = Annotated[str, AfterValidator(_known_word)]


def named_zh(kinds: Iterable[str]) -> str:
    """Papers by their Chinese names; what is no paper (``recording[T1]``) by itself."""
    return "、".join(PAPERS[kind].zh if kind in PAPERS else kind for kind in kinds)


class PaperParameters(Parameters):
    """Settings of :func:`papers_listed`.

    Attributes:
        documents: kinds of documents that must be listed.
        per_unit: whether they must be listed for this very unit.
        copies: paper copies that the clause asks for; more than one cannot be seen from a list.
        per_trainee: whether each trainee needs one; a list of documents does not say.
        judged_by_person: whether presence is only half of the clause (genuineness, content, fields).
        if_class_has: form of unit without which the clause has no object; ``None`` for every class.
        recordings_of: forms of units whose recordings are part of the list.
        sheets: whether each unit's sign-in sheet is part of the list.
    """

    documents: tuple[PaperWord, ...] = ()
    per_unit: bool = False
    copies: int = Field(default=1, ge=1)
    per_trainee: bool = False
    judged_by_person: bool = False
    if_class_has: UnitKind | None = None
    recordings_of: tuple[UnitKind, ...] = ()
    sheets: bool = False


def listed_kinds(class_file: ClassFile, unit_id: str | None = None) -> frozenset[str]:
    """Kinds of the listed documents; with ``unit_id`` only those of that unit."""
    documents = class_file.documents or ()
    return frozenset(document.kind for document in documents if unit_id is None or document.unit_id == unit_id)


def papers_listed(case: UnitCase, _context: RuleContext, parameters: PaperParameters) -> RuleOutcome:
    """The ledger lists the papers that the clause names (SX-3.1.8, SX-3.3.3, SX-A1, SX-A5, NK-6.2.6a)."""
    units = case.class_file.training_class.units
    if parameters.if_class_has is not None and all(unit.kind is not parameters.if_class_has for unit in units):
        return not_applicable(
            f"本班没有{UNITS[parameters.if_class_has]}授课单元",
            f"The class has no unit of the form {parameters.if_class_has}",
        )
    if case.class_file.documents is None and parameters.documents:
        return missing(
            "班级文件未列出台账材料", "The class file lists no papers at all", needs.papers(parameters.documents)
        )
    absent = _absent(case, parameters)
    if absent:
        return missing(f"台账缺少：{named_zh(absent)}", f"The ledger lacks: {', '.join(absent)}", needs.papers(absent))
    named, named_in_zh = ", ".join(parameters.documents), named_zh(parameters.documents)
    doubts_zh, doubts_en = _doubts(parameters)
    if doubts_zh:
        return uncertain(
            f"台账已列出{named_in_zh}；{'；'.join(doubts_zh)}",
            f"The ledger lists {named}; {'; '.join(doubts_en)}",
            needs.reviewer_records(),
            record("documents"),
        )
    return passed(
        f"台账已列出所需材料（{named_in_zh}）；仅核对有无，未审阅内容",
        f"The ledger lists what is asked for ({named}); presence only, the content was not read",
        record("documents"),
    )


def _absent(case: UnitCase, parameters: PaperParameters) -> list[str]:
    listed = listed_kinds(case.class_file, case.unit.unit_id if parameters.per_unit else None)
    absent = [kind for kind in parameters.documents if kind not in listed]
    for unit in case.class_file.training_class.units:
        if unit.kind in parameters.recordings_of and not unit.recordings:
            absent.append(f"recording[{unit.unit_id}]")
        if parameters.sheets and not unit.sheets:
            absent.append(f"sheet[{unit.unit_id}]")
    return absent


def _doubts(parameters: PaperParameters) -> tuple[list[str], list[str]]:
    zh: list[str] = []
    en: list[str] = []
    if parameters.copies > 1:
        zh.append(f"条款要求纸质 {parameters.copies} 份，清单不能说明份数")
        en.append(f"the clause asks for {parameters.copies} paper copies, which a list does not show")
    if parameters.per_trainee:
        zh.append("是否每名学员齐全，清单不能说明")
        en.append("a list does not show whether every trainee's is there")
    if parameters.judged_by_person:
        zh.append("内容和真实性须由人判断")
        en.append("content and genuineness are for a person to judge")
    return zh, en
