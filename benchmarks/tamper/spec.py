"""What a case of the suite is: an honest file, what was done to it, and how it was written again. Data only.

Times are seconds of the source's own picture, from its first presented frame.
"""

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from benchmarks.lessons.spec import ClockStyle, Encoding, LessonSpec

RENDER_VERSION: Final = "1"
"""Raised when the same case would be rendered differently: cached files are then rendered anew."""


class Recorder(StrEnum):
    """How an honest file looks to somebody who reads its marks."""

    NVR = "nvr"
    """No encoder signature, no muxer name, handlers as a network recorder writes them."""
    PHONE = "phone"
    """As NVR, with a phone's handlers and its clockwise rotation flag where the master asks for one."""
    SOFTWARE = "software"
    """Encoder and muxer marks left as the libraries write them, as screen recorders do."""


class Sound(StrEnum):
    """What is heard under a piece of picture."""

    FOLLOW = "follow"
    """The sound of the same stretch, cut with the picture."""
    RUNNING = "running"
    """The first source's sound runs on as if the picture had not been touched."""
    MUTED = "muted"
    MISSING = "missing"


class Motion(StrEnum):
    """How a piece's frames are shown."""

    PLAY = "play"
    BACKWARD = "backward"
    STILL = "still"
    """The first frame of the piece stands."""
    HOLE = "hole"
    """Nothing at all: a hole in the time stamps."""


@dataclass(frozen=True, slots=True)
class Look:
    """What is done to the pictures of a piece.

    Attributes:
        mirror: left and right exchanged.
        window: left, top and side of the part that is shown, shares of the picture; whole by default.
        gain: luma factor.
        lift: luma steps added.
        black: black pictures.
        covered: as with a cloth before the lens.
    """

    mirror: bool = False
    window: tuple[float, float, float] = (0.0, 0.0, 1.0)
    gain: float = 1.0
    lift: float = 0.0
    black: bool = False
    covered: bool = False


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of one source as the edited picture shows it.

    Attributes:
        start_s, end_s: stretch of the source, half-open. A still shows the frame at ``start_s`` for as long.
        source: 0 the case's own source, 1 and up its others.
        motion: how it is shown.
        look: what is done to it.
        factor: playback factor, frames dropped or doubled at the source's own rate.
        retimed: the factor is carried out on the time stamps instead.
        drop_every: each n-th frame is missing, the others keep their times.
        sound: what is heard.
        kind: the finding kind this stretch is a case of; ``None`` for untouched ones.
    """

    start_s: float
    end_s: float
    source: int = 0
    motion: Motion = Motion.PLAY
    look: Look = Look()
    factor: float = 1.0
    retimed: bool = False
    drop_every: int | None = None
    sound: Sound = Sound.FOLLOW
    kind: str | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.start_s < self.end_s:
            raise ValueError(f"a piece needs 0 <= start_s < end_s, got {self}")


@dataclass(frozen=True, slots=True)
class ClockEdit:
    """A clock painted over the edited picture, and what is wrong with it.

    Attributes:
        style: how it looks.
        wall_start: what it shows on the first frame.
        kind: ``clock_jump``, ``clock_drift``, ``clock_frozen``, or ``None`` for a clock that is right.
        start_s, end_s: where, seconds of the edited picture; a jump lasts to the end.
        shift_s: ``clock_jump``: by how much.
        factor: ``clock_drift``: seconds gained per second.
    """

    style: ClockStyle
    wall_start: datetime
    kind: str | None = None
    start_s: float = 0.0
    end_s: float | None = None
    shift_s: float = 0.0
    factor: float = 0.0


@dataclass(frozen=True, slots=True)
class Reedit:
    """Decode, cut together, encode again.

    Attributes:
        pieces: in order of the output.
        encoding: how it is written.
        clock: painted over it; ``None`` for none.
        joint_kind: kind of a seam between pieces neither of which is a case of a kind (``cut``), or ``None``.
        whole_kind: kind that the whole file is a case of (``speed``, ``reencoded``).
        scale: size of the output as a share of the source's.
    """

    pieces: tuple[Piece, ...]
    encoding: Encoding
    clock: ClockEdit | None = None
    joint_kind: str | None = None
    whole_kind: str | None = None
    scale: float = 1.0


@dataclass(frozen=True, slots=True)
class CopyRanges:
    """Packets copied, ranges left out that begin and end on random-access pictures.

    Attributes:
        leave_out: stretch that is left out, moved to the random-access pictures at or after both borders.
        close_up: later packets move up (a stream-copy cut); else a hole stays (``gap``).
        container: ``mp4``, ``mkv`` or ``ts``.
    """

    leave_out: tuple[float, float]
    close_up: bool
    container: str


@dataclass(frozen=True, slots=True)
class CopyJoin:
    """The source up to a random-access picture, then another recording of the same settings, packet by packet."""

    at_s: float
    other_start_s: float
    container: str


@dataclass(frozen=True, slots=True)
class Truncate:
    """The file's bytes end early: a share of them is kept. MP4 is written with its index in front first."""

    share: float
    container: str


@dataclass(frozen=True, slots=True)
class HideByEditList:
    """An MP4 edit list leaves a stretch out of the presentation; all packets stay in the file."""

    hide: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Resound:
    """Video packets copied, sound written anew.

    Attributes:
        kind: ``audio_gap``, ``no_audio``, ``audio_break`` or ``av_desync``.
        start_s, end_s: where.
        other_start_s: ``audio_break``: the sound heard there is that from here on; ``av_desync``: from ``start_s``
            on the sound of ``other_start_s`` is heard, to the end.
        missing: ``audio_gap``: no packets at all instead of silence.
        container: ``mp4``, ``mkv`` or ``ts``.
    """

    kind: str
    container: str
    start_s: float = 0.0
    end_s: float = 0.0
    other_start_s: float = 0.0
    missing: bool = False


@dataclass(frozen=True, slots=True)
class Remux:
    """All packets copied into another container: nothing is seen or heard of it.

    Attributes:
        container: ``mp4``, ``mkv`` or ``ts``.
        kind: what it is a case of.
    """

    container: str
    kind: str


@dataclass(frozen=True, slots=True)
class Untouched:
    """The source itself, declared as something that it is not (``wrong_date``), or as what it is.

    Attributes:
        declared_start: when the lesson is said to have been held; ``None`` where nothing is said.
        kind: what it is a case of, ``None`` where it is honest.
    """

    declared_start: datetime | None = None
    kind: str | None = None


Operation = Reedit | CopyRanges | CopyJoin | Truncate | HideByEditList | Resound | Remux | Untouched


@dataclass(frozen=True, slots=True)
class Master:
    """An honest lesson that the synthesiser renders.

    Attributes:
        name: unique in the suite.
        device: masters of one device share it; they are written alike.
        room: masters of one room share it.
        spec: the lesson, without any edit.
        recorder: marks of the file.
        rotation: degrees clockwise that a player must turn the picture.
    """

    name: str
    device: str
    room: int
    spec: LessonSpec
    recorder: Recorder
    rotation: int = 0

    def __post_init__(self) -> None:
        if self.spec.edits:
            raise ValueError(f"a master is honest, {self.name} has edits")


@dataclass(frozen=True, slots=True)
class Case:
    """One file of the suite.

    Attributes:
        id: unique, says split and kind.
        kind: kind of finding it is a case of; ``honest`` for twins and honest hours.
        source: name of the master or clip it was made from.
        others: further masters or clips, in the order in which pieces number them.
        operation: what was done.
        stratum: what the tables group by (length, filming, ...), name -> value.
        accepted: earlier recordings of the same device or room that it is compared with.
    """

    id: str
    kind: str
    source: str
    operation: Operation
    others: tuple[str, ...] = ()
    stratum: tuple[tuple[str, str], ...] = ()
    accepted: tuple[str, ...] = ()


def digest_of(*parts: object) -> str:
    """A short stable name for frozen values. A field at its default does not count, so that new ones change nothing."""
    return hashlib.sha256("\n".join([RENDER_VERSION, *map(_text, parts)]).encode()).hexdigest()[:20]


def _text(value: object) -> str:
    if is_dataclass(value) and not isinstance(value, type):
        told = [
            f"{f.name}={_text(getattr(value, f.name))}" for f in fields(value) if getattr(value, f.name) != f.default
        ]
        return f"{type(value).__name__}({', '.join(told)})"
    if isinstance(value, tuple):
        return f"({', '.join(map(_text, value))})"
    return repr(value)
