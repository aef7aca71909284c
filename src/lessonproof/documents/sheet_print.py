"""The printed sign-in sheet of a unit: typeset by Typst, as PDF, or as pictures for tests and benchmarks.

What stands where is :mod:`lessonproof.evidence.sheet_layout`'s to say. Texts reach the typesetter as JSON data, never
as its source, so a name cannot become a command.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Final, Literal

import cv2
import segno
import typst

from lessonproof.evidence.errors import InfrastructureError
from lessonproof.evidence.sheet_code import SheetCode, roster_digest
from lessonproof.evidence.sheet_layout import LAYOUT_1, ROWS_PER_PAGE, Box, SheetLayout
from lessonproof.evidence.training import SHANGHAI, ClassFile, TeachingUnit, Trainee

MARKERS: Final = cv2.aruco.DICT_4X4_50
_MARKER_CELLS: Final = 6
CHINESE_FAMILIES: Final = (
    "Source Han Sans SC", "Noto Sans CJK SC", "Source Han Serif SC", "Noto Serif CJK SC", "Noto Sans SC", "SimSun",
    "Microsoft YaHei", "PingFang SC", "Songti SC", "STSong", "Heiti SC", "FangSong", "SimHei", "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei", "AR PL UMing CN", "Droid Sans Fallback",
)  # fmt: skip
"""Font families with simplified Chinese, the fittest first; names as Windows, macOS and Linux call them."""

_SOURCE: Final = """
#let data = json(bytes(sys.inputs.data))
#set page(width: data.width * 1mm, height: data.height * 1mm, margin: 0mm)
#set text(font: data.families, lang: "zh", region: "cn")
#set par(leading: 0.3em)
#let put(box, body) = place(top + left, dx: box.x_mm * 1mm, dy: box.y_mm * 1mm, body)
#for (index, sheet) in data.pages.enumerate() {
  if index > 0 { pagebreak() }
  for item in sheet.squares {
    put(item, rect(width: item.width_mm * 1mm, height: item.height_mm * 1mm, fill: black, stroke: none))
  }
  for item in sheet.frames {
    put(item, rect(width: item.width_mm * 1mm, height: item.height_mm * 1mm, stroke: data.line * 1mm))
  }
  for item in sheet.texts {
    put(item.box, block(width: item.box.width_mm * 1mm, height: item.box.height_mm * 1mm, clip: true,
      align(if item.centred { center } else { left } + horizon,
        text(size: item.size_mm * 1mm, weight: item.weight, item.text))))
  }
}
"""


class ChineseFontMissingError(InfrastructureError):
    """This machine has no font that the sheet's Chinese text can be set in (exit code 5)."""

    code: ClassVar[str] = "chinese_font_missing"


@dataclass(frozen=True, slots=True)
class _Label:
    box: Box
    text: str
    size_mm: float
    centred: bool = True
    weight: Literal["regular", "bold"] = "regular"


def sheet_people(class_file: ClassFile, unit: TeachingUnit) -> tuple[Trainee, ...]:
    """Who has a row on the unit's sheet, in the order of the rows: everyone enrolled when it starts."""
    return class_file.training_class.roster.expected_at(unit.start)


def sheet_codes(class_file: ClassFile, unit: TeachingUnit) -> tuple[SheetCode, ...]:
    """What the QR codes of the unit's pages say, by page."""
    people = sheet_people(class_file, unit)
    pages = max(1, -(-len(people) // ROWS_PER_PAGE))
    start, end = (moment.astimezone(SHANGHAI).replace(second=0, microsecond=0) for moment in (unit.start, unit.end))
    minutes = max(1, int((end - start).total_seconds()) // 60)
    class_id, digest = class_file.training_class.class_id, roster_digest(people)
    return tuple(
        SheetCode(class_id, unit.unit_id, page, pages, LAYOUT_1.version, digest, start, minutes)
        for page in range(1, pages + 1)
    )


def sheet_pdf(class_file: ClassFile, unit: TeachingUnit, font_folder: Path | None = None) -> bytes:
    """The unit's sign-in sheet as PDF; the same input gives the same bytes.

    Args:
        class_file: what was declared.
        unit: one of its units.
        font_folder: further fonts, preferred to the system's.

    Raises:
        ChineseFontMissingError: there is no Chinese font.
        SheetCodeTooLongError: class number and unit do not fit into the QR code.
    """
    return _compiled(class_file, unit, font_folder, "pdf", None)[0]


def sheet_pictures(
    class_file: ClassFile, unit: TeachingUnit, dots_per_inch: float, font_folder: Path | None = None
) -> list[bytes]:
    """The pages as PNG, by page.

    Raises:
        ChineseFontMissingError: there is no Chinese font.
        SheetCodeTooLongError: class number and unit do not fit into the QR code.
    """
    return _compiled(class_file, unit, font_folder, "png", dots_per_inch)


def _compiled(
    class_file: ClassFile,
    unit: TeachingUnit,
    font_folder: Path | None,
    kind: Literal["pdf", "png"],
    dots_per_inch: float | None,
) -> list[bytes]:
    families, fonts = _fonts(font_folder)
    layout, people = LAYOUT_1, sheet_people(class_file, unit)
    pages = [
        _page(layout, class_file, unit, people[(code.page - 1) * ROWS_PER_PAGE :][:ROWS_PER_PAGE], code)
        for code in sheet_codes(class_file, unit)
    ]
    data: dict[str, Any] = {
        "width": layout.page.width_mm,
        "height": layout.page.height_mm,
        "line": layout.line_mm,
        "families": list(families),
        "pages": pages,
    }
    inputs = {"data": json.dumps(data, ensure_ascii=False)}
    made = typst.compile(
        _SOURCE.encode(), format=kind, ppi=dots_per_inch, font_paths=fonts, sys_inputs=inputs, timestamp=0
    )
    return [made] if isinstance(made, bytes) else list(made)


def _fonts(folder: Path | None) -> tuple[Sequence[str], typst.Fonts]:
    places: list[str] = [] if folder is None else [str(folder)]
    fonts = typst.Fonts(include_system_fonts=True, include_embedded_fonts=True, font_paths=places)
    known = frozenset(fonts.families())
    own = (
        []
        if folder is None
        else typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=places).families()
    )
    return chosen_families(own, known), fonts


def chosen_families(own: Sequence[str], known: Collection[str]) -> Sequence[str]:
    """Which font families the sheet is set in, the first that has a character first.

    Args:
        own: families in the folder that the user named.
        known: all families that the typesetter finds.

    Raises:
        ChineseFontMissingError: none with Chinese characters is among them; the message says how to mend it.
    """
    families = [*own, *(family for family in CHINESE_FAMILIES if family in known)]
    if not families:
        raise ChineseFontMissingError(
            "no Chinese font on this machine: install one (for example the package fonts-noto-cjk), or name a folder "
            "that holds one by LESSONPROOF_FONT_FOLDER",
            "本机没有中文字体：请安装一种（例如 fonts-noto-cjk 软件包），或用 LESSONPROOF_FONT_FOLDER "
            "指定存放字体的文件夹",
        )
    return families


def _page(
    layout: SheetLayout, class_file: ClassFile, unit: TeachingUnit, people: Sequence[Trainee], code: SheetCode
) -> dict[str, Any]:
    frames = [layout.teacher_label, layout.teacher_cell, layout.date_label, layout.date_cell, layout.stamp_place]
    for row in layout.rows:
        frames += [row.number_cell, row.name_cell, row.signature_cell]
    texts = [*_heading(layout, class_file, unit, code), *_captions(layout), *_rows(layout, people)]
    squares = [*_markers(layout), *_code(layout, code)]
    return {
        "squares": [asdict(square) for square in squares],
        "frames": [asdict(frame) for frame in frames],
        "texts": [asdict(text) for text in texts],
    }


def _heading(layout: SheetLayout, class_file: ClassFile, unit: TeachingUnit, code: SheetCode) -> Iterator[_Label]:
    is_shaoxing = class_file.rule_pack == "SX"
    title = "绍兴市职业培训班学员签到表" if is_shaoxing else "职业培训班学员签到表"
    yield _Label(layout.title, title, 6.2, weight="bold")
    lines = (
        f"培训机构（盖章）：{class_file.institution.name}",
        f"班级编号：{class_file.training_class.class_id}　　授课单元：{unit.unit_id}",
        f"授课时间：{_moments(unit.start, unit.end)}",
    )
    for box, line in zip(layout.heading_lines, lines, strict=True):
        yield _Label(box, line, _fitting(line, box, 3.7), centred=False)
    request = "请本人在序号和姓名右侧的签名栏内签名，勿越线；四角标记和二维码请勿遮挡、涂写。"
    notice = f"{request}第 {code.page} 页，共 {code.pages} 页"
    yield _Label(layout.footer, notice, _fitting(notice, layout.footer, 2.9))


def _moments(start: datetime, end: datetime) -> str:
    """年月日时分--时分 (SX-A3a); the end's day only where it is another."""
    first, last = start.astimezone(SHANGHAI), end.astimezone(SHANGHAI)
    day = "" if first.date() == last.date() else f"{last.month}月{last.day}日"
    return (
        f"{first.year}年{first.month}月{first.day}日{first.hour}时{first.minute:02d}分"
        f"--{day}{last.hour}时{last.minute:02d}分"
    )


def _captions(layout: SheetLayout) -> Iterator[_Label]:
    yield _Label(layout.teacher_label, "授课老师\n签名", 3.6)
    yield _Label(layout.date_label, "签名\n日期", 3.6)
    stamp = layout.stamp_place
    yield _Label(Box(stamp.x_mm, stamp.bottom_mm - 4.5, stamp.width_mm, 4), "盖章处", 2.8)
    for row in layout.rows:
        is_first = row.number_cell.y_mm == layout.rows[0].number_cell.y_mm
        captions = ((row.number_cell, "序号"), (row.name_cell, "姓名"), (row.signature_cell, "学员签名"))
        for cell, caption in captions if is_first else ():
            head = Box(cell.x_mm, cell.y_mm - layout.head_height_mm, cell.width_mm, layout.head_height_mm)
            yield _Label(head, caption, 3.2, weight="bold")


def _rows(layout: SheetLayout, people: Sequence[Trainee]) -> Iterator[_Label]:
    for row, person in zip(layout.rows, people, strict=False):
        yield _Label(row.number_cell, str(person.number), 3.2)
        yield _Label(row.name_cell, person.name, _fitting(person.name, row.name_cell, 3.5))


def _fitting(text: str, box: Box, largest_mm: float) -> float:
    """Size at which the text stands on one line of the box, at most ``largest_mm``."""
    ems = sum(0.6 if ord(character) < 0x2E80 else 1.0 for character in text)
    return min(largest_mm, (box.width_mm - 1) / max(ems, 1.0))


def _markers(layout: SheetLayout) -> Iterator[Box]:
    dictionary = cv2.aruco.getPredefinedDictionary(MARKERS)
    for index, box in enumerate(layout.markers):
        bits = cv2.aruco.generateImageMarker(dictionary, layout.marker_id_base + index, _MARKER_CELLS)
        yield from _dark(box, [[bool(value == 0) for value in line] for line in bits])


def _code(layout: SheetLayout, code: SheetCode) -> Iterator[Box]:
    # One version for all, so that the reader knows where each module lies; error correction as strong as still fits.
    made = segno.make_qr(code.text(), version=4, error="l", boost_error=True, mode="alphanumeric")
    yield from _dark(layout.code, [[bool(module) for module in line] for line in made.matrix])


def _dark(box: Box, cells: Iterable[Sequence[bool]]) -> Iterator[Box]:
    """Runs of dark cells of a square pattern: one bar each, without seams inside a row."""
    for line, row in enumerate(cells):
        side = box.width_mm / len(row)
        start = 0
        for end in range(1, len(row) + 1):
            if end == len(row) or row[end] != row[start]:
                if row[start]:
                    yield Box(box.x_mm + start * side, box.y_mm + line * side, (end - start) * side, side)
                start = end
