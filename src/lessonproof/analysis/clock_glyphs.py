"""Signs of one overlay as pictures: cut out of a line at known places, learned from what was read, and told apart.

A sign is burned in, so its pixels are the same wherever it stands; what is seen through and around it is not. Each
pixel therefore weighs as much as it tells signs apart over changing backgrounds.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

ROWS: Final = 32
"""Every line is scaled to this height."""
_PRIOR_PLACES: Final = 3.0
"""The usual spread of a pixel counts like so many places: a sign seen in one place tells nothing of backgrounds."""
_NOISE_LEVELS: Final = 12.0
_MOST_Z2: Final = 9.0
"""No pixel speaks louder than three standard deviations: a scratch in the picture is no other digit."""


@dataclass(frozen=True, slots=True, eq=False)
class GlyphSet:
    """Learned signs of one line.

    Attributes:
        labels: one character for each sign that was seen, rising.
        mean: shape ``(K, ROWS * W)``, float32, levels.
        precision: shape ``(K, ROWS * W)``, float32, one over the variance.
        weight: shape ``(ROWS * W,)``, float32, sums to 1: how much each pixel tells signs apart.
        width: W, pixels at the line's scaled height.
        worst_score: what the signs it was learned from score at most, outliers left out.
    """

    labels: str
    mean: NDArray[np.float32]
    precision: NDArray[np.float32]
    weight: NDArray[np.float32]
    width: int
    worst_score: float


def scale_line(crop: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A line's crop at the height of :data:`ROWS`.

    Args:
        crop: shape ``(h, w)``.

    Returns:
        Shape ``(ROWS, w * ROWS / h)``, levels.
    """
    height, width = crop.shape
    shrinks = height > ROWS
    size = (max(2, round(width * ROWS / height)), ROWS)
    scaled = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
    return np.asarray(scaled, np.float32)


def cut_cells(line: NDArray[np.float32], centres: NDArray[np.float64], width: int) -> NDArray[np.float32]:
    """Patches around places of a scaled line, between pixels by linear interpolation.

    Args:
        line: shape ``(ROWS, w)``.
        centres: shape ``(N,)``, columns.
        width: of a patch.

    Returns:
        Shape ``(N, ROWS * width)``; outside the line its last column goes on.
    """
    columns = (centres[:, None] + np.arange(width) - (width - 1) / 2).reshape(-1)
    columns = np.clip(columns, 0.0, line.shape[1] - 1.001)
    left = columns.astype(np.intp)
    share = (columns - left).astype(np.float32)
    strip = line[:, left] * (1 - share) + line[:, left + 1] * share
    return np.ascontiguousarray(strip.reshape(ROWS, centres.size, width).transpose(1, 0, 2)).reshape(centres.size, -1)


def likeness(patches: NDArray[np.float32], labels: NDArray[np.str_], cells: NDArray[np.intp], width: int) -> float:
    """How alike equal signs of different places look, -1..1: highest where all cells lie at the same part of a sign.

    Edges are compared, not levels: what shines through around the signs differs from place to place.

    Args:
        patches: shape ``(N, ROWS * width)``.
        labels: shape ``(N,)``.
        cells: shape ``(N,)``, the place of each patch.
        width: of a patch.

    Returns:
        Mean correlation; 0 where no sign was seen in two places.
    """
    keys, index = np.unique([f"{label}{cell}" for label, cell in zip(labels, cells, strict=True)], return_inverse=True)
    sums = np.zeros((keys.size, patches.shape[1]), np.float32)
    np.add.at(sums, index, patches)
    edges = np.diff(sums.reshape(keys.size, ROWS, width), axis=2).reshape(keys.size, -1)
    edges -= edges.mean(axis=1, keepdims=True)
    edges /= np.maximum(np.linalg.norm(edges, axis=1, keepdims=True), 1e-6)
    pairs, alike = 0, 0.0
    names = np.array([key[0] for key in keys])
    for name in np.unique(names):
        here = edges[names == name]
        pairs += len(here) * (len(here) - 1)
        alike += float((here.sum(axis=0) ** 2).sum()) - len(here)
    return alike / pairs if pairs else 0.0


def learn_glyphs(
    patches: NDArray[np.float32], labels: NDArray[np.str_], cells: NDArray[np.intp], width: int
) -> GlyphSet:
    """Learn signs from labelled patches; wrong labels are outvoted, then dropped.

    Args:
        patches: shape ``(N, ROWS * width)``.
        labels: shape ``(N,)``, one character each.
        cells: shape ``(N,)``, which place each patch was cut from: backgrounds differ from place to place.
        width: of a patch.
    """
    first = _learn(patches, labels, cells, width)
    scores = match(first, patches)
    own = scores[np.arange(labels.size), [first.labels.index(label) for label in labels]]
    right = own <= scores.min(axis=1) + 1e-6
    kept = right if set(labels[right]) == set(labels) else np.ones(labels.size, np.bool_)
    learned = _learn(patches[kept], labels[kept], cells[kept], width)
    best = match(learned, patches[kept]).min(axis=1)
    return GlyphSet(
        learned.labels, learned.mean, learned.precision, learned.weight, width, float(np.quantile(best, 0.98))
    )


def _learn(patches: NDArray[np.float32], labels: NDArray[np.str_], cells: NDArray[np.intp], width: int) -> GlyphSet:
    names = sorted(set(labels.tolist()))
    means, spreads, counts = [], [], []
    for name in names:
        here = labels == name
        places = np.stack([np.median(patches[here & (cells == cell)], axis=0) for cell in np.unique(cells[here])])
        means.append(np.median(places, axis=0) if len(places) > 2 else places.mean(axis=0))
        spreads.append(((patches[here] - means[-1]) ** 2).mean(axis=0))
        counts.append(len(places))
    mean, spread, places_of = np.stack(means), np.stack(spreads), np.array(counts, np.float64)[:, None]
    usual = (spread * places_of).sum(axis=0) / places_of.sum()
    variance = (places_of * spread + _PRIOR_PLACES * usual) / (places_of + _PRIOR_PLACES) + _NOISE_LEVELS**2
    between = mean.var(axis=0) if len(names) > 1 else np.ones(mean.shape[1])
    weight = between / (between + variance.mean(axis=0))
    return GlyphSet(
        labels="".join(names),
        mean=mean.astype(np.float32),
        precision=(1.0 / variance).astype(np.float32),
        weight=(weight / weight.sum()).astype(np.float32),
        width=width,
        worst_score=0.0,
    )


def match(glyphs: GlyphSet, patches: NDArray[np.float32]) -> NDArray[np.float32]:
    """How badly each sign explains each patch: a weighted, truncated Gaussian deviance; less is better.

    Args:
        glyphs: K signs.
        patches: shape ``(N, ROWS * W)``.

    Returns:
        Shape ``(N, K)``, about 1 or less for the right sign.
    """
    z2 = (patches[:, None, :] - glyphs.mean[None]) ** 2 * glyphs.precision[None]
    return np.asarray(np.minimum(z2, _MOST_Z2) @ glyphs.weight, np.float32)
