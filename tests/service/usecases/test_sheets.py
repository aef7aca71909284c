import re
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from lessonproof.documents.class_file import parse_class_file, read_class_file
from lessonproof.documents.sheet_print import sheet_codes, sheet_pictures
from lessonproof.evidence.sheet_errors import SheetForeignError, SheetMarkerMissingError
from lessonproof.evidence.sheet_reading import CellReading, Mark, PageReading, SimilarPair, UnclearReason
from lessonproof.evidence.training import AlikeSignatures, ClassFile
from lessonproof.service.usecases.sheets import (
    check_page,
    read_sheet_photo,
    sheet_of,
    with_read_sheets,
)

EXAMPLE = Path(__file__).parents[3] / "examples" / "photographed" / "class.yaml"
SIGNED, EMPTY = CellReading(Mark.SIGNED, 0.1), CellReading(Mark.EMPTY, 0.0)
UNCLEAR = CellReading(Mark.UNCLEAR, 0.01, UnclearReason.LITTLE_INK)


def class_of(count: int) -> ClassFile:
    text = EXAMPLE.read_text(encoding="utf-8").replace("photos: [sheets/T1-1.jpg]", "signed: all")
    roster = "".join(f"  - {{number: {2 * n}, name: 学员{n}}}\n" for n in range(1, count + 1))
    return parse_class_file(re.sub(r"(?ms)^roster:.*?^units", f"roster:\n{roster}units", text), "class.yaml")


def page_of(class_file: ClassFile, number: int, rows: dict[int, CellReading]) -> PageReading:
    code = sheet_codes(class_file, class_file.unit("T1"))[number - 1]
    return PageReading(
        code, tuple(rows.get(row, EMPTY) for row in range(1, 61)), SIGNED, EMPTY, True, (), 40.0, 0.2, 0.01
    )


def test_rows_become_roster_numbers() -> None:
    class_file = class_of(3)
    page = replace(page_of(class_file, 1, {1: SIGNED, 2: UNCLEAR, 3: SIGNED}), similar=(SimilarPair(1, 3, 0.8),))
    sheet = sheet_of(class_file, class_file.unit("T1"), {1: page})
    assert (set(sheet.signed_numbers), set(sheet.unclear_numbers)) == ({2, 6}, {4})
    assert (sheet.teacher_signed, sheet.stamped, sheet.pages) == (True, True, 1)
    assert (sheet.declared_start, sheet.declared_end) == (class_file.unit("T1").start, class_file.unit("T1").end)
    assert sheet.class_number == "2026-0031"
    assert sheet.alike == (AlikeSignatures(2, 6, 0.8),)


def test_a_page_without_a_photograph_leaves_its_numbers_unknown() -> None:
    class_file = class_of(62)
    unit = class_file.unit("T1")
    unsigned = replace(page_of(class_file, 1, {}), teacher=EMPTY, stamped=False)
    sheet = sheet_of(class_file, unit, {1: unsigned})
    assert sheet.unclear_numbers == {122, 124}
    assert (sheet.teacher_signed, sheet.stamped) == (None, None), "the other page may have been signed"
    whole = sheet_of(
        class_file, unit, {1: unsigned, 2: replace(page_of(class_file, 2, {}), teacher=EMPTY, stamped=False)}
    )
    assert (whole.teacher_signed, whole.stamped, whole.pages) == (False, False, 2)


def test_a_sheet_of_another_class_unit_or_roster_is_refused() -> None:
    class_file = class_of(3)
    unit, page = class_file.unit("T1"), page_of(class_file, 1, {})
    check_page("a.jpg", page, class_file, unit)
    for code, word in (
        (replace(page.code, class_number="2"), "class number"),
        (replace(page.code, unit_id="T2"), "unit"),
        (replace(page.code, roster="0" * 10), "roster"),
    ):
        foreign = replace(page, code=code)
        with pytest.raises(SheetForeignError, match=f"^a.jpg: .*another {word}"):
            check_page("a.jpg", foreign, class_file, unit)


def test_one_page_twice_is_told(tmp_path: Path) -> None:
    declared = read_class_file(EXAMPLE)
    (unit,) = declared.training_class.units
    sheets = (replace(unit.sheets[0], photos=("a.png", "b.png")),)
    declared = replace(declared, training_class=replace(declared.training_class, units=(replace(unit, sheets=sheets),)))
    for name in ("a.png", "b.png"):
        (tmp_path / name).write_bytes(sheet_pictures(declared, unit, 150)[0])
    (sheet,) = with_read_sheets(declared, tmp_path).unit("T1").sheets
    (problem,) = sheet.problems
    assert (problem.file, problem.en) == ("b.png", "b.png: page 1 is there already")


def test_until_photographs_are_read_everybody_is_unclear() -> None:
    (sheet,) = read_class_file(EXAMPLE).unit("T1").sheets
    assert (set(sheet.signed_numbers), set(sheet.unclear_numbers)) == (set(), {1, 2, 3})


def test_a_class_files_photographs_are_read(tmp_path: Path) -> None:
    declared = read_class_file(EXAMPLE)
    (tmp_path / "sheets").mkdir()
    (tmp_path / "sheets" / "T1-1.jpg").write_bytes(sheet_pictures(declared, declared.unit("T1"), 150)[0])
    (sheet,) = with_read_sheets(declared, tmp_path).unit("T1").sheets
    assert (sheet.signed_numbers, sheet.unclear_numbers, sheet.problems) == (frozenset(), frozenset(), ())
    assert (sheet.teacher_signed, sheet.class_number) == (False, "2026-0031")
    assert sheet.signed_at is not None, "what was entered beside the photographs stays"


def test_a_refused_photograph_is_named_and_leaves_everything_open(tmp_path: Path) -> None:
    (sheet,) = with_read_sheets(read_class_file(EXAMPLE), tmp_path).unit("T1").sheets
    assert (set(sheet.signed_numbers), set(sheet.unclear_numbers)) == (set(), {1, 2, 3})
    assert [(problem.file, problem.code) for problem in sheet.problems] == [("sheets/T1-1.jpg", "photo_unreadable")]
    assert (sheet.teacher_signed, sheet.stamped, sheet.class_number) == (None, None, None)


def test_errors_name_the_file(tmp_path: Path) -> None:
    path = tmp_path / "blank.png"
    cv2.imwrite(str(path), np.full((300, 200, 3), 220, np.uint8))
    with pytest.raises(SheetMarkerMissingError, match=r"^blank\.png: no corner marker") as caught:
        read_sheet_photo(path, "blank.png")
    assert caught.value.zh.startswith("blank.png：")
