"""Which person detectors there are. Importing it loads no torch: an entry does so when it is called."""

from collections.abc import Callable, Mapping

from lessonproof.models.detector import DetectorSpec, PersonDetector
from lessonproof.models.errors import WeightsUnreadableError
from lessonproof.models.tiled_detector import TiledDetector
from lessonproof.models.ultralytics_detector import UltralyticsDetector

DETECTORS: Mapping[str, Callable[[DetectorSpec], PersonDetector]] = {"ultralytics": UltralyticsDetector}


def open_detector(spec: DetectorSpec) -> PersonDetector:
    """Load a detector (seconds, hundreds of megabytes: once per process).

    Raises:
        WeightsUnreadableError: the weights cannot be loaded, or no such backend is known.
        DetectorUnavailableError: a package or the device is missing.
    """
    if spec.backend not in DETECTORS:
        known = ", ".join(sorted(DETECTORS))
        raise WeightsUnreadableError(
            f"unknown detector backend {spec.backend!r}; known: {known}",
            f"未知的检测器类型 {spec.backend!r}；可用：{known}",
        )
    detector = DETECTORS[spec.backend](spec)
    return detector if spec.tile_side_px is None else TiledDetector(detector, spec.tile_side_px)
