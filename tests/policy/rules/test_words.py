import re

import pytest

from lessonproof.evidence.findings import FindingKind
from lessonproof.evidence.training import ClassType, InstitutionKind, UnitKind
from lessonproof.evidence.verdict import UnitCase
from lessonproof.policy.rules.words import CLASS_TYPES, FINDINGS, INSTITUTIONS, UNITS
from tests.policy.cases import FAILED, case, change, dossier, finding, measured, unit, verdict

_CHINESE = re.compile("[\u4e00-\u9fff]")


def test_every_code_has_its_word() -> None:
    assert set(FINDINGS) == set(FindingKind)
    assert set(CLASS_TYPES) == set(ClassType)
    assert set(INSTITUTIONS) == set(InstitutionKind)
    assert set(UNITS) == set(UnitKind)


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(spoiled, id=f"{pack_id} {name}")
        for pack_id in ("SX", "NK")
        for name, spoiled in {
            "good": case(pack_id),
            "practical": case(pack_id, unit(UnitKind.PRACTICAL)),
            "online": case(pack_id, unit(UnitKind.ONLINE)),
            "bare": change(case(pack_id), recordings=(), sheets=(), held_start=None, held_teacher="Teacher B"),
            "unreadable": measured(case(pack_id), FAILED),
            "suspected": case(pack_id, measured=dossier(*(finding(kind, 9, 10) for kind in FindingKind))),
        }.items()
    ],
)
def test_every_reason_and_need_speaks_both_languages(of: UnitCase) -> None:
    result = verdict(of)
    for text in (*(item.reason for item in result.clauses), *result.needs):
        assert _CHINESE.search(text.zh), text
        assert text.en.strip(), text
        assert not _CHINESE.search(text.en), text
