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
    """A stretch of the wall clock, why it is told, and the cameras that should have shown the station."""

    interval: Interval
    reason: str
    cameras: tuple[str, ...]


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
    """

    venue: str
    layout_sha256: str
    recordings: tuple[str, ...]
    window: Interval
    rows: tuple[StationRow, ...]
    settings: Mapping[str, float] = field(default_factory=dict)
    people_reason: str | None = None

    def minute(self, number: int) -> Interval:
        """Wall-clock time of a minute of the window."""
        start_ns = self.window.start_ns + number * NS_PER_MINUTE
        return Interval(start_ns, min(start_ns + NS_PER_MINUTE, self.window.end_ns))


def stations_document(coverage: StationCoverage) -> dict[str, Any]:
    """``stations.json``: the coverage matrix for people and programs; seconds count from the window's start."""
    start_ns = coverage.window.start_ns

    def span(item: StationSpan) -> dict[str, JsonValue]:
        shown = item.interval.shift(-start_ns)
        return {"start_s": shown.start_s, "end_s": shown.end_s, "reason": item.reason, "cameras": list(item.cameras)}

    return {
        "schema": STATIONS_SCHEMA,
        "venue": coverage.venue,
        "layout_sha256": coverage.layout_sha256,
        "recordings": list(coverage.recordings),
        "start_epoch_ns": start_ns,
        "length_s": ns_to_s(coverage.window.length_ns),
        "settings": dict(coverage.settings),
        "people_reason": coverage.people_reason,
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
