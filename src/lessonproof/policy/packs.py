"""The packs that come with the product, and the choice of the one that a class is judged by."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from importlib.resources import files

from lessonproof.evidence.errors import DocumentError
from lessonproof.policy.pack import RulePack
from lessonproof.policy.pack_file import parse_pack
from lessonproof.policy.rules.registry import RULES


def load_pack(content: bytes, name: str) -> RulePack:
    """Read one rule pack with the rule library of this version.

    Args:
        content: the file's bytes.
        name: what the user calls the file.

    Raises:
        DocumentError: names file, line, field and what was expected.
    """
    return parse_pack(content, name, RULES)


def load_packs() -> tuple[RulePack, ...]:
    """The packs inside this distribution, by prefix.

    Raises:
        DocumentError: a packaged file was altered into something invalid.
    """
    folder = files("lessonproof.policy") / "packs"
    found = [load_pack(item.read_bytes(), item.name) for item in folder.iterdir() if item.name.endswith(".yaml")]
    return tuple(sorted(found, key=lambda pack: (pack.pack_id, pack.terms.valid_from)))


def select_pack(
    packs: Iterable[RulePack], prefix: str, opened_on: date, enabled_drafts: frozenset[str] = frozenset()
) -> RulePack:
    """The pack of that prefix for a class opened on that day.

    Of several editions the one in force on that day is taken; where none is, the nearest one, whose own clause on its
    time of force (SX-6, NK-16) then fails: that is a verdict, not a mistake in a file.

    Args:
        packs: to choose from.
        prefix: prefix of the regulation, as the class file names it.
        opened_on: opening date of the class.
        enabled_drafts: prefixes of draft packs that an operator switched on.

    Raises:
        DocumentError: no such pack, or a draft that is not switched on.
    """
    by_prefix: dict[str, list[RulePack]] = {}
    for pack in packs:
        by_prefix.setdefault(pack.pack_id, []).append(pack)
    if prefix not in by_prefix:
        known = ", ".join(sorted(by_prefix))
        raise DocumentError(
            f"rule_pack: unknown rule pack {prefix!r}; expected one of {known}",
            f"rule_pack：没有规则包 {prefix!r}；应为以下之一：{known}",
        )
    chosen = min(by_prefix[prefix], key=lambda pack: _days_outside(pack, opened_on))
    if not chosen.draft:
        return chosen
    if prefix not in enabled_drafts:
        raise draft_refused(prefix)
    return replace(chosen, switched_on=True)


def draft_refused(prefix: str) -> DocumentError:
    """The refusal of a draft pack (open point Q1)."""
    return DocumentError(
        f"rule_pack: {prefix} is a draft for comment and is off; an operator switches it on (--enable-draft {prefix})",
        f"rule_pack：{prefix} 是征求意见稿，默认关闭；须由运维人员启用（--enable-draft {prefix}）",
    )


def _days_outside(pack: RulePack, opened_on: date) -> int:
    if opened_on < pack.terms.valid_from:
        return (pack.terms.valid_from - opened_on).days
    if pack.terms.valid_until is not None and opened_on > pack.terms.valid_until:
        return (opened_on - pack.terms.valid_until).days
    return 0
