"""The plug-in point of text readers for burned-in clocks; ``clock_reader_registry.py`` says which there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.dossier import ModelStamp


@dataclass(frozen=True, slots=True, order=True)
class TextBox:
    """An upright box around one line of text, half-open, pixels of the picture it was found in.

    Attributes:
        x0_px: left.
        y0_px: top.
        x1_px: behind the right edge.
        y1_px: behind the lower edge.
    """

    x0_px: int
    y0_px: int
    x1_px: int
    y1_px: int

    def __post_init__(self) -> None:
        if not (0 <= self.x0_px < self.x1_px and 0 <= self.y0_px < self.y1_px):
            raise ValueError(f"a box has an inside and lies in the picture, got {self}")

    @property
    def height_px(self) -> int:
        """Height, > 0."""
        return self.y1_px - self.y0_px

    @property
    def width_px(self) -> int:
        """Width, > 0."""
        return self.x1_px - self.x0_px

    def cut_from(self, luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The part of a picture ``(H, W)`` that lies in the box; a view."""
        return luma[self.y0_px : self.y1_px, self.x0_px : self.x1_px]


@dataclass(frozen=True, slots=True)
class ReadLine:
    """What a reader made of one line.

    Attributes:
        text: as read; empty where nothing was.
        score: the reader's own confidence, 0..1.
        centres: where each character of ``text`` lies, as a share of the crop's width, 0..1; good to some tenths of a
            character. Blanks have the place of the character before.
    """

    text: str
    score: float
    centres: tuple[float, ...]

    def __post_init__(self) -> None:
        if len(self.centres) != len(self.text):
            raise ValueError(f"one place for each character, got {len(self.centres)} for {self.text!r}")


class ClockReader(Protocol):
    """Finds and reads lines of text. The same picture gives the same result, whatever was read before."""

    @property
    def stamps(self) -> tuple[ModelStamp, ...]:
        """The models that take part, for the dossier."""
        ...

    def find_lines(self, luma: NDArray[np.uint8]) -> list[TextBox]:
        """Where there is text.

        Args:
            luma: shape ``(H, W)``.

        Returns:
            In no particular order; none reaches out of the picture.

        Raises:
            ValueError: not a picture of that kind.
        """
        ...

    def read_lines(self, crops: Sequence[NDArray[np.uint8]]) -> list[ReadLine]:
        """Read lines of text, Chinese or Latin.

        Args:
            crops: each of shape ``(H, W)``, luma, one line of text; sizes may differ. May be empty.

        Returns:
            As many as crops, in their order.

        Raises:
            ValueError: not pictures of that kind.
        """
        ...


def check_luma(luma: NDArray[np.uint8]) -> None:
    """Refuse what no reader can take.

    Raises:
        ValueError: not uint8, not ``(H, W)``, or without pixels.
    """
    if luma.dtype != np.uint8 or luma.ndim != 2 or luma.size == 0:
        raise ValueError(f"a luma picture is uint8 (H, W), got {luma.dtype} {luma.shape}")
