"""Stage ``edits``: what packets, random-access pictures, clock, sound and decoded windows together say of a recording.

Each search asks for the windows it needs from one frame source, the cheap witnesses first: frozen pictures and the
clock need few frames, the clock and the sound then say where to look for cuts, and what lies at both sides of a cut
says whether a stretch was shown again, turned round or put in. See ``docs/decisions/0007-forensic-stages.md``.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from lessonproof.analysis.cadence import measure_cadence
from lessonproof.analysis.clock_judge import CLOCK_KINDS, ClockVerdict, judge_clock
from lessonproof.analysis.clock_overlay import ClockAbsent, ClockOverlay, ClockReading
from lessonproof.analysis.clock_refine import ClockSource
from lessonproof.analysis.confidence_table import calibrated
from lessonproof.analysis.copied_cuts import copied_cuts
from lessonproof.analysis.covered import find_covered
from lessonproof.analysis.cut_search import CutSearch, find_cuts_in
from lessonproof.analysis.frames import FrameSource
from lessonproof.analysis.fresh_pictures import fresh_pictures
from lessonproof.analysis.hints import Hint, HintSource
from lessonproof.analysis.joint_search import Joints
from lessonproof.analysis.joints import joint_hints
from lessonproof.analysis.keyframes import KeyframeFacts, is_camera_recording
from lessonproof.analysis.merging import merge_findings
from lessonproof.analysis.relations import find_relations, relation_findings
from lessonproof.analysis.repeats import find_repeats
from lessonproof.analysis.snapping import snap_to_borders, snap_views
from lessonproof.analysis.sound_judge import SoundScan, SoundVerdict, continuity_at, judge_sound
from lessonproof.analysis.speed import SpeedEvidence, fuse_speed
from lessonproof.analysis.still_search import find_stills
from lessonproof.analysis.thumbnails import Thumbnails
from lessonproof.analysis.view_steps import at_steps, elsewhere, refine_views
from lessonproof.analysis.views import VIEW_HIDDEN, find_view_changes
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue, Severity
from lessonproof.evidence.intervals import Interval, ns_to_s
from lessonproof.media.clock_readings import open_clock_source
from lessonproof.media.frame_source import open_frame_source
from lessonproof.media.index import RecordingIndex
from lessonproof.workers.file_stage import file_findings, file_unchecked, joints_of

K = FindingKind
ALWAYS_CHECKED = frozenset(
    {K.GAP, K.TRUNCATED, K.UNREADABLE, K.NO_AUDIO, K.EDIT_LIST, K.DROPPED_FRAMES, K.CONCATENATED}
)
"""What the file itself settles for every recording that can be read."""
SCREEN_RECORDING = "screen_recording"
TOO_FEW_KEYFRAMES = "too_few_keyframes"
_VIEW_CHANGE_CHANCE = 0.7
"""How likely the picture jumps at once where the view is another one afterwards; else somebody turned the camera."""
SOUND_CONFIDENCE = 0.5
"""What sound that runs backwards adds; its borders are good to some seconds only."""
NO_PACE = "no_clock_no_hum"
"""Neither a clock nor the mains hum says how fast the lesson ran."""


@dataclass(frozen=True, slots=True)
class Witnesses:
    """What the other stages give.

    Attributes:
        facts: of the random-access pictures, in time order.
        thumbs: of the same pictures.
        undecodable: stretches whose random-access pictures could not be decoded.
        overlay: the burned-in clock, or why there is none to read.
        readings: of it.
        sound: features of the sound; ``None`` where there is none or none can be decoded.
    """

    facts: tuple[KeyframeFacts, ...]
    thumbs: Thumbnails
    undecodable: tuple[Interval, ...]
    overlay: ClockOverlay | ClockAbsent
    readings: tuple[ClockReading, ...]
    sound: SoundScan | None


@dataclass(frozen=True, slots=True)
class Edits:
    """What was found, one finding for each event.

    Attributes:
        findings: in time order, without pictures.
        checked: kinds whose absence means that there is none.
        unchecked: kind -> reason code, for kinds that were looked for and could not be decided.
        first_wall_s: local time that the burned-in clock shows at the first picture, seconds since 1970-01-01; two
            where day and month may be meant either way, none where it shows no date that can be read.
        decoded_ns: how much of the recording was decoded in full, lead-ins counted.
    """

    findings: tuple[Finding, ...]
    checked: frozenset[str]
    unchecked: Mapping[str, str]
    first_wall_s: tuple[int, ...]
    decoded_ns: int


@dataclass(frozen=True, slots=True)
class _Seen:
    """What the picture says."""

    findings: tuple[Finding, ...]
    clock: ClockVerdict
    speed: tuple[SpeedEvidence, ...]
    checked: frozenset[FindingKind]
    unchecked: Mapping[str, str]


def find_edits(path: Path, index: RecordingIndex, witnesses: Witnesses) -> Edits:
    """Everything that is told of one recording but its people.

    Args:
        path: the recording.
        index: its index.
        witnesses: what the other stages give.
    """
    duration_ns = index.packets.duration_ns
    sound = judge_sound(witnesses.sound, duration_ns, has_track=index.has_audio)
    joints = joints_of(index)
    with open_frame_source(path, index) as source, _clock_source(path, index, witnesses.overlay) as clock_source:
        seen = _Look(source, index, witnesses, sound, joints).at(clock_source)
        bad = (*witnesses.undecodable, *source.undecodable())
        decoded_ns = source.decoded_ns
    file = file_findings(index, bad, joints)
    is_signed = any(mark.name is not None for mark in index.marks.encoders)
    copied = copied_cuts(seen.findings, index.packets, joints.joints, is_signed=is_signed)
    cadence = measure_cadence(index.packets, [*seen.speed, *sound.speed])
    speed = fuse_speed([*seen.speed, *sound.speed, *cadence.evidence], duration_ns)
    scan = witnesses.sound
    findings = merge_findings(
        [
            *file,
            *copied,
            *seen.findings,
            *sound.findings,
            *_heard_reversed(sound, seen.findings),
            *cadence.findings,
            *speed,
        ],
        None if scan is None else lambda time_ns: _sound_words(scan, time_ns),
    )
    findings = tuple(_calibrated(finding) for finding in findings)
    unchecked: dict[str, str] = {**file_unchecked(index, joints), **seen.unchecked, **sound.unchecked}
    has_pace = K.CLOCK_DRIFT in seen.checked or K.AUDIO_BREAK in sound.checked
    unchecked |= {} if has_pace else {K.SPEED.value: NO_PACE}
    checked = {kind.value for kind in (*ALWAYS_CHECKED, K.SPEED, *seen.checked, *sound.checked)} - set(unchecked)
    return Edits(findings, frozenset(checked), unchecked, seen.clock.first_wall_s, decoded_ns)


@contextmanager
def _clock_source(
    path: Path, index: RecordingIndex, overlay: ClockOverlay | ClockAbsent
) -> Iterator[ClockSource | None]:
    if isinstance(overlay, ClockAbsent):
        yield None
        return
    with open_clock_source(path, index, overlay) as source:
        yield source


class _Look:
    """One recording's searches in the picture, the cheap ones first; used once."""

    def __init__(
        self, source: FrameSource, index: RecordingIndex, witnesses: Witnesses, sound: SoundVerdict, joints: Joints
    ) -> None:
        self._source = source
        self._index = index
        self._witnesses = witnesses
        self._sound = sound
        self._joints = joints
        self._checked: set[FindingKind] = set()
        self._unchecked: dict[str, str] = {}

    def at(self, clock_source: ClockSource | None) -> _Seen:
        """Decode what is needed."""
        facts, thumbs, packets = self._witnesses.facts, self._witnesses.thumbs, self._index.packets
        stills = find_stills(self._source, packets, facts, thumbs, packets.duration_ns)
        still = [finding.interval for finding in stills.findings]
        clock = _judge_clock(self._witnesses, packets.duration_ns, still, clock_source)
        views = find_view_changes(thumbs, facts)
        self._checked |= {*stills.checked, *clock.checked}
        self._unchecked |= {kind.value: reason for kind, reason in stills.unchecked.items()} | dict(clock.unchecked)
        findings = [*stills.findings, *clock.findings, *views.findings]
        unclear = views.reason
        if is_camera_recording(facts):
            changes = (*views.findings, *elsewhere(views.hidden))
            moved = [Hint(view.interval, HintSource.KEYFRAMES, _VIEW_CHANGE_CHANCE) for view in changes]
            hints = (*clock.hints, *self._sound.hints, *joint_hints(self._joints.joints), *moved)
            picture_px = self._index.facts.width_px * self._index.facts.height_px
            cuts = find_cuts_in(self._source, packets, facts, thumbs, hints, picture_px=picture_px)
            related = self._related(cuts, still)
            borders_ns = [border.time_after_ns for border in cuts.borders]
            cut_at = [cut.interval for cut in cuts.findings]
            clear, hidden = at_steps(views.hidden, cuts.findings)
            unclear = VIEW_HIDDEN if hidden else None if views.hidden else views.reason
            snapped = snap_views([*findings, *clear, *related], cut_at, cuts.jolts)
            findings = snap_to_borders(refine_views(snapped, self._source, thumbs), borders_ns)
        else:
            # With one random-access picture nobody knows what the source is.
            is_known = any(fact.equal_share is not None for fact in facts)
            reason = SCREEN_RECORDING if is_known else TOO_FEW_KEYFRAMES
            self._settle((K.CUT, K.SPLICE, K.REVERSED, K.LOOP, K.COVERED), reason)
        self._settle((K.CAMERA_MOVED, K.SCENE_CHANGE), unclear)
        return _Seen(tuple(findings), clock, clock.speed, frozenset(self._checked), self._unchecked)

    def _related(self, cuts: CutSearch, still: Sequence[Interval]) -> list[Finding]:
        """Cuts, and what their two sides say of the stretches between them."""
        packets, facts, thumbs = self._index.packets, self._witnesses.facts, self._witnesses.thumbs
        jumps_ns = [border.time_after_ns for border in cuts.borders]
        unveiled_ns = fresh_pictures(packets, after_quiet=True).tolist()
        covered = find_covered(self._source, facts, thumbs, packets.duration_ns, [*jumps_ns, *unveiled_ns])
        repeats = find_repeats(thumbs, packets, cuts.borders, self._sound.replays, self._source)
        known = [*still, *(f.interval for f in (*covered.findings, *repeats.findings))]
        relations = find_relations(cuts.borders, known)
        reason = None if cuts.reason is None else cuts.reason.value
        self._settle((K.CUT, K.SPLICE, K.REVERSED), reason)
        # A loop is found by its borders above all: where these could not all be looked for, silence proves nothing.
        self._settle((K.LOOP,), repeats.reason or reason)
        self._settle((K.COVERED,), covered.reason)
        return [*cuts.findings, *covered.findings, *repeats.findings, *relation_findings(relations)]

    def _settle(self, kinds: Sequence[FindingKind], reason: str | None) -> None:
        """Say of some kinds that they were looked for throughout, or why not."""
        if reason is None:
            self._checked |= set(kinds)
        else:
            self._unchecked |= {kind.value: reason for kind in kinds}


def _judge_clock(
    witnesses: Witnesses, duration_ns: int, still: Sequence[Interval], source: ClockSource | None
) -> ClockVerdict:
    if isinstance(witnesses.overlay, ClockAbsent):
        reasons = {kind.value: witnesses.overlay.reason for kind in (*CLOCK_KINDS, K.WRONG_DATE)}
        return ClockVerdict((), (), (), frozenset(), reasons)
    return judge_clock(witnesses.readings, witnesses.overlay, duration_ns, still=still, source=source)


def _calibrated(finding: Finding) -> Finding:
    """With how often such findings are right; what was measured stays beside it."""
    detail = {**finding.detail, "uncalibrated_confidence": finding.confidence}
    confidence = round(calibrated(finding.kind.value, finding.confidence), 4)
    return replace(finding, confidence=confidence, detail=detail)


def _heard_reversed(sound: SoundVerdict, seen: Sequence[Finding]) -> list[Finding]:
    """Sound that seems to run backwards, where picture or clock says so too; alone it is told by nobody."""
    told = [finding.interval for finding in seen if finding.kind is K.REVERSED]
    return [
        Finding(
            K.REVERSED,
            next(interval for interval in told if interval.intersect(heard.within)),
            SOUND_CONFIDENCE,
            Severity.CRITICAL,
            "audio",
            {"heard_from_s": ns_to_s(heard.within.start_ns), "heard_to_s": ns_to_s(heard.within.end_ns)},
        )
        for heard in sound.reversed
        if any(interval.intersect(heard.within) for interval in told)
    ]


def _sound_words(scan: SoundScan, time_ns: int) -> Mapping[str, JsonValue]:
    """What the sound does at the instant of a cut, for its ``detail``."""
    found = continuity_at(scan, time_ns)
    return {
        f"sound_{name}": round(value, 3) if isinstance(value, float) else value
        for name, value in asdict(found).items()
        if value is not None
    }
