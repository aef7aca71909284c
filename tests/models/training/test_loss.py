"""What is not labelled must not be learned from: the gradient there is nothing, elsewhere it is Ultralytics' own."""

from typing import Any

import pytest

from lessonproof.models.ultralytics_runtime import load_ultralytics

load_ultralytics()

import torch  # noqa: E402
from ultralytics.utils.loss import v8DetectionLoss  # noqa: E402

from lessonproof.models.training.loss import MaskedDetectionLoss, label_mask  # noqa: E402
from lessonproof.models.training.network import build_network  # noqa: E402

SIDE = 64
PERSON, HEAD = 0, 1


def _batch(*regions: list[float]) -> dict[str, Any]:
    """One picture with a person in its left half, and regions (class, box in pixels) without labels."""
    return {
        "img": torch.rand(1, 3, SIDE, SIDE, generator=torch.Generator().manual_seed(3)),
        "batch_idx": torch.zeros(1),
        "cls": torch.zeros(1, 1),
        "bboxes": torch.tensor([[0.25, 0.5, 0.4, 0.8]]),
        "unlabelled": torch.tensor([[0.0, *region] for region in regions]).reshape(-1, 6),
    }


def _score_gradient(batch: dict[str, Any]) -> Any:
    """Gradient of the loss by the class scores, shape ``(classes, cells)``."""
    torch.manual_seed(0)
    network = build_network(width=0.03, depth=0.1)
    predictions = network(batch["img"])
    predictions["scores"].retain_grad()
    MaskedDetectionLoss(network)(predictions, batch)[0].backward()
    return predictions["scores"].grad[0]


def test_a_class_that_the_set_does_not_label_gives_no_gradient() -> None:
    gradient = _score_gradient(_batch([HEAD, 0, 0, SIDE, SIDE]))
    assert gradient[HEAD].abs().max() == 0
    assert gradient[PERSON].abs().min() > 0


def test_a_region_without_labels_gives_none_but_what_is_labelled_in_it_does() -> None:
    whole = _score_gradient(_batch())
    masked = _score_gradient(_batch([PERSON, 0, 0, SIDE, SIDE]))
    is_learned = masked[PERSON] != 0
    assert 0 < is_learned.sum() < len(is_learned)
    assert torch.equal(masked[PERSON][is_learned], whole[PERSON][is_learned])
    assert (masked[PERSON][is_learned] < 0).any()
    assert torch.equal(masked[HEAD], whole[HEAD])


def test_where_all_is_labelled_the_loss_is_that_of_ultralytics() -> None:
    torch.manual_seed(0)
    network = build_network(width=0.03, depth=0.1)
    batch = _batch()
    predictions = network(batch["img"])
    plain, _ = v8DetectionLoss(network)(predictions, batch)
    ours, shown = MaskedDetectionLoss(network)(predictions, batch)
    assert ours.item() == pytest.approx(plain.sum().item())
    assert set(shown) == {"box_loss", "cls_loss", "dfl_loss"}


def test_the_mask_is_half_open_and_belongs_to_its_picture_and_class() -> None:
    centres = torch.tensor([[4.0, 4.0], [12.0, 4.0], [4.0, 12.0]])
    regions = torch.tensor([[1.0, HEAD, 0, 0, 12, 12], [1.0, HEAD, 0, 0, 5, 5]])
    mask = label_mask(centres, regions, 2, 2)
    assert mask.shape == (2, 3, 2)
    assert mask[0].min() == 1
    assert mask[1, :, PERSON].tolist() == [1, 1, 1]
    assert mask[1, :, HEAD].tolist() == [0, 1, 1]
    assert label_mask(centres, torch.zeros(0, 6), 1, 2).min() == 1
