"""The stage that measures station coverage: a unit's recordings against its venue layout.

It decodes random-access pictures some seconds apart, a second time after the analysis: a dossier holds what the bytes
alone say, and where a station lies is said by a layout that may be drawn later. Units without a layout cost nothing.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.station_looks import StationLook, StationWatcher
from lessonproof.analysis.station_moves import find_moves
from lessonproof.analysis.station_search import Matrix
from lessonproof.analysis.station_time import Watch, join_watches
from lessonproof.evidence.dossier import Dossier, FailedAnalysis
from lessonproof.evidence.errors import RecordingError
from lessonproof.evidence.intervals import NS_PER_S, Interval
from lessonproof.evidence.sheet_errors import PhotoUnreadableError
from lessonproof.evidence.station_coverage import CameraMove, StationCoverage, Why
from lessonproof.evidence.training import RecordingRef, TeachingUnit
from lessonproof.evidence.venue import CameraView
from lessonproof.media.decoding import Decoded, RecordingDecoder
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.photos import read_photo
from lessonproof.media.pictures import rgb_of
from lessonproof.policy.rules.wall_clock import epoch_ns
from lessonproof.workers.people import PeopleCounter

LOOK_SPACING_NS: Final = 4 * NS_PER_S
"""Pictures at least this far apart: with a keyframe each 2 s or 4 s a camera that moves is told within 10 s."""
_PEOPLE_LONG_SIDE_PX: Final = 640
_UNMEASURED_SCORE: Final = 0.25
"""The customary limit of YOLO weights, for those whose errors nobody measured."""
_NO_TIMES: Final = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """What was seen on one recording.

    Attributes:
        time_ns: shape ``(N,)``, int64: times of the pictures from the first one.
        looks: per picture, per station.
        places: per picture, from the reference at its working size, shape ``(3, 3)``; ``None`` where it is not known.
        taught: per picture, whether somebody stood or moved in the teaching area; ``None`` where that is not known.
    """

    time_ns: NDArray[np.int64]
    looks: tuple[tuple[StationLook, ...], ...]
    places: tuple[Matrix | None, ...]
    taught: tuple[bool | None, ...]


@dataclass(frozen=True, slots=True)
class StationTools:
    """With what stations are measured.

    Attributes:
        locate: path of a recording that was analysed, by its name in the class file.
        pictures_dir: folder of the layout's reference pictures.
        counter: finds people; ``None`` where nobody does.
        people_reason: why nobody does.
    """

    locate: Callable[[str], Path]
    pictures_dir: Path
    counter: PeopleCounter | None
    people_reason: str | None


def measure_stations(
    unit: TeachingUnit, window: Interval, results: Mapping[str, Dossier | FailedAnalysis], tools: StationTools
) -> StationCoverage | None:
    """The coverage of a unit's stations; ``None`` where the unit has no layout.

    Args:
        unit: the unit.
        window: the practical time, nanoseconds since the epoch.
        results: what came of its recordings, by file.
        tools: with what to measure.
    """
    if unit.layout is None:
        return None
    watches = []
    for ref in unit.recordings:
        view, result = unit.layout.view_of(ref.camera), results.get(ref.file)
        if view is not None:
            watches.append(_watch(ref, view, result, tools))
    digests = tuple(one.sha256 for one in results.values() if isinstance(one, Dossier))
    return join_watches(unit.layout, watches, window, digests, tools.people_reason)


def _watch(ref: RecordingRef, view: CameraView, result: Dossier | FailedAnalysis | None, tools: StationTools) -> Watch:
    names = tuple(area.name for area in view.stations)

    def without(problem: Why, span: Interval | None = None) -> Watch:
        return Watch(ref.camera, names, span, _NO_TIMES, (), problem)

    if not isinstance(result, Dossier):
        return without(Why.NOT_READ)
    if ref.started_at is None:
        return without(Why.NOT_PLACED)
    span = result.span().shift(epoch_ns(ref.started_at))
    reference = _reference(tools.pictures_dir / view.reference, view)
    if reference is None:
        return without(Why.BAD_REFERENCE, span)
    watcher = StationWatcher(reference, [area.polygon for area in view.stations], view.teaching_area)
    try:
        watched = look_at_recording(tools.locate(ref.file), watcher, tools.counter)
    except RecordingError:
        return without(Why.NOT_READ, span)
    moves = tuple(
        CameraMove(
            ref.camera, move.interval.shift(span.start_ns), move.way_share,
            move.shift_x_share, move.shift_y_share, move.turn_degrees, move.scale,
        )
        for move in find_moves(watched.time_ns, watched.places, watcher.size_px)
    )  # fmt: skip
    taught = () if view.teaching_area is None else watched.taught
    return Watch(ref.camera, names, span, watched.time_ns + span.start_ns, watched.looks, moves=moves, taught=taught)


def _reference(path: Path, view: CameraView) -> NDArray[np.uint8] | None:
    """Luma of a reference picture; ``None`` where it cannot be read or has another size than declared."""
    try:
        rgb = read_photo(path, view.reference)
    except PhotoUnreadableError:
        return None
    if rgb.shape[:2] != (view.height_px, view.width_px):
        return None
    return np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)


def look_at_recording(path: Path, watcher: StationWatcher, counter: PeopleCounter | None) -> Watched:
    """Look at one recording's pictures.

    Raises:
        RecordingError: the file cannot be read.
    """
    index = index_recording(path)
    wanted = _spaced(index)
    times: list[int] = []
    looks: list[tuple[StationLook, ...]] = []
    places: list[Matrix | None] = []
    taught: list[bool | None] = []
    with RecordingDecoder.opened(path, index) as decoder:
        for item in decoder.decode_keyframes(Interval(0, index.packets.duration_ns), wanted):
            if isinstance(item, Decoded):
                rgb = rgb_of(item.frame, max(item.frame.width, item.frame.height))
                boxes = None if counter is None else _people(rgb, counter)
                times.append(item.time_ns)
                looks.append(watcher.see(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8), boxes))
                places.append(None if watcher.placement is None else watcher.placement.matrix)
                taught.append(watcher.is_taught)
    return Watched(np.array(times, np.int64), tuple(looks), tuple(places), tuple(taught))


def _spaced(index: RecordingIndex) -> frozenset[int]:
    kept: list[int] = []
    for key_ns in index.packets.key_times_ns().tolist():
        if not kept or key_ns - kept[-1] >= LOOK_SPACING_NS:
            kept.append(int(key_ns))
    return frozenset(kept)


def _people(rgb: NDArray[np.uint8], counter: PeopleCounter) -> NDArray[np.float32]:
    """Boxes in the recording's pixels, of those that are counted."""
    scale = min(1.0, _PEOPLE_LONG_SIDE_PX / max(rgb.shape[:2]))
    small = np.asarray(cv2.resize(rgb, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    found = counter.detector.detect([small])[0]
    least = _UNMEASURED_SCORE if counter.calibration is None else counter.calibration.score_threshold
    return np.asarray(found.boxes_xyxy_px[found.scores >= least] / np.float32(scale), np.float32)
