"""Where a full decode is worth its cost: stretches that packets or random-access pictures cannot explain."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from lessonproof.analysis.frames import runs
from lessonproof.analysis.keyframes import KeyframeFacts
from lessonproof.analysis.packets import PacketTable, off_rhythm_keys, size_surprise
from lessonproof.evidence.intervals import NS_PER_S, Interval, union

MARGIN_NS: Final = 900_000_000
"""Decoded on each side of a suspicious instant: enough neighbours to know what is usual there."""
REACH_NS: Final = 800_000_000
"""An instant this far inside a window need not have one of its own."""
BUDGET_SHARE: Final = 0.15
"""Share of a recording that may be decoded in full for the sake of suspicious instants. On rendered lessons five cuts
in six lay in the most suspicious 15 % (median 8 %); a bare full decode stays dearer than the whole analysis."""
CLEAR_SUSPICION: Final = 30.0
"""An instant this suspicious must be looked at; where the budget does not reach it, silence proves nothing."""
_WEIGHT_BOUNDS: Final = (0.5, 3.0)
BUDGET_MIN_NS: Final = 60 * NS_PER_S
NOISE_BITS_PER_PIXEL: Final = 0.2
"""Above this, rendered jumps of a roomful of people left no trace in the sizes (some 0.01 to 0.1 is usual)."""
_EMPTY_SHARE: Final = 0.15
_EMPTY_FLOOR_BYTES: Final = 64


@dataclass(frozen=True, slots=True)
class Plan:
    """What to decode in full.

    Attributes:
        windows: stretches, in time order, without overlap.
        left_out: suspicious instants beyond the budget.
        is_complete: whether every jump that leaves a trace lies in a window; where not, silence proves nothing.
    """

    windows: tuple[Interval, ...]
    left_out: int
    is_complete: bool


def plan_windows(
    table: PacketTable,
    facts: Sequence[KeyframeFacts],
    rough_stills: Sequence[Interval],
    rough_blacks: Sequence[Interval],
    *,
    with_jumps: bool,
    picture_px: int,
) -> Plan:
    """Choose the stretches to decode.

    Args:
        table: the packets.
        facts: of the random-access pictures, in time order.
        rough_stills: frozen stretches between random-access pictures.
        rough_blacks: black stretches likewise.
        with_jumps: whether jumps and stillness say anything in this recording; if not, only black is looked at.
        picture_px: pixels of a picture.
    """
    span = Interval(0, table.duration_ns)
    keys = table.key_times_ns()
    needed = [window for stretch in (*rough_stills, *rough_blacks) for window in _borders(stretch, keys.tolist(), span)]
    if not with_jumps:
        return Plan(union(needed), 0, is_complete=False)
    needed += [window for stretch in near_empty_runs(table) for window in _around_run(stretch, span)]
    wanted, left_out = _spend(suspicious_instants(table, facts), span)
    complete = left_out == 0 and not noise_hides_jumps(table, picture_px)
    return Plan(union([*needed, *wanted]), left_out, complete)


def suspicious_instants(table: PacketTable, facts: Sequence[KeyframeFacts]) -> list[tuple[float, int]]:
    """Instants where a cut may hide, with how suspicious each is, most suspicious first.

    A predicted picture is the more suspicious the more bits it took beyond its neighbours, and the more places
    moved between the two random-access pictures around it, against what is usual in this recording.
    """
    rows, surprise = size_surprise(table)
    moved = [(f.time_ns, f.moved_blocks) for f in facts if f.moved_blocks is not None]
    weight = np.ones(rows.size)
    if moved:
        key_ns = np.array([time_ns for time_ns, _ in moved], np.int64)
        blocks = np.array([count for _, count in moved], np.float64)
        usual = max(1.0, float(np.median(blocks)))
        following = np.minimum(np.searchsorted(key_ns, table.pts_ns[rows]), key_ns.size - 1)
        weight = np.clip(blocks[following] / usual, *_WEIGHT_BOUNDS)
    instants = list(zip((surprise * weight).tolist(), table.pts_ns[rows].tolist(), strict=True))
    # A random-access picture off the rhythm was put there by an encoder that saw the picture jump.
    instants += [(float("inf"), int(table.pts_ns[row])) for row in off_rhythm_keys(table).tolist()]
    return sorted((i for i in instants if i[0] > 0), key=lambda instant: (-instant[0], instant[1]))


def _spend(instants: Sequence[tuple[float, int]], span: Interval) -> tuple[list[Interval], int]:
    """Windows around instants, most suspicious first, until the budget is spent; and how many had to be left out."""
    budget_ns = max(BUDGET_MIN_NS, int(BUDGET_SHARE * span.length_ns))
    spent_ns = 0
    windows: list[Interval] = []
    left_out = 0
    for suspicion, time_ns in instants:
        if any(w.start_ns + REACH_NS <= time_ns < w.end_ns - REACH_NS for w in windows):
            continue
        window = _around(time_ns, span)
        if spent_ns + window.length_ns > budget_ns:
            if suspicion < CLEAR_SUSPICION:
                break
            left_out += 1
            continue
        spent_ns += window.length_ns
        windows.append(window)
    return windows, left_out


def noise_hides_jumps(table: PacketTable, picture_px: int) -> bool:
    """Whether each predicted picture spends so much on noise that a jump in it would not stand out by its size."""
    sizes = table.size_bytes[~table.is_key]
    if sizes.size == 0:
        return True
    return float(np.quantile(sizes, 0.75)) * 8 > NOISE_BITS_PER_PIXEL * picture_px


def near_empty_runs(table: PacketTable, min_ns: int = NS_PER_S) -> tuple[Interval, ...]:
    """Runs of predicted pictures that say almost nothing: a picture that stands still.

    Args:
        table: the packets.
        min_ns: shortest run.
    """
    rows = np.flatnonzero(~table.is_key)
    if rows.size == 0:
        return ()
    rows = rows[np.argsort(table.pts_ns[rows], kind="stable")]
    sizes = table.size_bytes[rows]
    empty = sizes <= max(_EMPTY_FLOOR_BYTES, _EMPTY_SHARE * float(np.median(sizes)))
    if float(np.mean(empty)) > 0.5:
        return ()  # this coder says almost nothing in general
    times = table.pts_ns[rows]
    found = (Interval(int(times[a]), int(times[b - 1])) for a, b in runs(empty))
    return tuple(run for run in found if run.length_ns >= min_ns)


def _around(time_ns: int, span: Interval) -> Interval:
    return Interval(max(span.start_ns, time_ns - MARGIN_NS), min(span.end_ns, time_ns + MARGIN_NS))


def _around_run(run: Interval, span: Interval) -> tuple[Interval, ...]:
    """The whole of a short run with its surroundings, the two ends of a long one."""
    whole = Interval(_around(run.start_ns, span).start_ns, _around(run.end_ns, span).end_ns)
    if whole.length_ns <= 12 * NS_PER_S:
        return (whole,)
    reach = 4 * NS_PER_S
    return (
        Interval(whole.start_ns, min(span.end_ns, run.start_ns + reach)),
        Interval(max(0, run.end_ns - reach), whole.end_ns),
    )


def _borders(stretch: Interval, key_times_ns: list[int], span: Interval) -> tuple[Interval, ...]:
    """The groups of pictures in which a stretch begins and ends."""
    before = [key for key in key_times_ns if key < stretch.start_ns]
    after = [key for key in key_times_ns if key > stretch.end_ns]
    start = before[-1] if before else span.start_ns
    end = after[0] if after else span.end_ns
    head = Interval(max(0, start - MARGIN_NS), min(span.end_ns, stretch.start_ns + MARGIN_NS))
    tail = Interval(max(0, stretch.end_ns - MARGIN_NS), min(span.end_ns, end + MARGIN_NS))
    return head, tail
