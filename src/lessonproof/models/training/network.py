"""The shape of our own detector: YOLOv8 of Ultralytics, narrower and with two classes, starting from random weights."""

from typing import Any

from ultralytics.cfg import get_cfg
from ultralytics.nn.tasks import DetectionModel

from lessonproof.models.training.pictures import CLASSES

WIDTH = 0.125
DEPTH = 0.33
MAX_CHANNELS = 512
"""Half of YOLOv8n's width and half of its deepest layers: 0.6 instead of 3.0 million weights. There are 870 pictures of
people to learn from, and a step on a CPU costs about a quarter."""

_BACKBONE = (
    (-1, 1, "Conv", (64, 3, 2)),
    (-1, 1, "Conv", (128, 3, 2)),
    (-1, 3, "C2f", (128, True)),
    (-1, 1, "Conv", (256, 3, 2)),
    (-1, 6, "C2f", (256, True)),
    (-1, 1, "Conv", (512, 3, 2)),
    (-1, 6, "C2f", (512, True)),
    (-1, 1, "Conv", (1024, 3, 2)),
    (-1, 3, "C2f", (1024, True)),
    (-1, 1, "SPPF", (1024, 5)),
)
_HEAD = (
    (-1, 1, "nn.Upsample", (None, 2, "nearest")),
    ((-1, 6), 1, "Concat", (1,)),
    (-1, 3, "C2f", (512,)),
    (-1, 1, "nn.Upsample", (None, 2, "nearest")),
    ((-1, 4), 1, "Concat", (1,)),
    (-1, 3, "C2f", (256,)),
    (-1, 1, "Conv", (256, 3, 2)),
    ((-1, 12), 1, "Concat", (1,)),
    (-1, 3, "C2f", (512,)),
    (-1, 1, "Conv", (512, 3, 2)),
    ((-1, 9), 1, "Concat", (1,)),
    (-1, 3, "C2f", (1024,)),
    ((15, 18, 21), 1, "Detect", ("nc",)),
)
"""The layers of Ultralytics' ``cfg/models/v8/yolov8.yaml`` (version 8.4): inputs, repeats, module, arguments."""


def build_network(*, width: float = WIDTH, depth: float = DEPTH) -> Any:
    """A network with random weights, drawn from PyTorch's generator.

    Args:
        width: share of YOLOv8l's channels.
        depth: share of its repeats of layers.

    Returns:
        A ``DetectionModel`` of Ultralytics in training mode.
    """
    layers = [[list(part) if isinstance(part, tuple) else part for part in layer] for layer in _BACKBONE + _HEAD]
    shape = {
        "nc": len(CLASSES),
        "scales": {"own": [depth, width, MAX_CHANNELS]},
        "scale": "own",
        "backbone": layers[: len(_BACKBONE)],
        "head": layers[len(_BACKBONE) :],
    }
    network = DetectionModel(shape, nc=len(CLASSES), verbose=False)
    network.args = get_cfg()  # the gains of the loss are read from here
    network.names = dict(enumerate(CLASSES))
    return network.train()
