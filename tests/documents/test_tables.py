"""Every reader of tables keeps one contract; what is special to CSV follows."""

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lessonproof.documents.tables import MAX_CELL_CHARS, MAX_COLUMNS, MAX_ROWS, TABLE_READERS, read_table
from lessonproof.evidence.errors import DocumentError
from tests.documents.workbooks import ods_of_text, xls_of_text, xlsx_of_text


def _csv(rows: Sequence[Sequence[str]]) -> bytes:
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows)
    return "\r\n".join(quoted).encode("utf-8-sig")


WRITERS: Mapping[str, Callable[[Sequence[Sequence[str]]], bytes]] = {
    ".csv": _csv,
    ".xlsx": xlsx_of_text,
    ".xls": xls_of_text,
    ".ods": ods_of_text,
}
"""How a test writes a file of each kind; a reader without a writer here is not tested, which the next test refuses."""


def test_every_reader_is_under_contract() -> None:
    assert WRITERS.keys() == TABLE_READERS.keys()


@pytest.mark.parametrize("ending", sorted(TABLE_READERS))
def test_rows_come_as_text_with_their_numbers(ending: str) -> None:
    rows = [["序号", "姓名"], ["", " "], ["0012", " 学员甲 "], ['="007"', "'008"], ["=1+1", "@SUM(A1)"]]
    (table,) = read_table(WRITERS[ending](rows), f"打卡{ending.upper()}")
    assert [cells for _, cells in table.rows] == [
        ("序号", "姓名"),
        ("0012", "学员甲"),
        ("007", "008"),
        ("=1+1", "@SUM(A1)"),
    ]
    assert [number for number, _ in table.rows] == [1, 3, 4, 5]


@pytest.mark.parametrize("ending", sorted(TABLE_READERS))
@pytest.mark.parametrize(
    ("row", "message"),
    [
        pytest.param(["x" * (MAX_CELL_CHARS + 1)], "2: column 1: expected one line", id="long-cell"),
        pytest.param(["a", "b\nc"], "column 2: expected one line", id="line-break"),
        pytest.param(["a\x7fb"], "column 1: expected one line", id="control-character"),
        pytest.param(["1"] * (MAX_COLUMNS + 1), "201 columns; at most 200", id="many-columns"),
    ],
)
def test_hostile_cells_are_refused_with_their_place(ending: str, row: list[str], message: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_table(WRITERS[ending]([["a"], row]), f"t{ending}")
    assert message in refused.value.en
    assert refused.value.en.startswith(f"t{ending}:")
    assert refused.value.zh.startswith(f"t{ending}:")


@pytest.mark.parametrize("ending", sorted(TABLE_READERS.keys() - {".xls"}))  # which ends at row 65,536
def test_too_many_rows_are_refused(ending: str) -> None:
    with pytest.raises(DocumentError, match="100,000 rows"):
        read_table(WRITERS[ending]([["1"]] * (MAX_ROWS + 1)), f"t{ending}")


@pytest.mark.parametrize("name", ["t.xlsb", "t", "t.csv.exe"])
def test_other_endings_are_refused_with_what_is_read(name: str) -> None:
    with pytest.raises(DocumentError, match=r"expected one of \.csv") as refused:
        read_table(b"a", name)
    assert "另存为 .xlsx" in refused.value.zh


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_as_offices_save_it(encoding: str) -> None:
    (table,) = read_table("序号,姓名\r\n1,学员甲\r\n".encode(encoding), "t.csv")
    assert table.rows == ((1, ("序号", "姓名")), (2, ("1", "学员甲")))


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(DocumentError, match="neither UTF-8 nor GB18030"):
        read_table(b"\xff\xff\x80", "t.csv")


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_or_the_one_error(content: bytes) -> None:
    try:
        tables = read_table(content, "t.csv")
    except DocumentError:
        return
    assert all(len(cell) <= MAX_CELL_CHARS for table in tables for _, cells in table.rows for cell in cells)
