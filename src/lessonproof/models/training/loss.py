"""Ultralytics' detection loss, blind where a class was not labelled.

A set labels persons or heads, never both. A head found in a picture of a person set is no mistake, and must not be
punished as one; the same holds for people whom the source forgot. So the classification loss of a class is switched off
for every cell of the network's grids whose centre lies in a region where that class is unlabelled, unless a labelled
object of that very class was assigned to the cell.
"""

from typing import Any

import torch
from ultralytics.utils.loss import v8DetectionLoss
from ultralytics.utils.tal import make_anchors


def label_mask(centres_px: Any, regions: Any, n_pictures: int, n_classes: int) -> Any:
    """Where labels can be trusted.

    Args:
        centres_px: shape ``(A, 2)``: centres (x, y) of the cells.
        regions: shape ``(R, 6)``: picture index, class index, left, top, right, bottom in pixels; half-open.
        n_pictures: pictures in the batch.
        n_classes: classes of the network.

    Returns:
        Shape ``(n_pictures, A, n_classes)``, 1 where the class is labelled, else 0.
    """
    x, y = centres_px[:, 0], centres_px[:, 1]
    left, top, right, bottom = (regions[:, column, None] for column in range(2, 6))
    inside = (x >= left) & (x < right) & (y >= top) & (y < bottom)  # (R, A)
    rows = (regions[:, 0] * n_classes + regions[:, 1]).long()
    hits = torch.zeros(n_pictures * n_classes, len(centres_px)).index_add_(0, rows, inside.float())
    return (hits == 0).float().view(n_pictures, n_classes, -1).permute(0, 2, 1)


class MaskedDetectionLoss:
    """``v8DetectionLoss`` with its classification part masked per picture, class and cell.

    Attributes:
        network: the network; its ``args`` hold the gains.
    """

    def __init__(self, network: Any) -> None:
        self._inner = v8DetectionLoss(network)
        self._plain_bce = self._inner.bce
        self._inner.bce = self._masked_bce
        self._mask: Any = None

    def __call__(self, predictions: Any, batch: Any) -> tuple[Any, dict[str, float]]:
        """The loss of a batch.

        Args:
            predictions: what the network gives in training mode.
            batch: ``batch_idx`` ``(K,)``, ``cls`` ``(K, 1)``, ``bboxes`` ``(K, 4)`` (centre and size as shares) and
                ``unlabelled`` ``(R, 6)``, see ``label_mask``.

        Returns:
            The loss to go down from, and its three parts by name.
        """
        scores = predictions["scores"]  # (B, classes, A)
        cells, strides = make_anchors(predictions["feats"], self._inner.stride, 0.5)
        self._mask = label_mask(cells * strides, batch["unlabelled"], scores.shape[0], scores.shape[1])
        parts, shown = self._inner(predictions, batch)
        return parts.sum(), {name: float(value) for name, value in shown.items()}

    def _masked_bce(self, scores: Any, targets: Any) -> Any:
        weight = torch.where(targets > 0, torch.ones_like(targets), self._mask)
        return self._plain_bce(scores, targets) * weight
