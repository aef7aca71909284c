from pathlib import Path

import pytest

from lessonproof.documents.class_file import parse_class_file, read_class_file
from lessonproof.documents.sign_in_tables import read_sign_ins
from lessonproof.evidence.errors import DocumentError
from lessonproof.evidence.training import Roster, Trainee
from tests.documents.workbooks import xlsx, xlsx_of_text

EXAMPLE = Path(__file__).parents[2] / "examples" / "theory" / "class.yaml"
ROSTER = Roster((Trainee(1, "学员甲"), Trainee(2, "学员乙"), Trainee(3, "学员丙")))
CLASS = """
rule_pack: NK
institution: {name: x}
class: {number: 1, occupation: x, level: x, opened_on: 2026-03-02}
roster: [{number: 1, name: 甲}, {number: 2, name: 乙}, {number: 3, name: 丙}, {number: 4, name: 丁}]
units:
  - {id: T1, kind: theory, date: 2026-03-02, start: 08:30, end: 11:30, teacher: x, venue: x, topic: x, class_hours: 4,
     sheets: [{teacher_signed: true, table: s.csv}]}
"""


@pytest.mark.parametrize("yes", ["是", "√", "1", "Yes", "已签到", " 是 "])
@pytest.mark.parametrize("no", ["否", "", "×", "0", "no", "缺勤"])
def test_clear_marks(yes: str, no: str) -> None:
    found = read_sign_ins(f"序号,姓名,签名\n1,学员甲,{yes}\n02,,{no}\n".encode(), "s.csv", ROSTER)
    assert (found.signed, found.absent) == (frozenset({1}), frozenset({2}))


def test_a_workbook_with_real_numbers_and_truth_values() -> None:
    def write(sheet: object) -> None:
        for row, cells in enumerate([("number", "signed"), (1, True), (2, 1), (3, False)]):
            for column, value in enumerate(cells):
                sheet.write(row, column, value)  # type: ignore[attr-defined]

    found = read_sign_ins(xlsx(lambda book: write(book.add_worksheet())), "s.xlsx", ROSTER)
    assert (found.signed, found.absent) == (frozenset({1, 2}), frozenset({3}))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("序号,签名\n1,也许\n", "s.csv:2: column 签名: got '也许', expected yes or no", id="unclear-mark"),
        pytest.param("序号,签名\n1,学员甲\n", "column 签名: got '学员甲', expected yes or no", id="a-typed-name"),
        pytest.param("序号,签名\n9,是\n", "column 序号: got '9', expected a number that is on", id="stranger"),
        pytest.param("序号,签名\n,是\n", "column 序号: got '', expected a number", id="nobody"),
        pytest.param("序号,姓名,签名\n1,学员乙,是\n", "column 姓名: got '…', expected the name of", id="other-name"),
        pytest.param("序号,签名\n1,是\n1,是\n", "number 1 has two rows", id="twice"),
        pytest.param("序号,姓名\n1,学员甲\n", "expected the columns number and signed", id="no-column"),
        pytest.param("序号,签名,签到\n1,是,是\n", "a second column for signed", id="two-columns"),
        pytest.param("", "got the headers ''", id="empty"),
    ],
)
def test_wrong_tables_are_refused_with_their_place(text: str, message: str) -> None:
    with pytest.raises(DocumentError) as refused:
        read_sign_ins(text.encode(), "s.csv", ROSTER)
    assert message in refused.value.en
    assert refused.value.zh.startswith("s.csv")


def test_several_sheets_are_not_guessed() -> None:
    content = xlsx(lambda book: [book.add_worksheet().write_string(0, 0, "序号") for _ in range(2)])
    with pytest.raises(DocumentError, match="got 2 sheets"):
        read_sign_ins(content, "s.xlsx", ROSTER)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    (tmp_path / "class.yaml").write_text(CLASS, encoding="utf-8")
    (tmp_path / "s.csv").write_text("序号,签名\n1,是\n2,否\n4,是\n", encoding="utf-8")
    return tmp_path / "class.yaml"


def test_who_has_no_row_is_neither_signed_nor_absent(path: Path) -> None:
    (sheet,) = read_class_file(path).training_class.units[0].sheets
    assert (sheet.signed_numbers, sheet.unclear_numbers, sheet.teacher_signed) == (
        frozenset({1, 4}),
        frozenset({3}),
        True,
    )
    assert sheet.table_sha256 is not None


def test_the_example_and_a_workbook_in_its_place() -> None:
    (sheet,) = read_class_file(EXAMPLE).unit("T2").sheets
    assert sheet.signed_numbers == {*range(1, 13)} - {7}
    assert sheet.unclear_numbers == frozenset()


def test_a_workbook_stands_where_csv_can(path: Path) -> None:
    path.write_text(CLASS.replace("s.csv", "s.xlsx"), encoding="utf-8")
    (path.parent / "s.xlsx").write_bytes(xlsx_of_text([["序号", "签名"], ["1", "√"], ["2", "√"], ["3", ""], ["4", ""]]))
    (sheet,) = read_class_file(path).training_class.units[0].sheets
    assert (sheet.signed_numbers, sheet.unclear_numbers) == (frozenset({1, 2}), frozenset())


def test_links_uploads_and_two_ways_at_once_are_refused(path: Path) -> None:
    with pytest.raises(DocumentError, match="table: an uploaded class file has nothing beside it"):
        parse_class_file(CLASS, "c.yaml")
    (path.parent / "s.csv").rename(path.parent / "t.csv")
    (path.parent / "s.csv").symlink_to(path.parent / "t.csv")
    with pytest.raises(DocumentError, match="table: got a symbolic link"):
        read_class_file(path)
    path.write_text(CLASS.replace("table: s.csv", "table: t.csv, signed: [1]"), encoding="utf-8")
    with pytest.raises(DocumentError, match="a table beside photographs or numbers entered by hand"):
        read_class_file(path)
