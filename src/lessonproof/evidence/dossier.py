"""The dossier (检验档案): everything measured on one recording, with what measured it.

Content-addressed and versioned: the same bytes, settings and stage versions give the same dossier, so that a verdict
can be reproduced years later from its recorded inputs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from lessonproof.evidence.file_marks import FileMarks
from lessonproof.evidence.findings import Finding, FindingKind
from lessonproof.evidence.headcount import HeadcountSeries
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.roll_call import RollCall
from lessonproof.evidence.speech import SpeechSurvey


@dataclass(frozen=True, slots=True)
class ModelStamp:
    """A learned model that took part.

    Attributes:
        name: its name in the weights manifest, or the file's name where the manifest has no such digest.
        sha256: digest of the weights (of a folder: of its files' digests).
    """

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class PipelineStamp:
    """What produced a dossier.

    Attributes:
        version: version of this software.
        stages: version of each stage that ran, by stage name.
        models: learned models that took part.
        settings: the analysis settings, by name with units.
        tools: versions of the libraries that decoded (``ffmpeg``, ``opencv``).
    """

    version: str
    stages: Mapping[str, str]
    models: tuple[ModelStamp, ...] = ()
    settings: Mapping[str, int | float | str | bool] = field(default_factory=dict)
    tools: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """What the container and the packets say of the video track.

    Attributes:
        container: short name of the demuxer (``mp4``, ``matroska``, ``mpegts``, ...).
        codec: short name of the coding (``h264``, ``hevc``, ...).
        width_px: coded width.
        height_px: coded height.
        packets: number of video packets.
        keyframes: number of random-access packets.
        declared_duration_ns: what the header claims; ``None`` where it claims nothing.
        muxer: writing application from the metadata, evidence only.
    """

    container: str
    codec: str
    width_px: int
    height_px: int
    packets: int
    keyframes: int
    declared_duration_ns: int | None = None
    muxer: str | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything measured on one recording.

    Attributes:
        sha256: digest of the recording's bytes, its identity everywhere.
        size_bytes: its size.
        duration_ns: presented duration of the video track, from its packets.
        video: what the container says.
        has_audio: whether there is an audio track.
        findings: in time order.
        headcount: people over time; ``None`` where nobody counted, see ``headcount_reason``.
        headcount_reason: why ``headcount`` is ``None``: a stable word (``no_weights``, ``switched_off``, ``failed``).
        checked: stages whose answer is complete for the whole recording; silence of a stage that is not listed here
            is not the absence of findings.
        pipeline: what produced this.
        unchecked: kind of finding -> reason code, for kinds that were looked for and could not be decided throughout
            (``clock_unreadable``, ``screen_recording``, ``noise_hides_jumps``, ...).
        shown_start_s: local time that the burned-in clock shows at the first picture, seconds since 1970-01-01; two
            where day and month may be meant either way, none where no date could be read. Evidence, no time source.
        marks: what the file says of itself; ``None`` in dossiers of versions that did not look.
        speech: who spoke when in the first minutes; ``None`` in dossiers of versions that did not listen.
        roll_call: whether names are called around the scheduled start; ``None`` until a unit is judged, as the
            recording alone does not know its schedule.
    """

    sha256: str
    size_bytes: int
    duration_ns: int
    video: VideoFacts
    has_audio: bool
    findings: tuple[Finding, ...]
    headcount: HeadcountSeries | None
    headcount_reason: str | None
    checked: frozenset[str]
    pipeline: PipelineStamp
    unchecked: Mapping[str, str] = field(default_factory=dict)
    shown_start_s: tuple[int, ...] = ()
    marks: FileMarks | None = None
    speech: SpeechSurvey | None = None
    roll_call: RollCall | None = None

    def __post_init__(self) -> None:
        if (self.headcount is None) == (self.headcount_reason is None):
            raise ValueError("a dossier has either a head count or the reason why it has none")

    def of_kind(self, *kinds: FindingKind) -> tuple[Finding, ...]:
        """Findings of the given kinds, in time order."""
        return tuple(finding for finding in self.findings if finding.kind in kinds)

    def span(self) -> Interval:
        """The whole recording on its own time line."""
        return Interval(0, self.duration_ns)


@dataclass(frozen=True, slots=True)
class FailedAnalysis:
    """A recording that could not be read at all; stands where its dossier would.

    Attributes:
        sha256: digest of the bytes; ``None`` where not even these could be read.
        size_bytes: its size; ``None`` likewise.
        code: stable error code.
        en: what went wrong, English.
        zh: what went wrong, Chinese.
    """

    sha256: str | None
    size_bytes: int | None
    code: str
    en: str
    zh: str
