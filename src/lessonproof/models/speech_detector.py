"""The plug-in point of speech detectors; ``speech_detector_registry.py`` says which there are."""

from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from lessonproof.evidence.dossier import ModelStamp

SPEECH_RATE_HZ: Final = 16_000
"""Samples in a second of what a detector listens to."""
SPEECH_FRAME_SAMPLES: Final = 512
"""Samples that one probability stands for: 32 ms."""


class SpeechDetector(Protocol):
    """Says where somebody speaks. The same samples give the same result, whatever was heard before."""

    @property
    def stamps(self) -> tuple[ModelStamp, ...]:
        """The models that take part, for the dossier."""
        ...

    def probabilities(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """How likely somebody speaks, frame by frame.

        Args:
            samples: shape ``(N,)``, mono, 16 kHz, full scale at 1. May be empty.

        Returns:
            Shape ``(M,)``, 0..1, one for each 512 samples; a last frame that is not full counts as one.

        Raises:
            ValueError: not samples of that kind.
        """
        ...


def check_samples(samples: NDArray[np.float32]) -> None:
    """Refuse what no detector can take.

    Raises:
        ValueError: not float32, not ``(N,)``, or not finite throughout.
    """
    if samples.dtype != np.float32 or samples.ndim != 1:
        raise ValueError(f"sound is float32 (N,), got {samples.dtype} {samples.shape}")
    if not np.isfinite(samples).all():
        raise ValueError("sound has finite samples only")
