"""Small pictures of the random-access pictures: what whole-recording comparisons (view, loops, re-use) work on.

Some 2 kB each, so that eight hours of them fit into some 30 MB and memory stays flat in a recording's length.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

THUMB_ROWS: Final = 36
THUMB_COLUMNS: Final = 64


@dataclass(frozen=True, slots=True, eq=False)
class Thumbnails:
    """Small luma pictures in time order.

    Attributes:
        time_ns: shape ``(N,)``, int64, rising.
        luma: shape ``(N, 36, 64)``, uint8.
    """

    time_ns: NDArray[np.int64]
    luma: NDArray[np.uint8]

    def __post_init__(self) -> None:
        if self.luma.shape != (self.time_ns.size, THUMB_ROWS, THUMB_COLUMNS):
            raise ValueError(f"one picture for each time, got {self.time_ns.shape=} and {self.luma.shape=}")


NO_THUMBNAILS: Final = Thumbnails(np.empty(0, np.int64), np.empty((0, THUMB_ROWS, THUMB_COLUMNS), np.uint8))


def thumbnail(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Scale a picture down by area.

    Args:
        luma: shape ``(H, W)``.

    Returns:
        Shape ``(36, 64)``.
    """
    return np.asarray(cv2.resize(luma, (THUMB_COLUMNS, THUMB_ROWS), interpolation=cv2.INTER_AREA), np.uint8)


def join_thumbnails(parts: Sequence[Thumbnails]) -> Thumbnails:
    """Those of all segments in one, in time order; where two share an instant the first one stands."""
    if not parts:
        return NO_THUMBNAILS
    time_ns = np.concatenate([part.time_ns for part in parts])
    _, first = np.unique(time_ns, return_index=True)
    return Thumbnails(time_ns[first], np.concatenate([part.luma for part in parts])[first])
