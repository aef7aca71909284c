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

from lessonproof.analysis.black import is_black
from lessonproof.analysis.frames import FrameSource, FrameWindow, runs
from lessonproof.analysis.keyframes import KeyframeFacts, is_camera_recording
from lessonproof.analysis.thumbnails import THUMB_COLUMNS, THUMB_ROWS, Thumbnails
from lessonproof.analysis.usual_view import Cover, UsualView, measure_cover, usual_view
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s, subtract, union

COVERED_MIN_NS: Final = 3 * NS_PER_S
BLURRED_MIN_NS: Final = 6 * NS_PER_S
UNSEEN_MAX_NS: Final = 10 * NS_PER_S
"""Where random-access pictures lie further apart than this, a lens that is covered slowly and for that long stays
unseen; hours of class are counted by the minute, so that a shorter cover costs nobody anything."""
_BLUR_SHARPNESS: Final = 0.5
_BLUR_DETAIL: Final = 0.5
_BLUR_LIKE: Final = 0.3
_MIN_PICTURES: Final = 6
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
