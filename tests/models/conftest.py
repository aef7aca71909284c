"""Where the tests of this room find weights; what needs them is skipped, and says so, where there are none."""

import importlib
import importlib.util
import os
from pathlib import Path

import pytest

from lessonproof.models.detector import PersonDetector
from lessonproof.models.errors import WeightsMissingError
from lessonproof.models.registry import open_detector
from lessonproof.models.ultralytics_runtime import load_ultralytics
from lessonproof.models.weights import ResolvedWeights, WeightsPlaces, resolve_weights

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """The folder of models: LESSONPROOF_MODELS, else ``../shared/models`` beside the repository."""
    return Path(os.environ.get("LESSONPROOF_MODELS") or REPOSITORY.parent / "shared" / "models")


@pytest.fixture(scope="session")
def weights(models_dir: Path) -> ResolvedWeights:
    """The first known weights in the folder of models."""
    try:
        return resolve_weights(None, WeightsPlaces(folder=models_dir))
    except WeightsMissingError as error:
        pytest.skip(f"NO WEIGHTS, nothing is detected in this run: {error.en}")


@pytest.fixture(scope="session")
def needs_ultralytics() -> None:
    """Skip where the extra 'worker' is not installed. Looks without importing: that is the detector's business."""
    if importlib.util.find_spec("ultralytics") is None:
        pytest.skip("ultralytics is not installed (extra 'worker')")


@pytest.fixture(scope="session")
def detector(weights: ResolvedWeights, needs_ultralytics: None) -> PersonDetector:  # noqa: ARG001
    """The real detector on the real weights."""
    return open_detector(weights.detector_spec())


@pytest.fixture(scope="session")
def untrained_pt(tmp_path_factory: pytest.TempPathFactory, needs_ultralytics: None) -> Path:  # noqa: ARG001
    """A PyTorch checkpoint of the true architecture that learned nothing but to see persons everywhere.

    The loader, the order of results and the limit of boxes need no more.
    """
    path = tmp_path_factory.mktemp("untrained") / "untrained.pt"
    ultralytics = load_ultralytics()
    torch = importlib.import_module("torch")
    torch.manual_seed(1)
    model = ultralytics.YOLO("yolov8n.yaml", task="detect")
    model.model.names[0] = "person"
    for scale in model.model.model[-1].cv3:  # the last layer of the class scores at each scale
        scale[-1].bias.data[0] = 0.5
        scale[-1].weight.data[0] *= 1e4  # so that scores differ from place to place
    model.save(str(path))
    return path
