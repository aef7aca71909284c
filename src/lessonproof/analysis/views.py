"""The camera's view over a recording: the same all along, moved, or another place.

The room's standing structure is compared with what it was before, on thumbnails: people come and go, lamps and
exposure change its gain, and neither moves a wall. A new view must last before it is believed, so that a knock, a
passer-by and a lens that hunts for focus stay silent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.keyframes import KeyframeFacts, is_camera_recording
from lessonproof.analysis.thumbnails import THUMB_COLUMNS, Thumbnails
from lessonproof.evidence.findings import Finding, FindingKind, Severity
from lessonproof.evidence.intervals import NS_PER_S, Interval

REFERENCE_NS: Final = 120 * NS_PER_S
"""How much of a view is looked at to learn its standing structure."""
LASTING_NS: Final = 8 * NS_PER_S
"""A new view that does not last this long is a knock or somebody before the lens."""
MIN_LASTING: Final = 3
SAME_VIEW: Final = 0.75
"""Share of a view's own usual agreement with its reference down to which it is the same view. On honest clips single
pictures fall to 0.6 while somebody passes; what lasts is registered before anything is told."""
CLEAR_VIEW: Final = 0.5
"""A view agrees with its own reference at least this well, else the camera is in somebody's hand."""
MOVED_AGREEMENT: Final = 0.7
"""Agreement of two views, after registration, from which on they show the same place."""
MOVED_GAIN: Final = 0.1
"""How much registration must add to the agreement."""
OTHER_AGREEMENT: Final = 0.45
"""Agreement after registration below which two views have nothing in common; somebody who sits down before the lens
hides half of a view at most."""
FOLLOWED_SHARE: Final = 0.6
"""Least share of the pictures that lie in lasting views where the camera stands at all."""
MIN_SHIFT_SHARE: Final = 0.01
"""Share of the picture's width by which a view must have moved to be told."""
VIEW_HIDDEN: Final = "view_partly_hidden"
_FLAT_LEVELS: Final = 2.5
_SURROUNDINGS_SIGMA_PX: Final = 4.0
_MIN_SCALE: Final = 0.8
_MAX_TURN_DEGREES: Final = 15.0
_MIN_OVERLAP: Final = 0.6
_ECC_STEPS: Final = 60
_ECC_EPSILON: Final = 1e-4
_MARGIN_PX: Final = (12, 7)
"""Columns and rows on each side: as far as two views can lie apart with their least overlap."""
_START_SHIFTS_PX: Final = tuple((x, y) for x in (0, -10, 10) for y in (0, -6, 6))

_ROWS_AT_ONCE: Final = 512


@dataclass(frozen=True, slots=True)
class ViewSearch:
    """What was found.

    Attributes:
        findings: ``camera_moved`` and ``scene_change``, in time order.
        reason: why the view could not be followed; ``None`` where it was.
        hidden: two lasting views that have too little in common for a camera that moved and too much for another place:
            another place, unless somebody sat down before the lens. Told only where the picture's step says so.
    """

    findings: tuple[Finding, ...]
    reason: str | None
    hidden: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Registration:
    agreement: float
    shift_x_share: float
    shift_y_share: float
    turn_degrees: float
    scale: float


def find_view_changes(thumbs: Thumbnails, facts: Sequence[KeyframeFacts]) -> ViewSearch:
    """Follow the camera's view.

    Args:
        thumbs: of the random-access pictures.
        facts: of the same pictures.
    """
    if thumbs.time_ns.size < 2 * MIN_LASTING:
        return ViewSearch((), "too_few_pictures")
    if not is_camera_recording(facts):
        return ViewSearch((), "screen_recording")
    rows = np.flatnonzero(_has_structure(thumbs.luma))  # in the dark there is no view
    if rows.size < 2 * MIN_LASTING:
        return ViewSearch((), "too_dark")
    epochs = _epochs(thumbs, rows)
    if epochs is None:
        return ViewSearch((), "moving_camera")
    changes = [_change(thumbs, before, after) for before, after in pairwise(epochs)]
    clear = tuple(finding for finding, is_hidden in filter(None, changes) if not is_hidden)
    hidden = tuple(finding for finding, is_hidden in filter(None, changes) if is_hidden)
    return ViewSearch(clear, VIEW_HIDDEN if hidden else None, hidden)


def standing_structure(luma: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Standing structure of each picture, shape ``(N, 36, 64)``, unit energy; and whether there is any to speak of."""
    structure = np.empty(luma.shape, np.float32)
    has_structure = np.empty(luma.shape[0], np.bool_)
    for row, picture in enumerate(luma):
        levels = picture.astype(np.float32)
        local = levels - cv2.GaussianBlur(levels, (0, 0), _SURROUNDINGS_SIGMA_PX)
        spread = float(local.std())
        has_structure[row] = spread >= _FLAT_LEVELS
        # Strong edges must not decide alone: a lamp that goes out would look like another room.
        structure[row] = np.clip(local / max(spread, 1e-3), -2.5, 2.5)
    return structure, has_structure


def _has_structure(luma: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Which pictures have any structure to speak of, some hundreds at a time as in :func:`_agreement_of`."""
    chunks = range(0, luma.shape[0], _ROWS_AT_ONCE)
    return np.concatenate([standing_structure(luma[k : k + _ROWS_AT_ONCE])[1] for k in chunks])


def _epochs(thumbs: Thumbnails, rows: NDArray[np.intp]) -> list[NDArray[np.intp]] | None:
    """Rows of each lasting view, in time order; ``None`` where no view ever stands still."""
    time_ns = thumbs.time_ns
    epochs: list[NDArray[np.intp]] = []
    rest = rows
    while rest.size >= MIN_LASTING:
        reference, usual = _reference(thumbs, rest)
        is_other = _agreement_of(thumbs, rest, reference) < SAME_VIEW * max(usual, CLEAR_VIEW)
        leaves = _first_lasting(time_ns[rest], is_other)
        end = rest.size if leaves is None else max(leaves, 1)
        view = rest[:end][~is_other[:end]]
        if view.size >= MIN_LASTING and time_ns[view[-1]] - time_ns[view[0]] >= LASTING_NS:
            epochs.append(view)
        rest = rest[end:]
    is_followed = sum(view.size for view in epochs) >= FOLLOWED_SHARE * rows.size
    return epochs if is_followed else None


def _reference(thumbs: Thumbnails, rows: NDArray[np.intp]) -> tuple[NDArray[np.float32], float]:
    """The median of a view's first minutes, and how well its own pictures usually agree with it."""
    early = rows[thumbs.time_ns[rows] < thumbs.time_ns[rows[0]] + REFERENCE_NS]
    early = early if early.size >= MIN_LASTING else rows[:MIN_LASTING]
    structure, _ = standing_structure(thumbs.luma[early])
    # A view that is left again within these minutes must not be mixed with the next one: keep what is like the start.
    start = np.median(structure[:MIN_LASTING], axis=0)
    is_alike = agreement(structure, start) >= SAME_VIEW * CLEAR_VIEW
    alike = structure[is_alike] if is_alike.any() else structure
    reference = np.asarray(np.median(alike, axis=0), np.float32)
    own = agreement(alike, reference)
    return reference, float(np.median(own))


def agreement(structure: NDArray[np.float32], reference: NDArray[np.float32]) -> NDArray[np.float64]:
    """Normalised correlation of each picture with a reference, shape ``(N,)``."""
    flat = structure.reshape(structure.shape[0], -1).astype(np.float64)
    wanted = reference.reshape(-1).astype(np.float64)
    scale = np.linalg.norm(flat, axis=1) * np.linalg.norm(wanted)
    return np.asarray(flat @ wanted / np.maximum(scale, 1e-9), np.float64)


def _agreement_of(thumbs: Thumbnails, rows: NDArray[np.intp], reference: NDArray[np.float32]) -> NDArray[np.float64]:
    """:func:`agreement` of some rows, a few hundred at a time: structure weighs four times what a thumbnail does."""
    chunks = (rows[k : k + _ROWS_AT_ONCE] for k in range(0, rows.size, _ROWS_AT_ONCE))
    return np.concatenate([agreement(standing_structure(thumbs.luma[chunk])[0], reference) for chunk in chunks])


def _first_lasting(time_ns: NDArray[np.int64], is_other: NDArray[np.bool_]) -> int | None:
    """First index from which another view lasts; the recording's very end may be too short to say."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], is_other.astype(np.int8), [0]))))
    for first, end in edges.reshape(-1, 2).tolist():
        if end - first >= MIN_LASTING and time_ns[end - 1] - time_ns[first] >= LASTING_NS:
            return int(first)
    return None


def _change(thumbs: Thumbnails, before: NDArray[np.intp], after: NDArray[np.intp]) -> tuple[Finding, bool] | None:
    """What lies between two lasting views, and whether it may only be hidden; ``None`` where the two are the same."""
    old, new = (
        np.asarray(np.median(standing_structure(thumbs.luma[rows])[0], axis=0), np.float32)
        for rows in (before[-10:], after[:10])
    )
    plain = float(agreement(new[None], old)[0])
    found = _register(old, new)
    shift = max(abs(found.shift_x_share), abs(found.shift_y_share))
    is_still = shift < MIN_SHIFT_SHARE and abs(found.turn_degrees) < 1 and abs(found.scale - 1) < 0.02
    if found.agreement >= MOVED_AGREEMENT and is_still:
        return None
    if found.agreement >= MOVED_AGREEMENT and found.agreement >= plain + MOVED_GAIN:
        kind, sure = FindingKind.CAMERA_MOVED, found.agreement - plain
    else:
        kind, sure = FindingKind.SCENE_CHANGE, 1.0 - found.agreement
    is_hidden = kind is FindingKind.SCENE_CHANGE and found.agreement >= OTHER_AGREEMENT
    finding = Finding(
        kind,
        Interval(int(thumbs.time_ns[before[-1]]), int(thumbs.time_ns[after[0]])),
        confidence=round(float(np.clip(0.5 + 0.5 * sure, 0.5, 0.99)), 3),
        severity=Severity.WARNING,
        measured_from="keyframes",
        detail={
            "agreement_before_registration": round(plain, 3),
            "agreement_after_registration": round(found.agreement, 3),
            "shift_x_share_of_width": round(found.shift_x_share, 4),
            "shift_y_share_of_width": round(found.shift_y_share, 4),
            "turn_degrees": round(found.turn_degrees, 2),
            "scale": round(found.scale, 3),
        },
    )
    return finding, is_hidden


def _best_shift(old: NDArray[np.float32], new: NDArray[np.float32]) -> tuple[int, int]:
    """Whole pixels by which the old view's middle lies elsewhere in the new one: what is fine is lost within a few."""
    x, y = _MARGIN_PX
    middle = np.ascontiguousarray(old[y:-y, x:-x])
    likeness = cv2.matchTemplate(np.ascontiguousarray(new), middle, cv2.TM_CCOEFF_NORMED)
    row, column = np.unravel_index(int(np.argmax(likeness)), likeness.shape)
    return int(column) - x, int(row) - y


def _register(old: NDArray[np.float32], new: NDArray[np.float32]) -> _Registration:
    """Find shift, turn and scale between two views by maximising their correlation (Evangelidis and Psarakis, 2008)."""
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, _ECC_STEPS, _ECC_EPSILON)
    best = _Registration(float(agreement(new[None], old)[0]), 0.0, 0.0, 0.0, 1.0)
    for x, y in (_best_shift(old, new), *_START_SHIFTS_PX):
        warp = np.array([[1, 0, x], [0, 1, y]], np.float32)
        try:
            found, warp = cv2.findTransformECC(old, new, warp, cv2.MOTION_AFFINE, criteria, None, 3)  # type: ignore[call-overload]
        except cv2.error:
            continue  # no overlap from this start
        scale = float(np.sqrt(abs(np.linalg.det(warp[:, :2]))))
        turn = float(np.degrees(np.arctan2(warp[1, 0], warp[0, 0])))
        # The shift of the picture's middle, not of its corner, so that a turn or zoom alone is none.
        middle = np.array([THUMB_COLUMNS / 2, old.shape[0] / 2, 1.0])
        dx, dy = (np.asarray(warp, np.float64) @ middle - middle[:2]).tolist()
        # Correlation counts the overlap alone: a narrow one agrees with anything.
        overlap = max(0.0, 1 - abs(dx) / THUMB_COLUMNS) * max(0.0, 1 - abs(dy) / old.shape[0])
        is_likely = _MIN_SCALE <= scale <= 1 / _MIN_SCALE and abs(turn) <= _MAX_TURN_DEGREES and overlap >= _MIN_OVERLAP
        if is_likely and found > best.agreement:
            best = _Registration(float(found), dx / THUMB_COLUMNS, dy / THUMB_COLUMNS, turn, scale)
    return best
