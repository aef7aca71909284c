import re
from pathlib import Path

import pytest

from lessonproof.evidence.findings import Severity
from lessonproof.evidence.kind_words import Group
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind
from lessonproof.evidence.verdict import ClauseStatus, Outcome
from lessonproof.policy.pack import Consequence
from lessonproof.service.reports import terms

CSS = Path(__file__).parents[3] / "src/lessonproof/service/reports/templates/report.css"


def test_tables_are_complete() -> None:
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
