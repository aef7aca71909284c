"""Photographs of sign-in sheets: read, checked against the class, and turned into what a class file declares.

A page of another class, unit or roster is refused. What could not be read stays unknown: a row that is unclear, a page
that nobody photographed and a photograph that was refused leave their numbers in ``unclear_numbers``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from lessonproof.analysis.sheet_page import read_page
from lessonproof.documents.paths import first_link
from lessonproof.documents.sheet_print import sheet_codes, sheet_people
from lessonproof.evidence.sheet_errors import PhotoUnreadableError, SheetForeignError, SheetPhotoError
from lessonproof.evidence.sheet_layout import ROWS_PER_PAGE
from lessonproof.evidence.sheet_reading import Mark, PageReading
from lessonproof.evidence.training import AlikeSignatures, ClassFile, PhotoProblem, SignInSheet, TeachingUnit, Trainee
from lessonproof.media.photos import read_photo


def read_sheet_photo(path: Path, name: str) -> PageReading:
    """Read the photograph of one page.

    Args:
        path: JPEG or PNG file.
        name: what the user calls it; stands in front of every error.

    Raises:
        SheetPhotoError: it cannot be read; one of its kinds says why.
    """
    picture = read_photo(path, name)
    try:
        return read_page(picture)
    except SheetPhotoError as error:
        raise type(error)(f"{name}: {error.en}", f"{name}：{error.zh}") from error


def check_page(name: str, page: PageReading, class_file: ClassFile, unit: TeachingUnit) -> None:
    """Refuse a page that is not of this unit's sheet.

    Raises:
        SheetForeignError: names what differs.
    """
    declared = sheet_codes(class_file, unit)[0]
    pairs = (
        ("class number", "班级编号", page.code.class_number, declared.class_number),
        ("unit", "授课单元", page.code.unit_id, declared.unit_id),
        ("roster", "花名册（序号和姓名）", (page.code.roster, page.code.pages), (declared.roster, declared.pages)),
    )
    for en, zh, printed, expected in pairs:
        if printed != expected:
            values = "" if isinstance(printed, tuple) else f": {printed!r} / {expected!r}"
            raise SheetForeignError(
                f"{name}: the sheet was printed for another {en} than the class file's{values}",
                f"{name}：签到表所印{zh}与班级文件不一致{values}",
            )


def with_read_sheets(class_file: ClassFile, folder: Path) -> ClassFile:
    """The class file with every sheet that names photographs read; a photograph that is refused is named in its sheet.

    Args:
        class_file: what was declared.
        folder: the class file's own.
    """
    training_class = class_file.training_class
    units = tuple(
        replace(
            unit,
            sheets=tuple(
                _read_sheet(class_file, unit, sheet, folder) if sheet.photos else sheet for sheet in unit.sheets
            ),
        )
        for unit in training_class.units
    )
    return replace(class_file, training_class=replace(training_class, units=units))


def _read_sheet(class_file: ClassFile, unit: TeachingUnit, sheet: SignInSheet, folder: Path) -> SignInSheet:
    pages: dict[int, PageReading] = {}
    problems: list[PhotoProblem] = []
    for name in sheet.photos:
        try:
            page = _page_of(class_file, unit, folder, name)
            if page.code.page in pages:
                raise _repeated(name, page)
            pages[page.code.page] = page
        except SheetPhotoError as error:
            problems.append(PhotoProblem(name, error.code, error.en, error.zh))
    read = sheet_of(class_file, unit, pages)
    return replace(
        read,
        teacher_signed=_agreed(read.teacher_signed, sheet.teacher_signed),
        stamped=_agreed(read.stamped, sheet.stamped),
        class_number=read.class_number or sheet.class_number,
        declared_start=read.declared_start or sheet.declared_start,
        declared_end=read.declared_end or sheet.declared_end,
        signed_at=sheet.signed_at,
        photos=sheet.photos,
        problems=tuple(problems),
    )


def _page_of(class_file: ClassFile, unit: TeachingUnit, folder: Path, name: str) -> PageReading:
    if first_link(folder, name) is not None:
        raise PhotoUnreadableError(f"{name}: a symbolic link is on the way", f"{name}：路径中有符号链接")
    page = read_sheet_photo(folder / name, name)
    check_page(name, page, class_file, unit)
    return page


def _repeated(name: str, page: PageReading) -> SheetForeignError:
    number = page.code.page
    return SheetForeignError(f"{name}: page {number} is there already", f"{name}：第 {number} 页重复")


def sheet_of(class_file: ClassFile, unit: TeachingUnit, pages: Mapping[int, PageReading]) -> SignInSheet:
    """What the pages of a unit's sheet say.

    Args:
        class_file: what was declared.
        unit: the sheet's.
        pages: readings by page, each checked by :func:`check_page`; pages may be missing.
    """
    people = sheet_people(class_file, unit)
    signed: set[int] = set()
    unclear: set[int] = set()
    alike: list[AlikeSignatures] = []
    for first in range(0, len(people), ROWS_PER_PAGE):
        here, page = people[first : first + ROWS_PER_PAGE], pages.get(first // ROWS_PER_PAGE + 1)
        if page is None:
            unclear.update(person.number for person in here)
            continue
        for person, cell in zip(here, page.rows, strict=False):
            if cell.mark is not Mark.EMPTY:
                (signed if cell.mark is Mark.SIGNED else unclear).add(person.number)
        alike += _alike(here, page)
    code = next((page.code for page in pages.values()), None)
    is_whole = code is not None and len(pages) == code.pages
    return SignInSheet(
        signed_numbers=frozenset(signed),
        unclear_numbers=frozenset(unclear),
        teacher_signed=_anywhere([_is_signed(page.teacher.mark) for page in pages.values()], is_whole=is_whole),
        stamped=_anywhere([page.stamped for page in pages.values()], is_whole=is_whole),
        class_number=None if code is None else code.class_number,
        declared_start=None if code is None else code.start,
        declared_end=None if code is None else code.end,
        pages=max(1, len(pages)),
        alike=tuple(alike),
    )


def _alike(people: Sequence[Trainee], page: PageReading) -> list[AlikeSignatures]:
    return [
        AlikeSignatures(people[pair.first_row - 1].number, people[pair.second_row - 1].number, pair.similarity)
        for pair in page.similar
        if pair.second_row <= len(people)
    ]


def _is_signed(mark: Mark) -> bool | None:
    return None if mark is Mark.UNCLEAR else mark is Mark.SIGNED


def _anywhere(seen: Sequence[bool | None], *, is_whole: bool) -> bool | None:
    """Whether it is on any page; that it is on none can be said of a whole sheet only."""
    if True in seen:
        return True
    return None if None in seen or not is_whole else False


def _agreed(read: bool | None, entered: bool | None) -> bool | None:
    """What was read, else what was entered by hand; where the two contradict each other nobody knows."""
    if read is None or entered is None:
        return entered if read is None else read
    return read if read == entered else None
