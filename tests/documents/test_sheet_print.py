import re
from pathlib import Path

import pytest

from lessonproof.documents.class_file import parse_class_file
from lessonproof.documents.sheet_print import (
    ChineseFontMissingError,
    chosen_families,
    sheet_codes,
    sheet_pdf,
    sheet_people,
)
from lessonproof.evidence.sheet_code import parse_sheet_code
from lessonproof.evidence.training import ClassFile

EXAMPLE = Path(__file__).parents[2] / "examples" / "photographed" / "class.yaml"


def class_of(count: int) -> ClassFile:
    """The example with so many trainees, one of them withdrawn before the lesson."""
    text = EXAMPLE.read_text(encoding="utf-8")
    roster = "".join(f"  - {{number: {n}, name: '#let 学员{n} [*'}}\n" for n in range(1, count + 1))
    gone = f"  - {{number: {count + 1}, name: 退班, withdrawn_at: 2026-03-01 08:00}}\n"
    text = re.sub(r"(?ms)^roster:.*?^units", lambda _: f"roster:\n{roster}{gone}units", text)
    return parse_class_file(text.replace("photos: [sheets/T1-1.jpg]", "signed: all"), "class.yaml")


def test_one_page_holds_sixty_and_whoever_left_has_no_row() -> None:
    class_file = class_of(60)
    unit = class_file.unit("T1")
    assert [person.number for person in sheet_people(class_file, unit)] == list(range(1, 61))
    assert [(code.page, code.pages) for code in sheet_codes(class_file, unit)] == [(1, 1)]


def test_above_sixty_there_is_a_second_page_and_names_are_no_commands() -> None:
    class_file = class_of(61)
    unit = class_file.unit("T1")
    codes = sheet_codes(class_file, unit)
    assert [(code.page, code.pages) for code in codes] == [(1, 2), (2, 2)]
    assert [parse_sheet_code(code.text()) for code in codes] == list(codes)
    assert (codes[0].start, codes[0].end) == (unit.start, unit.end)
    pdf = sheet_pdf(class_file, unit)
    assert pdf.startswith(b"%PDF-")
    assert b"/Count 2" in pdf
    assert pdf == sheet_pdf(class_file, unit), "the same class gives the same bytes"


def test_a_machine_without_chinese_fonts_is_told_how_to_mend_it() -> None:
    with pytest.raises(ChineseFontMissingError, match="LESSONPROOF_FONT_FOLDER") as caught:
        chosen_families([], ["DejaVu Sans", "Libertinus Serif"])
    assert "字体" in caught.value.zh


def test_the_users_own_font_comes_first() -> None:
    families = chosen_families(["My Song"], ["SimSun", "My Song", "Noto Sans CJK SC"])
    assert families == ["My Song", "Noto Sans CJK SC", "SimSun"]
