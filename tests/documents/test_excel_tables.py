"""What is special to workbooks; what they share with CSV stands in ``test_tables.py``."""

import datetime as dt
import io
import os
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lessonproof.documents.attendance_tables import read_attendance
from lessonproof.documents.tables import MAX_CELL_CHARS, MAX_COLUMNS, MAX_TABLE_BYTES, Table, read_table
from lessonproof.evidence.attendance import AttendanceFile, SourceKind
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import SHANGHAI
from tests.documents.workbooks import FILE_PASS, encrypted_workbook, ods, xls, xls_number, xlsx, xlsx_of_text


def _cells(write: Any, **options: object) -> list[tuple[int, tuple[str, ...]]]:
    """The rows of the one sheet that ``write(book, sheet)`` fills."""
    (table,) = read_table(xlsx(lambda book: write(book, book.add_worksheet("打卡")), **options), "t.xlsx")
    assert table.place == "t.xlsx:打卡"
    assert table.is_workbook
    return list(table.rows)


@pytest.mark.parametrize("is_1904", [False, True])
def test_values_read_as_a_person_would_type_them(is_1904: bool) -> None:
    def write(book: Any, sheet: Any) -> None:
        formats = {code: book.add_format({"num_format": code}) for code in ("yyyy-mm-dd hh:mm:ss", "hh:mm", "[h]:mm")}
        sheet.write_datetime(0, 0, dt.datetime(2026, 3, 5, 8, 29, 59), formats["yyyy-mm-dd hh:mm:ss"])  # noqa: DTZ001
        sheet.write_datetime(0, 1, dt.datetime(2026, 3, 5), formats["yyyy-mm-dd hh:mm:ss"])  # noqa: DTZ001
        sheet.write_datetime(0, 2, dt.time(8, 30), formats["hh:mm"])
        sheet.write_number(0, 3, 1.25, formats["[h]:mm"])
        for column, value in enumerate([12, 0.5, -3, 1e15], start=4):
            sheet.write_number(0, column, value)
        sheet.write_boolean(0, 8, True)
        sheet.write_string(0, 9, "0012")
        sheet.write_formula(0, 10, "=1+1", None, 2)
        sheet.write_rich_string(0, 11, "学", book.add_format({"bold": True}), "员", "甲")

    ((_, cells),) = _cells(write, date_1904=is_1904)
    moments = ("2026-03-05 08:29:59", "2026-03-05", "08:30:00", "30:00:00")
    assert cells == (*moments, "12", "0.5", "-3", "1000000000000000.0", "TRUE", "0012", "2", "学员甲")


@pytest.mark.parametrize("code", ["0%", "0.00%", '0.0%" done"'])
def test_a_percentage_keeps_its_sign_and_a_quoted_one_is_none(code: str) -> None:
    def write(book: Any, sheet: Any) -> None:
        sheet.write_number(0, 0, 0.85, book.add_format({"num_format": code}))
        sheet.write_number(0, 1, 1, book.add_format({"num_format": '0" %"'}))

    assert _cells(write) == [(1, ("85%", "1"))]


def test_rows_keep_the_numbers_that_a_person_sees() -> None:
    assert _cells(lambda _, sheet: sheet.write_string("C4", "甲")) == [(4, ("", "", "甲"))]


def test_a_name_merged_over_rows_belongs_to_each_of_them_and_a_wide_title_to_one_column() -> None:
    def write(_: Any, sheet: Any) -> None:
        sheet.merge_range("A1:B1", "考勤")
        sheet.merge_range("A2:A4", "学员甲")
        for row, text in enumerate(["一", "二", "三", "四"], start=1):
            sheet.write_string(row, 1, text)

    assert _cells(write) == [
        (1, ("考勤",)),
        (2, ("学员甲", "一")),
        (3, ("学员甲", "二")),
        (4, ("学员甲", "三")),
        (5, ("", "四")),
    ]


def test_hidden_sheets_charts_and_blank_sheets_are_left_out() -> None:
    def write(book: Any) -> None:
        for name, text in (("一", "1"), ("空", ""), ("藏", "2"), ("深藏", "3"), ("四", "4")):
            sheet = book.add_worksheet(name)
            sheet.write_string(0, 0, text)
            if name == "藏":
                sheet.hide()
            if name == "深藏":
                sheet.very_hidden()
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=一!$A$1:$A$2"})
        book.add_chartsheet("图").set_chart(chart)

    tables = read_table(xlsx(write), "t.xlsx")
    assert tables == (
        Table("t.xlsx:一", ((1, ("1",)),), is_workbook=True),
        Table("t.xlsx:四", ((1, ("4",)),), is_workbook=True),
    )


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"", "damaged, or no workbook", id="empty"),
        pytest.param(b"<html><table></table></html>", "damaged, or no workbook", id="web-page-named-excel"),
        pytest.param(b"PK\x03\x04", "damaged, or no workbook", id="torn-zip"),
        pytest.param(xlsx_of_text([["a"]])[:2000], "damaged, or no workbook", id="torn-workbook"),
        pytest.param(xlsx_of_text([]), "no visible sheet holds any cells", id="blank"),
        pytest.param(encrypted_workbook(), "protected by a password", id="password"),
        pytest.param(xls([], before=FILE_PASS), "protected by a password", id="password-of-the-old-format"),
        pytest.param(ods("", encrypted=True), "protected by a password", id="password-of-libreoffice"),
    ],
)
def test_files_that_cannot_be_read_are_refused_with_words(content: bytes, message: str) -> None:
    for ending in (".xlsx", ".xls", ".ods"):
        with pytest.raises(DocumentError) as refused:
            read_table(content, f"t{ending}")
        assert refused.value.en.startswith(f"t{ending}: {message}")
        assert refused.value.zh.startswith(f"t{ending}：")


def _far_apart() -> bytes:
    def write(_: Any, sheet: Any) -> None:
        sheet.write_number(0, 0, 1)
        sheet.write_number(1_048_575, 16_383, 1)

    return xlsx(lambda book: write(book, book.add_worksheet()))


def _zip_bomb() -> bytes:
    """A workbook whose one text has 1.1 GB."""
    text = "a" * 20
    source, target = zipfile.ZipFile(io.BytesIO(xlsx_of_text([[text]]))), io.BytesIO()
    with source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in source.namelist():
            before, found, after = source.read(name).partition(text.encode())
            with archive.open(name, "w", force_zip64=True) as member:
                member.write(before)
                for _ in range(1100 if found else 0):
                    member.write(b"a" * 1_000_000)
                member.write(after)
    return target.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(_far_apart(), id="two-cells-far-apart"),
        pytest.param(_zip_bomb(), id="zip-bomb"),
        pytest.param(
            ods(
                '<table:table-row table:number-rows-repeated="100000"><table:table-cell '
                'table:number-columns-repeated="1000" office:value-type="string"><text:p>a</text:p></table:table-cell>'
                "</table:table-row>"
            ),
            id="one-cell-repeated",
        ),
    ],
)
def test_a_small_file_that_asks_for_all_the_memory_is_refused(content: bytes) -> None:
    assert len(content) < MAX_TABLE_BYTES
    with pytest.raises(DocumentError, match="too large to be read"):
        read_table(content, "t.xlsx")


def test_numbers_of_the_old_format_are_read() -> None:
    (table,) = read_table(xls([xls_number(0, 0, 3), xls_number(1, 2, 0.25)]), "t.xls")
    assert table == Table("t.xls:t", ((1, ("3",)), (2, ("", "", "0.25"))), is_workbook=True)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 6000), st.binary(min_size=1, max_size=40))
def test_a_damaged_workbook_gives_rows_or_the_one_error(position: int, damage: bytes) -> None:
    content = bytearray(xlsx_of_text([["序号", "姓名"], ["1", "甲"]]))
    position %= len(content)
    content[position : position + len(damage)] = damage
    try:
        tables = read_table(bytes(content), "t.xlsx")
    except DocumentError:
        return
    rows = [cells for table in tables for _, cells in table.rows]
    assert all(len(cells) <= MAX_COLUMNS and max(map(len, cells)) <= MAX_CELL_CHARS for cells in rows)


def _online(write: Any) -> AttendanceFile:
    content = xlsx(lambda book: write(book, book.add_worksheet("日志")))
    return read_attendance(content, SourceKind.ONLINE_LOG, "log.xlsx", "log.xlsx")


def _online_rows(book: Any, sheet: Any, progress: float, code: str) -> None:
    for column, title in enumerate(["序号", "登录时间", "学习时长", "学习进度", "备注"]):
        sheet.write_string(0, column, title)
    moment = book.add_format({"num_format": "yyyy/m/d h:mm"})
    sheet.write_number(1, 0, 7)
    sheet.write_datetime(1, 1, dt.datetime(2026, 3, 5, 8, 30), moment)  # noqa: DTZ001
    sheet.write_datetime(1, 2, dt.time(0, 45), book.add_format({"num_format": "h:mm:ss"}))
    sheet.write_number(1, 3, progress, book.add_format({"num_format": code}))
    sheet.write_formula(1, 4, "=NA()", None, "#N/A")


@pytest.mark.parametrize(("progress", "code"), [(0.85, "0%"), (85, "General")])
def test_a_log_with_real_dates_lengths_and_percentages(progress: float, code: str) -> None:
    (row,) = _online(lambda book, sheet: _online_rows(book, sheet, progress, code)).online
    assert row.person.number == 7
    assert row.start == dt.datetime(2026, 3, 5, 8, 30, tzinfo=SHANGHAI)
    assert row.learned == dt.timedelta(minutes=45)
    assert row.progress_percent == 85


@pytest.mark.parametrize("progress", [0.85, 1])
def test_a_bare_share_is_not_guessed(progress: float) -> None:
    with pytest.raises(DocumentError, match=r"log.xlsx:日志:2: column 学习进度: got .*could mean either"):
        _online(lambda book, sheet: _online_rows(book, sheet, progress, "General"))


def test_a_failed_formula_in_a_needed_cell_is_named() -> None:
    def write(book: Any, sheet: Any) -> None:
        _online_rows(book, sheet, 85, "General")
        sheet.write_formula(1, 0, '=VLOOKUP("甲",A1:B1,1)', None, "#N/A")

    with pytest.raises(DocumentError, match=r"log.xlsx:日志:2: column 序号: got '#N/A', expected a value"):
        _online(write)


def test_nothing_is_left_running_or_written() -> None:
    before = set(os.listdir())  # noqa: PTH208
    read_table(xlsx_of_text([["a"]]), "t.xlsx")
    assert set(os.listdir()) == before  # noqa: PTH208
