"""With what recordings are analysed: settings and weights as plain values, and the digest that names them."""

import hashlib
from dataclasses import asdict, dataclass

from lessonproof.evidence.codec import canonical_json
from lessonproof.evidence.dossier import ModelStamp
from lessonproof.models.calibration import CountCalibration
from lessonproof.models.clock_reader_registry import ClockReaderSpec
from lessonproof.models.detector import DetectorSpec
from lessonproof.models.speech_detector_registry import SpeechDetectorSpec
from lessonproof.workers.stamping import AnalysisSettings, stamp


@dataclass(frozen=True, slots=True)
class CounterSpec:
    """All that a worker needs to count people; can be sent to another process.

    Attributes:
        detector: what to load.
        calibration: what was measured about it; ``None`` for weights that nobody measured.
        stamp: which weights.
    """

    detector: DetectorSpec
    calibration: CountCalibration | None
    stamp: ModelStamp


@dataclass(frozen=True, slots=True)
class AnalysisConfig:
    """Everything that shapes a dossier beside the recording.

    Attributes:
        settings: what was chosen.
        counter: who counts people; ``None`` where there are no weights.
        clock_reader: who reads burned-in clocks; ``None`` where nothing is installed for it.
        speech_detector: who tells speech from other sound; ``None`` likewise.
    """

    settings: AnalysisSettings
    counter: CounterSpec | None
    clock_reader: ClockReaderSpec | None = None
    speech_detector: SpeechDetectorSpec | None = None

    @property
    def weights(self) -> ModelStamp | None:
        """Which weights count."""
        return None if self.counter is None else self.counter.stamp

    @property
    def is_counting(self) -> bool:
        """Whether people are counted at all."""
        return self.counter is not None and self.settings.with_people

    @property
    def clock_models(self) -> tuple[ModelStamp, ...]:
        """Models that read clocks."""
        return () if self.clock_reader is None else self.clock_reader.stamps

    @property
    def speech_models(self) -> tuple[ModelStamp, ...]:
        """Models that tell speech from other sound."""
        return () if self.speech_detector is None else self.speech_detector.stamps

    @property
    def config_hash(self) -> str:
        """Digest of settings, stage versions, tools and models; equal digests give equal dossiers."""
        people = () if self.counter is None or not self.is_counting else (self.counter.stamp,)
        made_by = stamp(
            self.settings,
            people,
            self.clock_models,
            self.speech_models,
            calibration=None if self.counter is None else self.counter.calibration,
        )
        return hashlib.sha256(canonical_json(asdict(made_by))).hexdigest()
