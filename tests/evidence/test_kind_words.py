"""Every kind of finding has a name and a sentence in both languages, and they are told apart."""

import re

import pytest

from lessonproof.evidence.findings import EDIT_KINDS, FindingKind
from lessonproof.evidence.kind_words import GROUP_NAMES, KIND_WORDS, Group


def test_every_kind_of_finding_is_explained() -> None:
    assert set(KIND_WORDS) == set(FindingKind)


@pytest.mark.parametrize("kind", FindingKind)
def test_words_are_in_both_languages(kind: FindingKind) -> None:
    words = KIND_WORDS[kind]
    assert re.search(r"[一-鿿]", words.name.zh)
    assert words.name.en.isascii()
    assert words.sentence.zh.endswith("。")
    assert words.sentence.en.endswith(".")


@pytest.mark.parametrize("kind", sorted(EDIT_KINDS))
def test_what_suspects_a_hand_is_said_to_be_a_suspicion(kind: FindingKind) -> None:
    words = KIND_WORDS[kind]
    assert "疑似" in words.name.zh + words.sentence.zh
    assert re.search(r"[Ss]uspect|seems", words.name.en + words.sentence.en)


def test_groups_have_names() -> None:
    assert set(GROUP_NAMES) == set(Group)


def test_names_are_told_apart() -> None:
    assert len({words.plain_zh for words in KIND_WORDS.values()}) == len(KIND_WORDS)
    assert not any("疑似" in words.plain_zh for words in KIND_WORDS.values())
    assert len({words.name.zh for words in KIND_WORDS.values()}) == len(KIND_WORDS)
    assert len({words.name.en for words in KIND_WORDS.values()}) == len(KIND_WORDS)
