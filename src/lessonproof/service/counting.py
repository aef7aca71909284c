"""From what the user said about weights to a counter of people, or to the reason why there is none."""

import os
from pathlib import Path

from lessonproof.models.registry import open_detector
from lessonproof.models.weights import ResolvedWeights, WeightsPlaces, default_cache_dir, resolve_weights
from lessonproof.workers.people import PeopleCounter


def weights_places(models_folder: Path | None, explicit: Path | None = None) -> WeightsPlaces:
    """Where weights are looked for on this machine.

    Args:
        models_folder: setting ``LESSONPROOF_MODELS``.
        explicit: a file or folder that the user named.
    """
    cache_dir = default_cache_dir(os.environ.get("XDG_CACHE_HOME"), Path.home())
    return WeightsPlaces(explicit=explicit, folder=models_folder, cache_dir=cache_dir)


def find_weights(weights: str | None, models_folder: Path | None) -> ResolvedWeights:
    """Resolve and verify weights.

    Args:
        weights: name in the manifest, or path of a file or folder; ``None`` takes the best that is there.
        models_folder: setting ``LESSONPROOF_MODELS``.

    Raises:
        WeightsMissingError: there are none; the message says how to get them.
        WeightsNameError: no weights of that name are known.
        WeightsAlteredError: bytes differ from the manifest.
    """
    is_path = weights is not None and (os.sep in weights or Path(weights).exists())
    if is_path and weights is not None:
        return resolve_weights(None, weights_places(models_folder, Path(weights)), allow_unknown=True)
    return resolve_weights(weights, weights_places(models_folder))


def open_counter(found: ResolvedWeights, device: str = "cpu") -> PeopleCounter:
    """Load a detector: some seconds and some 500 MB, so once per process."""
    return PeopleCounter(open_detector(found.detector_spec(device=device)), found.entry.calibration, found.stamp)
