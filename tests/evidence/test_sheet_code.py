from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.evidence.sheet_code import (
    MAX_CODE_CHARS,
    SheetCode,
    SheetCodeTooLongError,
    parse_sheet_code,
    roster_digest,
)
from lessonproof.evidence.training import SHANGHAI, Trainee

START = datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI)
CODE = SheetCode("绍-2026-0017", "T1", 1, 2, 1, "0123456789", START, 180)
ALPHANUMERIC = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:")


@given(
    st.text(min_size=1, max_size=6),
    st.text("Tt1-_甲", min_size=1, max_size=4),
    st.integers(1, 5),
    st.integers(1, 2 * 1440),
)
def test_what_is_printed_is_read_again(class_number: str, unit_id: str, page: int, minutes: int) -> None:
    if not class_number.isprintable():
        return
    code = SheetCode(class_number, unit_id, page, 5, 1, "ABCDEF0123", START, minutes)
    text = code.text()
    assert parse_sheet_code(text) == code
    assert set(text) <= ALPHANUMERIC
    assert len(text) <= MAX_CODE_CHARS


def test_the_end_is_told() -> None:
    assert CODE.end == START + timedelta(hours=3)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org",
        CODE.text().replace("LPS1", "LPS2"),
        CODE.text() + "X",
        CODE.text().replace(":1:2:", ":3:2:"),
        CODE.text().replace("2603020830", "2613020830"),
        CODE.text().replace("%E7%BB%8D", "%E7%BB"),
    ],
)
def test_other_codes_are_none_of_ours(text: str) -> None:
    assert parse_sheet_code(text) is None


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(SheetCodeTooLongError):
        SheetCode("班" * 12, "T1", 1, 1, 1, "0123456789", START, 180).text()


def test_a_roster_is_its_numbers_names_and_order() -> None:
    first, second = Trainee(1, "学员甲"), Trainee(2, "学员乙")
    digests = {
        roster_digest(roster)
        for roster in ([first, second], [second, first], [first], [first, Trainee(2, "学员丙")], [Trainee(3, "学员甲")])
    }
    assert len(digests) == 5
    assert roster_digest(iter((first, second))) == roster_digest([first, second])
