"""What the reader made of rendered photographs, against the truth."""

import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2

from benchmarks.sheets.cases import SheetCase, sheet_case
from lessonproof.analysis.sheet_page import read_page
from lessonproof.evidence.errors import LessonProofError
from lessonproof.evidence.sheet_reading import Mark, PageReading
from lessonproof.media.photos import decode_photo


@dataclass(frozen=True, slots=True)
class Score:
    """One photograph.

    Attributes:
        name: the case.
        fault: why it should be refused; ``None`` where it should be read.
        refused: code of the refusal; ``None`` where it was read.
        right: cells that are as they were drawn: sixty rows, those without a person among them, and the teacher's.
        wrong: cells taken for the other thing.
        unclear: cells left open.
        stamp: whether the seal was told right; ``None`` where it was left open or the photograph was refused.
        same_hands: pairs drawn by one hand with the same strokes.
        same_found: such pairs among the hints.
        hints: hints.
        cpu_s: processor time from the file's bytes to the reading.
        misses: cells that are not right, in words.
    """

    name: str
    fault: str | None
    refused: str | None
    right: int
    wrong: int
    unclear: int
    stamp: bool | None
    same_hands: int
    same_found: int
    hints: int
    cpu_s: float
    misses: tuple[str, ...]


def rendered_and_scored(seed: int, keep: Path | None, index: int) -> Score:
    """Render one photograph and read it; one processor's work.

    Args:
        seed: which photographs.
        keep: folder to write it to; ``None`` keeps none.
        index: which of them.
    """
    cv2.setNumThreads(1)
    case = sheet_case(seed, index)
    if keep is not None:
        (keep / f"{case.name}.jpg").write_bytes(case.photo)
    return score(case)


def score(case: SheetCase) -> Score:
    """Read a case's photograph and compare."""
    begun = time.process_time()
    try:
        reading = read_page(decode_photo(case.photo, case.name))
    except LessonProofError as error:
        spent = time.process_time() - begun
        return Score(case.name, case.shot.fault, error.code, 0, 0, 0, None, 0, 0, 0, spent, ())
    return _compared(case, reading, time.process_time() - begun)


def _compared(case: SheetCase, reading: PageReading, cpu_s: float) -> Score:
    if reading.code != case.code:
        raise ValueError(f"{case.name}: the QR code was read wrongly: {reading.code}")
    cells = [(f"row {number}", number in case.signed, cell) for number, cell in enumerate(reading.rows, 1)]
    cells.append(("teacher", case.teacher_signed, reading.teacher))
    unclear = [c for c in cells if c[2].mark is Mark.UNCLEAR]
    right = [c for c in cells if c[2].mark is (Mark.SIGNED if c[1] else Mark.EMPTY)]
    misses = tuple(
        f"{name}: {'signed' if signed else 'empty'}, read {cell.mark.value} {cell.reason or ''} {cell.ink_share:.4f}"
        for name, signed, cell in cells
        if cell.mark is not (Mark.SIGNED if signed else Mark.EMPTY)
    )
    hints = {(pair.first_row, pair.second_row) for pair in reading.similar}
    return Score(
        case.name,
        case.shot.fault,
        None,
        len(right),
        len(cells) - len(right) - len(unclear),
        len(unclear),
        None if reading.stamped is None else reading.stamped == case.stamped,
        len(case.same_hands),
        len(hints & case.same_hands),
        len(hints),
        cpu_s,
        misses,
    )


def table(scores: Iterable[Score]) -> str:
    """The figures in Markdown."""
    every = list(scores)
    good, bad = [s for s in every if s.fault is None], [s for s in every if s.fault is not None]
    read = [s for s in good if s.refused is None]
    cells = max(1, sum(s.right + s.wrong + s.unclear for s in read))
    told = [s.stamp for s in read if s.stamp is not None]
    right, wrong, unclear = (sum(getattr(s, name) for s in read) for name in ("right", "wrong", "unclear"))
    lines = [
        ("photographs", f"{len(every)}"),
        ("meant to be read / read", f"{len(good)} / {len(read)}"),
        ("cells right", f"{right} of {cells} ({right / cells:.2%})"),
        ("cells wrong", f"{wrong} ({wrong / cells:.2%})"),
        ("cells unclear", f"{unclear} ({unclear / cells:.2%})"),
        ("seals right / wrong / left open", f"{sum(told)} / {len(told) - sum(told)} / {len(read) - len(told)}"),
        (
            "same strokes twice: pairs / hinted",
            f"{sum(s.same_hands for s in read)} / {sum(s.same_found for s in read)}",
        ),
        ("hints on pairs of different hands", f"{sum(s.hints - s.same_found for s in read)}"),
        ("meant to be unreadable / refused", f"{len(bad)} / {sum(s.refused is not None for s in bad)}"),
        ("processor time a photograph", f"{sum(s.cpu_s for s in every) / max(1, len(every)):.2f} s"),
    ]
    refusals = sorted({(s.fault or "none", s.refused or "read") for s in every if s.fault or s.refused})
    lines += [
        (
            f"fault {fault}: {code}",
            str(sum((s.fault or "none") == fault and (s.refused or "read") == code for s in every)),
        )
        for fault, code in refusals
    ]
    return "\n".join(["| measure | value |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in lines)])
