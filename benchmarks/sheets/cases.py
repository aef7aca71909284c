"""Signed sheets with the truth about every cell: a class, who signed, whose hand, where the seal was pressed."""

from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.sheets.camera import FAULTS, Shot, photograph, random_shot
from benchmarks.sheets.hands import Hand, copied, random_hand, write
from benchmarks.sheets.stamps import stamp
from lessonproof.documents.sheet_print import sheet_codes, sheet_people, sheet_pictures
from lessonproof.evidence.sheet_code import SheetCode
from lessonproof.evidence.sheet_layout import LAYOUT_1, ROWS_PER_PAGE
from lessonproof.evidence.training import (
    SHANGHAI,
    ClassFile,
    Institution,
    Roster,
    TeachingUnit,
    Trainee,
    TrainingClass,
    UnitKind,
)

_DOTS_PER_INCH: Final = 180.0
_PX_PER_MM: Final = _DOTS_PER_INCH / 25.4
_CLASSES: Final = 6
_SURNAMES: Final = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建国志文"


@dataclass(frozen=True, slots=True)
class SheetCase:
    """A photograph and the truth about it.

    Attributes:
        name: says seed and number.
        photo: JPEG file.
        shot: how it was taken.
        code: what the sheet's QR code says.
        people: rows with a person, on this page.
        signed: row numbers of the page with a signature.
        teacher_signed: whether the teacher signed.
        stamped: whether there is a seal.
        same_hands: pairs of rows that one hand signed with the same strokes.
    """

    name: str
    photo: bytes
    shot: Shot
    code: SheetCode
    people: int
    signed: frozenset[int]
    teacher_signed: bool
    stamped: bool
    same_hands: frozenset[tuple[int, int]]


def sheet_case(seed: int, index: int) -> SheetCase:
    """One photograph; seed and number say everything about it. One in six cannot be read."""
    rng = np.random.default_rng([seed, index])
    pages = _pages(seed, index % _CLASSES)
    printed, code, people = pages[int(rng.integers(len(pages)))]
    page = printed.copy()
    signed, same_hands = _sign(page, people, rng)
    teacher_signed = bool(rng.random() < 0.8)
    if teacher_signed:
        cell = LAYOUT_1.teacher_cell
        middle = cell.y_mm + cell.height_mm / 2
        write(
            page, random_hand(rng, int(rng.integers(2, 4))), (cell.x_mm + rng.uniform(3, 20), middle), _PX_PER_MM, rng
        )
    stamped = bool(rng.random() < 0.7)
    if stamped:
        stamp(page, _stamp_place(rng), _PX_PER_MM, rng)
    fault = FAULTS[int(rng.integers(len(FAULTS)))] if rng.random() < 1 / 6 else None
    shot = random_shot(rng, fault)
    photo = photograph(page, shot, rng)
    return SheetCase(f"s{seed}-{index:04d}", photo, shot, code, people, signed, teacher_signed, stamped, same_hands)


def _stamp_place(rng: np.random.Generator) -> tuple[float, float]:
    place = LAYOUT_1.stamp_place
    in_place = (place.x_mm + place.width_mm / 2, place.y_mm + place.height_mm / 2)
    over_name = (rng.uniform(50, 110), rng.uniform(30, 42))
    over_rows = (rng.uniform(40, 170), rng.uniform(80, 250))
    x, y = (in_place, over_name, over_rows)[int(rng.integers(3))]
    return x + rng.uniform(-3, 3), y + rng.uniform(-3, 3)


def _sign(
    page: NDArray[np.float32], people: int, rng: np.random.Generator
) -> tuple[frozenset[int], frozenset[tuple[int, int]]]:
    signed: dict[int, Hand] = {}
    same_hands: set[tuple[int, int]] = set()
    attending = rng.uniform(0.5, 1.0)
    for row in LAYOUT_1.rows[:people]:
        if rng.random() > attending:
            continue
        hand = random_hand(rng, int(rng.choice((2, 3, 4, 6), p=(0.3, 0.5, 0.15, 0.05))))
        if signed and rng.random() < 0.03:
            other = int(rng.choice(sorted(signed)))
            if not any(other in pair for pair in same_hands):
                hand = copied(rng, signed[other])
                same_hands.add((other, row.number))
        signed[row.number] = hand
        cell = row.signature_cell
        room = max(1.0, cell.width_mm - hand.width_mm - 2)
        aside, down = rng.uniform(1, room), rng.normal(0, 0.7)
        write(page, hand, (cell.x_mm + aside, cell.y_mm + cell.height_mm / 2 + down), _PX_PER_MM, rng)
    return frozenset(signed), frozenset(same_hands)


def printed_page(seed: int, number: int) -> tuple[NDArray[np.float32], SheetCode, int]:
    """The first unsigned page of a class: reflectance 0..1 ``(H, W, 3)``, its code, rows with a person."""
    return _pages(seed, number)[0]


@cache
def _pages(seed: int, number: int) -> tuple[tuple[NDArray[np.float32], SheetCode, int], ...]:
    """The unsigned pages of a class: reflectance, code, rows with a person."""
    rng = np.random.default_rng([seed, number, 77])
    class_file, unit = _class(rng, number)
    total = len(sheet_people(class_file, unit))
    made = []
    for code, png in zip(sheet_codes(class_file, unit), sheet_pictures(class_file, unit, _DOTS_PER_INCH), strict=True):
        bgr = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_COLOR)
        if bgr is None:
            raise ValueError("the typesetter's picture cannot be decoded")
        rgb = cv2.cvtColor(bgr, cv2.COLOR_BGR2RGB).astype(np.float32) / 255
        rgb = 0.06 + 0.94 * rgb  # toner is not quite black
        people = min(ROWS_PER_PAGE, total - (code.page - 1) * ROWS_PER_PAGE)
        made.append((rgb.astype(np.float32), code, people))
    return tuple(made)


def _class(rng: np.random.Generator, number: int) -> tuple[ClassFile, TeachingUnit]:
    size = (12, 24, 36, 48, 60, 75)[number]
    trainees = tuple(Trainee(index + 1, _name(rng)) for index in range(size))
    unit = TeachingUnit(
        f"T{number + 1}",
        UnitKind.THEORY,
        datetime(2026, 3, 2, 8, 30, tzinfo=SHANGHAI),
        datetime(2026, 3, 2, 11, 30, tzinfo=SHANGHAI),
        "林示例",
        "301 教室",
        "安全用电",
        4,
    )
    training_class = TrainingClass(
        f"绍-2026-{number:04d}", None, "电工", "四级", date(2026, 3, 2), None, Roster(trainees), (unit,)
    )
    return ClassFile("SX", Institution("越州示例职业技能培训学校", None), training_class, "0" * 64), unit


def _name(rng: np.random.Generator) -> str:
    given = "".join(rng.choice(list(_GIVEN), int(rng.choice((1, 2), p=(0.3, 0.7)))))
    if rng.random() < 0.04:
        return f"{given}·买买提江·阿不都"
    return f"{rng.choice(list(_SURNAMES))}{given}"
