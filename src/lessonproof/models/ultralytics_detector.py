"""Person detection by Ultralytics YOLO: any of its ``.pt``, ``.onnx``, ``.engine`` files or OpenVINO folders."""

import importlib
import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lessonproof.models.detector import SCORE_FLOOR, Detections, DetectorSpec, check_frames
from lessonproof.models.errors import DetectorUnavailableError, WeightsUnreadableError
from lessonproof.models.ultralytics_runtime import LOGGER_NAME, load_ultralytics

MAX_BOXES = 1000
"""Boxes of all classes kept for a frame; a frame that reaches it is reported as capped."""

EXPORT_MAX_BOXES = 300
"""What Ultralytics bakes into exports that suppress duplicates themselves (``max_det`` in its ``cfg/default.yaml``)."""

IOU_THRESHOLD = 0.5
"""Overlap from which two boxes are one person. Faint detections, which the interval needs, come in doubles: at 0.5 the
mean absolute error on the training pictures of ``benchmarks/people`` was 2.07 people, at Ultralytics' own 0.7 2.54.
Calibrations hold for this value only."""


class _MessageCounter(logging.Handler):
    """Counts the log records that contain a text."""

    def __init__(self, text: str) -> None:
        super().__init__(logging.WARNING)
        self._text = text
        self.seen = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Count the record where it contains the text."""
        self.seen += self._text in record.getMessage()


@contextmanager
def _suppression_time_outs() -> Iterator[_MessageCounter]:
    """Watch for the time limit of the suppression, which Ultralytics only logs: later frames come out empty."""
    counter = _MessageCounter("NMS time limit")
    logger = logging.getLogger(LOGGER_NAME)
    logger.addHandler(counter)
    try:
        yield counter
    finally:
        logger.removeHandler(counter)


class UltralyticsDetector:
    """A ``PersonDetector`` on Ultralytics YOLO. Not thread-safe: one per worker process.

    Frames pass one by one unless ``batch_size`` asks for more, so a result does not depend on its neighbours.

    Raises:
        WeightsUnreadableError: the weights cannot be loaded, or have no class of persons.
        DetectorUnavailableError: a package or the device is missing.
    """

    def __init__(self, spec: DetectorSpec) -> None:
        self._spec = spec
        ultralytics = load_ultralytics()
        _require_device(spec.device)
        try:
            self._model = ultralytics.YOLO(str(spec.weights_path), task="detect")
            self._predict([np.zeros((64, 64, 3), np.uint8)])
        except ImportError as error:
            raise DetectorUnavailableError(
                f"weights {spec.weights_path.name} need the package {error.name or error}, which is not installed",
                f"权重 {spec.weights_path.name} 需要软件包 {error.name or error}，但未安装",
            ) from error
        except (TypeError, ValueError, RuntimeError, KeyError, OSError, AssertionError, StopIteration) as error:
            raise WeightsUnreadableError(
                f"weights {spec.weights_path.name} cannot be loaded by Ultralytics: {error}",
                f"Ultralytics 无法加载权重 {spec.weights_path.name}：{error}",
            ) from error
        network = self._model.predictor.model
        self._require_device_used(str(network.device))
        self._person_class = _person_class(spec, dict(network.names))
        end_to_end = bool(network.end2end) and network.format != "pt"
        self._cap = EXPORT_MAX_BOXES if end_to_end or network.metadata.get("args", {}).get("nms") else MAX_BOXES

    @property
    def model_id(self) -> str:
        """Name and digest of the weights."""
        return self._spec.model_id

    def detect(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        """Find the persons of each frame; see ``PersonDetector.detect``."""
        check_frames(frames)
        found: list[Detections] = []
        for start in range(0, len(frames), self._spec.batch_size):
            found.extend(self._detect_batch(frames[start : start + self._spec.batch_size]))
        return found

    def _detect_batch(self, frames: Sequence[NDArray[np.uint8]]) -> list[Detections]:
        with _suppression_time_outs() as time_outs:
            results = self._predict(frames)
        if time_outs.seen and len(frames) > 1:  # alone, a frame is always finished
            return [found for frame in frames for found in self._detect_batch([frame])]
        return [self._persons(result) for result in results]

    def _predict(self, frames: Sequence[NDArray[np.uint8]]) -> list[Any]:
        size = {} if self._spec.image_size_px is None else {"imgsz": self._spec.image_size_px}
        results: list[Any] = self._model.predict(
            [np.ascontiguousarray(frame[..., ::-1]) for frame in frames],  # Ultralytics takes BGR arrays
            conf=SCORE_FLOOR,
            iou=IOU_THRESHOLD,
            max_det=MAX_BOXES,
            device=self._spec.device,
            verbose=False,
            save=False,
            **size,
        )
        return results

    def _persons(self, result: Any) -> Detections:
        boxes = np.asarray(result.boxes.data.cpu().numpy(), dtype=np.float32)  # (K, 6): xyxy, score, class
        persons = boxes[boxes[:, 5] == self._person_class]
        persons = persons[np.argsort(-persons[:, 4], kind="stable")]
        return Detections(
            boxes_xyxy_px=np.ascontiguousarray(persons[:, :4]),
            scores=np.ascontiguousarray(persons[:, 4]),
            is_capped=len(boxes) >= self._cap,
        )

    def _require_device_used(self, used: str) -> None:
        wanted = self._spec.device
        if wanted.startswith("intel"):  # OpenVINO keeps its tensors on the CPU; the device was checked before loading
            return
        if used.split(":", 1)[0] != ("cuda" if wanted.isdigit() else wanted.split(":", 1)[0]):
            raise DetectorUnavailableError(
                f"device {wanted} was asked for, but these weights run on {used} here",
                f"请求的设备为 {wanted}，但这些权重在此只能运行于 {used}",
            )


def _require_device(device: str) -> None:
    """Refuse a device that is not there: Ultralytics would quietly take another one for OpenVINO."""
    if device.startswith("intel"):
        available = _openvino_devices(device)
        wanted = device.partition(":")[2].upper()
        is_there = any(name == wanted or name.startswith(f"{wanted}.") for name in available)
    elif device.startswith("cuda") or device.isdigit():
        torch = importlib.import_module("torch")
        available = ["cpu", *(f"cuda:{index}" for index in range(torch.cuda.device_count()))]
        is_there = f"cuda:{device.removeprefix('cuda').removeprefix(':') or '0'}" in available
    else:
        return  # the processor is always there; what else there is, the check after loading finds out
    if not is_there:
        raise DetectorUnavailableError(
            f"there is no device {device} here; available: {', '.join(available)}",
            f"此处没有设备 {device}；可用：{'、'.join(available)}",
        )


def _openvino_devices(device: str) -> list[str]:
    try:
        openvino = importlib.import_module("openvino")
    except ImportError as error:
        raise DetectorUnavailableError(
            f"device {device} needs the package openvino, which is not installed",
            f"设备 {device} 需要软件包 openvino，但未安装",
        ) from error
    return [str(name) for name in openvino.Core().available_devices]


def _person_class(spec: DetectorSpec, names: dict[int, str]) -> int:
    candidates = [index for index, name in names.items() if name.lower() == "person"]
    if spec.person_class is not None:
        if spec.person_class not in names:
            raise WeightsUnreadableError(
                f"weights {spec.weights_path.name} have no class {spec.person_class}: {names}",
                f"权重 {spec.weights_path.name} 没有编号为 {spec.person_class} 的类别：{names}",
            )
        return spec.person_class
    if len(candidates) != 1:
        raise WeightsUnreadableError(
            f"weights {spec.weights_path.name} do not say which class is 'person': {list(names.values())[:20]}",
            f"权重 {spec.weights_path.name} 未标明哪一类是人（person）：{list(names.values())[:20]}",
        )
    return candidates[0]
