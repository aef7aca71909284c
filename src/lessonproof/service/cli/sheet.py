"""``lessonproof sheet``: print a unit's sign-in sheet, and read photographs of signed ones."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from lessonproof.documents.class_file import read_class_file
from lessonproof.documents.sheet_print import sheet_pdf, sheet_people
from lessonproof.evidence.sheet_errors import SheetPhotoError
from lessonproof.evidence.sheet_layout import ROWS_PER_PAGE
from lessonproof.evidence.sheet_reading import CellReading, Mark, PageReading
from lessonproof.evidence.training import ClassFile, TeachingUnit
from lessonproof.service.cli.console import EXIT_RECORDING, print_error, print_table, printable, stdout_console
from lessonproof.service.settings import load_settings
from lessonproof.service.usecases.sheets import check_page, read_sheet_photo
from lessonproof.service.usecases.verify import chosen_units

app = typer.Typer(no_args_is_help=True, help="Sign-in sheets: print and read / 签到表打印与识读")
_MARKS = {Mark.SIGNED: "signed 已签", Mark.EMPTY: "empty 未签", Mark.UNCLEAR: "unclear 无法辨认"}
_YES_NO = {True: "yes 是", False: "no 否", None: "unclear 无法辨认"}


@app.command("print")
def print_command(
    *,
    class_file: Annotated[Path, typer.Argument(metavar="CLASSFILE", help="Class file (YAML) / 班级文件")],
    unit: Annotated[str, typer.Option("--unit", metavar="ID", help="Unit / 授课单元")],
    out: Annotated[Path, typer.Option("--out", metavar="PDF", help="File to write / 输出文件")],
) -> None:
    """Write a unit's sign-in sheet as PDF: sixty rows a page, roster names beside them / 打印授课单元的签到表."""
    declared = read_class_file(class_file)
    (chosen,) = chosen_units(declared, [unit])
    if not out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {out.parent} / 文件夹不存在", param_hint="--out")
    out.write_bytes(sheet_pdf(declared, chosen, load_settings().font_folder))
    typer.echo(str(out))


@app.command("read")
def read_command(
    *,
    photos: Annotated[
        list[Path], typer.Argument(metavar="PHOTO...", help="Photographs or scans, JPEG or PNG / 照片或扫描件")
    ],
    class_file: Annotated[
        Path | None, typer.Option("--class-file", metavar="CLASSFILE", help="Class file of the sheet / 班级文件")
    ] = None,
    unit: Annotated[str | None, typer.Option("--unit", metavar="ID", help="Unit of the sheet / 授课单元")] = None,
    json_out: Annotated[
        Path | None, typer.Option("--json", metavar="OUT", help="Write the readings here / 输出文件")
    ] = None,
) -> None:
    """Read photographs of signed sheets: who signed, the teacher, the seal / 识读已签名的签到表照片.

    A bad photograph is refused with its reason and never guessed; exit code 3 where one was.
    """
    load_settings()
    if (class_file is None) != (unit is None):
        raise typer.BadParameter("--class-file and --unit belong together / 须同时给出")
    if json_out is not None and not json_out.absolute().parent.is_dir():
        raise typer.BadParameter(f"there is no folder {json_out.parent} / 文件夹不存在", param_hint="--json")
    declared = None if class_file is None else read_class_file(class_file)
    chosen = None if declared is None or unit is None else chosen_units(declared, [unit])[0]
    documents: list[dict[str, Any]] = []
    for path in photos:
        name = printable(str(path))
        try:
            page = read_sheet_photo(path, name)
            if declared is not None and chosen is not None:
                check_page(name, page, declared, chosen)
        except SheetPhotoError as error:
            print_error(error)
            documents.append({"file": name, "error": {"code": error.code, "en": error.en, "zh": error.zh}})
            continue
        documents.append(page_document(name, page, _numbers(declared, chosen, page)))
        _print_page(documents[-1], page)
    if json_out is not None:
        json_out.write_text(json.dumps({"sheets": documents}, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    if any("error" in document for document in documents):
        raise typer.Exit(EXIT_RECORDING)


def _numbers(declared: ClassFile | None, unit: TeachingUnit | None, page: PageReading) -> dict[int, int]:
    """Roster numbers by row; empty where no class file says who has which row."""
    if declared is None or unit is None:
        return {}
    first = (page.code.page - 1) * ROWS_PER_PAGE
    people = sheet_people(declared, unit)[first : first + ROWS_PER_PAGE]
    return {row: person.number for row, person in enumerate(people, 1)}


def page_document(name: str, page: PageReading, numbers: dict[int, int]) -> dict[str, Any]:
    """One page's reading as JSON.

    Args:
        name: the photograph.
        page: what was read.
        numbers: roster numbers by row; where it is empty all sixty rows are told, else those with a person.
    """
    code = page.code
    return {
        "file": name,
        "class_number": code.class_number,
        "unit": code.unit_id,
        "page": code.page,
        "pages": code.pages,
        "printed_start": code.start.isoformat(),
        "printed_end": code.end.isoformat(),
        "rows": [
            {"row": row, **({"number": numbers[row]} if numbers else {}), **_cell(cell)}
            for row, cell in enumerate(page.rows, 1)
            if not numbers or row in numbers
        ],
        "ink_outside_roster": [
            row
            for row, cell in enumerate(page.rows, 1)
            if numbers and row not in numbers and cell.mark is not Mark.EMPTY
        ],
        "teacher": _cell(page.teacher),
        "date": _cell(page.date),
        "stamped": page.stamped,
        "alike": [
            {
                "rows": [pair.first_row, pair.second_row],
                **(
                    {"numbers": [numbers[pair.first_row], numbers[pair.second_row]]}
                    if pair.second_row in numbers
                    else {}
                ),
                "similarity": pair.similarity,
            }
            for pair in page.similar
        ],
        "measured": {
            "cell_height_px": round(page.cell_height_px, 1),
            "blur_mm": round(page.blur_mm, 2),
            "paper_noise": round(page.paper_noise, 4),
        },
    }


def _cell(cell: CellReading) -> dict[str, Any]:
    told: dict[str, Any] = {"mark": cell.mark.value, "ink_share": round(cell.ink_share, 4)}
    return told if cell.reason is None else {**told, "reason": cell.reason.value}


def _print_page(document: dict[str, Any], page: PageReading) -> None:
    console = stdout_console()
    pages = f"{document['page']}/{document['pages']}"
    console.print(f"{document['file']}: {document['class_number']} {document['unit']} {pages}", markup=False)
    key = "number" if any("number" in row for row in document["rows"]) else "row"
    table = Table("mark / 结果", "roster numbers / 序号" if key == "number" else "rows / 行", box=None)
    for mark, words in _MARKS.items():
        listed = [str(row[key]) for row in document["rows"] if row["mark"] == mark.value]
        table.add_row(words, f"{len(listed)}: {', '.join(listed)}")
    table.add_row("teacher / 授课老师", _MARKS[page.teacher.mark])
    table.add_row("date / 签名日期", _MARKS[page.date.mark])
    table.add_row("seal / 公章", _YES_NO[page.stamped])
    print_table(table)
    for pair in document["alike"]:
        both = " / ".join(str(number) for number in pair.get("numbers", pair["rows"]))
        console.print(
            f"  签名形状相近，仅供人工核对，不能据此认定代签：{both}（{pair['similarity']:.2f}）\n"
            f"  look alike, a hint to look at and no finding: {both} ({pair['similarity']:.2f})",
            markup=False,
        )
