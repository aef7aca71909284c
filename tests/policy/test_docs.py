"""The pages on rule packs name what the packs hold."""

import re
from pathlib import Path

import pytest

from lessonproof.policy.rules.base import NoParameters
from tests.policy.cases import BY_ID

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("page", ["rule-packs.md", "rule-packs.zh-CN.md"])
@pytest.mark.parametrize("pack_id", ["SX", "NK"])
def test_the_page_lists_every_computed_clause_with_its_rule(page: str, pack_id: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    listed: dict[str, str] = {}
    for ids, rule in re.findall(r"^\| ((?:SX|NK)-[^|]+) \| `(\w+)` \|", text, flags=re.MULTILINE):
        listed |= dict.fromkeys(re.split(r"[,、]\s*", ids), rule)
    computed = {c.clause_id: c.rule.name for c in BY_ID[pack_id].clauses if c.rule is not None}
    assert {clause_id: rule for clause_id, rule in listed.items() if clause_id.startswith(pack_id)} == computed
    assert f"| {len(BY_ID[pack_id].clauses)} | {len(computed)} |" in text


@pytest.mark.parametrize("page", ["rule-packs.md", "rule-packs.zh-CN.md"])
def test_the_page_names_every_open_point_and_where_rules_read_it(page: str) -> None:
    text = (DOCS / page).read_text(encoding="utf-8")
    for pack in BY_ID.values():
        for point in pack.open_points:
            assert re.search(rf"\b{point.number}\b", text, flags=re.ASCII), point.number
        for item in pack.clauses:
            if item.rule is None or isinstance(item.rule.parameters, NoParameters):
                continue
            for used in item.rule.parameters.uses():
                number = used.split(".")[0]
                (row,) = re.findall(rf"^\| {number} \|.*$", text, flags=re.MULTILINE)
                assert number == "Q12" or item.clause_id in row, (number, item.clause_id)
