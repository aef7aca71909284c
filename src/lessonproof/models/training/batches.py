"""Which pictures make up a step, and how they reach the network. The same seed and step give the same batch."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from lessonproof.models.training.augment import Recipe, Square, compose
from lessonproof.models.training.store import Sample

SET_SHARES: Mapping[str, float] = {
    "clabehavior": 0.18,
    "clinic-cctv": 0.2,
    "coco-c2": 0.14,
    "corridor": 0.14,
    "css": 0.08,
    "factory": 0.05,
    "hardhat": 0.13,
    "office": 0.08,
}
"""How often a set is drawn. Full rooms, which the product is about, come more often than near-equal frames of empty
corridors; heads less often than bodies, which are what is counted. Sets not named here share what is left evenly."""


def draw_shares(set_names: Sequence[str]) -> NDArray[np.float64]:
    """How likely each picture is to be drawn: shape ``(N,)``, sum 1; within a set all pictures are equal."""
    sizes = Counter(set_names)
    unnamed = [name for name in sizes if name not in SET_SHARES]
    left = max(0.05, 1 - sum(SET_SHARES[name] for name in sizes if name in SET_SHARES))
    shares = {name: SET_SHARES.get(name, left / max(1, len(unnamed))) for name in sizes}
    weights = np.array([shares[name] / sizes[name] for name in set_names], dtype=np.float64)
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def draw_batch(
    samples: Sequence[Sample],
    shares: NDArray[np.float64],
    recipe: Recipe,
    *,
    batch_size: int,
    seed: int,
    step: int,
    with_mosaic: bool,
) -> list[Square]:
    """The inputs of one step, drawn anew from ``seed`` and ``step`` alone, so that a resumed run draws the same."""
    rng = np.random.default_rng([seed, step])
    squares = []
    for _ in range(batch_size):
        count = 4 if with_mosaic and rng.random() < recipe.mosaic_share else 1
        chosen = rng.choice(len(samples), size=count, p=shares)
        squares.append(compose([samples[index] for index in chosen], recipe, rng))
    return squares


def to_tensors(squares: Sequence[Square]) -> dict[str, Any]:
    """The form that the network and its loss take.

    Returns:
        ``img`` ``(B, 3, S, S)`` float32 in ``[0, 1]``, and the labels; see ``MaskedDetectionLoss``.
    """
    size_px = squares[0].pixels.shape[0]
    pictures = np.stack([square.pixels for square in squares])
    boxes = _joined([square.boxes for square in squares])
    unlabelled = _joined([square.unlabelled for square in squares])
    corners = torch.from_numpy(boxes[:, 2:] / size_px)
    return {
        "img": torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(255).contiguous(),
        "batch_idx": torch.from_numpy(boxes[:, 0]),
        "cls": torch.from_numpy(boxes[:, 1:2]),
        "bboxes": torch.cat([(corners[:, :2] + corners[:, 2:]) / 2, corners[:, 2:] - corners[:, :2]], dim=1),
        "unlabelled": torch.from_numpy(unlabelled),
    }


def _joined(groups: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    """All rows below each other, with the number of their group put in front: shape ``(., 6)``."""
    numbered = [np.insert(rows, 0, index, axis=1) for index, rows in enumerate(groups)]
    return np.concatenate(numbered).astype(np.float32)
