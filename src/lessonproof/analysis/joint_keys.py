"""Marks of a joint that random-access pictures bear: their encoder's state starts over, or their rhythm breaks."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from lessonproof.analysis.joint_search import JointSearch
from lessonproof.analysis.packets import PacketTable

CHANCE_PARAMETER_SETS: Final = 0.95
CHANCE_SIGNED_AGAIN: Final = 0.95
CHANCE_KEY_RHYTHM: Final = 0.3
CHANCE_IDR_ORDER: Final = 0.8
_RARE_SHARE: Final = 0.1
_FEW_BREAKS: Final = 2
_MIN_IDR: Final = 8
_MIN_KEYS: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class KeyMarks:
    """What random-access packets say of their encoder's state. All arrays have shape ``(K,)``, in file order.

    Attributes:
        rows: rows of the packet table.
        sets_changed: bool, a parameter set replaces another one of the same number.
        is_signed: bool, a known encoder signs itself.
        idr_pic_id: int64, number of the IDR picture; says nothing where ``has_idr_pic_id`` is false.
        has_idr_pic_id: bool.
    """

    rows: NDArray[np.int64]
    sets_changed: NDArray[np.bool_]
    is_signed: NDArray[np.bool_]
    idr_pic_id: NDArray[np.int64]
    has_idr_pic_id: NDArray[np.bool_]


def key_state(search: JointSearch, table: PacketTable, keys: KeyMarks) -> None:
    """Marks of the encoder's own state."""
    times_ns = table.pts_ns[keys.rows]
    for name, chance, at in (
        ("parameter_sets_change", CHANCE_PARAMETER_SETS, keys.sets_changed),
        ("encoder_signs_again", CHANCE_SIGNED_AGAIN, keys.is_signed),
    ):
        later = np.flatnonzero(at[1:]) + 1
        if later.size > (at.size - 1) / 2:
            # An encoder that changes its sets, or signs, at most random-access pictures always does.
            search.not_examined[name] = "at_most_keyframes" if at.size > _MIN_KEYS else "too_few_keyframes"
            continue
        for row in later.tolist():
            search.add(int(times_ns[row]), chance, **{name: True})
    known = np.flatnonzero(keys.has_idr_pic_id)
    broken, reason = idr_order_breaks(keys.idr_pic_id[known])
    if reason is not None:
        search.not_examined["idr_order"] = reason
    for before, row in zip(known[broken - 1].tolist(), known[broken].tolist(), strict=True):
        # Where packets are missing an IDR picture may be among them: that is a gap or damage, told as such.
        is_whole = not table.is_damaged[keys.rows[before] : keys.rows[row] + 1].any()
        span = int(times_ns[before]), int(times_ns[row])
        if is_whole and not search.has_hole(*span) and not search.is_edited(*span):
            search.add(int(times_ns[row]), CHANCE_IDR_ORDER, idr_order_breaks=True)


def idr_order_breaks(numbers: NDArray[np.int64]) -> tuple[NDArray[np.intp], str | None]:
    """IDR pictures whose number does not follow the one before as everywhere else in the recording.

    Encoders number IDR pictures 0, 1, 0, 1 (x264), count them up, or leave all at 0; a joint breaks the first rule in
    one case of two and the second nearly always.

    Args:
        numbers: shape ``(N,)``, ``idr_pic_id`` in file order.

    Returns:
        Positions in ``numbers``, and the reason code where there is no order to break.
    """
    if numbers.size < _MIN_IDR:
        return np.empty(0, np.intp), "too_few_keyframes"
    before, after = numbers[:-1], numbers[1:]
    rules = (after == before, (before ^ after) == 1, after == before + 1)
    kept = max(rules, key=np.count_nonzero)
    broken = np.flatnonzero(~kept) + 1
    if broken.size > max(1.0, _RARE_SHARE * numbers.size):
        return np.empty(0, np.intp), "no_order"
    return broken, None


def key_rhythm(search: JointSearch, table: PacketTable) -> None:
    """A keyframe that comes early in a recording whose keyframes are all equally far apart.

    A joint cuts the last group of pictures short; so does a camera that is asked for a keyframe when a viewer connects.
    """
    rows = np.flatnonzero(table.is_key)
    distances = np.diff(rows)
    if distances.size < _MIN_IDR:
        return
    early = np.flatnonzero(distances < np.median(distances))
    if not 0 < early.size <= _FEW_BREAKS or np.count_nonzero(distances != np.median(distances)) > early.size:
        return
    for before, row in zip(rows[early].tolist(), rows[early + 1].tolist(), strict=True):
        at_ns = int(table.pts_ns[row])
        is_whole = not table.is_damaged[before : row + 1].any()
        span = int(table.pts_ns[before]), at_ns
        if is_whole and not search.has_hole(*span) and not search.is_edited(*span):
            search.add(at_ns, CHANCE_KEY_RHYTHM, early_keyframe_pictures=row - before)
