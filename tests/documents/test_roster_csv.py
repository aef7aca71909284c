from datetime import datetime

import pytest

from lessonproof.documents.roster_csv import read_roster
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import SHANGHAI, Trainee
from tests.documents.workbooks import xlsx, xlsx_of_text

PEOPLE = (Trainee(1, "学员甲"), Trainee(2, "学员乙"))


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        pytest.param("序号,姓名\n1,学员甲\n2,学员乙\n", "utf-8", id="chinese-headers"),
        pytest.param("序号,姓名\n1,学员甲\n2,学员乙\n", "utf-8-sig", id="byte-order-mark-of-excel"),
        pytest.param("序号,姓名\r\n1,学员甲\r\n2,学员乙\r\n", "gb18030", id="gb18030-and-crlf"),
        pytest.param("Number,Name\n1,学员甲\n2,学员乙\n", "utf-8", id="english-headers"),
        pytest.param(
            "姓名,身份证号,序号\n学员甲,1101,1\n学员乙,1102,2\n,,\n", "utf-8", id="other-columns-and-blank-rows"
        ),
        pytest.param('序号,姓名\n"1","学员甲"\n 2 , 学员乙 \n', "utf-8", id="quotes-and-spaces"),
    ],
)
def test_rosters_as_offices_save_them(text: str, encoding: str) -> None:
    assert read_roster(text.encode(encoding), "r.csv") == PEOPLE


def test_withdrawals() -> None:
    content = "序号,姓名,中断时间\n1,学员甲,\n2,学员乙,2026-03-05 12:00\n".encode()
    assert read_roster(content, "r.csv") == (
        Trainee(1, "学员甲"),
        Trainee(2, "学员乙", datetime(2026, 3, 5, 12, tzinfo=SHANGHAI)),
    )


@pytest.mark.parametrize(
    ("text", "en"),
    [
        pytest.param(
            "序号,姓名\n1,甲\n1,乙\n",
            "r.csv:3: column 序号: got '1', expected a number that is not on row 2 already",
            id="double-number",
        ),
        pytest.param(
            "序号,姓名\nx,甲\n", "r.csv:2: column 序号: got 'x', expected a whole number from 1 to 9999", id="word"
        ),
        pytest.param(
            "序号,姓名\n0,甲\n", "r.csv:2: column 序号: got '0', expected a whole number from 1 to 9999", id="zero"
        ),
        pytest.param("number,name\n1,\n", "r.csv:2: column name: got '', expected a name", id="no-name"),
        pytest.param("number,name\n1\n", "r.csv:2: column name: got '', expected a name", id="short-row"),
        pytest.param(
            "序号,姓名,中断时间\n1,甲,soon\n",
            "r.csv:2: column 中断时间: got 'soon', expected a date and time such as 2026-03-05 12:00",
            id="no-moment",
        ),
        pytest.param("序号,姓名\n", "r.csv:1: got no rows, expected at least one person", id="header-only"),
        pytest.param(
            "", "r.csv:1: got the headers '', expected the columns number and name (序号, 姓名)", id="empty-file"
        ),
        pytest.param(
            "序号;姓名\n1;甲\n",
            "r.csv:1: got the headers '序号;姓名', expected the columns number and name (序号, 姓名)",
            id="semicolons",
        ),
        pytest.param(
            "序号,姓名,编号\n1,甲,2\n",
            "r.csv:1: column 编号: a second column for number; expected one",
            id="two-columns",
        ),
        pytest.param('序号,姓名\n1,"甲\n', "r.csv:2: not valid CSV: unexpected end of data", id="open-quote"),
    ],
)
def test_mistakes_are_named_by_row_and_column(text: str, en: str) -> None:
    with pytest.raises(DocumentError) as caught:
        read_roster(text.encode(), "r.csv")
    assert caught.value.en == en
    assert caught.value.zh.startswith("r.csv:")


def test_every_mistake_is_listed() -> None:
    with pytest.raises(DocumentError) as caught:
        read_roster("序号,姓名\nx,\n1,甲\n1,乙\n".encode(), "r.csv")
    assert [line.split(": got")[0] for line in caught.value.en.splitlines()] == [
        "r.csv:2: column 序号",
        "r.csv:2: column 姓名",
        "r.csv:4: column 序号",
    ]


def test_bytes_that_are_no_text() -> None:
    with pytest.raises(DocumentError, match="neither UTF-8 nor GB18030"):
        read_roster(b"\xff\xff\xff", "r.csv")


def test_a_roster_as_a_workbook() -> None:
    content = xlsx_of_text([["序号", "姓名", "中断时间"], ["1", "学员甲"], [], ["2", "学员乙", "2026-03-05 12:00"]])
    assert read_roster(content, "r.XLSX") == (
        Trainee(1, "学员甲"),
        Trainee(2, "学员乙", datetime(2026, 3, 5, 12, tzinfo=SHANGHAI)),
    )


def test_mistakes_in_a_workbook_are_named_by_its_rows() -> None:
    content = xlsx_of_text([[], ["序号", "姓名"], ["1", "学员甲"], [], ["1", "学员乙"]])
    with pytest.raises(DocumentError, match=r"r\.xlsx:5: column 序号: got '1', .* on row 3 already"):
        read_roster(content, "r.xlsx")


def test_which_of_several_sheets_is_the_roster_is_not_guessed() -> None:
    content = xlsx(lambda book: [book.add_worksheet(name).write_string(0, 0, "序号") for name in ("甲班", "乙班")])
    with pytest.raises(DocumentError, match="got the sheets 甲班, 乙班, expected the roster as the only visible one"):
        read_roster(content, "r.xlsx")
