"""Hearing where somebody speaks by Silero VAD on ONNX Runtime; its model comes inside its wheel, nothing is fetched.

The package itself imports torch, which takes seconds and some 200 MB; only its model file is used here. Blocks of
frames go through the "sequence" export, which carries the same state from frame to frame as the package's own loop.

Source: Silero VAD 6.2, https://github.com/snakers4/silero-vad (MIT); context of 64 samples and the states of its LSTM
as in the package's ``sequence_vad.py``.
"""

import hashlib
import importlib
import importlib.util
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.errors import SpeechDetectorUnavailableError
from lessonproof.models.speech_detector import SPEECH_FRAME_SAMPLES, check_samples

_MODEL: Final = Path("data") / "silero_vad_16k_sequence.onnx"
_CONTEXT_SAMPLES: Final = 64
_STATE_SHAPE: Final = (1, 1, 128)
_BLOCK_FRAMES: Final = 512
"""16 s of sound in one call: no memory to speak of, and next to no time lost between calls."""


class SileroDetector:
    """A :class:`lessonproof.models.speech_detector.SpeechDetector` by Silero VAD on one CPU thread."""

    def __init__(self) -> None:
        path = _model_file()
        if path is None or importlib.util.find_spec("onnxruntime") is None:
            raise SpeechDetectorUnavailableError(
                "speech is told from other sound by Silero VAD on ONNX Runtime, which is not installed: "
                "pip install 'lessonproof[worker]'",
                "辨别人声需要 Silero VAD 和 ONNX Runtime，当前未安装：pip install 'lessonproof[worker]'",
            )
        runtime: Any = importlib.import_module("onnxruntime")
        options = runtime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        self._session: Any = runtime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        self._stamps = (_stamp(path),)

    @property
    def stamps(self) -> tuple[ModelStamp, ...]:
        """The model with the SHA-256 of its file."""
        return self._stamps

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """See ``SpeechDetector.probabilities``."""
        check_samples(samples)
        frames = -(-samples.size // SPEECH_FRAME_SAMPLES)
        heard = np.zeros(frames, np.float32)
        hidden, cell = np.zeros(_STATE_SHAPE, np.float32), np.zeros(_STATE_SHAPE, np.float32)
        context = np.zeros(_CONTEXT_SAMPLES, np.float32)
        for first in range(0, frames, _BLOCK_FRAMES):
            last = min(frames, first + _BLOCK_FRAMES)
            block, context = _block(samples[first * SPEECH_FRAME_SAMPLES : last * SPEECH_FRAME_SAMPLES], context)
            values, hidden, cell = self._session.run(
                ["speech_probs", "hn", "cn"], {"input": block, "h": hidden, "c": cell}
            )
            heard[first:last] = np.asarray(values, np.float32).reshape(-1)
        return np.clip(heard, 0.0, 1.0)


def _block(
    samples: NDArray[np.float32], context: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Frames of shape ``(M, 64 + 512)``, each behind the end of the one before, and the end of the last one."""
    frames = np.zeros((-(-samples.size // SPEECH_FRAME_SAMPLES), SPEECH_FRAME_SAMPLES), np.float32)
    frames.reshape(-1)[: samples.size] = samples
    ends = np.concatenate([context[None], frames[:, -_CONTEXT_SAMPLES:]])
    return np.concatenate([ends[:-1], frames], axis=1), ends[-1]


def installed_stamps() -> tuple[ModelStamp, ...] | None:
    """The model that :class:`SileroDetector` would use, without loading it; ``None`` where it is not installed."""
    path = _model_file()
    return None if path is None or importlib.util.find_spec("onnxruntime") is None else (_stamp(path),)


def _model_file() -> Path | None:
    """Where the wheel keeps the model. Looks without importing: the package would import torch."""
    found = importlib.util.find_spec("silero_vad")
    if found is None or found.origin is None:
        return None
    path = Path(found.origin).parent / _MODEL
    return path if path.is_file() else None


def _stamp(path: Path) -> ModelStamp:
    with path.open("rb") as stream:
        return ModelStamp(path.stem, hashlib.file_digest(stream, "sha256").hexdigest())
