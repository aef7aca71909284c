"""What a synthetic lesson is: room, people, clock, encoding, edits and honest events. Data only.

Every time in a specification is on the *source timeline*: seconds of the undisturbed take, before any
edit. The truth that a render hands back is on the timeline of the final file (see ``truth.py``).
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

TICKS_PER_S: Final = 90_000
"""Clock of all planning: 90 kHz, exact for MP4 and MPEG-TS and for every frame rate accepted here."""

MOST_PEOPLE: Final = 60
MOST_POSTERS: Final = 4
FPS_ALLOWED: Final = (4, 5, 8, 10, 12, 15, 18, 20, 24, 25, 30, 50, 60)


class SpecError(ValueError):
    """A specification that cannot be rendered; the message names the field and what was expected."""


class SceneKind(StrEnum):
    """Rooms that can be drawn."""

    CLASSROOM = "classroom"
    WORKSHOP = "workshop"


class Filming(StrEnum):
    """What took the picture."""

    FIXED = "fixed"
    TRIPOD = "tripod"
    """A phone on a tripod: its autofocus hunts now and then."""
    HANDHELD = "handheld"
    """A phone in a hand: sway, tremor, autofocus."""
    SCREEN = "screen"
    """A screen recording of slides: no sensor, no noise."""


class EditKind(StrEnum):
    """What can be done to a take. The values are finding kinds of the architecture page."""

    CUT = "cut"
    SPLICE = "splice"
    LOOP = "loop"
    FREEZE = "freeze"
    BLACK = "black"
    COVERED = "covered"
    SPEED = "speed"
    REVERSED = "reversed"
    GAP = "gap"
    DROPPED_FRAMES = "dropped_frames"
    AUDIO_GAP = "audio_gap"
    NO_AUDIO = "no_audio"
    CLOCK_JUMP = "clock_jump"
    CLOCK_FROZEN = "clock_frozen"
    CLOCK_DRIFT = "clock_drift"
    CONCATENATED = "concatenated"
    REENCODED = "reencoded"


PICTURE_EDITS: Final = frozenset(
    {
        EditKind.CUT, EditKind.SPLICE, EditKind.LOOP, EditKind.FREEZE, EditKind.BLACK, EditKind.COVERED,
        EditKind.SPEED, EditKind.REVERSED, EditKind.GAP, EditKind.DROPPED_FRAMES,
    }
)  # fmt: skip
CLOCK_EDITS: Final = frozenset({EditKind.CLOCK_JUMP, EditKind.CLOCK_FROZEN, EditKind.CLOCK_DRIFT})
WHOLE_FILE_EDITS: Final = frozenset({EditKind.NO_AUDIO, EditKind.REENCODED})


class HonestKind(StrEnum):
    """What happens in honest lessons and must never become a finding."""

    LIGHTS_OFF = "lights_off"
    KNOCK = "knock"
    WALKER_CLOSE = "walker_close"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit of the take.

    Attributes:
        kind: what is done.
        start_s: where it begins on the source timeline, seconds; 0 for whole-file kinds.
        length_s: source seconds that it acts on. 0 where it is a point (``concatenated``) or, for
            clock kinds, "until the end". For an inserted freeze: how long the picture stands still.
        factor: ``speed``: playback factor (2.0 = twice as fast); ``clock_drift``: seconds the clock
            gains per second (0.01 = 1 % fast).
        source_start_s: ``loop``: where the repeated stretch begins (default: just before the edit);
            ``splice``: where the foreign stretch begins in its own lesson (default 0).
        foreign_seed: ``splice``: seed of the lesson that the stretch comes from.
        same_room: ``splice``: the foreign lesson was taken in the same room on another day.
        insert: ``loop``, ``freeze``, ``splice``: make room for the stretch instead of covering
            what was there.
        keep_audio: ``cut``: leave the sound where it was, so that it lags from there on.
        clock_runs: ``freeze``: the burned-in clock goes on over the standing picture.
        every_n: ``dropped_frames``: each n-th frame is missing.
        shift_s: ``clock_jump``: seconds the burned-in clock jumps by.
        missing: ``audio_gap``: no packets at all instead of digital silence.
        flavour: free word for the truth, e.g. ``jump_cut``.
    """

    kind: EditKind
    start_s: float = 0.0
    length_s: float = 0.0
    factor: float | None = None
    source_start_s: float | None = None
    foreign_seed: int | None = None
    same_room: bool = False
    insert: bool = False
    keep_audio: bool = False
    clock_runs: bool = False
    every_n: int | None = None
    shift_s: float | None = None
    missing: bool = False
    flavour: str | None = None

    def __post_init__(self) -> None:
        if not (0 <= self.start_s < 1e6 and 0 <= self.length_s < 1e6):
            raise SpecError(f"{self.kind}: start and length must be 0 or more seconds, got {self}")
        needs_length = PICTURE_EDITS | {EditKind.AUDIO_GAP, EditKind.CLOCK_FROZEN}
        if self.kind in needs_length and self.length_s <= 0:
            raise SpecError(f"{self.kind}: needs a length above 0 seconds, e.g. {self.kind}@120:30")
        if self.kind is EditKind.SPEED and not 0.1 <= (self.factor or 0.0) <= 10:
            raise SpecError(f"speed: needs factor between 0.1 and 10, got {self.factor}")
        if self.kind is EditKind.CLOCK_DRIFT and not 0 < abs(self.factor or 0.0) <= 0.5:
            raise SpecError(f"clock_drift: needs factor between -0.5 and 0.5, not 0, got {self.factor}")
        if self.kind is EditKind.SPLICE and self.foreign_seed is None:
            raise SpecError("splice: needs foreign_seed, e.g. splice@60:20,foreign_seed=9")
        if self.kind is EditKind.DROPPED_FRAMES and (self.every_n or 0) < 2:
            raise SpecError(f"dropped_frames: needs every_n of 2 or more, got {self.every_n}")
        if self.insert and self.clock_runs:
            raise SpecError("freeze: clock_runs needs a picture that stands over running time, not insert")
        if self.kind is EditKind.CLOCK_JUMP and not self.shift_s:
            raise SpecError("clock_jump: needs shift_s other than 0, e.g. clock_jump@60,shift_s=-600")


@dataclass(frozen=True, slots=True)
class HonestEvent:
    """Something that happens in the room; source timeline, seconds."""

    kind: HonestKind
    start_s: float
    length_s: float = 2.0

    def __post_init__(self) -> None:
        if self.start_s < 0 or self.length_s <= 0:
            raise SpecError(f"{self.kind}: start must be 0 or more and length above 0 seconds, got {self}")


@dataclass(frozen=True, slots=True)
class Absence:
    """A trainee who is not there for a while.

    Attributes:
        person: number of the trainee, 0 to ``people - 1``.
        leave_s: when he gets up, source seconds; 0 means he is not there at the beginning.
        return_s: when he comes in again; ``None`` when he does not.
    """

    person: int
    leave_s: float
    return_s: float | None = None

    def __post_init__(self) -> None:
        if self.person < 0 or self.leave_s < 0 or (self.return_s is not None and self.return_s <= self.leave_s):
            raise SpecError(f"absence: person and leave_s 0 or more, return_s after leave_s, got {self}")


@dataclass(frozen=True, slots=True)
class ClockStyle:
    """The burned-in clock.

    Attributes:
        pattern: text with ``{Y} {m} {d} {H} {I} {M} {S} {weekday} {half}`` (weekday and half of the day in
            Chinese), drawn with our own stroke glyphs.
        corner: ``tl``, ``tr``, ``bl`` or ``br``.
        height_share: height of a digit as a share of the picture's height.
        plate: a dark plate behind the text instead of an outline.
    """

    pattern: str = "{Y}-{m}-{d} {H}:{M}:{S}"
    corner: str = "tl"
    height_share: float = 0.042
    plate: bool = False

    def __post_init__(self) -> None:
        if self.corner not in {"tl", "tr", "bl", "br"}:
            raise SpecError(f"clock corner must be tl, tr, bl or br, got {self.corner!r}")
        if not 0.02 <= self.height_share <= 0.15:
            raise SpecError(f"clock height_share must be 0.02 to 0.15, got {self.height_share}")


CLOCK_PATTERNS: Final = (
    "{Y}-{m}-{d} {H}:{M}:{S}",
    "{Y}/{m}/{d} {H}:{M}:{S}",
    "{Y}年{m}月{d}日 星期{weekday} {H}:{M}:{S}",
    "{Y}年{m}月{d}日 {half} {I}:{M}:{S}",
    "{d}-{m}-{Y} {H}:{M}:{S}",
    "{m}-{d}-{Y} 星期{weekday} {H}:{M}:{S}",
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the take is written.

    Attributes:
        codec: ``h264`` or ``h265``.
        gop: frames from keyframe to keyframe, at most.
        container: ``mp4``, ``mkv`` or ``ts``.
        crf: constant rate factor of x264 or x265; larger is smaller and coarser.
        preset: speed preset of x264 or x265.
        bframes: B frames between reference frames.
        scenecut: let the encoder put keyframes at scene changes.
        threads: encoder threads; part of the result's bytes.
        audio_kbps: AAC bit rate, kbit/s.
        audio_rate_hz: AAC sampling rate.
        signed: leave the encoder's signature (``info``) in the stream headers; x265 only, x264 always signs.
    """

    codec: str = "h264"
    gop: int = 50
    container: str = "mp4"
    crf: int = 24
    preset: str = "superfast"
    bframes: int = 0
    scenecut: bool = False
    threads: int = 2
    audio_kbps: int = 64
    audio_rate_hz: int = 32_000
    signed: bool = True

    def __post_init__(self) -> None:
        if self.codec not in {"h264", "h265"}:
            raise SpecError(f"codec must be h264 or h265, got {self.codec!r}")
        if self.container not in {"mp4", "mkv", "ts"}:
            raise SpecError(f"container must be mp4, mkv or ts, got {self.container!r}")
        if not 1 <= self.gop <= 1000:
            raise SpecError(f"gop must be 1 to 1000 frames, got {self.gop}")
        if not 0 <= self.crf <= 51:
            raise SpecError(f"crf must be 0 to 51, got {self.crf}")
        if not 0 <= self.bframes <= 8:
            raise SpecError(f"bframes must be 0 to 8, got {self.bframes}")
        if self.audio_rate_hz not in {16_000, 32_000, 44_100, 48_000}:
            raise SpecError(f"audio_rate_hz must be 16000, 32000, 44100 or 48000, got {self.audio_rate_hz}")


DEFAULT_WALL_START: Final = datetime(2024, 9, 1, 0, 30, tzinfo=UTC)
"""08:30 in Shanghai, a Sunday."""


@dataclass(frozen=True, slots=True)
class LessonSpec:
    """A lesson to render. Two equal specifications give the same bytes on the same machine.

    Attributes:
        seed: everything random comes from it.
        room_seed: seed of the room alone; ``None`` means ``seed``. Two days in one room share it.
        scene: classroom or workshop.
        filming: what takes the picture.
        duration_s: length of the undisturbed take, seconds.
        fps: nominal frames per second, one of ``FPS_ALLOWED``.
        vfr: capture times jitter as on a phone.
        size: width and height of the picture, pixels, both even.
        people: trainees, 1 to ``MOST_PEOPLE`` (the issue asks for 4 to 60; 1 helps small tests). More than
            ``scene.ORDINARY_PLACES`` of them sit or stand in a larger room.
        teacher: a teacher walks about.
        absences: who is away and when; ``None`` lets the seed choose.
        posters: posters on the walls that show a person, 0 to ``MOST_POSTERS``.
        clock: the burned-in clock, ``None`` for none.
        wall_start: wall-clock time of the first frame, timezone-aware.
        noise: standard deviation of the sensor noise, luma steps.
        exposure_drift: largest relative change of the slow exposure drift.
        edits: what is done to the take.
        honest: what honestly happens in it.
        encoding: how it is written.
        truth_step_s: people are written into the truth at this spacing, seconds of the final file.
    """

    seed: int
    room_seed: int | None = None
    scene: SceneKind = SceneKind.CLASSROOM
    filming: Filming = Filming.FIXED
    duration_s: float = 60.0
    fps: int = 25
    vfr: bool = False
    size: tuple[int, int] = (1280, 720)
    people: int = 12
    teacher: bool = True
    absences: tuple[Absence, ...] | None = None
    posters: int = 0
    clock: ClockStyle | None = ClockStyle()
    wall_start: datetime = DEFAULT_WALL_START
    noise: float = 1.6
    exposure_drift: float = 0.03
    edits: tuple[Edit, ...] = ()
    honest: tuple[HonestEvent, ...] = ()
    encoding: Encoding = Encoding()
    truth_step_s: float = 1.0

    def __post_init__(self) -> None:
        self._check_take()
        self._check_people()
        self._check_edits()

    def _check_take(self) -> None:
        width, height = self.size
        if width % 2 or height % 2 or not (64 <= width <= 3840 and 64 <= height <= 2160):
            raise SpecError(f"size must be even, 64x64 to 3840x2160 pixels, got {width}x{height}")
        if self.fps not in FPS_ALLOWED:
            raise SpecError(f"fps must be one of {FPS_ALLOWED}, got {self.fps}")
        if not 1 / self.fps <= self.duration_s <= 6 * 3600:
            raise SpecError(f"duration_s must be one frame to 6 hours, got {self.duration_s}")
        if self.wall_start.tzinfo is None:
            raise SpecError("wall_start must be timezone-aware")
        if self.seed < 0 or (self.room_seed is not None and self.room_seed < 0):
            raise SpecError("seed and room_seed must be 0 or more")
        if not 0 <= self.noise <= 8 or not 0 <= self.exposure_drift <= 0.3 or self.truth_step_s <= 0:
            raise SpecError("noise must be 0 to 8, exposure_drift 0 to 0.3, truth_step_s above 0")

    def _check_people(self) -> None:
        if not 1 <= self.people <= MOST_PEOPLE:
            raise SpecError(f"people must be 1 to {MOST_PEOPLE}, got {self.people}")
        if not 0 <= self.posters <= MOST_POSTERS:
            raise SpecError(f"posters must be 0 to {MOST_POSTERS}, got {self.posters}")
        for absence in self.absences or ():
            if absence.person >= self.people:
                raise SpecError(f"absence of person {absence.person}: there are only {self.people}")

    def _check_edits(self) -> None:
        timed = sorted((e for e in self.edits if e.kind not in WHOLE_FILE_EDITS), key=lambda e: e.start_s)
        for edit in timed:
            if edit.start_s + edit.length_s > self.duration_s + 1e-9:
                raise SpecError(f"{edit.kind} ends at {edit.start_s + edit.length_s} s, after the take")
        local = [e for e in timed if e.kind not in CLOCK_EDITS]
        for before, after in itertools.pairwise(local):
            if after.start_s < before.start_s + before.length_s:
                raise SpecError(f"{before.kind} at {before.start_s} s and {after.kind} at {after.start_s} s overlap")
        for kind in WHOLE_FILE_EDITS:
            if sum(e.kind is kind for e in self.edits) > 1:
                raise SpecError(f"{kind} can be asked for once")

    @property
    def has_audio(self) -> bool:
        """Whether the file gets a sound track at all."""
        return all(e.kind is not EditKind.NO_AUDIO for e in self.edits)
