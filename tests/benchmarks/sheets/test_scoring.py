from dataclasses import replace

from benchmarks.sheets.cases import sheet_case
from benchmarks.sheets.scoring import Score, score, table


def test_a_case_is_the_same_each_time_and_is_scored() -> None:
    case = sheet_case(1, 2)
    assert sheet_case(1, 2).photo == case.photo
    result = score(case)
    assert (result.refused, result.right + result.wrong + result.unclear) == (None, 61)
    assert result.right >= 60
    turned_round = score(replace(case, signed=frozenset(range(1, 61)) - case.signed))
    assert turned_round.wrong >= 59, "the truth decides, not the reader"


def test_the_table_counts_readable_photographs_only() -> None:
    read = Score("a", None, None, 60, 1, 0, True, 1, 1, 1, 0.5, ("row 1",))
    refused = Score("b", "tiny", "sheet_too_small", 0, 0, 0, None, 0, 0, 0, 0.1, ())
    missed = Score("c", "blurred", None, 3, 50, 8, None, 0, 0, 0, 0.1, ())
    text = table([read, refused, missed])
    assert "| cells right | 60 of 61 (98.36%) |" in text
    assert "| meant to be unreadable / refused | 2 / 1 |" in text
    assert "| fault tiny: sheet_too_small | 1 |" in text
