"""The thumbnails of one recording as a search for repeats sees them, and which of them are nearer than is usual."""

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.background import distances, features, usual_look
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.evidence.intervals import NS_PER_S

APART_NS: Final = 10 * NS_PER_S
"""Thumbnails closer in time than this are alike because nobody has moved yet."""
MIN_THUMBS: Final = 8
"""With fewer thumbnails nobody can say how near the pictures of this recording usually lie."""
_ASKED: Final = 3600
"""At most this many pictures are compared with all others: the cost grows with the recording, not with its square."""
_CELLS_AT_ONCE: Final = 1_000_000
_NULL_ROWS: Final = 512
_NULL_COLUMNS: Final = 2048
_NEAR_SHARE: Final = 0.005
_OWN_SHARE: Final = 0.02
_NEAREST: Final = 3
_FLOOR_LEVELS: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Pictures:
    """Thumbnails as numbers whose distances are those of the pictures.

    Attributes:
        thumbs: of the random-access pictures.
        look: shape ``(36, 64)``, the recording's usual look.
        known: shape ``(N, 512)``, float16 (half the room), features of the thumbnails without that look.
        gap_ns: usual time from one to the next.
        usual_levels: how near the nearest half per cent of pictures that are apart in time lie; ``None`` where none
            are apart.
    """

    thumbs: Thumbnails
    look: NDArray[np.float32]
    known: NDArray[np.float16]
    gap_ns: int
    usual_levels: float | None

    @classmethod
    def of(cls, thumbs: Thumbnails) -> Self | None:
        """Those of a recording; ``None`` with too few thumbnails."""
        if thumbs.time_ns.size < MIN_THUMBS:
            return None
        look = usual_look(thumbs.luma)
        known = np.empty((thumbs.time_ns.size, features(thumbs.luma[:1], look).shape[1]), np.float16)
        for start in range(0, thumbs.time_ns.size, _NULL_ROWS):
            rows = slice(start, start + _NULL_ROWS)
            known[rows] = features(thumbs.luma[rows], look)
        gap_ns = int(np.median(np.diff(thumbs.time_ns)))
        return cls(thumbs, look, known, gap_ns, _usual_levels(thumbs.time_ns, known, _apart_ns(gap_ns)))

    def nearest(self, *, mirrored: bool) -> list[tuple[int, int, float]]:
        """For each picture the nearest ones that are apart in time, and how much nearer they are than is usual.

        Args:
            mirrored: ask how it would be seen in a mirror.

        Returns:
            Time of the asked one, time of the other, and the logarithm of how much nearer.
        """
        if self.usual_levels is None:
            return []
        time_ns = self.thumbs.time_ns
        asked = np.arange(0, time_ns.size, -(-time_ns.size // _ASKED))
        block = max(16, _CELLS_AT_ONCE // time_ns.size)
        found: list[tuple[int, int, float]] = []
        for start in range(0, asked.size, block):
            rows = asked[start : start + block]
            luma = self.thumbs.luma[rows]
            luma = np.ascontiguousarray(luma[:, :, ::-1]) if mirrored else luma
            levels = distances(features(luma, self.look), self.known)
            levels[np.abs(time_ns[rows][:, None] - time_ns[None]) < _apart_ns(self.gap_ns)] = np.inf
            found += _nearer(levels, time_ns[rows], time_ns, self.usual_levels)
        return found


def _nearer(
    levels: NDArray[np.float32], asked_ns: NDArray[np.int64], known_ns: NDArray[np.int64], usual: float
) -> list[tuple[int, int, float]]:
    own = np.quantile(levels, _OWN_SHARE, axis=1, method="lower")
    nearest = np.argpartition(levels, min(_NEAREST, levels.shape[1] - 1), axis=1)[:, :_NEAREST]
    level = np.take_along_axis(levels, nearest, axis=1) + _FLOOR_LEVELS
    found: list[tuple[int, int, float]] = []
    for row, column in np.argwhere(np.isfinite(level) & np.isfinite(own)[:, None]).tolist():
        here = float(level[row, column])
        score = float(np.log(usual / here) + 0.5 * np.log(max(float(own[row]), here) / here))
        found.append((int(asked_ns[row]), int(known_ns[nearest[row, column]]), score))
    return found


def _usual_levels(time_ns: NDArray[np.int64], known: NDArray[np.float16], apart_ns: int) -> float | None:
    """How near the nearest pairs of pictures lie that are well apart in time."""
    rows, columns = (
        np.unique(np.linspace(0, time_ns.size - 1, min(most, time_ns.size)).astype(np.int64))
        for most in (_NULL_ROWS, _NULL_COLUMNS)
    )
    levels = distances(known[rows].astype(np.float32), known[columns])
    apart = np.abs(time_ns[rows][:, None] - time_ns[columns][None]) >= apart_ns
    return float(np.quantile(levels[apart], _NEAR_SHARE)) if apart.any() else None


def _apart_ns(gap_ns: int) -> int:
    return max(APART_NS, 5 * gap_ns // 2)
