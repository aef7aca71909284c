"""What produced a dossier: stage versions, settings, models and tools, as a stamp that names a configuration."""

import hashlib
from dataclasses import asdict, dataclass
from typing import Final

import av
import cv2

from lessonproof import __version__
from lessonproof.evidence.codec import canonical_json
from lessonproof.evidence.dossier import ModelStamp, PipelineStamp
from lessonproof.evidence.intervals import NS_PER_S, ns_to_s
from lessonproof.models.calibration import CountCalibration

STAGES: Final = {
    "index": "3",
    "clock": "1",
    "keyframes": "3",
    "edits": "4",
    "sound": "4",
    "speech": "1",
    "people": "2",
    "pictures": "1",
}
"""Version of each stage; a change of what a stage measures raises its version, so that old dossiers tell."""


@dataclass(frozen=True, slots=True)
class AnalysisSettings:
    """What may be chosen about an analysis; stands in every dossier.

    Attributes:
        with_people: count people.
        sample_period_ns: greatest distance between two counted pictures.
        sample_long_side_px: longest side of a counted picture.
    """

    with_people: bool = True
    sample_period_ns: int = 10 * NS_PER_S
    sample_long_side_px: int = 640

    def as_json(self) -> dict[str, int | float | str | bool]:
        """For the dossier."""
        return {
            "with_people": self.with_people,
            "sample_period_s": ns_to_s(self.sample_period_ns),
            "sample_long_side_px": self.sample_long_side_px,
        }


def stamp(
    settings: AnalysisSettings,
    people_models: tuple[ModelStamp, ...],
    clock_models: tuple[ModelStamp, ...] = (),
    speech_models: tuple[ModelStamp, ...] = (),
    *,
    with_sound: bool = True,
    calibration: CountCalibration | None = None,
) -> PipelineStamp:
    """What produces a dossier under these settings; equal stamps give equal dossiers.

    Args:
        settings: what was chosen.
        people_models: who counted people.
        clock_models: who read the clock.
        speech_models: who listened.
        with_sound: whether there is sound that can be decoded.
        calibration: what was known of the counting model's errors; a site may measure its own weights again.
    """
    ran = {"people": bool(people_models), "clock": bool(clock_models), "speech": bool(speech_models)}
    ran["sound"] = with_sound
    return PipelineStamp(
        version=__version__,
        stages={name: version for name, version in STAGES.items() if ran.get(name, True)},
        models=(*people_models, *clock_models, *speech_models),
        settings=settings.as_json() | ({"people_calibration": _digest(calibration)} if people_models else {}),
        tools={"libavcodec": ".".join(map(str, av.library_versions["libavcodec"])), "opencv": cv2.__version__},
    )


def _digest(calibration: CountCalibration | None) -> str:
    """A short name of a calibration; ``none`` for weights that nobody measured."""
    if calibration is None:
        return "none"
    return hashlib.sha256(canonical_json(asdict(calibration))).hexdigest()[:16]
