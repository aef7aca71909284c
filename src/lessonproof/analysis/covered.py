"""A lens that is covered or out of focus for long: the usual view's structure vanishes and nothing takes its place.

The random-access pictures' thumbnails are looked at in cells. A hand, a cloth or tape leaves a flat picture in which
the cells have lost their contrast and what is left does not resemble the usual view. A lens out of focus leaves the
coarse view and takes the detail. A room whose lights are out keeps its structure at a lower gain, somebody close to the
lens brings a structure of his own, and a lens that hunts for its focus is done sooner than :data:`BLURRED_MIN_NS`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameSource, FrameWindow, runs
from lessonproof.analysis.keyframes import KeyframeFacts, is_camera_recording
from lessonproof.analysis.stills import is_black
from lessonproof.analysis.thumbnails import THUMB_COLUMNS, THUMB_ROWS, Thumbnails
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s, subtract, union

COVERED_MIN_NS: Final = 3 * NS_PER_S
BLURRED_MIN_NS: Final = 6 * NS_PER_S
UNSEEN_MAX_NS: Final = 10 * NS_PER_S
"""Where random-access pictures lie further apart than this, a lens that is covered slowly and for that long stays
unseen; hours of class are counted by the minute, so that a shorter cover costs nobody anything."""
_CELL_ROWS: Final = 9
_CELL_COLUMNS: Final = 8
_TEXTURED_LEVELS: Final = 3.0
_MIN_TEXTURED: Final = 8
"""Cells (of 32) that must usually show something, else nothing can be missed."""
_FLAT_RATIO: Final = 0.35
_BARE_RATIO: Final = 0.12
_UNLIKE: Final = 0.5
_GONE_SHARE: Final = 0.85
"""Share of the usually textured cells that must be gone: somebody who stands before the lens leaves an edge free."""
_DARK_RATIO: Final = 0.5
_DARK_LIKE: Final = 0.5
_BLUR_SHARPNESS: Final = 0.5
_BLUR_DETAIL: Final = 0.5
_BLUR_LIKE: Final = 0.3
_STEP_NS: Final = NS_PER_S
_REFERENCE_PICTURES: Final = 300
_MIN_PICTURES: Final = 6
_CHUNK: Final = 512
_AROUND_NS: Final = 900_000_000
_SLACK_NS: Final = 50_000_000
_SPACING_QUANTILE: Final = 0.75
"""Distance of random-access pictures that is usual: a recorder sets further ones where the scene changes."""


@dataclass(frozen=True, slots=True)
class CoveredSearch:
    """What was found.

    Attributes:
        findings: ``covered``, in time order.
        reason: why it could not be decided throughout (``too_few_keyframes``: also where they lie too far apart to
            see a long cover, ``screen_recording``, ``no_usual_view``); ``None`` where it was.
        decoded_ns: how much of the recording was decoded for it.
    """

    findings: tuple[Finding, ...]
    reason: str | None
    decoded_ns: int


@dataclass(frozen=True, slots=True, eq=False)
class UsualView:
    """What a recording usually shows, cell by cell.

    Attributes:
        deviation: shape ``(32, 72)``, luma against the cell's mean, levels.
        contrast: shape ``(32,)``, usual standard deviation, levels.
        detail: shape ``(32,)``, usual mean difference of neighbouring pixels, levels.
        textured: shape ``(32,)``, bool, cells that usually show something.
        mean_luma: usual mean, levels.
        sharpness: usual sharpness, levels.
    """

    deviation: NDArray[np.float32]
    contrast: NDArray[np.float32]
    detail: NDArray[np.float32]
    textured: NDArray[np.bool_]
    mean_luma: float
    sharpness: float


@dataclass(frozen=True, slots=True, eq=False)
class Cover:
    """How much of the usual view each picture has lost; all arrays have shape ``(N,)``.

    Attributes:
        contrast_ratio: median over the cells of contrast against usual.
        detail_ratio: likewise of detail.
        likeness: median over the cells of the correlation with the usual view.
        gone_share: share of the cells that are flat and unlike.
        luma_ratio: mean luma against usual.
    """

    contrast_ratio: NDArray[np.float64]
    detail_ratio: NDArray[np.float64]
    likeness: NDArray[np.float64]
    gone_share: NDArray[np.float64]
    luma_ratio: NDArray[np.float64]

    @property
    def covered(self) -> NDArray[np.bool_]:
        """Pictures in which nothing of the view is left; a dark room that still resembles itself is none."""
        dark = (self.luma_ratio <= _DARK_RATIO) & (self.likeness >= _DARK_LIKE)
        return np.asarray((self.gone_share >= _GONE_SHARE) & ~dark)


def find_covered(
    source: FrameSource,
    facts: Sequence[KeyframeFacts],
    thumbs: Thumbnails,
    duration_ns: int,
    jumps_ns: Sequence[int] = (),
) -> CoveredSearch:
    """Stretches in which the lens is covered or out of focus.

    Args:
        source: decodes windows on demand.
        facts: of the random-access pictures, in time order.
        thumbs: of the same pictures.
        duration_ns: the recording's presented duration.
        jumps_ns: instants where the picture jumped in windows that are decoded already; a lens covered between two
            random-access pictures shows there only.
    """
    if thumbs.time_ns.size < _MIN_PICTURES:
        return CoveredSearch((), "too_few_keyframes", 0)
    if not is_camera_recording(facts):
        return CoveredSearch((), "screen_recording", 0)
    view = usual_view(thumbs, facts)
    if view is None:
        return CoveredSearch((), "no_usual_view", 0)
    cover = measure_cover(thumbs.luma, view)
    black = is_black(np.array([f.bright_luma for f in facts]), np.array([f.spread_luma for f in facts]))
    search = _Search(source, view, thumbs.time_ns, duration_ns)
    flat = [search.sharpened(a, b) for a, b in runs(cover.covered & ~black)]
    flat += search.between_keyframes(jumps_ns)
    blurred = [search.outer(a, b) for a, b in runs(_blurred(cover, facts, view) & ~cover.covered & ~black)]
    found = [
        *_findings(union(flat), COVERED_MIN_NS, "covered", cover, thumbs.time_ns),
        *_findings(subtract(union(blurred), union(flat)), BLURRED_MIN_NS, "blurred", cover, thumbs.time_ns),
    ]
    # Between two of them a cover may lie whose borders are no jumps: a cloth that is drawn over slowly.
    too_rare = float(np.quantile(np.diff(thumbs.time_ns), _SPACING_QUANTILE)) > UNSEEN_MAX_NS
    reason = "too_few_keyframes" if too_rare else None
    return CoveredSearch(tuple(sorted(found, key=Finding.sort_key)), reason, search.decoded_ns)


def usual_view(thumbs: Thumbnails, facts: Sequence[KeyframeFacts]) -> UsualView | None:
    """Learn what a recording usually shows; ``None`` where that is next to nothing.

    Encoders may set a random-access picture on each frame of a scene they do not understand, so that pictures are
    taken at even distances in time, not as they come.
    """
    rows = _evenly(thumbs.time_ns)
    cells = _cells(thumbs.luma[rows])
    contrast = np.median(cells.std(axis=2), axis=0)
    textured = contrast >= _TEXTURED_LEVELS
    if np.count_nonzero(textured) < _MIN_TEXTURED:
        return None
    picture = np.median(thumbs.luma[rows], axis=0).astype(np.uint8)
    return UsualView(
        deviation=_cells(picture[None])[0],
        contrast=contrast,
        detail=np.median(_detail(thumbs.luma[rows]), axis=0),
        textured=np.asarray(textured),
        mean_luma=float(np.median(thumbs.luma[rows].mean(axis=(1, 2)))),
        sharpness=float(np.median([facts[row].sharpness for row in rows.tolist()])),
    )


def measure_cover(luma: NDArray[np.uint8], view: UsualView) -> Cover:
    """Compare pictures with the usual view.

    Args:
        luma: shape ``(N, 36, 64)``.
        view: of the recording.
    """
    parts = [_measure(luma[at : at + _CHUNK], view) for at in range(0, luma.shape[0], _CHUNK)]
    columns = np.concatenate(parts, axis=1) if parts else np.empty((5, 0))
    return Cover(columns[0], columns[1], columns[2], columns[3], columns[4])


def _measure(luma: NDArray[np.uint8], view: UsualView) -> NDArray[np.float64]:
    cells = _cells(luma)[:, view.textured]
    usual = view.deviation[view.textured]
    contrast = cells.std(axis=2)
    ratio = contrast / view.contrast[view.textured]
    norm = np.sqrt((cells * cells).sum(axis=2) * (usual * usual).sum(axis=1)) + 1e-3
    likeness = (cells * usual).sum(axis=2) / norm
    detail = _detail(luma)[:, view.textured] / np.maximum(view.detail[view.textured], 0.1)
    gone = (ratio <= _BARE_RATIO) | ((ratio <= _FLAT_RATIO) & (likeness <= _UNLIKE))
    return np.stack(
        [
            np.median(ratio, axis=1),
            np.median(detail, axis=1),
            np.median(likeness, axis=1),
            gone.mean(axis=1),
            luma.mean(axis=(1, 2)) / max(view.mean_luma, 1.0),
        ]
    ).astype(np.float64)


def _cells(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Luma against the mean of its cell; shape ``(N, 32, 72)``."""
    rows, columns = THUMB_ROWS // _CELL_ROWS, THUMB_COLUMNS // _CELL_COLUMNS
    cells = luma.astype(np.float32).reshape(-1, rows, _CELL_ROWS, columns, _CELL_COLUMNS)
    flat = cells.transpose(0, 1, 3, 2, 4).reshape(-1, rows * columns, _CELL_ROWS * _CELL_COLUMNS)
    return np.asarray(flat - flat.mean(axis=2, keepdims=True), np.float32)


def _detail(luma: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Mean difference of neighbouring pixels in each cell; shape ``(N, 32)``."""
    rows, columns = THUMB_ROWS // _CELL_ROWS, THUMB_COLUMNS // _CELL_COLUMNS
    cells = luma.astype(np.float32).reshape(-1, rows, _CELL_ROWS, columns, _CELL_COLUMNS)
    across = np.abs(np.diff(cells, axis=4)).mean(axis=(2, 4))
    down = np.abs(np.diff(cells, axis=2)).mean(axis=(2, 4))
    return np.asarray(0.5 * (across + down), np.float32).reshape(-1, rows * columns)


def _evenly(time_ns: NDArray[np.int64]) -> NDArray[np.intp]:
    """Rows of pictures at even distances in time, at most :data:`_REFERENCE_PICTURES`."""
    span = int(time_ns[-1] - time_ns[0])
    step = max(_STEP_NS, span // _REFERENCE_PICTURES)
    wanted = np.arange(int(time_ns[0]), int(time_ns[-1]) + 1, step)
    return np.unique(np.minimum(np.searchsorted(time_ns, wanted), time_ns.size - 1))


def _blurred(cover: Cover, facts: Sequence[KeyframeFacts], view: UsualView) -> NDArray[np.bool_]:
    sharpness = np.array([f.sharpness for f in facts]) / max(view.sharpness, 1e-3)
    lit = (cover.luma_ratio >= 0.7) & (cover.luma_ratio <= 1.4)
    coarse = (cover.likeness >= _BLUR_LIKE) & (cover.detail_ratio <= _BLUR_DETAIL)
    return np.asarray((sharpness <= _BLUR_SHARPNESS) & coarse & lit)


class _Search:
    """Finds the frames at which a cover begins and ends."""

    def __init__(self, source: FrameSource, view: UsualView, keys_ns: NDArray[np.int64], duration_ns: int) -> None:
        self._source = source
        self._view = view
        self._keys_ns = keys_ns
        self._duration_ns = duration_ns
        self.decoded_ns = 0

    def outer(self, first: int, end: int) -> Interval:
        """From the first to the last of a run of random-access pictures."""
        return Interval(int(self._keys_ns[first]), int(self._keys_ns[end - 1]))

    def sharpened(self, first: int, end: int) -> Interval:
        """A run of covered random-access pictures, followed to the frames where it begins and ends."""
        inner = self.outer(first, end)
        before = int(self._keys_ns[first - 1]) if first else 0
        after = int(self._keys_ns[end]) if end < self._keys_ns.size else self._duration_ns
        start_ns, end_ns = inner.start_ns, inner.end_ns
        head = self._covered_in(Interval(before, min(self._duration_ns, inner.start_ns + _SLACK_NS)))
        if head and head[-1].end_ns >= inner.start_ns:
            start_ns = min(start_ns, head[-1].start_ns)
        tail = self._covered_in(Interval(inner.end_ns, min(self._duration_ns, after + _SLACK_NS)))
        if tail and tail[0].start_ns <= inner.end_ns + _SLACK_NS:
            end_ns = max(end_ns, tail[0].end_ns)
        return Interval(start_ns, end_ns)

    def between_keyframes(self, jumps_ns: Sequence[int]) -> list[Interval]:
        """Covers that begin or end at a jump, between two random-access pictures."""
        found: list[Interval] = []
        for jump_ns in jumps_ns:
            if any(stretch.start_ns <= jump_ns <= stretch.end_ns for stretch in found):
                continue
            near = Interval(max(0, jump_ns - _AROUND_NS), min(self._duration_ns, jump_ns + _AROUND_NS))
            covered = self._covered_in(near)
            if not covered:
                continue
            if covered[-1].start_ns > near.start_ns + _SLACK_NS and covered[-1].end_ns >= near.end_ns - 4 * _SLACK_NS:
                following = int(np.searchsorted(self._keys_ns, jump_ns, side="right"))
                stop = int(self._keys_ns[following]) if following < self._keys_ns.size else self._duration_ns
                found += self._covered_in(Interval(covered[-1].start_ns, self._after(stop)))[:1]
            elif covered[0].start_ns <= near.start_ns + 4 * _SLACK_NS and covered[0].end_ns < near.end_ns - _SLACK_NS:
                before = int(np.searchsorted(self._keys_ns, near.start_ns, side="right")) - 1
                begin = int(self._keys_ns[before]) if before >= 0 else 0
                found += self._covered_in(Interval(begin, self._after(covered[0].end_ns)))[-1:]
        return found

    def _after(self, time_ns: int) -> int:
        return min(self._duration_ns, time_ns + _SLACK_NS)

    def _covered_in(self, stretch: Interval) -> list[Interval]:
        """Covered frames of a decoded stretch, each run up to the first frame behind it."""
        self.decoded_ns += self._source.cost_ns(stretch)
        window = self._source.window(stretch)
        if window is None:
            return []
        cover = measure_cover(_thumbs_of(window), self._view)
        flags = cover.covered & ~is_black(window.bright_luma, window.spread_luma)
        last = window.time_ns.size - 1
        return [Interval(int(window.time_ns[a]), int(window.time_ns[min(b, last)])) for a, b in runs(flags)]


def _thumbs_of(window: FrameWindow) -> NDArray[np.uint8]:
    size = (THUMB_COLUMNS, THUMB_ROWS)
    return np.stack([cv2.resize(small, size, interpolation=cv2.INTER_AREA) for small in window.small]).astype(np.uint8)


def _findings(
    stretches: Sequence[Interval], least_ns: int, how: str, cover: Cover, times: NDArray[np.int64]
) -> list[Finding]:
    found: list[Finding] = []
    for stretch in stretches:
        if stretch.length_ns < least_ns:
            continue
        inside = (times >= stretch.start_ns) & (times <= stretch.end_ns)
        detail: dict[str, str | float] = {"how": how, "length_s": ns_to_s(stretch.length_ns)}
        strength = 1.0
        if inside.any():
            detail["contrast_ratio"] = round(float(np.median(cover.contrast_ratio[inside])), 3)
            detail["detail_ratio"] = round(float(np.median(cover.detail_ratio[inside])), 3)
            detail["likeness"] = round(float(np.median(cover.likeness[inside])), 3)
            detail["gone_share"] = round(float(np.median(cover.gone_share[inside])), 3)
            strength = 1.0 - float(np.median(cover.detail_ratio[inside]))
        found.append(
            Finding(
                FindingKind.COVERED,
                stretch,
                confidence=round(float(np.clip(0.5 + 0.45 * strength, 0.5, 0.95)), 3),
                severity=Severity.WARNING,
                measured_from="keyframes" if how == "blurred" else "full_decode",
                detail=detail,
            )
        )
    return found
