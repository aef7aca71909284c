"""Which signatures of a page look alike (疑似代签): shapes at one size, correlated. A hint, never a decision.

It finds a name, or a scrawl, that was drawn twice. It cannot find one person who wrote different names, and two people
of one name may write alike; so it says how alike two shapes are and nothing else.
"""

from collections.abc import Mapping
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.sheet_reading import SimilarPair

_SHAPE: Final = (28, 96)
_SHIFT: Final = 4
_BLUR_PX: Final = 1.2
_FIRST_LOOK: Final = 0.35
LEAST_SIMILARITY: Final = 0.70
"""Above nearly all pairs of different hands on rendered sheets (docs/accuracy.md)."""
_MOST_PAIRS: Final = 20
_STRETCH: Final = 1.3


def similar_signatures(signatures: Mapping[int, NDArray[np.bool_]]) -> tuple[SimilarPair, ...]:
    """Pairs that look alike, the most alike first, twenty at most.

    Args:
        signatures: ink of each signed cell, shape ``(h, w)``, by row.
    """
    shapes = {row: shape for row, own in sorted(signatures.items()) if (shape := _normal(own)) is not None}
    rows = list(shapes)
    if len(rows) < 2:
        return ()
    flat = np.stack([_unit(shapes[row][0]).ravel() for row in rows])
    first_look = flat @ flat.T
    pairs = []
    for i, j in zip(*np.nonzero(np.triu(first_look > _FIRST_LOOK, 1)), strict=True):
        one, other = shapes[rows[i]], shapes[rows[j]]
        if max(one[1], other[1]) > _STRETCH * min(one[1], other[1]):
            continue
        similarity = _correlation(one[0], other[0])
        if similarity >= LEAST_SIMILARITY:
            pairs.append(SimilarPair(rows[i], rows[j], round(similarity, 3)))
    return tuple(sorted(pairs, key=lambda pair: -pair.similarity)[:_MOST_PAIRS])


def _normal(own: NDArray[np.bool_]) -> tuple[NDArray[np.float32], float] | None:
    """The ink at one size, shape :data:`_SHAPE`, and how much wider than high it is."""
    y, x = np.nonzero(own)
    if y.size == 0:
        return None
    crop = own[y.min() : y.max() + 1, x.min() : x.max() + 1].astype(np.float32)
    sized = cv2.resize(crop, (_SHAPE[1], _SHAPE[0]), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(sized, (0, 0), _BLUR_PX), np.float32), crop.shape[1] / crop.shape[0]


def _unit(shape: NDArray[np.float32]) -> NDArray[np.float32]:
    centred = shape - shape.mean()
    return np.asarray(centred / max(float(np.linalg.norm(centred)), 1e-6), np.float32)


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32]) -> float:
    """The best correlation over small shifts, -1..1."""
    wide = cv2.copyMakeBorder(one, _SHIFT, _SHIFT, _SHIFT, _SHIFT, cv2.BORDER_CONSTANT, value=0)
    return float(np.clip(cv2.matchTemplate(wide, other, cv2.TM_CCOEFF_NORMED).max(), -1.0, 1.0))
