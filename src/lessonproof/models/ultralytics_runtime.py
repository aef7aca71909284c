"""Bringing in Ultralytics so that it stays off the network, off our standard output and out of the user's home.

What the package would do by itself, read in the source of 8.4.190, and what stops it:

- asks two name servers at import, and sends usage events and crash reports where they answer: ``YOLO_OFFLINE``;
- installs missing packages with pip or uv while running: ``YOLO_AUTOINSTALL``;
- unpickles anything a ``.pt`` file names: ``ULTRALYTICS_SAFE_LOAD`` restricts it to known classes;
- writes ``settings.json`` into the home of the user: ``YOLO_CONFIG_DIR``, a private folder removed at exit;
- logs to standard output, where our results go: its handler is taken off, warnings reach the root logger;
- brings in OpenVINO, which sends an event to a usage counter when it is imported and keeps an identifier in the home:
  its telemetry package is barred, and OpenVINO falls back on the stub that it ships for that case;
- changes NumPy's print options and OpenCV's threads for the whole process: both are put back;
- puts a function of its own before Pillow's ``Image.open``, which raises ``ModuleNotFoundError`` on a damaged
  photograph where another package is missing: Pillow's own is put back.
"""

import atexit
import importlib
import logging
import os
import shutil
import sys
import tempfile
from types import ModuleType
from typing import cast

import numpy as np

from lessonproof.models.errors import DetectorUnavailableError

QUIET_ENVIRONMENT = {
    "YOLO_OFFLINE": "true",
    "YOLO_AUTOINSTALL": "false",
    "YOLO_VERBOSE": "false",
    "ULTRALYTICS_SAFE_LOAD": "true",
}
"""Set for the rest of the process (and its children): some are read at import, ``YOLO_OFFLINE`` at every call."""

LOGGER_NAME = "ultralytics"
TELEMETRY_PACKAGE = "openvino_telemetry"


def load_ultralytics() -> ModuleType:
    """Import ``ultralytics`` in its quiet form; a second call costs nothing.

    Raises:
        DetectorUnavailableError: it is not installed, or something imported it before in its talkative form.
    """
    os.environ.update(QUIET_ENVIRONMENT)
    if TELEMETRY_PACKAGE not in sys.modules:
        # None makes an import of that name fail (Python language reference, section 5.3.1, "The module cache").
        sys.modules[TELEMETRY_PACKAGE] = cast("ModuleType", None)
    if LOGGER_NAME not in sys.modules:
        config_dir = tempfile.mkdtemp(prefix="lessonproof-ultralytics-")
        atexit.register(shutil.rmtree, config_dir, ignore_errors=True)
        os.environ["YOLO_CONFIG_DIR"] = config_dir
    try:
        module = _import_with_globals_kept()
    except ImportError as error:
        raise DetectorUnavailableError(
            f"the detector needs a package that is not installed ({error.name or error}): "
            "install lessonproof with its extra 'worker'",
            f"检测器所需的软件包未安装（{error.name or error}）：请安装 lessonproof 的 worker 附加组件",
        ) from error
    _refuse_if_online()
    _silence()
    return module


def _import_with_globals_kept() -> ModuleType:
    cv2 = importlib.import_module("cv2")  # tenths of a second that the command line need not wait for
    threads = cv2.getNumThreads()
    pillow = importlib.import_module("PIL.Image")
    open_image = pillow.open
    with np.printoptions():
        module = importlib.import_module("ultralytics")
        # Non-maximum suppression takes another path where torchvision happens to be imported: make it always so.
        importlib.import_module("torchvision")
    cv2.setNumThreads(threads)
    pillow.open = open_image  # type: ignore[attr-defined]
    return module


def _refuse_if_online() -> None:
    utils = importlib.import_module("ultralytics.utils")
    if utils.ONLINE or utils.AUTOINSTALL or not utils.SAFE_LOAD:
        raise DetectorUnavailableError(
            "ultralytics was imported before its network access could be switched off; "
            "open the detector first, or set " + " ".join(f"{k}={v}" for k, v in QUIET_ENVIRONMENT.items()),
            "ultralytics 在关闭其联网功能之前已被导入；请先打开检测器，或设置环境变量 "
            + " ".join(f"{k}={v}" for k, v in QUIET_ENVIRONMENT.items()),
        )


def _silence() -> None:
    logger = logging.getLogger(LOGGER_NAME)
    for handler in list(logger.handlers):
        if handler.get_name() == "ultralytics.utils.set_logging":
            logger.removeHandler(handler)
    logger.setLevel(logging.WARNING)
    logger.propagate = True
