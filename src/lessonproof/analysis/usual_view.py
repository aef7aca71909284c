"""What a recording usually shows, cell by cell, and how much of it a picture has lost."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.thumbnails import THUMB_COLUMNS, THUMB_ROWS, Thumbnails
from lessonproof.evidence.intervals import NS_PER_S

_CELL_ROWS: Final = 9
_CELL_COLUMNS: Final = 8
_TEXTURED_LEVELS: Final = 3.0
_MIN_TEXTURED: Final = 8
"""Cells (of 32) that must usually show something, else nothing can be missed."""
_FLAT_RATIO: Final = 0.35
_BARE_RATIO: Final = 0.12
_UNLIKE: Final = 0.5
_GONE_SHARE: Final = 0.85
"""Share of the usually textured cells that must be gone: somebody who stands before the lens leaves an edge free."""
_DARK_RATIO: Final = 0.5
_DARK_LIKE: Final = 0.5
_STEP_NS: Final = NS_PER_S
_REFERENCE_PICTURES: Final = 300
_CHUNK: Final = 512


@dataclass(frozen=True, slots=True, eq=False)
class UsualView:
    """What a recording usually shows, cell by cell.

    Attributes:
        deviation: shape ``(32, 72)``, luma against the cell's mean, levels.
        contrast: shape ``(32,)``, usual standard deviation, levels.
        detail: shape ``(32,)``, usual mean difference of neighbouring pixels, levels.
        textured: shape ``(32,)``, bool, cells that usually show something.
        mean_luma: usual mean, levels.
        sharpness: usual sharpness, levels.
    """

    deviation: NDArray[np.float32]
    contrast: NDArray[np.float32]
    detail: NDArray[np.float32]
    textured: NDArray[np.bool_]
    mean_luma: float
    sharpness: float


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """How much of the usual view each picture has lost; all arrays have shape ``(N,)``.

    Attributes:
        contrast_ratio: median over the cells of contrast against usual.
        detail_ratio: likewise of detail.
        likeness: median over the cells of the correlation with the usual view.
        gone_share: share of the cells that are flat and unlike.
        luma_ratio: mean luma against usual.
    """

    contrast_ratio: NDArray[np.float64]
    detail_ratio: NDArray[np.float64]
    likeness: NDArray[np.float64]
    gone_share: NDArray[np.float64]
    luma_ratio: NDArray[np.float64]

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Pictures in which nothing of the view is left; a dark room that still resembles itself is none."""
        dark = (self.luma_ratio <= _DARK_RATIO) & (self.likeness >= _DARK_LIKE)
        return np.asarray((self.gone_share >= _GONE_SHARE) & ~dark)


def usual_view(thumbs: Thumbnails, facts: Sequence[KeyframeFacts]) -> UsualView | None:
    """Learn what a recording usually shows; ``None`` where that is next to nothing.

    Encoders may set a random-access picture on each frame of a scene they do not understand, so that pictures are
    taken at even distances in time, not as they come.
    """
    rows = _evenly(thumbs.time_ns)
    cells = _cells(thumbs.luma[rows])
    contrast = np.median(cells.std(axis=2), axis=0)
    textured = contrast >= _TEXTURED_LEVELS
    if np.count_nonzero(textured) < _MIN_TEXTURED:
        return None
    picture = np.median(thumbs.luma[rows], axis=0).astype(np.uint8)
    return UsualView(
        deviation=_cells(picture[None])[0],
        contrast=contrast,
        detail=np.median(_detail(thumbs.luma[rows]), axis=0),
        textured=np.asarray(textured),
        mean_luma=float(np.median(thumbs.luma[rows].mean(axis=(1, 2)))),
        sharpness=float(np.median([facts[row].sharpness for row in rows.tolist()])),
    )


def measure_cover(luma: NDArray[np.uint8], view: UsualView) -> Cover:
    """Compare pictures with the usual view.

    Args:
        luma: shape ``(N, 36, 64)``.
        view: of the recording.
    """
    parts = [_measure(luma[at : at + _CHUNK], view) for at in range(0, luma.shape[0], _CHUNK)]
    columns = np.concatenate(parts, axis=1) if parts else np.empty((5, 0))
    return Cover(columns[0], columns[1], columns[2], columns[3], columns[4])


def _measure(luma: NDArray[np.uint8], view: UsualView) -> NDArray[np.float64]:
    cells = _cells(luma)[:, view.textured]
    usual = view.deviation[view.textured]
    contrast = cells.std(axis=2)
    ratio = contrast / view.contrast[view.textured]
    norm = np.sqrt((cells * cells).sum(axis=2) * (usual * usual).sum(axis=1)) + 1e-3
    likeness = (cells * usual).sum(axis=2) / norm
    detail = _detail(luma)[:, view.textured] / np.maximum(view.detail[view.textured], 0.1)
    gone = (ratio <= _BARE_RATIO) | ((ratio <= _FLAT_RATIO) & (likeness <= _UNLIKE))
    return np.stack(
        [
            np.median(ratio, axis=1),
            np.median(detail, axis=1),
            np.median(likeness, axis=1),
            gone.mean(axis=1),
            luma.mean(axis=(1, 2)) / max(view.mean_luma, 1.0),
        ]
    ).astype(np.float64)


def _cells(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Luma against the mean of its cell; shape ``(N, 32, 72)``."""
    rows, columns = THUMB_ROWS // _CELL_ROWS, THUMB_COLUMNS // _CELL_COLUMNS
    cells = luma.astype(np.float32).reshape(-1, rows, _CELL_ROWS, columns, _CELL_COLUMNS)
    flat = cells.transpose(0, 1, 3, 2, 4).reshape(-1, rows * columns, _CELL_ROWS * _CELL_COLUMNS)
    return np.asarray(flat - flat.mean(axis=2, keepdims=True), np.float32)


def _detail(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean difference of neighbouring pixels in each cell; shape ``(N, 32)``."""
    rows, columns = THUMB_ROWS // _CELL_ROWS, THUMB_COLUMNS // _CELL_COLUMNS
    cells = luma.astype(np.float32).reshape(-1, rows, _CELL_ROWS, columns, _CELL_COLUMNS)
    across = np.abs(np.diff(cells, axis=4)).mean(axis=(2, 4))
    down = np.abs(np.diff(cells, axis=2)).mean(axis=(2, 4))
    return np.asarray(0.5 * (across + down), np.float32).reshape(-1, rows * columns)


def _evenly(time_ns: NDArray[np.int64]) -> NDArray[np.intp]:
    """Rows of pictures at even distances in time, at most :data:`_REFERENCE_PICTURES`."""
    span = int(time_ns[-1] - time_ns[0])
    step = max(_STEP_NS, span // _REFERENCE_PICTURES)
    wanted = np.arange(int(time_ns[0]), int(time_ns[-1]) + 1, step)
    return np.unique(np.minimum(np.searchsorted(time_ns, wanted), time_ns.size - 1))
