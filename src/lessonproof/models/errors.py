"""What can go wrong with learned models: weights missing, altered or unknown, and detectors that cannot run."""

from typing import ClassVar

from lessonproof.evidence.errors import InfrastructureError, InputError, ServiceUnreachableError


class WeightsMissingError(InfrastructureError):
    """No weights were found where they are looked for; the message says how to get them."""

    code: ClassVar[str] = "weights_missing"


class WeightsAlteredError(InfrastructureError):
    """A file bears the name of known weights, but its size or SHA-256 is another: it is not used."""

    code: ClassVar[str] = "weights_altered"


class WeightsUnknownError(InputError):
    """Weights whose digest stands in no manifest were handed in without the explicit consent to use them."""

    code: ClassVar[str] = "weights_unknown"


class WeightsNameError(InputError):
    """A name that is unknown, badly formed, or already taken by other weights."""

    code: ClassVar[str] = "weights_name"


class WeightsUnreadableError(InputError):
    """The weights cannot be loaded: damaged, of another kind, or without a class of persons."""

    code: ClassVar[str] = "weights_unreadable"


class WeightsDownloadError(ServiceUnreachableError):
    """The publisher's release could not be fetched (exit code 5)."""

    code: ClassVar[str] = "weights_download"


class WeightsCacheError(InfrastructureError):
    """The folder that keeps weights cannot be written."""

    code: ClassVar[str] = "weights_cache"


class DetectorUnavailableError(InfrastructureError):
    """A package or a device that the detector needs is not there; nothing else is used in its stead."""

    code: ClassVar[str] = "detector_unavailable"


class ReaderUnavailableError(InfrastructureError):
    """No reader of burned-in clocks can be opened: its package is missing; clocks stay unread and are told as such."""

    code: ClassVar[str] = "reader_unavailable"


class SpeechDetectorUnavailableError(InfrastructureError):
    """No detector of speech can be opened: its package is missing; roll calls are not looked for and it is said so."""

    code: ClassVar[str] = "speech_detector_unavailable"


class TrainingDataError(InputError):
    """Pictures, labels or a checkpoint for training a detector are missing, damaged or of another form."""

    code: ClassVar[str] = "training_data"
