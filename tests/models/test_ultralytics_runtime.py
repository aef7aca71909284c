"""What Ultralytics and OpenVINO must not do in our process; each in a fresh one, where they are first imported."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from lessonproof.models.weights import ResolvedWeights

SOURCE = Path(__file__).resolve().parents[2] / "src"

IMPORT_ALL = """
import pkgutil, importlib, sys
import lessonproof.models as room
for module in pkgutil.iter_modules(room.__path__, "lessonproof.models."):
    importlib.import_module(module.name)
heavy = {"torch", "torchvision", "ultralytics", "openvino", "rapidocr", "onnxruntime", "ray"} & set(sys.modules)
sys.exit(f"imported: {sorted(heavy)}" if heavy else 0)
"""

DETECT = """
import sys
touched = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto", "subprocess.Popen"):
        touched.append((event, repr(args)[:200]))
sys.addaudithook(watch)
from pathlib import Path
import cv2, numpy
cv2.setNumThreads(2)
printed_before = numpy.get_printoptions()
import PIL.Image
open_before = PIL.Image.open
from lessonproof.models.registry import open_detector
from lessonproof.models.weights import WeightsPlaces, resolve_weights
weights = resolve_weights(None, WeightsPlaces(explicit=Path(sys.argv[1])))
detector = open_detector(weights.detector_spec())
assert len(detector.detect([numpy.zeros((90, 120, 3), numpy.uint8)])) == 1
assert cv2.getNumThreads() == 2, cv2.getNumThreads()
assert numpy.get_printoptions() == printed_before
assert PIL.Image.open is open_before
network = [t for t in touched if t[0].startswith("socket") or "pip" in t[1] or "uv" in t[1]]
sys.exit(f"touched: {network}" if network else 0)
"""

TALKATIVE = """
import sys
sys.modules["openvino_telemetry"] = None
import ultralytics
from lessonproof.models.errors import DetectorUnavailableError
from lessonproof.models.ultralytics_runtime import load_ultralytics
try:
    load_ultralytics()
except DetectorUnavailableError as error:
    sys.exit(0 if "YOLO_OFFLINE" in error.en and "YOLO_OFFLINE" in error.zh else 3)
sys.exit(4)
"""


def _run(code: str, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("YOLO_", "ULTRALYTICS_", "CI", "XDG_"))}
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={**kept, "PYTHONPATH": str(SOURCE), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_importing_the_room_loads_no_model_code() -> None:
    done = _run(IMPORT_ALL)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.weights
@pytest.mark.usefixtures("needs_ultralytics")
def test_detection_is_silent_stays_off_the_network_and_out_of_the_home(
    weights: ResolvedWeights, tmp_path: Path
) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    done = _run(DETECT, str(weights.path), HOME=str(home), TMPDIR=str(temporary))
    assert (done.returncode, done.stdout) == (0, ""), done.stderr
    assert list(home.rglob("*")) == []
    # Beside onnxruntime PyTorch makes an empty folder for its compiler; no file is ever left.
    assert [path for path in temporary.rglob("*") if not path.is_dir()] == []


@pytest.mark.usefixtures("needs_ultralytics")
def test_a_talkative_ultralytics_is_refused(tmp_path: Path) -> None:
    done = _run(TALKATIVE, HOME=str(tmp_path), YOLO_CONFIG_DIR=str(tmp_path), YOLO_OFFLINE="true")
    assert done.returncode == 0, done.stderr
