from itertools import combinations

import pytest

from lessonproof.evidence.sheet_layout import LAYOUT_1, LAYOUTS, ROWS_PER_PAGE, Box


def _overlap(one: Box, other: Box) -> bool:
    slack = 1e-6
    return (
        one.x_mm < other.right_mm - slack
        and other.x_mm < one.right_mm - slack
        and one.y_mm < other.bottom_mm - slack
        and other.y_mm < one.bottom_mm - slack
    )


def test_nothing_stands_on_anything_else_or_off_the_page() -> None:
    layout = LAYOUT_1
    boxes = [*layout.markers, layout.code, layout.title, *layout.heading_lines, layout.stamp_place, layout.footer]
    boxes += [layout.teacher_label, layout.teacher_cell, layout.date_label, layout.date_cell, *layout.blank_strips]
    for row in layout.rows:
        boxes += [row.number_cell, row.name_cell, row.signature_cell]
    assert [(a, b) for a, b in combinations(boxes, 2) if _overlap(a, b)] == []
    for box in boxes:
        assert 0 < box.x_mm < box.right_mm < layout.page.right_mm
        assert 0 < box.y_mm < box.bottom_mm < layout.page.bottom_mm


def test_the_code_has_its_quiet_zone() -> None:
    quiet = LAYOUT_1.code.inset(-4 * LAYOUT_1.module_mm)
    others = [*LAYOUT_1.markers, LAYOUT_1.stamp_place, *LAYOUT_1.table_boxes]
    assert not any(_overlap(quiet, other) for other in others)


def test_sixty_numbered_rows_in_two_blocks() -> None:
    assert [row.number for row in LAYOUT_1.rows] == list(range(1, ROWS_PER_PAGE + 1))
    assert [table.height_mm for table in LAYOUT_1.table_boxes] == pytest.approx([204.0, 204.0])
    assert LAYOUTS == {1: LAYOUT_1}


def test_a_box_has_an_area() -> None:
    with pytest.raises(ValueError, match="area"):
        Box(0, 0, 4, 4).inset(2)
