"""From a checkpoint to files that the product loads: OpenVINO, with weights in half precision.

They name neither the machine nor its folders nor the time: the same checkpoint gives the same bytes.
"""

import importlib
import re
import warnings
from pathlib import Path
from typing import Any

import torch
import yaml

from lessonproof.models.errors import DetectorUnavailableError, TrainingDataError
from lessonproof.models.training.pictures import CLASSES
from lessonproof.models.training.schedule import STRIDE_PX
from lessonproof.models.training.train import averaged_network
from lessonproof.models.weights import EXPORT_FOLDER_ENDING

_RUNTIME_INFO = re.compile(r"\s*<rt_info>.*?</rt_info>", re.DOTALL)


def export_openvino(checkpoint: Path, folder: Path, size_px: int, name: str) -> None:
    """Write ``NAME.xml``, ``NAME.bin`` and ``metadata.yaml``, as Ultralytics lays out an OpenVINO export.

    Args:
        checkpoint: of a run.
        folder: to be written; its name must end in ``_openvino_model``, by which Ultralytics knows such folders.
        size_px: side of the network's input.
        name: of the weights.

    Raises:
        TrainingDataError: the checkpoint cannot be read, the folder exists or the size does not fit the network.
        DetectorUnavailableError: OpenVINO is not installed.
    """
    if folder.exists() or not folder.name.endswith(EXPORT_FOLDER_ENDING):
        raise TrainingDataError(
            f"a new folder whose name ends in {EXPORT_FOLDER_ENDING} is expected, got {folder}",
            f"应为名称以 {EXPORT_FOLDER_ENDING} 结尾的新文件夹，实际为 {folder}",
        )
    openvino = _openvino()
    network = _fused(checkpoint, size_px)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of what it makes constant, which is what a fixed size is for
        model = openvino.convert_model(network, example_input=_blank(size_px), input=[1, 3, size_px, size_px])
    folder.mkdir(parents=True)
    xml = folder / f"{name}.xml"
    openvino.save_model(model, xml, compress_to_fp16=True)
    xml.write_text(_RUNTIME_INFO.sub("", xml.read_text("utf-8")), "utf-8")  # versions and options of the converter
    metadata = yaml.safe_dump(describe(size_px), sort_keys=False, allow_unicode=True)
    (folder / "metadata.yaml").write_text(metadata, "utf-8")


def describe(size_px: int) -> dict[str, Any]:
    """What Ultralytics asks an export about itself."""
    return {
        "description": "LessonProof person and head detector, trained from scratch",
        "author": "The LessonProof authors",
        "license": "AGPL-3.0-only",
        "stride": STRIDE_PX,
        "task": "detect",
        "batch": 1,
        "imgsz": [size_px, size_px],
        "names": dict(enumerate(CLASSES)),
        "args": {"batch": 1, "half": False, "int8": False, "dynamic": False, "nms": False},
        "channels": 3,
        "end2end": False,
    }


def _fused(checkpoint: Path, size_px: int) -> Any:
    """The averaged network without what only training needs: normalisation is folded into the convolutions."""
    if size_px < STRIDE_PX or size_px % STRIDE_PX:
        raise TrainingDataError(
            f"the network's input is a multiple of {STRIDE_PX} pixels, got {size_px}",
            f"网络输入边长应为 {STRIDE_PX} 的倍数，实际为 {size_px}",
        )
    network = averaged_network(checkpoint).fuse(verbose=False).eval()
    detect = network.model[-1]
    detect.export, detect.format, detect.dynamic = True, "openvino", False
    with torch.no_grad():
        network(_blank(size_px))  # lays out the grid for this size, which is constant from now on
    return network


def _blank(size_px: int) -> Any:
    return torch.zeros(1, 3, size_px, size_px)


def _openvino() -> Any:
    try:
        return importlib.import_module("openvino")
    except ImportError as error:
        raise DetectorUnavailableError(
            "exporting needs the package openvino, which is not installed", "导出需要软件包 openvino，但未安装"
        ) from error
