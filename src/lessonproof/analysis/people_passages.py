"""Left or hidden: what became of somebody who was lost between two samples, from following everybody in between."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.people_sampling import Burst
from lessonproof.evidence.headcount import Passage, PassageKind
from lessonproof.models.detector import overlaps
from lessonproof.models.tracker import Track

STARTS_THERE_IOU: Final = 0.4
WALKED_WIDTHS: Final = 0.75
"""Who is found so many widths of his own box away has left the place."""
EDGE_SHARE: Final = 0.01
"""A box so near the picture's border goes out of it."""
EARLY_FRAMES: Final = 3
"""A track that is the lost person's begins at once, or nearly so."""


def judge_burst(burst: Burst, tracks: Sequence[Track], width_px: int, height_px: int) -> tuple[Passage, ...]:
    """What became of each lost person of a stretch; nothing is said of one whom no track follows.

    Args:
        burst: the stretch.
        tracks: of its frames.
        width_px: of these frames.
        height_px: of these frames.
    """
    size = np.array([width_px, height_px, width_px, height_px], np.float32)
    told = []
    for box in burst.boxes_xyxy:
        own = _track_from(np.array(box, np.float32) * size, tracks)
        if own is not None:
            kind = PassageKind.LEFT if _has_left(own, size) else PassageKind.HIDDEN
            told.append(Passage(kind, burst.between, box))
    return tuple(told)


def _track_from(box: NDArray[np.float32], tracks: Sequence[Track]) -> Track | None:
    """The track that begins at a place."""
    early = [track for track in tracks if track.frames[0] < EARLY_FRAMES]
    if not early:
        return None
    overlap, _ = overlaps(box[None], np.stack([track.boxes_xyxy_px[0] for track in early]))
    best = int(np.argmax(overlap[0]))
    return early[best] if overlap[0, best] >= STARTS_THERE_IOU else None


def _has_left(track: Track, size: NDArray[np.float32]) -> bool:
    """Whether a track ends away from where it began, or at the picture's border."""
    first, last = track.boxes_xyxy_px[0], track.boxes_xyxy_px[-1]
    middles = (first[:2] + first[2:]) / 2, (last[:2] + last[2:]) / 2
    has_walked = float(np.hypot(*(middles[1] - middles[0]))) >= WALKED_WIDTHS * float(first[2] - first[0])
    was_at_edge, is_at_edge = (_touches_edge(box / size) for box in (first, last))
    return has_walked or (is_at_edge and not was_at_edge)


def _touches_edge(box: NDArray[np.float32]) -> bool:
    """Whether a box, in shares, lies on the left, right or lower border; nobody leaves through the upper one."""
    return bool(box[0] <= EDGE_SHARE or box[2] >= 1 - EDGE_SHARE or box[3] >= 1 - EDGE_SHARE)
