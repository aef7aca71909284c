import re
from pathlib import Path

import pytest

from lessonproof.evidence.findings import EDIT_KINDS, FindingKind, Severity
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind
from lessonproof.evidence.verdict import ClauseStatus, Outcome
from lessonproof.policy.pack import Consequence
from lessonproof.service.reports import terms
from lessonproof.service.reports.wording import GROUP_NAMES, KIND_WORDS, Group

CSS = Path(__file__).parents[3] / "src/lessonproof/service/reports/templates/report.css"


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


def test_names_are_told_apart() -> None:
    assert len({words.name.zh for words in KIND_WORDS.values()}) == len(KIND_WORDS)
    assert len({words.name.en for words in KIND_WORDS.values()}) == len(KIND_WORDS)


def test_tables_are_complete() -> None:
    assert set(GROUP_NAMES) == set(Group)
    assert set(terms.OUTCOMES) == set(Outcome)
    assert set(terms.STATUSES) == set(ClauseStatus)
    assert set(terms.SEVERITIES) == set(Severity)
    assert set(terms.CONSEQUENCES) == {code.value for code in Consequence}
    assert set(terms.UNIT_KINDS) == set(UnitKind)
    assert set(terms.CLASS_TYPES) == set(ClassType)
    assert set(terms.INSTITUTION_KINDS) == set(InstitutionKind)


def test_a_word_of_a_newer_stage_is_shown_as_it_is() -> None:
    assert terms.looked_up(terms.MEASUREMENTS, "radar").en == "radar"


def _luminance(colour: str) -> float:
    """Relative luminance, WCAG 2.2."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("name", [*(group.value for group in Group), "ink", "soft", "brand", "pass", "fail", "review"])
def test_colours_can_be_read_on_white(name: str) -> None:
    """Contrast of at least 4.5:1, WCAG 2.2 success criterion 1.4.3; the tags write white on the same colours."""
    found = re.search(rf"--{name}: (#[0-9a-f]{{6}});", CSS.read_text(encoding="utf-8"))
    assert found is not None
    assert 1.05 / (_luminance(found.group(1)) + 0.05) >= 4.5
