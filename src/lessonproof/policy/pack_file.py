"""A rule pack as it is written: the YAML's models, and every cross check with the line that a mistake stands on."""

import hashlib
import itertools
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Annotated, Any, Final

from pydantic import Field, StringConstraints

from lessonproof.documents.checking import Problem, Written, refuse, shown, validate
from lessonproof.documents.yaml_source import YamlDocument, YamlPath, YamlValue, load_yaml
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.verdict import Bilingual, PackStamp, Scope
from lessonproof.policy.pack import Clause, Consequence, Kind, OpenPoint, RuleCall, RulePack, Who
from lessonproof.policy.rules.applies import AppliesTo
from lessonproof.policy.rules.base import PackTerms, Parameters, RuleEntry

REVIEWERS: Final = "Q12.reviewers"
"""Every pack must say how many reviewers confirm a finding."""

Words = Annotated[str, StringConstraints(min_length=1)]


class WrittenWords(Written):
    """One sentence in both languages."""

    zh: Words
    en: Words

    def both(self) -> Bilingual:
        """As the verdict carries it."""
        return Bilingual(self.zh, self.en)


class WrittenRule(Written):
    """A rule by name, with its settings."""

    name: Words
    parameters: dict[str, Any] = Field(default_factory=dict)


class WrittenClause(Written):
    """One row of the regulations page."""

    id: Words
    quote: Words
    meaning: WrittenWords
    who: tuple[Who, ...] = Field(min_length=1)
    kinds: tuple[Kind, ...] = Field(min_length=1)
    scope: Scope
    consequences: tuple[Consequence, ...]
    effect: WrittenWords | None = None
    applies_to: tuple[AppliesTo, ...] = ()
    rule: WrittenRule | None = None


class WrittenOpenPoint(Written):
    """An open point with its default."""

    question: WrittenWords
    default: WrittenWords
    values: dict[str, int] = Field(default_factory=dict)


class WrittenValidity(Written):
    """Opening dates that the pack judges, both included."""

    first: date
    last: date | None = None


class WrittenClassHour(Written):
    """Length of a class hour, and whether the regulation states it."""

    minutes: int = Field(ge=1, le=120)
    stated: bool


class WrittenPack(Written):
    """A rule pack."""

    pack: Annotated[str, StringConstraints(pattern="^[A-Z]{2,8}$")]
    version: Words
    regulation: WrittenWords
    document: WrittenWords
    draft: bool
    valid: WrittenValidity
    class_hour: WrittenClassHour
    half_day_bounds: tuple[time, ...] = Field(min_length=1)
    open_points: dict[str, WrittenOpenPoint]
    findings: dict[FindingKind, tuple[str, ...]]
    note_only: tuple[FindingKind, ...]
    clauses: tuple[WrittenClause, ...] = Field(min_length=1)


def parse_pack(content: bytes, name: str, rules: Mapping[str, RuleEntry[Any]]) -> RulePack:
    """Read a rule pack.

    Args:
        content: the file's bytes; their SHA-256 is the pack's digest.
        name: what the user calls the file, for messages.
        rules: the rules that a pack may name.

    Raises:
        DocumentError: the message names file, line, field and what was expected, for every mistake.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name}:1: not UTF-8 text", f"{name}:1：不是 UTF-8 文本") from error
    document = load_yaml(text, name)
    written = validate(WrittenPack, document)
    problems = [*_problems(written), *_rule_problems(written, rules)]
    if problems:
        raise refuse(document, problems)
    calls = [_call(document, index, clause, rules) for index, clause in enumerate(written.clauses)]
    unset = list(_unset_values(written, calls))
    if unset:
        raise refuse(document, unset)
    return _build(written, calls, hashlib.sha256(content).hexdigest())


def _problems(written: WrittenPack) -> Iterator[Problem]:
    known: set[str] = set()
    for index, clause in enumerate(written.clauses):
        path: YamlPath = ("clauses", index, "id")
        if clause.id in known:
            yield _problem(path, clause.id, "an ID that no other clause has", "不与其他条款重复的编号")
        if not clause.id.startswith(f"{written.pack}-"):
            yield _problem(path, clause.id, f"an ID that begins with {written.pack}-", f"以 {written.pack}- 开头的编号")
        known.add(clause.id)
    for kind, clause_ids in written.findings.items():
        for index, clause_id in enumerate(clause_ids):
            if clause_id not in known:
                yield _problem(
                    ("findings", kind.value, index), clause_id, "a clause of this pack", "本规则包的条款编号"
                )
    yield from _finding_problems(written)
    if any(later <= earlier for earlier, later in itertools.pairwise(written.half_day_bounds)):
        bounds = ", ".join(map(str, written.half_day_bounds))
        yield _problem(("half_day_bounds",), bounds, "rising times of day", "依次递增的时刻")
    if written.valid.last is not None and written.valid.last < written.valid.first:
        yield _problem(
            ("valid", "last"), str(written.valid.last), "a date not before the first", "不早于起始日期的日期"
        )


def _finding_problems(written: WrittenPack) -> Iterator[Problem]:
    """Every kind of finding stands in the map or among the notes: a new kind cannot be forgotten silently."""
    for kind in FindingKind:
        places = (kind in written.findings) + (kind in written.note_only)
        if places != 1:
            yield Problem(
                ("findings",),
                f"{kind.value} in {places} places",
                f"{kind.value} 出现在 {places} 处",
                f"{kind.value} either in findings or in note_only",
                f"{kind.value} 只出现在 findings 或 note_only 之一",
            )


def _rule_problems(written: WrittenPack, rules: Mapping[str, RuleEntry[Any]]) -> Iterator[Problem]:
    names = ", ".join(sorted(rules))
    for index, clause in enumerate(written.clauses):
        if clause.rule is not None and clause.rule.name not in rules:
            path: YamlPath = ("clauses", index, "rule", "name")
            yield _problem(path, clause.rule.name, f"one of {names}", f"以下之一：{names}")


def _call(
    document: YamlDocument, index: int, clause: WrittenClause, rules: Mapping[str, RuleEntry[Any]]
) -> RuleCall | None:
    if clause.rule is None:
        return None
    path: YamlPath = ("clauses", index, "rule", "parameters")
    # The settings become a document of their own, so that their model names the lines of the pack's file.
    part = YamlDocument(f"{document.name} ({clause.id})", clause.rule.parameters, _lines_below(document, path))
    parameters: Parameters = validate(rules[clause.rule.name].parameters, part)
    return RuleCall(clause.rule.name, parameters)


def _lines_below(document: YamlDocument, path: YamlPath) -> Mapping[YamlPath, int]:
    depth = len(path)
    below = {inner[depth:]: line for inner, line in document.lines.items() if inner[:depth] == path}
    return {(): document.line_of(path), **below}


def _unset_values(written: WrittenPack, calls: list[RuleCall | None]) -> Iterator[Problem]:
    values = {f"{number}.{name}" for number, point in written.open_points.items() for name in point.values}
    for index, call in enumerate(calls):
        for used in sorted(call.parameters.uses() - values) if call is not None else ():
            path: YamlPath = ("clauses", index, "rule", "name")
            yield _problem(
                path,
                written.clauses[index].id,
                f"the value {used} among open_points, which this rule reads",
                f"open_points 中给出本规则读取的 {used}",
            )
    if REVIEWERS not in values:
        yield Problem(("open_points",), "no such value", "缺少此值", f"the value {REVIEWERS}", f"给出 {REVIEWERS}")


def _problem(path: YamlPath, got: YamlValue, en: str, zh: str) -> Problem:
    return Problem(path, *shown(got), en, zh)


def _build(written: WrittenPack, calls: list[RuleCall | None], sha256: str) -> RulePack:
    points = tuple(
        OpenPoint(number, point.question.both(), point.default.both(), dict(point.values))
        for number, point in written.open_points.items()
    )
    terms = PackTerms(
        pack_id=written.pack,
        valid_from=written.valid.first,
        valid_until=written.valid.last,
        minutes_per_class_hour=written.class_hour.minutes,
        class_hour_stated=written.class_hour.stated,
        half_day_bounds=written.half_day_bounds,
        open_points={point.number: point.values for point in points},
    )
    return RulePack(
        stamp=PackStamp(written.pack, written.version, sha256),
        regulation=written.regulation.both(),
        document=written.document.both(),
        draft=written.draft,
        switched_on=False,
        terms=terms,
        open_points=points,
        findings=dict(written.findings),
        note_only=frozenset(written.note_only),
        clauses=tuple(_clause(clause, call) for clause, call in zip(written.clauses, calls, strict=True)),
    )


def _clause(written: WrittenClause, call: RuleCall | None) -> Clause:
    return Clause(
        clause_id=written.id,
        quote=written.quote,
        meaning=written.meaning.both(),
        who=written.who,
        kinds=written.kinds,
        scope=written.scope,
        consequences=written.consequences,
        effect=None if written.effect is None else written.effect.both(),
        applies_to=written.applies_to,
        rule=call,
    )
