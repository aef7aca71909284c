import ast
import re
from pathlib import Path

import pytest

import lessonproof
from lessonproof.analysis import clock_series
from lessonproof.analysis.speed import SpeedSource
from lessonproof.evidence.findings import Severity
from lessonproof.evidence.kind_words import Group
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind
from lessonproof.evidence.verdict import ClauseStatus, Outcome
from lessonproof.policy.pack import Consequence
from lessonproof.service.reports import terms
from lessonproof.workers import roll_call, station_findings

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


PLACES = {"Finding": 4, "UnitFinding": 5}
"""Where the measurement stands among the arguments, if it is not named."""


def _measured_from() -> set[str]:
    """What the analyses write where they name their measurement."""
    found = {clock_series.MEASURED_FROM, roll_call.MEASURED_FROM, station_findings.MEASURED_FROM, *SpeedSource}
    for path in (Path(lessonproof.__file__).parent).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in PLACES:
                place = PLACES[node.func.id]
                named = [k.value for k in node.keywords if k.arg == "measured_from"] + node.args[place : place + 1]
                found |= {
                    constant.value
                    for value in named
                    for constant in ast.walk(value)
                    if isinstance(constant, ast.Constant) and isinstance(constant.value, str)
                }
    return {word for words in found for word in words.split("+") if word} - {"blurred", "measured_from"}


def test_every_measurement_has_words() -> None:
    assert _measured_from() == set(terms.MEASUREMENTS)


def test_measurements_that_agree_are_named_one_after_the_other() -> None:
    assert terms.measured_words("clock+hum").en == "the burned-in clock, the mains hum in the sound"


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
