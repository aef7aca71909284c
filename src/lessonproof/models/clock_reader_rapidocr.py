"""Reading burned-in text by RapidOCR (PP-OCR on ONNX Runtime); its models come inside its wheel, nothing is fetched.

Source: RapidOCR 3.10, https://github.com/RapidAI/RapidOCR (Apache-2.0); PP-OCR, https://arxiv.org/abs/2009.09941.
"""

import hashlib
import importlib
import importlib.util
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.clock_reader import ReadLine, TextBox, check_luma
from lessonproof.models.errors import ReaderUnavailableError

DETECTION_LONG_SIDE_PX: Final = 1280
"""Larger pictures are scaled down to it: 0.4 CPU-s instead of 1.8 at 1920, and digits of 15 px are still found."""
_ROW_PX: Final = 48
_STEP_PX: Final = 8
"""The recogniser scales a line to 48 rows and gives one answer for each 8 columns."""
_ENGINE: Final = "EngineConfig.onnxruntime"
_PARAMETERS: Final = {
    "Global.log_level": "critical",
    f"{_ENGINE}.intra_op_num_threads": 1,
    f"{_ENGINE}.inter_op_num_threads": 1,
    "Det.limit_type": "max",
    "Det.limit_side_len": DETECTION_LONG_SIDE_PX,
}


class RapidOcrReader:
    """A :class:`lessonproof.models.clock_reader.ClockReader` by RapidOCR on one CPU thread."""

    def __init__(self) -> None:
        try:
            rapidocr = importlib.import_module("rapidocr")
            recognition = importlib.import_module("rapidocr.ch_ppocr_rec")
        except ImportError as error:
            raise ReaderUnavailableError(
                "burned-in clocks are read by RapidOCR, which is not installed: pip install 'lessonproof[worker]'",
                "读取画面时钟需要 RapidOCR，当前未安装：pip install 'lessonproof[worker]'",
            ) from error
        self._engine: Any = rapidocr.RapidOCR(params=dict(_PARAMETERS))
        blank = np.full((_ROW_PX, 2 * _ROW_PX, 3), 128, np.uint8)
        self._engine(blank, use_det=False, use_cls=False, use_rec=True)  # loads the recogniser
        self._recognise: Any = self._engine.text_rec
        self._request: Any = recognition.TextRecInput
        self._stamps = tuple(_stamp(path) for path in _model_files(Path(str(rapidocr.__file__)).parent / "models"))

    @property
    def stamps(self) -> tuple[ModelStamp, ...]:
        """Detector and recogniser with the SHA-256 of their files."""
        return self._stamps

    def find_lines(self, luma: NDArray[np.uint8]) -> list[TextBox]:
        """See ``ClockReader.find_lines``."""
        check_luma(luma)
        found = self._engine(_three_channels(luma), use_det=True, use_cls=False, use_rec=False)
        if found.boxes is None:
            return []
        height, width = luma.shape
        boxes = []
        for corners in np.asarray(found.boxes, np.float64):
            x0, y0 = np.floor(corners.min(axis=0)).astype(int).tolist()
            x1, y1 = np.ceil(corners.max(axis=0)).astype(int).tolist()
            x0, y0, x1, y1 = max(0, x0), max(0, y0), min(width, x1), min(height, y1)
            if x0 < x1 and y0 < y1:
                boxes.append(TextBox(x0, y0, x1, y1))
        return boxes

    def read_lines(self, crops: Sequence[NDArray[np.uint8]]) -> list[ReadLine]:
        """See ``ClockReader.read_lines``; one at a time, because lines of one batch pad each other."""
        return [self._read(crop) for crop in crops]

    def _read(self, crop: NDArray[np.uint8]) -> ReadLine:
        check_luma(crop)
        result = self._recognise(self._request(img=[_three_channels(crop)], return_word_box=True))
        text, score = str(result.txts[0]), float(result.scores[0])
        info = result.word_results[0]
        columns = [column for word in info.word_cols for column in word]
        signs = [sign for word in info.words for sign in word]
        height, width = crop.shape
        scale = _STEP_PX * height / (_ROW_PX * width)
        return ReadLine(text, min(1.0, max(0.0, score)), _places(text, signs, [(c + 0.5) * scale for c in columns]))


def _places(text: str, signs: Sequence[str], places: Sequence[float]) -> tuple[float, ...]:
    """A place for each character of the text; the recogniser gives none for blanks."""
    given = iter(zip(signs, places, strict=True))
    centres: list[float] = []
    for sign in text:
        if sign.isspace():
            centres.append(centres[-1] if centres else 0.0)
        else:
            centres.append(min(1.0, next(given)[1]))
    return tuple(centres)


def _three_channels(luma: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.asarray(cv2.cvtColor(np.ascontiguousarray(luma), cv2.COLOR_GRAY2BGR), np.uint8)


def installed_stamps() -> tuple[ModelStamp, ...] | None:
    """The models that :class:`RapidOcrReader` would use, without loading any; ``None`` where it is not installed."""
    found = importlib.util.find_spec("rapidocr")
    if found is None or found.origin is None or importlib.util.find_spec("onnxruntime") is None:
        return None
    return tuple(_stamp(path) for path in _model_files(Path(found.origin).parent / "models"))


def _model_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.onnx") if "_det_" in path.name or "_rec_" in path.name)


def _stamp(path: Path) -> ModelStamp:
    with path.open("rb") as stream:
        return ModelStamp(path.stem, hashlib.file_digest(stream, "sha256").hexdigest())
