"""Station coverage (工位覆盖): which training station the cameras of a unit showed when, and which was used.

It depends on the recordings and on a venue layout that somebody declared, so it stands beside the dossiers, as a
document of its own. Times are wall clock, nanoseconds since 1970-01-01 UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from lessonproof.evidence.findings import JsonValue
from lessonproof.evidence.intervals import NS_PER_MINUTE, Interval, ns_to_s

STATIONS_SCHEMA: Final = "lessonproof.stations/1"


class Coverage(StrEnum):
    """What is known of a station at some time; unknown is never covered."""

    COVERED = "covered"
    UNCOVERED = "uncovered"
    UNKNOWN = "unknown"


class Why(StrEnum):
    """Why a station is not covered, or why nobody can tell."""

    OUT_OF_VIEW = "out_of_view"
    TOO_SMALL = "too_small"
    TOO_DARK = "too_dark"
    OCCLUDED = "occluded"
    NO_RECORDING = "no_recording"
    NOT_REGISTERED = "not_registered"
    HIDDEN_BY_PERSON = "hidden_by_person"
    PARTLY_HIDDEN = "partly_hidden"
    PLAIN_STATION = "plain_station"
    NO_PICTURE = "no_picture"
    NOT_READ = "not_read"
    NOT_PLACED = "not_placed"
    BAD_REFERENCE = "bad_reference"


@dataclass(frozen=True, slots=True)
class StationSpan:
    """A stretch of the wall clock.

    Attributes:
        interval: its time.
        reason: why it is told.
        cameras: those that should have shown the station.
        strength: how clearly it was so, 0..1: of an uncovered stretch, how far beyond the limit the measure lay on
            average; of an idle one, the share of its time in which pictures were compared and showed nobody and no
            movement.
    """

    interval: Interval
    reason: str
    cameras: tuple[str, ...]
    strength: float


@dataclass(frozen=True, slots=True)
class StationMinute:
    """One minute of one station.

    Attributes:
        state: what most of the minute was; where two are alike, the one that promises less.
        reason: why, where it is not covered.
        occupied: whether somebody was there; ``None`` where nobody looked or could tell.
    """

    state: Coverage
    reason: str | None
    occupied: bool | None


@dataclass(frozen=True, slots=True)
class StationRow:
    """One station over the practical time.

    Attributes:
        name: its name in the layout.
        minutes: one per minute of the window, the last one may be shorter.
        time_ns: how long it was in each state; the three add up to the window.
        uncovered: stretches of a minute or more in which no camera showed it.
        idle: stretches in which it was shown and not used; empty where nobody looked for people.
    """

    name: str
    minutes: tuple[StationMinute, ...]
    time_ns: Mapping[Coverage, int]
    uncovered: tuple[StationSpan, ...] = ()
    idle: tuple[StationSpan, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraMove:
    """A camera that was turned while it recorded.

    Attributes:
        camera: its name.
        interval: between the last picture of the old view and the first of the new one.
        way_share: how far the picture moved at most, share of its width.
        shift_x_share: how far its middle moved to the right, share of the width.
        shift_y_share: how far down, share of the width.
        turn_degrees: clockwise.
        scale: above 1 where things became larger.
    """

    camera: str
    interval: Interval
    way_share: float
    shift_x_share: float
    shift_y_share: float
    turn_degrees: float
    scale: float


@dataclass(frozen=True, slots=True)
class TeachingArea:
    """The place where the teacher stands, over the lesson.

    Attributes:
        absent: stretches in which nobody stood or moved there, longer than a break.
        is_known: whether every moment of the lesson could be judged.
    """

    absent: tuple[StationSpan, ...]
    is_known: bool


@dataclass(frozen=True, slots=True)
class StationCoverage:
    """All stations of a unit.

    Attributes:
        venue: name of the layout's venue.
        layout_sha256: digest of the file that declares it.
        recordings: digest of the recording of each camera's files that were looked at, in the order of the unit.
        window: the practical time.
        rows: one per station, in the order of the layout.
        settings: numbers that the measurement was made with, names with units.
        people_reason: why nobody looked for people (``no_weights``, ``switched_off``); ``None`` where somebody did.
        moves: cameras that were turned, in time order.
        teaching: what was seen of the teaching area; ``None`` where no camera's layout has one.
    """

    venue: str
    layout_sha256: str
    recordings: tuple[str, ...]
    window: Interval
    rows: tuple[StationRow, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    people_reason: str | None = None
    moves: tuple[CameraMove, ...] = ()
    teaching: TeachingArea | None = None

    def minute(self, number: int) -> Interval:
        """Wall-clock time of a minute of the window."""
        start_ns = self.window.start_ns + number * NS_PER_MINUTE
        return Interval(start_ns, min(start_ns + NS_PER_MINUTE, self.window.end_ns))


@dataclass(frozen=True, slots=True)
class StationNumbers:
    """Stations against trainees (YY-13.1.6b): for a person to look at, no verdict.

    Attributes:
        stations: in the layout.
        declared: number that the class file declares; ``None`` where it declares none.
        in_view: covered in every minute that could be judged, and in one at least; ``None`` where no minute could be.
        most_used: most stations with somebody there in one minute; ``None`` where nobody looked for people.
        trainees: present by their signatures; ``None`` where that is not known.
    """

    stations: int
    declared: int | None
    in_view: int | None
    most_used: int | None
    trainees: int | None

    @property
    def per_trainee(self) -> float | None:
        """Stations a trainee; ``None`` where the trainees are not known or nobody is there."""
        return self.stations / self.trainees if self.trainees else None


def station_numbers(coverage: StationCoverage, declared: int | None, trainees: int | None) -> StationNumbers:
    """Count a unit's stations beside its trainees."""
    rows = [row.minutes for row in coverage.rows]
    states = [{minute.state for minute in row.minutes} - {Coverage.UNKNOWN} for row in coverage.rows]
    at_once = [[minute.occupied for minute in column] for column in zip(*rows, strict=True)]
    known = [column for column in at_once if any(one is not None for one in column)]
    return StationNumbers(
        stations=len(coverage.rows),
        declared=declared,
        in_view=sum(state == {Coverage.COVERED} for state in states) if any(states) else None,
        most_used=max((sum(one is True for one in column) for column in known), default=None),
        trainees=trainees,
    )


def stations_document(coverage: StationCoverage) -> dict[str, Any]:
    """``stations.json``: the coverage matrix for people and programs; seconds count from the window's start."""
    start_ns = coverage.window.start_ns

    def span(item: StationSpan) -> dict[str, JsonValue]:
        shown = item.interval.shift(-start_ns)
        return {
            "start_s": shown.start_s,
            "end_s": shown.end_s,
            "reason": item.reason,
            "cameras": list(item.cameras),
            "strength": round(item.strength, 3),
        }

    return {
        "schema": STATIONS_SCHEMA,
        "venue": coverage.venue,
        "layout_sha256": coverage.layout_sha256,
        "recordings": list(coverage.recordings),
        "start_epoch_ns": start_ns,
        "length_s": ns_to_s(coverage.window.length_ns),
        "settings": dict(coverage.settings),
        "people_reason": coverage.people_reason,
        "camera_moves": [
            {
                "camera": move.camera,
                "start_s": ns_to_s(move.interval.start_ns - start_ns),
                "end_s": ns_to_s(move.interval.end_ns - start_ns),
                "way_share_of_width": round(move.way_share, 4),
            }
            for move in coverage.moves
        ],
        "teaching_area": None
        if coverage.teaching is None
        else {"known": coverage.teaching.is_known, "nobody": [span(item) for item in coverage.teaching.absent]},
        "stations": [
            {
                "name": row.name,
                "covered_s": ns_to_s(row.time_ns[Coverage.COVERED]),
                "uncovered_s": ns_to_s(row.time_ns[Coverage.UNCOVERED]),
                "unknown_s": ns_to_s(row.time_ns[Coverage.UNKNOWN]),
                "minutes": [[minute.state.value, minute.reason, minute.occupied] for minute in row.minutes],
                "uncovered": [span(item) for item in row.uncovered],
                "idle": [span(item) for item in row.idle],
            }
            for row in coverage.rows
        ],
    }
