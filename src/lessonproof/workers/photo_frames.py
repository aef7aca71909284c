"""Photographs that are frames of a recording: searched for in the recordings of the run, its own unit's included.

Some views of a recording say whether its camera shows what the photograph shows; most photographs are done with that.
For the others one pass over the random-access pictures orders the moments, and the most alike stretches are decoded in
full, up to a budget of frames.
"""

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.photo_copy import PhotoLook, agreement, is_same_exposure, look_at
from lessonproof.analysis.photo_moment import (
    OtherMoment,
    PhotoInView,
    affordable,
    difference,
    has_other_moments,
    in_view,
    is_told_apart,
    small_shape,
)
from lessonproof.analysis.photo_shelf import MIN_ALIKENESS, alikeness, zoomed_thumbs
from lessonproof.evidence.dossier import FailedAnalysis
from lessonproof.evidence.errors import RecordingError
from lessonproof.evidence.intervals import Interval
from lessonproof.evidence.training import TeachingUnit
from lessonproof.media.decoding import Decoded, RecordingDecoder
from lessonproof.media.index import RecordingIndex, index_recording
from lessonproof.media.keyframes import spaced_keys
from lessonproof.media.pictures import rgb_of, upright_luma_of
from lessonproof.workers.pipeline import Analysis

MAX_FRAMES: Final = 1000
"""Frames that are decoded for one photograph in one recording: forty seconds of it."""
_VIEWS: Final = 8
_TRIED_VIEWS: Final = 3
_TESTED_FRAMES: Final = 2
"""Of each stretch the frames that differ least from the photograph."""
_PICTURE_LONG_SIDE_PX: Final = 1280
_NO_TEXT: Final = np.empty((0, 4), np.float32)
"""A burned-in clock stands in a frame where it stands in the photograph, in which it was looked for."""


@dataclass(frozen=True, slots=True)
class RecordingFile:
    """A recording that was analysed: its unit, its name in the class file, its digest and where it lies."""

    unit_id: str
    file: str
    sha256: str
    path: Path


def recording_files(
    unit: TeachingUnit, results: Mapping[str, Analysis | FailedAnalysis], folder: Path
) -> Iterator[RecordingFile]:
    """The recordings of a unit, which lie in ``folder``, that were analysed."""
    for file, one in results.items():
        if isinstance(one, Analysis):
            yield RecordingFile(unit.unit_id, file, one.dossier.sha256, folder / file)


@dataclass(frozen=True, slots=True, eq=False)
class FoundFrame:
    """The frame that a photograph is.

    Attributes:
        recording: of which it is one.
        time_ns: when it is shown there.
        likeness: correlation on the person that agrees least.
        rgb: the frame, shape ``(H, W, 3)``.
    """

    recording: RecordingFile
    time_ns: int
    likeness: float
    rgb: NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class FrameSearch:
    """What came of one photograph.

    Attributes:
        found: the frame that it is; ``None`` where none was found.
        unsearched: why some recording was not searched: ``no_recordings``, ``recording_unreadable``,
            ``views_too_few``, ``frames_too_many``; ``None`` where all were, or a frame was found.
    """

    found: FoundFrame | None
    unsearched: str | None


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    time_ns: int
    look: PhotoLook


@dataclass(slots=True)
class RecordedFrames:
    """The recordings of a run in the order of their units.

    Attributes:
        max_frames: that are decoded in full for one photograph in one recording.
    """

    max_frames: int = MAX_FRAMES
    _recordings: dict[str, RecordingFile] = field(default_factory=dict)
    _views: dict[str, tuple[_View, ...]] = field(default_factory=dict)

    def add(self, recording: RecordingFile) -> None:
        """Put a recording there; the same bytes again stay under the first name."""
        self._recordings.setdefault(recording.sha256, recording)

    def search(self, photos: Sequence[PhotoLook]) -> tuple[FrameSearch, ...]:
        """Look for each photograph in each recording until it is found."""
        if not self._recordings:
            return tuple(FrameSearch(None, "no_recordings") for _ in photos)
        found: dict[int, FoundFrame] = {}
        reasons: dict[int, str] = {}
        for recording in self._recordings.values():
            open_photos = {number: look for number, look in enumerate(photos) if number not in found}
            if not open_photos:
                break
            try:
                for number, one in self._search_in(recording, open_photos):
                    if isinstance(one, FoundFrame):
                        found[number] = one
                    else:
                        reasons[number] = one
            except (RecordingError, OSError):  # it was there when it was analysed
                reasons |= dict.fromkeys(open_photos.keys() - found.keys(), "recording_unreadable")
        return tuple(
            FrameSearch(found.get(number), None if number in found else reasons.get(number))
            for number in range(len(photos))
        )

    def _search_in(
        self, recording: RecordingFile, photos: Mapping[int, PhotoLook]
    ) -> Iterator[tuple[int, FoundFrame | str]]:
        """What was found of each photograph, or why it was not looked for."""
        views = self._views.get(recording.sha256)
        index = None
        if views is None:
            index = index_recording(recording.path)
            views = self._views[recording.sha256] = tuple(_views_of(recording.path, index))
        placed = {number: one for number, look in photos.items() if (one := _placed(look, views)) is not None}
        if not has_other_moments([view.time_ns for view in views]):
            # Without any picture not even that the camera shows something else is known.
            yield from ((number, "views_too_few") for number in (placed if views else photos))
            return
        if not placed:
            return
        index = index or index_recording(recording.path)
        with RecordingDecoder.opened(recording.path, index) as decoder:
            ranked = _ranked_stretches(decoder, index, placed)
            for number, stretches in ranked.items():
                chosen = affordable(stretches, index.packets.presented_ns(), self.max_frames)
                if not chosen:
                    yield number, "frames_too_many"
                for stretch in chosen:
                    frame = _frame_in(decoder, stretch, photos[number], placed[number], views)
                    if frame is not None:
                        yield number, FoundFrame(recording, *frame)
                        break


def _views_of(path: Path, index: RecordingIndex) -> Iterator[_View]:
    """Random-access pictures spread over the recording."""
    keys = index.packets.key_times_ns()
    rows = np.unique(np.linspace(0, keys.size - 1, min(_VIEWS, keys.size)).astype(np.int64))
    with RecordingDecoder.opened(path, index) as decoder:
        for time_ns in keys[rows].tolist():
            for item in decoder.decode_keyframes(Interval(time_ns, time_ns + 1), frozenset({time_ns})):
                if isinstance(item, Decoded):
                    yield _View(time_ns, look_at(upright_luma_of(item.frame), None, _NO_TEXT))


def _placed(photo: PhotoLook, views: Sequence[_View]) -> PhotoInView | None:
    """The photograph laid over the recording's camera; ``None`` where that shows something else."""
    if not views:
        return None
    alike = alikeness(np.stack([zoomed_thumbs(view.look) for view in views]), zoomed_thumbs(photo))
    for row in np.argsort(-alike, kind="stable")[:_TRIED_VIEWS]:
        if alike[row] >= MIN_ALIKENESS and (one := in_view(photo, views[row].look)) is not None:
            return one
    return None


def _ranked_stretches(
    decoder: RecordingDecoder, index: RecordingIndex, placed: Mapping[int, PhotoInView]
) -> dict[int, list[Interval]]:
    """Stretches from one random-access picture to the next, those whose ends differ least from a photograph first."""
    keys = spaced_keys(index)
    end_ns = index.packets.duration_ns
    apart = {number: np.full(keys.size + 1, np.inf) for number in placed}
    row_of = {int(time_ns): row for row, time_ns in enumerate(keys)}
    for item in decoder.decode_keyframes(Interval(0, end_ns), frozenset(row_of)):
        if isinstance(item, Decoded) and item.time_ns in row_of:
            shape = small_shape(upright_luma_of(item.frame))
            for number, photo in placed.items():
                apart[number][row_of[item.time_ns]] = difference(photo, shape)
    ends = [*keys.tolist()[1:], end_ns]
    stretches = [Interval(start, max(start + 1, end)) for start, end in zip(keys.tolist(), ends, strict=True)]
    return {
        number: [stretches[row] for row in np.lexsort((found[:-1], np.minimum(found[:-1], found[1:])))]
        for number, found in apart.items()
    }


def _frame_in(
    decoder: RecordingDecoder, stretch: Interval, photo: PhotoLook, placed: PhotoInView, views: Sequence[_View]
) -> tuple[int, float, NDArray[np.uint8]] | None:
    """The frame of a stretch that the photograph is: its time, likeness and picture."""
    for item in _least_different(decoder, stretch, placed):
        found = agreement(look_at(upright_luma_of(item.frame), None, _NO_TEXT), photo)
        if found is not None and is_same_exposure(found) and _is_told_apart(item.time_ns, photo, views):
            return item.time_ns, found.persons[0], rgb_of(item.frame, _PICTURE_LONG_SIDE_PX)
    return None


def _least_different(decoder: RecordingDecoder, stretch: Interval, placed: PhotoInView) -> list[Decoded]:
    def measured() -> Iterator[tuple[float, int, Decoded]]:
        for item in decoder.decode_all(stretch):
            if isinstance(item, Decoded):
                yield difference(placed, small_shape(upright_luma_of(item.frame))), item.time_ns, item

    return [item for _, _, item in heapq.nsmallest(_TESTED_FRAMES, measured(), key=lambda one: one[:2])]


def _is_told_apart(time_ns: int, photo: PhotoLook, views: Sequence[_View]) -> bool:
    return is_told_apart(time_ns, [OtherMoment(view.time_ns, agreement(view.look, photo)) for view in views])
