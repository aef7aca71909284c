"""What was read off the photograph of one page of a sign-in sheet. Measured facts; what they mean is for rules."""

from dataclasses import dataclass
from enum import StrEnum

from lessonproof.evidence.sheet_code import SheetCode


class Mark(StrEnum):
    """Whether a cell is signed. ``unclear`` is neither, and no rule may take it for one of them."""

    SIGNED = "signed"
    EMPTY = "empty"
    UNCLEAR = "unclear"


class UnclearReason(StrEnum):
    """Why a cell could not be decided."""

    COVERED = "covered"
    """The printed lines around it are not visible."""
    LITTLE_INK = "little_ink"
    """More than dirt, less than a name."""
    LINE = "line"
    """One straight stroke, as rows are struck out."""
    NEIGHBOUR = "neighbour"
    """Much ink, and most of it belongs to a neighbour's signature."""
    RED_INK = "red_ink"
    """Red ink that belongs to no seal."""
    LARGE_MARK = "large_mark"
    """Ink that reaches over many rows: a seal without colour, or a stroke over the sheet."""
    UNEVEN_PAPER = "uneven_paper"
    """A shadow's edge or a crease runs through it, in which light ink could hide."""


@dataclass(frozen=True, slots=True)
class CellReading:
    """One cell.

    Attributes:
        mark: what was decided.
        ink_share: share of the cell's area that is the cell's own ink, 0..1.
        reason: why it is unclear; ``None`` otherwise.
    """

    mark: Mark
    ink_share: float
    reason: UnclearReason | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.ink_share <= 1:
            raise ValueError(f"ink_share is a share, got {self.ink_share=}")
        if (self.mark is Mark.UNCLEAR) != (self.reason is not None):
            raise ValueError(f"a reason belongs to an unclear cell and to no other, got {self!r}")


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """Two rows whose signatures look alike (疑似代签): a hint for a reviewer, never a decision.

    Attributes:
        first_row: row of the page, from 1.
        second_row: a later one.
        similarity: correlation of the two shapes at one size, up to 1.
    """

    first_row: int
    second_row: int
    similarity: float


@dataclass(frozen=True, slots=True)
class PageReading:
    """One page.

    Attributes:
        code: what its QR code says.
        rows: signature cells by row, sixty, those without a person among them.
        teacher: the teacher's signature cell.
        date: the cell of its date.
        stamped: whether a round seal is on the page; ``None`` where the picture cannot tell.
        similar: pairs of signatures that look alike, the most alike first.
        cell_height_px: pixels of the photograph on a row's height where they are fewest.
        blur_mm: width of the blur on the paper (standard deviation), where it is worst.
        paper_noise: standard deviation of blank paper, share of its brightness.
    """

    code: SheetCode
    rows: tuple[CellReading, ...]
    teacher: CellReading
    date: CellReading
    stamped: bool | None
    similar: tuple[SimilarPair, ...]
    cell_height_px: float
    blur_mm: float
    paper_noise: float
