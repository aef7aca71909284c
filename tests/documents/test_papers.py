from collections.abc import Iterator
from pathlib import Path

import pytest

from lessonproof.documents.papers import PAPERS
from lessonproof.policy.pack import RulePack
from lessonproof.policy.packs import load_packs


def _asked_for(pack: RulePack) -> Iterator[str]:
    for clause in pack.clauses:
        settings = {} if clause.rule is None else clause.rule.parameters.model_dump()
        yield from settings.get("documents", ())
        if "contract" in settings:
            yield settings["contract"]


@pytest.mark.parametrize("pack", load_packs(), ids=lambda pack: pack.pack_id)
def test_every_paper_that_a_pack_asks_for_can_be_listed(pack: RulePack) -> None:
    asked = set(_asked_for(pack))
    assert asked
    assert asked <= PAPERS.keys()


def test_every_paper_has_words_in_both_languages() -> None:
    assert all(words.zh and words.en and words.zh != words.en for words in PAPERS.values())


@pytest.mark.parametrize("page", ["class-file.md", "class-file.zh-CN.md"])
def test_the_page_lists_every_paper(page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    assert [word for word, words in PAPERS.items() if f"| `{word}` | " not in text or words.zh not in text] == []
