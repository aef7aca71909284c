"""Which speech detectors there are. Importing it loads no library of theirs: an entry does so when it is called."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.errors import SpeechDetectorUnavailableError
from lessonproof.models.speech_detector import SpeechDetector
from lessonproof.models.speech_detector_silero import SileroDetector, installed_stamps

SPEECH_DETECTORS: Mapping[str, Callable[[], SpeechDetector]] = {"silero_vad": SileroDetector}
DEFAULT_SPEECH_DETECTOR = "silero_vad"


@dataclass(frozen=True, slots=True)
class SpeechDetectorSpec:
    """Which detector to load; can be sent to another process.

    Attributes:
        name: its name here.
        stamps: its models.
    """

    name: str
    stamps: tuple[ModelStamp, ...]


def find_speech_detector() -> SpeechDetectorSpec | None:
    """The default detector where it is installed, without loading it; ``None`` where speech cannot be told."""
    stamps = installed_stamps()
    return None if stamps is None else SpeechDetectorSpec(DEFAULT_SPEECH_DETECTOR, stamps)


def open_speech_detector(name: str = DEFAULT_SPEECH_DETECTOR) -> SpeechDetector:
    """Load a detector (some 0.1 s of CPU time, 20 MB: once per process).

    Raises:
        SpeechDetectorUnavailableError: its package is not installed, or no such detector is known.
    """
    if name not in SPEECH_DETECTORS:
        known = ", ".join(sorted(SPEECH_DETECTORS))
        raise SpeechDetectorUnavailableError(
            f"unknown speech detector {name!r}; known: {known}", f"未知的人声检测器 {name!r}；可用：{known}"
        )
    return SPEECH_DETECTORS[name]()
