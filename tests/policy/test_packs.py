"""The packaged packs: that they load, that the right one is chosen, that they say what the regulations page says."""

import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from importlib.resources import files
from pathlib import Path

import pytest

from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.verdict import PackStamp, Scope
from lessonproof.policy.packs import load_packs, select_pack
from tests.policy.cases import BY_ID, DAY, NK, PACKS, SX

_CODE = re.compile(r"[A-Z]+(?:_[A-Z]+)*")


def test_packs_come_with_the_distribution_and_carry_their_digest() -> None:
    assert [pack.pack_id for pack in load_packs()] == ["NK", "SX"]
    content = (files("lessonproof.policy") / "packs" / "nankai.yaml").read_bytes()
    assert NK.stamp == PackStamp("NK", "1.1.0", hashlib.sha256(content).hexdigest())


def test_the_draft_is_marked_and_off() -> None:
    assert [(pack.pack_id, pack.draft, pack.switched_on) for pack in PACKS] == [
        ("NK", False, False),
        ("SX", True, False),
    ]
    with pytest.raises(DocumentError, match="draft") as refused:
        select_pack(PACKS, "SX", DAY)
    assert "征求意见稿" in refused.value.zh
    with pytest.raises(DocumentError):
        select_pack(PACKS, "SX", DAY, frozenset({"NK"}))
    assert select_pack(PACKS, "SX", DAY, frozenset({"SX"})).switched_on


def test_an_unknown_pack_is_refused_with_the_known_ones() -> None:
    with pytest.raises(DocumentError, match="'XX'; expected one of NK, SX"):
        select_pack(PACKS, "XX", DAY)


def test_of_several_editions_the_one_in_force_is_taken() -> None:
    terms = replace(NK.terms, valid_from=date(2029, 9, 1), valid_until=None)
    next_edition = replace(NK, stamp=replace(NK.stamp, version="2"), terms=terms)
    both = (next_edition, NK)
    assert select_pack(both, "NK", date(2029, 8, 31)) is NK
    assert select_pack(both, "NK", date(2029, 9, 1)) is next_edition
    assert select_pack(both, "NK", date(2020, 1, 1)) is NK


@pytest.mark.parametrize("pack_id", ["SX", "NK"])
def test_every_finding_kind_has_its_place(pack_id: str) -> None:
    pack = BY_ID[pack_id]
    assert set(pack.findings) | pack.note_only == set(FindingKind)
    assert not set(pack.findings) & pack.note_only


def test_sx_does_not_state_the_length_of_a_class_hour() -> None:
    assert (SX.terms.minutes_per_class_hour, SX.terms.class_hour_stated) == (45, False)


def test_scopes_of_clauses_that_decide_a_unit() -> None:
    assert {c.clause_id for c in NK.clauses if c.scope is Scope.UNIT} == {
        *("NK-5.2d", "NK-5.3a", "NK-5.3b", "NK-6.1.1", "NK-6.1.2", "NK-6.1.3", "NK-6.1.4", "NK-6.1.5"),
        *("NK-6.2.2c", "NK-6.2.2e", "NK-6.2.3a", "NK-6.2.3b", "NK-16"),
    }


# The packs against the regulations page, row by row.


def regulations() -> str:
    folder = os.environ.get("LESSONPROOF_DESIGN", str(Path(__file__).parents[3] / "shared" / "design"))
    page = Path(folder) / "regulations.md"
    if not page.is_file():
        pytest.skip(f"THE PACKS ARE NOT COMPARED WITH THE REGULATIONS: no {page} (set LESSONPROOF_DESIGN)")
    return page.read_text(encoding="utf-8")


def rows(page: str, prefix: str) -> Iterator[list[str]]:
    for line in page.splitlines():
        if re.match(rf"\| {prefix}-\S+ \|", line):
            yield [cell.strip(" ").replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]


@pytest.mark.parametrize(("pack_id", "count"), [("SX", 78), ("NK", 48)])
def test_every_row_is_a_clause_in_order_with_its_own_words(pack_id: str, count: int) -> None:
    table = list(rows(regulations(), pack_id))
    clauses = BY_ID[pack_id].clauses
    assert len(table) == count
    assert [c.clause_id for c in clauses] == [row[0] for row in table]
    for item, row in zip(clauses, table, strict=True):
        assert item.quote == row[1], item.clause_id
        assert item.meaning.en == row[2], item.clause_id
        assert [who.value for who in item.who] == row[3].split(), item.clause_id
        assert [kind.value for kind in item.kinds] == row[4].split(), item.clause_id


@pytest.mark.parametrize("pack_id", ["SX", "NK"])
def test_every_clause_carries_the_codes_of_its_row(pack_id: str) -> None:
    """Codes that stand in the row itself; those of a clause it refers to are held by the next test."""
    known = {code.value for pack in PACKS for c in pack.clauses for code in c.consequences}
    table = {row[0]: row[7] for row in rows(regulations(), pack_id)}
    for item in BY_ID[pack_id].clauses:
        own = {code for code in _CODE.findall(table[item.clause_id]) if code in known}
        codes = {code.value for code in item.consequences}
        assert own <= codes, item.clause_id
        if not re.search(r"(?:^|[ ,])(?:SX|NK)-", re.sub(r"\([^)]*\)", "", table[item.clause_id])):
            assert codes == own, item.clause_id


def test_references_resolve_to_the_codes_that_hold_without_a_condition() -> None:
    codes = {c.clause_id: tuple(code.value for code in c.consequences) for c in SX.clauses}
    assert codes["SX-5.1.0"] == ("HOUR_VOID", "WARN", "SUSPEND", "DEQUALIFY")
    assert codes["SX-5.1.5"] == ("HOUR_VOID", "WARN", "SUSPEND")
    assert codes["SX-3.1.1"] == ("HOUR_VOID",)
    assert codes["SX-A5.4"] == ("RETURN", "HOUR_VOID", "WARN", "SUSPEND")
    assert codes["SX-3.3.2"] == ("DEQUALIFY", "NEXT_YEAR")


@pytest.mark.parametrize(("pack_id", "column"), [("SX", 2), ("NK", 5)])
def test_findings_touch_what_section_7_says(pack_id: str, column: int) -> None:
    pack, page = BY_ID[pack_id], regulations()
    section = page[page.index("## 7.") : page.index("## 8.")]
    table = [re.split(r"(?<!\\)\|", line) for line in section.splitlines() if line.startswith("| `")]
    assert len(table) == 24
    for row in table:
        cell = row[column].strip()
        for kind in map(FindingKind, re.findall(r"`(\w+)`", row[1])):
            if cell.startswith("note"):
                assert kind in pack.note_only, kind
            elif cell == "—":
                assert pack.findings[kind] == (), kind
            else:
                assert set(_listed(pack_id, cell)) <= set(pack.findings[kind]), kind


def _listed(pack_id: str, cell: str) -> Iterator[str]:
    """``3.1.7, 5.3a–c`` as clause IDs."""
    for part in cell.split(","):
        stem, first, last = re.fullmatch(r"\s*([\w.]*?)([a-z])?(?:–([a-z]))?\s*", part).groups()  # type: ignore[union-attr]
        for letter in range(ord(first), ord(last or first) + 1) if first else [None]:
            yield f"{pack_id}-{stem}{chr(letter) if letter is not None else ''}"
