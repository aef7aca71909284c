"""The instant at which a view changes, and changes that only the step of the picture makes clear.

Random-access pictures know two lasting views and that something lies between. Decoded pictures know from which one to
the next it happened; and where nearly all of the picture is another one from one frame to the next, nobody sat down
before the lens in that time.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.frames import FrameSource
from lessonproof.analysis.thumbnails import Thumbnails, thumbnail
from lessonproof.analysis.views import agreement, standing_structure
from lessonproof.evidence.findings import Finding, FindingKind, JsonValue
from lessonproof.evidence.intervals import NS_PER_S, Interval, ns_to_s

ALL_MOVED_SHARE: Final = 0.6
"""Share of the picture's blocks that show something else behind a step to another place. People who all sit elsewhere
after a cut in one room change up to half of them."""
UNLIKE: Final = 0.4
"""Agreement of two views as they are; two rooms agree to -0.1 to 0.35 (boards, desks), one room on two
days to 0.6 and more. Registration finds
some likeness in anything."""
_VIEWS: Final = frozenset({FindingKind.CAMERA_MOVED, FindingKind.SCENE_CHANGE})
_MOST_NS: Final = 12 * NS_PER_S
"""Views further apart are not followed frame by frame: that would cost more than a border is worth."""
_MOST_CHANGES: Final = 4
_VIEW_PICTURES: Final = 5
_AT_ONCE: Final = 0.85
"""Share of its usual agreement with its own view that a picture right beside a step has."""
_MIN_FRAMES: Final = 5


def elsewhere(hidden: Sequence[Finding]) -> list[Finding]:
    """Of unclear changes of view those that may be another place: the views as they are have nothing in common."""
    unlike = [(change, change.detail.get("agreement_before_registration")) for change in hidden]
    return [change for change, plain in unlike if isinstance(plain, int | float) and plain <= UNLIKE]


def at_steps(hidden: Sequence[Finding], cuts: Sequence[Finding]) -> tuple[list[Finding], list[Finding]]:
    """Unclear changes of view that become clear by the one cut between the two views.

    Args:
        hidden: changes of which small pictures alone do not know whether somebody hides the view.
        cuts: of the search in decoded pictures.

    Returns:
        Those that are another place, at the step; and those that stay unclear.
    """
    told: list[Finding] = []
    left = [change for change in hidden if change not in elsewhere(hidden)]
    for change in elsewhere(hidden):
        span = change.interval
        steps = [c for c in cuts if span.start_ns <= c.interval.start_ns and c.interval.end_ns <= span.end_ns]
        share = _moved_share(steps[0]) if len(steps) == 1 else 0.0
        if share < ALL_MOVED_SHARE:
            left.append(change)
            continue
        moved = _moved_to(change, steps[0].interval)
        detail: dict[str, JsonValue] = {**moved.detail, "share_of_blocks_that_changed_at_once": round(share, 3)}
        told.append(replace(moved, confidence=round(0.5 + 0.5 * share, 3), detail=detail))
    return told, left


def _moved_share(cut: Finding) -> float:
    moved, blocks = cut.detail.get("blocks_moved"), cut.detail.get("blocks_in_picture")
    return moved / blocks if isinstance(moved, int | float) and isinstance(blocks, int | float) and blocks else 0.0


def refine_views(findings: Sequence[Finding], source: FrameSource, thumbs: Thumbnails) -> list[Finding]:
    """Give changes of view that are known between two random-access pictures only the step at which they happen.

    A camera that somebody turns slowly has no such step, and keeps the coarse borders.

    Args:
        findings: of all measurements; other kinds, and what is known to the frame, come back as they are.
        source: decodes windows on demand.
        thumbs: of the random-access pictures.
    """
    coarse = [f for f in findings if f.kind in _VIEWS and "borders_from" not in f.detail]
    cheap = [f for f in coarse if source.cost_ns(_with_both(f.interval)) <= _MOST_NS][:_MOST_CHANGES]
    steps = {finding.interval: _step(finding.interval, source, thumbs) for finding in cheap}
    refined: list[Finding] = []
    for finding in findings:
        step = steps.get(finding.interval) if finding in cheap else None
        refined.append(finding if step is None else _moved_to(finding, step))
    return refined


def _with_both(span: Interval) -> Interval:
    return Interval(span.start_ns, span.end_ns + 1)


def _step(span: Interval, source: FrameSource, thumbs: Thumbnails) -> Interval | None:
    """The last frame of the old view and the first of the new one; ``None`` where one gives way to the other slowly."""
    window = source.window(_with_both(span))
    if window is None or window.time_ns.size < _MIN_FRAMES:
        return None
    before = np.flatnonzero(thumbs.time_ns <= span.start_ns)[-_VIEW_PICTURES:]
    after = np.flatnonzero(thumbs.time_ns >= span.end_ns)[:_VIEW_PICTURES]
    old, new = (
        np.median(standing_structure(thumbs.luma[rows])[0], axis=0).astype(np.float32) for rows in (before, after)
    )
    structure, _ = standing_structure(np.stack([thumbnail(small) for small in window.small]))
    like_old, like_new = agreement(structure, old), agreement(structure, new)
    gained = np.concatenate(([0.0], np.cumsum(like_old - like_new)))
    row = int(np.argmax(gained))
    if not 0 < row < window.time_ns.size:
        return None
    behind = min(row + 1, like_new.size - 1)  # an encoder may need a picture to get used to it
    at_once = (
        min(like_old[row - 1] / np.median(like_old[:row]), like_new[behind] / np.median(like_new[row:])) >= _AT_ONCE
    )
    is_clean = bool((like_old > like_new)[:row].all() and (like_new > like_old)[row:].all())
    return Interval(int(window.time_ns[row - 1]), int(window.time_ns[row])) if at_once and is_clean else None


def _view_of(thumbs: Thumbnails, rows: NDArray[np.intp]) -> NDArray[np.float32]:
    structure, _ = standing_structure(thumbs.luma[rows])
    return np.asarray(np.median(structure, axis=0), np.float32)


def _moved_to(finding: Finding, step: Interval) -> Finding:
    detail: dict[str, JsonValue] = {
        **finding.detail,
        "between_keyframes_start_s": ns_to_s(finding.interval.start_ns),
        "between_keyframes_end_s": ns_to_s(finding.interval.end_ns),
        "borders_from": "full_decode",
    }
    return replace(finding, interval=step, detail=detail)
